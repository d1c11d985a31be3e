//! Signing in and out for programs that act for a person: the token is a session's, with the
//! permissions and the lifetime that its account has in a browser.

use super::{
    Body,
    model::{SessionOpened, SignIn},
};
use crate::{
    access::Reader,
    address::Address,
    app::App,
    clock,
    fault::{ApiError, Fault},
    limits::SESSION,
    session,
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{AppendHeaders, IntoResponse, Response},
};

/// Signs in. The token goes into `Authorization: Bearer`; it ends after twelve hours, four hours
/// unused, or with `DELETE`.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", security(()), request_body = SignIn, responses(
    (status = 201, body = SessionOpened), (status = 400, body = ApiError),
    (status = 401, body = ApiError, description = "No such account, or another password"), (status = 413, body = ApiError),
    (status = 415, body = ApiError), (status = 422, body = ApiError), (status = 429, body = ApiError, description = "Too many wrong tries"),
    (status = 503, body = ApiError)))]
pub async fn open(State(app): State<App>, address: Address, Body(asked): Body<SignIn>) -> Result<Response, Fault> {
    let (account, token) = session::sign_in(&app, address, &asked.name, &asked.password).await?;
    let opened = SessionOpened {
        token: token.secret().to_owned(),
        expires: clock::now().plus_ms(SESSION.age_ms_max).0,
        operator: account.id.0,
        name: account.name,
        role: account.role.word().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(opened)).into_response())
}

/// Signs out: ends the session that is shown, by token or cookie. An API token is no session.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses(
    (status = 204, description = "Ended"), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 503, body = ApiError)))]
pub async fn end(State(app): State<App>, reader: Reader) -> Result<Response, Fault> {
    let secret = reader.session().ok_or(Fault::Forbidden)?;
    app.switchboard().store().end_session(secret).await.map_err(|_| Fault::NotRead)?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([session::no_cookie(&app)])).into_response())
}
