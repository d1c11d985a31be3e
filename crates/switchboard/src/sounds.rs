//! Every recording of the deployment in memory, so that no file is read while somebody listens.

use domain::{dialogue::Line, intent::Language};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};
use telephony::Sound;
use understanding::prompts::{Catalogue, Clip};

/// The catalogue with its sounds.
pub struct Sounds {
    catalogue: Catalogue,
    files: BTreeMap<PathBuf, Arc<Sound>>,
}

/// A recording that could not be read into memory.
#[derive(Debug, thiserror::Error)]
#[error("the recording {} cannot be played ({cause}): build the prompts anew or replace the file", file.display())]
pub struct UnplayableFile {
    pub file: PathBuf,
    pub cause: String,
}

impl Sounds {
    /// # Errors
    /// The first file that is no 8 kHz recording.
    pub fn load(catalogue: Catalogue) -> Result<Self, UnplayableFile> {
        let mut files = BTreeMap::new();
        for path in catalogue.files() {
            let unplayable = |cause: String| UnplayableFile { file: path.to_owned(), cause };
            let bytes = std::fs::read(path).map_err(|error| unplayable(error.to_string()))?;
            let sound = Sound::from_wav(&bytes).map_err(|error| unplayable(error.to_string()))?;
            files.insert(path.to_owned(), Arc::new(sound));
        }
        Ok(Self { catalogue, files })
    }

    /// What to play for these lines, and whether it goes on until something else is asked for.
    pub(crate) fn of(&self, language: Language, lines: &[Line], repeat: bool) -> (Vec<Arc<Sound>>, bool) {
        let mut sounds = Vec::with_capacity(lines.len());
        let mut endless = repeat;
        for clip in self.catalogue.sounds(language, lines) {
            match clip {
                Clip::File(path) => sounds.extend(self.files.get(&path).cloned()),
                Clip::Loop(path) => {
                    endless = true;
                    sounds.extend(self.files.get(&path).cloned());
                }
                Clip::Silence(ms) => sounds.push(Arc::new(Sound::silence(ms))),
            }
        }
        (sounds, endless)
    }
}
