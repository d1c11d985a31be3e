//! Reports that need no talk: the pages of every form of the deployment, one thing a page, without script. Each answer is
//! kept when its page is sent, then the first page that wants an answer comes. It is sent when everything was seen once
//! more; a reference is shown when it is saved, and the same form sent again is the same report.

mod addresses;
mod begin;
mod check;
mod done;
mod draft;
mod draw;
mod more;
mod other_way;
mod question;
mod receipt;
mod said;
mod save;
mod sign_in;
mod signing_in;

pub(super) use begin::list;

use self::{
    addresses::Place,
    draft::{Filling, Held, cookie},
};
use super::{
    Sight, Tongue,
    fields::unreadable,
    frame::Frame,
    parts::{self, Wrong, refused},
    paths::Paths,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::{Fault, SaysItself},
};
use axum::{
    Extension, Form as Sent, Router,
    extract::{Path, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{
    form::{Entered, Form, Page},
    intent::Language,
};
use maud::{Markup, html};
use std::time::{Duration, Instant};

/// How often an answer is taken anew that another window was quicker with.
const TRIES_MAX: usize = 5;

/// The pages of one language.
pub(super) fn routes(paths: Paths) -> Router<App> {
    let reports = paths.reports();
    Router::new()
        .route(&reports, get(begin::all))
        .route(&paths.go_on(), get(save::go_on).post(save::open))
        .route(&paths.signed_in(), get(signing_in::come_back))
        .route(&format!("{reports}/{{form}}"), get(begin::page))
        .route(&format!("{reports}/{{form}}/{{*rest}}"), get(show).post(take))
}

fn known(sight: &Sight, form: &str) -> Result<Form, Fault> {
    sight.paths.form_of(&sight.deployment.forms, form).ok_or(Fault::NotFound)
}

/// A page of a form.
async fn show(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path((form, rest)): Path<(String, String)>,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let form = known(&sight, &form)?;
    let place = sight.paths.place_of(&rest).ok_or(Fault::NotFound)?;
    let held = Held::of(&app, &headers, &form).await?;
    let first = form.pages.first().is_some_and(|page| place == Place::Question(page.id.clone(), 0));
    let open = first || matches!(place, Place::NotSignedIn(_));
    match place {
        Place::Forget | Place::SignOut => return Ok(Redirect::to(&sight.paths.form(&form)).into_response()),
        Place::SignIn => return signing_in::begin(&app, &sight, &form, held, (address, &headers)).await,
        _ => {}
    }
    if held.is_none() && !open {
        return Ok(gone(&sight, &form));
    }
    let code = held.as_ref().map(|held| held.code.clone());
    let (draft, revision) = held.map(|held| (held.draft, held.revision)).unwrap_or_default();
    let filling = Filling { sight: &sight, form: &form, draft: &draft, revision };
    let needs_none = matches!(place, Place::NotSignedIn(_) | Place::Save);
    if !needs_none && sign_in::is_missing(&sight, &form, &draft) {
        return Ok(Redirect::to(&sight.paths.form(&form)).into_response());
    }
    if let Some(instead) = filling.instead_of(&place) {
        return Ok(Redirect::to(&sight.paths.place(&form, &instead)).into_response());
    }
    Ok(match &place {
        Place::Question(page, row) => {
            let page = form.page(page).ok_or(Fault::NotFound)?;
            question::draw(&filling, page, *row, None, &[])
        }
        Place::More(page) => more::draw(&filling, form.page(page).ok_or(Fault::NotFound)?, &[]),
        Place::OtherWay => other_way::draw(&filling).ok_or(Fault::NotFound)?,
        Place::Check => check::draw(&filling, &[]),
        Place::Done => {
            let code = code.ok_or(Fault::NotFound)?;
            let token = app.switchboard().filed_token(&code).await.map_err(Fault::Refused)?;
            let until = receipt::answers_until(&app, &sight, &form, &code).await?;
            done::draw(&filling, token.as_deref(), until).ok_or(Fault::NotFound)?
        }
        Place::Receipt => return receipt::of_form(&app, &sight, &form, &code.ok_or(Fault::NotFound)?).await,
        Place::Save => save::draw(&filling, &code.ok_or(Fault::NotFound)?),
        Place::NotSignedIn(hindrance) => sign_in::hindered(&filling, *hindrance).ok_or(Fault::NotFound)?,
        Place::Forget | Place::SignIn | Place::SignOut => return Err(Fault::NotFound),
    }
    .into_response())
}

/// What a page sent.
async fn take(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path((form, rest)): Path<(String, String)>,
    address: Address,
    headers: HeaderMap,
    sent: Result<Sent<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let form = known(&sight, &form)?;
    let place = sight.paths.place_of(&rest).ok_or(Fault::NotFound)?;
    let Sent(fields) = sent.map_err(|rejection| unreadable(&rejection))?;
    let entered = Entered::new(fields);
    let held = Held::of(&app, &headers, &form).await?;
    match (&place, held) {
        (Place::Question(page, 0), None) if form.pages.first().is_some_and(|first| first.id == *page) => {
            app.filings().take(network(address.0), Instant::now()).map_err(too_many)?;
            let answering = Answering { app: &app, sight: &sight, form: &form };
            let mut held = Held::new();
            let mut response = answering.answer(&place, &entered, &mut held).await?;
            if held.revision > 0 {
                response.headers_mut().append(header::SET_COOKIE, cookie(&app, &form, Some(&held.code)));
            }
            Ok(response)
        }
        (_, None) => Ok(gone(&sight, &form)),
        (Place::Forget, Some(held)) => {
            app.switchboard().forget_form_draft(&held.code).await.map_err(|_| Fault::NotRead)?;
            let mut response = Redirect::to(&sight.paths.start()).into_response();
            response.headers_mut().append(header::SET_COOKIE, cookie(&app, &form, None));
            Ok(response)
        }
        (Place::SignOut, Some(held)) => signing_in::sign_out(&app, &sight, &form, held).await,
        (Place::Check, Some(held)) => check::send(&app, &sight, &form, held, &entered).await,
        (_, Some(mut held)) => Answering { app: &app, sight: &sight, form: &form }.answer(&place, &entered, &mut held).await,
    }
}

struct Answering<'a> {
    app: &'a App,
    sight: &'a Sight,
    form: &'a Form,
}

impl Answering<'_> {
    /// Keeps what fits and goes on to the first page that wants an answer; else the page says what to put right. An answer
    /// that came between two of another window is taken upon what is there by then.
    async fn answer(&self, place: &Place, entered: &Entered, held: &mut Held) -> Result<Response, Fault> {
        let Self { app, sight, form } = self;
        for _ in 0..TRIES_MAX {
            if sign_in::is_missing(sight, form, &held.draft) {
                return Ok(Redirect::to(&sight.paths.form(form)).into_response());
            }
            let filling = Filling { sight, form, draft: &held.draft, revision: held.revision };
            if let Some(instead) = filling.instead_of(place) {
                return Ok(Redirect::to(&sight.paths.place(form, &instead)).into_response());
            }
            let (next, answers) = match place {
                Place::Question(page, row) => {
                    let page = form.page(page).ok_or(Fault::NotFound)?;
                    match question::take(&filling, page, *row, entered) {
                        Ok(taken) => taken,
                        Err(wrong) => return Ok(refused(question::draw(&filling, page, *row, Some(entered), &wrong))),
                    }
                }
                Place::More(page) => {
                    let page = form.page(page).ok_or(Fault::NotFound)?;
                    match more::take(&filling, page, entered) {
                        Ok(taken) => taken,
                        Err(wrong) => return Ok(refused(more::draw(&filling, page, &wrong))),
                    }
                }
                _ => return Err(Fault::MethodNotAllowed),
            };
            held.draft.answers = answers;
            if held.keep(app, form).await? {
                return Ok(Redirect::to(&sight.paths.place(form, &next)).into_response());
            }
            let by_now = Held::known_by(held.code.clone()).again(app, form).await?;
            let Some(by_now) = by_now else { return Ok(gone(sight, form)) };
            *held = by_now;
        }
        Err(Fault::Unavailable)
    }
}

