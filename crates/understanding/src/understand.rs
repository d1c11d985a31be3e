//! Words in, `domain::intent::Understanding` out.

use crate::{answer, gate, language, lexicon::Lexicon, model::Model, text};
use domain::intent::{Gate, Language, Reading, Understanding};

const READINGS_MAX: usize = 3;
/// Readings less likely than this are not told.
const CONFIDENCE_PERMILLE_MIN: u16 = 20;

/// What the words mean. Any text is answered: one without words gives no reading and the verdict to
/// ask, for silence may be danger too.
#[must_use]
pub fn understand(text: &str, hint: Option<Language>, model: &Model, lexicon: &Lexicon) -> Understanding {
    let words = text::words(text);
    if words.is_empty() {
        return Understanding {
            readings: Vec::new(),
            gate: Gate::Ask,
            language: None,
            answer: None,
            municipality: None,
            model: model.digest().to_owned(),
        };
    }
    let prediction = model.predict(&words, lexicon);
    let cues = lexicon.cues(&words);
    let known = prediction.known_features > 0;
    let readings = prediction
        .ranked()
        .into_iter()
        .take(if known { READINGS_MAX } else { 0 })
        .map(|(intent, share)| Reading { intent, confidence_permille: permille(share) })
        .filter(|reading| reading.confidence_permille >= CONFIDENCE_PERMILLE_MIN)
        .collect();
    Understanding {
        readings,
        gate: gate::verdict(&prediction, cues),
        answer: answer::plain(&words, cues),
        language: language::spoken(&prediction, hint),
        municipality: lexicon.municipalities.named_in(&words),
        model: model.digest().to_owned(),
    }
}

fn permille(share: f32) -> u16 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a share lies between 0 and 1
    let permille = (share * 1_000.0).round() as u16;
    permille
}
