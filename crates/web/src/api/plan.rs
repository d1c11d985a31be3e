//! The plan while calls run, for programs that act for a person: its changes, a new one checked, tried on a
//! recorded day, adopted now or at its time, and taken back. A plan is always somebody's; an API token can only
//! read, check and try.

use super::{
    Body, numbered,
    plan_model::{PlanChange, PlanChangeKept, PlanChecked, PlanToAdopt, PlanToCheck},
    trial_model::{PlanToTry, PlanTried},
};
use crate::{
    access::Reader,
    app::App,
    fault::{ApiError, Fault},
    limits::REASON_CHARS_MAX,
    plan::on_day,
    preferences::Preferences,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{Timestamp, access::Permission};
use switchboard::{PlanRefusal, WantedPlan};

/// Which versions of the plan were asked for, by whom and why, newest first. The one that was adopted last is in
/// force.
#[utoipa::path(get, path = "/api/v1/plan/changes", tag = "centre", responses(
    (status = 200, body = [PlanChange], description = "At most a hundred"), (status = 401, body = ApiError),
    (status = 403, body = ApiError), (status = 503, body = ApiError)))]
pub async fn changes(State(app): State<App>, reader: Reader) -> Result<Json<Vec<PlanChange>>, Fault> {
    reader.require(Permission::SeeAll)?;
    let changes = app.switchboard().plan_changes().await.map_err(|_| Fault::NotRead)?;
    Ok(Json(changes.iter().map(PlanChange::from).collect()))
}

/// Adopts a version of the plan, now or at its time. Nobody loses place, age or call by it.
#[utoipa::path(post, path = "/api/v1/plan/changes", tag = "centre", request_body = PlanToAdopt, responses(
    (status = 201, body = PlanChangeKept, description = "Adopted, or kept until its time"), (status = 400, body = ApiError),
    (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError, description = "No such version"),
    (status = 409, body = ApiError, description = "The version is in force already"), (status = 413, body = ApiError),
    (status = 415, body = ApiError), (status = 422, body = ApiError, description = "The plan has faults, or its time lies in the past"),
    (status = 503, body = ApiError)))]
pub async fn change(State(app): State<App>, reader: Reader, Body(asked): Body<PlanToAdopt>) -> Result<Response, Fault> {
    reader.require(Permission::ChangePlan)?;
    let account = reader.operator()?;
    let PlanToAdopt { text, digest, due, reason } = asked;
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(Fault::WrongShape);
    }
    let text = match (text, digest) {
        (Some(text), None) => text,
        (None, Some(digest)) => {
            let kept = app.switchboard().plan_text(&digest).await.map_err(|_| Fault::NotRead)?;
            kept.ok_or(PlanRefusal::Unknown)?
        }
        (Some(_), Some(_)) | (None, None) => return Err(Fault::WrongShape),
    };
    let id = app.switchboard().change_plan(WantedPlan { account, text, due: due.map(Timestamp), reason }).await?;
    Ok((StatusCode::CREATED, Json(PlanChangeKept { id })).into_response())
}

/// Takes a change back that waits for its time.
#[utoipa::path(delete, path = "/api/v1/plan/changes/{id}", tag = "centre", params(("id" = u64, Path, description = "The change's id")),
    responses((status = 204, description = "Taken back"), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError, description = "None of this number waits"), (status = 503, body = ApiError)))]
pub async fn withdraw(State(app): State<App>, reader: Reader, id: Result<Path<u64>, PathRejection>) -> Result<StatusCode, Fault> {
    reader.require(Permission::ChangePlan)?;
    reader.operator()?;
    app.switchboard().withdraw_plan(numbered(id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What there is to say of a plan, judged beside what runs. Nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/plan/check", tag = "centre", request_body = PlanToCheck, responses(
    (status = 200, body = PlanChecked, description = "Also when there are faults"), (status = 400, body = ApiError),
    (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 413, body = ApiError), (status = 415, body = ApiError),
    (status = 422, body = ApiError)))]
pub async fn check(State(app): State<App>, reader: Reader, Body(asked): Body<PlanToCheck>) -> Result<Json<PlanChecked>, Fault> {
    reader.require(Permission::SeeAll)?;
    Ok(Json(PlanChecked::from(&app.switchboard().examine_plan(&asked.text))))
}

/// What a recorded day would have been by a plan, beside what it was. Nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/plan/preview", tag = "centre", request_body = PlanToTry, responses(
    (status = 200, body = PlanTried), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 413, body = ApiError), (status = 415, body = ApiError),
    (status = 422, body = ApiError, description = "The plan has faults, nobody came that day, or it cannot be tried on it"),
    (status = 429, body = ApiError, description = "Another one is being tried"),
    (status = 503, body = ApiError, description = "It took too long, or the records cannot be read")))]
pub async fn preview(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    Body(asked): Body<PlanToTry>,
) -> Result<Json<PlanTried>, Fault> {
    reader.require(Permission::SeeAll)?;
    let day = asked.day.map(|day| day.parse()).transpose().map_err(|_| Fault::WrongShape)?;
    let tried = on_day(&app, &asked.text, day).await?;
    Ok(Json(PlanTried::of(&tried, preferences.words())))
}
