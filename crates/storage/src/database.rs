//! The one place that knows which database it is: connections, transactions and statements whose
//! text is the same for SQLite and PostgreSQL. Only integers and text are bound, so two kinds of
//! value are enough. It knows no table.

use crate::{Location, OpenError, PageLimit, StoreError};
use domain::{ContactId, MatterId, OperatorId, PromiseId, Timestamp};
use sqlx::{
    FromRow, Postgres, Sqlite,
    pool::{PoolConnection, PoolOptions},
    postgres::{PgConnectOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous},
};
use std::{
    ops::{Deref, DerefMut},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// The file inside a deployment's folder.
pub const FILE_NAME: &str = "svar.db";
/// Connections that read at the same time.
const READERS_MAX: u32 = 6;
/// Longest wait for a free connection, and for another process that is writing.
const ACQUIRE_WAIT_MS_MAX: u64 = 5_000;
/// Longest single statement in PostgreSQL.
const STATEMENT_MS_MAX: u64 = 30_000;

/// Something to bind. PostgreSQL keeps no U+0000 in text, so it becomes U+FFFD in both.
#[derive(Clone)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
}

/// Numbers beyond 2^63 do not occur: ids count from 1 and times are milliseconds.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Int(Some(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.replace('\0', "\u{fffd}")))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        if text.contains('\0') { text.as_str().into() } else { Self::Text(Some(text)) }
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Text(None), Into::into)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Text(None), Into::into)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Int(Some(i64::from(yes)))
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Int(Some(at.0))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(at: Option<Timestamp>) -> Self {
        Self::Int(at.map(|at| at.0))
    }
}

macro_rules! ids {
    ($($id:ident),+) => {$(
        impl From<$id> for Value {
            fn from(id: $id) -> Self {
                id.0.into()
            }
        }
        impl From<Option<$id>> for Value {
            fn from(id: Option<$id>) -> Self {
                id.map_or(Self::Int(None), Into::into)
            }
        }
    )+};
}
ids!(ContactId, MatterId, PromiseId, OperatorId);

/// A statement with what is bound to `$1`, `$2` ...
pub struct Statement {
    pub text: &'static str,
    pub values: Vec<Value>,
}

/// `sql!("SELECT ... WHERE contact = $1", contact)`
macro_rules! sql {
    ($text:expr $(, $value:expr)* $(,)?) => {
        $crate::database::Statement { text: $text, values: vec![$($crate::database::Value::from($value)),*] }
    };
}
pub(crate) use sql;

macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Int(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
            };
        }
        query
    }};
}

/// A row that can be read from both.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// Has a struct read from a row of either database by the names of its fields. Written here, because the
/// macro of the library builds both drivers and their C a second time, for the compiler's own machine.
macro_rules! from_row {
    ($name:ident: $($field:ident),+ $(,)?) => {
        $crate::database::from_row!(@ sqlx::sqlite::SqliteRow, $name, $($field),+);
        $crate::database::from_row!(@ sqlx::postgres::PgRow, $name, $($field),+);
    };
    (@ $row:ty, $name:ident, $($field:ident),+) => {
        impl sqlx::FromRow<'_, $row> for $name {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: sqlx::Row::try_get(row, stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use from_row;

pub enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Connection {
    /// The number of rows it touched.
    pub async fn execute(&mut self, statement: Statement) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(connection) => {
                bound!(sqlx::query(statement.text), statement.values).execute(&mut **connection).await?.rows_affected()
            }
            Self::Postgres(connection) => {
                bound!(sqlx::query(statement.text), statement.values).execute(&mut **connection).await?.rows_affected()
            }
        })
    }

    pub async fn all<T: Row>(&mut self, statement: Statement) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(connection) => bound!(sqlx::query_as(statement.text), statement.values).fetch_all(&mut **connection).await?,
            Self::Postgres(connection) => bound!(sqlx::query_as(statement.text), statement.values).fetch_all(&mut **connection).await?,
        })
    }

    pub async fn maybe<T: Row>(&mut self, statement: Statement) -> Result<Option<T>, StoreError> {
        Ok(self.all(statement).await?.into_iter().next())
    }

    pub async fn one<T: Row>(&mut self, statement: Statement) -> Result<T, StoreError> {
        self.maybe(statement).await?.ok_or_else(|| StoreError::Corrupt("a row that must exist is missing".to_owned()))
    }

    /// Several statements with nothing bound: migrations.
    pub async fn script(&mut self, text: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => sqlx::raw_sql(text).execute(&mut **connection).await.map(|_| ())?,
            Self::Postgres(connection) => sqlx::raw_sql(text).execute(&mut **connection).await.map(|_| ())?,
        }
        Ok(())
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Has the connection closed instead of used again, and with it whatever it was in the middle of.
    fn give_up(&mut self) {
        match self {
            Self::Sqlite(connection) => connection.close_on_drop(),
            Self::Postgres(connection) => connection.close_on_drop(),
        }
    }
}

