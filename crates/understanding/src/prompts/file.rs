//! The text of `catalogue.toml`: read, checked for completeness, faults with their lines.

use super::{COUNTIES_FILE, CatalogueFault, HOURS_OF_DAY, NUMBER_MAX, Piece};
use domain::{
    dialogue::Prompt,
    intent::Language,
    place::{CountyCode, county_names},
    plan::Source,
};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

const TEXT_CHARS_MAX: usize = 600;

/// The voice that speaks a language when prompts are made.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Voice {
    /// The name espeak-ng knows it by.
    pub espeak: String,
    pub words_per_minute: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    languages: Vec<Language>,
    voices: BTreeMap<Language, Voice>,
    prompts: BTreeMap<String, WrittenPrompt>,
    numbers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    clock: WrittenClock,
}

/// Times of the day from midnight on, by language; a list may end early.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenClock {
    #[serde(default)]
    full: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    half: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct WrittenPrompt {
    version: u32,
    spoken_in: Option<Language>,
    #[serde(flatten)]
    texts: BTreeMap<String, String>,
}

impl WrittenClock {
    /// How many hours the longer of a language's lists has.
    fn hours(&self, language: Language) -> usize {
        [&self.full, &self.half].into_iter().filter_map(|times| times.get(language.word())).map(Vec::len).max().unwrap_or(0)
    }
}

/// One text to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Text {
    pub words: String,
    pub version: u32,
    /// The language of the words, which may differ from the one they are said in.
    pub spoken_in: Language,
}

/// A catalogue without its recordings.
pub(super) struct Texts {
    pub languages: Vec<Language>,
    pub voices: BTreeMap<Language, Voice>,
    pub texts: BTreeMap<(Language, Piece), Text>,
    /// What is missing but can be replaced by the first language.
    pub warnings: Vec<CatalogueFault>,
}

pub(super) fn read(path: &Path, text: &str) -> Result<Texts, Vec<CatalogueFault>> {
    let fault = |line: usize, what: String, mend: &str| CatalogueFault { file: path.to_owned(), line, what, mend: mend.to_owned() };
    let written: Written = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| line_at(text, span.start));
        vec![fault(line, error.message().to_owned(), "Compare with the lines around it and the guide to prompts.")]
    })?;
    let Some(&first) = written.languages.first() else {
        return Err(vec![fault(line_of(text, "languages"), "no language is named".into(), "Write languages = [\"sv\"] or the like.")]);
    };
    let mut faults = Vec::new();
    let mut warnings = Vec::new();
    let mut texts = BTreeMap::new();
    for (word, prompt) in &written.prompts {
        let line = line_of(text, &format!("[prompts.{word}]"));
        if Prompt::from_word(word).is_none() {
            faults.push(fault(line, format!("there is no prompt called {word}"), "Take the section out, or correct its name."));
        }
        for language in prompt.texts.keys().filter(|language| Language::from_word(language).is_none()) {
            faults.push(fault(line, format!("{language} is no language of ours"), "Use sv, en or da."));
        }
    }
    for &language in &written.languages {
        if !written.voices.contains_key(&language) {
            faults.push(fault(0, format!("{language} has no voice"), "Add a section [voices.LANGUAGE] with espeak and words_per_minute."));
        }
        for piece in Piece::all() {
            let (line, found) = written.text_of(text, language, piece);
            match found {
                Some(found) if found.words.chars().count() > TEXT_CHARS_MAX => {
                    faults.push(fault(line, format!("{} is longer than {TEXT_CHARS_MAX} characters", piece.name()), "Shorten it."));
                }
                Some(found) if !found.words.is_empty() => drop(texts.insert((language, piece), found)),
                Some(_) | None if language == first => {
                    faults.push(fault(
                        line,
                        format!("{} has no text in {language}", piece.name()),
                        "The first language must have every text: write it.",
                    ));
                }
                Some(_) | None => warnings.push(fault(
                    line,
                    format!("{} has no text in {language} and is said in {first}", piece.name()),
                    "Write the text and build the prompts.",
                )),
            }
        }
        texts.extend(written.times_of_day(text, language));
        if written.clock.hours(language) > usize::from(HOURS_OF_DAY) {
            let what = format!("{language} has times for more than {HOURS_OF_DAY} hours");
            faults.push(fault(line_of(text, "[clock"), what, "Write one for each hour from midnight on."));
        }
        let count = written.numbers.get(language.word()).map_or(0, Vec::len);
        if count > usize::from(NUMBER_MAX) + 1 {
            faults.push(fault(
                line_of(text, "[numbers]"),
                format!("{language} has {count} numbers"),
                "There are 61, from nought to sixty.",
            ));
        }
    }
    match counties(path) {
        Ok(names) => texts
            .extend(names.into_iter().map(|(code, words)| ((first, Piece::County(code)), Text { words, version: 1, spoken_in: first }))),
        Err(fault) => faults.push(fault),
    }
    if faults.is_empty() { Ok(Texts { languages: written.languages, voices: written.voices, texts, warnings }) } else { Err(faults) }
}

