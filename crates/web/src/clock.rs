//! The one place where the web surface reads the clock, and how times and ages are written.

use domain::{
    Timestamp,
    time::{HOUR_MS, MINUTE_MS, SECOND_MS},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};

#[must_use]
pub fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// "14:32" in the deployment's zone; with the date when it is another day than `now`.
#[must_use]
pub fn time_of_day(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let (local, today) = (at.local(zone), now.local(zone).date());
    if local.date() == today { local.strftime("%H:%M").to_string() } else { local.strftime("%Y-%m-%d %H:%M").to_string() }
}

/// "14:32:08", for a course in which much happens within a minute.
#[must_use]
pub fn to_the_second(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    format!("{}{}", time_of_day(at, zone, now), at.local(zone).strftime(":%S"))
}

/// "4:05", "1:02:09" or "3 d 4 h" without the words: digits that line up. The browser writes the
/// same (`ages.js`).
#[must_use]
pub fn age(ms: u64) -> String {
    let (hours, minutes, seconds) = (ms / HOUR_MS, ms / MINUTE_MS % 60, ms / SECOND_MS % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// How long ago, counted on in the page each second.
#[must_use]
pub fn counting_up(since: Timestamp, now: Timestamp) -> Markup {
    html! { time data-since=(since.0) { (age(now.since_ms(since))) } }
}

/// How long until, counted down in the page each second; stops at nought.
#[must_use]
pub fn counting_down(until: Timestamp, now: Timestamp) -> Markup {
    html! { time data-until=(until.0) { (age(until.since_ms(now))) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_digits_that_line_up() {
        for (ms, expected) in [(0, "0:00"), (59_999, "0:59"), (245_000, "4:05"), (3_600_000, "1:00:00"), (97_329_000, "27:02:09")] {
            assert_eq!(age(ms), expected);
        }
    }
}
