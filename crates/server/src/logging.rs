//! Where the program says what it does. Libraries log whole messages at `info` and below: the SIP
//! library calls with numbers and positions, the database its statements with values, HTTP its bodies.
//! Whatever is asked for, only our own crates may say more than warnings.

use std::io::IsTerminal;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, filter,
    fmt::{self, MakeWriter},
    prelude::*,
};

/// Whose words hold no personal data: the crates of this program. A list of those that may, because a
/// list of those that may not is out of date with the next library.
const OWN_CRATES: [&str; 8] = ["svar", "domain", "interop", "understanding", "telephony", "storage", "switchboard", "web"];

/// Logs to standard error. `default` applies when `SVAR_LOG` is not set.
pub fn start(default: &str) {
    let wanted = std::env::var("SVAR_LOG").unwrap_or_else(|_| default.to_owned());
    if subscriber(&wanted, std::io::stderr, std::io::stderr().is_terminal()).try_init().is_err() {
        crate::output::complain!("svar: logging was set up already");
    }
}

fn subscriber<W>(wanted: &str, writer: W, colours: bool) -> impl Subscriber + Send + Sync + 'static
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // A filter of its own, not a directive: a longer directive of the one who asks would win over ours.
    tracing_subscriber::registry()
        .with(filter::filter_fn(may_be_said))
        .with(EnvFilter::builder().parse_lossy(wanted))
        .with(fmt::layer().with_writer(writer).with_ansi(colours))
}

fn may_be_said(metadata: &Metadata<'_>) -> bool {
    let of_crate = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::WARN || OWN_CRATES.contains(&of_crate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io,
        sync::{Arc, Mutex, PoisonError},
    };

    /// Keeps what is written, in place of standard error.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Kept {
        fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
        }
    }

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_library_says_more_than_warnings_whatever_is_asked() {
        for wanted in [
            "trace",
            "trace,rsipstack::transaction=trace,sqlx::query=trace,hyper=trace,rsipstack_more=trace",
            "rsipstack::transaction::endpoint=debug,sqlx=debug,hyper::proto=debug,rsipstack_more=debug,telephony=debug",
            "rsipstack[call]=trace,telephony=trace",
        ] {
            let kept = Kept::default();
            let writer = kept.clone();
            tracing::subscriber::with_default(subscriber(wanted, move || writer.clone(), false), || {
                tracing::info!(target: "rsipstack::transaction::endpoint", "secret INVITE");
                tracing::trace!(target: "rsipstack::transaction", "secret message");
                tracing::debug!(target: "rsipstack_more", "secret of a crate beside it");
                tracing::debug!(target: "sqlx::query", "secret value");
                tracing::trace!(target: "hyper::proto", "secret body");
                let _span = tracing::info_span!(target: "rsipstack::dialog", "call", number = "secret").entered();
                tracing::warn!(target: "rsipstack::transport", "a warning of the library");
                tracing::debug!(target: "telephony::sip", "our own detail");
            });
            let said = kept.text();
            assert!(!said.contains("secret"), "{wanted}: {said}");
            assert_eq!(
                said.contains("a warning of the library"),
                !wanted.contains("endpoint=") && !wanted.contains("[call]"),
                "{wanted}: {said}"
            );
            assert!(said.contains("our own detail"), "{wanted}: {said}");
        }
    }
}
