//! Booking a time: one question a page. Each answer is kept when its page is sent, then the first question that has no
//! answer comes. The time is held when it is chosen; it is booked when everything was seen once more.
//!
//! A page that is sent twice, from two windows or long after, is answered in words and changes nothing that was not seen.

pub(crate) mod appointment;
mod check;
mod contact;
mod core;
mod danger;
pub(crate) mod dates;
mod done;
pub(crate) mod drafts;
pub(crate) mod kept;
mod language;
mod matter;
mod place;
mod steps;
mod time;
mod way;

pub(crate) use appointment::file as appointment;
pub(crate) use steps::Step;

use self::drafts::Draft;
use super::{
    Sight, Tongue,
    drafts::{Cookie, Secret},
    fields::{self, Fields},
    frame::Frame,
    parts::{self, Wrong},
    paths::Paths,
    written,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::{Fault, SaysItself},
};
use axum::{
    Extension, Form,
    extract::{Path, Query, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use std::time::Instant;
use switchboard::Deployment;

/// Whether times can be booked here at all.
#[must_use]
pub(super) fn offered(deployment: &Deployment) -> bool {
    deployment.plan.booked_classes().next().is_some()
}

/// `GET /…/book`: what one needs, how long it takes, who should ring instead.
pub(crate) async fn begin(State(app): State<App>, Extension(Tongue(language)): Extension<Tongue>) -> Result<Markup, Fault> {
    let sight = Sight::of(&app, language);
    if !offered(&sight.deployment) {
        return Err(Fault::NotFound);
    }
    let (words, title) = (sight.words, sight.words.t("booking-begin"));
    let kept_min = sight.deployment.plan.bookings.as_ref().map_or(0, |rule| rule.hold_ms / domain::time::MINUTE_MS);
    let content = html! {
        h1 .govuk-heading-xl { (title) }
        p .govuk-body-l { (words.t("booking-begin-lead")) }
        h2 .govuk-heading-m { (words.t("booking-begin-need")) }
        ul .govuk-list .govuk-list--bullet {
            li { (words.t("booking-begin-need-matter")) }
            li { (words.t("booking-begin-need-place")) }
            li { (words.t("booking-begin-need-number")) }
        }
        p .govuk-body { (words.with("booking-begin-long", [("count", kept_min.into())])) }
        p { a .govuk-button href=(sight.paths.step(Step::Danger)) role="button" draggable="false" { (words.t("booking-begin-button")) } }
        h2 .govuk-heading-m { (words.t("booking-begin-instead")) }
        p .govuk-body { (words.with("booking-begin-instead-about", [("number", sight.number_to_read().into())])) }
        p .govuk-body { (words.t("booking-begin-data")) }
    };
    let frame = Frame { sight: &sight, title: &title, elsewhere: Paths::book, back: Some(sight.paths.start()), wrong: false };
    Ok(frame.page(&content))
}

/// What an address may ask of a step.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// Of which day the times are shown.
    #[serde(default)]
    day: String,
}

/// Everything a step is drawn from.
pub(super) struct Page<'a> {
    pub app: &'a App,
    pub sight: &'a Sight,
    pub draft: &'a Draft,
    pub wrong: &'a [Wrong],
    /// The day whose times are asked for.
    pub day: &'a str,
}

/// `GET /…/book/{step}`; anything that is no step may be the token of a booking.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(word): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let Some(step) = sight.paths.step_of(&word) else { return kept::show(&sight, &app, &word).await };
    let draft = match step {
        Step::Forget => return Ok(Redirect::to(&sight.paths.start()).into_response()),
        Step::Danger | Step::Ring112 => Draft::default(),
        _ => match secret(&app, &headers).and_then(|secret| current(&app, &sight, &secret)) {
            Some(draft) => draft,
            None => return Ok(gone(&sight, step)),
        },
    };
    if let Some(instead) = draft.instead_of(step) {
        return Ok(lead(&sight, instead, &draft));
    }
    let page = Page { app: &app, sight: &sight, draft: &draft, wrong: &[], day: &asked.day };
    Ok(draw(&page, step).await?.into_response())
}

