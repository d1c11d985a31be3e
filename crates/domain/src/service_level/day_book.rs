//! The figures of each day, folded from the recorded commands one entry at a time.
//!
//! A contact belongs to the local day and half hour of its arrival, also when it is answered after
//! midnight; a promise to the day on which it is due. The clock of a wait is the router's own
//! (`EndVisit::waited_ms`): from the first queue entry, over every hop, to a human voice. Who comes
//! back into a queue after a human voice (a lost page, a hand-over) is counted apart, so that no call
//! weighs twice.

use super::Counts;
use crate::{
    ContactId, PromiseId, QueueId, RegionId, Timestamp,
    contact::{Channel, ContactState, Outcome, Owner, PromiseKind, Settlement, VisitOutcome, ledger::PromiseRecord},
    plan::Plan,
    routing::Command,
};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Half hours of a local day. When the clock is set back, two hours share their places.
pub const HALF_HOURS: usize = 48;

/// What the figures depend on; a plan that changes it starts a new book.
#[derive(Clone, PartialEq, Debug)]
pub struct Rules {
    pub within_ms: u64,
    pub from: Time,
    pub to: Time,
    pub zone: TimeZone,
}

impl Rules {
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let level = &plan.service_level;
        Self { within_ms: level.within_ms, from: level.from, to: level.to, zone: plan.zone.clone() }
    }
}

/// Calls of one half hour by arrival.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct HalfHour {
    pub offered: u64,
    pub answered_in_time: u64,
}

/// One queue on one day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct QueueDay {
    /// Arrived within the window of the published target.
    pub inside: Counts,
    /// Arrived outside it; never part of the published level.
    pub outside: Counts,
    pub half_hours: Vec<HalfHour>,
    /// Visits after the caller had spoken with somebody already.
    pub returned: u64,
    /// Those of them that ended without a second answer.
    pub returned_lost: u64,
}

impl Default for QueueDay {
    fn default() -> Self {
        Self {
            inside: Counts::default(),
            outside: Counts::default(),
            half_hours: vec![HalfHour::default(); HALF_HOURS],
            returned: 0,
            returned_lost: 0,
        }
    }
}

impl QueueDay {
    fn add(&mut self, other: &Self) {
        self.inside.add(&other.inside);
        self.outside.add(&other.outside);
        for (mine, theirs) in self.half_hours.iter_mut().zip(&other.half_hours) {
            mine.offered += theirs.offered;
            mine.answered_in_time += theirs.answered_in_time;
        }
        self.returned += other.returned;
        self.returned_lost += other.returned_lost;
    }
}

/// Promises due on one day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct PromiseCounts {
    /// Still owed or kept, or put off to the next opening unkept; what was withdrawn or replaced otherwise is owed no
    /// longer.
    pub due: u64,
    pub kept_in_time: u64,
    pub kept_late: u64,
    pub withdrawn: u64,
    pub replaced: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Day {
    pub queues: BTreeMap<QueueId, QueueDay>,
    pub promises: BTreeMap<PromiseKind, PromiseCounts>,
    pub opened: u64,
    /// Closed contacts by the word of their outcome ("system_terminated:restart").
    pub outcomes: BTreeMap<String, u64>,
    /// Calls that we owed and gave up on this day: a person decides, or tries again. They are among no other
    /// contacts; what became of the others is told by the promises.
    pub calls_not_reached: u64,
}

impl Day {
    /// The queues of one region together.
    #[must_use]
    pub fn region(&self, plan: &Plan, region: &RegionId) -> QueueDay {
        let mut sum = QueueDay::default();
        for (queue, _, _) in plan.queues().filter(|(_, of, _)| &of.id == region) {
            if let Some(day) = self.queues.get(&queue) {
                sum.add(day);
            }
        }
        sum
    }

    /// Every queue together, also those that the plan no longer has.
    #[must_use]
    pub fn whole(&self) -> QueueDay {
        let mut sum = QueueDay::default();
        for day in self.queues.values() {
            sum.add(day);
        }
        sum.inside.join_hops();
        sum.outside.join_hops();
        sum
    }

    /// Promises of every kind together.
    #[must_use]
    pub fn promises_of_all_kinds(&self) -> PromiseCounts {
        self.promises.values().fold(PromiseCounts::default(), |sum, kind| PromiseCounts {
            due: sum.due + kind.due,
            kept_in_time: sum.kept_in_time + kind.kept_in_time,
            kept_late: sum.kept_late + kind.kept_late,
            withdrawn: sum.withdrawn + kind.withdrawn,
            replaced: sum.replaced + kind.replaced,
        })
    }
}

