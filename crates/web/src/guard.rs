//! What stands before every handler: where a changing request may come from, and the headers that
//! keep a page to itself.

use crate::{app::App, fault::Fault};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PERMISSIONS_POLICY: &str = "microphone=(self), camera=(), geolocation=(), display-capture=(), payment=(), usb=()";
const STRICT_TRANSPORT: &str = "max-age=31536000; includeSubDomains";

/// Refuses what another site's page sends in the name of a signed-in reader. Browsers say where a
/// request comes from; programs without either header hold no cookie that could be misused.
pub async fn same_site(request: Request, next: Next) -> Response {
    let changing = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changing && comes_from_elsewhere(request.headers()) {
        return Fault::CrossSite.into_response();
    }
    next.run(request).await
}

/// Another site's page, or a page that says nothing of ours, asked for it.
pub(crate) fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let origin = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    origin.is_none() || origin != text(header::HOST)
}

/// Sets the protective headers of every answer. Pages are never kept by a browser or a proxy.
pub async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let secure = app.config().is_secure();
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    set("content-security-policy", CONTENT_SECURITY_POLICY);
    set("permissions-policy", PERMISSIONS_POLICY);
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "no-referrer");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    if secure {
        set("strict-transport-security", STRICT_TRANSPORT);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_our_own_pages_may_change_anything() {
        let cases: [(&[(&str, &str)], bool); 9] = [
            (&[], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("origin", "http://svar.example:8114"), ("host", "svar.example:8114")], false),
            (&[("origin", "http://svar.example"), ("host", "svar.example:8114")], true),
            (&[("origin", "null"), ("host", "svar.example")], true),
            (&[("origin", "https://other.example"), ("host", "svar.example")], true),
        ];
        for (given, elsewhere) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in given {
                headers.insert(HeaderName::from_static(name), value.parse().unwrap());
            }
            assert_eq!(comes_from_elsewhere(&headers), elsewhere, "{given:?}");
        }
    }
}
