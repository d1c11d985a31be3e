//! The lead's page: who waits in the order in which they will be taken and why, operators with the
//! age of their state, promises late and soon, alarms. Any matter can be opened; nothing is changed here yet.

use crate::{
    access::Reader,
    app::App,
    clock,
    components::notices,
    fault::Fault,
    layout::{self, Frame},
    names,
    preferences::Preferences,
    words::Words,
};
use axum::extract::State;
use domain::{
    Timestamp,
    access::Permission,
    contact::{ContactState, Owner, Reference},
    plan::Plan,
    routing::{Alarm, ContactView, OperatorState, OperatorView, PromiseView},
    time::{HOUR_MS, MINUTE_MS},
};
use maud::{Markup, html};
use switchboard::{AlarmNotice, Deployment, Live, Raised};

/// Rows shown of each list; the rest are counted.
const ROWS_SHOWN_MAX: usize = 200;
/// Promises due within this are listed before they are late.
const SOON_MS: u64 = HOUR_MS;
/// And marked from here on.
const VERY_SOON_MS: u64 = 10 * MINUTE_MS;

pub struct Sight<'a> {
    pub words: Words,
    pub deployment: &'a Deployment,
    pub live: &'a Live,
    pub now: Timestamp,
}

/// `GET /lead`.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    Ok(draw(&Sight { words: preferences.words(), deployment: &deployment, live: &live, now: clock::now() }, &reader, preferences))
}

/// `GET /lead/parts`.
pub async fn parts(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    Ok(lists(&Sight { words: preferences.words(), deployment: &deployment, live: &live, now: clock::now() }))
}

/// The whole page.
#[must_use]
pub fn draw(sight: &Sight<'_>, reader: &Reader, preferences: Preferences) -> Markup {
    let words = sight.words;
    let title = words.t("lead-title");
    let frame = Frame { preferences, title: &title, reader: Some(reader), here: "lead", address: "/lead", parts: &["board.js"] };
    let content = html! {
        (notices::draw(words, sight.live.health))
        main #content .lead-page tabindex="-1" data-stream="/board/stream" data-parts="/lead/parts" {
            h1 { (title) }
            (lists(sight))
        }
    };
    layout::page(&frame, &content)
}

/// All that changes, list by list, so that one which changes leaves the others alone.
#[must_use]
pub fn lists(sight: &Sight<'_>) -> Markup {
    let part = |name: &str, list: Markup| html! { div .part data-part={ "lead-" (name) } { (list) } };
    html! {
        div .lists {
            div .wide {
                (part("alarms", alarms(sight)))
                (part("waiting", waiting(sight)))
                (part("under-way", under_way(sight)))
            }
            div .side {
                (part("promises", promises(sight)))
                (part("operators", operators(sight)))
            }
        }
    }
}

/// A reference that opens its matter.
fn opens(reference: Reference) -> Markup {
    html! { a href={ "/matters/" (reference.digits()) } { (reference) } }
}

fn waiting(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let rows: Vec<_> = sight.live.view.contacts.iter().filter(|contact| contact.state == ContactState::Queued).collect();
    html! {
        section aria-labelledby="waiting-title" {
            h2 #waiting-title { (words.t("lead-waiting")) " " span .count .number { (rows.len()) } }
            p .quiet { (words.t("lead-order")) }
            @if rows.is_empty() { p .empty { (words.t("queues-empty")) } } @else {
                table .list {
                    thead { tr {
                        th scope="col" .number { (words.t("lead-place")) }
                        th scope="col" { (words.t("reference")) }
                        th scope="col" { (words.t("queues-queue")) }
                        th scope="col" .roomy { (words.t("lead-matter")) }
                        th scope="col" .roomy { (words.t("who-language")) }
                        th scope="col" .number { (words.t("waited")) }
                        th scope="col" .roomy { (words.t("lead-why")) }
                    } }
                    tbody { @for (place, contact) in rows.iter().take(ROWS_SHOWN_MAX).enumerate() { (waiting_row(sight, place, contact)) } }
                }
                (more(words, rows.len()))
            }
        }
    }
}

