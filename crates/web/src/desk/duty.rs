//! The left column: my state and what I want next, the queues I serve, the promises that are mine.

use super::{Sight, matter::opens, written};
use crate::{additions, clock, names};
use domain::{
    QueueId,
    contact::{ContactState, Owner, PauseReason, PromiseKind, StatedSettlement},
    promise::State,
    routing::{ContactView, NextIntent, OperatorState, OperatorView, PromiseView},
};
use maud::{Markup, html};
use serde_json::json;

/// Most promises shown at once; the rest are counted.
const PROMISES_SHOWN_MAX: usize = 12;

/// What I am doing, since when, and the way to change it.
#[must_use]
pub fn state(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let me = sight.me();
    let state = me.map_or(OperatorState::SignedOut, |me| me.state);
    let site = me.and_then(|me| sight.plan().site(&me.site));
    html! {
        section .duty aria-labelledby="duty-title" data-state=(state.word()) data-operator=(sight.operator) {
            h2 #duty-title tabindex="-1" { (words.t("duty-title")) }
            p .state {
                strong .{ "is-" (state.word()) } { (state_words(sight, me, state)) }
                @if let Some(me) = me { " " span .age { (clock::counting_up(me.since, sight.now)) } }
            }
            @if let Some(site) = site { p .quiet { (site.name) } }
            div .acts { (acts(sight, me, state)) }
            @if let Some(me) = me { (languages(sight, me)) }
        }
    }
}

fn state_words(sight: &Sight<'_>, me: Option<&OperatorView>, state: OperatorState) -> String {
    let named = sight.words.named("operator-state", state.word());
    match me.and_then(|me| me.pause).filter(|_| state == OperatorState::Paused) {
        Some(reason) => format!("{named}: {}", sight.words.named("pause", reason.word())),
        None => named,
    }
}

