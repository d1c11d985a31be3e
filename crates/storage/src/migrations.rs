//! The layout of the database and how an older one becomes today's. Each migration is one file, run
//! once, in order, in one transaction with the note that it was run.

use crate::{
    OpenError, StoreError,
    database::{Connection, Database, sql},
    records,
};

/// In order; the first is layout 1. A file that has been released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_plans.sql"),
    include_str!("../migrations/0003_staff.sql"),
    include_str!("../migrations/0004_surges.sql"),
    include_str!("../migrations/0005_texts.sql"),
    include_str!("../migrations/0006_messages.sql"),
    include_str!("../migrations/0007_bookings.sql"),
    include_str!("../migrations/0008_additions.sql"),
    include_str!("../migrations/0009_pauses.sql"),
    include_str!("../migrations/0010_form_drafts.sql"),
    include_str!("../migrations/0011_evidence.sql"),
    include_str!("../migrations/0012_surveys.sql"),
    include_str!("../migrations/0013_retention.sql"),
];

/// From this layout on a contact has a list of messages, where it had one text message at most.
const MESSAGES: i64 = 6;

/// The layout this program reads and writes.
pub const KNOWN: i64 = MIGRATIONS.len() as i64;

/// Serialises two nodes that migrate the same PostgreSQL database.
const ADVISORY_LOCK: i64 = 0x5356_4152;

/// The layout found, 0 for an empty database.
pub async fn found(connection: &mut Connection) -> Result<i64, StoreError> {
    let exists = if connection.is_postgres() {
        "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'layout'"
    } else {
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'layout'"
    };
    let (tables,): (i64,) = connection.one(sql!(exists)).await?;
    if tables == 0 {
        return Ok(0);
    }
    let (layout,): (i64,) = connection.one(sql!("SELECT COALESCE(MAX(number), 0) FROM layout")).await?;
    Ok(layout)
}

/// Refuses a layout that this program does not know.
pub fn check(found: i64) -> Result<(), OpenError> {
    if found > KNOWN {
        return Err(OpenError::NewerSchema { found, known: KNOWN });
    }
    Ok(())
}

/// Brings the database to the layout this program knows.
pub async fn run(database: &Database) -> Result<(), OpenError> {
    let mut transaction = database.write().await?;
    if transaction.is_postgres() {
        transaction.execute(sql!("SELECT pg_advisory_xact_lock($1)", ADVISORY_LOCK)).await?;
    }
    transaction.script("CREATE TABLE IF NOT EXISTS layout (number BIGINT NOT NULL PRIMARY KEY)").await?;
    let found = found(&mut transaction).await?;
    check(found)?;
    for (number, migration) in (1_i64..).zip(MIGRATIONS) {
        if number > found {
            transaction.script(migration).await?;
            if number == MESSAGES {
                records::rewrite_messages(&mut transaction).await?;
            }
            transaction.execute(sql!("INSERT INTO layout (number) VALUES ($1)", number)).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}
