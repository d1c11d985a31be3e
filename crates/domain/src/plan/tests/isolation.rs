use super::*;
use crate::plan::{Affinity, SurgeOffer};

const REPORT: &str = "skill = \"report\"\n";
/// What Sweden's own plan says of it.
const KEPT: &str = "kept = \"60 %\"\nkept_from = [\"information\", \"service\"]\n";
const OFFERED: &str = "surge_offer = \"later_call\"\nsurge_call_within = \"24 h\"\n";

/// Sweden's plan with other lines of that in two classes.
fn with(report: &str, service: &str) -> String {
    changed(REPORT, &format!("{REPORT}{report}")).replacen(KEPT, "", 1).replacen(OFFERED, service, 1)
}

#[test]
fn what_isolates_classes_is_read_and_shown_in_the_bounds() {
    let text = with("kept = \"40 %\"\n", "surge_offer = \"later_call\"\nsurge_call_within = \"24 h\"\n");
    let text = text.replacen("[follow_up]", "[affinity]\nwithin = \"2 h\"\nhold = \"45 s\"\n\n[follow_up]", 1);
    let Examined { plan, faults, notices } = examined(&text);
    assert_eq!((told(&faults).as_str(), told(&notices).as_str()), ("", ""));
    let plan = plan.unwrap();
    assert_eq!(plan.class(&ClassId::new("report")).unwrap().kept_permille, 400);
    assert_eq!(plan.kept_classes().count(), 1);
    let from = |other: &str| plan.keeps_from(plan.kept_classes().next().unwrap(), &ClassId::new(other));
    assert_eq!(["urgent", "violence", "report", "tip"].map(from), [false, true, false, true]);
    let offered = plan.class(&ClassId::new("service")).unwrap().surge_offer;
    assert_eq!(offered, Some(SurgeOffer::LaterCall { within_ms: 24 * 60 * MINUTE_MS }));
    assert_eq!(plan.affinity, Some(Affinity { within_ms: 120 * MINUTE_MS, hold_ms: 45 * SECOND_MS }));
    let shown: Vec<String> = bounds(&plan).iter().map(Bound::to_string).collect();
    assert!(!shown[0].contains("kept"), "nobody is kept from the strict class: {}", shown[0]);
    assert_eq!(
        shown[1],
        "class \"violence\": after 13 min 20 s of waiting, only the strict class goes before, for every operator who is not kept for \"report\""
    );
    assert!(!shown[2].contains("kept"), "they are kept for it: {}", shown[2]);
}

#[test]
fn the_nearest_number_is_kept_and_never_all() {
    let mut class = sweden().classes.swap_remove(0);
    for (share, kept) in [(400, [0, 0, 1, 1, 2, 2]), (500, [0, 0, 1, 2, 2, 3]), (900, [0, 0, 1, 2, 3, 4]), (100, [0, 0, 0, 0, 0, 1])] {
        class.kept_permille = share;
        assert_eq!([0, 1, 2, 3, 4, 5].map(|on_duty| class.kept_of(on_duty)), kept, "{share}");
    }
}

/// Whoever is held for one operator is overtaken meanwhile, however short the bound is otherwise.
#[test]
fn a_bound_is_no_shorter_than_one_is_held() {
    let text = changed("head_start = \"10 min\"", "head_start = \"30 min\"");
    let bound = |text: &str| bounds(&examined(text).plan.unwrap())[1].overtaken_ms_max;
    assert_eq!(bound(&text), 0);
    assert_eq!(bound(&text.replacen("[follow_up]", "[affinity]\nwithin = \"2 h\"\nhold = \"45 s\"\n\n[follow_up]", 1)), 45 * SECOND_MS);
}

#[test]
fn what_leaves_somebody_without_an_operator_is_refused() {
    let check = |text: &str, expected: &str| {
        let faults = examined(text).faults;
        let found = faults.iter().find(|fault| fault.to_string().contains(expected));
        assert!(found.is_some_and(|fault| fault.line > 0), "expected {expected:?}, found\n{}", told(&faults));
    };
    for (report, service, expected) in [
        ("kept = \"60 %\"\n", "kept = \"40 %\"\n", "the kept shares overlap: \"report\" 60.0 % and \"service\" 40.0 % leave nobody"),
        ("kept = \"100 %\"\n", "", "the kept shares overlap: \"report\" 100.0 %"),
        ("kept_from = [\"tip\"]\n", "", "class \"report\": nobody is kept from anything"),
        (
            "kept = \"40 %\"\nkept_from = [\"tips\"]\n",
            "",
            "kept from \"tips\", which is no class of the plan.\n  Mend: did you mean \"tip\"?",
        ),
        ("kept = \"40 %\"\nkept_from = [\"report\"]\n", "", "nobody can be kept from \"report\""),
        ("kept = \"40 %\"\nkept_from = [\"urgent\"]\n", "", "nobody can be kept from \"urgent\""),
        ("kept = \"many\"\n", "", "kept cannot be \"many\""),
        ("surge_offer = \"later_call\"\n", "", "a later call is offered, but not by when"),
        ("surge_offer = \"web\"\nsurge_call_within = \"2 h\"\n", "", "no later call is offered"),
        ("surge_offer = \"post\"\n", "", "surge_offer does not know \"post\""),
        ("surge_offer = \"later_call\"\nsurge_call_within = \"0 s\"\n", "", "surge_call_within is 0"),
    ] {
        check(&with(report, service), expected);
    }
    assert!(examined(&with("kept = \"60 %\"\n", "kept = \"39 %\"\n")).plan.is_some());
    let strict = |line: &str| with("", "").replacen("strict = true\n", &format!("strict = true\n{line}\n"), 1);
    check(&strict("kept = \"10 %\""), "class \"urgent\" is strict: everybody may be taken for it");
    check(&strict("surge_offer = \"web\""), "nobody in need is offered to be served later");
    check(
        &with("", "").replacen("party = \"switchboard\"", "party = \"switchboard\"\nkept = \"10 %\"", 1),
        "operators would be kept for nobody",
    );
    for (within, hold, expected) in [
        ("0 s", "1 min", "nobody ever comes to whoever they spoke with"),
        ("2 h", "6 min", "[affinity]: hold is 6 min"),
        ("2 h", "5 min 1 s", "hold is longer than class \"violence\" promises an answer within"),
    ] {
        let affinity = format!("[affinity]\nwithin = \"{within}\"\nhold = \"{hold}\"\n\n[follow_up]");
        check(&changed("[follow_up]", &affinity), expected);
    }
}
