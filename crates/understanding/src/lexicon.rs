//! Phrases that an authority may edit. `cues.toml`: phrases that speak of danger, of time or of papers,
//! for the gate. `concepts.toml`: words that mean the same in every language, so that what is learnt
//! from Swedish sentences helps with Danish and English ones. Both are features of the model.
//! `synonyms.toml`: the same word by word and finer, for everything that callers often say: "wallet" and "purse"
//! are two here and one concept there.
//!
//! Three more files are none: `circumstances.toml`, what decides beside the matter where it is led,
//! `suggestions.toml`, what is shown to the operator, and `requests.toml`, what may be asked for at every
//! question. How a phrase is written is told in `phrases.rs`.

use crate::{entities::Municipalities, phrases::Phrases};
use domain::{
    intent::{Circumstance, Language, Request, Suggested},
    plan::Fault,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
};

pub const CUES_FILE: &str = "cues.toml";
pub const CONCEPTS_FILE: &str = "concepts.toml";
pub const SYNONYMS_FILE: &str = "synonyms.toml";
pub const CIRCUMSTANCES_FILE: &str = "circumstances.toml";
pub const SUGGESTIONS_FILE: &str = "suggestions.toml";
pub const REQUESTS_FILE: &str = "requests.toml";

const PHRASES_MAX: usize = 20_000;

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
    /// A crime said in the present tense.
    Going,
}

impl Cue {
    pub const ALL: [Self; 5] = [Self::Direct, Self::Now, Self::Past, Self::Administrative, Self::Going];
}

/// The deployment's cues, concepts, circumstances, suggestions, requests and place names.
#[derive(Clone, Default, Debug)]
pub struct Lexicon {
    phrases: Phrases<Meaning>,
    concepts: Vec<String>,
    synonyms: Phrases<usize>,
    /// The names of the synonyms, by number.
    synonym_names: Vec<String>,
    circumstances: Phrases<Circumstance>,
    pub(crate) suggestions: Phrases<Suggested>,
    requests: Phrases<Asked>,
    pub(crate) municipalities: Municipalities,
    /// Counties or police districts, by their codes.
    pub(crate) counties: Municipalities,
    /// Other places than municipalities, by the code of the one that they lie in.
    pub(crate) localities: Municipalities,
}

/// What a phrase stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meaning {
    Cue(Cue),
    Concept(usize),
}

/// What a phrase of the requests' file is: a request, or what may stand beside one ("please").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(untagged)]
enum Asked {
    For(Request),
    Beside(Beside),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
enum Beside {
    #[serde(rename = "beside")]
    Beside,
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
    /// Reads the six files from a deployment's `understanding` folder.
    ///
    /// # Errors
    /// When a file cannot be read or a phrase not understood.
    pub fn load(dir: &Path) -> Result<Self, LexiconError> {
        let mut lexicon = Self::default();
        for (file, add) in Self::FILES {
            let text =
                std::fs::read_to_string(dir.join(file)).map_err(|error| LexiconError::Unreadable { file, why: error.to_string() })?;
            lexicon.take(&text, add)?;
        }
        Ok(lexicon)
    }

    /// Reads the texts of cues and concepts alone. Every language's phrases are looked for in every text,
    /// because callers mix languages.
    ///
    /// # Errors
    /// When one is no such table or a phrase is not understood.
    pub fn parse(cues: &str, concepts: &str) -> Result<Self, LexiconError> {
        let mut lexicon = Self::default();
        lexicon.take(cues, Self::add_cues)?;
        lexicon.take(concepts, Self::add_concepts)?;
        Ok(lexicon)
    }

