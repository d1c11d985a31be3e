//! The emergency gate: connect to 112 at once, ask the emergency question, or neither.
//!
//! It is the inverse of a keyword detector: it asks unless the words are clearly past or
//! administrative, or a safe intent is confident. Nothing but the words decides here; neither load,
//! nor surroundings, nor the plan can switch it off.

use crate::{
    lexicon::{Cue, Cues},
    model::Prediction,
};
use domain::intent::{Gate, Intent};

/// How much the label "ask" weighs beside danger itself.
const DOUBT_WEIGHT: f32 = 0.6;

/// Where the lines are drawn, as likelihoods between 0 and 1. Chosen on one half of the
/// cross-validated sentences and confirmed on the other, so that emergencies are asked about rather
/// than missed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Thresholds {
    /// Sent to 112 at once from this likelihood of danger on, when nothing says it is over.
    pub direct: f32,
    /// The same when a cue of danger was heard.
    pub direct_with_cue: f32,
    /// No question below this urgency.
    pub unasked: f32,
    /// The same when the words are clearly past or administrative.
    pub unasked_when_over: f32,
    /// The same when safe intents together are at least `safe`.
    pub unasked_when_safe: f32,
    pub safe: f32,
}

impl Thresholds {
    pub const CHOSEN: Self =
        Self { direct: 0.8, direct_with_cue: 0.25, unasked: 0.16, unasked_when_over: 0.25, unasked_when_safe: 0.25, safe: 0.5 };
}

/// The verdict for what was said. Words the model knows nothing of are asked about.
#[must_use]
pub fn verdict(prediction: &Prediction, cues: Cues) -> Gate {
    verdict_by(&Thresholds::CHOSEN, prediction, cues)
}

/// The same by other lines, for measuring.
#[must_use]
pub fn verdict_by(lines: &Thresholds, prediction: &Prediction, cues: Cues) -> Gate {
    if prediction.known_features == 0 {
        return Gate::Ask;
    }
    let danger = prediction.gate(Gate::Direct);
    let over = (cues.has(Cue::Past) || cues.has(Cue::Administrative)) && !cues.has(Cue::Now);
    let needed = if cues.has(Cue::Direct) { lines.direct_with_cue } else { lines.direct };
    if danger >= needed && !over {
        return Gate::Direct;
    }
    let safe: f32 = Intent::NOT_URGENT.iter().map(|intent| prediction.intent(*intent)).sum();
    if cues.has(Cue::Direct) && !over {
        return Gate::Ask;
    }
    let unasked = if safe >= lines.safe {
        lines.unasked_when_safe
    } else if over {
        lines.unasked_when_over
    } else {
        lines.unasked
    };
    if urgency(prediction) < unasked { Gate::None } else { Gate::Ask }
}

/// How likely it is that the question should be put, from three views of the words. Whoever misses a
/// person is asked whatever the words: that cannot be told from the words alone.
#[must_use]
pub fn urgency(prediction: &Prediction) -> f32 {
    let by_gate = prediction.gate(Gate::Direct) + DOUBT_WEIGHT * prediction.gate(Gate::Ask);
    by_gate.max(prediction.intent(Intent::OngoingEmergency)).max(prediction.intent(Intent::MissingPerson))
}
