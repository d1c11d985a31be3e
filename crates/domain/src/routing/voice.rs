//! The caller's own line: the dialogue's turns, the keys pressed, and what is played.

use super::{
    Command, Intake,
    command::put,
    router::Router,
    state::{Contact, Eased, FormOffer, Phase, Reach, Taking, Talk},
    timers::Timer,
};
use crate::{
    ContactId, MatterId, MessageNumber, Timestamp,
    contact::{Channel, Owner, PromiseKind},
    dialogue::{Dialogue, Heard, Leave, Line, Surroundings, Turn},
    intent::{Gate, Understanding},
    place::PlaceEstimate,
};

/// A playback that nobody reports as ended is taken as ended after this.
const PLAYBACK_MS_MAX: u64 = 90_000;
/// What speaking and a recogniser may take beyond the caller's own time: the longest utterance, the silence that
/// ends it, and the longest answer that a configuration may allow.
const RECOGNITION_MS_MAX: u64 = 23_000;
/// Three digits of a postal code are asked for; whoever keys all five is given this long for each more.
const DIGITS_TO_COME: u8 = 2;
const DIGIT_MS_MAX: u64 = 4_000;

impl Router {
    pub(super) fn call_arrived(
        &mut self,
        now: Timestamp,
        id: ContactId,
        matter: MatterId,
        channel: Channel,
        place: Option<PlaceEstimate>,
        intake: &Intake,
    ) -> bool {
        if self.is_known(id) {
            return false;
        }
        self.come_in(now, id, matter);
        let (owner, region) = (Owner::Dialogue, place.as_ref().and_then(|place| place.region().cloned()));
        put(&mut self.out, || Command::OpenContact { contact: id, matter, channel, owner: owner.clone() });
        let promise = self.promise(now, matter, PromiseKind::Answer, owner.clone(), self.plan.service_level.within_ms, region.clone());
        let (dialogue, turn) = self.begin_dialogue(place.clone(), intake);
        let contact = Box::new(Contact {
            id,
            matter,
            channel,
            arrived: now,
            language: intake.language,
            recogniser: intake.recogniser,
            place,
            region,
            intent: intake.intent,
            phase: Phase::Dialogue(dialogue),
            since: now,
            owner,
            promise,
            queued_since: None,
            returned_at: None,
            waited_ms: None,
            visiting: None,
            playback: 0,
            digits_to_come: (0, now),
            why: None,
            on_line: true,
            owed_soon: false,
            urged: false,
            question: None,
            reach: Reach::Region,
            eased: Eased::default(),
            spoke_with: intake.spoke_with,
            anonymous: intake.anonymous,
            corrected_from: None,
            turned_from: None,
            textable: intake.textable,
            mailable: intake.mailable,
            next_message: MessageNumber::default(),
            told_not_reached: None,
            circumstances: Vec::new(),
            told_danger: false,
            form: FormOffer::None,
            callable: intake.callable && !intake.anonymous,
            taking: Taking::Nothing,
            times: None,
            call: None,
            owed: intake.owed,
            joined: false,
            addition: None,
        });
        self.keep_matter(matter);
        self.contacts.insert(contact);
        self.hold(id, promise);
        self.describe(id);
        self.pick_up(now, id, turn);
        true
    }

    fn pick_up(&mut self, now: Timestamp, id: ContactId, turn: Turn) {
        put(&mut self.out, || Command::Answer { contact: id });
        if !matches!(turn, Turn::Leave(_)) {
            self.timers.set(Timer::DialogueWhole(id), now.plus_ms(self.plan.dialogue.total_ms_max));
        }
        self.take_turn(now, id, turn);
    }

    /// A contact of this number comes in about this matter.
    fn come_in(&mut self, now: Timestamp, id: ContactId, matter: MatterId) {
        self.ids.pass_contact(id);
        self.waits_no_more(now, matter);
    }

