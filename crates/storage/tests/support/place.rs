//! A fresh, empty place to store in: a folder for SQLite, a database for PostgreSQL.

use super::cluster;
use sqlx::{AssertSqlSafe, Connection};
use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};
use storage::{Location, PageLimit, Store, Term};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Gone when dropped.
pub struct Place {
    pub location: Location,
    pub pages: PageLimit,
    folder: Option<PathBuf>,
}

impl Place {
    /// Without a database as yet.
    pub fn sqlite() -> Self {
        let folder = env::temp_dir().join(format!("svar-storage-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
        Self { location: Location::Sqlite(folder.clone()), pages: PageLimit::default(), folder: Some(folder) }
    }

    pub async fn postgres() -> Self {
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let address = tokio::task::spawn_blocking(move || cluster::database(&name)).await.unwrap();
        Self { location: Location::Postgres(address), pages: PageLimit::default(), folder: None }
    }

    pub fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    pub fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap()
    }

    pub async fn open(&self) -> Store {
        Store::open_limited(&self.location, &self.pages).await.unwrap()
    }

    /// A store that may append, and its term.
    pub async fn open_leased(&self) -> (Store, Term) {
        let store = self.open().await;
        let term = store.take_lease("a", 0).await.unwrap();
        (store, term)
    }

    /// Does what only a person with the database password can do.
    pub async fn tamper(&self, sql: &str) {
        match &self.location {
            Location::Sqlite(folder) => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("svar.db"));
                let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Location::Postgres(address) => {
                let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    /// No new page can be written. PostgreSQL cannot be given a small disk without being root, so
    /// there the server answers as it does on a full one.
    pub async fn fill_disk(&self) {
        if self.is_sqlite() {
            self.pages.set(1);
        } else {
            self.tamper(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; \
                 CREATE TRIGGER full_disk AFTER INSERT ON payloads EXECUTE FUNCTION full_disk()",
            )
            .await;
        }
    }

    pub async fn make_room(&self) {
        if self.is_sqlite() {
            self.pages.lift();
        } else {
            self.tamper("DROP TRIGGER full_disk ON payloads; DROP FUNCTION full_disk()").await;
        }
    }

    /// No session can be touched any more, as on a disk without room for the log of writes.
    pub async fn refuse_uses_of_sessions(&self) {
        if self.is_sqlite() {
            self.pages.exhaust();
        } else {
            self.tamper(
                "CREATE FUNCTION no_use() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; \
                 CREATE TRIGGER no_use BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION no_use()",
            )
            .await;
        }
    }

    pub async fn take_uses_of_sessions(&self) {
        if self.is_sqlite() {
            self.pages.lift();
        } else {
            self.tamper("DROP TRIGGER no_use ON sessions; DROP FUNCTION no_use()").await;
        }
    }

    pub async fn faults(&self) -> Vec<String> {
        storage::verify(&self.location).await.unwrap().faults
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}
