//! Evidence: pictures, film, sound and documents that citizens send about a matter. The rows are in the database, the bytes
//! in a folder beside it, sealed piece by piece while they arrive; nothing counts as received before it is on the disk. What
//! a file is and whether it may be opened is not known here, and nothing of it is ever run.

mod custody;
mod files;
mod rows;
mod sealing;

pub(crate) use custody::faults as custody_faults;
pub use custody::{Custodian, Custody, CustodyAct, CustodyStep};
pub use files::{Intake, PieceReader, Whole};
pub use rows::{Completed, NewEvidence};
pub(crate) use rows::{erase, forget_files};
pub use sealing::PIECE_BYTES_MAX as EVIDENCE_PIECE_BYTES_MAX;

use crate::{Store, StoreError, hashing::Hash};
use domain::{ContactId, MatterId, Timestamp, time::HOUR_MS};
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// Largest file that is taken in.
pub const EVIDENCE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Most bytes of one matter, sent or not.
pub const MATTER_BYTES_MAX: u64 = 20 * 1024 * 1024 * 1024;
/// Most files of one matter, sent or not.
pub const MATTER_FILES_MAX: u64 = 200;
/// Most files that one visit has not sent yet.
pub const VISIT_FILES_MAX: usize = 30;
/// What was begun and not sent is forgotten when nobody touched it for so long.
pub const UNSENT_KEPT_MS: u64 = 24 * HOUR_MS;
/// Most pieces of a file: far beyond those of the largest that comes in sensible parts.
pub const PIECES_MAX: u64 = 100_000;

/// So much of the disk is left to the database beside it: evidence never takes the room that calls need.
pub const DISK_LEFT_BYTES_MIN: u64 = 2 * 1024 * 1024 * 1024;

/// Why something was not taken in, or not given.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EvidenceError {
    /// No such evidence, or not (any more) in a state in which this can be done.
    #[error("there is no such evidence (any more)")]
    NotThere,
    /// Bytes were offered from another place than where the last ones ended.
    #[error("the next byte is that at {at}")]
    WrongOffset { at: u64 },
    /// More bytes than were announced, or than are taken at all.
    #[error("this is larger than was said, or than is taken")]
    TooLarge,
    /// The matter has as many files or bytes as it may have, or the visit as many that were not sent.
    #[error("this matter has as much as it may have")]
    MatterFull,
    /// The room for all evidence is full, or its disk.
    #[error("the room for evidence is full: make room, then it goes on by itself")]
    RoomFull,
    /// What lies in the folder is not what came: a person must look.
    #[error("what is kept is not what came: the file was changed, cut off or lost")]
    Damaged,
    /// The folder cannot be read or written.
    #[error("the folder of evidence cannot be used ({0})")]
    Folder(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for EvidenceError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::RoomFull,
            io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => Self::Damaged,
            kind => Self::Folder(kind.to_string()),
        }
    }
}

/// Names a piece of evidence, its file and its upload: 128 random bits in hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EvidenceId(String);

impl EvidenceId {
    const DIGITS: usize = 32;

    #[must_use]
    pub fn random() -> Self {
        Self(crate::hashing::hex(&rand::random::<[u8; Self::DIGITS / 2]>()))
    }

    /// As it stands in an address; none for what is no such name.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == Self::DIGITS && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EvidenceState {
    /// It has not come whole.
    Uploading,
    /// It waits for the program that scans; nobody gets it before.
    Quarantined,
    /// No program scans here.
    Unscanned,
    /// Scanned, and nothing found.
    Clean,
    /// It is not taken: by its kind, or by the program that scans.
    Refused,
    /// Taken back, or never sent.
    Removed,
    Erased,
}

