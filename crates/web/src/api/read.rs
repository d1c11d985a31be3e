//! What can be read: the service's health, contacts, queues, operators, promises, plan and figures.

use super::{
    health_model::{HealthReport, MailInHealth, MessagesHealth},
    model::{Contact, Counted, Figures, Operator, PlanSummary, Promise, Queue},
    numbered,
    understood_model::UnderstoodWeeks,
};
use crate::{
    access::Reader,
    app::App,
    clock,
    fault::{ApiError, Fault},
    limits::{ROWS_MAX, ROWS_USUAL},
    preferences::Preferences,
};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
};
use domain::{ContactId, RegionId, access::Permission, contact::ContactState, service_level::QueueDay};
use serde::Deserialize;
use storage::ContactFilter;
use switchboard::Comprehension;
use utoipa::IntoParams;

/// Whether the parts of the centre work. No sign-in.
#[utoipa::path(get, path = "/api/v1/health", tag = "service", security(()), responses((status = 200, body = HealthReport)))]
pub async fn health(State(app): State<App>) -> Json<HealthReport> {
    let live = app.switchboard().live();
    let health = live.health;
    let mail_in = live.mail_in.map(MailInHealth::from);
    let well = health.database && health.telephony && health.admitting && mail_in.as_ref().is_none_or(|mail_in| mail_in.works);
    Json(HealthReport {
        status: if well { "ok" } else { "degraded" }.to_owned(),
        database: health.database,
        telephony: health.telephony,
        recogniser: health.comprehension == Comprehension::Ready,
        learning_percent: match health.comprehension {
            Comprehension::Learning { percent } => Some(percent),
            Comprehension::Absent | Comprehension::Failed | Comprehension::Ready => None,
        },
        admitting: health.admitting,
        messages: live.messages.iter().map(|(medium, stand)| MessagesHealth::of(*medium, stand)).collect(),
        mail_in,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// Which contacts are wanted, newest first.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// A state (`queued`, `talking`, `closed` ...), or `open` for every one that is not closed.
    state: Option<String>,
    /// A region's id.
    region: Option<String>,
    /// Most rows, up to 1000.
    limit: Option<u32>,
    /// Only contacts with a lower id: the last one of the page before.
    before: Option<u64>,
}

/// Contacts, open and closed, newest first.
#[utoipa::path(get, path = "/api/v1/contacts", tag = "contacts", params(Wanted), responses(
    (status = 200, body = [Contact]), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn contacts(
    State(app): State<App>,
    reader: Reader,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Vec<Contact>>, Fault> {
    reader.require(Permission::SeeAll)?;
    let Query(wanted) = wanted.map_err(|_| Fault::Unreadable("known are state, region, limit and before".to_owned()))?;
    let filter = filter(&wanted)?;
    let limit = wanted.limit.unwrap_or(ROWS_USUAL).clamp(1, ROWS_MAX);
    let rows = app.switchboard().store().contacts(&filter, limit, wanted.before.map(ContactId)).await.map_err(|_| Fault::NotRead)?;
    let now = clock::now();
    Ok(Json(rows.iter().map(|row| Contact::of_row(row, now)).collect()))
}

fn filter(wanted: &Wanted) -> Result<ContactFilter, Fault> {
    let mut filter = ContactFilter { region: wanted.region.as_deref().map(RegionId::new), ..ContactFilter::default() };
    match wanted.state.as_deref() {
        None => {}
        Some("open") => filter.open = Some(true),
        Some(word) => {
            let state = ContactState::from_word(word).ok_or_else(|| Fault::Unreadable("no such state".to_owned()))?;
            filter.state = Some(state);
        }
    }
    Ok(filter)
}

/// One contact.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", tag = "contacts", params(("id" = u64, Path, description = "The contact's id")), responses(
    (status = 200, body = Contact), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError)))]
pub async fn contact(State(app): State<App>, reader: Reader, id: Result<Path<u64>, PathRejection>) -> Result<Json<Contact>, Fault> {
    reader.require(Permission::SeeAll)?;
    let id = numbered(id)?;
    let below = id.checked_add(1).map(ContactId);
    let rows = app.switchboard().store().contacts(&ContactFilter::default(), 1, below).await.map_err(|_| Fault::NotRead)?;
    let row = rows.first().filter(|row| row.record.contact.0 == id).ok_or(Fault::NotFound)?;
    Ok(Json(Contact::of_row(row, clock::now())))
}

/// Every queue in the order of the plan.
#[utoipa::path(get, path = "/api/v1/queues", tag = "centre", responses(
    (status = 200, body = [Queue]), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn queues(State(app): State<App>, reader: Reader) -> Result<Json<Vec<Queue>>, Fault> {
    reader.require(Permission::SeeBoard)?;
    Ok(Json(app.switchboard().live().view.queues.iter().map(Queue::from).collect()))
}

/// Every operator who has been on duty.
#[utoipa::path(get, path = "/api/v1/operators", tag = "centre", responses(
    (status = 200, body = [Operator]), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn operators(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Json<Vec<Operator>>, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    Ok(Json(live.view.operators.iter().map(|view| Operator::of(preferences.words(), &deployment.plan, &live, view)).collect()))
}

/// Open promises, earliest due first.
#[utoipa::path(get, path = "/api/v1/promises", tag = "centre", responses(
    (status = 200, body = [Promise]), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn promises(State(app): State<App>, reader: Reader) -> Result<Json<Vec<Promise>>, Fault> {
    reader.require(Permission::SeeAll)?;
    let now = clock::now();
    Ok(Json(app.switchboard().live().view.promises.iter().map(|view| Promise::of(view, now)).collect()))
}

/// The plan in force.
#[utoipa::path(get, path = "/api/v1/plan", tag = "centre", responses(
    (status = 200, body = PlanSummary), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn plan(State(app): State<App>, reader: Reader) -> Result<Json<PlanSummary>, Fault> {
    reader.require(Permission::SeeBoard)?;
    Ok(Json(PlanSummary::from(app.switchboard().deployment().plan.as_ref())))
}

/// The day so far: the nation, each region, each queue, by every formula.
#[utoipa::path(get, path = "/api/v1/figures", tag = "centre", responses(
    (status = 200, body = [Figures]), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn figures(State(app): State<App>, reader: Reader) -> Result<Json<Vec<Figures>>, Fault> {
    reader.require(Permission::SeeBoard)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let plan = &deployment.plan;
    let one = |of: &str, day: &QueueDay| Figures {
        of: of.to_owned(),
        inside: Counted::from(&day.inside),
        outside: Counted::from(&day.outside),
        calls_not_reached: None,
    };
    let nation = Figures { calls_not_reached: Some(live.figures.calls_not_reached), ..one("nation", &live.figures.whole()) };
    let mut all = vec![nation];
    all.extend(plan.regions.iter().map(|region| one(region.id.as_str(), &live.figures.region(plan, &region.id))));
    all.extend(live.figures.queues.iter().map(|(queue, day)| one(queue.as_str(), day)));
    Ok(Json(all))
}

/// How callers have been understood, by language: today, and the four weeks before.
#[utoipa::path(get, path = "/api/v1/understood", tag = "centre", responses(
    (status = 200, body = UnderstoodWeeks), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn understood(State(app): State<App>, reader: Reader) -> Result<Json<UnderstoodWeeks>, Fault> {
    reader.require(Permission::SeeAll)?;
    Ok(Json(UnderstoodWeeks::of(app.switchboard().understood().as_deref().map(Vec::as_slice))))
}
