//! Carrying out what was decided and saved: the only place that speaks to telephony and desks.
//! Every act is safe to repeat, and none waits for anything.

use crate::{
    desk::DeskEvent,
    input::Input,
    legs::{Legs, Use, bridge_of, consult_bridge_of},
    live::{Deployment, AlarmNotice},
    pages::Pages,
    parties::dial_for,
};
use domain::{
    AttemptId, ContactId, MatterId, OperatorId, Timestamp,
    contact::{ContactState, Owner, Reference},
    routing::{Command, Consulted, Event, Explanation, Reason},
};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use telephony::{LegId, Listening, Playback, PlaybackId, Telephony};
use tokio::sync::mpsc;

/// How long we listen for the first word, to one utterance, and for the silence that ends it.
const LISTENING: Listening = Listening { first_speech_ms_max: 6_000, utterance_ms_max: 12_000, end_silence_ms: 700 };

/// What acting shares with the loop.
pub(crate) struct Stage {
    pub telephony: Telephony,
    pub deployment: Arc<Deployment>,
    pub legs: Mutex<Legs>,
    pub pages: Mutex<Pages>,
    pub alarms: Mutex<VecDeque<AlarmNotice>>,
    /// Where a desk telephone of an operator is rung.
    pub telephones: Mutex<BTreeMap<OperatorId, String>>,
    /// Positions of callers on the line, to hand over with a call; gone when it ends.
    pub places: Mutex<BTreeMap<ContactId, domain::place::Circle>>,
    pub matters: Mutex<BTreeMap<ContactId, MatterId>>,
    pub inputs: mpsc::Sender<Input>,
    pub trunk: String,
}

impl Stage {
    pub fn carry_out(&self, at: Timestamp, commands: &[Command]) {
        for command in commands {
            self.act(at, command);
        }
    }

    fn act(&self, at: Timestamp, command: &Command) {
        match command {
            Command::Answer { contact } => self.on_caller(*contact, |telephony, leg| telephony.answer(leg)),
            Command::Play { contact, playback, language, lines, repeat } => {
                let (sounds, repeat) = self.deployment.sounds.of(*language, lines, *repeat);
                let playback = Playback { id: PlaybackId(*playback), sounds, repeat };
                self.on_caller(*contact, |telephony, leg| telephony.play(leg, playback));
            }
            Command::StopPlaying { contact } => self.on_caller(*contact, Telephony::stop_playing),
            Command::Hear { contact, .. } => self.on_caller(*contact, |telephony, leg| telephony.listen(leg, LISTENING)),
            Command::StopHearing { contact } => self.on_caller(*contact, Telephony::stop_listening),
            Command::HangUp { contact } => self.on_caller(*contact, Telephony::hang_up),
            Command::Ring { offer, contact, operator, until, why } => {
                if self.ring_telephone(*operator, *offer, *until) {
                    return;
                }
                self.ring_page(*offer, *contact, *operator, *until, why.clone());
            }
            Command::RingColleague { offer, contact, operator, until, .. } => {
                if !self.ring_telephone(*operator, *offer, *until) {
                    self.ring_page(*offer, *contact, *operator, *until, asked_for());
                }
            }
            Command::StopRinging { offer, operator } => {
                self.hang_up_telephone(*operator, Some(*offer));
                self.tell(*operator, &DeskEvent::StopRing { offer: *offer });
            }
            Command::Connect { contact, operator } => self.connect(*contact, *operator),
            Command::Hold { contact } => self.hold(*contact),
            Command::Resume { contact } => self.resume(*contact),
            Command::Release { contact, operator } => self.release(*contact, *operator),
            Command::Dial { contact, attempt, party, until } => self.dial(*contact, *attempt, party, *until),
            Command::CancelDial { attempt, .. } | Command::DropParty { attempt, .. } => self.drop_party(*attempt),
            Command::ConnectConsult { contact, attempt, with, operator } => {
                let legs: Vec<LegId> = [self.operator_leg(*operator), self.consulted_leg(*attempt, with)].into_iter().flatten().collect();
                self.telephony.bridge(consult_bridge_of(*contact), legs);
            }
            Command::ConnectConference { contact, attempt, with, operator } => {
                let caller = self.legs.lock().caller(*contact);
                self.on_caller(*contact, Telephony::stop_playing);
                self.bridge(*contact, [caller, self.operator_leg(*operator), self.consulted_leg(*attempt, with)]);
            }
            Command::ConnectParty { contact, attempt } => {
                let (caller, party) = {
                    let legs = self.legs.lock();
                    (legs.caller(*contact), legs.party(*attempt).map(|party| party.leg))
                };
                self.on_caller(*contact, Telephony::stop_playing);
                self.bridge(*contact, [caller, party, None]);
            }
            Command::RaiseAlarm { alarm, contact } => self.raise(at, alarm.clone(), *contact),
            Command::OpenContact { contact, matter, .. } => {
                self.matters.lock().insert(*contact, *matter);
            }
            Command::MoveContact { contact, state, owner } => self.tell_of_move(*contact, *state, owner),
            Command::CloseContact { contact, .. } => self.forget(*contact),
            Command::Describe { .. }
            | Command::EnterQueue { .. }
            | Command::EndVisit { .. }
            | Command::MakePromise { .. }
            | Command::PassPromise { .. }
            | Command::SettlePromise { .. }
            | Command::CloseMatter { .. } => {}
        }
    }

    fn on_caller(&self, contact: ContactId, act: impl FnOnce(&Telephony, LegId)) {
        let leg = self.legs.lock().caller(contact);
        if let Some(leg) = leg {
            act(&self.telephony, leg);
        }
    }

