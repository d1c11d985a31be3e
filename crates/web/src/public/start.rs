//! The first page of each language: what can be done here, and who should ring instead.

use super::{Sight, Tongue, booking, forms, frame::Frame, paths::Paths};
use crate::app::App;
use axum::{Extension, extract::State};
use maud::{Markup, html};

/// `GET /sv`, `/en`, `/da`.
pub(crate) async fn page(State(app): State<App>, Extension(Tongue(language)): Extension<Tongue>) -> Markup {
    let sight = Sight::of(&app, language);
    let words = sight.words;
    let authority = sight.authority();
    let content = html! {
        h1 .govuk-heading-xl { (authority) }
        p .govuk-body-l { (words.t("public-start-lead")) }
        h2 .govuk-heading-m { (words.t("public-start-112")) }
        p .govuk-body { (words.t("public-start-112-about")) }
        (forms::list(&sight))
        @if booking::offered(&sight.deployment) {
            h2 .govuk-heading-m { (words.t("public-start-book")) }
            p .govuk-body { (words.t("public-start-book-about")) }
            p { a .govuk-button href=(sight.paths.book()) role="button" draggable="false" { (words.t("public-start-book")) } }
            h2 .govuk-heading-m { (words.t("public-start-booked")) }
            p .govuk-body { (words.t("public-start-booked-about")) }
        }
        h2 .govuk-heading-m { (words.t("public-start-add")) }
        p .govuk-body { (words.t("public-start-add-about")) }
        p .govuk-body { a .govuk-link href=(sight.paths.add()) { (words.t("add-begin")) } }
        h2 .govuk-heading-m { (words.t("public-start-ring")) }
        p .govuk-body { (words.with("public-start-ring-about", [("number", sight.number_to_read().into())])) }
    };
    Frame { sight: &sight, title: &authority, elsewhere: Paths::start, back: None, wrong: false }.page(&content)
}
