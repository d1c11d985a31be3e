//! Deadlines by what they are for; setting one anew replaces it. Every transient state has one.

use crate::{AttemptId, BookingId, ContactId, OfferId, OperatorId, PromiseId, Timestamp, numbered::Numbered};
use std::collections::BTreeSet;

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
    /// A time is kept for a form no longer, the citizen is reminded, or the slot is over; before what was promised of it.
    Booking(BookingId),
    Promise(PromiseId),
    /// The day comes on which the operator's site takes its first calls.
    SiteOpens(OperatorId),
    /// Whoever awaits an operator has done so for long enough.
    Awaiting(ContactId),
    /// The first surge that was declared is over.
    Surge,
    /// The caller settles the number to be rung at.
    Number(ContactId),
    /// The time of a call that we owe; of one in line, when nobody is rung any more.
    Call(ContactId),
    /// Whoever was helped is perhaps asked how it was.
    Survey(ContactId),
}

impl Timer {
    const KINDS: usize = 19;

    /// Its kind, and its number among those of the kind.
    #[inline]
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
            Self::Number(ContactId(number)) => (15, number),
            Self::Call(ContactId(number)) => (16, number),
            Self::Booking(BookingId(number)) => (17, number),
            Self::Survey(ContactId(number)) => (18, number),
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
            | Self::Grace(_)
            | Self::Number(_) => true,
            Self::NextStep(_)
            | Self::Talk(_)
            | Self::Promise(_)
            | Self::SiteOpens(_)
            | Self::Awaiting(_)
            | Self::Surge
            | Self::Call(_)
            | Self::Booking(_)
            | Self::Survey(_) => false,
        }
    }
}

/// Plans know a handful of delays. Deadlines of more at once stand among the others.
const ROWS_MAX: usize = 16;

/// Most delays are the plan's: what is set for the same one falls due in the order in which it was set, and stands
/// in a row. Whatever does not stands among the others, in a tree. Each is taken out where it stands, so that none is
/// ever void.
#[derive(Clone, Default, Debug)]
pub struct Timers {
    /// Where each stands in `slots`, kind by kind.
    places: [Numbered<u64, Place>; Timer::KINDS],
    slots: Vec<Deadline>,
    /// Slots that hold nothing.
    free: Vec<Place>,
    rows: Vec<Row>,
    /// The row that was last used for a kind.
    latest: [u8; Timer::KINDS],
    others: BTreeSet<Entry>,
    now: Timestamp,
}

/// A place in the slots.
type Place = u32;

#[derive(Clone, Copy, Debug)]
struct Deadline {
    timer: Timer,
    at: Timestamp,
    set: Timestamp,
    /// Where it stands; none among the others.
    row: Option<u8>,
    /// Its neighbours in the row.
    before: Option<Place>,
    after: Option<Place>,
}

type Entry = (Timestamp, Timer);

/// Earliest first.
#[derive(Clone, Default, Debug)]
struct Row {
    delay_ms: u64,
    /// With when it falls due.
    first: Option<(Timestamp, Place)>,
    last: Option<Place>,
}

