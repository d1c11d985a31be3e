//! What citizens think of how they were met, for programs: a month by region.

use super::surveys_model::SurveyMonth;
use crate::{
    access::Reader,
    app::App,
    clock,
    fault::{ApiError, Fault},
    surveys::{self, Month},
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use domain::access::Permission;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// As 2026-11; the present one without it. By when somebody was asked.
    #[serde(default)]
    month: Option<String>,
}

/// How many were asked and answered, and how many are satisfied, with the interval in which the share of all lies.
#[utoipa::path(get, path = "/api/v1/surveys", tag = "centre", params(Wanted), responses(
    (status = 200, body = SurveyMonth), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 503, body = ApiError)))]
pub async fn month(
    State(app): State<App>,
    reader: Reader,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<SurveyMonth>, Fault> {
    reader.require(Permission::SeeAll)?;
    let Query(wanted) = query.map_err(|_| Fault::Unreadable("month".to_owned()))?;
    let deployment = app.switchboard().deployment();
    let month = match &wanted.month {
        Some(text) => Month::read(text).ok_or_else(|| Fault::Unreadable("month".to_owned()))?,
        None => Month::of(clock::now(), &deployment.plan.zone),
    };
    let by_region = surveys::opinions(&app, month).await?;
    Ok(Json(SurveyMonth::of(month, &deployment.plan, &by_region)))
}
