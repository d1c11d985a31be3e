//! Files that a citizen sends to their matter, by the link that leads to it: chosen and sent in one form without script, or
//! one by one by a script that goes on after a lost connection. What has come is shown to the browser that it came from and
//! to nobody else who has the link. A link that we do not know is answered like any address that is not there.

mod page;
mod taking;
mod tus;

use super::{
    Sight, Tongue,
    booking::kept::may_be_token,
    drafts::{Cookie, Secret, hex},
    fields::{self, Fields},
    following,
    parts::{Wrong, refused},
    paths::{FilesAct, Paths},
    written,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::{Fault, SaysItself},
    limits::{FILES_BODY_BYTES_MAX, FILES_COOKIE_S, FILES_TEXT_CHARS_MAX},
};
use axum::{
    Extension, Form, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::MatterId;
use page::Door;
use std::time::Instant;
use storage::{Evidence, EvidenceId};
use switchboard::{EvidenceSending, Followed};

const COOKIE: Cookie = Cookie { plain: "svar_files", bound: "__Host-svar_files" };
/// The field with the words beside the files.
const TEXT: &str = "text";
/// The first file that was seen when it was sent.
const FIRST: &str = "first";
const FILE: &str = "file";

/// Pages and small forms, answered as every page is.
pub(super) fn routes(paths: Paths) -> Router<App> {
    let files = paths.files("{token}");
    Router::new().route(&files, get(show)).route(&format!("{files}/{{act}}"), get(show_act).post(take_act))
}

/// What takes as long as a file takes.
pub(super) fn transfers(paths: Paths) -> Router<App> {
    let (files, tus) = (paths.files("{token}"), paths.tus("{token}"));
    Router::new()
        .route(&files, post(taking::take).layer(DefaultBodyLimit::max(FILES_BODY_BYTES_MAX)))
        .route(&tus, post(tus::begin).options(tus::what))
        .route(&format!("{tus}/{{id}}"), axum::routing::head(tus::stand).patch(tus::go_on).delete(tus::end))
}

/// A browser at the files of a matter.
struct Visit {
    token: String,
    followed: Followed,
    /// It leads to the matter as well.
    follows: bool,
    /// A link that was sent during a call is used up by what is sent, or by a day.
    is_open: bool,
    secret: Secret,
    /// The browser does not have the secret yet.
    is_new: bool,
}

impl Visit {
    /// Of whoever may send something.
    async fn of(app: &App, token: &str, headers: &HeaderMap) -> Result<Self, Fault> {
        Self::seen(app, token, headers).await.and_then(|visit| if visit.is_open { Ok(visit) } else { Err(Fault::NotFound) })
    }

    /// The same of whoever may only look.
    async fn seen(app: &App, token: &str, headers: &HeaderMap) -> Result<Self, Fault> {
        if !app.switchboard().takes_evidence() || !may_be_token(token) {
            return Err(Fault::NotFound);
        }
        let sent = app.switchboard().files_link(token).await.map_err(|_| Fault::NotRead)?;
        let (followed, follows, is_open) = match sent {
            Some((followed, is_open)) => (followed, false, is_open),
            None => (following::known(app, token).await?, true, true),
        };
        let known = COOKIE.read(app, headers);
        let is_new = known.is_none();
        Ok(Self { token: token.to_owned(), followed, follows, is_open, secret: known.unwrap_or_else(Secret::new), is_new })
    }

    fn door(&self) -> Door<'_> {
        Door { token: &self.token, reference: self.followed.matter.reference, follows: self.follows }
    }

    fn spent(&self, sight: &Sight) -> Response {
        (StatusCode::GONE, Extension(SaysItself), page::spent(sight, self.door())).into_response()
    }

    fn matter(&self) -> MatterId {
        self.followed.matter.matter.matter
    }

    /// What of it is kept: whoever reads the database finds no cookie in it.
    fn digest(&self) -> String {
        hex(&self.secret.digest())
    }

    async fn came(&self, app: &App) -> Result<Vec<Evidence>, Fault> {
        Ok(app.switchboard().evidence_of_visit(self.matter(), &self.digest()).await?)
    }

    /// Has the browser remember which files came from it.
    fn remembered(&self, app: &App, mut response: Response) -> Response {
        if self.is_new {
            response.headers_mut().append(header::SET_COOKIE, COOKIE.write(app, self.secret.text(), Some(FILES_COOKIE_S)));
        }
        response
    }
}

/// A turn of this address to begin a file; until when there is none otherwise.
fn turn(app: &App, sight: &Sight, address: Address) -> Result<(), String> {
    app.uploads().take(network(address.0), Instant::now()).map_err(|wait| sight.too_often(wait))
}

