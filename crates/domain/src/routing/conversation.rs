//! The conversation: from the first word with an operator to the stated outcome.

use super::{
    Alarm, Command, Consulted,
    router::Router,
    state::{Consult, Doing, Offer, Phase, Talk},
    timers::Timer,
};
use crate::{
    AttemptId, ContactId, MatterId, OperatorId, PromiseId, Timestamp,
    contact::{ContactState, Outcome, Owner, PromiseKind, Settlement, SystemCause, VisitOutcome},
    intent::Intent,
};

impl Router {
    pub(super) fn operator_connected(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let returning = match self.contacts.get(&id).map(|contact| &contact.phase) {
            Some(Phase::Connecting { operator: connecting, .. }) if *connecting == operator => false,
            Some(Phase::OperatorLost { operator: lost }) if *lost == operator => true,
            _ => return false,
        };
        self.timers.clear(Timer::Connecting(id));
        if !returning {
            self.end_visit(now, id, VisitOutcome::Answered);
        }
        self.keep_answer(now, id, &Owner::Operator(operator));
        self.set_doing(now, operator, Doing::Engaged(id));
        self.timers.set(Timer::Talk(id), now.plus_ms(self.plan.offers.talk_ms_max));
        self.talk(now, id, Talk { operator, held: false, consult: None });
        true
    }

