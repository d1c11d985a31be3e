//! A form that is being filled in: opened by the code in a cookie, kept in the database, so that a restart, a closed
//! browser or an ended session loses nothing. Who has signed in for it is kept with it and ends with it.

use super::{super::Sight, TRIES_MAX};
use crate::{
    app::App,
    fault::Fault,
    limits::{SIGN_IN_MS_MAX, SIGNED_IN_MS_MAX},
    preferences,
};
use axum::http::{HeaderMap, HeaderValue};
use domain::{
    Timestamp,
    form::{Answers, Form, Identified},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard::{DraftCode, SignInSecrets};

/// What is kept under a code. Personal data.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    pub answers: Answers,
    /// The reference of what was sent; then nothing else is kept.
    pub made: Option<String>,
    /// Who they have proved to be. It stands above what they write.
    pub identified: Option<Identified>,
    /// A sign-in from which nobody has come back yet.
    pub attempt: Option<Attempt>,
}

/// A sign-in that has begun.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub secrets: SignInSecrets,
    at: Timestamp,
}

impl Attempt {
    pub fn new(secrets: SignInSecrets, at: Timestamp) -> Self {
        Self { secrets, at }
    }

    pub fn is_over(&self, now: Timestamp) -> bool {
        now.since_ms(self.at) >= SIGN_IN_MS_MAX
    }
}

impl Draft {
    /// As it was kept. The form may have been changed since: what fits it no more is asked again.
    pub fn read(kept: Value, form: &Form, now: Timestamp) -> Self {
        let mut draft: Self = serde_json::from_value(kept).unwrap_or_default();
        if draft.identified.as_ref().is_some_and(|identified| now.since_ms(identified.at) >= SIGNED_IN_MS_MAX) {
            draft.sign_out(form);
        }
        if let Some(identified) = draft.identified.clone() {
            draft.answers.identify(form, &identified);
        }
        draft
    }

    pub fn has_answers(&self) -> bool {
        self.answers != Answers::default()
    }

    pub fn sign_out(&mut self, form: &Form) {
        self.attempt = None;
        if self.identified.take().is_some() {
            self.answers.forget_identity(form);
        }
    }
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
        Self::known_by(code).again(app, form).await
    }

    pub fn new() -> Self {
        Self::known_by(DraftCode::random())
    }

    /// Before anything of it was read.
    pub fn known_by(code: DraftCode) -> Self {
        Self { code, revision: 0, draft: Draft::default() }
    }

    /// As it is by now, also after another window has changed it; none when it is gone.
    pub async fn again(self, app: &App, form: &Form) -> Result<Option<Self>, Fault> {
        let kept = app.switchboard().form_draft(&self.code).await.map_err(|_| Fault::NotRead)?.filter(|kept| kept.form == form.id);
        let now = app.switchboard().now();
        Ok(kept.map(|kept| Self { code: self.code, revision: kept.revision, draft: Draft::read(kept.answers, form, now) }))
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

    /// Changes and keeps it, upon whatever another window has made of it meanwhile; none when it is gone.
    pub async fn change(mut self, app: &App, form: &Form, change: impl Fn(&mut Draft)) -> Result<Option<Self>, Fault> {
        for _ in 0..TRIES_MAX {
            change(&mut self.draft);
            if self.keep(app, form).await? {
                return Ok(Some(self));
            }
            let Some(by_now) = self.again(app, form).await? else { return Ok(None) };
            self = by_now;
        }
        Err(Fault::Unavailable)
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
