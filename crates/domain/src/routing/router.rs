//! The router itself: its state, the way of an event through it, and its clockwork.

use super::{
    Alarm, Command, Event, Intake,
    state::{Contact, NextIds, Offer, Operator, Phase, Promise},
    timers::{Timer, Timers},
};
use crate::{
    AttemptId, ContactId, MatterId, OfferId, OperatorId, PromiseId, Timestamp,
    contact::{Channel, ContactState, Owner, PromiseKind, Settlement},
    dialogue::{Dialogue, Heard, Leave, Line, Surroundings, Turn},
    place::{PlaceEstimate, Places},
    plan::Plan,
    service_level::Expectations,
};
use std::{collections::BTreeMap, sync::Arc};

/// A playback that nobody reports as ended is taken as ended after this.
const PLAYBACK_MS_MAX: u64 = 90_000;
/// What a recogniser may take beyond the caller's own time.
const RECOGNITION_MS_MAX: u64 = 15_000;

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
    pub(super) contacts: BTreeMap<ContactId, Contact>,
    pub(super) operators: BTreeMap<OperatorId, Operator>,
    pub(super) offers: BTreeMap<OfferId, Offer>,
    pub(super) attempts: BTreeMap<AttemptId, ContactId>,
    pub(super) promises: BTreeMap<PromiseId, Promise>,
    pub(super) timers: Timers,
    pub(super) ids: NextIds,
    pub(super) expectations: Expectations,
    pub(super) out: Vec<Command>,
}

impl Router {
    #[must_use]
    pub fn new(plan: Arc<Plan>, places: Arc<Places>, ids: NextIds) -> Self {
        Self {
            plan,
            places,
            contacts: BTreeMap::new(),
            operators: BTreeMap::new(),
            offers: BTreeMap::new(),
            attempts: BTreeMap::new(),
            promises: BTreeMap::new(),
            timers: Timers::default(),
            ids,
            expectations: Expectations::default(),
            out: Vec::new(),
        }
    }

    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Takes in one event. Whatever is due by `now` must have been taken by [`Router::tick`] before.
    pub fn handle(&mut self, now: Timestamp, event: &Event) -> Decision {
        let took_effect = self.take(now, event);
        Decision { commands: std::mem::take(&mut self.out), took_effect }
    }

    /// Does all that has fallen due; the caller records it as [`Event::TimePassed`].
    pub fn tick(&mut self, now: Timestamp) -> Vec<Command> {
        while let Some(timer) = self.timers.take_due(now) {
            self.fall_due(now, timer);
        }
        std::mem::take(&mut self.out)
    }

    /// When [`Router::tick`] must be called next, and what for.
    #[must_use]
    pub fn wake_at(&self) -> Option<(Timestamp, WakeReason)> {
        self.timers.next()
    }

    fn take(&mut self, now: Timestamp, event: &Event) -> bool {
        match event {
            Event::Started { interrupted, .. } => self.take_over(now, interrupted),
            Event::PlanChanged { .. } => true,
            Event::CallArrived { contact, matter, channel, place, intake } => {
                self.call_arrived(now, *contact, *matter, *channel, place.clone(), intake)
            }
            Event::PlaybackEnded { contact, playback } => self.playback_ended(now, *contact, *playback),
            Event::KeyPressed { contact, key } => self.key_pressed(now, *contact, *key),
            Event::WordsUnderstood { contact, understanding } => self.heard(now, *contact, &Heard::Words(understanding.clone())),
            Event::WordsMissed { contact } => self.heard(now, *contact, &Heard::Mumble),
            Event::SilenceHeard { contact } => self.heard(now, *contact, &Heard::Silence),
            Event::CallerHungUp { contact } => self.caller_gone(now, *contact, None),
            Event::CallBroken { contact, cause } => self.caller_gone(now, *contact, Some(*cause)),
            Event::OperatorSignedIn { operator, profile } => self.signed_in(now, *operator, profile),
            Event::OperatorSignedOut { operator } => self.signed_out(*operator),
            Event::OperatorReady { operator } => self.ready(now, *operator),
            Event::OperatorPaused { operator, reason } => self.paused(now, *operator, *reason),
            Event::NextIntentChosen { operator, next } => self.next_chosen(*operator, *next),
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
            Event::PartyRinging { .. } => true,
            Event::PartyAnswered { contact, attempt } => self.party_answered(now, *contact, *attempt),
            Event::PartyFailed { contact, attempt } => self.party_failed(now, *contact, *attempt),
            Event::PartyHungUp { contact, attempt } => self.party_hung_up(now, *contact, *attempt),
            Event::PromiseSettled { matter, promise, operator, outcome } => {
                self.promise_settled(now, *matter, *promise, *operator, outcome)
            }
            Event::TimePassed => true,
        }
    }

