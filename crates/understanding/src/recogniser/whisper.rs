//! whisper.cpp within this program, for authorities that send no caller's voice anywhere. The model is a file of
//! theirs in whisper.cpp's form (`ggml`); none comes with the program.
//!
//! Recognising keeps processors busy for as long as it takes: so many utterances at a time and no more, further
//! ones are told at once that it is busy, and none goes on past its deadline or after its caller has hung up.

use super::{
    Answer, RATE, Recogniser, RecogniserError, Recognition, Request, SECONDS_MAX,
    limit::{GiveUp, Limit, millis},
    model_file::{self, Wrong},
};
use crate::prompts::sound;
use domain::intent::Language;
use serde::Deserialize;
use std::{
    ffi::c_void,
    io,
    num::NonZeroU16,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError, WhisperState};

const ENGINE: &str = "whisper";
/// whisper.cpp hears at twice the telephone's rate.
const FACTOR: usize = 2;
/// Less than this is filled up with quiet: whisper.cpp refuses what is shorter than a tenth of a second.
const SAMPLES_MIN: usize = RATE as usize;
/// The first recognition after loading takes longer than any other; it is made before calls are taken.
const WARM_UP: Duration = Duration::from_secs(60);

/// Which model, and how much of the machine it may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhisperSettings {
    /// A model file in whisper.cpp's form.
    pub model: PathBuf,
    /// Processor threads of one utterance.
    #[serde(default = "threads")]
    pub threads: NonZeroU16,
    /// Utterances recognised at the same time; further callers go by keys.
    #[serde(default = "concurrent_max")]
    pub concurrent_max: NonZeroU16,
    /// What a caller waits for words at most, in milliseconds.
    #[serde(default = "super::http::answer_ms_max")]
    pub answer_ms_max: u64,
}

fn threads() -> NonZeroU16 {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    u16::try_from(all).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN)
}

fn concurrent_max() -> NonZeroU16 {
    NonZeroU16::MIN
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("the model {} cannot be read: {why}", path.display())]
    Unreadable { path: PathBuf, why: io::Error },
    #[error("{} is no model in whisper.cpp's form: convert it, or name another file", .0.display())]
    NoModel(PathBuf),
    #[error("the model {} does not work: {why}", path.display())]
    Broken { path: PathBuf, why: String },
}

/// The engine with its model in memory. Share one for all calls.
pub struct Whisper {
    context: Arc<WhisperContext>,
    /// SHA-256 of the model file.
    model: Arc<str>,
    threads: NonZeroU16,
    slots: Arc<Semaphore>,
}

impl Whisper {
    /// Reads the model, and hears a second of quiet with it, so that the first caller does not wait for what comes
    /// but once. Takes seconds, and keeps a processor busy.
    ///
    /// # Errors
    /// A [`LoadError`] when the file is none that can be used.
    pub fn load(settings: &WhisperSettings) -> Result<Self, LoadError> {
        let path = &settings.model;
        let model = model_file::digest(path).map_err(|wrong| match wrong {
            Wrong::Unreadable(why) => LoadError::Unreadable { path: path.clone(), why },
            Wrong::NoModel => LoadError::NoModel(path.clone()),
            Wrong::Broken => LoadError::Broken { path: path.clone(), why: "it is not whole".to_owned() },
        })?;
        whisper_rs::install_logging_hooks();
        let mut parameters = WhisperContextParameters::new();
        parameters.use_gpu(false).flash_attn(false);
        let broken = |why: WhisperError| LoadError::Broken { path: path.clone(), why: format!("{why:?}") };
        let context = WhisperContext::new_with_params(path, parameters).map_err(broken)?;
        let slots = Arc::new(Semaphore::new(settings.concurrent_max.get().into()));
        let whisper = Self { context: Arc::new(context), model: model.into(), threads: settings.threads, slots };
        let quiet = vec![0.0; SAMPLES_MIN * FACTOR];
        let limit = Limit::at(Instant::now() + WARM_UP);
        hear(&whisper.context, whisper.threads, &quiet, &[Language::English], &limit).map_err(broken)?;
        Ok(whisper)
    }

