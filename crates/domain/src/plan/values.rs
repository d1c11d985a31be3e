//! How single values of a plan are written: times, shares, hours, dates, words.

use jiff::civil::{Date, Time};
use toml::de::DeValue;

use crate::{
    promise::Target,
    time::{HOUR_MS, MINUTE_MS, SECOND_MS},
};

/// No time in a plan is longer than this.
pub const DURATION_MS_MAX: u64 = 7 * 24 * HOUR_MS;
/// No target in working time is longer than these.
pub const WORKING_HOURS_MAX: u16 = 40;
pub const WORKING_DAYS_MAX: u16 = 60;
/// Nothing is kept longer than this (a hundred years).
pub const KEPT_DAYS_MAX: u64 = 36_500;
/// No acceleration is greater than this (a hundredfold).
pub const GROWTH_PERMILLE_MAX: u32 = 100_000;
/// Longest name, number, address or identity, in characters.
pub const TEXT_LENGTH_MAX: usize = 200;

/// Longest text of several lines, in characters.
pub const LONG_TEXT_LENGTH_MAX: usize = 2_000;

/// A kind of value: how to read it, and how to tell a person what it looks like.
pub struct Kind<T> {
    /// "a time such as \"10 min\""
    pub looks_like: &'static str,
    pub read: fn(&DeValue<'_>) -> Option<T>,
}

pub const TEXT: Kind<String> = Kind { looks_like: "a text in double quotes", read: text };
/// Of several lines, where that is wanted.
pub const LONG_TEXT: Kind<String> = Kind { looks_like: "a text in double quotes, of at most 2000 characters", read: long_text };
/// Without a dot, which parts region and class in the name of a queue.
pub const ID: Kind<String> = Kind {
    looks_like: "an id in double quotes: small letters a-z, digits, and - _ between them, such as \"vast\"",
    read: |value| id(value).filter(|id| !id.contains('.')),
};
pub const PARTY: Kind<String> =
    Kind { looks_like: "a party's id in double quotes: small letters a-z, digits, and - _ . between them, such as \"rlc.vast\"", read: id };
pub const DURATION: Kind<u64> = Kind {
    looks_like: "a time such as \"30 s\", \"10 min\" or \"1 h 30 min\" (whole numbers; units ms, s, min, h; at most a week)",
    read: |value| value.as_str().and_then(duration),
};
pub const KEPT: Kind<u64> =
    Kind { looks_like: "a time such as \"365 d\" (whole days, at most 36500)", read: |value| value.as_str().and_then(kept) };
pub const SHARE: Kind<u16> = Kind { looks_like: "a share between \"0 %\" and \"100 %\", such as \"85 %\"", read: share };
pub const GROWTH: Kind<u32> =
    Kind { looks_like: "a share such as \"100 %\" or \"150 %\"", read: |value| value.as_str().and_then(permille) };
pub const HOURS: Kind<(Time, Time)> = Kind { looks_like: "hours such as \"07:00-20:00\"", read: |value| value.as_str().and_then(hours) };
pub const DATE: Kind<Date> = Kind { looks_like: "a date without quotes, such as 2026-11-21", read: date };
pub const YEAR: Kind<i16> =
    Kind { looks_like: "a year without quotes, such as 2005", read: |value| integer(value).filter(|year| *year > 0) };
pub const TARGET: Kind<Target> = Kind {
    looks_like: "a time such as \"4 h\", \"8 working hours\" or \"2 working days\" (at most a week, 40 hours, 60 days)",
    read: |value| value.as_str().and_then(target),
};
pub const YES_NO: Kind<bool> = Kind { looks_like: "true or false, without quotes", read: |value| value.as_bool() };
pub const COUNT: Kind<usize> = Kind { looks_like: "a whole number without quotes, such as 15", read: integer };
pub const SMALL_COUNT: Kind<u8> = Kind { looks_like: "a whole number from 0 to 255 without quotes, such as 2", read: integer };

fn text(value: &DeValue<'_>) -> Option<String> {
    text_within(value, TEXT_LENGTH_MAX)
}

fn long_text(value: &DeValue<'_>) -> Option<String> {
    text_within(value, LONG_TEXT_LENGTH_MAX)
}

fn text_within(value: &DeValue<'_>, length_max: usize) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty() && text.chars().count() <= length_max).map(str::to_owned)
}

fn id(value: &DeValue<'_>) -> Option<String> {
    let good = |text: &str| {
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        edge(text.chars().next())
            && edge(text.chars().next_back())
            && text.chars().all(|c| edge(Some(c)) || matches!(c, '-' | '_' | '.'))
            && text.len() <= TEXT_LENGTH_MAX
    };
    value.as_str().filter(|text| good(text)).map(str::to_owned)
}

/// "1 h 30 min", in milliseconds.
pub fn duration(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut total_ms = 0_u64;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let after = after.trim_start();
        let (unit, after) = after.split_at(after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len()));
        let unit_ms = match unit {
            "ms" => 1,
            "s" => SECOND_MS,
            "min" => MINUTE_MS,
            "h" => HOUR_MS,
            _ => return None,
        };
        total_ms = total_ms.checked_add(number.parse::<u64>().ok()?.checked_mul(unit_ms)?)?;
        rest = after.trim_start();
    }
    (!text.trim().is_empty() && total_ms <= DURATION_MS_MAX).then_some(total_ms)
}

