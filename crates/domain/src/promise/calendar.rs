//! Working time: the hours of each day of the week, without public holidays, in local time.
//!
//! Hours are those of the clock on the wall, their length is what passes: in the night in which the clock is put
//! back, 00:00-24:00 is 25 hours long.

use super::Holiday;
use crate::Timestamp;
use jiff::{
    Span,
    civil::{Date, Time},
    tz::TimeZone,
};

/// So far ahead working time is looked for: longer than any stretch of holidays.
const DAYS_AHEAD_MAX: i64 = 2 * 366;

#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    pub zone: TimeZone,
    /// From Monday to Sunday, the end not included; none is a day off.
    pub hours: [Option<(Time, Time)>; 7],
    pub holidays: Vec<Holiday>,
    /// Days off beside them.
    pub closed_on: Vec<Date>,
}

impl Calendar {
    #[must_use]
    pub fn is_holiday(&self, date: Date) -> bool {
        self.closed_on.contains(&date) || self.holidays.iter().any(|holiday| holiday.is_on(date))
    }

    /// When work begins and ends on a day; none when nobody works on it.
    fn work_on(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).ok()?;
        let (from, to) = self.hours[weekday].filter(|_| !self.is_holiday(date))?;
        let (from, to) = (self.instant(date, from)?, self.instant(date, to)?);
        (from < to).then_some((from, to))
    }

    /// An hour that is left out when the clock is put forward is the one after it; of one that comes twice the first counts.
    fn instant(&self, date: Date, time: Time) -> Option<Timestamp> {
        let zoned = date.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
        // "24:00" is kept as the last instant of the day: round up to the whole millisecond.
        let rest = u64::from(zoned.timestamp().subsec_nanosecond() % 1_000_000 != 0);
        Some(Timestamp(zoned.timestamp().as_millisecond()).plus_ms(rest))
    }

    /// The stretches of work from a point in time on, as far as is looked ahead.
    fn work_from(&self, from: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let first = from.local(&self.zone).date();
        let days = (0..=DAYS_AHEAD_MAX).filter_map(move |days| first.checked_add(Span::new().days(days)).ok());
        days.filter_map(move |date| self.work_on(date)).filter(move |(_, to)| from < *to).map(move |(begins, to)| (begins.max(from), to))
    }

    /// How much working time passes between two points in time; 0 when the first is the later one.
    #[must_use]
    pub fn working_ms(&self, from: Timestamp, to: Timestamp) -> u64 {
        self.work_from(from).take_while(|(begins, _)| *begins < to).map(|(begins, ends)| ends.min(to).since_ms(begins)).sum()
    }

    /// The first point in time until which so much working time has passed; none when it is too far ahead.
    #[must_use]
    pub fn after_working_ms(&self, from: Timestamp, ms: u64) -> Option<Timestamp> {
        let mut left_ms = ms;
        if left_ms == 0 {
            return Some(from);
        }
        self.work_from(from).find_map(|(begins, ends)| {
            let here_ms = ends.since_ms(begins);
            let there = (left_ms <= here_ms).then(|| begins.plus_ms(left_ms));
            left_ms = left_ms.saturating_sub(here_ms);
            there
        })
    }

    /// When work ends on the so manieth working day after the day of this point in time, which does not count itself.
    #[must_use]
    pub fn end_of_working_day(&self, from: Timestamp, days: u16) -> Option<Timestamp> {
        let tomorrow = from.local(&self.zone).date().tomorrow().ok()?;
        let begins = Timestamp(tomorrow.to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond());
        self.work_from(begins).nth(usize::from(days.checked_sub(1)?)).map(|(_, ends)| ends)
    }
}
