//! How soon screens show what happened, with all desks of a country open: from what causes it (an operator's act, a call that
//! comes in) until the stream of each page has told it, and until fresh parts are there.

use super::{
    Figure, Place,
    callers::{After, Callers},
    desks::{Desks, What},
    hold::ANSWER_MAX,
    http::Connection,
    server::Server,
    spread::{Progress, Spread, paced},
    voices::Ear,
};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Events one at a time, each after all screens have the one before.
const ACTS: usize = 20;
const CALLS: usize = 10;
/// Pages that fetch their parts while the others only hear, so that what is measured is not the fetching of all.
const SAMPLE: usize = 50;
/// Events after each of which all pages fetch, as they do.
const ALL_FETCH: usize = 5;
/// How long a page may take before it counts as not told.
const TOLD_MAX: Duration = Duration::from_secs(30);
/// A busy while: pauses a second, each of another operator, while all pages fetch; for what, and what then stands on the page.
const BUSY: &[(u32, &str, &str)] = &[(1, "meal", "Paus: Måltid"), (5, "rest", "Paus: Vila")];
const BUSY_TIME: Duration = Duration::from_secs(15);
/// So many that no act waits for the answer to another.
const BUSY_WORKERS: usize = 64;

/// What came of some events.
#[derive(Default)]
struct Seen {
    told: Spread,
    fresh: Spread,
    /// Why parts were not fetched, the first time.
    why: Option<String>,
}

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    let (server, desks) = Desks::open(place)?;
    let mut figures = vec![memory(&server, &desks)];
    desks.fetch(SAMPLE);
    figures.extend(of_acts(&server, &desks, ACTS)?.figures(&desks, "an operator's act"));
    figures.extend(of_calls(&server, &desks)?.figures(&desks, "a call comes in"));
    desks.fetch(usize::MAX);
    let processor = server.processor();
    let seen = of_acts(&server, &desks, ALL_FETCH)?;
    let spent =
        server.processor().zip(processor).map(|(after, before)| after.saturating_sub(before) / u32::try_from(ALL_FETCH).unwrap_or(1));
    let cost = spent.map_or_else(String::new, |spent| format!("; {:.0} ms of processor an act", spent.as_secs_f64() * 1_000.0));
    figures.push(Figure::new(format!("{}: an act, fresh parts of all", desks.named()), format!("{}{cost}", seen.fresh())));
    for while_busy in BUSY {
        figures.extend(busy(&server, &desks, *while_busy)?);
    }
    server.stop()?;
    Ok(figures)
}

fn memory(server: &Server, desks: &Desks) -> Figure {
    let value = server.memory_kib().map_or_else(|| "not told".to_owned(), |kib| format!("{} MiB", kib / 1024));
    Figure::new(format!("{} open: memory", desks.named()), value)
}

/// On and off a pause, in turns; both change what every leader and colleague sees.
fn act(turn: usize) -> Value {
    if turn.is_multiple_of(2) { json!({ "act": "pause", "reason": "meal" }) } else { json!({ "act": "sign_out" }) }
}

fn of_acts(server: &Server, desks: &Desks, count: usize) -> Result<Seen> {
    let (mut seen, mut connection) = (Seen::default(), Connection::to(server.http));
    let mut progress = Progress::of("acts seen on every screen", count as u64);
    for turn in 0..count {
        // The same operator goes and comes, and each time another pair.
        let page = desks.open[(turn / 2 * 7) % desks.open.len()];
        seen.take(desks, || desks.act(&mut connection, page, &act(turn)))?;
        progress.at(turn as u64);
    }
    Ok(seen)
}

fn of_calls(server: &Server, desks: &Desks) -> Result<Seen> {
    let mut seen = Seen::default();
    let ear = Ear::open()?;
    let mut callers = Callers::new(server.sip, ear.address)?;
    let mut progress = Progress::of("calls seen on every screen", CALLS as u64);
    for call in 1..=CALLS as u64 {
        seen.take(desks, || {
            callers.place_one(After::Stay);
            ensure!(callers.serve_until(ANSWER_MAX, |counts| counts.answered == call), "a call was not answered");
            Ok(())
        })?;
        callers.hang_up_all();
        desks.settle();
        progress.at(call);
    }
    Ok(seen)
}

