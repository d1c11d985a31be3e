//! Standard output and standard error, on which whoever reads may stop reading (`svar check … | head`).
//! That is no fault: what is left to say is not said, and the command ends as it would have. A line that
//! cannot be written for another reason (a full disk) is one.

use anyhow::Context;
use std::{
    fmt,
    io::{self, Write},
};

/// Prints a line on standard output, as `println!` does; to be asked with `?`.
macro_rules! say {
    ($($words:tt)*) => { $crate::output::line(&mut std::io::stdout().lock(), format_args!($($words)*)) };
}
pub(crate) use say;

/// Prints a line on standard error, as `eprintln!` does. Nobody is left to tell when that fails.
macro_rules! complain {
    ($($words:tt)*) => { let _ = $crate::output::line(&mut std::io::stderr().lock(), format_args!($($words)*)); };
}
pub(crate) use complain;

pub fn line(to: &mut dyn Write, words: fmt::Arguments<'_>) -> anyhow::Result<()> {
    // Flushed at once: what waits in a buffer is lost without a word when the program ends.
    match writeln!(to, "{words}").and_then(|()| to.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).context("standard output cannot be written"),
        _ => Ok(()),
    }
}