/// So many forms were begun, or codes tried, from one address.
fn too_many(wait: Duration) -> Fault {
    Fault::TooMany { retry_after_s: wait.as_secs().max(1) }
}

impl Filling<'_> {
    /// The page that wants an answer next; where one led another way, that.
    fn next(&self) -> Place {
        next(self.form, &self.draft.answers)
    }

    /// The page that is shown instead of one that comes too early, too late, or never.
    fn instead_of(&self, place: &Place) -> Option<Place> {
        if self.draft.made.is_some() {
            return (!matches!(place, Place::Done | Place::Receipt)).then_some(Place::Done);
        }
        let next = self.next();
        match place {
            Place::Question(page, row) => {
                let shown = self.form.shown(&self.draft.answers);
                let at = |id: &str| shown.iter().position(|page| page.id == id);
                let is_reached = match (at(page), &next) {
                    (Some(here), Place::Question(open, _) | Place::More(open)) => at(open).is_some_and(|open| here <= open),
                    (Some(_), _) => true,
                    (None, _) => false,
                };
                let rows = self.form.page(page).map_or(0, |page| if page.repeats.is_some() { self.draft.answers.rows(page) } else { 0 });
                (!is_reached || *row > rows).then_some(next)
            }
            Place::More(page) => {
                let is_told = self.form.page(page).is_some_and(|page| page.repeats.is_some() && self.draft.answers.rows(page) > 0);
                (!is_told).then_some(next)
            }
            Place::Check => (next != Place::Check).then_some(next),
            Place::OtherWay => (next != Place::OtherWay).then_some(next),
            Place::Done | Place::Receipt => Some(next),
            Place::NotSignedIn(_) => self.draft.identified.is_some().then_some(next),
            Place::Save | Place::Forget | Place::SignIn | Place::SignOut => None,
        }
    }

    /// Where "Back" leads: the page before in the order in which they are asked.
    fn before(&self, page: &Page) -> String {
        let (paths, shown) = (self.sight.paths, self.form.shown(&self.draft.answers));
        let here = shown.iter().position(|known| known.id == page.id).unwrap_or(0);
        match here.checked_sub(1).and_then(|before| shown.get(before)) {
            Some(before) if before.repeats.is_some() => paths.place(self.form, &Place::More(before.id.clone())),
            Some(before) => paths.at(self.form, before, 0),
            None => paths.form(self.form),
        }
    }

    /// A page in its frame: what is wrong on top, a way back, and ways to set it aside or have it forgotten.
    fn framed(&self, place: &Place, title: &str, back: Option<String>, wrong: &[Wrong], content: &Markup) -> Markup {
        let (sight, words, form) = (self.sight, self.sight.words, self.form);
        let is_begun = self.revision > 0 && self.draft.made.is_none();
        let whole = html! {
            (parts::summary(words, wrong))
            (content)
            @if is_begun { (sign_in::standing(sight, form, self.draft)) }
            @if is_begun && *place != Place::Save {
                p .govuk-body { a .govuk-link href=(sight.paths.place(form, &Place::Save)) { (words.t("form-save")) } }
            }
            @if self.revision > 0 {
                form .forget method="post" action=(sight.paths.place(form, &Place::Forget)) {
                    button type="submit" { (words.t(if is_begun { "booking-forget" } else { "add-forget-done" })) }
                }
            }
        };
        let others = Language::ALL.iter().map(|language| (*language, Paths::of(*language).place(form, place))).collect::<Vec<_>>();
        Frame { sight, title, elsewhere: Paths::start, back, wrong: !wrong.is_empty() }.page_with(&others, &whole)
    }
}

