//! Consultation: a colleague or a party is asked in while the citizen waits, and may stay, join or
//! take over. Nobody is let go of before another human voice is there.

use super::{
    Command, Consulted,
    router::Router,
    state::{Consult, Doing, Offer, Operator, Phase, Talk},
    timers::Timer,
};
use crate::{AttemptId, ContactId, OperatorId, Timestamp};

impl Router {
    pub(super) fn consult_asked(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, with: &Consulted) -> bool {
        let Some(talk) = self.talk_of(id, operator).filter(|talk| talk.consult.is_none()) else { return false };
        let attempt = match with {
            Consulted::Party(party) => {
                let Some(ring_ms) = self.plan.parties.get(party).map(|party| party.ring_ms) else { return false };
                self.dial(now, id, party.clone(), ring_ms)
            }
            Consulted::Operator(colleague) => {
                if !self.operators.get(colleague).is_some_and(Operator::is_idle) {
                    return false;
                }
                self.ring_colleague(now, id, operator, *colleague)
            }
        };
        if !talk.held {
            self.out.push(Command::Hold { contact: id });
            self.play_music(id);
        }
        let consult = Consult { with: with.clone(), attempt, answered: false, conference: false, transfer: false };
        self.talk(now, id, Talk { operator, held: true, consult: Some(consult) });
        true
    }

    fn ring_colleague(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, colleague: OperatorId) -> AttemptId {
        let attempt = self.ids.attempt();
        let offer = self.ids.offer();
        let until = now.plus_ms(self.plan.offers.ring_ms);
        self.attempts.insert(attempt, id);
        self.offers.insert(offer, Offer { contact: id, operator: colleague, consult: Some(attempt) });
        self.timers.set(Timer::Offer(offer), until);
        self.set_doing(now, colleague, Doing::Offered(offer));
        let class = self.operators.get(&operator).and_then(|operator| operator.class.clone());
        if let Some(colleague) = self.operators.get_mut(&colleague) {
            colleague.class = class;
        }
        self.out.push(Command::RingColleague { offer, contact: id, operator: colleague, attempt, until });
        attempt
    }

    pub(super) fn colleague_answered(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId, colleague: OperatorId) {
        self.set_doing(now, colleague, Doing::Assisting { contact: id, attempt });
        if let Some(Phase::Talking(talk)) = self.contacts.get(&id).map(|contact| contact.phase.clone()) {
            self.consult_answered(now, id, talk);
        }
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

    /// By the operator who asked, or by the colleague who was asked in and leaves.
    pub(super) fn consult_ended(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let Some(Phase::Talking(talk)) = self.contacts.get(&id).map(|contact| contact.phase.clone()) else { return false };
        let Some(consult) = &talk.consult else { return false };
        let asked_in = consult.answered && consult.with == Consulted::Operator(operator);
        if talk.operator != operator && !asked_in {
            return false;
        }
        self.drop_consult(now, id, &talk);
        self.back_to_citizen(now, id, talk.operator);
        true
    }

    /// The colleague did not come, or is gone; their own state has been seen to.
    pub(super) fn colleague_failed(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId) {
        self.forget_attempt(attempt);
        if let Some(Phase::Talking(talk)) = self.contacts.get(&id).map(|contact| contact.phase.clone()) {
            self.back_to_citizen(now, id, talk.operator);
        }
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
            Some(Doing::Offered(offer)) if self.offers.get(&offer).is_some_and(|leased| leased.contact == id) => {
                self.withdraw_offer(now, offer);
            }
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
        let Some(consult) = talk.consult.clone().filter(|consult| consult.answered || !consult.transfer) else { return false };
        if !consult.answered {
            let consult = Consult { transfer: true, ..consult };
            self.talk(now, id, Talk { consult: Some(consult), ..talk });
            return true;
        }
        self.out.push(Command::Release { contact: id, operator });
        match consult.with {
            Consulted::Party(party) => {
                self.out.push(Command::ConnectParty { contact: id, attempt: consult.attempt });
                self.with_party(now, id, consult.attempt, party);
            }
            Consulted::Operator(colleague) => {
                self.forget_attempt(consult.attempt);
                self.set_doing(now, colleague, Doing::Engaged(id));
                self.out.push(Command::Connect { contact: id, operator: colleague });
                self.timers.set(Timer::Talk(id), now.plus_ms(self.plan.offers.talk_ms_max));
                self.talk(now, id, Talk { operator: colleague, held: false, consult: None });
            }
        }
        self.begin_wrap_up(now, operator, id);
        true
    }
}
