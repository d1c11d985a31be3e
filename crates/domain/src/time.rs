//! Points in time, as everything in `domain` counts them: integer milliseconds. Durations are plain
//! `u64` or `i64` milliseconds whose names end in `_ms`. Local time (opening hours, the day's
//! window) is computed with the zone the plan names, daylight saving included.

use jiff::{Timestamp as Instant, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

pub const SECOND_MS: u64 = 1_000;
pub const MINUTE_MS: u64 = 60 * SECOND_MS;
pub const HOUR_MS: u64 = 60 * MINUTE_MS;

impl Timestamp {
    /// This point moved later by `ms`; saturates at the end of time rather than wrapping.
    #[must_use]
    pub fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)))
    }

    /// Milliseconds from `earlier` to this point, 0 when `earlier` is in fact later.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// Date and time of day in `zone`. Out-of-range points are clamped to the epoch.
    #[must_use]
    pub fn local(self, zone: &TimeZone) -> civil::DateTime {
        Instant::from_millisecond(self.0).unwrap_or(Instant::UNIX_EPOCH).to_zoned(zone.clone()).datetime()
    }

    /// The first instant of this point's local day in `zone`.
    #[must_use]
    pub fn start_of_local_day(self, zone: &TimeZone) -> Self {
        let date = self.local(zone).date();
        date.to_zoned(zone.clone()).map_or(self, |zoned| Self(zoned.timestamp().as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_day_has_23_hours_when_the_clock_springs_forward() -> Result<(), jiff::Error> {
        let zone = TimeZone::get("Europe/Stockholm")?;
        let noon =
            |day: i8| civil::date(2026, 3, day).at(12, 0, 0, 0).to_zoned(zone.clone()).map(|z| Timestamp(z.timestamp().as_millisecond()));
        let sunday = noon(29)?.start_of_local_day(&zone);
        let monday = noon(30)?.start_of_local_day(&zone);
        assert_eq!(monday.since_ms(sunday), 23 * HOUR_MS);
        Ok(())
    }
}
