//! Files of evidence: written while bytes arrive, gone on with after any break, read back and looked at whole.

use super::{
    Evidence, EvidenceError, EvidenceRoom, EvidenceState, PIECES_MAX, beside,
    sealing::{self, FileKey, PIECE_BYTES_MAX, Place, sealed_length},
};
use crate::hashing::{Hash, hex};
use domain::Timestamp;
use sha2::{Digest, Sha256};
use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

/// So many bytes at most are lost when the program is killed while they arrive.
const SYNC_EVERY_BYTES: u64 = 16 * 1024 * 1024;

/// An upload that is being written to. Dropped without [`Intake::finish`], what was not yet on the disk is lost.
pub struct Intake {
    room: EvidenceRoom,
    evidence: Evidence,
    /// None while it writes, and after it failed.
    pen: Option<Pen>,
    /// Where bytes beyond are refused.
    end: u64,
}

struct Pen {
    file: File,
    key: FileKey,
    number: u64,
    offset: u64,
    plain: Vec<u8>,
    unsynced: u64,
}

impl Pen {
    fn write_piece(&mut self, last: bool) -> Result<(), EvidenceError> {
        let place = Place { number: self.number, offset: self.offset, last };
        let sealed = self.key.seal(place, &self.plain)?;
        self.file.write_all(&sealed)?;
        self.number += 1;
        self.offset += self.plain.len() as u64;
        self.unsynced += sealed.len() as u64;
        self.plain.clear();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), EvidenceError> {
        self.file.sync_data()?;
        self.unsynced = 0;
        Ok(())
    }
}

fn lost() -> EvidenceError {
    EvidenceError::Folder("an earlier write failed".to_owned())
}

impl EvidenceRoom {
    /// Goes on with an upload at this byte. Whoever calls this takes turns for each upload.
    ///
    /// # Errors
    /// [`EvidenceError::WrongOffset`] when the next byte is another, [`EvidenceError::NotThere`] when it takes no more.
    pub async fn go_on(&self, evidence: Evidence, offset: u64) -> Result<Intake, EvidenceError> {
        if evidence.state != EvidenceState::Uploading {
            return Err(EvidenceError::NotThere);
        }
        if offset != evidence.received {
            return Err(EvidenceError::WrongOffset { at: evidence.received });
        }
        let end = match evidence.declared {
            Some(declared) => declared,
            None => self.left_of_matter(evidence.matter).await?.saturating_add(evidence.received).min(super::EVIDENCE_BYTES_MAX),
        };
        if !self.has_disk_for(evidence.declared.unwrap_or(0).saturating_sub(evidence.received)) {
            return Err(EvidenceError::RoomFull);
        }
        let key = self.key(&evidence)?;
        let (path, is_new) = (self.path(&evidence.id), evidence.pieces == 0);
        let (number, length) = (evidence.pieces, sealed_length(evidence.received, evidence.pieces));
        let file = beside(move || open_at(&path, length, is_new)).await?;
        let pen = Pen { file, key, number, offset, plain: Vec::with_capacity(PIECE_BYTES_MAX), unsynced: 0 };
        Ok(Intake { room: self.clone(), evidence, pen: Some(pen), end })
    }

    fn key(&self, evidence: &Evidence) -> Result<FileKey, EvidenceError> {
        let sealed = evidence.sealed_key.as_deref().ok_or(EvidenceError::NotThere)?;
        FileKey::open(self.secret(), &evidence.id, sealed)
    }

    /// What was received of it, piece by piece; each is decrypted and checked, and whether the end is there.
    ///
    /// # Errors
    /// [`EvidenceError::NotThere`] when its key is forgotten, [`EvidenceError::Damaged`] when there is no file.
    pub async fn read(&self, evidence: &Evidence) -> Result<PieceReader, EvidenceError> {
        let (key, path) = (self.key(evidence)?, self.path(&evidence.id));
        let (received, pieces, is_complete) = (evidence.received, evidence.pieces, evidence.completed.is_some());
        let file = beside(move || Ok(File::open(path)?)).await?;
        Ok(PieceReader { file, key, number: 0, offset: 0, received, pieces, is_complete, hasher: Sha256::new(), over: false })
    }

