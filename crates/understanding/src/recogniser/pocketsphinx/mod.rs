//! pocketsphinx within this program: a small grammar of sentences, for machines without a model of everything that can
//! be said. The library is opened when the program starts; nobody needs it who does not switch it on.
//!
//! Whatever is said is heard as one of the grammar's sentences or as nothing: it can mishear, and its own confidence
//! says nothing of that, so none is told. Utterances are searched on threads of its own, one each, and none goes on
//! past its deadline or after its caller has hung up.

mod grammar;
mod library;

use super::{
    Answer, RATE, Recogniser, RecogniserError, Recognition, Request, SECONDS_MAX,
    limit::{GiveUp, Limit, millis},
};
use crate::prompts::sound;
use library::{Decoder, FILE, Library};
use parking_lot::Mutex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    ffi::CString,
    fs::{self, File},
    io,
    num::NonZeroU16,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
    time::Instant,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::timeout,
};

const ENGINE: &str = "pocketsphinx";
/// Where Debian's packages put English.
const MODEL: &str = "/usr/share/pocketsphinx/model/en-us/en-us";
const DICTIONARY: &str = "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict";
/// What a model is made with; read here, and held against what can be used.
const PARAMETERS: &str = "feat.params";
/// pocketsphinx ends the whole program where one of these is missing.
const NEEDED: [&str; 5] = [PARAMETERS, "mdef", "means", "variances", "transition_matrices"];
const ONE_NEEDED: [&str; 2] = ["sendump", "mixture_weights"];
/// What a model hears at when it says nothing of it.
const RATE_USUAL: u32 = 16_000;
/// More searches than any machine has processors for, each with the model in memory.
const CONCURRENT_MAX: u16 = 64;
/// Longer texts of a model's or a grammar's are none.
const TEXT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Which model, which sentences, and how much of the machine they may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PocketsphinxSettings {
    /// The folder of an acoustic model.
    #[serde(default = "model")]
    pub model: PathBuf,
    /// How words sound.
    #[serde(default = "dictionary")]
    pub dictionary: PathBuf,
    /// What can be said, in JSGF.
    pub grammar: PathBuf,
    /// Utterances recognised at the same time; further callers go by keys. Each has the model in memory.
    #[serde(default = "concurrent_max")]
    pub concurrent_max: NonZeroU16,
    /// What a caller waits for words at most, in milliseconds.
    #[serde(default = "super::http::answer_ms_max")]
    pub answer_ms_max: u64,
}

fn model() -> PathBuf {
    MODEL.into()
}

fn dictionary() -> PathBuf {
    DICTIONARY.into()
}

fn concurrent_max() -> NonZeroU16 {
    NonZeroU16::MIN.saturating_add(1)
}

/// Why pocketsphinx cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PocketsphinxError {
    #[error("{FILE} is not on this machine ({0}): install it, on Debian with `apt-get install libpocketsphinx3 pocketsphinx-en-us`")]
    NoLibrary(String),
    #[error("{} cannot be read: {why}. Debian has a model and a dictionary of English in the package pocketsphinx-en-us", path.display())]
    Unreadable { path: PathBuf, why: io::Error },
    #[error("the grammar {} has faults: {}", path.display(), faults.join("; "))]
    Grammar { path: PathBuf, faults: Vec<String> },
    #[error("the model {} hears at {rate} samples a second: take one for 8000 or 16000", path.display())]
    Rate { path: PathBuf, rate: String },
    #[error(
        "pocketsphinx makes nothing of model {}, dictionary {} and grammar {}: a bracket or a semicolon may be missing in the grammar, \
         or the model be of another kind",
        .0.model.display(), .0.dictionary.display(), .0.grammar.display()
    )]
    Refused(Box<PocketsphinxSettings>),
    #[error("concurrent_max = {0} is more than any machine can search at once: write {CONCURRENT_MAX} or less")]
    TooMany(NonZeroU16),
    #[error("no thread could be begun: {0}")]
    Thread(io::Error),
}

/// The engine with its model in memory. Share one for all calls; its threads end with it.
pub struct Pocketsphinx {
    jobs: SyncSender<Job>,
    slots: Arc<Semaphore>,
    /// Of model, dictionary and grammar.
    digest: Arc<str>,
    is_wide: bool,
}

/// One utterance, and who waits for it. The slot is given back when the search is over, answered or not.
struct Job {
    samples: Vec<i16>,
    limit: Arc<Limit>,
    answer: oneshot::Sender<Result<String, RecogniserError>>,
    slot: OwnedSemaphorePermit,
}

