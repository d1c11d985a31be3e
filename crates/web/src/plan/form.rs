//! What somebody typed on the plan's page: kept as it is until it is adopted, and read into what the
//! switchboard is asked for. Judges the plan's text in no way.

use crate::limits::REASON_CHARS_MAX;
use domain::{OperatorId, Timestamp};
use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::Deserialize;
use switchboard::WantedPlan;

/// The form of a new version.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub reason: String,
    /// As a browser writes it, `2026-11-02T14:30`, in the plan's zone; empty: now.
    #[serde(default)]
    pub due: String,
    /// The day that it is tried on, `2026-11-02`; empty: the last one that tells something.
    #[serde(default)]
    pub day: String,
}

/// Why nothing can be asked for with what was typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Problem {
    NoText,
    NoReason,
    LongReason,
    NotATime,
    NotADay,
}

impl Problem {
    /// The id of the field that it is about.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::NoText => "plan-text",
            Self::NoReason | Self::LongReason => "plan-reason",
            Self::NotATime => "plan-due",
            Self::NotADay => "plan-day",
        }
    }

    /// The keys of what happened and of what to do.
    #[must_use]
    pub fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::NoText => ("plan-no-text", "plan-no-text-mend"),
            Self::NoReason => ("plan-no-reason", "plan-no-reason-mend"),
            Self::LongReason => ("plan-long-reason", "plan-long-reason-mend"),
            Self::NotATime => ("plan-no-time", "plan-no-time-mend"),
            Self::NotADay => ("plan-no-day", "plan-no-day-mend"),
        }
    }
}

impl Typed {
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// A browser sends every end of a line as two signs: the version's name would be another.
    #[must_use]
    pub fn with_plain_lines(self) -> Self {
        Self { text: self.text.replace("\r\n", "\n"), ..self }
    }

    /// # Errors
    /// Everything that must be typed otherwise, in the order of the fields.
    pub fn wanted(&self, account: OperatorId, zone: &TimeZone) -> Result<WantedPlan, Vec<Problem>> {
        let (text, reason, due) = (self.checked_text(), self.checked_reason(), self.checked_due(zone));
        match (text, reason, due) {
            (Ok(text), Ok(reason), Ok(due)) => Ok(WantedPlan { account, text, due, reason }),
            (text, reason, due) => Err([text.err(), reason.err(), due.err()].into_iter().flatten().collect()),
        }
    }

    /// # Errors
    /// [`Problem::NotADay`].
    pub fn wanted_day(&self) -> Result<Option<Date>, Problem> {
        match self.day.trim() {
            "" => Ok(None),
            day => day.parse().map(Some).map_err(|_| Problem::NotADay),
        }
    }

    fn checked_text(&self) -> Result<String, Problem> {
        if self.text.trim().is_empty() { Err(Problem::NoText) } else { Ok(self.text.clone()) }
    }

    fn checked_reason(&self) -> Result<String, Problem> {
        match self.reason.trim() {
            "" => Err(Problem::NoReason),
            reason if reason.chars().count() > REASON_CHARS_MAX => Err(Problem::LongReason),
            reason => Ok(reason.to_owned()),
        }
    }

    fn checked_due(&self, zone: &TimeZone) -> Result<Option<Timestamp>, Problem> {
        match self.due.trim() {
            "" => Ok(None),
            due => local_time(due, zone).map(Some).ok_or(Problem::NotATime),
        }
    }
}

/// A time that a change of the clock leaves out is read as the one after it.
fn local_time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local: DateTime = text.parse().ok()?;
    let zoned = local.to_zoned(zone.clone()).ok()?;
    Some(Timestamp(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn typed(text: &str, reason: &str, due: &str) -> Typed {
        Typed { text: text.to_owned(), reason: reason.to_owned(), due: due.to_owned(), day: String::new() }
    }

    #[test]
    fn a_time_is_read_in_the_zone_of_the_plan() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let check = |due: &str, expected: Result<Option<i64>, Vec<Problem>>| {
            let wanted = typed("a plan", "a reason", due).wanted(OperatorId(1), &zone);
            assert_eq!(wanted.map(|wanted| wanted.due.map(|due| due.0)), expected, "{due}");
        };
        check("", Ok(None));
        check("2026-11-02T14:30", Ok(Some(1_793_626_200_000)));
        check("2026-07-02T14:30", Ok(Some(1_782_995_400_000)));
        check("2026-03-29T02:30", Ok(Some(1_774_747_800_000)));
        check("in a moment", Err(vec![Problem::NotATime]));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let long = "x".repeat(REASON_CHARS_MAX + 1);
        for (given, expected) in [
            (typed(" \n", " ", "x"), vec![Problem::NoText, Problem::NoReason, Problem::NotATime]),
            (typed("a plan", "\t", ""), vec![Problem::NoReason]),
            (typed("a plan", &long, ""), vec![Problem::LongReason]),
        ] {
            assert_eq!(given.wanted(OperatorId(1), &TimeZone::UTC).err(), Some(expected));
        }
    }

    #[test]
    fn a_day_is_a_date_or_left_open() {
        let day = |day: &str| Typed { day: day.to_owned(), ..Typed::default() }.wanted_day();
        assert_eq!(day(" "), Ok(None));
        assert_eq!(day("2026-11-02"), Ok(Some(jiff::civil::date(2026, 11, 2))));
        assert_eq!(day("2026-02-30"), Err(Problem::NotADay));
        assert_eq!(day("yesterday"), Err(Problem::NotADay));
    }

    #[test]
    fn lines_end_as_they_were_written() {
        assert_eq!(typed("a\r\nb\r\n", "", "").with_plain_lines().text, "a\nb\n");
    }
}
