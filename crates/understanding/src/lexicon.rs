//! Phrases that an authority may edit. `cues.toml`: phrases that speak of danger, of time or of papers,
//! for the gate. `concepts.toml`: words that mean the same in every language, so that what is learnt
//! from Swedish sentences helps with Danish and English ones. Both are features of the model.
//!
//! A phrase is words in a row: `kniv*` is any word that begins so, `..` stands for up to four words
//! between, `^` pins it to the beginning and `$` to the end of what was said.

use crate::entities::Municipalities;
use domain::{intent::Language, plan::Fault};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

pub const CUES_FILE: &str = "cues.toml";
pub const CONCEPTS_FILE: &str = "concepts.toml";

/// How many words `..` may stand for.
const GAP_WORDS_MAX: usize = 4;
const PHRASES_MAX: usize = 5_000;

/// What a phrase says about what was said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    /// Danger in so many words: a weapon, fire, no breath, a cry for help.
    Direct,
    /// It goes on, has just happened or is about to.
    Now,
    /// It is over.
    Past,
    /// A question about forms, times, papers or cases.
    Administrative,
}

impl Cue {
    pub const ALL: [Self; 4] = [Self::Direct, Self::Now, Self::Past, Self::Administrative];
}

/// The deployment's cues, concepts and place names.
#[derive(Clone, Default, Debug)]
pub struct Lexicon {
    phrases: Vec<(Meaning, Phrase)>,
    /// Which phrases begin with two letters, or with one alone, so that a word is compared with few.
    by_beginning: BTreeMap<Beginning, Vec<usize>>,
    concepts: Vec<String>,
    pub(crate) municipalities: Municipalities,
}

/// The first two letters, or the only one.
type Beginning = [Option<char>; 2];

fn beginning(word: &str) -> Beginning {
    let mut letters = word.chars();
    [letters.next(), letters.next()]
}

/// What a phrase stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meaning {
    Cue(Cue),
    Concept(usize),
}

const PHRASE_MEND: &str = "write words, word*, .. between words, ^ before the first and $ after the last, all in small letters";

