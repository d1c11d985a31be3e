//! The emergency gate: connect to 112 at once, ask the emergency question, or neither.
//!
//! It is the inverse of a keyword detector: it asks unless the words sound clearly past, administrative
//! or safe. Cues, intents and length all weigh in, as they were seen to tell emergencies from the rest
//! (`model::alarm`). Nothing but the words decides here; neither load, nor surroundings, nor the plan
//! can switch it off.

use crate::{lexicon::Cue, model::Prediction};
use domain::intent::Gate;

/// Where the lines are drawn on the urgency, from 0 to 1. Chosen by cross-validation on the training
/// sentences, so that emergencies are asked about rather than missed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Thresholds {
    /// Sent to 112 at once from this urgency on.
    pub direct: f32,
    /// No question below this urgency.
    pub unasked: f32,
}

impl Thresholds {
    pub const CHOSEN: Self = Self { direct: 0.91, unasked: 0.06 };
}

/// The verdict for what was said. Words the model knows nothing of are asked about.
#[must_use]
pub fn verdict(prediction: &Prediction) -> Gate {
    verdict_by(&Thresholds::CHOSEN, prediction)
}

/// The same by other lines, for measuring.
#[must_use]
pub fn verdict_by(lines: &Thresholds, prediction: &Prediction) -> Gate {
    if prediction.known_features == 0 {
        return Gate::Ask;
    }
    // Danger in so many words or a crime in the present tense, and none that say it is over or about papers, is asked
    // about whatever was learnt.
    let Prediction { cues, .. } = prediction;
    let told = cues.has(Cue::Direct) || cues.has(Cue::Going);
    let danger = told && !cues.has(Cue::Past) && !cues.has(Cue::Administrative);
    let urgency = prediction.urgency();
    if urgency >= lines.direct {
        Gate::Direct
    } else if urgency < lines.unasked && !danger {
        Gate::None
    } else {
        Gate::Ask
    }
}
