//! What is owed: made, passed on with the contact, settled, and escalated when it is late.

use super::{
    Alarm, Command,
    command::put,
    router::Router,
    state::{About, Contact, Entry, Phase, Promise},
    timers::Timer,
};
use crate::{
    ContactId, MatterId, OperatorId, PromiseId, QueueId, RegionId, Timestamp,
    contact::{ContactState, Outcome, Owner, PromiseKind, Settlement, SystemCause},
    promise::Target,
};

/// How long after it was told late, and again after each telling, what is time-critical is told again
/// while it is still owed. No plan sets it: being late is not a thing to be arranged.
pub(super) const LATE_AGAIN_MS: u64 = 10 * 60_000;

impl Router {
    pub(super) fn promise(
        &mut self,
        now: Timestamp,
        matter: MatterId,
        kind: PromiseKind,
        owner: Owner,
        within_ms: u64,
        region: Option<RegionId>,
    ) -> PromiseId {
        let pressing = self.is_pressing(kind, within_ms);
        self.make(Promise { region, pressing, ..Promise::new(matter, kind, owner, now.plus_ms(within_ms)) })
    }

    pub(super) fn make(&mut self, promise: Promise) -> PromiseId {
        let id = self.ids.promise();
        let Promise { matter, kind, owner, due, .. } = promise.clone();
        put(&mut self.out, || Command::MakePromise { promise: id, matter, promise_kind: kind, owner, due });
        self.remember_promise(id, promise);
        id
    }

    /// A follow-up of an urgent or emergency call.
    pub(super) fn is_pressing(&self, kind: PromiseKind, within_ms: u64) -> bool {
        kind == PromiseKind::FollowUp && within_ms <= self.plan.follow_up.strict_ms
    }

    pub(super) fn remember_promise(&mut self, id: PromiseId, promise: Promise) {
        let stands_until = promise.paused.map(|since| since.plus_ms(self.plan.follow_up.pause_ms_max()));
        self.timers.set(Timer::Promise(id), stands_until.unwrap_or(promise.due));
        self.keep_matter(promise.matter);
        if promise.ring_back.is_some() {
            self.ring_backs.insert(promise.matter, id);
        }
        if promise.paused.is_some() {
            self.waiting.insert((promise.matter, id));
        }
        self.promises.insert(id, promise);
    }