    /// Reads it from beginning to end: its hash, how it begins and how it ends. Whatever lies on the disk is what is hashed.
    ///
    /// # Errors
    /// [`EvidenceError::Damaged`] when a piece was changed, moved, left out or cut off.
    pub async fn look_through(&self, evidence: &Evidence, head_max: usize, tail_max: usize) -> Result<Whole, EvidenceError> {
        Ok(self.look_through_with(evidence, (head_max, tail_max), (), |(), _| {}).await?.0)
    }

    /// As [`EvidenceRoom::look_through`]; all of it is shown to somebody as it goes by, in its order.
    ///
    /// # Errors
    /// As [`EvidenceRoom::look_through`]; then what was shown is worth nothing.
    pub async fn look_through_with<T: Send + 'static>(
        &self,
        evidence: &Evidence,
        (head_max, tail_max): (usize, usize),
        mut onlooker: T,
        show: fn(&mut T, &[u8]),
    ) -> Result<(Whole, T), EvidenceError> {
        let mut reader = self.read(evidence).await?;
        beside(move || {
            let (mut head, mut tail) = (Vec::new(), Vec::new());
            while let Some(piece) = reader.next_piece()? {
                show(&mut onlooker, &piece);
                let wanted = head_max.saturating_sub(head.len()).min(piece.len());
                head.extend_from_slice(&piece[..wanted]);
                tail.extend_from_slice(&piece);
                tail.drain(..tail.len().saturating_sub(tail_max));
            }
            let (size, sha256) = reader.hashed();
            Ok((Whole { size, sha256: hex(&sha256), head, tail }, onlooker))
        })
        .await
    }

    /// The same bytes again, once it is certain that they are those that came.
    ///
    /// # Errors
    /// [`EvidenceError::Damaged`] when the hash is another.
    pub async fn verified(&self, evidence: &Evidence) -> Result<PieceReader, EvidenceError> {
        let whole = self.look_through(evidence, 0, 0).await?;
        if evidence.sha256.as_deref() != Some(&*whole.sha256) || whole.size != evidence.received {
            return Err(EvidenceError::Damaged);
        }
        self.read(evidence).await
    }

    /// Writes the last piece, which says that there are no more.
    pub(super) async fn seal_end(&self, evidence: &Evidence, sha256: Hash) -> Result<(), EvidenceError> {
        let (key, path) = (self.key(evidence)?, self.path(&evidence.id));
        let length = sealed_length(evidence.received, evidence.pieces);
        let (number, offset) = (evidence.pieces, evidence.received);
        beside(move || {
            let file = open_at(&path, length, false)?;
            let mut pen = Pen { file, key, number, offset, plain: sealing::end(offset, &sha256), unsynced: 0 };
            pen.write_piece(true)?;
            pen.sync()
        })
        .await
    }
}

/// The file, cut to what is known to be received: what stands behind it was never acknowledged.
fn open_at(path: &Path, length: u64, is_new: bool) -> Result<File, EvidenceError> {
    let mut options = OpenOptions::new();
    options.write(true).create(is_new);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    if is_new && let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    if file.metadata()?.len() < length {
        return Err(EvidenceError::Damaged);
    }
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    Ok(file)
}

