//! Steps and diversions that never have an effect are told, each with its line and mend; a plan with one can be adopted.
#![allow(clippy::unwrap_used)]

use crate::plan::{Examined, Fault, Source, examine};

const SWEDEN: &str = include_str!("../../../../../deployments/sweden/plan.toml");
const ALARM: &str = include_str!("../../../../../deployments/denmark-112/plan.toml");
const DENMARK: &str = include_str!("../../../../../deployments/denmark/plan.toml");

fn told(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

/// A plan with these steps in place of its own, and one text replaced.
fn with_steps(plan: &str, steps: &str, (from, to): (&str, &str)) -> String {
    let (before, rest) = plan.split_once("[[overflow]]\n").unwrap();
    let kept = rest.find("\n# --- ").map_or("", |at| &rest[at..]);
    assert!(plan.contains(from), "the plan has no {from:?}");
    format!("{before}{steps}\n{kept}").replace(from, to)
}

/// Each step begins a table; the notices read so, in the order of the text.
#[track_caller]
fn check(plan: &str, steps: &[&str], change: (&str, &str), expected: &[(&str, &str)]) {
    let text: String = steps.iter().map(|step| format!("[[overflow]]\n{step}\n\n")).collect();
    told_of(&with_steps(plan, &text, change), expected);
}

#[track_caller]
fn told_of(text: &str, expected: &[(&str, &str)]) {
    let Examined { plan, faults, notices } = examine(&Source { file: "plan.toml", text });
    assert!(plan.is_some(), "{}", told(&faults));
    assert_eq!(notices.len(), expected.len(), "{}", told(&notices));
    for (notice, (words, line)) in notices.iter().zip(expected) {
        assert!(notice.to_string().contains(words) && notice.to_string().contains("\n  Mend: "), "expected {words:?}, found\n{notice}");
        assert_eq!(text.lines().nth(notice.line - 1).unwrap(), *line, "{notice}");
    }
}

const AS_IS: (&str, &str) = ("", "");
const NEIGHBOURS: &str = "widen_to = \"neighbours\"";
const NATION: &str = "widen_to = \"nation\"";

#[test]
fn a_step_that_earlier_ones_make_needless_is_told() {
    let soon = "widen_to = \"neighbours\"\nwaited = \"1 min\"";
    let one = "overflow step 2 never adds anybody: step 1 lets in as many, and sooner";
    check(SWEDEN, &[soon, "widen_to = \"neighbours\"\nwaited = \"3 min\""], AS_IS, &[(one, "[[overflow]]")]);
    check(SWEDEN, &["widen_to = \"neighbours\"\nwaited = \"3 min\"", soon], AS_IS, &[]);
    check(SWEDEN, &[soon, "widen_to = \"nation\"\nwaited = \"3 min\""], AS_IS, &[]);
    // A later step that comes sooner leaves it one use: with nobody on duty steps are passed in their order.
    check(SWEDEN, &["widen_to = \"neighbours\"\nwaited = \"3 min\"", "widen_to = \"nation\"\nwaited = \"1 min\""], AS_IS, &[]);
    let north = "widen_to = \"neighbours\"\nregions = [\"nord\", \"mitt\", \"stockholm\", \"ost\"]";
    let south = "widen_to = \"neighbours\"\nregions = [\"vast\", \"syd\", \"bergslagen\"]";
    let together = "overflow step 3 never adds anybody: steps 1 and 2 together let in as many, and sooner";
    check(SWEDEN, &[north, south, soon], AS_IS, &[(together, "[[overflow]]")]);
    check(SWEDEN, &[north, soon], AS_IS, &[]);
    let both = "widen_to = \"neighbours\"\ninterpreter = true\nwaited = \"3 min\"";
    check(SWEDEN, &[soon, "interpreter = true\nwaited = \"2 min\"", both], AS_IS, &[(together, "[[overflow]]")]);
    check(SWEDEN, &[soon, "interpreter = true\nwaited = \"4 min\"", both], AS_IS, &[]);
    check(
        SWEDEN,
        &[soon, "skill = \"service\"\nwaited = \"2 min\"", "skill = \"service\"\nwaited = \"3 min\"\nclasses = [\"tip\"]"],
        AS_IS,
        &[("overflow step 3 never adds anybody: step 2 lets in as many", "[[overflow]]")],
    );
    // With two regions the neighbour is the nation.
    let wider = ["widen_to = \"neighbours\"", "widen_to = \"nation\"\nregions = [\"storkobenhavn\"]"];
    check(ALARM, &wider, ("neighbours = []  ", "neighbours = [\"storkobenhavn\"]  "), &[(one, "[[overflow]]")]);
}

#[test]
fn a_step_that_leads_to_nobody_is_told() {
    let lonely = "overflow step 1 widens to neighbours, but no region that it is for has one";
    let not_back = "region \"storkobenhavn\" names \"police\" as neighbour, but not the other way round";
    let back = "neighbours = [\"police\"]";
    check(ALARM, &["widen_to = \"neighbours\"\nregions = [\"police\"]"], AS_IS, &[(lonely, NEIGHBOURS), (not_back, back)]);
    let nothing = "region \"police\" has no neighbour, so the overflow to neighbours does nothing for it";
    let meant = "neighbours = []             # meant: the pool sends nobody to Copenhagen";
    check(ALARM, &[NEIGHBOURS], AS_IS, &[(nothing, meant), (not_back, back)]);
    let own = "overflow step 1 makes do with the skill \"tip\", which all its classes ask for anyway";
    check(SWEDEN, &["skill = \"tip\"\nclasses = [\"tip\"]", NATION], AS_IS, &[(own, "skill = \"tip\"")]);
    check(SWEDEN, &["skill = \"tip\"\nclasses = [\"tip\", \"report\"]", NATION], AS_IS, &[]);
    let nobody = "overflow step 1 widens to neighbours, but no region there has a site";
    let no_site = "region \"kobenhavn\" has no site: nobody can be on duty in it";
    let moved = ("region = \"kobenhavn\"   #", "region = \"vestegnen\"   #");
    let (ronne, meant) = ("region \"bornholm\" names \"kobenhavn\" as neighbour, but not", "neighbours = [\"kobenhavn\"]");
    let expected = [(nobody, NEIGHBOURS), (no_site, "[[regions]]"), (ronne, meant)];
    check(DENMARK, &["widen_to = \"neighbours\"\nregions = [\"bornholm\"]", NATION], moved, &expected);
}

#[test]
fn a_step_for_hours_that_never_come_is_told() {
    let syd = "command_centre = \"rlc.syd\"\n";
    let open = |hours: &str| format!("{syd}open = \"{hours}\"\n");
    let step = |scope: &str| format!("widen_to = \"nation\"\noutside_hours = true\n{scope}");
    let never = "overflow step 1 never holds: every region is open round the clock";
    let outside = "outside_hours = true";
    check(SWEDEN, &[&step("")], AS_IS, &[(never, outside)]);
    check(SWEDEN, &[&step("")], (syd, &open("00:00-24:00")), &[(never, outside)]);
    check(SWEDEN, &[&step("")], (syd, &open("07:00-20:00")), &[]);
    let others = "overflow step 2 never holds: every region that it is for is open round the clock";
    check(SWEDEN, &[&step(""), &step("interpreter = true\nregions = [\"vast\"]")], (syd, &open("07:00-20:00")), &[(others, outside)]);
    // Malmö's neighbours go home when it closes.
    let day = |site: &str| format!("id = \"{site}\"\nstaffed = \"07:00-20:00\"\n");
    let sites = ["nassjo", "goteborg", "bengtsfors", "falkenberg", "skara"];
    let text = sites.iter().fold(SWEDEN.to_owned(), |text, site| text.replacen(&format!("id = \"{site}\"\n"), &day(site), 1));
    let closed = "overflow step 1 widens to neighbours outside hours, but nobody is there when its regions are closed";
    let steps = ["widen_to = \"neighbours\"\noutside_hours = true", "widen_to = \"nation\"\nwaited = \"8 min\""];
    check(&text, &steps, (syd, &open("07:00-20:00")), &[(closed, NEIGHBOURS)]);
    check(&text, &steps, (syd, &open("07:00-19:30")), &[]);
}

#[test]
fn a_diversion_that_leads_nobody_on_is_told() {
    let with = |diversion: &str, change: (&str, &str)| {
        assert!(SWEDEN.contains(change.0), "the plan has no {:?}", change.0);
        let placed = SWEDEN.replacen("fewer_on_duty = 1", "outside_hours = true", 1);
        placed.replacen("[[sites]]", &format!("[[divert_on_entry]]\n{diversion}\n\n[[sites]]"), 1).replace(change.0, change.1)
    };
    let (all_close, syd) = (("\nneighbours = ", "\nopen = \"07:00-20:00\"\nneighbours = "), "command_centre = \"rlc.syd\"\n");
    let syd_closes = (syd, "command_centre = \"rlc.syd\"\nopen = \"07:00-20:00\"\n");
    let closed = "diversion on entry 1 leads nobody on: no region that it leads to is open and staffed while its own is closed";
    told_of(&with("to = \"nation\"\noutside_hours = true", all_close), &[(closed, "[[divert_on_entry]]")]);
    told_of(&with("to = \"nation\"\noutside_hours = true", syd_closes), &[]);
    let never = "diversion on entry 1 never holds: every region that it is for is open round the clock";
    told_of(&with("to = \"nation\"\noutside_hours = true\nregions = [\"vast\"]", syd_closes), &[(never, "outside_hours = true")]);
    told_of(&with("to = \"nation\"\nmore_than_waiting = 9", all_close), &[]);
}

#[test]
fn the_deployments_have_no_step_without_effect() {
    for plan in [SWEDEN, DENMARK, ALARM] {
        let Examined { faults, notices, .. } = examine(&Source { file: "plan.toml", text: plan });
        assert_eq!(told(&faults), "");
        assert!(!notices.iter().any(|notice| notice.what.contains("overflow") || notice.what.contains("diversion")), "{}", told(&notices));
    }
}
