//! Names of places in what was said, as a suggestion and never a fact.

use crate::text::folded;
use std::{collections::BTreeMap, ops::Range};

/// Names shorter than this are found only with a word of place before them ("i Åre").
const BARE_CHARS_MIN: usize = 4;
/// Words that stand before a place.
const PLACE_WORDS: [&str; 22] = [
    "i", "in", "at", "fran", "from", "fra", "vid", "ved", "utanfor", "udenfor", "near", "outside", "around", "bor", "til", "hos", "runt",
    "omkring", "nara", "nar", "mot", "mod",
];
/// Names that are also everyday words in what callers say: only with a word of place before them.
const EVERYDAY: [&str; 24] = [
    "are", "mora", "sala", "ale", "boden", "hor", "orust", "heby", "essunga", "eda", "habo", "ed", "vara", "bjuv", "mark", "nora", "ydre",
    "salem", "skive", "greve", "tonder", "lejre", "oder", "struer",
];
/// Everyday words even behind a word of place, "i vejen": only with its kind beside them.
const EVERYDAY_IN_PLACE: [&str; 1] = ["vejen"];
/// What a municipality calls itself beside its name.
const KINDS: [&str; 4] = ["komun", "komune", "municipality", "by"];

/// What a county calls itself behind its name.
const COUNTY_KINDS: [&str; 2] = [" län", " politikreds"];

/// What may be said around a place without saying more than where: "det hände i Malmö kommun".
const BESIDE: [&str; 33] = [
    "by",
    "byen",
    "bymidten",
    "midtbyen",
    "sket",
    "hændte",
    "altså",
    "kommun",
    "municipality",
    "kommune",
    "län",
    "county",
    "politikreds",
    "stad",
    "staden",
    "city",
    "centrum",
    "det",
    "den",
    "it",
    "that",
    "hände",
    "happened",
    "skete",
    "var",
    "was",
    "är",
    "er",
    "is",
    "jag",
    "jeg",
    "the",
    "of",
];

/// Names of municipalities, ready to be found in what was said.
#[derive(Clone, Default, Debug)]
pub struct Municipalities {
    /// Lower-case words of the name, and its code.
    exact: BTreeMap<Vec<String>, String>,
    /// The same as a hasty speller writes them; none where two names become one (Habo, Håbo).
    folded: BTreeMap<Vec<String>, Option<String>>,
    words_max: usize,
}

impl Municipalities {
    /// The same of counties or police districts, which are also called by less than their whole name: "Hallands län",
    /// "Hallands", "Halland".
    pub fn of_counties<N: AsRef<str>>(list: impl IntoIterator<Item = (String, N)>) -> Self {
        let names = list.into_iter().flat_map(|(code, name)| {
            let whole = name.as_ref().to_owned();
            let bare = COUNTY_KINDS.iter().find_map(|kind| whole.strip_suffix(kind)).map(|bare| bare.trim_end().to_owned());
            let without_s = bare.as_deref().and_then(|bare| bare.strip_suffix('s')).map(str::to_owned);
            let short = without_s.as_ref().filter(|name| name.chars().count() < BARE_CHARS_MIN).map(|name| format!("på {name}"));
            [Some(whole.clone()), bare, without_s, short].into_iter().flatten().map(move |name| (code.clone(), name))
        });
        Self::new(names.collect::<Vec<_>>())
    }

    /// `list` holds code and name. Where two share a name, the first stays.
    pub fn new<C: Into<String>, N: AsRef<str>>(list: impl IntoIterator<Item = (C, N)>) -> Self {
        let mut known = Self::default();
        for (code, name) in list {
            let words = crate::text::words(name.as_ref());
            if words.is_empty() || known.exact.contains_key(&words) {
                continue;
            }
            let code = code.into();
            let plain = words.iter().map(|word| folded(word)).collect();
            known.folded.entry(plain).and_modify(|other| *other = None).or_insert_with(|| Some(code.clone()));
            known.words_max = known.words_max.max(words.len());
            known.exact.insert(words, code);
        }
        known
    }

    /// The code of the municipality named in these words; the longest name counts. None when two
    /// different ones are named, for then we would have to guess.
    #[must_use]
    pub fn named_in(&self, words: &[String]) -> Option<String> {
        let found = self.names_in(words);
        let best = found.iter().map(|(range, _)| range.len()).max()?;
        let mut codes = found.iter().filter(|(range, _)| range.len() == best).map(|(_, code)| *code);
        let first = codes.next()?;
        codes.all(|code| code == first).then(|| first.clone())
    }

    /// Whether a place is all that was said.
    #[must_use]
    pub fn are_all(&self, words: &[String]) -> bool {
        let found = self.names_in(words);
        let beside = |word: &String| BESIDE.contains(&word.as_str()) || PLACE_WORDS.contains(&folded(word).as_str());
        let rest = (0..words.len()).filter(|at| !found.iter().any(|(range, _)| range.contains(at)));
        !found.is_empty() && rest.map(|at| &words[at]).all(beside)
    }

    /// Where a name stands.
    pub(crate) fn places_in(&self, words: &[String]) -> Vec<Range<usize>> {
        self.names_in(words).into_iter().map(|(range, _)| range).collect()
    }

    /// Every name, with where it stands.
    fn names_in(&self, words: &[String]) -> Vec<(Range<usize>, &String)> {
        let plain: Vec<String> = words.iter().map(|word| folded(word)).collect();
        let mut found: Vec<(Range<usize>, &String)> = Vec::new();
        let mut start = 0;
        while start < words.len() {
            let longest = (1..=self.words_max.min(words.len() - start)).rev().find_map(|length| {
                let range = start..start + length;
                let code = self.code_of(&words[range.clone()], &plain[range.clone()])?;
                (length > 1 || words.len() == 1 || stands_alone(&plain, start)).then_some((range, code))
            });
            start = longest.as_ref().map_or(start + 1, |(range, _)| range.end);
            found.extend(longest);
        }
        found
    }

    /// By the name as it is, with the s of the genitive ("Malmös", "Upplands Väsbys"), or misspelt.
    fn code_of(&self, words: &[String], plain: &[String]) -> Option<&String> {
        let spelt = |words: &[String]| self.exact.get(words);
        let misspelt = |words: &[String]| self.folded.get(words).and_then(Option::as_ref);
        spelt(words)
            .or_else(|| spelt(&without_genitive(words)?))
            .or_else(|| misspelt(plain))
            .or_else(|| misspelt(&without_genitive(plain)?))
    }
}

fn without_genitive(words: &[String]) -> Option<Vec<String>> {
    let (last, rest) = words.split_last()?;
    Some(rest.iter().cloned().chain([last.strip_suffix('s')?.to_owned()]).collect())
}

fn stands_alone(words: &[String], at: usize) -> bool {
    let word = &words[at];
    let after_place_word = at.checked_sub(1).is_some_and(|before| PLACE_WORDS.contains(&words[before].as_str()));
    let before_its_kind = words.get(at + 1).is_some_and(|next| KINDS.contains(&next.as_str()));
    let everyday = EVERYDAY.contains(&word.as_str()) || word.chars().count() < BARE_CHARS_MIN;
    before_its_kind || !EVERYDAY_IN_PLACE.contains(&word.as_str()) && (after_place_word || !everyday)
}
