//! The outbox of text messages: what is owed to whom, how often it was tried, and when it is tried next. That one is owed,
//! was sent or given up is written with the journal entry that says so; the trying is noted beside it. Number and words
//! are a payload, so that erasing it leaves nothing to be sent.

use crate::{
    PayloadKind, Store, StoreError,
    database::{Connection, Transaction, from_row, sql},
    hashing::{hex, keyed},
    lease::fence,
};
use domain::{ContactId, Timestamp, contact::TextRecord};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most that are read at once.
const ROWS_MAX: u32 = 100;
/// Bytes of a message's id that are written out: enough that no two are ever alike.
const ID_BYTES: usize = 16;

/// Number and words of a message.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct TextMessage {
    /// With its country code.
    pub number: String,
    pub text: String,
}

impl fmt::Debug for TextMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TextMessage(hidden)")
    }
}

/// A message that is to be sent now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwedText {
    pub contact: ContactId,
    /// The same at every attempt, and of no other message; it tells nothing of the contact.
    pub id: String,
    pub owed: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// None once it was erased.
    pub message: Option<TextMessage>,
}

/// All that is owed, in figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct TextsOwed {
    pub count: u64,
    pub oldest: Option<Timestamp>,
    pub next_attempt: Option<Timestamp>,
}

/// An attempt in vain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt {
    pub contact: ContactId,
    /// With this one.
    pub attempts: u32,
    pub next: Timestamp,
    /// A word of ours: what the gateway writes may repeat the number.
    pub error: &'static str,
}

/// What the journal tells of a message.
#[derive(PartialEq)]
pub struct StoredText {
    pub contact: i64,
    form: String,
    language: String,
    state: String,
    owed: i64,
    settled: Option<i64>,
}
from_row!(StoredText: contact, form, language, state, owed, settled);

impl StoredText {
    pub fn of(contact: ContactId, text: &TextRecord) -> Self {
        Self {
            contact: i64::try_from(contact.0).unwrap_or(i64::MAX),
            form: text.form.clone(),
            language: text.language.word().to_owned(),
            state: text.state.word().to_owned(),
            owed: text.owed.0,
            settled: text.settled.map(|at| at.0),
        }
    }
}

struct DueText {
    contact: i64,
    owed: i64,
    attempts: i64,
    body: Option<String>,
}
from_row!(DueText: contact, owed, attempts, body);

pub async fn put(transaction: &mut Transaction, contact: ContactId, text: &TextRecord) -> Result<(), StoreError> {
    let row = StoredText::of(contact, text);
    let text = "INSERT INTO texts (contact, form, language, state, owed, settled, attempts, next_attempt, last_error) \
                VALUES ($1, $2, $3, $4, $5, $6, 0, $5, NULL) \
                ON CONFLICT (contact) DO UPDATE SET form = excluded.form, language = excluded.language, state = excluded.state, \
                owed = excluded.owed, settled = excluded.settled";
    let statement = sql!(text, row.contact, row.form, row.language, row.state, row.owed, row.settled);
    transaction.execute(statement).await.map(drop)
}

/// Those of contacts after `after` by number, for walking all of them.
pub async fn page(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<StoredText>, StoreError> {
    let text = "SELECT contact, form, language, state, owed, settled FROM texts WHERE contact > $1 ORDER BY contact LIMIT $2";
    connection.all(sql!(text, after, i64::from(limit))).await
}

impl Store {
    /// Messages that are to be tried at `now`, longest due first; at most 100.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a message cannot be read.
    pub async fn texts_due(&self, now: Timestamp) -> Result<Vec<OwedText>, StoreError> {
        let text = "SELECT texts.contact, texts.owed, texts.attempts, payloads.body FROM texts \
                    LEFT JOIN payloads ON payloads.contact = texts.contact AND payloads.kind = $2 \
                    WHERE texts.state = 'owed' AND texts.next_attempt <= $1 ORDER BY texts.next_attempt, texts.contact LIMIT $3";
        let statement = sql!(text, now, PayloadKind::Text.word(), i64::from(ROWS_MAX));
        let rows: Vec<DueText> = self.database().read().await?.all(statement).await?;
        rows.into_iter().map(|row| self.owed_text(row)).collect()
    }

    fn owed_text(&self, row: DueText) -> Result<OwedText, StoreError> {
        let contact = ContactId(u64::try_from(row.contact).unwrap_or(0));
        let unreadable = |_| StoreError::Corrupt(format!("the text message to contact {contact} cannot be read"));
        let message = row.body.map(|body| serde_json::from_str(&body)).transpose().map_err(unreadable)?;
        let mut id = hex(&keyed(&self.inner.secret, format!("svar text {contact}").as_bytes()));
        id.truncate(2 * ID_BYTES);
        Ok(OwedText { contact, id, owed: Timestamp(row.owed), attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX), message })
    }

    /// How many are owed, since when, and when the next is to be tried.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn texts_owed(&self) -> Result<TextsOwed, StoreError> {
        let text = "SELECT COUNT(*), MIN(owed), MIN(next_attempt) FROM texts WHERE state = 'owed'";
        let (count, oldest, next): (i64, Option<i64>, Option<i64>) = self.database().read().await?.one(sql!(text)).await?;
        let (oldest, next_attempt) = (oldest.map(Timestamp), next.map(Timestamp));
        Ok(TextsOwed { count: u64::try_from(count).unwrap_or(0), oldest, next_attempt })
    }

    /// Notes an attempt in vain, of a message that is still owed.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] without the lease.
    pub async fn note_text_attempt(&self, attempt: &Attempt) -> Result<(), StoreError> {
        let term = self.inner.held.term().ok_or(StoreError::Fenced)?;
        let mut transaction = self.database().write().await?;
        fence(&mut transaction, term).await?;
        let text = "UPDATE texts SET attempts = $2, next_attempt = $3, last_error = $4 WHERE contact = $1 AND state = 'owed'";
        let Attempt { contact, attempts, next, error } = *attempt;
        transaction.execute(sql!(text, contact, i64::from(attempts), next, error)).await?;
        transaction.commit().await
    }
}
