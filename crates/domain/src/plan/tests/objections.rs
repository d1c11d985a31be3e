//! What a plan with one text changed is told, for the tests of its parts.
#![allow(clippy::unwrap_used)]

use crate::plan::{Examined, Fault, Plan, Source, examine};

pub const SWEDEN: &str = include_str!("../../../../../deployments/sweden/plan.toml");
pub const DENMARK: &str = include_str!("../../../../../deployments/denmark/plan.toml");

pub fn plan(text: &str) -> Plan {
    examine(&Source { file: "plan.toml", text }).plan.unwrap()
}

/// The plan of Sweden with one text replaced has exactly one fault or notice that says this, in the line that begins so.
#[track_caller]
pub fn check(from: &str, to: &str, expected: &str, line: &str) {
    assert!(SWEDEN.contains(from), "the plan has no {from:?}");
    let text = SWEDEN.replacen(from, to, 1);
    let before = examine(&Source { file: "plan.toml", text: SWEDEN }).notices;
    let Examined { faults, notices, .. } = examine(&Source { file: "plan.toml", text: &text });
    let new = notices.into_iter().filter(|notice| !before.iter().any(|old| old.what == notice.what));
    let told: Vec<Fault> = faults.into_iter().chain(new).filter(|told| told.to_string().contains(expected)).collect();
    let [told] = told.as_slice() else { panic!("one thing is to be told: {expected}: {told:#?}") };
    assert!(text.lines().nth(told.line - 1).unwrap().trim_start().starts_with(line), "{told}");
}
