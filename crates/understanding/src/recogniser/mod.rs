//! Sound to words. One trait, several engines; without any, the dialogue goes by keys.
//!
//! A recogniser may be slow, wrong, gone or hostile: whoever asks gets an answer or an error before
//! the deadline, and never a confidence that the engine did not give. Sound and words are personal
//! data: they are not logged, and Debug hides them.

mod http;
mod limit;
#[cfg(feature = "whisper")]
mod model_file;
mod pocketsphinx;
mod scripted;
#[cfg(feature = "whisper")]
mod whisper;

pub use http::{ANSWER_MS, HttpSettings, HttpTranscription, SettingsError};
pub use pocketsphinx::{Pocketsphinx, PocketsphinxError, PocketsphinxSettings};
pub use scripted::Scripted;
#[cfg(feature = "whisper")]
pub use whisper::{LoadError, Whisper, WhisperSettings};

use domain::intent::Language;
use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

/// Samples per second of what is recognised.
pub const RATE: u32 = 8_000;
/// Longer sound is refused; the dialogue caps an utterance well below.
pub const SECONDS_MAX: usize = 30;
/// At most this many readings are kept.
pub const ALTERNATIVES_MAX: usize = 5;

/// What is to be recognised, and how long that may take.
#[derive(Clone)]
pub struct Request {
    /// One channel, 16 bits, 8000 a second.
    pub samples: Arc<[i16]>,
    /// Languages to expect, likeliest first; empty when nothing is known.
    pub languages: Vec<Language>,
    /// From now.
    pub deadline: Duration,
}

impl Request {
    /// How long the sound is.
    #[must_use]
    pub fn sound_ms(&self) -> u64 {
        self.samples.len() as u64 * 1_000 / u64::from(RATE)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} samples, {:?}, {:?})", self.samples.len(), self.languages, self.deadline)
    }
}

/// What was heard.
#[derive(Clone, PartialEq, Eq)]
pub struct Recognition {
    /// Likeliest first, each with its confidence in thousandths when the engine gives one. Empty when
    /// nothing was said.
    pub alternatives: Vec<(String, Option<u16>)>,
    pub language: Option<Language>,
    pub engine: &'static str,
    /// Digest of the engine's model, when the engine tells.
    pub model: Option<Arc<str>>,
    pub latency_ms: u64,
}

impl Recognition {
    /// The likeliest words.
    #[must_use]
    pub fn best(&self) -> Option<&str> {
        self.alternatives.first().map(|(text, _)| text.as_str())
    }
}

impl fmt::Debug for Recognition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { alternatives, language, engine, model: _, latency_ms } = self;
        write!(f, "Recognition({engine}, {} alternatives, {language:?}, {latency_ms} ms)", alternatives.len())
    }
}

/// Why there are no words, by what the dialogue can do: each time it goes on by keys.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RecogniserError {
    #[error("the recogniser did not answer within {deadline_ms} ms")]
    Deadline { deadline_ms: u64 },
    #[error("the recogniser is busy with as many calls as it may take")]
    Busy,
    #[error("the recogniser failed several times and is left alone for a while")]
    Resting,
    #[error("the recogniser cannot be reached: {why}")]
    Unreachable { why: String },
    #[error("the recogniser refused with status {status}")]
    Refused { status: u16 },
    #[error("the recogniser's answer cannot be read: {why}")]
    Unreadable { why: &'static str },
    #[error("more than {SECONDS_MAX} seconds of sound are not recognised")]
    TooLong,
}

/// What an engine hands back to wait for.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Recognition, RecogniserError>> + Send + 'a>>;

/// An engine that turns sound into words.
pub trait Recogniser: Send + Sync {
    /// Answers before the request's deadline, with words or without. Dropping the future gives up.
    fn recognise(&self, request: Request) -> Answer<'_>;

    /// A short name for metrics.
    fn engine(&self) -> &'static str;
}
