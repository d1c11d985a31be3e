//! Who read whose personal data, when and why (LED article 25). Only ever appended to; the reading
//! itself waits for it.

use crate::{Store, StoreError, database::sql, records::PAGE_ROWS_MAX};
use domain::{ContactId, MatterId, OperatorId, Timestamp};
use serde::Serialize;

/// The person or program that read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    Account(OperatorId),
    /// An API token by its label.
    Token(String),
}

impl Reader {
    fn word(&self) -> String {
        match self {
            Self::Account(operator) => format!("account:{operator}"),
            Self::Token(label) => format!("token:{label}"),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word.split_once(':')? {
            ("account", number) => number.parse().ok().map(OperatorId).map(Self::Account),
            ("token", label) => Some(Self::Token(label.to_owned())),
            _ => None,
        }
    }
}

/// One reading, allowed or refused.
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

impl Store {
    /// # Errors
    /// What the database answered; then nothing may be shown.
    pub async fn log_access(&self, access: &Access) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        let text = "INSERT INTO access_log (at, reader, contact, matter, what, why) VALUES ($1, $2, $3, $4, $5, $6)";
        let Access { at, reader, contact, matter, what, why } = access;
        transaction.execute(sql!(text, *at, reader.word(), *contact, *matter, what, why)).await?;
        transaction.commit().await
    }

    /// Who read a contact, newest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn accesses_of(&self, contact: ContactId, limit: u32) -> Result<Vec<Access>, StoreError> {
        let text = "SELECT at, reader, contact, matter, what, why FROM access_log WHERE contact = $1 ORDER BY at DESC LIMIT $2";
        let rows: Vec<Row> = self.database().read().await?.all(sql!(text, contact, i64::from(limit.min(PAGE_ROWS_MAX)))).await?;
        rows.into_iter().map(read).collect()
    }

    /// All readings since `from`, in the order of time.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn accesses_from(&self, from: Timestamp, limit: u32) -> Result<Vec<Access>, StoreError> {
        let text = "SELECT at, reader, contact, matter, what, why FROM access_log WHERE at >= $1 ORDER BY at LIMIT $2";
        let rows: Vec<Row> = self.database().read().await?.all(sql!(text, from, i64::from(limit.min(PAGE_ROWS_MAX)))).await?;
        rows.into_iter().map(read).collect()
    }
}
