//! What it costs to promise something, and to find again what was promised: `cargo xtask bench promises` and
//! `cargo xtask bench recovery` build, run and table it; nothing of the product uses it.
//!
//! `owing promises PLACE` tells how many commits of one small row the database takes in a second, how many promises are
//! made and settled in a second when each waits for the one before, and how many when callers do not wait for each other.
//! `owing fill PLACE NUMBER` leaves so many open promises, each of a matter of its own. `owing read PLACE` tells how long
//! reading the rows of what is open takes alone. `owing commits PLACE CONNECTIONS` tells the commits alone, by so many
//! connections at once (`cargo xtask bench reports`). PLACE is a folder or postgres://…; figures are one line of JSON.

#![allow(clippy::print_stdout, reason = "its figures are its whole purpose")]

use domain::{
    ContactId, MatterId, PromiseId, Timestamp, UnitId,
    contact::{Channel, Outcome, Owner, PromiseKind, Settlement, ledger::Ledger},
    intent::Language,
    routing::{Command, Event, Intake},
};
use serde_json::{Value, json};
use sqlx::Connection;
use std::{
    collections::VecDeque,
    env,
    error::Error,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use storage::{Location, NewEntry, Payload, Records, Store};

type Outcomes<T> = Result<T, Box<dyn Error>>;

/// How long each way of promising is measured.
const MEASURED: Duration = Duration::from_secs(8);
/// Callers at once who do not wait for each other: as many entries as the program gives to the store at once.
const AT_ONCE: usize = 2_000;
const DAY_MS: i64 = 24 * 3_600_000;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = match words[..] {
        ["promises", place] => promises(&location(place)).await,
        ["fill", place, number] => fill(&location(place), number).await,
        ["read", place] => read(&location(place)).await,
        ["commits", place, connections] => commits(&location(place), connections).await,
        _ => {
            Err("say what to do: owing promises PLACE, owing fill PLACE NUMBER, owing read PLACE or owing commits PLACE CONNECTIONS".into())
        }
    };
    match told {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn location(place: &str) -> Location {
    if place.starts_with("postgres://") { Location::Postgres(place.to_owned()) } else { Location::Sqlite(PathBuf::from(place)) }
}

/// Matters in a row, as the journal has them, with the ledger that their records come from.
struct Matters {
    ledger: Ledger,
    last: u64,
    entries: u64,
    at: i64,
}

impl Matters {
    async fn after(store: &Store, at: i64) -> Outcomes<Self> {
        let next = store.next_ids().await?;
        Ok(Self { ledger: Ledger::default(), last: next.contact.max(next.promise), entries: 0, at })
    }

    fn entry(&mut self, event: Event, commands: Vec<Command>, payloads: Vec<Payload>) -> Outcomes<NewEntry> {
        self.at += 1;
        self.entries += 1;
        let at = Timestamp(self.at);
        let changes = self.ledger.apply(self.entries, at, &commands).map_err(|fault| fault.to_string())?;
        let records = Records::of(&changes, &self.ledger);
        Ok(NewEntry { at, event, commands, records, payloads })
    }

    /// A caller arrives and is promised an answer.
    fn made(&mut self) -> Outcomes<NewEntry> {
        self.last += 1;
        let (contact, matter, promise) = (ContactId(self.last), MatterId(self.last), PromiseId(self.last));
        let (owner, channel) = (Owner::Dialogue, Channel::Telephone);
        let event = Event::CallArrived { contact, matter, channel, place: None, intake: Intake::of_caller(Language::Swedish) };
        let due = Timestamp(self.at + DAY_MS);
        let commands = vec![
            Command::OpenContact { contact, matter, channel, owner: owner.clone() },
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::Answer, owner, due },
        ];
        self.entry(event, commands, vec![Payload::caller(contact, Some("+46701740605"), None)])
    }

    /// The promise of that caller is kept, and nothing is owed.
    fn settled(&mut self, number: u64) -> Outcomes<NewEntry> {
        let (contact, matter, promise) = (ContactId(number), MatterId(number), PromiseId(number));
        let commands = vec![
            Command::SettlePromise { promise, matter, settlement: Settlement::Kept },
            Command::CloseContact { contact, outcome: Outcome::Helped },
            Command::CloseMatter { matter },
        ];
        let entry = self.entry(Event::CallerHungUp { contact }, commands, Vec::new())?;
        self.ledger.forget_closed();
        Ok(entry)
    }

    /// The caller is gone and owed a call within days.
    fn owed(&mut self, number: u64) -> Outcomes<NewEntry> {
        let (contact, matter, before) = (ContactId(number), MatterId(number), PromiseId(number));
        self.last += 1;
        let promise = PromiseId(self.last);
        let (owner, due) = (Owner::Unit(UnitId::new("supervisors.vast")), Timestamp(self.at + 10 * DAY_MS));
        let commands = vec![
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::FollowUp, owner, due },
            Command::CloseContact { contact, outcome: Outcome::Abandoned },
            Command::SettlePromise { promise: before, matter, settlement: Settlement::Replaced },
        ];
        self.entry(Event::CallerHungUp { contact }, commands, Vec::new())
    }
}

fn now_ms() -> Outcomes<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

async fn leased(location: &Location) -> Outcomes<Store> {
    let store = Store::open(location).await?;
    store.take_lease("bench", 0).await?;
    Ok(store)
}