/// `POST /…/book/{step}`.
pub(crate) async fn take(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(word): Path<String>,
    address: Address,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let step = sight.paths.step_of(&word).ok_or(Fault::NotFound)?;
    let Form(pairs) = form.map_err(|rejection| fields::unreadable(&rejection))?;
    let fields = Fields::new(pairs);
    let known = secret(&app, &headers);
    match step {
        Step::Danger => return Ok(begin_draft(&app, &sight, &fields, known, address).await),
        Step::Forget => return Ok(forget(&app, &sight, known).await),
        Step::Ring112 | Step::Done => return Err(Fault::MethodNotAllowed),
        _ => {}
    }
    let Some((secret, turn)) = known.and_then(|secret| app.drafts().turn(&secret).map(|turn| (secret, turn))) else {
        return Ok(gone(&sight, step));
    };
    let _turn = turn.lock().await;
    let Some(draft) = current(&app, &sight, &secret) else { return Ok(gone(&sight, step)) };
    // Who is reached how is kept also when the time is lost meanwhile.
    if let Some(instead) = draft.instead_of(step).filter(|instead| (step, *instead) != (Step::Contact, Step::Time)) {
        return Ok(lead(&sight, instead, &draft));
    }
    answer(&Answering { app: &app, sight: &sight, secret: &secret, address }, step, &fields, draft).await
}

/// Who sends an answer, and where it is kept.
struct Answering<'a> {
    app: &'a App,
    sight: &'a Sight,
    secret: &'a Secret,
    address: Address,
}

/// Keeps what fits and goes on to the first question without an answer; else the page says what to put right.
async fn answer(from: &Answering<'_>, step: Step, fields: &Fields, mut draft: Draft) -> Result<Response, Fault> {
    let (app, sight) = (from.app, from.sight);
    let before = draft.wish();
    let wrong = match step {
        Step::Matter => matter::take(sight, fields, &mut draft),
        Step::Place => place::take(sight, fields, &mut draft),
        Step::Language => language::take(sight, fields, &mut draft),
        Step::Way => way::take(sight, fields, &mut draft),
        Step::Time => time::take(app, sight, fields, &mut draft, from.address).await?,
        Step::Contact => contact::take(sight, fields, &mut draft),
        Step::Check => check::take(app, sight, fields, &mut draft).await?,
        Step::Danger | Step::Ring112 | Step::Done | Step::Forget => Vec::new(),
    };
    if !wrong.is_empty() {
        let page = Page { app, sight, draft: &draft, wrong: &wrong, day: fields.get("day") };
        return Ok(parts::refused(draw(&page, step).await?));
    }
    if step != Step::Time
        && draft.wish() != before
        && let Some(held) = draft.held.take()
    {
        core::leave(app, &held).await;
    }
    draft.revision += 1;
    app.drafts().write(from.secret, network(from.address.0), draft.clone(), Instant::now());
    Ok(lead(sight, draft.first_open(), &draft))
}

/// The answer to the first question makes the draft.
async fn begin_draft(app: &App, sight: &Sight, fields: &Fields, known: Option<Secret>, address: Address) -> Response {
    match danger::take(sight, fields) {
        Err(wrong) => {
            let (draft, wrong) = (Draft::default(), [wrong]);
            let page = Page { app, sight, draft: &draft, wrong: &wrong, day: "" };
            parts::refused(danger::draw(&page))
        }
        Ok(true) => Redirect::to(&sight.paths.step(Step::Ring112)).into_response(),
        Ok(false) => {
            let before = known.and_then(|secret| current(app, sight, &secret).map(|draft| (secret, draft)));
            let (secret, draft) = before.filter(|(_, draft)| draft.made.is_none()).unwrap_or_else(|| (Secret::new(), Draft::default()));
            let draft = Draft { safe: true, ..draft };
            app.drafts().write(&secret, network(address.0), draft.clone(), Instant::now());
            let mut response = lead(sight, draft.first_open(), &draft);
            response.headers_mut().append(header::SET_COOKIE, COOKIE.write(app, secret.text(), None));
            response
        }
    }
}

