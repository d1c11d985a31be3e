//! A small network beside the regression: every feature has a place in a room of a few dimensions, a
//! sentence is the weighed sum of its features' places, and one hidden layer reads all answers from it.
//! Features and hidden units are left out at random while it learns, so that it leans on none alone.

use super::{
    GATE_COSTS, OUTPUTS, QUESTIONS,
    dice::Dice,
    softmax_in_place,
    table::Table,
    train::{Example, Rounds},
};

pub(super) const ROUNDS: usize = 12;
/// An even number: two places share a byte of the artefact.
pub(super) const HIDDEN: usize = 48;
/// Places are kept in four bits: a sentence is the sum of so many that what is rounded off evens out.
const PLACES_STEPS: i8 = 7;
/// Length of the first step.
const STEP: f32 = 0.07;
/// Shares that are left out while learning.
const FEATURES_LOST: f32 = 0.4;
const HIDDEN_LOST: f32 = 0.3;
/// Rows have length one in each block; the network learns faster from longer ones.
const STRETCH: f32 = 2.0;
/// How much each question counts: intent, gate, language.
const QUESTION_WEIGHTS: [f32; 3] = [1.0, 0.5, 0.2];
/// Places and readings begin at random within half of this.
const PLACES_SPREAD: f32 = 0.2;
const READINGS_SPREAD: f32 = 0.3;
const START: f32 = 0.05;
/// Keeps the first steps from being endless.
const PLACES_FLOOR: f32 = 1e-4;
const READINGS_FLOOR: f32 = 1e-3;
const STARTS_SHARE: f32 = 0.1;
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// A network that has learnt.
#[derive(Clone)]
pub(super) struct Network {
    /// `HIDDEN` numbers for each feature.
    pub places: Table,
    pub starts: [f32; HIDDEN],
    /// `OUTPUTS` numbers for each hidden unit, and a last row of starting points.
    pub readings: Vec<f32>,
}

impl Network {
    /// Adds a share of what the network says to the scores.
    pub fn add(&self, row: &[(usize, f32)], share: f32, scores: &mut [f32; OUTPUTS]) {
        let mut hidden = self.starts;
        for &(index, value) in row {
            self.places.add(index, value * STRETCH, &mut hidden);
        }
        let (units, starts) = self.readings.split_at(HIDDEN * OUTPUTS);
        for (score, start) in scores.iter_mut().zip(starts) {
            *score += share * start;
        }
        for (unit, reading) in hidden.iter().zip(units.chunks_exact(OUTPUTS)).filter(|(unit, _)| **unit > 0.0) {
            for (score, weight) in scores.iter_mut().zip(reading) {
                *score += share * unit * weight;
            }
        }
    }
}

/// The `number` keeps networks apart that learn from the same sentences.
pub(super) fn fit(examples: &[Example], features: usize, number: u64, rounds: &Rounds<'_>) -> Network {
    let mut learner = Learner::new(features, number);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for round in 0..ROUNDS {
        learner.dice.shuffle(&mut order);
        #[allow(clippy::cast_precision_loss)] // a handful of rounds
        let length = STEP * (1.0 - round as f32 / ROUNDS as f32);
        for &index in &order {
            learner.step(length, &examples[index]);
        }
        rounds.done();
    }
    Network { places: Table::of(&learner.places, HIDDEN, PLACES_STEPS), starts: learner.starts, readings: learner.readings }
}

/// AdaGrad: what has moved much moves less.
struct Learner {
    places: Vec<f32>,
    places_moved: Vec<f32>,
    starts: [f32; HIDDEN],
    readings: Vec<f32>,
    readings_moved: Vec<f32>,
    dice: Dice,
    /// The features that are not left out this time.
    row: Vec<(usize, f32)>,
}

impl Learner {
    fn new(features: usize, number: u64) -> Self {
        let mut dice = Dice::new(SEED ^ number.wrapping_mul(0xD134_2543_DE82_EF95));
        let mut spread = |count: usize, width: f32| (0..count).map(|_| (dice.share() - 0.5) * width).collect::<Vec<f32>>();
        Self {
            places: spread(features * HIDDEN, PLACES_SPREAD),
            places_moved: vec![0.0; features],
            starts: [START; HIDDEN],
            readings: spread((HIDDEN + 1) * OUTPUTS, READINGS_SPREAD),
            readings_moved: vec![0.0; (HIDDEN + 1) * OUTPUTS],
            dice,
            row: Vec::new(),
        }
    }

