//! What callers mean is learnt beside the calls: the centre takes calls from its first moment on, and asks for words
//! once there is a model that understands them. Learning goes by threads of its own that give way to everything else.

use crate::{hearing::Hearing, live::Deployment};
use parking_lot::Mutex;
use serde::Serialize;
use std::{
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    thread,
    time::Instant,
};
use understanding::{
    lexicon::Lexicon,
    model::{self, Model},
    sentences::Sentence,
};

/// Whether callers are asked for words.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Comprehension {
    /// There is no recogniser: the dialogue goes by keys.
    #[default]
    Absent,
    /// It goes by keys until what callers mean is learnt: so much of it in a hundred.
    Learning { percent: u8 },
    /// A fault of the program ended the learning: it goes by keys.
    Failed,
    /// Callers are asked for words.
    Ready,
}

/// A model, or what it is to be learnt from.
#[derive(Default)]
pub struct Learning {
    model: OnceLock<Model>,
    lesson: Mutex<Option<Lesson>>,
    percent: AtomicU8,
    failed: AtomicBool,
}

struct Lesson {
    sentences: Vec<Sentence>,
    /// The folder in which the model is kept. No other program keeps models in it.
    cache: Option<PathBuf>,
}

impl Learning {
    /// With the model that `cache` keeps for these sentences and cues, where it does; else there is all to learn.
    #[must_use]
    pub fn of(sentences: Vec<Sentence>, lexicon: &Lexicon, cache: Option<PathBuf>) -> Self {
        let learning = Self::default();
        match cache.as_deref().and_then(|cache| Model::cached(&sentences, lexicon, cache)) {
            Some(model) => learning.learnt(model),
            None => *learning.lesson.lock() = Some(Lesson { sentences, cache }),
        }
        learning
    }

    #[cfg(test)]
    pub(crate) fn knowing(model: Model) -> Self {
        Self { model: model.into(), ..Self::default() }
    }

    pub(crate) fn model(&self) -> Option<&Model> {
        self.model.get()
    }

    pub(crate) fn comprehension(&self) -> Comprehension {
        match self.model() {
            Some(_) => Comprehension::Ready,
            None if self.failed.load(Ordering::Relaxed) => Comprehension::Failed,
            None => Comprehension::Learning { percent: self.percent.load(Ordering::Relaxed) },
        }
    }

    fn learnt(&self, model: Model) {
        tracing::info!(model = model.digest(), features = model.features(), "callers are asked for words");
        // Only one thread learns.
        let _ = self.model.set(model);
    }

    /// One round is done.
    fn note(&self, done: usize, all: usize) {
        let percent = u8::try_from(done * 100 / all.max(1)).unwrap_or(100);
        let before = self.percent.swap(percent, Ordering::Relaxed);
        if percent / 10 > before / 10 {
            tracing::info!(percent, "what callers mean is being learnt");
        }
    }
}

/// Learns what there is to learn. The program may end meanwhile: it does not wait, and the next start learns anew.
pub(crate) fn begin(deployment: &Deployment) {
    let Some(hearing) = &deployment.hearing else { return };
    let Some(lesson) = hearing.learning.lesson.lock().take() else { return };
    let learner = hearing.clone();
    let begun = thread::Builder::new().name("learning".to_owned()).spawn(move || {
        give_way();
        learn(&learner, lesson);
    });
    if let Err(error) = begun {
        tracing::error!(%error, "the system gives no thread to learn what callers mean: calls go by keys until the next start");
        hearing.learning.failed.store(true, Ordering::Relaxed);
    }
}

fn learn(hearing: &Hearing, Lesson { sentences, cache }: Lesson) {
    let Hearing { learning, lexicon, .. } = hearing;
    let _unfinished = Unfinished(learning);
    let begun = Instant::now();
    tracing::info!(sentences = sentences.len(), "what callers mean is being learnt; until it is, calls go by keys");
    let model = Model::train_telling(&sentences, lexicon, &mut |done, all| learning.note(done, all));
    tracing::info!(seconds = begun.elapsed().as_secs(), "what callers mean is learnt");
    if let Some(cache) = cache {
        if let Err(error) = model::sweep(&cache) {
            tracing::debug!(%error, cache = %cache.display(), "what an earlier start left could not be taken away");
        }
        model.cache(&sentences, lexicon, &cache);
    }
    learning.learnt(model);
}