    pub fn send(&self, event: Event) {
        if self.inputs.try_send(Input::Event(event)).is_err() {
            tracing::error!("the loop's queue is full: an event of an act is lost to it, its deadline takes over");
        }
    }

    // Operators

    fn ring_page(&self, offer: domain::OfferId, contact: ContactId, operator: OperatorId, until: Timestamp, why: Explanation) {
        let Some(matter) = self.matters.lock().get(&contact).copied() else { return };
        let reference = Reference::of(matter);
        self.tell(operator, &DeskEvent::Ring { offer, contact, reference, until, why: Box::new(why) });
    }

    /// True when the operator answers at a SIP telephone, which is ringing now.
    fn ring_telephone(&self, operator: OperatorId, offer: domain::OfferId, until: Timestamp) -> bool {
        let Some(target) = self.telephones.lock().get(&operator).cloned() else { return false };
        let leg = self.telephony.dial(telephony::Dial {
            target,
            from_user: "svar".to_owned(),
            from_display: None,
            extra_headers: Vec::new(),
            extra_parts: Vec::new(),
            ring_timeout_ms: until.since_ms(crate::clock::now()),
        });
        let before = self.legs.lock().add(leg, Use::Telephone(operator, offer));
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

    fn operator_leg(&self, operator: OperatorId) -> Option<LegId> {
        self.legs.lock().operator(operator).filter(|connected| connected.up).map(|connected| connected.leg)
    }

    fn consulted_leg(&self, attempt: AttemptId, with: &Consulted) -> Option<LegId> {
        match with {
            Consulted::Party(_) => self.legs.lock().party(attempt).map(|party| party.leg),
            Consulted::Operator(colleague) => self.operator_leg(*colleague),
        }
    }

    fn connect(&self, contact: ContactId, operator: OperatorId) {
        let caller = self.legs.lock().caller(contact);
        match (caller, self.operator_leg(operator)) {
            (Some(caller), Some(leg)) => {
                self.telephony.stop_playing(caller);
                self.bridge(contact, [Some(caller), Some(leg), None]);
                self.send(Event::OperatorConnected { contact, operator });
            }
            _ => self.send(Event::OperatorUnreachable { contact, operator }),
        }
    }

    /// Puts an operator's new leg where the old one was, after a reload of the page.
    pub fn rejoin(&self, contact: ContactId, operator: OperatorId, held: bool) {
        let caller = self.legs.lock().caller(contact);
        let leg = self.operator_leg(operator);
        self.bridge(contact, [caller.filter(|_| !held), leg, None]);
    }

    fn bridge(&self, contact: ContactId, legs: [Option<LegId>; 3]) {
        let members = self.legs.lock().set_members(contact, legs.into_iter().flatten());
        self.telephony.bridge(bridge_of(contact), members);
    }

    fn hold(&self, contact: ContactId) {
        let caller = self.legs.lock().caller(contact);
        let others = self.legs.lock().members(contact).into_iter().filter(|leg| Some(*leg) != caller);
        let members = self.legs.lock().set_members(contact, others);
        self.telephony.bridge(bridge_of(contact), members);
    }

    /// Citizen and operator speak with each other again, whoever was between them.
    fn resume(&self, contact: ContactId) {
        let (caller, operator) = {
            let legs = self.legs.lock();
            let is_operator = |leg: &LegId| matches!(legs.use_of(*leg), Some(Use::Browser(..) | Use::Telephone(..)));
            (legs.caller(contact), legs.members(contact).into_iter().find(is_operator))
        };
        self.on_caller(contact, Telephony::stop_playing);
        self.telephony.bridge(consult_bridge_of(contact), Vec::new());
        self.bridge(contact, [caller, operator, None]);
    }

    fn release(&self, contact: ContactId, operator: OperatorId) {
        let leg = self.legs.lock().operator(operator).map(|connected| connected.leg);
        let others = self.legs.lock().members(contact).into_iter().filter(|member| Some(*member) != leg);
        let members = self.legs.lock().set_members(contact, others);
        self.telephony.bridge(bridge_of(contact), members);
        self.telephony.bridge(consult_bridge_of(contact), Vec::new());
        self.hang_up_telephone(operator, None);
    }

    // Parties

    fn dial(&self, contact: ContactId, attempt: AttemptId, party: &domain::PartyId, until: Timestamp) {
        let Some(party) = self.deployment.plan.parties.get(party) else {
            return self.send(Event::PartyFailed { contact, attempt });
        };
        let place = self.places.lock().get(&contact).copied();
        let dial = dial_for(party, &self.trunk, &self.deployment.plan, place, until.since_ms(crate::clock::now()));
        let leg = self.telephony.dial(dial);
        self.legs.lock().add(leg, Use::Party(contact, attempt));
    }

    fn drop_party(&self, attempt: AttemptId) {
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
            _ => {}
        }
    }

    pub fn raise(&self, at: Timestamp, alarm: domain::routing::Alarm, contact: Option<ContactId>) {
        tracing::warn!(?alarm, contact = contact.map(|contact| contact.0), "alarm");
        metrics::counter!("svar_alarms_total").increment(1);
        let mut alarms = self.alarms.lock();
        alarms.push_front(AlarmNotice { at, alarm, contact });
        alarms.truncate(crate::live::ALARMS_MAX);
    }

    fn forget(&self, contact: ContactId) {
        self.places.lock().remove(&contact);
        self.matters.lock().remove(&contact);
        let members = self.legs.lock().set_members(contact, []);
        self.telephony.bridge(bridge_of(contact), members);
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
