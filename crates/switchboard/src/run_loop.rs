//! The loop: one input after another, through the router, to the saver. It waits for nothing but
//! its queue and its clock; whatever takes time happens elsewhere and comes back as an input.

use crate::{
    act::Stage,
    arrivals::{self, Arrival},
    clock,
    desk::{DeskEvent, OperatorAct, PageId, Refusal},
    desk_acts, hearing,
    input::{Input, Reply},
    legs::Use,
    live::{Health, Live, OperatorNames},
    save::Job,
};
use domain::{
    ContactId, MatterId, OperatorId, Timestamp,
    contact::{Channel, SystemCause, ledger::Ledger},
    plan::OperatorProfile,
    routing::{Alarm, Command, Event, Intake, Router, View},
    service_level::{Day, DayBook},
};
use parking_lot::RwLock;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::Duration,
};
use storage::{NewEntry, Payload, Records};
use telephony::{EndCause, LegEvent, LegId, Playback, PlaybackId, Refusal as LineRefusal};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// How often a new snapshot is made, when something has changed.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);
/// Also when nothing has: figures of the day and ages move on.
const PUBLISH_AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// An operator without any page for this long is lost; a reload is quicker.
const PAGELESS_MS_MAX: u64 = 3_000;
/// A pair that may meet must not stand longer than this.
const PAIR_STANDING_MS_MAX: u64 = 1_000;
/// A caller turned away because of a fault hears the sentence this long at most.
const FAULT_WORDS_MS_MAX: u64 = 30_000;

pub(crate) struct RunLoop {
    pub router: Router,
    pub ledger: Ledger,
    pub day_book: DayBook,
    pub contact_next: u64,
    pub matter_next: u64,
    pub stage: Arc<Stage>,
    pub jobs: mpsc::Sender<Job>,
    pub live: watch::Sender<Arc<Live>>,
    pub names: Arc<RwLock<OperatorNames>>,
    pub health: Health,
    /// Operators whose last page has gone, until when it may come back.
    pub pageless: BTreeMap<OperatorId, Timestamp>,
    /// Callers who are told of a fault and hung up on, with the end of their patience.
    pub turned_away: BTreeMap<LegId, Timestamp>,
    pub standing_since: Option<Timestamp>,
    pub entries: u64,
    pub changed: bool,
    pub view: View,
}

