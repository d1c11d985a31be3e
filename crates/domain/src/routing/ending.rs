//! Endings: whoever leaves and whyever, the contact gets its outcome and the matter its next promise.

use super::{
    Command,
    router::Router,
    state::{Doing, NextIds, Phase},
    timers::Timer,
};
use crate::{
    ContactId, MatterId, PromiseId, Timestamp,
    contact::{ContactState, Outcome, Owner, PromiseKind, Settlement, SystemCause, VisitOutcome, ledger::Ledger},
};

impl Router {
    /// The caller hung up, or (with a cause) the line broke under them.
    pub(super) fn caller_gone(&mut self, now: Timestamp, id: ContactId, cause: Option<SystemCause>) -> bool {
        let Some(contact) = self.contacts.get_mut(&id).filter(|contact| contact.on_line) else { return false };
        contact.on_line = false;
        let region = contact.region.clone();
        let broken = cause.map(Outcome::SystemTerminated);
        match contact.phase.clone() {
            Phase::Dialogue(_) => {
                let outcome = broken.unwrap_or(Outcome::LeftInDialogue);
                self.leave_owing(now, id, outcome, cause.is_some(), false);
            }
            Phase::Queued(entry) => self.left_the_line(now, id, entry.strict, cause),
            Phase::Offered { entry, offer } => {
                self.left_the_line(now, id, entry.strict, cause);
                self.withdraw_offer(now, offer);
            }
            Phase::Connecting { entry, operator } => {
                self.out.push(Command::Release { contact: id, operator });
                self.left_the_line(now, id, entry.strict, cause);
                self.operator_done(now, operator);
            }
            Phase::Talking(talk) => {
                if cause.is_some() {
                    self.owe(now, id, PromiseKind::FollowUp, Owner::Operator(talk.operator), self.plan.follow_up.strict_ms);
                }
                self.conversation_over(now, id, &talk);
            }
            Phase::Emergency { attempt, .. } => {
                self.forget_attempt(attempt);
                self.out.push(Command::CancelDial { contact: id, attempt });
                self.leave_owing(now, id, broken.unwrap_or(Outcome::Abandoned), true, true);
            }
            Phase::Handing { attempt, .. } => {
                self.forget_attempt(attempt);
                self.out.push(Command::CancelDial { contact: id, attempt });
                self.leave_owing(now, id, broken.unwrap_or(Outcome::Abandoned), cause.is_some(), false);
            }
            Phase::WithParty { attempt, party } => {
                self.forget_attempt(attempt);
                self.out.push(Command::DropParty { contact: id, attempt });
                self.close(now, id, self.outcome_with(&party), Settlement::Kept);
            }
            Phase::OperatorLost { operator } => {
                let within_ms = self.plan.follow_up.strict_ms;
                let unit = self.unit_of(region.as_ref());
                self.owe(now, id, PromiseKind::FollowUp, unit, within_ms);
                self.close(now, id, Outcome::SystemTerminated(SystemCause::OperatorGone), Settlement::Replaced);
                self.operator_done(now, operator);
            }
            Phase::WrapUp { .. } => return false,
        }
        true
    }

    fn left_the_line(&mut self, now: Timestamp, id: ContactId, strict: bool, cause: Option<SystemCause>) {
        let short = self
            .contacts
            .get(&id)
            .and_then(|contact| contact.queued_since)
            .is_some_and(|since| now.since_ms(since) < self.plan.service_level.short_ms);
        let visit = match cause {
            Some(cause) => VisitOutcome::SystemTerminated(cause),
            None if short => VisitOutcome::AbandonedShort,
            None => VisitOutcome::Abandoned,
        };
        self.end_visit(now, id, visit);
        let outcome = cause.map_or(Outcome::Abandoned, Outcome::SystemTerminated);
        self.leave_owing(now, id, outcome, strict || cause.is_some(), strict);
    }

    /// Closes a contact that nobody helped; `owing` leaves a follow-up with the region's unit.
    fn leave_owing(&mut self, now: Timestamp, id: ContactId, outcome: Outcome, owing: bool, strict: bool) {
        if owing {
            let region = self.contacts.get(&id).and_then(|contact| contact.region.clone());
            let unit = self.unit_of(region.as_ref());
            let rule = &self.plan.follow_up;
            let within_ms = if strict { rule.strict_ms } else { rule.other_ms };
            self.owe(now, id, PromiseKind::FollowUp, unit, within_ms);
        }
        self.close(now, id, outcome, if owing { Settlement::Replaced } else { Settlement::Withdrawn });
    }

