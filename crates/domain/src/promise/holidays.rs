//! On which days public holidays fall, by rule, so that no list has to be written each year.

use crate::plan::Day;
use jiff::{
    Span,
    civil::{Date, date},
};

/// A day on which nobody works, in the years in which the law or the authority says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// As people call it.
    pub name: String,
    pub on: HolidayRule,
    /// The first year in which it is one; none is always.
    pub since: Option<i16>,
    /// The last one.
    pub until: Option<i16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolidayRule {
    /// The same date each year; 29 February in leap years alone.
    Fixed { month: i8, day: i8 },
    /// So many days after Easter Sunday, or before it.
    Easter { days: i16 },
    /// The first such day of the week on a date or after it.
    First { weekday: Day, month: i8, day: i8 },
}

impl Holiday {
    #[must_use]
    pub fn is_on(&self, day: Date) -> bool {
        // The first Sunday from 28 December may be of the year after.
        [day.year(), day.year() - 1].into_iter().any(|year| self.in_year(year) == Some(day))
    }

    /// Its date in a year; none when it is no holiday then.
    #[must_use]
    pub fn in_year(&self, year: i16) -> Option<Date> {
        let holds = self.since.is_none_or(|since| since <= year) && self.until.is_none_or(|until| year <= until);
        self.on.in_year(year).filter(|_| holds)
    }
}

impl HolidayRule {
    fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::Fixed { month, day } => Date::new(year, month, day).ok(),
            Self::Easter { days } => easter(year).checked_add(Span::new().days(days)).ok(),
            Self::First { weekday, month, day } => {
                let from = Date::new(year, month, day).ok()?;
                (0..7).filter_map(|days| from.checked_add(Span::new().days(days)).ok()).find(|date| Day::of(*date) == weekday)
            }
        }
    }
}

/// Easter Sunday of the Gregorian calendar, by the rule that Meeus gives (Astronomical Algorithms, 1991, chapter 8).
/// Its letters are kept: they are how anybody compares it.
#[allow(clippy::many_single_char_names)]
fn easter(year: i16) -> Date {
    let year_of = i32::from(year);
    let (a, b, c) = (year_of % 19, year_of / 100, year_of % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let (month, day) = ((h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
    // Between 22 March and 25 April for every year that there is.
    i8::try_from(month)
        .ok()
        .zip(i8::try_from(day).ok())
        .and_then(|(month, day)| Date::new(year, month, day).ok())
        .unwrap_or(date(year, 4, 1))
}
