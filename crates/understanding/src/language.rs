//! Which language was spoken, from the words alone. The model answers; the language the dialogue
//! speaks at the moment weighs in, because a name or a number is no language.

use crate::model::Prediction;
use domain::intent::Language;

/// How much likelier a caller goes on in the language of the dialogue.
const HINT_ODDS: f32 = 3.0;
/// Below this nothing is said about the language.
const SHARE_MIN: f32 = 0.7;
/// With fewer known features than this, it is guesswork.
const KNOWN_FEATURES_MIN: usize = 4;

/// None when the words do not tell.
#[must_use]
pub fn spoken(prediction: &Prediction, hint: Option<Language>) -> Option<Language> {
    if prediction.known_features < KNOWN_FEATURES_MIN {
        return None;
    }
    let odds = |language: Language| prediction.language(language) * if Some(language) == hint { HINT_ODDS } else { 1.0 };
    let sum: f32 = Language::ALL.iter().map(|language| odds(*language)).sum();
    Language::ALL.iter().copied().find(|language| odds(*language) >= SHARE_MIN * sum)
}
