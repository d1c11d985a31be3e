//! Promises: how many are made and settled in a second on each database, beside what that database commits at all, and how
//! soon a start knows all that is open.

use super::{Figure, Place, build, kept::Kept, server::Server, thousands};
use crate::child;
use anyhow::{Context, Result};
use serde::{Deserialize, de::DeserializeOwned};
use std::{process::Command, time::Duration};

const OPEN: u32 = 100_000;
const STARTS: usize = 3;

/// What `owing promises` says.
#[derive(Deserialize)]
struct Pace {
    commits: f64,
    one_by_one: f64,
    at_once: f64,
}

/// What `owing read` says.
#[derive(Deserialize)]
struct Read {
    rows: u64,
    ms: f64,
}

/// What the storage crate's program `owing` says.
pub fn told<T: DeserializeOwned>(place: &Place, words: &[&str]) -> Result<T> {
    let line = child::told(Command::new(place.example("owing")).args(words))?;
    serde_json::from_str(&line).with_context(|| format!("`owing` printed something else than its figures: {line}"))
}

pub fn promises(place: &Place) -> Result<Vec<Figure>> {
    build::example(place, "storage", "owing")?;
    let mut figures = Vec::new();
    for kept in Kept::each()? {
        let pace: Pace = told(place, &["promises", &kept.place()])?;
        figures.extend(pace.figures(kept.name));
    }
    Ok(figures)
}

impl Pace {
    fn figures(&self, name: &str) -> [Figure; 3] {
        let share = |promises: f64| format!("{:>7} a second, {:.2} for each commit", thousands(promises), promises / self.commits);
        [
            Figure::new(format!("{name}: commits of one small row"), format!("{:>7} a second", thousands(self.commits))),
            // Two entries, so two commits, for each.
            Figure::new(format!("{name}: promises made and settled, one by one"), share(self.one_by_one)),
            Figure::new(format!("{name}: the same, 1,000 callers at once"), share(self.at_once)),
        ]
    }
}

pub fn recovery(place: &Place) -> Result<Vec<Figure>> {
    build::example(place, "storage", "owing")?;
    let mut figures = Vec::new();
    for kept in Kept::each()? {
        let _: serde_json::Value = told(place, &["fill", &kept.place(), &OPEN.to_string()])?;
        let mut ready = Vec::new();
        for _ in 0..STARTS {
            let server = Server::start_on(place, &kept.folder, kept.database().as_deref())?;
            ready.push(server.ready_after);
            server.stop()?;
        }
        let read: Read = told(place, &["read", &kept.place()])?;
        figures.push(told_of_start(kept.name, &mut ready, &read));
    }
    Ok(figures)
}

fn told_of_start(name: &str, ready: &mut [Duration], read: &Read) -> Figure {
    ready.sort();
    let middle = ready.get(ready.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    let value = format!(
        "ready after {middle:.0} ms, median of {}; reading the {} rows alone {:.0} ms, {:.1} times that",
        ready.len(),
        thousands(read.rows as f64),
        read.ms,
        middle / read.ms
    );
    Figure::new(format!("{name}: start with {} open promises", thousands(f64::from(OPEN))), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_are_held_against_commits_and_starts_against_reading() {
        let pace = Pace { commits: 1_000.0, one_by_one: 450.0, at_once: 4_000.0 };
        let shown: Vec<String> = pace.figures("X").into_iter().map(|figure| figure.value).collect();
        assert_eq!(shown, ["  1,000 a second", "    450 a second, 0.45 for each commit", "  4,000 a second, 4.00 for each commit"]);
        let mut ready = [900, 400, 500].map(Duration::from_millis);
        let figure = told_of_start("X", &mut ready, &Read { rows: 300_000, ms: 250.0 });
        assert_eq!(figure.value, "ready after 500 ms, median of 3; reading the 300,000 rows alone 250 ms, 2.0 times that");
    }
}
