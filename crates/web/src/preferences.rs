//! In which language and theme somebody reads: asked for in the address, kept in a cookie, else what
//! the browser prefers, else the deployment's first language. Holds no personal data.

use crate::{
    app::App,
    public,
    words::{Words, preferred},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::intent::Language;
use std::convert::Infallible;

const LANGUAGE_COOKIE: &str = "svar_language";
const THEME_COOKIE: &str = "svar_theme";
const KEPT_S: u32 = 365 * 24 * 60 * 60;

/// Light, dark, or as the system says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preferences {
    pub language: Language,
    pub theme: Theme,
}

impl Preferences {
    #[must_use]
    pub fn words(self) -> Words {
        Words::new(self.language)
    }

    fn read(headers: &HeaderMap, query: Option<&str>, first: Language) -> Self {
        let asked = asked_language(query);
        let kept = || cookie(headers, LANGUAGE_COOKIE).and_then(Language::from_word);
        let accepted = || headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(preferred);
        Self {
            language: asked.or_else(kept).or_else(accepted).unwrap_or(first),
            theme: cookie(headers, THEME_COOKIE).and_then(Theme::from_word).unwrap_or_default(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Preferences {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self { language: Language::English, theme: Theme::System }))
    }
}

/// The layer that reads the preferences of each request.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let first = app.switchboard().first_language();
    let mut preferences = Preferences::read(request.headers(), request.uri().query(), first);
    // Citizens' pages have an address in each language.
    preferences.language = public::language_of(request.uri().path()).unwrap_or(preferences.language);
    request.extensions_mut().insert(preferences);
    let asked = asked_language(request.uri().query());
    let mut response = next.run(request).await;
    // What a page fetches later must speak as the page does.
    for cookie in kept(asked, None) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn asked_language(query: Option<&str>) -> Option<Language> {
    query?.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::from_word)
}

/// The value of one cookie.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Headers that keep a choice in the browser.
#[must_use]
pub fn kept(language: Option<Language>, theme: Option<Theme>) -> Vec<HeaderValue> {
    let one =
        |name: &str, value: &str| HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={KEPT_S}; SameSite=Lax; HttpOnly")).ok();
    let language = language.and_then(|language| one(LANGUAGE_COOKIE, language.word()));
    let theme = theme.and_then(|theme| one(THEME_COOKIE, theme.word()));
    language.into_iter().chain(theme).collect()
}
