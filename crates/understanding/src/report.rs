//! How well callers are understood: figures on sentences the model has not seen. For people who
//! extend the sentences and for choosing the gate's lines; never used in a call.

use crate::{
    gate::{Thresholds, verdict_by},
    lexicon::{Cues, Lexicon},
    model::{Model, Prediction, folds},
    sentences::Sentence,
    text,
};
use domain::intent::{Gate, Intent, Language};
use std::fmt;

const CONFIDENCE_BINS: usize = 10;

/// A sentence with what a model that had not seen it made of it.
pub struct Judged<'a> {
    pub sentence: &'a Sentence,
    pub prediction: Prediction,
    pub cues: Cues,
}

/// Judges every sentence by a model trained on the other parts; sentences about the same situation
/// are never on both sides.
#[must_use]
pub fn cross_validate<'a>(sentences: &'a [Sentence], lexicon: &Lexicon, parts: usize) -> Vec<Judged<'a>> {
    let part_of = folds(sentences, parts);
    let mut judged = Vec::with_capacity(sentences.len());
    for part in 0..parts {
        let (inside, outside): (Vec<_>, Vec<_>) = sentences.iter().zip(&part_of).partition(|(_, of)| **of == part);
        let others: Vec<Sentence> = outside.into_iter().map(|(sentence, _)| sentence.clone()).collect();
        let model = Model::train(&others, lexicon);
        judged.extend(inside.into_iter().map(|(sentence, _)| judge(sentence, &model, lexicon)));
    }
    judged
}

/// Judges sentences by a given model, which must not have been trained on them.
#[must_use]
pub fn judge<'a>(sentence: &'a Sentence, model: &Model, lexicon: &Lexicon) -> Judged<'a> {
    let words = text::words(&sentence.text);
    Judged { sentence, prediction: model.predict(&words, lexicon), cues: lexicon.cues(&words) }
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
    /// Emergencies (label direct) that were sent to 112 or asked about: must be nearly all.
    pub emergencies_caught: Share,
    pub emergencies_sent: Share,
    /// Others that were sent to 112 unasked: must be nearly none.
    pub others_sent: Share,
    /// Others that were asked about: a nuisance.
    pub others_asked: Share,
    /// Of these only those whose label says that no question is needed.
    pub clear_asked: Share,
    /// Mean distance between confidence and truth in thousandths.
    pub calibration_error_permille: usize,
}

#[must_use]
pub fn figures(judged: &[Judged<'_>], language: Option<Language>, lines: &Thresholds) -> Figures {
    let mut figures = Figures::default();
    let mut bins = [(0_usize, 0_usize, 0.0_f32); CONFIDENCE_BINS];
    for one in judged.iter().filter(|one| language.is_none_or(|language| one.sentence.language == language)) {
        let ranked = one.prediction.ranked();
        let right = |count: usize| ranked.iter().take(count).any(|(intent, _)| *intent == one.sentence.intent);
        figures.intent.count(right(1));
        figures.among_three.count(right(3));
        figures.language.count(crate::language::spoken(&one.prediction, None) == Some(one.sentence.language));
        let confidence = ranked.first().map_or(0.0, |(_, share)| *share);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // a share times ten
        let bin = &mut bins[((confidence * CONFIDENCE_BINS as f32) as usize).min(CONFIDENCE_BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + usize::from(right(1)), bin.2 + confidence);
        let verdict = verdict_by(lines, &one.prediction, one.cues);
        match one.sentence.gate {
            Gate::Direct => {
                figures.emergencies_caught.count(verdict != Gate::None);
                figures.emergencies_sent.count(verdict == Gate::Direct);
            }
            Gate::Ask | Gate::None => {
                figures.others_sent.count(verdict == Gate::Direct);
                figures.others_asked.count(verdict == Gate::Ask);
                if one.sentence.gate == Gate::None {
                    figures.clear_asked.count(verdict == Gate::Ask);
                }
            }
        }
    }
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts of sentences
    let error =
        bins.iter().map(|(_, right, confidence)| (*right as f32 - confidence).abs()).sum::<f32>() / figures.intent.all.max(1) as f32;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let permille = (error * 1_000.0).round() as usize;
    Figures { calibration_error_permille: permille, ..figures }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  intent right             {}", self.intent)?;
        writeln!(f, "  among the first three    {}", self.among_three)?;
        writeln!(f, "  language right           {}", self.language)?;
        writeln!(f, "  calibration error        {:>3}.{} %", self.calibration_error_permille / 10, self.calibration_error_permille % 10)?;
        writeln!(f, "  emergencies sent or asked {}", self.emergencies_caught)?;
        writeln!(f, "  emergencies sent          {}", self.emergencies_sent)?;
        writeln!(f, "  others sent unasked       {}", self.others_sent)?;
        writeln!(f, "  others asked              {}", self.others_asked)?;
        writeln!(f, "  of these labelled none    {}", self.clear_asked)
    }
}

/// Every language's figures, and what is most often taken for what.
#[must_use]
pub fn print(judged: &[Judged<'_>], lines: &Thresholds) -> String {
    const CONFUSIONS_SHOWN: usize = 12;
    let mut out = String::new();
    for language in Language::ALL {
        out.push_str(&format!("{language}\n{}", figures(judged, Some(*language), lines)));
    }
    out.push_str(&format!("all\n{}", figures(judged, None, lines)));
    let mut confusions: std::collections::BTreeMap<(Intent, Intent), usize> = std::collections::BTreeMap::new();
    for one in judged {
        if let Some((taken, _)) = one.prediction.ranked().first().filter(|(taken, _)| *taken != one.sentence.intent) {
            *confusions.entry((one.sentence.intent, *taken)).or_default() += 1;
        }
    }
    let mut confusions: Vec<_> = confusions.into_iter().collect();
    confusions.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    out.push_str("most often confused\n");
    for ((meant, taken), count) in confusions.into_iter().take(CONFUSIONS_SHOWN) {
        out.push_str(&format!("  {meant} taken for {taken}: {count}\n"));
    }
    out
}