    /// The last entry of a contact. Its matter closes with it unless something is still owed.
    pub(super) fn close(&mut self, now: Timestamp, id: ContactId, outcome: Outcome, settlement: Settlement) {
        self.end_visit(now, id, VisitOutcome::SystemTerminated(SystemCause::Fault));
        let Some(contact) = self.contacts.remove(&id) else { return };
        self.settle(contact.promise, settlement);
        self.out.push(Command::CloseContact { contact: id, outcome });
        for timer in [Timer::DialogueTurn(id), Timer::DialogueWhole(id), Timer::Connecting(id), Timer::Talk(id)] {
            self.timers.clear(timer);
        }
        self.attempts.retain(|_, of| *of != id);
        self.close_matter_if_done(contact.matter);
    }

    pub(super) fn close_matter_if_done(&mut self, matter: MatterId) {
        let owed = self.promises.values().any(|promise| promise.matter == matter);
        let open = self.contacts.values().any(|contact| contact.matter == matter);
        if !owed && !open {
            self.out.push(Command::CloseMatter { matter });
        }
    }

    // After a restart

    /// A router that remembers what is open. [`super::Event::Started`] must be its first event, naming
    /// the contacts that were under way.
    #[must_use]
    pub fn restore(
        plan: std::sync::Arc<crate::plan::Plan>,
        places: std::sync::Arc<crate::place::Places>,
        ledger: &Ledger,
        ids: NextIds,
    ) -> Self {
        let mut router = Self::new(plan, places, ids);
        for record in ledger.promises.values().filter(|record| record.settled.is_none()) {
            let region =
                ledger.contacts.values().find(|contact| contact.matter == record.matter).and_then(|contact| contact.region.clone());
            let promise = super::state::Promise {
                matter: record.matter,
                kind: record.kind,
                owner: record.owner.clone(),
                due: record.due,
                region,
                alarmed: false,
            };
            router.promises.insert(record.promise, promise);
            router.timers.set(Timer::Promise(record.promise), record.due);
        }
        for record in ledger.contacts.values().filter(|record| record.closed.is_none()) {
            router.remember(record, ledger);
        }
        router
    }

    fn remember(&mut self, record: &crate::contact::ledger::ContactRecord, ledger: &Ledger) {
        // The contact's own promise is the one that ends with it.
        let own = |kind: PromiseKind| matches!(kind, PromiseKind::Answer | PromiseKind::Conclude);
        let promise = ledger
            .promises
            .values()
            .find(|promise| promise.matter == record.matter && promise.settled.is_none() && own(promise.kind))
            .map_or(PromiseId(0), |promise| promise.promise);
        let operator = match record.owner {
            Owner::Operator(operator) => Some(operator),
            _ => None,
        };
        let phase = match operator {
            Some(operator) if record.state == ContactState::WrapUp => Phase::WrapUp { operator },
            Some(operator) => Phase::OperatorLost { operator },
            None => Phase::OperatorLost { operator: crate::OperatorId(0) },
        };
        let visiting = record.visits.last().filter(|visit| visit.outcome.is_none()).map(|visit| visit.queue.clone());
        let contact = super::state::Contact {
            id: record.contact,
            matter: record.matter,
            channel: record.channel,
            arrived: record.arrived,
            language: record.language,
            recogniser: false,
            place: None,
            region: record.region.clone(),
            intent: record.intent,
            phase,
            since: record.segments.last().map_or(record.arrived, |segment| segment.since),
            owner: record.owner.clone(),
            promise,
            queued_since: record.visits.first().map(|visit| visit.entered),
            waited_ms: None,
            visiting,
            playback: 0,
            why: None,
            on_line: false,
        };
        self.contacts.insert(record.contact, contact);
    }

    /// What was under way when the last router ended is over as a call and owed as a follow-up.
    pub(super) fn take_over(&mut self, now: Timestamp, interrupted: &[ContactId]) -> bool {
        for id in interrupted {
            let Some(contact) = self.contacts.get(id) else { continue };
            if matches!(contact.phase, Phase::WrapUp { .. }) {
                continue;
            }
            let owner = match (&contact.owner, contact.region.clone()) {
                (Owner::Operator(operator), _) => Owner::Operator(*operator),
                (_, region) => self.unit_of(region.as_ref()),
            };
            self.end_visit(now, *id, VisitOutcome::SystemTerminated(SystemCause::Restart));
            self.owe(now, *id, PromiseKind::FollowUp, owner, self.plan.follow_up.strict_ms);
            self.close(now, *id, Outcome::SystemTerminated(SystemCause::Restart), Settlement::Replaced);
        }
        true
    }

    /// The operator is through with a contact: their next intent, then the next in line.
    pub(super) fn operator_done(&mut self, now: Timestamp, id: crate::OperatorId) {
        self.timers.clear(Timer::WrapUp(id));
        let Some(operator) = self.operators.get_mut(&id) else { return };
        operator.idle_since = now;
        operator.doing = Doing::Nothing;
        operator.since = now;
        if let Some(next) = operator.next.take() {
            self.apply_intent(now, id, next);
        }
        self.find_contact(now, id);
    }
}
