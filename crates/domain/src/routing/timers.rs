//! Deadlines by what they are for; setting one anew replaces it. Every transient state has one.

use crate::{AttemptId, ContactId, OfferId, OperatorId, PromiseId, Timestamp, numbered::Numbered};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

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
    /// Whoever awaits an operator has done so for long enough.
    Awaiting(ContactId),
    /// The first surge that was declared is over.
    Surge,
}

impl Timer {
    const KINDS: usize = 15;

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
            Self::Awaiting(ContactId(number)) => (13, number),
            Self::Surge => (14, 0),
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
            Self::NextStep(_) | Self::Talk(_) | Self::Promise(_) | Self::SiteOpens(_) | Self::Awaiting(_) | Self::Surge => false,
        }
    }
}

/// So many entries of a row may be void before it is cleared of them, beyond twice as many as hold at all.
const VOID_MAX: usize = 64;
/// Plans know a handful of delays. Deadlines of more at once stand among the others.
const ROWS_MAX: usize = 16;

/// Most delays are the plan's: what is set for the same one falls due in the order in which it was set, and stands
/// in a row. Whatever does not stands among the others, in a heap.
#[derive(Clone, Default, Debug)]
pub struct Timers {
    /// What holds, kind by kind.
    by_kind: [Numbered<u64, Deadline>; Timer::KINDS],
    /// How many hold.
    count: usize,
    rows: Vec<Row>,
    others: BinaryHeap<Reverse<Entry>>,
    /// The earliest that holds.
    first: Option<Entry>,
    now: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Deadline {
    at: Timestamp,
    set: Timestamp,
    /// Where it stands; none among the others.
    row: Option<u8>,
}

type Entry = (Timestamp, Timer);

/// Earliest first. An entry whose deadline was cleared or set anew is void; the first one never is, nor is that of
/// the others.
#[derive(Clone, Default, Debug)]
struct Row {
    delay_ms: u64,
    entries: VecDeque<Entry>,
}

impl Timers {
    /// What is set from here on is set at this time.
    pub fn tell_time(&mut self, now: Timestamp) {
        self.now = now;
    }

    pub fn set(&mut self, timer: Timer, at: Timestamp) {
        self.put(timer, at, self.now);
    }

    fn put(&mut self, timer: Timer, at: Timestamp, set: Timestamp) {
        let (kind, number) = timer.place();
        match self.by_kind[kind].get_mut(&number) {
            Some(before) if before.at == at => {
                before.set = set;
                return;
            }
            Some(_) => self.clear(timer),
            None => {}
        }
        let row = self.row_for((at, timer), at.since_ms(set));
        self.by_kind[kind].insert(number, Deadline { at, set, row });
        self.count += 1;
        if self.first.is_none_or(|first| (at, timer) < first) {
            self.first = Some((at, timer));
        }
        self.make_room(row);
    }

    /// Puts an entry where it comes last, or among the others, and tells where.
    fn row_for(&mut self, entry: Entry, delay_ms: u64) -> Option<u8> {
        let known = self.rows.iter().position(|row| row.delay_ms == delay_ms);
        let place = known.or_else(|| self.rows.iter().position(|row| row.entries.is_empty())).unwrap_or(self.rows.len());
        if place == self.rows.len() && place < ROWS_MAX {
            self.rows.push(Row::default());
        }
        match self.rows.get_mut(place) {
            Some(row) if row.entries.back().is_none_or(|last| *last <= entry) => {
                row.delay_ms = delay_ms;
                if row.entries.back() != Some(&entry) {
                    row.entries.push_back(entry);
                }
                u8::try_from(place).ok()
            }
            _ => {
                self.others.push(Reverse(entry));
                None
            }
        }
    }

    pub fn clear(&mut self, timer: Timer) {
        let (kind, number) = timer.place();
        // Endings clear whatever may be set; most of it is not.
        if self.by_kind[kind].contains_key(&number) {
            self.take_away(timer);
        }
    }

    fn take_away(&mut self, timer: Timer) {
        let (kind, number) = timer.place();
        let Some(Deadline { at, row, .. }) = self.by_kind[kind].remove(&number) else { return };
        self.count -= 1;
        if self.first_of(row) == Some((at, timer)) {
            while self.first_of(row).is_some_and(|first| !self.holds(row, first)) {
                match row {
                    Some(row) => self.rows[usize::from(row)].entries.pop_front(),
                    None => self.others.pop().map(|Reverse(first)| first),
                };
            }
        }
        if self.first == Some((at, timer)) {
            let rows = self.rows.iter().filter_map(|row| row.entries.front().copied());
            self.first = rows.chain(self.first_of(None)).min();
        }
    }

    fn first_of(&self, row: Option<u8>) -> Option<Entry> {
        match row {
            Some(row) => self.rows[usize::from(row)].entries.front().copied(),
            None => self.others.peek().map(|Reverse(first)| *first),
        }
    }

    fn holds(&self, row: Option<u8>, (at, timer): Entry) -> bool {
        let (kind, number) = timer.place();
        self.by_kind[kind].get(&number).is_some_and(|deadline| deadline.at == at && deadline.row == row)
    }

    /// Clears of void entries where one was added.
    fn make_room(&mut self, row: Option<u8>) {
        let most = VOID_MAX + 2 * self.count;
        match row.map(usize::from) {
            Some(place) if self.rows[place].entries.len() > most => {
                let mut entries = std::mem::take(&mut self.rows[place].entries);
                entries.retain(|entry| self.holds(row, *entry));
                self.rows[place].entries = entries;
            }
            None if self.others.len() > most => {
                let mut others = std::mem::take(&mut self.others);
                others.retain(|Reverse(entry)| self.holds(None, *entry));
                self.others = others;
            }
            _ => {}
        }
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<(Timestamp, Timer)> {
        self.first
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
            self.put(timer, at.plus_ms(stood_ms), set);
        }
    }

    /// Earliest first.
    pub fn all(&self) -> impl Iterator<Item = (Timestamp, Timer)> + use<> {
        let rows = (0..).zip(&self.rows).flat_map(|(n, row)| row.entries.iter().map(move |entry| (Some(n), *entry)));
        let entries = rows.chain(self.others.iter().map(|Reverse(entry)| (None, *entry)));
        let mut all: Vec<_> = entries.filter(|(row, entry)| self.holds(*row, *entry)).map(|(_, entry)| entry).collect();
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
        let (mut state, mut longest) = (7_u64, 0);
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
                // Most are set for one of few delays.
                let at = now.plus_ms(if draw(4) == 0 { draw(90) } else { 30 * draw(3) });
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
            longest = longest.max(plain.len() + 1);
            let most = VOID_MAX + 2 * longest;
            assert!(timers.rows.iter().all(|row| row.entries.len() <= most) && timers.others.len() <= most);
        }
        assert_eq!(timers.all().count(), plain.len());
    }
}
