//! Keeping and erasing for programs: how long what is kept, what was erased, and a leader's hold of a matter.

use super::{
    Body,
    retention_model::{HoldBody, RetentionStand},
};
use crate::{
    access::Reader,
    app::App,
    fault::{ApiError, Fault},
    holding,
    preferences::Preferences,
    retention::Told,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::access::Permission;

/// How long the personal data of closed matters is kept by class, how many are due within a week, what was erased in the last
/// twelve months, and which matters are held.
#[utoipa::path(get, path = "/api/v1/retention", tag = "centre", responses(
    (status = 200, body = RetentionStand), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 503, body = ApiError)))]
pub async fn stand(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Json<RetentionStand>, Fault> {
    reader.require(Permission::SeeAll)?;
    let deployment = app.switchboard().deployment();
    let told = Told::now(&app, &deployment.plan).await?;
    Ok(Json(RetentionStand::of(preferences.words(), &deployment.plan, &told)))
}

/// Holds a matter: nothing of it is erased until somebody lifts it.
#[utoipa::path(post, path = "/api/v1/matters/{reference}/hold", tag = "contacts", params(("reference" = String, Path)),
    request_body = HoldBody, responses((status = 204, description = "Done"), (status = 400, body = ApiError), (status = 401, body = ApiError),
    (status = 403, body = ApiError), (status = 404, body = ApiError), (status = 409, body = ApiError, description = "It is held already"),
    (status = 413, body = ApiError), (status = 415, body = ApiError), (status = 422, body = ApiError), (status = 503, body = ApiError)))]
pub async fn hold(
    State(app): State<App>,
    reader: Reader,
    reference: Result<Path<String>, PathRejection>,
    Body(wanted): Body<HoldBody>,
) -> Result<StatusCode, Fault> {
    holding::change(&app, &reader, reference, &wanted.reason, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a matter go again.
#[utoipa::path(post, path = "/api/v1/matters/{reference}/hold/lift", tag = "contacts", params(("reference" = String, Path)),
    request_body = HoldBody, responses((status = 204, description = "Done"), (status = 400, body = ApiError), (status = 401, body = ApiError),
    (status = 403, body = ApiError), (status = 404, body = ApiError), (status = 409, body = ApiError, description = "It is not held"),
    (status = 413, body = ApiError), (status = 415, body = ApiError), (status = 422, body = ApiError), (status = 503, body = ApiError)))]
pub async fn lift(
    State(app): State<App>,
    reader: Reader,
    reference: Result<Path<String>, PathRejection>,
    Body(wanted): Body<HoldBody>,
) -> Result<StatusCode, Fault> {
    holding::change(&app, &reader, reference, &wanted.reason, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
