//! A centre of R1's regions at any size, brought into its stride, and what its router is told from then on.
//! Callers come as the operators are spread over the regions, evenly over the day; where some are to wait, more
//! come than are answered, and none while enough are in line. Operators answer at once and are free at once, as
//! in R1. It decides nothing about who is next.

use domain::{
    ContactId, OperatorId, Timestamp,
    contact::{Outcome, VisitOutcome},
    place::Places,
    routing::{Command, Event, NextIds, Router},
};
use simulator::{Caller, Centre, chance::Chance, reference};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque},
    error::Error,
    sync::Arc,
};

/// R1's mean handling and patience.
const HANDLING_S: f64 = 480.0;
const PATIENCE_S: f64 = 1_800.0;
/// How much of their time operators speak when nobody is to wait.
const BUSY_SHARE: f64 = 0.8;
/// More callers than are answered or give up, so that there is always one to take a place in line.
const MORE_CALLERS: f64 = 1.1;
/// From empty to the stride, in handling times: nothing of the beginning is felt any more.
const BEGINNING_S: f64 = 4.0 * HANDLING_S;
/// The router remembers so many closed contacts; one in its stride has as many.
const CLOSED_MIN: f64 = 12_000.0;
/// Fewer than the router is told about one caller.
const EVENTS_PER_CALLER: f64 = 3.0;
const SEED: u64 = 1;
const HOUR_S: f64 = 3_600.0;

/// What the router is told, and when.
pub enum Heard {
    Event(Timestamp, Event),
    Tick(Timestamp),
}

pub struct Stride {
    pub operators: usize,
    /// Callers in line, the mean over what was written down.
    pub waiting: f64,
    /// As it was before the first thing that was written down.
    pub router: Router,
    pub heard: Vec<Heard>,
    /// How many commands came of each.
    commands: Vec<usize>,
}

impl Stride {
    pub fn commands_after(&self, events: usize) -> usize {
        self.commands.iter().skip(events).sum()
    }
}

/// `events` of a centre in its stride.
pub fn in_its_stride(factor: usize, waiting: usize, events: usize) -> Result<Stride, Box<dyn Error>> {
    let mut centre = reference::r1()?;
    centre.staff = centre.staff.iter().flat_map(|operator| std::iter::repeat_n(operator.clone(), factor)).collect();
    let operators = centre.staff.len();
    let (busy, more) = if waiting == 0 { (BUSY_SHARE, 1.0) } else { (1.0, MORE_CALLERS) };
    let callers_a_second = more * (operators as f64 * busy / HANDLING_S + waiting as f64 / PATIENCE_S);
    let beginning_s = BEGINNING_S.max(CLOSED_MIN / callers_a_second);
    let hours = ((beginning_s + events as f64 / EVENTS_PER_CALLER / callers_a_second) / HOUR_S).ceil();
    demand(&mut centre, callers_a_second, hours)?;
    let mut callers = centre.demand.callers(Chance::of_day(SEED, 0));
    let at_once = (operators as f64 * busy) as usize + waiting;
    // Whoever is there from the beginning.
    let first = centre.demand.callers(Chance::of_day(SEED, 1)).into_iter().take(at_once);
    callers.splice(0..0, first.map(|caller| Caller { arrives_ms: 0, ..caller }));

    let mut floor = Floor::new(&centre, &callers);
    floor.in_line_max = if waiting == 0 { u64::MAX } else { waiting as u64 };
    floor.open()?;
    floor.run(|floor| floor.now < Timestamp((beginning_s * 1_000.0) as i64))?;
    floor.stride = Some(Stride { operators, waiting: 0.0, router: floor.router.clone(), heard: Vec::new(), commands: Vec::new() });
    floor.run(|floor| floor.stride.as_ref().is_some_and(|stride| stride.heard.len() < events))?;
    let waited = floor.waited;
    let mut stride = floor.stride.ok_or("nothing was written down")?;
    stride.heard.truncate(events);
    stride.commands.truncate(events);
    stride.waiting = waited as f64 / stride.heard.len().max(1) as f64;
    Ok(stride)
}

/// So many callers a second over the first hours of the day, in each region as many as it has operators.
fn demand(centre: &mut Centre, callers_a_second: f64, hours: f64) -> Result<(), Box<dyn Error>> {
    let pieces = centre.demand.profile.len() as f64;
    if hours > pieces {
        return Err(format!("{hours} hours of calls are needed and a day has {pieces}: fewer events are enough").into());
    }
    for (hour, weight) in centre.demand.profile.iter_mut().enumerate() {
        *weight = if (hour as f64) < hours { 1.0 } else { 0.0 };
    }
    let mut working = BTreeMap::new();
    for operator in &centre.staff {
        let site = centre.plan.site(&operator.profile.site).ok_or("an operator of R1 works at no site")?;
        *working.entry(site.region.clone()).or_insert(0.0) += 1.0;
    }
    for stream in &mut centre.demand.streams {
        let share = working.get(&stream.region).copied().unwrap_or(0.0) / centre.staff.len() as f64;
        stream.calls_per_day = share * callers_a_second * hours * HOUR_S;
    }
    Ok(())
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    EndTalk(ContactId, OperatorId),
    GiveUp(ContactId),
}

