//! Endings: whoever leaves and whyever, the contact gets its outcome and the matter its next promise.

use super::{Command, command::put, router::Router, state::Phase, timers::Timer};
use crate::{
    ContactId, Timestamp,
    contact::{Outcome, Owner, PromiseKind, Settlement, SystemCause, VisitOutcome},
};

impl Router {
    /// The caller hung up, or (with a cause) the line broke under them.
    pub(super) fn caller_gone(&mut self, now: Timestamp, id: ContactId, cause: Option<SystemCause>) -> bool {
        let Some(contact) = self.contacts.get_mut(&id).filter(|contact| contact.on_line) else { return false };
        contact.on_line = false;
        if contact.is_owed_call() && contact.phase.entry().is_some() {
            self.citizen_gone(now, id, cause);
            return true;
        }
        let (region, urged) = (contact.region.clone(), contact.urged);
        let broken = cause.map(Outcome::SystemTerminated);
        match contact.phase.clone() {
            Phase::Dialogue(_) => {
                let outcome = broken.unwrap_or(Outcome::LeftInDialogue);
                self.leave_owing(now, id, outcome, urged || cause.is_some(), urged);
            }
            Phase::Queued(entry) => self.left_the_line(now, id, entry.strict || urged, cause),
            Phase::Offered { entry, offer } => {
                self.left_the_line(now, id, entry.strict || urged, cause);
                self.withdraw_offer(now, offer);
            }
            Phase::Connecting { entry, operator } => {
                self.out.push(Command::Release { contact: id, operator });
                self.left_the_line(now, id, entry.strict || urged, cause);
                self.operator_free(now, operator);
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
                self.leave_owing(now, id, broken.unwrap_or(Outcome::Abandoned), urged || cause.is_some(), urged);
            }
            Phase::WithParty { attempt, party } => {
                self.forget_attempt(attempt);
                self.out.push(Command::DropParty { contact: id, attempt });
                match broken {
                    Some(outcome) => self.leave_owing(now, id, outcome, true, urged || self.plan.is_emergency_service(&party)),
                    None => self.close(now, id, self.outcome_with(&party), Settlement::Kept),
                }
            }
            Phase::OperatorLost { operator } => {
                let within_ms = self.plan.follow_up.strict_ms;
                let unit = self.unit_of(region.as_ref());
                self.owe(now, id, PromiseKind::FollowUp, unit, within_ms);
                self.close(now, id, Outcome::SystemTerminated(SystemCause::OperatorGone), Settlement::Replaced);
                self.operator_done(now, operator);
            }
            Phase::WrapUp { .. } | Phase::Resting | Phase::Dialling { .. } => return false,
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
        let Some(contact) = self.contacts.get(&id) else { return };
        // We were to ring them: that they hang up takes nothing of it back.
        let was_owed = contact.joined && contact.waited_ms.is_none();
        if owing || was_owed {
            let kind = if owing { PromiseKind::FollowUp } else { PromiseKind::CallBack };
            let unit = self.unit_of(contact.region.as_ref());
            let ordinary_ms = self.ordinary_ms(now, kind, &self.about(id));
            let within_ms = if strict { self.plan.follow_up.strict_ms } else { ordinary_ms };
            self.owe(now, id, kind, unit, within_ms);
        }
        self.close(now, id, outcome, if owing || was_owed { Settlement::Replaced } else { Settlement::Withdrawn });
    }

    /// The last entry of a contact. Its matter closes with it unless something is still owed.
    pub(super) fn close(&mut self, now: Timestamp, id: ContactId, outcome: Outcome, settlement: Settlement) {
        self.end_visit(now, id, VisitOutcome::SystemTerminated(SystemCause::Fault));
        self.close_question(id);
        self.stop_taking(id);
        let Some(contact) = self.forget_contact(id) else { return };
        self.booking_closed(now, &contact, &outcome);
        self.settle(contact.promise, settlement);
        if let Some(call) = &contact.call {
            self.settle(call.promise, settlement);
        }
        put(&mut self.out, || Command::CloseContact { contact: id, outcome: outcome.clone() });
        self.survey_caller(now, &contact, &outcome);
        for timer in [Timer::DialogueTurn(id), Timer::DialogueWhole(id), Timer::Connecting(id), Timer::Talk(id)] {
            self.timers.clear(timer);
        }
        if contact.call.is_some() {
            self.timers.clear(Timer::Call(id));
        }
        let attempt = match contact.phase {
            Phase::Emergency { attempt, .. }
            | Phase::Handing { attempt, .. }
            | Phase::WithParty { attempt, .. }
            | Phase::Dialling { attempt, .. } => Some(attempt),
            _ => None,
        };
        attempt.into_iter().for_each(|attempt| self.forget_attempt(attempt));
        if settlement == Settlement::Kept {
            self.rang_back(&contact);
        }
        self.close_matter_if_done(contact.matter);
        self.remember_caller(contact);
    }
}
