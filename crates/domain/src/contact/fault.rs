//! What must never be true of contacts, matters, promises and bookings.

use super::{ContactState, Owner};
use crate::{BookingId, ContactId, MatterId, PromiseId};
use serde::Serialize;
use std::fmt;

/// A breach of the invariant or of the accounts; none may ever exist.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum LedgerFault {
    /// An open contact's matter is closed or unknown.
    ContactWithoutMatter {
        contact: ContactId,
    },
    OpenContactInClosedState {
        contact: ContactId,
    },
    ClosedWithoutOutcome {
        contact: ContactId,
    },
    MatterWithoutPromise {
        matter: MatterId,
    },
    ClosedMatterOwes {
        matter: MatterId,
        promise: PromiseId,
    },
    ClosedMatterHasOpenContact {
        matter: MatterId,
        contact: ContactId,
    },
    PromiseWithoutMatter {
        promise: PromiseId,
    },
    /// A finished contact left a visit to a queue without an outcome.
    VisitWithoutOutcome {
        contact: ContactId,
    },
    /// Whoever answers for an open contact is not who can in its state.
    OwnerDoesNotFit {
        contact: ContactId,
    },
    /// The course of an open contact does not end with its present state and owner.
    SegmentDoesNotFit {
        contact: ContactId,
    },
    /// A contact that stands in no line has a visit to a queue that has not ended.
    VisitOutOfLine {
        contact: ContactId,
    },
    /// A booked time without an open contact that is there at its time, or a contact of one that is not booked.
    BookingWithoutContact {
        booking: BookingId,
    },
    /// Of a matter at most one call is owed at a time.
    MatterOwesTwoCalls {
        matter: MatterId,
    },
    /// Nobody has spoken in a call that we owe, and the promise that it keeps is not open.
    CallWithoutPromise {
        contact: ContactId,
    },
    /// A command named something that was never opened, or closed it twice.
    OutOfOrder {
        seq: u64,
    },
}

impl fmt::Display for LedgerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContactWithoutMatter { contact } => write!(f, "open contact {contact} belongs to no open matter"),
            Self::OpenContactInClosedState { contact } => write!(f, "contact {contact} is closed in state but has no closing time"),
            Self::ClosedWithoutOutcome { contact } => write!(f, "contact {contact} was closed without an outcome"),
            Self::MatterWithoutPromise { matter } => write!(f, "open matter {matter} is owed nothing"),
            Self::ClosedMatterOwes { matter, promise } => write!(f, "matter {matter} is closed but promise {promise} is open"),
            Self::ClosedMatterHasOpenContact { matter, contact } => write!(f, "matter {matter} is closed but contact {contact} is open"),
            Self::PromiseWithoutMatter { promise } => write!(f, "promise {promise} belongs to no matter"),
            Self::VisitWithoutOutcome { contact } => write!(f, "closed contact {contact} has a queue visit without an outcome"),
            Self::OwnerDoesNotFit { contact } => write!(f, "open contact {contact} has an owner that cannot answer for its state"),
            Self::SegmentDoesNotFit { contact } => write!(f, "the last segment of open contact {contact} is not its state and owner"),
            Self::VisitOutOfLine { contact } => write!(f, "contact {contact} stands in no line but has an open visit to a queue"),
            Self::BookingWithoutContact { booking } => write!(f, "booking {booking} and its contact do not fit together"),
            Self::MatterOwesTwoCalls { matter } => write!(f, "matter {matter} is owed two calls at once"),
            Self::CallWithoutPromise { contact } => write!(f, "the call that contact {contact} owes keeps no open promise"),
            Self::OutOfOrder { seq } => write!(f, "journal entry {seq} changes something that is not open"),
        }
    }
}

/// Whether this owner can answer for an open contact in this state.
pub(super) fn can_own(owner: &Owner, state: ContactState) -> bool {
    match state {
        ContactState::Dialogue => matches!(owner, Owner::Dialogue),
        ContactState::Queued | ContactState::Offered => matches!(owner, Owner::Queue(_)),
        // A call by its queue, a visit by the unit of its desk.
        ContactState::Resting => matches!(owner, Owner::Queue(_) | Owner::Unit(_)),
        // To an operator, or handed to a party outside.
        ContactState::Connecting => matches!(owner, Owner::Operator(_) | Owner::Unit(_)),
        ContactState::Talking
        | ContactState::OnHold
        | ContactState::Consulting
        | ContactState::OperatorLost
        | ContactState::WrapUp
        | ContactState::Dialling => matches!(owner, Owner::Operator(_)),
        ContactState::Unread => matches!(owner, Owner::Operator(_) | Owner::Unit(_)),
        ContactState::EmergencyTransfer | ContactState::WithParty => matches!(owner, Owner::Unit(_)),
        // Named by itself: no open contact is closed in state.
        ContactState::Closed => true,
    }
}
