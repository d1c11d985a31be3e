//! Softmax regression: one weight for each feature and answer.

use super::{
    GATE_COSTS, OUTPUTS, QUESTIONS,
    dice::Dice,
    softmax_in_place,
    table::Table,
    train::{Example, Rounds},
};

pub(super) const ROUNDS: usize = 18;
/// Length of the first step; the last is nearly nought.
const STEP: f32 = 1.5;
/// Draws every weight towards nought, by this share of the step after each round.
const RESTRAINT: f32 = 0.04;
const SEED: u64 = 0x5741_5231_3134_3134;
/// How fast the starting points move beside the weights.
const START_SHARE: f32 = 0.1;

/// Weights of `features` rows, and a last row of starting points.
pub(super) fn fit(examples: &[Example], features: usize, rounds: &Rounds<'_>) -> Table {
    let mut weights = vec![0.0_f32; (features + 1) * OUTPUTS];
    let mut dice = Dice::new(SEED);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for round in 0..ROUNDS {
        dice.shuffle(&mut order);
        #[allow(clippy::cast_precision_loss)] // a handful of rounds
        let length = STEP * (1.0 - round as f32 / ROUNDS as f32);
        for &index in &order {
            step(&mut weights, features, length, &examples[index]);
        }
        weights.iter_mut().for_each(|weight| *weight *= 1.0 - RESTRAINT * length);
        rounds.done();
    }
    Table::of(&weights, OUTPUTS, i8::MAX)
}

fn step(weights: &mut [f32], start: usize, length: f32, example: &Example) {
    let mut errors = [0.0_f32; OUTPUTS];
    errors.copy_from_slice(&weights[start * OUTPUTS..]);
    for &(index, value) in &example.row {
        for (error, weight) in errors.iter_mut().zip(&weights[index * OUTPUTS..(index + 1) * OUTPUTS]) {
            *error += value * weight;
        }
    }
    for (question, target) in QUESTIONS.into_iter().zip(example.targets) {
        softmax_in_place(&mut errors[question]);
        errors[target] -= 1.0;
    }
    let cost = GATE_COSTS[example.targets[1] - QUESTIONS[1].start];
    errors[QUESTIONS[1].clone()].iter_mut().for_each(|error| *error *= cost);
    for &(index, value) in example.row.iter().chain(&[(start, START_SHARE)]) {
        let share = length * value * example.weight;
        for (weight, error) in weights[index * OUTPUTS..(index + 1) * OUTPUTS].iter_mut().zip(&errors) {
            *weight -= share * error;
        }
    }
}
