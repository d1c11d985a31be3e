//! The lead's page: who waits in the order in which they will be taken and why, in a sentence, operators with the
//! age of their state, promises late and soon, alarms, how often expected waits held, and how well callers are
//! understood. Any matter can be opened; nothing is changed here yet.

mod expected;
mod kept;
mod understood;

use crate::{
    access::Reader,
    additions, alarms,
    app::App,
    clock,
    components::notices,
    fault::Fault,
    idle,
    layout::{self, Frame},
    names,
    preferences::Preferences,
    surges, waiting,
    words::Words,
};
use axum::extract::State;
use domain::{
    Timestamp,
    access::Permission,
    contact::{ContactState, Owner, Reference},
    plan::Plan,
    promise,
    routing::{ContactView, OperatorState, OperatorView, PromiseView},
    service_level::LanguageDays,
    time::{HOUR_MS, MINUTE_MS},
};
use maud::{Markup, html};
use std::cmp::Reverse;
use switchboard::{Comprehension, Deployment, Live};

/// Rows shown of each list; the rest are counted.
const ROWS_SHOWN_MAX: usize = 200;
/// Promises due within this are listed before they are late.
const LISTED_MS: u64 = HOUR_MS;
/// A text message that is owed for longer than this is told.
const MESSAGE_STANDS_MS: u64 = MINUTE_MS;

pub struct Sight<'a> {
    pub words: Words,
    pub deployment: &'a Deployment,
    pub live: &'a Live,
    pub now: Timestamp,
    /// How callers have been understood; none while it is being counted.
    pub understood: Option<&'a [LanguageDays]>,
}

/// `GET /lead`.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let understood = app.switchboard().understood();
    Ok(draw(&sight(preferences.words(), &deployment, &live, understood.as_deref()), &reader, preferences))
}

/// `GET /lead/parts`.
pub async fn parts(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let understood = app.switchboard().understood();
    Ok(lists(&sight(preferences.words(), &deployment, &live, understood.as_deref())))
}

fn sight<'a>(words: Words, deployment: &'a Deployment, live: &'a Live, understood: Option<&'a Vec<LanguageDays>>) -> Sight<'a> {
    Sight { words, deployment, live, now: clock::now(), understood: understood.map(Vec::as_slice) }
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
            div .acts { h1 { (title) } a href="/bookings" { (words.t("booked-title")) } " " a href="/surges" { (words.t("place-surges")) } " " a href="/surveys" { (words.t("surveys-title")) }
                " " a href="/retention" { (words.t("retention-title")) }
                @if reader.may(Permission::SeeAccessLog) { " " a href="/access" { (words.t("access-title")) } }
            }
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
        (part("surges", surges::line(sight.words, plan(sight), sight.live, sight.now)))
        (part("messages", messages(sight)))
        (part("learning", learning(sight)))
        div .lists {
            div .wide {
                (part("alarms", alarm_list(sight)))
                (part("waiting", in_line(sight)))
                (part("under-way", under_way(sight)))
                (part("expected", expected::draw(sight)))
                (part("understood", understood::draw(sight)))
            }
            div .side {
                (part("additions", additions::list(sight.words, plan(sight), sight.live, sight.now)))
                (part("promises", promises(sight)))
                (part("kept", kept::draw(sight)))
                (part("operators", operators(sight)))
            }
        }
    }
}

/// Messages that are owed for longer than one takes: citizens were promised them. And mail to us that is not taken in.
fn messages(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let stands = |oldest: &Timestamp| sight.now.since_ms(*oldest) >= MESSAGE_STANDS_MS;
    let standing =
        sight.live.messages.iter().filter_map(|(medium, stand)| Some((medium, stand.owed.count, stand.owed.oldest.filter(stands)?)));
    html! {
        @for (medium, count, oldest) in standing {
            @let time = clock::time_of_day(oldest, &plan(sight).zone, sight.now);
            @let medium = words.named("medium", medium.word());
            @let told = [("medium", medium.into()), ("count", count.into()), ("time", time.into())];
            p .messages { span .mark.soon { (words.with("messages-owed", told)) } }
        }
        @if let Some(mail_in) = &sight.live.mail_in {
            @if !mail_in.works { p .messages { span .mark.late { (words.t("mail-stands")) } } }
            @if let Some(oldest) = mail_in.oldest.filter(stands) {
                @let time = clock::time_of_day(oldest, &plan(sight).zone, sight.now);
                p .messages { span .mark.soon { (words.with("mail-waiting", [("count", mail_in.waiting.into()), ("time", time.into())])) } }
            }
            @if mail_in.unreadable > 0 {
                p .messages { span .mark.soon { (words.with("mail-unreadable", [("count", mail_in.unreadable.into())])) } }
            }
        }
    }
}

