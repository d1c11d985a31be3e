//! Makes recordings of texts that have none or a stale one, with espeak-ng run as a program.

use super::{
    CATALOGUE_FILE, CatalogueFault, Kind, MUSIC_FILE, Piece,
    file::{self, Text, Voice},
    music,
    sidecar::{Recording, Sidecar, sha256},
    sound::{LOUDNESS_DBFS, Sound},
};
use domain::intent::Language;
use std::{
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
};

const PROGRAM: &str = "espeak-ng";

/// What a build did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Built {
    pub made: usize,
    pub kept: usize,
    /// Recordings whose text is gone from the catalogue; left in their place.
    pub left_over: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("the catalogue has {} faults, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Catalogue(Vec<CatalogueFault>),
    #[error("{PROGRAM} is not installed: install the package espeak-ng and build again")]
    NoProgram,
    #[error("{PROGRAM} could not speak {piece} in {language}: {why}")]
    Speech { piece: String, language: Language, why: String },
    #[error("a recording could not be written: {0}")]
    Write(#[from] io::Error),
}

/// Makes what is stale or missing in a deployment's `prompts` folder. Studio recordings are never
/// touched. Stopped half-way, the next build goes on where this one stopped.
///
/// # Errors
/// At the first that cannot be made; what was made before is kept.
pub fn build(dir: &Path) -> Result<Built, BuildError> {
    let path = dir.join(CATALOGUE_FILE);
    let fault = |what: String| CatalogueFault { file: path.clone(), line: 0, what, mend: "It must be a readable text file.".into() };
    let text = std::fs::read_to_string(&path).map_err(|error| BuildError::Catalogue(vec![fault(error.to_string())]))?;
    let catalogue = file::read(&path, &text).map_err(BuildError::Catalogue)?;
    let mut sidecar = Sidecar::load(dir).map_err(|fault| BuildError::Catalogue(vec![fault]))?;
    let mut built = Built::default();
    let outcome = catalogue.texts.iter().try_for_each(|(&(language, piece), text)| {
        let name = piece.file(language, Kind::Synthetic);
        let Some(voice) = catalogue.voices.get(&text.spoken_in) else {
            return Err(BuildError::Speech { piece: piece.name(), language, why: format!("{} has no voice", text.spoken_in) });
        };
        if is_fresh(dir, &sidecar, &name, text, voice) {
            built.kept += 1;
            return Ok(());
        }
        let recording = make(dir, &name, language, piece, text, voice)?;
        sidecar.audio.retain(|known| known.file != name);
        sidecar.audio.push(recording);
        built.made += 1;
        Ok(())
    });
    sidecar.audio.sort_by(|one, other| one.file.cmp(&other.file));
    sidecar.save(dir)?;
    outcome?;
    let music_path = dir.join(MUSIC_FILE);
    if !music_path.is_file() {
        std::fs::write(music_path, music::compose().to_alaw_wav())?;
        built.made += 1;
    }
    let wanted = |file: &str| {
        catalogue
            .texts
            .keys()
            .any(|&(language, piece)| [Kind::Synthetic, Kind::Studio].iter().any(|kind| piece.file(language, *kind) == file))
    };
    built.left_over = sidecar.audio.iter().map(|recording| recording.file.clone()).filter(|file| !wanted(file)).collect();
    Ok(built)
}

fn voice_name(voice: &Voice) -> String {
    format!("{PROGRAM} {} {}", voice.espeak, voice.words_per_minute)
}

fn is_fresh(dir: &Path, sidecar: &Sidecar, name: &str, text: &Text, voice: &Voice) -> bool {
    sidecar.of(name).is_some_and(|recording| {
        recording.text_sha256 == sha256(text.words.as_bytes())
            && recording.voice.as_deref() == Some(voice_name(voice).as_str())
            && std::fs::read(dir.join(name)).is_ok_and(|bytes| sha256(&bytes) == recording.file_sha256)
    })
}

fn make(dir: &Path, name: &str, language: Language, piece: Piece, text: &Text, voice: &Voice) -> Result<Recording, BuildError> {
    let failed = |why: String| BuildError::Speech { piece: piece.name(), language, why };
    let spoken = Sound::from_wav(&speak(&text.words, voice).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => BuildError::NoProgram,
        _ => failed(error.to_string()),
    })?)
    .map_err(|error| failed(error.to_string()))?;
    let wav = spoken.resampled().trimmed().levelled(LOUDNESS_DBFS).to_alaw_wav();
    let path = dir.join(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, &wav)?;
    Ok(Recording {
        file: name.to_owned(),
        kind: Kind::Synthetic,
        text_sha256: sha256(text.words.as_bytes()),
        file_sha256: sha256(&wav),
        voice: Some(voice_name(voice)),
        approved_by: None,
    })
}

/// The text goes in by standard input, so that nothing in it is taken for an option.
fn speak(words: &str, voice: &Voice) -> io::Result<Vec<u8>> {
    let pace = voice.words_per_minute.to_string();
    let mut child = Command::new(PROGRAM)
        .args(["-v", voice.espeak.as_str(), "-s", pace.as_str(), "-b", "1", "--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(words.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() && !output.stdout.is_empty() {
        Ok(output.stdout)
    } else {
        Err(io::Error::other(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())))
    }
}
