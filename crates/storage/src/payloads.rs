//! Personal data beside the chain: who called, from where, in which words. The journal keeps only a
//! salted hash of each, so erasing one breaks no chain.
//!
//! A payload's hash is SHA-256 over the text `svar payload 1` and a line feed, 32 random bytes, the
//! contact as a 64-bit big-endian integer, the word of its kind and a line feed, and the canonical
//! JSON of its body. Erasing forgets body and salt alike: with the salt kept, a telephone number
//! could be found again by trying them all.

use crate::{
    Seq, Store, StoreError,
    database::{Transaction, from_row, sql},
    evidence,
    hashing::{Hash, canonical, hex, keyed, sha256},
    messages, retention,
};
use domain::{ContactId, MatterId, Timestamp, contact::ledger::ContactRecord};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// Most contacts of one caller that are looked up.
const EARLIER_CONTACTS_MAX: u32 = 100;
/// Most payloads of a matter that are looked at for an address, the latest ones.
const KNOWN_PAYLOADS_MAX: u32 = 200;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayloadKind {
    /// Who calls: `number`, `display`.
    Caller,
    /// Where it is: circle, civic address, text.
    Place,
    /// What was said and heard.
    Words,
    /// The sender's own document, byte for byte.
    Intake,
    /// The one text message of a contact, as older entries have it: `number`, `text`.
    Text,
    /// What they are told in writing: [`crate::Message`].
    Message,
    /// Where a caller wants to be rung instead: `number`.
    CallBack,
    /// What somebody wrote who booked a time: `number`, `mail`, `name`, `words`, `interpreter`, `needs`.
    Booking,
    /// What was written to us: `subject`, `text`, `reference`, `key` where it could come twice, and `through` where whoever sent
    /// that contact added it by their link; of a mail also `message_id`,
    /// `sha256`, `file`, what is attached and how far its sender is proved.
    Written,
    /// What we asked whoever wrote: `text`.
    Question,
    /// What they think of how they were met: `text`.
    Opinion,
}

impl PayloadKind {
    const ALL: [Self; 11] = [
        Self::Caller,
        Self::Place,
        Self::Words,
        Self::Intake,
        Self::Text,
        Self::Message,
        Self::CallBack,
        Self::Booking,
        Self::Written,
        Self::Question,
        Self::Opinion,
    ];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Place => "place",
            Self::Words => "words",
            Self::Intake => "intake",
            Self::Text => "text",
            Self::Message => "message",
            Self::CallBack => "call_back",
            Self::Booking => "booking",
            Self::Written => "written",
            Self::Question => "question",
            Self::Opinion => "opinion",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Personal data of a contact, saved with the entry it came with.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    pub contact: ContactId,
    pub kind: PayloadKind,
    /// A [`PayloadKind::Caller`] has `number` or `address` as a text; earlier contacts are found by it. A
    /// [`PayloadKind::Written`] may have `key`; it is found by that, so that nothing is taken in twice. A
    /// [`PayloadKind::Message`] is found by the id under which it went out.
    pub body: Value,
}

impl Payload {
    #[must_use]
    pub fn caller(contact: ContactId, number: Option<&str>, display: Option<&str>) -> Self {
        Self { contact, kind: PayloadKind::Caller, body: json!({ "number": number, "display": display }) }
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({}, {}, hidden)", self.contact, self.kind.word())
    }
}

/// A payload as it was kept; `body` is none once erased.
#[derive(Clone, PartialEq, Serialize)]
pub struct KeptPayload {
    pub seq: Seq,
    pub at: Timestamp,
    pub kind: PayloadKind,
    pub body: Option<Value>,
    pub erased: Option<Timestamp>,
}

impl fmt::Debug for KeptPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptPayload({}, {}, hidden)", self.seq, self.kind.word())
    }
}

/// A contact with all that is kept of it. Reading it is to be noted in the access log.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ContactFile {
    pub record: ContactRecord,
    /// In the order in which they came.
    pub payloads: Vec<KeptPayload>,
}

/// A payload with its salt and hash, ready to be written.
pub struct Sealed {
    contact: ContactId,
    kind: PayloadKind,
    body: String,
    salt: Hash,
    pub hash: Hash,
    caller_key: Option<String>,
}

struct StoredPayload {
    seq: i64,
    at: i64,
    kind: String,
    body: Option<String>,
    erased: Option<i64>,
}
from_row!(StoredPayload: seq, at, kind, body, erased);

pub fn payload_hash(salt: &Hash, contact: u64, kind: &str, body: &str) -> Hash {
    sha256(&[b"svar payload 1\n", salt, &contact.to_be_bytes(), kind.as_bytes(), b"\n", body.as_bytes()])
}

/// The same for every way of writing a number with spaces, hyphens and brackets.
pub fn caller_key(secret: &Hash, number: &str) -> Option<String> {
    let plain: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '\u{a0}')).collect();
    (!plain.is_empty()).then(|| hex(&keyed(secret, plain.as_bytes())))
}

/// Of one thing that was written to us; never that of a number or an address.
fn written_key(secret: &Hash, key: &str) -> String {
    hex(&keyed(secret, format!("svar written {key}").as_bytes()))
}

