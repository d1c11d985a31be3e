//! Staff accounts of a program under measurement, made as an authority makes them, and signing in by the API.

use super::{Place, http::Connection, spread::Progress};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{
    io::Write,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Of no worth: the database goes with the measurement.
const PASSWORD: &str = "benchmarks-of-no-worth";
/// Sites of Sweden's plan, one in each region.
const SITES: &[&str] = &["lulea", "norberg", "sollentuna", "nassjo", "goteborg", "malmo", "falun"];
const SKILLS: &str = "urgent=5,violence=5,report=5,tip=5,service=5";
/// As many at once as the program checks passwords.
const AT_ONCE: usize = 2;

#[derive(Clone)]
pub struct Account {
    login: String,
    role: &'static str,
    site: &'static str,
}

impl Account {
    /// So many operators, spread over the country.
    pub fn operators(count: usize) -> Vec<Self> {
        let sites = SITES.iter().cycle().take(count).enumerate();
        sites.map(|(number, site)| Self { login: format!("desk-{number}"), role: "operator", site }).collect()
    }

    pub fn leader() -> Self {
        Self { login: "lead".to_owned(), role: "leader", site: SITES[0] }
    }

    pub fn is_at(&self, site: &str) -> bool {
        self.site == site
    }

    fn make(&self, place: &Place, folder: &Path) -> Result<()> {
        let mut command = Command::new(&place.program);
        command.args(["user", "add", &self.login, "--name", &self.login, "--role", self.role]);
        command.args(["--site", self.site, "--skills", SKILLS, "--data"]).arg(folder).current_dir(&place.root);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context("`svar user` could not be started")?;
        let told = child.stdin.take().map(|mut input| writeln!(input, "{PASSWORD}"));
        let status = child.wait()?;
        told.transpose()?;
        ensure!(status.success(), "`svar user add {}` failed ({status})", self.login);
        Ok(())
    }

    /// What is shown from then on.
    fn sign_in(&self, connection: &mut Connection) -> Result<String> {
        let body = json!({ "name": self.login, "password": PASSWORD }).to_string();
        let answer = connection.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes())?;
        let opened: Value = serde_json::from_str(&answer.is(201, "signing in")?.text())?;
        Ok(format!("Bearer {}", opened["token"].as_str().context("no token was given")?))
    }
}

/// Makes the accounts in a new database in this folder.
pub fn make(place: &Place, folder: &Path, accounts: &[Account]) -> Result<()> {
    let mut migrate = Command::new(&place.program);
    migrate.arg("migrate").arg("--data").arg(folder).current_dir(&place.root).stdout(Stdio::null());
    ensure!(migrate.status().context("`svar migrate` could not be started")?.success(), "`svar migrate` failed");
    each("accounts made", accounts, || (), |(), account| account.make(place, folder)).map(|_| ())
}

/// Signs all of them in, in their order.
pub fn sign_in(http: SocketAddr, accounts: &[Account]) -> Result<Vec<String>> {
    each("signed in", accounts, || Connection::to(http), |connection, account| account.sign_in(connection))
}

/// Does it for each, a few at once.
fn each<S, T: Send>(
    what: &'static str,
    accounts: &[Account],
    begin: impl Fn() -> S + Sync,
    act: impl Fn(&mut S, &Account) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let work = |progress: Option<&mut Progress>| -> Result<Vec<(usize, T)>> {
        let (mut own, mut done, mut progress) = (begin(), Vec::new(), progress);
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(account) = accounts.get(place) else { return Ok(done) };
            done.push((place, act(&mut own, account)?));
            if let Some(progress) = &mut progress {
                progress.at(place as u64);
            }
        }
    };
    let mut progress = Progress::of(what, accounts.len() as u64);
    let parts = thread::scope(|scope| {
        let others: Vec<_> = (1..AT_ONCE).map(|_| scope.spawn(|| work(None))).collect();
        let own = work(Some(&mut progress));
        let others = others.into_iter().map(|other| other.join().map_err(|_| anyhow::anyhow!("a worker broke off"))?);
        std::iter::once(own).chain(others).collect::<Result<Vec<_>>>()
    });
    let mut all: Vec<(usize, T)> = parts?.into_iter().flatten().collect();
    all.sort_by_key(|(place, _)| *place);
    Ok(all.into_iter().map(|(_, done)| done).collect())
}
