//! A report that a citizen wrote, at the desk: taken with one key by whoever has time, completed in the report's form, and
//! decided or asked about beside it. A call goes before: the report comes back when it is over.

use super::Sight;
use crate::matters::{self, Title};
use domain::{
    contact::{Owner, PromiseKind},
    routing::{AdditionView, OperatorState, PromiseView},
};
use maud::{Markup, html};
use serde_json::json;
use storage::MatterFile;

/// In the middle: all that is known of it, and what can be done.
#[must_use]
pub fn draw(sight: &Sight<'_>, report: &AdditionView, file: &MatterFile) -> Markup {
    let words = sight.words;
    let of_matter = matters::Sight { words, deployment: sight.deployment, live: sight.live, now: sight.now };
    html! {
        section .matter aria-labelledby="matter-title" data-contact=(report.contact) {
            h2 #matter-title tabindex="-1" { (words.with("matter-numbered", [("reference", report.reference.to_string().into())])) }
            p { button type="button" id="leave-report" data-open-report="" { (words.t("written-leave")) } }
            (matters::draw(&of_matter, file, &sight.citizens, Title::Dialog))
        }
    }
}

/// One key for whoever has time: the router says which. Not there while nothing waits.
#[must_use]
pub fn next(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let is_there = sight.me().is_some_and(|me| !matches!(me.state, OperatorState::SignedOut | OperatorState::Lost));
    let is_nobodys =
        |promise: &&PromiseView| promise.kind == PromiseKind::Report && promise.paused.is_none() && matches!(promise.owner, Owner::Unit(_));
    html! {
        @if is_there && sight.live.view.promises.iter().any(|promise| is_nobodys(&promise)) {
            p { button type="button" id="next-report" data-key="Alt N" data-act=(json!({ "act": "next_report" })) { (words.t("act-next-report")) " " kbd { "Alt N" } } }
        }
    }
}

/// On the row of a report that is mine: it is opened, or is open.
#[must_use]
pub fn open(sight: &Sight<'_>, promise: &PromiseView) -> Markup {
    let words = sight.words;
    let mine = |report: &&AdditionView| report.promise == promise.promise && report.owner == Owner::Operator(sight.operator);
    let is_report = promise.kind == PromiseKind::Report;
    html! {
        @if let Some(report) = sight.live.view.additions.iter().find(mine).filter(|_| is_report) {
            @if sight.opened().is_some_and(|opened| opened.contact == report.contact) {
                p .quiet { (words.t("written-open")) }
            } @else {
                button type="button" id={ "open-" (report.contact) } data-open-report=(report.contact) { (words.t("act-open-report")) }
            }
        }
    }
}
