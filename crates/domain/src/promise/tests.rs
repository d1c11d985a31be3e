//! The calendar and the clock against days worked out by hand, and against what must hold of every promise.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    Timestamp,
    contact::Settlement,
    plan::{Plan, Source, read},
    time::{HOUR_MS, MINUTE_MS},
};
use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};

mod holidays;
mod properties;

/// The calendar of a deployment.
fn calendar(deployment: &str) -> Calendar {
    let text = match deployment {
        "sweden" => include_str!("../../../../deployments/sweden/plan.toml"),
        "denmark" => include_str!("../../../../deployments/denmark/plan.toml"),
        other => panic!("no deployment is called {other:?}"),
    };
    let plan: Plan = read(&Source { file: "plan.toml", text }).unwrap();
    plan.calendar.unwrap()
}

fn at(zone: &TimeZone, local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    Timestamp(local.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond())
}

/// Work on every day and all day, to see what passes in the nights of the clock change.
fn round_the_clock(zone: &str) -> Calendar {
    let all_day = Some((jiff::civil::Time::MIN, jiff::civil::Time::MAX));
    Calendar { zone: TimeZone::get(zone).unwrap(), hours: [all_day; 7], holidays: Vec::new(), closed_on: Vec::new() }
}

#[test]
fn targets_fall_due_in_working_time() {
    let check = |deployment: &str, target: Target, made: &str, expected: &str| {
        let calendar = calendar(deployment);
        let due = target.due(at(&calendar.zone, made), Some(&calendar));
        assert_eq!(due.local(&calendar.zone).to_string(), expected, "{deployment}: {target:?} from {made}");
    };
    let (days, hours) = (|days| Target::WorkingDays { days }, |hours| Target::WorkingTime { ms: hours * HOUR_MS });
    // Within one day, over a night, over a weekend.
    check("sweden", hours(2), "2026-11-24T09:00", "2026-11-24T11:00:00");
    check("sweden", hours(2), "2026-11-24T15:30", "2026-11-25T09:00:00");
    check("sweden", hours(2), "2026-11-27T15:30", "2026-11-30T09:00:00");
    check("sweden", hours(8), "2026-11-24T08:00", "2026-11-24T16:00:00");
    // Until work ends, not until it begins again.
    check("sweden", hours(1), "2026-11-24T15:30", "2026-11-24T16:30:00");
    check("sweden", days(1), "2026-11-24T09:00", "2026-11-25T16:30:00");
    check("sweden", days(2), "2026-11-26T23:59:59", "2026-11-30T16:30:00");
    check("sweden", days(1), "2026-11-28T12:00", "2026-11-30T16:30:00");
    // Over Christmas and the year's end: 24, 25, 26, 31 December, 1 and 6 January and the weekends are off.
    check("sweden", days(1), "2026-12-23T10:00", "2026-12-28T16:30:00");
    check("sweden", days(5), "2026-12-23T10:00", "2027-01-05T16:30:00");
    check("sweden", hours(4), "2026-12-30T14:30", "2027-01-04T10:00:00");
    // Midsummer 2026: Friday 19 and Saturday 20 June.
    check("sweden", days(1), "2026-06-18T10:00", "2026-06-22T16:30:00");
    // Store bededag 2023 was Friday 5 May; Friday 26 April 2024 would have been it, and is a working day.
    check("denmark", days(1), "2023-05-04T10:00", "2023-05-08T15:00:00");
    check("denmark", days(1), "2024-04-25T10:00", "2024-04-26T15:00:00");
    check("denmark", days(1), "2026-04-01T10:00", "2026-04-07T15:00:00");
    assert_eq!(Target::Plain { ms: HOUR_MS }.due(Timestamp(5), None), Timestamp(5).plus_ms(HOUR_MS));
    // Work that never comes: due at once, so that everybody sees it.
    assert_eq!(days(1).due(Timestamp(5), None), Timestamp(5));
}

#[test]
fn nights_of_the_clock_change_are_as_long_as_they_are() {
    for zone in ["Europe/Stockholm", "Europe/Copenhagen"] {
        let calendar = round_the_clock(zone);
        let check = |from: &str, to: &str, hours: u64| {
            let (from, to) = (at(&calendar.zone, from), at(&calendar.zone, to));
            assert_eq!(calendar.working_ms(from, to), hours * HOUR_MS, "{zone}");
            assert_eq!(calendar.after_working_ms(from, hours * HOUR_MS), Some(to), "{zone}");
        };
        check("2026-03-28T00:00", "2026-03-29T00:00", 24);
        check("2026-03-29T00:00", "2026-03-30T00:00", 23);
        check("2026-03-29T01:30", "2026-03-29T03:30", 1);
        check("2026-10-25T00:00", "2026-10-26T00:00", 25);
        check("2026-10-25T01:30", "2026-10-25T03:30", 3);
        check("2026-12-31T22:00", "2027-01-01T02:00", 4);
        // Hours that begin within the hour left out begin after it.
        let early = Calendar { hours: [Some((jiff::civil::time(2, 30, 0, 0), jiff::civil::time(6, 0, 0, 0))); 7], ..calendar.clone() };
        let (night, noon) = (at(&early.zone, "2026-03-29T00:00"), at(&early.zone, "2026-03-29T12:00"));
        assert_eq!(early.working_ms(night, noon), 150 * MINUTE_MS, "{zone}");
    }
}

#[test]
fn a_clock_goes_through_its_states() {
    let (made, due) = (Timestamp(0), Timestamp(0).plus_ms(HOUR_MS));
    let minute = |minutes: u64| made.plus_ms(minutes * MINUTE_MS);
    let soon_ms = 15 * MINUTE_MS;
    let mut clock = Clock::new(made, due, false);
    let states = |clock: &Clock, minutes: &[u64]| minutes.iter().map(|at| clock.state(minute(*at), soon_ms)).collect::<Vec<_>>();
    assert_eq!(states(&clock, &[0, 45, 46, 60, 61]), [State::Running, State::Running, State::Soon, State::Due, State::Late]);
    let mut kept = clock;
    assert!(kept.apply(due, Happened::Settled(Settlement::Kept), None));
    assert_eq!(kept.state(minute(90), soon_ms), State::KeptInTime);
    assert!(!kept.apply(minute(90), Happened::Settled(Settlement::Kept), None), "settled once");
    let mut late = clock;
    assert!(late.apply(due.plus_ms(1), Happened::Settled(Settlement::Kept), None));
    assert_eq!(late.state(minute(90), soon_ms), State::KeptLate);
    for settlement in [Settlement::Withdrawn, Settlement::Replaced] {
        let mut gone = clock;
        assert!(gone.apply(minute(90), Happened::Settled(settlement), None));
        assert_eq!(gone.state(minute(90), soon_ms), State::LetGo);
    }
    assert!(!clock.apply(minute(10), Happened::Resumed, None), "nothing stands");
    assert!(clock.apply(minute(50), Happened::Paused, None));
    assert!(!clock.apply(minute(51), Happened::Paused, None), "it stands already");
    assert!(!clock.apply(minute(49), Happened::Resumed, None), "that is past");
    assert_eq!(states(&clock, &[50, 500]), [State::Paused, State::Paused]);
    assert!(clock.apply(minute(110), Happened::Resumed, None));
    assert_eq!(clock.due(), minute(120));
    assert_eq!(states(&clock, &[110, 120, 121]), [State::Soon, State::Due, State::Late]);
    assert!(!clock.apply(minute(121), Happened::Paused, None), "what is late is not put off");
}
