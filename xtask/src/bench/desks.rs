//! Desks that are open: each signed in with an account of its own, its live stream held open as its page holds it, and its
//! parts fetched anew when the stream tells of a change, by as many of them as are to. All that a page hears and sees is told
//! with its time.

use super::{
    Place, accounts,
    accounts::Account,
    http::{Connection, Events},
    kept::Kept,
    server::Server,
    spread::Progress,
};
use crate::child;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{
    net::SocketAddr,
    process,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// A thread for the stream of each page and one for its parts; neither does much.
const STACK_BYTES: usize = 128 * 1024;
/// Two connections for each page, and what a program needs beside.
const DESCRIPTORS_BESIDE: usize = 400;
/// Between two pages that open: people come to work one after the other.
const OPEN_EVERY: Duration = Duration::from_millis(4);
const OPEN_MAX: Duration = Duration::from_secs(120);
/// What pages tell and nobody has looked at yet; what is more is lost, and missed.
const TOLD_MAX: usize = 200_000;
/// A page gathers changes for so long before it fetches (`live.js`).
const GATHER: Duration = Duration::from_millis(60);
/// Nothing is told for so long: longer than a stream keeps a change back.
const QUIET: Duration = Duration::from_millis(900);
const QUIET_MAX: Duration = Duration::from_secs(60);

pub enum What {
    Open,
    /// The stream said that something changed.
    Changed,
    /// Fresh parts are there.
    Fresh,
    /// And they show what was waited for, since then.
    Shows(Instant),
    NotFetched(String),
    /// The stream was refused or has ended.
    Lost(String),
}

pub struct Told {
    pub page: usize,
    pub what: What,
    pub at: Instant,
}

/// What a page is to show, and since when it is waited for.
type Awaited = Option<(Instant, &'static str)>;

/// What all pages share.
struct Hall {
    http: SocketAddr,
    /// Pages before this one fetch their parts.
    fetching: AtomicUsize,
    ended: AtomicBool,
    tokens: Vec<String>,
    /// By page.
    awaited: Vec<Mutex<Awaited>>,
    told: SyncSender<Told>,
}

/// Everybody who signs in, made once for all that is measured: making them takes longer than most of it.
pub struct Staff {
    kept: Kept,
    accounts: Vec<Account>,
    /// Sessions, which outlast the program that gave them; the leader's is the last.
    tokens: OnceLock<Vec<String>>,
}

impl Staff {
    fn of(place: &Place) -> Result<&Staff> {
        if place.staff.get().is_none() {
            let kept = Kept::sqlite("desks")?;
            let accounts: Vec<Account> = Account::operators(place.desks).into_iter().chain([Account::leader()]).collect();
            accounts::make(place, &kept.folder, &accounts)?;
            // Nobody else makes them.
            let _ = place.staff.set(Self { kept, accounts, tokens: OnceLock::new() });
        }
        place.staff.get().context("nobody works here")
    }

    fn tokens(&self, server: &Server) -> Result<Vec<String>> {
        if let Some(tokens) = self.tokens.get() {
            return Ok(tokens.clone());
        }
        let tokens = accounts::sign_in(server.http, &self.accounts)?;
        Ok(self.tokens.get_or_init(|| tokens).clone())
    }
}

pub struct Desks {
    pub accounts: Vec<Account>,
    /// Which pages have their stream.
    pub open: Vec<usize>,
    /// The leader, who looks and has no page.
    pub leader: String,
    hall: Arc<Hall>,
    /// Read by one at a time.
    told: Mutex<Receiver<Told>>,
    threads: Vec<JoinHandle<()>>,
}

impl Desks {
    /// Starts the program and opens everybody's page; those that are refused are missing from `open`.
    pub fn open(place: &Place) -> Result<(Server, Self)> {
        let staff = Staff::of(place)?;
        let server = Server::start_on(place, &staff.kept.folder, None)?;
        let mut tokens = staff.tokens(&server)?;
        allow_descriptors(tokens.len() * 2 + DESCRIPTORS_BESIDE)?;
        let leader = tokens.pop().context("nobody leads")?;
        let accounts = staff.accounts[..tokens.len()].to_vec();
        let (teller, told) = sync_channel(TOLD_MAX);
        let awaited = tokens.iter().map(|_| Mutex::default()).collect();
        let hall = Hall { http: server.http, fetching: AtomicUsize::new(0), ended: AtomicBool::new(false), tokens, awaited, told: teller };
        let mut desks = Self { accounts, open: Vec::new(), leader, hall: Arc::new(hall), told: Mutex::new(told), threads: Vec::new() };
        for page in 0..desks.accounts.len() {
            desks.begin(page)?;
            thread::sleep(OPEN_EVERY);
        }
        desks.wait_until_open()?;
        desks.settle();
        Ok((server, desks))
    }

    fn begin(&mut self, page: usize) -> Result<()> {
        // One turn that waits is enough: what changed meanwhile is fetched with it.
        let (fetch, turns) = sync_channel(1);
        let (listening, looking) = (Arc::clone(&self.hall), Arc::clone(&self.hall));
        let builder = || thread::Builder::new().stack_size(STACK_BYTES);
        self.threads.push(builder().spawn(move || listening.listen(page, &fetch))?);
        self.threads.push(builder().spawn(move || looking.look(page, &turns))?);
        Ok(())
    }

    fn wait_until_open(&mut self) -> Result<()> {
        let (begun, wanted) = (Instant::now(), self.accounts.len());
        let (mut lost, mut progress) = (Vec::new(), Progress::of("desks open", wanted as u64));
        while self.open.len() + lost.len() < wanted && begun.elapsed() < OPEN_MAX {
            match self.next(Instant::now() + QUIET) {
                Some(Told { page, what: What::Open, .. }) => self.open.push(page),
                Some(Told { what: What::Lost(why), .. }) => lost.push(why),
                _ => {}
            }
            progress.at(self.open.len() as u64);
        }
        if let Some(why) = lost.first() {
            println!("{} of {wanted} desks were refused their stream: {why}", lost.len());
        }
        ensure!(!self.open.is_empty(), "no desk could be opened");
        Ok(())
    }

    /// `1,024 of 1,200 desks open`, where not all are.
    pub fn named(&self) -> String {
        let all = super::thousands(self.accounts.len() as f64);
        if self.open.len() == self.accounts.len() {
            return format!("{all} desks");
        }
        format!("ONLY {} of {all} desks", super::thousands(self.open.len() as f64))
    }

    /// How many fetch their parts from now on, the first ones.
    pub fn fetch(&self, pages: usize) {
        self.hall.fetching.store(pages, Ordering::Relaxed);
    }

    pub fn fetches(&self, page: usize) -> bool {
        self.hall.fetches(page)
    }

    /// Waits until nothing more is told.
    pub fn settle(&self) {
        let begun = Instant::now();
        while begun.elapsed() < QUIET_MAX && self.next(Instant::now() + QUIET).is_some() {}
    }

    /// The next that a page tells before then.
    pub fn next(&self, until: Instant) -> Option<Told> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
    }

    /// An act of the operator whose page it is.
    pub fn act(&self, connection: &mut Connection, page: usize, act: &Value) -> Result<()> {
        let headers = [("authorization", self.token(page)), ("content-type", "application/json")];
        connection.ask("POST", "/api/v1/desk/acts", &headers, act.to_string().as_bytes())?.is(204, "an act")?;
        Ok(())
    }

    pub fn token(&self, page: usize) -> &str {
        &self.hall.tokens[page]
    }

    /// From now on a page waits to show this.
    pub fn await_shown(&self, page: usize, text: &'static str) {
        *self.hall.awaited(page) = Some((Instant::now(), text));
    }
}

impl Drop for Desks {
    fn drop(&mut self) {
        // Each thread notices with the next sign of life of its stream, or with its end.
        self.hall.ended.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Hall {
    fn tell(&self, page: usize, what: What) {
        let _ = self.told.try_send(Told { page, what, at: Instant::now() });
    }

    fn fetches(&self, page: usize) -> bool {
        page < self.fetching.load(Ordering::Relaxed)
    }

    fn awaited(&self, page: usize) -> MutexGuard<'_, Awaited> {
        self.awaited[page].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&self, page: usize, fetch: &SyncSender<()>) {
        let mut events = match Events::open(self.http, "/desk/stream", &[("authorization", &self.tokens[page])]) {
            Ok(events) => events,
            Err(fault) => return self.tell(page, What::Lost(format!("{fault:#}"))),
        };
        self.tell(page, What::Open);
        while let Some(name) = events.next() {
            if self.ended.load(Ordering::Relaxed) {
                return;
            }
            if name == "changed" {
                self.tell(page, What::Changed);
                if self.fetches(page) {
                    let _ = fetch.try_send(());
                }
            }
        }
        self.tell(page, What::Lost("the stream has ended".to_owned()));
    }

    /// Fetches as the page does: one after the other, however often it is told meanwhile.
    fn look(&self, page: usize, turns: &Receiver<()>) {
        let mut connection = Connection::to(self.http);
        while turns.recv().is_ok() && !self.ended.load(Ordering::Relaxed) {
            thread::sleep(GATHER);
            let awaited = *self.awaited(page);
            let mut headers = vec![("authorization", self.tokens[page].as_str()), ("accept", "text/html")];
            // What is to be read is asked for as it is.
            if awaited.is_none() {
                headers.push(("accept-encoding", "gzip"));
            }
            let fetched = connection.ask("GET", "/desk/parts", &headers, b"").and_then(|answer| answer.is(200, "parts"));
            match (fetched, awaited) {
                (Ok(answer), Some((since, text))) if answer.text().contains(text) => {
                    *self.awaited(page) = None;
                    self.tell(page, What::Shows(since));
                }
                (Ok(_), _) => self.tell(page, What::Fresh),
                (Err(fault), _) => self.tell(page, What::NotFetched(format!("{fault:#}"))),
            }
        }
    }
}

/// Raises what the system lets us open as far as it lets us.
fn allow_descriptors(needed: usize) -> Result<()> {
    let own = process::id().to_string();
    let limit = |kind: &str| -> Option<usize> {
        child::answer("prlimit", &["--pid", &own, "--nofile", "--noheadings", "--output", kind])?.parse().ok()
    };
    if limit("SOFT").is_none_or(|soft| soft >= needed) {
        return Ok(());
    }
    let most = limit("HARD").unwrap_or(0);
    ensure!(most >= needed, "{needed} files and connections must be open at once, and the system allows {most}: raise `ulimit -n`");
    child::answer("prlimit", &["--pid", &own, &format!("--nofile={most}:{most}")]).context("`prlimit` failed")?;
    Ok(())
}
