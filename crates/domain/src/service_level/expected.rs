//! The expected wait as an interval, and whether it may be said aloud (definitions.md section 5).
//!
//! The interval runs from the median to the eightieth percentile of the latest waits of the same
//! queue. Every caller who joins is a silent prediction; when the wait has ended it is known whether
//! it held. Only while the last predictions held about as often as they should is anything announced.

use crate::{
    ContactId, QueueId, Timestamp,
    contact::{Channel, VisitOutcome},
    named::Named,
    numbered::Numbered,
    routing::Command,
};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};

/// Waits that an interval is made of.
pub const WAITS_MAX: usize = 60;
/// Fewer say nothing.
pub const WAITS_MIN: usize = 12;
/// Older waits are of another hour.
pub const WAIT_AGE_MS_MAX: u64 = 45 * 60_000;
/// Predictions that the hit rate is taken over.
pub const PREDICTIONS_MAX: usize = 60;
/// Fewer prove nothing.
pub const PREDICTIONS_MIN: usize = 20;
pub const LOW_PERMILLE: usize = 500;
pub const HIGH_PERMILLE: usize = 800;
/// How often a wait must have ended before the lower end: about half the time.
pub const LOW_HITS_PERMILLE: std::ops::RangeInclusive<u16> = 350..=650;
/// How often before the upper end: about four times in five.
pub const HIGH_HITS_PERMILLE: std::ops::RangeInclusive<u16> = 700..=900;

/// How often predictions held, to be published beside what was announced.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct HitRate {
    pub predictions: usize,
    pub within_low_permille: u16,
    pub within_high_permille: u16,
}