    fn begin_dialogue(&self, place: Option<PlaceEstimate>, intake: &Intake) -> (Dialogue, Turn) {
        let around = Surroundings { plan: &self.plan, places: &self.places, recogniser: intake.recogniser };
        match (intake.intent, &self.plan.dialogue.straight_to) {
            (Some(intent), _) => Dialogue::asked_before(intake.language, place, intent, &around),
            (None, Some(class)) => Dialogue::straight_to(class.clone(), intake.language, place),
            (None, None) => Dialogue::start(intake.language, place, &around),
        }
    }

    pub(super) fn heard(&mut self, now: Timestamp, id: ContactId, heard: &Heard) -> bool {
        let plan = self.plan.clone();
        let places = self.places.clone();
        let Some(contact) = self.contacts.get_mut(&id) else { return false };
        let around = Surroundings { plan: &plan, places: &places, recogniser: contact.recogniser };
        let Phase::Dialogue(dialogue) = &mut contact.phase else { return false };
        let entering = dialogue.is_entering_digits() && matches!(heard, Heard::Key(key) if key.is_ascii_digit());
        let turn = dialogue.hear(heard, &around);
        if entering && matches!(turn, Turn::Leave(_)) {
            contact.digits_to_come = (DIGITS_TO_COME, now.plus_ms(DIGIT_MS_MAX));
        }
        self.learn_from_dialogue(id);
        self.take_turn(now, id, turn);
        true
    }

    /// Words come a moment after they were said. Whoever has pressed a key meanwhile has answered by it:
    /// a "no" to the question before is none to this one. Only danger still counts, and the operator can
    /// read what was said.
    pub(super) fn words_came(&mut self, now: Timestamp, id: ContactId, understanding: &Understanding, after: Option<u64>) -> bool {
        let danger = understanding.gate == Gate::Direct;
        let late = self.is_late(id, after);
        self.note_circumstances(id, understanding);
        let Some(contact) = self.contacts.get(&id).filter(|contact| !contact.is_off_line_call()) else { return false };
        match &contact.phase {
            Phase::Dialogue(_) if !late || danger => self.heard(now, id, &Heard::Words(understanding.clone())),
            phase if phase.is_waiting() => {
                self.words_while_waiting(now, id, understanding, late);
                true
            }
            _ => true,
        }
    }

    /// Something was said that no recogniser could read.
    pub(super) fn mumbled(&mut self, now: Timestamp, id: ContactId) -> bool {
        if !self.is_asked(id) {
            return self.heard(now, id, &Heard::Mumble);
        }
        self.ask_once_more(now, id);
        true
    }

    pub(super) fn fell_silent(&mut self, now: Timestamp, id: ContactId) -> bool {
        if !self.is_asked(id) {
            return self.heard(now, id, &Heard::Silence);
        }
        self.question_unanswered(now, id);
        true
    }

    /// Whether something else was played since.
    pub(super) fn is_late(&self, id: ContactId, after: Option<u64>) -> bool {
        after.is_some_and(|after| self.contacts.get(&id).is_some_and(|contact| contact.playback != after))
    }

    pub(super) fn dialogue_ran_out(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let around = Surroundings { plan: &self.plan, places: &self.places, recogniser: contact.recogniser };
        let Phase::Dialogue(dialogue) = &contact.phase else { return };
        let turn = dialogue.run_out(&around);
        self.take_turn(now, id, turn);
    }

