//! How long something may take, as a plan promises it.

use super::Calendar;
use crate::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Whatever the hour: "4 h".
    Plain { ms: u64 },
    /// While somebody works: "8 working hours".
    WorkingTime { ms: u64 },
    /// Until work ends on the so manieth working day after the one on which it is promised: "2 working days".
    WorkingDays { days: u16 },
}

impl Target {
    /// Whether it needs a calendar.
    #[must_use]
    pub fn is_working(self) -> bool {
        !matches!(self, Self::Plain { .. })
    }

    /// When it is due. Working time that never comes is due at once: seen by everybody, lost by nobody.
    #[must_use]
    pub fn due(self, made: Timestamp, calendar: Option<&Calendar>) -> Timestamp {
        let due = match self {
            Self::Plain { ms } => Some(made.plus_ms(ms)),
            Self::WorkingTime { ms } => calendar.and_then(|calendar| calendar.after_working_ms(made, ms)),
            Self::WorkingDays { days } => calendar.and_then(|calendar| calendar.end_of_working_day(made, days)),
        };
        due.unwrap_or(made)
    }
}
