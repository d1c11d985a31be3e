//! A fault in a text that an authority edits: where it is, what is wrong, how to mend it. Written for
//! the person at the keyboard, not for a programmer.

use std::{collections::BTreeMap, fmt};

/// One text and the name it is known by in faults.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub file: String,
    /// From 1; 0 when the fault is of the file as a whole.
    pub line: usize,
    pub what: String,
    pub mend: String,
}

impl Fault {
    #[must_use]
    pub fn new(file: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: ", self.file)?,
            line => write!(f, "{}:{line}: ", self.file)?,
        }
        write!(f, "{}.\n  Mend: {}", self.what, self.mend)
    }
}

impl std::error::Error for Fault {}

/// What a check of the finished plan objects to, before it is known in which line it stands.
/// The paths are `classes.report.cap` and the like; the first is where the fault is shown.
pub(super) struct Objection {
    pub paths: Vec<String>,
    pub what: String,
    pub mend: String,
}

/// In which line each value of a plan stands.
#[derive(Default)]
pub(super) struct Lines(BTreeMap<String, usize>);

impl Lines {
    pub fn note(&mut self, path: String, line: usize) {
        self.0.insert(path, line);
    }

    /// The line of a value, or of what holds it.
    pub fn at(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(line) = self.0.get(path) {
                return *line;
            }
            match path.rsplit_once('/') {
                Some((outer, _)) => path = outer,
                None => return 0,
            }
        }
    }
}

/// The candidate that a mistyped word most likely stood for, if one is near.
pub(crate) fn nearest_word<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (edits(word, candidate), candidate))
        .filter(|(edits, candidate)| *edits <= limit && *edits < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters to add, drop or change to get from one word to the other.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_what_it_stood_for() {
        let check = |word: &str, expected: Option<&str>| {
            assert_eq!(nearest_word(word, ["cap", "skill", "acceleration", "head_start"]), expected, "{word}");
        };
        check("acceleraton", Some("acceleration"));
        check("headstart", Some("head_start"));
        check("skil", Some("skill"));
        check("colour", None);
    }
}
