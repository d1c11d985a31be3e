//! `svar journal` and `svar migrate`: the database from outside.

use crate::{clock, output::say, replay};
use anyhow::{Context, bail, ensure};
use domain::{ContactId, contact::Reference};
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};
use storage::{Access, AccessFilter, Erasing, Hold, Location, Reader, Store};

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
    /// Print the last entry and its hash as one JSON line. Kept somewhere else, it shows later that nothing
    /// before it was changed or cut off.
    Head {
        #[command(flatten)]
        place: Place,
    },
    /// Decide the whole journal afresh and hold it against what was decided; one JSON line with the digest of all
    /// decisions, non-zero and the first that differs when they are not the same.
    Replay(replay::Arguments),
    /// Erase the personal data of a closed contact for good: who called, from where, in which words, and the
    /// drafts of its report. The journal stays whole. What for and by whom is kept in the access log. Nothing of a
    /// matter that is held is erased.
    Erase {
        #[command(flatten)]
        place: Place,
        /// The contact's number.
        #[arg(long, value_name = "N")]
        contact: u64,
        /// Who decided it, by the login of a staff account.
        #[arg(long, value_name = "LOGIN")]
        by: String,
        /// Why it may be erased, for the access log; no personal data.
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// Print who read the personal data of a contact, one JSON line each, newest first, the last 1,000.
    Accesses {
        #[command(flatten)]
        place: Place,
        /// The contact's number.
        #[arg(long, value_name = "N")]
        contact: u64,
    },
}

/// What an erasure is called in the access log.
const ERASING: &str = "svar journal erase";
/// As the log has it when its matter is held.
const REFUSED_HELD: &str = "refused: held";
const ACCESSES_SHOWN_MAX: u32 = 1_000;

#[derive(clap::Args)]
pub struct MigrateArguments {
    #[command(flatten)]
    place: Place,
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    crate::runtime()?.block_on(async {
        match command {
            Command::Verify { place } => verify(place).await,
            Command::Head { place } => head(place).await,
            Command::Replay(arguments) => replay::run(arguments).await,
            Command::Erase { place, contact, by, why } => erase(place, ContactId(contact), &by, why.trim()).await,
            Command::Accesses { place, contact } => accesses(place, ContactId(contact)).await,
        }
    })
}

async fn verify(place: Place) -> anyhow::Result<ExitCode> {
    let verification = storage::verify(&place.location()).await?;
    let line = json!({
        "contacts": verification.contacts,
        "open": verification.open,
        "promises": verification.promises,
        "faults": verification.faults,
    });
    say!("{line}")?;
    Ok(if verification.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn head(place: Place) -> anyhow::Result<ExitCode> {
    let store = Store::open_existing(&place.location()).await?;
    let head = store.head().await?.context("the journal has no entry yet: ask again when a call has come in")?;
    say!("{}", json!({ "seq": head.seq, "hash": head.hash }))?;
    Ok(ExitCode::SUCCESS)
}

async fn erase(place: Place, contact: ContactId, by: &str, why: &str) -> anyhow::Result<ExitCode> {
    ensure!(!why.is_empty(), "--why says on what ground it is erased: write it, it is kept in the access log");
    let store = Store::open_existing(&place.location()).await?;
    let account = store.account_by_login(by).await?.with_context(|| format!("there is no account {by:?}: name whoever decided it"))?;
    // The log first: nothing is erased without a word about it.
    let access = Access {
        at: clock::now(),
        reader: Reader::Account(account.id),
        contact: Some(contact),
        matter: None,
        what: ERASING.to_owned(),
        why: why.to_owned(),
    };
    match store.erase_contact(contact, &access, account.id).await? {
        Erasing::Erased(erased) => say!("{erased} pieces of personal data of contact {contact} erased")?,
        Erasing::NotThere => bail!("there is no contact {contact}"),
        Erasing::Open => bail!("contact {contact} is open: what it still brings would stay; erase it when it is closed"),
        Erasing::Held(hold) => return held(&store, &access, hold).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Says who holds it and why, which is a reading of its own.
async fn held(store: &Store, access: &Access, hold: Hold) -> anyhow::Result<ExitCode> {
    store.log_access(&Access { matter: Some(hold.matter), why: REFUSED_HELD.to_owned(), ..access.clone() }).await?;
    let holder = store.account(hold.by).await?.map_or_else(|| format!("account {}", hold.by), |account| account.login);
    let (reference, since) = (Reference::of(hold.matter), clock::written(hold.since));
    let reason = hold.reason.as_ref().map_or("", |reason| reason.text());
    bail!(
        "nothing is erased: {holder} has held matter {reference} since {since} ({reason}); \
         a leader lets it go on its page, /matters/{}",
        reference.digits()
    )
}

async fn accesses(place: Place, contact: ContactId) -> anyhow::Result<ExitCode> {
    let store = Store::open_existing(&place.location()).await?;
    let wanted = AccessFilter { contact: Some(contact), ..AccessFilter::default() };
    for access in store.accesses(&wanted, ACCESSES_SHOWN_MAX).await? {
        let Access { at, reader, what, why, .. } = access;
        say!("{}", json!({ "at": clock::written(at), "reader": reader, "what": what, "why": why }))?;
    }
    Ok(ExitCode::SUCCESS)
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
