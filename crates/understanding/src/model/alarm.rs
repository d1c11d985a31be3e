//! How urgent it sounds, weighed from all that the model made of the words: its answers about gate and
//! intent, the cues that were heard, and how much was said. A logistic regression that learns from
//! sentences the answers were not learnt from, so that it knows how far each can be trusted.

use super::{GATES, INTENTS, OUTPUTS, QUESTIONS, softmax_in_place};
use crate::lexicon::{Cue, Cues};

/// The logarithms of the answers to both questions, the cues, those in company of danger, and the length.
pub(super) const VIEWS: usize = INTENTS + GATES + 4 + 3 + 2;
/// Less likely than this is as good as impossible.
const SHARE_MIN: f32 = 1e-5;
/// An emergency that is missed costs more than a question too many.
const EMERGENCY_COST: f32 = 3.0;
/// Draws the weights towards nought.
const RESTRAINT: f32 = 50.0;
const STEPS: usize = 1_500;
const STEP: f32 = 0.15;
/// A view that hardly differs between sentences tells nothing.
const SPREAD_MIN: f32 = 1e-3;

/// Weights of the views and, last, the starting point.
pub(super) type Alarm = [f32; VIEWS + 1];

/// What is weighed.
pub(super) fn views(scores: &[f32; OUTPUTS], cues: Cues, words: usize) -> [f32; VIEWS] {
    let mut views = [0.0; VIEWS];
    views[..INTENTS + GATES].copy_from_slice(&scores[..INTENTS + GATES]);
    for question in &QUESTIONS[..2] {
        softmax_in_place(&mut views[question.clone()]);
    }
    views[..INTENTS + GATES].iter_mut().for_each(|share| *share = share.max(SHARE_MIN).ln());
    let heard = |cue: Cue| if cues.has(cue) { 1.0 } else { 0.0 };
    #[allow(clippy::cast_precision_loss)] // at most a few hundred
    let length = (words.max(1) as f32).ln();
    let danger = heard(Cue::Direct);
    let company = [Cue::Now, Cue::Past, Cue::Administrative].map(heard);
    let more = [danger].into_iter().chain(company).chain(company.map(|other| danger * other)).chain([length, length * danger]);
    for (view, value) in views[INTENTS + GATES..].iter_mut().zip(more) {
        *view = value;
    }
    views
}

/// From 0 to 1; a measure to draw lines on, not the share of emergencies.
pub(super) fn urgency(alarm: &Alarm, views: &[f32; VIEWS]) -> f32 {
    let sum = alarm[VIEWS] + views.iter().zip(alarm).map(|(view, weight)| view * weight).sum::<f32>();
    1.0 / (1.0 + (-sum).exp())
}

/// Learns from views and whether each was an emergency. From none it learns that nothing is urgent or not.
pub(super) fn fit(seen: &[([f32; VIEWS], bool)]) -> Alarm {
    let mut alarm = [0.0; VIEWS + 1];
    if seen.is_empty() {
        return alarm;
    }
    #[allow(clippy::cast_precision_loss)] // counts of sentences
    let count = seen.len() as f32;
    let mean: Vec<f32> = (0..VIEWS).map(|view| seen.iter().map(|(views, _)| views[view]).sum::<f32>() / count).collect();
    let spread = |view: usize| (seen.iter().map(|(views, _)| (views[view] - mean[view]).powi(2)).sum::<f32>() / count).sqrt();
    let spread: Vec<f32> = (0..VIEWS).map(|view| spread(view).max(SPREAD_MIN)).collect();
    let level = |views: &[f32; VIEWS]| -> [f32; VIEWS] { std::array::from_fn(|view| (views[view] - mean[view]) / spread[view]) };
    let levelled: Vec<([f32; VIEWS], bool)> = seen.iter().map(|(views, emergency)| (level(views), *emergency)).collect();
    for _ in 0..STEPS {
        descend(&mut alarm, &levelled, count);
    }
    for view in 0..VIEWS {
        alarm[view] /= spread[view];
        alarm[VIEWS] -= alarm[view] * mean[view];
    }
    alarm
}

fn descend(alarm: &mut Alarm, levelled: &[([f32; VIEWS], bool)], count: f32) {
    let mut pull = [0.0_f32; VIEWS + 1];
    for (views, emergency) in levelled {
        let (truth, cost) = if *emergency { (1.0, EMERGENCY_COST) } else { (0.0, 1.0) };
        let error = cost * (urgency(alarm, views) - truth);
        for (pull, view) in pull.iter_mut().zip(views.iter().chain(&[1.0])) {
            *pull += error * view;
        }
    }
    for (index, (weight, pull)) in alarm.iter_mut().zip(pull).enumerate() {
        let restraint = if index < VIEWS { RESTRAINT * *weight } else { 0.0 };
        *weight -= STEP * (pull + restraint) / count;
    }
}
