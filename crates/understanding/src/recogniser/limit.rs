//! Until when anybody waits for words: engines that work within this program ask after every step.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

pub(super) struct Limit {
    end: Instant,
    given_up: AtomicBool,
}

impl Limit {
    pub fn at(end: Instant) -> Self {
        Self { end, given_up: AtomicBool::new(false) }
    }

    pub fn is_over(&self) -> bool {
        self.given_up.load(Ordering::Relaxed) || Instant::now() >= self.end
    }
}

/// Whoever drops the future gives up, and the processor is free for the next caller.
pub(super) struct GiveUp(pub Arc<Limit>);

impl Drop for GiveUp {
    fn drop(&mut self) {
        self.0.given_up.store(true, Ordering::Relaxed);
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
