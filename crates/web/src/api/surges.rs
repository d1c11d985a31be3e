//! Surges for programs: what is declared, and a leader's hand in it.

use super::{
    Body,
    surges_model::{SurgeRow, SurgeToDeclare},
};
use crate::{
    access::Reader,
    app::App,
    fault::{ApiError, Fault},
    preferences::Preferences,
    surges,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::access::Permission;

/// Of which classes callers are told that many ring about them, and until when.
#[utoipa::path(get, path = "/api/v1/surges", tag = "centre", responses(
    (status = 200, body = [SurgeRow]), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn declared(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Json<Vec<SurgeRow>>, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    Ok(Json(live.view.surges.iter().map(|surge| SurgeRow::of(preferences.words(), &deployment.plan, surge)).collect()))
}

/// Has callers of a class told that many ring about it, from now on and for so long; anew when they are told already.
#[utoipa::path(post, path = "/api/v1/surges", tag = "centre", request_body = SurgeToDeclare, responses(
    (status = 204, description = "Done"), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError, description = "No such class"),
    (status = 409, body = ApiError, description = "The class is time-critical, or not answered by us"),
    (status = 413, body = ApiError), (status = 415, body = ApiError), (status = 422, body = ApiError), (status = 503, body = ApiError)))]
pub async fn declare(State(app): State<App>, reader: Reader, Body(wanted): Body<SurgeToDeclare>) -> Result<StatusCode, Fault> {
    reader.require(Permission::LeadQueues)?;
    surges::declare(&app, &reader, &wanted.class, wanted.minutes, &wanted.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has callers of a class told so no more.
#[utoipa::path(delete, path = "/api/v1/surges/{class}", tag = "centre", params(("class" = String, Path, description = "The class's id")),
    responses((status = 204, description = "Done"), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError, description = "No such class"), (status = 409, body = ApiError, description = "None is declared"),
    (status = 503, body = ApiError)))]
pub async fn end(State(app): State<App>, reader: Reader, class: Result<Path<String>, PathRejection>) -> Result<StatusCode, Fault> {
    reader.require(Permission::LeadQueues)?;
    let Path(class) = class.map_err(|_| Fault::NotFound)?;
    surges::end(&app, &reader, &class).await?;
    Ok(StatusCode::NO_CONTENT)
}