/// That callers are not asked for words yet.
fn learning(sight: &Sight<'_>) -> Markup {
    html! {
        @if let Comprehension::Learning { percent } = sight.live.health.comprehension {
            p #learning .quiet { (sight.words.with("lead-learning", [("percent", u64::from(percent).into())])) }
        }
    }
}

/// A reference that opens its matter.
fn opens(reference: Reference) -> Markup {
    html! { a href={ "/matters/" (reference.digits()) } { (reference) } }
}

fn in_line(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let rows: Vec<_> = waiting::line(&sight.live.view).collect();
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
        tr .explained {
            td .number { (place + 1) }
            th scope="row" .reference { (opens(contact.reference)) }
            td { (queue.unwrap_or_default()) @if contact.call.is_some() { " " span .mark { (words.named("channel", contact.channel.word())) } } }
            td .roomy { (names::matter_of(words, plan(sight), contact)) }
            td .roomy { (words.named("language", contact.language.word())) }
            td .number { (clock::counting_up(contact.queued_since.unwrap_or(contact.since), sight.now)) }
        }
        @if let Some(why) = waiting::why(plan(sight), &sight.live.view, contact) {
            tr .reason { td {} td colspan="5" { (waiting::in_words(words, &why)) } }
        }
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
                                td { (words.named("contact-state", contact.state.word())) @if contact.strict { " " span .mark.late { (words.t("strict")) } } (rests_until(sight, contact)) }
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

/// When a call that waits for its time is made.
fn rests_until(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let until = contact.call.as_ref().filter(|_| contact.state == ContactState::Resting).map(|call| call.not_before);
    html! {
        @if let Some(until) = until {
            @let time = clock::time_of_day(until, &plan(sight).zone, sight.now);
            " " span .quiet { (sight.words.with("rests-until", [("time", time.into())])) }
        }
    }
}

fn owner(sight: &Sight<'_>, owner: &Owner) -> String {
    names::owner(sight.words, plan(sight), sight.live, owner)
}

fn promises(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let due = |promise: &&PromiseView| {
        promise.paused.is_none() && promise.due < sight.now.plus_ms(LISTED_MS) || promise.state(sight.now) == promise::State::Soon
    };
    let mut rows: Vec<_> = sight.live.view.promises.iter().filter(due).collect();
    // Furthest gone first; of the same step, who has waited longest.
    rows.sort_by_key(|promise| (Reverse(promise.step.map(|at| at.step)), promise.due, promise.promise));
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
    let soon = matches!(promise.state(sight.now), promise::State::Soon | promise::State::Due);
    html! {
        tr {
            td .due {
                (clock::time_of_day(promise.due, &plan(sight).zone, sight.now)) " "
                @if promise.is_late(sight.now) { span .mark.late { (words.t("due-late")) " " (clock::counting_up(promise.due, sight.now)) } }
                @else { span .mark .soon[soon] { (words.t(if soon { "due-soon" } else { "due-in" })) " " (clock::counting_down(promise.due, sight.now)) } }
            }
            td {
                (words.named("promise", promise.kind.word())) " " span .number { (opens(promise.reference)) }
                @if let Some(at) = promise.step { " " span .quiet { (names::escalation(words, at)) } }
            }
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
    let why_idle = idle::in_words(words, plan(sight), operator, sight.now).filter(|_| idle::is_worth_telling(operator));
    html! {
        tr .explained[why_idle.is_some()] {
            th scope="row" { (names::operator(words, sight.live, operator.operator)) " " span .quiet { (site) } }
            td {
                span .mark .late[warn] { (words.named("operator-state", operator.state.word())) }
                @if let Some(reason) = operator.pause { " " span .quiet { (words.named("pause", reason.word())) } }
            }
            td .number { (clock::counting_up(operator.since, sight.now)) }
        }
        @if let Some(why) = why_idle { tr .reason { td colspan="3" { (why) } } }
    }
}

fn alarm_list(sight: &Sight<'_>) -> Markup {
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
                            span .mark.late { (alarms::in_words(words, plan(sight), sight.live, notice)) }
                        }
                    }
                }
            }
        }
    }
}

fn more(words: Words, count: usize) -> Markup {
    html! { @if count > ROWS_SHOWN_MAX { p .quiet { (words.with("lead-more", [("count", (count - ROWS_SHOWN_MAX).into())])) } } }
}

fn plan<'a>(sight: &Sight<'a>) -> &'a Plan {
    &sight.deployment.plan
}
