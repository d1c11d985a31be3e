//! Any server that speaks the widespread transcription interface (`POST /v1/audio/transcriptions`,
//! multipart in, JSON out).

use super::limit::millis;
use super::{ALTERNATIVES_MAX, Answer, RATE, Recogniser, RecogniserError, Recognition, Request, SECONDS_MAX};
use crate::text::CHARS_MAX;
use client::{Breaker, Failed, Post, Server};
use domain::intent::Language;
use serde::Deserialize;
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

const ENGINE: &str = "http";
const BOUNDARY: &str = "svar-7f1c0a54e2b9";

/// Where the server is and how much may be asked of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// The whole address, `https://speech.example/v1/audio/transcriptions`.
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
    #[error("the recogniser's {0}")]
    Server(#[from] client::SettingsError),
    #[error("the recogniser's model name must be plain text of at most 200 characters")]
    Model,
    #[error("the recogniser's answer_ms_max must lie between {} and {}", ANSWER_MS.start(), ANSWER_MS.end())]
    AnswerTime,
    #[error("the recogniser's cost_per_minute must be 0 or more, and at most {COST_MAX}")]
    Cost,
}

/// The adapter. Share one for all calls.
pub struct HttpTranscription {
    server: Server,
    model: String,
    slots: Semaphore,
    breaker: Breaker,
}

impl HttpTranscription {
    /// Reads what the settings point to; connects to nothing yet.
    ///
    /// # Errors
    /// When the address is none or a file cannot be read.
    pub fn new(settings: &HttpSettings) -> Result<Self, SettingsError> {
        if settings.model.is_empty() || settings.model.chars().count() > 200 || settings.model.contains(char::is_control) {
            return Err(SettingsError::Model);
        }
        if !ANSWER_MS.contains(&settings.answer_ms_max) {
            return Err(SettingsError::AnswerTime);
        }
        if !(0.0..=COST_MAX).contains(&settings.cost_per_minute) {
            return Err(SettingsError::Cost);
        }
        Ok(Self {
            server: Server::new(&settings.url, settings.token_file.as_deref(), settings.root_certificates.as_deref())?,
            model: settings.model.clone(),
            slots: Semaphore::new(settings.concurrent_max.clamp(1, Semaphore::MAX_PERMITS)),
            breaker: Breaker::new(Duration::from_millis(settings.rest_ms)),
        })
    }

    async fn ask(&self, request: &Request) -> Result<(String, Option<Language>), RecogniserError> {
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let post = Post { content_type: &content_type, headers: &[], body: self.form(request) };
        let reply = self.server.post(post).await.map_err(|failed| match failed {
            Failed::Unreachable { why } => RecogniserError::Unreachable { why },
            Failed::CutOff => RecogniserError::Unreadable { why: "it is too long or was cut off" },
        })?;
        if reply.is_success() { read_answer(&reply.body) } else { Err(RecogniserError::Refused { status: reply.status }) }
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
