//! Matters that are held: nothing of them is erased, by the plan or by hand, until somebody lifts it. Who held a matter and
//! why is kept as long as the matter is; setting and lifting are in the access log with it, in one transaction.

use crate::{
    Access, Reader, Store, StoreError, access_log,
    database::{Connection, Transaction, from_row, sql},
    records::PAGE_ROWS_MAX,
};
use domain::{ContactId, MatterId, OperatorId, Timestamp};
use std::fmt;

/// Longest reason, in characters.
pub const HOLD_REASON_CHARS_MAX: usize = 500;
/// Most holds of one matter that are shown, the latest ones.
const SHOWN_MAX: i64 = 20;

/// As setting and lifting are called in the access log.
const WHAT: &str = "hold";
const SET: &str = "set";
const LIFTED: &str = "lifted";

/// Why somebody holds a matter, or lets it go. Personal data: hidden in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct HoldReason(String);

impl HoldReason {
    /// None of what is empty or too long.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.chars().count() <= HOLD_REASON_CHARS_MAX).then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HoldReason(hidden)")
    }
}

/// That a matter is held, or was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    pub matter: MatterId,
    pub since: Timestamp,
    pub by: OperatorId,
    /// None once the matter is erased.
    pub reason: Option<HoldReason>,
    /// None while it is held.
    pub lifted: Option<Lifted>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lifted {
    pub at: Timestamp,
    pub by: OperatorId,
    pub reason: Option<HoldReason>,
}

struct StoredHold {
    matter: i64,
    since: i64,
    account: i64,
    reason: Option<String>,
    lifted: Option<i64>,
    lifted_by: Option<i64>,
    lifted_reason: Option<String>,
}
from_row!(StoredHold: matter, since, account, reason, lifted, lifted_by, lifted_reason);

impl From<StoredHold> for Hold {
    fn from(row: StoredHold) -> Self {
        let id = |number: i64| u64::try_from(number).unwrap_or(0);
        let lifted = row.lifted.zip(row.lifted_by);
        Self {
            matter: MatterId(id(row.matter)),
            since: Timestamp(row.since),
            by: OperatorId(id(row.account)),
            reason: row.reason.map(HoldReason),
            lifted: lifted.map(|(at, by)| Lifted { at: Timestamp(at), by: OperatorId(id(by)), reason: row.lifted_reason.map(HoldReason) }),
        }
    }
}

/// The hold that a matter is under.
pub async fn of_matter(connection: &mut Connection, matter: MatterId) -> Result<Option<Hold>, StoreError> {
    let text = "SELECT matter, since, account, reason, lifted, lifted_by, lifted_reason FROM holds \
                WHERE matter = $1 AND lifted IS NULL ORDER BY since DESC LIMIT 1";
    let row: Option<StoredHold> = connection.maybe(sql!(text, matter)).await?;
    Ok(row.map(Hold::from))
}

/// Has whoever holds, erases or opens the same matter wait for the end of this transaction. False when there is none.
pub async fn touch(transaction: &mut Transaction, matter: MatterId) -> Result<bool, StoreError> {
    let touched = transaction.execute(sql!("UPDATE matters SET closed = closed WHERE matter = $1", matter)).await?;
    Ok(touched > 0)
}

/// What was written by hand of an erased matter goes with it.
pub async fn forget_reasons(transaction: &mut Transaction, matter: MatterId) -> Result<(), StoreError> {
    let text = "UPDATE holds SET reason = NULL, lifted_reason = NULL WHERE matter = $1";
    transaction.execute(sql!(text, matter)).await.map(drop)
}

fn access(matter: MatterId, by: OperatorId, why: &str, at: Timestamp) -> Access {
    let (what, why) = (WHAT.to_owned(), why.to_owned());
    Access { at, reader: Reader::Account(by), contact: None, matter: Some(matter), what, why }
}

impl Store {
    /// Holds a matter; false when it is held already or there is none.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn hold_matter(&self, matter: MatterId, by: OperatorId, reason: &HoldReason, at: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        if !touch(&mut transaction, matter).await? || of_matter(&mut transaction, matter).await?.is_some() {
            transaction.undo().await?;
            return Ok(false);
        }
        let text = "INSERT INTO holds (matter, since, account, reason) VALUES ($1, $2, $3, $4)";
        transaction.execute(sql!(text, matter, at, by, reason.text())).await?;
        access_log::write(&mut transaction, &access(matter, by, SET, at)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Lets a matter go; false when it is not held.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn lift_hold(&self, matter: MatterId, by: OperatorId, reason: &HoldReason, at: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let text = "UPDATE holds SET lifted = $2, lifted_by = $3, lifted_reason = $4 WHERE matter = $1 AND lifted IS NULL";
        if transaction.execute(sql!(text, matter, at, by, reason.text())).await? == 0 {
            transaction.undo().await?;
            return Ok(false);
        }
        access_log::write(&mut transaction, &access(matter, by, LIFTED, at)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The latest holds of a matter, newest first. Reading the reasons is to be noted in the access log.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn holds_of(&self, matter: MatterId) -> Result<Vec<Hold>, StoreError> {
        let text = "SELECT matter, since, account, reason, lifted, lifted_by, lifted_reason FROM holds \
                    WHERE matter = $1 ORDER BY since DESC LIMIT $2";
        let rows: Vec<StoredHold> = self.database().read().await?.all(sql!(text, matter, SHOWN_MAX)).await?;
        Ok(rows.into_iter().map(Hold::from).collect())
    }

    /// Every matter that is held, longest held first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn held(&self, limit: u32) -> Result<Vec<Hold>, StoreError> {
        let text = "SELECT matter, since, account, reason, lifted, lifted_by, lifted_reason FROM holds \
                    WHERE lifted IS NULL ORDER BY since, matter LIMIT $1";
        let rows: Vec<StoredHold> = self.database().read().await?.all(sql!(text, i64::from(limit.min(PAGE_ROWS_MAX)))).await?;
        Ok(rows.into_iter().map(Hold::from).collect())
    }

    /// The hold that the matter of a contact is under.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn hold_of_contact(&self, contact: ContactId) -> Result<Option<Hold>, StoreError> {
        let mut connection = self.database().read().await?;
        let text = "SELECT matter FROM contacts WHERE contact = $1";
        let row: Option<(i64,)> = connection.maybe(sql!(text, contact)).await?;
        match row.and_then(|(matter,)| u64::try_from(matter).ok()) {
            Some(matter) => of_matter(&mut connection, MatterId(matter)).await,
            None => Ok(None),
        }
    }
}
