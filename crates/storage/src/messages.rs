//! The outbox: what is owed to whom in writing, how often it was tried, and when it is tried next. That a message is owed,
//! was sent or given up is written with the journal entry that says so; the trying is noted beside it. Where it goes and
//! what it says are a payload, so that erasing it leaves nothing to be sent.

use crate::{
    PayloadKind, Store, StoreError,
    database::{Connection, Transaction, from_row, sql},
    hashing::{Hash, hex, keyed},
    lease::fence,
};
use domain::{
    BookingId, ContactId, MessageNumber, Timestamp,
    contact::{Medium, MessageRecord},
    intent::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// Most that are read at once.
const ROWS_MAX: u32 = 100;
/// Bytes of a message's id that are written out: enough that no two are ever alike.
const ID_BYTES: usize = 16;

/// Where a message goes and what it says, as it is kept in its payload.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    #[serde(default)]
    pub message: MessageNumber,
    /// A number with its country code, or a mail address; none when it is looked up among what else is kept of the
    /// contact.
    #[serde(default, alias = "number", skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Of a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub text: String,
    /// Whose link is filled in when it is sent: it never stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<BookingId>,
    /// The same of what they sent in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<ContactId>,
    /// The same of the question how it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surveys: Option<ContactId>,
    /// The same of where they can send files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<ContactId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
}

/// A file that goes with a mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: String,
    /// "text/calendar; method=PUBLISH"
    pub media_type: String,
    pub body: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(hidden)")
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attachment(hidden)")
    }
}

/// A message that is to be sent now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwedMessage {
    pub contact: ContactId,
    pub message: MessageNumber,
    pub language: Language,
    /// The same at every attempt, and of no other message; it tells nothing of the contact.
    pub id: String,
    pub owed: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// None once it was erased.
    pub words: Option<Message>,
}

/// All that is owed, in figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct MessagesOwed {
    pub count: u64,
    pub oldest: Option<Timestamp>,
    pub next_attempt: Option<Timestamp>,
}

/// An attempt in vain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt {
    pub contact: ContactId,
    pub message: MessageNumber,
    /// With this one.
    pub attempts: u32,
    pub next: Timestamp,
    /// A word of ours: what a gateway writes may repeat the number.
    pub error: &'static str,
}

/// What the journal tells of a message.
#[derive(PartialEq)]
pub struct StoredMessage {
    pub contact: i64,
    pub message: i64,
    medium: String,
    template: String,
    form: Option<String>,
    language: String,
    state: String,
    owed: i64,
    settled: Option<i64>,
}
from_row!(StoredMessage: contact, message, medium, template, form, language, state, owed, settled);

impl StoredMessage {
    pub fn of(contact: ContactId, record: &MessageRecord) -> Self {
        Self {
            contact: i64::try_from(contact.0).unwrap_or(i64::MAX),
            message: i64::from(record.message.0),
            medium: record.medium.word().to_owned(),
            template: record.template.word().to_owned(),
            form: record.form.clone(),
            language: record.language.word().to_owned(),
            state: record.state.word().to_owned(),
            owed: record.owed.0,
            settled: record.settled.map(|at| at.0),
        }
    }

    pub fn key(&self) -> (ContactId, MessageNumber) {
        (ContactId(u64::try_from(self.contact).unwrap_or(0)), MessageNumber(u32::try_from(self.message).unwrap_or(0)))
    }
}

/// The id under which a message goes out.
fn id_of(secret: &Hash, contact: ContactId, message: MessageNumber) -> String {
    // The first is called as when there was one of each contact, so that what was on its way then is still known.
    let named = match message {
        MessageNumber(1) => format!("svar text {contact}"),
        later => format!("svar message {contact} {later}"),
    };
    let mut id = hex(&keyed(secret, named.as_bytes()));
    id.truncate(2 * ID_BYTES);
    id
}

fn sent_key(secret: &Hash, id: &str) -> String {
    hex(&keyed(secret, format!("svar sent {id}").as_bytes()))
}

/// By which the payload of a message is found when somebody answers it.
pub fn payload_key(secret: &Hash, contact: ContactId, body: &Value) -> Option<String> {
    let number = body.get("message").map_or(Some(MessageNumber::default()), |number| serde_json::from_value(number.clone()).ok())?;
    Some(sent_key(secret, &id_of(secret, contact, number)))
}

struct Due {
    contact: i64,
    message: i64,
    language: String,
    owed: i64,
    attempts: i64,
}
from_row!(Due: contact, message, language, owed, attempts);

pub async fn put(transaction: &mut Transaction, contact: ContactId, record: &MessageRecord) -> Result<(), StoreError> {
    let row = StoredMessage::of(contact, record);
    let text = "INSERT INTO messages (contact, message, medium, template, form, language, state, owed, settled, attempts, next_attempt, \
                last_error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $8, NULL) \
                ON CONFLICT (contact, message) DO UPDATE SET medium = excluded.medium, template = excluded.template, \
                form = excluded.form, language = excluded.language, state = excluded.state, owed = excluded.owed, \
                settled = excluded.settled";
    let statement =
        sql!(text, row.contact, row.message, row.medium, row.template, row.form, row.language, row.state, row.owed, row.settled);
    transaction.execute(statement).await.map(drop)
}

