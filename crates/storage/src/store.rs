//! The store: where it lies, how it is opened and closed. Cloning it shares it.

use crate::{
    OpenError, StoreError,
    database::{Database, FILE_NAME},
    hashing::Hash,
    journal::Writer,
    lease::{FolderLock, Held},
    migrations,
    sessions::Unwritten,
    settings,
};
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Where a deployment is remembered.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder; the database is `svar.db` inside.
    Sqlite(PathBuf),
    /// `postgres://user:password@host/database`
    Postgres(String),
}

impl Location {
    /// Refuses a folder without a database; whether PostgreSQL has one is only known by asking it.
    pub(crate) fn must_exist(&self) -> Result<(), OpenError> {
        match self {
            Self::Sqlite(folder) if !folder.join(FILE_NAME).is_file() => Err(OpenError::Missing { folder: folder.clone() }),
            Self::Sqlite(_) | Self::Postgres(_) => Ok(()),
        }
    }
}

/// The address may hold a password.
impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(folder) => write!(f, "Sqlite({})", folder.display()),
            Self::Postgres(_) => f.write_str("Postgres(hidden)"),
        }
    }
}

/// Everything that is remembered of one deployment.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub database: Database,
    pub writer: Writer,
    /// The lease this store holds, shared with its writer.
    pub held: Arc<Held>,
    /// In SQLite's folder: locked by the process that holds the lease, freed by its death.
    pub lock: Option<FolderLock>,
    /// Keys the index of callers, so that no number can be read from it.
    pub secret: Hash,
    pub unwritten: Unwritten,
    /// Where the bytes of evidence lie, once that was opened.
    pub evidence: OnceLock<PathBuf>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// A limit on the pages of a SQLite database, for tests of what happens on a full disk.
#[derive(Clone, Default)]
pub struct PageLimit(Arc<AtomicU32>);

impl PageLimit {
    /// SQLite's own greatest number of pages.
    const NO_LIMIT: u32 = 4_294_967_294;
    /// Stands for a disk on which not even the log of writes finds room: no transaction begins.
    pub(crate) const NO_ROOM: u32 = u32::MAX;

    /// Nothing at all can be written; [`Self::set`] leaves room in pages that are there.
    pub fn exhaust(&self) {
        self.set(Self::NO_ROOM);
    }

    pub fn set(&self, pages_max: u32) {
        self.0.store(pages_max, Ordering::Relaxed);
    }

    pub fn lift(&self) {
        self.set(Self::NO_LIMIT);
    }
}

impl Store {
    /// Opens the database, making folder and tables when there are none. Taking the lease is a
    /// second step ([`Store::take_lease`]): without it nothing can be appended, but accounts,
    /// reports and readings work, so that `svar user` runs beside the program that answers calls.
    ///
    /// # Errors
    /// Each [`OpenError`] is one sentence for the person who started the program.
    pub async fn open(location: &Location) -> Result<Self, OpenError> {
        Self::open_limited(location, &PageLimit::default()).await
    }

    /// As [`Store::open`] for a database that is there and up to date: nothing is made and nothing changed,
    /// so that a mistyped folder is told and not filled.
    ///
    /// # Errors
    /// [`OpenError::Missing`] or [`OpenError::OlderSchema`] where [`Store::open`] would have made one.
    pub async fn open_existing(location: &Location) -> Result<Self, OpenError> {
        location.must_exist()?;
        let database = Database::at(location, Arc::default())?;
        let checked = must_be_up_to_date(&database).await;
        database.close().await;
        checked?;
        Self::open(location).await
    }

    /// As [`Store::open`], with a limit that a test can lower and lift to fill SQLite's disk.
    ///
    /// # Errors
    /// As [`Store::open`].
    #[doc(hidden)]
    pub async fn open_limited(location: &Location, pages: &PageLimit) -> Result<Self, OpenError> {
        let lock = match location {
            Location::Sqlite(folder) => Some(prepare(folder)?),
            Location::Postgres(_) => None,
        };
        let database = Database::at(location, Arc::clone(&pages.0))?;
        let secret = bring_up_to_date(&database, lock.as_ref()).await?;
        let held = Arc::new(Held::default());
        let writer = Writer::start(database.clone(), Arc::clone(&held), secret);
        Ok(Self {
            inner: Arc::new(Inner { database, writer, held, lock, secret, unwritten: Unwritten::default(), evidence: OnceLock::new() }),
        })
    }

    /// Saves what is queued, gives back the lease's lock and closes the connections. What is
    /// appended afterwards fails with [`StoreError::Gone`].
    pub async fn close(&self) {
        self.inner.writer.finish().await;
        self.inner.database.close().await;
        // Only now: a store that is being closed is gone, not fenced.
        self.inner.held.clear();
        if let Some(lock) = &self.inner.lock {
            lock.free();
        }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// What it answered instead.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.database().read().await?;
        let _: (i64,) = connection.one(crate::database::sql!("SELECT COUNT(*) FROM lease")).await?;
        Ok(())
    }
}

async fn must_be_up_to_date(database: &Database) -> Result<(), OpenError> {
    let mut connection = database.snapshot().await?;
    let (found, known) = (migrations::found(&mut connection).await?, migrations::KNOWN);
    // Nothing was written: what fails here has told all it had to tell.
    let _ = connection.undo().await;
    migrations::check(found)?;
    if found < known { Err(OpenError::OlderSchema { found, known }) } else { Ok(()) }
}

async fn bring_up_to_date(database: &Database, lock: Option<&FolderLock>) -> Result<Hash, OpenError> {
    // Through the writing connection: a reading one cannot make the file.
    let mut transaction = database.write().await?;
    let found = migrations::found(&mut transaction).await?;
    transaction.undo().await?;
    migrations::check(found)?;
    if found < migrations::KNOWN {
        let locked = lock.is_none_or(FolderLock::take);
        if !locked {
            return Err(OpenError::InUse { folder: lock.map(|lock| lock.folder().to_owned()).unwrap_or_default() });
        }
        let migrated = migrations::run(database).await;
        if let Some(lock) = lock {
            lock.free();
        }
        migrated?;
    }
    Ok(settings::deployment_secret(database).await?)
}

/// Makes the folder, for its owner alone, and the lock file in it.
fn prepare(folder: &Path) -> Result<FolderLock, OpenError> {
    let unwritable = |error: io::Error| OpenError::UnwritableFolder { folder: folder.to_owned(), cause: error.kind().to_string() };
    if !folder.exists() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(unwritable)?;
    }
    FolderLock::at(folder).map_err(unwritable)
}
