//! The API's own document, made from the table of addresses and the handlers' descriptions and shapes.

use super::table::Operations;
use crate::{app::App, session};
use axum::{Json, extract::State};
use utoipa::{
    OpenApi,
    openapi::{
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};

const DESCRIPTION: &str = "The contact centre's interface for programs. Times are milliseconds since 1970-01-01T00:00:00Z, durations end in \
     `_ms`, shares in `_permille`. Faults answer what happened, what to do and a reference.";

const TAGS: [(&str, &str); 5] = [
    ("service", "The service itself"),
    ("session", "Acting for a person"),
    ("contacts", "Approaches by citizens"),
    ("centre", "Queues, operators, promises, alarms, plan and figures"),
    ("desk", "An operator's desk"),
];

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "service", security(()), responses(
    (status = 200, description = "OpenAPI 3.1", body = Object)))]
pub async fn openapi(State(app): State<App>) -> Json<utoipa::openapi::OpenApi> {
    Json(made_for(session::cookie_name(&app)))
}

fn made_for(cookie: &str) -> utoipa::openapi::OpenApi {
    let mut document = Operations::openapi();
    "Svar".clone_into(&mut document.info.title);
    document.info.description = Some(DESCRIPTION.to_owned());
    document.tags = Some(TAGS.iter().map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build()).collect());
    let components = document.components.get_or_insert_default();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token, or the token of a session")).build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let session = ApiKeyValue::with_description(cookie, "A person's session in a browser");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    let nothing: [&str; 0] = [];
    document.security = Some(["token", "session"].map(|scheme| SecurityRequirement::new(scheme, nothing)).into());
    document
}
