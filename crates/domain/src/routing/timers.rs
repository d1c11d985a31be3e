//! Deadlines by what they are for; setting one anew replaces it. Every transient state has one.

use crate::{AttemptId, ContactId, OfferId, OperatorId, PromiseId, Timestamp, numbered::Numbered};
use std::{cmp::Reverse, collections::BinaryHeap};

/// What a deadline is for; in this order when several fall on the same millisecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Timer {
    /// The caller's answer, or the end of a playback that was never told.
    DialogueTurn(ContactId),
    DialogueWhole(ContactId),
    /// A step's waiting guard.
    NextStep(ContactId),
    Announcement(ContactId),
    /// The emergency question asked of a caller in line.
    QueueQuestion(ContactId),
    Offer(OfferId),
    Connecting(ContactId),
    Talk(ContactId),
    Attempt(AttemptId),
    WrapUp(OperatorId),
    Grace(OperatorId),
    Promise(PromiseId),
    /// The day comes on which the operator's site takes its first calls.
    SiteOpens(OperatorId),
}

impl Timer {
    const KINDS: usize = 13;

    /// Its kind, and its number among those of the kind.
    fn place(self) -> (usize, u64) {
        match self {
            Self::DialogueTurn(ContactId(number)) => (0, number),
            Self::DialogueWhole(ContactId(number)) => (1, number),
            Self::NextStep(ContactId(number)) => (2, number),
            Self::Announcement(ContactId(number)) => (3, number),
            Self::QueueQuestion(ContactId(number)) => (4, number),
            Self::Offer(OfferId(number)) => (5, number),
            Self::Connecting(ContactId(number)) => (6, number),
            Self::Talk(ContactId(number)) => (7, number),
            Self::Attempt(AttemptId(number)) => (8, number),
            Self::WrapUp(OperatorId(number)) => (9, number),
            Self::Grace(OperatorId(number)) => (10, number),
            Self::Promise(PromiseId(number)) => (11, number),
            Self::SiteOpens(OperatorId(number)) => (12, number),
        }
    }

    /// Whether it is somebody's time to answer or to come back, which runs only while we act. What is
    /// owed to citizens and how long they have waited runs on.
    fn stands_while_nothing_is_done(self) -> bool {
        match self {
            Self::DialogueTurn(_)
            | Self::DialogueWhole(_)
            | Self::Announcement(_)
            | Self::QueueQuestion(_)
            | Self::Offer(_)
            | Self::Connecting(_)
            | Self::Attempt(_)
            | Self::WrapUp(_)
            | Self::Grace(_) => true,
            Self::NextStep(_) | Self::Talk(_) | Self::Promise(_) | Self::SiteOpens(_) => false,
        }
    }
}

/// How many entries of the queue may be void before it is cleared of them, beyond as many as are not.
const VOID_MAX: usize = 64;

#[derive(Clone, Default, Debug)]
pub struct Timers {
    /// What holds, kind by kind.
    by_kind: [Numbered<u64, Deadline>; Timer::KINDS],
    /// How many hold.
    count: usize,
    /// Earliest first. An entry whose deadline was cleared or set anew is void; the first one never is.
    queue: BinaryHeap<Reverse<(Timestamp, Timer)>>,
    now: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Deadline {
    at: Timestamp,
    set: Timestamp,
}

impl Timers {
    /// What is set from here on is set at this time.
    pub fn tell_time(&mut self, now: Timestamp) {
        self.now = now;
    }

    pub fn set(&mut self, timer: Timer, at: Timestamp) {
        self.put(timer, Deadline { at, set: self.now });
    }

    fn put(&mut self, timer: Timer, deadline: Deadline) {
        let (kind, number) = timer.place();
        let before = self.by_kind[kind].insert(number, deadline);
        self.count += usize::from(before.is_none());
        if before.is_none_or(|before| before.at != deadline.at) {
            self.queue.push(Reverse((deadline.at, timer)));
        }
        self.drop_void(timer);
    }

    pub fn clear(&mut self, timer: Timer) {
        let (kind, number) = timer.place();
        if self.by_kind[kind].remove(&number).is_some() {
            self.count -= 1;
            self.drop_void(timer);
        }
    }

