//! A plan's word as it stands in ids. Ids are copied with every command and compared with every look, so each
//! word is kept once and an id only points to it: nothing is counted or freed, two are the same when they
//! point to the same, and a map finds them by a number.
//!
//! Words stay as long as the program runs. Plans have few; what comes from outside is bounded by
//! [`KEPT_BYTES_MAX`].

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    cmp::Ordering,
    collections::BTreeMap,
    fmt, hash, ptr,
    sync::{PoisonError, RwLock},
};

/// Many times what the largest plan holds. A word beyond it is taken for the empty one, which no plan has:
/// nothing of that name is found.
const KEPT_BYTES_MAX: usize = 16 << 20;

static WORDS: RwLock<Words> = RwLock::new(Words { by_text: BTreeMap::new(), dotted: BTreeMap::new(), bytes: 0 });

static EMPTY: Word = Word { text: "", number: 0 };

#[derive(Clone)]
pub(crate) struct Name(&'static Word);

struct Word {
    text: &'static str,
    /// From 1 in the order in which words came up; 0 is the empty one.
    number: usize,
}

struct Words {
    by_text: BTreeMap<&'static str, &'static Word>,
    /// What two words make with a dot between them, by their numbers.
    dotted: BTreeMap<(usize, usize), &'static Word>,
    bytes: usize,
}

impl Words {
    fn keep(&mut self, word: &str) -> &'static Word {
        if let Some(known) = self.by_text.get(word) {
            return known;
        }
        let bytes = self.bytes + size_of::<Word>() + word.len();
        if word.is_empty() || bytes > KEPT_BYTES_MAX {
            return &EMPTY;
        }
        self.bytes = bytes;
        let text = Box::leak(Box::from(word));
        let kept = Box::leak(Box::new(Word { text, number: self.by_text.len() + 1 }));
        self.by_text.insert(text, kept);
        kept
    }

    fn dot(&mut self, first: &Word, second: &Word) -> &'static Word {
        let both = self.keep(&format!("{}.{}", first.text, second.text));
        // What was not kept is not found again either.
        if both.number > 0 {
            self.dotted.insert((first.number, second.number), both);
        }
        both
    }
}

impl Name {
    pub fn new(word: &str) -> Self {
        let known = WORDS.read().unwrap_or_else(PoisonError::into_inner).by_text.get(word).copied();
        Self(known.unwrap_or_else(|| WORDS.write().unwrap_or_else(PoisonError::into_inner).keep(word)))
    }

    /// Both with a dot between them; made once.
    pub fn dotted(&self, second: &Self) -> Self {
        let known = WORDS.read().unwrap_or_else(PoisonError::into_inner).dotted.get(&(self.number(), second.number())).copied();
        Self(known.unwrap_or_else(|| WORDS.write().unwrap_or_else(PoisonError::into_inner).dot(self.0, second.0)))
    }

    pub fn as_str(&self) -> &'static str {
        self.0.text
    }

    /// Small, and the same for the same word as long as the program runs.
    pub fn number(&self) -> usize {
        self.0.number
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl Eq for Name {}

/// The order of texts.
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As a text's, so that an id is found by its word.
impl hash::Hash for Name {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::new(&word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::{BuildHasher, RandomState};

    #[test]
    fn a_name_is_its_text_in_every_respect() -> Result<(), serde_json::Error> {
        let long = "a".repeat(40);
        let words = ["", "\0", "a", "a\0", "a\0b", "ab", "b", "å", "åb", "vast.report", &long];
        let hasher = RandomState::new();
        for word in words {
            let name = Name::new(word);
            assert_eq!(name.as_str(), word);
            assert_eq!(format!("{name:?}"), format!("{word:?}"));
            assert_eq!(hasher.hash_one(&name), hasher.hash_one(word));
            assert_eq!(serde_json::to_string(&name)?, serde_json::to_string(word)?);
            assert_eq!(serde_json::from_str::<Name>(&serde_json::to_string(word)?)?, name);
            for other in words {
                assert_eq!(name.cmp(&Name::new(other)), word.cmp(other), "{word:?} {other:?}");
                assert_eq!(name == Name::new(other), word == other, "{word:?} {other:?}");
                assert_eq!(name.number() == Name::new(other).number(), word == other, "{word:?} {other:?}");
                for _ in 0..2 {
                    assert_eq!(name.dotted(&Name::new(other)).as_str(), format!("{word}.{other}"));
                }
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let mut words = Words { by_text: BTreeMap::new(), dotted: BTreeMap::new(), bytes: KEPT_BYTES_MAX - 2 * size_of::<Word>() - 3 };
        let kept = ["a", "b", "c", "a"].map(|word| words.keep(word).text);
        assert_eq!(kept, ["a", "b", "", "a"]);
    }
}