    fn fall_due(&mut self, now: Timestamp, timer: Timer) {
        match timer {
            Timer::DialogueTurn(contact) => {
                self.heard(now, contact, &Heard::Silence);
            }
            Timer::DialogueWhole(contact) => self.dialogue_ran_out(now, contact),
            Timer::NextStep(contact) => self.widen(now, contact),
            Timer::Announcement(contact) => self.announce(now, contact),
            Timer::QueueQuestion(contact) => self.play_music(contact),
            Timer::Offer(offer) => self.offer_expired(now, offer),
            Timer::Connecting(contact) => self.connecting_ran_out(now, contact),
            Timer::Talk(contact) => self.long_talk(now, contact),
            Timer::Attempt(attempt) => {
                if let Some(contact) = self.attempts.get(&attempt).copied() {
                    self.party_failed(now, contact, attempt);
                }
            }
            Timer::WrapUp(operator) => self.wrap_up_ran_out(now, operator),
            Timer::Grace(operator) => self.grace_ran_out(now, operator),
            Timer::Promise(promise) => self.promise_late(now, promise),
        }
    }

    // The dialogue

    fn call_arrived(
        &mut self,
        now: Timestamp,
        id: ContactId,
        matter: MatterId,
        channel: Channel,
        place: Option<PlaceEstimate>,
        intake: &Intake,
    ) -> bool {
        if self.contacts.contains_key(&id) {
            return false;
        }
        let owner = Owner::Dialogue;
        self.out.push(Command::OpenContact { contact: id, matter, channel, owner: owner.clone() });
        let region = place.as_ref().and_then(|place| place.region().cloned());
        let promise = self.promise(now, matter, PromiseKind::Answer, owner.clone(), self.plan.service_level.within_ms, region.clone());
        let (dialogue, turn) = Dialogue::start(
            intake.language,
            place.clone(),
            &Surroundings { plan: &self.plan, places: &self.places, recogniser: intake.recogniser },
        );
        let contact = Contact {
            id,
            matter,
            channel,
            arrived: now,
            language: intake.language,
            recogniser: intake.recogniser,
            place,
            region,
            intent: None,
            phase: Phase::Dialogue(dialogue),
            since: now,
            owner,
            promise,
            queued_since: None,
            waited_ms: None,
            visiting: None,
            playback: 0,
            why: None,
            on_line: true,
        };
        self.contacts.insert(id, contact);
        self.describe(id);
        self.out.push(Command::Answer { contact: id });
        self.timers.set(Timer::DialogueWhole(id), now.plus_ms(self.plan.dialogue.total_ms_max));
        self.take_turn(now, id, turn);
        true
    }

    pub(super) fn heard(&mut self, now: Timestamp, id: ContactId, heard: &Heard) -> bool {
        let plan = self.plan.clone();
        let places = self.places.clone();
        let Some(contact) = self.contacts.get_mut(&id) else { return false };
        let around = Surroundings { plan: &plan, places: &places, recogniser: contact.recogniser };
        let Phase::Dialogue(dialogue) = &mut contact.phase else { return false };
        let turn = dialogue.hear(heard, &around);
        self.learn_from_dialogue(id);
        self.take_turn(now, id, turn);
        true
    }

