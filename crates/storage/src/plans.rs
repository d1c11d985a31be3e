//! The versions of the plan, and which of them was asked for, by whom, from when on. That a plan came into
//! force stands in the journal; here stands what it said and why it was wanted.

use crate::{
    Store, StoreError,
    database::{from_row, sql},
};
use domain::{OperatorId, Timestamp};
use serde::Serialize;

/// Most changes that are read at once.
const CHANGES_READ_MAX: u32 = 100;

/// What became of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanOutcome {
    Adopted,
    /// Taken back before its time.
    Withdrawn,
    /// When its time came it did not fit any more.
    Refused,
}

impl PlanOutcome {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Adopted => "adopted",
            Self::Withdrawn => "withdrawn",
            Self::Refused => "refused",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Adopted, Self::Withdrawn, Self::Refused].into_iter().find(|outcome| outcome.word() == word)
    }
}

/// A plan that was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PlanChange {
    pub id: u64,
    pub digest: String,
    /// From when on it is wanted.
    pub due: Timestamp,
    pub asked: Timestamp,
    /// None: a start of the program found it in the deployment's folder.
    pub account: Option<OperatorId>,
    pub reason: String,
    /// None: it waits for its time.
    pub ended: Option<Timestamp>,
    pub outcome: Option<PlanOutcome>,
}

/// A plan that is asked for now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPlanChange<'a> {
    pub digest: &'a str,
    pub text: &'a str,
    pub due: Timestamp,
    pub asked: Timestamp,
    pub account: Option<OperatorId>,
    pub reason: &'a str,
}

struct Row {
    change: i64,
    digest: String,
    due: i64,
    asked: i64,
    account: Option<i64>,
    reason: String,
    ended: Option<i64>,
    outcome: Option<String>,
}
from_row!(Row: change, digest, due, asked, account, reason, ended, outcome);

impl Row {
    fn read(self) -> Result<PlanChange, StoreError> {
        let id = |number: i64| u64::try_from(number).unwrap_or(0);
        let unreadable = || StoreError::Corrupt(format!("the plan change {} cannot be read", self.change));
        Ok(PlanChange {
            id: id(self.change),
            digest: self.digest.clone(),
            due: Timestamp(self.due),
            asked: Timestamp(self.asked),
            account: self.account.map(id).map(OperatorId),
            reason: self.reason.clone(),
            ended: self.ended.map(Timestamp),
            outcome: self.outcome.as_deref().map(|word| PlanOutcome::from_word(word).ok_or_else(unreadable)).transpose()?,
        })
    }
}

macro_rules! changes {
    ($rest:literal) => {
        concat!("SELECT change, digest, due, asked, account, reason, ended, outcome FROM plan_changes ", $rest)
    };
}

impl Store {
    /// Keeps a plan's text and that it is wanted; the number of the change.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn ask_for_plan(&self, wanted: &NewPlanChange<'_>) -> Result<u64, StoreError> {
        let NewPlanChange { digest, text, due, asked, account, reason } = *wanted;
        let mut transaction = self.database().write().await?;
        let keep = "INSERT INTO plans (digest, text, kept) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING";
        transaction.execute(sql!(keep, digest, text, asked)).await?;
        let (last,): (i64,) = transaction.one(sql!("SELECT COALESCE(MAX(change), 0) FROM plan_changes")).await?;
        let insert = "INSERT INTO plan_changes (change, digest, due, asked, account, reason) VALUES ($1, $2, $3, $4, $5, $6)";
        transaction.execute(sql!(insert, last + 1, digest, due, asked, account, reason)).await?;
        transaction.commit().await?;
        Ok(u64::try_from(last + 1).unwrap_or(0))
    }

    /// Ends a change that waits; false when there is none.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn end_plan_change(&self, change: u64, outcome: PlanOutcome, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let text = "UPDATE plan_changes SET ended = $1, outcome = $2 WHERE change = $3 AND ended IS NULL";
        let ended = transaction.execute(sql!(text, now, outcome.word(), change)).await?;
        transaction.commit().await?;
        Ok(ended > 0)
    }

    /// The latest changes, newest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one cannot be read.
    pub async fn plan_changes(&self) -> Result<Vec<PlanChange>, StoreError> {
        let text = changes!("ORDER BY change DESC LIMIT $1");
        let rows: Vec<Row> = self.database().read().await?.all(sql!(text, i64::from(CHANGES_READ_MAX))).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// All changes that wait for their time, the earliest first.
    ///
    /// # Errors
    /// As [`Store::plan_changes`].
    pub async fn plan_changes_to_come(&self) -> Result<Vec<PlanChange>, StoreError> {
        let text = changes!("WHERE ended IS NULL ORDER BY due, change LIMIT $1");
        let rows: Vec<Row> = self.database().read().await?.all(sql!(text, i64::from(CHANGES_READ_MAX))).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// The change that was adopted last: its plan is in force.
    ///
    /// # Errors
    /// As [`Store::plan_changes`].
    pub async fn plan_in_force(&self) -> Result<Option<PlanChange>, StoreError> {
        let text = changes!("WHERE outcome = 'adopted' ORDER BY ended DESC, change DESC LIMIT 1");
        let row: Option<Row> = self.database().read().await?.maybe(sql!(text)).await?;
        row.map(Row::read).transpose()
    }

    /// What a plan says.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn plan_text(&self, digest: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = self.database().read().await?.maybe(sql!("SELECT text FROM plans WHERE digest = $1", digest)).await?;
        Ok(row.map(|(text,)| text))
    }
}
