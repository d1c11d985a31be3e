//! Scenarios that are wrong, first; then what a right one comes to.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{figures::Measure, statistics::Verdict};
use domain::plan::Source;
use std::{
    collections::BTreeMap,
    sync::{atomic::AtomicBool, atomic::AtomicU64, atomic::Ordering},
};

const PLAN: &str = include_str!("../reference/r1.toml");

/// A question of R1's plan, small enough to be run in a moment.
const QUESTION: &str = r#"
title = "A title"
question = "Is it so?"
plan = "r1"
date = 2026-03-10
days = 4
warm_up = "1 h"
unset = ["divert_on_entry"]

[desk]
answer = "5 s"
wrap_up = "40 s"

[demand]
busyness = "10 %"
profile = [1, 1, 1, 1, 1, 1, 1, 3, 6, 7, 8, 7, 7, 7, 7, 7, 6, 5, 4, 4, 3, 3, 2, 1]
languages = ["en 100 %"]

[[region]]
id = "r1"
calls_per_day = 300

[[region]]
id = "r2"
calls_per_day = 200

[[matter]]
intent = "report_theft"
share = "60 %"
handling = "10 min"
variation = "80 %"
patience = "20 min"

[[matter]]
intent = "tip"
share = "40 %"
handling = "5 min"
variation = "80 %"
patience = "20 min"

[[staff]]
site = "s1"
count = 5
skills = ["call"]
languages = ["en"]
duty = "00:00-24:00"

[[staff]]
site = "s2"
count = 3
skills = ["call 7"]
languages = ["en"]
duty = "06:00-22:00"
pauses = ["11:00-11:30"]

[[variant]]
name = "A"

[[variant]]
name = "B"
"#;

fn texts() -> BTreeMap<String, String> {
    BTreeMap::from([("r1".to_owned(), PLAN.to_owned())])
}

fn study(text: &str) -> Result<Study, Vec<domain::plan::Fault>> {
    Scenario::read(&Source { file: "q.toml", text }, None)?.prepare(&texts())
}

