//! Carrying out what was decided and saved: the only place that speaks to telephony and desks.
//! Every act is safe to repeat, and none waits for anything.

use crate::{
    call_backs::{Call, CallBacks},
    desk::DeskEvent,
    input::Input,
    legs::{Legs, Use, bridge_of, consult_bridge_of},
    live::{AlarmNotice, Deployment, Raised},
    mail_in::MailInStand,
    measures,
    messages::Messages,
    pages::Pages,
    parties::{CallerPlace, dial_for},
    talk::Talk,
};
use domain::{
    AttemptId, ContactId, MatterId, OperatorId, Timestamp,
    contact::{ContactState, Owner, ReachedBy, Reference},
    dialogue::Line,
    intent::Language,
    routing::{Command, Consulted, Event, Explanation, Reason},
};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use telephony::{LegId, Listening, Playback, PlaybackId, Sound, Telephony};
use tokio::sync::mpsc::{self, error::TrySendError};

/// How long we listen to one utterance, and for the silence that ends it. How long the first word may
/// take is the plan's.
const UTTERANCE_MS_MAX: u64 = 12_000;
const END_SILENCE_MS: u64 = 600;

/// What acting shares with the loop.
pub(crate) struct Stage {
    pub telephony: Telephony,
    pub deployment: RwLock<Arc<Deployment>>,
    pub legs: Mutex<Legs>,
    pub pages: Mutex<Pages>,
    pub alarms: Mutex<VecDeque<AlarmNotice>>,
    /// Where a desk telephone of an operator is rung.
    pub telephones: Mutex<BTreeMap<OperatorId, String>>,
    /// Where callers on the line are, as it was sent, to hand over with a call; gone when it ends.
    pub places: Mutex<BTreeMap<ContactId, CallerPlace>>,
    pub matters: Mutex<BTreeMap<ContactId, MatterId>>,
    /// What was last played to callers on the line.
    pub playing: Mutex<BTreeMap<ContactId, u64>>,
    /// Callers who are hung up on when the last words are said, with the latest time of that.
    pub goodbyes: Mutex<BTreeMap<LegId, Timestamp>>,
    pub inputs: mpsc::Sender<Input>,
    pub messages: Arc<Messages>,
    /// Whom it is found out about whether they may be asked how it was.
    pub surveys: mpsc::Sender<ContactId>,
    /// How mail in stands; none where no mail is taken in.
    pub mail_in: Mutex<Option<MailInStand>>,
    pub call_backs: CallBacks,
    pub trunk: String,
}

impl Stage {
    pub fn deployment(&self) -> Arc<Deployment> {
        self.deployment.read().clone()
    }

    pub fn set_deployment(&self, next: Arc<Deployment>) {
        *self.deployment.write() = next;
    }

    /// Whether a text message reaches this number, and a mail this address.
    pub fn reach_of(&self, number: Option<&str>, mail: Option<&str>) -> ReachedBy {
        let rule = self.deployment().plan.texts.clone();
        ReachedBy { textable: self.messages.carries_to_number(number, rule.as_ref()), mailable: self.messages.carries_to_mail(mail) }
    }

