//! The spill: entries that the database does not take in time, kept in a file beside it until it does.
//!
//! Its room is taken when it is opened, so that a full disk does not stop it. What is appended is on
//! the disk when [`Spill::append`] returns. It is not a second journal: the next start brings what it
//! finds into the journal before anything else is decided, and a spill that was brought in, or whose
//! entries the database has taken after all, is wiped.
//!
//! Form: a head of 32 bytes (`svar spill 1`, the generation in hexadecimal), then records, each with
//! its generation, the length of its JSON and the first half of its SHA-256, and the JSON itself.
//! Reading ends at the first record that is torn or of another generation.

use crate::{
    Payload, Seq,
    hashing::{hex, sha256},
};
use domain::{
    Timestamp,
    routing::{Command, Event},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

/// Room for some thousand entries.
const SPILL_BYTES_MAX: usize = 16 * 1024 * 1024;
const FILE_NAME: &str = "svar.spill";
const HEAD_BYTES: usize = 32;
/// Generation, length and checksum: three numbers of 16 hexadecimal digits and what parts them.
const MARK_BYTES: usize = 51;

/// An entry as it waits for the journal, and the place there that it will have.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SpilledEntry {
    pub seq: Seq,
    pub at: Timestamp,
    pub event: Event,
    pub commands: Vec<Command>,
    pub payloads: Vec<Payload>,
}

/// The file, open for appending by the node that runs the deployment.
#[derive(Debug)]
pub struct Spill {
    file: File,
    generation: u64,
    /// Where the next record goes.
    end: usize,
}

impl Spill {
    /// Opens the spill of a folder, taking its room, and reads what an earlier run left in it.
    ///
    /// # Errors
    /// The folder cannot be written or has no room.
    pub fn open(folder: &Path) -> io::Result<(Self, Vec<SpilledEntry>)> {
        fs::create_dir_all(folder)?;
        let mut file = open_private(&folder.join(FILE_NAME))?;
        let mut bytes = Vec::with_capacity(SPILL_BYTES_MAX);
        file.read_to_end(&mut bytes)?;
        let generation = generation_of(&bytes).unwrap_or(0);
        let (left, end) = read(&bytes, generation);
        let mut spill = Self { file, generation, end };
        if bytes.len() < SPILL_BYTES_MAX {
            spill.write_at(bytes.len(), &vec![0; SPILL_BYTES_MAX - bytes.len()])?;
        }
        spill.write_head()?;
        Ok((spill, left))
    }

