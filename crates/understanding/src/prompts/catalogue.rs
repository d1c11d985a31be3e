//! The catalogue as the dialogue uses it: a line in, the recordings to play out.

use super::{
    CATALOGUE_FILE, CatalogueFault, Kind, MUSIC_FILE, NUMBER_MAX, Piece,
    file::{self, Text},
    sidecar::{Sidecar, sha256},
};
use domain::{dialogue::Line, intent::Language};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// One thing to play, in the order given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Clip {
    /// An 8 kHz mono A-law WAV file.
    File(PathBuf),
    /// The same, played over and over until something else is.
    Loop(PathBuf),
    /// Quiet for this many milliseconds.
    Silence(u32),
}

/// The recording of a text that is in use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    pub file: PathBuf,
    pub kind: Kind,
    /// Of the text as it is now.
    pub is_fresh: bool,
    /// Who listened to it and said yes.
    pub approved_by: Option<String>,
}

/// Texts and recordings of a deployment. Every prompt and number has a recording.
#[derive(Clone, Debug)]
pub struct Catalogue {
    dir: PathBuf,
    languages: Vec<Language>,
    texts: BTreeMap<(Language, Piece), Text>,
    recordings: BTreeMap<(Language, Piece), Recorded>,
    music: PathBuf,
    warnings: Vec<CatalogueFault>,
}

impl Catalogue {
    /// Reads a deployment's `prompts` folder.
    ///
    /// # Errors
    /// Every fault found, when the texts cannot be read, when the first language is incomplete or
    /// when something has no recording in any language.
    pub fn load(dir: &Path) -> Result<Self, Vec<CatalogueFault>> {
        let path = dir.join(CATALOGUE_FILE);
        let fault = |file: PathBuf, what: String, mend: &str| CatalogueFault { file, line: 0, what, mend: mend.to_owned() };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| vec![fault(path.clone(), error.to_string(), "The prompts folder must hold this file, readable, in UTF-8.")])?;
        let file::Texts { languages, voices: _, texts, mut warnings } = file::read(&path, &text)?;
        let sidecar = Sidecar::load(dir).map_err(|fault| vec![fault])?;
        let mut recordings = BTreeMap::new();
        let mut faults = Vec::new();
        for (&(language, piece), text) in &texts {
            let choice = choose(dir, &sidecar, language, piece, text);
            if let Some(warning) = choice.warning {
                let file = dir.join(piece.file(language, Kind::Synthetic));
                warnings.push(fault(file, warning, "Build the prompts, or record the text anew."));
            }
            if let Some(recorded) = choice.recorded {
                recordings.insert((language, piece), recorded);
            } else if Some(&language) == languages.first() {
                let file = dir.join(piece.file(language, Kind::Synthetic));
                faults.push(fault(file, format!("{} has no recording", piece.name()), "Build the prompts."));
            }
        }
        let music = dir.join(MUSIC_FILE);
        if !music.is_file() {
            faults.push(fault(music.clone(), "the waiting music is missing".into(), "Build the prompts, or put a file of your own there."));
        }
        if faults.is_empty() { Ok(Self { dir: dir.to_owned(), languages, texts, recordings, music, warnings }) } else { Err(faults) }
    }

    /// The folder that it was read from.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What was replaced or is stale.
    #[must_use]
    pub fn warnings(&self) -> &[CatalogueFault] {
        &self.warnings
    }

    /// The first greets and stands in for the others.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// The words of a prompt or number, and their version.
    #[must_use]
    pub fn text(&self, language: Language, piece: Piece) -> Option<(&str, u32)> {
        self.in_language_or_first(&self.texts, language, piece).map(|text| (text.words.as_str(), text.version))
    }

    /// All that is said, prompts first; names of counties and times of the day last.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> {
        let more = self.texts.keys().map(|(_, piece)| *piece);
        let own = |piece: &Piece| matches!(piece, Piece::County(_) | Piece::FullHour(_) | Piece::HalfPast(_));
        Piece::all().chain(more.filter(own).collect::<BTreeSet<_>>())
    }

    /// The recording in use for a text of this language; none where the first language stands in.
    #[must_use]
    pub fn recorded(&self, language: Language, piece: Piece) -> Option<&Recorded> {
        self.recordings.get(&(language, piece))
    }

    /// What to play for these lines. Numbers above sixty and digits are said digit by digit;
    /// anything but digits in a reference is passed over.
    #[must_use]
    pub fn sounds(&self, language: Language, lines: &[Line]) -> Vec<Clip> {
        let mut clips = Vec::with_capacity(lines.len());
        for line in lines {
            match line {
                Line::Say(prompt) => clips.extend(self.clip(language, Piece::Prompt(*prompt))),
                Line::Number(number) if *number <= NUMBER_MAX => clips.extend(self.clip(language, Piece::Number(*number))),
                Line::Number(number) => clips.extend(self.digits(language, &number.to_string())),
                Line::Time { hour, minute } => clips.extend(self.time(language, *hour, *minute)),
                Line::Digits(digits) => clips.extend(self.digits(language, digits)),
                Line::County(code) => clips.extend(self.clip(language, Piece::County(*code))),
                Line::Music => clips.push(Clip::Loop(self.music.clone())),
                // Whoever knows the number has put its digits here.
                Line::CallBackNumber => {}
                Line::Pause(ms) => clips.push(Clip::Silence(*ms)),
            }
        }
        clips
    }

    /// Every recording in use, for reading them into memory once.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.recordings.values().map(|recorded| &recorded.file).chain([&self.music]).map(PathBuf::as_path)
    }

    /// As the language says it: the full and the half hour in its own words where it has some, else by numbers,
    /// with a nought before a single minute.
    fn time(&self, language: Language, hour: u8, minute: u8) -> Vec<Clip> {
        let spoken = if self.languages.contains(&language) { Some(language) } else { self.languages.first().copied() };
        let own = match minute {
            0 => Some(Piece::FullHour(hour)),
            30 => Some(Piece::HalfPast(hour)),
            _ => None,
        };
        let recorded = own.zip(spoken).and_then(|(piece, spoken)| self.recordings.get(&(spoken, piece)));
        if let Some(recorded) = recorded {
            return vec![Clip::File(recorded.file.clone())];
        }
        let nought = (1..10).contains(&minute).then_some(0);
        let numbers = [Some(hour), nought, (minute > 0).then_some(minute)];
        numbers.into_iter().flatten().filter_map(|number| self.clip(language, Piece::Number(number))).collect()
    }

    /// Digits in groups of four with a breath between, as references are read aloud.
    fn digits(&self, language: Language, digits: &str) -> Vec<Clip> {
        let mut clips = Vec::new();
        for (index, digit) in digits.chars().filter_map(|c| c.to_digit(10)).enumerate() {
            if index > 0 && index % DIGITS_PER_GROUP == 0 {
                clips.push(Clip::Silence(BREATH_MS));
            }
            clips.extend(u8::try_from(digit).ok().and_then(|digit| self.clip(language, Piece::Number(digit))));
        }
        clips
    }

    fn clip(&self, language: Language, piece: Piece) -> Option<Clip> {
        self.in_language_or_first(&self.recordings, language, piece).map(|recorded| Clip::File(recorded.file.clone()))
    }

    fn in_language_or_first<'a, T>(&self, from: &'a BTreeMap<(Language, Piece), T>, language: Language, piece: Piece) -> Option<&'a T> {
        from.get(&(language, piece)).or_else(|| from.get(&(*self.languages.first()?, piece)))
    }
}

