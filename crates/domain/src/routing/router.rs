//! The router itself: its state, the way of an event through it, and its clockwork.

use super::{
    Alarm, Command, Event,
    additions::Addition,
    bookings::Bookings,
    command::put,
    contacts::Contacts,
    lines::Lines,
    matching::Undecided,
    staff::Staff,
    state::{Contact, NextIds, Offer, Phase, Promise},
    surveys::Survey,
    timers::{Timer, Timers},
};
use crate::{
    AttemptId, ClassId, ContactId, MatterId, MessageNumber, OfferId, PromiseId, Timestamp,
    contact::{ContactState, Medium, NotReached, Owner},
    dialogue::Heard,
    numbered::Numbered,
    place::Places,
    plan::Plan,
    service_level::Expectations,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How many closed contacts are remembered, so that one that is told twice is not opened twice.
const CLOSED_KEPT_MAX: usize = 10_000;

/// Why a deadline was set: the words for the log.
pub type WakeReason = Timer;

/// What an event led to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Decision {
    pub commands: Vec<Command>,
    /// False when the event did not fit the state (too late, not theirs) and nothing changed.
    pub took_effect: bool,
}

/// Decides for one deployment. The same events give the same commands, always.
#[derive(Clone)]
pub struct Router {
    pub(super) plan: Arc<Plan>,
    pub(super) places: Arc<Places>,
    pub(super) contacts: Contacts,
    pub(super) lines: Lines,
    pub(super) operators: Staff,
    pub(super) offers: Numbered<OfferId, Offer>,
    pub(super) attempts: Numbered<AttemptId, ContactId>,
    pub(super) promises: Numbered<PromiseId, Promise>,
    /// How many contacts and promises of a matter are open.
    pub(super) matters: Numbered<MatterId, usize>,
    /// Who rang last about an open matter, of those who have gone.
    pub(super) callers: BTreeMap<MatterId, Box<Contact>>,
    /// The open contact of each matter that we owe a call; one at most.
    pub(super) calls: BTreeMap<MatterId, ContactId>,
    /// What was written to us and is still owed, by its contact.
    pub(super) additions: BTreeMap<ContactId, Addition>,
    /// The open promise of each matter whose citizen was asked to ring again.
    pub(super) ring_backs: BTreeMap<MatterId, PromiseId>,
    /// Promises that wait for the citizen.
    pub(super) waiting: BTreeSet<(MatterId, PromiseId)>,
    /// The latest closed contacts.
    pub(super) closed: Numbered<ContactId, ()>,
    /// A plan that waits for its [`Event::PlanChanged`].
    pub(super) next_plan: Option<(Arc<Plan>, Arc<Places>)>,
    pub(super) timers: Timers,
    pub(super) ids: NextIds,
    /// Until when callers of a class are told that too many ring about it.
    pub(super) surges: BTreeMap<ClassId, Timestamp>,
    /// Messages that are owed; some of their contacts are closed.
    pub(super) messages: BTreeMap<(ContactId, MessageNumber), Medium>,
    pub(super) bookings: Bookings,
    /// Closed contacts whose citizens are perhaps asked how it was.
    pub(super) surveys: BTreeMap<ContactId, Survey>,
    pub(super) expectations: Expectations,
    pub(super) undecided: Undecided,
    pub(super) out: Vec<Command>,
}

impl Router {
    #[must_use]
    pub fn new(plan: Arc<Plan>, places: Arc<Places>, ids: NextIds) -> Self {
        Self {
            plan,
            places,
            contacts: Contacts::default(),
            lines: Lines::default(),
            operators: Staff::default(),
            offers: Numbered::default(),
            attempts: Numbered::default(),
            promises: Numbered::default(),
            matters: Numbered::default(),
            callers: BTreeMap::new(),
            calls: BTreeMap::new(),
            additions: BTreeMap::new(),
            ring_backs: BTreeMap::new(),
            waiting: BTreeSet::new(),
            closed: Numbered::default(),
            next_plan: None,
            timers: Timers::default(),
            ids,
            surges: BTreeMap::new(),
            messages: BTreeMap::new(),
            bookings: Bookings::default(),
            surveys: BTreeMap::new(),
            expectations: Expectations::default(),
            undecided: Undecided::default(),
            out: Vec::new(),
        }
    }

    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The numbers that the next promise, offer, attempt and contact will get.
    #[must_use]
    pub fn next_ids(&self) -> NextIds {
        self.ids
    }

