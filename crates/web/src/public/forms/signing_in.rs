//! Signing in by a broker, for one form: the way there, the way back, and out again. The browser is known by the cookie of the
//! form; what leaves with it (`state`, `nonce`, PKCE) lies in the sealed draft, is good for one return and for half an hour.
//! Whoever comes back proved has a draft with a new code: a cookie that somebody else put there, or knows, opens it no more.
//! Nothing of the person is logged, and nobody is led to an address that came from outside.

use super::{
    Place,
    addresses::Hindrance,
    draft::{Attempt, Draft, Held, cookie},
    gone, next,
    said::text,
    sign_in, too_many,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::{Fault, SaysItself},
    guard,
    public::{Sight, Tongue, frame::Frame, paths::Paths},
};
use axum::{
    Extension,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    form::{Form, Identified, SignIn},
    intent::Language,
};
use maud::html;
use serde::Deserialize;
use std::time::Instant;
use switchboard::{DraftCode, NotSignedIn, SignInBroker};

/// What the broker has the browser bring back. Whoever likes can write any of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Returned {
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

fn to(sight: &Sight, form: &Form, place: &Place) -> Response {
    Redirect::to(&sight.paths.place(form, place)).into_response()
}

fn hindered(sight: &Sight, form: &Form, hindrance: Hindrance) -> Response {
    to(sight, form, &Place::NotSignedIn(hindrance))
}

/// Leads the browser to the broker.
pub(super) async fn begin(
    app: &App,
    sight: &Sight,
    form: &Form,
    held: Option<Held>,
    (address, headers): (Address, &HeaderMap),
) -> Result<Response, Fault> {
    let is_over = |held: &Held| held.draft.made.is_some() || held.draft.identified.is_some();
    // Only from a page of ours: nobody is sent to sign in by somebody else's.
    let may = !guard::comes_from_elsewhere(headers) && !held.as_ref().is_some_and(is_over);
    let Some((_, broker)) = sign_in::asked(sight, form).filter(|_| may) else {
        return Ok(Redirect::to(&sight.paths.form(form)).into_response());
    };
    app.filings().take(network(address.0), Instant::now()).map_err(too_many)?;
    let Ok(started) = broker.begin(&sight.paths.signed_in(), sight.words.language).await else {
        return Ok(hindered(sight, form, Hindrance::NoAnswer));
    };
    let (held, is_new) = held.map_or_else(|| (Held::new(), true), |held| (held, false));
    let attempt = Attempt::new(started.secrets, sight.now);
    let Some(held) = held.change(app, form, |draft| draft.attempt = Some(attempt.clone())).await? else { return Ok(gone(sight, form)) };
    let mut response = Redirect::to(&started.address).into_response();
    if is_new {
        response.headers_mut().append(header::SET_COOKIE, cookie(app, form, Some(&held.code)));
    }
    Ok(response)
}

/// `GET /…/signed-in`: comes back from the broker.
pub(super) async fn come_back(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    returned: Result<Query<Returned>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let returned = returned.map(|Query(returned)| returned).unwrap_or_default();
    let (begun, drafts) = begun(&app, &sight, &headers, &returned.state).await?;
    let Some((form, held)) = begun else { return Ok(nothing_begun(&sight, &drafts)) };
    let Some((attempt, held)) = taken(&app, &form, held, &returned.state).await? else { return Ok(nothing_begun(&sight, &[form])) };
    let Some((_, broker)) = sign_in::asked(&sight, &form) else { return Ok(Redirect::to(&sight.paths.form(&form)).into_response()) };
    if attempt.is_over(sight.now) {
        return Ok(hindered(&sight, &form, Hindrance::Failed));
    }
    match person(&sight, &form, broker, &attempt, &returned).await {
        Ok(identified) => renewed(&app, &sight, &form, held, &identified).await,
        Err(hindrance) => Ok(hindered(&sight, &form, hindrance)),
    }
}

/// The form for which this browser has begun the sign-in of this state; and those that it has any answers to.
async fn begun(app: &App, sight: &Sight, headers: &HeaderMap, state: &str) -> Result<(Option<(Form, Held)>, Vec<Form>), Fault> {
    let mut drafts = Vec::new();
    for form in sight.deployment.forms.forms.iter().filter(|form| form.sign_in.is_some()) {
        let Some(held) = Held::of(app, headers, form).await? else { continue };
        if held.draft.attempt.as_ref().is_some_and(|attempt| attempt.secrets.state == state) {
            return Ok((Some((form.clone(), held)), drafts));
        }
        drafts.push(form.clone());
    }
    Ok((None, drafts))
}