#[derive(Clone, Debug, thiserror::Error)]
pub enum LexiconError {
    #[error("{file} cannot be read: {why}")]
    Unreadable { file: &'static str, why: String },
    #[error("{file}:{line}: {what}")]
    Syntax { file: &'static str, line: usize, what: String },
    #[error("{file}:{line}: the phrase \"{phrase}\" cannot be understood: {PHRASE_MEND}")]
    Phrase { file: &'static str, line: usize, phrase: String },
    #[error("there are more than {PHRASES_MAX} phrases")]
    TooMany,
}

impl Lexicon {
    /// Reads `cues.toml` and `concepts.toml` from a deployment's `understanding` folder.
    ///
    /// # Errors
    /// When a file cannot be read or a phrase not understood.
    pub fn load(dir: &Path) -> Result<Self, LexiconError> {
        let read =
            |file| std::fs::read_to_string(dir.join(file)).map_err(|error| LexiconError::Unreadable { file, why: error.to_string() });
        Self::parse(&read(CUES_FILE)?, &read(CONCEPTS_FILE)?)
    }

    /// Reads the texts of both files. Every language's cues are looked for in every text, because
    /// callers mix languages.
    ///
    /// # Errors
    /// When one is no such table or a phrase is not understood.
    pub fn parse(cues: &str, concepts: &str) -> Result<Self, LexiconError> {
        let mut lexicon = Self::default();
        let mut unknown = lexicon.add_cues(cues)?;
        unknown.extend(lexicon.add_concepts(concepts)?);
        match unknown.into_iter().next() {
            Some(error) => Err(error),
            None if lexicon.phrases.len() > PHRASES_MAX => Err(LexiconError::TooMany),
            None => Ok(lexicon),
        }
    }

    /// Every fault of both files, each with its file and line.
    #[must_use]
    pub fn faults(dir: &Path) -> Vec<Fault> {
        let mut lexicon = Self::default();
        let mut faults = Vec::new();
        for (file, add) in [(CUES_FILE, Self::add_cues as Adds), (CONCEPTS_FILE, Self::add_concepts)] {
            let errors = match std::fs::read_to_string(dir.join(file)) {
                Ok(text) => add(&mut lexicon, &text).unwrap_or_else(|error| vec![error]),
                Err(error) => vec![LexiconError::Unreadable { file, why: error.to_string() }],
            };
            faults.extend(errors.iter().map(|error| error.fault(&dir.join(file))));
        }
        if lexicon.phrases.len() > PHRASES_MAX {
            faults.push(LexiconError::TooMany.fault(dir));
        }
        faults
    }

    /// Gives back the phrases that are not understood.
    fn add_cues(&mut self, text: &str) -> Result<Vec<LexiconError>, LexiconError> {
        let cues: BTreeMap<Language, BTreeMap<Cue, Vec<String>>> = toml::from_str(text).map_err(syntax(CUES_FILE, text))?;
        let phrases = cues.into_values().flatten().flat_map(|(cue, list)| list.into_iter().map(move |phrase| (cue, phrase)));
        Ok(phrases.filter_map(|(cue, phrase)| self.add(Meaning::Cue(cue), phrase)).map(|phrase| unknown(CUES_FILE, text, phrase)).collect())
    }

    /// Gives back the phrases that are not understood.
    fn add_concepts(&mut self, text: &str) -> Result<Vec<LexiconError>, LexiconError> {
        let concepts: BTreeMap<String, Vec<String>> = toml::from_str(text).map_err(syntax(CONCEPTS_FILE, text))?;
        let mut errors = Vec::new();
        for (index, (name, list)) in concepts.into_iter().enumerate() {
            self.concepts.push(name);
            let added = list.into_iter().filter_map(|phrase| self.add(Meaning::Concept(index), phrase));
            errors.extend(added.map(|phrase| unknown(CONCEPTS_FILE, text, phrase)));
        }
        Ok(errors)
    }

    /// The phrase itself when it is not understood.
    fn add(&mut self, meaning: Meaning, phrase: String) -> Option<String> {
        let Some(parsed) = Phrase::parse(&phrase) else { return Some(phrase) };
        self.by_beginning.entry(parsed.beginning()).or_default().push(self.phrases.len());
        self.phrases.push((meaning, parsed));
        None
    }

    /// The same, knowing the names of municipalities.
    #[must_use]
    pub fn with_municipalities(self, municipalities: Municipalities) -> Self {
        Self { municipalities, ..self }
    }

    /// Everything that changes what is found, for naming a model after its inputs.
    pub(crate) fn hash_into(&self, update: &mut dyn FnMut(&[u8])) {
        for (meaning, phrase) in &self.phrases {
            update(format!("{meaning:?} {phrase:?}\n").as_bytes());
        }
        update(format!("{:?}", self.concepts).as_bytes());
    }

    /// Which cues and concepts the words hold.
    #[must_use]
    pub fn find<'a>(&'a self, words: &[String]) -> Found<'a> {
        let mut cues = Cues::default();
        let mut concepts = BTreeSet::new();
        for (at, word) in words.iter().enumerate() {
            let (two, one) = (beginning(word), beginning(&word[..word.chars().next().map_or(0, char::len_utf8)]));
            let candidates =
                [Some(two), (one != two).then_some(one)].into_iter().flatten().filter_map(|start| self.by_beginning.get(&start));
            for (meaning, phrase) in candidates.flatten().map(|index| &self.phrases[*index]) {
                if !phrase.is_at(words, at) {
                    continue;
                }
                match *meaning {
                    Meaning::Cue(cue) => cues.0 |= 1 << cue as u8,
                    Meaning::Concept(index) => drop(concepts.insert(self.concepts[index].as_str())),
                }
            }
        }
        Found { cues, concepts }
    }
}

type Adds = fn(&mut Lexicon, &str) -> Result<Vec<LexiconError>, LexiconError>;

impl LexiconError {
    fn fault(&self, path: &Path) -> Fault {
        let (line, what, mend) = match self {
            Self::Unreadable { why, .. } => (0, why.clone(), "the folder must hold this file, readable, in UTF-8"),
            Self::Syntax { line, what, .. } => {
                (*line, what.clone(), "compare with the lines around it and the words at the top of the file")
            }
            Self::Phrase { line, phrase, .. } => (*line, format!("the phrase \"{phrase}\" cannot be understood"), PHRASE_MEND),
            Self::TooMany => (0, self.to_string(), "take away those that say the same"),
        };
        // A message of the reader may have lines of its own.
        Fault::new(&path.display().to_string(), line, what.replace('\n', " "), mend)
    }
}

/// A phrase keeps no line while it is read: the first place where it stands is where it is told.
fn unknown(file: &'static str, text: &str, phrase: String) -> LexiconError {
    let quoted = format!("\"{phrase}\"");
    let line = text.lines().position(|line| line.contains(&quoted)).map_or(0, |line| line + 1);
    LexiconError::Phrase { file, line, phrase }
}

fn syntax(file: &'static str, text: &str) -> impl FnOnce(toml::de::Error) -> LexiconError {
    move |error| LexiconError::Syntax {
        file,
        line: error.span().map_or(0, |span| text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1),
        what: error.message().to_owned(),
    }
}

/// What a lexicon found in what was said.
pub struct Found<'a> {
    pub cues: Cues,
    /// In the order of their names.
    pub concepts: BTreeSet<&'a str>,
}

/// Which cues were found.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Cues(u8);

impl Cues {
    #[must_use]
    pub fn has(self, cue: Cue) -> bool {
        self.0 & (1 << cue as u8) != 0
    }

    /// One number for the cues found together.
    pub(crate) fn company(self) -> u8 {
        self.0
    }
}

#[derive(Clone, Debug)]
struct Phrase {
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

    fn is_at(&self, words: &[String], at: usize) -> bool {
        (at == 0 || !self.at_start) && self.fits(words, at, 0)
    }

    fn fits(&self, words: &[String], at: usize, part: usize) -> bool {
        let Some(wanted) = self.parts.get(part) else { return !self.at_end || at == words.len() };
        let reach = if wanted.after_gap { at + GAP_WORDS_MAX } else { at };
        (at..=reach).any(|at| words.get(at).is_some_and(|word| wanted.is(word)) && self.fits(words, at + 1, part + 1))
    }
}

impl Part {
    fn is(&self, word: &str) -> bool {
        if self.stem { word.starts_with(&self.word) } else { word == self.word }
    }
}
