//! Alarms in words, for the lead's page and the API.

use crate::{components::notices, names, words::Words};
use domain::{PromiseId, plan::Plan, routing::Alarm};
use switchboard::{AlarmNotice, Live, Raised};

#[must_use]
pub fn in_words(words: Words, plan: &Plan, live: &Live, notice: &AlarmNotice) -> String {
    let name = |operator| names::operator(words, live, operator);
    let alarm = match &notice.alarm {
        Raised::Routing(alarm) => alarm,
        Raised::Program(trouble) => return notices::words_of(words, *trouble),
    };
    match alarm {
        Alarm::PairStanding { operator } => words.with("alarm-pair-standing", [("operator", name(*operator).into())]),
        Alarm::EmergencyUnanswered { party } => {
            words.with("alarm-emergency-unanswered", [("party", names::party(words, plan, party.as_str()).into())])
        }
        Alarm::OperatorUnresponsive { operator } => words.with("alarm-operator-unresponsive", [("operator", name(*operator).into())]),
        Alarm::OperatorGone { operator } => words.with("alarm-operator-gone", [("operator", name(*operator).into())]),
        Alarm::LongTalk { operator } => words.with("alarm-long-talk", [("operator", name(*operator).into())]),
        Alarm::LongWithParty { party } => {
            words.with("alarm-long-with-party", [("party", names::party(words, plan, party.as_str()).into())])
        }
        Alarm::NobodyServes { queue } => words.with("alarm-nobody-serves", [("queue", names::queue(words, plan, queue).into())]),
        Alarm::MessageGivenUp { why, medium } => {
            let why = words.named("message-fault", why.word());
            words.with("alarm-message-given-up", [("medium", words.named("medium", medium.word()).into()), ("why", why.into())])
        }
        Alarm::PromiseLate { promise, step, operator } => {
            let late = words.with("alarm-promise-late", [("reference", reference(live, *promise).into())]);
            let who = operator.map(|operator| words.with("alarm-promise-of", [("operator", name(operator).into())]));
            let told: Vec<String> = step.map(|at| names::escalation(words, at)).into_iter().chain(who).collect();
            if told.is_empty() { late } else { format!("{late} ({})", told.join("; ")) }
        }
        Alarm::CallGivenUp { promise } => words.with("alarm-call-given-up", [("reference", reference(live, *promise).into())]),
    }
}

fn reference(live: &Live, promise: PromiseId) -> String {
    let found = live.view.promises.iter().find(|view| view.promise == promise);
    found.map_or_else(|| promise.to_string(), |view| view.reference.to_string())
}
