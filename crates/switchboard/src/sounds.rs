//! Every recording of the deployment in memory, so that no file is read while somebody listens.

use domain::{dialogue::Line, intent::Language};
use parking_lot::RwLock;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};
use telephony::Sound;
use understanding::prompts::{Catalogue, CatalogueFault, Clip};

/// The catalogue with its sounds. What a caller is listening to plays on when they are read anew.
pub struct Sounds {
    loaded: RwLock<Arc<Loaded>>,
}

struct Loaded {
    catalogue: Arc<Catalogue>,
    files: BTreeMap<PathBuf, Arc<Sound>>,
}

/// A recording that could not be read into memory.
#[derive(Debug, thiserror::Error)]
#[error("the recording {} cannot be played ({cause}): build the prompts anew or replace the file", file.display())]
pub struct UnplayableFile {
    pub file: PathBuf,
    pub cause: String,
}

/// Why the recordings stay as they were.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReloaded {
    #[error("the catalogue has {} faults, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Catalogue(Vec<CatalogueFault>),
    #[error(transparent)]
    Unplayable(#[from] UnplayableFile),
}

impl Sounds {
    /// # Errors
    /// The first file that is no 8 kHz recording.
    pub fn load(catalogue: Catalogue) -> Result<Self, UnplayableFile> {
        Ok(Self { loaded: RwLock::new(Arc::new(Loaded::new(catalogue)?)) })
    }

    /// Reads the folder anew; what is in use stays when it is not fit.
    pub(crate) fn reload(&self) -> Result<(), NotReloaded> {
        let catalogue = Catalogue::load(self.catalogue().dir()).map_err(NotReloaded::Catalogue)?;
        *self.loaded.write() = Arc::new(Loaded::new(catalogue)?);
        Ok(())
    }

    /// What can be said, and by which recordings.
    #[must_use]
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.loaded.read().catalogue.clone()
    }

    /// What to play for these lines, and whether it goes on until something else is asked for.
    pub(crate) fn of(&self, language: Language, lines: &[Line], repeat: bool) -> (Vec<Arc<Sound>>, bool) {
        let loaded = self.loaded.read().clone();
        let mut sounds = Vec::with_capacity(lines.len());
        let mut endless = repeat;
        for clip in loaded.catalogue.sounds(language, lines) {
            match clip {
                Clip::File(path) => sounds.extend(loaded.files.get(&path).cloned()),
                Clip::Loop(path) => {
                    endless = true;
                    sounds.extend(loaded.files.get(&path).cloned());
                }
                Clip::Silence(ms) => sounds.push(Arc::new(Sound::silence(ms))),
            }
        }
        (sounds, endless)
    }
}

impl Loaded {
    fn new(catalogue: Catalogue) -> Result<Self, UnplayableFile> {
        let mut files = BTreeMap::new();
        for path in catalogue.files() {
            let unplayable = |cause: String| UnplayableFile { file: path.to_owned(), cause };
            let bytes = std::fs::read(path).map_err(|error| unplayable(error.to_string()))?;
            let sound = Sound::from_wav(&bytes).map_err(|error| unplayable(error.to_string()))?;
            files.insert(path.to_owned(), Arc::new(sound));
        }
        Ok(Self { catalogue: Arc::new(catalogue), files })
    }
}