    /// Takes in one event. Whatever is due by `now` must have been taken by [`Router::tick`] before.
    pub fn handle(&mut self, now: Timestamp, event: &Event) -> Decision {
        self.timers.tell_time(now);
        let took_effect = self.take(now, event);
        Decision { commands: self.decided(now), took_effect }
    }

    /// Does all that has fallen due; the caller records it as [`Event::TimePassed`].
    pub fn tick(&mut self, now: Timestamp) -> Vec<Command> {
        self.timers.tell_time(now);
        while let Some(timer) = self.timers.take_due(now) {
            self.fall_due(now, timer);
        }
        self.decided(now)
    }

    /// Takes back the room of commands that are done with, for the next decision.
    pub fn reuse(&mut self, mut commands: Vec<Command>) {
        if self.out.capacity() < commands.capacity() && self.out.is_empty() {
            commands.clear();
            self.out = commands;
        }
    }

    fn decided(&mut self, now: Timestamp) -> Vec<Command> {
        self.bring_together(now);
        self.expectations.apply(now, &self.out);
        std::mem::take(&mut self.out)
    }

    /// When [`Router::tick`] must be called next, and what for.
    #[must_use]
    pub fn wake_at(&self) -> Option<(Timestamp, WakeReason)> {
        self.timers.next()
    }

