//! Reading the journal: pages in order, the head, the ids that were given.

use super::{Body, COUNTED, Entry, Head, Highest, NextIds, Seq};
use crate::{
    Store, StoreError, Term,
    database::{Connection, from_row, sql},
    lease::fence,
};
use domain::Timestamp;

/// Most entries in one page.
const PAGE_ENTRIES_MAX: u32 = 5_000;

/// A row of the journal as it is stored.
pub struct Chained {
    pub seq: i64,
    pub term: i64,
    pub at: i64,
    pub body: String,
    pub payload_hashes: String,
    pub prev_hash: String,
    pub hash: String,
}
from_row!(Chained: seq, term, at, body, payload_hashes, prev_hash, hash);

async fn head(connection: &mut Connection) -> Result<Option<Head>, StoreError> {
    let row: Option<(i64, String)> = connection.maybe(sql!("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")).await?;
    Ok(row.map(|(seq, hash)| Head { seq: Seq(u64::try_from(seq).unwrap_or(0)), hash }))
}

/// Waits for a transaction of ours that the database may still be ending: each of them holds the
/// lease's row to its end.
pub async fn settle(transaction: &mut Connection) -> Result<(), StoreError> {
    transaction.execute(sql!("UPDATE lease SET beats = beats + 1 WHERE id = 1")).await?;
    Ok(())
}

/// Rows after `seq`, in order.
pub async fn chained(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<Chained>, StoreError> {
    let text = "SELECT seq, term, at, body, payload_hashes, prev_hash, hash FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2";
    connection.all(sql!(text, after, i64::from(limit))).await
}

pub async fn highest(connection: &mut Connection) -> Result<Highest, StoreError> {
    let rows: Vec<(String, i64)> = connection.all(sql!("SELECT name, highest FROM counters")).await?;
    let mut highest = Highest::default();
    for (name, number) in rows {
        if let Some(kind) = COUNTED.iter().position(|counted| *counted == name) {
            highest.see(kind, u64::try_from(number).unwrap_or(0));
        }
    }
    Ok(highest)
}

impl TryFrom<Chained> for Entry {
    type Error = StoreError;

    fn try_from(row: Chained) -> Result<Self, StoreError> {
        let Body { event, commands, .. } =
            Body::read(&row.body).map_err(|fault| StoreError::Corrupt(format!("journal entry {}: {fault}", row.seq)))?;
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Self { seq: Seq(number(row.seq)), term: Term(number(row.term)), at: Timestamp(row.at), event, commands })
    }
}

impl Store {
    /// Entries after `seq` in order, at most `limit` (and 5,000). An empty page is the end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when an entry cannot be read.
    pub async fn journal_since(&self, seq: Seq, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let after = i64::try_from(seq.0).unwrap_or(i64::MAX);
        let rows = chained(&mut self.database().read().await?, after, limit.min(PAGE_ENTRIES_MAX)).await?;
        rows.into_iter().map(Entry::try_from).collect()
    }

    /// Entries from the first one at or after `at`, in the order of the journal. Go on with
    /// [`Store::journal_since`] and the last entry's `seq`.
    ///
    /// # Errors
    /// As [`Store::journal_since`].
    pub async fn entries_from(&self, at: Timestamp, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let (first,): (Option<i64>,) = self.database().read().await?.one(sql!("SELECT MIN(seq) FROM journal WHERE at >= $1", at)).await?;
        let Some(before) = first.and_then(|first| u64::try_from(first - 1).ok()) else { return Ok(Vec::new()) };
        self.journal_since(Seq(before), limit).await
    }

    /// The last entry and its hash; none while the journal is empty.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn head(&self) -> Result<Option<Head>, StoreError> {
        head(&mut self.database().read().await?).await
    }

    /// The last entry once nothing that this node asked for is still under way: a commit that was
    /// given up may yet happen, and whoever asks whether to save again must know.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another node has taken over: the head is its own then. Else what the
    /// database answered.
    pub async fn settled_head(&self) -> Result<Option<Head>, StoreError> {
        // A database that cannot be reached tells nothing of who holds the lease.
        let mut transaction = self.database().write().await?;
        let term = self.inner.held.term().ok_or(StoreError::Fenced)?;
        fence(&mut transaction, term).await?;
        let found = head(&mut transaction).await?;
        transaction.undo().await?;
        Ok(found)
    }

    /// The first number of each kind that no entry has ever named.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn next_ids(&self) -> Result<NextIds, StoreError> {
        Ok(highest(&mut self.database().read().await?).await?.next())
    }
}
