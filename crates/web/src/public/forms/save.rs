//! Setting a form aside: the code under which it is opened again, on this device or another, and the page that asks for it.

use super::{
    super::{
        Sight, Tongue,
        fields::unreadable,
        frame::Frame,
        parts::{self, Field, Wrong, refused},
        paths::Paths,
    },
    Place,
    draft::{Filling, Held, cookie},
    too_many,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::Fault,
};
use axum::{
    Extension, Form as Sent,
    extract::{State, rejection::FormRejection},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use domain::{form::Entered, time::HOUR_MS};
use maud::{Markup, html};
use std::time::Instant;
use switchboard::{DraftCode, FORM_DRAFT_KEPT_MS};

const CODE: &str = "code";

pub(super) fn draw(filling: &Filling<'_>, code: &DraftCode) -> Markup {
    let (sight, words) = (filling.sight, filling.sight.words);
    let title = words.t("form-saved");
    let days = FORM_DRAFT_KEPT_MS / (24 * HOUR_MS);
    let next = sight.paths.place(filling.form, &filling.next());
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.with("form-saved-about", [("count", days.into())])) }
        p .govuk-body .code { strong { (code.to_read()) } }
        p .govuk-body { (words.t("form-saved-where")) " " a .govuk-link href=(sight.paths.go_on()) { (words.t("form-go-on")) } }
        p .govuk-body { (words.t("form-saved-secret")) }
        p { a .govuk-button href=(next) role="button" draggable="false" { (words.t("form-begun")) } }
    };
    filling.framed(&Place::Save, &title, Some(next.clone()), &[], &content)
}

fn ask(sight: &Sight, written: &str, wrong: &[Wrong]) -> Markup {
    let words = sight.words;
    let (title, label, hint) = (words.t("form-go-on"), words.t("form-code"), words.t("form-code-hint"));
    let field = Field {
        name: CODE,
        label: &label,
        hint: Some(&hint),
        value: written,
        kind: "text",
        autocomplete: "off",
        lines: 1,
        list: None,
        wrong,
    };
    let content = html! {
        (parts::summary(words, wrong))
        h1 .govuk-heading-l { (title) }
        (parts::form(&html! { (field.draw()) (parts::button(&words.t("public-go-on"))) }))
    };
    let back = Some(sight.paths.start());
    Frame { sight, title: &title, elsewhere: Paths::go_on, back, wrong: !wrong.is_empty() }.page(&content)
}

/// `GET /…/report/go-on`
pub(super) async fn go_on(State(app): State<App>, Extension(Tongue(language)): Extension<Tongue>) -> Markup {
    ask(&Sight::of(&app, language), "", &[])
}

/// `POST /…/report/go-on`: a code that opens nothing is answered as one that was written wrong.
pub(super) async fn open(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    address: Address,
    sent: Result<Sent<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let Sent(fields) = sent.map_err(|rejection| unreadable(&rejection))?;
    let entered = Entered::new(fields);
    app.filings().take(network(address.0), Instant::now()).map_err(too_many)?;
    let written = entered.raw(CODE);
    let kept = match DraftCode::read(written) {
        Some(code) => app.switchboard().form_draft(&code).await.map_err(|_| Fault::NotRead)?.map(|kept| (code, kept)),
        None => None,
    };
    let opened = kept.and_then(|(code, kept)| Some((code, sight.deployment.forms.form(&kept.form)?)));
    let held = match opened {
        Some((code, form)) => Held::known_by(code).again(&app, form).await?.map(|held| (held, form)),
        None => None,
    };
    let Some((mut held, form)) = held else {
        let wrong = [Wrong::new(CODE, sight.words.t("form-code-wrong"))];
        return Ok(refused(ask(&sight, written, &wrong)));
    };
    // A code opens what was answered, and proves nobody.
    if held.draft.identified.is_some() || held.draft.attempt.is_some() {
        held = held.change(&app, form, |draft| draft.sign_out(form)).await?.ok_or(Fault::NotRead)?;
    }
    let filling = Filling { sight: &sight, form, draft: &held.draft, revision: held.revision };
    let to = filling.instead_of(&Place::Done).unwrap_or(Place::Done);
    let mut response = Redirect::to(&sight.paths.place(form, &to)).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie(&app, form, Some(&held.code)));
    Ok(response)
}
