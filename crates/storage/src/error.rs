//! What can go wrong, told apart by what the caller can do about it. No message holds an address
//! with a password or anything a citizen said.

use domain::Timestamp;
use std::path::PathBuf;
use thiserror::Error;

/// Why something was not read or written. After any of them nothing of the request was written,
/// except that after [`StoreError::Gone`] the last append may turn out to have been kept.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum StoreError {
    /// Stop taking calls, raise an alarm, try again: appending works again once there is room.
    #[error("the disk of the database is full: make room, then it goes on by itself")]
    Full,
    /// Another node runs this deployment now; stop acting at once.
    #[error("another node has taken over this deployment: this one may write nothing more")]
    Fenced,
    /// Try again; the store reconnects by itself. What is open is reloaded before going on.
    #[error("the database cannot be reached ({0}): check that it runs, then it goes on by itself")]
    Gone(String),
    /// The queue of the writer is full; shed load and try again.
    #[error("more is waiting to be saved than the database keeps up with: try again shortly")]
    Busy,
    /// A person must look; run `svar journal verify`.
    #[error("the database holds something that cannot be right ({0}): run `svar journal verify`")]
    Corrupt(String),
    /// Say so to whoever wrote it.
    #[error("this is longer than can be kept: shorten it")]
    TooLong,
    /// Somebody else changed or already has it: read again, then decide.
    #[error("somebody else has changed this or it exists already: look again before you save")]
    Conflict,
}

/// Why a database could not be opened: each one line for the person who started the program.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum OpenError {
    #[error("the folder {} cannot be written ({cause}): choose another or change its permissions", folder.display())]
    UnwritableFolder { folder: PathBuf, cause: String },
    #[error("the folder {} is in use by another Svar that must end before the database can be brought up to date", folder.display())]
    InUse { folder: PathBuf },
    #[error("the database was made by a newer Svar (layout {found}, this one knows {known}): start the newer program")]
    NewerSchema { found: i64, known: i64 },
    #[error("the database has an older layout ({found}, this program reads {known}): run `svar migrate` first")]
    OlderSchema { found: i64, known: i64 },
    #[error("there is no database in {}: name the folder of a deployment that has run", folder.display())]
    Missing { folder: PathBuf },
    #[error("the database address cannot be read: write postgres://user@host/database")]
    BadAddress,
    #[error("the database cannot be reached ({cause}): check its address and that it runs")]
    Unreachable { cause: String },
    #[error("the disk of the database is full: make room and start again")]
    Full,
    #[error("the database cannot be read ({cause}): restore a backup or ask for help")]
    Damaged { cause: String },
}

/// Why this node does not run the deployment.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum LeaseError {
    #[error("the node {node:?} runs this deployment ({}): stop it, or wait until it is gone", until_text(*until))]
    HeldBy { node: String, until: Timestamp },
    /// Renewing or releasing came too late.
    #[error("another node has taken over this deployment")]
    Lost,
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn until_text(until: Timestamp) -> String {
    std::time::UNIX_EPOCH
        .checked_add(std::time::Duration::from_millis(u64::try_from(until.0).unwrap_or(0)))
        .and_then(|end| end.duration_since(std::time::SystemTime::now()).ok())
        .map_or_else(|| "until its process ends".to_owned(), |left| format!("for another {} s unless it renews", left.as_secs() + 1))
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::Gone(cause) => Self::Unreachable { cause },
            StoreError::Corrupt(cause) => Self::Damaged { cause },
            StoreError::Fenced | StoreError::Busy | StoreError::TooLong | StoreError::Conflict => {
                Self::Unreachable { cause: "it is busy".to_owned() }
            }
        }
    }
}

/// SQLite's primary result codes; an extended code holds one in its low byte.
mod sqlite {
    pub const BUSY: i32 = 5;
    pub const LOCKED: i32 = 6;
    pub const CORRUPT: i32 = 11;
    pub const FULL: i32 = 13;
    pub const CONSTRAINT: i32 = 19;
    pub const NOT_A_DATABASE: i32 = 26;
    /// The file that readers share could not grow.
    pub const IO_ERROR_SHARED_SIZE: i32 = 4874;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(error) => {
                let code = error.code().unwrap_or_default().into_owned();
                match code.parse::<i32>() {
                    Ok(number) if code.len() < 5 => of_sqlite(number, error.message()),
                    _ => of_postgres(&code, error.message()),
                }
            }
            E::ColumnDecode { .. } | E::Decode(_) | E::ColumnNotFound(_) | E::TypeNotFound { .. } | E::RowNotFound => {
                Self::Corrupt("a row is not of the expected form".to_owned())
            }
            E::Io(error) => Self::Gone(error.kind().to_string()),
            E::PoolTimedOut => Self::Gone("no connection became free".to_owned()),
            E::PoolClosed | E::WorkerCrashed => Self::Gone("the store is closed".to_owned()),
            E::Tls(_) => Self::Gone("no secure connection could be made".to_owned()),
            _ => Self::Gone("the connection failed".to_owned()),
        }
    }
}

fn of_sqlite(code: i32, message: &str) -> StoreError {
    if code == sqlite::IO_ERROR_SHARED_SIZE {
        return StoreError::Full;
    }
    match code & 0xff {
        sqlite::FULL => StoreError::Full,
        sqlite::BUSY | sqlite::LOCKED => StoreError::Busy,
        sqlite::CONSTRAINT => StoreError::Conflict,
        sqlite::CORRUPT | sqlite::NOT_A_DATABASE => StoreError::Corrupt(message.to_owned()),
        _ => StoreError::Gone(format!("SQLite {code}: {message}")),
    }
}

fn of_postgres(code: &str, message: &str) -> StoreError {
    match code {
        "53100" => StoreError::Full,
        "23505" | "40001" | "40P01" => StoreError::Conflict,
        _ if code.starts_with("XX") => StoreError::Corrupt(message.to_owned()),
        _ => StoreError::Gone(format!("PostgreSQL {code}: {message}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_by_what_can_be_done() {
        for (code, full) in [(13, true), (4874, true), (10, false), (5, false)] {
            assert_eq!(of_sqlite(code, "") == StoreError::Full, full, "{code}");
        }
        assert_eq!(of_sqlite(2067, ""), StoreError::Conflict);
        assert_eq!(of_postgres("53100", ""), StoreError::Full);
        assert_eq!(of_postgres("23505", ""), StoreError::Conflict);
        assert!(matches!(of_postgres("57P01", "terminating"), StoreError::Gone(_)));
    }
}
