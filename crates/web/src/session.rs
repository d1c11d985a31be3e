//! Signing in and out, and the choice of language and theme. Passwords and session secrets are never
//! logged; the store keeps digests only.

use crate::{
    access::Reader,
    address::Address,
    app::App,
    clock,
    fault::{Fault, SaysItself},
    layout::{self, Frame},
    limits::{ENDED_FORGOTTEN_EVERY, NAME_CHARS_MAX, PASSWORD_CHARS_MAX, SESSION},
    preferences::{self, Preferences, Theme},
};
use axum::{
    Extension, Form,
    extract::{Query, State, rejection::FormRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use domain::{intent::Language, time::SECOND_MS};
use maud::{Markup, html};
use serde::Deserialize;
use std::{future::Future, time::Instant};
use storage::{Account, ApiToken, Token};
use tokio::time::{MissedTickBehavior, interval};

/// The cookie that holds the session's secret. Over TLS its prefix binds it to this host.
#[must_use]
pub fn cookie_name(app: &App) -> &'static str {
    if app.config().is_secure() { "__Host-svar_session" } else { "svar_session" }
}

fn cookie_header(app: &App, secret: &str, max_age_s: u64) -> HeaderValue {
    let secure = if app.config().is_secure() { "; Secure" } else { "" };
    let text = format!("{}={secret}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}", cookie_name(app));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The reader of a session's secret; none when it has ended.
///
/// # Errors
/// [`Fault::NotRead`] when the store cannot tell.
pub async fn reader(app: &App, secret: &str) -> Result<Option<Reader>, Fault> {
    let session = app.switchboard().store().session(secret, clock::now()).await.map_err(|_| Fault::NotRead)?;
    Ok(session.map(|session| Reader::by_session(session.account.id, session.account.name, session.account.role, secret)))
}

/// The program whose token it is.
///
/// # Errors
/// [`Fault::NotRead`] when the store cannot tell.
pub async fn api_token(app: &App, token: &str) -> Result<Option<ApiToken>, Fault> {
    app.switchboard().store().api_token(token).await.map_err(|_| Fault::NotRead)
}

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// An address on this server, whatever was asked for: never another host's.
#[must_use]
pub fn local_path(wanted: &str) -> &str {
    let local = wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains(['\\', '\r', '\n', '\t']);
    if local { wanted } else { "/" }
}

/// `GET /login`.
pub async fn login_page(preferences: Preferences, Query(wanted): Query<Wanted>) -> Markup {
    page(preferences, local_path(&wanted.next), "", None)
}

#[derive(Deserialize)]
pub struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /login`.
pub async fn login(
    State(app): State<App>,
    preferences: Preferences,
    address: Address,
    form: Result<Form<Credentials>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(form) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let next = local_path(&form.next).to_owned();
    match sign_in(&app, address, &form.name, &form.password).await {
        Ok((_, token)) => {
            let cookie = cookie_header(&app, token.secret(), SESSION.age_ms_max / SECOND_MS);
            Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&next)).into_response())
        }
        Err(Fault::WrongCredentials) => {
            let again = page(preferences, &next, &form.name, Some(&Fault::WrongCredentials));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Extension(SaysItself), again).into_response())
        }
        Err(fault) => Err(fault),
    }
}

/// Opens a session when name and password belong together.
///
/// # Errors
/// [`Fault::WrongCredentials`]; [`Fault::TooMany`] after several of them.
pub async fn sign_in(app: &App, Address(address): Address, name: &str, password: &str) -> Result<(Account, Token), Fault> {
    let may_try = || match app.throttle().pause(name, address, Instant::now()) {
        Some(pause) => Err(Fault::TooMany { retry_after_s: pause.as_secs().max(1) }),
        None => Ok(()),
    };
    may_try()?;
    let account = {
        let _turn = app.password_checks().acquire().await.map_err(|_| Fault::Unavailable)?;
        // Others may have guessed wrong while this one stood in the queue of checks.
        may_try()?;
        let account = checked(app, name, password).await?;
        if account.is_none() {
            app.throttle().wrong(name, address, Instant::now());
        }
        account
    };
    let Some(account) = account else {
        tracing::info!("a sign-in was refused");
        return Err(Fault::WrongCredentials);
    };
    app.throttle().right(name, address);
    let token = app.switchboard().store().create_session(account.id, clock::now(), SESSION).await.map_err(|_| Fault::NotRead)?;
    Ok((account, token))
}

async fn checked(app: &App, name: &str, password: &str) -> Result<Option<Account>, Fault> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || password.chars().count() > PASSWORD_CHARS_MAX {
        return Ok(None);
    }
    app.switchboard().store().verify_password(name, password).await.map_err(|_| Fault::NotRead)
}

/// Removes what is over now and again until `end`: sessions, and forms that nobody went on with.
pub async fn forget_ended(app: App, end: impl Future<Output = ()>) {
    let forgetting = async {
        let mut turn = interval(ENDED_FORGOTTEN_EVERY);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turn.tick().await;
            for over in [Over::Sessions, Over::FormDrafts] {
                forget(&app, over).await;
            }
        }
    };
    tokio::select! {
        () = end => {}
        () = forgetting => {}
    }
}

/// What is forgotten when its time is over.
#[derive(Clone, Copy, Debug)]
enum Over {
    Sessions,
    FormDrafts,
}

/// Again until nothing is left, or it cannot be done now.
async fn forget(app: &App, over: Over) {
    let store = app.switchboard().store();
    loop {
        let forgotten = match over {
            Over::Sessions => store.forget_ended_sessions(clock::now()).await,
            Over::FormDrafts => store.forget_old_form_drafts(clock::now()).await,
        };
        match forgotten {
            Ok(0) => break,
            Ok(forgotten) => tracing::debug!(forgotten, ?over, "removed what is over"),
            Err(error) => {
                tracing::warn!(%error, ?over, "what is over could not be removed; trying again later");
                break;
            }
        }
    }
}

/// `POST /logout`.
pub async fn logout(State(app): State<App>, headers: HeaderMap) -> Result<Response, Fault> {
    if let Some(secret) = preferences::cookie(&headers, cookie_name(&app)) {
        app.switchboard().store().end_session(secret).await.map_err(|_| Fault::NotRead)?;
    }
    Ok((AppendHeaders([no_cookie(&app)]), Redirect::to("/login")).into_response())
}

/// Has the browser forget the session.
pub fn no_cookie(app: &App) -> (HeaderName, HeaderValue) {
    (header::SET_COOKIE, cookie_header(app, "", 0))
}

#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    back: String,
    language: Option<String>,
    theme: Option<String>,
}

/// `POST /settings`: keeps language and theme and goes back to where the reader was.
pub async fn settings(form: Result<Form<Chosen>, FormRejection>) -> Result<Response, Fault> {
    let Form(chosen) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let language = chosen.language.as_deref().and_then(Language::from_word);
    let theme = chosen.theme.as_deref().and_then(Theme::from_word);
    let cookies = preferences::kept(language, theme).into_iter().map(|value| (header::SET_COOKIE, value));
    let mut response = Redirect::to(local_path(&chosen.back)).into_response();
    for (name, value) in cookies {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

fn page(preferences: Preferences, next: &str, name: &str, fault: Option<&Fault>) -> Markup {
    let words = preferences.words();
    let title = words.t("login-title");
    let frame = Frame { preferences, title: &title, reader: None, here: "login", address: "/login", parts: &[] };
    let content = html! {
        main #content .page .narrow tabindex="-1" {
            h1 { (title) }
            @if let Some(fault) = fault {
                p #login-fault .fault role="alert" { @let (what, mend) = fault.in_words(words); (what) " " (mend) }
            }
            form .stack method="post" action="/login" {
                input type="hidden" name="next" value=(next);
                label for="name" { (words.t("login-name")) }
                input #name name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required value=(name)
                    maxlength=(NAME_CHARS_MAX) autofocus[name.is_empty()] aria-describedby=[fault.map(|_| "login-fault")];
                label for="password" { (words.t("login-password")) }
                input #password name="password" type="password" autocomplete="current-password" required autofocus[!name.is_empty()]
                    aria-describedby=[fault.map(|_| "login-fault")];
                button .primary type="submit" { (words.t("sign-in")) }
            }
        }
    };
    layout::page(&frame, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leaves_this_server() {
        for (wanted, expected) in [
            ("/desk", "/desk"),
            ("//elsewhere.example", "/"),
            ("https://elsewhere.example", "/"),
            ("/\\elsewhere.example", "/"),
            ("", "/"),
            ("/a\nb", "/"),
        ] {
            assert_eq!(local_path(wanted), expected, "{wanted:?}");
        }
    }
}