/// Those after `after`, for walking all of them.
pub async fn page(connection: &mut Connection, after: (i64, i64), limit: u32) -> Result<Vec<StoredMessage>, StoreError> {
    let text = "SELECT contact, message, medium, template, form, language, state, owed, settled FROM messages \
                WHERE contact > $1 OR (contact = $1 AND message > $2) ORDER BY contact, message LIMIT $3";
    connection.all(sql!(text, after.0, after.1, i64::from(limit))).await
}

impl Store {
    /// Messages of a medium that are to be tried at `now`, longest due first; at most 100.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a message cannot be read.
    pub async fn messages_due(&self, medium: Medium, now: Timestamp) -> Result<Vec<OwedMessage>, StoreError> {
        let text = "SELECT contact, message, language, owed, attempts FROM messages \
                    WHERE state = 'owed' AND medium = $1 AND next_attempt <= $2 ORDER BY next_attempt, contact, message LIMIT $3";
        let mut connection = self.database().snapshot().await?;
        let rows: Vec<Due> = connection.all(sql!(text, medium.word(), now, i64::from(ROWS_MAX))).await?;
        let mut due = Vec::new();
        for row in rows {
            due.push(self.owed_message(&mut connection, row).await?);
        }
        connection.undo().await?;
        Ok(due)
    }

    async fn owed_message(&self, connection: &mut Connection, row: Due) -> Result<OwedMessage, StoreError> {
        let contact = ContactId(u64::try_from(row.contact).unwrap_or(0));
        let message = MessageNumber(u32::try_from(row.message).unwrap_or(0));
        let unreadable = || StoreError::Corrupt(format!("message {message} to contact {contact} cannot be read"));
        let text = "SELECT body FROM payloads WHERE contact = $1 AND kind IN ($2, $3) AND body IS NOT NULL ORDER BY seq, place";
        let kinds = [PayloadKind::Text, PayloadKind::Message].map(PayloadKind::word);
        let bodies: Vec<(String,)> = connection.all(sql!(text, contact, kinds[0], kinds[1])).await?;
        let kept = bodies.iter().map(|(body,)| serde_json::from_str::<Message>(body)).collect::<Result<Vec<_>, _>>();
        let words = kept.map_err(|_| unreadable())?.into_iter().find(|kept| kept.message == message);
        let language = Language::from_word(&row.language).ok_or_else(unreadable)?;
        let attempts = u32::try_from(row.attempts).unwrap_or(u32::MAX);
        Ok(OwedMessage { contact, message, language, id: self.message_id(contact, message), owed: Timestamp(row.owed), attempts, words })
    }

    /// The id under which a message goes out, each time the same.
    #[must_use]
    pub fn message_id(&self, contact: ContactId, message: MessageNumber) -> String {
        id_of(&self.inner.secret, contact, message)
    }

    /// The contact that a message went to, by the id under which it went out; none once it was erased. A message of before its
    /// id was kept is not found.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn contact_of_message(&self, id: &str) -> Result<Option<ContactId>, StoreError> {
        let key = sent_key(&self.inner.secret, id);
        let text = "SELECT contact FROM payloads WHERE caller_key = $1 ORDER BY contact LIMIT 1";
        let row: Option<(i64,)> = self.database().read().await?.maybe(sql!(text, key)).await?;
        Ok(row.and_then(|(contact,)| u64::try_from(contact).ok()).map(ContactId))
    }

    /// How many messages of a medium were given up since then.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn messages_given_up(&self, medium: Medium, since: Timestamp) -> Result<u64, StoreError> {
        let text = "SELECT COUNT(*) FROM messages WHERE state = 'given_up' AND medium = $1 AND settled >= $2";
        let (count,): (i64,) = self.database().read().await?.one(sql!(text, medium.word(), since)).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// How many are owed by each medium, since when, and when the next is to be tried; none of a medium that owes nothing.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn messages_owed(&self) -> Result<BTreeMap<Medium, MessagesOwed>, StoreError> {
        let text = "SELECT medium, COUNT(*), MIN(owed), MIN(next_attempt) FROM messages WHERE state = 'owed' GROUP BY medium";
        let rows: Vec<(String, i64, i64, i64)> = self.database().read().await?.all(sql!(text)).await?;
        let of = |(medium, count, oldest, next): (String, i64, i64, i64)| {
            let (oldest, next_attempt) = (Some(Timestamp(oldest)), Some(Timestamp(next)));
            Some((Medium::from_word(&medium)?, MessagesOwed { count: u64::try_from(count).unwrap_or(0), oldest, next_attempt }))
        };
        Ok(rows.into_iter().filter_map(of).collect())
    }

    /// Notes an attempt in vain, of a message that is still owed.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] without the lease.
    pub async fn note_attempt(&self, attempt: &Attempt) -> Result<(), StoreError> {
        let term = self.inner.held.term().ok_or(StoreError::Fenced)?;
        let mut transaction = self.database().write().await?;
        fence(&mut transaction, term).await?;
        let text = "UPDATE messages SET attempts = $3, next_attempt = $4, last_error = $5 \
                    WHERE contact = $1 AND message = $2 AND state = 'owed'";
        let Attempt { contact, message, attempts, next, error } = *attempt;
        transaction.execute(sql!(text, contact, i64::from(message.0), i64::from(attempts), next, error)).await?;
        transaction.commit().await
    }
}
