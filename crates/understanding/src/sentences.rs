//! Labelled sentences: `language<TAB>intent<TAB>destination<TAB>gate<TAB>text`, one per line.

use domain::{
    intent::{Gate, Intent, Language},
    plan::Fault,
};
use std::path::{Path, PathBuf};

/// More sentences than this are refused.
const SENTENCES_MAX: usize = 200_000;
/// At most this many faults are told.
const FAULTS_MAX: usize = 50;

/// One labelled sentence of the project's own words; not personal data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    pub language: Language,
    pub intent: Intent,
    /// As the training file words it; a plan decides which destinations there are.
    pub destination: String,
    pub gate: Gate,
    pub text: String,
}

/// The word for the destination of emergencies in every deployment's labels.
const EMERGENCY: &str = "112";

impl Sentence {
    /// Whether a caller who says this must reach 112.
    #[must_use]
    pub fn is_emergency(&self) -> bool {
        self.destination == EMERGENCY
    }
}

/// Where callers' own words lie that a person has read and passed, beside the sentences written for training.
const REVIEWED: &str = "reviewed";

/// Reads every `.tsv` file of a deployment's `understanding` folder and then of its `reviewed` folder, where
/// there is one, in the order of their names, so that the same files always give the same model.
///
/// # Errors
/// Every line that does not fit, or why a file could not be read.
pub fn load(dir: &Path) -> Result<Vec<Sentence>, Vec<Fault>> {
    let (mut sentences, mut faults) = (Vec::new(), Vec::new());
    let mut files = files(dir)?;
    let reviewed = dir.join(REVIEWED);
    if reviewed.is_dir() {
        files.extend(self::files(&reviewed)?);
    }
    for file in files {
        match std::fs::read_to_string(&file).map_err(|error| vec![unreadable(&file, &error)]).and_then(|text| parse(&file, &text)) {
            Ok(read) => sentences.extend(read),
            Err(more) => faults.extend(more),
        }
    }
    if sentences.is_empty() && faults.is_empty() {
        let mend = "write training sentences in files that end in .tsv, as LABELLING.md says";
        faults.push(Fault::new(&dir.display().to_string(), 0, "the folder has no training sentence", mend));
    }
    if faults.is_empty() { Ok(sentences) } else { Err(faults) }
}

/// The `.tsv` files of a folder by their names.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Vec<Fault>> {
    let entries = std::fs::read_dir(dir).map_err(|error| vec![unreadable(dir, &error)])?;
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|ending| ending == "tsv")).collect();
    files.sort();
    Ok(files)
}

fn unreadable(file: &Path, error: &std::io::Error) -> Fault {
    Fault::new(&file.display().to_string(), 0, error.to_string(), "the folder must hold this, readable, in UTF-8")
}

/// Reads the text of one file. Empty lines and lines that begin with `#` are passed over.
///
/// # Errors
/// Every line that does not fit.
pub fn parse(file: &Path, text: &str) -> Result<Vec<Sentence>, Vec<Fault>> {
    let fault = |index: usize, what: String| {
        Fault::new(&file.display().to_string(), index + 1, what, "write the line as LABELLING.md beside it says")
    };
    let mut sentences = Vec::new();
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match sentence(line) {
            Ok(sentence) if sentences.len() < SENTENCES_MAX => sentences.push(sentence),
            Ok(_) => {
                return Err(vec![fault(index, format!("there are more than {SENTENCES_MAX} sentences"))]);
            }
            Err(what) if faults.len() < FAULTS_MAX => faults.push(fault(index, what)),
            Err(_) => break,
        }
    }
    if faults.is_empty() { Ok(sentences) } else { Err(faults) }
}

fn sentence(line: &str) -> Result<Sentence, String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [language, intent, destination, gate, text] = columns.as_slice() else {
        return Err(format!("{} columns instead of five", columns.len()));
    };
    read([language, intent, destination, gate, text])
}

/// A line to be judged: as a training line, or without the gate's column, which then follows from the
/// destination.
///
/// # Errors
/// What does not fit.
pub fn labelled(line: &str) -> Result<Sentence, String> {
    let columns: Vec<&str> = line.split('\t').collect();
    match columns.as_slice() {
        [language, intent, destination, gate, text] => read([language, intent, destination, gate, text]),
        [language, intent, destination, text] => {
            let gate = if *destination == EMERGENCY { Gate::Direct } else { Gate::None };
            read([language, intent, destination, gate.word(), text])
        }
        _ => Err(format!("{} columns instead of four or five", columns.len())),
    }
}

fn read([language, intent, destination, gate, text]: [&str; 5]) -> Result<Sentence, String> {
    let unknown = |what: &str, word: &str| format!("there is no {what} called \"{word}\"");
    if crate::text::words(text).is_empty() {
        return Err("the sentence has no words".to_owned());
    }
    Ok(Sentence {
        language: Language::from_word(language).ok_or_else(|| unknown("language", language))?,
        intent: Intent::from_word(intent).ok_or_else(|| unknown("intent", intent))?,
        destination: destination.to_owned(),
        gate: Gate::from_word(gate).ok_or_else(|| unknown("gate", gate))?,
        text: text.to_owned(),
    })
}
