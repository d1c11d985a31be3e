//! A month of the calendar, written 2026-11.

use domain::Timestamp;
use jiff::{
    ToSpan,
    civil::{Date, date},
    tz::TimeZone,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// By its first day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Month(Date);

impl Month {
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        Self(at.local(zone).date().first_of_month())
    }

    /// None of what is no month of this and the next centuries.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-').filter(|(year, month)| (year.len(), month.len()) == (4, 2))?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (year, month) = (year.parse().ok().filter(|_| digits(year))?, month.parse().ok().filter(|_| digits(month))?);
        Date::new(year, month, 1).ok().map(Self).filter(|month| month.0 >= date(2000, 1, 1))
    }

    #[must_use]
    pub fn before(self) -> Self {
        self.moved(-1)
    }

    #[must_use]
    pub fn after(self) -> Self {
        self.moved(1)
    }

    fn moved(self, months: i32) -> Self {
        Self(self.0.checked_add(months.months()).unwrap_or(self.0))
    }

    /// Its first instant, and that of the next.
    #[must_use]
    pub fn bounds(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let begins = |Self(day): Self| {
            let zoned = day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp().as_millisecond());
            Timestamp(zoned.unwrap_or(i64::MAX))
        };
        (begins(self), begins(self.after()))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom("a month is written 2026-11"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_month_begins_at_its_first_midnight() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let month = Month::read("2026-03").unwrap();
        let hour_ms = 3_600_000;
        let (from, to) = month.bounds(&zone);
        // The clock is put forward in it.
        assert_eq!((to.0 - from.0) / hour_ms, 31 * 24 - 1);
        assert_eq!((Month::of(from, &zone), Month::of(Timestamp(from.0 - 1), &zone)), (month, Month::read("2026-02").unwrap()));
        assert_eq!((month.before().to_string(), Month::read("2026-12").unwrap().after().to_string()), ("2026-02".into(), "2027-01".into()));
        for wrong in ["", "2026", "2026-13", "2026-1", "26-01", "+026-01", "2026-03-01", "1999-12"] {
            assert_eq!(Month::read(wrong), None, "{wrong:?}");
        }
    }
}
