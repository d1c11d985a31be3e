//! `audio.toml`: which text each recording was made from.

use super::{CatalogueFault, Kind, SIDECAR_FILE, file::line_at};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{io, path::Path};

const HEAD: &str = "# Which text each recording was made from. Written by `svar prompts build`; a studio recording is\n\
                    # entered here with kind = \"studio\", the SHA-256 of its text and of its file.\n\n";

#[derive(Clone, Default, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sidecar {
    #[serde(default)]
    pub audio: Vec<Recording>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recording {
    /// Relative to the catalogue's folder.
    pub file: String,
    pub kind: Kind,
    pub text_sha256: String,
    pub file_sha256: String,
    /// The synthetic voice and its pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// Who listened to it and said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
}

impl Sidecar {
    pub fn load(dir: &Path) -> Result<Self, CatalogueFault> {
        let path = dir.join(SIDECAR_FILE);
        let fault = |line, what: String| CatalogueFault {
            file: path.clone(),
            line,
            what,
            mend: "Mend the line, or delete the file and build the prompts.".to_owned(),
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(fault(0, error.to_string())),
        };
        toml::from_str(&text).map_err(|error| fault(error.span().map_or(0, |span| line_at(&text, span.start)), error.message().to_owned()))
    }

    /// Written beside and moved into place, so that a reader never sees half of it.
    pub fn save(&self, dir: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        let fresh = dir.join(format!("{SIDECAR_FILE}.new"));
        std::fs::write(&fresh, format!("{HEAD}{text}"))?;
        std::fs::rename(fresh, dir.join(SIDECAR_FILE))
    }

    pub fn of(&self, file: &str) -> Option<&Recording> {
        self.audio.iter().find(|recording| recording.file == file)
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
