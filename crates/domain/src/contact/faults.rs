//! Whether the product's invariant holds over what the journal tells, and every way in which it may not.

use super::{
    CallRecord, ContactState, Owner,
    ledger::{ContactRecord, Ledger, Segment},
};
use crate::{ContactId, MatterId, PromiseId};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

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
            Self::MatterOwesTwoCalls { matter } => write!(f, "matter {matter} is owed two calls at once"),
            Self::CallWithoutPromise { contact } => write!(f, "the call that contact {contact} owes keeps no open promise"),
            Self::OutOfOrder { seq } => write!(f, "journal entry {seq} changes something that is not open"),
        }
    }
}

impl Ledger {
    /// Every breach of the invariant, in order; empty when all is well.
    #[must_use]
    pub fn faults(&self) -> Vec<LedgerFault> {
        let mut faults = Vec::new();
        let mut owed: BTreeMap<MatterId, PromiseId> = BTreeMap::new();
        for promise in self.promises.values().filter(|promise| promise.settled.is_none()) {
            owed.entry(promise.matter).or_insert(promise.promise);
            if !self.matters.contains_key(&promise.matter) {
                faults.push(LedgerFault::PromiseWithoutMatter { promise: promise.promise });
            }
        }
        let mut called = BTreeSet::new();
        for record in self.contacts.values() {
            self.contact_faults(record, &mut faults);
            if record.closed.is_none() && record.call.is_some() && !called.insert(record.matter) {
                faults.push(LedgerFault::MatterOwesTwoCalls { matter: record.matter });
            }
        }
        for matter in self.matters.values() {
            match (matter.closed, owed.get(&matter.matter)) {
                (None, None) => faults.push(LedgerFault::MatterWithoutPromise { matter: matter.matter }),
                (Some(_), Some(promise)) => faults.push(LedgerFault::ClosedMatterOwes { matter: matter.matter, promise: *promise }),
                (None, Some(_)) | (Some(_), None) => {}
            }
        }
        faults.sort();
        faults
    }

    fn contact_faults(&self, record: &ContactRecord, faults: &mut Vec<LedgerFault>) {
        let contact = record.contact;
        if record.closed.is_some() {
            if record.outcome.is_none() {
                faults.push(LedgerFault::ClosedWithoutOutcome { contact });
            }
            if record.visits.iter().any(|visit| visit.outcome.is_none()) {
                faults.push(LedgerFault::VisitWithoutOutcome { contact });
            }
            return;
        }
        if record.state == ContactState::Closed {
            faults.push(LedgerFault::OpenContactInClosedState { contact });
        }
        match self.matters.get(&record.matter) {
            None => faults.push(LedgerFault::ContactWithoutMatter { contact }),
            Some(matter) if matter.closed.is_some() => {
                faults.push(LedgerFault::ClosedMatterHasOpenContact { matter: record.matter, contact });
            }
            Some(_) => {}
        }
        if !can_own(&record.owner, record.state) {
            faults.push(LedgerFault::OwnerDoesNotFit { contact });
        }
        let ends_now = |last: &Segment| last.until.is_none() && last.state == record.state && last.owner == record.owner;
        if !record.segments.last().is_some_and(ends_now) {
            faults.push(LedgerFault::SegmentDoesNotFit { contact });
        }
        use ContactState::{Connecting, Dialling, Offered, Queued, Resting};
        let is_owed = |call: &CallRecord| self.promises.get(&call.promise).is_some_and(|promise| promise.settled.is_none());
        if matches!(record.state, Resting | Dialling) && !record.call.as_ref().is_some_and(is_owed) {
            faults.push(LedgerFault::CallWithoutPromise { contact });
        }
        let in_line = matches!(record.state, Queued | Offered | Connecting | Dialling);
        if !in_line && record.visits.iter().any(|visit| visit.outcome.is_none()) {
            faults.push(LedgerFault::VisitOutOfLine { contact });
        }
    }
}

/// Whether this owner can answer for an open contact in this state.
fn can_own(owner: &Owner, state: ContactState) -> bool {
    match state {
        ContactState::Dialogue => matches!(owner, Owner::Dialogue),
        ContactState::Queued | ContactState::Offered | ContactState::Resting => matches!(owner, Owner::Queue(_)),
        // To an operator, or handed to a party outside.
        ContactState::Connecting => matches!(owner, Owner::Operator(_) | Owner::Unit(_)),
        ContactState::Talking
        | ContactState::OnHold
        | ContactState::Consulting
        | ContactState::OperatorLost
        | ContactState::WrapUp
        | ContactState::Dialling => matches!(owner, Owner::Operator(_)),
        ContactState::EmergencyTransfer | ContactState::WithParty => matches!(owner, Owner::Unit(_)),
        // Named by itself: no open contact is closed in state.
        ContactState::Closed => true,
    }
}