/// Takes the attempt out of the draft, so that nobody comes back by it a second time.
async fn taken(app: &App, form: &Form, mut held: Held, state: &str) -> Result<Option<(Attempt, Held)>, Fault> {
    for _ in 0..super::TRIES_MAX {
        let Some(attempt) = held.draft.attempt.take().filter(|attempt| attempt.secrets.state == state) else { return Ok(None) };
        if held.keep(app, form).await? {
            return Ok(Some((attempt, held)));
        }
        let Some(by_now) = held.again(app, form).await? else { return Ok(None) };
        held = by_now;
    }
    Err(Fault::Unavailable)
}

/// Who it is, by the broker's word.
async fn person(
    sight: &Sight,
    form: &Form,
    broker: &SignInBroker,
    attempt: &Attempt,
    returned: &Returned,
) -> Result<Identified, Hindrance> {
    let code = match (returned.error.as_deref(), returned.code.as_deref()) {
        (None, Some(code)) => code,
        (Some("access_denied"), _) => return Err(Hindrance::Cancelled),
        (Some("server_error" | "temporarily_unavailable"), _) => return Err(Hindrance::NoAnswer),
        (Some(_), _) | (None, None) => return Err(Hindrance::Failed),
    };
    let answer = (code, returned.iss.as_deref());
    let told = broker.complete(&sight.paths.signed_in(), answer, &attempt.secrets, sight.now).await;
    let (name, number) = told.map_err(|why| match why {
        NotSignedIn::NoAnswer => Hindrance::NoAnswer,
        NotSignedIn::NotProved => Hindrance::Failed,
    })?;
    let country = form.asks_for_identity().ok_or(Hindrance::Failed)?;
    let today = sight.now.local(&sight.deployment.plan.zone).date();
    Identified::by(broker.name(), sight.now, (name.as_deref(), &number), country, today).ok_or_else(|| {
        tracing::warn!("the broker tells a number of a person that is none of this country's");
        Hindrance::Failed
    })
}

/// The draft with who it is, under a code that nobody knew before. What was filed meanwhile is filed.
async fn renewed(app: &App, sight: &Sight, form: &Form, mut held: Held, identified: &Identified) -> Result<Response, Fault> {
    let _turn = app.filing_turn(&held.code.digest()).lock().await;
    if app.switchboard().filed(&held.code).await.map_err(Fault::Refused)?.is_some() {
        return Ok(to(sight, form, &Place::Check));
    }
    for _ in 0..super::TRIES_MAX {
        let Some(by_now) = held.again(app, form).await? else { return Ok(gone(sight, form)) };
        held = by_now;
        let mut draft = Draft { identified: Some(identified.clone()), attempt: None, ..held.draft.clone() };
        draft.answers.identify(form, identified);
        let body = serde_json::to_value(&draft).map_err(|_| Fault::NotRead)?;
        let code = DraftCode::random();
        let renewed = app.switchboard().renew_form_draft(&held.code, held.revision, &code, (&form.id, &body)).await;
        if renewed.map_err(|_| Fault::NotRead)? {
            let mut response = to(sight, form, &next(form, &draft.answers));
            response.headers_mut().append(header::SET_COOKIE, cookie(app, form, Some(&code)));
            return Ok(response);
        }
    }
    Err(Fault::Unavailable)
}

/// Takes back who it is; the rest stays.
pub(super) async fn sign_out(app: &App, sight: &Sight, form: &Form, held: Held) -> Result<Response, Fault> {
    let Some(held) = held.change(app, form, |draft| draft.sign_out(form)).await? else { return Ok(gone(sight, form)) };
    let needed = sign_in::asked(sight, form).is_some_and(|(sign_in, _)| sign_in == SignIn::Needed);
    Ok(if needed { Redirect::to(&sight.paths.form(form)).into_response() } else { to(sight, form, &next(form, &held.draft.answers)) })
}

/// Nobody in this browser has begun what came back: it was used, is too old, or somebody else's. `drafts` are on.
fn nothing_begun(sight: &Sight, drafts: &[Form]) -> Response {
    let (words, title) = (sight.words, sight.words.t("form-sign-in-over"));
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("form-sign-in-over-about")) }
        @if !drafts.is_empty() { p .govuk-body { (words.t("form-sign-in-back")) } }
        @if drafts.is_empty() { p .govuk-body { a .govuk-link href=(sight.paths.reports()) { (words.t("form-reports")) } } } @else {
            ul .govuk-list .forms {
                @for form in drafts { li { a .govuk-link href=(sight.paths.form(form)) { (text(words, &form.name)) } } }
            }
        }
    };
    let others = Language::ALL.iter().map(|language| (*language, Paths::of(*language).reports())).collect::<Vec<_>>();
    let frame = Frame { sight, title: &title, elsewhere: Paths::reports, back: Some(sight.paths.reports()), wrong: false };
    (StatusCode::GONE, Extension(SaysItself), frame.page_with(&others, &content)).into_response()
}
