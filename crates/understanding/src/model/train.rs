//! Training: which features count, their weights by stochastic gradient descent (AdaGrad), and the
//! temperatures that make confidences honest.

use super::{GATES, INTENTS, Model, OUTPUTS, features, softmax};
use crate::{lexicon::Lexicon, sentences::Sentence, text};
use domain::intent::Gate;
use std::collections::BTreeMap;

/// A feature seen in fewer sentences is chance.
const SEEN_MIN: u32 = 2;
const EPOCHS: usize = 18;
/// Length of the first step; the last is nearly nought.
const STEP: f32 = 1.5;
/// Draws every weight towards nought, by this share of the step after each round.
const RESTRAINT: f32 = 0.04;
/// One part of so many is held out to fit the temperatures: three numbers need no more.
const PARTS: usize = 4;
/// An emergency that is missed costs more than a question too many.
const GATE_COSTS: [f32; GATES] = [2.0, 1.0, 1.0];
const SHUFFLE_SEED: u64 = 0x5741_5231_3134_3134;
/// Sentences that share this much of their pieces tell the same situation.
const SAME_SITUATION: f32 = 0.45;

impl Model {
    /// Trains on labelled sentences. A few seconds for a few thousand; the result depends on nothing
    /// but the arguments. With no sentences at all the model knows nothing and says so by even shares.
    #[must_use]
    pub fn train(sentences: &[Sentence], lexicon: &Lexicon) -> Self {
        let mut model = fit(&sentences.iter().collect::<Vec<_>>(), lexicon);
        let parts = folds(sentences, PARTS);
        let pick =
            |held_out: bool| sentences.iter().zip(&parts).filter(move |(_, part)| (**part == 0) == held_out).map(|(sentence, _)| sentence);
        let other = fit(&pick(false).collect::<Vec<_>>(), lexicon);
        let scored = |sentence: &Sentence| {
            let words = text::words(&sentence.text);
            (other.scores(&other.weigh(&features::extract(&words, lexicon))), targets(sentence))
        };
        let held_out: Vec<_> = pick(true).map(scored).collect();
        model.temperatures = [0, 1, 2].map(|question| temperature(&held_out, question));
        model.sealed()
    }
}

/// The place of the right answer to each question in the row of outputs.
fn targets(sentence: &Sentence) -> [usize; 3] {
    [sentence.intent as usize, INTENTS + sentence.gate as usize, INTENTS + GATES + sentence.language as usize]
}

const QUESTIONS: [std::ops::Range<usize>; 3] = [0..INTENTS, INTENTS..INTENTS + GATES, INTENTS + GATES..OUTPUTS];

fn fit(sentences: &[&Sentence], lexicon: &Lexicon) -> Model {
    let extracted: Vec<_> = sentences.iter().map(|sentence| features::extract(&text::words(&sentence.text), lexicon)).collect();
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    for hash in extracted.iter().flat_map(features::Features::hashes) {
        *seen.entry(hash).or_default() += 1;
    }
    seen.retain(|_, count| *count >= SEEN_MIN);
    #[allow(clippy::cast_precision_loss)] // counts of sentences
    let rarity = seen.values().map(|count| ((1 + sentences.len()) as f32 / (1 + count) as f32).ln() + 1.0).collect();
    let mut model = Model {
        weights: vec![0.0; (seen.len() + 1) * OUTPUTS],
        vocabulary: seen.into_keys().collect(),
        rarity,
        temperatures: [1.0; 3],
        digest: String::new(),
    };
    let rows: Vec<Vec<(usize, f32)>> = extracted.iter().map(|features| model.weigh(features)).collect();
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    let mut dice = SHUFFLE_SEED;
    for epoch in 0..EPOCHS {
        shuffle(&mut order, &mut dice);
        #[allow(clippy::cast_precision_loss)] // a handful of rounds
        let length = STEP * (1.0 - epoch as f32 / EPOCHS as f32);
        for &index in &order {
            step(&mut model, length, &rows[index], sentences[index]);
        }
        model.weights.iter_mut().for_each(|weight| *weight *= 1.0 - RESTRAINT * length);
    }
    model
}

