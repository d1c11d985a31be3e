//! What a plan may say about booked times and desks: what could not be kept is refused, with its line.
#![allow(clippy::unwrap_used)]

use super::objections::{DENMARK, SWEDEN, check, plan};
use crate::plan::{Source, examine};

const FIRST_ROW: &str = "[[bookings.times]]\nregion = \"nord\"\nclass = \"report\"\nstaff = 4\nshare = \"25 %\"";

fn row(change: (&str, &str)) -> String {
    assert!(FIRST_ROW.contains(change.0));
    FIRST_ROW.replace(change.0, change.1)
}

#[test]
fn times_that_could_not_be_kept_are_refused_with_their_line() {
    let long = "slot = \"30 min\"\nmonday";
    check(long, "slot = \"25 min\"\nmonday", "a slot of 25 min does not part the hour evenly", "slot");
    check(long, "slot = \"4 min\"\nmonday", "a slot of 4 min does not part the hour evenly", "slot");
    check(long, "slot = \"2 h\"\nmonday", "a slot of 2 h does not part the hour evenly", "slot");
    check("ahead_days = 14", "ahead_days = 0", "[bookings]: ahead_days is 0", "ahead_days");
    check("hold = \"10 min\"", "hold = \"0 s\"", "[bookings]: hold is 0", "hold");
    check("hold = \"10 min\"", "hold = \"2 h\"", "notice is shorter than hold", "notice");
    check("keep = \"5 min\"", "keep = \"31 min\"", "operators are kept for longer", "keep");
    check("per_citizen_max = 2", "per_citizen_max = 0", "[bookings]: per_citizen_max is 0", "per_citizen_max");
    check("\nmost = 20", "\nmost = 0", "[bookings]: most is 0", "most");
    check("monday = \"09:00-16:00\"", "monday = \"16:00-09:00\"", "the hours of monday end before they begin", "monday");
    check("monday = \"09:00-16:00\"", "monday = \"07:00-16:00\"", "on monday times reach into the hours in which nobody is rung", "monday");
}

#[test]
fn a_night_that_is_none_and_classes_that_are_never_told_anyway_are_named() {
    check("night = \"22:00-06:00\"", "night = \"22:00-22:00\"", "[bookings]: the night ends when it begins", "night");
    let no_times = "the class \"tip\" says `night = false`, but no times are booked for it anyway";
    check("skill = \"tip\"", "skill = \"tip\"\nnight = false", no_times, "night");
    // Where times are booked for it, it may say so; and a plan may have no night.
    for (from, to) in [("id = \"service\"", "id = \"service\"\nnight = false"), ("night = \"22:00-06:00\"\n", "")] {
        assert!(SWEDEN.contains(from));
        let told = examine(&Source { file: "", text: &SWEDEN.replacen(from, to, 1) });
        assert_eq!((told.faults.len(), told.notices.len()), (0, examine(&Source { file: "", text: SWEDEN }).notices.len()), "{to}");
    }
}

#[test]
fn rows_that_nobody_could_keep_are_refused() {
    check(FIRST_ROW, &row(("staff = 4", "staff = 3")), "the share of 3 operators is not one whole operator", "share");
    check(FIRST_ROW, &row(("staff = 4", "staff = 0")), "the share of 0 operators is not one whole operator", "share");
    check(FIRST_ROW, &row(("25 %", "101 %")), "share", "share");
    check(FIRST_ROW, &row(("\"nord\"", "\"norr\"")), "no region is called \"norr\"", "region");
    check(FIRST_ROW, &row(("\"report\"", "\"rapport\"")), "no class is called \"rapport\"", "class");
    check(FIRST_ROW, &row(("\"report\"", "\"tip\"")), "the class \"tip\" has no `book = true`", "class");
    check(FIRST_ROW, &format!("{FIRST_ROW}\n\n{FIRST_ROW}"), "booked times 2 is for the same queue as booked times 1", "region");
    let hours = "skill = \"service\"\nacceleration = \"80 %\"\ncap = \"30 min\"\nanswer_within = \"10 min\"\ncall_back = true";
    let closed = examine(&Source { file: "", text: &SWEDEN.replacen(hours, &format!("{hours}\nopen = \"09:00-15:00\""), 1) }).faults;
    assert_eq!(closed.iter().filter(|fault| fault.what.contains("times can be booked on monday when \"service\"")).count(), 7);
    check("region = \"nord\"\nmost = 1", "region = \"nord\"\nmost = 0", "cap of booked times 1 is 0", "most");
    check("region = \"nord\"\nmost = 1", "region = \"nord\"\nmost = 9", "cap of booked times 1 is no less than its rows together", "most");
}

#[test]
fn classes_and_desks_that_cannot_be_booked_are_refused() {
    let strict = "the class \"urgent\" has book, but it goes before everybody";
    check("strict = true", "strict = true\nbook = true", strict, "book");
    // By a visit only, it can be.
    let tip = SWEDEN.replacen("skill = \"tip\"", "skill = \"tip\"\nbook = true", 1);
    assert!(examine(&Source { file: "", text: &tip }).faults.is_empty());
    let (without, _) = tip.split_once("[[desks]]").unwrap();
    let faults = examine(&Source { file: "", text: without }).faults;
    assert_eq!(faults.iter().filter(|fault| fault.what.contains("the class \"tip\" has book, but nobody serves it")).count(), 1);
    check("visitors = 2", "visitors = 0", "desk \"goteborg\" takes 0 visitors", "visitors");
    check("open = \"09:00-15:00\"\nopen_days", "open = \"15:00-09:00\"\nopen_days", "the hours of desk \"goteborg\" end", "open");
    let (before, rest) = SWEDEN.split_once("[bookings]\n").unwrap();
    let desks = &rest[rest.find("[[desks]]").unwrap()..];
    let faults = examine(&Source { file: "", text: &format!("{before}{desks}") }).faults;
    let told = |what: &str| faults.iter().filter(|fault| fault.what.contains(what)).count();
    assert_eq!((told("has book, but the plan has no [bookings]"), told("takes visitors, but the plan has no [bookings]")), (2, 2));
}

#[test]
fn the_deployments_sell_whole_operators() {
    for (text, rows, desks) in [(SWEDEN, 14, 2), (DENMARK, 24, 1)] {
        let plan = plan(text);
        let rule = plan.bookings.as_ref().unwrap();
        assert_eq!((rule.times.len(), plan.desks.len()), (rows, desks));
        assert!(rule.times.iter().all(|row| row.most() >= 1 && row.most() < row.staff));
        assert!(plan.booked_classes().all(|class| !class.strict));
        assert_eq!(plan.booked_classes().count(), 2);
    }
}
