//! Where the program says what it does. The SIP library logs whole messages, numbers and positions
//! included, at `info`: whatever is asked for, it stays at `warn`.

use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Logs to standard error. `default` applies when `SVAR_LOG` is not set.
pub fn start(default: &str) {
    let wanted = std::env::var("SVAR_LOG").unwrap_or_else(|_| default.to_owned());
    let filter = EnvFilter::builder().parse_lossy(wanted);
    // Later directives of the same target win, so this one cannot be undone by what was asked for.
    let filter = ["rsipstack=warn", "str0m=warn", "sqlx=warn", "hyper=warn"]
        .iter()
        .filter_map(|directive| directive.parse().ok())
        .fold(filter, EnvFilter::add_directive);
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()));
    if registry.try_init().is_err() {
        eprintln!("svar: logging was set up already");
    }
}