fn waiting_row(sight: &Sight<'_>, place: usize, contact: &ContactView) -> Markup {
    let words = sight.words;
    let queue = contact.queue.as_ref().map(|queue| names::queue(words, plan(sight), queue));
    html! {
        tr {
            td .number { (place + 1) }
            th scope="row" .reference { (opens(contact.reference)) }
            td { (queue.unwrap_or_default()) }
            td .roomy { (names::matter_of(words, plan(sight), contact)) }
            td .roomy { (words.named("language", contact.language.word())) }
            td .number { (clock::counting_up(contact.queued_since.unwrap_or(contact.since), sight.now)) }
            td .roomy { (order_reason(sight, contact)) }
        }
    }
}

/// Why a contact stands where it stands: its class's rule.
fn order_reason(sight: &Sight<'_>, contact: &ContactView) -> String {
    let words = sight.words;
    if contact.strict {
        return words.t("order-strict");
    }
    let plan = plan(sight);
    let class = plan.queues().find(|(queue, ..)| contact.queue.as_ref() == Some(queue)).map(|(_, _, class)| class);
    let Some(class) = class else { return words.t("order-oldest") };
    match (class.head_start_ms, class.acceleration_permille) {
        (0, 1_000) => words.t("order-oldest"),
        (0, faster) => words.with("order-faster", [("percent", u64::from(faster / 10).into())]),
        (start, 1_000) => words.with("order-head-start", [("start", clock::age(start).into())]),
        (start, faster) => words.with("order-both", [("start", clock::age(start).into()), ("percent", u64::from(faster / 10).into())]),
    }
}

fn under_way(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let rows: Vec<_> = sight.live.view.contacts.iter().filter(|contact| contact.state != ContactState::Queued).collect();
    html! {
        section aria-labelledby="under-way-title" {
            h2 #under-way-title { (words.t("lead-under-way")) " " span .count .number { (rows.len()) } }
            @if rows.is_empty() { p .empty { (words.t("lead-nothing-under-way")) } } @else {
                table .list {
                    thead { tr {
                        th scope="col" { (words.t("reference")) }
                        th scope="col" { (words.t("lead-state")) }
                        th scope="col" .number { (words.t("lead-age")) }
                        th scope="col" .roomy { (words.t("lead-matter")) }
                        th scope="col" { (words.t("lead-owner")) }
                    } }
                    tbody {
                        @for contact in rows.iter().take(ROWS_SHOWN_MAX) {
                            tr {
                                th scope="row" .reference { (opens(contact.reference)) }
                                td { (words.named("contact-state", contact.state.word())) @if contact.strict { " " span .mark.late { (words.t("strict")) } } }
                                td .number { (clock::counting_up(contact.since, sight.now)) }
                                td .roomy { (names::matter_of(words, plan(sight), contact)) }
                                td { (owner(sight, &contact.owner)) }
                            }
                        }
                    }
                }
                (more(words, rows.len()))
            }
        }
    }
}

fn owner(sight: &Sight<'_>, owner: &Owner) -> String {
    names::owner(sight.words, plan(sight), sight.live, owner)
}

fn promises(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let rows: Vec<_> = sight.live.view.promises.iter().filter(|promise| promise.due < sight.now.plus_ms(SOON_MS)).collect();
    html! {
        section aria-labelledby="lead-promises-title" {
            h2 #lead-promises-title { (words.t("lead-promises")) " " span .count .number { (rows.len()) } }
            @if rows.is_empty() { p .empty { (words.t("lead-no-promises")) } } @else {
                table .list {
                    thead { tr { th scope="col" { (words.t("lead-due")) } th scope="col" { (words.t("lead-promise")) } th scope="col" { (words.t("lead-owner")) } } }
                    tbody { @for promise in rows.iter().take(ROWS_SHOWN_MAX) { (promise_row(sight, promise)) } }
                }
                (more(words, rows.len()))
            }
        }
    }
}

fn promise_row(sight: &Sight<'_>, promise: &PromiseView) -> Markup {
    let words = sight.words;
    let soon = promise.due.since_ms(sight.now) < VERY_SOON_MS;
    html! {
        tr {
            td .due {
                (clock::time_of_day(promise.due, &plan(sight).zone, sight.now)) " "
                @if promise.due < sight.now { span .mark.late { (words.t("due-late")) " " (clock::counting_up(promise.due, sight.now)) } }
                @else { span .mark .soon[soon] { (words.t(if soon { "due-soon" } else { "due-in" })) " " (clock::counting_down(promise.due, sight.now)) } }
            }
            td { (words.named("promise", promise.kind.word())) " " span .number { (opens(promise.reference)) } }
            td { (owner(sight, &promise.owner)) }
        }
    }
}