    /// Every deadline that is set, earliest first: for the watch and for tests.
    pub fn deadlines(&self) -> impl Iterator<Item = (Timestamp, Timer)> + '_ {
        self.timers.all()
    }

    fn take(&mut self, now: Timestamp, event: &Event) -> bool {
        match event {
            Event::Started { .. } => self.take_over(now),
            Event::PlanChanged { plan } => self.plan_changed(now, plan),
            Event::CallArrived { contact, matter, channel, place, intake } => {
                self.call_arrived(now, *contact, *matter, *channel, place.clone(), intake)
            }
            Event::PlaybackEnded { contact, playback } => self.playback_ended(now, *contact, *playback),
            Event::KeyPressed { contact, key } => self.key_pressed(now, *contact, *key),
            Event::WordsUnderstood { contact, understanding, after } => self.words_came(now, *contact, understanding, *after),
            Event::WordsMissed { contact, after } => !self.is_late(*contact, *after) && self.mumbled(now, *contact),
            Event::SilenceHeard { contact, after } => !self.is_late(*contact, *after) && self.fell_silent(now, *contact),
            Event::CallerHungUp { contact } => self.caller_gone(now, *contact, None),
            Event::CallBroken { contact, cause } => self.caller_gone(now, *contact, Some(*cause)),
            Event::OperatorSignedIn { operator, profile } => self.signed_in(now, *operator, profile),
            Event::OperatorSignedOut { operator } => self.signed_out(now, *operator),
            Event::OperatorReady { operator } => self.ready(now, *operator),
            Event::OperatorPaused { operator, reason } => self.paused(now, *operator, *reason),
            Event::NextIntentChosen { operator, next } => self.next_chosen(now, *operator, *next),
            Event::LanguagesChosen { operator, languages } => self.languages_chosen(*operator, languages),
            Event::OperatorLost { operator } => self.operator_lost(now, *operator),
            Event::OperatorReturned { operator } => self.operator_returned(now, *operator),
            Event::OfferAccepted { offer, operator } => self.offer_accepted(now, *offer, *operator),
            Event::OfferDeclined { offer, operator } => self.offer_declined(now, *offer, *operator),
            Event::OperatorConnected { contact, operator } => self.operator_connected(now, *contact, *operator),
            Event::OperatorUnreachable { contact, operator } => self.operator_unreachable(now, *contact, *operator),
            Event::CallHeld { contact, operator } => self.held(now, *contact, *operator, true),
            Event::CallResumed { contact, operator } => self.held(now, *contact, *operator, false),
            Event::ConsultAsked { contact, operator, with } => self.consult_asked(now, *contact, *operator, with),
            Event::ConsultEnded { contact, operator } => self.consult_ended(now, *contact, *operator),
            Event::ConferenceAsked { contact, operator } => self.conference_asked(now, *contact, *operator),
            Event::TransferAsked { contact, operator } => self.transfer_asked(now, *contact, *operator),
            Event::CallEndedByOperator { contact, operator } => self.ended_by_operator(now, *contact, *operator),
            Event::OutcomeStated { contact, operator, outcome } => self.outcome_stated(now, *contact, *operator, outcome),
            Event::WrapUpExtended { contact, operator } => self.wrap_up_extended(*contact, *operator),
            Event::IntentCorrected { contact, operator, intent } => self.intent_corrected(*contact, *operator, *intent),
            Event::PartyRinging { contact, attempt } => self.attempts.get(attempt) == Some(contact),
            Event::PartyAnswered { contact, attempt } => self.party_answered(now, *contact, *attempt),
            Event::PartyFailed { contact, attempt } => self.party_failed(now, *contact, *attempt),
            Event::PartyHungUp { contact, attempt } => self.party_hung_up(now, *contact, *attempt),
            Event::NumberGiven { contact, booked_enough: true, .. } if self.leaves_no_time(*contact) => true,
            Event::NumberGiven { contact, usable, textable, .. } => self.number_given(now, *contact, *usable, *textable),
            Event::CitizenAnswered { contact, attempt } => self.citizen_answered(now, *contact, *attempt),
            Event::CitizenNotReached { contact, attempt, why } => self.citizen_not_reached(now, *contact, *attempt, *why),
            Event::CallBackUnheard { contact, operator, why } => self.unheard(now, *contact, *operator, *why),
            Event::CallTaken { promise, matter, operator } => self.call_taken(now, *promise, *matter, *operator),
            Event::RingBackAsked { contact, operator } => self.ring_back_asked(now, *contact, *operator),
            Event::FilesAsked { contact, operator } => self.files_asked(*contact, *operator),
            Event::PromiseTaken { promise, matter, operator } => self.promise_taken(*promise, *matter, *operator),
            Event::PromisePaused { promise, matter, operator } => self.promise_paused(now, *promise, *matter, *operator),
            Event::PromiseResumed { promise, matter, operator } => self.promise_resumed(now, *promise, *matter, *operator),
            Event::ContactAssigned { contact, operator, .. } => self.assigned(now, *contact, *operator),
            Event::ContactPutFirst { contact, first, .. } => self.put_first(*contact, *first),
            Event::SurgeDeclared { class, until, .. } => self.surge_declared(now, class, *until),
            Event::SurgeEnded { class, .. } => self.surge_ended(class),
            Event::PromiseSettled { matter, promise, operator, outcome } => {
                self.promise_settled(now, *matter, *promise, *operator, outcome)
            }
            Event::AdditionReceived { .. } => self.addition_received(now, event),
            Event::ContactLinked { contact, named, operator } => self.contact_linked(now, *contact, named, *operator),
            Event::MessageSent { contact, message } => self.message_settled(*contact, *message, None),
            Event::MessageGivenUp { contact, message, why } => self.message_settled(*contact, *message, Some(*why)),
            Event::SavingResumed { stood_ms } => {
                self.timers.put_off(*stood_ms);
                true
            }
            Event::SavingStopped | Event::TimePassed => true,
            rest => self.report_event(now, rest) || self.survey_event(rest) || self.booking_event(now, rest),
        }
    }

    fn fall_due(&mut self, now: Timestamp, timer: Timer) {
        match timer {
            Timer::DialogueTurn(contact) => {
                self.heard(now, contact, &Heard::Silence);
            }
            Timer::DialogueWhole(contact) => self.dialogue_ran_out(now, contact),
            Timer::NextStep(contact) => self.ask_steps_anew(contact),
            Timer::Announcement(contact) => self.announce(now, contact),
            Timer::QueueQuestion(contact) => self.question_unanswered(now, contact),
            Timer::Offer(offer) => self.offer_expired(now, offer),
            Timer::Connecting(contact) => self.connecting_ran_out(now, contact),
            Timer::Talk(contact) => self.long_talk(now, contact),
            Timer::Attempt(attempt) => {
                if let Some(contact) = self.attempts.get(&attempt).copied() {
                    let _ =
                        self.citizen_not_reached(now, contact, attempt, NotReached::NoAnswer) || self.party_failed(now, contact, attempt);
                }
            }
            Timer::SiteOpens(operator) => {
                self.seek_contact(operator);
                self.count_shares_anew();
            }
            Timer::Awaiting(contact) => self.awaited_long_enough(contact),
            Timer::Surge => self.surges_ran_out(now),
            Timer::WrapUp(operator) => self.wrap_up_ran_out(now, operator),
            Timer::Grace(operator) => self.grace_ran_out(now, operator),
            Timer::Promise(promise) => self.promise_late(now, promise),
            Timer::Booking(booking) => self.booking_falls_due(now, booking),
            Timer::Number(contact) => self.number_unsettled(contact),
            Timer::Call(contact) => self.call_falls_due(now, contact),
            Timer::Survey(contact) => self.survey_falls_due(now, contact),
        }
    }

    pub(super) fn describe(&mut self, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        put(&mut self.out, || Command::Describe {
            contact: id,
            region: contact.region.clone(),
            uncertain: contact.place.as_ref().is_none_or(|place| place.uncertain),
            intent: contact.intent,
            language: contact.language,
            urged: contact.urged,
        });
    }

    pub(super) fn alarm(&mut self, alarm: Alarm, contact: Option<ContactId>) {
        self.out.push(Command::RaiseAlarm { alarm, contact });
    }

    /// Moves a contact into a phase and records its state and owner; its promise goes along.
    pub(super) fn enter(&mut self, now: Timestamp, id: ContactId, state: ContactState, owner: Owner, phase: Phase) {
        if !phase.is_waiting() {
            self.close_question(id);
        }
        if !matches!(phase, Phase::Queued(_) | Phase::Offered { .. }) {
            self.stop_taking(id);
            if self.contacts.get(&id).is_some_and(|contact| contact.call.is_some()) {
                self.timers.clear(Timer::Call(id));
            }
        }
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        self.lines.left(id, &contact.phase, contact.language);
        self.lines.entered(id, &phase, contact.language);
        contact.phase = phase;
        contact.since = now;
        contact.owner = owner.clone();
        let (promise, is_call, is_booked) = (contact.promise, contact.call.is_some(), contact.is_booked_call());
        if is_booked {
            self.keep_for_booked(id);
        }
        put(&mut self.out, || Command::MoveContact { contact: id, state, owner: owner.clone() });
        // The answer that is owed once more after such a call broke goes along, late or not.
        let is_late = |known: &&Promise| is_call && known.kind.is_call() && known.due <= now;
        match self.promises.get(&promise).filter(is_late) {
            None => self.pass_promise(promise, owner),
            Some(late) => self.keep_late(promise, late.clone(), owner),
        }
    }

    /// A call that is late stays with whoever has it, mostly the supervisors, until somebody is reached. Only what an
    /// operator had goes back with the call that they let go of: they may be gone.
    fn keep_late(&mut self, promise: PromiseId, late: Promise, owner: Owner) {
        match (&late.owner, &owner) {
            (Owner::Operator(_), Owner::Queue(_)) if late.pressing => self.pass_promise(promise, self.unit_of(late.region.as_ref())),
            (Owner::Operator(_), Owner::Queue(_)) => self.pass_promise(promise, owner),
            _ => {}
        }
    }

    /// Takes a contact out of what is open.
    pub(super) fn forget_contact(&mut self, id: ContactId) -> Option<Box<Contact>> {
        let contact = self.contacts.remove(&id)?;
        self.lines.left(id, &contact.phase, contact.language);
        self.let_go_of_matter(contact.matter);
        if contact.call.is_some() {
            self.calls.remove(&contact.matter);
        }
        self.remember_closed(id);
        Some(contact)
    }

    pub(super) fn remember_closed(&mut self, id: ContactId) {
        self.closed.insert(id, ());
        if self.closed.len() > CLOSED_KEPT_MAX {
            self.closed.pop_first();
        }
    }
}
