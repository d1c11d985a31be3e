//! Seeded storms: thousands of events, sensible and senseless, in random time. After each one the
//! invariant is proved; at the end everybody leaves and everything must come to its outcome.
//!
//! `SVAR_STORM_SEEDS=1000` runs more storms, `SVAR_STORM_SEEDS=17..18` one of them alone.
#![allow(clippy::unwrap_used)]

mod invention;
mod kept;
mod paused;
mod seen;
mod texted;
mod world;

use domain::{
    ContactId, MatterId, OperatorId, PromiseId, RegionId, Timestamp,
    contact::{
        ContactState, Outcome, Owner, PauseReason, PromiseKind, Settlement,
        ledger::{ContactRecord, Ledger, PromiseRecord},
    },
    dialogue::{Line, Prompt},
    plan::{EscalateTo, Escalation, OperatorProfile, Plan},
    routing::{Alarm, Command, Event, OperatorState, Reason, Timer, View},
};
use invention::{Inventor, OPERATORS, plans};
use kept::Kept;
use seen::MUST_BE_SEEN;
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
    sync::Arc,
    thread,
};
use world::{World, places_of};

const SEEDS: u64 = 100;
const EVENTS: usize = 2_000;
const THREADS_MAX: u64 = 4;
/// The ledger lets go of what is closed after so many events, as it does live.
const FORGET_EVERY: usize = 100;
const START: Timestamp = Timestamp(1_795_417_200_000); // 2026-11-23 08:00 in Sweden

#[test]
fn nobody_is_lost_in_a_storm() {
    let seeds = seeds();
    let threads = thread::available_parallelism().map_or(1, |n| n.get() as u64).min(THREADS_MAX);
    let seen: BTreeSet<String> = thread::scope(|scope| {
        let work = |worker: u64| {
            let seeds = seeds.clone();
            scope.spawn(move || seeds.filter(|seed| seed % threads == worker).flat_map(weather).collect::<BTreeSet<_>>())
        };
        let workers: Vec<_> = (0..threads).map(work).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    if seeds.end - seeds.start >= SEEDS {
        let unseen: Vec<_> = MUST_BE_SEEN.iter().filter(|word| !seen.contains(**word)).collect();
        assert!(unseen.is_empty(), "no storm came to {unseen:?}; seen {seen:?}");
    }
}

fn seeds() -> Range<u64> {
    let wanted = std::env::var("SVAR_STORM_SEEDS").unwrap_or_default();
    match wanted.split_once("..") {
        Some((from, to)) => from.parse().unwrap()..to.parse().unwrap(),
        None => 0..wanted.parse().unwrap_or(SEEDS),
    }
}

/// One storm, and now and then once more: the same seed must give the same commands. A tenth is enough
/// to notice a map without order or a hidden clock.
fn weather(seed: u64) -> BTreeSet<String> {
    let _guard = TellSeed(seed);
    let (commands, seen) = Storm::new(seed).run();
    if seed.is_multiple_of(10) {
        assert_eq!(commands, Storm::new(seed).run().0, "the same events gave other commands");
    }
    seen
}

struct TellSeed(u64);

impl Drop for TellSeed {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("storm: seed {seed} failed; run it alone with SVAR_STORM_SEEDS={seed}..{}", self.0 + 1, seed = self.0);
        }
    }
}

#[derive(Default)]
struct Accounts {
    opened: usize,
    closed: usize,
    entered: usize,
    left: usize,
}

struct Storm {
    inventor: Inventor,
    world: World,
    plans: Vec<Arc<Plan>>,
    accounts: Accounts,
    hash: DefaultHasher,
    /// When each caller first stood in line.
    first_entries: BTreeMap<ContactId, Timestamp>,
    kept: Kept,
    texted: texted::Texted,
    paused: paused::Paused,
    /// Whose sign of danger nobody has taken back.
    urged: BTreeSet<ContactId>,
    /// Events that took effect, states and outcomes that came about.
    seen: BTreeSet<String>,
}

