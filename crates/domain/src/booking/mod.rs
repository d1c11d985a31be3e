//! Times that citizens book: which there are, which are free, and what a booking comes to.
//!
//! Pure: it is told what is taken and when it is, and never looks at a clock. One router asks it before each time that it
//! gives away, so that nothing is given twice. Who rings whom at a booked time is the router's.

mod diary;
mod record;

#[cfg(test)]
mod tests;

pub use diary::{DAYS_MAX, Diary, FreeTime, Taken};
pub use record::BookingRecord;
pub(crate) use record::apply;

use crate::{ClassId, ContactId, DeskId, OperatorId, QueueId, RegionId, Timestamp, intent::words};
use serde::{Deserialize, Serialize};

/// What a time is wished for: a call about a class of matters by a region's operators, or a visit to one of its desks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Wish {
    pub class: ClassId,
    pub region: RegionId,
    /// None is a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskId>,
}

impl Wish {
    #[must_use]
    pub fn queue(&self) -> QueueId {
        QueueId::of(&self.region, &self.class)
    }

    #[must_use]
    pub fn is_visit(&self) -> bool {
        self.desk.is_some()
    }
}

/// A wish with when its slot begins.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TimeWanted {
    pub wish: Wish,
    pub slot: Timestamp,
}

words! {
    /// What became of a booking.
    BookingState {
        /// Kept while the form is filled.
        Held = "held",
        /// Given back before it was booked.
        Left = "left",
        /// The form took longer than the plan keeps a time.
        Expired = "expired",
        Booked = "booked",
        /// Taken back by the citizen, or by staff for them.
        Cancelled = "cancelled",
        /// Spoken with, or met.
        Kept = "kept",
        /// Nobody was reached, or nobody came.
        Missed = "missed",
        /// Over without any of these: they rang in, or it was settled otherwise.
        Ended = "ended",
    }
}

impl BookingState {
    /// Whether it takes a place in its slot.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Held | Self::Booked)
    }
}

words! {
    /// Why staff moved a booking or took it back. A word and no text: the journal holds nothing of persons.
    StaffReason {
        /// The citizen asked for it.
        Asked = "asked",
        /// Nobody will be there: illness, a desk that is closed.
        NobodyThere = "nobody_there",
        /// The matter was settled otherwise.
        Settled = "settled",
        Mistake = "mistake",
        Other = "other",
    }
}

/// Who of staff did it, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ByStaff {
    pub operator: OperatorId,
    pub reason: StaffReason,
}

/// The conversation in which an operator books for the citizen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AtDesk {
    pub contact: ContactId,
    pub operator: OperatorId,
}

words! {
    /// Who took a booking back.
    CancelledBy { Citizen = "citizen", Operator = "operator" }
}

words! {
    /// Why a time cannot be had.
    Unbookable {
        /// Nobody is booked for this matter there.
        NotOffered = "not_offered",
        /// No slot begins then.
        Closed = "closed",
        /// It begins sooner than the plan's notice.
        TooSoon = "too_soon",
        /// Further ahead than times are given.
        TooFar = "too_far",
        Full = "full",
    }
}