impl HitRate {
    #[must_use]
    pub fn is_calibrated(&self) -> bool {
        self.predictions >= PREDICTIONS_MIN
            && LOW_HITS_PERMILLE.contains(&self.within_low_permille)
            && HIGH_HITS_PERMILLE.contains(&self.within_high_permille)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Prediction {
    low_ms: u64,
    high_ms: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Hit {
    within_low: bool,
    within_high: bool,
}

/// One queue's expectation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExpectedWait {
    /// Latest waits until a human voice, oldest first.
    waits: VecDeque<(Timestamp, u64)>,
    /// The same, shortest first.
    sorted: Vec<u64>,
    open: Numbered<ContactId, Prediction>,
    hits: VecDeque<Hit>,
    /// How many of the hits were within the lower end, and within the upper.
    within: (usize, usize),
}

impl ExpectedWait {
    /// The interval that a caller who joins now would be told, were it calibrated.
    #[must_use]
    pub fn predict(&self, now: Timestamp) -> Option<(u64, u64)> {
        if self.waits.front().is_none_or(|(at, _)| now.since_ms(*at) <= WAIT_AGE_MS_MAX) {
            return interval(&self.sorted);
        }
        let latest = self.waits.iter().filter(|(at, _)| now.since_ms(*at) <= WAIT_AGE_MS_MAX);
        let mut waits: Vec<u64> = latest.map(|(_, waited_ms)| *waited_ms).collect();
        waits.sort_unstable();
        interval(&waits)
    }

    /// The interval that may be said aloud: none while predictions do not hold.
    #[must_use]
    pub fn announce(&self, now: Timestamp) -> Option<(u64, u64)> {
        self.hit_rate().is_some_and(|rate| rate.is_calibrated()).then(|| self.predict(now)).flatten()
    }

    #[must_use]
    pub fn hit_rate(&self) -> Option<HitRate> {
        let predictions = self.hits.len();
        let share = |hits: usize| (hits * 1000).checked_div(predictions).and_then(|permille| u16::try_from(permille).ok());
        let (within_low_permille, within_high_permille) = share(self.within.0).zip(share(self.within.1))?;
        Some(HitRate { predictions, within_low_permille, within_high_permille })
    }

    pub fn entered(&mut self, contact: ContactId, now: Timestamp) {
        while self.waits.front().is_some_and(|(at, _)| now.since_ms(*at) > WAIT_AGE_MS_MAX) {
            self.forget_oldest();
        }
        if let Some((low_ms, high_ms)) = self.predict(now) {
            self.open.insert(contact, Prediction { low_ms, high_ms });
        }
    }

    pub fn answered(&mut self, contact: ContactId, now: Timestamp, waited_ms: u64) {
        let told = self.open.remove(&contact);
        self.judge(told, now, waited_ms);
    }

    fn judge(&mut self, told: Option<Prediction>, now: Timestamp, waited_ms: u64) {
        if let Some(Prediction { low_ms, high_ms }) = told {
            self.count(Hit { within_low: waited_ms <= low_ms, within_high: waited_ms <= high_ms });
        }
        if self.waits.len() == WAITS_MAX {
            self.forget_oldest();
        }
        self.waits.push_back((now, waited_ms));
        self.sorted.insert(self.sorted.partition_point(|other| *other < waited_ms), waited_ms);
    }

    fn count(&mut self, hit: Hit) {
        let (low, high) = &mut self.within;
        if self.hits.len() == PREDICTIONS_MAX
            && let Some(Hit { within_low, within_high }) = self.hits.pop_front()
        {
            *low -= usize::from(within_low);
            *high -= usize::from(within_high);
        }
        *low += usize::from(hit.within_low);
        *high += usize::from(hit.within_high);
        self.hits.push_back(hit);
    }

    fn forget_oldest(&mut self) {
        let Some((_, waited_ms)) = self.waits.pop_front() else { return };
        if let Ok(at) = self.sorted.binary_search(&waited_ms) {
            self.sorted.remove(at);
        }
    }

    /// Left without an answer. Whoever had waited beyond the upper end by then was told wrong; of the
    /// others nobody knows.
    pub fn left(&mut self, contact: ContactId, waited_ms: u64) {
        if self.open.remove(&contact).is_some_and(|prediction| waited_ms > prediction.high_ms) {
            self.count(Hit { within_low: false, within_high: false });
        }
    }
}

/// From these waits, shortest first; too few say nothing.
fn interval(waits: &[u64]) -> Option<(u64, u64)> {
    let place = |permille: usize| (permille * waits.len()).div_ceil(1000).saturating_sub(1);
    let (low, high) = (waits.get(place(LOW_PERMILLE))?, waits.get(place(HIGH_PERMILLE))?);
    (waits.len() >= WAITS_MIN).then_some((*low, *high))
}

/// The expectations of all queues, folded from the recorded commands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expectations {
    queues: Named<QueueId, ExpectedWait>,
    /// Time of the last entry taken in.
    now: Timestamp,
    /// Calls that we owe: they came into line with an age, so they tell nothing of what a caller waits.
    calls: BTreeSet<ContactId>,
}

impl Expectations {
    /// Takes in the commands recorded with one event.
    pub fn apply(&mut self, at: Timestamp, commands: &[Command]) {
        self.now = self.now.max(at);
        for command in commands {
            match command {
                Command::OpenContact { contact, channel: Channel::CallBack, .. } => self.pass_over(*contact),
                Command::CloseContact { contact, .. } => {
                    self.calls.remove(contact);
                }
                Command::EnterQueue { contact, .. } | Command::EndVisit { contact, .. } if self.calls.contains(contact) => {}
                Command::EnterQueue { contact, queue, .. } => self.queue_mut(queue).entered(*contact, at),
                Command::EndVisit { contact, queue, outcome: VisitOutcome::Answered, waited_ms } => {
                    self.queue_mut(queue).answered(*contact, at, *waited_ms);
                }
                Command::EndVisit { contact, queue, waited_ms, .. } => self.queue_mut(queue).left(*contact, *waited_ms),
                _ => {}
            }
        }
    }

    /// What becomes of this contact tells nothing of what others wait.
    pub fn pass_over(&mut self, contact: ContactId) {
        self.calls.insert(contact);
    }

    /// A wait ended whose beginning is not known here: judged by the interval as it stands. Gentler
    /// than [`Self::apply`], which judges by what was expected when the caller joined.
    pub fn answered(&mut self, queue: &QueueId, waited_ms: u64) {
        let now = self.now;
        let expected = self.queue_mut(queue);
        let told = expected.predict(now).map(|(low_ms, high_ms)| Prediction { low_ms, high_ms });
        expected.judge(told, now, waited_ms);
    }

    fn queue_mut(&mut self, queue: &QueueId) -> &mut ExpectedWait {
        self.queues.get_or_default(queue)
    }

    #[must_use]
    pub fn queue(&self, queue: &QueueId) -> Option<&ExpectedWait> {
        self.queues.get(queue)
    }

    /// Shortest and longest wait that may be announced in a queue; none while it is not calibrated.
    #[must_use]
    pub fn interval_ms(&self, queue: &QueueId) -> Option<(u64, u64)> {
        self.queue(queue).and_then(|expected| expected.announce(self.now))
    }

    pub fn queues(&self) -> impl Iterator<Item = (&QueueId, &ExpectedWait)> {
        self.queues.iter()
    }
}