fn step(model: &mut Model, length: f32, row: &[(usize, f32)], sentence: &Sentence) {
    let scores = model.scores(row);
    let mut errors = [0.0_f32; OUTPUTS];
    errors[QUESTIONS[0].clone()].copy_from_slice(&softmax::<INTENTS>(&scores[QUESTIONS[0].clone()], 1.0));
    errors[QUESTIONS[1].clone()].copy_from_slice(&softmax::<GATES>(&scores[QUESTIONS[1].clone()], 1.0));
    errors[QUESTIONS[2].clone()].copy_from_slice(&softmax::<{ super::LANGUAGES }>(&scores[QUESTIONS[2].clone()], 1.0));
    for target in targets(sentence) {
        errors[target] -= 1.0;
    }
    let cost = GATE_COSTS[sentence.gate as usize];
    errors[QUESTIONS[1].clone()].iter_mut().for_each(|error| *error *= cost);
    let start = model.vocabulary.len();
    for &(index, value) in row.iter().chain(&[(start, 0.1)]) {
        for (weight, error) in model.weights[index * OUTPUTS..(index + 1) * OUTPUTS].iter_mut().zip(&errors) {
            *weight -= length * error * value;
        }
    }
}

fn shuffle(order: &mut [usize], dice: &mut u64) {
    for last in (1..order.len()).rev() {
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        #[allow(clippy::cast_possible_truncation)] // the remainder fits
        let other = (*dice % (last as u64 + 1)) as usize;
        order.swap(last, other);
    }
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

/// Parts numbered from 0, one per sentence, so that sentences about the same situation (near copies,
/// respelt lines) are always in the same part and each part has its share of every intent.
pub(crate) fn folds(sentences: &[Sentence], parts: usize) -> Vec<usize> {
    let groups = situations(sentences);
    let mut sizes = vec![BTreeMap::<_, usize>::new(); parts.max(1)];
    let mut part_of: BTreeMap<usize, usize> = BTreeMap::new();
    sentences
        .iter()
        .zip(&groups)
        .map(|(sentence, group)| {
            let key = (sentence.language, sentence.intent, sentence.gate == Gate::Direct);
            let smallest = || (0..sizes.len()).min_by_key(|part| (sizes[*part].get(&key).copied().unwrap_or(0), *part)).unwrap_or(0);
            let part = *part_of.entry(*group).or_insert_with(smallest);
            *sizes[part].entry(key).or_default() += 1;
            part
        })
        .collect()
}

/// The number of each sentence's situation: the lowest index among those that are alike.
fn situations(sentences: &[Sentence]) -> Vec<usize> {
    let empty = Lexicon::default();
    let pieces: Vec<Vec<u32>> = sentences
        .iter()
        .map(|sentence| {
            let features = features::extract(&text::words(&sentence.text), &empty);
            features.blocks()[1].0.iter().map(|(hash, _)| *hash).collect()
        })
        .collect();
    let mut holders: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut group: Vec<usize> = (0..sentences.len()).collect();
    // Pieces that are everywhere tell nothing apart and would make this quadratic.
    let common = (sentences.len() / 40).max(20);
    let mut shared = vec![0_u16; sentences.len()];
    for (index, own) in pieces.iter().enumerate() {
        let mut touched = Vec::new();
        for hash in own {
            let holders = holders.entry(*hash).or_default();
            if holders.len() < common {
                for &other in holders.iter() {
                    if shared[other] == 0 {
                        touched.push(other);
                    }
                    shared[other] += 1;
                }
                holders.push(index);
            }
        }
        for other in touched {
            #[allow(clippy::cast_precision_loss)] // counts of pieces
            let share = 2.0 * f32::from(shared[other]) / (own.len() + pieces[other].len()).max(1) as f32;
            shared[other] = 0;
            if share >= SAME_SITUATION {
                let (one, two) = (root(&group, index), root(&group, other));
                let (low, high) = (one.min(two), one.max(two));
                group[high] = low;
            }
        }
    }
    (0..group.len()).map(|index| root(&group, index)).collect()
}

fn root(group: &[usize], mut index: usize) -> usize {
    while group[index] != index {
        index = group[index];
    }
    index
}
