//! One number for every decision of a run: SHA-256 over each time and its commands, in order.
//!
//! What is hashed is every value of a command in the order of its fields, as [`Hash`] is derived for them, so
//! that none can be left out: whole numbers in groups of seven bits, low ones first; texts up to a byte that no
//! text has, lists by their length and then what they hold; a case by its place among its kind. It is for
//! comparing runs only: the journal has its own form.

use domain::{Timestamp, routing::Command};
use sha2::{Digest as _, Sha256};
use std::hash::{Hash, Hasher};

/// Two runs that decided the same in the same order have the same digest.
#[derive(Clone, Default)]
pub struct Digest {
    hash: Sha256,
    written: Written,
}

/// So much is written before it is hashed: many small pieces would each be copied together with the next.
const WRITTEN_MIN: usize = 16_384;

impl Digest {
    /// Takes in what was decided at one time.
    pub fn apply(&mut self, now: Timestamp, commands: &[Command]) {
        (now, commands).hash(&mut self.written);
        if self.written.0.len() >= WRITTEN_MIN {
            self.hash.update(&self.written.0);
            self.written.0.clear();
        }
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.hash.update(&self.written.0);
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Values one after the other.
#[derive(Clone, Default)]
struct Written(Vec<u8>);

macro_rules! numbers {
    ($($method:ident($kind:ty)),+) => {$(
        fn $method(&mut self, number: $kind) {
            // Signed numbers keep their bits: the type of a field never changes.
            self.write_u64(number as u64);
        }
    )+};
}

impl Hasher for Written {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn write_u8(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn write_u64(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    numbers!(write_u16(u16), write_u32(u32), write_usize(usize));
    numbers!(write_i16(i16), write_i32(i32), write_i64(i64), write_isize(isize));

    /// Nobody asks: what is written is taken whole.
    fn finish(&self) -> u64 {
        self.0.len() as u64
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
