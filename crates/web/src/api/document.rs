//! The API's own document, made from the handlers and their shapes.

use super::{desk, desk_model, read, search};
use crate::fault;
use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Svar",
        description = "The contact centre's interface for programs. Times are milliseconds since 1970-01-01T00:00:00Z, durations end in `_ms`, \
                       shares in `_permille`. Faults answer what happened, what to do and a reference."
    ),
    paths(
        read::health,
        read::contacts,
        read::contact,
        read::queues,
        read::operators,
        read::promises,
        read::plan,
        read::figures,
        search::matter,
        search::search,
        desk::state,
        desk::act,
        desk::sound,
        desk::report,
        desk::save_report
    ),
    components(schemas(fault::ApiError, fault::FieldProblem, fault::NewerReport, desk_model::ReportBody)),
    security(("token" = []), ("session" = [])),
    modifiers(&Security),
    tags(
        (name = "service", description = "The service itself"),
        (name = "contacts", description = "Approaches by citizens"),
        (name = "centre", description = "Queues, operators, promises, plan and figures"),
        (name = "desk", description = "An operator's desk")
    )
)]
pub struct ApiDocument;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token")).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let session = ApiKeyValue::with_description("svar_session", "A person's session");
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    }
}

/// `GET /api/v1/openapi.json`, without sign-in.
pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(ApiDocument::openapi())
}
