//! All answers once more, with a way to change each. What is sent is what was seen here.

use super::{
    Place, TRIES_MAX,
    draft::{Draft, Filling, Held},
    gone, said,
    said::text,
    sign_in,
};
use crate::{
    app::App,
    fault::Fault,
    public::{
        Sight,
        parts::{self, Row as Line, Wrong, refused},
    },
    words::Words,
};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{
    form::{Answers, Entered, Form, Given, Kind},
    report::{PartyRole, ReportParty},
};
use maud::{Markup, html};
use switchboard::FiledForm;

/// Which answers were seen.
const SEEN: &str = "seen";

pub(super) fn draw(filling: &Filling<'_>, wrong: &[Wrong]) -> Markup {
    let (sight, words, form) = (filling.sight, filling.sight.words, filling.form);
    let title = words.t("booking-check");
    let content = html! {
        h1 #(SEEN) .govuk-heading-l { (title) }
        @for page in filling.form.sheet(&filling.draft.answers).pages {
            @if let Some(heading) = said::heading(words, &page) {
                h2 .govuk-heading-m { (heading) }
            }
            (parts::rows(words, &page.rows.iter().map(|answer| {
                let label = text(words, &answer.question.label);
                let said = said::said(words, &sight.deployment.places.areas, answer.question, answer.given);
                let value = html! { bdi { @for line in said.lines() { (line) br; } } };
                // What the broker told is not for whoever signed in to change.
                let is_known = filling.draft.identified.as_ref().is_some_and(|who| who.answer(page.page, answer.question).is_some());
                let change = (!is_known).then(|| (sight.paths.at(form, page.page, page.row.unwrap_or(0)), label.to_lowercase()));
                Line { key: label.to_owned(), value, change }
            }).collect::<Vec<_>>()))
        }
        (parts::form(&html! {
            input type="hidden" name=(SEEN) value=(filling.revision);
            p .govuk-body { (words.t("form-send-about")) }
            (parts::button(&words.t("form-send")))
        }))
    };
    let last = form.shown(&filling.draft.answers).last().map(|page| match page.repeats {
        Some(_) => sight.paths.place(form, &Place::More(page.id.clone())),
        None => sight.paths.at(form, page, 0),
    });
    filling.framed(&Place::Check, &title, last, wrong, &content)
}

/// Sends it. Sent twice, from two windows or long after, it is the same report.
pub(super) async fn send(app: &App, sight: &Sight, form: &Form, held: Held, entered: &Entered) -> Result<Response, Fault> {
    let turn = app.filing_turn(&held.code.digest());
    let _turn = turn.lock().await;
    let Some(held) = held.again(app, form).await? else { return Ok(gone(sight, form)) };
    let done = Redirect::to(&sight.paths.place(form, &Place::Done)).into_response();
    let filling = Filling { sight, form, draft: &held.draft, revision: held.revision };
    // The process may have died between the report and its reference.
    if held.draft.made.is_none() && app.switchboard().filed(&held.code).await.map_err(Fault::Refused)?.is_none() {
        if sign_in::is_missing(sight, form, &held.draft) {
            return Ok(Redirect::to(&sight.paths.form(form)).into_response());
        }
        if let Some(instead) = filling.instead_of(&Place::Check) {
            return Ok(Redirect::to(&sight.paths.place(form, &instead)).into_response());
        }
        if entered.raw(SEEN) != held.revision.to_string() {
            return Ok(refused(draw(&filling, &[Wrong::new(SEEN, sight.words.t("booking-changed-elsewhere"))])));
        }
    }
    if held.draft.made.is_none() {
        let filed = filed(sight, form, &held.draft);
        let reference = app.switchboard().file_form(&held.code, filed).await.map_err(Fault::Refused)?;
        close(app, form, held, &reference.digits()).await?;
    }
    Ok(done)
}

/// Keeps the reference in the place of the answers, also where another window changed them meanwhile: what is filed is
/// filed, and nothing that is changed afterwards may look as if it had been sent.
async fn close(app: &App, form: &Form, mut held: Held, reference: &str) -> Result<(), Fault> {
    for _ in 0..TRIES_MAX {
        held.draft = Draft { made: Some(reference.to_owned()), ..Draft::default() };
        if held.keep(app, form).await? {
            return Ok(());
        }
        let Some(by_now) = held.again(app, form).await? else { return Ok(()) };
        held = by_now;
    }
    Err(Fault::Unavailable)
}

/// What goes to the operators, in their language.
fn filed(sight: &Sight, form: &Form, draft: &Draft) -> FiledForm {
    let answers = &draft.answers;
    let areas = &sight.deployment.places.areas;
    let theirs = Words::new(sight.deployment.language());
    let report = form.report(answers, theirs.language, &|code| sight.deployment.municipality(code));
    let reporter = report.parties.into_iter().find(|party| party.role == PartyRole::Reporter);
    let of = |field: fn(ReportParty) -> String| reporter.clone().map(field).filter(|text| !text.is_empty());
    FiledForm {
        form: form.id.clone(),
        intent: form.intent,
        language: sight.words.language,
        region: municipality(form, answers).and_then(|code| areas.of_municipality(&code)?.region().cloned()),
        subject: text(theirs, &form.name).to_owned(),
        text: said::sheet(theirs, areas, form, &form.sheet(answers)),
        answers: serde_json::to_value(answers).unwrap_or_default(),
        identified: draft.identified.clone(),
        name: of(|party| party.name),
        number: of(|party| party.telephone),
        mail: of(|party| party.mail),
    }
}

/// Where it happened: the first place that names a municipality.
fn municipality(form: &Form, answers: &Answers) -> Option<String> {
    let places = form.sheet(answers).pages.into_iter().flat_map(|page| page.rows);
    let mut codes = places.filter(|row| row.question.kind == Kind::Place).filter_map(|row| match row.given {
        Given::Place { municipality, .. } => municipality.clone(),
        _ => None,
    });
    codes.next()
}
