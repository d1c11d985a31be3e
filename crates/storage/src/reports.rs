//! Drafts of reports, saved while the operator types. Every save has a version and names the one it
//! was written from, so that two pages never overwrite each other unseen.

use crate::{
    Store, StoreError,
    database::{from_row, sql},
    hashing::canonical,
};
use domain::{ContactId, OperatorId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// Longest draft as JSON; what a form can hold is far below.
const DRAFT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Earlier versions kept of one draft.
const VERSIONS_KEPT: i64 = 50;

/// A draft as it was saved. Personal data: hidden in Debug.
#[derive(Clone, PartialEq, Serialize)]
pub struct Report {
    pub contact: ContactId,
    pub version: u64,
    pub operator: OperatorId,
    pub at: Timestamp,
    pub draft: Value,
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Report(contact {}, version {}, hidden)", self.contact, self.version)
    }
}

/// What became of a save.
#[derive(Clone, PartialEq, Debug)]
pub enum SaveReport {
    Saved {
        version: u64,
        at: Timestamp,
    },
    /// Another version was saved since the one this was written from; none when there is none at all.
    Conflict {
        current: Option<Report>,
    },
}

struct StoredReport {
    contact: i64,
    version: i64,
    operator: i64,
    at: i64,
    draft: String,
}
from_row!(StoredReport: contact, version, operator, at, draft);

impl StoredReport {
    fn read(self) -> Result<Report, StoreError> {
        let id = |number: i64| u64::try_from(number).unwrap_or(0);
        let unreadable = || StoreError::Corrupt(format!("the report of contact {} cannot be read", self.contact));
        Ok(Report {
            contact: ContactId(id(self.contact)),
            version: id(self.version),
            operator: OperatorId(id(self.operator)),
            at: Timestamp(self.at),
            draft: serde_json::from_str(&self.draft).map_err(|_| unreadable())?,
        })
    }
}

impl Store {
    /// Saves a draft written from version `base_version`, 0 when there was none.
    ///
    /// # Errors
    /// [`StoreError::TooLong`], or what the database answered; a conflict is a value, not an error.
    pub async fn save_report(
        &self,
        contact: ContactId,
        operator: OperatorId,
        base_version: u64,
        draft: &Value,
        at: Timestamp,
    ) -> Result<SaveReport, StoreError> {
        let draft = canonical(draft);
        if draft.len() > DRAFT_BYTES_MAX {
            return Err(StoreError::TooLong);
        }
        let mut transaction = self.database().write().await?;
        let newest = "SELECT COALESCE(MAX(version), 0) FROM reports WHERE contact = $1";
        let (current,): (i64,) = transaction.one(sql!(newest, contact)).await?;
        if i64::try_from(base_version) != Ok(current) {
            transaction.undo().await?;
            return Ok(SaveReport::Conflict { current: self.report(contact).await? });
        }
        let insert = "INSERT INTO reports (contact, version, operator, at, draft) VALUES ($1, $2, $3, $4, $5)";
        match transaction.execute(sql!(insert, contact, current + 1, operator, at, draft)).await {
            // Two nodes saved at the same moment, and the other was first.
            Err(StoreError::Conflict) => {
                drop(transaction);
                return Ok(SaveReport::Conflict { current: self.report(contact).await? });
            }
            written => written?,
        };
        let forget = "DELETE FROM reports WHERE contact = $1 AND version <= $2";
        transaction.execute(sql!(forget, contact, current + 1 - VERSIONS_KEPT)).await?;
        transaction.commit().await?;
        Ok(SaveReport::Saved { version: base_version + 1, at })
    }

    /// The newest version of the draft.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be read.
    pub async fn report(&self, contact: ContactId) -> Result<Option<Report>, StoreError> {
        Ok(self.report_versions(contact, 1).await?.into_iter().next())
    }

    /// The kept versions, newest first.
    ///
    /// # Errors
    /// As [`Store::report`].
    pub async fn report_versions(&self, contact: ContactId, limit: u32) -> Result<Vec<Report>, StoreError> {
        let text = "SELECT contact, version, operator, at, draft FROM reports WHERE contact = $1 ORDER BY version DESC LIMIT $2";
        let rows: Vec<StoredReport> = self.database().read().await?.all(sql!(text, contact, i64::from(limit))).await?;
        rows.into_iter().map(StoredReport::read).collect()
    }
}