fn acts(sight: &Sight<'_>, me: Option<&OperatorView>, state: OperatorState) -> Markup {
    use OperatorState as S;
    let words = sight.words;
    let ready =
        |key: &str| html! { button #act-ready .primary type="button" data-act=(json!({ "act": "ready" })) data-duty { (words.t(key)) } };
    let out = html! { button #act-sign-out type="button" data-act=(json!({ "act": "sign_out" })) { (words.t("act-sign-out")) } };
    match state {
        S::SignedOut => ready("act-ready"),
        S::Paused | S::Unresponsive => html! { (ready("act-ready-again")) (out) },
        S::Idle | S::Offered => html! { (out) (pause(sight)) },
        S::Connecting | S::Engaged | S::Consulting | S::WrapUp | S::Lost => next(sight, me),
    }
}

/// Which of the account's languages are taken now; nothing to choose for those who have one.
fn languages(sight: &Sight<'_>, me: &OperatorView) -> Markup {
    let words = sight.words;
    html! {
        @if me.languages.len() > 1 {
            fieldset .languages data-languages data-least=(words.t("languages-least")) {
                legend { (words.t("languages-title")) }
                @for language in &me.languages {
                    @let id = format!("takes-{}", language.word());
                    label for=(id) {
                        input id=(id) type="checkbox" value=(language.word()) checked[me.taking.contains(language)];
                        (words.named("language", language.word()))
                    }
                }
            }
        }
    }
}

fn pause(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    html! {
        details .reasons {
            summary #pause { (words.t("pause-label")) }
            p .quiet { (words.t("pause-choose")) }
            div .acts {
                @for reason in PauseReason::ALL {
                    button type="button" data-act=(json!({ "act": "pause", "reason": reason.word() })) { (words.named("pause", reason.word())) }
                }
            }
        }
    }
}

/// During a conversation: what comes after it.
fn next(sight: &Sight<'_>, me: Option<&OperatorView>) -> Markup {
    let words = sight.words;
    let chosen = me.and_then(|me| me.next).unwrap_or(NextIntent::Ready);
    let option = |intent: NextIntent, text: String| {
        html! { option value=(json!({ "act": "next", "next": intent })) selected[chosen == intent] { (text) } }
    };
    html! {
        label for="next" { (words.t("next-label")) }
        select #next data-act-each {
            (option(NextIntent::Ready, words.t("next-ready")))
            @for reason in PauseReason::ALL {
                (option(NextIntent::Pause(*reason), words.with("next-pause", [("reason", words.named("pause", reason.word()).into())])))
            }
            (option(NextIntent::SignOut, words.t("next-sign-out")))
        }
    }
}

/// The queues that this operator serves, with who waits.
#[must_use]
pub fn queues(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let served: &[QueueId] = sight.me().map_or(&[], |me| &me.queues);
    let rows: Vec<_> = sight.live.view.queues.iter().filter(|queue| served.contains(&queue.queue)).collect();
    let waiting: usize = rows.iter().map(|queue| queue.waiting).sum();
    // Most serve one region: it stands once, above, and the rows stay on one line.
    let region = rows.first().map(|queue| &queue.region).filter(|first| rows.iter().all(|queue| queue.region == **first));
    let region = region.and_then(|region| sight.plan().region(region)).map(|region| region.name.clone());
    let name = |queue: &QueueId| match region {
        Some(_) => names::matter(words, sight.plan(), None, Some(queue)),
        None => names::queue(words, sight.plan(), queue),
    };
    html! {
        section aria-labelledby="queues-title" {
            h2 #queues-title { (words.t("queues-title")) }
            @if rows.is_empty() {
                p .empty { (words.t("queues-none")) }
            } @else {
                table .list {
                    thead { tr { th scope="col" { (region.clone().unwrap_or_else(|| words.t("queues-queue"))) } th scope="col" .number { (words.t("queues-waiting")) } th scope="col" .number { (words.t("queues-longest")) } } }
                    tbody {
                        @for queue in rows {
                            tr .nobody[queue.waiting == 0] {
                                th scope="row" { (name(&queue.queue)) }
                                td .number { (queue.waiting) }
                                td .number { @match queue.oldest_since { Some(since) => (clock::counting_up(since, sight.now)), None => { span aria-label=(words.t("nobody-waits")) { "–" } } } }
                            }
                        }
                    }
                }
                @if waiting == 0 { p .empty { (words.t("queues-empty")) } }
            }
        }
    }
}

/// Promises owed by me, then by my region's unit, earliest due first.
#[must_use]
pub fn promises(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let mine = mine(sight);
    let late = mine.iter().filter(|promise| promise.is_late(sight.now)).count();
    html! {
        section aria-labelledby="promises-title" {
            h2 #promises-title {
                (words.t("promises-title"))
                @if late > 0 { " " span .mark.late { (words.with("promises-late", [("count", late.into())])) } }
            }
            (written::next(sight))
            @if mine.is_empty() { p .empty { (words.t("promises-none")) } }
            ul .promises {
                @for promise in mine.iter().take(PROMISES_SHOWN_MAX) { (promise_row(sight, promise)) }
            }
            @if mine.len() > PROMISES_SHOWN_MAX {
                p .quiet { (words.with("promises-more", [("count", (mine.len() - PROMISES_SHOWN_MAX).into())])) }
            }
        }
    }
}

fn mine<'a>(sight: &Sight<'a>) -> Vec<&'a PromiseView> {
    let Some(me) = sight.me() else { return Vec::new() };
    let is_mine = |promise: &&PromiseView| sight.plan().follow_up.is_theirs(&promise.owner, sight.operator, &me.region);
    let to_do = |promise: &&PromiseView| match promise.kind {
        PromiseKind::CallBack
        | PromiseKind::FollowUp
        | PromiseKind::Feedback
        | PromiseKind::Conclude
        | PromiseKind::Booked
        | PromiseKind::Addition
        | PromiseKind::Report => true,
        PromiseKind::Answer => false,
    };
    sight.live.view.promises.iter().filter(is_mine).filter(to_do).collect()
}

