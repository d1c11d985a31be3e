//! A plain yes or no to the question just asked. At the emergency question a yes means 112 and a no
//! takes the question away, so a no is believed only when nothing else was said with it.

use crate::lexicon::{Cue, Cues};
use domain::intent::Answer;

/// Longer utterances tell a story; the model reads those.
const WORDS_MAX: usize = 6;
const YES: [&str; 29] = [
    "ja", "jo", "japp", "jajamän", "jajamen", "jovisst", "javisst", "visst", "absolut", "precis", "stämmer", "rätt", "yes", "yeah", "yep",
    "yup", "yea", "correct", "right", "exactly", "sure", "jep", "jada", "jamen", "rigtigt", "rigtig", "præcis", "nemlig", "korrekt",
];
const NO: [&str; 21] = [
    "nej", "nä", "nää", "nix", "nope", "no", "nah", "not", "isnt", "wrong", "inte", "fel", "aldrig", "never", "ikke", "næ", "niks",
    "forkert", "nehe", "ingen", "nobody",
];
/// Said before an answer without meaning anything.
const FILLERS: [&str; 22] = [
    "eh", "öh", "öhm", "um", "uh", "hm", "mm", "oh", "well", "alltså", "asså", "det", "detta", "den", "that", "thats", "it", "its", "is",
    "är", "er", "hej",
];
/// Said around an answer out of courtesy, or to repeat the question's verb.
const COURTESIES: [&str; 11] = ["tack", "tak", "please", "thanks", "thank", "you", "gör", "gjorde", "gør", "does", "did"];
/// Said of danger in the same breath as a no: "nej, ingen är i fara", "no, it is not urgent".
const DENIED: [&str; 11] = ["fara", "farligt", "danger", "dangerous", "fare", "akut", "urgent", "bråttom", "i", "in", "någon"];
/// Said of what was: "no, it is over".
const ENDED: [&str; 8] = ["over", "över", "slut", "förbi", "finished", "ended", "forbi", "overstået"];
/// Without one of these a danger named after a no is none that is denied: "nej, det är akut".
const NEGATIONS: [&str; 10] = ["inte", "ej", "ingen", "inget", "aldrig", "not", "isnt", "nobody", "never", "ikke"];
/// "No idea", "inte vet jag", "not sure": a don't-know is no no.
const DOUBTS: [&str; 23] = [
    "vet", "veta", "aning", "säker", "säkert", "riktigt", "direkt", "kanske", "tror", "know", "knows", "idea", "clue", "sure", "think",
    "maybe", "perhaps", "really", "ved", "anelse", "aner", "sikker", "måske",
];
/// "Ja" is also how many say "jag": followed by one of these it is no answer.
const AFTER_I: [&str; 22] = [
    "vill", "har", "är", "e", "ska", "skall", "kan", "kunde", "undrar", "undra", "behöver", "måste", "såg", "blev", "tror", "vet",
    "ringer", "skulle", "fick", "hittade", "hörde", "heter",
];

/// None when it is neither, or both.
#[must_use]
pub fn plain(words: &[String], cues: Cues) -> Option<Answer> {
    if words.is_empty() || words.len() > WORDS_MAX {
        return None;
    }
    let has = |list: &[&str], word: &String| list.contains(&word.as_str());
    let first = words.iter().position(|word| !has(&FILLERS, word))?;
    let (yes, no) = (words.iter().any(|word| has(&YES, word)), words.iter().any(|word| has(&NO, word)));
    let danger = cues.has(Cue::Direct) || cues.has(Cue::Now);
    let dialect = words[first] == "ja" && words.get(first + 1).is_some_and(|next| has(&AFTER_I, next));
    if has(&YES, &words[first]) && !no && !dialect {
        Some(Answer::Yes)
    } else if no
        && !danger
        && !words.iter().any(|word| has(&DOUBTS, word))
        && (has(&NO, &words[first]) && !yes || is_denial(&words[first..]))
    {
        Some(Answer::No)
    } else {
        None
    }
}

/// Whether this answer was all that was said, and nothing that tells a story.
#[must_use]
pub fn is_all(words: &[String], answer: Answer) -> bool {
    let negated = words.iter().any(|word| NEGATIONS.contains(&word.as_str()));
    let denied: &[&str] = if answer == Answer::No && negated { &DENIED } else { &[] };
    let ended: &[&str] = if answer == Answer::No { &ENDED } else { &[] };
    let lists = [&YES[..], &NO[..], &FILLERS[..], &COURTESIES[..], denied, ended];
    words.iter().all(|word| lists.iter().any(|list| list.contains(&word.as_str())))
}

/// "Stämmer inte", "that is not right".
fn is_denial(words: &[String]) -> bool {
    let known = |word: &String| [&YES[..], &NO[..], &FILLERS[..]].iter().any(|list| list.contains(&word.as_str()));
    words.iter().all(known) && words.iter().any(|word| NEGATIONS.contains(&word.as_str()))
}