impl Intake {
    /// Takes bytes in. They count once [`Intake::finish`] has answered.
    ///
    /// # Errors
    /// [`EvidenceError::TooLarge`] when they are more than was announced; what came before them still counts.
    pub async fn take(&mut self, mut bytes: &[u8]) -> Result<(), EvidenceError> {
        while !bytes.is_empty() {
            let pen = self.pen.as_mut().ok_or_else(lost)?;
            let room = PIECE_BYTES_MAX - pen.plain.len();
            let left = self.end.saturating_sub(pen.offset + pen.plain.len() as u64);
            let wanted = room.min(bytes.len()).min(usize::try_from(left).unwrap_or(usize::MAX));
            if wanted == 0 {
                return Err(EvidenceError::TooLarge);
            }
            let (taken, rest) = bytes.split_at(wanted);
            pen.plain.extend_from_slice(taken);
            bytes = rest;
            if pen.plain.len() == PIECE_BYTES_MAX {
                self.write(false).await?;
            }
        }
        Ok(())
    }

    /// Seals and writes what is at hand; at times, and when `all` is to count, it waits for the disk and says so in the row.
    async fn write(&mut self, all: bool) -> Result<(), EvidenceError> {
        let mut pen = self.pen.take().ok_or_else(lost)?;
        if pen.number >= PIECES_MAX {
            return Err(EvidenceError::TooLarge);
        }
        let (pen, is_safe) = beside(move || {
            if !pen.plain.is_empty() {
                pen.write_piece(false)?;
            }
            let is_safe = all || pen.unsynced >= SYNC_EVERY_BYTES;
            if is_safe {
                pen.sync()?;
            }
            Ok((pen, is_safe))
        })
        .await?;
        (self.evidence.received, self.evidence.pieces) = (pen.offset, pen.number);
        self.pen = Some(pen);
        if is_safe {
            self.room.progress(&self.evidence).await?;
        }
        Ok(())
    }

    /// Has what was taken in count, and gives it back as it stands.
    ///
    /// # Errors
    /// What the folder or the database answered; then what counted before still does.
    pub async fn finish(mut self, now: Timestamp) -> Result<Evidence, EvidenceError> {
        self.evidence.touched = now;
        self.write(true).await?;
        Ok(self.evidence)
    }
}

/// A whole file as it was read through.
pub struct Whole {
    pub size: u64,
    /// In hexadecimal digits.
    pub sha256: String,
    pub head: Vec<u8>,
    pub tail: Vec<u8>,
}

/// Pieces of evidence in their order. Waits for the disk: to be used beside everything else.
pub struct PieceReader {
    file: File,
    key: FileKey,
    number: u64,
    offset: u64,
    received: u64,
    pieces: u64,
    is_complete: bool,
    hasher: Sha256,
    over: bool,
}

impl PieceReader {
    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// [`EvidenceError::Damaged`] when they, or the end, are not what was written.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, EvidenceError> {
        if self.over {
            return Ok(None);
        }
        if self.number == self.pieces {
            self.over = true;
            return if self.offset == self.received { self.end().map(|()| None) } else { Err(EvidenceError::Damaged) };
        }
        let plain = self.piece(false)?;
        self.hasher.update(&plain);
        Ok(Some(plain))
    }

    fn piece(&mut self, last: bool) -> Result<Vec<u8>, EvidenceError> {
        let mut length = [0; 4];
        self.file.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        let mut rest = vec![0; sealing::behind(length).ok_or(EvidenceError::Damaged)?];
        self.file.read_exact(&mut rest)?;
        let plain = self.key.unseal(Place { number: self.number, offset: self.offset, last }, length, rest)?;
        self.number += 1;
        self.offset += plain.len() as u64;
        Ok(plain)
    }

    /// The last piece must be there, agree, and be the last.
    fn end(&mut self) -> Result<(), EvidenceError> {
        if !self.is_complete {
            return Ok(());
        }
        let (size, hash) = sealing::read_end(&self.piece(true)?).ok_or(EvidenceError::Damaged)?;
        let agrees = size == self.received && hash == self.hash() && self.file.read(&mut [0])? == 0;
        if agrees { Ok(()) } else { Err(EvidenceError::Damaged) }
    }

    fn hash(&self) -> Hash {
        self.hasher.clone().finalize().into()
    }

    fn hashed(&self) -> (u64, Hash) {
        (self.received, self.hash())
    }
}
