//! The intent model: words and pieces of words, weighed by how telling they are, into a softmax
//! regression and two small networks whose scores are averaged. All answer three questions: intent,
//! gate and language. All languages learn together, because Danish learns from Swedish.
//!
//! Training is deterministic: the same sentences and cues give the same bytes. Confidences are
//! calibrated by a temperature fitted on held-out parts. Floats live here, never in `domain`.

mod alarm;
mod artefact;
mod dice;
mod features;
mod folds;
mod linear;
mod network;
mod noise;
mod table;
mod train;

pub use artefact::{ArtefactError, sweep};
pub use dice::Dice;
pub(crate) use folds::folds;
pub use noise::{Noise, spoil};

use crate::lexicon::{Cues, Lexicon};
use alarm::Alarm;
use domain::intent::{Gate, Intent, Language};
use features::Features;
use network::Network;
use std::ops::Range;
use table::Table;

const INTENTS: usize = 19;
const GATES: usize = 3;
const LANGUAGES: usize = 3;
const OUTPUTS: usize = INTENTS + GATES + LANGUAGES;
/// Where the answers to each question stand among the outputs.
const QUESTIONS: [Range<usize>; 3] = [0..INTENTS, INTENTS..INTENTS + GATES, INTENTS + GATES..OUTPUTS];
/// An emergency that is missed costs more than a question too many.
const GATE_COSTS: [f32; GATES] = [2.0, 1.0, 1.0];
const NETWORKS: usize = 2;
/// What the regression counts beside the networks together.
const LINEAR_SHARE: f32 = 0.5;

/// A trained model. A few megabytes; share it.
pub struct Model {
    /// Hashes of the features that were seen, ascending.
    vocabulary: Vec<u32>,
    /// How telling each is: the logarithm of how rarely it was seen.
    rarity: Vec<f32>,
    /// `OUTPUTS` weights per feature, and a last row of their starting points.
    linear: Table,
    networks: Vec<Network>,
    temperatures: [f32; 3],
    alarm: Alarm,
    digest: String,
}

/// Probabilities that add up to one per question.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Prediction {
    intents: [f32; INTENTS],
    gates: [f32; GATES],
    languages: [f32; LANGUAGES],
    urgency: f32,
    /// What the lexicon heard in the words.
    pub cues: Cues,
    /// How many of the features were known to the model; with none it knows nothing.
    pub known_features: usize,
}

impl Prediction {
    #[must_use]
    pub fn intent(&self, intent: Intent) -> f32 {
        self.intents[intent as usize]
    }

    #[must_use]
    pub fn gate(&self, gate: Gate) -> f32 {
        self.gates[gate as usize]
    }

    #[must_use]
    pub fn language(&self, language: Language) -> f32 {
        self.languages[language as usize]
    }

    /// How urgent it sounds, from 0 to 1; the gate draws its lines on it.
    #[must_use]
    pub fn urgency(&self) -> f32 {
        self.urgency
    }

    /// Every intent, most likely first.
    #[must_use]
    pub fn ranked(&self) -> Vec<(Intent, f32)> {
        let mut ranked: Vec<(Intent, f32)> = Intent::ALL.iter().map(|intent| (*intent, self.intent(*intent))).collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        ranked
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({}, {} features)", self.digest, self.vocabulary.len())
    }
}

impl Model {
    /// The first sixteen digits of the SHA-256 of its bytes: names the model in the journal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    #[must_use]
    pub fn features(&self) -> usize {
        self.vocabulary.len()
    }

    /// What the words mean, as probabilities. The lexicon must be the one it was trained with.
    #[must_use]
    pub fn predict(&self, words: &[String], lexicon: &Lexicon) -> Prediction {
        let extracted = features::extract(words, lexicon);
        let features = self.weigh(&extracted);
        let scores = self.scores(&features);
        let [intent, gate, language] = self.temperatures;
        Prediction {
            intents: softmax(&scores[..INTENTS], intent),
            gates: softmax(&scores[INTENTS..INTENTS + GATES], gate),
            languages: softmax(&scores[INTENTS + GATES..], language),
            urgency: alarm::urgency(&self.alarm, &alarm::views(&scores, extracted.cues_heard, words.len())),
            cues: extracted.cues_heard,
            known_features: features.len(),
        }
    }

    fn scores(&self, features: &[(usize, f32)]) -> [f32; OUTPUTS] {
        let mut scores = [0.0; OUTPUTS];
        self.linear.add(self.vocabulary.len(), LINEAR_SHARE, &mut scores);
        for &(index, value) in features {
            self.linear.add(index, value * LINEAR_SHARE, &mut scores);
        }
        for network in &self.networks {
            #[allow(clippy::cast_precision_loss)] // two
            network.add(features, (1.0 - LINEAR_SHARE) / NETWORKS as f32, &mut scores);
        }
        scores
    }

    /// Known features with their weights: each block brought to length one.
    fn weigh(&self, features: &Features) -> Vec<(usize, f32)> {
        let mut weighed = Vec::with_capacity(features.len());
        for (block, strength) in features.blocks() {
            let start = weighed.len();
            let mut power = 0.0_f32;
            for &(hash, count) in block {
                let Ok(index) = self.vocabulary.binary_search(&hash) else { continue };
                let value = (1.0 + f32::from(count).ln()) * self.rarity[index];
                power += value * value;
                weighed.push((index, value));
            }
            let scale = if power > 0.0 { strength / power.sqrt() } else { 0.0 };
            weighed[start..].iter_mut().for_each(|(_, value)| *value *= scale);
        }
        weighed
    }
}

fn softmax<const N: usize>(scores: &[f32], temperature: f32) -> [f32; N] {
    let mut shares = [0.0; N];
    for (share, score) in shares.iter_mut().zip(scores) {
        *share = score / temperature;
    }
    softmax_in_place(&mut shares);
    shares
}

fn softmax_in_place(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - highest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
}