    fn dialogue_ran_out(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let around = Surroundings { plan: &self.plan, places: &self.places, recogniser: contact.recogniser };
        let Phase::Dialogue(dialogue) = &contact.phase else { return };
        let turn = dialogue.run_out(&around);
        self.take_turn(now, id, turn);
    }

    fn learn_from_dialogue(&mut self, id: ContactId) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        let Phase::Dialogue(dialogue) = &contact.phase else { return };
        let known = (dialogue.language(), dialogue.intent(), dialogue.place().cloned());
        if known == (contact.language, contact.intent, contact.place.clone()) {
            return;
        }
        (contact.language, contact.intent, contact.place) = known;
        contact.region = contact.place.as_ref().and_then(|place| place.region().cloned());
        self.describe(id);
    }

    pub(super) fn take_turn(&mut self, now: Timestamp, id: ContactId, turn: Turn) {
        match turn {
            Turn::Ask(lines) => {
                self.play(id, lines, false);
                self.timers.set(Timer::DialogueTurn(id), now.plus_ms(PLAYBACK_MS_MAX));
                if let Some(contact) = self.contacts.get(&id).filter(|contact| contact.recogniser) {
                    self.out.push(Command::Hear { contact: id, language: contact.language });
                }
            }
            Turn::Wait => {
                self.out.push(Command::StopPlaying { contact: id });
                self.timers.set(Timer::DialogueTurn(id), now.plus_ms(self.plan.dialogue.answer_ms_max));
            }
            Turn::Leave(leave) => self.leave_dialogue(now, id, &leave),
        }
    }

    fn leave_dialogue(&mut self, now: Timestamp, id: ContactId, leave: &Leave) {
        self.timers.clear(Timer::DialogueTurn(id));
        self.timers.clear(Timer::DialogueWhole(id));
        if self.contacts.get(&id).is_some_and(|contact| contact.recogniser) {
            self.out.push(Command::StopHearing { contact: id });
        }
        match leave {
            Leave::Emergency => self.ring_emergency(now, id),
            Leave::Queue { class, in_front } => match self.plan.class(class).and_then(|class| class.party.clone()) {
                Some(party) if !in_front => self.hand_to(now, id, party),
                _ => self.enter_queue(now, id, class, *in_front),
            },
        }
    }

    fn playback_ended(&mut self, now: Timestamp, id: ContactId, playback: u64) -> bool {
        let Some(contact) = self.contacts.get(&id).filter(|contact| contact.playback == playback) else { return false };
        if let Phase::Dialogue(_) = contact.phase {
            let recognition = if contact.recogniser { RECOGNITION_MS_MAX } else { 0 };
            self.timers.set(Timer::DialogueTurn(id), now.plus_ms(self.plan.dialogue.answer_ms_max + recognition));
        } else if self.timers.at(Timer::QueueQuestion(id)).is_some() {
            self.timers.set(Timer::QueueQuestion(id), now.plus_ms(self.plan.dialogue.answer_ms_max));
        } else {
            self.play_music(id);
        }
        true
    }

    fn key_pressed(&mut self, now: Timestamp, id: ContactId, key: char) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        match (&contact.phase, key) {
            (Phase::Dialogue(_), _) => self.heard(now, id, &Heard::Key(key)),
            (Phase::Queued(_) | Phase::Offered { .. }, _) => self.key_in_line(now, id, key),
            (Phase::Emergency { .. }, '2') => self.undo_emergency(now, id),
            _ => false,
        }
    }

    // Saying things

    pub(super) fn play(&mut self, id: ContactId, lines: Vec<Line>, repeat: bool) {
        let Some(contact) = self.contacts.get_mut(&id).filter(|contact| contact.on_line) else { return };
        contact.playback += 1;
        self.out.push(Command::Play { contact: id, playback: contact.playback, language: contact.language, lines, repeat });
    }

    pub(super) fn play_music(&mut self, id: ContactId) {
        self.play(id, vec![Line::Music], true);
    }

    pub(super) fn describe(&mut self, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        self.out.push(Command::Describe {
            contact: id,
            region: contact.region.clone(),
            uncertain: contact.place.as_ref().is_none_or(|place| place.uncertain),
            intent: contact.intent,
            language: contact.language,
        });
    }

    pub(super) fn alarm(&mut self, alarm: Alarm, contact: Option<ContactId>) {
        self.out.push(Command::RaiseAlarm { alarm, contact });
    }

    /// Moves a contact into a phase and records its state and owner.
    pub(super) fn enter(&mut self, now: Timestamp, id: ContactId, state: ContactState, owner: Owner, phase: Phase) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        contact.phase = phase;
        contact.since = now;
        let (promise, matter) = (contact.promise, contact.matter);
        let passed = contact.owner != owner;
        contact.owner = owner.clone();
        self.out.push(Command::MoveContact { contact: id, state, owner: owner.clone() });
        if passed {
            self.pass_promise(promise, matter, owner);
        }
    }

    // Promises

    pub(super) fn promise(
        &mut self,
        now: Timestamp,
        matter: MatterId,
        kind: PromiseKind,
        owner: Owner,
        within_ms: u64,
        region: Option<crate::RegionId>,
    ) -> PromiseId {
        let promise = self.ids.promise();
        let due = now.plus_ms(within_ms);
        self.out.push(Command::MakePromise { promise, matter, promise_kind: kind, owner: owner.clone(), due });
        self.promises.insert(promise, Promise { matter, kind, owner, due, region, alarmed: false });
        self.timers.set(Timer::Promise(promise), due);
        promise
    }

    pub(super) fn settle(&mut self, promise: PromiseId, settlement: Settlement) {
        if let Some(known) = self.promises.remove(&promise) {
            self.timers.clear(Timer::Promise(promise));
            self.out.push(Command::SettlePromise { promise, matter: known.matter, settlement });
        }
    }

    fn pass_promise(&mut self, promise: PromiseId, matter: MatterId, owner: Owner) {
        if let Some(known) = self.promises.get_mut(&promise) {
            known.owner = owner.clone();
            self.out.push(Command::PassPromise { promise, matter, owner });
        }
    }

    /// A promise that is owed beyond a conversation goes to the supervisors' unit when it is late.
    fn promise_late(&mut self, _now: Timestamp, promise: PromiseId) {
        let Some(known) = self.promises.get_mut(&promise) else { return };
        if known.kind == PromiseKind::Answer || known.alarmed {
            return;
        }
        known.alarmed = true;
        let (matter, region) = (known.matter, known.region.clone());
        if known.kind != PromiseKind::Conclude {
            let owner = self.unit_of(region.as_ref());
            self.pass_promise(promise, matter, owner);
        }
        self.alarm(Alarm::PromiseLate { promise }, None);
    }

    /// The unit that owns follow-ups of a region.
    pub(super) fn unit_of(&self, region: Option<&crate::RegionId>) -> Owner {
        let region = region.or_else(|| self.plan.regions.first().map(|region| &region.id));
        Owner::Unit(self.plan.follow_up.unit.replace("{region}", region.map_or("", |region| region.as_str())))
    }
}

impl NextIds {
    pub(super) fn promise(&mut self) -> PromiseId {
        self.promise += 1;
        PromiseId(self.promise - 1)
    }

    pub(super) fn offer(&mut self) -> OfferId {
        self.offer += 1;
        OfferId(self.offer - 1)
    }

    pub(super) fn attempt(&mut self) -> AttemptId {
        self.attempt += 1;
        AttemptId(self.attempt - 1)
    }
}
