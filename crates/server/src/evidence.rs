//! Where evidence lies and which program scans it, as the configuration says.

use anyhow::ensure;
use serde::Deserialize;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use switchboard::{EvidenceSettings, ScanSettings};

const FOLDER: &str = "evidence";
const GIB: u64 = 1024 * 1024 * 1024;
const ROOM_GIB_MAX: u64 = 1024 * 1024;
const SCAN_S_MAX: u64 = 3_600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceSection {
    folder: Option<PathBuf>,
    room_gib_max: u64,
    scan: Vec<String>,
    scan_s_max: u64,
}

impl Default for EvidenceSection {
    fn default() -> Self {
        Self { folder: None, room_gib_max: 200, scan: Vec::new(), scan_s_max: 600 }
    }
}

impl EvidenceSection {
    /// None where there is no folder to keep anything in.
    ///
    /// # Errors
    /// When a value cannot be used.
    pub fn settings(self, data: Option<&Path>) -> anyhow::Result<Option<EvidenceSettings>> {
        let Self { folder, room_gib_max, scan, scan_s_max } = self;
        ensure!((1..=ROOM_GIB_MAX).contains(&room_gib_max), "[evidence] room_gib_max must lie between 1 and {ROOM_GIB_MAX}");
        ensure!((1..=SCAN_S_MAX).contains(&scan_s_max), "[evidence] scan_s_max must lie between 1 and {SCAN_S_MAX}");
        if let Some(program) = scan.first() {
            ensure!(Path::new(program).is_file(), "[evidence] scan: there is no program {program}: write its whole path");
        }
        let folder = folder.or_else(|| data.map(|data| data.join(FOLDER)));
        let scan = (!scan.is_empty()).then(|| ScanSettings { program: scan, wait: Duration::from_secs(scan_s_max) });
        Ok(folder.map(|folder| EvidenceSettings { folder, bytes_max: room_gib_max * GIB, scan }))
    }
}

/// In the data folder, scanned by nobody: for a demo.
pub fn beside(data: &Path) -> EvidenceSettings {
    EvidenceSettings { folder: data.join(FOLDER), bytes_max: EvidenceSection::default().room_gib_max * GIB, scan: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_told() -> anyhow::Result<()> {
        let section = |text: &str| toml::from_str::<EvidenceSection>(text).map_err(anyhow::Error::from)?.settings(Some(Path::new("data")));
        let usual = section("")?.ok_or(anyhow::anyhow!("a data folder is enough"))?;
        assert_eq!((usual.folder, usual.bytes_max), (PathBuf::from("data/evidence"), 200 * GIB));
        for (text, told) in [
            ("room_gib_max = 0", "room_gib_max must lie"),
            ("scan_s_max = 0", "scan_s_max must lie"),
            ("scan = [\"/nonexistent/scanner\"]", "there is no program"),
        ] {
            let said = section(text).err().map(|why| why.to_string()).unwrap_or_default();
            assert!(said.contains(told), "{text}: {said}");
        }
        assert!(EvidenceSection::default().settings(None)?.is_none());
        Ok(())
    }
}
