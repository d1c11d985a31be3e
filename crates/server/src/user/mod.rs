//! `svar user`: staff accounts, also beside a running server. It makes no database: a mistyped folder is
//! told, not filled (`svar migrate`, `serve` and `demo` make one).

mod password;

use crate::{addresses::is_sip_address, deployment, journal::Place, output::say};
use anyhow::{Context, bail, ensure};
use domain::{CategoryId, RegionId, SiteId, SkillId, access::Role, intent::Language};
use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
};
use storage::{Account, NewAccount, Store};
use web::NAME_CHARS_MAX;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Create an account, if nothing else is said an operator's who speaks sv and en. Its password is asked
    /// for, or read from standard input.
    Add {
        #[command(flatten)]
        place: Place,
        login: String,
        /// The name shown to colleagues.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        profile: Profile,
    },
    /// Change an account: what is named, and nothing else. Whoever is at work goes on as before until the
    /// page is opened anew.
    Change {
        #[command(flatten)]
        place: Place,
        login: String,
        /// The name shown to colleagues.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        profile: Profile,
    },
    /// Set a new password, asked for or read from standard input; ends every session of the account.
    Password {
        #[command(flatten)]
        place: Place,
        login: String,
    },
    /// Lock an account; ends its sessions.
    Disable {
        #[command(flatten)]
        place: Place,
        login: String,
    },
    /// Unlock an account. Its password is the one it had.
    Enable {
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

/// What somebody may do and can do. What is not named stays, or is as a new account has it.
#[derive(clap::Args)]
pub struct Profile {
    /// operator, leader, planner or administrator.
    #[arg(long)]
    role: Option<String>,
    /// The deployment whose plan names the sites and skills: a folder, or a name in deployments/.
    #[arg(long, default_value = "sweden")]
    deployment: String,
    /// The site it answers at, by the plan's id; "" for none.
    #[arg(long)]
    site: Option<String>,
    /// Skills of the plan with levels from 1 to 9: report=5,tip=3; "" for none.
    #[arg(long)]
    skills: Option<String>,
    /// Languages spoken: sv,en.
    #[arg(long)]
    languages: Option<String>,
    /// A staff category of the plan: officer; "" for none.
    #[arg(long)]
    category: Option<String>,
    /// Regions of the plan that are served beside the site's own: syd,ost; "" for none.
    #[arg(long)]
    also_regions: Option<String>,
    /// A SIP telephone to ring instead of the browser: sip:desk-7@phones.example; "" for none. It is rung
    /// whether or not the plan's [dial] names it.
    #[arg(long)]
    telephone: Option<String>,
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    crate::runtime()?.block_on(carry_out(command))?;
    Ok(ExitCode::SUCCESS)
}

async fn carry_out(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { place, login, name, profile } => add(place, &login, &name, profile).await,
        Command::Change { place, login, name, profile } => change(place, &login, name, profile).await,
        Command::Password { place, login } => {
            let password = password::read()?;
            let (store, account) = account(place, &login).await?;
            store.set_password(account.id, &password).await?;
            say!("password set; every session of {} has ended", account.login)
        }
        Command::Disable { place, login } => {
            let (store, account) = account(place, &login).await?;
            store.update_account(&Account { disabled: true, ..account.clone() }).await?;
            say!("{} is locked", account.login)
        }
        Command::Enable { place, login } => {
            let (store, account) = account(place, &login).await?;
            store.update_account(&Account { disabled: false, ..account.clone() }).await?;
            say!("{} may sign in again, with the password it had", account.login)
        }
        Command::List { place } => list(place).await,
    }
}

async fn account(place: Place, login: &str) -> anyhow::Result<(Store, Account)> {
    let store = Store::open_existing(&place.location()).await?;
    let account = store.account_by_login(login).await?.with_context(|| format!("there is no account {login:?}"))?;
    Ok((store, account))
}

async fn add(place: Place, login: &str, name: &str, profile: Profile) -> anyhow::Result<()> {
    let read = profile.read()?;
    let account = NewAccount {
        login: read_login(login)?,
        name: read_name(name)?,
        role: read.role.unwrap_or(Role::Operator),
        site: read.site.flatten(),
        skills: read.skills.unwrap_or_default(),
        languages: read.languages.unwrap_or_else(|| vec![Language::Swedish, Language::English]),
        category: read.category.flatten(),
        also_regions: read.also_regions.unwrap_or_default(),
        sip_address: read.telephone.flatten(),
    };
    let password = password::read()?;
    let store = Store::open_existing(&place.location()).await?;
    let created = store.create_account(&account).await.context("the account was not created")?;
    store.set_password(created.id, &password).await?;
    say!("account {} created for {}", created.id, created.login)
}

async fn change(place: Place, login: &str, name: Option<String>, profile: Profile) -> anyhow::Result<()> {
    let read = profile.read()?;
    let name = name.map(|name| read_name(&name)).transpose()?;
    let (store, kept) = account(place, login).await?;
    let changed = Account {
        name: name.unwrap_or_else(|| kept.name.clone()),
        role: read.role.unwrap_or(kept.role),
        site: read.site.unwrap_or_else(|| kept.site.clone()),
        skills: read.skills.unwrap_or_else(|| kept.skills.clone()),
        languages: read.languages.unwrap_or_else(|| kept.languages.clone()),
        category: read.category.unwrap_or_else(|| kept.category.clone()),
        also_regions: read.also_regions.unwrap_or_else(|| kept.also_regions.clone()),
        sip_address: read.telephone.unwrap_or_else(|| kept.sip_address.clone()),
        ..kept.clone()
    };
    ensure!(changed != kept, "nothing was changed: `svar user change --help` names what can be");
    store.update_account(&changed).await.context("the account was not changed")?;
    say!("{} is changed", changed.login)
}

