//! How long a page of a form takes, and the saving of it, while all desks of a country are open: what a citizen asks for and
//! sends, and the draft of a report that an operator writes.

use super::{
    Figure, Place,
    desks::Desks,
    http::Connection,
    server::Server,
    spread::{Progress, Spread, paced},
    visitor::{Filled, Visitor},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{thread, time::Duration};

/// Theft, the longest form but one.
const FORM: &str = "stold";
/// Where what the visitors report is answered for.
const SITE: &str = "goteborg";
const CITIZENS: u32 = 24;
const WRITERS: usize = 12;
/// What is asked in a second, each of it at an even pace.
const PAGES_A_SECOND: u32 = 20;
const SAVES_A_SECOND: u32 = 20;
const DRAFTS_A_SECOND: u32 = 10;
/// Acts that change every desk meanwhile.
const ACTS_A_SECOND: u32 = 1;
const TIME: Duration = Duration::from_secs(25);
/// Desks that fetch fresh parts after each act: some, then all.
const FETCHING: [usize; 2] = [50, usize::MAX];
/// Of a sentence; a report grows as it is written.
const WORDS: &str = "The bicycle stood locked at the station. ";

/// Somebody who fills in a form, and has come to its end: every page may be seen and sent again.
struct Citizen {
    visitor: Visitor,
    connection: Connection,
}

/// An operator who writes a report.
struct Writer {
    token: String,
    contact: u64,
    version: u64,
    draft: Value,
    connection: Connection,
}

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    let (server, desks) = Desks::open(place)?;
    let mut figures = Vec::new();
    for (round, fetching) in FETCHING.into_iter().enumerate() {
        desks.fetch(fetching);
        let filled = Visitor::new(u32::MAX).fill_in(&mut Connection::to(server.http), FORM)?;
        let numbers = || (0..CITIZENS).map(|number| number + 1_000 * u32::try_from(round).unwrap_or(0));
        let seeing = citizens(&server, &filled, numbers())?;
        let saving = citizens(&server, &filled, numbers().map(|number| number + 100))?;
        let writing = writers(&server, &desks, &filled, round)?;
        desks.settle();
        let who = if fetching < desks.open.len() { format!("{fetching} of them fetch") } else { "all fetch".to_owned() };
        println!("{}, {who}: pages and drafts for {} s", desks.named(), TIME.as_secs());
        let [page, save, draft, acts] = at_once(&desks, &server, &filled, (seeing, saving, writing))?;
        let name = format!("{}, {who}", desks.named());
        figures.extend([
            Figure::new(format!("{name}: a citizen's page, {PAGES_A_SECOND} a second"), page.to_string()),
            Figure::new(format!("{name}: a citizen's page saved, {SAVES_A_SECOND} a second"), save.to_string()),
            Figure::new(format!("{name}: an operator's draft saved, {DRAFTS_A_SECOND} a second"), draft.to_string()),
            Figure::new(format!("{name}: an act, {ACTS_A_SECOND} a second"), acts.to_string()),
        ]);
        desks.settle();
    }
    server.stop()?;
    Ok(figures)
}

type Hands = (Vec<Citizen>, Vec<Citizen>, Vec<Writer>);

/// Everybody at work together.
fn at_once(desks: &Desks, server: &Server, filled: &Filled, (seeing, saving, writing): Hands) -> Result<[Spread; 4]> {
    let page = |turn: u64| &filled.pages[usize::try_from(turn).unwrap_or(0) % filled.pages.len()];
    let see = |citizen: &mut Citizen, turn| citizen.visitor.see(&mut citizen.connection, &page(turn).address).map(|_| ());
    let save = |citizen: &mut Citizen, turn| citizen.visitor.send(&mut citizen.connection, page(turn)).map(|_| ());
    let act = |connection: &mut Connection, turn: u64| {
        let act = if turn.is_multiple_of(2) { json!({ "act": "pause", "reason": "meal" }) } else { json!({ "act": "sign_out" }) };
        // Not one of those who write: the last ones in the row.
        desks.act(connection, desks.open[desks.open.len() - 1], &act)
    };
    let done = thread::scope(|scope| {
        let running = [
            scope.spawn(|| paced(seeing, PAGES_A_SECOND, TIME, see)),
            scope.spawn(|| paced(saving, SAVES_A_SECOND, TIME, save)),
            scope.spawn(|| paced(writing, DRAFTS_A_SECOND, TIME, |writer: &mut Writer, _| writer.save())),
            scope.spawn(|| paced(vec![Connection::to(server.http)], ACTS_A_SECOND, TIME, act)),
        ];
        running.map(thread::ScopedJoinHandle::join)
    });
    let [page, save, draft, acts] = done.map(|one| one.map_err(|_| anyhow::anyhow!("a worker broke off"))?);
    Ok([page?, save?, draft?, acts?])
}

