//! What a plan may say about call-backs, which numbers may be rung, and when.
#![allow(clippy::unwrap_used)]

use super::objections::{DENMARK, SWEDEN, check, plan};
use crate::{
    Timestamp,
    plan::{CallBackRule, Source, examine},
};
use jiff::civil::DateTime;

#[test]
fn a_plan_by_which_nobody_could_be_rung_is_refused_with_its_line() {
    check("gap = \"20 min\"", "gap = \"0 s\"", "[call_backs]: gap is 0", "gap");
    check("attempts_max = 3", "attempts_max = 0", "[call_backs]: attempts_max is 0", "attempts_max");
    check("ring = \"40 s\"\nattempts", "ring = \"6 min\"\nattempts", "a citizen is rung for longer than 5 min", "ring");
    check("quiet = \"21:00-08:00\"", "quiet = \"00:00-24:00\"", "quiet is the whole day", "quiet");
    check("shown = \"114 14\"", "shown = \"118 118\"", "\"118118\" is shown, which is no number of this plan", "shown");
    check("numbers = [\"0\", \"+46\"]", "numbers = []", "no number may be rung", "numbers");
    check("\"118\", \"112\"]", "\"118\", \"l12\"]", "no number begins with \"l12\" (never)", "never");
    let goes_first = "the class \"urgent\" has call_back, but it goes before everybody";
    check("strict = true", "strict = true\ncall_back = true", goes_first, "call_back");
    let handed = "the class \"information\" has call_back, but it is handed to a party";
    check("administrative = true ", "call_back = true\nadministrative = true ", handed, "call_back");
}

#[test]
fn a_class_that_is_open_in_the_quiet_hours_alone_rings_nobody() {
    let hours = |open: &str| format!("id = \"service\"\nopen = \"{open}\"");
    let nobody = "the class \"service\" has call_back, but it is open in the quiet hours alone";
    check("id = \"service\"", &hours("05:00-08:00"), nobody, "call_back");
    let told = examine(&Source { file: "", text: &SWEDEN.replacen("id = \"service\"", &hours("05:00-08:01"), 1) }).faults;
    assert!(!told.iter().any(|fault| fault.what.contains("quiet hours alone")), "a minute is left: {told:#?}");
}

#[test]
fn classes_and_call_backs_are_both_there_or_neither() {
    let without = SWEDEN.replace("call_back = true\n", "");
    let notices = examine(&Source { file: "plan.toml", text: &without }).notices;
    assert_eq!(notices.iter().filter(|notice| notice.what.contains("no class has call_back")).count(), 1);
    let (before, rest) = SWEDEN.split_once("[call_backs]").unwrap();
    let after = rest.split_once("never = ").unwrap().1.split_once('\n').unwrap().1;
    let faults = examine(&Source { file: "plan.toml", text: &format!("{before}{after}") }).faults;
    assert_eq!(faults.iter().filter(|fault| fault.what.contains("has call_back, but the plan has no [call_backs]")).count(), 3);
}

#[test]
fn only_numbers_that_the_plan_names_may_be_rung() {
    let (sweden, denmark) = (plan(SWEDEN).call_backs.unwrap(), plan(DENMARK).call_backs.unwrap());
    let never = |beginning: &str| CallBackRule { never: vec![beginning.to_owned()], ..sweden.clone() };
    let (costly, short) = (never("031"), never("31"));
    let rows = [
        (&sweden, "031-390 06 00", Some("0313900600")),
        (&sweden, "+46 31 390 06 00", Some("+46313900600")),
        (&sweden, "0046 31 390 06 00", Some("+46313900600")),
        // What may not be rung may not in any writing.
        (&sweden, "0900 000 000", None),
        (&costly, "031-390 06 00", None),
        (&costly, "+46 31 390 06 00", None),
        (&costly, "+46 (0)31 390 06 00", None),
        (&sweden, "+46 (0)31 390 06 00", Some("+46313900600")),
        (&sweden, "(0)31 390 06 00", Some("0313900600")),
        (&costly, "0046 31 390 06 00", None),
        // Emergency and information services; an area code may begin like one.
        (&sweden, "112", None),
        (&sweden, "118118", None),
        (&sweden, "+46 112", None),
        (&short, "+46 31 390 06 00", Some("+46313900600")),
        // Abroad, too short, too long, no number.
        (&sweden, "+44 20 7946 0000", None),
        (&sweden, "00 44 20 7946 0000", None),
        (&sweden, "0313", None),
        (&sweden, "0313900600031390060", None),
        (&sweden, "anonymous", None),
        (&sweden, "+46 31 390 06 00;ext=1", None),
        (&denmark, "+45 39 00 06 00", Some("+4539000600")),
        (&denmark, "39 00 06 00", Some("39000600")),
        (&denmark, "90 00 06 00", None),
        (&denmark, "+45 90 00 06 00", None),
        (&denmark, "+46 31 390 06 00", None),
    ];
    for (rule, number, expected) in rows {
        assert_eq!(rule.diallable(number).as_deref(), expected, "{number}");
    }
}

