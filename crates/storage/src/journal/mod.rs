//! The journal: every event with the decisions that followed, in one gapless, hash-chained order.
//!
//! An entry's hash is SHA-256 over, in this order: the text `svar journal 1` and a line feed; the
//! hash of the entry before (32 bytes, nought for the first); `seq`, `term` and `at` as 64-bit
//! big-endian integers; the length of the body in bytes (64 bits) and the body in UTF-8; the number
//! of payload hashes (64 bits) and each of them (32 bytes). The body is the canonical JSON of
//! `{"commands", "event", "v"}`. Personal data is never in it: see [`crate::payloads`].

mod read;
mod writer;

pub use read::{Chained, chained, highest};
pub use writer::{Append, Writer};

use crate::{
    StoreError, Term,
    hashing::{Hash, canonical, sha256},
    payloads::{Payload, Sealed},
};
use domain::{
    ClassId, ContactId, MessageNumber, Timestamp,
    booking::BookingRecord,
    contact::{
        MessageRecord,
        ledger::{Changes, ContactRecord, Ledger, MatterRecord, PromiseRecord},
    },
    routing::{Command, Event},
    survey::SurveyRecord,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of the body's form, raised when an older reader could misread it.
const BODY_VERSION: u32 = 1;

/// The place of an entry in the journal, from 1 and without gaps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One event with all that follows from it, to be saved whole or not at all.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub at: Timestamp,
    pub event: Event,
    pub commands: Vec<Command>,
    /// Every record these commands changed, as it is after them.
    pub records: Records,
    pub payloads: Vec<Payload>,
}

/// Records as they are after an entry; each takes the place of the one with its id.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Records {
    pub contacts: Vec<ContactRecord>,
    pub matters: Vec<MatterRecord>,
    pub promises: Vec<PromiseRecord>,
    /// Until when callers of a class are told that too many ring; none: not any more.
    pub surges: Vec<(ClassId, Option<Timestamp>)>,
    /// Messages that became owed, were sent or given up.
    pub messages: Vec<(ContactId, MessageRecord)>,
    pub bookings: Vec<BookingRecord>,
    pub surveys: Vec<SurveyRecord>,
}

impl Records {
    /// What an entry changed, as the ledger has it after that entry.
    #[must_use]
    pub fn of(changes: &Changes, ledger: &Ledger) -> Self {
        Self {
            contacts: changes.contacts.iter().filter_map(|id| ledger.contacts.get(id).cloned()).collect(),
            matters: changes.matters.iter().filter_map(|id| ledger.matters.get(id).cloned()).collect(),
            promises: changes.promises.iter().filter_map(|id| ledger.promises.get(id).cloned()).collect(),
            surges: changes.surges.iter().map(|class| (class.clone(), ledger.surges.get(class).copied())).collect(),
            messages: changes.messages.iter().filter_map(|id| message_of(ledger, *id)).collect(),
            bookings: changes.bookings.iter().filter_map(|id| ledger.bookings.get(id).cloned()).collect(),
            surveys: changes.surveys.iter().filter_map(|id| ledger.surveys.get(id).cloned()).collect(),
        }
    }
}

fn message_of(ledger: &Ledger, (contact, message): (ContactId, MessageNumber)) -> Option<(ContactId, MessageRecord)> {
    let record = ledger.contacts.get(&contact)?;
    record.messages.iter().find(|known| known.message == message).map(|known| (contact, known.clone()))
}

/// An entry as it was saved.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Entry {
    pub seq: Seq,
    pub term: Term,
    pub at: Timestamp,
    pub event: Event,
    pub commands: Vec<Command>,
}

/// The last entry and its hash. Written down elsewhere, it shows later that nothing before it was
/// changed or cut off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Head {
    pub seq: Seq,
    pub hash: String,
}

/// The first numbers that were never given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NextIds {
    pub contact: u64,
    pub matter: u64,
    pub promise: u64,
    pub offer: u64,
    pub attempt: u64,
    pub booking: u64,
}

/// What counts as having been given: every number under these names in any entry.
pub const COUNTED: [&str; 6] = ["contact", "matter", "promise", "offer", "attempt", "booking"];

/// The highest number seen of each of [`COUNTED`].
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Highest(pub [u64; COUNTED.len()]);

