//! Leaves a server alone that keeps failing, so that nobody waits for it in vain.

use parking_lot::Mutex;
use std::time::{Duration, Instant};

/// After this many failures in a row the server rests.
const FAILURES_MAX: u32 = 5;

/// Counts failures in a row; share one for all requests to a server.
pub struct Breaker {
    rest: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures: u32,
    resting_until: Option<Instant>,
}

impl Breaker {
    #[must_use]
    pub fn new(rest: Duration) -> Self {
        Self { rest, state: Mutex::default() }
    }

    /// Whether a request may go out. After the rest one request tries; the others wait for how it goes.
    pub fn admits(&self, now: Instant) -> bool {
        let mut state = self.state.lock();
        match state.resting_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                state.resting_until = Some(now + self.rest);
                true
            }
        }
    }

    pub fn worked(&self) {
        *self.state.lock() = State::default();
    }

    pub fn failed(&self, now: Instant) {
        let mut state = self.state.lock();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES_MAX {
            state.resting_until = Some(now + self.rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_after_failures_and_tries_once() {
        let rest = Duration::from_secs(20);
        let (breaker, start) = (Breaker::new(rest), Instant::now());
        for _ in 1..FAILURES_MAX {
            breaker.failed(start);
            assert!(breaker.admits(start));
        }
        breaker.failed(start);
        assert!(!breaker.admits(start + rest / 2));
        assert!(breaker.admits(start + rest), "one tries");
        assert!(!breaker.admits(start + rest), "the others do not");
        breaker.worked();
        assert!(breaker.admits(start + rest) && breaker.admits(start + rest));
    }
}
