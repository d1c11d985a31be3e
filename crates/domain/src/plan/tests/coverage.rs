//! Who can answer and when, and steps that have no effect: each fault and notice with its line and mend.
#![allow(clippy::unwrap_used)]

use crate::plan::{Examined, Fault, Source, answers, examine, unanswered};
use jiff::civil::Time;

const DENMARK: &str = include_str!("../../../../../deployments/denmark/plan.toml");
const ALARM: &str = include_str!("../../../../../deployments/denmark-112/plan.toml");
const SWEDEN: &str = include_str!("../../../../../deployments/sweden/plan.toml");

/// A plan with texts replaced, each of which must be there.
fn changed(plan: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(plan.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the plan has no {from:?}");
        text.replacen(from, to, 1)
    })
}

fn examined(text: &str) -> Examined {
    examine(&Source { file: "plan.toml", text })
}

fn told(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

/// The line that begins so, from 1.
fn line_of(text: &str, start: &str) -> usize {
    text.lines().position(|line| line.starts_with(start)).unwrap() + 1
}

const NATION: &str = "[[overflow]]\nwiden_to = \"nation\"\nwaited = \"8 min\"\n";
const ODENSE: &str = "region = \"fyn\"   # assumed; seat assumed";

/// Denmark's districts, helped by their neighbours only: Fyn by Fredericia and Næstved.
fn near(changes: &[(&str, &str)]) -> String {
    changed(&changed(DENMARK, &[(NATION, "")]), changes)
}

fn with_hours(text: &str, sites: &[(&str, &str)]) -> String {
    sites.iter().fold(text.to_owned(), |text, (site, hours)| {
        let start = format!("[[sites]]\nid = \"{site}\"\n");
        changed(&text, &[(&start, &format!("{start}staffed = {hours}\n"))])
    })
}

/// The line of the hours that [`with_hours`] gave a site.
fn line_of_hours(text: &str, site: &str) -> usize {
    text[..text.find(&format!("[[sites]]\nid = \"{site}\"\n")).unwrap()].matches('\n').count() + 3
}

const DAY: &str = "\"07:00-20:00\"";

#[test]
fn hours_of_a_site_are_read_and_refused_with_their_line() {
    let check = |hours: &str, expected: &str| {
        let text = with_hours(DENMARK, &[("odense", hours)]);
        let Examined { plan, faults, .. } = examined(&text);
        if expected.is_empty() {
            assert_eq!(told(&faults), "", "{hours}");
            return plan.unwrap().sites.into_iter().find(|site| site.id.as_str() == "odense").unwrap().staffed;
        }
        assert_eq!(faults.len(), 1, "{hours}: {}", told(&faults));
        let start = format!("plan.toml:{}: {expected}", line_of(&text, "staffed"));
        assert!(told(&faults).starts_with(&start), "expected {start:?}, found\n{}", told(&faults));
        Vec::new()
    };
    let at = |hour| Time::constant(hour, 0, 0, 0);
    assert_eq!(check(DAY, ""), [(at(7), at(20))]);
    assert_eq!(check("\"20:00-07:00\"", ""), [(at(20), at(7))]);
    assert_eq!(check("[\"07:00-12:00\", \"20:00-24:00\"]", ""), [(at(7), at(12)), (at(20), Time::MAX)]);
    check("\"7-20\"", "site \"odense\": staffed cannot be \"7-20\".\n  Mend: write hours such as \"07:00-20:00\", over midnight");
    check("7", "site \"odense\": staffed cannot be 7.");
    check("[\"07:00-12:00\", \"noon\"]", "site \"odense\": staffed cannot be \"noon\".");
    check("[]", "site \"odense\": staffed is an empty list.\n  Mend: write hours such as");
    check("\"07:00-07:00\"", "site \"odense\": staffed ends when it begins.\n  Mend: write its hours, or leave the line out");
    check("\"24:00-00:00\"", "site \"odense\": staffed ends when it begins");
}

/// The faults read so, each in the line of the hours of a site.
#[track_caller]
fn refused(text: &str, expected: &[(&str, &str)]) {
    let faults = examined(text).faults;
    assert_eq!(faults.len(), expected.len(), "{}", told(&faults));
    for (fault, (site, words)) in faults.iter().zip(expected) {
        assert_eq!(fault.line, line_of_hours(text, site), "{fault}");
        assert!(fault.to_string().contains(words), "expected {words:?}, found\n{fault}");
    }
}

#[track_caller]
fn passes(text: &str) -> String {
    let Examined { plan, faults, notices } = examined(text);
    assert!(plan.is_some(), "{}", told(&faults));
    told(&notices)
}

#[test]
fn hours_at_which_nobody_can_answer_are_refused() {
    let night = [("odense", DAY), ("fredericia", DAY), ("naestved", DAY)];
    let by_night = "region \"fyn\": nobody can answer 20:00-07:00 (all classes).\n  Mend: staff one of its sites then, or let others \
                    answer: [[overflow]] with widen_to = \"nation\" and fewer_on_duty = 1";
    let text = with_hours(&near(&[]), &night);
    refused(&text, &[("odense", by_night)]);
    passes(&with_hours(DENMARK, &night));
    passes(&with_hours(&near(&[]), &night[..2]));
    passes(&with_hours(&near(&[]), &[("odense", DAY), ("fredericia", "\"20:00-07:00\""), ("naestved", DAY)]));
    passes(&with_hours(&near(&[]), &[("odense", "[\"07:00-20:00\", \"20:00-07:00\"]"), ("fredericia", DAY), ("naestved", DAY)]));
    let gaps = with_hours(&near(&[]), &[("odense", DAY), ("fredericia", "\"22:00-06:00\""), ("naestved", "\"06:30-12:00\"")]);
    refused(&gaps, &[("odense", "region \"fyn\": nobody can answer 06:00-06:30, 20:00-22:00 (all classes)")]);
    let bornholm = with_hours(&near(&[]), &[("ronne", DAY), ("kobenhavn", "\"06:00-19:00\"")]);
    let alone = "region \"bornholm\": nobody can answer 20:00-06:00 (all classes).\n  Mend: staff one of its sites then, or let";
    refused(&bornholm, &[("ronne", alone)]);
}

#[test]
fn a_pool_that_no_step_leads_away_from_must_be_staffed() {
    let text = with_hours(ALARM, &[("aarhus", DAY), ("slagelse", DAY)]);
    let pool = "region \"police\": nobody can answer 20:00-07:00 (all classes).\n  Mend: staff one of its sites then, or let others \
                answer: [[overflow]] with widen_to = \"nation\"";
    refused(&text, &[("aarhus", pool)]);
    passes(&with_hours(ALARM, &[("aarhus", DAY), ("slagelse", "\"19:00-08:00\""), ("kobenhavn", DAY)]));
    let nobody = with_hours(ALARM, &[("aarhus", DAY), ("slagelse", DAY), ("kobenhavn", DAY)]);
    let mend = "staff one of its sites then: no other region can help at all of these hours";
    let found = told(&examined(&nobody).faults);
    assert_eq!((examined(&nobody).faults.len(), found.matches(mend).count()), (2, 2), "{found}");
    let away = changed(
        ALARM,
        &[("region = \"storkobenhavn\"\n", "region = \"police\"\n"), ("fewer_on_duty = 1", "fewer_on_duty = 1\nclasses = [\"alarm\"]")],
    );
    let without = "region \"storkobenhavn\": nobody can answer at any hour (class \"other\"); a diversion on entry leads newcomers alone, \
                   not who waits already.\n  Mend: add a site to it with [[sites]], or let others answer: [[overflow]] with widen_to = \
                   \"neighbours\" and fewer_on_duty = 1";
    let last = "[[regions]]";
    let faults = examined(&away).faults;
    assert_eq!(faults.len(), 1, "{}", told(&faults));
    assert_eq!(faults[0].line, away.lines().collect::<Vec<_>>().iter().rposition(|line| *line == last).unwrap() + 1);
    assert!(faults[0].to_string().contains(without), "{}", faults[0]);
}

/// Whatever a step waits for: the region that it leads to helps at once while nobody is on duty.
#[test]
fn any_step_leads_on_whatever_its_guards() {
    let night = [("odense", DAY), ("fredericia", DAY), ("naestved", DAY)];
    for guard in ["waited = \"2 h\"", "more_than_waiting = 100", "expected_over = \"1 h\"", "outside_hours = true"] {
        passes(&with_hours(&changed(DENMARK, &[("waited = \"8 min\"", guard)]), &night));
    }
    for scope in ["regions = [\"nordjylland\"]", "regions = [\"fyn\"]\nclasses = [\"report\"]"] {
        let text = with_hours(&changed(DENMARK, &[("waited = \"8 min\"", &format!("waited = \"8 min\"\n{scope}"))]), &night);
        let faults = told(&examined(&text).faults);
        let classes =
            if scope.contains("classes") { "classes \"urgent\", \"violence\", \"tip\", \"permits\", \"guidance\"" } else { "all classes" };
        assert!(faults.contains(&format!("region \"fyn\": nobody can answer 20:00-07:00 ({classes})")), "{faults}");
    }
}

#[test]
fn until_a_site_opens_what_lacks_is_told() {
    let opens = |date: &str| format!("{ODENSE}\nopens = {date}");
    let text = with_hours(&near(&[(ODENSE, &opens("2031-01-01"))]), &[("fredericia", DAY), ("naestved", DAY)]);
    let notices = passes(&text);
    let line = line_of(&text, "opens = 2031");
    let expected =
        format!("plan.toml:{line}: region \"fyn\": until 2031-01-01 nobody can answer 20:00-07:00 (all classes).\n  Mend: adopt the plan");
    assert!(notices.contains(&expected), "{notices}");
    assert!(!passes(&near(&[(ODENSE, &opens("2031-01-01"))])).contains("until"), "neighbours answer until then");
    let night = with_hours(&near(&[(ODENSE, &opens("2031-01-01"))]), &[("odense", DAY), ("fredericia", DAY), ("naestved", DAY)]);
    let faults = told(&examined(&night).faults);
    assert!(faults.contains("region \"fyn\": nobody can answer 20:00-07:00"), "{faults}");
}

/// What follows from another fault is not told beside it.
#[test]
fn a_fault_in_what_the_proof_stands_on_stands_alone() {
    let night = [("aarhus", DAY), ("kobenhavn", DAY)];
    for (from, to) in [
        (
            "id = \"slagelse\"\nname = \"Alarmcenter Øst, Slagelse\"\nregion = \"police\"",
            "id = \"slagelse\"\nname = \"S\"\nregion = \"polise\"",
        ),
        ("id = \"slagelse\"\n", "id = \"slagelse\"\nstaffed = \"7-20\"\n"),
        ("neighbours = [\"police\"]", "neighbours = [\"polise\"]"),
    ] {
        let faults = examined(&changed(&with_hours(ALARM, &night), &[(from, to)])).faults;
        assert_eq!(faults.len(), 1, "{to}: {}", told(&faults));
    }
    let text = with_hours(&changed(ALARM, &[("widen_to = \"neighbours\"", "widen_to = \"neighbour\"")]), &[("kobenhavn", DAY)]);
    let faults = examined(&text).faults;
    assert_eq!(faults.len(), 1, "{}", told(&faults));
    assert!(told(&faults).contains("widen_to does not know \"neighbour\""));
    let apart =
        changed(&with_hours(ALARM, &[("aarhus", DAY), ("slagelse", DAY)]), &[("numbers = [\"112\"]", "numbers = [\"112\", \"112\"]")]);
    assert_eq!(examined(&apart).faults.len(), 2, "what has nothing to do with it is told beside it");
    let centre = changed(
        &with_hours(ALARM, &[("aarhus", DAY), ("slagelse", DAY)]),
        &[("command_centre = \"reserve\"", "command_centre = \"reserv\"")],
    );
    assert_eq!(examined(&centre).faults.len(), 2, "the same of another part of a region");
}

#[test]
fn who_can_answer_is_said_in_a_line_for_each_region() {
    let lines = |text: &str| {
        let plan = examined(text).plan.unwrap();
        assert_eq!(unanswered(&plan), []);
        answers(&plan).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let sweden = lines(SWEDEN);
    assert_eq!(sweden.len(), 7);
    assert_eq!(
        sweden[2],
        "region \"stockholm\": round the clock Visby, Norrtälje, Sollentuna and Farsta, then neighbours, then the nation"
    );
    assert!(sweden[4].contains("Göteborg, Bengtsfors, Falkenberg and Skara from 2021-03-31"), "{}", sweden[4]);
    let hours = [("odense", DAY), ("fredericia", "\"06:00-22:00\""), ("naestved", DAY)];
    let denmark = lines(&with_hours(DENMARK, &hours));
    let fyn = "region \"fyn\": 06:00-07:00, 20:00-22:00 neighbours (Fredericia), then the nation; 07:00-20:00 Odense, then neighbours, \
               then the nation; 22:00-06:00 the nation (9 sites)";
    assert_eq!(denmark[5], fyn);
    let open = changed(
        DENMARK,
        &[
            ("name = \"Fyns Politi\"", "name = \"Fyns Politi\"\nopen = \"07:00-20:00\""),
            (NATION, "[[overflow]]\nwiden_to = \"nation\"\noutside_hours = true\nclasses = [\"urgent\"]\n"),
        ],
    );
    assert_eq!(
        lines(&open)[5],
        "region \"fyn\", open 07:00-20:00: round the clock Odense, then neighbours, then the nation for some classes"
    );
    assert_eq!(lines(ALARM)[0], "region \"police\": round the clock Alarmcenter Vest, Aarhus and Alarmcenter Øst, Slagelse");
}
