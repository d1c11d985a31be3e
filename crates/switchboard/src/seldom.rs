//! A fault that lasts is logged when it begins and then now and again, so that a full disk is not filled
//! by the log that speaks of it.

use std::time::Duration;
use tokio::time::Instant;

/// How long a lasting fault goes without being logged again.
const REPEAT_EVERY: Duration = Duration::from_secs(60);

/// When one lasting fault was last logged.
#[derive(Default)]
pub(crate) struct Seldom {
    last: Option<Instant>,
}

impl Seldom {
    /// Whether to log it now; counts as logged then.
    pub fn is_due(&mut self, now: Instant) -> bool {
        let due = self.last.is_none_or(|last| now.duration_since(last) >= REPEAT_EVERY);
        if due {
            self.last = Some(now);
        }
        due
    }

    /// The fault is over, so the next one is new. True when there was one.
    pub fn is_over(&mut self) -> bool {
        self.last.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_fault_is_logged_at_once_and_then_every_minute() {
        let (mut seldom, start) = (Seldom::default(), Instant::now());
        // Tried twice a second for three minutes, as the saver tries a full disk.
        let logged: Vec<u64> = (0..=360).map(|half| half * 500).filter(|ms| seldom.is_due(start + Duration::from_millis(*ms))).collect();
        assert_eq!(logged, [0, 60_000, 120_000, 180_000]);
        assert!(seldom.is_over());
        assert!(!seldom.is_over(), "told once");
        assert!(seldom.is_due(start + Duration::from_millis(180_500)), "a new fault is logged at once");
    }
}
