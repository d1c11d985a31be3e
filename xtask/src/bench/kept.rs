//! Where a program under measurement keeps everything: a folder of its own, and a database of PostgreSQL or the one in the
//! folder.

use super::{caretaker::Caretaker, postgres::Postgres};
use anyhow::Result;
use std::{env, fs, path::PathBuf, process};

pub struct Kept {
    pub name: &'static str,
    pub folder: PathBuf,
    postgres: Option<Postgres>,
    _caretaker: Caretaker,
}

impl Kept {
    /// Each database in turn, empty.
    pub fn each() -> Result<[Self; 2]> {
        let mut postgres = Self::sqlite("PostgreSQL")?;
        postgres.postgres = Some(Postgres::start()?);
        Ok([Self::sqlite("SQLite")?, postgres])
    }

    /// A folder alone, with its own database.
    pub fn sqlite(name: &'static str) -> Result<Self> {
        let folder = env::temp_dir().join(format!("svar-bench-{}-{}", name.to_lowercase(), process::id()));
        fs::create_dir_all(&folder)?;
        let _caretaker = Caretaker::of(&folder, None)?;
        Ok(Self { name, folder, postgres: None, _caretaker })
    }

    pub fn database(&self) -> Option<String> {
        self.postgres.as_ref().map(Postgres::address)
    }

    /// As our measuring programs are told it.
    pub fn place(&self) -> String {
        self.database().unwrap_or_else(|| self.folder.display().to_string())
    }
}
