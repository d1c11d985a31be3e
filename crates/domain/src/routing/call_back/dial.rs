//! Ringing the citizen: first there is an operator, then the citizen is rung, and who is not reached is tried again.

use super::super::{
    Command,
    eligibility::Wants,
    matching::Waiting,
    router::Router,
    state::{Doing, Entry, Intention, Operator, Phase, Promise},
    timers::Timer,
};
use crate::{
    AttemptId, ContactId, MatterId, OperatorId, PromiseId, Timestamp,
    contact::{CallKind, ContactState, NotReached, Outcome, Owner, PromiseKind, Settlement, SystemCause, VisitOutcome},
};

impl Router {
    /// An operator is there: the citizen is rung, unless nobody may be rung any more.
    pub(in super::super) fn ring_citizen(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, entry: Entry) {
        if self.plan.quiet_until(now).is_some() {
            self.end_visit(now, id, VisitOutcome::TimedOut);
            self.line_up(now, id);
            return self.operator_free(now, operator);
        }
        self.dial_citizen(now, id, operator, entry);
    }

    fn dial_citizen(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, entry: Entry) {
        let until = now.plus_ms(self.manner().ring_ms);
        let attempt = self.ids.attempt();
        let Some(call) = self.contacts.get_mut(&id).and_then(|contact| contact.call.as_mut()) else { return };
        call.tried(now, attempt);
        let from = call.from;
        self.attempts.insert(attempt, id);
        self.timers.set(Timer::Attempt(attempt), until);
        self.set_doing(now, operator, Doing::Connecting(id));
        self.enter(now, id, ContactState::Dialling, Owner::Operator(operator), Phase::Dialling { entry, operator, attempt });
        self.out.push(Command::DialCitizen { contact: id, attempt, operator, from, until });
    }

