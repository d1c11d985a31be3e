//! A new password: asked for at a terminal, where nobody sees it, or read as a line from a pipe.

use crate::output::complain;
use anyhow::{Context, bail, ensure};
use std::io::{BufRead, IsTerminal, Stdin};
use web::PASSWORD_CHARS_MAX;

/// Shorter passwords are refused.
const PASSWORD_CHARS_MIN: usize = 10;

pub fn read() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    let line = if stdin.is_terminal() { ask(&stdin)? } else { line(&stdin)? };
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        bail!("a password has at least {PASSWORD_CHARS_MIN} characters; write it on standard input");
    }
    ensure!(password.chars().count() <= PASSWORD_CHARS_MAX, "the sign-in page takes at most {PASSWORD_CHARS_MAX} characters of a password");
    Ok(password)
}

fn line(stdin: &Stdin) -> anyhow::Result<String> {
    let mut line = String::new();
    stdin.lock().read_line(&mut line).context("no password could be read from standard input")?;
    Ok(line)
}

/// What a terminal without signals gives for Ctrl-C.
#[cfg(unix)]
const CTRL_C: char = '\u{3}';

/// Silent before the question is put, so that nothing typed after it is ever shown.
#[cfg(unix)]
fn ask(stdin: &Stdin) -> anyhow::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let kept = tcgetattr(stdin).context("the terminal does not say how it is set")?;
    let mut silent = kept.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    // Ctrl-C would end the program before the terminal is set back; as a character it ends the question.
    silent.local_modes.remove(LocalModes::ISIG);
    silent.local_modes.insert(LocalModes::ECHONL);
    tcsetattr(stdin, OptionalActions::Flush, &silent).context("the terminal cannot be kept from showing the password: pipe it in")?;
    complain!("New password, at least {PASSWORD_CHARS_MIN} characters (it is not shown):");
    let read = line(stdin);
    tcsetattr(stdin, OptionalActions::Now, &kept).context("the terminal stays without echo: `stty echo` mends it")?;
    read.and_then(|line| if line.contains(CTRL_C) { bail!("nothing was changed") } else { Ok(line) })
}

#[cfg(not(unix))]
fn ask(_: &Stdin) -> anyhow::Result<String> {
    bail!("here a password is read from a pipe only: its terminal would show it")
}
