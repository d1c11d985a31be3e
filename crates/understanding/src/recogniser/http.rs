//! Any server that speaks the widespread transcription interface (`POST /v1/audio/transcriptions`,
//! multipart in, JSON out). One connection per request: a hung one never holds up another caller.

use super::limit::millis;
use super::{ALTERNATIVES_MAX, Answer, RATE, Recogniser, RecogniserError, Recognition, Request, SECONDS_MAX, breaker::Breaker};
use crate::text::CHARS_MAX;
use bytes::Bytes;
use domain::intent::Language;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Uri, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde::Deserialize;
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::Semaphore,
};
use tokio_rustls::TlsConnector;

const ENGINE: &str = "http";
/// A longer answer is not read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
const BOUNDARY: &str = "svar-7f1c0a54e2b9";

/// Where the server is and how much may be asked of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// The whole address, "https://speech.example/v1/audio/transcriptions".
    pub url: String,
    pub model: String,
    /// A file with the bearer token alone in it; none when the server wants none.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// A PEM file with the authority's own root certificates, instead of the public ones.
    #[serde(default)]
    pub root_certificates: Option<PathBuf>,
    /// Calls recognised at the same time; further ones go by keys.
    #[serde(default = "concurrent_max")]
    pub concurrent_max: usize,
    /// How long it is left alone after failing several times in a row.
    #[serde(default = "rest_ms")]
    pub rest_ms: u64,
    /// What a caller waits for words at most; without words by then, the dialogue goes on by keys.
    #[serde(default = "answer_ms_max")]
    pub answer_ms_max: u64,
    /// What a minute of sound costs, in whatever money the contract is in: measured, and nothing else.
    #[serde(default)]
    pub cost_per_minute: f64,
}

fn concurrent_max() -> usize {
    32
}

fn rest_ms() -> u64 {
    20_000
}

pub(super) fn answer_ms_max() -> u64 {
    6_000
}

/// What `answer_ms_max` may be, of every engine: less is no answer at all, and longer than this nobody stays silent on a
/// telephone without thinking that the line is dead.
pub const ANSWER_MS: std::ops::RangeInclusive<u64> = 500..=10_000;

/// More than any minute costs, in any money.
const COST_MAX: f64 = 1e6;

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the recogniser's url must be http:// or https:// with a host: {url}")]
    Url { url: String },
    #[error("the recogniser's {what} cannot be read from {path}: {why}")]
    File { what: &'static str, path: PathBuf, why: String },
    #[error("the recogniser's model name must be plain text of at most 200 characters")]
    Model,
    #[error("the recogniser's answer_ms_max must lie between {} and {}", ANSWER_MS.start(), ANSWER_MS.end())]
    AnswerTime,
    #[error("the recogniser's cost_per_minute must be 0 or more, and at most {COST_MAX}")]
    Cost,
}

/// The adapter. Share one for all calls.
pub struct HttpTranscription {
    url: Uri,
    host: String,
    port: u16,
    authority: String,
    model: String,
    token: Option<String>,
    tls: Option<TlsConnector>,
    slots: Semaphore,
    breaker: Breaker,
}

impl HttpTranscription {
    /// Reads what the settings point to; connects to nothing yet.
    ///
    /// # Errors
    /// When the address is none or a file cannot be read.
    pub fn new(settings: &HttpSettings) -> Result<Self, SettingsError> {
        let wrong = || SettingsError::Url { url: settings.url.clone() };
        let url: Uri = settings.url.parse().map_err(|_| wrong())?;
        let secure = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let host = url.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
        if settings.model.is_empty() || settings.model.chars().count() > 200 || settings.model.contains(char::is_control) {
            return Err(SettingsError::Model);
        }
        if !ANSWER_MS.contains(&settings.answer_ms_max) {
            return Err(SettingsError::AnswerTime);
        }
        if !(0.0..=COST_MAX).contains(&settings.cost_per_minute) {
            return Err(SettingsError::Cost);
        }
        let token = settings.token_file.as_ref().map(|path| {
            let file = |why: String| SettingsError::File { what: "token", path: path.clone(), why };
            let token = std::fs::read_to_string(path).map_err(|error| file(error.to_string()))?.trim().to_owned();
            let plain = !token.is_empty() && token.chars().all(|c| c.is_ascii_graphic());
            if plain { Ok(token) } else { Err(file("it must hold the token alone".into())) }
        });
        Ok(Self {
            port: url.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            authority: url.authority().map(ToString::to_string).unwrap_or_default(),
            host,
            model: settings.model.clone(),
            token: token.transpose()?,
            tls: secure.then(|| connector(settings)).transpose()?,
            slots: Semaphore::new(settings.concurrent_max.clamp(1, Semaphore::MAX_PERMITS)),
            breaker: Breaker::new(Duration::from_millis(settings.rest_ms)),
            url,
        })
    }