async fn list(place: Place) -> anyhow::Result<()> {
    let store = Store::open_existing(&place.location()).await?;
    for account in store.accounts().await? {
        let Account { id, login, name, role, site, skills, languages, .. } = account;
        let site = site.as_ref().map_or("-", SiteId::as_str);
        let skills: Vec<String> = skills.iter().map(|(skill, level)| format!("{skill}={level}")).collect();
        let languages: Vec<&str> = languages.iter().map(|language| language.word()).collect();
        let (skills, languages, role) = (or_none(&skills.join(",")), or_none(&languages.join(",")), role.word());
        let locked = if account.disabled { "  locked" } else { "" };
        say!("{:>4}  {login:20} {role:14} {site:12} {languages:8} {skills:40} {name}{locked}", id.0)?;
    }
    Ok(())
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}

/// What was named and could be read; "" takes away what an account can do without.
struct Read {
    role: Option<Role>,
    site: Option<Option<SiteId>>,
    skills: Option<BTreeMap<SkillId, u8>>,
    languages: Option<Vec<Language>>,
    category: Option<Option<CategoryId>>,
    also_regions: Option<Vec<RegionId>>,
    telephone: Option<Option<String>>,
}

impl Profile {
    fn read(self) -> anyhow::Result<Read> {
        let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        let read = Read {
            role: self.role.as_deref().map(read_role).transpose()?,
            site: self.site.map(|site| given(site).map(|site| SiteId::new(site.trim()))),
            skills: self.skills.as_deref().map(read_skills).transpose()?,
            languages: self.languages.as_deref().map(read_languages).transpose()?,
            category: self.category.map(|category| given(category).map(|category| CategoryId::new(category.trim()))),
            also_regions: self
                .also_regions
                .as_deref()
                .map(|regions| listed(regions).map(RegionId::new).collect::<BTreeSet<_>>().into_iter().collect()),
            telephone: self.telephone.map(|telephone| given(telephone).map(read_telephone).transpose()).transpose()?,
        };
        check_against_plan(&read, &self.deployment)?;
        Ok(read)
    }
}

/// A person's: programs have tokens.
fn read_role(word: &str) -> anyhow::Result<Role> {
    let role = Role::from_word(word).filter(|role| *role != Role::Script);
    role.with_context(|| format!("{word:?} is no role: operator, leader, planner or administrator"))
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
fn check_against_plan(read: &Read, deployment: &str) -> anyhow::Result<()> {
    let (site, skills) = (read.site.iter().flatten().next(), read.skills.iter().flat_map(BTreeMap::keys));
    let (category, mut regions) = (read.category.iter().flatten().next(), read.also_regions.iter().flatten().peekable());
    if site.is_none() && skills.clone().next().is_none() && category.is_none() && regions.peek().is_none() {
        return Ok(());
    }
    let folder = deployment::find(deployment).context("sites, skills, staff categories and regions are looked up in a plan")?;
    let plan = deployment::read_plan(&folder)?;
    if let Some(site) = site.filter(|site| plan.site(site).is_none()) {
        let known: Vec<&str> = plan.sites.iter().map(|site| site.id.as_str()).collect();
        bail!("\"{site}\" is no site of {}: {}; another plan is named by --deployment", plan.name, known.join(", "));
    }
    if let Some(category) = category.filter(|category| !plan.categories.contains(category)) {
        let known: Vec<&str> = plan.categories.iter().map(CategoryId::as_str).collect();
        bail!(
            "\"{category}\" is no staff category of {}: {}; another plan is named by --deployment",
            plan.name,
            or_none(&known.join(", "))
        );
    }
    if let Some(region) = regions.find(|region| plan.region(region).is_none()) {
        let known: Vec<&str> = plan.regions.iter().map(|region| region.id.as_str()).collect();
        bail!("\"{region}\" is no region of {}: {}; another plan is named by --deployment", plan.name, known.join(", "));
    }
    let known: BTreeSet<&SkillId> = plan.classes.iter().map(|class| &class.skill).collect();
    if let Some(skill) = skills.into_iter().find(|skill| !known.contains(skill)) {
        let known: Vec<&str> = known.into_iter().map(SkillId::as_str).collect();
        bail!("\"{skill}\" is no skill that {} asks for: {}; another plan is named by --deployment", plan.name, known.join(", "));
    }
    Ok(())
}

/// The words of a list with commas, which may be empty.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn read_skills(text: &str) -> anyhow::Result<BTreeMap<SkillId, u8>> {
    listed(text)
        .map(|skill| {
            let (id, level) = skill.split_once('=').unwrap_or((skill, "5"));
            let level: u8 =
                level.parse().ok().filter(|level| (1..=9).contains(level)).with_context(|| format!("{skill:?}: a level is 1 to 9"))?;
            Ok((SkillId::new(id), level))
        })
        .collect()
}

fn read_languages(text: &str) -> anyhow::Result<Vec<Language>> {
    let read = |word| Language::from_word(word).with_context(|| format!("{word:?} is no language of ours: sv, en or da"));
    let languages: Vec<Language> = listed(text).map(read).collect::<anyhow::Result<_>>()?;
    ensure!(!languages.is_empty(), "--languages names none: whoever speaks none is offered nobody");
    Ok(languages)
}