    /// Does what was decided `at`. Whoever is given a time to answer has all of it from now, however
    /// late this is.
    pub fn carry_out<'a>(&self, at: Timestamp, commands: impl IntoIterator<Item = &'a Command>) {
        let late_ms = crate::clock::now().since_ms(at);
        for command in commands {
            self.act(at, late_ms, command);
        }
    }

    fn act(&self, at: Timestamp, late_ms: u64, command: &Command) {
        match command {
            Command::Answer { contact } => self.on_caller(*contact, |telephony, leg| telephony.answer(leg)),
            Command::Play { contact, playback, language, lines, repeat } => self.play(*contact, *playback, *language, lines, *repeat),
            Command::SayGoodbye { contact, playback, language, lines } => {
                let (sounds, repeat) = self.sounds_of(*contact, *language, lines, false);
                self.part_with(*contact, Playback { id: PlaybackId(*playback), sounds, repeat });
            }
            Command::StopPlaying { contact } => self.on_caller(*contact, Telephony::stop_playing),
            Command::Hear { contact, .. } => self.on_caller(*contact, |telephony, leg| telephony.listen(leg, self.listening())),
            Command::StopHearing { contact } => self.on_caller(*contact, Telephony::stop_listening),
            Command::HangUp { contact } => self.on_caller(*contact, Telephony::hang_up),
            Command::Ring { offer, contact, operator, until, why } => {
                self.ring_operator(*offer, *contact, *operator, until.plus_ms(late_ms), || Explanation::clone(why));
            }
            Command::RingColleague { offer, contact, operator, until, .. } => {
                self.ring_operator(*offer, *contact, *operator, until.plus_ms(late_ms), asked_for);
            }
            Command::StopRinging { offer, operator } => {
                self.hang_up_telephone(*operator, Some(*offer));
                self.tell(*operator, &DeskEvent::StopRing { offer: *offer });
            }
            Command::Connect { contact, operator } => self.connect(*contact, *operator),
            Command::Hold { contact } => self.arrange(*contact, |talk| talk.held = true),
            Command::Resume { contact } => {
                self.on_caller(*contact, Telephony::stop_playing);
                self.arrange(*contact, |talk| *talk = Talk { operator: talk.operator, ..Talk::default() });
            }
            Command::Release { contact, operator } => self.release(*contact, *operator),
            Command::Dial { contact, attempt, party, until } => self.dial(*contact, *attempt, party, until.plus_ms(late_ms)),
            Command::CancelDial { contact, attempt } | Command::DropParty { contact, attempt } => self.drop_party(*contact, *attempt),
            Command::ConnectConsult { contact, attempt, with, .. } => self.connect_consult(*contact, *attempt, with),
            Command::ConnectConference { contact, attempt, with, .. } => {
                self.on_caller(*contact, Telephony::stop_playing);
                self.arrange(*contact, |talk| {
                    *talk = Talk { other: Some((*attempt, with.clone())), held: false, together: true, ..talk.clone() };
                });
            }
            Command::ConnectParty { contact, attempt } => self.connect_party(*contact, *attempt),
            other => self.act_on_record(at, late_ms, other),
        }
    }

    /// What follows from a record, and for nobody on a line.
    fn act_on_record(&self, at: Timestamp, late_ms: u64, command: &Command) {
        match command {
            Command::RaiseAlarm { alarm, contact } => self.raise(at, alarm.clone(), *contact),
            Command::OpenContact { contact, matter, .. } | Command::LinkContact { contact, matter } => {
                self.matters.lock().insert(*contact, *matter);
            }
            Command::MoveContact { contact, state, owner } => self.tell_of_move(*contact, *state, owner),
            Command::CloseContact { contact, .. } => self.forget(*contact),
            Command::DialCitizen { contact, attempt, operator, from, until } => {
                let until = until.plus_ms(late_ms);
                self.dial_citizen(Call { contact: *contact, attempt: *attempt, operator: *operator, from: *from, until });
            }
            Command::CancelCitizen { attempt, .. } => self.cancel_citizen(*attempt),
            Command::OweMessage { .. } | Command::SettleMessage { .. } => self.messages.tell(),
            Command::WeighOpinion { contact } => self.weigh_opinion(*contact),
            // Keys are collected from the decision on.
            Command::AskNumber { .. } => {}
            // Done already.
            Command::Answer { .. }
            | Command::Play { .. }
            | Command::SayGoodbye { .. }
            | Command::StopPlaying { .. }
            | Command::Hear { .. }
            | Command::StopHearing { .. }
            | Command::HangUp { .. }
            | Command::Ring { .. }
            | Command::RingColleague { .. }
            | Command::StopRinging { .. }
            | Command::Connect { .. }
            | Command::Hold { .. }
            | Command::Resume { .. }
            | Command::Release { .. }
            | Command::Dial { .. }
            | Command::CancelDial { .. }
            | Command::DropParty { .. }
            | Command::ConnectConsult { .. }
            | Command::ConnectConference { .. }
            | Command::ConnectParty { .. } => {}
            // Nothing more follows.
            Command::Describe { .. }
            | Command::EnterQueue { .. }
            | Command::EndVisit { .. }
            | Command::MakePromise { .. }
            | Command::PassPromise { .. }
            | Command::SettlePromise { .. }
            | Command::PausePromise { .. }
            | Command::ResumePromise { .. }
            | Command::AwaitRingBack { .. }
            | Command::CloseMatter { .. }
            | Command::ReopenMatter { .. }
            | Command::DecideMatter { .. }
            | Command::DecideReport { .. }
            | Command::OweAddition { .. }
            | Command::OweCall { .. }
            | Command::RestCall { .. }
            | Command::HoldTime { .. }
            | Command::ReleaseTime { .. }
            | Command::BookTime { .. }
            | Command::MoveBooking { .. }
            | Command::RemindCitizen { .. }
            | Command::CancelBooking { .. }
            | Command::EndBooking { .. }
            | Command::AwaitOpinion { .. }
            | Command::SettleSurvey { .. }
            | Command::KeepOpinion { .. }
            | Command::SetSurge { .. } => {}
        }
    }

    fn play(&self, contact: ContactId, playback: u64, language: Language, lines: &[Line], repeat: bool) {
        self.playing.lock().insert(contact, playback);
        let (sounds, repeat) = self.sounds_of(contact, language, lines, repeat);
        let playback = Playback { id: PlaybackId(playback), sounds, repeat };
        self.on_caller(contact, |telephony, leg| telephony.play(leg, playback));
    }

    /// What to play for these lines, with the number in its place at which the caller would be rung.
    fn sounds_of(&self, contact: ContactId, language: Language, lines: &[Line], repeat: bool) -> (Vec<Arc<Sound>>, bool) {
        let deployment = self.deployment();
        if !lines.contains(&Line::CallBackNumber) {
            return deployment.sounds.of(language, lines, repeat);
        }
        let number = Line::Digits(self.call_backs.read_out(contact, deployment.plan.call_backs.as_ref()));
        let with_number = |line: &Line| if *line == Line::CallBackNumber { number.clone() } else { line.clone() };
        deployment.sounds.of(language, &lines.iter().map(with_number).collect::<Vec<Line>>(), repeat)
    }

    fn listening(&self) -> Listening {
        Listening {
            first_speech_ms_max: self.deployment().plan.dialogue.answer_ms_max,
            utterance_ms_max: UTTERANCE_MS_MAX,
            end_silence_ms: END_SILENCE_MS,
        }
    }

    pub(crate) fn on_caller(&self, contact: ContactId, act: impl FnOnce(&Telephony, LegId)) {
        let leg = self.legs.lock().caller(contact);
        if let Some(leg) = leg {
            act(&self.telephony, leg);
        }
    }

    /// Tells the loop what acting found out. Acting waits for nothing: when the queue is full the
    /// event waits beside it, and the router's deadline takes over if it comes too late.
    pub fn send(&self, event: Event) {
        if let Err(TrySendError::Full(input)) = self.inputs.try_send(Input::Event(event)) {
            let inputs = self.inputs.clone();
            tracing::warn!("the loop's queue is full: an event of an act waits for room");
            tokio::spawn(async move {
                let _ = inputs.send(input).await;
            });
        }
    }

    // Operators

    fn ring_operator(
        &self,
        offer: domain::OfferId,
        contact: ContactId,
        operator: OperatorId,
        until: Timestamp,
        why: impl FnOnce() -> Explanation,
    ) {
        if !self.ring_telephone(operator, offer, until) {
            self.ring_page(offer, contact, operator, until, why());
        }
    }

    fn ring_page(&self, offer: domain::OfferId, contact: ContactId, operator: OperatorId, until: Timestamp, why: Explanation) {
        let Some(matter) = self.matters.lock().get(&contact).copied() else { return };
        let reference = Reference::of(matter);
        self.tell(operator, &DeskEvent::Ring { offer, contact, reference, until, why: Box::new(why) });
    }

    /// True when the operator answers at a SIP telephone, which is ringing now. A page whose sound is
    /// connected goes first.
    fn ring_telephone(&self, operator: OperatorId, offer: domain::OfferId, until: Timestamp) -> bool {
        let Some(target) = self.telephones.lock().get(&operator).cloned() else { return false };
        let mut legs = self.legs.lock();
        if legs.connected(operator).is_some_and(|leg| matches!(legs.use_of(leg), Some(Use::Browser(..)))) {
            return false;
        }
        let leg = self.telephony.dial(telephony::Dial {
            target,
            from_user: "svar".to_owned(),
            from_display: None,
            extra_headers: Vec::new(),
            extra_parts: Vec::new(),
            ring_timeout_ms: until.since_ms(crate::clock::now()),
        });
        let before = legs.add(leg, Use::Telephone(operator, offer));
        if let Some(before) = before {
            self.telephony.hang_up(before);
        }
        true
    }

    fn hang_up_telephone(&self, operator: OperatorId, only: Option<domain::OfferId>) {
        let mut legs = self.legs.lock();
        let Some(connected) = legs.operator(operator) else { return };
        if let Some(Use::Telephone(_, offer)) = legs.use_of(connected.leg)
            && only.is_none_or(|only| only == offer)
        {
            legs.remove(connected.leg);
            self.telephony.hang_up(connected.leg);
        }
    }

    fn connect(&self, contact: ContactId, operator: OperatorId) {
        let both_there = {
            let legs = self.legs.lock();
            legs.caller(contact).is_some() && legs.connected(operator).is_some()
        };
        if both_there {
            self.on_caller(contact, Telephony::stop_playing);
            self.stop_ringing_tone(operator);
            self.open_microphone(operator);
            self.arrange(contact, |talk| *talk = Talk::with(operator));
            self.send(Event::OperatorConnected { contact, operator });
        } else {
            self.send(Event::OperatorUnreachable { contact, operator });
        }
    }

    /// A page's leg outlives its conversations: silence asked for in one of them must not meet the next
    /// citizen.
    fn open_microphone(&self, operator: OperatorId) {
        let leg = self.legs.lock().connected(operator);
        if let Some(leg) = leg {
            self.telephony.mute(leg, false);
        }
    }

    fn connect_consult(&self, contact: ContactId, attempt: AttemptId, with: &Consulted) {
        if let Consulted::Operator(colleague) = with {
            self.open_microphone(*colleague);
        }
        self.arrange(contact, |talk| {
            *talk = Talk { other: Some((attempt, with.clone())), held: true, together: false, ..talk.clone() };
        });
    }

    /// Changes a conversation and wires its legs accordingly. The table is held meanwhile, so that
    /// of two changes at once the later one's wires stay.
    fn arrange(&self, contact: ContactId, change: impl FnOnce(&mut Talk)) {
        let mut legs = self.legs.lock();
        legs.change_talk(contact, change);
        self.wire(&legs, contact);
    }

    fn wire(&self, legs: &Legs, contact: ContactId) {
        let wiring = legs.wiring(contact);
        self.telephony.bridge(consult_bridge_of(contact), wiring.consult);
        self.telephony.bridge(bridge_of(contact), wiring.talk);
    }

    /// An operator's sound is there anew: back into the conversations that it belongs to.
    pub fn rejoin(&self, operator: OperatorId) {
        let legs = self.legs.lock();
        for contact in legs.talks_of(operator) {
            self.wire(&legs, contact);
        }
    }

    fn release(&self, contact: ContactId, operator: OperatorId) {
        self.arrange(contact, |talk| talk.leave(operator));
        self.stop_ringing_tone(operator);
        self.open_microphone(operator);
        self.hang_up_telephone(operator, None);
    }

    // Parties

    fn dial(&self, contact: ContactId, attempt: AttemptId, party: &domain::PartyId, until: Timestamp) {
        let deployment = self.deployment();
        let Some(party) = deployment.plan.parties.get(party) else {
            return self.send(Event::PartyFailed { contact, attempt });
        };
        let place = self.places.lock().get(&contact).cloned();
        let dial = dial_for(party, &self.trunk, &deployment.plan, place, until.since_ms(crate::clock::now()));
        // Held over the dialling, so that a call that fails at once finds its attempt.
        let mut legs = self.legs.lock();
        let leg = self.telephony.dial(dial);
        if let Some(before) = legs.add(leg, Use::Party(contact, attempt)) {
            self.telephony.hang_up(before);
        }
    }

    fn connect_party(&self, contact: ContactId, attempt: AttemptId) {
        self.on_caller(contact, Telephony::stop_playing);
        self.arrange(contact, |talk| {
            // Which party it is makes no difference to the wires.
            let other = talk.other.take().filter(|(known, _)| *known == attempt);
            let other = other.or_else(|| Some((attempt, Consulted::Party(domain::PartyId::new("")))));
            *talk = Talk { other, ..Talk::default() };
        });
    }

    fn drop_party(&self, contact: ContactId, attempt: AttemptId) {
        self.arrange(contact, |talk| talk.drop_attempt(attempt));
        let mut legs = self.legs.lock();
        if let Some(party) = legs.party(attempt) {
            legs.remove(party.leg);
            self.telephony.hang_up(party.leg);
        }
    }

    // Telling

    pub fn tell(&self, operator: OperatorId, event: &DeskEvent) {
        self.pages.lock().tell(operator, event);
    }

    fn tell_of_move(&self, contact: ContactId, state: ContactState, owner: &Owner) {
        let Owner::Operator(operator) = owner else { return };
        match state {
            ContactState::Talking => self.tell(*operator, &DeskEvent::Connected { contact }),
            ContactState::WrapUp => self.tell(*operator, &DeskEvent::Ended { contact }),
            // Told by the page itself, which is drawn anew.
            ContactState::Dialogue
            | ContactState::Queued
            | ContactState::Offered
            | ContactState::Connecting
            | ContactState::OnHold
            | ContactState::Consulting
            | ContactState::EmergencyTransfer
            | ContactState::WithParty
            | ContactState::OperatorLost
            | ContactState::Resting
            | ContactState::Dialling
            | ContactState::Unread
            | ContactState::Closed => {}
        }
    }

    pub fn raise(&self, at: Timestamp, alarm: impl Into<Raised>, contact: Option<ContactId>) {
        let alarm = alarm.into();
        tracing::warn!(?alarm, contact = contact.map(|contact| contact.0), "alarm");
        metrics::counter!(measures::ALARMS).increment(1);
        let mut alarms = self.alarms.lock();
        alarms.push_front(AlarmNotice { at, alarm, contact });
        alarms.truncate(crate::live::ALARMS_MAX);
    }

    fn forget(&self, contact: ContactId) {
        self.places.lock().remove(&contact);
        self.matters.lock().remove(&contact);
        self.playing.lock().remove(&contact);
        let mut legs = self.legs.lock();
        legs.end_talk(contact);
        self.wire(&legs, contact);
    }
}

/// A colleague rings because somebody asked for them by name, not because of a rule.
fn asked_for() -> Explanation {
    Explanation {
        queue: domain::QueueId::new(""),
        waited_ms: 0,
        step: 0,
        reason: Reason::AskedFor,
        language: domain::intent::Language::English,
        eligible_contacts: 0,
        contacts_behind: Vec::new(),
        operators_behind: Vec::new(),
        idle_ms: 0,
    }
}