fn promise_row(sight: &Sight<'_>, promise: &PromiseView) -> Markup {
    let words = sight.words;
    let settle = |outcome: &StatedSettlement| {
        let said = match outcome {
            StatedSettlement::NotReached => words.t("promise-not-reached"),
            _ => words.named("outcome", outcome.word()),
        };
        let act = json!({ "act": "settle_promise", "matter": promise.matter, "promise": promise.promise, "outcome": outcome });
        html! { button type="button" data-act=(act) { (said) } }
    };
    html! {
        li {
            p {
                span { (words.named("promise", promise.kind.word())) } " "
                span .number { (opens(promise.reference)) }
            }
            @for addition in sight.live.view.additions.iter().filter(|addition| addition.promise == promise.promise) {
                (additions::told(words, addition))
            }
            @if let Owner::Unit(unit) = &promise.owner {
                p .quiet {
                    (names::unit(words, sight.plan(), unit.as_str()))
                    @if promise.pressing { " · " strong { (words.t("promise-nobodys")) } }
                }
            }
            @if promise.ring_back { p { (words.t("promise-asked-back")) } }
            p .due {
                span .number { (sight.time(promise.due)) } " " (due(sight, promise))
            }
            (ring(sight, promise))
            (take(sight, promise))
            (written::open(sight, promise))
            (wait(sight, promise))
            @if promise.kind == PromiseKind::Conclude {
                @if let Some(contact) = to_conclude(sight, promise) {
                    button type="button" id={ "conclude-" (contact.contact) } data-conclude=(contact.contact) { (words.t("conclude-open")) }
                }
            } @else {
                details {
                    summary id={ "settle-" (promise.promise) } { (words.t("promise-settle")) }
                    p .quiet { (words.t("promise-how")) }
                    // A call that stands in line or rests is tried again by itself.
                    @let held = call_of(sight, promise).is_some();
                    div .acts {
                        @for outcome in StatedSettlement::ALL.iter().filter(|outcome| fits(promise.kind, **outcome) && !(held && **outcome == StatedSettlement::NotReached)) {
                            (settle(outcome))
                        }
                    }
                }
            }
        }
    }
}

/// What may be said of a promise of a kind: only an addition is merely read, only what was written is passed on.
fn fits(kind: PromiseKind, outcome: StatedSettlement) -> bool {
    match outcome {
        StatedSettlement::Read => kind == PromiseKind::Addition,
        StatedSettlement::PassedOn => matches!(kind, PromiseKind::Addition | PromiseKind::Report),
        StatedSettlement::Helped | StatedSettlement::ReportReceived | StatedSettlement::NotReached => true,
    }
}

/// One key on the promise that is looked at: the citizen is rung now.
fn ring(sight: &Sight<'_>, promise: &PromiseView) -> Markup {
    let words = sight.words;
    let is_owed = match promise.kind {
        // What was promised keeps to the hours; what broke may be pressing.
        PromiseKind::CallBack => sight.plan().quiet_until(sight.now).is_none(),
        PromiseKind::FollowUp => true,
        PromiseKind::Answer
        | PromiseKind::Conclude
        | PromiseKind::Feedback
        | PromiseKind::Booked
        | PromiseKind::Addition
        | PromiseKind::Report => false,
    };
    let may = sight.plan().call_backs.is_some() && call_of(sight, promise).is_none_or(|call| could_take(sight, call));
    let is_free = sight.me().is_some_and(|me| me.contact.is_none() && matches!(me.state, OperatorState::Idle | OperatorState::Paused));
    // A colleague has them on the line, or rings them.
    let is_at_hand = |contact: &&ContactView| {
        let busy = contact.operator.is_some() && (contact.state != ContactState::WrapUp || contact.call.is_some());
        contact.matter == promise.matter && (busy || contact.state == ContactState::Offered)
    };
    let taken = sight.live.view.contacts.iter().any(|contact| is_at_hand(&contact));
    let act = json!({ "act": "ring_citizen", "matter": promise.matter, "promise": promise.promise });
    html! {
        @if is_owed && may && is_free && !taken {
            button type="button" id={ "ring-" (promise.promise) } data-key-here="F7" data-act=(act) { (words.t("act-ring-citizen")) " " kbd { "F7" } }
        }
    }
}

