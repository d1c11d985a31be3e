//! Operators in two halves: what they want is set by them alone, what they do by the system alone.

use super::{
    Alarm, Command, NextIntent,
    router::Router,
    state::{Doing, Intention, Operator, Phase},
    timers::Timer,
};
use crate::{
    OperatorId, Timestamp,
    contact::{ContactState, Owner, PauseReason},
    dialogue::{Line, Prompt},
    plan::OperatorProfile,
};

impl Router {
    pub(super) fn set_doing(&mut self, now: Timestamp, id: OperatorId, doing: Doing) {
        if let Some(operator) = self.operators.get_mut(&id) {
            operator.doing = doing;
            operator.since = now;
        }
    }

    pub(super) fn signed_in(&mut self, now: Timestamp, id: OperatorId, profile: &OperatorProfile) -> bool {
        let Some(region) = self.plan.site(&profile.site).map(|site| site.region.clone()) else { return false };
        if let Some(known) = self.operators.get_mut(&id) {
            known.profile = profile.clone();
            known.region = region;
            return self.operator_returned(now, id);
        }
        let operator = Operator {
            id,
            profile: profile.clone(),
            region,
            intent: Intention::Off,
            next: None,
            doing: Doing::Nothing,
            since: now,
            idle_since: now,
            present: true,
        };
        self.operators.insert(id, operator);
        true
    }

    pub(super) fn signed_out(&mut self, id: OperatorId) -> bool {
        let Some(operator) = self.operators.get_mut(&id) else { return false };
        match operator.doing {
            Doing::Nothing | Doing::Unresponsive => {
                operator.intent = Intention::Off;
                operator.doing = Doing::Nothing;
                true
            }
            _ => false,
        }
    }

    pub(super) fn ready(&mut self, now: Timestamp, id: OperatorId) -> bool {
        let Some(operator) = self.operators.get_mut(&id).filter(|operator| operator.present) else { return false };
        let was = (operator.intent, operator.doing.clone());
        operator.intent = Intention::OnDuty;
        operator.next = None;
        match operator.doing {
            Doing::Unresponsive => operator.doing = Doing::Nothing,
            // Ready ends wrap-up early; the record stays theirs to finish.
            Doing::WrapUp { .. } => {
                self.operator_done(now, id);
                return true;
            }
            _ => {}
        }
        let changed = was != (operator.intent, operator.doing.clone());
        if changed {
            operator.since = now;
            if was.0 == Intention::Off {
                operator.idle_since = now;
            }
        }
        self.find_contact(now, id);
        changed
    }

    pub(super) fn paused(&mut self, now: Timestamp, id: OperatorId, reason: PauseReason) -> bool {
        let Some(operator) = self.operators.get_mut(&id) else { return false };
        match operator.doing {
            Doing::Nothing | Doing::Unresponsive | Doing::WrapUp { .. } => {
                operator.intent = Intention::Paused(reason);
                if operator.doing == Doing::Unresponsive {
                    operator.doing = Doing::Nothing;
                }
                operator.since = now;
                true
            }
            _ => false,
        }
    }

    pub(super) fn next_chosen(&mut self, id: OperatorId, next: NextIntent) -> bool {
        let Some(operator) = self.operators.get_mut(&id) else { return false };
        operator.next = Some(next);
        true
    }

    pub(super) fn apply_intent(&mut self, now: Timestamp, id: OperatorId, next: NextIntent) {
        match next {
            NextIntent::Ready => {
                self.ready(now, id);
            }
            NextIntent::Pause(reason) => {
                self.paused(now, id, reason);
            }
            NextIntent::SignOut => {
                self.signed_out(id);
            }
        }
    }

    // The page or telephone comes and goes

    pub(super) fn operator_lost(&mut self, now: Timestamp, id: OperatorId) -> bool {
        let Some(operator) = self.operators.get_mut(&id).filter(|operator| operator.present) else { return false };
        operator.present = false;
        operator.since = now;
        let doing = operator.doing.clone();
        self.timers.set(Timer::Grace(id), now.plus_ms(self.plan.offers.grace_ms));
        match doing {
            Doing::Offered(offer) => {
                let leased = self.offers.get(&offer).cloned();
                self.withdraw_offer(now, offer);
                match leased.and_then(|leased| leased.consult.map(|attempt| (leased.contact, attempt))) {
                    Some((contact, attempt)) => {
                        self.party_failed(now, contact, attempt);
                    }
                    None => self.requeue_offered(now, offer),
                }
            }
            Doing::Connecting(contact) => {
                self.set_doing(now, id, Doing::Nothing);
                self.out.push(Command::Release { contact, operator: id });
                self.back_in_line(now, contact);
            }
            Doing::Engaged(contact) => self.conversation_interrupted(now, id, contact),
            Doing::Assisting { contact, attempt } => {
                self.set_doing(now, id, Doing::Nothing);
                self.out.push(Command::Release { contact, operator: id });
                self.party_failed(now, contact, attempt);
            }
            Doing::Nothing | Doing::WrapUp { .. } | Doing::Unresponsive => {}
        }
        true
    }

    fn requeue_offered(&mut self, now: Timestamp, offer: crate::OfferId) {
        let waiting = self.contacts.values().find(|contact| matches!(contact.phase, Phase::Offered { offer: of, .. } if of == offer));
        if let Some(id) = waiting.map(|contact| contact.id) {
            self.back_in_line(now, id);
        }
    }

    /// The citizen keeps the line and is told; the consulted party is let go.
    fn conversation_interrupted(&mut self, now: Timestamp, operator: OperatorId, id: crate::ContactId) {
        let Some(talk) = self.talk_of(id, operator) else { return };
        self.drop_consult(now, id, &talk);
        self.timers.clear(Timer::Talk(id));
        self.out.push(Command::Release { contact: id, operator });
        self.enter(now, id, ContactState::OperatorLost, Owner::Operator(operator), Phase::OperatorLost { operator });
        self.play(id, vec![Line::Say(Prompt::OperatorLost)], false);
    }

    pub(super) fn operator_returned(&mut self, now: Timestamp, id: OperatorId) -> bool {
        let Some(operator) = self.operators.get_mut(&id).filter(|operator| !operator.present) else { return false };
        operator.present = true;
        operator.since = now;
        let doing = operator.doing.clone();
        self.timers.clear(Timer::Grace(id));
        match doing {
            Doing::Engaged(contact) => self.out.push(Command::Connect { contact, operator: id }),
            _ => self.find_contact(now, id),
        }
        true
    }

    /// Grace is over: a conversation goes to the front of the line, the operator is off duty.
    pub(super) fn grace_ran_out(&mut self, now: Timestamp, id: OperatorId) {
        let Some(operator) = self.operators.get_mut(&id).filter(|operator| !operator.present) else { return };
        operator.intent = Intention::Off;
        operator.next = None;
        if let Doing::Engaged(contact) = operator.doing {
            operator.doing = Doing::Nothing;
            operator.idle_since = now;
            self.alarm(Alarm::OperatorGone { operator: id }, Some(contact));
            if matches!(self.contacts.get(&contact).map(|contact| &contact.phase), Some(Phase::OperatorLost { .. })) {
                self.enter_in_front(now, contact, true);
            }
        }
    }
}
