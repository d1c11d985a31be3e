//! The page of surges as it is drawn, and the line that the lead's page has of them.

use super::{Done, MINUTES_OFFERED, classes, of_class};
use crate::{
    access::Reader,
    clock,
    layout::{self, Frame},
    names,
    preferences::Preferences,
    words::Words,
};
use domain::{
    QueueId, Timestamp,
    access::Permission,
    contact::SurgeReason,
    plan::{Class, Plan, SurgeOffer},
    routing::SurgeView,
    time::{HOUR_MS, MINUTE_MS},
};
use maud::{Markup, html};
use switchboard::{Deployment, Live};

pub struct Sight<'a> {
    pub words: Words,
    pub deployment: &'a Deployment,
    pub live: &'a Live,
    pub now: Timestamp,
    pub done: Option<Done>,
}

/// The whole page.
#[must_use]
pub fn draw(sight: &Sight<'_>, reader: &Reader, preferences: Preferences) -> Markup {
    let words = sight.words;
    let title = words.t("surges-title");
    let frame = Frame { preferences, title: &title, reader: Some(reader), here: "surges", address: "/surges", parts: &[] };
    let may_act = reader.may(Permission::LeadQueues) && reader.operator.is_some();
    let content = html! {
        main #content .page .surges-page tabindex="-1" {
            h1 { (title) }
            @if let Some(done) = sight.done { p #note .note role="status" tabindex="-1" autofocus { (words.t(key_of(done))) } }
            p { (words.t("surges-about")) }
            div { @for class in classes(&sight.deployment.plan) { (row(sight, class, may_act)) } }
        }
    };
    layout::page(&frame, &content)
}

fn key_of(done: Done) -> &'static str {
    match done {
        Done::Declared => "surges-done-declared",
        Done::Ended => "surges-done-ended",
    }
}

/// A class: who waits, what its callers are offered, and what a leader can do about it.
fn row(sight: &Sight<'_>, class: &Class, may_act: bool) -> Markup {
    let (words, plan) = (sight.words, &*sight.deployment.plan);
    let surge = of_class(sight.live, &class.id);
    let title = format!("surge-{}", class.id);
    html! {
        section .surge aria-labelledby=(title) data-class=(class.id) {
            div {
                h2 #(title) { (names::class(words, class)) }
                @if let Some(surge) = surge { p { span .mark.soon { (until(words, plan, surge, sight.now)) } } }
                p { (words.with("surges-waiting", [("count", waiting(sight.live, class).into())])) }
                p .quiet { (offer(words, class.surge_offer)) }
            }
            @if may_act { (form(words, class, surge.is_some())) }
        }
    }
}

fn until(words: Words, plan: &Plan, surge: &SurgeView, now: Timestamp) -> String {
    words.with("surges-until", [("time", clock::time_of_day(surge.until, &plan.zone, now).into())])
}

/// In all regions.
fn waiting(live: &Live, class: &Class) -> usize {
    live.view.queues.iter().filter(|view| view.queue == QueueId::of(&view.region, &class.id)).map(|view| view.waiting).sum()
}

fn offer(words: Words, offer: Option<SurgeOffer>) -> String {
    match offer {
        Some(SurgeOffer::LaterCall { within_ms }) => words.with("surges-offer-later-call", [("within", span(words, within_ms).into())]),
        Some(SurgeOffer::Web) => words.t("surges-offer-web"),
        None => words.t("surges-offer-none"),
    }
}

/// "30 minutes", "24 hours".
fn span(words: Words, ms: u64) -> String {
    if ms.is_multiple_of(HOUR_MS) {
        words.with("surges-hours", [("count", (ms / HOUR_MS).into())])
    } else {
        words.with("surges-minutes", [("count", ms.div_ceil(MINUTE_MS).into())])
    }
}

fn form(words: Words, class: &Class, is_on: bool) -> Markup {
    let id = |part: &str| format!("{part}-{}", class.id);
    html! {
        form method="post" action="/surges" aria-labelledby=(id("surge")) {
            input type="hidden" name="class" value=(class.id);
            p {
                label for=(id("surge-minutes")) { (words.t("surges-for")) }
                select #(id("surge-minutes")) name="minutes" {
                    @for minutes in MINUTES_OFFERED { option value=(minutes) { (span(words, minutes * MINUTE_MS)) } }
                }
            }
            p {
                label for=(id("surge-reason")) { (words.t("surges-reason")) }
                select #(id("surge-reason")) name="reason" {
                    @for reason in SurgeReason::ALL { option value=(reason.word()) { (words.named("surge-reason", reason.word())) } }
                }
            }
            div .acts {
                button type="submit" name="act" value="declare" { (words.t(if is_on { "surges-set-time" } else { "surges-declare" })) }
                @if is_on { button type="submit" name="act" value="end" { (words.t("surges-end")) } }
            }
        }
    }
}

/// What is declared now, in one line; nothing when nothing is.
#[must_use]
pub fn line(words: Words, plan: &Plan, live: &Live, now: Timestamp) -> Markup {
    let one = |surge: &SurgeView| {
        let time = clock::time_of_day(surge.until, &plan.zone, now);
        words.with("surges-one", [("class", names::class_of_id(words, plan, &surge.class).into()), ("time", time.into())])
    };
    let told: Vec<String> = live.view.surges.iter().map(one).collect();
    html! {
        @if !told.is_empty() { p #surges { a href="/surges" { (words.t("surges-title")) } ": " (told.join(", ")) "." } }
    }
}