impl Seen {
    /// Causes one event and waits until all pages were told, and those that fetch have fetched.
    fn take(&mut self, desks: &Desks, cause: impl FnOnce() -> Result<()>) -> Result<()> {
        let begun = Instant::now();
        cause()?;
        let (mut told, mut fresh) = (vec![false; desks.accounts.len()], vec![false; desks.accounts.len()]);
        let fetching = desks.open.iter().filter(|page| desks.fetches(**page)).count();
        let (mut untold, mut stale) = (desks.open.len(), fetching);
        while untold > 0 || stale > 0 {
            let Some(next) = desks.next(begun + TOLD_MAX) else { break };
            let took = next.at.saturating_duration_since(begun);
            match next.what {
                What::Changed if !told[next.page] => {
                    told[next.page] = true;
                    untold -= 1;
                    self.told.took(took);
                }
                What::Fresh if !fresh[next.page] => {
                    fresh[next.page] = true;
                    stale -= 1;
                    self.fresh.took(took);
                }
                // It stays as it was until the next change.
                What::NotFetched(why) if !fresh[next.page] => {
                    fresh[next.page] = true;
                    stale -= 1;
                    self.fresh.failed();
                    self.why.get_or_insert(why);
                }
                What::Lost(why) => println!("a desk has lost its stream: {why}"),
                _ => {}
            }
        }
        (0..untold).for_each(|_| self.told.failed());
        (0..stale).for_each(|_| self.fresh.failed());
        desks.settle();
        Ok(())
    }

    fn figures(&self, desks: &Desks, what: &str) -> [Figure; 2] {
        [
            Figure::new(format!("{}: {what}, every stream told", desks.named()), self.told.to_string()),
            Figure::new(format!("{}: {what}, fresh parts of {SAMPLE}", desks.named()), self.fresh()),
        ]
    }

    fn fresh(&self) -> String {
        let why = self.why.as_ref().map_or_else(String::new, |why| format!(" ({why:.60})"));
        format!("{}{why}", self.fresh)
    }
}

/// All pages fetch, and acts do not wait for what came before: how soon whoever acts sees it on their own screen.
fn busy(server: &Server, desks: &Desks, (rate, reason, shown): (u32, &str, &'static str)) -> Result<[Figure; 2]> {
    let (begun, processor) = (Instant::now(), server.processor());
    println!("{rate} acts a second for {} s, all pages fetch", BUSY_TIME.as_secs());
    let workers: Vec<_> = (0..BUSY_WORKERS).map(|_| Connection::to(server.http)).collect();
    let answered = paced(workers, rate, BUSY_TIME, |connection, turn| {
        let page = desks.open[usize::try_from(turn)? * 11 % desks.open.len()];
        desks.await_shown(page, shown);
        desks.act(connection, page, &json!({ "act": "pause", "reason": reason }))
    })?;
    let spent = server.processor().zip(processor).map(|(after, before)| after.saturating_sub(before));
    let share =
        spent.map_or_else(String::new, |spent| format!("; processor {:.0} %", spent.as_secs_f64() * 100.0 / begun.elapsed().as_secs_f64()));
    let mut own = Spread::default();
    let (mut fetched, mut refused) = (0_u64, 0_u64);
    let acts = u64::from(rate) * BUSY_TIME.as_secs();
    let until = Instant::now() + TOLD_MAX;
    let mut seen = 0;
    while seen < acts {
        let Some(next) = desks.next(until) else { break };
        match next.what {
            What::Shows(since) => {
                own.took(next.at.saturating_duration_since(since));
                seen += 1;
            }
            What::Fresh => fetched += 1,
            What::NotFetched(_) => refused += 1,
            _ => {}
        }
    }
    (seen..acts).for_each(|_| own.failed());
    desks.settle();
    let name = format!("{}: all fetch, {rate} acts a second", desks.named());
    let fetches = format!("{answered}; {fetched} fetches came, {refused} not{share}");
    Ok([Figure::new(format!("{name}, seen by whoever acts"), own.to_string()), Figure::new(format!("{name}, acts answered"), fetches)])
}
