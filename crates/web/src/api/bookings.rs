//! What is booked for a day, for programs.

use crate::{
    access::Reader,
    app::App,
    bookings::refused,
    clock,
    fault::{ApiError, Fault},
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use domain::{access::Permission, booking::BookingRecord, contact::Reference};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
pub struct DayAsked {
    /// A local day such as 2026-11-28; today without one.
    #[param(value_type = Option<String>, example = "2026-11-28")]
    day: Option<Date>,
}

/// A booked call or visit; nothing of the citizen.
#[derive(Serialize, ToSchema)]
pub struct BookingRow {
    pub booking: u64,
    pub reference: Option<String>,
    pub contact: Option<u64>,
    #[schema(example = "vast.report")]
    pub queue: String,
    /// The desk of a visit; none for a call.
    pub desk: Option<String>,
    /// When its slot begins and ends.
    pub slot: i64,
    pub ends: i64,
    /// `booked`, `cancelled`, `kept`, `missed` or `ended`.
    #[schema(example = "booked")]
    pub state: String,
    /// How often it was moved.
    pub moves: u32,
    /// When the citizen was reminded.
    pub reminded: Option<i64>,
}

impl From<&BookingRecord> for BookingRow {
    fn from(record: &BookingRecord) -> Self {
        let wish = &record.wanted.wish;
        Self {
            booking: record.booking.0,
            reference: record.matter.map(|matter| Reference::of(matter).digits()),
            contact: record.contact.map(|contact| contact.0),
            queue: wish.queue().to_string(),
            desk: wish.desk.as_ref().map(ToString::to_string),
            slot: record.wanted.slot.0,
            ends: record.ends.0,
            state: record.state.word().to_owned(),
            moves: record.moves,
            reminded: record.reminded.map(|at| at.0),
        }
    }
}

/// What is booked for a local day, earliest first, with what became of it; at most a thousand.
#[utoipa::path(get, path = "/api/v1/bookings", tag = "centre", params(DayAsked), responses(
    (status = 200, body = [BookingRow]), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 503, body = ApiError)))]
pub async fn of_day(
    State(app): State<App>,
    reader: Reader,
    asked: Result<Query<DayAsked>, QueryRejection>,
) -> Result<Json<Vec<BookingRow>>, Fault> {
    reader.require(Permission::SeeAll)?;
    let Query(DayAsked { day }) = asked.map_err(|_| Fault::Unreadable("the day".to_owned()))?;
    let day = day.unwrap_or_else(|| clock::now().local(&app.switchboard().deployment().plan.zone).date());
    let rows = app.switchboard().bookings_on(day).await.map_err(refused)?;
    Ok(Json(rows.iter().map(BookingRow::from).collect()))
}
