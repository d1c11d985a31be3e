//! The chain of custody: who did what with a piece of evidence, when. Only ever appended to, also after the evidence itself
//! was erased; each step holds the hash of the one before, so that none can be changed or left out unseen.
//!
//! A step's hash is SHA-256 over `svar custody 1` and a line feed, the hash before it (32 bytes of nought for the first), the
//! id, a line feed, number and time (64 bits each, big-endian), and who, act and detail, each with a line feed behind it.

use super::{EvidenceError, EvidenceId, EvidenceRoom};
use crate::{
    StoreError,
    database::{Connection, Transaction, from_row, sql},
    hashing::{Hash, hex, sha256, unhex},
};
use domain::{OperatorId, Timestamp};

/// Steps of one piece of evidence that are shown at once, the latest.
const STEPS_SHOWN_MAX: i64 = 500;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CustodyAct {
    Begun,
    /// It has come whole.
    Received,
    Scanned,
    Refused,
    /// Its citizen sent it as part of their matter.
    Sent,
    /// Somebody opened the page that tells of it.
    Seen,
    /// Somebody fetched its bytes.
    Copied,
    /// It was asked for, and what lies in the folder is not what came.
    Damaged,
    /// Its citizen took it back, or its time was over.
    Removed,
    Erased,
}

impl CustodyAct {
    pub const ALL: [Self; 10] = [
        Self::Begun,
        Self::Received,
        Self::Scanned,
        Self::Refused,
        Self::Sent,
        Self::Seen,
        Self::Copied,
        Self::Damaged,
        Self::Removed,
        Self::Erased,
    ];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Received => "received",
            Self::Scanned => "scanned",
            Self::Refused => "refused",
            Self::Sent => "sent",
            Self::Seen => "seen",
            Self::Copied => "copied",
            Self::Damaged => "damaged",
            Self::Removed => "removed",
            Self::Erased => "erased",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Custodian {
    Citizen,
    Operator(OperatorId),
    System,
}

impl Custodian {
    fn word(self) -> String {
        match self {
            Self::Citizen => "citizen".to_owned(),
            Self::Operator(operator) => format!("account:{operator}"),
            Self::System => "system".to_owned(),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "citizen" => Some(Self::Citizen),
            "system" => Some(Self::System),
            _ => word.strip_prefix("account:")?.parse().ok().map(OperatorId).map(Self::Operator),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustodyStep {
    pub at: Timestamp,
    pub who: Custodian,
    pub act: CustodyAct,
    /// Kind, size and hash, the contact, or why; never a name.
    pub detail: String,
}

/// The latest steps, and whether the whole chain is as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Custody {
    pub steps: Vec<CustodyStep>,
    pub is_whole: bool,
}

struct StoredStep {
    step: i64,
    at: i64,
    who: String,
    act: String,
    detail: String,
    hash: String,
}
from_row!(StoredStep: step, at, who, act, detail, hash);

fn hash_of(before: &Hash, id: &EvidenceId, step: i64, at: i64, [who, act, detail]: [&str; 3]) -> Hash {
    let (step, at) = (step.to_be_bytes(), at.to_be_bytes());
    let lines = [id.text(), "\n"].concat();
    let said = [who, "\n", act, "\n", detail, "\n"].concat();
    sha256(&[b"svar custody 1\n", before, lines.as_bytes(), &step, &at, said.as_bytes()])
}

/// Adds a step to the chain.
pub async fn note(
    transaction: &mut Transaction,
    id: &EvidenceId,
    at: Timestamp,
    (who, act): (Custodian, CustodyAct),
    detail: &str,
) -> Result<(), StoreError> {
    let newest = "SELECT step, hash FROM evidence_custody WHERE evidence = $1 ORDER BY step DESC LIMIT 1";
    let row: Option<(i64, String)> = transaction.maybe(sql!(newest, id.text())).await?;
    let (step, before) = match row {
        None => (1, [0; 32]),
        Some((step, hash)) => (step + 1, unhex(&hash).ok_or_else(|| StoreError::Corrupt("a step of custody cannot be read".to_owned()))?),
    };
    let who = who.word();
    let hash = hash_of(&before, id, step, at.0, [&who, act.word(), detail]);
    let text = "INSERT INTO evidence_custody (evidence, step, at, who, act, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    transaction.execute(sql!(text, id.text(), step, at, who, act.word(), detail, hex(&hash))).await.map(drop)
}

/// Why the chain of this one is not as it was written; none where it is.
fn fault(id: &EvidenceId, rows: &[StoredStep]) -> Option<i64> {
    let mut before = [0; 32];
    for (number, row) in (1..).zip(rows) {
        let hash = hash_of(&before, id, number, row.at, [&row.who, &row.act, &row.detail]);
        if row.step != number || unhex(&row.hash) != Some(hash) {
            return Some(number);
        }
        before = hash;
    }
    None
}

async fn rows(connection: &mut Connection, id: &EvidenceId) -> Result<Vec<StoredStep>, StoreError> {
    let text = "SELECT step, at, who, act, detail, hash FROM evidence_custody WHERE evidence = $1 ORDER BY step";
    connection.all(sql!(text, id.text())).await
}

/// One line for each chain of custody that is not as it was written.
pub async fn faults(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let ids: Vec<(String,)> = connection.all(sql!("SELECT evidence FROM evidence ORDER BY made, evidence")).await?;
    let mut told = Vec::new();
    for (id,) in ids {
        let Some(id) = EvidenceId::read(&id) else { continue };
        let rows = rows(connection, &id).await?;
        if rows.is_empty() {
            told.push(format!("evidence {id} has no chain of custody"));
        }
        told.extend(fault(&id, &rows).map(|step| format!("the chain of custody of evidence {id} is broken at step {step}")));
    }
    Ok(told)
}

impl EvidenceRoom {
    /// # Errors
    /// What the database answered.
    pub async fn custody(&self, id: &EvidenceId) -> Result<Custody, EvidenceError> {
        let mut connection = self.store.database().read().await?;
        let rows = rows(&mut connection, id).await?;
        let is_whole = !rows.is_empty() && fault(id, &rows).is_none();
        let skipped = rows.len().saturating_sub(usize::try_from(STEPS_SHOWN_MAX).unwrap_or(usize::MAX));
        let step = |row: &StoredStep| {
            let act = CustodyAct::ALL.into_iter().find(|act| act.word() == row.act)?;
            Some(CustodyStep { at: Timestamp(row.at), who: Custodian::from_word(&row.who)?, act, detail: row.detail.clone() })
        };
        Ok(Custody { steps: rows.iter().skip(skipped).filter_map(step).collect(), is_whole })
    }

    /// Writes down what somebody did. Nothing is shown or given before this has answered.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn note(&self, id: &EvidenceId, who: Custodian, act: CustodyAct, detail: &str, at: Timestamp) -> Result<(), EvidenceError> {
        let mut transaction = self.store.database().write().await?;
        note(&mut transaction, id, at, (who, act), detail).await?;
        Ok(transaction.commit().await?)
    }
}