impl Storm {
    /// Each plan begins some storms, so that what only one of them has is met.
    fn new(seed: u64) -> Self {
        let plans = plans();
        let first = usize::try_from(seed % plans.len() as u64).unwrap();
        Self {
            inventor: Inventor::new(seed),
            world: World::start(plans[first].clone(), START),
            plans,
            accounts: Accounts::default(),
            hash: DefaultHasher::new(),
            first_entries: BTreeMap::new(),
            kept: Kept::default(),
            texted: texted::Texted::default(),
            paused: paused::Paused::default(),
            urged: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    fn run(mut self) -> (u64, BTreeSet<String>) {
        for operator in 1..=OPERATORS {
            let event = Event::OperatorSignedIn { operator: OperatorId(operator), profile: self.inventor.profile() };
            self.happen(&event);
        }
        for event in 0..EVENTS {
            if event.is_multiple_of(FORGET_EVERY) {
                self.world.ledger.forget_closed();
            }
            self.pass_time();
            match self.inventor.dice.below(2_000) {
                0..2 => self.restart(),
                2..16 => self.change_plan(),
                _ => {
                    let view = self.world.router.view(self.world.now);
                    self.inventor.now = self.world.now;
                    let event = if self.inventor.dice.percent(65) {
                        self.inventor.sensible(&view)
                    } else {
                        self.inventor.senseless(&view, &self.world.ledger)
                    };
                    let decision = self.world.handle(&event);
                    if !decision.took_effect {
                        assert_eq!(view, self.world.router.view(self.world.now), "{event:?} did not fit, but something changed");
                    }
                    if decision.took_effect {
                        self.seen.insert(event.kind());
                        self.prove_broken_call_owed(&event, &decision.commands);
                    }
                    self.learn(&decision.commands);
                }
            }
        }
        self.drain();
        (self.hash.finish(), self.seen)
    }

    fn pass_time(&mut self) {
        let ms = match self.inventor.dice.below(60) {
            0 => self.inventor.dice.below(200_000),
            1..=3 => self.inventor.dice.below(20_000),
            4..=30 => 0,
            _ => self.inventor.dice.below(800),
        };
        let until = self.world.now.plus_ms(ms);
        while self.tick(until) {}
        self.world.now = until;
    }

    /// The next deadlines until `until` that fall together, if there are any.
    fn tick(&mut self, until: Timestamp) -> bool {
        let Some((_, commands)) = self.world.next_tick(until) else { return false };
        self.learn(&commands);
        true
    }

    fn happen(&mut self, event: &Event) {
        let decision = self.world.handle(event);
        self.learn(&decision.commands);
    }

    /// What every list of commands must keep to, and what later events refer to.
    fn learn(&mut self, commands: &[Command]) {
        format!("{commands:?}").hash(&mut self.hash);
        self.inventor.learn(commands);
        for command in commands {
            match command {
                Command::OpenContact { .. } => self.accounts.opened += 1,
                Command::CloseContact { outcome, .. } => {
                    self.accounts.closed += 1;
                    self.seen.insert(outcome.word());
                }
                Command::Play { lines, .. } if lines.as_slice() == [Line::Say(Prompt::ConnectingCommandCentre)] => {
                    self.seen.insert("command_centre_first".to_owned());
                }
                Command::Play { lines, .. } => {
                    let told = [Prompt::NarrowEndOfThree, Prompt::OpensTomorrow].into_iter();
                    self.seen.extend(told.filter(|prompt| lines.contains(&Line::Say(*prompt))).map(|prompt| prompt.to_string()));
                }
                Command::MoveContact { state, .. } => {
                    self.seen.insert(state.word().to_owned());
                }
                Command::EnterQueue { .. } => self.accounts.entered += 1,
                Command::EndVisit { outcome, .. } => {
                    self.accounts.left += 1;
                    self.seen.insert(format!("visit {outcome:?}"));
                }
                Command::RaiseAlarm { alarm: Alarm::PromiseLate { promise, step: Some(at), .. }, .. } => {
                    self.prove_escalated(*promise, *at);
                    self.seen.insert(format!("late to {}", at.to));
                }
                _ => {}
            }
        }
        let view = self.world.prove();
        self.prove_accounts(&view);
        let plan = self.world.router.plan().clone();
        self.kept.prove(&plan, commands, &view, &mut self.seen);
        self.prove_nobody_overtakes(commands);
        self.prove_first_entries(&view);
        self.prove_nobody_in_danger_is_let_go(commands);
        self.texted.prove(commands, &view, &self.urged);
        self.paused.prove(self.world.now, &plan, commands, &self.world.ledger);
        self.paused.prove_shown(&view, &self.world.router.deadlines().map(|(_, timer)| timer).collect());
        prove_strict_first(commands, &view);
    }

    /// What is told late is open and late, and whoever the step names has it.
    fn prove_escalated(&self, promise: PromiseId, at: Escalation) {
        let record = &self.world.ledger.promises[&promise];
        assert!(record.settled.is_none() && record.due <= self.world.now, "{record:?} is not late");
        let unit = |prefix: &str| matches!(&record.owner, Owner::Unit(unit) if unit.as_str().starts_with(prefix));
        let has_it = match at.to {
            // Whoever has it keeps it: somebody or a unit, never a voice on a line that has ended.
            EscalateTo::Operator => !matches!(record.owner, Owner::Dialogue),
            EscalateTo::Group => unit("operators.") || unit("supervisors.nation"),
            EscalateTo::Supervisors => unit("supervisors."),
        };
        assert!(has_it, "{record:?} at {at:?}");
    }

    /// Whoever is offered comes before all others whom this operator may take.
    fn prove_nobody_overtakes(&self, commands: &[Command]) {
        let offers = commands.iter().filter_map(|command| match command {
            Command::Ring { offer, contact, operator, why, .. } if why.reason != Reason::Assigned => Some((offer, contact, operator)),
            _ => None,
        });
        for (offer, contact, operator) in offers {
            let overtaken = self.world.router.overtaken_by(self.world.now, *offer);
            assert_eq!(overtaken, [], "wait behind {contact} for operator {operator}: {commands:#?}");
        }
        self.prove_choice(commands);
    }

    /// The choice of groups and teams is the choice among everybody. Of several offers the later ones changed
    /// what the earlier ones were chosen from, so only one by itself is looked at.
    fn prove_choice(&self, commands: &[Command]) {
        let mut rings = commands.iter().filter(|command| matches!(command, Command::Ring { .. }));
        let (Some(Command::Ring { offer, contact, operator, why, .. }), None) = (rings.next(), rings.next()) else { return };
        if why.reason == Reason::Assigned {
            return;
        }
        let Some((contacts, operators)) = self.world.router.alternatives(self.world.now, *offer) else { return };
        assert_eq!((contacts.first(), operators.first()), (Some(contact), Some(operator)), "{why:?}");
        assert_eq!(why.eligible_contacts, contacts.len(), "{why:?}");
        assert!(why.contacts_behind.iter().eq(contacts[1..].iter().take(3)), "{why:?}, not {contacts:?}");
        assert!(why.operators_behind.iter().eq(operators[1..].iter().take(3)), "{why:?}, not {operators:?}");
    }

    /// The wait is counted from the first queue entry, whatever happens afterwards.
    fn prove_first_entries(&mut self, view: &View) {
        for contact in &view.contacts {
            let Some(since) = contact.queued_since else { continue };
            let first = *self.first_entries.entry(contact.contact).or_insert(since);
            assert_eq!(since, first, "the clock of {} began anew", contact.contact);
            let record = &self.world.ledger.contacts[&contact.contact];
            assert_eq!(record.call.as_ref().map_or_else(|| record.visits[0].entered, |call| call.since), first);
        }
    }

    /// A call that broke is owed a follow-up, in every state.
    fn prove_broken_call_owed(&self, event: &Event, commands: &[Command]) {
        if let Event::CallBroken { contact, .. } = event {
            // A call that we owe is owed on.
            let owed = |command: &Command| {
                matches!(command, Command::RestCall { contact: call, .. } | Command::CloseContact { contact: call, outcome: Outcome::NotReached }
                    if call == contact)
            };
            assert!(
                self.follow_up(*contact, commands).is_some() || commands.iter().any(owed),
                "{contact} broke and is owed nothing: {commands:#?}"
            );
        }
    }

    /// Whoever goes unheard after a sign of danger is rung back within minutes, and nobody whom the
    /// system let go of is forgotten.
    fn prove_nobody_in_danger_is_let_go(&mut self, commands: &[Command]) {
        for command in commands {
            match command {
                Command::Describe { contact, urged: true, .. } => {
                    self.urged.insert(*contact);
                }
                Command::Describe { contact, urged: false, .. } => {
                    self.urged.remove(contact);
                }
                Command::CloseContact { contact, outcome } => {
                    let due = self.follow_up(*contact, commands);
                    let unheard = matches!(outcome, Outcome::Abandoned | Outcome::LeftInDialogue);
                    let within_ms = self.world.router.plan().follow_up.strict_ms;
                    let soon = due.is_some_and(|due| due <= self.world.now.plus_ms(within_ms));
                    assert!(!(unheard && self.urged.contains(contact)) || soon, "{contact} was in danger: {commands:#?}");
                    self.urged.remove(contact);
                    self.first_entries.remove(contact);
                    assert!(!matches!(outcome, Outcome::SystemTerminated(_)) || due.is_some(), "{contact} is owed nothing: {commands:#?}");
                }
                _ => {}
            }
        }
    }

    /// When a follow-up is due that was promised for this contact here.
    fn follow_up(&self, contact: ContactId, commands: &[Command]) -> Option<Timestamp> {
        let of = self.world.ledger.contacts.get(&contact)?.matter;
        commands.iter().find_map(|command| match command {
            Command::MakePromise { matter, promise_kind: PromiseKind::FollowUp, due, .. } if *matter == of => Some(*due),
            _ => None,
        })
    }

    fn prove_accounts(&self, view: &View) {
        let Accounts { opened, closed, entered, left } = self.accounts;
        assert_eq!(opened, closed + view.contacts.len() + view.additions.len(), "contacts opened = closed + open");
        let in_queue = view.contacts.iter().filter(|contact| contact.queue.is_some()).count();
        assert_eq!(entered, left + in_queue, "visits entered = ended + open");
    }

    // Restart, another plan, and the end

    /// What was owed is owed after, once: a follow-up for each broken call, also where it was owed an answer beside.
    fn restart(&mut self) {
        let owed = |world: &World| {
            let mut owed: BTreeMap<MatterId, usize> = BTreeMap::new();
            let open = world.ledger.promises.values().filter(|promise| promise.settled.is_none());
            open.for_each(|promise| *owed.entry(promise.matter).or_default() += 1);
            owed
        };
        let (calls, held) = calls_owed(&self.world.ledger);
        let lasting = |world: &World| -> BTreeSet<PromiseId> {
            let open = world.ledger.promises.values().filter(|promise| promise.settled.is_none());
            open.filter(|promise| {
                matches!(promise.kind, PromiseKind::FollowUp | PromiseKind::CallBack | PromiseKind::Addition | PromiseKind::Report)
            })
            .map(|promise| promise.promise)
            .filter(|promise| !held.contains(promise))
            .collect()
        };
        let is_open_call = |record: &&ContactRecord| record.call.is_some() && record.closed.is_none();
        let open: Vec<_> = self.world.ledger.contacts.values().filter(is_open_call).map(|record| record.contact).collect();
        let (mut owed_before, lasting_before) = (owed(&self.world), lasting(&self.world));
        let decision = self.world.restart();
        self.learn(&decision.commands);
        let mut owed_after = owed(&self.world);
        for broken in open.iter().map(|call| &self.world.ledger.contacts[call]).filter(|record| record.closed.is_some()) {
            let (before, after) = (owed_before.remove(&broken.matter), owed_after.remove(&broken.matter));
            assert!(before == after || before == after.map(|owed| owed + 1), "{:?}: {before:?}, then {after:?}", broken.matter);
        }
        assert_eq!(owed_after, owed_before);
        let records = &self.world.ledger.promises;
        // When nobody may be rung, a call is promised anew for the opening.
        let is_put_off = |lost: &PromiseRecord| {
            let anew = |other: &&PromiseRecord| {
                (other.matter, other.kind, other.settled, other.made) == (lost.matter, lost.kind, None, self.world.now)
            };
            lost.kind == PromiseKind::CallBack
                && lost.settlement == Some(Settlement::Replaced)
                && self.world.router.plan().quiet_until(self.world.now).is_some()
                && records.values().filter(anew).any(|other| other.due > lost.due)
        };
        let lasting_after = lasting(&self.world);
        let settled = lasting_before.difference(&lasting_after).map(|promise| &records[promise]);
        let lost: Vec<_> = settled.filter(|promise| !is_put_off(promise)).collect();
        assert!(lost.is_empty(), "a restart settled {lost:?}");
        let view = self.world.router.view(self.world.now);
        assert!(view.contacts.iter().all(|contact| contact.state == ContactState::WrapUp || contact.call.is_some()));
        let calls_after = calls_owed(&self.world.ledger).0;
        let is_owed_still = |(contact, promise, since): &(ContactId, PromiseId, Timestamp)| {
            let still = calls_after.iter().find(|(other, _, of)| (other, of) == (contact, since));
            let is_anew = |still: &PromiseId| is_put_off(&records[promise]) && records[still].due > records[promise].due;
            still.is_some_and(|(_, still, _)| still == promise || is_anew(still))
        };
        assert!(calls.iter().all(is_owed_still), "{calls:?} were owed, and now {calls_after:?}");
    }

    fn all_is_late(&self) -> bool {
        self.world.ledger.promises.values().filter(|promise| promise.settled.is_none()).all(|promise| promise.due <= self.world.now)
    }

    fn change_plan(&mut self) {
        let plan = self.inventor.dice.one(&self.plans);
        self.world.router.prepare(plan.clone(), places_of(&plan));
        self.happen(&Event::PlanChanged { plan: plan.digest.clone() });
    }

    /// All operators leave and all callers hang up; then only time passes.
    fn drain(&mut self) {
        let view = self.world.router.view(self.world.now);
        for operator in &view.operators {
            self.happen(&Event::OperatorLost { operator: operator.operator });
        }
        for contact in &view.contacts {
            self.happen(&Event::CallerHungUp { contact: contact.contact });
        }
        self.settle_calls();
        let mut ticks = 0;
        // What is late is told again for as long as it is owed; all else comes to its end.
        while self.world.router.deadlines().any(|(_, timer)| !matches!(timer, Timer::Promise(_))) || !self.all_is_late() {
            assert!(self.tick(Timestamp(i64::MAX)), "nothing is left to wait for");
            ticks += 1;
            // A report is due in days, and what presses is told again every few minutes until then.
            assert!(ticks < 100_000, "time alone brings no end: {:?}", self.world.router.wake_at());
        }
        let view = self.world.prove();
        assert!(view.contacts.is_empty(), "still open: {:#?}", view.contacts);
        assert!(view.operators.iter().all(|operator| operator.state == OperatorState::Lost));
        assert!(self.world.ledger.contacts.values().all(|record| record.outcome.is_some() || record.state == ContactState::Unread));
        let outlives = |kind| matches!(kind, PromiseKind::FollowUp | PromiseKind::CallBack | PromiseKind::Addition | PromiseKind::Report);
        let others: Vec<_> = view.promises.iter().filter(|promise| !outlives(promise.kind)).collect();
        assert!(others.is_empty(), "owed with nobody there: {others:#?}");
        assert!(self.accounts.closed > EVENTS / 40, "a storm in which nearly nobody called: {}", self.accounts.closed);
    }
}

impl Storm {
    /// What nobody is there to make is settled by a person of its region, one after the other.
    fn settle_calls(&mut self) {
        let operator = OperatorId(1);
        loop {
            let view = self.world.router.view(self.world.now);
            let Some(call) = view.contacts.iter().find(|contact| contact.call.is_some() && contact.state != ContactState::WrapUp) else {
                break;
            };
            let promise =
                view.promises.iter().find(|promise| Some(promise.promise) == call.call.as_ref().map(|call| call.promise)).unwrap();
            let plan = self.world.router.plan().clone();
            let is_of = |region: &RegionId| match &promise.owner {
                Owner::Unit(unit) => *unit == plan.follow_up.unit_of(Some(region)) || *unit == plan.follow_up.unit_of(None),
                owner => plan.queues().any(|(queue, of, _)| Owner::Queue(queue) == *owner && of.id == *region),
            };
            let Some(site) = plan.sites.iter().find(|site| is_of(&site.region)) else { panic!("nobody answers for {promise:?}") };
            let profile = OperatorProfile { site: site.id.clone(), ..self.inventor.profile() };
            self.happen(&Event::OperatorSignedIn { operator, profile });
            self.happen(&Event::OperatorPaused { operator, reason: PauseReason::Casework });
            let settled = Event::PromiseSettled { matter: promise.matter, promise: promise.promise, operator, outcome: Outcome::Helped };
            self.happen(&settled);
            let open = self.world.router.view(self.world.now);
            assert!(open.contacts.iter().all(|other| other.contact != call.contact), "{call:?} was not settled: {promise:?}");
        }
        self.happen(&Event::OperatorLost { operator });
    }
}

/// What each call that rests or stands in line owes, and the promises that are held by calls being made.
fn calls_owed(ledger: &Ledger) -> (BTreeSet<(ContactId, PromiseId, Timestamp)>, BTreeSet<PromiseId>) {
    use ContactState::{Offered, Queued, Resting};
    let open = ledger.contacts.values().filter(|record| record.closed.is_none());
    let (waiting, made): (Vec<_>, Vec<_>) = open.filter_map(|record| Some((record, record.call.as_ref()?))).partition(|(record, _)| {
        matches!(record.state, Offered | Queued | Resting) && !record.visits.last().is_some_and(|visit| visit.strict)
    });
    let owed = waiting.iter().map(|(record, call)| (record.contact, call.promise, call.since)).collect();
    (owed, made.iter().map(|(_, call)| call.promise).collect())
}

/// A time-critical contact never waits behind another for an operator who may take both.
fn prove_strict_first(commands: &[Command], view: &View) {
    for command in commands {
        let Command::Ring { contact, why, .. } = command else { continue };
        let goes_first = |id: &ContactId| view.contacts.iter().any(|other| other.contact == *id && other.strict);
        if goes_first(contact) || why.reason == Reason::Assigned {
            continue;
        }
        let strict =
            |id: &ContactId| view.contacts.iter().any(|other| other.contact == *id && other.strict && other.state == ContactState::Queued);
        assert!(!why.contacts_behind.iter().any(strict), "contact {contact} was offered before a time-critical one: {why:?}");
    }
}