impl Pocketsphinx {
    /// Reads model, dictionary and grammar, names what is missing, and hears a second of quiet on each thread. Takes a
    /// second or two.
    ///
    /// # Errors
    /// A [`PocketsphinxError`] that says what to do. Of a model's file that is cut off pocketsphinx ends the whole
    /// program, so what is being read is said before.
    pub fn load(settings: &PocketsphinxSettings) -> Result<Self, PocketsphinxError> {
        if settings.concurrent_max.get() > CONCURRENT_MAX {
            return Err(PocketsphinxError::TooMany(settings.concurrent_max));
        }
        let library = Library::open().map_err(|why| PocketsphinxError::NoLibrary(why.to_string()))?;
        for name in NEEDED {
            readable(&settings.model.join(name))?;
        }
        ONE_NEEDED
            .iter()
            .map(|name| readable(&settings.model.join(name)))
            .find(Result::is_ok)
            .unwrap_or_else(|| readable(&settings.model.join(ONE_NEEDED[0])))?;
        let faults = grammar::faults(&text(&settings.grammar)?, &text(&settings.dictionary)?);
        if !faults.is_empty() {
            return Err(PocketsphinxError::Grammar { path: settings.grammar.clone(), faults });
        }
        let parameters = Parameters::read(&settings.model)?;
        let digest = digest(settings)?;
        tracing::info!(model = %settings.model.display(), "pocketsphinx reads its model; a file that is cut off ends the program here");
        let count = usize::from(settings.concurrent_max.get());
        let (jobs, received) = mpsc::sync_channel(count);
        let received = Arc::new(Mutex::new(received));
        for number in 0..count {
            let refused = |_| PocketsphinxError::Refused(Box::new(settings.clone()));
            let mut decoder = Decoder::new(&library, &parameters.arguments(settings)?).map_err(refused)?;
            // The first takes longer than any other.
            decoder.hear(&vec![0; parameters.rate as usize], || false).map_err(refused)?;
            let received = received.clone();
            let thread = thread::Builder::new().name(format!("{ENGINE}-{number}"));
            thread.spawn(move || work(&mut decoder, &received)).map_err(PocketsphinxError::Thread)?;
        }
        Ok(Self { jobs, slots: Arc::new(Semaphore::new(count)), digest: digest.into(), is_wide: parameters.rate > RATE })
    }

    /// SHA-256 of model, dictionary and grammar, in 64 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    async fn answer(&self, request: Request) -> Result<Recognition, RecogniserError> {
        let begun = Instant::now();
        if request.samples.len() > SECONDS_MAX * RATE as usize {
            return Err(RecogniserError::TooLong);
        }
        let slot = self.slots.clone().try_acquire_owned().map_err(|_| RecogniserError::Busy)?;
        let limit = Arc::new(Limit::at(begun + request.deadline));
        let _given_up = GiveUp(limit.clone());
        let samples = heard(&request.samples, self.is_wide);
        let (answer, answered) = oneshot::channel();
        let job = Job { samples, limit: limit.clone(), answer, slot };
        // There is room for as many as there are slots; without any thread left it fails.
        let gone = RecogniserError::Unreadable { why: "pocketsphinx has ended" };
        self.jobs.try_send(job).map_err(|_| gone.clone())?;
        let late = || RecogniserError::Deadline { deadline_ms: millis(request.deadline) };
        let words = timeout(request.deadline, answered).await.map_err(|_| late())?.map_err(|_| gone)??;
        if limit.is_over() {
            return Err(late());
        }
        let alternatives = if words.is_empty() { Vec::new() } else { vec![(words, None)] };
        // One model, one language: that these words fit best says nothing of which was spoken.
        Ok(Recognition {
            alternatives,
            language: None,
            engine: ENGINE,
            model: Some(self.digest.clone()),
            latency_ms: millis(begun.elapsed()),
        })
    }
}

impl Recogniser for Pocketsphinx {
    fn recognise(&self, request: Request) -> Answer<'_> {
        Box::pin(self.answer(request))
    }

    fn engine(&self) -> &'static str {
        ENGINE
    }
}

