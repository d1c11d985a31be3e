//! When the program is asked to end: Ctrl-C, or the terminate signal of a service manager.

use std::io;
use tokio_util::sync::CancellationToken;

/// From this call on either signal ends nothing by itself, but cancels what is given back. To be called before
/// anything is begun that wants to be ended in order.
///
/// # Errors
/// The system takes no handler.
pub fn asked_to_end() -> io::Result<CancellationToken> {
    let asked = CancellationToken::new();
    let by_signal = asked.clone();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            by_signal.cancel();
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        // Without a handler Ctrl-C ends the program as it always did.
        if tokio::signal::ctrl_c().await.is_ok() {
            by_signal.cancel();
        }
    });
    Ok(asked)
}
