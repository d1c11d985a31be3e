//! The first question, as on the telephone: is it going on, is anybody in danger? Yes leads to 112.

use super::{
    super::{
        Sight,
        frame::EMERGENCY,
        parts::{self, Choice, Question, Wrong},
    },
    Fields, Page, Step, framed,
};
use maud::{Markup, html};

const FIELD: &str = "danger";

pub(super) fn draw(page: &Page<'_>) -> Markup {
    let words = page.sight.words;
    let legend = words.t("booking-danger");
    let hint = words.t("booking-danger-hint");
    let choice = |value: &str, key: &str| Choice { value: value.into(), label: html! { (words.t(key)) }, hint: None, chosen: false };
    let choices = [choice("yes", "booking-danger-yes"), choice("no", "booking-danger-no")];
    let question = Question { name: FIELD, legend: &legend, heading: true, hint: Some(&hint), wrong: page.wrong };
    let content = parts::form(&html! { (question.draw(&choices, false)) (parts::button(&words.t("public-go-on"))) });
    framed(page, Step::Danger, &legend, &content)
}

/// Whether somebody is in danger.
pub(super) fn take(sight: &Sight, fields: &Fields) -> Result<bool, Wrong> {
    match fields.get(FIELD) {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Wrong::new(FIELD, sight.words.t("booking-danger-wrong"))),
    }
}

/// Ring 112 now.
pub(super) fn ring(page: &Page<'_>) -> Markup {
    let (sight, words) = (page.sight, page.sight.words);
    let title = words.t("booking-112");
    let content = html! {
        h1 .govuk-heading-xl { (title) }
        p { a .govuk-button href={ "tel:" (EMERGENCY) } role="button" draggable="false" { (words.t("public-ring-112")) } }
        p .govuk-body-l { (words.t("booking-112-about")) }
        p .govuk-body { (words.t("booking-112-deaf")) }
        p .govuk-body { a .govuk-link href=(sight.paths.step(Step::Danger)) { (words.t("booking-112-back")) } }
    };
    framed(page, Step::Ring112, &title, &content)
}