    fn holds(&self, at: Timestamp, timer: Timer) -> bool {
        self.at(timer) == Some(at)
    }

    /// After a change of one timer: whether the first entry holds is in question only if it is of that one.
    fn drop_void(&mut self, changed: Timer) {
        if self.next().is_some_and(|(_, first)| first == changed) {
            while self.next().is_some_and(|(at, timer)| !self.holds(at, timer)) {
                self.queue.pop();
            }
        }
        if self.queue.len() > VOID_MAX + 2 * self.count {
            let mut queue = std::mem::take(&mut self.queue);
            queue.retain(|Reverse((at, timer))| self.holds(*at, *timer));
            self.queue = queue;
        }
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<(Timestamp, Timer)> {
        self.queue.peek().map(|Reverse(first)| *first)
    }

    /// Takes one deadline that has passed.
    pub fn take_due(&mut self, now: Timestamp) -> Option<Timer> {
        let (_, timer) = self.next().filter(|(at, _)| *at <= now)?;
        self.clear(timer);
        Some(timer)
    }

    /// Moves on every deadline of those who could not be reached for so long until now, by as much of it as
    /// their time has been running.
    pub fn put_off(&mut self, ms: u64) {
        let standing: Vec<(Timestamp, Timer)> = self.all().filter(|(_, timer)| timer.stands_while_nothing_is_done()).collect();
        for (at, timer) in standing {
            let (kind, number) = timer.place();
            let Some(Deadline { set, .. }) = self.by_kind[kind].get(&number).copied() else { continue };
            let stood_ms = ms.min(self.now.since_ms(set));
            self.put(timer, Deadline { at: at.plus_ms(stood_ms), set });
        }
    }

    /// Earliest first.
    pub fn all(&self) -> impl Iterator<Item = (Timestamp, Timer)> + use<> {
        let mut all: Vec<_> = self.queue.iter().map(|Reverse(entry)| *entry).filter(|(at, timer)| self.holds(*at, *timer)).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter()
    }

    /// When this deadline falls, if it is set.
    pub fn at(&self, timer: Timer) -> Option<Timestamp> {
        let (kind, number) = timer.place();
        self.by_kind[kind].get(&number).map(|deadline| deadline.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_next_is_always_the_earliest_of_those_that_hold() {
        let (mut timers, mut plain) = (Timers::default(), BTreeMap::new());
        let mut state = 7_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for step in 0..20_000_u64 {
            let now = Timestamp(step as i64);
            timers.tell_time(now);
            let timer = match draw(3) {
                0 => Timer::Talk(ContactId(step - draw(step.min(40) + 1))),
                1 => Timer::Offer(OfferId(step - draw(step.min(40) + 1))),
                _ => Timer::WrapUp(OperatorId(draw(30))),
            };
            if draw(3) == 0 {
                timers.clear(timer);
                plain.remove(&timer);
            } else {
                let at = now.plus_ms(draw(90));
                timers.set(timer, at);
                plain.insert(timer, at);
            }
            let first = |plain: &BTreeMap<Timer, Timestamp>| plain.iter().map(|(timer, at)| (*at, *timer)).min();
            while let Some(timer) = timers.take_due(now) {
                assert_eq!(first(&plain), Some((plain[&timer], timer)));
                plain.remove(&timer);
            }
            assert_eq!(timers.next(), first(&plain));
            assert!(first(&plain).is_none_or(|(at, _)| at > now));
            assert!(timers.queue.len() <= VOID_MAX + 2 * plain.len());
        }
        assert_eq!(timers.all().count(), plain.len());
    }

    #[test]
    fn deadlines_set_and_cleared_for_ever_leave_few_void_entries() {
        let mut timers = Timers::default();
        timers.set(Timer::Offer(OfferId(1)), Timestamp(0));
        for at in 1..1_000 {
            timers.set(Timer::Talk(ContactId(1)), Timestamp(at));
            timers.clear(Timer::Talk(ContactId(1)));
            assert!(timers.queue.len() <= VOID_MAX + 2);
        }
    }
}