struct Floor<'a> {
    centre: &'a Centre,
    callers: &'a [Caller],
    router: Router,
    now: Timestamp,
    next_caller: usize,
    /// Whose wait has ended, by number.
    done: Vec<bool>,
    agenda: BinaryHeap<Reverse<(Timestamp, Deed)>>,
    at_once: VecDeque<Event>,
    in_line: u64,
    /// Nobody comes while so many are in line.
    in_line_max: u64,
    /// The sum of those in line over all that was written down.
    waited: u64,
    stride: Option<Stride>,
}

impl<'a> Floor<'a> {
    fn new(centre: &'a Centre, callers: &'a [Caller]) -> Self {
        Self {
            centre,
            callers,
            router: Router::new(centre.plan.clone(), Arc::new(Places::default()), NextIds::default()),
            now: Timestamp(0),
            next_caller: 0,
            done: vec![false; callers.len()],
            agenda: BinaryHeap::new(),
            at_once: VecDeque::new(),
            in_line: 0,
            in_line_max: u64::MAX,
            waited: 0,
            stride: None,
        }
    }

    fn open(&mut self) -> Result<(), Box<dyn Error>> {
        self.at_once.push_back(Event::Started { plan: self.centre.plan.digest.clone(), interrupted: Vec::new() });
        for (operator, working) in (1..).map(OperatorId).zip(&self.centre.staff) {
            self.at_once.push_back(Event::OperatorSignedIn { operator, profile: working.profile.clone() });
            self.at_once.push_back(Event::OperatorReady { operator });
        }
        self.tell_all()
    }

    fn run(&mut self, goes_on: impl Fn(&Self) -> bool) -> Result<(), Box<dyn Error>> {
        while goes_on(self) {
            let arrival = self.callers.get(self.next_caller).map(|caller| Timestamp(caller.arrives_ms)).ok_or("too few callers came")?;
            let deed = self.agenda.peek().map(|Reverse((at, _))| *at).filter(|at| *at <= arrival);
            let next = deed.unwrap_or(arrival);
            if let Some((due, _)) = self.router.wake_at().filter(|(due, _)| *due <= next) {
                self.now = due;
                self.tell(Heard::Tick(due))?;
            } else if deed.is_some() {
                self.now = next;
                self.do_next();
            } else {
                self.now = arrival;
                self.arrive();
            }
            self.tell_all()?;
        }
        Ok(())
    }

    fn arrive(&mut self) {
        let caller = &self.callers[self.next_caller];
        self.next_caller += 1;
        // Whoever is there from the beginning has yet to be answered.
        if self.in_line >= self.in_line_max && caller.arrives_ms > 0 {
            return;
        }
        self.in_line += 1;
        let id = self.next_caller as u64;
        self.agenda.push(Reverse((self.now.plus_ms(caller.patience_ms), Deed::GiveUp(ContactId(id)))));
        self.at_once.push_back(caller.arrival(id));
    }

    fn do_next(&mut self) {
        match self.agenda.pop() {
            Some(Reverse((_, Deed::EndTalk(contact, operator)))) => {
                self.at_once.push_back(Event::CallEndedByOperator { contact, operator });
                self.at_once.push_back(Event::OutcomeStated { contact, operator, outcome: Outcome::Helped });
            }
            Some(Reverse((_, Deed::GiveUp(contact)))) if !self.done[index_of(contact)] => {
                self.at_once.push_back(Event::CallerHungUp { contact });
            }
            _ => {}
        }
    }

    fn tell_all(&mut self) -> Result<(), Box<dyn Error>> {
        while let Some(event) = self.at_once.pop_front() {
            self.tell(Heard::Event(self.now, event))?;
        }
        Ok(())
    }

    fn tell(&mut self, heard: Heard) -> Result<(), Box<dyn Error>> {
        let commands = match &heard {
            Heard::Tick(now) => self.router.tick(*now),
            Heard::Event(now, event) => {
                let decision = self.router.handle(*now, event);
                if !decision.took_effect {
                    return Err(format!("the router had no use for {}", event.kind()).into());
                }
                decision.commands
            }
        };
        for command in &commands {
            self.carry_out(command)?;
        }
        if let Some(stride) = &mut self.stride {
            stride.heard.push(heard);
            stride.commands.push(commands.len());
            self.waited += self.in_line;
        }
        self.router.reuse(commands);
        Ok(())
    }

    fn carry_out(&mut self, command: &Command) -> Result<(), Box<dyn Error>> {
        match command {
            Command::Ring { offer, operator, .. } => {
                self.at_once.push_back(Event::OfferAccepted { offer: *offer, operator: *operator });
            }
            Command::Connect { contact, operator } => {
                self.at_once.push_back(Event::OperatorConnected { contact: *contact, operator: *operator });
                let handling_ms = self.callers[index_of(*contact)].handling_ms;
                self.agenda.push(Reverse((self.now.plus_ms(handling_ms), Deed::EndTalk(*contact, *operator))));
            }
            Command::EndVisit { contact, outcome, .. } => match outcome {
                VisitOutcome::Answered | VisitOutcome::Abandoned | VisitOutcome::AbandonedShort => {
                    self.done[index_of(*contact)] = true;
                    self.in_line -= 1;
                }
                VisitOutcome::Diverted => {}
                other => return Err(format!("a wait ended in a way that R1 does not know: {other:?}").into()),
            },
            _ => {}
        }
        Ok(())
    }
}

/// Contacts are numbered from 1 in the order in which the callers come.
fn index_of(contact: ContactId) -> usize {
    usize::try_from(contact.0.saturating_sub(1)).unwrap_or(usize::MAX)
}
