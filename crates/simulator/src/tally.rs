//! The results of simulated days, folded from the router's commands.

use crate::End;
use domain::contact::VisitOutcome;

/// Callers and what became of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub offered: u64,
    pub answered: u64,
    /// Of them within the plan's time.
    pub in_time: u64,
    /// Gave up while waiting, however soon.
    pub abandoned: u64,
    /// Answered or given up, but not in the moment of arrival.
    pub waited: u64,
    /// Led to another region's queue on arrival.
    pub overflowed: u64,
    /// Over all whose wait ended, by a voice or by giving up.
    pub wait_ms: u64,
}

impl Tally {
    /// Somebody came.
    pub(crate) fn begin(&mut self) {
        self.offered += 1;
    }

    /// A visit to a queue ended; `within_ms` is the plan's time for an answer.
    pub(crate) fn end(&mut self, outcome: VisitOutcome, waited_ms: u64, within_ms: u64) {
        self.overflowed += u64::from(outcome == VisitOutcome::Diverted);
        match End::of(outcome) {
            Some(End::Answered) => {
                self.answered += 1;
                self.in_time += u64::from(waited_ms <= within_ms);
                self.wait(waited_ms);
            }
            Some(End::Short | End::Abandoned) => {
                self.abandoned += 1;
                self.wait(waited_ms);
            }
            // Who is handed over stood in no line.
            Some(End::HandedOver) | None => {}
        }
    }

    fn wait(&mut self, waited_ms: u64) {
        self.waited += u64::from(waited_ms > 0);
        self.wait_ms += waited_ms;
    }

    pub fn add(&mut self, other: &Self) {
        let Self { offered, answered, in_time, abandoned, waited, overflowed, wait_ms } = other;
        self.offered += offered;
        self.answered += answered;
        self.in_time += in_time;
        self.abandoned += abandoned;
        self.waited += waited;
        self.overflowed += overflowed;
        self.wait_ms += wait_ms;
    }

    /// Answered within the plan's time over all offered; 0 when nobody came.
    #[must_use]
    pub fn sl_off(&self) -> f64 {
        self.share(self.in_time)
    }

    /// A part over all offered; 0 when nobody came.
    #[must_use]
    pub fn share(&self, part: u64) -> f64 {
        if self.offered == 0 { 0.0 } else { part as f64 / self.offered as f64 }
    }

    /// Over all callers, those who gave up included.
    #[must_use]
    pub fn mean_wait_s(&self) -> f64 {
        self.share(self.wait_ms) / 1_000.0
    }
}
