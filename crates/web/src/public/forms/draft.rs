//! A form that is being filled in: opened by the code in a cookie, kept in the database, so that a restart, a closed
//! browser or an ended session loses nothing.

use super::super::Sight;
use crate::{app::App, fault::Fault, preferences};
use axum::http::{HeaderMap, HeaderValue};
use domain::form::{Answers, Form};
use serde::{Deserialize, Serialize};
use switchboard::DraftCode;

/// What is kept under a code. Personal data.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    pub answers: Answers,
    /// The reference of what was sent; then nothing else is kept.
    pub made: Option<String>,
}

/// A draft with what is needed to keep it again.
pub(super) struct Held {
    pub code: DraftCode,
    pub revision: u64,
    pub draft: Draft,
}

impl Held {
    /// The draft of a form in this browser, if it has one.
    pub async fn of(app: &App, headers: &HeaderMap, form: &Form) -> Result<Option<Self>, Fault> {
        let code = preferences::cookie(headers, &cookie_name(app, form)).and_then(DraftCode::read);
        let Some(code) = code else { return Ok(None) };
        let Some(kept) = app.switchboard().form_draft(&code).await.map_err(|_| Fault::NotRead)? else { return Ok(None) };
        // The form may have been changed since: what fits it no more is asked again.
        let draft = serde_json::from_value(kept.answers).unwrap_or_default();
        Ok((kept.form == form.id).then_some(Self { code, revision: kept.revision, draft }))
    }

    pub fn new() -> Self {
        Self { code: DraftCode::random(), revision: 0, draft: Draft::default() }
    }

    /// Keeps it; false when another window changed it first.
    pub async fn keep(&mut self, app: &App, form: &Form) -> Result<bool, Fault> {
        let body = serde_json::to_value(&self.draft).map_err(|_| Fault::NotRead)?;
        let kept = app.switchboard().keep_form_draft(&self.code, self.revision, &form.id, &body).await.map_err(|_| Fault::NotRead)?;
        if kept {
            self.revision += 1;
        }
        Ok(kept)
    }
}

/// Over TLS its prefix binds it to this host. It ends with the browser; the code written down opens the form again.
pub(super) fn cookie(app: &App, form: &Form, code: Option<&DraftCode>) -> HeaderValue {
    let secure = if app.config().is_secure() { "; Secure" } else { "" };
    let (text, age) = code.map_or(("", "; Max-Age=0"), |code| (code.text(), ""));
    let whole = format!("{}={text}; Path=/{age}; HttpOnly; SameSite=Lax{secure}", cookie_name(app, form));
    HeaderValue::from_str(&whole).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn cookie_name(app: &App, form: &Form) -> String {
    let prefix = if app.config().is_secure() { "__Host-" } else { "" };
    format!("{prefix}svar_form_{}", form.id)
}

/// What the pages of a form are drawn from.
pub(super) struct Filling<'a> {
    pub sight: &'a Sight,
    pub form: &'a Form,
    pub draft: &'a Draft,
    pub revision: u64,
}