    /// SHA-256 of the model file, in 64 hexadecimal digits.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    async fn answer(&self, request: Request) -> Result<Recognition, RecogniserError> {
        let begun = Instant::now();
        if request.samples.len() > SECONDS_MAX * RATE as usize {
            return Err(RecogniserError::TooLong);
        }
        let slot = self.slots.clone().try_acquire_owned().map_err(|_| RecogniserError::Busy)?;
        let late = || RecogniserError::Deadline { deadline_ms: millis(request.deadline) };
        let limit = Arc::new(Limit::at(begun + request.deadline));
        let _given_up = GiveUp(limit.clone());
        let (context, threads, languages) = (self.context.clone(), self.threads, request.languages.clone());
        let (samples, held) = (heard(&request.samples), limit.clone());
        let work = spawn_blocking(move || {
            let _slot = slot;
            hear(&context, threads, &samples, &languages, &held)
        });
        match timeout(request.deadline, work).await {
            Ok(Ok(Ok((text, language)))) => Ok(Recognition {
                alternatives: if text.is_empty() { Vec::new() } else { vec![(text, None)] },
                language,
                engine: ENGINE,
                model: Some(self.model.clone()),
                latency_ms: millis(begun.elapsed()),
            }),
            Ok(Ok(Err(_))) if limit.is_over() => Err(late()),
            Ok(Ok(Err(_)) | Err(_)) => Err(RecogniserError::Unreadable { why: "whisper.cpp failed" }),
            Err(_) => Err(late()),
        }
    }
}

impl Recogniser for Whisper {
    fn recognise(&self, request: Request) -> Answer<'_> {
        Box::pin(self.answer(request))
    }

    fn engine(&self) -> &'static str {
        ENGINE
    }
}

/// The words, and the likeliest of the languages.
fn hear(
    context: &WhisperContext,
    threads: NonZeroU16,
    samples: &[f32],
    languages: &[Language],
    limit: &Limit,
) -> Result<(String, Option<Language>), WhisperError> {
    let mut state = context.create_state()?;
    let language = likeliest(&mut state, threads, samples, languages)?;
    let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    parameters.set_n_threads(i32::from(threads.get()));
    parameters.set_language(language.map(Language::word));
    parameters.set_no_context(true);
    parameters.set_suppress_nst(true);
    parameters.set_print_special(false);
    parameters.set_print_progress(false);
    parameters.set_print_realtime(false);
    parameters.set_print_timestamps(false);
    run(&mut state, parameters, samples, limit)?;
    let said: Vec<String> =
        state.as_iter().map(|segment| segment.to_str_lossy().map(|text| text.trim().to_owned())).collect::<Result<_, _>>()?;
    Ok((said.join(" ").trim().to_owned(), language))
}

/// By the sound itself when several are to be expected: whisper.cpp alone would choose among a hundred.
fn likeliest(
    state: &mut WhisperState,
    threads: NonZeroU16,
    samples: &[f32],
    languages: &[Language],
) -> Result<Option<Language>, WhisperError> {
    let [_, _, ..] = languages else { return Ok(languages.first().copied()) };
    let threads = usize::from(threads.get());
    state.pcm_to_mel(samples, threads)?;
    let (_, shares) = state.lang_detect(0, threads)?;
    let share = |language: &Language| {
        let number = whisper_rs::get_lang_id(language.word()).and_then(|id| usize::try_from(id).ok());
        number.and_then(|id| shares.get(id).copied()).unwrap_or(0.0)
    };
    // Of equals the first stays: it is the likelier beforehand.
    Ok(languages.iter().rev().max_by(|one, other| share(one).total_cmp(&share(other))).copied())
}

/// Ends as soon as nobody waits any more.
#[allow(unsafe_code, reason = "whisper-rs 0.16 sets a closure to abort by a pointer of another type, and never frees it")]
fn run(state: &mut WhisperState, mut parameters: FullParams<'_, '_>, samples: &[f32], limit: &Limit) -> Result<(), WhisperError> {
    /// # Safety
    /// `limit` points to a [`Limit`] that outlives the call.
    unsafe extern "C" fn is_over(limit: *mut c_void) -> bool {
        // SAFETY: `run` passes its own reference, which is held until whisper.cpp has returned; only shared reads follow.
        unsafe { limit.cast_const().cast::<Limit>().as_ref() }.is_none_or(Limit::is_over)
    }
    // SAFETY: the function does not unwind, and what it is given lives until `full` has returned.
    unsafe {
        parameters.set_abort_callback(Some(is_over));
        parameters.set_abort_callback_user_data(std::ptr::from_ref(limit).cast_mut().cast());
    }
    if limit.is_over() { Err(WhisperError::GenericError(0)) } else { state.full(parameters, samples) }
}

/// As whisper.cpp hears it, with quiet behind what is short.
fn heard(samples: &[i16]) -> Vec<f32> {
    let mut wide = sound::doubled(samples);
    wide.resize(wide.len().max(SAMPLES_MIN * FACTOR), 0.0);
    wide
}