/// The names that a place over a border is asked by; none where the deployment has no areas.
fn counties(catalogue: &Path) -> Result<Vec<(CountyCode, String)>, CatalogueFault> {
    let path = catalogue.with_file_name(COUNTIES_FILE);
    let fault = |line, what: String, mend: String| CatalogueFault { file: path.clone(), line, what, mend };
    match std::fs::read_to_string(&path) {
        Ok(text) => county_names(&Source { file: &path.display().to_string(), text: &text })
            .map_err(|first| fault(first.line, first.what, first.mend)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(fault(0, error.to_string(), "The file must be readable, in UTF-8.".to_owned())),
    }
}

impl Written {
    /// What a language has of times of the day.
    fn times_of_day(&self, text: &str, language: Language) -> Vec<((Language, Piece), Text)> {
        let found = |piece| self.text_of(text, language, piece).1.filter(|found| !found.words.is_empty());
        Piece::of_clock().filter_map(|piece| Some(((language, piece), found(piece)?))).collect()
    }

    /// The words of a piece in a language, and the line where they stand or should.
    fn text_of(&self, text: &str, language: Language, piece: Piece) -> (usize, Option<Text>) {
        match piece {
            Piece::Prompt(prompt) => (
                line_of(text, &format!("[prompts.{prompt}]")),
                self.prompts.get(prompt.word()).and_then(|written| {
                    let words = written.texts.get(language.word())?.trim().to_owned();
                    Some(Text { words, version: written.version, spoken_in: written.spoken_in.unwrap_or(language) })
                }),
            ),
            Piece::Number(number) => {
                let words = self.numbers.get(language.word()).and_then(|words| words.get(usize::from(number)));
                let found = words.map(|words| Text { words: words.trim().to_owned(), version: 1, spoken_in: language });
                (line_of(text, "[numbers]"), found)
            }
            Piece::FullHour(hour) => (line_of(text, "[clock.full]"), of_hour(&self.clock.full, language, hour)),
            Piece::HalfPast(hour) => (line_of(text, "[clock.half]"), of_hour(&self.clock.half, language, hour)),
            Piece::County(_) => (0, None),
        }
    }
}

fn of_hour(times: &BTreeMap<String, Vec<String>>, language: Language, hour: u8) -> Option<Text> {
    let words = times.get(language.word())?.get(usize::from(hour))?.trim().to_owned();
    Some(Text { words, version: 1, spoken_in: language })
}

/// The line a place in the text is on, from 1.
pub(super) fn line_at(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// The first line that starts with `start`, 0 when none does.
fn line_of(text: &str, start: &str) -> usize {
    text.lines().position(|line| line.trim_start().starts_with(start)).map_or(0, |line| line + 1)
}
