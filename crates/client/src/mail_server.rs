//! A mail server that takes mails of ours and passes them on (SMTP submission, RFC 6409), one connection for each mail.
//!
//! What goes wrong before the mail is named is the server's or the settings' fault, whatever the server says, and may be
//! mended while the mail waits; only what it says of this mail and its receiver is final.

use lettre::{
    Address,
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        extension::ClientId,
    },
};
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::timeout;

/// How long a server is given to say goodbye once it has the mail.
const GOODBYE_MAX: Duration = Duration::from_secs(2);
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// How the way to the server is kept from being read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Secured {
    /// From the first byte on (port 465).
    Tls,
    /// From a command on (port 587); a server that does not offer it is given nothing.
    StartTls,
    /// Not at all: on this machine alone.
    No,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailServerError {
    #[error("mail goes without TLS to this machine alone: everybody on the way could read it")]
    Open,
    #[error("{what} {} cannot be read: {why}", path.display())]
    File { what: &'static str, path: PathBuf, why: String },
    #[error("its name cannot be used for TLS: {0}")]
    Name(String),
}

/// Why a mail was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotTaken {
    Unreachable,
    /// It could not be made private, or who it is cannot be proved.
    Insecure,
    /// User or password are not taken.
    NotAllowed,
    /// It says: not now.
    Later,
    /// It says: never.
    Refused,
    /// What it says is no SMTP, or it stopped in the middle.
    Unexpected,
}

pub struct MailServer {
    host: String,
    port: u16,
    secured: Secured,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
}

/// What is to be known of a server.
pub struct MailServerSettings<'a> {
    pub host: &'a str,
    pub port: u16,
    pub secured: Secured,
    /// User, and the file with the password alone in it.
    pub login: Option<(&'a str, &'a Path)>,
    pub root_certificates: Option<&'a Path>,
    /// By which name we greet it.
    pub own_name: &'a str,
}

impl MailServer {
    /// Reads what the settings point to; connects to nothing yet.
    ///
    /// # Errors
    /// What about them cannot work.
    pub fn new(settings: &MailServerSettings<'_>) -> Result<Self, MailServerError> {
        let host = settings.host.to_owned();
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if settings.secured == Secured::No && !here {
            return Err(MailServerError::Open);
        }
        let read = |what, path: &Path| {
            std::fs::read_to_string(path).map_err(|error| MailServerError::File { what, path: path.to_owned(), why: error.to_string() })
        };
        let credentials = match settings.login {
            None => None,
            Some((user, path)) => Some(Credentials::new(user.to_owned(), read("the password", path)?.trim().to_owned())),
        };
        let tls = match settings.secured {
            Secured::No => None,
            Secured::Tls | Secured::StartTls => Some(tls(&host, settings.root_certificates)?),
        };
        let hello = ClientId::Domain(settings.own_name.to_owned());
        Ok(Self { host, port: settings.port, secured: settings.secured, tls, credentials, hello })
    }

    /// Hands one mail over. Dropping the future gives up.
    ///
    /// # Errors
    /// [`NotTaken`] unless the server said that it has the mail.
    pub async fn send(&self, from: &str, to: &str, mail: &[u8]) -> Result<(), NotTaken> {
        let address = |text: &str| text.parse::<Address>().map_err(|_| NotTaken::Refused);
        let envelope = Envelope::new(Some(address(from)?), vec![address(to)?]).map_err(|_| NotTaken::Refused)?;
        let mut connection = self.connect().await?;
        connection.send(&envelope, mail).await.map_err(|error| judge(&error))?;
        // It has the mail, whatever comes of the goodbye.
        let _ = timeout(GOODBYE_MAX, connection.quit()).await;
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, NotTaken> {
        let wrapped = self.tls.clone().filter(|_| self.secured == Secured::Tls);
        let connected = AsyncSmtpConnection::connect_tokio1((self.host.as_str(), self.port), None, &self.hello, wrapped, None).await;
        let mut connection = connected.map_err(|error| match judge(&error) {
            // It greets with a refusal: it takes nobody's mail now.
            NotTaken::Refused => NotTaken::Later,
            other => other,
        })?;
        if self.secured == Secured::StartTls {
            let Some(tls) = self.tls.clone().filter(|_| connection.can_starttls()) else { return Err(NotTaken::Insecure) };
            connection.starttls(tls, &self.hello).await.map_err(|_| NotTaken::Insecure)?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(MECHANISMS, credentials).await.map_err(|error| match judge(&error) {
                NotTaken::Refused | NotTaken::Unexpected => NotTaken::NotAllowed,
                other => other,
            })?;
        }
        Ok(connection)
    }
}

fn tls(host: &str, root_certificates: Option<&Path>) -> Result<TlsParameters, MailServerError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = root_certificates {
        let file = |why: String| MailServerError::File { what: "root certificates", path: path.to_owned(), why };
        let pem = std::fs::read(path).map_err(|error| file(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| file(error.to_string()))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build().map_err(|error| MailServerError::Name(error.to_string()))
}

fn judge(error: &Error) -> NotTaken {
    // 530, 535 and their like speak of us, not of the mail.
    let of_login = |code: u16| matches!(code, 454 | 530 | 534 | 535 | 538);
    match error.status().map(u16::from) {
        Some(code) if of_login(code) => NotTaken::NotAllowed,
        Some(500..) => NotTaken::Refused,
        Some(_) => NotTaken::Later,
        None if error.is_tls() => NotTaken::Insecure,
        None if error.is_response() || error.is_client() => NotTaken::Unexpected,
        None => NotTaken::Unreachable,
    }
}
