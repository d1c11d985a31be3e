//! What the desk's field finds and a matter by its reference, for programs too.

use super::{
    model::{Contact, NextPromise},
    retention_model::HoldRow,
};
use crate::{
    access::Reader,
    app::App,
    clock,
    fault::{ApiError, Fault},
    finder::{self, Numbered},
    holding, matters,
    preferences::Preferences,
};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
};
use domain::{Timestamp, access::Permission, place::Locality};
use serde::{Deserialize, Serialize};
use storage::{ContactRow, MatterFile, Moment};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// A reference, a place, an area code, a postal code, a party, what it is about.
    q: String,
}

/// What a text finds.
#[derive(Serialize, ToSchema)]
pub struct FoundThings {
    /// Eight digits that cannot be a reference: one is wrong, or two are swapped.
    pub misread: bool,
    /// The reference, when there is such a matter.
    #[schema(example = "29146313")]
    pub matter: Option<String>,
    pub numbers: Vec<PlaceNumber>,
    pub municipalities: Vec<FoundMunicipality>,
    /// Ids of parties in the plan.
    pub parties: Vec<String>,
    #[schema(example = json!(["report_theft"]))]
    pub intents: Vec<String>,
}

/// An area code or a postal code.
#[derive(Serialize, ToSchema)]
pub struct PlaceNumber {
    /// `area_code` or `postal_code`.
    pub by: String,
    #[schema(example = "031")]
    pub digits: String,
    pub name: Option<String>,
    pub region: String,
    pub uncertain: bool,
}

#[derive(Serialize, ToSchema)]
pub struct FoundMunicipality {
    /// Official code.
    #[schema(example = "1490")]
    pub code: String,
    pub name: String,
    pub seat: String,
    pub region: String,
}

impl From<&Numbered<'_>> for PlaceNumber {
    fn from(number: &Numbered<'_>) -> Self {
        let (by, digits) = match &number.locality {
            Locality::AreaCode(digits) => ("area_code", digits),
            Locality::PostalCode(digits) => ("postal_code", digits),
            Locality::Municipality(digits) => ("municipality", digits),
        };
        Self {
            by: by.to_owned(),
            digits: digits.clone(),
            name: number.extent.map(|extent| extent.name.to_owned()),
            region: number.region.id.to_string(),
            uncertain: number.uncertain,
        }
    }
}

/// A matter with its contacts, what is owed and its course.
#[derive(Serialize, ToSchema)]
pub struct Matter {
    pub id: u64,
    #[schema(example = "29146313")]
    pub reference: String,
    pub opened: i64,
    pub closed: Option<i64>,
    /// Nothing of it is erased while it is held.
    pub held: Option<HoldRow>,
    /// In the order in which they came.
    pub contacts: Vec<Contact>,
    /// Open promises.
    pub owed: Vec<NextPromise>,
    /// What happened, oldest first: `at` and `what`, with its details.
    #[schema(value_type = Vec<Object>)]
    pub timeline: Vec<Moment>,
}

impl Matter {
    fn of(file: &MatterFile, held: Option<HoldRow>, now: Timestamp) -> Self {
        let owed = || file.promises.iter().filter(|promise| promise.settled.is_none());
        let next = owed().min_by_key(|promise| (promise.due, promise.promise)).cloned();
        let row = |record: &domain::contact::ledger::ContactRecord| {
            let row = ContactRow { reference: file.reference, record: record.clone(), next_promise: next.clone() };
            Contact::of_row(&row, now)
        };
        Self {
            id: file.matter.matter.0,
            reference: file.reference.digits(),
            opened: file.matter.opened.0,
            closed: file.matter.closed.map(|at| at.0),
            held,
            contacts: file.contacts.iter().map(row).collect(),
            owed: owed().map(NextPromise::of_record).collect(),
            timeline: file.timeline(),
        }
    }
}

/// Whatever begins so, as the desk's field finds it.
#[utoipa::path(get, path = "/api/v1/search", tag = "desk", params(Wanted), responses(
    (status = 200, body = FoundThings), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn search(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<FoundThings>, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let operator = reader.operator()?;
    let Query(wanted) = wanted.map_err(|_| Fault::Unreadable("known is q, the text to look for".to_owned()))?;
    let deployment = app.switchboard().deployment();
    let found = finder::find(&app, operator, preferences.words(), &deployment, &wanted.q).await?;
    let place = |place: &domain::place::Municipality| FoundMunicipality {
        code: place.code.clone(),
        name: place.name.clone(),
        seat: place.seat.clone(),
        region: place.region.to_string(),
    };
    Ok(Json(FoundThings {
        misread: found.misread,
        matter: found.matter.map(|file| file.reference.digits()),
        numbers: found.numbers.iter().map(PlaceNumber::from).collect(),
        municipalities: found.municipalities.iter().map(|(municipality, _)| place(municipality)).collect(),
        parties: found.parties.iter().map(|party| party.id.to_string()).collect(),
        intents: found.intents.iter().map(|intent| intent.word().to_owned()).collect(),
    }))
}

/// A matter by its reference, for those who answer calls and those who see everything. A person's reading is
/// logged; nothing of the citizen stands in it but what whoever holds it wrote.
#[utoipa::path(get, path = "/api/v1/matters/{reference}", tag = "contacts", params(("reference" = String, Path)), responses(
    (status = 200, body = Matter), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError)))]
pub async fn matter(State(app): State<App>, reader: Reader, reference: Result<Path<String>, PathRejection>) -> Result<Json<Matter>, Fault> {
    let file = matters::opened(&app, &reader, reference).await?;
    let held = HoldRow::of(&holding::holds(&app, &reader, file.matter.matter).await?);
    Ok(Json(Matter::of(&file, held, clock::now())))
}
