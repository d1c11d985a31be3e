//! The loop: one input after another, through the router, to the saver. It waits for nothing but
//! its queue and its clock; whatever takes time happens elsewhere and comes back as an input.

use crate::{
    acquaintance::Acquaintance,
    act::Stage,
    clock, concerned,
    desk::{DeskEvent, Refusal},
    input::{Input, Reply},
    learning::{self, Comprehension},
    live::{Deployment, Health, Live, OperatorNames, Trouble},
    localities::Localities,
    measures,
    save::Job,
};
use domain::{
    OperatorId, Timestamp,
    contact::ledger::Ledger,
    routing::{Alarm, Command, Event, Router},
    service_level::{Day, DayBook},
};
use parking_lot::RwLock;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use storage::{NewEntry, Payload, Records};
use telephony::Admission;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// How often a new snapshot is made, when something has changed.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);
/// Also when nothing has: figures of the day and ages move on.
const PUBLISH_AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// A pair that may meet must not stand longer than this.
const PAIR_STANDING_MS_MAX: u64 = 1_000;
/// The longest sleep when no deadline is set.
const SLEEP_MAX: Duration = Duration::from_secs(3_600);

pub(crate) struct RunLoop {
    pub router: Router,
    pub ledger: Ledger,
    pub day_book: DayBook,
    pub matter_next: u64,
    pub stage: Arc<Stage>,
    pub localities: Localities,
    pub jobs: mpsc::Sender<Job>,
    /// Whether entries are being saved in time.
    pub works: watch::Receiver<bool>,
    /// Whether the database answers at all: without entries to save, the renewals of the lease tell.
    pub answers: watch::Receiver<bool>,
    pub live: watch::Sender<Arc<Live>>,
    pub names: Arc<RwLock<OperatorNames>>,
    pub health: Health,
    /// Since when nothing has been done, because nothing can be saved.
    pub stands_since: Option<Timestamp>,
    /// Operators whose last page has gone, until when it may come back.
    pub pageless: BTreeMap<OperatorId, Timestamp>,
    pub acquaintance: Acquaintance,
    pub standing_since: Option<Timestamp>,
    pub entries: u64,
    pub changed: bool,
    /// Cancelled when another node has taken over.
    pub fenced: CancellationToken,
    /// Cancelled when the program is about to end.
    pub ending: CancellationToken,
}

impl RunLoop {
    pub async fn run(mut self, mut inputs: mpsc::Receiver<Input>, stop: CancellationToken) {
        learning::begin(&self.stage.deployment());
        let mut publish = interval(PUBLISH_EVERY);
        publish.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut published = Instant::now();
        let fenced = self.fenced.clone();
        let (mut works, mut answers) = (self.works.clone(), self.answers.clone());
        loop {
            let wake = self.router.wake_at().filter(|_| self.stands_since.is_none()).map_or(SLEEP_MAX, |(at, _)| clock::until(at));
            tokio::select! {
                // What comes by the clock goes before the queue: a rush of inputs holds up neither.
                biased;
                () = stop.cancelled() => break,
                () = fenced.cancelled() => return self.stand_down(),
                () = sleep_until(Instant::now() + wake) => self.time_passed(clock::now()).await,
                _ = publish.tick() => {
                    self.housekeeping().await;
                    if self.changed || published.elapsed() >= PUBLISH_AT_LEAST_EVERY {
                        self.publish();
                        published = Instant::now();
                    }
                }
                Ok(()) = works.changed() => self.saving().await,
                Ok(()) = answers.changed() => self.saving().await,
                input = inputs.recv() => match input {
                    Some(input) => self.take(input).await,
                    None => break,
                },
            }
        }
    }