fn operators(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let mut rows: Vec<_> = sight.live.view.operators.iter().filter(|operator| operator.state != OperatorState::SignedOut).collect();
    rows.sort_by_key(|operator| (operator.state, operator.since, operator.operator));
    html! {
        section aria-labelledby="operators-title" {
            h2 #operators-title { (words.t("lead-operators")) " " span .count .number { (rows.len()) } }
            @if rows.is_empty() { p .empty { (words.t("lead-no-operators")) } } @else {
                table .list {
                    thead { tr { th scope="col" { (words.t("lead-operator")) } th scope="col" { (words.t("lead-state")) } th scope="col" .number { (words.t("lead-age")) } } }
                    tbody { @for operator in rows.iter().take(ROWS_SHOWN_MAX) { (operator_row(sight, operator)) } }
                }
                (more(words, rows.len()))
            }
        }
    }
}

fn operator_row(sight: &Sight<'_>, operator: &OperatorView) -> Markup {
    let words = sight.words;
    let warn = matches!(operator.state, OperatorState::Unresponsive | OperatorState::Lost);
    let site = plan(sight).site(&operator.site).map(|site| site.name.as_str()).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (names::operator(words, sight.live, operator.operator)) " " span .quiet { (site) } }
            td {
                span .mark .late[warn] { (words.named("operator-state", operator.state.word())) }
                @if let Some(reason) = operator.pause { " " span .quiet { (words.named("pause", reason.word())) } }
            }
            td .number { (clock::counting_up(operator.since, sight.now)) }
        }
    }
}

fn alarms(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    html! {
        section .alarms aria-labelledby="alarms-title" {
            h2 #alarms-title { (words.t("lead-alarms")) " " span .count .number { (sight.live.alarms.len()) } }
            @if sight.live.alarms.is_empty() { p .empty { (words.t("lead-no-alarms")) } } @else {
                ul {
                    @for notice in &sight.live.alarms {
                        li {
                            span .number { (clock::time_of_day(notice.at, &plan(sight).zone, sight.now)) } " "
                            (clock::counting_up(notice.at, sight.now)) " "
                            span .mark.late { (alarm(sight, notice)) }
                        }
                    }
                }
            }
        }
    }
}

fn alarm(sight: &Sight<'_>, notice: &AlarmNotice) -> String {
    let words = sight.words;
    let name = |operator| names::operator(words, sight.live, operator);
    let alarm = match &notice.alarm {
        Raised::Routing(alarm) => alarm,
        Raised::Program(trouble) => return notices::words_of(words, *trouble),
    };
    match alarm {
        Alarm::PairStanding { operator } => words.with("alarm-pair-standing", [("operator", name(*operator).into())]),
        Alarm::EmergencyUnanswered { party } => {
            words.with("alarm-emergency-unanswered", [("party", names::party(words, plan(sight), party.as_str()).into())])
        }
        Alarm::OperatorUnresponsive { operator } => words.with("alarm-operator-unresponsive", [("operator", name(*operator).into())]),
        Alarm::OperatorGone { operator } => words.with("alarm-operator-gone", [("operator", name(*operator).into())]),
        Alarm::LongTalk { operator } => words.with("alarm-long-talk", [("operator", name(*operator).into())]),
        Alarm::LongWithParty { party } => {
            words.with("alarm-long-with-party", [("party", names::party(words, plan(sight), party.as_str()).into())])
        }
        Alarm::NobodyServes { queue } => words.with("alarm-nobody-serves", [("queue", names::queue(words, plan(sight), queue).into())]),
        Alarm::PromiseLate { promise } => {
            let found = sight.live.view.promises.iter().find(|view| view.promise == *promise);
            let reference = found.map_or_else(|| promise.to_string(), |view| view.reference.to_string());
            words.with("alarm-promise-late", [("reference", reference.into())])
        }
    }
}

fn more(words: Words, count: usize) -> Markup {
    html! { @if count > ROWS_SHOWN_MAX { p .quiet { (words.with("lead-more", [("count", (count - ROWS_SHOWN_MAX).into())])) } } }
}

fn plan<'a>(sight: &Sight<'a>) -> &'a Plan {
    &sight.deployment.plan
}
