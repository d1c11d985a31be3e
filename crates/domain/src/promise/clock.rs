//! The clock of one promise: made with a due time, it runs, stands while the citizen has to do something, and is settled.
//!
//! What was promised stays promised: the due time is fixed when the promise is made, and nothing but a pause moves
//! it. A plan that changes meanwhile changes what is promised from then on.

use super::Calendar;
use crate::{Timestamp, contact::Settlement, intent::words};

words! {
    /// How a promise stands.
    State {
        Running = "running",
        /// Waits for the citizen.
        Paused = "paused",
        /// Less is left than the plan calls soon.
        Soon = "soon",
        /// The last instant at which it is in time.
        Due = "due",
        Late = "late",
        KeptInTime = "kept_in_time",
        KeptLate = "kept_late",
        /// Withdrawn, or another promise took its place.
        LetGo = "let_go",
    }
}

/// What happens to a promise after it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It waits for the citizen from now on.
    Paused,
    Resumed,
    Settled(Settlement),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    due: Timestamp,
    /// Whether a pause moves the due time by the working time in it, or by all of it.
    working: bool,
    paused: Option<Timestamp>,
    settled: Option<(Timestamp, Settlement)>,
    /// When anything last happened to it.
    latest: Timestamp,
}

impl Clock {
    #[must_use]
    pub fn new(made: Timestamp, due: Timestamp, working: bool) -> Self {
        Self { due, working, paused: None, settled: None, latest: made }
    }

    /// When it is due, as far as is known: while it stands, what it was before.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        self.due
    }

    /// Takes in what happened. False when it does not fit, and changes nothing then: what is settled stays so, what
    /// is late is not put off, and nothing happens before what has happened.
    pub fn apply(&mut self, now: Timestamp, happened: Happened, calendar: Option<&Calendar>) -> bool {
        if now < self.latest || self.settled.is_some() {
            return false;
        }
        let fits = match happened {
            Happened::Paused => self.paused.is_none() && now <= self.due,
            Happened::Resumed => self.paused.is_some(),
            Happened::Settled(_) => true,
        };
        if !fits {
            return false;
        }
        self.latest = now;
        match happened {
            Happened::Paused => self.paused = Some(now),
            Happened::Resumed => self.resume(now, calendar),
            Happened::Settled(settlement) => {
                self.resume(now, calendar);
                self.settled = Some((now, settlement));
            }
        }
        true
    }

    fn resume(&mut self, now: Timestamp, calendar: Option<&Calendar>) {
        let Some(since) = self.paused.take() else { return };
        self.due = match calendar.filter(|_| self.working) {
            Some(calendar) => {
                let stood_ms = calendar.working_ms(since, now);
                // Work that never comes leaves it as it is, but never in the past: it was in time when it was paused.
                calendar.after_working_ms(self.due, stood_ms).unwrap_or(self.due).max(now)
            }
            None => self.due.plus_ms(now.since_ms(since)),
        };
    }

    /// How it stands, with how long before its time it counts as soon.
    #[must_use]
    pub fn state(&self, now: Timestamp, soon_ms: u64) -> State {
        match self.settled {
            Some((at, Settlement::Kept)) if at <= self.due => State::KeptInTime,
            Some((_, Settlement::Kept)) => State::KeptLate,
            Some((_, Settlement::Withdrawn | Settlement::Replaced)) => State::LetGo,
            None if self.paused.is_some() => State::Paused,
            None if self.due < now => State::Late,
            None if self.due == now => State::Due,
            None if self.due.since_ms(now) < soon_ms => State::Soon,
            None => State::Running,
        }
    }
}
