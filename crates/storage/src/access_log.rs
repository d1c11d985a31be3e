//! Who read whose personal data, when and why (LED article 25), and who was refused. Only ever appended
//! to; the reading itself waits for it.

use crate::{
    Store, StoreError,
    database::{Transaction, Value, sql},
    records::PAGE_ROWS_MAX,
};
use domain::{ContactId, MatterId, OperatorId, Timestamp};
use serde::Serialize;

/// The person or program that read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    Account(OperatorId),
    /// An API token by its label.
    Token(String),
    /// Svar itself, for nobody: what is erased after its time.
    System,
}

impl Reader {
    /// `account:7`, `token:board`, `system`.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Account(operator) => format!("account:{operator}"),
            Self::Token(label) => format!("token:{label}"),
            Self::System => SYSTEM.to_owned(),
        }
    }

    /// The reader of such a word; none when it is no such word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        if word == SYSTEM {
            return Some(Self::System);
        }
        match word.split_once(':')? {
            ("account", number) => number.parse().ok().map(OperatorId).map(Self::Account),
            ("token", label) => Some(Self::Token(label.to_owned())),
            _ => None,
        }
    }
}

/// How the log names Svar itself.
const SYSTEM: &str = "system";

/// One reading, allowed or refused; or a hold or an erasure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Access {
    pub at: Timestamp,
    pub reader: Reader,
    pub contact: Option<ContactId>,
    pub matter: Option<MatterId>,
    /// What was read, by the name of the page or call.
    pub what: String,
    /// The purpose, or why it was refused.
    pub why: String,
}

/// Which readings are wanted; an empty filter wants all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AccessFilter {
    pub contact: Option<ContactId>,
    /// Of the matter itself or of any of its contacts.
    pub matter: Option<MatterId>,
    pub reader: Option<Reader>,
    /// Only those at this time or later.
    pub from: Option<Timestamp>,
    /// Only those earlier than this.
    pub before: Option<Timestamp>,
}

type Row = (i64, String, Option<i64>, Option<i64>, String, String);

fn read((at, reader, contact, matter, what, why): Row) -> Result<Access, StoreError> {
    let id = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(Access {
        at: Timestamp(at),
        reader: Reader::from_word(&reader).ok_or_else(|| StoreError::Corrupt("a row of the access log cannot be read".to_owned()))?,
        contact: contact.map(id).map(ContactId),
        matter: matter.map(id).map(MatterId),
        what,
        why,
    })
}

macro_rules! wanted {
    ($of_contact:literal, $of_matter:literal) => {
        concat!(
            "SELECT at, reader, contact, matter, what, why FROM access_log WHERE ",
            $of_contact,
            " AND ",
            $of_matter,
            " AND ($3 = '' OR reader = $3) AND at < $4 AND at >= $6 ORDER BY at DESC LIMIT $5"
        )
    };
}

pub async fn write(transaction: &mut Transaction, access: &Access) -> Result<(), StoreError> {
    let text = "INSERT INTO access_log (at, reader, contact, matter, what, why) VALUES ($1, $2, $3, $4, $5, $6)";
    let Access { at, reader, contact, matter, what, why } = access;
    transaction.execute(sql!(text, *at, reader.word(), *contact, *matter, what, why)).await.map(drop)
}

impl Store {
    /// # Errors
    /// What the database answered; then nothing may be shown.
    pub async fn log_access(&self, access: &Access) -> Result<(), StoreError> {
        self.log_accesses(std::slice::from_ref(access)).await
    }

    /// Several at once: all of them, or none.
    ///
    /// # Errors
    /// What the database answered; then nothing may be shown.
    pub async fn log_accesses(&self, accesses: &[Access]) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        for access in accesses {
            write(&mut transaction, access).await?;
        }
        transaction.commit().await
    }

    /// Readings, newest first. A full page ends between two milliseconds where it can, so that asking for what
    /// was before its last row leaves none out.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn accesses(&self, wanted: &AccessFilter, limit: u32) -> Result<Vec<Access>, StoreError> {
        // An absent part of the filter is the number -1 or an empty text, which no row has. A contact and a matter are
        // asked for by themselves, so that their indexes serve.
        let text = match (wanted.contact, wanted.matter) {
            (Some(_), None) => wanted!("contact = $1", "$2 = -1"),
            (Some(_), Some(_)) => wanted!("contact = $1", "(matter = $2 OR contact IN (SELECT contact FROM contacts WHERE matter = $2))"),
            (None, Some(_)) => wanted!("$1 = -1", "(matter = $2 OR contact IN (SELECT contact FROM contacts WHERE matter = $2))"),
            (None, None) => wanted!("$1 = -1", "$2 = -1"),
        };
        let number = |id: Option<u64>| id.map_or(Value::from(-1_i64), Value::from);
        let (contact, matter) = (number(wanted.contact.map(|id| id.0)), number(wanted.matter.map(|id| id.0)));
        let reader = wanted.reader.as_ref().map_or_else(String::new, Reader::word);
        let before = wanted.before.map_or(i64::MAX, |at| at.0);
        let from = wanted.from.map_or(i64::MIN, |at| at.0);
        let limit = limit.min(PAGE_ROWS_MAX);
        let statement = sql!(text, contact, matter, reader, before, i64::from(limit) + 1, from);
        let rows: Vec<Row> = self.database().read().await?.all(statement).await?;
        whole_moments(rows, limit as usize).into_iter().map(read).collect()
    }
}

/// Of one row more than a page: the page without a moment that goes on beyond it, unless that is all there is.
fn whole_moments(mut rows: Vec<Row>, page: usize) -> Vec<Row> {
    let cut = rows.get(page).map(|beyond| beyond.0);
    rows.truncate(page);
    if rows.first().is_some_and(|first| Some(first.0) != cut) {
        rows.retain(|row| Some(row.0) != cut);
    }
    rows
}
