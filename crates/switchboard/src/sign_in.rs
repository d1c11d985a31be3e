//! A broker of OpenID Connect by which citizens prove who they are: in Sweden BankID stands behind it, in Denmark MitID. It is
//! asked here with a deadline, so many at once, and left alone while it fails. What it says of a person goes back to whoever
//! asked and is neither kept nor logged; what is wrong with it is logged without a word of theirs.

use client::{Breaker, Failed, Post, Reply, Server, SettingsError};
use domain::{Timestamp, intent::Language, time::MINUTE_MS};
use interop::sign_in::{Broker, Claims, Client, Expected, Secrets, Tokens, Untrusted, Unusable, Wanted, add_person, claims};
use parking_lot::Mutex;
use serde::Deserialize;
use std::{
    fmt,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, time::timeout};

/// What `answer_ms_max` may be: a page is answered within 20 seconds, whatever the broker does.
const ANSWER_MS: RangeInclusive<u64> = 500..=15_000;
/// Citizens for whom the broker is asked at the same time; further ones are told to try again.
const ASKED_AT_ONCE_MAX: usize = 32;
/// How long we go by what the broker said of itself.
const KNOWN_FOR: Duration = Duration::from_millis(10 * MINUTE_MS);
/// A code is never longer than a link can be.
const CODE_BYTES_MAX: usize = 4_096;
const NAME_CHARS_MAX: usize = 40;

/// Where the broker is, who we are to it, and what of its answer tells who somebody is.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInSettings {
    /// The broker's name of itself; its discovery document stands behind it. Plain HTTP on this machine only.
    pub issuer: String,
    pub client_id: String,
    /// A file with the secret alone in it.
    pub client_secret_file: PathBuf,
    /// What people call the way in: "BankID".
    pub name: String,
    #[serde(default = "name_claim")]
    pub name_claim: String,
    #[serde(default = "number_claim")]
    pub number_claim: String,
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Which of the broker's ways are meant, in its own words.
    #[serde(default)]
    pub acr_values: Option<String>,
    /// A PEM file with root certificates, instead of the public ones.
    #[serde(default)]
    pub root_certificates: Option<PathBuf>,
    /// How long the broker may take for one step of a sign-in.
    #[serde(default = "answer_ms_max")]
    pub answer_ms_max: u64,
    /// How long it is left alone after failing several times in a row.
    #[serde(default = "rest_ms")]
    pub rest_ms: u64,
}

fn name_claim() -> String {
    "name".to_owned()
}

fn number_claim() -> String {
    "personal_identity_number".to_owned()
}

fn scopes() -> Vec<String> {
    ["openid", "profile"].map(str::to_owned).to_vec()
}

fn answer_ms_max() -> u64 {
    10_000
}

fn rest_ms() -> u64 {
    20_000
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("issuer: {0}")]
    Server(#[from] SettingsError),
    #[error("issuer must be https:// unless it is on this machine: who signs in would be read along the way")]
    Open,
    #[error("the secret cannot be read from {}: {why}", path.display())]
    Secret { path: PathBuf, why: String },
    #[error("{0} must not be empty")]
    Empty(&'static str),
    #[error("name must have at most {NAME_CHARS_MAX} characters: it stands on a button")]
    Name,
    #[error("scopes must be single words, and \"openid\" one of them")]
    Scopes,
    #[error("answer_ms_max must lie between {} and {}", ANSWER_MS.start(), ANSWER_MS.end())]
    Time,
}

/// Why somebody is not signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotSignedIn {
    /// The broker cannot be asked, or does not answer as one.
    NoAnswer,
    /// What came back proves nothing.
    NotProved,
}

