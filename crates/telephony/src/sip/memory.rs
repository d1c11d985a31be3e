//! What was seen lately: as long as it may be repeated, and no more of it than there is room for.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How long a retransmission may follow (64*T1).
pub const REMEMBERED: Duration = Duration::from_secs(32);

/// See the module. The oldest is forgotten first.
pub struct Memory<T> {
    seen: HashMap<u64, T>,
    order: VecDeque<(Instant, u64)>,
    max: usize,
}

impl<T> Memory<T> {
    pub fn new(max: usize) -> Memory<T> {
        Memory { seen: HashMap::new(), order: VecDeque::new(), max }
    }

    pub fn get(&mut self, key: u64, now: Instant) -> Option<&T> {
        while let Some(&(at, old)) = self.order.front() {
            if now.saturating_duration_since(at) < REMEMBERED && self.order.len() <= self.max {
                break;
            }
            self.order.pop_front();
            self.seen.remove(&old);
        }
        self.seen.get(&key)
    }

    pub fn knows(&mut self, key: u64, now: Instant) -> bool {
        self.get(key, now).is_some()
    }

    /// For what is not known yet.
    pub fn learn(&mut self, key: u64, what: T, now: Instant) {
        if self.seen.insert(key, what).is_none() {
            self.order.push_back((now, key));
        }
    }
}
