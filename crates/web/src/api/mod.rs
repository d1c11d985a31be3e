//! `/api/v1`: everything a page shows and does, for programs. Same permissions, same faults.

mod additions;
mod bookings;
mod call_model;
mod centre;
pub mod centre_model;
mod desk;
pub mod desk_model;
mod document;
mod health_model;
pub mod model;
mod plan;
pub mod plan_model;
pub mod promise_model;
mod read;
pub mod report_model;
mod retention;
pub mod retention_model;
mod search;
mod session;
mod surges;
pub mod surges_model;
mod surveys;
pub mod surveys_model;
mod table;
pub mod trial_model;
pub mod understood_model;
pub mod word_shapes;

use crate::{app::App, fault::Fault};
use axum::{
    Json, Router,
    extract::{FromRequest, Path, Request, rejection::JsonRejection},
};
use serde::de::DeserializeOwned;
pub use table::{ROUTES, streams};

/// The routes below `/api/v1`, streams apart.
pub fn routes() -> Router<App> {
    table::answered().fallback(nothing_here)
}

async fn nothing_here() -> Fault {
    Fault::NotFound
}

/// A JSON body, refused in our own words. The detail says where and what was expected, never what
/// stood there.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::JsonSyntaxError(_)) => Err(Fault::Unreadable("not JSON".to_owned())),
            Err(JsonRejection::JsonDataError(_)) => Err(Fault::WrongShape),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Fault::MediaType),
            Err(JsonRejection::BytesRejection(bytes)) if bytes.status().as_u16() == 413 => Err(Fault::TooLarge),
            Err(_) => Err(Fault::Unreadable(String::new())),
        }
    }
}

/// A number in the address; anything else is nothing we know.
pub fn numbered(id: Result<Path<u64>, axum::extract::rejection::PathRejection>) -> Result<u64, Fault> {
    id.map(|Path(id)| id).map_err(|_| Fault::NotFound)
}
