//! Adding to a matter: which one, what there is to add, how we reach whoever adds it; one question a page. It is taken in
//! once, when everything was seen once more, and waits for a person to say which matter it is of: whoever knows a reference
//! need not be whose matter it is. So the pages ask nothing of matters, and answer everybody alike.

mod draft;
mod pages;

pub(crate) use draft::{Draft, Step};

use super::{
    Sight, Tongue,
    drafts::{Cookie, Secret, hex},
    fields::{self, Fields},
    frame::Frame,
    parts::{Wrong, refused},
    paths::Paths,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::{Fault, SaysItself},
};
use axum::{
    Extension, Form,
    extract::{Path, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::contact::{Channel, Reference};
use maud::{Markup, html};
use serde_json::json;
use std::time::Instant;
use storage::PayloadKind;
use switchboard::{Addition, AnswerTo, Refusal};

const COOKIE: Cookie = Cookie { plain: "svar_adding", bound: "__Host-svar_adding" };

/// `GET /…/add`: what one needs, and who should ring instead.
pub(crate) async fn begin(State(app): State<App>, Extension(Tongue(language)): Extension<Tongue>) -> Markup {
    let sight = Sight::of(&app, language);
    let (words, title) = (sight.words, sight.words.t("add-begin"));
    let content = html! {
        h1 .govuk-heading-xl { (title) }
        p .govuk-body-l { (words.t("add-begin-lead")) }
        p .govuk-body { (words.t("add-begin-need")) }
        p { a .govuk-button href=(sight.paths.adding(Step::Matter)) role="button" draggable="false" { (words.t("booking-begin-button")) } }
        h2 .govuk-heading-m { (words.t("booking-begin-instead")) }
        p .govuk-body { (words.with("add-begin-instead-about", [("number", sight.number_to_read().into())])) }
        p .govuk-body { (words.t("add-begin-data")) }
    };
    Frame { sight: &sight, title: &title, elsewhere: Paths::add, back: Some(sight.paths.start()), wrong: false }.page(&content)
}

/// `GET /…/add/{step}`.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(word): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let step = sight.paths.adding_of(&word).ok_or(Fault::NotFound)?;
    let draft = match (step, COOKIE.read(&app, &headers)) {
        (Step::Forget, _) => return Ok(Redirect::to(&sight.paths.start()).into_response()),
        (_, Some(secret)) => current(&app, &secret).await?,
        (_, None) => None,
    };
    let draft = match draft {
        // Whoever begins anew after they were done adds something else.
        Some(draft) if step == Step::Matter && draft.made.is_some() => Draft::default(),
        Some(draft) => draft,
        None if step == Step::Matter => Draft::default(),
        None => return Ok(gone(&sight, step)),
    };
    if let Some(instead) = draft.instead_of(step) {
        return Ok(lead(&sight, instead));
    }
    Ok(pages::draw(&sight, step, &draft, &[]).into_response())
}

/// `POST /…/add/{step}`.
pub(crate) async fn take(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(word): Path<String>,
    address: Address,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let step = sight.paths.adding_of(&word).ok_or(Fault::NotFound)?;
    let Form(pairs) = form.map_err(|rejection| fields::unreadable(&rejection))?;
    let fields = Fields::new(pairs);
    let known = COOKIE.read(&app, &headers);
    let secret = match (step, known) {
        (Step::Forget, known) => return Ok(forget(&app, &sight, known)),
        (Step::Done, _) => return Err(Fault::MethodNotAllowed),
        (Step::Matter, known) => return begun(&app, &sight, &fields, known, address).await,
        (_, Some(secret)) => secret,
        (_, None) => return Ok(gone(&sight, step)),
    };
    // A form that is sent twice is answered twice, one after the other.
    let turn = app.additions().turn(&secret);
    let _turn = match &turn {
        Some(turn) => Some(turn.lock().await),
        None => None,
    };
    let Some(mut draft) = current(&app, &secret).await? else { return Ok(gone(&sight, step)) };
    if let Some(instead) = draft.instead_of(step) {
        return Ok(lead(&sight, instead));
    }
    let wrong = match step {
        Step::Check => send(&app, &sight, &secret, &fields, &mut draft, address).await?,
        _ => pages::take(&sight, step, &fields, &mut draft),
    };
    if !wrong.is_empty() {
        return Ok(refused(pages::draw(&sight, step, &draft, &wrong)));
    }
    draft.revision += 1;
    let next = draft.first_open();
    app.additions().write(&secret, network(address.0), draft, Instant::now());
    Ok(lead(&sight, next))
}

/// The answer to the first question makes the draft.
async fn begun(app: &App, sight: &Sight, fields: &Fields, known: Option<Secret>, address: Address) -> Result<Response, Fault> {
    let before = match known {
        Some(secret) => current(app, &secret).await?.filter(|draft| draft.made.is_none()).map(|draft| (secret, draft)),
        None => None,
    };
    let (secret, mut draft) = before.unwrap_or_else(|| (Secret::new(), Draft::default()));
    let wrong = pages::take(sight, Step::Matter, fields, &mut draft);
    if !wrong.is_empty() {
        return Ok(refused(pages::draw(sight, Step::Matter, &draft, &wrong)));
    }
    draft.revision += 1;
    let next = draft.first_open();
    app.additions().write(&secret, network(address.0), draft, Instant::now());
    let mut response = lead(sight, next);
    response.headers_mut().append(header::SET_COOKIE, COOKIE.write(app, secret.text(), None));
    Ok(response)
}

fn forget(app: &App, sight: &Sight, known: Option<Secret>) -> Response {
    if let Some(secret) = known {
        app.additions().forget(&secret);
    }
    let mut response = Redirect::to(&sight.paths.start()).into_response();
    response.headers_mut().append(header::SET_COOKIE, COOKIE.write(app, "", Some(0)));
    response
}

/// What was sent is known by it, also when a restart has forgotten the answers.
fn key(secret: &Secret) -> String {
    format!("web {}", hex(&secret.digest()))
}

/// The answers as they are kept; those that were sent before a restart are there no more, and it is known that they came.
async fn current(app: &App, secret: &Secret) -> Result<Option<Draft>, Fault> {
    if let Some(draft) = app.additions().read(secret, Instant::now()) {
        return Ok(Some(draft));
    }
    let came = app.switchboard().store().contact_of_written(&key(secret)).await.map_err(|_| Fault::NotRead)?;
    Ok(came.map(|_| Draft::sent(None)))
}

/// Takes it in. Nothing of the answer depends on whether there is such a matter.
async fn send(
    app: &App,
    sight: &Sight,
    secret: &Secret,
    fields: &Fields,
    draft: &mut Draft,
    address: Address,
) -> Result<Vec<Wrong>, Fault> {
    let words = sight.words;
    if fields.get(pages::SEEN) != draft.revision.to_string() {
        return Ok(vec![Wrong::new(pages::SEEN, words.t("add-changed-elsewhere"))]);
    }
    if app.switchboard().store().contact_of_written(&key(secret)).await.map_err(|_| Fault::NotRead)?.is_some() {
        *draft = Draft::sent(None);
        return Ok(Vec::new());
    }
    if draft.handed_on {
        return Err(Refusal::NotSaved.into());
    }
    if let Err(wait) = app.added().take(network(address.0), Instant::now()) {
        return Ok(vec![Wrong::new(pages::SEEN, sight.too_often(wait))]);
    }
    let named = match draft.reference {
        Some(reference) => app.switchboard().named_matter(reference).await?,
        None => None,
    };
    let whole = Addition { named, ..addition(sight, secret, draft) };
    draft.handed_on = true;
    app.additions().write(secret, network(address.0), draft.clone(), Instant::now());
    let taken = match app.switchboard().take_in(whole).await {
        Ok(taken) => taken,
        Err(refusal) => {
            draft.handed_on = refusal == Refusal::NotSaved;
            app.additions().write(secret, network(address.0), draft.clone(), Instant::now());
            return Err(refusal.into());
        }
    };
    *draft = Draft::sent(Some(Reference::of(taken.matter)));
    Ok(Vec::new())
}

fn addition(sight: &Sight, secret: &Secret, draft: &Draft) -> Addition {
    let written = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let number = written(&draft.number).map(|number| sight.dialled(&number).unwrap_or(number));
    let mail = written(&draft.mail);
    let language = sight.planned_language();
    let body = json!({ "key": key(secret), "subject": null, "text": draft.text, "reference": draft.reference.map(|one| one.to_string()) });
    let payloads = vec![(PayloadKind::Caller, json!({ "number": number, "address": mail, "display": null })), (PayloadKind::Written, body)];
    let answer_to = AnswerTo { number, mail };
    Addition { channel: Channel::Web, language, named: None, verified: false, region: None, answer_to, payloads }
}

fn lead(sight: &Sight, step: Step) -> Response {
    Redirect::to(&sight.paths.adding(step)).into_response()
}

/// The answers are not here (any more), or the browser keeps no cookie.
fn gone(sight: &Sight, step: Step) -> Response {
    let (words, title) = (sight.words, sight.words.t("booking-gone"));
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("add-gone-about")) }
        p { a .govuk-button href=(sight.paths.adding(Step::Matter)) role="button" draggable="false" { (words.t("booking-gone-anew")) } }
        p .govuk-body { (words.with("public-fault-ring", [("number", sight.number_to_read().into())])) }
    };
    let frame = Frame { sight, title: &title, elsewhere: Paths::start, back: None, wrong: false };
    (StatusCode::GONE, Extension(SaysItself), frame.page_with(&pages::elsewhere(step), &content)).into_response()
}