/// Until nobody can ask any more.
fn work(decoder: &mut Decoder, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().recv();
        let Ok(Job { samples, limit, answer, slot }) = job else { return };
        let words = decoder.hear(&samples, || limit.is_over()).map_err(|_| RecogniserError::Unreadable { why: "pocketsphinx failed" });
        // Before the answer: whoever asks again at once finds the slot free.
        drop(slot);
        // Whoever does not wait any more has hung up.
        let _ = answer.send(words);
    }
}

/// As the model hears it, at its own rate. A line that is quite silent is given a hiss that nobody would hear
/// (-72 dB of full scale), the same each time: of sound that is nothing at all the model's features make anything.
fn heard(samples: &[i16], is_wide: bool) -> Vec<i16> {
    const HISS: i16 = 8;
    let mut dice = 1_u32;
    let mut hiss = || {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((dice >> 16) as i16).rem_euclid(2 * HISS + 1) - HISS
    };
    let clean = if is_wide { doubled(samples) } else { samples.to_vec() };
    clean.into_iter().map(|sample| sample.saturating_add(hiss())).collect()
}

fn doubled(samples: &[i16]) -> Vec<i16> {
    // The filter can go a little beyond the loudest sample.
    #[allow(clippy::cast_possible_truncation)]
    sound::doubled(samples).into_iter().map(|sample| (sample * 32_768.0).clamp(-32_768.0, 32_767.0) as i16).collect()
}

/// What a model was made with, in pairs of name and value.
struct Parameters {
    rate: u32,
    pairs: Vec<String>,
}

impl Parameters {
    fn read(model: &Path) -> Result<Self, PocketsphinxError> {
        let path = model.join(PARAMETERS);
        let text = text(&path)?;
        let pairs: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let said = pairs.chunks_exact(2).find(|pair| pair[0] == "-samprate").map(|pair| pair[1].as_str());
        // A rate is written as "16000" or as "16000.0".
        let rate = said.map_or(Some(RATE_USUAL), |rate| [RATE, RATE_USUAL].into_iter().find(|known| rate.parse() == Ok(f64::from(*known))));
        let wrong = || PocketsphinxError::Rate { path: model.to_owned(), rate: said.unwrap_or_default().to_owned() };
        Ok(Self { rate: rate.ok_or_else(wrong)?, pairs })
    }

    /// The model's own, then ours: of two of a name the latter counts.
    fn arguments(&self, settings: &PocketsphinxSettings) -> Result<Vec<CString>, PocketsphinxError> {
        let rate = self.rate.to_string();
        let ours = [
            // Its own parameters stand in the arguments; were they read again, they would go before ours.
            ("-featparams", Path::new("/dev/null")),
            ("-hmm", &settings.model),
            ("-dict", &settings.dictionary),
            ("-jsgf", &settings.grammar),
            ("-samprate", Path::new(&rate)),
            // The mean is taken out before; see `library`.
            ("-cmn", Path::new("none")),
            ("-bestpath", Path::new("no")),
        ];
        let bytes = self.pairs.iter().map(|text| text.as_bytes().to_vec());
        let bytes =
            bytes.chain(ours.iter().flat_map(|(name, value)| [name.as_bytes().to_vec(), value.as_os_str().as_encoded_bytes().to_vec()]));
        let broken = |_| PocketsphinxError::Refused(Box::new(settings.clone()));
        bytes.map(|bytes| CString::new(bytes).map_err(broken)).collect()
    }
}

fn readable(path: &Path) -> Result<File, PocketsphinxError> {
    File::open(path).map_err(|why| PocketsphinxError::Unreadable { path: path.to_owned(), why })
}

fn text(path: &Path) -> Result<String, PocketsphinxError> {
    let unreadable = |why| PocketsphinxError::Unreadable { path: path.to_owned(), why };
    if readable(path)?.metadata().map_err(unreadable)?.len() > TEXT_BYTES_MAX {
        return Err(unreadable(io::Error::other("it is too long")));
    }
    // Dictionaries may be older than Unicode.
    Ok(String::from_utf8_lossy(&fs::read(path).map_err(unreadable)?).into_owned())
}

/// SHA-256 of every file of the model by name, then of dictionary and grammar.
fn digest(settings: &PocketsphinxSettings) -> Result<String, PocketsphinxError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |why| PocketsphinxError::Unreadable { path, why }
    };
    let entries = fs::read_dir(&settings.model).map_err(unreadable(&settings.model))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    files.sort();
    let mut hash = Sha256::new();
    for path in files.iter().chain([&settings.dictionary, &settings.grammar]) {
        hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        io::copy(&mut readable(path)?, &mut hash).map_err(unreadable(path))?;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
