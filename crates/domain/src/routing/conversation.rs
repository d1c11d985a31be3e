//! The conversation: from the first word with an operator to the stated outcome.

use super::{
    Alarm, Command,
    command::put,
    router::Router,
    state::{Doing, Phase, Talk},
    timers::Timer,
};
use crate::{
    ContactId, OperatorId, Timestamp,
    contact::{ContactState, Outcome, Owner, PromiseKind, Settlement, VisitOutcome},
    intent::Intent,
};

impl Router {
    pub(super) fn operator_connected(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let returning = match self.contacts.get(&id).map(|contact| &contact.phase) {
            Some(Phase::Connecting { operator: connecting, .. }) if *connecting == operator => false,
            // What comes of a connection begun before the page was lost again connects nobody.
            Some(Phase::OperatorLost { operator: lost }) if *lost == operator && self.is_present(operator) => true,
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

    pub(super) fn talk(&mut self, now: Timestamp, id: ContactId, talk: Talk) {
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

    pub(super) fn is_present(&self, operator: OperatorId) -> bool {
        self.operators.get(&operator).is_some_and(|known| known.present)
    }

    /// The operator speaks no more and is not about to: whoever was asked in is let go of, and no
    /// deadline of the conversation is left.
    pub(super) fn end_talk(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) {
        if let Some(talk) = self.talk_of(id, operator) {
            self.drop_consult(now, id, &talk);
        }
        self.timers.clear(Timer::Connecting(id));
        self.timers.clear(Timer::Talk(id));
    }

    pub(super) fn long_talk(&mut self, now: Timestamp, id: ContactId) {
        let alarm = match self.contacts.get(&id).map(|contact| &contact.phase) {
            Some(Phase::Talking(talk)) => Alarm::LongTalk { operator: talk.operator },
            Some(Phase::WithParty { party, .. }) => Alarm::LongWithParty { party: party.clone() },
            _ => return,
        };
        self.timers.set(Timer::Talk(id), now.plus_ms(self.plan.offers.talk_ms_max));
        self.alarm(alarm, Some(id));
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

    // The end of it

    pub(super) fn ended_by_operator(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let Some(talk) = self.talk_of(id, operator) else { return self.give_up_ringing(now, id, operator) };
        put(&mut self.out, || Command::HangUp { contact: id });
        self.conversation_over(now, id, &talk);
        true
    }

    /// The citizen is gone; the operator has the record to finish.
    pub(super) fn conversation_over(&mut self, now: Timestamp, id: ContactId, talk: &Talk) {
        self.drop_consult(now, id, talk);
        self.timers.clear(Timer::Talk(id));
        self.owe_conclusion(now, id, talk.operator);
        put(&mut self.out, || Command::Release { contact: id, operator: talk.operator });
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.on_line = false;
        }
        let phase = Phase::WrapUp { operator: talk.operator };
        self.enter(now, id, ContactState::WrapUp, Owner::Operator(talk.operator), phase);
        self.begin_wrap_up(now, talk.operator, id);
    }

    pub(super) fn begin_wrap_up(&mut self, now: Timestamp, operator: OperatorId, contact: ContactId) {
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
            if let Some(matter) = self.contacts.get(&id).map(|contact| contact.matter).filter(|_| *outcome == Outcome::ReportReceived) {
                self.note_decision(matter, operator);
            }
            if *outcome == Outcome::CallbackAccepted {
                let within_ms = self.ordinary_ms(now, PromiseKind::CallBack, &self.about(id));
                self.owe(now, id, PromiseKind::CallBack, Owner::Operator(operator), within_ms);
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
        contact.corrected_from = contact.corrected_from.or(contact.intent);
        contact.intent = Some(intent);
        self.describe(id);
        true
    }
}