    async fn ask(&self, request: &Request) -> Result<(String, Option<Language>), RecogniserError> {
        let unreachable = |error: &dyn std::fmt::Display| RecogniserError::Unreachable { why: error.to_string() };
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|error| unreachable(&error))?;
        let _ = tcp.set_nodelay(true);
        match &self.tls {
            None => self.exchange(tcp, request).await,
            Some(tls) => {
                let name = ServerName::try_from(self.host.clone()).map_err(|error| unreachable(&error))?;
                let stream = tls.connect(name, tcp).await.map_err(|error| unreachable(&error))?;
                self.exchange(stream, request).await
            }
        }
    }

    async fn exchange<S>(&self, stream: S, request: &Request) -> Result<(String, Option<Language>), RecogniserError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let unreachable = |error: hyper::Error| RecogniserError::Unreachable { why: error.to_string() };
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
        let mut head = hyper::Request::post(self.url.path_and_query().map_or("/", |path| path.as_str()))
            .header(header::HOST, &self.authority)
            .header(header::ACCEPT, "application/json")
            .header(header::CONNECTION, "close")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
        if let Some(token) = &self.token {
            head = head.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = Full::new(Bytes::from(self.form(request)));
        let message = head.body(body).map_err(|error| RecogniserError::Unreachable { why: error.to_string() })?;
        let conversation = async {
            let response = sender.send_request(message).await.map_err(unreachable)?;
            let status = response.status();
            if !status.is_success() {
                return Err(RecogniserError::Refused { status: status.as_u16() });
            }
            let unreadable = |_| RecogniserError::Unreadable { why: "it is too long or was cut off" };
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(unreadable)?;
            read_answer(&body.to_bytes())
        };
        // The connection is driven beside the conversation and dropped with it: nothing lives on.
        tokio::pin!(connection);
        tokio::pin!(conversation);
        tokio::select! {
            biased;
            answer = &mut conversation => answer,
            ended = &mut connection => match ended {
                Ok(()) => conversation.await,
                Err(error) => Err(unreachable(error)),
            },
        }
    }

    fn form(&self, request: &Request) -> Vec<u8> {
        let mut form = Vec::with_capacity(request.samples.len() * 2 + 1_024);
        let mut field = |name: &str, value: &str| {
            form.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        };
        field("model", &self.model);
        field("response_format", "verbose_json");
        field("temperature", "0");
        // With several languages to expect the server is left to find out.
        if let [language] = request.languages.as_slice() {
            field("language", language.word());
        }
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"call.wav\"\r\nContent-Type: audio/wav";
        form.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").into_bytes());
        form.extend(wav(&request.samples));
        form.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        form
    }
}

impl Recogniser for HttpTranscription {
    fn recognise(&self, request: Request) -> Answer<'_> {
        Box::pin(async move {
            if request.samples.len() > SECONDS_MAX * usize::try_from(RATE).unwrap_or(usize::MAX) {
                return Err(RecogniserError::TooLong);
            }
            let start = Instant::now();
            let _slot = self.slots.try_acquire().map_err(|_| RecogniserError::Busy)?;
            if !self.breaker.admits(start) {
                return Err(RecogniserError::Resting);
            }
            let answer = tokio::time::timeout(request.deadline, self.ask(&request))
                .await
                .unwrap_or(Err(RecogniserError::Deadline { deadline_ms: millis(request.deadline) }));
            match answer {
                Ok((text, language)) => {
                    self.breaker.worked();
                    let alternatives: Vec<_> =
                        Some((text, None)).into_iter().filter(|(text, _)| !text.is_empty()).take(ALTERNATIVES_MAX).collect();
                    Ok(Recognition { alternatives, language, engine: ENGINE, model: None, latency_ms: millis(start.elapsed()) })
                }
                Err(error) => {
                    self.breaker.failed(Instant::now());
                    Err(error)
                }
            }
        })
    }

    fn engine(&self) -> &'static str {
        ENGINE
    }
}

fn connector(settings: &HttpSettings) -> Result<TlsConnector, SettingsError> {
    let mut roots = RootCertStore::empty();
    match &settings.root_certificates {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let file = |why: String| SettingsError::File { what: "root certificates", path: path.clone(), why };
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

#[derive(Deserialize)]
struct Written {
    text: String,
    #[serde(default)]
    language: Option<String>,
}

fn read_answer(body: &[u8]) -> Result<(String, Option<Language>), RecogniserError> {
    let written: Written = serde_json::from_slice(body).map_err(|_| RecogniserError::Unreadable { why: "it is not JSON with a text" })?;
    let text: String = written.text.trim().chars().filter(|c| !c.is_control() || c.is_whitespace()).take(CHARS_MAX).collect();
    let language = written.language.as_deref().and_then(|word| match word.to_ascii_lowercase().as_str() {
        "sv" | "swe" | "sv-se" | "swedish" => Some(Language::Swedish),
        "en" | "eng" | "en-gb" | "en-us" | "english" => Some(Language::English),
        "da" | "dan" | "da-dk" | "danish" => Some(Language::Danish),
        _ => None,
    });
    Ok((text, language))
}

/// 16-bit PCM in a WAV file.
fn wav(samples: &[i16]) -> Vec<u8> {
    let length = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX - 36);
    let mut wav = Vec::with_capacity(samples.len() * 2 + 44);
    wav.extend(b"RIFF");
    wav.extend((36 + length).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(RATE.to_le_bytes());
    wav.extend((RATE * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(length.to_le_bytes());
    wav.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}
