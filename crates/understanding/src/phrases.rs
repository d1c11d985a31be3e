//! Phrases as the editable files write them, and where they stand in what was said.
//!
//! A phrase is words in a row: `kniv*` is any word that begins so, `..` stands for up to four words
//! between, `^` pins it to the beginning and `$` to the end of what was said.

use std::{collections::BTreeMap, ops::Range};

/// How many words `..` may stand for.
const GAP_WORDS_MAX: usize = 4;

/// Phrases, each with what it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Phrases<M> {
    list: Vec<(M, Phrase)>,
    /// Which phrases begin with three letters, or with one or two alone, so that a word is compared with few.
    by_beginning: BTreeMap<Beginning, Vec<usize>>,
}

/// The first three letters, or as many as there are.
type Beginning = [Option<char>; 3];

fn beginning(word: &str) -> Beginning {
    let mut letters = word.chars();
    [letters.next(), letters.next(), letters.next()]
}

impl<M> Default for Phrases<M> {
    fn default() -> Self {
        Self { list: Vec::new(), by_beginning: BTreeMap::new() }
    }
}

impl<M: Copy> Phrases<M> {
    /// The phrase itself when it is not understood.
    pub fn add(&mut self, meaning: M, phrase: String) -> Option<String> {
        let Some(parsed) = Phrase::parse(&phrase) else { return Some(phrase) };
        self.by_beginning.entry(parsed.beginning()).or_default().push(self.list.len());
        self.list.push((meaning, parsed));
        None
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &(M, Phrase)> {
        self.list.iter()
    }

    /// What the words hold, with which of them it was, in the order of the words.
    pub fn find<'a>(&'a self, words: &'a [String]) -> impl Iterator<Item = (M, Range<usize>)> + 'a {
        words.iter().enumerate().flat_map(move |(at, word)| {
            let three @ [first, second, third] = beginning(word);
            let two = third.map(|_| [first, second, None]);
            let one = second.map(|_| [first, None, None]);
            let beginnings = [Some(three), two, one].into_iter().flatten();
            let phrases = beginnings.filter_map(|start| self.by_beginning.get(&start)).flatten().map(|index| &self.list[*index]);
            phrases.filter_map(move |(meaning, phrase)| Some((*meaning, at..phrase.end(words, at)?)))
        })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Phrase {
    at_start: bool,
    at_end: bool,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    word: String,
    stem: bool,
    after_gap: bool,
}

impl Phrase {
    fn parse(text: &str) -> Option<Self> {
        let (at_start, text) = text.trim().strip_prefix('^').map_or((false, text.trim()), |rest| (true, rest));
        let (at_end, text) = text.strip_suffix('$').map_or((false, text), |rest| (true, rest));
        let mut parts = Vec::new();
        let mut after_gap = false;
        for piece in text.split_whitespace() {
            if piece == ".." {
                if parts.is_empty() || after_gap {
                    return None;
                }
                after_gap = true;
                continue;
            }
            let (word, stem) = piece.strip_suffix('*').map_or((piece, false), |word| (word, true));
            if crate::text::words(word) != [word] {
                return None;
            }
            parts.push(Part { word: word.to_owned(), stem, after_gap });
            after_gap = false;
        }
        (!parts.is_empty() && !after_gap).then_some(Self { at_start, at_end, parts })
    }

    fn beginning(&self) -> Beginning {
        self.parts.first().map(|part| beginning(&part.word)).unwrap_or_default()
    }

    /// Behind its last word, when it begins at this one.
    fn end(&self, words: &[String], at: usize) -> Option<usize> {
        if at == 0 || !self.at_start { self.fits(words, at, 0) } else { None }
    }

    fn fits(&self, words: &[String], at: usize, part: usize) -> Option<usize> {
        let Some(wanted) = self.parts.get(part) else { return (!self.at_end || at == words.len()).then_some(at) };
        let reach = if wanted.after_gap { at + GAP_WORDS_MAX } else { at };
        (at..=reach).filter(|at| words.get(*at).is_some_and(|word| wanted.is(word))).find_map(|at| self.fits(words, at + 1, part + 1))
    }
}

impl Part {
    fn is(&self, word: &str) -> bool {
        if self.stem { word.starts_with(&self.word) } else { word == self.word }
    }
}
