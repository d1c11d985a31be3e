//! Hashes, keyed hashes, random tokens and the one way JSON is written when it is hashed. What the
//! bytes under each hash are is told here and in [`crate::journal`], so that another program can
//! check a chain.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// SHA-256, 32 bytes.
pub type Hash = [u8; 32];

/// Bytes in one block of SHA-256, as HMAC needs them.
const BLOCK_BYTES: usize = 64;

pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// HMAC-SHA-256 (RFC 2104) with a key of at most 64 bytes.
pub fn keyed(key: &[u8; 32], message: &[u8]) -> Hash {
    let mut inner = [0x36_u8; BLOCK_BYTES];
    let mut outer = [0x5c_u8; BLOCK_BYTES];
    for (place, byte) in key.iter().enumerate() {
        inner[place] ^= byte;
        outer[place] ^= byte;
    }
    sha256(&[&outer, &sha256(&[&inner, message])])
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Any number of bytes; none of what is not two hexadecimal digits for each.
pub fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    // A sign would pass as a digit.
    let is_hex = text.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect())?
}

/// None unless `text` is 64 hexadecimal digits.
pub fn unhex(text: &str) -> Option<Hash> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// JSON without spaces and with the keys of every object in order of their code points (as RFC 8785
/// for what we write: our keys are ASCII and our numbers integers).
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (place, (key, member)) in members.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                let _ = write!(text, "{}:", Value::from(key.as_str()));
                write_canonical(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = write!(text, "{value}");
        }
    }
}

/// A secret that opens a session or the API: shown once, kept only as its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// 256 random bits.
    pub(crate) fn random() -> Self {
        Self(hex(&rand::random::<Hash>()))
    }

    /// What is sent to its owner.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// Tokens are long and random, so a plain hash keeps them.
pub fn token_hash(secret: &str) -> String {
    hex(&sha256(&[b"svar token 1\n", secret.as_bytes()]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keyed_hash_is_the_one_of_rfc_4231() {
        // Test case 1: twenty bytes 0x0b; a key padded with nought is the same key.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        assert_eq!(hex(&keyed(&key, b"Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }

    #[test]
    fn canonical_json_does_not_depend_on_order() {
        let check = |one: &str, expected: &str| assert_eq!(canonical(&serde_json::from_str(one).unwrap()), expected);
        check(r#"{"b":1,"a":{"d":null,"c":[true,"x\n"]}}"#, r#"{"a":{"c":[true,"x\n"],"d":null},"b":1}"#);
        check(r#"{"å":1,"z":-2}"#, r#"{"z":-2,"å":1}"#);
    }

    #[test]
    fn hexadecimal_goes_both_ways() {
        let hash = sha256(&[b"abc"]);
        assert_eq!(hex(&hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(unhex(&hex(&hash)), Some(hash));
        assert_eq!(unhex("ba78"), None);
        for (text, bytes) in [("", Some(vec![])), ("00fF", Some(vec![0, 255])), ("0", None), ("+f", None), ("å", None)] {
            assert_eq!(bytes_of_hex(text), bytes, "{text}");
        }
        assert_eq!(unhex(&"å".repeat(32)), None);
    }
}
