//! The browser parts, embedded at build time and served under names that hold their content's hash,
//! so that a browser keeps them for ever and never shows an old one.

use axum::{
    extract::Path,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The address of a browser part by its plain name ("desk.js").
#[must_use]
pub fn address(name: &str) -> String {
    ASSETS.iter().find(|(plain, ..)| *plain == name).map_or_else(|| format!("/assets/{name}"), |(_, served, _)| format!("/assets/{served}"))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// `GET /assets/{name}`.
pub async fn serve(Path(name): Path<String>) -> Response {
    let Some((_, served, bytes)) = ASSETS.iter().find(|(_, served, _)| *served == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers: [(HeaderName, &str); 2] = [(header::CONTENT_TYPE, media_type(served)), (header::CACHE_CONTROL, FOR_EVER)];
    (headers, *bytes).into_response()
}

/// `GET /favicon.ico`: browsers ask for it whatever the page says.
pub async fn favicon() -> Response {
    serve(Path(address("icon.svg").trim_start_matches("/assets/").to_owned())).await
}
