//! A day under way: the callers' and the operators' part towards the live router. It says what people do
//! and when, carries out what the router commands, and jumps from one happening to the next. It decides
//! nothing about who is next or who answers.

use crate::{
    Caller, Centre, Digest,
    centre::{Busy, Course, Due, End, Fate, index_of},
    staff::Turn,
};
use domain::{
    AttemptId, ContactId, OfferId, OperatorId, RegionId, Timestamp,
    contact::{Outcome, PauseReason, VisitOutcome},
    place::Places,
    routing::{Alarm, Command, Event, NextIds, NextIntent, Router},
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Whoever let a ring go by is back at the desk after this.
const AWAY_FROM_DESK_MS: u64 = 60_000;

/// What people do at a time of their own; in this order when several fall on the same millisecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Deed {
    EndTalk(ContactId, OperatorId),
    GiveUp(ContactId),
    StateOutcome(ContactId, OperatorId),
    Answer(OfferId, OperatorId),
    LeaveParty(ContactId, AttemptId),
    /// The next of the operator's turns.
    Turn(OperatorId),
    ReturnToDesk(OperatorId),
}

/// What follows in the same moment on a command, or on what somebody does. Most of it is small, and is made an event
/// only when its turn comes: an event has room for all that a caller brings.
enum Next {
    Accept(OfferId, OperatorId),
    Connected(ContactId, OperatorId),
    EndTalk(ContactId, OperatorId),
    StateOutcome(ContactId, OperatorId),
    HangUp(ContactId),
    Other(Box<Event>),
}

impl Next {
    fn event(self) -> Event {
        match self {
            Self::Accept(offer, operator) => Event::OfferAccepted { offer, operator },
            Self::Connected(contact, operator) => Event::OperatorConnected { contact, operator },
            Self::EndTalk(contact, operator) => Event::CallEndedByOperator { contact, operator },
            Self::StateOutcome(contact, operator) => Event::OutcomeStated { contact, operator, outcome: Outcome::Helped },
            Self::HangUp(contact) => Event::CallerHungUp { contact },
            Self::Other(event) => *event,
        }
    }
}

/// Where a caller stands.
#[derive(Clone, Debug)]
struct Standing {
    gives_up: Option<Timestamp>,
    talk: Option<Talk>,
    /// What is left of the conversation.
    talk_left_ms: u64,
}

#[derive(Clone, Copy, Debug)]
struct Talk {
    operator: OperatorId,
    since: Timestamp,
    ends: Timestamp,
}

/// An operator's own turns, and whether on duty now.
struct Working {
    turns: Vec<(i64, Turn)>,
    next: usize,
    region: Option<RegionId>,
    here: bool,
}

pub(crate) struct Day<'a> {
    centre: &'a Centre,
    callers: &'a [Caller],
    router: Router,
    midnight: Timestamp,
    standing: Vec<Standing>,
    staff: Vec<Working>,
    agenda: BinaryHeap<Reverse<Due>>,
    /// What follows on a command in the same moment.
    at_once: VecDeque<Next>,
    digest: &'a mut Digest,
    pub(crate) course: Course,
}

impl<'a> Day<'a> {
    pub(crate) fn new(centre: &'a Centre, callers: &'a [Caller], midnight: Timestamp, digest: &'a mut Digest) -> Self {
        let region_of = |site| centre.plan.site(site).map(|site| site.region.clone());
        let working = centre.staff.iter().map(|operator| Working {
            turns: operator.turns(),
            next: 0,
            region: region_of(&operator.profile.site),
            here: false,
        });
        let standing = callers.iter().map(|caller| {
            let wrap_up_ms = centre.desk.wrap_up_ms.min(caller.handling_ms / 2);
            Standing { gives_up: None, talk: None, talk_left_ms: caller.handling_ms - wrap_up_ms }
        });
        Self {
            centre,
            callers,
            router: Router::new(centre.plan.clone(), Arc::new(Places::default()), NextIds::default()),
            midnight,
            standing: standing.collect(),
            staff: working.collect(),
            agenda: BinaryHeap::new(),
            at_once: VecDeque::new(),
            digest,
            course: Course { fates: vec![Fate::default(); callers.len()], ..Course::default() },
        }
    }

    fn time(&self, since_midnight_ms: i64) -> Timestamp {
        Timestamp(self.midnight.0.saturating_add(since_midnight_ms))
    }

    pub(crate) fn begin(&mut self, begins_ms: i64) {
        self.tell_next(Event::Started { plan: self.centre.plan.digest.clone(), interrupted: Vec::new() });
        for number in (1..).take(self.staff.len()) {
            let operator = OperatorId(number);
            // Turns that were over by now are passed in silence: the last that counts is whether on duty.
            while let Some(turn) = self.next_turn(operator).filter(|(at, _)| *at <= begins_ms).map(|(_, turn)| turn) {
                self.staff[index_of(number)].next += 1;
                self.take_turn(operator, turn);
            }
            self.await_turn(operator);
        }
        self.act(self.time(begins_ms));
    }

