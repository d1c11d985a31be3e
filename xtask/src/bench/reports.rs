//! Reports by web forms: how many are filed in a second on each database, each saved before it is answered, beside the commits
//! that this database takes at all in the same run.

use super::{
    Figure, Place, build,
    http::Connection,
    kept::Kept,
    owing,
    server::Server,
    spread::{Progress, Spread},
    thousands,
    visitor::{Filled, Visitor},
};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// A lost pet: neither the shortest form nor the longest.
const FORM: &str = "husdjur";
/// Citizens at once.
const AT_ONCE: usize = 64;
/// How long forms are filled in before they are sent, and how many at most.
const FILL_TIME: Duration = Duration::from_secs(20);
const FORMS_MAX: u32 = 8_000;
/// Of so many sent one is looked up afterwards.
const LOOKED_UP: usize = 50;
/// Connections of the database's own limit: one, as the program has to write, and as many as there are citizens.
const CONNECTIONS: [usize; 2] = [1, AT_ONCE];

/// What `owing commits` says.
#[derive(Deserialize)]
struct Commits {
    commits: f64,
}

/// What came of filling in and sending.
struct Filed {
    count: usize,
    pages: usize,
    filled_a_second: f64,
    filed_a_second: f64,
    each: Spread,
    processor: String,
}

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    build::example(place, "storage", "owing")?;
    let mut figures = Vec::new();
    for kept in Kept::each()? {
        // Before and after: other work on the machine comes and goes.
        let before = commits(place, &kept)?;
        let server = Server::start_on(place, &kept.folder, kept.database().as_deref())?;
        let filed = file(&server, kept.name)?;
        server.stop()?;
        let commits: Vec<_> =
            before.into_iter().zip(commits(place, &kept)?).map(|((by, one), (_, other))| (by, (one + other) / 2.0)).collect();
        figures.extend(filed.figures(kept.name, &commits));
    }
    Ok(figures)
}

/// Commits a second, by so many connections.
fn commits(place: &Place, kept: &Kept) -> Result<Vec<(usize, f64)>> {
    // SQLite has one writer, however many ask.
    let connections = if kept.database().is_some() { &CONNECTIONS[..] } else { &CONNECTIONS[..1] };
    let told = |by: &usize| {
        println!("{}: commits by {by} at once", kept.name);
        let told: Commits = owing::told(place, &["commits", &kept.place(), &by.to_string()])?;
        Ok((*by, told.commits))
    };
    connections.iter().map(told).collect()
}

fn file(server: &Server, name: &str) -> Result<Filed> {
    let filled = Visitor::new(0).fill_in(&mut Connection::to(server.http), FORM)?;
    println!("{name}: forms are filled in for {} s, {} pages each", FILL_TIME.as_secs(), filled.pages.len());
    let begun = Instant::now();
    let waiting = fill(server, &filled)?;
    let filled_a_second = (waiting.len() * filled.pages.len()) as f64 / begun.elapsed().as_secs_f64();
    let (count, processor) = (waiting.len(), server.processor());
    println!("{name}: {} are sent by {AT_ONCE} at once", thousands(count as f64));
    let begun = Instant::now();
    let (sent, each) = send(server, &filled, waiting)?;
    let spent = begun.elapsed().as_secs_f64();
    let processor = server.processor().zip(processor).map(|(after, before)| after.saturating_sub(before).as_secs_f64() * 100.0 / spent);
    let mut connection = Connection::to(server.http);
    for mut visitor in sent.into_iter().step_by(LOOKED_UP) {
        visitor.matter(&mut connection, &filled).context("a report that was said to be filed")?;
    }
    let processor = processor.map_or_else(String::new, |share| format!(", processor {share:.0} %"));
    Ok(Filed { count, pages: filled.pages.len(), filled_a_second, filed_a_second: count as f64 / spent, each, processor })
}

/// Fills in forms until the time is up, a citizen each.
fn fill(server: &Server, filled: &Filled) -> Result<Vec<Visitor>> {
    let (begun, next) = (Instant::now(), AtomicU32::new(1));
    let work = |_| {
        let (mut connection, mut done) = (Connection::to(server.http), Vec::new());
        let mut progress = Progress::of("forms at most", FORMS_MAX);
        while begun.elapsed() < FILL_TIME {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number > FORMS_MAX {
                break;
            }
            let mut visitor = Visitor::new(number);
            visitor.fill_in_again(&mut connection, filled)?;
            done.push(visitor);
            if number % u32::try_from(AT_ONCE)? == 0 {
                progress.at(u64::from(number));
            }
        }
        Ok(done)
    };
    Ok(at_once(work)?.into_iter().flatten().collect())
}

/// Sends what was filled in, each once.
fn send(server: &Server, filled: &Filled, waiting: Vec<Visitor>) -> Result<(Vec<Visitor>, Spread)> {
    let waiting = Mutex::new(waiting);
    let work = |_| {
        let (mut connection, mut sent, mut each) = (Connection::to(server.http), Vec::new(), Spread::default());
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut visitor) = next else { return Ok((sent, each)) };
            let begun = Instant::now();
            visitor.file(&mut connection, filled)?;
            each.took(begun.elapsed());
            sent.push(visitor);
        }
    };
    let mut all = (Vec::new(), Spread::default());
    for (sent, each) in at_once(work)? {
        all.0.extend(sent);
        all.1.join(each);
    }
    Ok(all)
}

fn at_once<T: Send>(work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = (0..AT_ONCE).map(|number| scope.spawn(move || work(number))).collect();
        let ended = running.into_iter().map(|one| one.join().map_err(|_| anyhow::anyhow!("a citizen broke off"))?);
        ended.collect::<Result<Vec<T>>>()
    })
}

impl Filed {
    fn figures(&self, name: &str, commits: &[(usize, f64)]) -> Vec<Figure> {
        let a_second = |number: f64| format!("{:>7} a second", thousands(number));
        let limits = commits.iter().map(|(connections, commits)| {
            let by = if *connections == 1 { "one connection".to_owned() } else { format!("{connections} connections") };
            Figure::new(format!("{name}: commits of one small row, {by}"), a_second(*commits))
        });
        let shares: Vec<String> = commits.iter().map(|(_, commits)| format!("{:.2}", self.filed_a_second / commits)).collect();
        let filed = format!("{}, {} of the commits{}", a_second(self.filed_a_second), shares.join(" and "), self.processor);
        let saved = format!("{}, {} pages each", a_second(self.filled_a_second), self.pages);
        let own = [
            Figure::new(format!("{name}: {} reports filed, {AT_ONCE} citizens at once", thousands(self.count as f64)), filed),
            Figure::new(format!("{name}: filing one"), self.each.to_string()),
            Figure::new(format!("{name}: pages of forms saved"), saved),
        ];
        limits.chain(own).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_held_against_commits() {
        let processor = ", processor 80 %".to_owned();
        let filed = Filed { count: 3_000, pages: 10, filled_a_second: 900.0, filed_a_second: 600.0, each: Spread::default(), processor };
        let figures = filed.figures("X", &[(1, 1_000.0), (64, 4_000.0)]);
        let shown: Vec<_> = figures.into_iter().map(|figure| format!("{} = {}", figure.name, figure.value)).collect();
        assert_eq!(shown[1], "X: commits of one small row, 64 connections =   4,000 a second");
        assert_eq!(
            shown[2],
            "X: 3,000 reports filed, 64 citizens at once =     600 a second, 0.60 and 0.15 of the commits, processor 80 %"
        );
    }
}
