//! Operators in two halves: what they want is set by them alone, what they do by the system alone.

use super::{
    Alarm, Command, NextIntent,
    post::Post,
    router::Router,
    state::{Doing, Intention, Operator, Phase},
    timers::Timer,
};
use crate::{
    ContactId, OfferId, OperatorId, Timestamp,
    contact::{ContactState, Owner, PauseReason},
    dialogue::{Line, Prompt},
    intent::Language,
    plan::OperatorProfile,
};
use std::sync::Arc;

impl Router {
    pub(super) fn set_doing(&mut self, now: Timestamp, id: OperatorId, doing: Doing) {
        if let Some(operator) = self.operators.get_mut(&id) {
            operator.doing = doing;
            operator.since = now;
        }
    }

    pub(super) fn signed_in(&mut self, now: Timestamp, id: OperatorId, profile: &OperatorProfile) -> bool {
        let Some(region) = self.plan.site(&profile.site).map(|site| site.region.clone()) else { return false };
        let known = self.operators.get(&id);
        let taking = known.map_or(Vec::new(), |known| known.post.taking.clone());
        let taking = taking.into_iter().filter(|language| profile.languages.contains(language)).collect();
        let post = Arc::new(Post::under(&self.plan, Post { profile: profile.clone(), taking, region, opens: None }));
        let Some(known) = self.operators.get_mut(&id) else {
            let operator = Operator {
                id,
                post,
                intent: Intention::Off,
                next: None,
                doing: Doing::Nothing,
                class: None,
                since: now,
                idle_since: now,
                present: true,
            };
            self.operators.insert(operator);
            self.await_opening(now, id);
            return true;
        };
        let moved = known.post.profile != *profile;
        known.post = post;
        if moved {
            self.await_opening(now, id);
            self.match_everybody_anew();
        }
        self.operator_returned(now, id) || moved
    }

    /// An operator of a site that opens later takes calls from that day on.
    pub(super) fn await_opening(&mut self, now: Timestamp, id: OperatorId) {
        let opens = self.operators.get(&id).and_then(|operator| operator.post.opens);
        match opens.filter(|at| *at > now) {
            Some(at) => self.timers.set(Timer::SiteOpens(id), at),
            None => self.timers.clear(Timer::SiteOpens(id)),
        }
    }

    pub(super) fn signed_out(&mut self, now: Timestamp, id: OperatorId) -> bool {
        self.leave_duty(now, id, Intention::Off, false)
    }

    pub(super) fn paused(&mut self, now: Timestamp, id: OperatorId, reason: PauseReason) -> bool {
        self.leave_duty(now, id, Intention::Paused(reason), true)
    }

    /// Off duty or on pause, while nobody is spoken with; a pause may also begin during wrap-up.
    fn leave_duty(&mut self, now: Timestamp, id: OperatorId, intent: Intention, in_wrap_up: bool) -> bool {
        let Some(operator) = self.operators.get_mut(&id) else { return false };
        let was_on_duty = operator.on_duty();
        match operator.doing {
            Doing::Nothing | Doing::Unresponsive => operator.doing = Doing::Nothing,
            Doing::WrapUp { .. } if in_wrap_up => {}
            Doing::Offered(_) | Doing::Connecting(_) | Doing::Engaged(_) | Doing::Assisting { .. } | Doing::WrapUp { .. } => {
                return false;
            }
        }
        operator.next = None;
        if operator.intent == intent {
            return true;
        }
        operator.intent = intent;
        operator.since = now;
        if intent == Intention::Off {
            // Chosen for this turn of duty; the next begins with all.
            operator.take_all_languages();
            self.leave_what_presses(id);
        }
        if was_on_duty {
            self.ask_all_steps_anew();
        }
        true
    }

    pub(super) fn ready(&mut self, now: Timestamp, id: OperatorId) -> bool {
        let Some(operator) = self.operators.get_mut(&id).filter(|operator| operator.present) else { return false };
        let was = operator.intent;
        operator.intent = Intention::OnDuty;
        operator.next = None;
        match operator.doing {
            Doing::Unresponsive => {
                operator.doing = Doing::Nothing;
                operator.since = now;
            }
            // Ready ends wrap-up early; the record stays theirs to finish.
            Doing::WrapUp { .. } => {
                self.operator_done(now, id);
                return true;
            }
            Doing::Nothing | Doing::Offered(_) | Doing::Connecting(_) | Doing::Engaged(_) | Doing::Assisting { .. } => {}
        }
        if was != Intention::OnDuty {
            operator.since = now;
        }
        if was == Intention::Off {
            operator.idle_since = now;
        }
        self.seek_contact(id);
        true
    }

    /// Let an offer ring out or could not be heard: not taken for idle until they say so themselves.
    /// A wish to pause or leave that was made before is granted now. Whoever calls this leads on those
    /// who wait, after the contact in hand is back in line.
    pub(super) fn unresponsive(&mut self, now: Timestamp, id: OperatorId) {
        self.set_doing(now, id, Doing::Unresponsive);
        let next = self.operators.get_mut(&id).and_then(|operator| operator.next.take());
        if let Some(next @ (NextIntent::Pause(_) | NextIntent::SignOut)) = next {
            self.apply_intent(now, id, next);
        }
    }