    fn step(&mut self, length: f32, example: &Example) {
        let Self { dice, row, .. } = self;
        row.clear();
        row.extend(
            example
                .row
                .iter()
                .filter(|_| dice.share() >= FEATURES_LOST)
                .map(|(index, value)| (*index, value * STRETCH / (1.0 - FEATURES_LOST))),
        );
        let (hidden, open) = self.hidden();
        let errors = self.errors(&hidden, example);
        let blame = self.move_readings(length, &hidden, &open, &errors);
        #[allow(clippy::cast_precision_loss)] // a few dozen
        let power = blame.iter().map(|part| part * part).sum::<f32>() / HIDDEN as f32;
        for &(index, value) in &self.row {
            self.places_moved[index] += power * value * value;
            let share = length * value / (self.places_moved[index] + PLACES_FLOOR).sqrt();
            for (place, part) in self.places[index * HIDDEN..(index + 1) * HIDDEN].iter_mut().zip(&blame) {
                *place -= share * part;
            }
        }
        for (start, part) in self.starts.iter_mut().zip(&blame) {
            *start -= STARTS_SHARE * length * part;
        }
    }

    /// The hidden units, and how open each is: nought when it is silent or left out.
    fn hidden(&mut self) -> ([f32; HIDDEN], [f32; HIDDEN]) {
        let mut hidden = self.starts;
        for &(index, value) in &self.row {
            for (unit, place) in hidden.iter_mut().zip(&self.places[index * HIDDEN..(index + 1) * HIDDEN]) {
                *unit += value * place;
            }
        }
        let mut open = [0.0; HIDDEN];
        for (unit, open) in hidden.iter_mut().zip(&mut open) {
            let kept = self.dice.share() >= HIDDEN_LOST;
            *open = if kept && *unit > 0.0 { 1.0 / (1.0 - HIDDEN_LOST) } else { 0.0 };
            *unit *= *open;
        }
        (hidden, open)
    }

    fn errors(&self, hidden: &[f32; HIDDEN], example: &Example) -> [f32; OUTPUTS] {
        let (units, starts) = self.readings.split_at(HIDDEN * OUTPUTS);
        let mut errors = [0.0_f32; OUTPUTS];
        errors.copy_from_slice(starts);
        for (unit, reading) in hidden.iter().zip(units.chunks_exact(OUTPUTS)).filter(|(unit, _)| **unit > 0.0) {
            for (error, weight) in errors.iter_mut().zip(reading) {
                *error += unit * weight;
            }
        }
        let cost = GATE_COSTS[example.targets[1] - QUESTIONS[1].start];
        for (question, range) in QUESTIONS.into_iter().enumerate() {
            softmax_in_place(&mut errors[range.clone()]);
            errors[example.targets[question]] -= 1.0;
            let weight = QUESTION_WEIGHTS[question] * example.weight * if question == 1 { cost } else { 1.0 };
            errors[range].iter_mut().for_each(|error| *error *= weight);
        }
        errors
    }

    /// Moves the readings; gives back each hidden unit's part in the errors.
    fn move_readings(&mut self, length: f32, hidden: &[f32; HIDDEN], open: &[f32; HIDDEN], errors: &[f32; OUTPUTS]) -> [f32; HIDDEN] {
        let mut blame = [0.0; HIDDEN];
        for unit in 0..=HIDDEN {
            let (said, open) = if unit < HIDDEN { (hidden[unit], open[unit]) } else { (1.0, 1.0) };
            if open <= 0.0 {
                continue;
            }
            let range = unit * OUTPUTS..(unit + 1) * OUTPUTS;
            let (weights, moved) = (&mut self.readings[range.clone()], &mut self.readings_moved[range]);
            let mut part = 0.0;
            for ((weight, moved), error) in weights.iter_mut().zip(moved).zip(errors) {
                part += error * *weight;
                let pull = error * said;
                *moved += pull * pull;
                *weight -= length * pull / (*moved + READINGS_FLOOR).sqrt();
            }
            if let Some(blame) = blame.get_mut(unit) {
                *blame = part * open;
            }
        }
        blame
    }
}