fn next(form: &Form, answers: &domain::form::Answers) -> Place {
    if form.stop(answers).is_some() {
        return Place::OtherWay;
    }
    match form.first_open(answers) {
        None => Place::Check,
        Some((page, row)) if page.repeats.is_some() && row > 0 && row == answers.rows(page) => Place::More(page.id.clone()),
        Some((page, row)) => Place::Question(page.id.clone(), row),
    }
}

/// The answers are not here (any more), or the browser keeps no cookie.
fn gone(sight: &Sight, form: &Form) -> Response {
    let (words, title) = (sight.words, sight.words.t("form-gone"));
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("form-gone-about")) }
        p .govuk-body { a .govuk-link href=(sight.paths.go_on()) { (words.t("form-go-on")) } }
        p { a .govuk-button href=(sight.paths.form(form)) role="button" draggable="false" { (words.t("form-gone-anew")) } }
        p .govuk-body { (words.with("public-fault-ring", [("number", sight.number_to_read().into())])) }
    };
    let others = Language::ALL.iter().map(|language| (*language, Paths::of(*language).form(form))).collect::<Vec<_>>();
    let frame = Frame { sight, title: &title, elsewhere: Paths::start, back: None, wrong: false };
    (StatusCode::GONE, Extension(SaysItself), frame.page_with(&others, &content)).into_response()
}
