//! The parts that citizens' pages are made of, in the patterns of govuk-frontend: one summary of what is to be put
//! right, fields that say what is wrong beside themselves, and answers to choose from.

use super::{Sight, written};
use crate::{fault::SaysItself, words::Words};
use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

/// Something that is to be put right in one field of a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    /// Where the link of the summary leads; the field's name and id.
    pub field: String,
    /// In the page's language.
    pub told: String,
}

impl Wrong {
    pub fn new(field: impl Into<String>, told: String) -> Self {
        Self { field: field.into(), told }
    }
}

/// The answer to a text that is longer than its field.
pub(super) fn too_long(sight: &Sight, field: &'static str, text: &str, chars_max: usize) -> Option<Wrong> {
    (!written::fits(text, chars_max)).then(|| Wrong::new(field, sight.words.with("public-too-long", [("count", chars_max.into())])))
}

/// A page on which something is to be put right.
pub(super) fn refused(page: Markup) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Extension(SaysItself), page).into_response()
}

pub(super) fn of<'a>(field: &str, wrong: &'a [Wrong]) -> Option<&'a str> {
    wrong.iter().find(|one| one.field == field).map(|one| one.told.as_str())
}

/// What is to be put right, on top of the page, where the reader is led first.
pub(super) fn summary(words: Words, wrong: &[Wrong]) -> Markup {
    html! {
        @if !wrong.is_empty() {
            div #wrong .govuk-error-summary tabindex="-1" autofocus aria-labelledby="wrong-title" role="alert" {
                h2 #wrong-title .govuk-error-summary__title { (words.t("public-wrong")) }
                div .govuk-error-summary__body {
                    ul .govuk-list .govuk-error-summary__list {
                        @for one in wrong { li { a href={ "#" (one.field) } { (one.told) } } }
                    }
                }
            }
        }
    }
}

/// A form that changes something. `content` ends with a button.
pub(super) fn form(content: &Markup) -> Markup {
    html! { form method="post" novalidate { (content) } }
}

pub(super) fn button(text: &str) -> Markup {
    html! { button .govuk-button type="submit" { (text) } }
}

/// One of the answers to choose from.
pub(super) struct Choice {
    pub value: String,
    pub label: Markup,
    pub hint: Option<String>,
    pub chosen: bool,
}

/// A question with answers of which one is chosen.
pub(super) struct Question<'a> {
    pub name: &'static str,
    pub legend: &'a str,
    /// The question is the page's heading.
    pub heading: bool,
    pub hint: Option<&'a str>,
    pub wrong: &'a [Wrong],
}

impl Question<'_> {
    fn group(&self, content: &Markup) -> Markup {
        let told = of(self.name, self.wrong);
        let described = described(self.name, self.hint.is_some(), told.is_some());
        html! {
            div .govuk-form-group .govuk-form-group--error[told.is_some()] {
                fieldset .govuk-fieldset aria-describedby=[described] {
                    legend .govuk-fieldset__legend .{ "govuk-fieldset__legend--" (if self.heading { "l" } else { "m" }) } {
                        @if self.heading { h1 .govuk-fieldset__heading { (self.legend) } } @else { (self.legend) }
                    }
                    @if let Some(hint) = self.hint { div .govuk-hint id={ (self.name) "-hint" } { (hint) } }
                    (told_beside(self.name, told))
                    (content)
                }
            }
        }
    }

    /// `small`: many short answers side by side.
    pub fn draw(&self, choices: &[Choice], small: bool) -> Markup {
        self.group(&html! {
            div .govuk-radios .times[small] {
                @for (n, choice) in choices.iter().enumerate() {
                    @let id = if n == 0 { self.name.to_owned() } else { format!("{}-{n}", self.name) };
                    div .govuk-radios__item {
                        input .govuk-radios__input type="radio" id=(id) name=(self.name) value=(choice.value) checked[choice.chosen]
                            aria-describedby=[choice.hint.as_ref().map(|_| format!("{id}-hint"))];
                        label .govuk-label .govuk-radios__label for=(id) { (choice.label) }
                        @if let Some(hint) = &choice.hint { div .govuk-hint .govuk-radios__hint id={ (id) "-hint" } { (hint) } }
                    }
                }
            }
        })
    }
}