/// Tells of a learner that ended in a fault.
struct Unfinished<'a>(&'a Learning);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.0.model().is_none() {
            tracing::error!("what callers mean could not be learnt: calls go by keys; report what the log says before this line");
            self.0.failed.store(true, Ordering::Relaxed);
        }
    }
}

/// Sound, calls and pages go first: this thread and those that it begins have a tenth of their weight, so that learning
/// comes to an end also on a machine that is always busy.
#[cfg(target_os = "linux")]
fn give_way() {
    use rustix::process::{getpriority_process, setpriority_process};
    const NICER_BY: i32 = 10;
    // Linux has a niceness for each thread; where none is named, it is that of the one that asks.
    if let Err(error) = getpriority_process(None).and_then(|niceness| setpriority_process(None, niceness + NICER_BY)) {
        tracing::debug!(%error, "learning goes on beside everything else, not behind it");
    }
}

/// Elsewhere a thread has no niceness of its own, and the whole program is not to be slowed.
#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::intent::{Gate, Intent, Language};
    use std::{fs, time::Duration};
    use understanding::recogniser::Scripted;

    /// Said often enough not to be chance.
    fn sentences() -> Vec<Sentence> {
        let sentence = |intent, text: &str| Sentence {
            language: Language::English,
            intent,
            destination: "pkc".to_owned(),
            gate: Gate::None,
            text: text.to_owned(),
        };
        let both = [sentence(Intent::ReportBicycleTheft, "my bicycle was stolen"), sentence(Intent::Tip, "i saw something")];
        [&both[..]; 4].concat()
    }

    fn hearing(learning: Learning) -> Hearing {
        let recogniser = Box::new(Scripted::new([]));
        Hearing { recogniser, learning, lexicon: Lexicon::default(), answer_max: Duration::from_secs(1), cost_per_minute: 0.0 }
    }

    fn taught(cache: PathBuf) -> Hearing {
        let hearing = hearing(Learning::of(sentences(), &Lexicon::default(), Some(cache)));
        assert_eq!(hearing.learning.comprehension(), Comprehension::Learning { percent: 0 });
        let lesson = hearing.learning.lesson.lock().take().unwrap();
        learn(&hearing, lesson);
        hearing
    }

    #[test]
    fn what_is_learnt_is_kept_and_at_hand_at_the_next_start() {
        let cache = std::env::temp_dir().join(format!("svar-learning-{}", std::process::id()));
        let first = taught(cache.clone());
        assert_eq!(first.learning.comprehension(), Comprehension::Ready);
        assert_eq!(first.learning.percent.load(Ordering::Relaxed), 100);
        let digest = first.learning.model().unwrap().digest().to_owned();
        assert_eq!(digest, Model::train(&sentences(), &Lexicon::default()).digest(), "the same as one that is learnt at once");

        let next = Learning::of(sentences(), &Lexicon::default(), Some(cache.clone()));
        assert_eq!(next.model().map(Model::digest), Some(digest.as_str()));
        assert_eq!((next.comprehension(), next.lesson.lock().is_none()), (Comprehension::Ready, true));
        let other = Learning::of(sentences().split_off(1), &Lexicon::default(), Some(cache.clone()));
        assert_eq!(other.comprehension(), Comprehension::Learning { percent: 0 }, "other sentences are to be learnt");
        fs::remove_dir_all(cache).unwrap();
    }

    #[test]
    fn progress_is_told_in_a_hundred() {
        let learning = Learning::default();
        for (done, percent) in [(1, 0), (3, 1), (120, 50), (239, 99), (240, 100)] {
            learning.note(done, 240);
            assert_eq!(learning.comprehension(), Comprehension::Learning { percent }, "{done}");
        }
    }

    #[test]
    fn a_learner_that_ends_in_a_fault_is_told() {
        let learning = Learning::default();
        let fault = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _unfinished = Unfinished(&learning);
            panic!("a fault of ours");
        }));
        assert!(fault.is_err());
        assert_eq!(learning.comprehension(), Comprehension::Failed);
    }
}
