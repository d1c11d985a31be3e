//! The shape of the service's health.

use domain::contact::Medium;
use serde::Serialize;
use switchboard::{MailInStand, MessagesStand};
use utoipa::ToSchema;

/// Whether the parts of the centre work.
#[derive(Serialize, ToSchema)]
pub struct HealthReport {
    /// `ok`, or `degraded` while a part does not work.
    #[schema(example = "ok")]
    pub status: String,
    pub database: bool,
    pub telephony: bool,
    /// Callers are asked for words; else the dialogue goes by keys.
    pub recogniser: bool,
    /// How much of what callers mean is learnt, in a hundred, while the recogniser waits for it; else null.
    #[schema(example = json!(null))]
    pub learning_percent: Option<u8>,
    /// Calls are being taken.
    pub admitting: bool,
    /// Text messages and mails to citizens.
    pub messages: Vec<MessagesHealth>,
    /// Mail to us; null where none is taken in.
    pub mail_in: Option<MailInHealth>,
    pub version: String,
}

/// How the messages of a medium stand.
#[derive(Serialize, ToSchema)]
pub struct MessagesHealth {
    /// `text` or `mail`.
    #[schema(example = "mail")]
    pub medium: String,
    /// Promised and not sent yet.
    pub owed: u64,
    /// Since when the oldest of them is owed.
    #[schema(example = json!(null))]
    pub oldest: Option<i64>,
    /// Not sent after all, in the last day.
    pub given_up: u64,
}

/// How mail to us stands.
#[derive(Serialize, ToSchema)]
pub struct MailInHealth {
    /// The mailbox can be read and written.
    pub works: bool,
    /// Mails that are not taken in yet.
    pub waiting: u64,
    /// Since when the oldest of them waits.
    #[schema(example = json!(null))]
    pub oldest: Option<i64>,
    /// Mails that nobody could read, put aside.
    pub unreadable: u64,
}

impl MessagesHealth {
    pub fn of(medium: Medium, stand: &MessagesStand) -> Self {
        let MessagesStand { owed, given_up } = stand;
        Self { medium: medium.word().to_owned(), owed: owed.count, oldest: owed.oldest.map(|at| at.0), given_up: *given_up }
    }
}

impl From<MailInStand> for MailInHealth {
    fn from(stand: MailInStand) -> Self {
        let MailInStand { works, waiting, oldest, unreadable } = stand;
        Self { works, waiting, oldest: oldest.map(|at| at.0), unreadable }
    }
}