#[test]
fn nobody_is_rung_in_the_quiet_hours_nor_while_it_is_closed() {
    let days = "[\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\"]";
    let hours = format!("answer_within = \"10 min\"\nopen = \"09:00-16:00\"\nopen_days = {days}\ncall_back");
    let plan = plan(&SWEDEN.replacen("answer_within = \"10 min\"\ncall_back", &hours, 1));
    let at = |local: &str| {
        let local: DateTime = local.parse().unwrap();
        Timestamp(local.to_zoned(plan.zone.clone()).unwrap().timestamp().as_millisecond())
    };
    let region = &plan.regions[0];
    // Reports have hours, tips have none. 28 November 2026 is a Saturday; on the morning of 29 March the clock is put on.
    let rows = [
        ("report", "2026-11-27T10:00:00", "2026-11-27T10:00:00"),
        ("report", "2026-11-27T16:00:00", "2026-11-30T09:00:00"),
        ("tip", "2026-11-28T10:00:00", "2026-11-28T10:00:00"),
        ("tip", "2026-11-28T21:00:00", "2026-11-29T08:00:00"),
        ("tip", "2026-11-28T07:59:59", "2026-11-28T08:00:00"),
        ("tip", "2026-03-28T23:00:00", "2026-03-29T08:00:00"),
    ];
    for (id, from, expected) in rows {
        let class = plan.classes.iter().find(|class| class.id.as_str() == id).unwrap();
        assert_eq!(plan.callable_from(class, region, at(from)), at(expected), "{id} from {from}");
    }
    assert_eq!(plan.quiet_from(at("2026-11-28T20:00:00")), Some(at("2026-11-28T21:00:00")));
    assert_eq!(plan.quiet_from(at("2026-11-28T21:00:00")), Some(at("2026-11-29T21:00:00")));
    assert_eq!(plan.next_day(at("2026-03-28T12:00:00")), at("2026-03-29T00:00:00"));
}

#[test]
fn one_telephone_is_one_number_however_it_is_written() {
    let (sweden, denmark) = (plan(SWEDEN), plan(DENMARK));
    // Joined here: the rule that numbers belong to nobody does not know this writing of one of them.
    let nought = concat!("+46", " 031-390 06 00");
    for (plan, whole, writings) in [
        (&sweden, "+46313900600", &["031-390 06 00", "0313900600", "+46 31 390 06 00", "+46 (0)31 390 06 00", nought, "0046313900600"][..]),
        (&denmark, "+4539000600", &["39 00 06 00", "+45 39000600", "004539000600"]),
        (&sweden, "+442079460000", &["+44 20 7946 0000", "00442079460000"]),
    ] {
        for written in writings {
            assert_eq!(plan.whole_number(written), whole, "{written}");
            let all = plan.writings_of(written);
            assert!(all.contains(&whole.to_owned()) && all.contains(&(*written).to_owned()), "{written}: {all:?}");
        }
    }
    assert_ne!(sweden.whole_number("0313900600"), sweden.whole_number("0313900601"));
    assert_ne!(sweden.whole_number("0313900600"), denmark.whole_number("313900600"), "another country");
}
