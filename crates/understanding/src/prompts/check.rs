//! Are the recordings fit to be played? Complete, fresh, and sounding as they should.

use super::{
    CATALOGUE_FILE, Catalogue, CatalogueFault, Kind, MUSIC_FILE, music,
    sidecar::{Sidecar, sha256},
    sound::{LOUDNESS_DBFS, Measure, RATE, Sound},
};
use std::path::Path;

const LEADING_SILENCE_MS_MAX: usize = 150;
const TRAILING_SILENCE_MS_MAX: usize = 600;
const LOUDNESS_OFF_DB_MAX: f32 = 4.0;
const PEAK_MAX: f32 = 0.95;
/// What one written character may take: spelt-out digits are slow, long words fast.
const MS_PER_CHARACTER_MIN: usize = 25;
const MS_PER_CHARACTER_MAX: usize = 160;
/// A short word takes this much longer than its letters say.
const MS_EXTRA: usize = 700;

/// What a check has to say: a fault stops the publication of prompts, a warning does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    Fault(CatalogueFault),
    Warning(CatalogueFault),
}

/// Everything that is wrong with a deployment's `prompts` folder, nothing when it is fit.
#[must_use]
pub fn check(dir: &Path) -> Vec<Finding> {
    let catalogue = match Catalogue::load(dir) {
        Ok(catalogue) => catalogue,
        Err(faults) => return faults.into_iter().map(Finding::Fault).collect(),
    };
    let mut findings: Vec<Finding> = catalogue.warnings().iter().cloned().map(Finding::Warning).collect();
    let sidecar = match Sidecar::load(dir) {
        Ok(sidecar) => sidecar,
        Err(fault) => return vec![Finding::Fault(fault)],
    };
    for &language in catalogue.languages() {
        for piece in catalogue.pieces() {
            let Some((text, _)) = catalogue.text(language, piece) else { continue };
            for kind in [Kind::Synthetic, Kind::Studio] {
                let name = piece.file(language, kind);
                let Ok(bytes) = std::fs::read(dir.join(&name)) else { continue };
                let entered = sidecar.of(&name).map(|recording| recording.file_sha256.as_str());
                if entered.is_some_and(|known| known != sha256(&bytes)) {
                    findings.push(fault(dir, &name, "the file is not the one that was entered", "Enter it anew after listening to it."));
                }
                findings.extend(heard(dir, &name, &bytes, LOUDNESS_DBFS, |measure| !fits(text, measure.duration_ms)));
            }
        }
    }
    if let Ok(bytes) = std::fs::read(dir.join(MUSIC_FILE)) {
        findings.extend(heard(dir, MUSIC_FILE, &bytes, music::LOUDNESS_DBFS, |measure| measure.duration_ms < 5_000));
    }
    findings
}

/// Whether a text can have been read in this time.
pub(super) fn fits(text: &str, duration_ms: usize) -> bool {
    let characters = text.chars().count();
    (characters * MS_PER_CHARACTER_MIN..=characters * MS_PER_CHARACTER_MAX + MS_EXTRA).contains(&duration_ms)
}

fn fault(dir: &Path, name: &str, what: impl Into<String>, mend: &str) -> Finding {
    let file = dir.join(if name.is_empty() { CATALOGUE_FILE } else { name });
    Finding::Fault(CatalogueFault { file, line: 0, what: what.into(), mend: mend.to_owned() })
}

fn heard(dir: &Path, name: &str, bytes: &[u8], loudness_dbfs: f32, odd_length: impl Fn(&Measure) -> bool) -> Vec<Finding> {
    let sound = match Sound::from_wav(bytes) {
        Ok(sound) => sound,
        Err(error) => return vec![fault(dir, name, error.to_string(), "Write it as 8 kHz mono, A-law or 16-bit PCM.")],
    };
    let measure = sound.measure();
    let mut findings = Vec::new();
    let mut object = |wrong: bool, what: String, mend: &str| {
        if wrong {
            findings.push(fault(dir, name, what, mend));
        }
    };
    object(
        sound.rate != RATE,
        format!("it has {} samples a second", sound.rate),
        "Write it with the 8000 samples a second of the telephone.",
    );
    object(measure.peak > PEAK_MAX, "it is clipped or close to it".into(), "Record it with less gain.");
    object(
        measure.leading_silence_ms > LEADING_SILENCE_MS_MAX,
        format!("it begins with {} ms of silence", measure.leading_silence_ms),
        "Trim it to 150 ms.",
    );
    object(
        measure.trailing_silence_ms > TRAILING_SILENCE_MS_MAX,
        format!("it ends with {} ms of silence", measure.trailing_silence_ms),
        "Trim it to 600 ms.",
    );
    let off = measure.loudness_dbfs - loudness_dbfs;
    object(off.abs() > LOUDNESS_OFF_DB_MAX, format!("its loudness is {off:+.1} dB beside the others"), "Bring it to the same level.");
    object(
        odd_length(&measure),
        format!("{} ms does not fit its text", measure.duration_ms),
        "Listen to it: the words may be wrong or cut.",
    );
    findings
}
