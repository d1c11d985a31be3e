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

/// Languages by their names, in every language in which they may be asked for.
const NAMES: [(Language, [&str; 3]); 3] = [
    (Language::Swedish, ["svenska", "swedish", "svensk"]),
    (Language::English, ["engelska", "english", "engelsk"]),
    (Language::Danish, ["danska", "danish", "dansk"]),
];
/// Before the name of a language: "talar engelska".
const SPEAKING: [&str; 13] =
    ["tala", "talar", "prata", "pratar", "snacka", "speak", "speaks", "speaking", "talk", "tale", "taler", "snakke", "snakker"];
/// "Jag talar inte svenska" asks for no Swedish.
const NOT: [&str; 10] = ["inte", "ej", "not", "dont", "cant", "cannot", "ikke", "ingen", "no", "nej"];
/// What may be said around a language without saying more than which.
const BESIDE: [&str; 47] = [
    "in", "på", "i", "please", "tack", "tak", "kan", "can", "could", "vi", "we", "jag", "jeg", "du", "you", "do", "ni", "det", "it",
    "this", "ta", "take", "switch", "change", "continue", "byt", "byta", "till", "til", "to", "vill", "vil", "want", "would", "like",
    "gärna", "gerne", "hellre", "rather", "språk", "language", "sprog", "hej", "hello", "hi", "ja", "yes",
];

/// Before the name of the language that something is to be said in.
const IN: [&str; 3] = ["in", "på", "i"];
const COURTESIES: [&str; 3] = ["please", "tack", "tak"];

/// How surely a language is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    /// "In English, please", and nothing else was said.
    Only,
    /// "In English: my bicycle is gone", "my bicycle is gone, in English please"; not "an extract in English".
    Beside,
    /// "Speaks English": who does must be told from the rest.
    Spoken,
}

/// The language that the words ask for.
#[must_use]
pub fn asked_for(words: &[String]) -> Option<(Language, Asked)> {
    let named = |word: &String| NAMES.iter().find(|(_, names)| names.contains(&word.as_str())).map(|(language, _)| *language);
    let has = |list: &[&str], word: &String| list.contains(&word.as_str());
    let mut found = words.iter().enumerate().filter_map(|(at, word)| Some((at, named(word)?)));
    let (at, language) = found.next()?;
    if found.any(|(_, other)| other != language) || words.iter().any(|word| has(&NOT, word)) {
        return None;
    }
    let before = at.checked_sub(1).map(|before| &words[before]);
    let after = words.get(at + 1);
    if words.iter().all(|word| named(word).is_some() || has(&BESIDE, word) || has(&SPEAKING, word)) {
        Some((language, Asked::Only))
    } else if at == 1 && before.is_some_and(|before| has(&IN, before)) || after.is_some_and(|after| has(&COURTESIES, after)) {
        Some((language, Asked::Beside))
    } else {
        before.is_some_and(|before| has(&SPEAKING, before)).then_some((language, Asked::Spoken))
    }
}

/// Whether a language is spoken of at all: "no English" is no answer to another question.
#[must_use]
pub fn is_named(words: &[String]) -> bool {
    words.iter().any(|word| NAMES.iter().any(|(_, names)| names.contains(&word.as_str())))
}

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
