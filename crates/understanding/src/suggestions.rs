//! What the words tell beside the matter and may help whoever answers: places, when, things, weapons,
//! injuries, children. Each is a suggestion with the words it was taken from, never a fact: a caller may
//! speak of somebody else, and a recogniser may have misheard.

use crate::{lexicon::Lexicon, text};
use domain::intent::{Suggested, Suggestion};
use std::ops::Range;

/// More are not shown; the words themselves stand beside them.
const SUGGESTIONS_MAX: usize = 12;
/// So many words before a phrase may say that it is not so: "ingen är skadad".
const NEGATION_REACH: usize = 2;
const NEGATIONS: [&str; 13] = ["inte", "ej", "ingen", "inget", "inga", "utan", "not", "no", "nobody", "without", "ikke", "intet", "uden"];
/// What is not so is worth telling of these no less: "no weapon" and "not today" would mislead.
const DENIABLE: [Suggested; 3] = [Suggested::Weapon, Suggested::Injury, Suggested::Children];

/// In the order of the words; what touches or overlaps within a kind is one.
#[must_use]
pub fn suggestions(text: &str, lexicon: &Lexicon) -> Vec<Suggestion> {
    let words = text::words(text);
    let mut found: Vec<(Suggested, Range<usize>)> =
        lexicon.suggestions.find(&words).filter(|(kind, range)| !(DENIABLE.contains(kind) && is_denied(&words, range.start))).collect();
    let mut places: Vec<Range<usize>> = lexicon.municipalities.places_in(&words);
    for place in lexicon.localities.places_in(&words) {
        if places.iter().all(|known| known.end <= place.start || place.end <= known.start) {
            places.push(place);
        }
    }
    found.extend(places.into_iter().map(|range| (Suggested::Place, range)));
    found.sort_by_key(|(kind, range)| (*kind, range.start, range.end));
    let mut whole: Vec<(Suggested, Range<usize>)> = Vec::new();
    for (kind, range) in found {
        match whole.last_mut() {
            Some((last, before)) if *last == kind && (range.start < before.end || joins(kind) && range.start == before.end) => {
                before.end = before.end.max(range.end);
            }
            _ => whole.push((kind, range)),
        }
    }
    whole.sort_by_key(|(_, range)| (range.start, range.end));
    let taken = whole.into_iter().take(SUGGESTIONS_MAX);
    taken.map(|(kind, range)| Suggestion { kind, words: words[range].join(" ") }).collect()
}

/// "Last Friday" and "at three" are one time; two things beside one another are two.
fn joins(kind: Suggested) -> bool {
    kind == Suggested::When
}

fn is_denied(words: &[String], at: usize) -> bool {
    words[at.saturating_sub(NEGATION_REACH)..at].iter().any(|word| NEGATIONS.contains(&word.as_str()))
}