/// A transaction. Dropped without [`Transaction::commit`] (an error, a caller gone), its connection
/// is given up, and the database rolls back: no half-done state can be met by the next user.
pub struct Transaction {
    connection: Connection,
    ended: bool,
}

impl Transaction {
    async fn begin(connection: Connection, how: &'static str) -> Result<Self, StoreError> {
        let mut transaction = Self { connection, ended: false };
        transaction.execute(sql!(how)).await?;
        Ok(transaction)
    }

    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.execute(sql!("COMMIT")).await?;
        self.ended = true;
        Ok(())
    }

    /// Undoes all of it and keeps the connection.
    pub async fn undo(mut self) -> Result<(), StoreError> {
        self.execute(sql!("ROLLBACK")).await?;
        self.ended = true;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.give_up();
        }
    }
}

impl Deref for Transaction {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

#[derive(Clone)]
enum Pool {
    Sqlite(sqlx::Pool<Sqlite>),
    Postgres(sqlx::Pool<Postgres>),
}

/// One connection that writes, several that read.
#[derive(Clone)]
pub struct Database {
    writer: Pool,
    readers: Pool,
    /// Most pages a SQLite file may have; 0 is no limit. Lets a test fill the disk.
    pages_max: Arc<AtomicU32>,
}

impl Database {
    /// Nothing is connected until it is used.
    pub fn at(location: &Location, pages_max: Arc<AtomicU32>) -> Result<Self, OpenError> {
        let wait = Duration::from_millis(ACQUIRE_WAIT_MS_MAX);
        let (writer, readers) = match location {
            Location::Sqlite(folder) => {
                let writing = sqlite_options(folder)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .pragma("secure_delete", "ON");
                let writer = PoolOptions::new().max_connections(1).acquire_timeout(wait).idle_timeout(None).max_lifetime(None);
                let readers = PoolOptions::new().max_connections(READERS_MAX).acquire_timeout(wait);
                (
                    Pool::Sqlite(writer.connect_lazy_with(writing)),
                    Pool::Sqlite(readers.connect_lazy_with(sqlite_options(folder).read_only(true))),
                )
            }
            Location::Postgres(address) => {
                let options = postgres_options(address)?;
                let writer = PoolOptions::new().max_connections(1).acquire_timeout(wait);
                let readers = PoolOptions::new().max_connections(READERS_MAX).acquire_timeout(wait);
                (Pool::Postgres(writer.connect_lazy_with(options.clone())), Pool::Postgres(readers.connect_lazy_with(options)))
            }
        };
        Ok(Self { writer, readers, pages_max })
    }

    pub async fn read(&self) -> Result<Connection, StoreError> {
        acquire(&self.readers).await
    }

    /// A transaction in which every read sees the same moment and nothing can be written.
    pub async fn snapshot(&self) -> Result<Transaction, StoreError> {
        let connection = acquire(&self.readers).await?;
        let begin = if connection.is_postgres() { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "BEGIN" };
        Transaction::begin(connection, begin).await
    }

    pub async fn write(&self) -> Result<Transaction, StoreError> {
        let mut connection = acquire(&self.writer).await?;
        if let Connection::Sqlite(sqlite) = &mut connection {
            let pages_max = self.pages_max.load(Ordering::Relaxed);
            if pages_max == PageLimit::NO_ROOM {
                return Err(StoreError::Full);
            }
            if pages_max > 0 {
                let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages_max}"));
                sqlx::query(limit).execute(&mut **sqlite).await?;
            }
        }
        let begin = if connection.is_postgres() { "BEGIN" } else { "BEGIN IMMEDIATE" };
        Transaction::begin(connection, begin).await
    }

    /// Takes overwritten content out of SQLite's log of writes as well. When a reader is in the way
    /// it happens at a later write. PostgreSQL's own vacuum does the same.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        if let Connection::Sqlite(mut connection) = acquire(&self.writer).await? {
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *connection).await?;
        }
        Ok(())
    }

    pub async fn close(&self) {
        for pool in [&self.readers, &self.writer] {
            match pool {
                Pool::Sqlite(pool) => pool.close().await,
                Pool::Postgres(pool) => pool.close().await,
            }
        }
    }
}

async fn acquire(pool: &Pool) -> Result<Connection, StoreError> {
    Ok(match pool {
        Pool::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?),
        Pool::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
    })
}

fn sqlite_options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(folder.join(FILE_NAME)).busy_timeout(Duration::from_millis(ACQUIRE_WAIT_MS_MAX))
}

fn postgres_options(address: &str) -> Result<PgConnectOptions, OpenError> {
    let options: PgConnectOptions = address.parse().map_err(|_| OpenError::BadAddress)?;
    Ok(options
        .application_name("svar")
        .options([("statement_timeout", STATEMENT_MS_MAX.to_string()), ("default_transaction_isolation", "read committed".to_owned())]))
}
