//! `svar user`: staff accounts, also beside a running server.

use crate::journal::Place;
use anyhow::{Context, bail};
use domain::{SiteId, SkillId, access::Role, intent::Language};
use std::{collections::BTreeMap, io::BufRead, process::ExitCode};
use storage::{NewAccount, Store};

/// Shorter passwords are refused.
const PASSWORD_CHARS_MIN: usize = 10;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Create an account; its password is read from standard input.
    Add {
        #[command(flatten)]
        place: Place,
        login: String,
        /// The name shown to colleagues.
        #[arg(long)]
        name: String,
        /// operator, leader, planner or administrator.
        #[arg(long, default_value = "operator")]
        role: String,
        /// The site it answers at, by the plan's id.
        #[arg(long)]
        site: Option<String>,
        /// Skills with levels from 1 to 9: report=5,tip=3.
        #[arg(long, value_delimiter = ',')]
        skills: Vec<String>,
        /// Languages spoken: sv,en.
        #[arg(long, value_delimiter = ',', default_value = "sv,en")]
        languages: Vec<String>,
        /// A SIP telephone to ring instead of the browser.
        #[arg(long)]
        telephone: Option<String>,
    },
    /// Set a new password, read from standard input; ends every session of the account.
    Password {
        #[command(flatten)]
        place: Place,
        login: String,
    },
    /// Lock an account.
    Disable {
        #[command(flatten)]
        place: Place,
        login: String,
    },
    /// List the accounts.
    List {
        #[command(flatten)]
        place: Place,
    },
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    crate::runtime()?.block_on(carry_out(command))?;
    Ok(ExitCode::SUCCESS)
}

async fn carry_out(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { place, login, name, role, site, skills, languages, telephone } => {
            let account = NewAccount {
                login,
                name,
                role: Role::from_word(&role).with_context(|| format!("{role:?} is no role: operator, leader, planner or administrator"))?,
                site: site.as_deref().map(SiteId::new),
                skills: read_skills(&skills)?,
                languages: read_languages(&languages)?,
                sip_address: telephone,
            };
            let password = read_password()?;
            let store = Store::open(&place.location()).await?;
            let created = store.create_account(&account).await.context("the account was not created")?;
            store.set_password(created.id, &password).await?;
            println!("account {} created for {}", created.id, created.login);
        }
        Command::Password { place, login } => {
            let password = read_password()?;
            let store = Store::open(&place.location()).await?;
            let account = store.account_by_login(&login).await?.with_context(|| format!("there is no account {login:?}"))?;
            store.set_password(account.id, &password).await?;
            println!("password set; every session of {} has ended", account.login);
        }
        Command::Disable { place, login } => {
            let store = Store::open(&place.location()).await?;
            let mut account = store.account_by_login(&login).await?.with_context(|| format!("there is no account {login:?}"))?;
            account.disabled = true;
            store.update_account(&account).await?;
            println!("{} is locked", account.login);
        }
        Command::List { place } => {
            let store = Store::open(&place.location()).await?;
            for account in store.accounts().await? {
                let site = account.site.as_ref().map_or("-", SiteId::as_str);
                let locked = if account.disabled { "  locked" } else { "" };
                println!("{:>4}  {:20} {:14} {site:12} {}{locked}", account.id.0, account.login, account.role.word(), account.name);
            }
        }
    }
    Ok(())
}

fn read_password() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("no password could be read from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        bail!("a password has at least {PASSWORD_CHARS_MIN} characters; write it on standard input");
    }
    Ok(password)
}

fn read_skills(skills: &[String]) -> anyhow::Result<BTreeMap<SkillId, u8>> {
    skills
        .iter()
        .map(|skill| {
            let (id, level) = skill.split_once('=').unwrap_or((skill, "5"));
            let level: u8 =
                level.parse().ok().filter(|level| (1..=9).contains(level)).with_context(|| format!("{skill:?}: a level is 1 to 9"))?;
            Ok((SkillId::new(id), level))
        })
        .collect()
}

fn read_languages(languages: &[String]) -> anyhow::Result<Vec<Language>> {
    let read = |word: &String| Language::from_word(word).with_context(|| format!("{word:?} is no language of ours: sv, en or da"));
    languages.iter().map(read).collect()
}
