//! How is another server asked? One request or one mail over one connection, with a limit to what is read of the answer, and a
//! breaker for a server that keeps failing. What is asked, and what an answer means, whoever asks knows.

mod breaker;
mod mail_server;

pub use breaker::Breaker;
pub use mail_server::{MailServer, MailServerError, MailServerSettings, NotTaken, Secured};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Uri, client::conn::http1, header, http::request::Builder};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// A longer answer is not read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Why a server's settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("url must be http:// or https:// with a host: {url}")]
    Url { url: String },
    #[error("{what} cannot be read from {path}: {why}")]
    File { what: &'static str, path: PathBuf, why: String },
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failed {
    #[error("the server cannot be reached: {why}")]
    Unreachable { why: String },
    #[error("the answer is too long or was cut off")]
    CutOff,
}

/// What is posted.
pub struct Post<'a> {
    pub content_type: &'a str,
    /// Beside those of every request.
    pub headers: &'a [(&'static str, &'a str)],
    pub body: Vec<u8>,
}

/// An answer; its body is read only where the status says that the request was taken.
pub struct Reply {
    pub status: u16,
    /// In how many seconds to come again, where it says so in seconds.
    pub retry_after_s: Option<u64>,
    pub body: Bytes,
}

impl Reply {
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A server at one address. One connection per request: a hung one never holds up another.
pub struct Server {
    url: Uri,
    host: String,
    port: u16,
    authority: String,
    token: Option<String>,
    tls: Option<TlsConnector>,
}

impl Server {
    /// Reads what the settings point to; connects to nothing yet. `token_file` holds the bearer token alone,
    /// `root_certificates` is a PEM file that takes the place of the public ones.
    ///
    /// # Errors
    /// When the address is none or a file cannot be read.
    pub fn new(url: &str, token_file: Option<&Path>, root_certificates: Option<&Path>) -> Result<Self, SettingsError> {
        let wrong = || SettingsError::Url { url: url.to_owned() };
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
        Ok(Self {
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            authority: uri.authority().map(ToString::to_string).unwrap_or_default(),
            host,
            token: token_file.map(read_token).transpose()?,
            tls: secure.then(|| connector(root_certificates)).transpose()?,
            url: uri,
        })
    }

    /// Another address, asked with the same trust and without the token: it may be somebody else's.
    ///
    /// # Errors
    /// When the address is none.
    pub fn beside(&self, url: &str) -> Result<Self, SettingsError> {
        let other = Self::new(url, None, None)?;
        Ok(Self { tls: other.tls.map(|usual| self.tls.clone().unwrap_or(usual)), ..other })
    }

    /// Nobody between here and there can read along: it is HTTPS, or does not leave this machine.
    #[must_use]
    pub fn is_private(&self) -> bool {
        let here = self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        self.tls.is_some() || here
    }

    /// Posts and waits for the answer, for as long as the caller lets it; dropping the future gives up. Redirects are
    /// answers like any other.
    ///
    /// # Errors
    /// [`Failed`] when there is no whole answer.
    pub async fn post(&self, post: Post<'_>) -> Result<Reply, Failed> {
        let head = hyper::Request::post(self.path()).header(header::CONTENT_TYPE, post.content_type);
        self.ask(with(head, post.headers), post.body).await
    }

    /// Gets what stands at the address, as [`Server::post`] does.
    ///
    /// # Errors
    /// [`Failed`] when there is no whole answer.
    pub async fn get(&self, headers: &[(&'static str, &str)]) -> Result<Reply, Failed> {
        self.ask(with(hyper::Request::get(self.path()), headers), Vec::new()).await
    }

    fn path(&self) -> &str {
        self.url.path_and_query().map_or("/", |path| path.as_str())
    }

    async fn ask(&self, head: Builder, body: Vec<u8>) -> Result<Reply, Failed> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|error| unreachable(&error))?;
        let _ = tcp.set_nodelay(true);
        match &self.tls {
            None => self.exchange(tcp, head, body).await,
            Some(tls) => {
                let name = ServerName::try_from(self.host.clone()).map_err(|error| unreachable(&error))?;
                let stream = tls.connect(name, tcp).await.map_err(|error| unreachable(&error))?;
                self.exchange(stream, head, body).await
            }
        }
    }

    async fn exchange<S>(&self, stream: S, head: Builder, body: Vec<u8>) -> Result<Reply, Failed>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| unreachable(&error))?;
        let mut head =
            head.header(header::HOST, &self.authority).header(header::ACCEPT, "application/json").header(header::CONNECTION, "close");
        if let Some(token) = &self.token {
            head = head.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let message = head.body(Full::new(Bytes::from(body))).map_err(|error| unreachable(&error))?;
        let conversation = async {
            let response = sender.send_request(message).await.map_err(|error| unreachable(&error))?;
            let status = response.status();
            let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            let mut reply = Reply { status: status.as_u16(), retry_after_s: retry_after, body: Bytes::new() };
            if status.is_success() {
                let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(|_| Failed::CutOff)?;
                reply.body = body.to_bytes();
            }
            Ok(reply)
        };
        // The connection is driven beside the conversation and dropped with it: nothing lives on.
        tokio::pin!(connection);
        tokio::pin!(conversation);
        tokio::select! {
            biased;
            answer = &mut conversation => answer,
            ended = &mut connection => match ended {
                Ok(()) => conversation.await,
                Err(error) => Err(unreachable(&error)),
            },
        }
    }
}

fn with(head: Builder, headers: &[(&'static str, &str)]) -> Builder {
    headers.iter().fold(head, |head, (name, value)| head.header(*name, *value))
}

fn unreachable(error: &dyn std::fmt::Display) -> Failed {
    Failed::Unreachable { why: error.to_string() }
}

fn read_token(path: &Path) -> Result<String, SettingsError> {
    let file = |why: String| SettingsError::File { what: "token", path: path.to_owned(), why };
    let token = std::fs::read_to_string(path).map_err(|error| file(error.to_string()))?.trim().to_owned();
    let plain = !token.is_empty() && token.chars().all(|c| c.is_ascii_graphic());
    if plain { Ok(token) } else { Err(file("it must hold the token alone".into())) }
}

fn connector(root_certificates: Option<&Path>) -> Result<TlsConnector, SettingsError> {
    let mut roots = RootCertStore::empty();
    match root_certificates {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let file = |why: String| SettingsError::File { what: "root certificates", path: path.to_owned(), why };
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| file(error.to_string()))? {
                roots.add(certificate.map_err(|error| file(error.to_string()))?).map_err(|error| file(error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(file("it holds no certificate".into()));
            }
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| SettingsError::File { what: "TLS versions", path: PathBuf::new(), why: error.to_string() })?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}
