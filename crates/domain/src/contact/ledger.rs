//! The fold from recorded decisions to contacts, matters and promises, and the test whether the
//! product's invariant holds over them.
//!
//! Live, after a restart and in `svar journal verify` the same fold runs, so a record can always be
//! recomputed from the journal. It decides nothing.

pub use super::{
    addition::{AdditionRecord, DecisionRecord, NamedMatter},
    changes::Changes,
    fault::LedgerFault,
};

use super::{
    CallRecord, Channel, ContactState, MessageRecord, Outcome, Owner, PromiseKind, Settlement, VisitOutcome, addition, call, fault,
    messages, promises,
};
use crate::{
    BookingId, ClassId, ContactId, MatterId, OperatorId, PromiseId, QueueId, RegionId, Timestamp,
    booking::{self, BookingRecord, BookingState},
    intent::{Intent, Language},
    routing::Command,
    survey::{self, SurveyRecord, SurveyState},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One stretch of a contact in one state with one owner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Segment {
    pub state: ContactState,
    pub owner: Owner,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
}

/// One visit to a queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Visit {
    pub queue: QueueId,
    pub entered: Timestamp,
    pub strict: bool,
    pub ended: Option<Timestamp>,
    pub outcome: Option<VisitOutcome>,
    pub waited_ms: Option<u64>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContactRecord {
    pub contact: ContactId,
    pub matter: MatterId,
    pub channel: Channel,
    pub state: ContactState,
    pub owner: Owner,
    pub arrived: Timestamp,
    pub closed: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    pub region: Option<RegionId>,
    pub uncertain: bool,
    pub intent: Option<Intent>,
    pub language: Language,
    /// A sign of danger that nobody has taken back; records of before do not tell.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urged: bool,
    /// The operator who took it last.
    pub operator: Option<OperatorId>,
    pub visits: Vec<Visit>,
    pub segments: Vec<Segment>,
    /// What it was promised in writing, oldest first.
    #[serde(default, alias = "text", deserialize_with = "messages::read", skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageRecord>,
    /// The call that it owes: of every contact of channel `call_back`, and of no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallRecord>,
    /// That it adds to a matter, and what is owed for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addition: Option<AdditionRecord>,
    /// What was decided of what it reported in writing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionRecord>,
}

impl ContactRecord {
    /// The queue it was last in.
    #[must_use]
    pub fn queue(&self) -> Option<&QueueId> {
        self.visits.last().map(|visit| &visit.queue)
    }

    /// From the first queue entry to the first human voice, ours or another's, to its end, or to `now`.
    #[must_use]
    pub fn waited_ms(&self, now: Timestamp) -> u64 {
        let end = self.heard_at().or(self.closed).unwrap_or(now);
        self.waits_since().map_or(0, |first| end.since_ms(first))
    }

    /// The same of whoever has heard a human voice; none of others.
    #[must_use]
    pub fn waited_for_voice_ms(&self) -> Option<u64> {
        self.heard_at().zip(self.waits_since()).map(|(voice, first)| voice.since_ms(first))
    }

    fn waits_since(&self) -> Option<Timestamp> {
        self.call.as_ref().map(|call| call.since).or_else(|| self.visits.first().map(|visit| visit.entered))
    }

    fn heard_at(&self) -> Option<Timestamp> {
        let first = self.waits_since()?;
        let is_voice =
            |segment: &&Segment| segment.since >= first && matches!(segment.state, ContactState::Talking | ContactState::WithParty);
        // Of a call that we owe, what was heard before the last attempt was nobody.
        let is_attempt = |segment: &Segment| matches!(segment.state, ContactState::Resting | ContactState::Dialling);
        let attempt = self.segments.iter().rposition(is_attempt).unwrap_or(0);
        self.segments[attempt..].iter().find(is_voice).map(|segment| segment.since)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MatterRecord {
    pub matter: MatterId,
    pub opened: Timestamp,
    pub closed: Option<Timestamp>,
    /// The unit that took its report, and that additions are for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Owner>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PromiseRecord {
    pub promise: PromiseId,
    pub matter: MatterId,
    pub kind: PromiseKind,
    pub owner: Owner,
    pub made: Timestamp,
    pub due: Timestamp,
    pub settled: Option<Timestamp>,
    pub settlement: Option<Settlement>,
    /// It waits for the citizen since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Timestamp>,
    /// The contact whose citizen was asked to ring us again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring_back: Option<ContactId>,
}

/// Contacts, matters and promises as the journal tells them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    pub contacts: BTreeMap<ContactId, ContactRecord>,
    pub matters: BTreeMap<MatterId, MatterRecord>,
    pub promises: BTreeMap<PromiseId, PromiseRecord>,
    /// Until when callers of a class are told that too many ring about it.
    pub surges: BTreeMap<ClassId, Timestamp>,
    /// Booked times, held ones and those that are over.
    pub bookings: BTreeMap<BookingId, BookingRecord>,
    /// What citizens are to be asked, were asked and answered.
    pub surveys: BTreeMap<ContactId, SurveyRecord>,
}

impl Ledger {
    /// Takes in the commands recorded with one event. `Err` when a record command does not fit what
    /// went before; it changes nothing then, and the fitting ones are applied all the same.
    ///
    /// # Errors
    /// `OutOfOrder` with the given sequence number.
    pub fn apply(&mut self, seq: u64, at: Timestamp, commands: &[Command]) -> Result<Changes, LedgerFault> {
        let mut changes = Changes::default();
        let mut fits = true;
        for command in commands {
            fits &= self.apply_one(at, command, &mut changes);
        }
        changes.tidy();
        if fits { Ok(changes) } else { Err(LedgerFault::OutOfOrder { seq }) }
    }

    fn set_surge(&mut self, class: &ClassId, until: Option<Timestamp>) -> bool {
        match until {
            Some(until) => self.surges.insert(class.clone(), until),
            None => self.surges.remove(class),
        };
        true
    }

    fn apply_one(&mut self, at: Timestamp, command: &Command, changes: &mut Changes) -> bool {
        match command {
            Command::OpenContact { contact, matter, channel, owner } => {
                changes.contacts.push(*contact);
                changes.matters.push(*matter);
                self.open_contact(at, *contact, *matter, *channel, owner)
            }
            Command::MoveContact { contact, state, owner } => {
                changes.contacts.push(*contact);
                self.move_contact(at, *contact, *state, owner)
            }
            Command::Describe { contact, .. } => {
                changes.contacts.push(*contact);
                self.contacts.get_mut(contact).is_some_and(|record| describe(record, command))
            }
            Command::EnterQueue { contact, queue, strict } => {
                changes.contacts.push(*contact);
                self.enter_queue(at, *contact, queue, *strict)
            }
            Command::EndVisit { contact, queue, outcome, waited_ms } => {
                changes.contacts.push(*contact);
                self.end_visit(at, *contact, queue, *outcome, *waited_ms)
            }
            Command::CloseContact { contact, outcome } => {
                changes.contacts.push(*contact);
                self.close_contact(at, *contact, outcome)
            }
            Command::MakePromise { promise, matter, promise_kind, owner, due } => {
                changes.promises.push(*promise);
                self.make_promise(promises::made(*promise, *matter, *promise_kind, owner.clone(), at, *due))
            }
            Command::PassPromise { promise, .. }
            | Command::SettlePromise { promise, .. }
            | Command::PausePromise { promise, .. }
            | Command::ResumePromise { promise, .. }
            | Command::AwaitRingBack { promise, .. } => {
                changes.promises.push(*promise);
                self.open_promise(*promise).is_some_and(|record| promises::apply(record, at, command))
            }
            _ => self.apply_rest(at, command, changes),
        }
    }

    /// What is of no contact's course and no promise.
    fn apply_rest(&mut self, at: Timestamp, command: &Command, changes: &mut Changes) -> bool {
        match command {
            Command::SetSurge { class, until } => {
                changes.surges.push(class.clone());
                self.set_surge(class, *until)
            }
            Command::OweMessage { contact, message, .. } | Command::SettleMessage { contact, message, .. } => {
                changes.contacts.push(*contact);
                changes.messages.push((*contact, *message));
                self.contacts.get_mut(contact).is_some_and(|record| messages::apply(record, at, command))
            }
            Command::OweCall { contact, .. }
            | Command::RestCall { contact, .. }
            | Command::DialCitizen { contact, .. }
            | Command::CancelCitizen { contact, lost: true, .. } => {
                changes.contacts.push(*contact);
                self.open_record(*contact).is_some_and(|record| call::apply(record, at, command))
            }
            Command::HoldTime { booking, .. }
            | Command::ReleaseTime { booking, .. }
            | Command::BookTime { booking, .. }
            | Command::RemindCitizen { booking, .. }
            | Command::CancelBooking { booking, .. }
            | Command::EndBooking { booking, .. } => {
                changes.bookings.push(*booking);
                booking::apply(&mut self.bookings, at, command)
            }
            Command::MoveBooking { booking, contact, .. } => {
                changes.bookings.push(*booking);
                changes.contacts.push(*contact);
                let call = self.contacts.get_mut(contact).and_then(|record| record.call.as_mut());
                call.into_iter().for_each(|call| call.move_to(command));
                booking::apply(&mut self.bookings, at, command)
            }
            Command::AwaitOpinion { contact, .. } | Command::SettleSurvey { contact, .. } => {
                changes.surveys.push(*contact);
                survey::apply(self, at, command)
            }
            Command::KeepOpinion { survey, .. } => {
                changes.surveys.push(survey.contact);
                survey::apply(self, at, command)
            }
            Command::CloseMatter { matter } => {
                changes.matters.push(*matter);
                self.open_matter(*matter).is_some_and(|record| {
                    record.closed = Some(at);
                    true
                })
            }
            written => addition::apply(self, at, written, changes),
        }
    }

    fn make_promise(&mut self, record: PromiseRecord) -> bool {
        let fits = self.matters.get(&record.matter).is_some_and(|matter| matter.closed.is_none());
        if !fits || self.promises.contains_key(&record.promise) {
            return false;
        }
        self.promises.insert(record.promise, record);
        true
    }

    fn open_contact(&mut self, at: Timestamp, contact: ContactId, matter: MatterId, channel: Channel, owner: &Owner) -> bool {
        if self.contacts.contains_key(&contact) {
            return false;
        }
        // Whoever comes back to a closed matter opens it anew.
        self.matters.entry(matter).or_insert(MatterRecord { matter, opened: at, closed: None, decided_by: None }).closed = None;
        // Whom a unit awaits at a desk rests as a call does, and what was written lies there.
        let rests = channel == Channel::CallBack || matches!(owner, Owner::Unit(_) | Owner::Operator(_));
        let state = if rests { ContactState::Resting } else { ContactState::Dialogue };
        let record = ContactRecord {
            contact,
            matter,
            channel,
            state,
            owner: owner.clone(),
            arrived: at,
            closed: None,
            outcome: None,
            region: None,
            uncertain: true,
            intent: None,
            language: Language::Swedish,
            urged: false,
            operator: None,
            visits: Vec::new(),
            segments: vec![Segment { state, owner: owner.clone(), since: at, until: None }],
            messages: Vec::new(),
            call: None,
            addition: None,
            decision: None,
        };
        self.contacts.insert(contact, record);
        true
    }

    fn move_contact(&mut self, at: Timestamp, contact: ContactId, state: ContactState, owner: &Owner) -> bool {
        let Some(record) = self.open_record(contact) else { return false };
        record.state = state;
        record.owner = owner.clone();
        if let Owner::Operator(operator) = owner {
            record.operator = Some(*operator);
        }
        end_segment(record, at);
        record.segments.push(Segment { state, owner: owner.clone(), since: at, until: None });
        true
    }

    fn enter_queue(&mut self, at: Timestamp, contact: ContactId, queue: &QueueId, strict: bool) -> bool {
        let Some(record) = self.open_record(contact) else { return false };
        if record.visits.last().is_some_and(|visit| visit.outcome.is_none()) {
            return false;
        }
        record.visits.push(Visit { queue: queue.clone(), entered: at, strict, ended: None, outcome: None, waited_ms: None });
        true
    }

    fn end_visit(&mut self, at: Timestamp, contact: ContactId, queue: &QueueId, outcome: VisitOutcome, waited_ms: u64) -> bool {
        let visit = self.open_record(contact).and_then(|record| record.visits.last_mut());
        let Some(visit) = visit.filter(|visit| visit.outcome.is_none() && visit.queue == *queue) else { return false };
        visit.ended = Some(at);
        visit.waited_ms = Some(waited_ms);
        visit.outcome = Some(outcome);
        true
    }

    fn close_contact(&mut self, at: Timestamp, contact: ContactId, outcome: &Outcome) -> bool {
        let Some(record) = self.open_record(contact) else { return false };
        record.state = ContactState::Closed;
        record.closed = Some(at);
        record.outcome = Some(outcome.clone());
        end_segment(record, at);
        true
    }

    pub(super) fn open_matter(&mut self, matter: MatterId) -> Option<&mut MatterRecord> {
        self.matters.get_mut(&matter).filter(|record| record.closed.is_none())
    }

    pub(super) fn open_record(&mut self, contact: ContactId) -> Option<&mut ContactRecord> {
        self.contacts.get_mut(&contact).filter(|record| record.closed.is_none())
    }

    fn open_promise(&mut self, promise: PromiseId) -> Option<&mut PromiseRecord> {
        self.promises.get_mut(&promise).filter(|record| record.settled.is_none())
    }

    /// The open promise of a matter that is due first; then the lower id.
    #[must_use]
    pub fn next_promise(&self, matter: MatterId) -> Option<&PromiseRecord> {
        self.promises
            .values()
            .filter(|promise| promise.matter == matter && promise.settled.is_none())
            .min_by_key(|promise| (promise.due, promise.promise))
    }

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
        let is_open = |contact: &ContactId| self.contacts.get(contact).is_some_and(|record| record.closed.is_none());
        for record in self.bookings.values() {
            let fits = match record.state {
                BookingState::Booked => record.contact.as_ref().is_some_and(is_open),
                BookingState::Held | BookingState::Left | BookingState::Expired => record.contact.is_none(),
                _ => record.contact.is_some(),
            };
            if !fits {
                faults.push(LedgerFault::BookingWithoutContact { booking: record.booking });
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
        if !fault::can_own(&record.owner, record.state) {
            faults.push(LedgerFault::OwnerDoesNotFit { contact });
        }
        let ends_now = |last: &Segment| last.until.is_none() && last.state == record.state && last.owner == record.owner;
        if !record.segments.last().is_some_and(ends_now) {
            faults.push(LedgerFault::SegmentDoesNotFit { contact });
        }
        use ContactState::{Connecting, Dialling, Offered, Queued, Resting};
        let is_open = |promise: &PromiseId| self.promises.get(promise).is_some_and(|promise| promise.settled.is_none());
        if matches!(record.state, Resting | Dialling) && record.call.as_ref().is_some_and(|call| !is_open(&call.promise)) {
            faults.push(LedgerFault::CallWithoutPromise { contact });
        }
        let in_line = matches!(record.state, Queued | Offered | Connecting | Dialling);
        if !in_line && record.visits.iter().any(|visit| visit.outcome.is_none()) {
            faults.push(LedgerFault::VisitOutOfLine { contact });
        }
    }

    /// Forgets what is finished, to keep a live ledger small; the records stay in storage.
    pub fn forget_closed(&mut self) {
        let matters = &self.matters;
        let is_closed = |matter: &MatterId| matters.get(matter).is_none_or(|record| record.closed.is_some());
        self.promises.retain(|_, promise| promise.settled.is_none() || !is_closed(&promise.matter));
        self.surveys.retain(|_, survey| survey.state == SurveyState::Awaited);
        let surveys = &self.surveys;
        let is_told_more = |record: &ContactRecord| record.messages_owed().next().is_some() || surveys.contains_key(&record.contact);
        self.contacts.retain(|_, record| record.closed.is_none() || is_told_more(record) || !is_closed(&record.matter));
        self.matters.retain(|_, record| record.closed.is_none());
        self.bookings.retain(|_, record| record.state.is_open());
    }
}

fn describe(record: &mut ContactRecord, command: &Command) -> bool {
    let Command::Describe { region, uncertain, intent, language, urged, .. } = command else { return false };
    record.region.clone_from(region);
    (record.uncertain, record.intent, record.language, record.urged) = (*uncertain, *intent, *language, *urged);
    true
}

fn end_segment(record: &mut ContactRecord, at: Timestamp) {
    if let Some(segment) = record.segments.last_mut() {
        segment.until.get_or_insert(at);
    }
}