/// What the broker could not be asked, or answered.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("too many are signing in at once")]
    Busy,
    #[error("it is left alone for a while, because it failed several times")]
    Rests,
    #[error("it did not answer in time")]
    Late,
    #[error("{what}: {failed}")]
    Failed { what: &'static str, failed: Failed },
    #[error("{what}: it answered with status {status}")]
    Status { what: &'static str, status: u16 },
    #[error("{0}")]
    Unusable(#[from] Unusable),
    #[error("an address of its discovery document leads out in the clear, or nowhere")]
    Address,
    #[error("what it answered for a code has no ID token")]
    NoToken,
    #[error("it takes no such code of us")]
    NoSuchCode,
    #[error("the ID token is not believed: {0}")]
    Untrusted(#[from] Untrusted),
    #[error("the answer names another issuer")]
    OtherIssuer,
}

impl Trouble {
    /// What came back proves nothing, from a broker that works.
    fn is_of_the_answer(&self) -> bool {
        matches!(self, Self::NoSuchCode | Self::Untrusted(_) | Self::OtherIssuer | Self::NoToken)
    }
}

/// A sign-in that has begun: where the browser is led, and what it is known by when it comes back.
pub struct Started {
    pub address: String,
    pub secrets: Secrets,
}

/// The broker.
pub struct SignInBroker {
    server: Server,
    settings: SignInSettings,
    secret: String,
    scopes: String,
    /// Where citizens reach our pages from outside.
    public: String,
    answer_max: Duration,
    breaker: Breaker,
    asked: Semaphore,
    known: Mutex<Option<(Instant, Arc<Broker>)>>,
}

/// It holds a secret.
impl fmt::Debug for SignInBroker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInBroker")
    }
}

impl SignInBroker {
    /// Reads what the settings point to; connects to nothing yet. `public` is where citizens reach our pages from outside.
    ///
    /// # Errors
    /// What about them cannot work.
    pub fn new(settings: SignInSettings, public: String) -> Result<Self, SignInError> {
        let server = Server::new(&Broker::document(&settings.issuer), None, settings.root_certificates.as_deref())?;
        if !server.is_private() {
            return Err(SignInError::Open);
        }
        let texts = [
            ("client_id", &settings.client_id),
            ("name", &settings.name),
            ("name_claim", &settings.name_claim),
            ("number_claim", &settings.number_claim),
        ];
        if let Some((what, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(SignInError::Empty(what));
        }
        if settings.name.chars().count() > NAME_CHARS_MAX {
            return Err(SignInError::Name);
        }
        let is_scope = |scope: &String| !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic());
        if !settings.scopes.iter().all(is_scope) || !settings.scopes.iter().any(|scope| scope == "openid") {
            return Err(SignInError::Scopes);
        }
        if !ANSWER_MS.contains(&settings.answer_ms_max) {
            return Err(SignInError::Time);
        }
        Ok(Self {
            secret: secret(&settings.client_secret_file)?,
            scopes: settings.scopes.join(" "),
            answer_max: Duration::from_millis(settings.answer_ms_max),
            breaker: Breaker::new(Duration::from_millis(settings.rest_ms)),
            asked: Semaphore::new(ASKED_AT_ONCE_MAX),
            known: Mutex::default(),
            server,
            settings,
            public,
        })
    }

    /// What people call the way in.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Begins a sign-in that comes back to `path` of our pages.
    ///
    /// # Errors
    /// [`NotSignedIn::NoAnswer`].
    pub async fn begin(&self, path: &str, language: Language) -> Result<Started, NotSignedIn> {
        let broker = self.asks(self.broker()).await?;
        let secrets = Secrets::of(rand::random(), rand::random(), rand::random());
        let wanted = Wanted { scopes: &self.scopes, ways: self.settings.acr_values.as_deref(), language: language.word() };
        let redirect = self.redirect(path);
        Ok(Started { address: broker.address(&self.client(&redirect), &wanted, &secrets), secrets })
    }

    /// Who has signed in, by the code that came back to `path`: their name, where it is told, and their number as the broker
    /// writes it.
    ///
    /// # Errors
    /// [`NotSignedIn`].
    pub async fn complete(
        &self,
        path: &str,
        (code, issuer): (&str, Option<&str>),
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<(Option<String>, String), NotSignedIn> {
        let told = self.asks(self.person(path, (code, issuer), secrets, now)).await?;
        let names = || Some([told.text("given_name"), told.text("family_name")].into_iter().flatten().collect::<Vec<_>>().join(" "));
        let name = told.text(&self.settings.name_claim).or_else(names).filter(|name| !name.is_empty());
        let Some(number) = told.text(&self.settings.number_claim) else {
            tracing::warn!(claim = %self.settings.number_claim, "the broker signs somebody in and does not tell their number");
            return Err(NotSignedIn::NotProved);
        };
        Ok((name, number))
    }

    fn redirect(&self, path: &str) -> String {
        format!("{}{path}", self.public)
    }

    fn client<'a>(&'a self, redirect: &'a str) -> Client<'a> {
        Client { id: &self.settings.client_id, secret: &self.secret, redirect }
    }

    /// Asks within what one step may take, unless the broker rests or too many ask; what goes wrong is logged here.
    async fn asks<T>(&self, asking: impl Future<Output = Result<T, Trouble>>) -> Result<T, NotSignedIn> {
        let answer = match self.asked.try_acquire() {
            Err(_) => Err(Trouble::Busy),
            Ok(_) if !self.breaker.admits(Instant::now()) => Err(Trouble::Rests),
            Ok(_turn) => timeout(self.answer_max, asking).await.unwrap_or(Err(Trouble::Late)),
        };
        match &answer {
            Ok(_) => self.breaker.worked(),
            Err(Trouble::Busy | Trouble::Rests) => {}
            Err(why) if why.is_of_the_answer() => self.breaker.worked(),
            Err(_) => {
                *self.known.lock() = None;
                self.breaker.failed(Instant::now());
            }
        }
        answer.map_err(|why| {
            tracing::warn!(%why, "somebody could not be signed in by the broker");
            if why.is_of_the_answer() { NotSignedIn::NotProved } else { NotSignedIn::NoAnswer }
        })
    }

    /// The broker as it described itself not long ago.
    async fn known(&self) -> Result<Arc<Broker>, Trouble> {
        let known = self.known.lock().clone().filter(|(since, _)| since.elapsed() < KNOWN_FOR);
        match known {
            Some((_, broker)) => Ok(broker),
            None => self.broker().await,
        }
    }

    /// The broker as it describes itself now: nobody is led to one that does not answer.
    async fn broker(&self) -> Result<Arc<Broker>, Trouble> {
        let document = whole("its discovery document", self.server.get(&[]).await)?;
        let broker = Arc::new(Broker::read(&self.settings.issuer, &document.body)?);
        *self.known.lock() = Some((Instant::now(), broker.clone()));
        Ok(broker)
    }

    async fn person(&self, path: &str, (code, issuer): (&str, Option<&str>), secrets: &Secrets, now: Timestamp) -> Result<Claims, Trouble> {
        if code.is_empty() || code.len() > CODE_BYTES_MAX {
            return Err(Trouble::NoSuchCode);
        }
        let broker = self.known().await?;
        if !broker.answers_as(issuer) {
            return Err(Trouble::OtherIssuer);
        }
        let tokens = self.tokens(&broker, &self.redirect(path), code, secrets).await?;
        let keys = whole("its keys", self.at(&broker.keys)?.get(&[]).await)?;
        let expected = Expected { issuer: &broker.issuer, client: &self.settings.client_id, nonce: &secrets.nonce, now };
        let mut told = claims(&tokens.id, &keys.body, &expected)?;
        // Many brokers put no more into the token than it must have.
        let is_told = told.text(&self.settings.number_claim).is_some() && told.text(&self.settings.name_claim).is_some();
        if let (false, Some(person), Some(access)) = (is_told, &broker.person, &tokens.access) {
            let bearer = format!("Bearer {access}");
            let answer = whole("what it tells of a person", self.at(person)?.get(&[("authorization", &bearer)]).await)?;
            add_person(&mut told, &answer.body)?;
        }
        Ok(told)
    }

    async fn tokens(&self, broker: &Broker, redirect: &str, code: &str, secrets: &Secrets) -> Result<Tokens, Trouble> {
        let (body, proof) = broker.token_request(&self.client(redirect), code, secrets);
        let headers: Vec<(&'static str, &str)> = proof.iter().map(|proof| ("authorization", proof.as_str())).collect();
        let post = Post { content_type: "application/x-www-form-urlencoded", headers: &headers, body: body.into_bytes() };
        let what = "its tokens";
        let reply = self.at(&broker.token)?.post(post).await.map_err(|failed| Trouble::Failed { what, failed })?;
        match reply.status {
            400 => Err(Trouble::NoSuchCode),
            _ => Tokens::read(&whole(what, Ok(reply))?.body).ok_or(Trouble::NoToken),
        }
    }

    fn at(&self, address: &str) -> Result<Server, Trouble> {
        self.server.beside(address).ok().filter(Server::is_private).ok_or(Trouble::Address)
    }
}

fn whole(what: &'static str, answer: Result<Reply, Failed>) -> Result<Reply, Trouble> {
    let reply = answer.map_err(|failed| Trouble::Failed { what, failed })?;
    if reply.is_success() { Ok(reply) } else { Err(Trouble::Status { what, status: reply.status }) }
}

fn secret(path: &Path) -> Result<String, SignInError> {
    let wrong = |why: String| SignInError::Secret { path: path.to_owned(), why };
    let secret = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?.trim().to_owned();
    if secret.is_empty() { Err(wrong("it must hold the secret alone".to_owned())) } else { Ok(secret) }
}
