//! A contact centre: its plan, who works, who calls, and what a day of it came to.

use crate::{
    Caller, Demand, Digest, Operator, Tally,
    callers::DAY_MS,
    chance::Chance,
    day::{Day, Deed},
};
use domain::{RegionId, Timestamp, contact::VisitOutcome, plan::Plan};
use std::sync::{Arc, atomic::AtomicBool};

/// Who works, who calls and what rules hold.
#[derive(Clone, Debug)]
pub struct Centre {
    pub plan: Arc<Plan>,
    pub demand: Demand,
    pub staff: Vec<Operator>,
    pub desk: Desk,
}

/// What operators need beside the conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Desk {
    /// From the ring until somebody answers.
    pub answer_ms: u64,
    /// The part of the handling that is written after the conversation, and never more than half of it.
    pub wrap_up_ms: u64,
}

/// A fault of plan or program, never of chance.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SimulationFault {
    /// Some callers' wait ended in no way that is counted.
    #[error("day {day}: {offered} callers came, but only {ended} were answered or gave up")]
    Lost { day: u64, offered: u64, ended: u64 },
}

/// How a caller's wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Answered,
    /// Gave up sooner than the plan calls a wait.
    Short,
    Abandoned,
    /// Led to another service, as the plan has it for such matters.
    HandedOver,
}

impl End {
    /// How a visit ended that is counted; none of one that goes on elsewhere.
    pub(crate) fn of(outcome: VisitOutcome) -> Option<Self> {
        match outcome {
            VisitOutcome::Answered => Some(Self::Answered),
            VisitOutcome::AbandonedShort => Some(Self::Short),
            VisitOutcome::Abandoned => Some(Self::Abandoned),
            VisitOutcome::Diverted => None,
            // No plan that is simulated leads here yet; whoever is counted nowhere is told as lost.
            VisitOutcome::CallbackAccepted
            | VisitOutcome::Deflected
            | VisitOutcome::Emergency
            | VisitOutcome::Full
            | VisitOutcome::Closed
            | VisitOutcome::TimedOut
            | VisitOutcome::SystemTerminated(_) => None,
        }
    }
}

/// What became of one caller.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fate {
    /// None while it is not decided.
    pub end: Option<End>,
    /// From coming into line to the end of the wait.
    pub waited_ms: u64,
    /// The region of whoever answered.
    pub answered_in: Option<RegionId>,
    /// Led to another region's queue on arrival.
    pub diverted: bool,
    /// An operator vanished in the middle of the conversation.
    pub interrupted: bool,
}

/// Somebody was busy with a caller, conversation and wrap-up together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Busy {
    pub from_ms: i64,
    pub to_ms: i64,
}

/// What a day came to.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// In the order of the callers.
    pub fates: Vec<Fate>,
    pub busy: Vec<Busy>,
    pub tally: Tally,
}

impl Centre {
    /// Runs one day that starts empty, from midnight until the last caller is gone, and adds its decisions
    /// to `digest`. `seed` and `day` alone decide who comes.
    ///
    /// # Errors
    /// [`SimulationFault`] when a caller's wait ended in no way that is counted.
    pub fn run_day(&self, seed: u64, day: u64, digest: &mut Digest) -> Result<Tally, SimulationFault> {
        let callers = self.demand.callers(Chance::of_day(seed, day));
        let midnight = Timestamp(0).plus_ms(day.saturating_mul(DAY_MS.unsigned_abs()));
        let course = self.live_through(&callers, midnight, 0, digest);
        let (offered, ended) = (callers.len() as u64, course.fates.iter().filter(|fate| fate.end.is_some()).count() as u64);
        if ended == offered { Ok(course.tally) } else { Err(SimulationFault::Lost { day, offered, ended }) }
    }

    /// The course of these callers, whoever they are and wherever they come from, on the day of this
    /// midnight; the centre is empty `begins_ms` after it (before, when negative).
    pub fn live_through(&self, callers: &[Caller], midnight: Timestamp, begins_ms: i64, digest: &mut Digest) -> Course {
        self.live_through_unless(&AtomicBool::new(false), callers, midnight, begins_ms, digest).unwrap_or_default()
    }

    /// As [`Self::live_through`], for as long as nobody asks to stop; none when somebody did.
    pub fn live_through_unless(
        &self,
        stop: &AtomicBool,
        callers: &[Caller],
        midnight: Timestamp,
        begins_ms: i64,
        digest: &mut Digest,
    ) -> Option<Course> {
        let mut day = Day::new(self, callers, midnight, digest);
        day.begin(begins_ms);
        day.pass(stop).then_some(day.course)
    }
}

/// Contacts are numbered from 1 in the order in which the callers come, operators in that of the staff.
pub(crate) fn index_of(number: u64) -> usize {
    usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// Deeds are kept by their time and then by what they are.
pub(crate) type Due = (Timestamp, Deed);
