//! What a plan says to citizens on their pages: decisions in every language, and a place to leave to.
#![allow(clippy::unwrap_used)]

use super::objections::{DENMARK, SWEDEN, check};
use crate::{
    DecisionId,
    intent::Language,
    plan::{Source, examine, read},
};

#[test]
fn decisions_are_named_once_and_said_in_every_language() {
    check("id = \"no_crime\"", "id = \"no_traces\"", "no_traces", "id = \"no_traces\"");
    let name = "name = { sv = \"Det som hände är inte ett brott\", en = \"What happened is not a crime\", da";
    check(name, "name = { sv = \"Det som hände är inte ett brott\", da", "en", "name = { sv = \"Det som");
    for text in [SWEDEN, DENMARK] {
        let plan = read(&Source { file: "", text }).unwrap();
        let decision = plan.decision(&DecisionId::new("no_traces")).unwrap();
        assert!(decision.review.is_some() && plan.decision(&DecisionId::new("investigated")).unwrap().review.is_none());
        assert_eq!(decision.means.len(), Language::ALL.len());
        assert!(plan.decision(&DecisionId::new("unheard_of")).is_none());
    }
    // An authority may have none.
    let (before, rest) = SWEDEN.split_once("[[decisions]]").unwrap();
    let after = &rest[rest.find("\n\n\n# ---").unwrap()..];
    assert!(examine(&Source { file: "", text: &format!("{before}{after}") }).faults.is_empty());
}

#[test]
fn whoever_leaves_is_led_to_a_whole_address() {
    let known = "leave_to = \"https://www.smhi.se\"";
    for wrong in ["http://www.smhi.se", "smhi.se", "javascript:alert(1)", ""] {
        check(known, &format!("leave_to = \"{wrong}\""), "leave_to", "leave_to");
    }
    assert!(examine(&Source { file: "", text: &SWEDEN.replacen(known, "", 1) }).faults.is_empty());
}
