//! Who is asking and what they may do: a session by cookie, or as a bearer token where a program acts
//! for a person, and API tokens for programs. The permissions are the domain's; nothing else here decides.

use crate::{app::App, fault::Fault, preferences::cookie, session};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use domain::{
    ContactId, OperatorId,
    access::{Permission, Role},
};
use sha2::{Digest, Sha256};
use std::fmt;

/// The label of the tokens that the configuration holds.
const CONFIGURED: &str = "configured";

/// Somebody who has shown who they are.
#[derive(Clone)]
pub struct Reader {
    /// The account's number; none for an API token.
    pub operator: Option<OperatorId>,
    pub name: String,
    pub role: Role,
    proof: Proof,
}

#[derive(Clone)]
enum Proof {
    Session(String),
    /// By its label.
    Token(String),
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("operator", &self.operator).field("role", &self.role).finish_non_exhaustive()
    }
}

impl Reader {
    /// A person by the session whose secret is `secret`.
    #[must_use]
    pub fn by_session(operator: OperatorId, name: String, role: Role, secret: &str) -> Self {
        Self { operator: Some(operator), name, role, proof: Proof::Session(secret.to_owned()) }
    }

    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// # Errors
    /// [`Fault::Forbidden`] without the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Fault> {
        if self.may(permission) { Ok(()) } else { Err(Fault::Forbidden) }
    }

    /// # Errors
    /// [`Fault::Forbidden`] for a program: acts and reads of persons are always somebody's.
    pub fn operator(&self) -> Result<OperatorId, Fault> {
        self.operator.ok_or(Fault::Forbidden)
    }

    /// What this reader's session is kept by; none for an API token.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        match &self.proof {
            Proof::Session(secret) => Some(secret),
            Proof::Token(_) => None,
        }
    }

    /// The label of an API token; none for a person.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        match &self.proof {
            Proof::Session(_) => None,
            Proof::Token(label) => Some(label),
        }
    }

    /// As [`Self::require`], for the personal data of a contact, or of all: a refusal is written to the
    /// access log.
    ///
    /// # Errors
    /// [`Fault::Forbidden`] without the permission.
    pub async fn require_for(&self, app: &App, permission: Permission, what: &str, contact: Option<ContactId>) -> Result<(), Fault> {
        if self.may(permission) { Ok(()) } else { Err(self.refused(app, what, contact).await) }
    }

    /// Writes down that this reader was refused. They are refused also when that cannot be.
    pub async fn refused(&self, app: &App, what: &str, contact: Option<ContactId>) -> Fault {
        let reader = match (self.operator, self.token()) {
            (Some(operator), _) => storage::Reader::Account(operator),
            (None, label) => storage::Reader::Token(label.unwrap_or_default().to_owned()),
        };
        if let Err(error) = app.switchboard().note_refusal(reader, contact, what).await {
            tracing::error!(%error, what, "a refusal could not be written to the access log");
        }
        Fault::Forbidden
    }

    /// Whether the session has neither ended nor been taken back.
    pub async fn still_holds(&self, app: &App) -> bool {
        match &self.proof {
            Proof::Session(secret) => !matches!(session::reader(app, secret).await, Ok(None)),
            Proof::Token(_) => true,
        }
    }
}

impl OptionalFromRequestParts<App> for Reader {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Fault> {
        if let Some(token) = bearer(&parts.headers) {
            return by_token(app, token).await.map(Some);
        }
        match cookie(&parts.headers, session::cookie_name(app)) {
            Some(secret) => session::reader(app, secret).await,
            None => Ok(None),
        }
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let reader = <Self as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        reader.ok_or(Fault::NotSignedIn)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// A token of the configuration, else one kept as a digest in the store: a program's or a session's.
async fn by_token(app: &App, token: &str) -> Result<Reader, Fault> {
    let digest = Sha256::digest(token.as_bytes());
    let configured = app.config().tokens.iter().fold(false, |found, known| found | same(&digest, &Sha256::digest(known.as_bytes())));
    let program = |label: &str, role| Reader { operator: None, name: String::new(), role, proof: Proof::Token(label.to_owned()) };
    if configured {
        return Ok(program(CONFIGURED, Role::Script));
    }
    if let Some(known) = session::api_token(app, token).await? {
        return Ok(program(&known.label, known.role));
    }
    session::reader(app, token).await?.ok_or(Fault::NotSignedIn)
}

/// Compares every byte whatever the first ones are, so that time tells nothing.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |unlike, (a, b)| unlike | (a ^ b)) == 0
}