    /// The promise that is open for a contact from now on.
    pub(super) fn hold(&mut self, id: ContactId, promise: PromiseId) {
        self.tell_about(promise, self.about(id));
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.promise = promise;
        }
        if let Some(known) = self.promises.get_mut(&promise) {
            known.contact = Some(id);
        }
    }

    pub(super) fn tell_about(&mut self, promise: PromiseId, about: About) {
        if let Some(known) = self.promises.get_mut(&promise) {
            known.about = about;
        }
    }

    /// The contact that holds a promise.
    pub(super) fn holder(&self, promise: PromiseId) -> Option<&Contact> {
        let id = self.promises.get(&promise)?.contact?;
        self.contacts.get(&id).filter(|contact| contact.promise == promise)
    }

    /// One more promise on the contact's matter, which then outlives the contact.
    pub(super) fn owe(&mut self, now: Timestamp, id: ContactId, kind: PromiseKind, owner: Owner, within_ms: u64) {
        if let Some(contact) = self.contacts.get(&id) {
            let (matter, region) = (contact.matter, contact.region.clone());
            let promise = self.promise(now, matter, kind, owner, within_ms, region);
            self.tell_about(promise, self.about(id));
        }
    }

    pub(super) fn settle(&mut self, promise: PromiseId, settlement: Settlement) {
        // In time or late by the time it has when it stands no more.
        let now = self.timers.now();
        self.resume(now, promise);
        if let Some(known) = self.promises.remove(&promise) {
            self.timers.clear(Timer::Promise(promise));
            self.let_go_of_matter(known.matter);
            if known.ring_back.is_some() {
                self.ring_backs.remove(&known.matter);
            }
            put(&mut self.out, || Command::SettlePromise { promise, matter: known.matter, settlement });
        }
    }

    pub(super) fn pass_promise(&mut self, promise: PromiseId, owner: Owner) {
        if let Some(known) = self.promises.get_mut(&promise).filter(|known| known.owner != owner) {
            known.owner = owner.clone();
            let (matter, contact) = (known.matter, known.contact);
            put(&mut self.out, || Command::PassPromise { promise, matter, owner: owner.clone() });
            if let Some(contact) = contact.filter(|contact| self.additions.contains_key(contact)) {
                self.out.push(Command::MoveContact { contact, state: ContactState::Unread, owner });
            }
        }
    }

    /// Until the matter is known a caller is promised an answer as the service level says; in line, as
    /// the class does. Whoever is back in line after a conversation is owed a voice anew.
    pub(super) fn promise_class_answer(&mut self, id: ContactId, owner: Owner, entry: &Entry) {
        let Some(class) = self.plan.class(&entry.class) else { return };
        // The call that is owed is an answer already.
        let Some(contact) = self.contacts.get(&id).filter(|contact| !contact.is_owed_call()) else { return };
        let target = self.plan.promised_within(PromiseKind::Answer, Some(&entry.class), contact.channel);
        let target = target.unwrap_or(Target::Plain { ms: class.answer_within_ms });
        let since = contact.returned_at.unwrap_or(entry.since);
        // Nobody is promised an answer for the middle of the night.
        let opens = self.closure(since, contact, entry).and_then(|closed| closed.opens);
        self.promise_answer(id, owner, target.due(opens.map_or(since, |opens| opens.at), self.plan.calendar.as_ref()));
    }

    pub(super) fn promise_answer(&mut self, id: ContactId, owner: Owner, due: Timestamp) {
        // A call that is owed stays owed until somebody has spoken, whatever happens before.
        let Some(contact) = self.contacts.get(&id).filter(|contact| !contact.is_owed_call()) else { return };
        let (before, matter, region) = (contact.promise, contact.matter, contact.region.clone());
        if self.promises.get(&before).is_none_or(|known| known.kind == PromiseKind::Answer && known.due == due) {
            return;
        }
        let promise = self.make(Promise { region, ..Promise::new(matter, PromiseKind::Answer, owner, due) });
        self.replace(before);
        self.hold(id, promise);
    }

    /// The human voice was promised and heard; now the conversation owes its record.
    pub(super) fn keep_answer(&mut self, now: Timestamp, id: ContactId, owner: &Owner) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        if let Some(since) = contact.queued_since {
            contact.waited_ms.get_or_insert(now.since_ms(since));
        }
        contact.returned_at = None;
        let (promise, matter, region) = (contact.promise, contact.matter, contact.region.clone());
        if self.promises.get(&promise).is_some_and(|known| known.kind != PromiseKind::Answer) {
            return;
        }
        let within_ms = self.plan.offers.talk_ms_max + self.conclude_ms(now, id);
        let conclude = self.promise(now, matter, PromiseKind::Conclude, owner.clone(), within_ms, region);
        self.settle(promise, Settlement::Kept);
        self.hold(id, conclude);
    }

    /// The conversation is over: from now on the plan's time to finish its record runs.
    pub(super) fn owe_conclusion(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let (before, matter, region) = (contact.promise, contact.matter, contact.region.clone());
        let within_ms = self.conclude_ms(now, id);
        let conclude = self.promise(now, matter, PromiseKind::Conclude, Owner::Operator(operator), within_ms, region);
        self.replace(before);
        self.hold(id, conclude);
    }

    /// Whether somebody has been heard in the call that keeps it, and nobody has said yet whom.
    fn is_being_kept(&self, promise: PromiseId) -> bool {
        let call = self.promises.get(&promise).and_then(|known| self.contacts.get(self.calls.get(&known.matter)?));
        call.is_some_and(|contact| contact.waited_ms.is_some() && contact.call.as_ref().is_some_and(|call| call.promise == promise))
    }

    /// Another promise takes its place. What a call keeps is settled with its outcome: whoever was heard may have been
    /// a machine.
    fn replace(&mut self, before: PromiseId) {
        if self.is_being_kept(before) {
            return;
        }
        let is_call = self.promises.get(&before).is_some_and(|known| known.kind.is_call());
        self.settle(before, if is_call { Settlement::Kept } else { Settlement::Replaced });
    }

    pub(super) fn promise_late(&mut self, now: Timestamp, promise: PromiseId) {
        let Some(known) = self.promises.get(&promise) else { return };
        // It has waited for the citizen for long enough.
        if known.paused.is_some() {
            self.resume(now, promise);
            return;
        }
        match known.kind {
            PromiseKind::Answer => self.answer_late(now, promise),
            PromiseKind::Conclude => self.conclusion_late(now, promise),
            // It is being kept.
            _ if self.is_being_kept(promise) => {}
            PromiseKind::CallBack
            | PromiseKind::FollowUp
            | PromiseKind::Feedback
            | PromiseKind::Booked
            | PromiseKind::Addition
            | PromiseKind::Report => self.escalate(now, promise),
        }
    }

    /// A late answer is told by the service level, as it happens to thousands on a bad day; to somebody
    /// whose call is time-critical it must not happen.
    fn answer_late(&mut self, now: Timestamp, promise: PromiseId) {
        let presses = |phase: &Phase| matches!(phase, Phase::Emergency { .. }) || phase.entry().is_some_and(Entry::goes_first);
        let Some(id) = self.holder(promise).filter(|contact| presses(&contact.phase)).map(|contact| contact.id) else { return };
        self.alarm(Alarm::PromiseLate { promise, step: None, operator: None }, Some(id));
        self.timers.set(Timer::Promise(promise), now.plus_ms(LATE_AGAIN_MS));
    }

    /// Nobody stated how the conversation ended. The contact is closed by the deadline, and the
    /// supervisors owe a look at its matter: a record is never left open for ever.
    fn conclusion_late(&mut self, now: Timestamp, promise: PromiseId) {
        let Some(contact) = self.holder(promise) else { return };
        let (id, region, over) = (contact.id, contact.region.clone(), matches!(contact.phase, Phase::WrapUp { .. }));
        let of_call = contact.call.as_ref().map(|call| call.promise);
        self.alarm(Alarm::PromiseLate { promise, step: None, operator: None }, Some(id));
        if over {
            let unit = self.unit_of(region.as_ref());
            let kept = of_call.and_then(|promise| self.promises.get(&promise));
            let within_ms = match kept.is_some_and(|known| known.pressing) {
                true => self.plan.follow_up.strict_ms,
                false => self.ordinary_ms(now, PromiseKind::FollowUp, &self.about(id)),
            };
            self.owe(now, id, PromiseKind::FollowUp, unit, within_ms);
            self.close(now, id, Outcome::SystemTerminated(SystemCause::Deadline), Settlement::Replaced);
        }
    }

    /// The unit that owns follow-ups of a region, or of calls whose region nobody knows.
    pub(super) fn unit_of(&self, region: Option<&RegionId>) -> Owner {
        Owner::Unit(self.plan.follow_up.unit_of(region))
    }

    fn is_theirs(&self, promise: &Promise, operator: OperatorId) -> bool {
        self.operators.get(&operator).is_some_and(|known| self.plan.follow_up.is_theirs(&promise.owner, operator, &known.post.region))
    }

    /// Whether a promise is this operator's to keep: theirs, or of a call in a line of their regions.
    pub(super) fn answers_for(&self, promise: PromiseId, operator: OperatorId) -> bool {
        let Some(known) = self.promises.get(&promise) else { return false };
        let is_call = self.holder(promise).is_some_and(|contact| contact.call.is_some());
        let is_of = |region: &RegionId| self.operators.get(&operator).is_some_and(|operator| operator.post.is_of(region));
        let in_line = |owner: &QueueId| self.plan.queues().any(|(queue, region, _)| queue == *owner && is_of(&region.id));
        self.is_theirs(known, operator) || is_call && matches!(&known.owner, Owner::Queue(queue) if in_line(queue))
    }

    /// A person settled a follow-up or call-back. The answer is settled by a voice and the conclusion
    /// of a conversation by its outcome, never beside it.
    pub(super) fn promise_settled(
        &mut self,
        now: Timestamp,
        matter: MatterId,
        promise: PromiseId,
        operator: OperatorId,
        outcome: &Outcome,
    ) -> bool {
        let Some(known) = self.promises.get(&promise).filter(|known| known.matter == matter).cloned() else { return false };
        if matches!(known.kind, PromiseKind::Answer | PromiseKind::Conclude) || !self.answers_for(promise, operator) {
            return false;
        }
        if let Some(call) = self.holder(promise).map(|contact| contact.id) {
            return self.call_settled(now, call, outcome);
        }
        match outcome {
            // Not reached: it stays owed, by the one who tried, with a new time, and what was pressing stays so.
            Outcome::SystemTerminated(SystemCause::Deadline) => {
                let strict_ms = self.plan.follow_up.strict_ms;
                let within_ms = if known.pressing { strict_ms } else { self.ordinary_ms(now, known.kind, &known.about) };
                let region = known.region;
                let owner = if known.pressing { self.who_answers(operator, region.as_ref()) } else { Owner::Operator(operator) };
                let anew = self.promise(now, matter, known.kind, owner, within_ms, region);
                self.tell_about(anew, known.about);
                self.settle(promise, Settlement::Replaced);
                self.addition_stays_owed(known.contact, anew, operator);
            }
            _ => {
                if *outcome == Outcome::ReportReceived {
                    self.note_decision(matter, operator);
                }
                self.settle(promise, Settlement::Kept);
                self.addition_settled(now, known.contact, outcome);
            }
        }
        self.close_matter_if_done(matter);
        true
    }

    // A matter lives as long as anything of it is open

    pub(super) fn keep_matter(&mut self, matter: MatterId) {
        match self.matters.get_mut(&matter) {
            Some(open) => *open += 1,
            None => {
                self.matters.insert(matter, 1);
            }
        }
    }

    pub(super) fn let_go_of_matter(&mut self, matter: MatterId) {
        if let Some(open) = self.matters.get_mut(&matter) {
            *open = open.saturating_sub(1);
        }
    }

    /// Closes a matter of which no contact and no promise is open.
    pub(super) fn close_matter_if_done(&mut self, matter: MatterId) {
        if self.matters.get(&matter) == Some(&0) {
            self.matters.remove(&matter);
            self.callers.remove(&matter);
            put(&mut self.out, || Command::CloseMatter { matter });
        }
    }
}
