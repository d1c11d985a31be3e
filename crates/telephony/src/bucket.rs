//! How much of something is let through: so many a second, and so many at once beyond that.

use std::collections::HashMap;
use std::time::Instant;

const MICRO: u64 = 1_000_000;

/// What a bucket holds and how fast it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub per_second: u32,
    pub burst: u32,
}

impl Rate {
    fn full(self) -> u64 {
        u64::from(self.burst.max(1)) * MICRO
    }
}

/// See the module.
#[derive(Debug)]
pub struct Bucket {
    /// In millionths.
    held: u64,
    filled_at: Instant,
}

impl Bucket {
    pub fn full(rate: Rate, now: Instant) -> Bucket {
        Bucket { held: rate.full(), filled_at: now }
    }

    /// Whether one more may pass now.
    pub fn take(&mut self, rate: Rate, now: Instant) -> bool {
        self.fill(rate, now);
        let enough = self.held >= MICRO;
        if enough {
            self.held -= MICRO;
        }
        enough
    }

    fn fill(&mut self, rate: Rate, now: Instant) {
        let micros = now.saturating_duration_since(self.filled_at).as_micros().min(u128::from(u32::MAX)) as u64;
        self.filled_at = self.filled_at.max(now);
        self.held = (self.held + micros * u64::from(rate.per_second)).min(rate.full());
    }
}

/// A bucket for each of many, made when it is first asked for.
#[derive(Debug)]
pub struct Buckets {
    rate: Rate,
    max: usize,
    held: HashMap<u64, Bucket>,
}

impl Buckets {
    pub fn new(rate: Rate, max: usize) -> Buckets {
        Buckets { rate, max, held: HashMap::new() }
    }

    pub fn take(&mut self, key: u64, now: Instant) -> bool {
        if self.held.len() >= self.max && !self.held.contains_key(&key) {
            self.forget_the_full(now);
        }
        let rate = self.rate;
        self.held.entry(key).or_insert_with(|| Bucket::full(rate, now)).take(rate, now)
    }

    /// A full bucket is as good as none.
    fn forget_the_full(&mut self, now: Instant) {
        let rate = self.rate;
        self.held.retain(|_, bucket| {
            bucket.fill(rate, now);
            bucket.held < rate.full()
        });
        if self.held.len() >= self.max {
            self.held.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RATE: Rate = Rate { per_second: 10, burst: 3 };

    #[test]
    fn a_burst_passes_then_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        let mut passed = |at_ms| (0..20).filter(|_| bucket.take(RATE, start + Duration::from_millis(at_ms))).count();
        assert_eq!((passed(0), passed(99), passed(200), passed(10_000)), (3, 0, 2, 3));
    }

    #[test]
    fn each_has_a_bucket_of_its_own_and_their_number_is_bounded() {
        let start = Instant::now();
        let mut buckets = Buckets::new(RATE, 2);
        assert_eq!((0..9).filter(|_| buckets.take(1, start)).count(), 3);
        assert!(buckets.take(2, start));
        assert!(!buckets.take(1, start));
        // The first has filled again and gives way to a third.
        let later = start + Duration::from_secs(1);
        assert!(buckets.take(3, later));
        assert_eq!(buckets.held.len(), 1);
        for key in 4..100 {
            assert!(buckets.take(key, later));
            assert!(buckets.held.len() <= 2);
        }
    }
}
