//! It was sent: the reference in large type, what happens next, and what to keep.

use super::{super::booking::dates, Place, draft::Filling, said::text};
use domain::{Timestamp, contact::Reference};
use maud::{Markup, html};

/// `token` opens the page on which it is followed; until `answers` the receipt is given with all that was answered.
pub(super) fn draw(filling: &Filling<'_>, token: Option<&str>, answers: Option<Timestamp>) -> Option<Markup> {
    let (sight, words) = (filling.sight, filling.sight.words);
    let reference: Reference = filling.draft.made.as_ref()?.parse().ok()?;
    let title = words.t("form-done");
    let digits = reference.digits().chars().map(String::from).collect::<Vec<_>>().join(" ");
    let content = html! {
        div .govuk-panel .govuk-panel--confirmation {
            h1 .govuk-panel__title { (title) }
            div .govuk-panel__body {
                p .reference-label { (words.t("booking-reference")) }
                strong .reference aria-hidden="true" { (reference) }
                span .govuk-visually-hidden { (digits) }
            }
        }
        p .govuk-body { (words.t("booking-done-reference")) }
        h2 .govuk-heading-m { (words.t("form-after")) }
        p .govuk-body { (text(words, &filling.form.next)) }
        @if let Some(token) = token {
            p .govuk-body { (words.t("form-done-follow")) }
            p { a .govuk-button href=(sight.paths.matter(token)) role="button" draggable="false" { (words.t("form-done-follow-link")) } }
            @if let Some(until) = answers {
                @let receipt = sight.paths.place(filling.form, &Place::Receipt);
                @let time = dates::clock(until, &sight.deployment.plan.zone);
                p .govuk-body { a .govuk-link href=(receipt) download { (words.t("receipt-save-answers")) } }
                p .govuk-hint { (words.with("receipt-save-answers-about", [("time", time.into())])) }
            } @else {
                p .govuk-body { a .govuk-link href=(sight.paths.receipt(token)) download { (words.t("receipt-save")) } }
            }
        }
        p .govuk-body { a .govuk-link href=(sight.paths.start()) { (words.t("public-to-start")) } }
    };
    Some(filling.framed(&Place::Done, &title, None, &[], &content))
}