/// The call that keeps it, while nobody is on the line of it.
fn call_of<'a>(sight: &Sight<'a>, promise: &PromiseView) -> Option<&'a ContactView> {
    let keeps = |contact: &&ContactView| contact.call.as_ref().is_some_and(|call| call.promise == promise.promise);
    sight.live.view.contacts.iter().find(keeps)
}

/// By skill and language: a place in line is for those who serve the line.
fn could_take(sight: &Sight<'_>, call: &ContactView) -> bool {
    let Some((me, owed)) = sight.me().zip(call.call.as_ref()) else { return false };
    let serves = |queue: &QueueId| sight.plan().queues().any(|(id, _, class)| id == *queue && class.id == owed.class);
    me.taking.contains(&call.language) && me.queues.iter().any(serves)
}

/// What a unit owes within minutes is nobody's until somebody has taken it.
fn take(sight: &Sight<'_>, promise: &PromiseView) -> Markup {
    let words = sight.words;
    let is_units = matches!(promise.owner, Owner::Unit(_)) && promise.kind != PromiseKind::Conclude;
    let is_there = sight.me().is_some_and(|me| !matches!(me.state, OperatorState::SignedOut | OperatorState::Lost));
    let act = json!({ "act": "take_promise", "matter": promise.matter, "promise": promise.promise });
    html! {
        @if is_units && is_there {
            button type="button" id={ "take-" (promise.promise) } data-key-here="Shift F7" data-act=(act) { (words.t("act-take-promise")) " " kbd { "Shift F7" } }
        }
    }
}

/// It waits for the citizen, or runs again.
fn wait(sight: &Sight<'_>, promise: &PromiseView) -> Markup {
    let words = sight.words;
    let may = match promise.kind {
        PromiseKind::FollowUp => !promise.pressing,
        PromiseKind::Feedback | PromiseKind::Report => true,
        PromiseKind::Answer | PromiseKind::Conclude | PromiseKind::CallBack | PromiseKind::Booked | PromiseKind::Addition => false,
    };
    let is_free = !promise.is_late(sight.now)
        && !sight.live.view.contacts.iter().any(|contact| contact.matter == promise.matter && contact.call.is_some());
    let (does, text) = match promise.paused {
        Some(_) => ("resume_promise", "act-resume-promise"),
        None => ("pause_promise", "act-pause-promise"),
    };
    let act = json!({ "act": does, "matter": promise.matter, "promise": promise.promise });
    html! {
        @if may && is_free {
            button type="button" id={ "wait-" (promise.promise) } data-key-here="Shift F8" data-act=(act) { (words.t(text)) " " kbd { "Shift F8" } }
        }
    }
}

/// The contact whose outcome is owed, once its conversation and its wrap-up are over.
fn to_conclude<'a>(sight: &Sight<'a>, promise: &PromiseView) -> Option<&'a ContactView> {
    let at_hand = sight.shown().map(|contact| contact.contact);
    let mut open = sight.live.view.contacts.iter().filter(|contact| contact.matter == promise.matter && Some(contact.contact) != at_hand);
    open.find(|contact| super::waits_for(contact, sight.operator))
}

fn due(sight: &Sight<'_>, promise: &PromiseView) -> Markup {
    let words = sight.words;
    let step = html! { @if let Some(at) = promise.step { " " span .quiet { (names::escalation(words, at)) } } };
    match promise.state(sight.now) {
        State::Late => html! { span .mark.late { (words.t("due-late")) " " (clock::counting_up(promise.due, sight.now)) } (step) },
        State::Soon | State::Due => {
            html! { span .mark.soon { (words.t("due-soon")) " " (clock::counting_down(promise.due, sight.now)) } }
        }
        State::Paused => {
            html! { span .mark { (words.t("due-waits")) " " (clock::counting_up(promise.paused.unwrap_or(sight.now), sight.now)) } }
        }
        // What is open and shown here is not settled.
        State::Running | State::KeptInTime | State::KeptLate | State::LetGo => {
            html! { span .quiet { (words.t("due-in")) " " (clock::counting_down(promise.due, sight.now)) } }
        }
    }
}