    /// To its end; false when it was asked to stop before.
    pub(crate) fn pass(&mut self, stop: &AtomicBool) -> bool {
        let mut next_caller = 0;
        while !stop.load(Ordering::Relaxed) {
            let arrival = self.callers.get(next_caller).map(|caller| self.time(caller.arrives_ms));
            let deed = self.agenda.peek().map(|Reverse((at, _))| *at);
            let next = match (arrival, deed) {
                (Some(arrival), Some(deed)) => arrival.min(deed),
                (Some(next), None) | (None, Some(next)) => next,
                (None, None) => return true,
            };
            match self.router.wake_at() {
                Some((due, _)) if due <= next => {
                    let commands = self.router.tick(due);
                    self.take_in(due, &commands);
                    self.router.reuse(commands);
                    self.act(due);
                }
                _ if deed == Some(next) => self.do_next(),
                _ => {
                    self.arrive(next, next_caller);
                    next_caller += 1;
                }
            }
        }
        false
    }

    fn next_turn(&self, operator: OperatorId) -> Option<(i64, Turn)> {
        let working = self.staff.get(index_of(operator.0))?;
        working.turns.get(working.next).copied()
    }

    fn await_turn(&mut self, operator: OperatorId) {
        // Whoever works for ever has no next turn worth waiting for.
        if let Some((at, _)) = self.next_turn(operator).filter(|(at, _)| *at < i64::MAX) {
            self.agenda.push(Reverse((self.time(at), Deed::Turn(operator))));
        }
    }

    fn take_turn(&mut self, operator: OperatorId, turn: Turn) {
        let index = index_of(operator.0);
        self.staff[index].here = matches!(turn, Turn::Come | Turn::Resume);
        match turn {
            Turn::Come => {
                let profile = self.centre.staff[index].profile.clone();
                self.tell_next(Event::OperatorSignedIn { operator, profile });
                self.tell_next(Event::OperatorReady { operator });
            }
            Turn::Pause => self.tell_next(Event::NextIntentChosen { operator, next: NextIntent::Pause(PauseReason::Rest) }),
            Turn::Resume => self.tell_next(Event::OperatorReady { operator }),
            Turn::Leave => self.tell_next(Event::NextIntentChosen { operator, next: NextIntent::SignOut }),
            Turn::Vanish => self.tell_next(Event::OperatorLost { operator }),
        }
    }

    fn do_next(&mut self) {
        let Some(Reverse((now, deed))) = self.agenda.pop() else { return };
        match deed {
            Deed::GiveUp(contact) => {
                let standing = &mut self.standing[index_of(contact.0)];
                if standing.gives_up.take_if(|at| *at == now).is_some() {
                    self.at_once.push_back(Next::HangUp(contact));
                }
            }
            Deed::EndTalk(contact, operator) => self.end_talk(now, contact, operator),
            Deed::StateOutcome(contact, operator) => self.at_once.push_back(Next::StateOutcome(contact, operator)),
            Deed::Answer(offer, operator) => self.at_once.push_back(Next::Accept(offer, operator)),
            Deed::LeaveParty(contact, attempt) => self.tell_next(Event::PartyHungUp { contact, attempt }),
            Deed::Turn(operator) => {
                if let Some((_, turn)) = self.next_turn(operator) {
                    self.staff[index_of(operator.0)].next += 1;
                    self.take_turn(operator, turn);
                    self.await_turn(operator);
                }
            }
            Deed::ReturnToDesk(operator) => {
                if self.staff[index_of(operator.0)].here {
                    self.tell_next(Event::OperatorReady { operator });
                }
            }
        }
        self.act(now);
    }

    fn end_talk(&mut self, now: Timestamp, contact: ContactId, operator: OperatorId) {
        let index = index_of(contact.0);
        let Some(talk) = self.standing[index].talk.take_if(|talk| talk.operator == operator && talk.ends == now) else { return };
        let wrap_up_ms = self.centre.desk.wrap_up_ms.min(self.callers[index].handling_ms / 2);
        self.note_busy(talk.since, now.plus_ms(wrap_up_ms));
        self.at_once.push_back(Next::EndTalk(contact, operator));
        if wrap_up_ms == 0 {
            self.at_once.push_back(Next::StateOutcome(contact, operator));
        } else {
            self.agenda.push(Reverse((now.plus_ms(wrap_up_ms), Deed::StateOutcome(contact, operator))));
        }
    }

    fn note_busy(&mut self, from: Timestamp, to: Timestamp) {
        self.course.busy.push(Busy { from_ms: from.0 - self.midnight.0, to_ms: to.0 - self.midnight.0 });
    }