impl Sealed {
    pub fn new(payload: Payload, secret: &Hash) -> Self {
        let salt = rand::random::<Hash>();
        let body = canonical(&payload.body);
        let hash = payload_hash(&salt, payload.contact.0, payload.kind.word(), &body);
        let text = |field| payload.body.get(field).and_then(Value::as_str);
        let known_by = match payload.kind {
            PayloadKind::Caller => text("number").or_else(|| text("address")),
            PayloadKind::Booking => text("number").or_else(|| text("mail")),
            _ => None,
        };
        let named = match payload.kind {
            PayloadKind::Written => text("key").map(|key| written_key(secret, key)),
            PayloadKind::Message => messages::payload_key(secret, payload.contact, &payload.body),
            _ => None,
        };
        let caller_key = known_by.and_then(|number| caller_key(secret, number)).or(named);
        Self { contact: payload.contact, kind: payload.kind, body, salt, hash, caller_key }
    }

    pub async fn insert(&self, transaction: &mut Transaction, seq: u64, place: i64, at: Timestamp) -> Result<(), StoreError> {
        let text = "INSERT INTO payloads (seq, place, contact, kind, at, hash, salt, body, caller_key) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let statement = sql!(
            text,
            seq,
            place,
            self.contact,
            self.kind.word(),
            at,
            hex(&self.hash),
            hex(&self.salt),
            &self.body,
            self.caller_key.clone()
        );
        transaction.execute(statement).await.map(drop)
    }
}

impl Store {
    /// A contact with its payloads; none when there is no such contact.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a row cannot be read.
    pub async fn contact(&self, contact: ContactId) -> Result<Option<ContactFile>, StoreError> {
        let mut connection = self.database().read().await?;
        let Some(record) = crate::records::contact(&mut connection, contact).await? else { return Ok(None) };
        let text = "SELECT seq, at, kind, body, erased FROM payloads WHERE contact = $1 ORDER BY seq, place";
        let rows: Vec<StoredPayload> = connection.all(sql!(text, contact)).await?;
        let unreadable = || StoreError::Corrupt(format!("a payload of contact {contact} cannot be read"));
        let payloads = rows.into_iter().map(|StoredPayload { seq, at, kind, body, erased }| {
            Ok(KeptPayload {
                seq: Seq(u64::try_from(seq).unwrap_or(0)),
                at: Timestamp(at),
                kind: PayloadKind::from_word(&kind).ok_or_else(unreadable)?,
                body: body.map(|body| serde_json::from_str(&body)).transpose().map_err(|_| unreadable())?,
                erased: erased.map(Timestamp),
            })
        });
        Ok(Some(ContactFile { record, payloads: payloads.collect::<Result<_, StoreError>>()? }))
    }

    /// What was kept of earlier contacts from this number, newest first, before contact `before`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn earlier_contacts_of(&self, number: &str, before: ContactId, limit: u32) -> Result<Vec<ContactRecord>, StoreError> {
        let Some(key) = caller_key(&self.inner.secret, number) else { return Ok(Vec::new()) };
        let text = "SELECT record FROM contacts WHERE contact < $2 \
                    AND contact IN (SELECT contact FROM payloads WHERE caller_key = $1) ORDER BY contact DESC LIMIT $3";
        let limit = i64::from(limit.min(EARLIER_CONTACTS_MAX));
        let rows: Vec<(String,)> = self.database().read().await?.all(sql!(text, key, before, limit)).await?;
        rows.iter().map(|(record,)| crate::records::read_contact(record)).collect()
    }

    /// The contact that something written was taken in as, by the key that its payload has.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn contact_of_written(&self, key: &str) -> Result<Option<ContactId>, StoreError> {
        let key = written_key(&self.inner.secret, key);
        let text = "SELECT contact FROM payloads WHERE caller_key = $1 ORDER BY contact LIMIT 1";
        let row: Option<(i64,)> = self.database().read().await?.maybe(sql!(text, key)).await?;
        Ok(row.and_then(|(contact,)| u64::try_from(contact).ok()).map(ContactId))
    }

    /// Whether a mail address is one that a contact of this matter came from or gave, as far as anybody has said or linked so.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a payload cannot be read.
    pub async fn is_known_to(&self, matter: MatterId, address: &str) -> Result<bool, StoreError> {
        let text = "SELECT body FROM payloads WHERE kind IN ($2, $3) AND body IS NOT NULL \
                    AND contact IN (SELECT contact FROM contacts WHERE matter = $1) ORDER BY seq DESC LIMIT $4";
        let kinds = [PayloadKind::Caller, PayloadKind::Booking].map(PayloadKind::word);
        let statement = sql!(text, matter, kinds[0], kinds[1], i64::from(KNOWN_PAYLOADS_MAX));
        let rows: Vec<(String,)> = self.database().read().await?.all(statement).await?;
        let is_theirs = |body: &Value| {
            let known = ["address", "mail"].into_iter().filter_map(|field| body.get(field).and_then(Value::as_str));
            known.into_iter().any(|known| known.trim().to_lowercase() == address.trim().to_lowercase())
        };
        for (body,) in rows {
            let body =
                serde_json::from_str(&body).map_err(|_| StoreError::Corrupt(format!("a payload of matter {matter} cannot be read")))?;
            if is_theirs(&body) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Erases the personal data of a contact for good: payloads, report drafts and evidence. The chain stays
    /// valid. Returns how many payloads were erased now. For tests: it asks nobody and is in no log, as
    /// [`Store::erase_contact`] is.
    ///
    /// # Errors
    /// What the database answered.
    #[doc(hidden)]
    pub async fn erase_payloads(&self, contact: ContactId, at: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.database().write().await?;
        let (erased, files) = retention::erase(&mut transaction, contact, at).await?;
        transaction.commit().await?;
        evidence::forget_files(self, files).await;
        self.database().scrub().await?;
        Ok(erased)
    }
}
