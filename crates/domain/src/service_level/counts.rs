//! What is counted of the visits to a queue, and the six formulas over those counts.

use crate::contact::VisitOutcome;
use serde::{Deserialize, Serialize};

/// Upper ends of the bars in which waits until a human voice are counted; a last bar holds the rest.
pub const WAIT_EDGES_MS: [u64; 11] = [10_000, 30_000, 60_000, 120_000, 180_000, 300_000, 600_000, 900_000, 1_200_000, 1_800_000, 3_600_000];

/// Finished visits. "In time" is within the plan's T.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Came into the queue, whatever became of them.
    pub offered: u64,
    pub answered: u64,
    pub answered_in_time: u64,
    /// All who hung up while waiting, the short ones included.
    pub abandoned: u64,
    pub abandoned_in_time: u64,
    pub abandoned_short: u64,
    pub callbacks: u64,
    pub callbacks_in_time: u64,
    /// Went on to another queue; the clock goes on there.
    pub diverted: u64,
    /// Led elsewhere without a human voice of ours: web form, 112, full, closed, waited too long.
    pub deflected: u64,
    pub emergency: u64,
    pub full: u64,
    pub closed: u64,
    pub timed_out: u64,
    /// The system ended the call; a public count of its own, in no formula.
    pub system_terminated: u64,
    /// Sum over the answered, for the mean.
    pub answered_wait_ms: u64,
    pub answered_wait_ms_max: u64,
    /// Waits of the answered, one count for each of [`WAIT_EDGES_MS`] and one for what is longer.
    pub waits: [u64; WAIT_EDGES_MS.len() + 1],
}

/// A share in thousandths, rounded half up; none when there is nothing to share.
pub(super) fn permille(part: u64, whole: u64) -> Option<u16> {
    let rounded = (u128::from(part) * 2000 + u128::from(whole)).checked_div(u128::from(whole) * 2)?;
    u16::try_from(rounded).ok()
}

/// The service level by every formula; all are always computed from the same counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Level {
    /// The headline: short abandons do not count.
    pub no_short: Option<u16>,
    pub answered_only: Option<u16>,
    pub all_abandons: Option<u16>,
    pub symmetric: Option<u16>,
    pub with_flow_out: Option<u16>,
    pub removed: Option<u16>,
}

impl Counts {
    /// Counts the end of one visit.
    pub(super) fn end(&mut self, outcome: VisitOutcome, waited_ms: u64, within_ms: u64) {
        let in_time = u64::from(waited_ms <= within_ms);
        match outcome {
            VisitOutcome::Answered => {
                self.answered += 1;
                self.answered_in_time += in_time;
                self.answered_wait_ms = self.answered_wait_ms.saturating_add(waited_ms);
                self.answered_wait_ms_max = self.answered_wait_ms_max.max(waited_ms);
                self.waits[WAIT_EDGES_MS.partition_point(|edge| *edge < waited_ms)] += 1;
            }
            VisitOutcome::AbandonedShort | VisitOutcome::Abandoned => {
                self.abandoned += 1;
                self.abandoned_in_time += in_time;
                self.abandoned_short += u64::from(outcome == VisitOutcome::AbandonedShort);
            }
            VisitOutcome::CallbackAccepted => {
                self.callbacks += 1;
                self.callbacks_in_time += in_time;
            }
            VisitOutcome::Deflected => self.deflected += 1,
            VisitOutcome::Diverted => self.diverted += 1,
            VisitOutcome::Emergency => self.emergency += 1,
            VisitOutcome::Full => self.full += 1,
            VisitOutcome::Closed => self.closed += 1,
            VisitOutcome::TimedOut => self.timed_out += 1,
            VisitOutcome::SystemTerminated(_) => self.system_terminated += 1,
        }
    }

    /// F of the formulas: left for another place without a human voice of this queue.
    #[must_use]
    pub fn flowed_out(&self) -> u64 {
        self.diverted + self.deflected + self.emergency + self.full + self.closed + self.timed_out
    }

    /// Visits that have ended, in whatever way.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.answered + self.abandoned + self.callbacks + self.flowed_out() + self.system_terminated
    }

    #[must_use]
    pub fn still_waiting(&self) -> u64 {
        self.offered.saturating_sub(self.ended())
    }

    #[must_use]
    pub fn level(&self) -> Level {
        let ended_by_caller = self.answered + self.abandoned;
        let flowed_out = self.flowed_out();
        Level {
            no_short: permille(self.answered_in_time, ended_by_caller.saturating_sub(self.abandoned_short)),
            answered_only: permille(self.answered_in_time, self.answered),
            all_abandons: permille(self.answered_in_time, ended_by_caller),
            symmetric: permille(self.answered_in_time + self.abandoned_in_time, ended_by_caller),
            with_flow_out: permille(self.answered_in_time, ended_by_caller + flowed_out),
            removed: permille(
                self.answered_in_time + self.abandoned_in_time + self.callbacks_in_time,
                ended_by_caller + self.callbacks + flowed_out,
            ),
        }
    }

    /// Mean over the *answered*; says nothing of those who gave up.
    #[must_use]
    pub fn answered_wait_ms_mean(&self) -> Option<u64> {
        self.answered_wait_ms.checked_div(self.answered)
    }

    /// Share of those who waited longer than T, answered or not; stands beside the mean.
    #[must_use]
    pub fn over_permille(&self) -> Option<u16> {
        let late = (self.answered - self.answered_in_time) + (self.abandoned - self.abandoned_in_time);
        permille(late, self.answered + self.abandoned)
    }

    /// Adds the visits of another queue. Calls are weighed, never levels.
    pub fn add(&mut self, other: &Self) {
        let Self {
            offered,
            answered,
            answered_in_time,
            abandoned,
            abandoned_in_time,
            abandoned_short,
            callbacks,
            callbacks_in_time,
            diverted,
            deflected,
            emergency,
            full,
            closed,
            timed_out,
            system_terminated,
            answered_wait_ms,
            answered_wait_ms_max,
            waits,
        } = other;
        self.offered += offered;
        self.answered += answered;
        self.answered_in_time += answered_in_time;
        self.abandoned += abandoned;
        self.abandoned_in_time += abandoned_in_time;
        self.abandoned_short += abandoned_short;
        self.callbacks += callbacks;
        self.callbacks_in_time += callbacks_in_time;
        self.diverted += diverted;
        self.deflected += deflected;
        self.emergency += emergency;
        self.full += full;
        self.closed += closed;
        self.timed_out += timed_out;
        self.system_terminated += system_terminated;
        self.answered_wait_ms = self.answered_wait_ms.saturating_add(*answered_wait_ms);
        self.answered_wait_ms_max = self.answered_wait_ms_max.max(*answered_wait_ms_max);
        for (mine, theirs) in self.waits.iter_mut().zip(waits) {
            *mine += theirs;
        }
    }

    /// For the whole deployment: who went from one queue to another was offered once and has not left.
    pub(super) fn join_hops(&mut self) {
        self.offered = self.offered.saturating_sub(self.diverted);
        self.diverted = 0;
    }
}