impl RunLoop {
    pub async fn run(mut self, mut inputs: mpsc::Receiver<Input>, stop: CancellationToken) {
        let mut publish = interval(PUBLISH_EVERY);
        publish.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut published = Instant::now();
        loop {
            let wake = self.router.wake_at().map_or(Duration::from_secs(3_600), |(at, _)| clock::until(at));
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = sleep_until(Instant::now() + wake) => self.time_passed().await,
                input = inputs.recv() => match input {
                    Some(input) => self.take(input).await,
                    None => break,
                },
                _ = publish.tick() => {
                    self.housekeeping().await;
                    if self.changed || published.elapsed() >= PUBLISH_AT_LEAST_EVERY {
                        self.publish();
                        published = Instant::now();
                    }
                }
            }
        }
    }

    async fn time_passed(&mut self) {
        let now = clock::now();
        let commands = self.router.tick(now);
        if !commands.is_empty() {
            self.record(now, Event::TimePassed, commands, Vec::new(), None).await;
        }
    }

    async fn take(&mut self, input: Input) {
        match input {
            Input::Leg(event) => self.leg(event).await,
            Input::Event(event) => self.decide(event, Vec::new(), None).await,
            Input::EventWith(event, payloads) => self.decide(event, payloads, None).await,
            Input::Act { operator, act, reply } => self.operator_asks(operator, &act, reply).await,
            Input::PageOpened { operator, page, profile, telephone, sender } => {
                self.page_opened(operator, page, profile, telephone, sender).await;
            }
            Input::PageClosed { operator, page } => {
                let telephone = self.stage.telephones.lock().contains_key(&operator);
                if self.stage.pages.lock().remove(operator, page) && !telephone {
                    self.pageless.insert(operator, clock::now().plus_ms(PAGELESS_MS_MAX));
                }
            }
            Input::SoundOffered { operator, page, leg } => {
                let before = self.stage.legs.lock().add(leg, Use::Browser(operator, page));
                if let Some(before) = before {
                    self.stage.telephony.hang_up(before);
                }
            }
            Input::Saving(saving) => self.saving(saving),
        }
    }

    /// Lets the router decide, and hands event and decision to the saver.
    pub async fn decide(&mut self, event: Event, payloads: Vec<Payload>, reply: Option<Reply>) {
        let now = clock::now();
        self.time_passed().await;
        let decision = self.router.handle(now, &event);
        if !decision.took_effect && decision.commands.is_empty() {
            if let Some(reply) = reply {
                let _ = reply.send(Err(refusal_of(&event)));
            }
            return;
        }
        self.record(now, event, decision.commands, payloads, reply).await;
    }

    async fn record(&mut self, at: Timestamp, event: Event, commands: Vec<Command>, payloads: Vec<Payload>, reply: Option<Reply>) {
        self.entries += 1;
        let changes = self.ledger.apply(self.entries, at, &commands).unwrap_or_else(|fault| {
            tracing::error!(%fault, kind = event.kind(), "the router's commands do not fit the ledger");
            domain::contact::ledger::Changes::default()
        });
        let records = Records {
            contacts: changes.contacts.iter().filter_map(|id| self.ledger.contacts.get(id).cloned()).collect(),
            matters: changes.matters.iter().filter_map(|id| self.ledger.matters.get(id).cloned()).collect(),
            promises: changes.promises.iter().filter_map(|id| self.ledger.promises.get(id).cloned()).collect(),
        };
        self.day_book.apply(at, &commands);
        if commands.iter().any(|command| matches!(command, Command::CloseMatter { .. })) {
            self.ledger.forget_closed();
        }
        self.changed = true;
        let job = Job { entry: NewEntry { at, event, commands, records, payloads }, reply };
        if self.jobs.send(job).await.is_err() {
            tracing::error!("the saver is gone: nothing more is saved or done");
        }
    }

    // Legs

    async fn leg(&mut self, event: LegEvent) {
        let leg = event.leg();
        if self.turned_away.contains_key(&leg) {
            if let LegEvent::PlaybackFinished { .. } | LegEvent::Ended { .. } = event {
                self.turned_away.remove(&leg);
                self.stage.telephony.hang_up(leg);
            }
            return;
        }
        let used = self.stage.legs.lock().use_of(leg);
        match (event, used) {
            (event @ LegEvent::Incoming { .. }, _) => self.call_arrived(event).await,
            (LegEvent::Ended { cause, .. }, Some(used)) => self.leg_ended(leg, used, &cause).await,
            (LegEvent::Key { key, .. }, Some(Use::Caller(contact))) => self.decide(Event::KeyPressed { contact, key }, Vec::new(), None).await,
            (LegEvent::PlaybackFinished { playback, .. }, Some(Use::Caller(contact))) => {
                self.decide(Event::PlaybackEnded { contact, playback: playback.0 }, Vec::new(), None).await;
            }
            (LegEvent::Silence { .. }, Some(Use::Caller(contact))) => self.decide(Event::SilenceHeard { contact }, Vec::new(), None).await,
            (LegEvent::Utterance { samples, .. }, Some(Use::Caller(contact))) => self.utterance(contact, samples).await,
            (LegEvent::Answered { .. }, Some(used)) => self.leg_answered(leg, used).await,
            (LegEvent::BrowserSuspended { .. }, Some(Use::Browser(operator, _))) => self.sound_lost(leg, operator).await,
            _ => {}
        }
    }

    async fn utterance(&mut self, contact: ContactId, samples: Arc<[i16]>) {
        match &self.stage.deployment.hearing {
            Some(hearing) => {
                let languages = self.router.plan().languages.clone();
                tokio::spawn(hearing::hear(hearing.clone(), contact, languages, samples, self.stage.inputs.clone()));
            }
            None => self.decide(Event::WordsMissed { contact }, Vec::new(), None).await,
        }
    }

    async fn leg_answered(&mut self, leg: LegId, used: Use) {
        self.stage.legs.lock().set_up(leg, true);
        match used {
            Use::Caller(_) => {}
            Use::Party(contact, attempt) => self.decide(Event::PartyAnswered { contact, attempt }, Vec::new(), None).await,
            Use::Telephone(operator, offer) => self.decide(Event::OfferAccepted { offer, operator }, Vec::new(), None).await,
            Use::Browser(operator, _) => self.sound_connected(operator).await,
        }
    }

    /// A page's sound is there (again): back to the conversation it belongs to.
    async fn sound_connected(&mut self, operator: OperatorId) {
        self.pageless.remove(&operator);
        self.decide(Event::OperatorReturned { operator }, Vec::new(), None).await;
        let view = self.router.view(clock::now());
        let talking = view.contacts.iter().find(|contact| {
            use domain::contact::ContactState as S;
            contact.operator == Some(operator) && contact.consult.is_none() && matches!(contact.state, S::Talking | S::OnHold)
        });
        if let Some(contact) = talking {
            self.stage.rejoin(contact.contact, operator, contact.state == domain::contact::ContactState::OnHold);
        }
        self.stage.tell(operator, &DeskEvent::Changed);
    }

    async fn sound_lost(&mut self, leg: LegId, operator: OperatorId) {
        let current = self.stage.legs.lock().operator(operator).is_some_and(|connected| connected.leg == leg && connected.up);
        if current {
            self.stage.legs.lock().set_up(leg, false);
            self.stage.tell(operator, &DeskEvent::SoundLost);
            self.decide(Event::OperatorLost { operator }, Vec::new(), None).await;
        }
    }

    async fn leg_ended(&mut self, leg: LegId, used: Use, cause: &EndCause) {
        let was_up = match used {
            Use::Party(_, attempt) => self.stage.legs.lock().party(attempt).is_some_and(|party| party.up),
            Use::Telephone(operator, _) => self.stage.legs.lock().operator(operator).is_some_and(|connected| connected.up),
            Use::Browser(operator, _) => {
                self.sound_lost(leg, operator).await;
                true
            }
            Use::Caller(_) => true,
        };
        self.stage.legs.lock().remove(leg);
        match used {
            Use::Caller(contact) => self.caller_gone(contact, cause).await,
            Use::Party(contact, attempt) if was_up => self.decide(Event::PartyHungUp { contact, attempt }, Vec::new(), None).await,
            Use::Party(contact, attempt) => self.decide(Event::PartyFailed { contact, attempt }, Vec::new(), None).await,
            Use::Telephone(operator, _) if was_up => self.telephone_hung_up(operator).await,
            Use::Telephone(operator, offer) => self.decide(Event::OfferDeclined { offer, operator }, Vec::new(), None).await,
            Use::Browser(..) => {}
        }
    }

    async fn caller_gone(&mut self, contact: ContactId, cause: &EndCause) {
        let event = match cause {
            EndCause::HungUpHere => return,
            EndCause::HungUp | EndCause::Cancelled => Event::CallerHungUp { contact },
            EndCause::MediaLost | EndCause::AckMissing | EndCause::Unreachable => {
                Event::CallBroken { contact, cause: SystemCause::MediaLost }
            }
            EndCause::Busy | EndCause::NoAnswer | EndCause::Refused { .. } | EndCause::NotFound | EndCause::Failed(_) => {
                Event::CallBroken { contact, cause: SystemCause::Fault }
            }
        };
        self.decide(event, Vec::new(), None).await;
    }

    /// An operator put the desk telephone down: the call is over.
    async fn telephone_hung_up(&mut self, operator: OperatorId) {
        let view = self.router.view(clock::now());
        if let Some(contact) = desk_acts::contact_of(&view, operator) {
            self.decide(Event::CallEndedByOperator { contact, operator }, Vec::new(), None).await;
        }
    }

    // Arrivals

    async fn call_arrived(&mut self, event: LegEvent) {
        let LegEvent::Incoming { leg, from_user, from_display, to_user, anonymous, parts, geolocation, geolocation_routing, .. } = event
        else {
            return;
        };
        let plan = self.router.plan().clone();
        metrics::counter!("svar_calls_total").increment(1);
        if !plan.numbers.contains(&dialled(&to_user)) {
            return self.stage.telephony.refuse(leg, LineRefusal::NotFound);
        }
        if !self.health.database {
            return self.turn_away(leg);
        }
        let contact = ContactId(self.contact_next);
        let matter = MatterId(self.matter_next);
        self.contact_next += 1;
        self.matter_next += 1;
        let arrival = Arrival {
            from_user: &from_user,
            from_display: from_display.as_deref(),
            anonymous,
            parts: &parts,
            geolocation: &geolocation,
            may_route_by_place: geolocation_routing.unwrap_or(true),
        };
        let intake = arrivals::read(contact, &arrival, &self.stage.deployment.places);
        if let Some(circle) = intake.circle {
            self.stage.places.lock().insert(contact, circle);
        }
        self.stage.legs.lock().add(leg, Use::Caller(contact));
        self.stage.telephony.ring(leg);
        let language = plan.languages.first().copied().unwrap_or(domain::intent::Language::English);
        let event = Event::CallArrived {
            contact,
            matter,
            channel: Channel::Telephone,
            place: intake.place,
            intake: Intake { language, recogniser: self.health.recogniser },
        };
        self.decide(event, intake.payloads, None).await;
    }

    /// Nothing can be saved: the caller hears so, with the advice to ring 112, and nothing is promised.
    fn turn_away(&mut self, leg: LegId) {
        metrics::counter!("svar_calls_turned_away_total").increment(1);
        let line = [domain::dialogue::Line::Say(domain::dialogue::Prompt::TechnicalFault)];
        let language = self.router.plan().languages.first().copied().unwrap_or(domain::intent::Language::English);
        let (sounds, _) = self.stage.deployment.sounds.of(language, &line, false);
        self.turned_away.insert(leg, clock::now().plus_ms(FAULT_WORDS_MS_MAX));
        self.stage.telephony.answer(leg);
        self.stage.telephony.play(leg, Playback { id: PlaybackId(0), sounds, repeat: false });
    }

    fn saving(&mut self, saving: bool) {
        self.health.database = saving;
        self.health.admitting = saving;
        self.changed = true;
        if !saving {
            tracing::error!("calls are answered with the announcement of a fault until entries can be saved again");
        }
    }

    // Operators

    async fn page_opened(
        &mut self,
        operator: OperatorId,
        page: PageId,
        profile: OperatorProfile,
        telephone: Option<String>,
        sender: mpsc::Sender<DeskEvent>,
    ) {
        self.pageless.remove(&operator);
        self.stage.pages.lock().add(operator, page, sender);
        if let Some(target) = telephone {
            self.stage.telephones.lock().insert(operator, target);
        }
        let known = self.view_of(operator).is_some_and(|known| known.state != domain::routing::OperatorState::Lost);
        if !known {
            self.decide(Event::OperatorSignedIn { operator, profile }, Vec::new(), None).await;
        }
    }

    fn view_of(&self, operator: OperatorId) -> Option<domain::routing::OperatorView> {
        self.router.view(clock::now()).operators.into_iter().find(|known| known.operator == operator)
    }

    async fn operator_asks(&mut self, operator: OperatorId, act: &OperatorAct, reply: Reply) {
        let contact = desk_acts::contact_of(&self.router.view(clock::now()), operator);
        let event = match self.check_act(operator, act).and_then(|()| desk_acts::event_of(act, operator, contact)) {
            Ok(event) => event,
            Err(refusal) => {
                let _ = reply.send(Err(refusal));
                return;
            }
        };
        match event {
            Some(event) => self.decide(event, Vec::new(), Some(reply)).await,
            None => {
                let _ = reply.send(self.on_the_line(operator, act));
            }
        }
    }

    fn check_act(&self, operator: OperatorId, act: &OperatorAct) -> Result<(), Refusal> {
        let reachable = || {
            self.stage.legs.lock().operator(operator).is_some_and(|connected| connected.up)
                || self.stage.telephones.lock().contains_key(&operator)
        };
        if matches!(act, OperatorAct::Ready | OperatorAct::Accept { .. }) && !reachable() {
            return Err(Refusal::Sound);
        }
        if !self.health.database { Err(Refusal::NotSaved) } else { Ok(()) }
    }

    /// What concerns the line alone needs no decision and leaves no entry.
    fn on_the_line(&self, operator: OperatorId, act: &OperatorAct) -> Result<(), Refusal> {
        let leg = self.stage.legs.lock().operator(operator).filter(|connected| connected.up).map(|connected| connected.leg);
        let leg = leg.ok_or(Refusal::Sound)?;
        match act {
            OperatorAct::Mute { on } => self.stage.telephony.mute(leg, *on),
            OperatorAct::Keys { keys } => {
                let contact = desk_acts::contact_of(&self.router.view(clock::now()), operator).ok_or(Refusal::NoContact)?;
                let others = self.stage.legs.lock().members(contact);
                for other in others.into_iter().filter(|other| *other != leg) {
                    self.stage.telephony.send_keys(other, keys);
                }
            }
            _ => return Err(Refusal::NotNow),
        }
        Ok(())
    }

    // Housekeeping

    async fn housekeeping(&mut self) {
        let now = clock::now();
        let lost: Vec<OperatorId> = self.pageless.iter().filter(|(_, until)| **until <= now).map(|(operator, _)| *operator).collect();
        for operator in lost {
            self.pageless.remove(&operator);
            self.decide(Event::OperatorLost { operator }, Vec::new(), None).await;
        }
        let out_of_time: Vec<LegId> = self.turned_away.iter().filter(|(_, until)| **until <= now).map(|(leg, _)| *leg).collect();
        for leg in out_of_time {
            self.turned_away.remove(&leg);
            self.stage.telephony.hang_up(leg);
        }
        self.watch_for_standing_pairs(now);
    }

    fn watch_for_standing_pairs(&mut self, now: Timestamp) {
        let Some((contact, operator)) = self.router.standing_pairs(now).first().copied() else {
            self.standing_since = None;
            return;
        };
        let since = *self.standing_since.get_or_insert(now);
        if now.since_ms(since) > PAIR_STANDING_MS_MAX {
            self.standing_since = Some(now.plus_ms(domain::time::MINUTE_MS));
            self.stage.raise(now, Alarm::PairStanding { operator }, Some(contact));
        }
    }

    fn publish(&mut self) {
        let now = clock::now();
        self.changed = false;
        self.view = self.router.view(now);
        metrics::gauge!("svar_contacts_open").set(u32::try_from(self.view.contacts.len()).unwrap_or(u32::MAX));
        let waiting: usize = self.view.queues.iter().map(|queue| queue.waiting).sum();
        metrics::gauge!("svar_contacts_waiting").set(u32::try_from(waiting).unwrap_or(u32::MAX));
        let live = Live {
            view: self.view.clone(),
            names: self.names.read().clone(),
            alarms: self.stage.alarms.lock().iter().cloned().collect(),
            health: self.health,
            figures: Arc::new(self.day_book.day_at(now).cloned().unwrap_or_else(Day::default)),
            promises_late: self.day_book.promises_late(now),
        };
        self.live.send_replace(Arc::new(live));
        self.stage.pages.lock().tell_everybody(&DeskEvent::Changed);
    }
}

/// A dialled number without the marks that people and trunks write between digits.
fn dialled(to_user: &str) -> String {
    to_user.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect()
}

/// Why an event of an operator had no effect.
fn refusal_of(event: &Event) -> Refusal {
    match event {
        Event::OfferAccepted { .. } | Event::OfferDeclined { .. } => Refusal::OfferOver,
        Event::ConsultAsked { .. } => Refusal::UnknownParty,
        _ => Refusal::NotNow,
    }
}