fn citizens(server: &Server, filled: &Filled, numbers: impl Iterator<Item = u32>) -> Result<Vec<Citizen>> {
    let citizen = |number| {
        let (mut visitor, mut connection) = (Visitor::new(number), Connection::to(server.http));
        visitor.fill_in_again(&mut connection, filled)?;
        Ok(Citizen { visitor, connection })
    };
    numbers.map(citizen).collect()
}

/// Operators who each took a report that a citizen has filed, and write it on.
fn writers(server: &Server, desks: &Desks, filled: &Filled, round: usize) -> Result<Vec<Writer>> {
    let mut connection = Connection::to(server.http);
    let mut progress = Progress::of("reports taken", WRITERS as u64);
    for number in 0..WRITERS {
        let number = u32::try_from(number + round * WRITERS)? + 5_000;
        let mut visitor = Visitor::new(number);
        visitor.fill_in_again(&mut connection, filled)?;
        visitor.file(&mut connection, filled)?;
    }
    let read = |connection: &mut Connection, path: &str| -> Result<Vec<Value>> {
        let answer = connection.ask("GET", path, &[("authorization", &desks.leader)], b"")?.is(200, path)?;
        Ok(serde_json::from_str(&answer.text())?)
    };
    let promises = read(&mut connection, "/api/v1/promises")?;
    let contacts = read(&mut connection, "/api/v1/contacts")?;
    let untaken = promises
        .iter()
        .filter(|promise| promise["kind"] == "report" && promise["owner"].as_str().is_some_and(|owner| owner.starts_with("unit:")));
    let here = desks.open.iter().filter(|page| desks.accounts[**page].is_at(SITE));
    let mut writers = Vec::new();
    for (promise, page) in untaken.zip(here.skip(round * WRITERS).copied().collect::<Vec<_>>()).take(WRITERS) {
        let contact = contacts.iter().find(|contact| contact["reference"] == promise["reference"]).context("a report has no contact")?;
        let contact = contact["id"].as_u64().context("a contact has no number")?;
        desks.act(&mut connection, page, &json!({ "act": "pause", "reason": "casework" }))?;
        desks.act(&mut connection, page, &json!({ "act": "take_promise", "matter": promise["matter"], "promise": promise["id"] }))?;
        writers.push(Writer::open(server, desks.token(page), contact)?);
        progress.at(writers.len() as u64);
    }
    ensure!(!writers.is_empty(), "no report could be taken");
    Ok(writers)
}

impl Writer {
    fn open(server: &Server, token: &str, contact: u64) -> Result<Self> {
        let mut connection = Connection::to(server.http);
        let path = format!("/api/v1/desk/reports/{contact}");
        let answer = connection.ask("GET", &path, &[("authorization", token)], b"")?.is(200, "a report")?;
        let kept: Value = serde_json::from_str(&answer.text())?;
        let version = kept["version"].as_u64().context("a report has no version")?;
        Ok(Self { token: token.to_owned(), contact, version, draft: kept["draft"].clone(), connection })
    }

    /// As at every pause of typing.
    fn save(&mut self) -> Result<()> {
        let written = self.draft["what_happened"].as_str().unwrap_or_default().to_owned() + WORDS;
        self.draft["what_happened"] = json!(written);
        let body = json!({ "base": self.version, "draft": self.draft }).to_string();
        let headers = [("authorization", self.token.as_str()), ("content-type", "application/json")];
        let path = format!("/api/v1/desk/reports/{}", self.contact);
        self.connection.ask("PUT", &path, &headers, body.as_bytes())?.is(200, "saving a draft")?;
        self.version += 1;
        Ok(())
    }
}
