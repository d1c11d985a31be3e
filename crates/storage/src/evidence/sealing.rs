//! How the bytes of evidence lie in their file: piece after piece, each sealed for itself while they arrive.
//!
//! A piece is its length as a 32-bit big-endian number, twelve bytes that are used once, the sealed bytes and their
//! sixteen-byte tag: AES-256-GCM under the file's own key. What is sealed with it and not written is `svar evidence 1`, a line
//! feed, the id, the piece's number and the place of its first byte (64 bits each), its length (32 bits), and a byte that is 1
//! for the last: so no piece can be swapped, moved to another file, left out, or cut off at the end. The last one holds the
//! length of the whole and its SHA-256 instead of bytes of it.
//!
//! The key is random, and kept sealed under one that follows from the deployment's secret.

use super::{EvidenceError, EvidenceId};
use crate::hashing::{Hash, bytes_of_hex, hex, keyed};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

/// Most bytes in one piece.
pub const PIECE_BYTES_MAX: usize = 256 * 1024;
const TAG_BYTES: usize = 16;
const LENGTH_BYTES: usize = 4;
/// What sealing adds to each piece.
pub const OVERHEAD_BYTES: u64 = (LENGTH_BYTES + NONCE_LEN + TAG_BYTES) as u64;
/// What the last piece holds.
const END_BYTES: usize = 8 + 32;

/// Which piece it is, as it is sealed with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub number: u64,
    pub offset: u64,
    pub last: bool,
}

pub struct FileKey {
    id: EvidenceId,
    key: RandomizedNonceKey,
}

fn broken(_: aws_lc_rs::error::Unspecified) -> EvidenceError {
    EvidenceError::Damaged
}

fn over(secret: &Hash) -> Result<RandomizedNonceKey, EvidenceError> {
    RandomizedNonceKey::new(&AES_256_GCM, &keyed(secret, b"svar evidence key 1")).map_err(broken)
}

/// A new key, sealed for the row that it stands in.
pub fn new_key(secret: &Hash, id: &EvidenceId) -> Result<String, EvidenceError> {
    let mut key = rand::random::<Hash>().to_vec();
    let nonce = over(secret)?.seal_in_place_append_tag(Aad::from(id.text().as_bytes()), &mut key).map_err(broken)?;
    Ok(hex(nonce.as_ref()) + &hex(&key))
}

impl FileKey {
    pub fn open(secret: &Hash, id: &EvidenceId, sealed: &str) -> Result<Self, EvidenceError> {
        let bytes = bytes_of_hex(sealed).ok_or(EvidenceError::Damaged)?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(EvidenceError::Damaged)?;
        let mut text = text.to_vec();
        let key = over(secret)?.open_in_place(Nonce::from(nonce), Aad::from(id.text().as_bytes()), &mut text).map_err(broken)?;
        Ok(Self { id: id.clone(), key: RandomizedNonceKey::new(&AES_256_GCM, key).map_err(broken)? })
    }

    fn beside(&self, place: Place, length: u32) -> Aad<Vec<u8>> {
        let mut text = b"svar evidence 1\n".to_vec();
        text.extend_from_slice(self.id.text().as_bytes());
        text.extend_from_slice(&place.number.to_be_bytes());
        text.extend_from_slice(&place.offset.to_be_bytes());
        text.extend_from_slice(&length.to_be_bytes());
        text.push(u8::from(place.last));
        Aad::from(text)
    }

    /// A piece as it is written.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, EvidenceError> {
        let length = u32::try_from(plain.len()).ok().filter(|_| plain.len() <= PIECE_BYTES_MAX).ok_or(EvidenceError::Damaged)?;
        let mut sealed = plain.to_vec();
        let nonce = self.key.seal_in_place_append_tag(self.beside(place, length), &mut sealed).map_err(broken)?;
        Ok([&length.to_be_bytes()[..], nonce.as_ref(), &sealed].concat())
    }

    /// What stands in a piece behind its length.
    pub fn unseal(&self, place: Place, length: u32, mut rest: Vec<u8>) -> Result<Vec<u8>, EvidenceError> {
        let nonce = *rest.first_chunk::<NONCE_LEN>().ok_or(EvidenceError::Damaged)?;
        let beside = self.beside(place, length);
        let plain = self.key.open_in_place(Nonce::from(&nonce), beside, &mut rest[NONCE_LEN..]).map_err(broken)?.len();
        rest.drain(..NONCE_LEN);
        rest.truncate(plain);
        Ok(rest)
    }
}

/// How many bytes of a piece stand behind its length; none when no piece is so long.
pub fn behind(length: u32) -> Option<usize> {
    let length = usize::try_from(length).ok().filter(|length| *length <= PIECE_BYTES_MAX)?;
    Some(length + NONCE_LEN + TAG_BYTES)
}

/// How long the file is when so many bytes are in so many pieces, without the last.
pub fn sealed_length(received: u64, pieces: u64) -> u64 {
    received + pieces * OVERHEAD_BYTES
}

pub fn end(size: u64, sha256: &Hash) -> Vec<u8> {
    [&size.to_be_bytes()[..], sha256].concat()
}

/// What the last piece says: how long the whole is, and its hash.
pub fn read_end(plain: &[u8]) -> Option<(u64, Hash)> {
    let (size, hash) = plain.split_first_chunk::<8>().filter(|_| plain.len() == END_BYTES)?;
    Some((u64::from_be_bytes(*size), hash.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SECRET: Hash = [7; 32];

    #[test]
    fn a_piece_opens_in_its_own_place_alone() {
        let (mine, other) = (EvidenceId::random(), EvidenceId::random());
        let sealed_key = new_key(&SECRET, &mine).unwrap();
        let key = FileKey::open(&SECRET, &mine, &sealed_key).unwrap();
        let place = Place { number: 3, offset: 300, last: false };
        let sealed = key.seal(place, b"abc").unwrap();
        assert_eq!(sealed.len() as u64, 3 + OVERHEAD_BYTES);
        let rest = sealed[LENGTH_BYTES..].to_vec();
        assert_eq!(rest.len(), behind(3).unwrap());
        assert_eq!(key.unseal(place, 3, rest.clone()).unwrap(), b"abc");
        let moved = [Place { number: 4, ..place }, Place { offset: 299, ..place }, Place { last: true, ..place }];
        for wrong in moved {
            assert_eq!(key.unseal(wrong, 3, rest.clone()), Err(EvidenceError::Damaged), "{wrong:?}");
        }
        assert_eq!(key.unseal(place, 2, rest.clone()), Err(EvidenceError::Damaged));
        assert!(FileKey::open(&SECRET, &other, &sealed_key).is_err(), "the key of another");
        assert!(FileKey::open(&[8; 32], &mine, &sealed_key).is_err(), "another deployment");
        for byte in 0..rest.len() {
            let mut spoilt = rest.clone();
            spoilt[byte] ^= 1;
            assert_eq!(key.unseal(place, 3, spoilt), Err(EvidenceError::Damaged), "{byte}");
        }
        assert_eq!(key.unseal(place, 0, Vec::new()), Err(EvidenceError::Damaged));
    }
}
