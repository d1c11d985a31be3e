//! What the dialogue says: a catalogue of texts per language and the recordings of them.
//!
//! A deployment keeps its prompts in one folder: `catalogue.toml` (the texts, edited by people),
//! `audio.toml` (which text each recording was made from, written by `build`) and one folder of 8 kHz
//! mono A-law files per language. A recording whose text has changed since is stale: it is told, and
//! replaced by the best that still says the right thing. A studio recording is put beside the
//! synthetic one as `NAME.studio.wav` and wins as long as it is fresh. The names of counties are texts too: they are
//! read from the deployment's `areas/counties.csv`.

mod build;
mod catalogue;
mod check;
mod file;
mod music;
mod sidecar;
pub mod sound;
mod studio;

pub use build::{BuildError, Built, build};
pub use catalogue::{Catalogue, Clip, Recorded};
pub use check::{Finding, check};
pub use studio::{StudioError, enter, take_back};

use domain::{dialogue::Prompt, intent::Language, place::CountyCode};
use std::{fmt, path::PathBuf};

pub const CATALOGUE_FILE: &str = "catalogue.toml";
pub const SIDECAR_FILE: &str = "audio.toml";
/// Where the names of counties stand, from the prompts' folder.
pub const COUNTIES_FILE: &str = "../areas/counties.csv";
pub const MUSIC_FILE: &str = "music.wav";
/// Numbers that every language must be able to say.
pub const NUMBER_MAX: u8 = 60;

/// What is wrong in a catalogue, where, and how to mend it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CatalogueFault {
    pub file: PathBuf,
    /// From 1; 0 when the fault is the file's as a whole.
    pub line: usize,
    pub what: String,
    pub mend: String,
}

impl fmt::Display for CatalogueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: ", self.file.display())?,
            line => write!(f, "{}:{line}: ", self.file.display())?,
        }
        write!(f, "{}.\n  Mend: {}", self.what, self.mend)
    }
}

impl std::error::Error for CatalogueFault {}

const COUNTY: &str = "county_";
const FULL_HOUR: &str = "hour_";
const HALF_HOUR: &str = "half_past_";
const HOURS_OF_DAY: u8 = 24;

/// One thing that can be said in a language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Piece {
    Prompt(Prompt),
    Number(u8),
    /// The name of a county or police district, in the deployment's first language alone.
    County(CountyCode),
    /// A time on the hour, where the language says it otherwise than by its number.
    FullHour(u8),
    /// Half past this hour, where the language says it otherwise than by two numbers.
    HalfPast(u8),
}

impl Piece {
    /// All that a language must have whatever the deployment, prompts first.
    pub fn all() -> impl Iterator<Item = Self> {
        Prompt::ALL.iter().map(|prompt| Self::Prompt(*prompt)).chain((0..=NUMBER_MAX).map(Self::Number))
    }

    /// Times of the day that a language may have beside that.
    fn of_clock() -> impl Iterator<Item = Self> {
        (0..HOURS_OF_DAY).flat_map(|hour| [Self::FullHour(hour), Self::HalfPast(hour)])
    }

    /// The name of its recording without folder and ending.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Prompt(prompt) => prompt.word().to_owned(),
            Self::Number(number) => format!("number_{number:02}"),
            Self::County(code) => format!("{COUNTY}{code}"),
            Self::FullHour(hour) => format!("{FULL_HOUR}{hour:02}"),
            Self::HalfPast(hour) => format!("{HALF_HOUR}{hour:02}"),
        }
    }

    /// By the name of its recording.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let county = || name.strip_prefix(COUNTY).and_then(CountyCode::new).map(Self::County);
        Self::all().chain(Self::of_clock()).find(|piece| piece.name() == name).or_else(county)
    }

    /// Its recording, relative to the catalogue's folder.
    #[must_use]
    pub fn file(self, language: Language, kind: Kind) -> String {
        let ending = match kind {
            Kind::Synthetic => "wav",
            Kind::Studio => "studio.wav",
        };
        format!("{language}/{}.{ending}", self.name())
    }
}

/// How a recording came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Synthetic,
    Studio,
}
