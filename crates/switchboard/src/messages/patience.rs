//! How patient we are with whoever carries messages: how long one attempt may take, how long a carrier that fails is left
//! alone, and for how long a message is tried.

use client::Breaker;
use std::{ops::RangeInclusive, time::Duration};

/// What `answer_ms_max` may be.
const ANSWER_MS: RangeInclusive<u64> = 500..=60_000;
/// What `give_up_ms` may be: an address that comes a day late is no help.
const GIVE_UP_MS: RangeInclusive<u64> = 10_000..=86_400_000;

/// A time of the settings that cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what} must lie between {least} and {most}")]
pub struct UnusableTime {
    what: &'static str,
    least: u64,
    most: u64,
}

/// As the settings of a carrier have it, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub answer_ms_max: u64,
    pub rest_ms: u64,
    pub give_up_ms: u64,
}

pub(super) struct Patience {
    pub answer_max: Duration,
    /// From the promise on.
    pub give_up_ms: u64,
    pub breaker: Breaker,
}

impl Patience {
    /// # Errors
    /// Which time cannot be used.
    pub fn new(times: Times) -> Result<Self, UnusableTime> {
        let Times { answer_ms_max, rest_ms, give_up_ms } = times;
        for (what, ms, limits) in [("answer_ms_max", answer_ms_max, ANSWER_MS), ("give_up_ms", give_up_ms, GIVE_UP_MS)] {
            if !limits.contains(&ms) {
                return Err(UnusableTime { what, least: *limits.start(), most: *limits.end() });
            }
        }
        Ok(Self { answer_max: Duration::from_millis(answer_ms_max), give_up_ms, breaker: Breaker::new(Duration::from_millis(rest_ms)) })
    }
}

/// Of every carrier, unless its settings say otherwise.
pub(super) fn rest_ms() -> u64 {
    20_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_help_nobody_are_refused() {
        let usual = Times { answer_ms_max: 10_000, rest_ms: rest_ms(), give_up_ms: 3_600_000 };
        let said = |times| Patience::new(times).err().map(|why| why.to_string());
        assert_eq!(said(usual), None);
        for answer_ms_max in [0, 499, 60_001] {
            assert_eq!(said(Times { answer_ms_max, ..usual }).as_deref(), Some("answer_ms_max must lie between 500 and 60000"));
        }
        for give_up_ms in [9_999, 86_400_001] {
            assert_eq!(said(Times { give_up_ms, ..usual }).as_deref(), Some("give_up_ms must lie between 10000 and 86400000"));
        }
    }
}
