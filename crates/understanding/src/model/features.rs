//! Words to features: five blocks of hashed counts. Nothing here learns.

use crate::lexicon::{Cue, Cues, Found, Lexicon};

/// Pieces of words are this long, with a mark at both ends of the word.
const PIECE_CHARS: std::ops::RangeInclusive<usize> = 2..=5;
/// How much each block may say, beside the others.
const WORDS_STRENGTH: f32 = 1.0;
const PIECES_STRENGTH: f32 = 1.0;
const CONCEPTS_STRENGTH: f32 = 1.0;
const SYNONYMS_STRENGTH: f32 = 1.0;
const CUES_STRENGTH: f32 = 0.6;
/// Pairs are made of at most this many concepts.
const CONCEPTS_MAX: usize = 16;

/// Hash and count of each feature, block by block, each in ascending order of hashes.
pub(super) struct Features {
    words: Vec<(u32, u16)>,
    pieces: Vec<(u32, u16)>,
    concepts: Vec<(u32, u16)>,
    synonyms: Vec<(u32, u16)>,
    cues: Vec<(u32, u16)>,
    pub cues_heard: Cues,
}

impl Features {
    pub fn blocks(&self) -> [(&[(u32, u16)], f32); 5] {
        [
            (&self.words, WORDS_STRENGTH),
            (&self.pieces, PIECES_STRENGTH),
            (&self.concepts, CONCEPTS_STRENGTH),
            (&self.synonyms, SYNONYMS_STRENGTH),
            (&self.cues, CUES_STRENGTH),
        ]
    }

    pub fn len(&self) -> usize {
        self.blocks().iter().map(|(block, _)| block.len()).sum()
    }

    pub fn hashes(&self) -> impl Iterator<Item = u32> {
        self.words.iter().chain(&self.pieces).chain(&self.concepts).chain(&self.synonyms).chain(&self.cues).map(|(hash, _)| *hash)
    }
}

pub(super) fn extract(words: &[String], lexicon: &Lexicon) -> Features {
    let mut single = Vec::with_capacity(words.len() * 2);
    let mut pieces = Vec::with_capacity(words.len() * 20);
    let mut marked: Vec<char> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        single.push(hash(b'w', word.bytes()));
        if let Some(next) = words.get(index + 1) {
            single.push(hash(b'p', word.bytes().chain([b' ']).chain(next.bytes())));
        }
        marked.clear();
        marked.extend(std::iter::once('_').chain(word.chars()).chain(['_']));
        for length in PIECE_CHARS {
            for piece in marked.windows(length) {
                pieces.push(hash(b'c', piece.iter().flat_map(|letter| utf8(*letter))));
            }
        }
    }
    let found = lexicon.find(words);
    Features {
        words: counted(single),
        pieces: counted(pieces),
        concepts: counted(concept_features(&found)),
        synonyms: counted(synonym_features(words, lexicon)),
        cues: counted(cue_features(words, &found)),
        cues_heard: found.cues,
    }
}

/// Which concepts were found, and which together: "found" and "wallet" say more than each alone.
fn concept_features(found: &Found<'_>) -> Vec<u32> {
    let names: Vec<&str> = found.concepts.iter().copied().take(CONCEPTS_MAX).collect();
    let mut features = Vec::with_capacity(names.len() * names.len());
    for (index, name) in names.iter().enumerate() {
        features.push(hash(b'k', name.bytes()));
        for other in &names[index + 1..] {
            features.push(hash(b'K', name.bytes().chain([b' ']).chain(other.bytes())));
        }
    }
    features
}

/// What each word means whatever the language, and which meanings follow one another.
fn synonym_features(words: &[String], lexicon: &Lexicon) -> Vec<u32> {
    let mut features = Vec::with_capacity(words.len() * 3);
    let mut here: Vec<(usize, &str)> = Vec::new();
    let mut before = Vec::new();
    for (at, name) in lexicon.synonyms(words) {
        if here.last().is_some_and(|(begun, _)| *begun != at) {
            before = std::mem::take(&mut here);
        }
        here.push((at, name));
        features.push(hash(b's', name.bytes()));
        features.extend(before.iter().map(|(_, first)| hash(b'S', first.bytes().chain([b' ']).chain(name.bytes()))));
    }
    features
}

/// Which cues were found, in which company, and how long the utterance is: a bare "theft" is to be
/// asked about, a long story seldom.
fn cue_features(words: &[String], found: &Found<'_>) -> Vec<u32> {
    let mut features: Vec<u32> = Vec::new();
    for cue in Cue::ALL {
        if found.cues.has(cue) {
            features.push(hash(b'q', [cue as u8]));
        }
    }
    features.push(hash(b'Q', [found.cues.company()]));
    let length = match words.len() {
        0..=1 => 0,
        2..=3 => 1,
        4..=6 => 2,
        7..=11 => 3,
        12..=19 => 4,
        _ => 5,
    };
    features.push(hash(b'l', [length]));
    features
}

fn counted(mut hashes: Vec<u32>) -> Vec<(u32, u16)> {
    hashes.sort_unstable();
    let mut counts: Vec<(u32, u16)> = Vec::with_capacity(hashes.len());
    for hash in hashes {
        match counts.last_mut() {
            Some((last, count)) if *last == hash => *count = count.saturating_add(1),
            _ => counts.push((hash, 1)),
        }
    }
    counts
}

/// The bytes of a letter, as a text has them.
fn utf8(letter: char) -> impl Iterator<Item = u8> {
    let mut bytes = [0; 4];
    let length = letter.encode_utf8(&mut bytes).len();
    bytes.into_iter().take(length)
}

/// FNV-1a with a last stir; `kind` keeps blocks apart.
fn hash(kind: u8, bytes: impl IntoIterator<Item = u8>) -> u32 {
    let mut state: u64 = 0xCBF2_9CE4_8422_2325;
    for byte in std::iter::once(kind).chain(bytes) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    state ^= state >> 29;
    #[allow(clippy::cast_possible_truncation)] // the lower half is the hash
    let low = (state ^ (state >> 32)) as u32;
    low
}