impl Highest {
    pub fn see(&mut self, kind: usize, number: u64) {
        if let Some(highest) = self.0.get_mut(kind) {
            *highest = number.max(*highest);
        }
    }

    /// By name and at any depth, so that an id in a new event is counted without a line here.
    pub fn see_all(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::Object(members) => {
                for (name, member) in members {
                    match (COUNTED.iter().position(|counted| counted == name), member.as_u64()) {
                        (Some(kind), Some(number)) => self.see(kind, number),
                        _ => self.see_all(member),
                    }
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| self.see_all(item)),
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) | serde_json::Value::String(_) => {}
        }
    }

    pub fn include(&mut self, other: Self) {
        for (kind, number) in other.0.into_iter().enumerate() {
            self.see(kind, number);
        }
    }

    pub fn next(self) -> NextIds {
        let [contact, matter, promise, offer, attempt, booking] = self.0.map(|highest| highest.saturating_add(1));
        NextIds { contact, matter, promise, offer, attempt, booking }
    }
}

#[derive(Deserialize)]
pub struct Body {
    pub event: Event,
    pub commands: Vec<Command>,
    v: u32,
}

impl Body {
    pub fn read(text: &str) -> Result<Self, String> {
        let body: Self = serde_json::from_str(text).map_err(|error| format!("its body cannot be read: {error}"))?;
        if body.v != BODY_VERSION {
            return Err(format!("its body is of version {}, this program reads {BODY_VERSION}", body.v));
        }
        Ok(body)
    }
}

/// A new entry with everything decided but its place in the chain.
pub struct Prepared {
    pub at: Timestamp,
    pub body: String,
    pub payloads: Vec<Sealed>,
    pub records: Records,
    pub highest: Highest,
}

impl Prepared {
    pub fn new(entry: NewEntry, secret: &Hash) -> Result<Self, StoreError> {
        let body = serde_json::json!({ "v": BODY_VERSION, "event": entry.event, "commands": entry.commands });
        let mut highest = Highest::default();
        highest.see_all(&body);
        let payloads = entry.payloads.into_iter().map(|payload| Sealed::new(payload, secret)).collect();
        Ok(Self { at: entry.at, body: canonical(&body), payloads, records: entry.records, highest })
    }

    pub fn payload_hashes(&self) -> Vec<Hash> {
        self.payloads.iter().map(|payload| payload.hash).collect()
    }
}

/// What the hash of an entry covers besides the hash before it.
pub struct Hashed<'a> {
    pub seq: u64,
    pub term: u64,
    pub at: i64,
    pub body: &'a str,
    pub payload_hashes: &'a [Hash],
}

impl Hashed<'_> {
    /// See the head of this module.
    pub fn hash(&self, previous: &Hash) -> Hash {
        let length = |count: usize| u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes();
        sha256(&[
            b"svar journal 1\n",
            previous,
            &self.seq.to_be_bytes(),
            &self.term.to_be_bytes(),
            &self.at.to_be_bytes(),
            &length(self.body.len()),
            self.body.as_bytes(),
            &length(self.payload_hashes.len()),
            self.payload_hashes.as_flattened(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::hex;

    #[test]
    fn the_hash_of_an_entry_is_as_documented() {
        let body = r#"{"commands":[],"event":{"kind":"time_passed"},"v":1}"#;
        let payload_hashes = [[7; 32]];
        let entry = Hashed { seq: 1, term: 2, at: -3, body, payload_hashes: &payload_hashes };
        let mut bytes = b"svar journal 1\n".to_vec();
        bytes.extend([0; 32]);
        for number in [1_i64, 2, -3, 52] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(body.as_bytes());
        bytes.extend(1_u64.to_be_bytes());
        bytes.extend([7; 32]);
        assert_eq!(hex(&entry.hash(&[0; 32])), hex(&sha256(&[&bytes])));
    }

    #[test]
    fn ids_are_counted_wherever_they_stand() {
        let mut highest = Highest::default();
        highest.see_all(&serde_json::json!({
            "event": { "kind": "party_answered", "contact": 7, "attempt": 3 },
            "commands": [{ "alarm": { "promise": 9 } }, { "offer": 4, "contact": 5 }, { "queue": 99, "matter": "x" }],
        }));
        assert_eq!(highest.next(), NextIds { contact: 8, matter: 1, promise: 10, offer: 5, attempt: 4, booking: 1 });
    }
}