/// `GET /…/matter/{token}/files`.
async fn show(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let visit = Visit::seen(&app, &token, &headers).await?;
    let sight = Sight::of(&app, language);
    if !visit.is_open {
        return Ok(visit.spent(&sight));
    }
    let came = if visit.is_new { Vec::new() } else { visit.came(&app).await? };
    Ok(visit.remembered(&app, page::draw(&sight, visit.door(), &came, "", &[]).into_response()))
}

/// `GET /…/matter/{token}/files/{act}`: what was sent; anything else is done by posting alone.
async fn show_act(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path((token, act)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let act = sight.paths.files_act_of(&act).ok_or(Fault::NotFound)?;
    let visit = Visit::seen(&app, &token, &headers).await?;
    let sent = visit.came(&app).await?.into_iter().filter(|one| one.contact.is_some()).count();
    match act {
        FilesAct::Done if sent > 0 => Ok(page::done(&sight, visit.door(), sent).into_response()),
        FilesAct::Done | FilesAct::Remove | FilesAct::Send => Ok(Redirect::to(&sight.paths.files(&token)).into_response()),
    }
}

/// `POST /…/matter/{token}/files/{act}`.
async fn take_act(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path((token, act)): Path<(String, String)>,
    address: Address,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let act = sight.paths.files_act_of(&act).ok_or(Fault::NotFound)?;
    let visit = Visit::seen(&app, &token, &headers).await?;
    let Form(pairs) = form.map_err(|rejection| fields::unreadable(&rejection))?;
    let fields = Fields::new(pairs);
    match act {
        FilesAct::Done => Err(Fault::MethodNotAllowed),
        FilesAct::Remove if !visit.is_open => Ok(visit.spent(&sight)),
        FilesAct::Remove => remove(&app, &sight, &visit, &token, fields.get(FILE)).await,
        FilesAct::Send => send(&app, &sight, &visit, &token, &fields, address).await,
    }
}

async fn remove(app: &App, sight: &Sight, visit: &Visit, token: &str, id: &str) -> Result<Response, Fault> {
    let id = EvidenceId::read(id).ok_or(Fault::NotFound)?;
    // One that is not there (any more) was taken back already.
    if let Some(one) = visit.came(app).await?.iter().find(|one| one.id == id) {
        app.switchboard().take_back_evidence(one).await?;
    }
    Ok(Redirect::to(&sight.paths.files(token)).into_response())
}

/// Sends what has come as one addition. Sent twice, or again after the program ended in between, it is one.
async fn send(app: &App, sight: &Sight, visit: &Visit, token: &str, fields: &Fields, address: Address) -> Result<Response, Fault> {
    let digest = visit.digest();
    // Two who have the same link of a call take turns: it is used once.
    let _turn = app.filing_turn(if visit.follows { &digest } else { token }).lock().await;
    let text = written::lines(fields.get(TEXT));
    let came = visit.came(app).await?;
    let done = || Redirect::to(&sight.paths.files_act(token, FilesAct::Done)).into_response();
    let was_sent = came.iter().any(|one| one.id.text() == fields.get(FIRST) && one.contact.is_some());
    if was_sent {
        return Ok(done());
    }
    if !visit.follows && !app.switchboard().files_link(token).await?.is_some_and(|(_, is_open)| is_open) {
        return Ok(visit.spent(sight));
    }
    let mut wrong: Vec<Wrong> = super::parts::too_long(sight, TEXT, &text, FILES_TEXT_CHARS_MAX).into_iter().collect();
    if came.iter().any(|one| one.contact.is_none() && one.state == storage::EvidenceState::Uploading) {
        wrong.push(Wrong::new(FILE, sight.words.t("files-not-whole")));
    } else if !came.iter().any(|one| one.contact.is_none() && one.state.is_kept()) {
        wrong.push(Wrong::new(FILE, sight.words.t("files-none-wrong")));
    } else if let Err(wait) = app.added().take(network(address.0), Instant::now()) {
        wrong.push(Wrong::new(FILE, sight.too_often(wait)));
    }
    if !wrong.is_empty() {
        return Ok(refused(page::draw(sight, visit.door(), &came, &text, &wrong)));
    }
    let sending = EvidenceSending { followed: &visit.followed, visit: &digest, text: &text, language: sight.planned_language() };
    if app.switchboard().send_evidence(&sending).await? {
        return Ok(done());
    }
    // What had come was refused meanwhile, by the program that scans.
    let wrong = [Wrong::new(FILE, sight.words.t("files-none-wrong"))];
    Ok(refused(page::draw(sight, visit.door(), &visit.came(app).await?, &text, &wrong)))
}
