//! It is booked: the reference, what happens next and when, the file for a calendar, and the way to change it.

use super::{
    super::{parts, paths::Act},
    Page, Step, core, dates, framed, kept,
};
use crate::fault::Fault;
use maud::{Markup, html};

pub(super) async fn draw(page: &Page<'_>) -> Result<Markup, Fault> {
    let (sight, words) = (page.sight, page.sight.words);
    let Some(made) = &page.draft.made else { return Err(Fault::NotFound) };
    let Some(booked) = core::booking(page.app, &made.token).await? else { return Err(Fault::NotFound) };
    let title = words.t("booking-done");
    let zone = &sight.deployment.plan.zone;
    let when = dates::day_and_clock(words, booked.slot, zone);
    let digits = booked.reference.digits().chars().map(String::from).collect::<Vec<_>>().join(" ");
    let content = html! {
        div .govuk-panel .govuk-panel--confirmation {
            h1 .govuk-panel__title { (title) }
            div .govuk-panel__body {
                (when)
                p .reference-label { (words.t("booking-reference")) }
                strong .reference aria-hidden="true" { (booked.reference) }
                span .govuk-visually-hidden { (digits) }
            }
        }
        p .govuk-body { (words.t("booking-done-reference")) }
        h2 .govuk-heading-m { (words.t("booking-next")) }
        (kept::next(sight, &booked))
        h2 .govuk-heading-m { (words.t("booking-keep")) }
        ul .govuk-list .govuk-list--bullet {
            li { a .govuk-link href=(sight.paths.act(&made.token, Act::Calendar)) download { (words.t("booking-calendar")) } }
            li { a .govuk-link href=(sight.paths.booking(&made.token)) { (words.t("booking-change-link")) } }
        }
        p .govuk-body { (words.t("booking-keep-about")) }
        (parts::rows(words, &kept::rows(sight, &booked)))
    };
    Ok(framed(page, Step::Done, &title, &content))
}
