//! `svar token`: tokens of programs that read the API, also beside a running server. A token is shown once;
//! the database keeps its hash.

use crate::{
    clock,
    journal::Place,
    output::{complain, say},
};
use anyhow::{bail, ensure};
use domain::access::Role;
use std::process::ExitCode;
use storage::Store;

/// Long enough to say what the program is and whose.
const LABEL_CHARS_MAX: usize = 100;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a token for a program that reads the API, and print it: it is shown this once.
    Add {
        #[command(flatten)]
        place: Place,
        /// What the token is called in the list, such as the program that holds it.
        name: String,
    },
    /// List the tokens by name, without their secrets.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Take a token back: it opens nothing from now on.
    Revoke {
        #[command(flatten)]
        place: Place,
        name: String,
    },
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    crate::runtime()?.block_on(carry_out(command))?;
    Ok(ExitCode::SUCCESS)
}

async fn carry_out(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { place, name } => {
            let label = read_label(&name)?;
            let store = Store::open_existing(&place.location()).await?;
            // The store would put the new one in the place of the old, and a program would stop without a word.
            if store.api_tokens().await?.iter().any(|token| token.label == label) {
                bail!("there is a token {label:?} already: revoke it first, or take another name");
            }
            let token = store.create_api_token(&label, Role::Script, clock::now()).await?;
            // Alone on standard output, so that it can be led into a file.
            say!("{}", token.secret())?;
            complain!("{label} sends it as \"Authorization: Bearer …\". It is shown this once: the database keeps its hash.");
        }
        Command::List { place } => {
            let store = Store::open_existing(&place.location()).await?;
            for token in store.api_tokens().await? {
                say!("{}  {:10} {}", clock::written(token.created), token.role.word(), token.label)?;
            }
        }
        Command::Revoke { place, name } => {
            let label = name.trim();
            let store = Store::open_existing(&place.location()).await?;
            ensure!(store.revoke_api_token(label).await?, "there is no token {label:?}: `svar token list` names them");
            say!("the token {label} opens nothing any more")?;
        }
    }
    Ok(())
}

fn read_label(name: &str) -> anyhow::Result<String> {
    let label = name.trim();
    ensure!(!label.is_empty(), "a token's name has at least one character that is no space");
    ensure!(label.chars().count() <= LABEL_CHARS_MAX, "a token's name has at most {LABEL_CHARS_MAX} characters");
    ensure!(!label.chars().any(char::is_control), "a token's name has no control characters: nobody could type them");
    Ok(label.to_owned())
}
