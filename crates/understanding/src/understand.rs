//! Words in, `domain::intent::Understanding` out.

use crate::{
    answer, gate,
    language::{self, Asked},
    lexicon::{Cue, Lexicon},
    model::{Model, Prediction},
    text,
};
use domain::intent::{Answer, Gate, Intent, Language, Reading, Request, Understanding};

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
            county: None,
            request: None,
            circumstances: Vec::new(),
            model: model.digest().to_owned(),
        };
    }
    let prediction = model.predict(&words, lexicon);
    let asked_for = language::asked_for(&words);
    let only_language = asked_for.is_some_and(|(_, asked)| asked == Asked::Only);
    let answer = answer::plain(&words, prediction.cues).filter(|_| !language::is_named(&words));
    let (request, only_request) = request(&words, &prediction, lexicon);
    // "No, start over" answers nothing.
    let answer = answer.filter(|answer| request != Some(Request::StartOver) || *answer == Answer::Yes);
    let municipality = lexicon.municipalities.named_in(&words);
    let only_municipality = municipality.is_some() && lexicon.municipalities.are_all(&words);
    // A town that is no municipality is taken for a place where nothing else was said.
    let town = lexicon.localities.named_in(&words).filter(|_| municipality.is_none() && lexicon.localities.are_all(&words));
    let only_place = only_municipality || town.is_some();
    let municipality = municipality.or(town);
    let county = lexicon.counties.named_in(&words).filter(|_| municipality.is_none());
    // A yes, a place, a language or a request alone says nothing of danger, nor of another matter.
    let only_answer = answer.is_some_and(|answer| answer::is_all(&words, answer));
    let only_county = county.is_some() && lexicon.counties.are_all(&words);
    let nothing_else = only_answer || only_place || only_county || only_language || only_request;
    let readings = match request.filter(|_| only_request).and_then(certain) {
        Some(reading) => vec![reading],
        None if nothing_else => Vec::new(),
        None => likely(&prediction),
    };
    // "A man who spoke English" is what somebody else speaks.
    let wants_person = readings.first().is_some_and(|reading| reading.intent == Intent::Operator);
    let asked_for = asked_for.filter(|(_, asked)| *asked != Asked::Spoken || wants_person);
    Understanding {
        readings,
        gate: if nothing_else { Gate::None } else { gate::verdict(&prediction) },
        answer,
        language: asked_for.map(|(language, _)| language).or_else(|| language::spoken(&prediction, hint)),
        municipality,
        county,
        request,
        circumstances: lexicon.circumstances(&words),
        model: model.digest().to_owned(),
    }
}

/// What is asked for, and whether nothing else was said. Words of danger are always something else.
fn request(words: &[String], prediction: &Prediction, lexicon: &Lexicon) -> (Option<Request>, bool) {
    let danger = [Cue::Direct, Cue::Now].iter().any(|cue| prediction.cues.has(*cue));
    match lexicon.request(words) {
        Some((Request::StartOver, only)) => (Some(Request::StartOver), only && !danger),
        Some((request, true)) if !danger => (Some(request), true),
        Some(_) | None => (None, false),
    }
}

/// A word that names what is wanted is no guess.
fn certain(request: Request) -> Option<Reading> {
    let intent = match request {
        Request::StartOver => return None,
        Request::Tip => Intent::Tip,
        Request::Person => Intent::Operator,
    };
    Some(Reading { intent, confidence_permille: 1_000 })
}

fn likely(prediction: &Prediction) -> Vec<Reading> {
    let count = if prediction.known_features > 0 { READINGS_MAX } else { 0 };
    let ranked = prediction.ranked().into_iter().take(count);
    let readings = ranked.map(|(intent, share)| Reading { intent, confidence_permille: permille(share) });
    readings.filter(|reading| reading.confidence_permille >= CONFIDENCE_PERMILLE_MIN).collect()
}

fn permille(share: f32) -> u16 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a share lies between 0 and 1
    let permille = (share * 1_000.0).round() as u16;
    permille
}