/// What is said of the question when this is put in the place of that.
fn said(from: &str, to: &str) -> String {
    assert!(QUESTION.contains(from), "{from}");
    let faults = study(&QUESTION.replacen(from, to, 1)).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_fault_names_its_line_and_how_to_mend_it() {
    let check = |from: &str, to: &str, expected: &[&str]| {
        let said = said(from, to);
        expected.iter().for_each(|words| assert!(said.contains(words), "{to}: {words:?} is not in {said:?}"));
    };
    check("days = 4", "dayz = 4", &["q.toml:6: nothing is called \"dayz\" here", "did you mean \"days\"?"]);
    check("days = 4", "days = 0", &["q.toml:6: days cannot be 0", "from 1 to 10000"]);
    check("title = \"A title\"\n", "", &["the scenario has no title"]);
    check("plan = \"r1\"", "plan = \"other\"", &["there is no plan \"other\""]);
    check("plan = \"r1\"", "plan = 5", &["q.toml:4: plan cannot be 5"]);
    check("date = 2026-03-10", "date = \"soon\"", &["q.toml:5: date cannot be \"soon\"", "a date without quotes"]);
    check("warm_up = \"1 h\"", "warm_up = \"30 h\"", &["q.toml:7: the warm-up is longer than a day"]);
    check("warm_up = \"1 h\"", "window = \"20:00-07:00\"", &["q.toml:7: the window ends before it begins"]);
    check("answer = \"5 s\"", "answer = \"20 s\"", &["q.toml:10: nobody would ever answer: a desk rings for 20 s"]);
    check("wrap_up = \"40 s\"", "wrap_up = \"5 min\"", &["the plan gives 60 s for wrap-up"]);
    check("profile = [1, 1,", "profile = [1,", &["q.toml:16: [demand]: the profile has 23 weights"]);
    check("\"en 100 %\"", "\"en 90 %\"", &["the shares sum to 90.0 %"]);
    check("\"en 100 %\"", "\"xx 100 %\"", &["such as \"sv 93 %\""]);
    check("id = \"r2\"", "id = \"r9\"", &["q.toml:23: the plan has no region \"r9\"", "did you mean"]);
    check("id = \"r2\"", "id = \"r1\"", &["\"r1\" is there twice"]);
    check("calls_per_day = 200", "calls_per_day = 9999999", &["there are too many calls for one day"]);
    check("\"tip\"", "\"tipp\"", &["does not know \"tipp\"", "did you mean \"tip\"?"]);
    check("\"tip\"", "\"report_theft\"", &["it is there twice"]);
    check("share = \"40 %\"", "share = \"50 %\"", &["the shares sum to 110.0 %"]);
    check("handling = \"5 min\"", "handling = \"0 s\"", &["handling of no time is none"]);
    check("site = \"s2\"", "site = \"s99\"", &["the plan has no site \"s99\""]);
    check("\"call 7\"", "\"call 12\"", &["a skill in double quotes, with its level from 1 to 9"]);
    check("\"call 7\"", "\"cal\"", &["no class of the plan asks for the skill \"cal\"", "did you mean \"call\"?"]);
    check("duty = \"06:00-22:00\"", "duty = \"06:00-06:00\"", &["the duty has no length"]);
    check("name = \"B\"", "name = \"A\"", &["\"A\" is there twice"]);
    check("name = \"B\"", "name = \"B\"\n[[variant]]\nname = \"C\"", &["there are 3 variants", "leave two"]);
    check("[[variant]]", "[variant]", &["this cannot be read"]);
}

#[test]
fn what_a_variant_changes_must_be_there() {
    let check = |change: &str, expected: &str| {
        let said = said("name = \"B\"", &format!("name = \"B\"\n{change}"));
        assert!(said.contains(expected), "{change}: {expected:?} is not in {said:?}");
    };
    check("[variant.set]\n\"clases.call.cap\" = \"1 h\"", "the plan has no \"clases\" on the way of \"clases.call.cap\"");
    check("[variant.set]\n\"classes.cal.cap\" = \"1 h\"", "did you mean \"call\"?");
    check("[variant.set]\n\"classes.call.cap\" = \"soon\"", "with what \"B\" sets, the plan has a fault");
    check("[variant.set]\n\"classes.call.colour\" = 1", "nothing is called \"colour\" here");
    check("unset = [\"service_level.goal\"]", "[service_level] has no goal");
    check("unset = [\"service_level.gaol\"]", "did you mean \"goal\"?");
    check("[[variant.without]]\nsite = \"s1\"\ncount = 6", "\"s1\" has 5 operators, 6 of whom cannot be taken away");
    check("[[variant.outage]]\nsite = \"x1\"\nhours = \"09:00-11:00\"", "the plan has no site \"x1\"");
    check("[[variant.busier]]\nregions = [\"q\"]\nby = \"200 %\"", "the plan has no region \"q\"");
    check("[[variant.to_eservices]]\nintents = [\"tipp\"]\nshare = \"20 %\"", "an intent in double quotes");
    check("plan = \"elsewhere\"", "there is no plan \"elsewhere\"");
}

#[test]
fn a_base_stands_in_another_file_and_has_faults_of_its_own() {
    let at = QUESTION.find("[[variant]]").unwrap();
    let base = QUESTION[..at].replace("title = \"A title\"\nquestion = \"Is it so?\"\n", "").replace("days = 4\n", "");
    let base = base.replace("unset = [\"divert_on_entry\"]\n", "");
    let asks = format!("title = \"A title\"\nquestion = \"Is it so?\"\nbase = \"day.toml\"\ndays = 4\n{}", &QUESTION[at..]);
    let read = |base: &str| Scenario::read(&Source { file: "q.toml", text: &asks }, Some(&Source { file: "day.toml", text: base }));
    assert_eq!(Scenario::base_of(&asks).as_deref(), Some("day.toml"));
    let staff = |study: &Study| study.cases.iter().map(|case| case.centre.staff.len()).collect::<Vec<_>>();
    assert_eq!(staff(&read(&base).unwrap().prepare(&texts()).unwrap()), [8, 8]);
    assert_eq!(staff(&study(QUESTION).unwrap()), [8, 8], "rows of one file are not counted twice");
    let faults = read(&base.replace("[desk]", "[disk]")).unwrap_err();
    assert!(faults.iter().all(|fault| fault.file == "day.toml"), "{faults:?}");
    let faults = Scenario::read(&Source { file: "q.toml", text: &asks }, None).unwrap_err();
    assert!(faults[0].to_string().contains("the base is missing"), "{faults:?}");
}

fn run(text: &str, threads: usize) -> (Study, Findings) {
    let study = study(text).unwrap();
    let findings = study.run(&Watch { threads, stop: &AtomicBool::new(false), done: &|_| {} }).unwrap();
    (study, findings)
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (_, one) = run(QUESTION, 1);
    let (_, three) = run(QUESTION, 3);
    assert_eq!(one, three);
    assert_eq!(one.cases[0], one.cases[1], "nothing was changed");
    assert_eq!(one.days, 4);
}

#[test]
fn variants_that_are_alike_are_the_same_on_every_day() {
    let (study, findings) = run(QUESTION, 2);
    let report = Report::of(&study, &findings);
    assert!(report.deltas.len() > 20, "{}", report.deltas.len());
    assert!(report.deltas.iter().all(|delta| delta.difference.verdict == Verdict::Same));
    assert!(report.answer[0].contains("the same on every day"), "{:?}", report.answer);
}

#[test]
fn a_run_that_is_stopped_says_so() {
    let study = study(QUESTION).unwrap();
    let (stop, told) = (AtomicBool::new(false), AtomicU64::new(0));
    let done = |days| {
        told.store(days, Ordering::Relaxed);
        stop.store(days >= 2, Ordering::Relaxed);
    };
    let findings = study.run(&Watch { threads: 1, stop: &stop, done: &done }).unwrap();
    let report = Report::of(&study, &findings);
    assert_eq!((report.days, report.is_partial(), told.into_inner()), (2, true, 2));
    assert!(report.to_string().contains("2 days of the 4 asked for: the run was stopped"), "{report}");
    let none = study.run(&Watch { threads: 1, stop: &AtomicBool::new(true), done: &|_| {} }).unwrap();
    let report = Report::of(&study, &none);
    assert!(report.answer[0].contains("nothing can be said"), "{:?}", report.answer);
}

/// Everybody who is offered is answered or gives up, in every group; the groups are parts of the whole.
#[test]
fn groups_add_up() {
    let (_, findings) = run(QUESTION, 2);
    let sum = &findings.cases[0].sum;
    for calls in [&sum.whole, &sum.outside].into_iter().chain(&sum.regions).chain(&sum.classes).chain(&sum.half_hours) {
        assert_eq!(calls.offered, calls.answered + calls.abandoned);
        assert_eq!(calls.waits.values().map(|count| u64::from(*count)).sum::<u64>(), calls.offered);
    }
    let offered = |all: &[crate::figures::Calls]| all.iter().map(|calls| calls.offered).sum::<u64>();
    assert_eq!(offered(&sum.regions), sum.whole.offered);
    assert_eq!(offered(&sum.classes), sum.whole.offered);
    assert_eq!(offered(&sum.half_hours), sum.whole.offered + sum.outside.offered);
    assert!((1_700..2_300).contains(&(sum.whole.offered + sum.outside.offered)), "{}", sum.whole.offered);
    assert!(sum.occupancy().is_some_and(|share| (0.2..1.0).contains(&share)), "{:?}", sum.occupancy());
}

#[test]
fn each_kind_of_change_changes_what_it_says() {
    let changed = |change: &str| {
        let (study, findings) = run(&QUESTION.replacen("name = \"B\"", &format!("name = \"B\"\n{change}"), 1), 2);
        let [first, second] = <[CaseFindings; 2]>::try_from(findings.cases.clone()).unwrap();
        (Report::of(&study, &findings), first, second)
    };
    let (_, first, second) = changed("[[variant.busier]]\nintents = [\"tip\"]\nby = \"300 %\"");
    let share = second.sum.whole.offered as f64 / first.sum.whole.offered as f64;
    assert!((1.7..1.9).contains(&share), "{share}");
    let (_, first, second) = changed("[[variant.to_eservices]]\nshare = \"50 %\"");
    let share = second.sum.whole.offered as f64 / first.sum.whole.offered as f64;
    assert!((0.45..0.55).contains(&share), "{share}");
    let (_, first, second) = changed("[[variant.rung_back]]\nshare = \"50 %\"\nfrom = \"07:00-12:00\"\nto = \"13:00-15:00\"");
    assert_eq!(first.sum.rung_back.offered, 0);
    assert!(second.sum.rung_back.answered > 200, "{}", second.sum.rung_back.answered);
    assert_eq!(second.sum.rung_back.offered + second.sum.whole.offered, first.sum.whole.offered);
    let (_, first, second) = changed("[[variant.outage]]\nsite = \"s1\"\nhours = \"09:00-11:00\"");
    assert_eq!(first.sum.whole.interrupted, 0);
    assert!(second.sum.whole.interrupted > 2, "{}", second.sum.whole.interrupted);
    assert!(second.sum.on_duty_ms < first.sum.on_duty_ms);
    let (report, _, _) = changed("[[variant.without]]\nsite = \"s1\"\ncount = 3");
    let verdict = |measure| report.deltas_of(DeltaOf::Whole, measure).next().map(|delta| delta.difference.verdict);
    assert_eq!(verdict(Measure::Level), Some(Verdict::Lower), "{report}");
    assert_eq!(verdict(Measure::MeanWait), Some(Verdict::Higher), "{report}");
    assert!(report.answer[0].contains("percentage points lower"), "{:?}", report.answer);
    let (_, first, second) = changed("[variant.set]\n\"overflow.0\" = { widen_to = \"neighbours\", waited = \"1 min\" }");
    assert_eq!(first.sum.whole.elsewhere, 0);
    assert!(second.sum.whole.elsewhere > 20, "{}", second.sum.whole.elsewhere);
}
