//! Days and times as they are said to a citizen.

use crate::words::{Blank, Words};
use domain::Timestamp;
use jiff::{civil::Date, tz::TimeZone};

pub const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
pub const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// "måndag 30 november"
pub(crate) fn day(words: Words, date: Date) -> String {
    let nth = |number: i8| usize::try_from(number).unwrap_or_default();
    let weekday = WEEKDAYS.get(nth(date.weekday().to_monday_zero_offset())).copied().unwrap_or_default();
    let month = MONTHS.get(nth(date.month() - 1)).copied().unwrap_or_default();
    words.with(
        "public-day",
        [
            ("weekday", words.named("weekday", weekday).into()),
            ("day", Blank::Text(date.day().to_string())),
            ("month", words.named("month", month).into()),
        ],
    )
}

/// "14:30"
pub(crate) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.local(zone).strftime("%H:%M").to_string()
}

/// "måndag 30 november 14:30"
pub(crate) fn day_and_clock(words: Words, at: Timestamp, zone: &TimeZone) -> String {
    words.with("public-day-and-time", [("day", day(words, at.local(zone).date()).into()), ("time", clock(at, zone).into())])
}

/// For the attribute of `<time>`.
pub(crate) fn machine(at: Timestamp, zone: &TimeZone) -> String {
    at.local(zone).strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::intent::Language;

    #[test]
    fn a_day_is_said_as_people_say_it() {
        let date = jiff::civil::date(2026, 11, 30);
        for (language, said) in [
            (Language::Swedish, "måndag 30 november"),
            (Language::English, "Monday 30 November"),
            (Language::Danish, "mandag den 30. november"),
        ] {
            assert_eq!(day(Words::new(language), date), said);
        }
    }

    #[test]
    fn the_clock_is_the_one_on_the_wall_in_summer_and_in_winter() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC);
        for (at, said) in [("2026-07-01T12:30:00Z", "14:30"), ("2026-11-30T13:30:00Z", "14:30")] {
            let at = at.parse::<jiff::Timestamp>().map(|at| Timestamp(at.as_millisecond())).unwrap_or(Timestamp(0));
            assert_eq!(clock(at, &zone), said);
        }
    }
}
