//! The plan of Sweden is whole, and every way to break it is answered with line and mend.
#![allow(clippy::unwrap_used)]

mod bookings;
mod call_backs;
mod citizens;
mod coverage;
mod idle;

use super::{Bound, DivertOnEntry, Ease, Examined, Fault, Plan, Scope, Source, Widening, bounds, check, examine, read};
use crate::{
    CategoryId, ClassId, RegionId, SkillId,
    intent::{Intent, Language},
    time::{MINUTE_MS, SECOND_MS},
};

mod isolation;
mod objections;
mod promises;
mod retention;
mod texts;

const SWEDEN: &str = include_str!("../../../../deployments/sweden/plan.toml");

fn examined(text: &str) -> Examined {
    examine(&Source { file: "plan.toml", text })
}

fn sweden() -> Plan {
    read(&Source { file: "plan.toml", text: SWEDEN }).unwrap_or_else(|faults| panic!("{}", told(&faults)))
}

fn told(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

/// Sweden's plan with one text replaced, which must be there.
fn changed(from: &str, to: &str) -> String {
    assert!(SWEDEN.contains(from), "the plan has no {from:?}");
    SWEDEN.replacen(from, to, 1)
}

/// The line of the first occurrence, from 1.
fn line_of(text: &str, part: &str) -> usize {
    text[..text.find(part).unwrap()].matches('\n').count() + 1
}

#[test]
fn swedens_plan_is_whole() {
    let Examined { plan, faults, notices } = examined(SWEDEN);
    assert_eq!(told(&faults), "");
    assert_eq!(told(&notices), "");
    let plan = plan.unwrap();
    assert_eq!((plan.regions.len(), plan.sites.len(), plan.parties.len()), (7, 16, 9));
    assert_eq!(plan.queues().count(), 7 * 5);
    assert_eq!(plan.numbers, ["11414", "+4611414", "+46771141400", "0771141400"]);
    assert_eq!(plan.service_level.within_ms, 10 * MINUTE_MS);
    assert_eq!(plan.service_level.goal_permille, 850);
    assert_eq!(plan.strict_class().unwrap().id.as_str(), "urgent");
    assert_eq!(plan.class_of(Some(Intent::PassportId)).unwrap().party.as_ref().unwrap().as_str(), "switchboard");
    assert_eq!(plan.class_of(None).unwrap().id.as_str(), "service");
    assert_eq!(plan.digest.len(), 16);
    assert_eq!(check(&plan), []);
}

#[test]
fn every_class_has_a_bound_on_being_overtaken() {
    let bound =
        |class: &str, strict, overtaken_ms_max| Bound { class: ClassId::new(class), strict, overtaken_ms_max, kept_for: Vec::new() };
    let kept = |class: &str, of: Bound| Bound { kept_for: vec![ClassId::new(class)], ..of };
    let expected = [
        bound("urgent", true, 30 * MINUTE_MS),
        bound("violence", false, 13 * MINUTE_MS + 20 * SECOND_MS),
        bound("report", false, 30 * MINUTE_MS),
        bound("tip", false, 28 * MINUTE_MS),
        kept("report", bound("service", false, 37 * MINUTE_MS + 30 * SECOND_MS)),
    ];
    let found = bounds(&sweden());
    assert_eq!(found, expected);
    assert!(found[0].to_string().contains("it takes whoever leaves the emergency question unanswered"), "{}", found[0]);
    assert_eq!(found[1].to_string(), "class \"violence\": after 13 min 20 s of waiting, only the strict class goes before");
}

/// After the change, the first fault reads so and stands where the new text does.
#[track_caller]
fn refused(from: &str, to: &str, expected: &str) {
    let text = changed(from, to);
    let faults = examined(&text).faults;
    let found = faults.iter().find(|fault| fault.to_string().contains(expected));
    assert!(found.is_some(), "expected {expected:?}, found\n{}", told(&faults));
    assert_eq!(faults.len(), 1, "one cause, one fault; found\n{}", told(&faults));
    assert!(found.unwrap().line > 0, "{}", told(&faults));
    assert!(!found.unwrap().mend.is_empty());
}

#[test]
fn what_is_written_wrong_is_refused() {
    refused("within = \"10 min\"", "within = \"ten minutes\"", "[service_level]: within cannot be \"ten minutes\"");
    refused("within = \"10 min\"", "within = 10", "within cannot be 10.\n  Mend: write a time such as \"30 s\"");
    refused("goal = \"85 %\"", "goal = 0.85", "goal cannot be 0.85.\n  Mend: write a share");
    refused("goal = \"85 %\"", "goal = \"850 %\"", "goal cannot be \"850 %\"");
    refused("window = \"07:00-20:00\"", "window = \"7-20\"", "window cannot be \"7-20\"");
    refused("opens = 2021-03-31", "opens = \"spring\"", "site \"skara\": opens cannot be \"spring\"");
    refused("strict = true", "strict = \"yes\"", "class \"urgent\": strict cannot be \"yes\"");
    refused("misunderstandings_max = 2", "misunderstandings_max = -2", "misunderstandings_max cannot be -2");
    refused("supervisors.{region}", "supervisors.{regoin}", "unit has \"{regoin}\", which nothing takes the place of");
    refused("supervisors.{region}", "supervisors.{region", "unit has \"{region\"");
    refused("zone = \"Europe/Stockholm\"", "zone = \"Stockholm\"", "zone knows no \"Stockholm\"");
    refused("straight_on =", "straigth_on =", "nothing is called \"straigth_on\" here.\n  Mend: did you mean \"straight_on\"?");
}

#[test]
fn what_is_missing_is_refused() {
    let report = "[[classes]]\nid = \"report\"";
    let text =
        changed("skill = \"report\"\nacceleration = \"100 %\"\ncap = \"30 min\"\n", "skill = \"report\"\nacceleration = \"100 %\"\n");
    let faults = examined(&text).faults;
    let line = line_of(&text, report);
    let expected = format!("plan.toml:{line}: class \"report\" has no cap.\n  Mend: add `cap = …`, a time such as \"30 s\"");
    assert!(told(&faults).starts_with(&expected), "{}", told(&faults));
    assert_eq!(faults.len(), 1);
    refused("strict = true\n", "", "no class is strict");
    refused("sv = \"Tips\", ", "", "class \"tip\": name has no sv");
    refused("id = \"tip\"\n", "", "class number 4 has no id");
}

#[test]
fn what_leads_nowhere_is_refused() {
    refused(
        "neighbours = [\"mitt\", \"ost\"]",
        "neighbours = [\"mitt\", \"osd\"]",
        "no region is called \"osd\".\n  Mend: did you mean \"ost\"?",
    );
    refused(
        "command_centre = \"rlc.syd\"",
        "command_centre = \"rlc.sud\"",
        "\"rlc.sud\" is no party of the plan.\n  Mend: did you mean \"rlc.syd\"?",
    );
    refused("party = \"switchboard\"", "party = \"switchbord\"", "did you mean \"switchboard\"?");
    refused("party = \"112\"", "party = \"113\"", "[emergency]: its party \"113\" is no party");
    refused("skill = \"tip\"", "skill = \"tipp\"", "no skill is called \"tipp\".\n  Mend: did you mean \"tip\"? Or add it to `skills`");
    refused("region = \"nord\"", "region = \"norr\"", "site \"lulea\" is in \"norr\", which is no region");
    refused("target = \"sip:112@parties.invalid\"", "target = \"sip:112@example.com\"", "is not on the list dial.allowed");
    refused("\"report_theft\", ", "\"report_thetf\", ", "intents does not know \"report_thetf\".\n  Mend: did you mean \"report_theft\"?");
    refused("widen_to = \"nation\"", "widen_to = \"world\"", "widen_to does not know \"world\"");
}

#[test]
fn names_stand_in_the_plan_s_languages_and_may_stand_in_others() {
    for (from, to, expected) in
        [("en = \"Urgent\", ", "", "has no en"), ("da = \"Haster\"", "de = \"Eilt\"", "nothing is called \"de\" here")]
    {
        let faults = told(&examined(&changed(from, to)).faults);
        assert!(faults.contains(expected), "{faults}");
    }
    let plan = sweden();
    assert_eq!(plan.languages, [Language::Swedish, Language::English]);
    assert_eq!(plan.classes[0].name.get(&Language::Danish).map(String::as_str), Some("Haster"));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    refused("id = \"boden\"", "id = \"lulea\"", "the id \"lulea\" is used in line");
    refused("intents = [\"tip\"]", "intents = [\"tip\", \"traffic\"]", "takes the intent \"traffic\", but class \"tip\" does too");
    refused("acceleration = \"150 %\"", "acceleration = \"0 %\"", "class \"violence\" has acceleration 0");
    refused("head_start = \"10 min\"", "head_start = \"40 min\"", "class \"violence\" has a cap (30 min) below its head start (40 min)");
    refused(
        "head_start = \"2 min\"\ncap = \"30 min\"",
        "cap = \"20 min\"",
        "class \"tip\" has another cap (20 min) than class \"violence\" (30 min)",
    );
    refused("window = \"07:00-20:00\"", "window = \"20:00-07:00\"", "the window ends (07:00) before it begins (20:00)");
    refused(
        "command_centre = \"rlc.syd\"\n",
        "command_centre = \"rlc.syd\"\nopen = \"20:00-06:00\"\n",
        "region \"syd\": open ends (06:00)",
    );
    refused("languages = [\"sv\", \"en\"]", "languages = [\"sv\", \"en\", \"sv\"]", "the language \"sv\" is named twice");
    refused("confirm = \"55 %\"", "confirm = \"95 %\"", "confirm is greater than straight_on");
    refused("choose = \"65 %\"", "choose = \"50 %\"", "choose is smaller than confirm");
    refused("short = \"10 s\"", "short = \"11 min\"", "short (11 min) is longer than within (10 min)");
    refused("ring = \"15 s\"", "ring = \"20 min\"", "party \"112\": ring is 20 min");
    refused("fewer_on_duty = 1", "fewer_on_duty = 0", "can never hold");
    refused(
        "neighbours = [\"mitt\", \"ost\"]",
        "neighbours = [\"mitt\", \"ost\", \"stockholm\"]",
        "region \"stockholm\" is its own neighbour",
    );
    refused(
        "command_centre = \"rlc.syd\"\n",
        "command_centre = \"rlc.syd\"\nopen = \"07:00-20:00\"\n",
        "region \"syd\" closes, but no overflow step is for callers outside its hours",
    );
    let night = "[[overflow]]\nwiden_to = \"nation\"\nfewer_on_duty = 1\n";
    let narrower = format!("{night}\n[[overflow]]\nwiden_to = \"neighbours\"\nwaited = \"1 min\"\n");
    refused(night, &narrower, "overflow step 4 is narrower than step 3 before it");
    refused("strict = true\n", "strict = true\nadministrative = true\n", "class \"urgent\" is strict and administrative");
    let service_last = "id = \"service\"\nname";
    refused(service_last, "id = \"service\"\nparty = \"switchboard\"\nname", "class \"service\" stands last");
}

/// The strict class has no cap on its share, so what may enter it is bounded instead.
#[test]
fn a_strict_class_for_what_can_wait_is_refused() {
    let check = |intents: &[Intent], expected: &str| {
        let mut plan = sweden();
        for class in &mut plan.classes {
            class.intents.retain(|intent| !intents.contains(intent));
        }
        plan.classes[0].intents.extend(intents);
        let faults = told(&super::check(&plan));
        assert!(faults.contains(expected), "{intents:?}: expected {expected:?}, found\n{faults}");
    };
    for intent in Intent::NOT_URGENT.into_iter().chain([Intent::Operator, Intent::Other]) {
        check(&[intent], &format!("class \"urgent\" is strict and takes \"{intent}\""));
    }
    check(&[Intent::ReportViolence, Intent::ReportDomesticViolence, Intent::Traffic], "class \"urgent\" is strict and takes 5 intents");
    let mut plan = sweden();
    plan.classes[0].intents.push(Intent::ReportViolence);
    plan.classes[1].intents.retain(|intent| *intent != Intent::ReportViolence);
    assert_eq!(told(&super::check(&plan)), "", "violence may be strict");
}

#[test]
fn diversions_on_entry_are_read_and_checked() {
    let with = |body: &str| format!("[[divert_on_entry]]\n{body}\n\n[[sites]]");
    let refused = |body: &str, expected: &str| refused("[[sites]]", &with(body), expected);
    refused("to = \"world\"\nmore_than_waiting = 15", "diversion on entry 1: to does not know \"world\"");
    refused("more_than_waiting = 15", "diversion on entry 1 has no to");
    refused("to = \"neighbours\"\nmore_than_waiting = \"15\"", "more_than_waiting cannot be \"15\"");
    refused("to = \"neighbours\"\nwaited = \"3 min\"\nmore_than_waiting = 15", "nothing is called \"waited\" here");
    refused("to = \"neighbours\"", "diversion on entry 1 sends everybody away from their own region, always.\n  Mend: say when");
    refused("to = \"neighbours\"\nfewer_on_duty = 0", "diversion on entry 1 can never hold: fewer than 0 on duty");
    let notices = |body: &str| {
        let Examined { plan, faults, notices } = examined(&changed("[[sites]]", &with(body)));
        (plan.unwrap_or_else(|| panic!("{}", told(&faults))).divert_on_entry, told(&notices))
    };
    let (read, none) = notices("to = \"neighbours\"\nmore_than_waiting = 15\nfewer_waiting_there = true");
    let expected = DivertOnEntry {
        only: Scope::default(),
        to: Widening::Neighbours,
        more_than_waiting: Some(15),
        fewer_waiting_there: true,
        fewer_on_duty: None,
        outside_hours: false,
    };
    assert_eq!((read, none.as_str()), (vec![expected], ""));
    let check = |body: &str, expected: &str| {
        let (_, found) = notices(body);
        assert!(found.contains(expected), "expected {expected:?}, found\n{found}");
    };
    check("to = \"nation\"\noutside_hours = true", "diversion on entry 1 never holds: every region is open round the clock");
    let second = "to = \"nation\"\nmore_than_waiting = 8\n\n[[divert_on_entry]]\nto = \"neighbours\"\nmore_than_waiting = 15";
    check(second, "diversion on entry 2 never decides: number 1 leads to as many regions, and holds whenever it does");
}

#[test]
fn no_language_is_refused() {
    let text = changed("languages = [\"sv\", \"en\"]", "languages = []");
    assert!(told(&examined(&text).faults).contains("the plan has no language.\n  Mend: name at least one"));
}

#[test]
fn several_faults_are_found_in_one_reading_in_the_order_of_the_text() {
    let text = changed("within = \"10 min\"", "within = 10")
        .replace("skill = \"tip\"", "skil = \"tip\"")
        .replace("\"rlc.syd\"\nneigh", "\"rlc.sud\"\nneigh");
    let faults = examined(&text).faults;
    let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    assert!(lines.is_sorted(), "{}", told(&faults));
    assert_eq!(faults.len(), 3, "{}", told(&faults));
}

#[test]
fn what_deserves_a_look_is_told_but_not_refused() {
    let check = |from: &str, to: &str, expected: &str| {
        let text = changed(from, to);
        let Examined { plan, faults, notices } = examined(&text);
        assert!(plan.is_some(), "{}", told(&faults));
        assert!(told(&notices).contains(expected), "expected {expected:?}, found\n{}", told(&notices));
    };
    check(
        "neighbours = [\"mitt\", \"ost\"]",
        "neighbours = [\"mitt\"]",
        "region \"ost\" names \"stockholm\" as neighbour, but not the other way round",
    );
    check(", \"other\"]", "]", "no class takes other: they fall to the last class, \"service\"");
    check("\nallowed = [", "\nallowed = [\n  \"sip:999@parties.invalid\",", "\"sip:999@parties.invalid\", which no party uses");
    check("fewer_on_duty = 1", "outside_hours = true", "overflow step 3 never holds: every region is open round the clock");
    check("waited = \"3 min\"", "more_than_waiting = 20", "overflow step 2 never adds anybody: step 1 lets in as many, and sooner");
}

#[test]
fn a_text_that_is_no_plan_is_answered_with_its_line() {
    let check = |text: &str, line: usize| {
        let faults = examined(text).faults;
        assert!(faults.iter().any(|fault| fault.line == line), "{text:?}: {}", told(&faults));
    };
    check("name = \"sweden\ntitle = 1\n", 1);
    check("name = \"sweden\"\nname = \"norway\"\n", 2);
    check("name = \"sweden\"\nregions = 7\n", 2);
    check("", 1);
    assert!(examined(&" ".repeat(super::read::PLAN_BYTES_MAX + 1)).faults[0].what.contains("larger than"));
}

/// A plan half saved, or with a line lost, is answered; it is never taken for whole by mistake or a panic.
#[test]
fn a_plan_with_a_part_lost_is_read_or_refused_with_a_reason() {
    let lines: Vec<&str> = SWEDEN.lines().collect();
    for lost in 0..lines.len() {
        let without: Vec<&str> = lines.iter().enumerate().filter(|(n, _)| *n != lost).map(|(_, line)| *line).collect();
        for text in [without.join("\n"), lines[..lost].join("\n")] {
            let Examined { plan, faults, .. } = examined(&text);
            assert_eq!(plan.is_none(), !faults.is_empty(), "without line {}", lost + 1);
            assert!(faults.iter().all(|fault| fault.line <= lines.len()), "{}", told(&faults));
        }
    }
}

#[test]
fn a_plan_changed_in_memory_can_be_checked() {
    let mut plan = sweden();
    plan.sites[0].region = RegionId::new("moon");
    assert!(told(&check(&plan)).contains("site \"lulea\" is in \"moon\""));
}

#[test]
fn queues_are_closed_outside_opening_hours() {
    let hours = "command_centre = \"rlc.syd\"\nopen = \"07:00-24:00\"\n";
    let text = changed("command_centre = \"rlc.syd\"\n", hours).replacen("fewer_on_duty = 1", "outside_hours = true", 1);
    let plan = read(&Source { file: "plan.toml", text: &text }).unwrap();
    let region = plan.region(&RegionId::new("syd")).unwrap();
    let at = |day: i8, hour: i8, minute: i8| {
        let zoned = jiff::civil::date(2026, 10, day).at(hour, minute, 0, 0).to_zoned(plan.zone.clone()).unwrap();
        crate::Timestamp(zoned.timestamp().as_millisecond())
    };
    assert!(!plan.is_open(region, at(24, 6, 59)));
    assert!(plan.is_open(region, at(24, 7, 0)));
    assert!(plan.is_open(region, at(24, 23, 59)));
    assert_eq!(plan.closes_at(region, at(24, 6, 59)), None);
    // The night on which the clock is put back changes nothing about midnight.
    assert_eq!(plan.closes_at(region, at(24, 7, 0)), Some(at(25, 0, 0)));
    assert_eq!(plan.closes_at(region, at(25, 7, 0)), Some(at(26, 0, 0)));
    assert!(!plan.is_open(region, at(25, 0, 0)));
    assert_eq!(plan.closes_at(plan.region(&RegionId::new("nord")).unwrap(), at(25, 7, 0)), None);
}

#[test]
fn a_class_opens_on_its_days_and_not_on_holidays() {
    let hours = "skill = \"tip\"\nopen = \"08:00-16:30\"\nopen_days = [\"monday\", \"friday\"]\n";
    let text = changed("skill = \"tip\"\n", hours).replacen("languages = ", "closed_on = [2026-11-27]\nlanguages = ", 1);
    let plan = read(&Source { file: "plan.toml", text: &text }).unwrap();
    let (class, region) = (plan.class(&ClassId::new("tip")).unwrap(), plan.region(&RegionId::new("syd")).unwrap());
    // 23 November 2026 is a Monday.
    let check = |day: i8, hour: i8, minute: i8, expected: Option<&str>| {
        let zoned = jiff::civil::date(2026, 11, day).at(hour, minute, 0, 0).to_zoned(plan.zone.clone()).unwrap();
        let closed = plan.queue_closed(class, region, crate::Timestamp(zoned.timestamp().as_millisecond()));
        let told = closed.map(|closed| closed.opens.map_or("later".to_owned(), |opens| format!("{} {}", opens.nights, opens.local)));
        assert_eq!(told.as_deref(), expected, "{day} {hour}:{minute}");
    };
    check(23, 7, 59, Some("0 2026-11-23T08:00:00"));
    check(23, 8, 0, None);
    check(23, 16, 29, None);
    check(23, 16, 30, Some("later"));
    check(24, 12, 0, Some("6 2026-11-30T08:00:00"));
    check(27, 12, 0, Some("3 2026-11-30T08:00:00"));
    let whole = plan.class(&ClassId::new("violence")).unwrap();
    assert_eq!(plan.class_closed(whole, crate::Timestamp(0)), None);
    for (with, expected) in [
        ("open = \"16:00-08:00\"", "class \"tip\": open ends before it begins"),
        ("open_days = [\"monday\"]", "days are given, but no hours"),
        ("open = \"08:00-16:00\"\nopen_days = [\"mondays\"]", "mondays"),
    ] {
        let faults = examined(&changed("skill = \"tip\"\n", &format!("skill = \"tip\"\n{with}\n"))).faults;
        assert!(told(&faults).contains(expected), "{with}: {}", told(&faults));
    }
    let strict = changed("skill = \"urgent\"\n", "skill = \"urgent\"\nopen = \"08:00-16:00\"\n");
    assert!(told(&examined(&strict).faults).contains("class \"urgent\" is strict but has hours"));
}

#[test]
fn a_party_is_reached_by_a_sip_address() {
    for (target, expected) in [
        ("sip:112@parties.invalid", true),
        ("sips:rlc-vast@parties.invalid:5061", true),
        ("tel:112", false),
        ("112", false),
        ("sip:112", false),
        ("sip:@parties.invalid", false),
        ("sip:1 12@parties.invalid", false),
        ("http://112@parties.invalid", false),
    ] {
        let mut plan = sweden();
        target.clone_into(&mut plan.parties.values_mut().next().unwrap().target);
        let faults = told(&check(&plan));
        assert_eq!(faults.is_empty(), expected, "{target}: {faults}");
        assert_eq!(faults.contains("nothing can dial the target"), !expected, "{target}: {faults}");
    }
}

const STAFFED: &str = "staff_categories = [\"officer\", \"civilian\"]\nskills = [";

/// Sweden's plan with violence kept to officers, and one step more before the sites.
fn with_step(step: &str) -> String {
    let kept = changed("skill = \"violence\"", "skill = \"violence\"\nstaff_category = \"officer\"");
    kept.replacen("skills = [", STAFFED, 1).replacen("[[sites]]", &format!("[[overflow]]\n{step}\n\n[[sites]]"), 1)
}

#[test]
fn steps_that_insist_on_less_are_read_and_proved() {
    let read = |step: &str| examined(&with_step(step));
    let whole = "any_staff_category = true\nskill = \"report\"\ninterpreter = true\nclasses = [\"violence\"]\nregions = [\"vast\"]\nexpected_over = \"10 min\"";
    let Examined { plan, faults, notices } = read(whole);
    assert_eq!((told(&faults).as_str(), told(&notices).as_str()), ("", ""));
    let plan = plan.unwrap();
    assert_eq!(plan.class(&ClassId::new("violence")).unwrap().category, Some(CategoryId::new("officer")));
    let step = plan.overflow.last().unwrap();
    let ease = Ease { any_category: true, interpreter: true, skill: Some(SkillId::new("report")) };
    assert_eq!((step.widen_to, &step.ease, step.guards.expected_over_ms), (None, &ease, Some(10 * MINUTE_MS)));
    let covers = |class: &str, region: &str| step.only.covers(&ClassId::new(class), &RegionId::new(region));
    assert_eq!((covers("violence", "vast"), covers("violence", "syd"), covers("tip", "vast")), (true, false, false));
    for (step, expected) in [
        ("waited = \"1 min\"", "overflow step 5 lets nobody more answer"),
        (
            "skill = \"reprot\"",
            "overflow step 5 makes do with the skill \"reprot\", which no class asks for.\n  Mend: did you mean \"report\"?",
        ),
        ("interpreter = true\nclasses = [\"tipp\"]", "is for class \"tipp\", which is not in the plan"),
        ("interpreter = true\nregions = [\"vest\"]", "is for region \"vest\", which is not in the plan"),
    ] {
        assert!(told(&read(step).faults).contains(expected), "{step}: {}", told(&read(step).faults));
    }
    for (step, expected) in [
        ("any_staff_category = true\nclasses = [\"tip\"]", "none of its classes asks for one"),
        ("interpreter = true\nclasses = [\"information\"]", "handed to a party and never wait"),
        ("interpreter = true\n\n[[overflow]]\ninterpreter = true\nregions = [\"vast\"]", "overflow step 6 never adds anybody: step 5"),
    ] {
        assert!(told(&read(step).notices).contains(expected), "{step}: {}", told(&read(step).notices));
    }
    assert_eq!(
        told(&read("interpreter = true\nregions = [\"vast\"]\n\n[[overflow]]\ninterpreter = true").notices),
        "",
        "the second is for more"
    );
    refused(
        "skill = \"violence\"",
        "skill = \"violence\"\nstaff_category = \"officer\"",
        "kept to \"officer\", which is no staff category of the plan",
    );
}

#[test]
fn callers_who_are_asked_nothing_come_into_a_line_of_ours() {
    let straight = |class: &str| format!("[dialogue]\nstraight_to = \"{class}\"");
    let plan = examined(&changed("[dialogue]", &straight("urgent"))).plan.unwrap();
    assert_eq!(plan.dialogue.straight_to, Some(ClassId::new("urgent")));
    refused(
        "[dialogue]",
        &straight("urgnt"),
        "straight_to leads to \"urgnt\", which is no class of the plan.\n  Mend: did you mean \"urgent\"?",
    );
    refused("[dialogue]", &straight("information"), "straight_to leads to class \"information\", which is handed to a party");
}
