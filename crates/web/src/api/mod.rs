//! `/api/v1`: everything a page shows and does, for programs. Same permissions, same faults.

mod desk;
pub mod desk_model;
mod document;
pub mod model;
mod read;
mod search;

use crate::{app::App, fault::Fault, limits::REPORT_BYTES_MAX, stream};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequest, Path, Request, rejection::JsonRejection},
    routing::{get, post, put},
};
pub use document::ApiDocument;
use serde::de::DeserializeOwned;

/// The routes below `/api/v1`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(document::openapi))
        .route("/health", get(read::health))
        .route("/contacts", get(read::contacts))
        .route("/contacts/{id}", get(read::contact))
        .route("/queues", get(read::queues))
        .route("/operators", get(read::operators))
        .route("/promises", get(read::promises))
        .route("/plan", get(read::plan))
        .route("/figures", get(read::figures))
        .route("/matters/{reference}", get(search::matter))
        .route("/search", get(search::search))
        .route("/desk", get(desk::state))
        .route("/desk/acts", post(desk::act))
        .route("/desk/sound", post(desk::sound))
        .route("/desk/reports/{contact}", put(desk::save_report).get(desk::report).layer(DefaultBodyLimit::max(REPORT_BYTES_MAX)))
        .fallback(nothing_here)
}

/// The stream stands apart: it has no deadline.
pub fn streams() -> Router<App> {
    Router::new().route("/desk/stream", get(stream::desk))
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
