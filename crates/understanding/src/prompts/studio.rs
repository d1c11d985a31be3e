//! Recordings of a person's voice: entered once somebody has listened to them, and taken back. Whatever the
//! studio's rate and level, what is kept sounds like the telephone and as loud as its neighbours.

use super::{
    CATALOGUE_FILE, CatalogueFault, Kind, Piece,
    check::fits,
    file::{self, Text},
    sidecar::{Recording, Sidecar, sha256},
    sound::{LOUDNESS_DBFS, Sound, SoundError},
};
use domain::intent::Language;
use std::{io, path::Path};

/// From this part of full scale on a recording is taken to be clipped.
const CLIPPED: f32 = 0.999;
/// So many samples at full scale are a voice that was too loud, and no chance.
const CLIPPED_SAMPLES_MAX: usize = 3;

/// Why a recording is not taken. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum StudioError {
    #[error("the catalogue has {} faults, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Catalogue(Vec<CatalogueFault>),
    #[error("the catalogue has no such text")]
    NoText,
    #[error("{0}")]
    Sound(#[from] SoundError),
    #[error("the recording is silent")]
    Silent,
    #[error("the recording is clipped")]
    Clipped,
    #[error("{duration_ms} ms of speech do not fit the text")]
    OddLength { duration_ms: usize },
    #[error("the prompts folder cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Puts a studio recording of a text beside the synthetic one, which it then stands in for as long as the text
/// stays the same. `wav` is 16-bit PCM or A-law in one channel, at any rate.
///
/// # Errors
/// A [`StudioError`] when it is not fit to be played, or cannot be kept.
pub fn enter(dir: &Path, language: Language, piece: Piece, wav: &[u8], approved_by: &str) -> Result<(), StudioError> {
    let text = text_of(dir, language, piece)?;
    let read = Sound::from_wav(wav)?;
    if read.measure().peak <= 0.0 {
        return Err(StudioError::Silent);
    }
    if read.samples.iter().filter(|sample| sample.abs() >= CLIPPED).count() > CLIPPED_SAMPLES_MAX {
        return Err(StudioError::Clipped);
    }
    let sound = read.resampled().trimmed().levelled(LOUDNESS_DBFS);
    let duration_ms = sound.measure().duration_ms;
    if !fits(&text.words, duration_ms) {
        return Err(StudioError::OddLength { duration_ms });
    }
    let (name, wav) = (piece.file(language, Kind::Studio), sound.to_alaw_wav());
    let mut sidecar = Sidecar::load(dir).map_err(|fault| StudioError::Catalogue(vec![fault]))?;
    // Written beside and moved into place, so that nobody hears half of it.
    let fresh = dir.join(format!("{name}.new"));
    std::fs::write(&fresh, &wav)?;
    std::fs::rename(fresh, dir.join(&name))?;
    sidecar.audio.retain(|known| known.file != name);
    sidecar.audio.push(Recording {
        file: name,
        kind: Kind::Studio,
        text_sha256: sha256(text.words.as_bytes()),
        file_sha256: sha256(&wav),
        voice: None,
        approved_by: Some(approved_by.to_owned()),
    });
    sidecar.audio.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(sidecar.save(dir)?)
}

/// Takes a studio recording away; the synthetic one is heard again. False when there was none.
///
/// # Errors
/// [`StudioError::Catalogue`] or [`StudioError::Write`].
pub fn take_back(dir: &Path, language: Language, piece: Piece) -> Result<bool, StudioError> {
    let name = piece.file(language, Kind::Studio);
    let mut sidecar = Sidecar::load(dir).map_err(|fault| StudioError::Catalogue(vec![fault]))?;
    let removed = match std::fs::remove_file(dir.join(&name)) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error.into()),
    };
    sidecar.audio.retain(|known| known.file != name);
    sidecar.save(dir)?;
    Ok(removed)
}

fn text_of(dir: &Path, language: Language, piece: Piece) -> Result<Text, StudioError> {
    let path = dir.join(CATALOGUE_FILE);
    let text = std::fs::read_to_string(&path)?;
    let mut texts = file::read(&path, &text).map_err(StudioError::Catalogue)?.texts;
    texts.remove(&(language, piece)).ok_or(StudioError::NoText)
}
