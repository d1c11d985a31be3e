//! What was said, as words: lower case, without punctuation, bounded. Every other part of this room
//! sees text only in this form, so that recognisers may punctuate as they like.

/// Longer texts are cut here; a caller's first words say what it is about.
pub const CHARS_MAX: usize = 2_000;
/// More words than this are not looked at.
pub const WORDS_MAX: usize = 200;
/// A "word" longer than this is noise and is cut.
const WORD_CHARS_MAX: usize = 40;

/// The words of a text in order. Empty for text without letters or digits.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut length = 0;
    for c in text.chars().take(CHARS_MAX).chain([' ']) {
        if c.is_alphanumeric() {
            if length < WORD_CHARS_MAX {
                word.extend(c.to_lowercase().filter(|c| c.is_alphanumeric()));
                length += 1;
            }
        } else if !matches!(c, '\'' | '\u{2019}' | '\u{301}' | '\u{308}' | '\u{30a}') && !word.is_empty() {
            words.push(std::mem::take(&mut word));
            length = 0;
            if words.len() == WORDS_MAX {
                break;
            }
        }
    }
    words
}

/// Letters as a hasty speller writes them: å ä ö, æ ø and accents without their marks, doubled
/// letters once. For comparing names, not for showing.
#[must_use]
pub fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'å' | 'ä' | 'æ' | 'á' | 'à' | 'â' => 'a',
            'ö' | 'ø' | 'ó' | 'ò' | 'ô' => 'o',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'ü' | 'ú' | 'ù' => 'u',
            'w' => 'v',
            other => other,
        };
        if plain.is_alphanumeric() && !out.ends_with(plain) {
            out.push(plain);
        }
    }
    out
}