async fn promises(location: &Location) -> Outcomes<Value> {
    let store = leased(location).await?;
    let commits = commits_a_second(location, 1).await?;
    let mut matters = Matters::after(&store, now_ms()?).await?;
    let one_by_one = {
        let (begun, mut count) = (Instant::now(), 0_u64);
        while begun.elapsed() < MEASURED {
            store.append(matters.made()?).await?;
            let number = matters.last;
            store.append(matters.settled(number)?).await?;
            count += 1;
        }
        a_second(count, begun)
    };
    let at_once = {
        let (begun, mut count, mut waiting) = (Instant::now(), 0_u64, VecDeque::new());
        while begun.elapsed() < MEASURED {
            while waiting.len() < AT_ONCE {
                waiting.push_back(store.append(matters.made()?));
                let number = matters.last;
                waiting.push_back(store.append(matters.settled(number)?));
            }
            for saved in [waiting.pop_front(), waiting.pop_front()].into_iter().flatten() {
                saved.await?;
            }
            count += 1;
        }
        a_second(count, begun)
    };
    store.close().await;
    Ok(json!({ "commits": commits, "one_by_one": one_by_one, "at_once": at_once }))
}

fn a_second(count: u64, begun: Instant) -> f64 {
    count as f64 / begun.elapsed().as_secs_f64()
}

async fn commits(location: &Location, connections: &str) -> Outcomes<Value> {
    Ok(json!({ "commits": commits_a_second(location, connections.parse()?).await? }))
}

/// Commits of one small row, each connection's one after another, as durable as ours: what no program can do better on this
/// database. SQLite has one writer, however many there are.
async fn commits_a_second(location: &Location, connections: usize) -> Outcomes<f64> {
    const TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_commits (number BIGINT NOT NULL)";
    const ROW: &str = "INSERT INTO bench_commits (number) VALUES (1)";
    match location {
        Location::Sqlite(folder) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(folder.join("svar.db"))
                .create_if_missing(true)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                .pragma("secure_delete", "ON");
            let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
            sqlx::query(TABLE).execute(&mut connection).await?;
            let (begun, mut count) = (Instant::now(), 0);
            while begun.elapsed() < MEASURED {
                sqlx::query(ROW).execute(&mut connection).await?;
                count += 1;
            }
            Ok(a_second(count, begun))
        }
        Location::Postgres(address) => {
            let mut open = Vec::new();
            for _ in 0..connections.max(1) {
                open.push(sqlx::PgConnection::connect(address).await?);
            }
            if let Some(first) = open.first_mut() {
                sqlx::query(TABLE).execute(first).await?;
            }
            let begun = Instant::now();
            let commits = |mut connection: sqlx::PgConnection| async move {
                let mut count = 0;
                while begun.elapsed() < MEASURED {
                    sqlx::query(ROW).execute(&mut connection).await?;
                    count += 1;
                }
                Ok::<u64, sqlx::Error>(count)
            };
            let running: Vec<_> = open.into_iter().map(|connection| tokio::spawn(commits(connection))).collect();
            let mut count = 0;
            for one in running {
                count += one.await??;
            }
            Ok(a_second(count, begun))
        }
    }
}

async fn fill(location: &Location, number: &str) -> Outcomes<Value> {
    const BATCH: u64 = 250;
    let number: u64 = number.parse()?;
    let store = leased(location).await?;
    // Of some days ago: the figures of today are not what is measured.
    let mut matters = Matters::after(&store, now_ms()? - 3 * DAY_MS).await?;
    let mut left = number;
    while left > 0 {
        let batch = left.min(BATCH);
        let mut entries = Vec::new();
        for _ in 0..batch {
            entries.push(matters.made()?);
            let contact = matters.last;
            entries.push(matters.owed(contact)?);
        }
        store.append_all(entries).await?;
        // Only those of the batch are looked at again.
        matters.ledger = Ledger::default();
        left -= batch;
    }
    store.close().await;
    Ok(json!({ "open": number }))
}

/// The rows of what is open, as text and numbers, with nothing made of them.
async fn read(location: &Location) -> Outcomes<Value> {
    const CONTACTS: &str =
        "SELECT record FROM contacts WHERE closed IS NULL OR matter IN (SELECT matter FROM matters WHERE closed IS NULL)";
    const MATTERS: &str = "SELECT matter, reference, opened FROM matters WHERE closed IS NULL";
    const PROMISES: &str = "SELECT promise, matter, kind, owner, made, due, settled, settlement FROM promises \
                            WHERE settled IS NULL OR matter IN (SELECT matter FROM matters WHERE closed IS NULL)";
    let begun = Instant::now();
    let mut rows = 0;
    match location {
        Location::Sqlite(folder) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("svar.db"));
            let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
            for question in [CONTACTS, MATTERS, PROMISES] {
                rows += sqlx::query(question).fetch_all(&mut connection).await?.len();
            }
        }
        Location::Postgres(address) => {
            let mut connection = sqlx::PgConnection::connect(address).await?;
            for question in [CONTACTS, MATTERS, PROMISES] {
                rows += sqlx::query(question).fetch_all(&mut connection).await?.len();
            }
        }
    }
    Ok(json!({ "rows": rows, "ms": begun.elapsed().as_secs_f64() * 1_000.0 }))
}
