//! Deadlines by what they are for; setting one anew replaces it. Every transient state has one.

use crate::{AttemptId, ContactId, OfferId, OperatorId, PromiseId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

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

#[derive(Clone, Default, Debug)]
pub struct Timers {
    by_time: BTreeSet<(Timestamp, Timer)>,
    by_timer: BTreeMap<Timer, Deadline>,
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
        if let Some(before) = self.by_timer.insert(timer, deadline) {
            self.by_time.remove(&(before.at, timer));
        }
        self.by_time.insert((deadline.at, timer));
    }

    pub fn clear(&mut self, timer: Timer) {
        if let Some(before) = self.by_timer.remove(&timer) {
            self.by_time.remove(&(before.at, timer));
        }
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<(Timestamp, Timer)> {
        self.by_time.first().copied()
    }

    /// Takes one deadline that has passed.
    pub fn take_due(&mut self, now: Timestamp) -> Option<Timer> {
        let (at, timer) = self.next().filter(|(at, _)| *at <= now)?;
        self.by_time.remove(&(at, timer));
        self.by_timer.remove(&timer);
        Some(timer)
    }

    /// Moves on every deadline of those who could not be reached for so long until now, by as much of it as
    /// their time has been running.
    pub fn put_off(&mut self, ms: u64) {
        let standing: Vec<(Timer, Deadline)> = self
            .by_timer
            .iter()
            .filter(|(timer, _)| timer.stands_while_nothing_is_done())
            .map(|(timer, deadline)| (*timer, *deadline))
            .collect();
        for (timer, Deadline { at, set }) in standing {
            let stood_ms = ms.min(self.now.since_ms(set));
            self.put(timer, Deadline { at: at.plus_ms(stood_ms), set });
        }
    }

    pub fn all(&self) -> impl Iterator<Item = (Timestamp, Timer)> + '_ {
        self.by_time.iter().copied()
    }

    /// When this deadline falls, if it is set.
    pub fn at(&self, timer: Timer) -> Option<Timestamp> {
        self.by_timer.get(&timer).map(|deadline| deadline.at)
    }
}