    /// While nothing is done nobody can answer in time, so no time runs out.
    pub async fn time_passed(&mut self, now: Timestamp) {
        if self.stands_since.is_some() {
            return;
        }
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
            Input::NumberFound { contact, attempt, number } => self.stage.ring_citizen(contact, attempt, number),
            Input::Act { operator, act, reply } => self.operator_asks(operator, &act, reply).await,
            Input::Written { addition, number, reply } => self.written(*addition, number, reply).await,
            Input::Filed { form, key, number, reply } => self.filed(*form, key, number, reply).await,
            Input::Led { event, payloads, reply } => self.decide(event, payloads, Some(reply)).await,
            Input::PageOpened { operator, page, profile, telephone, sender } => {
                self.page_opened(operator, page, profile, telephone, sender).await;
            }
            Input::PageClosed { operator, page } => self.page_closed(operator, page),
            Input::SoundOffered { operator, offered, reply } => self.sound_offered(operator, &offered, reply),
            Input::Booking { asked, reply } => self.booking_asked(*asked, reply).await,
            Input::PlanWanted { next, reply } => self.adopt(next, reply).await,
        }
    }

    /// Pages and acts go by the new plan from here on, as the router does.
    async fn adopt(&mut self, next: Arc<Deployment>, reply: Reply) {
        self.router.prepare(next.plan.clone(), next.places.clone());
        let plan = next.plan.digest.clone();
        self.stage.set_deployment(next);
        self.decide(Event::PlanChanged { plan }, Vec::new(), Some(reply)).await;
    }

    /// Lets the router decide, and hands event and decision to the saver.
    pub async fn decide(&mut self, event: Event, payloads: Vec<Payload>, reply: Option<Reply>) {
        let now = clock::now();
        // The beginning of a run comes before all that fell due meanwhile.
        if !matches!(event, Event::Started { .. }) {
            self.time_passed(now).await;
        }
        self.decide_at(now, event, payloads, reply).await;
    }

    /// The same where all that fell due before `now` is done.
    pub async fn decide_at(&mut self, now: Timestamp, event: Event, payloads: Vec<Payload>, reply: Option<Reply>) {
        let decision = self.router.handle(now, &event);
        if !decision.took_effect && decision.commands.is_empty() {
            if let Some(reply) = reply {
                let _ = reply.send(Err(refusal_of(&event)));
            }
            return;
        }
        self.record(now, event, decision.commands, payloads, reply).await;
    }

    async fn record(&mut self, at: Timestamp, event: Event, commands: Vec<Command>, mut payloads: Vec<Payload>, reply: Option<Reply>) {
        self.entries += 1;
        let records = records_after(&mut self.ledger, self.entries, at, &commands);
        self.day_book.apply(at, &commands);
        match &self.router.plan().affinity {
            Some(affinity) => self.acquaintance.follow(at, &commands, affinity.within_ms),
            // What the plan has no use for is not kept.
            None => self.acquaintance = Acquaintance::default(),
        }
        self.stage.call_backs.follow(at, &commands);
        payloads.extend(self.localities.learnt(at, &commands, &self.router));
        payloads.extend(self.stage.messages.payloads(at, &commands, self.router.plan(), &self.ledger));
        if commands.iter().any(|command| matches!(command, Command::CloseMatter { .. })) {
            self.ledger.forget_closed();
        }
        self.changed = true;
        let job = Job { entry: NewEntry { at, event, commands, records, payloads }, reply };
        if self.jobs.send(job).await.is_err() {
            tracing::error!("the saver is gone: nothing more is saved or done");
        }
    }

    // Health

    async fn saving(&mut self) {
        let works = *self.works.borrow() && *self.answers.borrow();
        if works == self.health.database {
            return;
        }
        self.health.database = works;
        self.admit();
        if !works {
            tracing::error!("calls are answered with the announcement of a fault until entries can be saved again");
        }
        let now = clock::now();
        self.stage.raise(now, if works { Trouble::SavedAgain } else { Trouble::NothingSaved }, None);
        match self.stands_since.take() {
            Some(since) if works => {
                // Before anything falls due.
                let resumed = Event::SavingResumed { stood_ms: now.since_ms(since) };
                let commands = self.router.handle(now, &resumed).commands;
                self.record(now, resumed, commands, Vec::new(), None).await;
            }
            _ if works => {}
            _ => {
                self.stands_since = Some(now);
                let commands = self.router.handle(now, &Event::SavingStopped).commands;
                self.record(now, Event::SavingStopped, commands, Vec::new(), None).await;
            }
        }
    }

    fn look_after_telephony(&mut self) {
        let running = self.stage.telephony.is_running();
        // When the program ends, telephony goes first.
        if self.health.telephony && !running && !self.ending.is_cancelled() {
            tracing::error!("telephony has ended: no call reaches us any more; start the program again");
            self.health.telephony = false;
            self.admit();
            self.stage.raise(clock::now(), Trouble::TelephonyEnded, None);
        }
    }

    fn look_after_learning(&mut self) {
        let comprehension = self.stage.deployment().comprehension();
        if std::mem::replace(&mut self.health.comprehension, comprehension) == comprehension {
            return;
        }
        self.changed = true;
        if comprehension == Comprehension::Failed {
            self.stage.raise(clock::now(), Trouble::NothingLearnt, None);
        }
    }

    /// How mail in stands is shown as soon as it is another.
    fn look_after_mail_in(&mut self) {
        self.changed |= self.live.borrow().mail_in != *self.stage.mail_in.lock();
    }

    fn admit(&mut self) {
        self.health.admitting = self.health.database && self.health.telephony;
        self.changed = true;
    }

    /// Another node runs the deployment: nothing is decided here any more. New calls are refused, so
    /// that they reach the other; those that are on keep their sound until the program ends.
    fn stand_down(mut self) {
        let none = Admission { new_calls_per_second: 0, burst: 0, concurrent_calls_max: 0, ..Admission::default() };
        self.stage.telephony.set_admission(none);
        (self.health.database, self.health.leading) = (false, false);
        self.admit();
        self.stage.raise(clock::now(), Trouble::LeaseLost, None);
        self.publish();
    }

    // Housekeeping

    async fn housekeeping(&mut self) {
        let now = clock::now();
        self.look_for_lost_pages(now).await;
        self.look_for_late_keys(now).await;
        self.stage.let_long_goodbyes_go(now);
        self.look_after_telephony();
        self.look_after_learning();
        self.look_after_mail_in();
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
        let view = self.router.view(now);
        metrics::gauge!(measures::CONTACTS_OPEN).set(measures::gauged(view.contacts.len()));
        let waiting: usize = view.queues.iter().map(|queue| queue.waiting).sum();
        metrics::gauge!(measures::CONTACTS_WAITING).set(measures::gauged(waiting));
        measures::show_hit_rates(&view.queues);
        measures::show_sound(&self.stage.telephony.stats());
        let figures = Arc::new(self.day_book.day_at(now).cloned().unwrap_or_else(Day::default));
        measures::show_promises(&view.promises, &figures, now);
        let live = Live {
            view,
            names: self.names.read().clone(),
            alarms: self.stage.alarms.lock().iter().cloned().collect(),
            health: self.health,
            figures,
            promises_late: self.day_book.promises_late(now),
            messages: self.stage.messages.stand.lock().clone(),
            mail_in: *self.stage.mail_in.lock(),
        };
        let concerned = concerned::by_change(&self.live.borrow().view, &live.view);
        self.live.send_replace(Arc::new(live));
        // Everybody else sees it a little later, by the new state itself.
        self.stage.pages.lock().tell_those(&concerned, &DeskEvent::Changed);
    }
}

/// Folds what was decided into the ledger; every record that it changed, as it is then.
pub(crate) fn records_after(ledger: &mut Ledger, entry: u64, at: Timestamp, commands: &[Command]) -> Records {
    let changes = ledger.apply(entry, at, commands).unwrap_or_else(|fault| {
        tracing::error!(%fault, "the router's commands do not fit the ledger");
        domain::contact::ledger::Changes::default()
    });
    Records::of(&changes, ledger)
}

/// Why an event of an operator had no effect.
fn refusal_of(event: &Event) -> Refusal {
    match event {
        Event::OfferAccepted { .. } | Event::OfferDeclined { .. } => Refusal::OfferOver,
        Event::ConsultAsked { .. } => Refusal::UnknownParty,
        Event::NextReportAsked { .. } => Refusal::NoReport,
        _ => Refusal::NotNow,
    }
}
