//! Why a call came to this operator: one sentence, and the whole explanation behind it.

use crate::{clock, names, words::Words};
use domain::{
    ContactId,
    plan::Plan,
    routing::{Explanation, Reason},
};
use maud::{Markup, html};
use switchboard::Live;

/// The sentence, opening to every figure of the decision.
#[must_use]
pub fn draw(words: Words, plan: &Plan, live: &Live, why: &Explanation) -> Markup {
    let listed = |found: Vec<String>| if found.is_empty() { words.t("why-nobody") } else { found.join(", ") };
    let behind = listed(why.contacts_behind.iter().map(|contact| reference(words, live, *contact)).collect());
    let others = listed(why.operators_behind.iter().map(|operator| names::operator(words, live, *operator)).collect());
    let step = if why.step == 0 { words.t("why-step-own") } else { words.with("why-step-widened", [("step", why.step.into())]) };
    html! {
        details .why {
            summary { (sentence(words, plan, why)) }
            dl .facts {
                dt { (words.t("why-queue")) } dd { (names::queue(words, plan, &why.queue)) }
                dt { (words.t("why-waited")) } dd .number { (clock::age(why.waited_ms)) }
                dt { (words.t("why-step")) } dd { (step) }
                dt { (words.t("why-language")) } dd { (words.named("language", why.language.word())) }
                dt { (words.t("why-eligible")) } dd .number { (why.eligible_contacts) }
                dt { (words.t("why-behind")) } dd { (behind) }
                dt { (words.t("why-idle")) } dd .number { (clock::age(why.idle_ms)) }
                dt { (words.t("why-others")) } dd { (others) }
            }
        }
    }
}

/// One sentence in the reader's language.
#[must_use]
pub fn sentence(words: Words, plan: &Plan, why: &Explanation) -> String {
    let waited = clock::age(why.waited_ms);
    let idle = clock::age(why.idle_ms);
    match why.reason {
        Reason::Strict => words.t("why-strict"),
        Reason::LongestWait if why.eligible_contacts > 1 => {
            words.with("why-longest-wait", [("waited", waited.into()), ("count", why.eligible_contacts.into()), ("idle", idle.into())])
        }
        Reason::LongestWait => words.with("why-only-one", [("waited", waited.into()), ("idle", idle.into())]),
        Reason::Overflow => {
            words.with("why-overflow", [("queue", names::queue(words, plan, &why.queue).into()), ("waited", waited.into())])
        }
        Reason::Interpreter => words.with("why-interpreter", [("language", words.named("language", why.language.word()).into())]),
        Reason::Eased => words.with("why-eased", [("waited", waited.into())]),
        Reason::Diverted => {
            words.with("why-diverted", [("queue", names::queue(words, plan, &why.queue).into()), ("waited", waited.into())])
        }
        Reason::SpokeBefore => words.with("why-spoke-before", [("waited", waited.into())]),
        Reason::Booked => words.with("why-booked", [("waited", waited.into())]),
        Reason::PutFirst => words.with("why-put-first", [("waited", waited.into())]),
        Reason::Assigned => words.t("why-assigned"),
        Reason::Returned => words.t("why-returned"),
        Reason::AskedFor => words.t("why-asked-for"),
    }
}

fn reference(words: Words, live: &Live, contact: ContactId) -> String {
    let view = live.view.contacts.iter().find(|view| view.contact == contact);
    view.map_or_else(|| words.t("why-gone"), |view| view.reference.to_string())
}
