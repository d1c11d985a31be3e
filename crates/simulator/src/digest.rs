//! One number for every decision of a run: SHA-256 over each time and its commands, in order.
//!
//! What is hashed is every value of a command in the order of its fields, in a form that no other value
//! has: whole numbers in groups of seven bits, low ones first; texts and lists by their length and then
//! what they hold; a case by its name. It is for comparing runs only: the journal has its own form.

use domain::{Timestamp, routing::Command};
use serde::{
    Serialize,
    ser::{self, Serializer},
};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Two runs that decided the same in the same order have the same digest.
#[derive(Clone, Default)]
pub struct Digest {
    hash: Sha256,
    written: Vec<u8>,
}

/// So much is written before it is hashed: many small pieces would each be copied together with the next.
const WRITTEN_MIN: usize = 16_384;

/// A command holds something that has no length beforehand, or a fault of its own.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a command cannot be taken into the digest: {0}")]
pub struct NotDigested(String);

impl Digest {
    /// Takes in what was decided at one time.
    ///
    /// # Errors
    /// [`NotDigested`] when a command holds what the form above has no place for.
    pub fn apply(&mut self, now: Timestamp, commands: &[Command]) -> Result<(), NotDigested> {
        (now, commands).serialize(&mut Form(&mut self.written))?;
        if self.written.len() >= WRITTEN_MIN {
            self.hash.update(&self.written);
            self.written.clear();
        }
        Ok(())
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.hash.update(&self.written);
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl ser::Error for NotDigested {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self(what.to_string())
    }
}

/// Writes values one after the other.
struct Form<'a>(&'a mut Vec<u8>);

impl Form<'_> {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text);
    }

    fn length(&mut self, length: Option<usize>) -> Result<(), NotDigested> {
        let length = length.ok_or_else(|| NotDigested("a list without a length".to_owned()))?;
        self.number(length as u64);
        Ok(())
    }
}

macro_rules! numbers {
    ($($method:ident($kind:ty)),+) => {$(
        fn $method(self, value: $kind) -> Result<(), NotDigested> {
            // Signed numbers keep their bits: the type of a field never changes.
            self.number(value as u64);
            Ok(())
        }
    )+};
}

impl Serializer for &mut Form<'_> {
    type Ok = ();
    type Error = NotDigested;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers!(serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64));
    numbers!(serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_char(char));

    fn serialize_f32(self, value: f32) -> Result<(), NotDigested> {
        self.serialize_u32(value.to_bits())
    }

    fn serialize_f64(self, value: f64) -> Result<(), NotDigested> {
        self.serialize_u64(value.to_bits())
    }

    fn serialize_str(self, value: &str) -> Result<(), NotDigested> {
        self.serialize_bytes(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), NotDigested> {
        self.text(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), NotDigested> {
        self.serialize_u8(0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotDigested> {
        self.number(1);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), NotDigested> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NotDigested> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, case: &'static str) -> Result<(), NotDigested> {
        self.serialize_str(case)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NotDigested> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        case: &'static str,
        value: &T,
    ) -> Result<(), NotDigested> {
        self.text(case.as_bytes());
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self, NotDigested> {
        self.length(length)?;
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, NotDigested> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, NotDigested> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, case: &'static str, _: usize) -> Result<Self, NotDigested> {
        self.text(case.as_bytes());
        Ok(self)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self, NotDigested> {
        self.length(length)?;
        Ok(self)
    }

    /// The number of fields goes before them: one that is left out is told from one that is not.
    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Self, NotDigested> {
        self.number(length as u64);
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, case: &'static str, length: usize) -> Result<Self, NotDigested> {
        self.text(case.as_bytes());
        self.number(length as u64);
        Ok(self)
    }
}

/// Parts of a list are written as they come; so are those of a structure, without their names.
macro_rules! parts {
    ($($of:ident: $method:ident),+) => {$(
        impl ser::$of for &mut Form<'_> {
            type Ok = ();
            type Error = NotDigested;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotDigested> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), NotDigested> {
                Ok(())
            }
        }
    )+};
}

macro_rules! fields {
    ($($of:ident),+) => {$(
        impl ser::$of for &mut Form<'_> {
            type Ok = ();
            type Error = NotDigested;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), NotDigested> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), NotDigested> {
                Ok(())
            }
        }
    )+};
}

parts!(SerializeSeq: serialize_element, SerializeTuple: serialize_element);
parts!(SerializeTupleStruct: serialize_field, SerializeTupleVariant: serialize_field);
fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for &mut Form<'_> {
    type Ok = ();
    type Error = NotDigested;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotDigested> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotDigested> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), NotDigested> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ContactId, OperatorId, contact::Owner, dialogue::Line, intent::Language};

    fn digest_of(entries: &[(i64, &[Command])]) -> String {
        let mut digest = Digest::default();
        for (at, commands) in entries {
            digest.apply(Timestamp(*at), commands).unwrap();
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