    /// The human voice was promised and heard; now the conversation owes its record.
    pub(super) fn keep_answer(&mut self, now: Timestamp, id: ContactId, owner: &Owner) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let (promise, matter, region) = (contact.promise, contact.matter, contact.region.clone());
        if self.promises.get(&promise).is_some_and(|known| known.kind != PromiseKind::Answer) {
            return;
        }
        let within_ms = self.plan.offers.talk_ms_max + self.plan.offers.conclude_ms;
        let conclude = self.promise(now, matter, PromiseKind::Conclude, owner.clone(), within_ms, region);
        self.settle(promise, Settlement::Kept);
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.promise = conclude;
        }
    }

    fn talk(&mut self, now: Timestamp, id: ContactId, talk: Talk) {
        let state = match &talk {
            Talk { consult: Some(_), .. } => ContactState::Consulting,
            Talk { held: true, .. } => ContactState::OnHold,
            Talk { .. } => ContactState::Talking,
        };
        self.enter(now, id, state, Owner::Operator(talk.operator), Phase::Talking(talk));
    }

    pub(super) fn talk_of(&self, id: ContactId, operator: OperatorId) -> Option<Talk> {
        match self.contacts.get(&id).map(|contact| &contact.phase) {
            Some(Phase::Talking(talk)) if talk.operator == operator => Some(talk.clone()),
            _ => None,
        }
    }

    pub(super) fn long_talk(&mut self, now: Timestamp, id: ContactId) {
        if let Some(Phase::Talking(talk)) = self.contacts.get(&id).map(|contact| &contact.phase) {
            let operator = talk.operator;
            self.timers.set(Timer::Talk(id), now.plus_ms(self.plan.offers.talk_ms_max));
            self.alarm(Alarm::LongTalk { operator }, Some(id));
        }
    }

    pub(super) fn held(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, held: bool) -> bool {
        let Some(talk) = self.talk_of(id, operator).filter(|talk| talk.held != held && talk.consult.is_none()) else { return false };
        if held {
            self.out.push(Command::Hold { contact: id });
            self.play_music(id);
        } else {
            self.out.push(Command::Resume { contact: id });
        }
        self.talk(now, id, Talk { held, ..talk });
        true
    }

    // Consultation

    pub(super) fn consult_asked(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, with: &Consulted) -> bool {
        let Some(talk) = self.talk_of(id, operator).filter(|talk| talk.consult.is_none()) else { return false };
        let attempt = match with {
            Consulted::Party(party) => {
                let Some(ring_ms) = self.plan.parties.get(party).map(|party| party.ring_ms) else { return false };
                self.dial(now, id, party.clone(), ring_ms)
            }
            Consulted::Operator(colleague) => {
                if !self.operators.get(colleague).is_some_and(super::state::Operator::is_idle) {
                    return false;
                }
                self.ring_colleague(now, id, *colleague)
            }
        };
        if !talk.held {
            self.out.push(Command::Hold { contact: id });
            self.play_music(id);
        }
        let consult = Consult { with: with.clone(), attempt, answered: false, conference: false, transfer: false };
        self.set_doing(now, operator, Doing::Engaged(id));
        self.talk(now, id, Talk { operator, held: true, consult: Some(consult) });
        true
    }

    fn ring_colleague(&mut self, now: Timestamp, id: ContactId, colleague: OperatorId) -> AttemptId {
        let attempt = self.ids.attempt();
        let offer = self.ids.offer();
        let until = now.plus_ms(self.plan.offers.ring_ms);
        self.attempts.insert(attempt, id);
        self.offers.insert(offer, Offer { contact: id, operator: colleague, consult: Some(attempt) });
        self.timers.set(Timer::Offer(offer), until);
        self.set_doing(now, colleague, Doing::Offered(offer));
        self.out.push(Command::RingColleague { offer, contact: id, operator: colleague, attempt, until });
        attempt
    }

    pub(super) fn colleague_answered(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId, colleague: OperatorId) {
        self.set_doing(now, colleague, Doing::Assisting { contact: id, attempt });
        self.party_answered(now, id, attempt);
    }

    pub(super) fn consult_answered(&mut self, now: Timestamp, id: ContactId, talk: Talk) -> bool {
        let Some(consult) = talk.consult.clone().filter(|consult| !consult.answered) else { return false };
        let consult = Consult { answered: true, ..consult };
        let transfer = consult.transfer;
        let operator = talk.operator;
        if !transfer {
            let (attempt, with) = (consult.attempt, consult.with.clone());
            self.out.push(Command::ConnectConsult { contact: id, attempt, with, operator });
        }
        self.talk(now, id, Talk { consult: Some(consult), ..talk });
        if transfer {
            self.transfer_asked(now, id, operator);
        }
        true
    }

    pub(super) fn consult_ended(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let Some(talk) = self.talk_of(id, operator).filter(|talk| talk.consult.is_some()) else { return false };
        self.drop_consult(now, id, &talk);
        self.back_to_citizen(now, id, operator);
        true
    }

    /// After a consultation, however it ended, operator and citizen speak again.
    pub(super) fn back_to_citizen(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) {
        self.out.push(Command::Resume { contact: id });
        self.talk(now, id, Talk { operator, held: false, consult: None });
    }

    /// Lets go of the consulted party, wherever it stands.
    pub(super) fn drop_consult(&mut self, now: Timestamp, id: ContactId, talk: &Talk) {
        let Some(consult) = &talk.consult else { return };
        self.forget_attempt(consult.attempt);
        match &consult.with {
            Consulted::Party(_) if consult.answered => self.out.push(Command::DropParty { contact: id, attempt: consult.attempt }),
            Consulted::Party(_) => self.out.push(Command::CancelDial { contact: id, attempt: consult.attempt }),
            Consulted::Operator(colleague) => self.dismiss_colleague(now, id, *colleague),
        }
    }

    fn dismiss_colleague(&mut self, now: Timestamp, id: ContactId, colleague: OperatorId) {
        match self.operators.get(&colleague).map(|operator| operator.doing.clone()) {
            Some(Doing::Offered(offer)) => self.withdraw_offer(now, offer),
            Some(Doing::Assisting { contact, .. }) if contact == id => {
                self.out.push(Command::Release { contact: id, operator: colleague });
                self.operator_done(now, colleague);
            }
            _ => {}
        }
    }

    pub(super) fn conference_asked(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let Some(talk) = self.talk_of(id, operator) else { return false };
        let Some(consult) = talk.consult.clone().filter(|consult| consult.answered && !consult.conference) else { return false };
        let consult = Consult { conference: true, ..consult };
        let (attempt, with) = (consult.attempt, consult.with.clone());
        self.out.push(Command::ConnectConference { contact: id, attempt, with, operator });
        self.talk(now, id, Talk { held: false, consult: Some(consult), operator });
        true
    }

    /// The operator leaves the citizen with the other. Before the other has answered it is only
    /// noted: nobody is let go of before a human voice is there.
    pub(super) fn transfer_asked(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let Some(talk) = self.talk_of(id, operator) else { return false };
        let Some(consult) = talk.consult.clone() else { return false };
        if !consult.answered {
            let consult = Consult { transfer: true, ..consult };
            self.talk(now, id, Talk { consult: Some(consult), ..talk });
            return true;
        }
        self.out.push(Command::Release { contact: id, operator });
        match consult.with {
            Consulted::Party(party) => {
                self.out.push(Command::ConnectParty { contact: id, attempt: consult.attempt });
                let owner = Owner::Unit(party.to_string());
                self.enter(now, id, ContactState::WithParty, owner, Phase::WithParty { attempt: consult.attempt, party });
            }
            Consulted::Operator(colleague) => {
                self.forget_attempt(consult.attempt);
                self.set_doing(now, colleague, Doing::Engaged(id));
                self.out.push(Command::Connect { contact: id, operator: colleague });
                self.talk(now, id, Talk { operator: colleague, held: false, consult: None });
            }
        }
        self.begin_wrap_up(now, operator, id);
        true
    }

    // The end of it

    pub(super) fn ended_by_operator(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let Some(talk) = self.talk_of(id, operator) else { return false };
        self.out.push(Command::HangUp { contact: id });
        self.conversation_over(now, id, &talk);
        true
    }

    /// The citizen is gone; the operator has the record to finish.
    pub(super) fn conversation_over(&mut self, now: Timestamp, id: ContactId, talk: &Talk) {
        self.drop_consult(now, id, talk);
        self.timers.clear(Timer::Talk(id));
        self.out.push(Command::Release { contact: id, operator: talk.operator });
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.on_line = false;
        }
        let phase = Phase::WrapUp { operator: talk.operator };
        self.enter(now, id, ContactState::WrapUp, Owner::Operator(talk.operator), phase);
        self.begin_wrap_up(now, talk.operator, id);
    }

    fn begin_wrap_up(&mut self, now: Timestamp, operator: OperatorId, contact: ContactId) {
        self.set_doing(now, operator, Doing::WrapUp { contact, extensions: 0 });
        self.timers.set(Timer::WrapUp(operator), now.plus_ms(self.plan.offers.wrap_up_ms));
    }

    pub(super) fn wrap_up_extended(&mut self, id: ContactId, operator: OperatorId) -> bool {
        let (extension_ms, most) = (self.plan.offers.wrap_up_extension_ms, self.plan.offers.wrap_up_extensions_max);
        let Some(until) = self.timers.at(Timer::WrapUp(operator)) else { return false };
        let Some(Doing::WrapUp { contact, extensions }) = self.operators.get_mut(&operator).map(|operator| &mut operator.doing) else {
            return false;
        };
        if *contact != id || *extensions >= most {
            return false;
        }
        *extensions += 1;
        self.timers.set(Timer::WrapUp(operator), until.plus_ms(extension_ms));
        true
    }

    /// The cap of wrap-up: the operator takes calls again; the record stays theirs to finish.
    pub(super) fn wrap_up_ran_out(&mut self, now: Timestamp, operator: OperatorId) {
        self.operator_done(now, operator);
    }

    pub(super) fn outcome_stated(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, outcome: &Outcome) -> bool {
        let wrapping =
            matches!(self.operators.get(&operator).map(|known| &known.doing), Some(Doing::WrapUp { contact, .. }) if *contact == id);
        let theirs =
            matches!(self.contacts.get(&id).map(|contact| &contact.phase), Some(Phase::WrapUp { operator: owner }) if *owner == operator);
        if !wrapping && !theirs {
            return false;
        }
        if theirs {
            if *outcome == Outcome::CallbackAccepted {
                self.owe(now, id, PromiseKind::CallBack, Owner::Operator(operator), self.plan.follow_up.other_ms);
            }
            self.close(now, id, outcome.clone(), Settlement::Kept);
        }
        if wrapping {
            self.operator_done(now, operator);
        }
        true
    }

    pub(super) fn intent_corrected(&mut self, id: ContactId, operator: OperatorId, intent: Intent) -> bool {
        let Some(contact) = self.contacts.get_mut(&id).filter(|contact| contact.owner == Owner::Operator(operator)) else { return false };
        contact.intent = Some(intent);
        self.describe(id);
        true
    }

    /// One more promise on the contact's matter, which then outlives the contact.
    pub(super) fn owe(&mut self, now: Timestamp, id: ContactId, kind: PromiseKind, owner: Owner, within_ms: u64) {
        if let Some(contact) = self.contacts.get(&id) {
            let (matter, region) = (contact.matter, contact.region.clone());
            self.promise(now, matter, kind, owner, within_ms, region);
        }
    }

    pub(super) fn promise_settled(
        &mut self,
        now: Timestamp,
        matter: MatterId,
        promise: PromiseId,
        operator: OperatorId,
        outcome: &Outcome,
    ) -> bool {
        let Some(known) = self.promises.get(&promise).filter(|known| known.matter == matter && known.kind != PromiseKind::Answer).cloned()
        else {
            return false;
        };
        // The conclusion of a conversation is settled by its outcome, never beside it.
        if known.kind == PromiseKind::Conclude {
            return false;
        }
        match outcome {
            // Not reached: it stays owed, by the one who tried, with a new time.
            Outcome::SystemTerminated(SystemCause::Deadline) => {
                self.promise(now, matter, known.kind, Owner::Operator(operator), self.plan.follow_up.other_ms, known.region);
                self.settle(promise, Settlement::Replaced);
            }
            _ => self.settle(promise, Settlement::Kept),
        }
        self.close_matter_if_done(matter);
        true
    }
}