/// An open contact, as far as the figures need it.
#[derive(Clone, PartialEq, Debug)]
struct Underway {
    date: Date,
    half_hour: usize,
    inside: bool,
    /// Somebody has spoken with the caller.
    answered: bool,
    /// Has entered a queue, so its half hour counts it.
    queued: bool,
    /// The present visit is one after a human voice.
    returned: bool,
}

#[derive(Clone, PartialEq, Debug)]
struct Owed {
    kind: PromiseKind,
    due: Timestamp,
    /// When somebody was heard in the call that keeps it.
    voice: Option<Timestamp>,
}

/// All days since the journal's first entry given, and what is still under way.
#[derive(Clone, PartialEq, Debug)]
pub struct DayBook {
    rules: Rules,
    days: BTreeMap<Date, Day>,
    contacts: BTreeMap<ContactId, Underway>,
    promises: BTreeMap<PromiseId, Owed>,
    /// Open calls that we owe, and what they keep.
    calls: BTreeMap<ContactId, PromiseId>,
}

impl DayBook {
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules, days: BTreeMap::new(), contacts: BTreeMap::new(), promises: BTreeMap::new(), calls: BTreeMap::new() }
    }

    /// Takes in the commands recorded with one event. Commands that count nothing are passed over, as
    /// are those of contacts that were opened before the first entry given.
    pub fn apply(&mut self, at: Timestamp, commands: &[Command]) {
        let mut is_put_off = false;
        for command in commands {
            match command {
                // Counts in no figure of those who turn to us.
                Command::OpenContact { channel: Channel::CallBack, .. }
                | Command::OpenContact { owner: Owner::Unit(_) | Owner::Operator(_), .. } => {}
                Command::OpenContact { contact, .. } => self.open(at, *contact),
                Command::EnterQueue { contact, queue, .. } => self.enter(*contact, queue),
                Command::EndVisit { contact, queue, outcome, waited_ms } => self.end_visit(*contact, queue, *outcome, *waited_ms),
                Command::OweCall { contact, promise, .. } | Command::RestCall { contact, promise: Some(promise), .. } => {
                    self.calls.insert(*contact, *promise);
                }
                Command::MoveContact { contact, state, .. } => self.hear(at, *contact, *state),
                Command::CloseContact { contact, outcome } => {
                    if self.calls.remove(contact).is_some() && *outcome == Outcome::NotReached {
                        let date = at.local(&self.rules.zone).date();
                        self.day_mut(date).calls_not_reached += 1;
                    }
                    if let Some(underway) = self.contacts.remove(contact) {
                        *self.day_mut(underway.date).outcomes.entry(outcome.word()).or_default() += 1;
                    }
                }
                Command::MakePromise { promise, promise_kind, due, .. } => self.make_promise(*promise, *promise_kind, *due),
                Command::ResumePromise { promise, due, .. } => self.put_off(*promise, *due),
                Command::SettlePromise { promise, settlement, .. } => self.settle_promise(at, *promise, *settlement, is_put_off),
                _ => {}
            }
            // What a call kept until it was put off to the next opening is settled right after that.
            is_put_off = matches!(command, Command::RestCall { promise: Some(_), .. });
        }
    }

    /// A promise that was made before the first entry given, and open then.
    pub fn owed_before(&mut self, record: &PromiseRecord) {
        self.make_promise(record.promise, record.kind, record.due);
    }

    /// A call that we owed before the first entry given, and since then what it keeps.
    pub fn call_owed_before(&mut self, contact: ContactId, promise: PromiseId) {
        self.calls.insert(contact, promise);
    }

    fn day_mut(&mut self, date: Date) -> &mut Day {
        self.days.entry(date).or_default()
    }

    fn open(&mut self, at: Timestamp, contact: ContactId) {
        let local = at.local(&self.rules.zone);
        let (date, time) = (local.date(), local.time());
        let half_hour = usize::try_from(time.hour()).unwrap_or(0) * 2 + usize::from(time.minute() >= 30);
        let inside = self.rules.from <= time && time < self.rules.to;
        self.contacts.insert(contact, Underway { date, half_hour, inside, answered: false, queued: false, returned: false });
        self.day_mut(date).opened += 1;
    }

    fn enter(&mut self, contact: ContactId, queue: &QueueId) {
        let Some(underway) = self.contacts.get_mut(&contact) else { return };
        let first = !std::mem::replace(&mut underway.queued, true);
        underway.returned = underway.answered;
        let Underway { date, half_hour, inside, returned, .. } = *underway;
        let row = self.day_mut(date).queues.entry(queue.clone()).or_default();
        if returned {
            row.returned += 1;
            return;
        }
        if inside {
            row.inside.offered += 1
        } else {
            row.outside.offered += 1
        }
        if first && let Some(slot) = row.half_hours.get_mut(half_hour) {
            slot.offered += 1;
        }
    }

    fn end_visit(&mut self, contact: ContactId, queue: &QueueId, outcome: VisitOutcome, waited_ms: u64) {
        let within_ms = self.rules.within_ms;
        let Some(underway) = self.contacts.get_mut(&contact) else { return };
        let Underway { date, half_hour, inside, returned, .. } = *underway;
        let answered = outcome == VisitOutcome::Answered;
        underway.answered |= answered;
        let row = self.day_mut(date).queues.entry(queue.clone()).or_default();
        if returned {
            row.returned_lost += u64::from(!answered && outcome != VisitOutcome::Diverted);
            return;
        }
        if inside {
            row.inside.end(outcome, waited_ms, within_ms)
        } else {
            row.outside.end(outcome, waited_ms, within_ms)
        }
        if answered
            && waited_ms <= within_ms
            && let Some(slot) = row.half_hours.get_mut(half_hour)
        {
            slot.answered_in_time += 1;
        }
    }

    /// A promise is kept by the voice, not by the end of the conversation. Whoever is rung anew was not reached.
    fn hear(&mut self, at: Timestamp, contact: ContactId, state: ContactState) {
        let Some(owed) = self.calls.get(&contact).and_then(|promise| self.promises.get_mut(promise)) else { return };
        match state {
            ContactState::Talking => owed.voice = owed.voice.or(Some(at)),
            ContactState::Resting | ContactState::Dialling => owed.voice = None,
            _ => {}
        }
    }

    fn promise_counts(&mut self, owed: &Owed) -> &mut PromiseCounts {
        let date = owed.due.local(&self.rules.zone).date();
        self.day_mut(date).promises.entry(owed.kind).or_default()
    }

    fn make_promise(&mut self, promise: PromiseId, kind: PromiseKind, due: Timestamp) {
        let owed = Owed { kind, due, voice: None };
        self.promise_counts(&owed).due += 1;
        self.promises.insert(promise, owed);
    }

    /// It has waited for the citizen: it is due on another day, perhaps.
    fn put_off(&mut self, promise: PromiseId, due: Timestamp) {
        let Some(mut owed) = self.promises.remove(&promise) else { return };
        let counts = self.promise_counts(&owed);
        counts.due = counts.due.saturating_sub(1);
        owed.due = due;
        self.promise_counts(&owed).due += 1;
        self.promises.insert(promise, owed);
    }

    fn settle_promise(&mut self, at: Timestamp, promise: PromiseId, settlement: Settlement, is_put_off: bool) {
        let Some(owed) = self.promises.remove(&promise) else { return };
        let counts = self.promise_counts(&owed);
        match settlement {
            Settlement::Kept if owed.voice.unwrap_or(at) <= owed.due => counts.kept_in_time += 1,
            Settlement::Kept => counts.kept_late += 1,
            Settlement::Withdrawn => {
                counts.withdrawn += 1;
                counts.due = counts.due.saturating_sub(1);
            }
            // It was due, and nobody kept it.
            Settlement::Replaced if is_put_off => {}
            Settlement::Replaced => {
                counts.replaced += 1;
                counts.due = counts.due.saturating_sub(1);
            }
        }
    }

    #[must_use]
    pub fn day(&self, date: Date) -> Option<&Day> {
        self.days.get(&date)
    }

    /// The local day of a point in time; none when nothing has happened on it.
    #[must_use]
    pub fn day_at(&self, now: Timestamp) -> Option<&Day> {
        self.day(now.local(&self.rules.zone).date())
    }

    pub fn days(&self) -> impl Iterator<Item = (Date, &Day)> {
        self.days.iter().map(|(date, day)| (*date, day))
    }

    /// Open promises whose time has passed.
    #[must_use]
    pub fn promises_late(&self, now: Timestamp) -> usize {
        self.promises.values().filter(|owed| owed.due < now).count()
    }

    /// Forgets finished days before a date, to keep a live book small; a day with a contact still
    /// under way stays.
    pub fn forget_before(&mut self, date: Date) {
        let oldest = self.contacts.values().map(|underway| underway.date).min().unwrap_or(date);
        self.days = self.days.split_off(&date.min(oldest));
    }
}