    /// The citizen is on the line: a caller from here on.
    pub(in super::super) fn citizen_answered(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId) -> bool {
        let Some((entry, operator)) = self.dialling(id, attempt) else { return false };
        self.forget_attempt(attempt);
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.on_line = true;
        }
        self.timers.set(Timer::Connecting(id), now.plus_ms(self.plan.offers.connect_ms_max));
        self.enter(now, id, ContactState::Connecting, Owner::Operator(operator), Phase::Connecting { entry, operator });
        self.out.push(Command::Connect { contact: id, operator });
        true
    }

    fn dialling(&self, id: ContactId, attempt: AttemptId) -> Option<(Entry, OperatorId)> {
        match &self.contacts.get(&id)?.phase {
            Phase::Dialling { entry, operator, attempt: ringing } if *ringing == attempt => Some((entry.clone(), *operator)),
            _ => None,
        }
    }

    pub(in super::super) fn citizen_not_reached(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId, why: NotReached) -> bool {
        let Some((_, operator)) = self.dialling(id, attempt) else { return false };
        self.let_go_of_citizen(id, attempt);
        self.out.push(Command::Release { contact: id, operator });
        self.end_visit(now, id, VisitOutcome::TimedOut);
        self.not_reached(now, id, operator, why);
        self.operator_free(now, operator);
        true
    }

    fn let_go_of_citizen(&mut self, id: ContactId, attempt: AttemptId) {
        self.forget_attempt(attempt);
        self.out.push(Command::CancelCitizen { contact: id, attempt, lost: false });
    }

    /// The operator has had enough of the ringing.
    pub(in super::super) fn give_up_ringing(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        match self.contacts.get(&id).map(|contact| &contact.phase) {
            Some(Phase::Dialling { operator: ringing, attempt, .. }) if *ringing == operator => {
                let attempt = *attempt;
                self.citizen_not_reached(now, id, attempt, NotReached::NoAnswer)
            }
            _ => false,
        }
    }

    /// What an operator rang of their own accord is theirs again, with a new time; anything else is tried later.
    pub(super) fn not_reached(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, why: NotReached) {
        let Some(contact) = self.contacts.get(&id) else { return };
        if contact.call.as_ref().is_none_or(|call| call.kind != CallKind::FollowUp) {
            return self.try_later(now, id, why);
        }
        let (matter, before) = (contact.matter, contact.promise);
        if let Some(known) = self.promises.get(&before) {
            let (kind, region, about) = (known.kind, known.region.clone(), known.about.clone());
            let within_ms = if known.pressing { self.plan.follow_up.strict_ms } else { self.ordinary_ms(now, kind, &about) };
            let owner = if known.pressing { self.who_answers(operator, region.as_ref()) } else { Owner::Operator(operator) };
            let anew = self.promise(now, matter, kind, owner, within_ms, region);
            self.tell_about(anew, about);
        }
        self.close(now, id, Outcome::NotReached, Settlement::Replaced);
    }

    /// The operator is gone while it rings: the citizen is let go of, and comes before others. It is none of their
    /// attempts. So often on one day they rest for a while between two, as nobody is rung again and again for nothing.
    pub(in super::super) fn rung_no_more(
        &mut self,
        now: Timestamp,
        id: ContactId,
        (entry, operator): (Entry, OperatorId),
        attempt: AttemptId,
    ) {
        self.forget_attempt(attempt);
        self.out.push(Command::CancelCitizen { contact: id, attempt, lost: true });
        let most = self.manner().attempts_max;
        let Some(call) = self.contacts.get_mut(&id).and_then(|contact| contact.call.as_mut()) else { return };
        call.cut_short(attempt);
        if call.cut_short < most {
            return self.wait(now, id, Entry { put_first: true, ..entry });
        }
        self.end_visit(now, id, VisitOutcome::TimedOut);
        self.not_reached(now, id, operator, NotReached::Fault);
    }

    /// The operator is gone and the citizen has answered: they are a caller whose operator was lost.
    pub(in super::super) fn left_by_operator(&mut self, now: Timestamp, id: ContactId) {
        self.timers.clear(Timer::Connecting(id));
        match self.contacts.get(&id).and_then(|contact| contact.phase.entry()).cloned() {
            // They are in front already.
            Some(entry) if entry.any_class => self.wait(now, id, entry),
            _ => {
                self.end_visit(now, id, VisitOutcome::Diverted);
                self.enter_in_front(now, id, true);
            }
        }
        self.tell_when_matched(id, Waiting::OperatorLost);
    }

    /// They hung up, or the line broke, before anybody spoke: rung again, later.
    pub(in super::super) fn citizen_gone(&mut self, now: Timestamp, id: ContactId, cause: Option<SystemCause>) {
        let why = if cause.is_some() { NotReached::Fault } else { NotReached::Refused };
        let Some(contact) = self.contacts.get(&id) else { return };
        let (phase, owner) = (contact.phase.clone(), contact.owner.clone());
        self.end_visit(now, id, VisitOutcome::TimedOut);
        match (phase, owner) {
            (Phase::Connecting { operator, .. }, _) => {
                self.timers.clear(Timer::Connecting(id));
                self.out.push(Command::Release { contact: id, operator });
                self.not_reached(now, id, operator, why);
                self.operator_free(now, operator);
            }
            (Phase::Offered { offer, .. }, _) => {
                self.try_later(now, id, why);
                self.withdraw_offer(now, offer);
            }
            _ => self.try_later(now, id, why),
        }
    }

    /// A machine or somebody else answered: nobody was reached. They may have hung up before it was said.
    pub(in super::super) fn unheard(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, why: NotReached) -> bool {
        let is_heard = matches!(why, NotReached::Machine | NotReached::WrongPerson);
        let Some(promise) = self.call_being_kept(id).filter(|_| is_heard) else { return false };
        let has_it = |known: &Operator| match known.doing {
            Doing::Engaged(contact) | Doing::WrapUp { contact, .. } => contact == id,
            Doing::Nothing | Doing::Offered(_) | Doing::Connecting(_) | Doing::Assisting { .. } | Doing::Unresponsive => false,
        };
        let is_at_hand = self.operators.get(&operator).is_some_and(has_it);
        let is_over =
            matches!(self.contacts.get(&id).map(|contact| &contact.phase), Some(Phase::WrapUp { operator: of }) if *of == operator);
        if self.talk_of(id, operator).is_some() {
            self.out.push(Command::HangUp { contact: id });
            self.end_talk(now, id, operator);
            self.out.push(Command::Release { contact: id, operator });
        } else if !is_over {
            return false;
        }
        self.owe_call_on(id, promise);
        self.not_reached(now, id, operator, why);
        self.tell_what_is_late(now, id);
        if is_at_hand {
            self.operator_done(now, operator);
        }
        true
    }

    /// The open promise of a call that this contact owes, whatever the contact itself holds by now.
    fn call_being_kept(&self, id: ContactId) -> Option<PromiseId> {
        let promise = self.contacts.get(&id)?.call.as_ref()?.promise;
        self.promises.get(&promise).filter(|known| known.kind.is_call()).map(|_| promise)
    }

    /// Nobody has spoken after all: there is nothing to conclude, and what was owed is owed on.
    fn owe_call_on(&mut self, id: ContactId, promise: PromiseId) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        (contact.on_line, contact.waited_ms, contact.returned_at) = (false, None, None);
        let held = contact.promise;
        self.hold(id, promise);
        if held != promise {
            self.settle(held, Settlement::Replaced);
        }
    }

    /// What fell late while somebody was on the line was not told, as it seemed to be kept.
    fn tell_what_is_late(&mut self, now: Timestamp, id: ContactId) {
        let Some(promise) = self.contacts.get(&id).map(|contact| contact.promise) else { return };
        if self.promises.get(&promise).is_some_and(|known| known.due <= now) {
            self.escalate(now, promise);
        }
    }

    // By an operator's own hand

    /// An operator with nothing at hand rings the citizen of an open promise now.
    pub(in super::super) fn call_taken(&mut self, now: Timestamp, promise: PromiseId, matter: MatterId, operator: OperatorId) -> bool {
        let Some(known) = self.promises.get(&promise).filter(|known| known.matter == matter).cloned() else { return false };
        let is_free = |known: &Operator| known.present && known.doing == Doing::Nothing && !matches!(known.intent, Intention::Off);
        let may = self.plan.call_backs.is_some()
            && known.kind.is_call()
            && self.operators.get(&operator).is_some_and(is_free)
            && self.answers_for(promise, operator);
        if !may {
            return false;
        }
        // What is theirs by name, or was left with a unit of theirs, is theirs to judge; what stands in a line is for those
        // who may take it from there.
        if matches!(known.owner, Owner::Queue(_)) && !self.may_take_out_of_line(now, promise, operator) {
            return false;
        }
        // What broke may be pressing; what was promised keeps to the hours.
        if known.kind != PromiseKind::FollowUp && self.plan.quiet_until(now).is_some() {
            return false;
        }
        let taken = self.call_of_promise(now, promise, matter, &known, operator);
        if taken && known.pressing {
            // Late, it would stay with the unit: whoever rings answers for it.
            self.pass_promise(promise, Owner::Operator(operator));
        }
        taken
    }

    /// By skill and language, and what is kept for others, as if the line had come to them.
    fn may_take_out_of_line(&self, now: Timestamp, promise: PromiseId, operator: OperatorId) -> bool {
        let Some((contact, operator)) = self.holder(promise).zip(self.operators.get(&operator)) else { return false };
        let entry = match &contact.phase {
            Phase::Queued(entry) => Some(entry.clone()),
            _ => self.class_of_call(contact.id).and_then(|class| self.entry_of(contact, &class, now)),
        };
        entry.is_some_and(|entry| {
            let wants = Wants::of(&self.plan, contact, &entry);
            wants.could_meet(&operator.post, now) && self.operators.shares(&self.plan, now).leave(&wants, &operator.post)
        })
    }

    fn call_of_promise(&mut self, now: Timestamp, promise: PromiseId, matter: MatterId, known: &Promise, operator: OperatorId) -> bool {
        match self.calls.get(&matter).copied() {
            Some(id) if self.holder(promise).is_some_and(|holder| holder.id == id) => self.take_out_of_line(now, id, operator),
            Some(_) => false,
            // Whoever comes to a desk is not rung.
            None if known.kind == PromiseKind::Booked => false,
            None => self.call_anew(now, promise, known, operator),
        }
    }

    /// The call that is owed already is made at once.
    fn take_out_of_line(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let Some(contact) = self.contacts.get(&id).filter(|contact| contact.is_off_line_call()) else { return false };
        match contact.phase.clone() {
            Phase::Queued(entry) => self.ring_at_once(now, id, operator, entry),
            Phase::Resting => {
                let (class, since) = (self.class_of_call(id), contact.queued_since.unwrap_or(now));
                let Some(entry) = class.and_then(|class| self.entry_of(contact, &class, since)) else { return false };
                self.stand_aside(now, id, &entry);
                self.ring_at_once(now, id, operator, entry);
            }
            _ => return false,
        }
        true
    }

    fn ring_at_once(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, entry: Entry) {
        self.timers.clear(Timer::NextStep(id));
        if let Some(operator) = self.operators.get_mut(&operator) {
            operator.class = Some(entry.class.clone());
        }
        self.dial_citizen(now, id, operator, entry);
    }

    /// A visit to the queue for the time of the call, without ever being offered to anybody else.
    fn stand_aside(&mut self, now: Timestamp, id: ContactId, entry: &Entry) {
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.visiting = Some(entry.queue.clone());
        }
        self.out.push(Command::EnterQueue { contact: id, queue: entry.queue.clone(), strict: false });
        self.timers.set(Timer::Announcement(id), now.plus_ms(self.plan.dialogue.announce_every_ms));
    }

    fn call_anew(&mut self, now: Timestamp, promise: PromiseId, known: &Promise, operator: OperatorId) -> bool {
        let Some(of) = self.whom_to_ring(known).cloned() else { return false };
        let class = self.class_to_call(None, &of).map(|class| class.id.clone());
        let Some(entry) = class.and_then(|class| self.entry_of(&of, &class, now)) else { return false };
        self.resume(now, promise);
        let id = self.ids.contact();
        self.open_contact_of_call(now, &of, &entry, id, known.owner.clone(), (CallKind::FollowUp, promise));
        self.hold(id, promise);
        self.stand_aside(now, id, &entry);
        self.ring_at_once(now, id, operator, entry);
        true
    }
}
