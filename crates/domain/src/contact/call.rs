//! The call that a contact of channel `call_back` owes, as the journal tells it: whom, since when, from when on, and
//! what was tried. It is the whole of what a restart needs.

use super::{CallKind, NotReached, ledger::ContactRecord};
use crate::{AttemptId, ClassId, ContactId, PromiseId, Timestamp, routing::Command};
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
    /// Its number; records of before do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<AttemptId>,
    pub last_fault: Option<NotReached>,
    /// Rung so often since then and let go of because the operator was lost: none of the citizen's attempts.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub cut_short: u8,
    /// The last attempt of which that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_cut_short: Option<AttemptId>,
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
        // Told again it is the same attempt, which counts no more already.
        (Command::CancelCitizen { attempt, lost: true, .. }, Some(call)) => {
            call.cut_short(*attempt);
            true
        }
        // Numbers are given once and rise: what is not a later one is the same told again.
        (Command::DialCitizen { attempt, .. }, Some(call)) if call.attempt.is_none_or(|last| last < *attempt) => {
            call.tried(at, *attempt);
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
            attempt: None,
            last_fault: None,
            cut_short: 0,
            last_cut_short: None,
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
        if in_front {
            self.days = self.days.saturating_add(u8::from(self.attempts > 0));
            (self.attempts, self.cut_short) = (0, 0);
        }
        self.not_before = not_before;
        self.last_fault = fault.or(self.last_fault);
        self.in_front |= in_front;
    }

    pub(crate) fn tried(&mut self, at: Timestamp, attempt: AttemptId) {
        self.attempts = self.attempts.saturating_add(1);
        self.attempts_all = self.attempts_all.saturating_add(1);
        (self.last_attempt, self.attempt) = (Some(at), Some(attempt));
    }

    /// The operator of this attempt was lost while it rang: it was no fault of the citizen's.
    pub(crate) fn cut_short(&mut self, attempt: AttemptId) {
        if self.last_cut_short.is_none_or(|last| last < attempt) {
            self.last_cut_short = Some(attempt);
            self.attempts = self.attempts.saturating_sub(1);
            self.cut_short = self.cut_short.saturating_add(1);
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde hands it in
fn is_none_yet(count: &u8) -> bool {
    *count == 0
}
