//! One node at a time runs a deployment: a lease with a term number that rises with every holder and
//! is checked in every journal transaction.
//!
//! With SQLite the holder also locks a file in the folder. The operating system frees that lock when
//! the process dies, however it dies, so a crash never blocks the next start. With PostgreSQL the
//! lease runs out by the database's clock.

use crate::{
    LeaseError, Store, StoreError,
    database::{Connection, from_row, sql},
};
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// The number of a lease; each holder's is higher than the last one's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Term(pub u64);

/// The term a store holds, 0 for none.
#[derive(Default)]
pub struct Held(AtomicU64);

impl Held {
    pub fn term(&self) -> Option<Term> {
        Some(Term(self.0.load(Ordering::Acquire))).filter(|term| term.0 > 0)
    }

    fn set(&self, term: Term) {
        self.0.store(term.0, Ordering::Release);
    }

    pub fn clear(&self) {
        self.0.store(0, Ordering::Release);
    }
}

/// The file whose lock proves that the holder of the lease lives.
pub struct FolderLock {
    folder: PathBuf,
    file: File,
    taken: Mutex<bool>,
}

impl FolderLock {
    const FILE_NAME: &str = "svar.lock";

    pub fn at(folder: &Path) -> io::Result<Self> {
        let file = fs::OpenOptions::new().create(true).append(true).open(folder.join(Self::FILE_NAME))?;
        Ok(Self { folder: folder.to_owned(), file, taken: Mutex::new(false) })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// True when it is ours now (or was already).
    pub fn take(&self) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = *taken || self.file.try_lock().is_ok();
        *taken
    }

    pub fn free(&self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        // A lock that cannot be freed now is freed when the file is closed.
        let _ = self.file.unlock();
        *taken = false;
    }
}

struct LeaseRow {
    term: i64,
    node: String,
    held_until: i64,
}
from_row!(LeaseRow: term, node, held_until);

impl Store {
    /// Makes this node the one that runs the deployment, until `lease_ms` from now or
    /// [`Store::renew_lease`].
    ///
    /// # Errors
    /// [`LeaseError::HeldBy`] while another node runs it.
    pub async fn take_lease(&self, node: &str, lease_ms: u64) -> Result<Term, LeaseError> {
        let locked = self.inner.lock.as_ref().map(FolderLock::take);
        let taken = self.take_row(node, lease_ms, locked).await;
        match (&taken, &self.inner.lock) {
            (Ok(term), _) => self.inner.held.set(*term),
            (Err(_), Some(lock)) if locked == Some(true) && self.inner.held.term().is_none() => lock.free(),
            (Err(_), _) => {}
        }
        taken
    }

    async fn take_row(&self, node: &str, lease_ms: u64, locked: Option<bool>) -> Result<Term, LeaseError> {
        let mut transaction = self.database().write().await?;
        // Touching the row first makes two takers, and a taker and an appender, wait for each other.
        transaction.execute(sql!("UPDATE lease SET beats = beats + 1 WHERE id = 1")).await?;
        let row: LeaseRow = transaction.one(sql!("SELECT term, node, held_until FROM lease WHERE id = 1")).await?;
        let now = now(&mut transaction).await?;
        let term = Term(u64::try_from(row.term).unwrap_or(0));
        let free = locked.unwrap_or_else(|| row.held_until <= now.0 || self.inner.held.term() == Some(term));
        if !free {
            transaction.undo().await?;
            return Err(LeaseError::HeldBy { node: row.node, until: Timestamp(row.held_until) });
        }
        let term = Term(term.0 + 1);
        let take = "UPDATE lease SET term = $1, node = $2, held_until = $3 WHERE id = 1";
        transaction.execute(sql!(take, term.0, node, now.plus_ms(lease_ms))).await?;
        transaction.commit().await?;
        Ok(term)
    }

    /// Keeps the lease for `lease_ms` from now.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] when another node has taken it: stop acting at once.
    pub async fn renew_lease(&self, term: Term, lease_ms: u64) -> Result<(), LeaseError> {
        let mut transaction = self.database().write().await?;
        let until = now(&mut transaction).await?.plus_ms(lease_ms);
        let kept = transaction.execute(sql!("UPDATE lease SET held_until = $2 WHERE id = 1 AND term = $1", term.0, until)).await?;
        transaction.commit().await?;
        if kept == 0 { Err(LeaseError::Lost) } else { Ok(()) }
    }

    /// Lets another node take over at once. Appending fails from here on.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] when another node has it already.
    pub async fn release_lease(&self, term: Term) -> Result<(), LeaseError> {
        self.inner.held.clear();
        let mut transaction = self.database().write().await?;
        let released = transaction.execute(sql!("UPDATE lease SET held_until = 0 WHERE id = 1 AND term = $1", term.0)).await?;
        transaction.commit().await?;
        if let Some(lock) = &self.inner.lock {
            lock.free();
        }
        if released == 0 { Err(LeaseError::Lost) } else { Ok(()) }
    }
}

/// Touches the lease row when the term still holds. Another node's taking waits for the end of this
/// transaction, or this one finds the new term.
pub async fn fence(connection: &mut Connection, term: Term) -> Result<(), StoreError> {
    let touched = connection.execute(sql!("UPDATE lease SET beats = beats + 1 WHERE id = 1 AND term = $1", term.0)).await?;
    if touched == 0 { Err(StoreError::Fenced) } else { Ok(()) }
}

/// Nodes that share a PostgreSQL share its clock, whatever their own say.
async fn now(connection: &mut Connection) -> Result<Timestamp, StoreError> {
    if connection.is_postgres() {
        let (now,): (i64,) = connection.one(sql!("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")).await?;
        return Ok(Timestamp(now));
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}
