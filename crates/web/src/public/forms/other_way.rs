//! An answer led another way: why, and where to go instead. What was answered stays, should the answer have been a slip.

use super::{
    super::{Sight, frame::EMERGENCY},
    Place,
    draft::Filling,
    said::text,
};
use domain::form::Way;
use maud::{Markup, html};

pub(super) fn draw(filling: &Filling<'_>) -> Option<Markup> {
    let (sight, words) = (filling.sight, filling.sight.words);
    let stop = filling.form.stop(&filling.draft.answers)?;
    let is_emergency = stop.lead.way == Way::Emergency;
    let title = words.t(if is_emergency { "booking-112" } else { "form-other-way" });
    let back = sight.paths.at(filling.form, stop.page, stop.row);
    let content = html! {
        h1 .{ "govuk-heading-" (if is_emergency { "xl" } else { "l" }) } { (title) }
        p .govuk-body-l { (text(words, &stop.lead.text)) }
        (button(sight, &stop.lead.way))
        @if is_emergency { p .govuk-body { (words.t("booking-112-deaf")) } }
        p .govuk-body { a .govuk-link href=(back) { (words.t("form-other-way-back")) } }
    };
    Some(filling.framed(&Place::OtherWay, &title, Some(back.clone()), &[], &content))
}

/// Where the way leads, as a button; a time only where times can be booked.
fn button(sight: &Sight, to: &Way) -> Markup {
    let (address, said) = target(sight, to);
    html! { p { a .govuk-button href=(address) role="button" draggable="false" { (said) } } }
}

/// The same within a line.
pub(super) fn way(sight: &Sight, to: &Way) -> Markup {
    let (address, said) = target(sight, to);
    html! { a .govuk-link href=(address) { (said) } }
}

fn target(sight: &Sight, to: &Way) -> (String, String) {
    let words = sight.words;
    let ring = || (format!("tel:{}", sight.number()), words.with("form-ring", [("number", sight.number_to_read().into())]));
    match to {
        Way::Emergency => (format!("tel:{EMERGENCY}"), words.t("public-ring-112")),
        Way::Book if super::super::booking::offered(&sight.deployment) => (sight.paths.book(), words.t("public-start-book")),
        Way::Ring | Way::Book => ring(),
        Way::Form(id) => match sight.deployment.forms.form(id) {
            Some(form) => (sight.paths.form(form), text(words, &form.name).to_owned()),
            None => ring(),
        },
        Way::Address(address) => (address.clone(), address.trim_start_matches("https://").trim_end_matches('/').to_owned()),
    }
}