/// "365 d", in milliseconds; what is too short is told as that.
fn kept(text: &str) -> Option<u64> {
    let Some(days) = text.trim().strip_suffix('d').map(str::trim_end) else { return duration(text) };
    let days: u64 = days.parse().ok().filter(|_| days.bytes().all(|b| b.is_ascii_digit()))?;
    (days <= KEPT_DAYS_MAX).then_some(days * 24 * HOUR_MS)
}

/// "4 h", "8 working hours", "2 working days".
pub fn target(text: &str) -> Option<Target> {
    let Some((number, unit)) = text.split_once(" working ") else { return duration(text).map(|ms| Target::Plain { ms }) };
    let number = number.trim();
    let number: u16 = number.parse().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()))?;
    match unit.trim() {
        "hour" | "hours" if number <= WORKING_HOURS_MAX => Some(Target::WorkingTime { ms: u64::from(number) * HOUR_MS }),
        "day" | "days" if number <= WORKING_DAYS_MAX => Some(Target::WorkingDays { days: number }),
        _ => None,
    }
}

/// "12-25", month and day; a day that some year has.
pub fn month_and_day(text: &str) -> Option<(i8, i8)> {
    const LEAP_YEAR: i16 = 2000;
    let (month, day) = text.trim().split_once('-')?;
    let two = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i8>().ok())?;
    let (month, day) = (two(month)?, two(day)?);
    Date::new(LEAP_YEAR, month, day).ok().map(|_| (month, day))
}

/// "87.5 %", in thousandths.
pub fn permille(text: &str) -> Option<u32> {
    let number = text.trim().strip_suffix('%')?.trim_end();
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(tenth) || tenth.len() != 1 {
        return None;
    }
    let permille = whole.parse::<u32>().ok()?.checked_mul(10)?.checked_add(tenth.parse().ok()?)?;
    (permille <= GROWTH_PERMILLE_MAX).then_some(permille)
}

fn share(value: &DeValue<'_>) -> Option<u16> {
    value.as_str().and_then(permille).filter(|permille| *permille <= 1000).and_then(|permille| u16::try_from(permille).ok())
}

fn hours(text: &str) -> Option<(Time, Time)> {
    let (from, to) = text.split_once('-')?;
    Some((clock(from)?, clock(to)?))
}

/// "07:00"; "24:00" is the end of the day.
fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i8>().ok())?;
    match (two(hour)?, two(minute)?) {
        (24, 0) => Some(Time::MAX),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

fn date(value: &DeValue<'_>) -> Option<Date> {
    let datetime = value.as_datetime()?;
    let date = datetime.date.filter(|_| datetime.time.is_none())?;
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

fn integer<T: TryFrom<i64>>(value: &DeValue<'_>) -> Option<T> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok().and_then(|number| T::try_from(number).ok())
}

/// The value as a person wrote it, for saying what was found.
pub fn shown(value: &DeValue<'_>) -> String {
    const SHOWN_LENGTH_MAX: usize = 40;
    match value {
        DeValue::String(text) if text.chars().count() > SHOWN_LENGTH_MAX => {
            format!("\"{}…\"", text.chars().take(SHOWN_LENGTH_MAX).collect::<String>())
        }
        DeValue::String(text) => format!("\"{text}\""),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_units() {
        let check = |text: &str, expected: Option<u64>| assert_eq!(duration(text), expected, "{text:?}");
        check("30 s", Some(30_000));
        check("30s", Some(30_000));
        check("1 h 30 min", Some(5_400_000));
        check("250 ms", Some(250));
        check("0 s", Some(0));
        check("7 h 1000000 h", None);
        check("30", None);
        check("min", None);
        check("1.5 h", None);
        check("-5 s", None);
        check("10 minutes", None);
        check("", None);
        check("99999999999999999999 s", None);
    }

    #[test]
    fn targets_are_plain_or_in_working_time() {
        let check = |text: &str, expected: Option<Target>| assert_eq!(target(text), expected, "{text:?}");
        check("4 h", Some(Target::Plain { ms: 4 * HOUR_MS }));
        check("8 working hours", Some(Target::WorkingTime { ms: 8 * HOUR_MS }));
        check("1 working day", Some(Target::WorkingDays { days: 1 }));
        check("60 working days", Some(Target::WorkingDays { days: 60 }));
        check("61 working days", None);
        check("41 working hours", None);
        check("+1 working day", None);
        check("two working days", None);
        check("2 working weeks", None);
        check("working days", None);
    }

    #[test]
    fn shares_are_written_in_per_cent() {
        let check = |text: &str, expected: Option<u32>| assert_eq!(permille(text), expected, "{text:?}");
        check("85 %", Some(850));
        check("87.5%", Some(875));
        check("150 %", Some(1500));
        check("0 %", Some(0));
        check("85", None);
        check("0.85 %", None);
        check("+5 %", None);
        check(" %", None);
    }

    #[test]
    fn hours_end_at_midnight_at_the_latest() {
        let check = |text: &str, expected: Option<(Time, Time)>| assert_eq!(hours(text), expected, "{text:?}");
        let at = |hour| Time::constant(hour, 0, 0, 0);
        check("07:00-20:00", Some((at(7), at(20))));
        check("07:00 - 24:00", Some((at(7), Time::MAX)));
        check("7-20", None);
        check("07:00-25:00", None);
        check("07:60-20:00", None);
    }
}
