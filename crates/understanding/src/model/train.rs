//! Training: which features count, the regression and the networks that learn from the same sentences,
//! the temperatures that make their confidence honest, and the alarm that weighs it all.

use super::{
    GATES, INTENTS, Model, NETWORKS, OUTPUTS, QUESTIONS,
    alarm::{self, VIEWS},
    dice::Dice,
    features, folds, linear,
    network::{self, Network},
    noise::{self, Noise},
    table::Table,
};
use crate::{lexicon::Lexicon, sentences::Sentence, text};
use parking_lot::Mutex;
use std::{collections::BTreeMap, thread};

/// A feature seen in fewer than one in so many sentences is left out: what is kept stays below 8 MB.
const SENTENCES_A_SIGHT: usize = 7_500;
/// A feature seen in fewer sentences is chance, however few there are.
const SEEN_MIN: usize = 2;
/// One part of so many is held out to fit the temperatures: a few numbers need no more.
const PARTS: usize = 4;
/// What a spoilt sentence counts beside a whole one.
const SPOILT_WEIGHT: f32 = 0.3;
const NOISE_SEED: u64 = 0x1141_4114;

/// A sentence as the learners see it.
pub(super) struct Example {
    pub row: Vec<(usize, f32)>,
    /// The place of the right answer to each question in the row of outputs.
    pub targets: [usize; 3],
    pub weight: f32,
}

/// Tells how far training is, in rounds. The learners count them side by side.
pub(super) struct Rounds<'a>(Mutex<(usize, &'a mut Tell<'a>)>);

/// Is told how many rounds of all are done.
type Tell<'a> = dyn FnMut(usize, usize) + Send + 'a;

impl Rounds<'_> {
    /// Two models are trained: the one that is kept, and one whose mistakes tell how sure to be.
    const ALL: usize = 2 * (linear::ROUNDS + NETWORKS * network::ROUNDS);

    pub fn done(&self) {
        let (done, tell) = &mut *self.0.lock();
        *done += 1;
        tell(*done, Self::ALL);
    }
}

impl Model {
    /// Trains on labelled sentences. The result depends on nothing but the arguments. With no sentences
    /// at all the model knows nothing and says so by even shares.
    #[must_use]
    pub fn train(sentences: &[Sentence], lexicon: &Lexicon) -> Self {
        Self::train_telling(sentences, lexicon, &mut |_, _| ())
    }

    /// The same, telling after each round how many of all are done. The learners share nothing but what they read, so
    /// that they can learn at the same time and give the same bytes.
    #[must_use]
    pub fn train_telling<'a>(sentences: &[Sentence], lexicon: &Lexicon, tell: &'a mut Tell<'a>) -> Self {
        let rounds = Rounds(Mutex::new((0, tell)));
        let parts = folds::folds(sentences, PARTS);
        let pick =
            |held_out: bool| sentences.iter().zip(&parts).filter(move |(_, part)| (**part == 0) == held_out).map(|(sentence, _)| sentence);
        let seen_min = (sentences.len() / SENTENCES_A_SIGHT).max(SEEN_MIN);
        let (mut model, other) = join(
            || fit(&sentences.iter().collect::<Vec<_>>(), seen_min, lexicon, &rounds),
            || fit(&pick(false).collect::<Vec<_>>(), seen_min, lexicon, &rounds),
        );
        let scored = |sentence: &Sentence| {
            let words = text::words(&sentence.text);
            let extracted = features::extract(&words, lexicon);
            let scores = other.scores(&other.weigh(&extracted));
            (scores, targets(sentence), alarm::views(&scores, extracted.cues_heard, words.len()), sentence.is_emergency())
        };
        let held_out: Vec<_> = pick(true).map(scored).collect();
        let answers: Vec<_> = held_out.iter().map(|(scores, targets, ..)| (*scores, *targets)).collect();
        model.temperatures = [0, 1, 2].map(|question| temperature(&answers, question));
        let seen: Vec<([f32; VIEWS], bool)> = held_out.into_iter().map(|(_, _, views, emergency)| (views, emergency)).collect();
        model.alarm = alarm::fit(&seen);
        model.sealed()
    }
}

fn targets(sentence: &Sentence) -> [usize; 3] {
    [sentence.intent as usize, INTENTS + sentence.gate as usize, INTENTS + GATES + sentence.language as usize]
}

fn fit(sentences: &[&Sentence], seen_min: usize, lexicon: &Lexicon, rounds: &Rounds<'_>) -> Model {
    let words: Vec<_> = sentences.iter().map(|sentence| text::words(&sentence.text)).collect();
    let extracted: Vec<_> = words.iter().map(|words| features::extract(words, lexicon)).collect();
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    for hash in extracted.iter().flat_map(features::Features::hashes) {
        *seen.entry(hash).or_default() += 1;
    }
    seen.retain(|_, count| *count >= seen_min);
    #[allow(clippy::cast_precision_loss)] // counts of sentences
    let rarity = seen.values().map(|count| ((1 + sentences.len()) as f32 / (1 + count) as f32).ln() + 1.0).collect();
    let mut model = Model {
        vocabulary: seen.into_keys().collect(),
        rarity,
        linear: Table::default(),
        networks: Vec::new(),
        temperatures: [1.0; 3],
        alarm: [0.0; VIEWS + 1],
        digest: String::new(),
    };
    let mut dice = Dice::new(NOISE_SEED);
    let spoilt = words.iter().map(|words| features::extract(&noise::spoil(words, Noise::TRAINED, &mut dice), lexicon));
    let spoilt: Vec<_> = spoilt.collect();
    let example = |(features, (sentence, weight)): (&features::Features, (&&Sentence, f32))| Example {
        row: model.weigh(features),
        targets: targets(sentence),
        weight,
    };
    let whole = extracted.iter().zip(sentences.iter().map(|sentence| (sentence, 1.0)));
    let examples: Vec<Example> =
        whole.chain(spoilt.iter().zip(sentences.iter().map(|sentence| (sentence, SPOILT_WEIGHT)))).map(example).collect();
    let features = model.vocabulary.len();
    let networks = || (1..=NETWORKS as u64).map(|number| network::fit(&examples, features, number, rounds)).collect::<Vec<Network>>();
    (model.linear, model.networks) = join(|| linear::fit(&examples, features, rounds), networks);
    model
}

/// Both at the same time.
fn join<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panicked) => std::panic::resume_unwind(panicked),
        }
    })
}

/// The temperature under which the held-out answers are most likely, by golden section.
fn temperature(held_out: &[([f32; OUTPUTS], [usize; 3])], question: usize) -> f32 {
    const RATIO: f32 = 0.618_034;
    const STEPS: usize = 30;
    if held_out.is_empty() {
        return 1.0;
    }
    let range = &QUESTIONS[question];
    let surprise = |temperature: f32| -> f32 {
        held_out
            .iter()
            .map(|(scores, targets)| {
                let scores = &scores[range.clone()];
                let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let sum: f32 = scores.iter().map(|score| ((score - highest) / temperature).exp()).sum();
                sum.ln() - (scores[targets[question] - range.start] - highest) / temperature
            })
            .sum()
    };
    let (mut low, mut high) = (0.1_f32, 8.0_f32);
    for _ in 0..STEPS {
        let (left, right) = (high - RATIO * (high - low), low + RATIO * (high - low));
        if surprise(left) < surprise(right) { high = right } else { low = left }
    }
    f32::midpoint(low, high)
}
