//! A plan's word as it stands in ids. Ids are copied with every command and compared with every look, so a
//! short word stands in the id itself: no counter is touched and no pointer followed.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{cmp::Ordering, fmt, hash, sync::Arc};

/// Longer words stand elsewhere, once for all copies.
const SHORT_BYTES_MAX: usize = 22;

#[derive(Clone)]
pub(crate) enum Name {
    /// Nothing but zeros follows the word.
    Short {
        length: u8,
        bytes: [u8; SHORT_BYTES_MAX],
    },
    Long(Arc<str>),
}

impl Name {
    pub fn new(word: &str) -> Self {
        Self::joined(&[word])
    }

    /// One word made of parts, without room of its own for them in between.
    pub fn joined(parts: &[&str]) -> Self {
        let (mut bytes, mut length) = ([0; SHORT_BYTES_MAX], 0);
        for part in parts {
            let Some(place) = bytes.get_mut(length..length + part.len()) else { return Self::Long(parts.concat().into()) };
            place.copy_from_slice(part.as_bytes());
            length += part.len();
        }
        Self::Short { length: length as u8, bytes }
    }

    pub fn as_str(&self) -> &str {
        match self {
            // It was made of whole texts.
            Self::Short { .. } => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Self::Long(word) => word,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short { length, bytes } => &bytes[..usize::from(*length).min(SHORT_BYTES_MAX)],
            Self::Long(word) => word.as_bytes(),
        }
    }
}

/// In the order of the bytes, but compared at a stroke.
fn number_of(bytes: &[u8; SHORT_BYTES_MAX]) -> (u128, u64) {
    let (mut first, mut last) = ([0; 16], [0; 8]);
    first.copy_from_slice(&bytes[..16]);
    last[..SHORT_BYTES_MAX - 16].copy_from_slice(&bytes[16..]);
    (u128::from_be_bytes(first), u64::from_be_bytes(last))
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Short { length, bytes }, Self::Short { length: of_other, bytes: others }) => length == of_other && bytes == others,
            (Self::Long(word), Self::Long(other)) => word == other,
            (Self::Short { .. }, Self::Long(_)) | (Self::Long(_), Self::Short { .. }) => false,
        }
    }
}

impl Eq for Name {}

/// The order of texts, which is that of their bytes. Zeros after a word come before all that may follow it,
/// and the length decides where a word itself ends in one.
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Short { length, bytes }, Self::Short { length: of_other, bytes: others }) => {
                number_of(bytes).cmp(&number_of(others)).then(length.cmp(of_other))
            }
            _ => self.as_bytes().cmp(other.as_bytes()),
        }
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
        let longest = "a".repeat(SHORT_BYTES_MAX);
        let longer = "a".repeat(SHORT_BYTES_MAX + 1);
        let split = format!("{}å", "a".repeat(SHORT_BYTES_MAX - 1));
        let words = ["", "\0", "a", "a\0", "a\0b", "ab", "b", "å", "åb", "vast.report", &longest, &longer, &split];
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
                assert_eq!(Name::joined(&[word, ".", other]).as_str(), format!("{word}.{other}"));
            }
        }
        Ok(())
    }
}
