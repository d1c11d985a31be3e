//! The calendar of a plan: when work is done on each day of the week, and on which days it is not.

use super::{
    Day, Plan,
    check::Objections,
    fields::Fields,
    values::{DATE, HOURS, Kind, TEXT, YEAR, month_and_day},
};
use crate::promise::{Calendar, Holiday, HolidayRule};
use jiff::{civil::Date, tz::TimeZone};
use toml::de::DeValue;

/// What the plan says of each day of the week, in their order.
pub(super) fn of_weekdays<T>(mut of: impl FnMut(Day) -> T) -> [T; 7] {
    std::array::from_fn(|place| of(Day::ALL[place]))
}

/// So far from Easter Sunday a holiday may be.
const EASTER_DAYS_MAX: i16 = 100;
const RULE: Kind<HolidayRule> = Kind {
    looks_like: "a day such as \"12-25\" (month and day), \"easter\", \"easter + 39\", or \"saturday from 06-20\"",
    read: |value: &DeValue<'_>| value.as_str().and_then(rule),
};

fn rule(text: &str) -> Option<HolidayRule> {
    if let Some(days) = text.strip_prefix("easter") {
        let days: String = days.split_whitespace().collect();
        let days = if days.is_empty() { 0 } else { days.parse::<i16>().ok().filter(|_| days.starts_with(['+', '-']))? };
        return (days.abs() <= EASTER_DAYS_MAX).then_some(HolidayRule::Easter { days });
    }
    if let Some((weekday, from)) = text.split_once(" from ") {
        let (month, day) = month_and_day(from)?;
        return Some(HolidayRule::First { weekday: Day::from_word(weekday.trim())?, month, day });
    }
    month_and_day(text).map(|(month, day)| HolidayRule::Fixed { month, day })
}

/// `closed_on`, and the calendar where the plan has one.
pub(super) fn read(whole: &mut Fields<'_, '_, '_>, zone: &TimeZone) -> (Vec<Date>, Option<Calendar>) {
    let closed_on = whole.optional_list("closed_on", &DATE);
    let Some(mut table) = whole.optional_table("calendar") else { return (closed_on, None) };
    let hours = of_weekdays(|day| table.optional(day.word(), &HOURS));
    let mut number = 0;
    let holidays = table.optional_tables("holidays", "holiday", |fields| {
        fields.rename(format!("calendar/holidays/{number}"), format!("holiday {}", number + 1));
        number += 1;
        Holiday {
            name: fields.required("name", &TEXT),
            // Harmless beside its fault.
            on: read_rule(fields).unwrap_or(HolidayRule::Easter { days: 0 }),
            since: fields.optional("since", &YEAR),
            until: fields.optional("until", &YEAR),
        }
    });
    table.finish();
    let calendar = Calendar { zone: zone.clone(), hours, holidays, closed_on: closed_on.clone() };
    (closed_on, Some(calendar))
}

fn read_rule(fields: &mut Fields<'_, '_, '_>) -> Option<HolidayRule> {
    if !fields.has("on") {
        fields.allow("on");
        fields.fault("on", "nothing says when it is", format!("add `on = …`, {}", RULE.looks_like));
    }
    fields.optional("on", &RULE)
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    let Some(calendar) = &plan.calendar else { return };
    if calendar.hours.iter().all(Option::is_none) {
        let keys = of_weekdays(|day| format!("calendar/{day}"));
        let paths: Vec<&str> = std::iter::once("calendar").chain(keys.iter().map(String::as_str)).collect();
        found.fault(&paths, "[calendar]: nobody works on any day", "add hours to a day, such as monday = \"08:00-16:30\"");
    }
    for (key, hours) in Day::ALL.iter().zip(calendar.hours) {
        if hours.is_some_and(|(from, to)| from >= to) {
            let mend = "put the earlier time first; hours over midnight cannot be given";
            found.fault(&[&format!("calendar/{key}")], format!("[calendar]: {key} ends before it begins"), mend);
        }
    }
    for (number, holiday) in calendar.holidays.iter().enumerate() {
        if holiday.since.zip(holiday.until).is_some_and(|(since, until)| until < since) {
            let path = format!("calendar/holidays/{number}/until");
            let what = format!("holiday \"{}\" ends before it begins", holiday.name);
            found.fault(&[&path], what, "make `since` the earlier year of the two");
        }
    }
}

impl Plan {
    /// Whether classes with hours do not open on a day: one of `closed_on`, or a holiday of the calendar.
    #[must_use]
    pub fn is_day_off(&self, date: Date) -> bool {
        self.closed_on.contains(&date) || self.calendar.as_ref().is_some_and(|calendar| calendar.is_holiday(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_are_written_by_rule() {
        let first = |weekday, month, day| Some(HolidayRule::First { weekday, month, day });
        for (text, expected) in [
            ("12-25", Some(HolidayRule::Fixed { month: 12, day: 25 })),
            ("02-29", Some(HolidayRule::Fixed { month: 2, day: 29 })),
            ("easter", Some(HolidayRule::Easter { days: 0 })),
            ("easter + 39", Some(HolidayRule::Easter { days: 39 })),
            ("easter-2", Some(HolidayRule::Easter { days: -2 })),
            ("saturday from 06-20", first(Day::Saturday, 6, 20)),
            ("easter 39", None),
            ("easter + 101", None),
            ("easter +", None),
            ("12-32", None),
            ("02-30", None),
            ("1-1", None),
            ("+1-01", None),
            ("lordag from 06-20", None),
            ("saturday", None),
            ("", None),
        ] {
            assert_eq!(rule(text), expected, "{text:?}");
        }
    }
}