    /// Keeps entries; they are on the disk when this returns. Blocks for as long as the disk takes.
    ///
    /// # Errors
    /// `StorageFull` when they do not fit (nothing of them is kept then), or what the disk answered.
    pub fn append(&mut self, entries: &[SpilledEntry]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for entry in entries {
            let json = serde_json::to_vec(entry)?;
            bytes.extend_from_slice(mark(self.generation, &json).as_bytes());
            bytes.extend_from_slice(&json);
        }
        if self.end + bytes.len() > SPILL_BYTES_MAX {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.write_at(self.end, &bytes)?;
        self.end += bytes.len();
        Ok(())
    }

    /// Forgets everything, wiping what was written: it may be personal data, also where a write was torn.
    ///
    /// # Errors
    /// What the disk answered; the entries may be found again then.
    pub fn clear(&mut self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(SPILL_BYTES_MAX);
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        let Some(last) = bytes.iter().skip(HEAD_BYTES).rposition(|byte| *byte != 0) else { return Ok(()) };
        self.generation += 1;
        self.write_head()?;
        self.end = HEAD_BYTES;
        self.write_at(HEAD_BYTES, &vec![0; last + 1])
    }

    fn write_head(&mut self) -> io::Result<()> {
        let head = format!("svar spill 1 {:016x}\n\0\0", self.generation);
        self.write_at(0, head.as_bytes())
    }

    fn write_at(&mut self, place: usize, bytes: &[u8]) -> io::Result<()> {
        let place = u64::try_from(place).map_err(io::Error::other)?;
        self.file.seek(SeekFrom::Start(place))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn mark(generation: u64, json: &[u8]) -> String {
    let checksum = hex(&sha256(&[json]));
    format!("{generation:016x} {:016x} {}\n", json.len(), &checksum[..16])
}

fn generation_of(bytes: &[u8]) -> Option<u64> {
    let head = std::str::from_utf8(bytes.get(..HEAD_BYTES)?).ok()?;
    u64::from_str_radix(head.strip_prefix("svar spill 1 ")?.get(..16)?, 16).ok()
}

/// The whole records from the beginning, and where they end.
fn read(bytes: &[u8], generation: u64) -> (Vec<SpilledEntry>, usize) {
    let mut entries = Vec::new();
    let mut end = HEAD_BYTES;
    while let Some((entry, after)) = read_one(bytes, end, generation) {
        entries.push(entry);
        end = after;
    }
    (entries, end)
}

fn read_one(bytes: &[u8], from: usize, generation: u64) -> Option<(SpilledEntry, usize)> {
    let begins = from + MARK_BYTES;
    let written = std::str::from_utf8(bytes.get(from..begins)?).ok()?;
    let length = usize::from_str_radix(written.get(17..33)?, 16).ok()?;
    let ends = begins.checked_add(length)?;
    let json = bytes.get(begins..ends)?;
    if written != mark(generation, json) {
        return None;
    }
    Some((serde_json::from_slice(json).ok()?, ends))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::PayloadKind;
    use domain::ContactId;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("svar-spill-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            Self(folder)
        }

        fn open(&self) -> (Spill, Vec<SpilledEntry>) {
            Spill::open(&self.0).unwrap()
        }

        fn bytes(&self) -> Vec<u8> {
            fs::read(self.0.join(FILE_NAME)).unwrap()
        }

        /// Damages the file as a torn write would.
        fn change(&self, change: impl FnOnce(&mut Vec<u8>)) {
            let mut bytes = self.bytes();
            change(&mut bytes);
            fs::write(self.0.join(FILE_NAME), bytes).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn entry(seq: u64) -> SpilledEntry {
        let contact = ContactId(seq);
        SpilledEntry {
            seq: Seq(seq),
            at: Timestamp(1_000 + i64::try_from(seq).unwrap()),
            event: Event::KeyPressed { contact, key: '9' },
            commands: vec![Command::Answer { contact }],
            payloads: vec![Payload { contact, kind: PayloadKind::Words, body: serde_json::json!({ "text": "hjälp" }) }],
        }
    }

    #[test]
    fn what_was_appended_is_found_by_the_next_run() {
        let folder = Folder::new("found");
        let (mut spill, left) = folder.open();
        assert_eq!(left, []);
        spill.append(&[entry(1), entry(2)]).unwrap();
        spill.append(&[entry(3)]).unwrap();
        drop(spill);
        let (mut spill, left) = folder.open();
        assert_eq!(left, [entry(1), entry(2), entry(3)]);
        spill.append(&[entry(4)]).unwrap();
        assert_eq!(folder.open().1, [entry(1), entry(2), entry(3), entry(4)]);
    }

    #[test]
    fn a_torn_record_ends_what_is_read() {
        let folder = Folder::new("torn");
        let (mut spill, _) = folder.open();
        spill.append(&[entry(1), entry(2)]).unwrap();
        let end = spill.end;
        folder.change(|bytes| bytes[end - 1] ^= 1);
        let (mut spill, left) = folder.open();
        assert_eq!(left, [entry(1)]);
        spill.append(&[entry(3)]).unwrap();
        assert_eq!(folder.open().1, [entry(1), entry(3)]);
    }

    /// Wherever the power goes: what was written whole before is read, and what comes after takes its place.
    #[test]
    fn a_record_torn_anywhere_costs_nothing_before_it() {
        const SEED: u64 = 29;
        let folder = Folder::new("anywhere");
        let (mut spill, _) = folder.open();
        spill.append(&[entry(1), entry(2)]).unwrap();
        let begins = spill.end;
        spill.append(&[entry(3)]).unwrap();
        let (ends, whole) = (spill.end, folder.bytes());
        let mut random = StdRng::seed_from_u64(SEED);
        for _ in 0..50 {
            let from = random.random_range(begins..ends);
            let nought = random.random_bool(0.5);
            folder.change(|bytes| {
                bytes.clone_from(&whole);
                bytes[from..ends].iter_mut().for_each(|byte| *byte = if nought { 0 } else { *byte ^ random.random_range(1..=u8::MAX) });
            });
            let (mut spill, left) = folder.open();
            assert_eq!(left, [entry(1), entry(2)], "torn at {from} of {begins}..{ends}, seed {SEED}");
            spill.append(&[entry(4)]).unwrap();
            assert_eq!(folder.open().1, [entry(1), entry(2), entry(4)]);
        }
    }

    #[test]
    fn clearing_wipes_and_old_records_are_not_read_again() {
        let folder = Folder::new("cleared");
        let (mut spill, _) = folder.open();
        spill.append(&[entry(1), entry(2)]).unwrap();
        let before = folder.bytes();
        spill.clear().unwrap();
        assert_eq!(folder.open().1, []);
        assert!(!folder.bytes().windows(5).any(|bytes| bytes == b"hj\xc3\xa4l"), "what was said is gone");
        // The wiping was not reached: the generation alone keeps old records out.
        let head = folder.bytes()[..HEAD_BYTES].to_vec();
        folder.change(|bytes| {
            *bytes = before;
            bytes[..HEAD_BYTES].copy_from_slice(&head);
        });
        assert_eq!(folder.open().1, []);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_the_rest_stays() {
        let folder = Folder::new("full");
        let (mut spill, _) = folder.open();
        spill.append(&[entry(1)]).unwrap();
        let large = Payload { contact: ContactId(2), kind: PayloadKind::Intake, body: "x".repeat(SPILL_BYTES_MAX).into() };
        let refused = spill.append(&[SpilledEntry { payloads: vec![large], ..entry(2) }]).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
        spill.append(&[entry(3)]).unwrap();
        assert_eq!(folder.open().1, [entry(1), entry(3)]);
        assert_eq!(folder.bytes().len(), SPILL_BYTES_MAX);
    }
}
