//! Why somebody who is free is offered nobody: one sentence for the lead's page and the API alike. The rule that
//! matches has counted those who wait; nothing is judged here.

use crate::{clock, names, words::Words};
use domain::{
    QueueId, Timestamp,
    plan::Plan,
    routing::{Idle, OperatorView},
};

/// What keeps some of the waiting from an operator: the sentence when it is all there is, else its part, and how many.
type Kind = (&'static str, &'static str, usize);

/// The sentence; none of an operator who is not free.
#[must_use]
pub fn in_words(words: Words, plan: &Plan, operator: &OperatorView, now: Timestamp) -> Option<String> {
    let idle = operator.idle?;
    let count = idle.waiting();
    if count == 0 {
        return Some(format!("{}.", words.t("nobody-waits")));
    }
    if let Some(opens) = idle.opens {
        let time = clock::time_of_day(opens, &plan.zone, now);
        return Some(words.with("idle-opens", [("count", count.into()), ("time", time.into())]));
    }
    let told = |key: &str, count: usize| {
        let class = kept_for(words, plan, operator);
        words.with(key, [("count", count.into()), ("class", class.into())])
    };
    Some(match kinds(idle).as_slice() {
        [(alone, _, count)] => told(alone, *count),
        several => {
            let parts: Vec<_> = several.iter().map(|(_, part, count)| told(part, *count)).collect();
            words.with("idle-several", [("count", count.into()), ("parts", parts.join(", ").into())])
        }
    })
}

/// Whether anybody waits whom this operator is not offered: when not, the lead's list stays short.
#[must_use]
pub fn is_worth_telling(operator: &OperatorView) -> bool {
    operator.idle.is_some_and(|idle| idle.waiting() > 0)
}

fn kinds(idle: Idle) -> Vec<Kind> {
    // While the site is not open, that is all that is said.
    let Idle { opens: _, unopened: _, elsewhere, language, matter, kept, booked, awaited } = idle;
    let all = [
        ("idle-only-elsewhere", "idle-elsewhere", elsewhere),
        ("idle-only-language", "idle-language", language),
        ("idle-only-matter", "idle-matter", matter),
        ("idle-only-kept", "idle-kept", kept),
        ("idle-only-booked", "idle-booked", booked),
        ("idle-only-awaited", "idle-awaited", awaited),
    ];
    all.into_iter().filter(|(.., count)| *count > 0).collect()
}

/// What operators like this one are kept for: the class when it can be but one.
fn kept_for(words: Words, plan: &Plan, operator: &OperatorView) -> String {
    let mut classes = plan.kept_classes().filter(|class| operator.queues.contains(&QueueId::of(&operator.region, &class.id)));
    match (classes.next(), classes.next()) {
        (Some(only), None) => names::class(words, only),
        _ => words.t("idle-other-matters"),
    }
}
