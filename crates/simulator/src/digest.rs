//! One number for every decision of a run: SHA-256 over each time and its commands, in order.
//!
//! What is hashed is every value of a command in the order of its fields, as [`Hash`] is derived for them, so
//! that none can be left out: whole numbers below 128 as one byte, others as
//! 128 and how many bytes follow, low ones first; texts up to a byte that no
//! text has, lists by their length and then what they hold; a case by its place among its kind. It is for
//! comparing runs only: the journal has its own form.

use domain::{Timestamp, routing::Command};
use sha2::{Digest as _, Sha256};
use std::hash::{Hash, Hasher};

/// Two runs that decided the same in the same order have the same digest.
#[derive(Clone, Default)]
pub struct Digest(Written);

impl Digest {
    /// Takes in what was decided at one time.
    pub fn apply(&mut self, now: Timestamp, commands: &[Command]) {
        (now, commands).hash(&mut self.0);
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.0.pass_on();
        self.0.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// So much is written before it is hashed: many small pieces would each be copied together with the next.
const WRITTEN_MAX: usize = 8_192;
/// The first byte of a number that needs more: this, and how many more there are.
const BYTES_FOLLOW: u64 = 0x80;

/// Values one after the other.
#[derive(Clone)]
struct Written {
    hash: Sha256,
    bytes: [u8; WRITTEN_MAX],
    length: usize,
}

impl Default for Written {
    fn default() -> Self {
        Self { hash: Sha256::default(), bytes: [0; WRITTEN_MAX], length: 0 }
    }
}

/// Some hundred values are written for each caller, most of them in one byte: to call for each would cost more than
/// to write it.
impl Written {
    #[cold]
    fn pass_on(&mut self) {
        self.hash.update(&self.bytes[..self.length]);
        self.length = 0;
    }

    /// Puts down these bytes, low ones first, of which so many count.
    #[inline(always)]
    fn put(&mut self, bytes: u64, count: usize) {
        if self.length > WRITTEN_MAX - size_of::<u64>() {
            self.pass_on();
        }
        self.bytes[self.length..self.length + size_of::<u64>()].copy_from_slice(&bytes.to_le_bytes());
        self.length += count;
    }
}

macro_rules! numbers {
    ($($method:ident($kind:ty)),+) => {$(
        #[inline(always)]
        fn $method(&mut self, number: $kind) {
            // Signed numbers keep their bits: the type of a field never changes.
            self.write_u64(number as u64);
        }
    )+};
}

impl Hasher for Written {
    fn write(&mut self, bytes: &[u8]) {
        for bytes in bytes.chunks(WRITTEN_MAX) {
            if self.length + bytes.len() > WRITTEN_MAX {
                self.pass_on();
            }
            self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
            self.length += bytes.len();
        }
    }

    #[inline(always)]
    fn write_u8(&mut self, byte: u8) {
        self.put(u64::from(byte), 1);
    }

    #[inline(always)]
    fn write_u64(&mut self, number: u64) {
        if number < BYTES_FOLLOW {
            return self.put(number, 1);
        }
        let count = size_of::<u64>() - number.leading_zeros() as usize / 8;
        let first = BYTES_FOLLOW | count as u64;
        if count < size_of::<u64>() {
            return self.put(number << 8 | first, 1 + count);
        }
        self.put(first, 1);
        self.put(number, count);
    }

    numbers!(write_u16(u16), write_u32(u32), write_usize(usize));
    numbers!(write_i16(i16), write_i32(i32), write_i64(i64), write_isize(isize));

    /// Nobody asks: what is written is taken whole.
    fn finish(&self) -> u64 {
        self.length as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ContactId, OperatorId, contact::Owner, dialogue::Line, intent::Language};

    fn digest_of(entries: &[(i64, &[Command])]) -> String {
        let mut digest = Digest::default();
        for (at, commands) in entries {
            digest.apply(Timestamp(*at), commands);
        }
        digest.finish()
    }

    #[test]
    fn whatever_differs_is_told_apart() {
        let hang_up = |contact| Command::HangUp { contact: ContactId(contact) };
        let play =
            |lines: Vec<Line>, repeat| Command::Play { contact: ContactId(1), playback: 300, language: Language::Swedish, lines, repeat };
        let moved = |owner| Command::MoveContact { contact: ContactId(1), state: domain::contact::ContactState::Queued, owner };
        let runs: [&[(i64, &[Command])]; 11] = [
            &[],
            &[(1, &[])],
            &[(2, &[])],
            &[(1, &[hang_up(1)])],
            &[(1, &[hang_up(128)])],
            &[(1, &[Command::Answer { contact: ContactId(1) }])],
            &[(1, &[hang_up(1), hang_up(2)])],
            &[(1, &[hang_up(1)]), (1, &[hang_up(2)])],
            &[(1, &[play(vec![Line::Music], true)])],
            &[(1, &[play(vec![Line::Music, Line::Number(3)], false), moved(Owner::Operator(OperatorId(1)))])],
            &[(1, &[play(vec![Line::Music, Line::Number(3)], false), moved(Owner::Unit("1".to_owned()))])],
        ];
        for (n, run) in runs.iter().enumerate() {
            assert_eq!(digest_of(run), digest_of(run), "run {n}");
            for other in &runs[..n] {
                assert_ne!(digest_of(run), digest_of(other), "run {n} and {other:?}");
            }
        }
        assert_eq!(digest_of(&[]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "SHA-256 of nothing");
    }
}