    fn arrive(&mut self, now: Timestamp, index: usize) {
        let caller = &self.callers[index];
        let id = index as u64 + 1;
        self.await_patience(now, ContactId(id));
        self.tell(now, &caller.arrival(id));
        self.act(now);
    }

    fn await_patience(&mut self, now: Timestamp, contact: ContactId) {
        let index = index_of(contact.0);
        let at = now.plus_ms(self.callers[index].patience_ms);
        self.standing[index].gives_up = Some(at);
        self.agenda.push(Reverse((at, Deed::GiveUp(contact))));
    }

    /// Tells the router what happens now and what follows from it at once.
    fn act(&mut self, now: Timestamp) {
        while let Some(next) = self.at_once.pop_front() {
            self.tell(now, &next.event());
        }
    }

    fn tell(&mut self, now: Timestamp, event: &Event) {
        let decision = self.router.handle(now, event);
        self.take_in(now, &decision.commands);
        self.router.reuse(decision.commands);
    }

    fn tell_next(&mut self, event: Event) {
        self.at_once.push_back(Next::Other(Box::new(event)));
    }

    fn take_in(&mut self, now: Timestamp, commands: &[Command]) {
        self.digest.apply(now, commands);
        for command in commands {
            self.carry_out(now, command);
        }
    }

    fn carry_out(&mut self, now: Timestamp, command: &Command) {
        match command {
            Command::OpenContact { .. } => self.course.tally.begin(),
            Command::Ring { offer, operator, .. } => self.be_rung(now, *offer, *operator),
            Command::Connect { contact, operator } => self.begin_talk(now, *contact, *operator),
            Command::Release { contact, operator } => self.be_released(now, *contact, *operator),
            Command::Dial { contact, attempt, .. } => {
                self.tell_next(Event::PartyAnswered { contact: *contact, attempt: *attempt });
            }
            Command::ConnectParty { contact, attempt } => {
                let index = index_of(contact.0);
                self.standing[index].gives_up = None;
                self.course.fates[index].end.get_or_insert(End::HandedOver);
                let leaves = now.plus_ms(self.callers[index].handling_ms);
                self.agenda.push(Reverse((leaves, Deed::LeaveParty(*contact, *attempt))));
            }
            Command::RaiseAlarm { alarm: Alarm::OperatorUnresponsive { operator }, .. } => {
                self.agenda.push(Reverse((now.plus_ms(AWAY_FROM_DESK_MS), Deed::ReturnToDesk(*operator))));
            }
            Command::EndVisit { contact, outcome, waited_ms, .. } => self.end_visit(*contact, *outcome, *waited_ms),
            _ => {}
        }
    }

    fn be_rung(&mut self, now: Timestamp, offer: OfferId, operator: OperatorId) {
        match self.centre.desk.answer_ms {
            0 => self.at_once.push_back(Next::Accept(offer, operator)),
            later => self.agenda.push(Reverse((now.plus_ms(later), Deed::Answer(offer, operator)))),
        }
    }

    fn begin_talk(&mut self, now: Timestamp, contact: ContactId, operator: OperatorId) {
        self.at_once.push_back(Next::Connected(contact, operator));
        let index = index_of(contact.0);
        let ends = now.plus_ms(self.standing[index].talk_left_ms);
        self.standing[index].gives_up = None;
        self.standing[index].talk = Some(Talk { operator, since: now, ends });
        let region = self.staff[index_of(operator.0)].region.clone();
        self.course.fates[index].answered_in.get_or_insert_with(|| region.unwrap_or_else(|| RegionId::new("")));
        self.agenda.push(Reverse((ends, Deed::EndTalk(contact, operator))));
    }

    /// A conversation that nobody ended was cut off: the caller stays on the line, as patient as at first.
    fn be_released(&mut self, now: Timestamp, contact: ContactId, operator: OperatorId) {
        let index = index_of(contact.0);
        let Some(talk) = self.standing[index].talk.take_if(|talk| talk.operator == operator) else { return };
        self.standing[index].talk_left_ms = talk.ends.since_ms(now);
        self.course.fates[index].interrupted = true;
        self.note_busy(talk.since, now);
        self.await_patience(now, contact);
    }

    /// Who comes back into line after a human voice has been counted already.
    fn end_visit(&mut self, contact: ContactId, outcome: VisitOutcome, waited_ms: u64) {
        self.course.tally.end(outcome, waited_ms, self.centre.plan.service_level.within_ms);
        let fate = &mut self.course.fates[index_of(contact.0)];
        fate.diverted |= outcome == VisitOutcome::Diverted;
        let Some(end) = End::of(outcome) else { return };
        if fate.end.is_none() {
            (fate.end, fate.waited_ms) = (Some(end), waited_ms);
        }
    }
}
