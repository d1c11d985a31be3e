//! Where reports begin: the list of forms, and of each what is needed, how long it takes and who goes another way.

use super::{
    super::{Sight, Tongue, frame::Frame, paths::Paths},
    draft::Held,
    known,
    other_way::way,
    said::text,
    sign_in,
};
use crate::{app::App, fault::Fault};
use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
};
use domain::{form::Status, intent::Language};
use maud::{Markup, html};

/// The forms, as links; nothing where the deployment has none.
pub(in crate::public) fn list(sight: &Sight) -> Markup {
    let words = sight.words;
    html! {
        @if !sight.deployment.forms.forms.is_empty() {
            h2 .govuk-heading-m #reports { (words.t("form-list")) }
            p .govuk-body { (words.t("form-list-about")) }
            ul .govuk-list .forms {
                @for form in &sight.deployment.forms.forms {
                    li {
                        a .govuk-link href=(sight.paths.form(form)) { (text(words, &form.name)) }
                        div .govuk-hint { (text(words, &form.about)) }
                    }
                }
            }
            p .govuk-body { a .govuk-link href=(sight.paths.go_on()) { (words.t("form-go-on")) } }
        }
    }
}

/// `GET /…/report`
pub(super) async fn all(State(app): State<App>, Extension(Tongue(language)): Extension<Tongue>) -> Result<Markup, Fault> {
    let sight = Sight::of(&app, language);
    if sight.deployment.forms.forms.is_empty() {
        return Err(Fault::NotFound);
    }
    let title = sight.words.t("form-reports");
    let content = html! {
        h1 .govuk-heading-xl { (title) }
        (list(&sight))
    };
    let frame = Frame { sight: &sight, title: &title, elsewhere: Paths::reports, back: Some(sight.paths.start()), wrong: false };
    Ok(frame.page(&content))
}

/// `GET /…/report/{form}`
pub(super) async fn page(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(form): Path<String>,
    headers: HeaderMap,
) -> Result<Markup, Fault> {
    let sight = Sight::of(&app, language);
    let form = known(&sight, &form)?;
    let words = sight.words;
    let title = text(words, &form.name);
    let begun = Held::of(&app, &headers, &form).await?.filter(|held| held.draft.made.is_none());
    let first = form.pages.first().ok_or(Fault::NotFound)?;
    let (to, button) = match &begun {
        Some(held) => (sight.paths.place(&form, &super::next(&form, &held.draft.answers)), "form-begun"),
        None => (sight.paths.at(&form, first, 0), "form-begin"),
    };
    let content = html! {
        h1 .govuk-heading-xl { (title) }
        p .govuk-body-l { (text(words, &form.about)) }
        @if form.status == Status::Proposed { p .govuk-inset-text { (words.t("form-proposed")) } }
        @if !form.not_for.is_empty() {
            h2 .govuk-heading-m { (words.t("form-not-for")) }
            ul .govuk-list .govuk-list--bullet { @for entry in &form.not_for { li { (text(words, &entry.who)) " " (way(&sight, &entry.way)) } } }
        }
        @if !form.needs.is_empty() {
            h2 .govuk-heading-m { (words.t("form-needs")) }
            ul .govuk-list .govuk-list--bullet { @for need in &form.needs { li { (text(words, need)) } } }
            p .govuk-body { (words.t("form-needs-not-all")) }
        }
        p .govuk-body { (words.with("form-long", [("count", u64::from(form.minutes).into())])) }
        @if form.anonymous { p .govuk-body { (words.t("form-anonymous")) } }
        (sign_in::offer(&sight, &form, begun.as_ref().map(|held| &held.draft), (&to, button)))
        @if let Some(held) = &begun { (sign_in::standing(&sight, &form, &held.draft)) }
        h2 .govuk-heading-m { (words.t("form-after")) }
        p .govuk-body { (text(words, &form.next)) }
        p .govuk-body { (words.t("form-data")) }
    };
    let others = Language::ALL.iter().map(|language| (*language, Paths::of(*language).form(&form))).collect::<Vec<_>>();
    let frame = Frame { sight: &sight, title, elsewhere: Paths::start, back: Some(sight.paths.start()), wrong: false };
    Ok(frame.page_with(&others, &content))
}