async fn forget(app: &App, sight: &Sight, known: Option<Secret>) -> Response {
    if let Some(held) = known.and_then(|secret| app.drafts().forget(&secret)).and_then(|draft| draft.held) {
        core::leave(app, &held).await;
    }
    let mut response = Redirect::to(&sight.paths.start()).into_response();
    response.headers_mut().append(header::SET_COOKIE, COOKIE.write(app, "", Some(0)));
    response
}

/// The answers of this form.
const COOKIE: Cookie = Cookie { plain: "svar_booking", bound: "__Host-svar_booking" };

fn secret(app: &App, headers: &HeaderMap) -> Option<Secret> {
    COOKIE.read(app, headers)
}

/// The draft as it stands now: a time whose end has come is no longer kept.
fn current(app: &App, sight: &Sight, secret: &Secret) -> Option<Draft> {
    let mut draft = app.drafts().read(secret, Instant::now())?;
    if draft.made.is_none() && draft.held.as_ref().is_some_and(|held| held.until <= sight.now) {
        draft.held = None;
        draft.lost = true;
    }
    Some(draft)
}

fn lead(sight: &Sight, step: Step, draft: &Draft) -> Response {
    let note = if step == Step::Time && draft.lost { "#lost" } else { "" };
    Redirect::to(&format!("{}{note}", sight.paths.step(step))).into_response()
}

async fn draw(page: &Page<'_>, step: Step) -> Result<Markup, Fault> {
    Ok(match step {
        Step::Danger => danger::draw(page),
        Step::Ring112 => danger::ring(page),
        Step::Matter => matter::draw(page),
        Step::Place => place::draw(page),
        Step::Language => language::draw(page),
        Step::Way => way::draw(page),
        Step::Time => time::draw(page),
        Step::Contact => contact::draw(page),
        Step::Check => check::draw(page),
        Step::Done | Step::Forget => done::draw(page).await?,
    })
}

/// A step in its frame: what is wrong on top, a way back, and a way to have it all forgotten.
fn framed(page: &Page<'_>, step: Step, title: &str, content: &Markup) -> Markup {
    let (sight, words) = (page.sight, page.sight.words);
    let back = step.before(page.draft, &sight.deployment).map_or_else(|| sight.paths.book(), |before| sight.paths.step(before));
    let whole = html! {
        (parts::summary(words, page.wrong))
        (content)
        @if !matches!(step, Step::Danger | Step::Ring112) {
            form .forget method="post" action=(sight.paths.step(Step::Forget)) {
                button type="submit" { (words.t(if step == Step::Done { "booking-forget-done" } else { "booking-forget" })) }
            }
        }
    };
    let others = domain::intent::Language::ALL.iter().map(|language| (*language, Paths::of(*language).step(step))).collect::<Vec<_>>();
    let back = Some(back).filter(|_| step != Step::Done);
    Frame { sight, title, elsewhere: Paths::start, back, wrong: !page.wrong.is_empty() }.page_with(&others, &whole)
}

/// The answers are not here (any more), or the browser keeps no cookie.
fn gone(sight: &Sight, step: Step) -> Response {
    let (words, title) = (sight.words, sight.words.t("booking-gone"));
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("booking-gone-about")) }
        p { a .govuk-button href=(sight.paths.step(Step::Danger)) role="button" draggable="false" { (words.t("booking-gone-anew")) } }
        p .govuk-body { (words.with("public-fault-ring", [("number", sight.number_to_read().into())])) }
    };
    let others = domain::intent::Language::ALL.iter().map(|language| (*language, Paths::of(*language).step(step))).collect::<Vec<_>>();
    let frame = Frame { sight, title: &title, elsewhere: Paths::start, back: None, wrong: false };
    (StatusCode::GONE, Extension(SaysItself), frame.page_with(&others, &content)).into_response()
}
