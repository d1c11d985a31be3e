//! How well callers are understood: figures on sentences the model has not seen. For people who
//! extend the sentences and for choosing the gate's lines; never used in a call.

mod print;

pub use print::{confusions, print};

use crate::{
    gate::{Thresholds, verdict_by},
    lexicon::Lexicon,
    model::{Dice, Model, Noise, Prediction, folds, spoil},
    sentences::Sentence,
    text,
};
use domain::intent::{Gate, Intent, Language};
use std::fmt;

const CONFIDENCE_BINS: usize = 10;
/// Coverage is measured at this precision.
const PRECISION_PERMILLE: usize = 950;
const NOISE_SEED: u64 = 20_114;

/// A sentence with what a model that had not seen it made of it.
pub struct Judged<'a> {
    pub sentence: &'a Sentence,
    pub prediction: Prediction,
    /// Whether the destination was right, where somebody judged that.
    pub destination_right: Option<bool>,
}

/// Judges every sentence by a model trained on the other parts; sentences about the same situation
/// are never on both sides. With noise, the words are spoilt before they are judged. `share` of the
/// other parts is learnt from, in thousandths: less than all for a learning curve.
#[must_use]
pub fn cross_validate<'a>(sentences: &'a [Sentence], lexicon: &Lexicon, parts: usize, share_permille: usize) -> Crossed<'a> {
    let part_of = folds(sentences, parts);
    let mut dice = Dice::new(NOISE_SEED);
    let mut crossed = Crossed { whole: Vec::with_capacity(sentences.len()), spoilt: Vec::with_capacity(sentences.len()), trained_on: 0 };
    for part in 0..parts {
        let (inside, outside): (Vec<_>, Vec<_>) = sentences.iter().zip(&part_of).partition(|(_, of)| **of == part);
        let kept = outside.into_iter().filter(|_| dice.below(1_000) < share_permille);
        let others: Vec<Sentence> = kept.map(|(sentence, _)| sentence.clone()).collect();
        crossed.trained_on += others.len() / parts;
        let model = Model::train(&others, lexicon);
        crossed.whole.extend(inside.iter().map(|(sentence, _)| judge(sentence, &model, lexicon)));
        crossed.spoilt.extend(inside.iter().map(|(sentence, _)| judge_spoilt(sentence, &model, lexicon, &mut dice)));
    }
    crossed
}

/// The same sentences judged as they are and spoilt.
pub struct Crossed<'a> {
    pub whole: Vec<Judged<'a>>,
    pub spoilt: Vec<Judged<'a>>,
    /// Sentences that each model learnt from, on average.
    pub trained_on: usize,
}

/// Judges a sentence by a given model, which must not have been trained on it.
#[must_use]
pub fn judge<'a>(sentence: &'a Sentence, model: &Model, lexicon: &Lexicon) -> Judged<'a> {
    let prediction = model.predict(&text::words(&sentence.text), lexicon);
    Judged { sentence, prediction, destination_right: None }
}

/// The same with words lost and misspelt.
#[must_use]
pub fn judge_spoilt<'a>(sentence: &'a Sentence, model: &Model, lexicon: &Lexicon, dice: &mut Dice) -> Judged<'a> {
    let words = spoil(&text::words(&sentence.text), Noise::MEASURED, dice);
    Judged { sentence, prediction: model.predict(&words, lexicon), destination_right: None }
}

/// All sentences spoilt, the same way every time.
#[must_use]
pub fn spoilt<'a>(sentences: &'a [Sentence], model: &Model, lexicon: &Lexicon) -> Vec<Judged<'a>> {
    let mut dice = Dice::new(NOISE_SEED);
    sentences.iter().map(|sentence| judge_spoilt(sentence, model, lexicon, &mut dice)).collect()
}

/// Whether a caller is led well: where the label says; to a person where a form would do; to 112 or the command
/// centre, whichever the plan takes, with what is going on.
#[must_use]
pub fn is_acceptable(to: &str, label: &str) -> bool {
    let going_on = ["112", "rlc"];
    to == label || label == "e-service" && ["pkc", "114"].contains(&to) || going_on.contains(&to) && going_on.contains(&label)
}

/// Right out of all.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Share {
    pub right: usize,
    pub all: usize,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    #[must_use]
    pub fn permille(self) -> usize {
        (self.right * 1_000).checked_div(self.all).unwrap_or(0)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let permille = self.permille();
        write!(f, "{:>3}.{} % ({} of {})", permille / 10, permille % 10, self.right, self.all)
    }
}

