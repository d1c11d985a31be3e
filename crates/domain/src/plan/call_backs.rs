//! Call-backs: who is offered one, when and how often a citizen is rung, and which numbers may be rung at all.

use super::{
    Fields,
    hours::minute,
    values::{DURATION, HOURS, SMALL_COUNT, TEXT},
};
use jiff::civil::Time;

/// Digits of a number that can be rung, at least and at most (ITU-T E.164).
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 6..=15;

/// How citizens are rung back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBackRule {
    /// Offered by voice when half of those in the queue are expected to wait longer than this.
    pub offer_over_ms: u64,
    /// How long the citizen is rung.
    pub ring_ms: u64,
    /// Attempts on one day.
    pub attempts_max: u8,
    /// Days on which it is tried before a person decides.
    pub days_max: u8,
    /// Least time between two attempts.
    pub gap_ms: u64,
    /// Nobody is rung from the first until before the second, in local time, also over midnight.
    pub quiet: (Time, Time),
    /// The number that citizens see; one of the plan's own.
    pub shown: String,
    /// How numbers begin that may be rung.
    pub numbers: Vec<String>,
    /// How those of them begin that may not.
    pub never: Vec<String>,
}

impl CallBackRule {
    /// The number as it is dialled, where it may be rung: without the signs that make it readable, and with + in front
    /// of a country code. A number that may not be rung may not with its country code either.
    #[must_use]
    pub fn diallable(&self, number: &str) -> Option<String> {
        let bare: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}')).collect();
        let dialled = bare.strip_prefix("00").map_or_else(|| bare.clone(), |abroad| format!("+{abroad}"));
        let digits = dialled.strip_prefix('+').unwrap_or(&dialled);
        let is_number = NUMBER_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let allowed = self.numbers.iter().any(|beginning| dialled.starts_with(beginning.as_str()));
        (is_number && allowed && !self.never.iter().any(|never| self.is_of(&dialled, never))).then_some(dialled)
    }

    fn is_of(&self, dialled: &str, never: &str) -> bool {
        let countries = self.numbers.iter().filter(|beginning| beginning.starts_with('+'));
        let mut at_home = countries.filter_map(|country| dialled.strip_prefix(country.as_str()));
        dialled.starts_with(never)
            || at_home.any(|rest| match never.strip_prefix('0') {
                Some(national) => rest.starts_with(national) || rest.starts_with(never),
                // A short number has no area code; a longer one that begins so is somebody's.
                None => rest == never,
            })
    }

    /// Whether nobody is rung at this time of the day.
    #[must_use]
    pub fn is_quiet(&self, at: Time) -> bool {
        let (from, to, at) = (minute(self.quiet.0), minute(self.quiet.1), minute(at));
        if from <= to { from <= at && at < to } else { at >= from || at < to }
    }
}

pub(super) fn read(whole: &mut Fields<'_, '_, '_>) -> Option<CallBackRule> {
    let mut table = whole.optional_table("call_backs")?;
    let rule = CallBackRule {
        offer_over_ms: table.required("offer_over", &DURATION),
        ring_ms: table.required("ring", &DURATION),
        attempts_max: table.required("attempts_max", &SMALL_COUNT),
        days_max: table.required("days_max", &SMALL_COUNT),
        gap_ms: table.required("gap", &DURATION),
        quiet: table.required("quiet", &HOURS),
        shown: table.required("shown", &TEXT),
        numbers: table.list("numbers", &TEXT),
        never: table.optional_list("never", &TEXT),
    };
    table.finish();
    Some(rule)
}