impl Timers {
    /// What is set from here on is set at this time.
    pub fn tell_time(&mut self, now: Timestamp) {
        self.now = now;
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn set(&mut self, timer: Timer, at: Timestamp) {
        self.put(timer, at, self.now);
    }

    fn put(&mut self, timer: Timer, at: Timestamp, set: Timestamp) {
        let (kind, number) = timer.place();
        if let Some(place) = self.places[kind].get(&number).copied() {
            if self.slot(place).at == at {
                self.slot_mut(place).set = set;
                return;
            }
            self.clear(timer);
        }
        let row = self.row_for(kind, (at, timer), at.since_ms(set));
        let before = row.and_then(|row| self.rows[usize::from(row)].last);
        let place = self.keep(Deadline { timer, at, set, row, before, after: None });
        match row.map(|row| &mut self.rows[usize::from(row)]) {
            Some(row) => {
                row.last = Some(place);
                match before {
                    Some(before) => self.slot_mut(before).after = Some(place),
                    None => row.first = Some((at, place)),
                }
            }
            None => {
                self.others.insert((at, timer));
            }
        }
        self.places[kind].insert(number, place);
    }

    fn keep(&mut self, deadline: Deadline) -> Place {
        match self.free.pop() {
            Some(place) => {
                *self.slot_mut(place) = deadline;
                place
            }
            None => {
                self.slots.push(deadline);
                #[allow(clippy::cast_possible_truncation)] // four thousand million deadlines do not fit into memory
                let place = (self.slots.len() - 1) as Place;
                place
            }
        }
    }

    fn slot(&self, place: Place) -> &Deadline {
        &self.slots[place as usize]
    }

    fn slot_mut(&mut self, place: Place) -> &mut Deadline {
        &mut self.slots[place as usize]
    }

    fn entry(&self, place: Place) -> Entry {
        let deadline = self.slot(place);
        (deadline.at, deadline.timer)
    }

    /// The row in which an entry comes last, if there is one.
    fn row_for(&mut self, kind: usize, entry: Entry, delay_ms: u64) -> Option<u8> {
        // A kind mostly has the same delay as the last time.
        let latest = usize::from(self.latest[kind]);
        let place = match self.rows.get(latest) {
            Some(row) if row.delay_ms == delay_ms => latest,
            _ => self.row_of(delay_ms)?,
        };
        let last = self.rows[place].last;
        if last.is_some_and(|last| self.entry(last) > entry) {
            return None;
        }
        self.rows[place].delay_ms = delay_ms;
        let place = u8::try_from(place).ok()?;
        self.latest[kind] = place;
        Some(place)
    }

    /// The row of this delay, the next that there may be, or else an empty one: what comes and goes at once does not
    /// lose its row to another delay.
    fn row_of(&mut self, delay_ms: u64) -> Option<usize> {
        let known = self.rows.iter().position(|row| row.delay_ms == delay_ms);
        known.or_else(|| match self.rows.len() {
            ROWS_MAX => self.rows.iter().position(|row| row.first.is_none()),
            next => {
                self.rows.push(Row::default());
                Some(next)
            }
        })
    }

    /// Endings clear whatever may be set. Most of it is not, so the look is small and stands where it is asked for.
    #[inline(always)]
    pub fn clear(&mut self, timer: Timer) {
        let (kind, number) = timer.place();
        if self.places[kind].contains_key(&number) {
            self.take_out(kind, number);
        }
    }

    fn take_out(&mut self, kind: usize, number: u64) {
        let Some(place) = self.places[kind].remove(&number) else { return };
        let Deadline { timer, at, row, before, after, .. } = *self.slot(place);
        self.free.push(place);
        let Some(row) = row else {
            self.others.remove(&(at, timer));
            return;
        };
        let row = usize::from(row);
        match before {
            Some(before) => self.slot_mut(before).after = after,
            None => self.rows[row].first = after.map(|after| (self.slot(after).at, after)),
        }
        match after {
            Some(after) => self.slot_mut(after).before = before,
            None => self.rows[row].last = before,
        }
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<(Timestamp, Timer)> {
        // Two rarely fall due at once: only then is it asked what for.
        let order = |(one, here): &(Timestamp, Place), (other, there): &(Timestamp, Place)| {
            one.cmp(other).then_with(|| self.entry(*here).cmp(&self.entry(*there)))
        };
        let first = self.rows.iter().filter_map(|row| row.first).min_by(order).map(|(_, place)| self.entry(place));
        first.into_iter().chain(self.others.first().copied()).min()
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
            let Some(set) = self.places[kind].get(&number).map(|place| self.slot(*place).set) else { continue };
            let stood_ms = ms.min(self.now.since_ms(set));
            self.put(timer, at.plus_ms(stood_ms), set);
        }
    }

    /// Earliest first.
    pub fn all(&self) -> impl Iterator<Item = (Timestamp, Timer)> + use<> {
        let mut all: Vec<_> = self.places.iter().flat_map(Numbered::values).map(|place| self.entry(*place)).collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// When this deadline falls, if it is set.
    pub fn at(&self, timer: Timer) -> Option<Timestamp> {
        let (kind, number) = timer.place();
        self.places[kind].get(&number).map(|place| self.slot(*place).at)
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
            assert!(timers.slots.len() <= longest && timers.rows.len() <= ROWS_MAX);
        }
        let mut expected: Vec<_> = plain.iter().map(|(timer, at)| (*at, *timer)).collect();
        expected.sort_unstable();
        assert!(timers.all().eq(expected));
    }
}
