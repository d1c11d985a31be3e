//! The call that a contact of channel `call_back` owes, as the journal tells it: whom, since when, from when on, and
//! what was tried. It is the whole of what a restart needs.

use super::{CallKind, NotReached, ledger::ContactRecord};
use crate::{ClassId, ContactId, PromiseId, Timestamp, routing::Command};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallRecord {
    pub kind: CallKind,
    /// Whose number it is: of the caller who took it, or of the latest caller of the matter.
    pub from: ContactId,
    /// The wait counts from here.
    pub since: Timestamp,
    pub class: ClassId,
    /// What it keeps when the citizen is reached.
    pub promise: PromiseId,
    /// Nobody is rung before this.
    pub not_before: Timestamp,
    /// Tried so often since it last rested for a night or a closure.
    pub attempts: u8,
    pub attempts_all: u16,
    /// Days on which it was tried in vain.
    pub days: u8,
    pub last_attempt: Option<Timestamp>,
    pub last_fault: Option<NotReached>,
    /// Goes before others when its time comes.
    pub in_front: bool,
    /// The number that is rung takes text messages; records of before do not tell.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub textable: bool,
}

/// A call is owed at most once of a contact; told again it does not fit.
pub(super) fn apply(record: &mut ContactRecord, at: Timestamp, command: &Command) -> bool {
    match (command, &mut record.call) {
        (Command::OweCall { call_kind, from, since, class, promise, textable, .. }, none @ None) => {
            *none = Some(CallRecord::owed(at, *call_kind, *from, *since, class.clone(), *promise, *textable));
            true
        }
        (Command::RestCall { not_before, fault, in_front, promise, .. }, Some(call)) => {
            call.rest(*not_before, *fault, *in_front);
            call.promise = promise.unwrap_or(call.promise);
            true
        }
        // Nobody is rung twice at one time: that is the same told again.
        (Command::DialCitizen { .. }, Some(call)) if call.last_attempt != Some(at) => {
            call.tried(at);
            true
        }
        _ => false,
    }
}

impl CallRecord {
    /// Owed from now on, and not tried yet.
    pub(crate) fn owed(
        at: Timestamp,
        kind: CallKind,
        from: ContactId,
        since: Timestamp,
        class: ClassId,
        promise: PromiseId,
        textable: bool,
    ) -> Self {
        Self {
            kind,
            from,
            since,
            class,
            promise,
            not_before: at,
            attempts: 0,
            attempts_all: 0,
            days: 0,
            last_attempt: None,
            last_fault: None,
            in_front: false,
            textable,
        }
    }

    /// Booked for another time: as if it had been booked for that from the beginning.
    pub(crate) fn move_to(&mut self, command: &Command) {
        if let Command::MoveBooking { wanted, promise, .. } = command {
            (self.since, self.promise, self.attempts, self.days) = (wanted.slot, *promise, 0, 0);
            self.class = wanted.wish.class.clone();
        }
    }

    /// What was not reached goes in front on the next day, and its attempts begin anew.
    pub(crate) fn rest(&mut self, not_before: Timestamp, fault: Option<NotReached>, in_front: bool) {
        if in_front && self.attempts > 0 {
            self.days = self.days.saturating_add(1);
            self.attempts = 0;
        }
        self.not_before = not_before;
        self.last_fault = fault.or(self.last_fault);
        self.in_front |= in_front;
    }

    pub(crate) fn tried(&mut self, at: Timestamp) {
        self.attempts = self.attempts.saturating_add(1);
        self.attempts_all = self.attempts_all.saturating_add(1);
        self.last_attempt = Some(at);
    }
}
