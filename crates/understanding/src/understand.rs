//! Words in, `domain::intent::Understanding` out.

use crate::{answer, gate, language, lexicon::Lexicon, model::Model, text};
use domain::intent::{Gate, Intent, Language, Reading, Understanding};

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
            circumstances: Vec::new(),
            model: model.digest().to_owned(),
        };
    }
    let prediction = model.predict(&words, lexicon);
    let asked_for = language::asked_for(&words);
    let only_language = asked_for.is_some_and(|(_, only)| only);
    let answer = answer::plain(&words, prediction.cues).filter(|_| !language::is_named(&words));
    let municipality = lexicon.municipalities.named_in(&words);
    // A yes, a place or a language alone says nothing of danger, nor of a matter.
    let only_answer = answer.is_some_and(|answer| answer::is_all(&words, answer));
    let only_place = municipality.is_some() && lexicon.municipalities.are_all(&words);
    let nothing_else = only_answer || only_place || only_language;
    let readings: Vec<Reading> = prediction
        .ranked()
        .into_iter()
        .take(if prediction.known_features > 0 && !nothing_else { READINGS_MAX } else { 0 })
        .map(|(intent, share)| Reading { intent, confidence_permille: permille(share) })
        .filter(|reading| reading.confidence_permille >= CONFIDENCE_PERMILLE_MIN)
        .collect();
    // "A man who spoke English" is what somebody else speaks.
    let wants_person = readings.first().is_some_and(|reading| reading.intent == Intent::Operator);
    let asked_for = asked_for.filter(|(_, only)| *only || wants_person);
    Understanding {
        readings,
        gate: if nothing_else { Gate::None } else { gate::verdict(&prediction) },
        answer,
        language: asked_for.map(|(language, _)| language).or_else(|| language::spoken(&prediction, hint)),
        municipality,
        circumstances: lexicon.circumstances(&words),
        model: model.digest().to_owned(),
    }
}

fn permille(share: f32) -> u16 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a share lies between 0 and 1
    let permille = (share * 1_000.0).round() as u16;
    permille
}
