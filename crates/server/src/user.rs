//! `svar user`: staff accounts, also beside a running server. It makes no database: a mistyped folder is
//! told, not filled (`svar migrate`, `serve` and `demo` make one).

use crate::{addresses::is_sip_address, deployment, journal::Place, output::say};
use anyhow::{Context, bail, ensure};
use domain::{SiteId, SkillId, access::Role, intent::Language};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufRead,
    process::ExitCode,
};
use storage::{NewAccount, Store};
use web::{NAME_CHARS_MAX, PASSWORD_CHARS_MAX};

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
        /// The deployment whose plan names the sites and skills: a folder, or a name in deployments/.
        #[arg(long, default_value = "sweden")]
        deployment: String,
        /// The site it answers at, by the plan's id.
        #[arg(long)]
        site: Option<String>,
        /// Skills of the plan with levels from 1 to 9: report=5,tip=3.
        #[arg(long, value_delimiter = ',')]
        skills: Vec<String>,
        /// Languages spoken: sv,en.
        #[arg(long, value_delimiter = ',', default_value = "sv,en")]
        languages: Vec<String>,
        /// A SIP telephone to ring instead of the browser: sip:desk-7@phones.example.
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
        Command::Add { place, login, name, role, deployment, site, skills, languages, telephone } => {
            let account = NewAccount {
                login: read_login(&login)?,
                name: read_name(&name)?,
                role: Role::from_word(&role).with_context(|| format!("{role:?} is no role: operator, leader, planner or administrator"))?,
                site: site.as_deref().map(SiteId::new),
                skills: read_skills(&skills)?,
                languages: read_languages(&languages)?,
                sip_address: telephone.map(read_telephone).transpose()?,
            };
            check_against_plan(&account, &deployment)?;
            let password = read_password()?;
            let store = Store::open_existing(&place.location()).await?;
            let created = store.create_account(&account).await.context("the account was not created")?;
            store.set_password(created.id, &password).await?;
            say!("account {} created for {}", created.id, created.login)?;
        }
        Command::Password { place, login } => {
            let password = read_password()?;
            let store = Store::open_existing(&place.location()).await?;
            let account = store.account_by_login(&login).await?.with_context(|| format!("there is no account {login:?}"))?;
            store.set_password(account.id, &password).await?;
            say!("password set; every session of {} has ended", account.login)?;
        }
        Command::Disable { place, login } => {
            let store = Store::open_existing(&place.location()).await?;
            let mut account = store.account_by_login(&login).await?.with_context(|| format!("there is no account {login:?}"))?;
            account.disabled = true;
            store.update_account(&account).await?;
            say!("{} is locked", account.login)?;
        }
        Command::List { place } => {
            let store = Store::open_existing(&place.location()).await?;
            for account in store.accounts().await? {
                let site = account.site.as_ref().map_or("-", SiteId::as_str);
                let locked = if account.disabled { "  locked" } else { "" };
                say!("{:>4}  {:20} {:14} {site:12} {}{locked}", account.id.0, account.login, account.role.word(), account.name)?;
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
    ensure!(password.chars().count() <= PASSWORD_CHARS_MAX, "the sign-in page takes at most {PASSWORD_CHARS_MAX} characters of a password");
    Ok(password)
}

/// What the sign-in page would take, or nobody could sign in by it.
fn read_login(login: &str) -> anyhow::Result<String> {
    let login = login.trim();
    ensure!(!login.is_empty(), "a login has at least one character that is no space");
    ensure!(login.chars().count() <= NAME_CHARS_MAX, "a login has at most {NAME_CHARS_MAX} characters: the sign-in page takes no more");
    ensure!(!login.chars().any(char::is_control), "a login has no control characters: nobody could type them");
    Ok(login.to_owned())
}

fn read_name(name: &str) -> anyhow::Result<String> {
    let name = name.trim();
    ensure!(!name.is_empty() && !name.chars().any(char::is_control), "--name is what colleagues see: write at least one letter");
    Ok(name.to_owned())
}

fn read_telephone(telephone: String) -> anyhow::Result<String> {
    ensure!(is_sip_address(&telephone), "{telephone:?} is no telephone: write a SIP address such as sip:desk-7@phones.example");
    Ok(telephone)
}

/// A site that the plan does not know has no queue, a skill that it does not know is asked for by none:
/// such an operator would wait for calls that never come.
fn check_against_plan(account: &NewAccount, deployment: &str) -> anyhow::Result<()> {
    if account.site.is_none() && account.skills.is_empty() {
        return Ok(());
    }
    let folder = deployment::find(deployment).context("sites and skills are looked up in a plan")?;
    let plan = deployment::read_plan(&folder)?;
    if let Some(site) = account.site.as_ref().filter(|site| plan.site(site).is_none()) {
        let known: Vec<&str> = plan.sites.iter().map(|site| site.id.as_str()).collect();
        bail!("\"{site}\" is no site of {}: {}; another plan is named by --deployment", plan.name, known.join(", "));
    }
    let known: BTreeSet<&SkillId> = plan.classes.iter().map(|class| &class.skill).collect();
    if let Some(skill) = account.skills.keys().find(|skill| !known.contains(skill)) {
        let known: Vec<&str> = known.into_iter().map(SkillId::as_str).collect();
        bail!("\"{skill}\" is no skill that {} asks for: {}; another plan is named by --deployment", plan.name, known.join(", "));
    }
    Ok(())
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
