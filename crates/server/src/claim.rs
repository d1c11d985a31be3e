//! Whose a data folder is. The demo resets accounts and invents callers, so it must never touch what a
//! real deployment remembers; nor may a deployment go on with the demo's known accounts.

use anyhow::{bail, ensure};
use storage::{Location, Store};

/// The setting that says that everything in a database is invented.
const DEMO_MARK: &str = "demo";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    Demo,
    Deployment,
}

/// Refuses a database that is somebody else's. An untouched one becomes the demo's by this.
///
/// # Errors
/// One line that says whose it is and what to name instead.
pub async fn claim(store: &Store, location: &Location, owner: Owner) -> anyhow::Result<()> {
    let is_demo = store.setting(DEMO_MARK).await?.is_some();
    match owner {
        Owner::Deployment => {
            ensure!(!is_demo, "{} holds the invented people of `svar demo`: name another place in [storage]", shown(location))
        }
        Owner::Demo if is_demo => {}
        Owner::Demo => {
            if !store.accounts().await?.is_empty() || store.head().await?.is_some() {
                bail!("{} is not a demo's, and the demo would reset its accounts: name another folder with --data", shown(location));
            }
            store.set_setting(DEMO_MARK, "invented").await?;
        }
    }
    Ok(())
}

/// A database's address may hold a password.
fn shown(location: &Location) -> String {
    match location {
        Location::Sqlite(folder) => format!("the folder {}", folder.display()),
        Location::Postgres(_) => "the database".to_owned(),
    }
}