    fn learn_from_dialogue(&mut self, id: ContactId) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        let Phase::Dialogue(dialogue) = &contact.phase else { return };
        let known = (dialogue.language(), dialogue.intent(), dialogue.place().cloned(), dialogue.is_urgent());
        if known == (contact.language, contact.intent, contact.place.clone(), contact.urged) {
            return;
        }
        (contact.language, contact.intent, contact.place, contact.urged) = known;
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
            Leave::Help(helper) => self.ring_for_help(now, id, *helper),
            Leave::Queue { class, in_front } => match self.plan.class(class).and_then(|class| Some((class, class.party.clone()?))) {
                Some((of_party, _)) if !in_front && self.plan.class_closed(of_party, now).is_some() => self.turn_from_party(now, id, class),
                Some((_, party)) if !in_front => self.hand_to(now, id, party),
                _ => self.enter_queue(now, id, class, *in_front),
            },
        }
        match leave {
            // Led to a person because the question had no answer; one that comes late still counts.
            Leave::Queue { in_front: true, .. } => self.keep_question_open(now, id),
            // A sign of danger came too late in the dialogue to be asked about there.
            Leave::Queue { .. } if self.contacts.get(&id).is_some_and(|contact| contact.urged) => self.ask_whether_danger(now, id, 0),
            Leave::Queue { .. } | Leave::Help(_) => {}
        }
    }

    /// What follows what was played: the time to answer, or the music. Nothing is ever played into a
    /// conversation.
    pub(super) fn playback_ended(&mut self, now: Timestamp, id: ContactId, playback: u64) -> bool {
        let Some(contact) = self.contacts.get(&id).filter(|contact| contact.on_line && contact.playback == playback) else { return false };
        let answer_ms_max = self.plan.dialogue.answer_ms_max;
        let recognition_ms = if contact.recogniser { RECOGNITION_MS_MAX } else { 0 };
        match &contact.phase {
            Phase::Dialogue(_) => self.timers.set(Timer::DialogueTurn(id), now.plus_ms(answer_ms_max + recognition_ms)),
            _ if self.is_asked(id) => self.timers.set(Timer::QueueQuestion(id), now.plus_ms(answer_ms_max + recognition_ms)),
            _ if contact.taking != Taking::Nothing => self.await_number(now, id, answer_ms_max),
            Phase::Queued(_)
            | Phase::Offered { .. }
            | Phase::Connecting { .. }
            | Phase::Emergency { .. }
            | Phase::Handing { .. }
            | Phase::OperatorLost { .. }
            | Phase::Talking(Talk { held: true, .. }) => self.play_music(id),
            Phase::Talking(_) | Phase::WithParty { .. } | Phase::WrapUp { .. } | Phase::Resting | Phase::Dialling { .. } => return false,
        }
        true
    }

    pub(super) fn key_pressed(&mut self, now: Timestamp, id: ContactId, key: char) -> bool {
        let Some(contact) = self.contacts.get(&id).filter(|contact| !contact.is_off_line_call()) else { return false };
        match (&contact.phase, key) {
            (Phase::Dialogue(_), _) => self.heard(now, id, &Heard::Key(key)),
            (Phase::Emergency { .. }, '2') => self.undo_emergency(now, id),
            (phase, _) if phase.is_waiting() => self.rest_of_postal_code(now, id, key) || self.key_while_waiting(now, id, key),
            _ => false,
        }
    }

    /// The last digits of a postal code mean nothing in line: 411 91 does not ring 112.
    fn rest_of_postal_code(&mut self, now: Timestamp, id: ContactId, key: char) -> bool {
        let Some(contact) = self.contacts.get_mut(&id) else { return false };
        let (to_come, until) = contact.digits_to_come;
        let rest = to_come > 0 && now < until && key.is_ascii_digit();
        if rest {
            contact.digits_to_come = (to_come - 1, now.plus_ms(DIGIT_MS_MAX));
        }
        rest
    }

    // Saying things

    pub(super) fn play(&mut self, id: ContactId, lines: Vec<Line>, repeat: bool) {
        let Some(contact) = self.contacts.get_mut(&id).filter(|contact| contact.on_line) else { return };
        contact.playback += 1;
        put(&mut self.out, || Command::Play { contact: id, playback: contact.playback, language: contact.language, lines, repeat });
    }

    pub(super) fn play_music(&mut self, id: ContactId) {
        self.play(id, vec![Line::Music], true);
    }
}
