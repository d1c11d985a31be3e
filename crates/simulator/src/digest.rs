//! One number for every decision of a run: SHA-256 over each time and its commands, in order.
//!
//! What counts is every value of a command in the order of its fields, as [`Hash`] is derived for them, so that
//! none can be left out: a number in eight bytes, low ones first; a text by its length and then
//! in eights, the last filled up; lists by their length and then what they hold; a case by its place among its kind. Some hundred
//! values are put down for each caller, so SHA-256 is not taken of them but of what rapidhash (version 3) makes of
//! every block of them. It is for comparing runs only: the journal has its own form.

use domain::{Timestamp, routing::Command};
use rapidhash::v3::rapidhash_v3;
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

const NUMBER_BYTES: usize = size_of::<u64>();
/// How many numbers a block has; the last may have fewer.
const BLOCK: usize = 1_024;

/// Values one after the other.
#[derive(Clone)]
struct Written {
    hash: Sha256,
    numbers: [[u8; NUMBER_BYTES]; BLOCK],
    length: usize,
}

impl Default for Written {
    fn default() -> Self {
        Self { hash: Sha256::default(), numbers: [[0; NUMBER_BYTES]; BLOCK], length: 0 }
    }
}

impl Written {
    #[cold]
    fn pass_on(&mut self) {
        if self.length > 0 {
            self.hash.update(rapidhash_v3(self.numbers[..self.length].as_flattened()).to_le_bytes());
        }
        self.length = 0;
    }

    #[inline(always)]
    fn put(&mut self, number: [u8; NUMBER_BYTES]) {
        if self.length == BLOCK {
            self.pass_on();
        }
        self.numbers[self.length % BLOCK] = number;
        self.length += 1;
    }
}

macro_rules! numbers {
    ($($method:ident($kind:ty)),+) => {$(
        #[inline(always)]
        fn $method(&mut self, number: $kind) {
            // Signed numbers keep their bits: the type of a field never changes.
            self.put((number as u64).to_le_bytes());
        }
    )+};
}

impl Hasher for Written {
    fn write(&mut self, bytes: &[u8]) {
        self.write_usize(bytes.len());
        let (eights, rest) = bytes.as_chunks();
        eights.iter().for_each(|eight| self.put(*eight));
        if !rest.is_empty() {
            // Most texts are short: shifting takes less than copying so few.
            let last = rest.iter().rev().fold(0, |eight: u64, byte| eight << u8::BITS | u64::from(*byte));
            self.put(last.to_le_bytes());
        }
    }

    numbers!(write_u8(u8), write_u16(u16), write_u32(u32), write_u64(u64), write_usize(usize));

    numbers!(write_i16(i16), write_i32(i32), write_i64(i64), write_isize(isize));

    /// Nobody asks: what is written is taken whole.
    fn finish(&self) -> u64 {
        self.length as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ContactId, OperatorId, UnitId, contact::Owner, dialogue::Line, intent::Language};

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
            &[(1, &[play(vec![Line::Music, Line::Number(3)], false), moved(Owner::Unit(UnitId::new("1")))])],
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