    /// Applied at once when there is nothing to finish first.
    pub(super) fn next_chosen(&mut self, now: Timestamp, id: OperatorId, next: NextIntent) -> bool {
        let Some(operator) = self.operators.get_mut(&id) else { return false };
        if matches!(operator.doing, Doing::Nothing | Doing::Unresponsive) {
            return self.apply_intent(now, id, next);
        }
        operator.next = Some(next);
        true
    }

    /// Which of their languages an operator takes now. Who waits in one that nobody takes any more is
    /// led on, and who waits in one that is taken again may be taken at once.
    pub(super) fn languages_chosen(&mut self, id: OperatorId, languages: &[Language]) -> bool {
        let Some(operator) = self.operators.get_mut(&id) else { return false };
        if languages.is_empty() || languages.iter().any(|language| !operator.post.profile.languages.contains(language)) {
            return false;
        }
        let post = Arc::make_mut(&mut operator.post);
        post.taking = post.profile.languages.iter().copied().filter(|language| languages.contains(language)).collect();
        self.match_everybody_anew();
        true
    }

    pub(super) fn apply_intent(&mut self, now: Timestamp, id: OperatorId, next: NextIntent) -> bool {
        match next {
            NextIntent::Ready => self.ready(now, id),
            NextIntent::Pause(reason) => self.paused(now, id, reason),
            NextIntent::SignOut => self.signed_out(now, id),
        }
    }

    /// The operator is through with a contact.
    pub(super) fn operator_done(&mut self, now: Timestamp, id: OperatorId) {
        self.timers.clear(Timer::WrapUp(id));
        if let Some(operator) = self.operators.get_mut(&id) {
            operator.idle_since = now;
        }
        self.operator_free(now, id);
    }

    /// Nothing to do any more: what they wanted next, then the next in line. Whoever handled nobody
    /// keeps the time they have been idle.
    pub(super) fn operator_free(&mut self, now: Timestamp, id: OperatorId) {
        let Some(operator) = self.operators.get_mut(&id) else { return };
        operator.doing = Doing::Nothing;
        operator.since = now;
        if let Some(next) = operator.next.take() {
            self.apply_intent(now, id, next);
        }
        self.seek_contact(id);
    }

    // The page or telephone comes and goes

    pub(super) fn operator_lost(&mut self, now: Timestamp, id: OperatorId) -> bool {
        let Some(operator) = self.operators.get_mut(&id).filter(|operator| operator.present) else { return false };
        let was_on_duty = operator.on_duty();
        operator.present = false;
        operator.since = now;
        let doing = operator.doing.clone();
        self.timers.set(Timer::Grace(id), now.plus_ms(self.plan.offers.grace_ms));
        match doing {
            Doing::Offered(offer) => self.offer_lost(now, id, offer),
            Doing::Connecting(contact) => {
                self.set_doing(now, id, Doing::Nothing);
                self.out.push(Command::Release { contact, operator: id });
                self.back_in_line(now, contact);
            }
            Doing::Engaged(contact) => self.conversation_interrupted(now, id, contact),
            Doing::Assisting { contact, attempt } => {
                self.set_doing(now, id, Doing::Nothing);
                self.out.push(Command::Release { contact, operator: id });
                self.colleague_failed(now, contact, attempt);
            }
            Doing::Nothing | Doing::WrapUp { .. } | Doing::Unresponsive => {}
        }
        if was_on_duty {
            self.ask_all_steps_anew();
        }
        true
    }

    fn offer_lost(&mut self, now: Timestamp, operator: OperatorId, offer: OfferId) {
        let Some(leased) = self.offers.get(&offer).cloned() else { return };
        self.forget_offer(offer);
        self.set_doing(now, operator, Doing::Nothing);
        self.out.push(Command::StopRinging { offer, operator });
        match leased.consult {
            Some(attempt) => self.colleague_failed(now, leased.contact, attempt),
            None => self.back_in_line(now, leased.contact),
        }
    }

    /// The citizen keeps the line and is told; the consulted party is let go.
    fn conversation_interrupted(&mut self, now: Timestamp, operator: OperatorId, id: ContactId) {
        let talked = self.talk_of(id, operator).is_some();
        self.end_talk(now, id, operator);
        self.out.push(Command::Release { contact: id, operator });
        if !talked {
            // Lost again before the sound was back: grace begins anew.
            return;
        }
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
            Doing::Engaged(contact) => {
                self.timers.set(Timer::Connecting(contact), now.plus_ms(self.plan.offers.connect_ms_max));
                self.out.push(Command::Connect { contact, operator: id });
            }
            Doing::Nothing
            | Doing::Offered(_)
            | Doing::Connecting(_)
            | Doing::Assisting { .. }
            | Doing::WrapUp { .. }
            | Doing::Unresponsive => self.seek_contact(id),
        }
        true
    }

    /// Grace is over: a conversation goes to the front of the line, the operator is off duty.
    pub(super) fn grace_ran_out(&mut self, now: Timestamp, id: OperatorId) {
        let Some(operator) = self.operators.get_mut(&id).filter(|operator| !operator.present) else { return };
        operator.intent = Intention::Off;
        operator.next = None;
        operator.take_all_languages();
        if let Doing::Engaged(contact) = operator.doing {
            operator.doing = Doing::Nothing;
            operator.idle_since = now;
            self.end_talk(now, contact, id);
            self.alarm(Alarm::OperatorGone { operator: id }, Some(contact));
            self.enter_in_front(now, contact, true);
        }
        self.leave_what_presses(id);
    }
}
