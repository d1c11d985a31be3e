//! A contact centre without people: it plays the callers' and the operators' part towards the live
//! router, one day at a time, and jumps from one happening to the next.

use crate::{Caller, Demand, Digest, NotDigested, Tally, chance::Chance};
use domain::{
    ContactId, MatterId, OperatorId, RegionId, Timestamp,
    contact::{Channel, Outcome},
    intent::{Intent, Language},
    place::{PlaceEstimate, PlaceSource, Places},
    plan::{OperatorProfile, Plan},
    routing::{Command, Event, Intake, NextIds, Router},
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::Arc,
};

const DAY_MS: u64 = 24 * 3_600_000;

/// Who works and who calls.
#[derive(Clone, Debug)]
pub struct Centre {
    pub plan: Arc<Plan>,
    pub demand: Demand,
    /// On duty all day, ready from the first moment on; they answer at once and write nothing afterwards.
    pub operators: Vec<OperatorProfile>,
    /// What every caller wants, asked before they reach the centre: the dialogue is not simulated.
    pub intent: Intent,
    pub language: Language,
}

/// A fault of plan or program, never of chance.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SimulationFault {
    /// Some callers' wait ended in no way that is counted.
    #[error("day {day}: {offered} callers came, but only {ended} were answered or gave up")]
    Lost { day: u64, offered: u64, ended: u64 },
    #[error(transparent)]
    NotDigested(#[from] NotDigested),
}

/// What people do at a time of their own; in this order when several fall on the same millisecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Deed {
    EndCall(ContactId, OperatorId),
    GiveUp(ContactId),
}

/// A day under way.
struct Day<'a> {
    centre: &'a Centre,
    router: Router,
    midnight: Timestamp,
    callers: Vec<Caller>,
    /// Who has not been spoken with and has not given up, in the order of `callers`.
    waiting: Vec<bool>,
    agenda: BinaryHeap<Reverse<(Timestamp, Deed)>>,
    /// What follows on a command in the same moment.
    at_once: VecDeque<Event>,
    digest: &'a mut Digest,
    tally: Tally,
}

impl Centre {
    /// Runs one day that starts empty, from midnight until the last caller is gone, and adds its decisions
    /// to `digest`. `seed` and `day` alone decide who comes.
    ///
    /// # Errors
    /// [`SimulationFault`] when a caller's wait ended in no way that is counted.
    pub fn run_day(&self, seed: u64, day: u64, digest: &mut Digest) -> Result<Tally, SimulationFault> {
        let callers = self.demand.callers(Chance::of_day(seed, day));
        let midnight = Timestamp(0).plus_ms(day.saturating_mul(DAY_MS));
        let mut under_way = Day {
            centre: self,
            router: Router::new(self.plan.clone(), Arc::new(Places::default()), NextIds::default()),
            midnight,
            waiting: vec![true; callers.len()],
            callers,
            agenda: BinaryHeap::new(),
            at_once: VecDeque::new(),
            digest,
            tally: Tally::default(),
        };
        under_way.begin()?;
        under_way.pass()?;
        let tally = under_way.tally;
        let ended = tally.answered + tally.abandoned;
        if ended == tally.offered { Ok(tally) } else { Err(SimulationFault::Lost { day, offered: tally.offered, ended }) }
    }
}

impl Day<'_> {
    fn begin(&mut self) -> Result<(), NotDigested> {
        let centre = self.centre;
        self.at_once.push_back(Event::Started { plan: centre.plan.digest.clone(), interrupted: Vec::new() });
        for (number, profile) in (1..).zip(&centre.operators) {
            let operator = OperatorId(number);
            self.at_once.push_back(Event::OperatorSignedIn { operator, profile: profile.clone() });
            self.at_once.push_back(Event::OperatorReady { operator });
        }
        self.act(self.midnight)
    }

    fn pass(&mut self) -> Result<(), NotDigested> {
        let mut next_caller = 0;
        loop {
            let arrival = self.callers.get(next_caller).map(|caller| self.midnight.plus_ms(caller.arrives_ms));
            let deed = self.agenda.peek().map(|Reverse((at, _))| *at);
            let Some(next) = [arrival, deed].into_iter().flatten().min() else { return Ok(()) };
            match self.router.wake_at() {
                Some((due, _)) if due <= next => {
                    let commands = self.router.tick(due);
                    self.take_in(due, &commands)?;
                    self.router.reuse(commands);
                    self.act(due)?;
                }
                _ if deed == Some(next) => self.do_next()?,
                _ => {
                    self.arrive(next, next_caller)?;
                    next_caller += 1;
                }
            }
        }
    }

    fn do_next(&mut self) -> Result<(), NotDigested> {
        let Some(Reverse((now, deed))) = self.agenda.pop() else { return Ok(()) };
        match deed {
            Deed::GiveUp(contact) if self.waiting[index_of(contact)] => {
                self.waiting[index_of(contact)] = false;
                self.at_once.push_back(Event::CallerHungUp { contact });
            }
            Deed::GiveUp(_) => return Ok(()),
            Deed::EndCall(contact, operator) => {
                self.at_once.push_back(Event::CallEndedByOperator { contact, operator });
                self.at_once.push_back(Event::OutcomeStated { contact, operator, outcome: Outcome::Helped });
            }
        }
        self.act(now)
    }

    fn arrive(&mut self, now: Timestamp, index: usize) -> Result<(), NotDigested> {
        let caller = self.callers[index];
        let id = index as u64 + 1;
        self.agenda.push(Reverse((now.plus_ms(caller.patience_ms), Deed::GiveUp(ContactId(id)))));
        self.at_once.push_back(Event::CallArrived {
            contact: ContactId(id),
            matter: MatterId(id),
            channel: Channel::HandOver,
            place: Some(PlaceEstimate::whole(PlaceSource::Stated, self.region_of(&caller))),
            intake: Intake { language: self.centre.language, recogniser: false, intent: Some(self.centre.intent) },
        });
        self.act(now)
    }

    fn region_of(&self, caller: &Caller) -> RegionId {
        self.centre.demand.regions[caller.region].region.clone()
    }

    /// Tells the router what happens now and what follows from it at once.
    fn act(&mut self, now: Timestamp) -> Result<(), NotDigested> {
        while let Some(event) = self.at_once.pop_front() {
            let decision = self.router.handle(now, &event);
            self.take_in(now, &decision.commands)?;
            self.router.reuse(decision.commands);
        }
        Ok(())
    }

    fn take_in(&mut self, now: Timestamp, commands: &[Command]) -> Result<(), NotDigested> {
        self.digest.apply(now, commands)?;
        self.tally.apply(commands, self.centre.plan.service_level.within_ms);
        for command in commands {
            match command {
                Command::Ring { offer, operator, .. } => {
                    self.at_once.push_back(Event::OfferAccepted { offer: *offer, operator: *operator });
                }
                Command::Connect { contact, operator } => {
                    self.at_once.push_back(Event::OperatorConnected { contact: *contact, operator: *operator });
                    self.waiting[index_of(*contact)] = false;
                    let ends = now.plus_ms(self.callers[index_of(*contact)].handling_ms);
                    self.agenda.push(Reverse((ends, Deed::EndCall(*contact, *operator))));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Contacts are numbered from 1 in the order in which the callers come.
fn index_of(contact: ContactId) -> usize {
    usize::try_from(contact.0.saturating_sub(1)).unwrap_or(usize::MAX)
}
