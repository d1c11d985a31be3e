//! Many times of the same, told by how they spread; what is asked at an even pace, whatever the answers take.

use super::thousands;
use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

#[derive(Default, Clone)]
pub struct Spread {
    times: Vec<Duration>,
    failed: u64,
}

impl Spread {
    pub fn took(&mut self, time: Duration) {
        self.times.push(time);
    }

    pub fn failed(&mut self) {
        self.failed += 1;
    }

    pub fn join(&mut self, other: Self) {
        self.times.extend(other.times);
        self.failed += other.failed;
    }

    fn at(&self, percent: usize) -> Duration {
        let mut sorted = self.times.clone();
        sorted.sort();
        let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
        sorted.get(place).copied().unwrap_or_default()
    }
}

/// `p50 3.1 ms, p99 12.0 ms, max 40.2 ms of 1,200; 3 FAILED`.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.times.is_empty() {
            write!(f, "none")?;
        } else {
            for (name, percent) in [("p50", 50), ("p99", 99), ("max", 100)] {
                write!(f, "{name} {:.1} ms{}", self.at(percent).as_secs_f64() * 1_000.0, if percent < 100 { ", " } else { "" })?;
            }
            write!(f, " of {}", thousands(self.times.len() as f64))?;
        }
        if self.failed > 0 {
            write!(f, "; {} FAILED", thousands(self.failed as f64))?;
        }
        Ok(())
    }
}

/// Does something so many times a second for so long, each in its turn by one of the workers. What counts is the time from
/// when it was due: one that had to wait for another's answer is late.
pub fn paced<W: Send>(
    workers: Vec<W>,
    a_second: u32,
    time: Duration,
    act: impl Fn(&mut W, u64) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Spread> {
    let (begun, next) = (Instant::now(), AtomicU64::new(0));
    let (act, next) = (&act, &next);
    let turns = move |mut worker: W| {
        let mut spread = Spread::default();
        let mut fault = None;
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let due = Duration::from_secs(turn) / a_second.max(1);
            if due >= time {
                return (spread, fault);
            }
            thread::sleep((begun + due).saturating_duration_since(Instant::now()));
            match act(&mut worker, turn) {
                Ok(()) => spread.took(begun.elapsed() - due),
                Err(error) => {
                    spread.failed();
                    fault.get_or_insert(error);
                }
            }
        }
    };
    let done: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = workers.into_iter().map(|worker| scope.spawn(move || turns(worker))).collect();
        running.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut all = Spread::default();
    let mut first = None;
    for one in done {
        let (spread, fault) = one.map_err(|_| anyhow::anyhow!("a worker broke off"))?;
        all.join(spread);
        first = first.or(fault);
    }
    if let Some(fault) = first {
        // Counted; the first says why.
        println!("{} failed, the first: {fault:#}", all.failed);
    }
    Ok(all)
}

/// Says now and again how far something long has come.
pub struct Progress {
    what: &'static str,
    of: u64,
    told: Instant,
}

/// Between two lines of progress.
const TELL_EVERY: Duration = Duration::from_secs(5);

impl Progress {
    pub fn of(what: &'static str, of: impl Into<u64>) -> Self {
        Self { what, of: of.into(), told: Instant::now() }
    }

    pub fn at(&mut self, done: u64) {
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            println!("{} of {} {}", thousands(done as f64), thousands(self.of as f64), self.what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_by_how_they_spread() {
        let mut spread = Spread::default();
        assert_eq!(spread.to_string(), "none");
        (1..=200).rev().for_each(|ms| spread.took(Duration::from_millis(ms)));
        assert_eq!(spread.to_string(), "p50 100.0 ms, p99 198.0 ms, max 200.0 ms of 200");
        spread.failed();
        assert!(spread.to_string().ends_with("; 1 FAILED"));
        let mut one = Spread::default();
        one.took(Duration::from_millis(7));
        assert_eq!(one.to_string(), "p50 7.0 ms, p99 7.0 ms, max 7.0 ms of 1");
    }

    #[test]
    fn turns_are_taken_once_each_and_failures_are_counted() {
        let taken = AtomicU64::new(0);
        let spread = paced(vec![(), ()], 1_000, Duration::from_millis(20), |(), turn| {
            taken.fetch_add(turn, Ordering::Relaxed);
            anyhow::ensure!(turn != 7, "seven");
            Ok(())
        });
        let spread = spread.unwrap();
        assert_eq!((spread.times.len(), spread.failed, taken.into_inner()), (19, 1, 190));
    }
}