/// The figures of one language, or of all.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Figures {
    pub intent: Share,
    pub among_three: Share,
    pub language: Share,
    /// Where a destination was judged: by the words alone, as after the answer no.
    pub destination: Share,
    /// The same when who is asked answers truly: an emergency that is asked about reaches 112.
    pub reached: Share,
    /// Emergencies (destination 112) that were sent there or asked about: must be nearly all.
    pub emergencies_caught: Share,
    pub emergencies_sent: Share,
    /// Others that were sent to 112 unasked: must be nearly none.
    pub others_sent: Share,
    /// Others that were asked about: a nuisance.
    pub others_asked: Share,
    /// Mean distance between confidence and truth in thousandths.
    pub calibration_error_permille: usize,
    /// How many could be taken at their word while 95 of 100 of them are right.
    pub covered: Share,
}

#[must_use]
pub fn figures(judged: &[Judged<'_>], language: Option<Language>, lines: &Thresholds) -> Figures {
    let mut figures = Figures::default();
    let mut sure: Vec<(f32, bool)> = Vec::with_capacity(judged.len());
    for one in judged.iter().filter(|one| language.is_none_or(|language| one.sentence.language == language)) {
        let ranked = one.prediction.ranked();
        let right = |count: usize| ranked.iter().take(count).any(|(intent, _)| *intent == one.sentence.intent);
        figures.intent.count(right(1));
        figures.among_three.count(right(3));
        figures.language.count(crate::language::spoken(&one.prediction, None) == Some(one.sentence.language));
        sure.push((ranked.first().map_or(0.0, |(_, share)| *share), right(1)));
        let verdict = verdict_by(lines, &one.prediction);
        if let Some(right) = one.destination_right {
            figures.destination.count(right);
            figures.reached.count(right || verdict == Gate::Ask && one.sentence.is_emergency());
        }
        if one.sentence.is_emergency() {
            figures.emergencies_caught.count(verdict != Gate::None);
            figures.emergencies_sent.count(verdict == Gate::Direct);
        } else {
            figures.others_sent.count(verdict == Gate::Direct);
            figures.others_asked.count(verdict == Gate::Ask);
        }
    }
    sure.sort_by(|one, other| other.0.total_cmp(&one.0));
    Figures { calibration_error_permille: calibration_error(&sure), covered: covered(&sure), ..figures }
}

/// Confidences in ten bins, each bin's distance from the truth weighed by how many are in it.
fn calibration_error(sure: &[(f32, bool)]) -> usize {
    let mut bins = [(0.0_f32, 0.0_f32); CONFIDENCE_BINS];
    for (confidence, right) in sure {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // a share times ten
        let bin = &mut bins[((confidence * CONFIDENCE_BINS as f32) as usize).min(CONFIDENCE_BINS - 1)];
        *bin = (bin.0 + if *right { 1.0 } else { 0.0 }, bin.1 + confidence);
    }
    let distance: f32 = bins.iter().map(|(right, confidence)| (right - confidence).abs()).sum();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // counts of sentences
    let permille = (1_000.0 * distance / sure.len().max(1) as f32).round() as usize;
    permille
}

/// The longest beginning of the list, surest first, that is right often enough.
fn covered(sure: &[(f32, bool)]) -> Share {
    let (mut right, mut most) = (0, 0);
    for (index, (_, is_right)) in sure.iter().enumerate() {
        right += usize::from(*is_right);
        if right * 1_000 >= PRECISION_PERMILLE * (index + 1) {
            most = index + 1;
        }
    }
    Share { right: most, all: sure.len() }
}

/// How often an intent was found where it was meant, and meant where it was found.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Found {
    pub precision: Share,
    pub recall: Share,
}

#[must_use]
pub fn found(judged: &[Judged<'_>], intent: Intent) -> Found {
    let mut found = Found::default();
    for one in judged {
        let taken = taken_for(one);
        if one.sentence.intent == intent {
            found.recall.count(taken == Some(intent));
        }
        if taken == Some(intent) {
            found.precision.count(one.sentence.intent == intent);
        }
    }
    found
}

fn taken_for(one: &Judged<'_>) -> Option<Intent> {
    one.prediction.ranked().first().map(|(intent, _)| *intent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_and_calibration_are_counted() {
        let sure = |right: usize, wrong: usize| -> Vec<(f32, bool)> {
            (0..right).map(|_| (0.9, true)).chain((0..wrong).map(|_| (0.2, false))).collect()
        };
        assert_eq!(covered(&sure(95, 5)), Share { right: 100, all: 100 });
        assert_eq!(covered(&sure(19, 3)), Share { right: 20, all: 22 });
        assert_eq!(covered(&[]), Share::default());
        assert_eq!((calibration_error(&sure(10, 0)), calibration_error(&sure(0, 10)), calibration_error(&[])), (100, 200, 0));
    }
}
