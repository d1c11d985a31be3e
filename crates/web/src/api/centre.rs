//! What the lead's page shows, for programs: who waits and why in that order, alarms, and who read
//! whose personal data.

use super::{
    Body,
    centre_model::{AccessRow, AlarmRow, LeadBody, WhyContact},
    numbered,
};
use crate::{
    access::Reader,
    app::App,
    fault::{ApiError, Fault},
    limits::{ROWS_MAX, ROWS_USUAL},
    preferences::Preferences,
    waiting,
};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::StatusCode,
};
use domain::{ContactId, MatterId, Timestamp, access::Permission};
use serde::Deserialize;
use storage::AccessFilter;
use utoipa::IntoParams;

/// Who waits, in the order in which they will be taken, and why.
#[utoipa::path(get, path = "/api/v1/waiting", tag = "centre", responses(
    (status = 200, body = [WhyContact], description = "At most a thousand"), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn waiting(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Json<Vec<WhyContact>>, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let rows = waiting::line(&live.view).take(ROWS_MAX as usize);
    Ok(Json(rows.map(|contact| WhyContact::of(preferences.words(), &deployment.plan, &live, contact)).collect()))
}

/// Why an open contact waits where it waits, or came to whom it came. What has ended has no why.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/why", tag = "contacts", params(("id" = u64, Path, description = "The contact's id")),
    responses((status = 200, body = WhyContact), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError)))]
pub async fn why(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    id: Result<Path<u64>, PathRejection>,
) -> Result<Json<WhyContact>, Fault> {
    reader.require(Permission::SeeAll)?;
    let id = ContactId(numbered(id)?);
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let contact = live.view.contacts.iter().find(|contact| contact.contact == id).ok_or(Fault::NotFound)?;
    Ok(Json(WhyContact::of(preferences.words(), &deployment.plan, &live, contact)))
}

/// A leader's hand in who is next: gives a waiting contact to an operator who is free, or puts it before others.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/lead", tag = "contacts", params(("id" = u64, Path, description = "The contact's id")),
    request_body = LeadBody, responses((status = 204, description = "Done"), (status = 400, body = ApiError), (status = 401, body = ApiError),
    (status = 403, body = ApiError), (status = 404, body = ApiError), (status = 409, body = ApiError, description = "It does not wait, or the operator is not free"),
    (status = 413, body = ApiError), (status = 415, body = ApiError), (status = 422, body = ApiError), (status = 503, body = ApiError)))]
pub async fn lead(
    State(app): State<App>,
    reader: Reader,
    id: Result<Path<u64>, PathRejection>,
    Body(wanted): Body<LeadBody>,
) -> Result<StatusCode, Fault> {
    reader.require(Permission::LeadQueues)?;
    let (act, reason) = wanted.read()?;
    app.switchboard().lead(reader.operator()?, ContactId(numbered(id)?), act, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Alarms, newest first.
#[utoipa::path(get, path = "/api/v1/alarms", tag = "centre", responses(
    (status = 200, body = [AlarmRow]), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn alarms(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Json<Vec<AlarmRow>>, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    Ok(Json(live.alarms.iter().map(|notice| AlarmRow::of(preferences.words(), &deployment.plan, &live, notice)).collect()))
}

/// Which readings are wanted, newest first.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// A contact's id.
    contact: Option<u64>,
    /// A matter's id: readings of it and of its contacts.
    matter: Option<u64>,
    /// `account:7`, `token:board` or `system`.
    reader: Option<String>,
    /// Most rows, up to 1000.
    limit: Option<u32>,
    /// Only readings earlier than this: the time of the last one of the page before.
    before: Option<i64>,
    /// Only readings at this time or later.
    from: Option<i64>,
}

/// Who read whose personal data, or was refused it. This reading is logged too.
#[utoipa::path(get, path = "/api/v1/access-log", tag = "centre", params(Wanted), responses(
    (status = 200, body = [AccessRow]), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 503, body = ApiError)))]
pub async fn access_log(
    State(app): State<App>,
    reader: Reader,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Vec<AccessRow>>, Fault> {
    let wanted = wanted.map(|Query(wanted)| wanted);
    let contact = wanted.as_ref().ok().and_then(|wanted| wanted.contact).map(ContactId);
    reader.require_for(&app, Permission::SeeAccessLog, "access_log", contact).await?;
    let me = reader.operator()?;
    let wanted = wanted.map_err(|_| Fault::Unreadable("known are contact, matter, reader, limit, before and from".to_owned()))?;
    let by = match wanted.reader.as_deref().map(storage::Reader::from_word) {
        Some(None) => return Err(Fault::Unreadable("a reader is account:7, token:board or system".to_owned())),
        Some(Some(reader)) => Some(reader),
        None => None,
    };
    let (matter, before, from) = (wanted.matter.map(MatterId), wanted.before.map(Timestamp), wanted.from.map(Timestamp));
    let filter = AccessFilter { contact, matter, reader: by, before, from };
    let rows = app.switchboard().accesses(me, &filter, wanted.limit.unwrap_or(ROWS_USUAL).clamp(1, ROWS_MAX)).await;
    Ok(Json(rows.map_err(|_| Fault::NotRead)?.iter().map(AccessRow::of).collect()))
}
