//! How alike two sentences are: so that nothing is written twice, and nothing that measures is trained on.

use crate::text;
use std::collections::{BTreeSet, HashMap};

/// Sentences are compared by pieces of so many letters.
const PIECE_LETTERS: usize = 4;
/// A sentence with so many pieces in common with one that measures is not trained on, in thousandths.
pub const APART_PERMILLE: usize = 620;
/// And one with so many in common with one that is there already says nothing new.
pub const TWICE_PERMILLE: usize = 750;

/// Sentences by their pieces.
#[derive(Default)]
pub struct Likeness {
    pieces: Vec<BTreeSet<String>>,
    holders: HashMap<String, Vec<usize>>,
}

impl Likeness {
    pub fn add(&mut self, sentence: &str) {
        let pieces = pieces(sentence);
        for piece in &pieces {
            self.holders.entry(piece.clone()).or_default().push(self.pieces.len());
        }
        self.pieces.push(pieces);
    }

    /// The share of pieces in common with the most alike of those that were added, in thousandths.
    #[must_use]
    pub fn of(&self, sentence: &str) -> usize {
        let pieces = pieces(sentence);
        let mut common: HashMap<usize, usize> = HashMap::new();
        for holder in pieces.iter().filter_map(|piece| self.holders.get(piece)).flatten() {
            *common.entry(*holder).or_default() += 1;
        }
        let size = |holder: usize| self.pieces.get(holder).map_or(0, BTreeSet::len);
        let share = |(holder, common): (usize, usize)| 1_000 * common / (pieces.len() + size(holder) - common).max(1);
        common.into_iter().map(share).max().unwrap_or(0)
    }
}

fn pieces(sentence: &str) -> BTreeSet<String> {
    let letters: Vec<char> = format!(" {} ", text::words(sentence).join(" ")).chars().collect();
    letters.windows(PIECE_LETTERS.min(letters.len())).map(|piece| piece.iter().collect()).collect()
}
