//! What is taken, and what is free beside it.

use super::{TimeWanted, Unbookable, Wish};
use crate::{
    BookingId, Timestamp,
    plan::{Plan, SLOT_MS_MAX},
};
use jiff::{Span, civil::Date};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most days that are looked through for free times at once.
pub const DAYS_MAX: u8 = 31;

/// A place in a slot, held or booked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Taken {
    pub wanted: TimeWanted,
    /// When its slot ends, by the plan under which it was taken.
    pub ends: Timestamp,
}

/// A slot with how many of it are free; none is a full one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct FreeTime {
    pub slot: Timestamp,
    pub ends: Timestamp,
    pub free: usize,
}

/// Everything that is taken.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Diary {
    taken: BTreeMap<BookingId, Taken>,
    by_time: BTreeSet<(Timestamp, BookingId)>,
}

impl Diary {
    /// Takes a place; one that the booking had before is free from now on.
    pub fn take(&mut self, booking: BookingId, taken: Taken) {
        self.release(booking);
        self.by_time.insert((taken.wanted.slot, booking));
        self.taken.insert(booking, taken);
    }

    pub fn release(&mut self, booking: BookingId) -> Option<Taken> {
        let taken = self.taken.remove(&booking)?;
        self.by_time.remove(&(taken.wanted.slot, booking));
        Some(taken)
    }

    #[must_use]
    pub fn get(&self, booking: BookingId) -> Option<&Taken> {
        self.taken.get(&booking)
    }

    pub fn iter(&self) -> impl Iterator<Item = (BookingId, &Taken)> {
        self.taken.iter().map(|(booking, taken)| (*booking, taken))
    }

    /// Whether anybody may take this time now, and when it ends. `own` is the booking that would move there: what it
    /// has does not stand in its own way.
    ///
    /// # Errors
    /// Why not.
    pub fn ask(&self, plan: &Plan, now: Timestamp, wanted: &TimeWanted, own: Option<BookingId>) -> Result<Timestamp, Unbookable> {
        let (Some(rule), Some(_)) = (&plan.bookings, plan.room_for(&wanted.wish)) else { return Err(Unbookable::NotOffered) };
        let date = wanted.slot.local(&plan.zone).date();
        let slots = plan.slots_on(date, &wanted.wish);
        let (_, ends) = slots.into_iter().find(|(from, _)| *from == wanted.slot).ok_or(Unbookable::Closed)?;
        if wanted.slot < now.plus_ms(rule.notice_ms) {
            return Err(Unbookable::TooSoon);
        }
        if last_day(plan, now).is_none_or(|last| date > last) {
            return Err(Unbookable::TooFar);
        }
        match self.free(plan, &wanted.wish, (wanted.slot, ends), own) {
            0 => Err(Unbookable::Full),
            _ => Ok(ends),
        }
    }

    /// How many places are free for a wish in a slot, by the tightest of its caps.
    #[must_use]
    pub fn free(&self, plan: &Plan, wish: &Wish, slot: (Timestamp, Timestamp), own: Option<BookingId>) -> usize {
        let Some(room) = plan.room_for(wish) else { return 0 };
        let [line, region, all] = self.counted(wish, slot, own);
        let left = [Some((room.line, line)), room.region.map(|most| (most, region)), room.all.map(|most| (most, all))];
        left.into_iter().flatten().map(|(most, taken)| most.saturating_sub(taken)).min().unwrap_or(0)
    }

    /// How many overlap with a slot in the queue or at the desk of a wish, of calls in its region, and of calls at all.
    #[must_use]
    pub fn counted(&self, wish: &Wish, (from, to): (Timestamp, Timestamp), own: Option<BookingId>) -> [usize; 3] {
        let earliest = Timestamp(from.0.saturating_sub(SLOT_MS_MAX as i64));
        let beginning = self.by_time.range((earliest, BookingId(0))..(to, BookingId(0)));
        let overlapping = beginning.filter(|(_, booking)| Some(*booking) != own).filter_map(|(_, booking)| self.taken.get(booking));
        overlapping.filter(|taken| taken.ends > from).fold([0; 3], |[line, region, all], taken| {
            let other = &taken.wanted.wish;
            let is_call = !wish.is_visit() && !other.is_visit();
            let same_line = match (&wish.desk, &other.desk) {
                (None, None) => wish.region == other.region && wish.class == other.class,
                (one, another) => one == another,
            };
            let same_region = is_call && wish.region == other.region;
            [line + usize::from(same_line), region + usize::from(same_region), all + usize::from(is_call)]
        })
    }

    /// The slots of so many days from this one on that could be had now, full ones among them, earliest first.
    #[must_use]
    pub fn free_times(&self, plan: &Plan, now: Timestamp, wish: &Wish, from: Date, days: u8) -> Vec<FreeTime> {
        let (Some(rule), Some(last)) = (&plan.bookings, last_day(plan, now)) else { return Vec::new() };
        if plan.room_for(wish).is_none() {
            return Vec::new();
        }
        let soonest = now.plus_ms(rule.notice_ms);
        let dates = (0..i64::from(days.min(DAYS_MAX))).filter_map(|day| from.checked_add(Span::new().days(day)).ok());
        let slots = dates.filter(|date| *date <= last).flat_map(|date| plan.slots_on(date, wish));
        let could_be_had = slots.filter(|(slot, _)| *slot >= soonest);
        could_be_had.map(|(slot, ends)| FreeTime { slot, ends, free: self.free(plan, wish, (slot, ends), None) }).collect()
    }
}

/// The last local day for which times are given.
fn last_day(plan: &Plan, now: Timestamp) -> Option<Date> {
    let ahead = i64::from(plan.bookings.as_ref()?.ahead_days);
    now.local(&plan.zone).date().checked_add(Span::new().days(ahead)).ok()
}