const DIGITS_PER_GROUP: usize = 4;
const BREATH_MS: u32 = 400;

struct Choice {
    recorded: Option<Recorded>,
    warning: Option<String>,
}

/// A fresh studio recording, else a fresh synthetic one, else a stale one that is still in the right
/// language, else none (and the first language stands in).
fn choose(dir: &Path, sidecar: &Sidecar, language: Language, piece: Piece, text: &Text) -> Choice {
    let wanted = sha256(text.words.as_bytes());
    let mut stale = None;
    let mut warning = None;
    for kind in [Kind::Studio, Kind::Synthetic] {
        let name = piece.file(language, kind);
        let path = dir.join(&name);
        if !path.is_file() {
            continue;
        }
        match sidecar.of(&name) {
            Some(recording) if recording.text_sha256 == wanted => {
                let recorded = Recorded { file: path, kind, is_fresh: true, approved_by: recording.approved_by.clone() };
                return Choice { recorded: Some(recorded), warning };
            }
            Some(_) => warning = Some(format!("the text of {name} has changed since it was recorded")),
            None => warning = Some(format!("{name} is not entered in {}", super::SIDECAR_FILE)),
        }
        stale = stale.or(Some(Recorded { file: path, kind, is_fresh: false, approved_by: None }));
    }
    if stale.is_none() {
        warning = Some(format!("{} has no recording in {language}", piece.name()));
    }
    Choice { recorded: stale, warning }
}