impl EvidenceState {
    pub const ALL: [Self; 7] =
        [Self::Uploading, Self::Quarantined, Self::Unscanned, Self::Clean, Self::Refused, Self::Removed, Self::Erased];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Quarantined => "quarantined",
            Self::Unscanned => "unscanned",
            Self::Clean => "clean",
            Self::Refused => "refused",
            Self::Removed => "removed",
            Self::Erased => "erased",
        }
    }

    /// Whether it has come whole and was not turned away.
    #[must_use]
    pub fn is_kept(self) -> bool {
        matches!(self, Self::Quarantined | Self::Unscanned | Self::Clean)
    }

    /// Whether operators may have its bytes.
    #[must_use]
    pub fn is_given(self) -> bool {
        matches!(self, Self::Unscanned | Self::Clean)
    }
}

/// A piece of evidence as its row tells it. Personal data: hidden in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    pub id: EvidenceId,
    pub matter: MatterId,
    /// Which visit it came in, by the digest of what its browser holds.
    pub visit: String,
    /// The addition that it was sent with; none before.
    pub contact: Option<ContactId>,
    /// As its citizen named it, without what turns, hides or leads elsewhere; empty once it is forgotten.
    pub name: String,
    /// How long it was said to be; not always said.
    pub declared: Option<u64>,
    /// Safely on the disk.
    pub received: u64,
    /// By its content.
    pub media_type: Option<String>,
    /// Of the whole, in hexadecimal digits.
    pub sha256: Option<String>,
    /// What it says of its making, as JSON of whoever read it; never to be used unseen.
    pub proposed: Option<String>,
    pub state: EvidenceState,
    pub made: Timestamp,
    pub touched: Timestamp,
    pub completed: Option<Timestamp>,
    pieces: u64,
    sealed_key: Option<String>,
}

impl Evidence {
    /// Every byte that was announced is here, and nothing was made of it yet.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.state == EvidenceState::Uploading && self.declared == Some(self.received)
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Evidence({}, {}, hidden)", self.id, self.state.word())
    }
}

/// Where the evidence of a deployment lies. Cheap to clone.
#[derive(Clone)]
pub struct EvidenceRoom {
    pub(super) store: Store,
    folder: PathBuf,
    bytes_max: u64,
}

impl EvidenceRoom {
    /// Opens the folder, making it for its owner alone where there is none. `bytes_max` is the room for all.
    ///
    /// # Errors
    /// [`EvidenceError::Folder`] when it cannot be written.
    pub fn open(store: Store, folder: &Path, bytes_max: u64) -> Result<Self, EvidenceError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let unusable = |error: io::Error| EvidenceError::Folder(error.kind().to_string());
        builder.create(folder).map_err(unusable)?;
        let probe = folder.join(".writable");
        fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).map_err(unusable)?;
        // Opened twice in one program it is the same folder; erasing finds it there.
        let _ = store.inner.evidence.set(folder.to_owned());
        Ok(Self { store, folder: folder.to_owned(), bytes_max })
    }

    fn path(&self, id: &EvidenceId) -> PathBuf {
        self.folder.join(id.text())
    }

    /// Whether the disk has room for so many bytes and what is left to others.
    fn has_disk_for(&self, bytes: u64) -> bool {
        free_bytes(&self.folder).is_none_or(|free| free >= bytes.saturating_add(DISK_LEFT_BYTES_MIN))
    }

    fn secret(&self) -> &Hash {
        &self.store.inner.secret
    }
}

/// None where the system does not say.
#[cfg(target_os = "linux")]
fn free_bytes(folder: &Path) -> Option<u64> {
    let told = rustix::fs::statvfs(folder).ok()?;
    told.f_bavail.checked_mul(told.f_frsize)
}

#[cfg(not(target_os = "linux"))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

/// Runs what waits for the disk beside everything else.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T, EvidenceError> + Send + 'static) -> Result<T, EvidenceError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(EvidenceError::Folder("the work on it ended in a fault".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_says_how_much_is_free() {
        let free = free_bytes(&std::env::temp_dir());
        assert!(free.is_none_or(|free| free > 0 && free < 1 << 60), "{free:?}");
        assert_eq!(free_bytes(Path::new("/nonexistent/folder")), None);
    }
}
