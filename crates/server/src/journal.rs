//! `svar journal` and `svar migrate`: the database from outside.

use crate::output::say;
use anyhow::Context;
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};
use storage::{Location, Store};

/// Where a deployment is remembered.
#[derive(clap::Args)]
pub struct Place {
    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = "svar-data")]
    data: PathBuf,
    /// A PostgreSQL database instead of a folder: postgres://user@host/database.
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    database: Option<String>,
}

impl Place {
    pub fn location(self) -> Location {
        match self.database {
            Some(url) => Location::Postgres(url),
            None => Location::Sqlite(self.data),
        }
    }
}

#[derive(clap::Subcommand)]
pub enum Command {
    /// Check the hash chain, the invariant and the accounts; one JSON line, non-zero on any fault.
    Verify {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(clap::Args)]
pub struct MigrateArguments {
    #[command(flatten)]
    place: Place,
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Verify { place } = command;
    let verification = crate::runtime()?.block_on(storage::verify(&place.location()))?;
    let line = json!({
        "contacts": verification.contacts,
        "open": verification.open,
        "promises": verification.promises,
        "faults": verification.faults,
    });
    say!("{line}")?;
    Ok(if verification.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub fn migrate(arguments: MigrateArguments) -> anyhow::Result<ExitCode> {
    let location = arguments.place.location();
    crate::runtime()?.block_on(async {
        let store = Store::open(&location).await.context("the database was not brought up to date")?;
        store.close().await;
        anyhow::Ok(())
    })?;
    say!("the database is up to date")?;
    Ok(ExitCode::SUCCESS)
}