pub(super) fn described(name: &str, hint: bool, wrong: bool) -> Option<String> {
    let hint = hint.then(|| format!("{name}-hint"));
    let wrong = wrong.then(|| format!("{name}-wrong"));
    let all: Vec<String> = hint.into_iter().chain(wrong).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

pub(super) fn told_beside(name: &str, told: Option<&str>) -> Markup {
    html! { @if let Some(told) = told { p .govuk-error-message id={ (name) "-wrong" } { (told) } } }
}

/// A field for a line, or for several.
pub(super) struct Field<'a> {
    pub name: &'static str,
    pub label: &'a str,
    pub hint: Option<&'a str>,
    pub value: &'a str,
    /// "tel", "email", "text".
    pub kind: &'static str,
    /// What the browser may fill in ("tel", "name"); "off" for nothing.
    pub autocomplete: &'static str,
    /// Lines; one is a field of one line.
    pub lines: u8,
    /// A list of words to choose from, by its id.
    pub list: Option<&'static str>,
    pub wrong: &'a [Wrong],
}

impl Field<'_> {
    pub fn draw(&self) -> Markup {
        let told = of(self.name, self.wrong);
        let described = described(self.name, self.hint.is_some(), told.is_some());
        let invalid = told.map(|_| "true");
        html! {
            div .govuk-form-group .govuk-form-group--error[told.is_some()] {
                label .govuk-label .govuk-label--s for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint { div .govuk-hint id={ (self.name) "-hint" } { (hint) } }
                (told_beside(self.name, told))
                @if self.lines > 1 {
                    textarea .govuk-textarea .govuk-textarea--error[told.is_some()] id=(self.name) name=(self.name) rows=(self.lines)
                        autocomplete=(self.autocomplete) aria-describedby=[described] aria-invalid=[invalid] dir="auto" {
                        "\n" (self.value)
                    }
                } @else {
                    input .govuk-input .govuk-input--error[told.is_some()] id=(self.name) name=(self.name) type=(self.kind)
                        value=(self.value) autocomplete=(self.autocomplete) list=[self.list] aria-describedby=[described] aria-invalid=[invalid]
                        spellcheck="false" dir=(if self.kind == "text" { "auto" } else { "ltr" });
                }
            }
        }
    }
}

/// One answer beside the others: "I do not know".
pub(super) fn tick(name: &str, label: &str, chosen: bool) -> Markup {
    html! {
        div .govuk-form-group {
            div .govuk-checkboxes {
                div .govuk-checkboxes__item {
                    input .govuk-checkboxes__input type="checkbox" id=(name) name=(name) value="yes" checked[chosen];
                    label .govuk-label .govuk-checkboxes__label for=(name) { (label) }
                }
            }
        }
    }
}

/// What was answered, with a way to change it.
pub(super) struct Row {
    pub key: String,
    pub value: Markup,
    /// Where it is changed, and what the link says of it.
    pub change: Option<(String, String)>,
}

pub(super) fn rows(words: Words, rows: &[Row]) -> Markup {
    html! {
        dl .govuk-summary-list {
            @for row in rows {
                div .govuk-summary-list__row {
                    dt .govuk-summary-list__key { (row.key) }
                    dd .govuk-summary-list__value { (row.value) }
                    @if let Some((address, what)) = &row.change {
                        dd .govuk-summary-list__actions {
                            a .govuk-link href=(address) { (words.t("public-change")) span .govuk-visually-hidden { " " (what) } }
                        }
                    }
                }
            }
        }
    }
}