    const FILES: [(&'static str, Adds); 6] = [
        (CUES_FILE, Self::add_cues),
        (CONCEPTS_FILE, Self::add_concepts),
        (SYNONYMS_FILE, Self::add_synonyms),
        (CIRCUMSTANCES_FILE, Self::add_circumstances),
        (SUGGESTIONS_FILE, Self::add_suggestions),
        (REQUESTS_FILE, Self::add_requests),
    ];

    fn take(&mut self, text: &str, add: Adds) -> Result<(), LexiconError> {
        match add(self, text)?.into_iter().next() {
            Some(error) => Err(error),
            None if self.count() > PHRASES_MAX => Err(LexiconError::TooMany),
            None => Ok(()),
        }
    }

    fn count(&self) -> usize {
        self.phrases.len() + self.synonyms.len() + self.circumstances.len() + self.suggestions.len() + self.requests.len()
    }

    /// Every fault of the files, each with its file and line.
    #[must_use]
    pub fn faults(dir: &Path) -> Vec<Fault> {
        let mut lexicon = Self::default();
        let mut faults = Vec::new();
        for (file, add) in Self::FILES {
            let errors = match std::fs::read_to_string(dir.join(file)) {
                Ok(text) => add(&mut lexicon, &text).unwrap_or_else(|error| vec![error]),
                Err(error) => vec![LexiconError::Unreadable { file, why: error.to_string() }],
            };
            faults.extend(errors.iter().map(|error| error.fault(&dir.join(file))));
        }
        if lexicon.count() > PHRASES_MAX {
            faults.push(LexiconError::TooMany.fault(dir));
        }
        faults
    }

    /// Gives back the phrases that are not understood, as the others do.
    fn add_cues(&mut self, text: &str) -> Result<Vec<LexiconError>, LexiconError> {
        add_by_language(CUES_FILE, text, |cue, phrase| self.phrases.add(Meaning::Cue(cue), phrase))
    }

    fn add_circumstances(&mut self, text: &str) -> Result<Vec<LexiconError>, LexiconError> {
        add_by_language(CIRCUMSTANCES_FILE, text, |circumstance, phrase| self.circumstances.add(circumstance, phrase))
    }

    fn add_suggestions(&mut self, text: &str) -> Result<Vec<LexiconError>, LexiconError> {
        add_by_language(SUGGESTIONS_FILE, text, |suggested, phrase| self.suggestions.add(suggested, phrase))
    }

    fn add_requests(&mut self, text: &str) -> Result<Vec<LexiconError>, LexiconError> {
        add_by_language(REQUESTS_FILE, text, |asked, phrase| self.requests.add(asked, phrase))
    }

    fn add_concepts(&mut self, text: &str) -> Result<Vec<LexiconError>, LexiconError> {
        add_by_name(CONCEPTS_FILE, text, &mut self.concepts, |index, phrase| self.phrases.add(Meaning::Concept(index), phrase))
    }

    fn add_synonyms(&mut self, text: &str) -> Result<Vec<LexiconError>, LexiconError> {
        add_by_name(SYNONYMS_FILE, text, &mut self.synonym_names, |index, phrase| self.synonyms.add(index, phrase))
    }

    /// The same, knowing the names of municipalities.
    #[must_use]
    pub fn with_municipalities(self, municipalities: Municipalities) -> Self {
        Self { municipalities, ..self }
    }

    /// The same, knowing the names of counties.
    #[must_use]
    pub fn with_counties(self, counties: Municipalities) -> Self {
        Self { counties, ..self }
    }

    /// The same, knowing other places by the code of the municipality that they lie in.
    #[must_use]
    pub fn with_localities(self, localities: Municipalities) -> Self {
        Self { localities, ..self }
    }

    /// Everything that changes what is found, for naming a model after its inputs.
    pub(crate) fn hash_into(&self, update: &mut dyn FnMut(&[u8])) {
        for (meaning, phrase) in self.phrases.iter() {
            update(format!("{meaning:?} {phrase:?}\n").as_bytes());
        }
        for (index, phrase) in self.synonyms.iter() {
            update(format!("{index} {phrase:?}\n").as_bytes());
        }
        update(format!("{:?} {:?}", self.concepts, self.synonym_names).as_bytes());
    }

    /// Which cues and concepts the words hold.
    #[must_use]
    pub fn find<'a>(&'a self, words: &[String]) -> Found<'a> {
        let mut cues = Cues::default();
        let mut concepts = BTreeSet::new();
        for (meaning, _) in self.phrases.find(words) {
            match meaning {
                Meaning::Cue(cue) => cues.0 |= 1 << cue as u8,
                Meaning::Concept(index) => drop(concepts.insert(self.concepts[index].as_str())),
            }
        }
        Found { cues, concepts }
    }

    /// The names of what the words mean the same as, and where each begins, in the order of the words.
    pub(crate) fn synonyms<'a>(&'a self, words: &'a [String]) -> impl Iterator<Item = (usize, &'a str)> {
        self.synonyms.find(words).map(|(index, at)| (at.start, self.synonym_names[index].as_str()))
    }

    /// What was said that decides where the matter is led, in their order and each once.
    #[must_use]
    pub fn circumstances(&self, words: &[String]) -> Vec<Circumstance> {
        let mut found: BTreeSet<Circumstance> = self.circumstances.find(words).map(|(circumstance, _)| circumstance).collect();
        found.extend(self.find(words).cues.has(Cue::Past).then_some(Circumstance::Past));
        found.into_iter().collect()
    }

    /// What is asked for instead of an answer, and whether nothing else was said. A wish to start over counts in
    /// the midst of other words; for a tip or a person they must be all, because a matter goes before them.
    pub(crate) fn request(&self, words: &[String]) -> Option<(Request, bool)> {
        let found: Vec<(Asked, Range<usize>)> = self.requests.find(words).collect();
        let only = |request| {
            let told = |asked: Asked| asked == Asked::For(request) || matches!(asked, Asked::Beside(_));
            (0..words.len()).all(|at| found.iter().any(|(asked, range)| told(*asked) && range.contains(&at)))
        };
        let asked_for = |request: &Request| found.iter().any(|(asked, _)| *asked == Asked::For(*request));
        let requests = Request::ALL.iter().copied().filter(asked_for).map(|request| (request, only(request)));
        requests.into_iter().find(|(request, only)| *only || *request == Request::StartOver)
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

/// Reads a table of phrases by language and meaning.
fn add_by_language<M: DeserializeOwned + Ord + Copy>(
    file: &'static str,
    text: &str,
    mut add: impl FnMut(M, String) -> Option<String>,
) -> Result<Vec<LexiconError>, LexiconError> {
    let table: BTreeMap<Language, BTreeMap<M, Vec<String>>> = toml::from_str(text).map_err(syntax(file, text))?;
    let phrases = table.into_values().flatten().flat_map(|(meaning, list)| list.into_iter().map(move |phrase| (meaning, phrase)));
    Ok(phrases.filter_map(|(meaning, phrase)| add(meaning, phrase)).map(|phrase| unknown(file, text, phrase)).collect())
}

/// Reads a table of phrases by a name of one's own.
fn add_by_name(
    file: &'static str,
    text: &str,
    names: &mut Vec<String>,
    mut add: impl FnMut(usize, String) -> Option<String>,
) -> Result<Vec<LexiconError>, LexiconError> {
    let table: BTreeMap<String, Vec<String>> = toml::from_str(text).map_err(syntax(file, text))?;
    let mut errors = Vec::new();
    for (name, list) in table {
        let index = names.len();
        names.push(name);
        errors.extend(list.into_iter().filter_map(|phrase| add(index, phrase)).map(|phrase| unknown(file, text, phrase)));
    }
    Ok(errors)
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
