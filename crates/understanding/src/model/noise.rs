//! Words as a bad line and a hasty recogniser give them: some lost, some misspelt. Half of the training
//! sentences' weight is spoilt so; the report measures what it costs.

use super::dice::Dice;

/// Words that get lost, and those that come misspelt, as shares.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Noise {
    pub lost: f32,
    pub misspelt: f32,
}

impl Noise {
    /// What the report measures with: 12 % lost, a fifth misspelt.
    pub const MEASURED: Self = Self { lost: 0.12, misspelt: 0.2 };
    pub(super) const TRAINED: Self = Self { lost: 0.12, misspelt: 0.15 };
}

const LETTERS: [char; 18] = ['a', 'e', 'i', 'o', 'u', 'd', 't', 'n', 'r', 's', 'l', 'k', 'm', 'g', 'å', 'ä', 'ö', 'ø'];

/// The same words with noise; never none of them.
pub fn spoil(words: &[String], noise: Noise, dice: &mut Dice) -> Vec<String> {
    let mut spoilt = Vec::with_capacity(words.len());
    for word in words {
        if dice.share() >= noise.lost {
            let misspelt = dice.share() < noise.misspelt && word.chars().nth(2).is_some();
            spoilt.push(if misspelt { misspell(word, dice) } else { word.clone() });
        }
    }
    if spoilt.is_empty() { words.to_vec() } else { spoilt }
}

/// One letter lost, doubled, swapped with the next or taken for another.
fn misspell(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = dice.below(letters.len());
    match dice.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, (at + 1) % word.chars().count()),
        _ => letters[at] = LETTERS[dice.below(LETTERS.len())],
    }
    letters.into_iter().collect()
}
