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
use std::collections::BTreeMap;

/// A feature seen in fewer sentences is chance.
const SEEN_MIN: u32 = 4;
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

/// Tells how far training is, in rounds.
pub(super) struct Rounds<'a> {
    done: usize,
    tell: &'a mut dyn FnMut(usize, usize),
}

impl Rounds<'_> {
    /// Two models are trained: the one that is kept, and one whose mistakes tell how sure to be.
    const ALL: usize = 2 * (linear::ROUNDS + NETWORKS * network::ROUNDS);

    pub fn done(&mut self) {
        self.done += 1;
        (self.tell)(self.done, Self::ALL);
    }
}

impl Model {
    /// Trains on labelled sentences. The result depends on nothing but the arguments. With no sentences
    /// at all the model knows nothing and says so by even shares.
    #[must_use]
    pub fn train(sentences: &[Sentence], lexicon: &Lexicon) -> Self {
        Self::train_telling(sentences, lexicon, &mut |_, _| ())
    }

    /// The same, telling after each round how many of all are done.
    #[must_use]
    pub fn train_telling(sentences: &[Sentence], lexicon: &Lexicon, tell: &mut dyn FnMut(usize, usize)) -> Self {
        let mut rounds = Rounds { done: 0, tell };
        let mut model = fit(&sentences.iter().collect::<Vec<_>>(), lexicon, &mut rounds);
        let parts = folds::folds(sentences, PARTS);
        let pick =
            |held_out: bool| sentences.iter().zip(&parts).filter(move |(_, part)| (**part == 0) == held_out).map(|(sentence, _)| sentence);
        let other = fit(&pick(false).collect::<Vec<_>>(), lexicon, &mut rounds);
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

fn fit(sentences: &[&Sentence], lexicon: &Lexicon, rounds: &mut Rounds<'_>) -> Model {
    let words: Vec<_> = sentences.iter().map(|sentence| text::words(&sentence.text)).collect();
    let extracted: Vec<_> = words.iter().map(|words| features::extract(words, lexicon)).collect();
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    for hash in extracted.iter().flat_map(features::Features::hashes) {
        *seen.entry(hash).or_default() += 1;
    }
    seen.retain(|_, count| *count >= SEEN_MIN);
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
    model.linear = linear::fit(&examples, features, rounds);
    model.networks = (1..=NETWORKS as u64).map(|number| network::fit(&examples, features, number, rounds)).collect::<Vec<Network>>();
    model
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
