//! R1 through the live router and in others' simulators: calls per second of processor time, and whether all
//! find the same. They run in turns on the same core, so that the machine's moods fall on all of them.
//!
//! Each says itself how much processor it used: `svar` all of it, from its start, the others without Python's
//! own start and their imports.

use super::{Figure, Place, peers::Peers, server::on_one_core, thousands};
use crate::child;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::process::Command;

/// Each program runs so often, each time with other callers.
const ROUNDS: u64 = 3;
/// A figure agrees when it lies so many standard deviations of the mean from the long run at most.
const DEVIATIONS_MAX: f64 = 4.0;

#[derive(Clone, Copy)]
enum Program {
    Svar,
    SimPy,
    Ciw,
}

/// Each with the days of a round: some seconds of each.
const PROGRAMS: [(Program, &str, u64); 3] = [(Program::Svar, "svar", 300), (Program::SimPy, "SimPy", 60), (Program::Ciw, "Ciw", 20)];

/// What a program says of a round, in one line of JSON.
#[derive(Deserialize)]
struct Told {
    offered: u64,
    abandoned: u64,
    overflowed: u64,
    sl_off: f64,
    mean_wait_s: f64,
    cpu_s: f64,
}

/// A long-run value of R1, its standard deviation from day to day and what a round says of it. Over 40,000 days
/// of a program that is none of the three; `simulator::reference` holds the same.
struct LongRun {
    name: &'static str,
    mean: f64,
    deviation: f64,
    of: fn(&Told) -> f64,
}

const LONG_RUN: [LongRun; 4] = [
    LongRun { name: "sl_off", mean: 0.845_93, deviation: 0.019_4, of: |told| told.sl_off },
    LongRun { name: "abandoned", mean: 0.102_25, deviation: 0.008_4, of: |told| told.share(told.abandoned) },
    LongRun { name: "overflowed", mean: 0.018_86, deviation: 0.005_0, of: |told| told.share(told.overflowed) },
    LongRun { name: "mean wait s", mean: 184.04, deviation: 15.8, of: |told| told.mean_wait_s },
];

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    let peers = Peers::install(place)?;
    let mut rounds: [Vec<Told>; PROGRAMS.len()] = Default::default();
    for seed in 1..=ROUNDS {
        for ((program, name, days), told) in PROGRAMS.iter().zip(&mut rounds) {
            let mut command = program.command(place, &peers, *days, seed);
            let line = child::told(&mut command)?;
            told.push(serde_json::from_str(&line).with_context(|| format!("{name} printed something else than its figures: {line}"))?);
        }
    }
    Ok(figures(&rounds))
}

impl Program {
    fn command(self, place: &Place, peers: &Peers, days: u64, seed: u64) -> Command {
        let (days, seed) = (days.to_string(), seed.to_string());
        let mut command = match self {
            Self::Svar => {
                let mut command = on_one_core(&place.program);
                command.args(["simulate", "--reference", "r1", "--days", &days, "--seed", &seed]);
                return command;
            }
            Self::SimPy => peers.program(place, "r1_simpy.py"),
            Self::Ciw => peers.program(place, "r1_ciw.py"),
        };
        command.args([days, seed]);
        command
    }
}

impl Told {
    fn share(&self, calls: u64) -> f64 {
        calls as f64 / self.offered.max(1) as f64
    }

    fn calls_per_cpu_s(&self) -> f64 {
        self.offered as f64 / self.cpu_s
    }
}

/// The best round: what a program took longer in another is the machine's.
fn best(rounds: &[Told]) -> f64 {
    rounds.iter().map(Told::calls_per_cpu_s).fold(0.0, f64::max)
}

fn figures(rounds: &[Vec<Told>; PROGRAMS.len()]) -> Vec<Figure> {
    let named = || PROGRAMS.iter().zip(rounds);
    let speeds = named().map(|((_, name, days), told)| {
        let (best, slowest) = (best(told), told.iter().map(Told::calls_per_cpu_s).fold(f64::MAX, f64::min));
        let value = format!("{} calls per CPU second (the slowest {})", thousands(best), thousands(slowest));
        Figure::new(format!("{name}, best of {ROUNDS} rounds of {days} days"), value)
    });
    let [ours, others @ ..] = rounds;
    let ratios = PROGRAMS[1..].iter().zip(others).map(|((_, name, _), told)| {
        let value = format!("{:.1} times as many calls per CPU second", best(ours) / best(told));
        Figure::new(format!("svar to {name}"), value)
    });
    let agreements = named().flat_map(|((_, name, days), told)| {
        LONG_RUN.iter().map(move |value| Figure::new(format!("{name}, {}", value.name), value.agreement(told, days * ROUNDS)))
    });
    speeds.chain(ratios).chain(agreements).collect()
}

impl LongRun {
    /// Rounds weigh as they have calls.
    fn agreement(&self, rounds: &[Told], days: u64) -> String {
        let calls: u64 = rounds.iter().map(|told| told.offered).sum();
        let found = rounds.iter().map(|told| (self.of)(told) * told.offered as f64).sum::<f64>() / calls.max(1) as f64;
        let within = DEVIATIONS_MAX * self.deviation / (days as f64).sqrt();
        let verdict = if (found - self.mean).abs() <= within { "agrees" } else { "DOES NOT AGREE" };
        let digits = if self.mean < 1.0 { 4 } else { 1 };
        format!("{found:.digits$}, long run {:.digits$} ± {within:.digits$} over {days} days: {verdict}", self.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(offered: u64, sl_off: f64, cpu_s: f64) -> Told {
        Told { offered, abandoned: offered / 10, overflowed: 0, sl_off, mean_wait_s: 184.0, cpu_s }
    }

    #[test]
    fn what_agrees_lies_within_four_deviations_of_the_mean() {
        let check = |index: usize, sl_off: [f64; 2], expected: &str| {
            let rounds = sl_off.map(|sl_off| told(1_000, sl_off, 1.0));
            assert_eq!(LONG_RUN[index].agreement(&rounds, 16), expected);
        };
        check(0, [0.84, 0.85], "0.8450, long run 0.8459 ± 0.0194 over 16 days: agrees");
        check(0, [0.80, 0.80], "0.8000, long run 0.8459 ± 0.0194 over 16 days: DOES NOT AGREE");
        check(2, [0.84, 0.84], "0.0000, long run 0.0189 ± 0.0050 over 16 days: DOES NOT AGREE");
        check(3, [0.84, 0.84], "184.0, long run 184.0 ± 15.8 over 16 days: agrees");
    }

    #[test]
    fn the_best_rounds_are_compared() {
        let rounds = [
            vec![told(1_000_000, 0.8459, 2.0), told(1_000_000, 0.8459, 1.0)],
            vec![told(1_000, 0.8459, 0.02), told(1_000, 0.8459, 0.04)],
            vec![told(1_000, 0.8459, 0.1)],
        ];
        let figures = figures(&rounds);
        let shown: Vec<&str> = figures.iter().map(|figure| figure.value.as_str()).take(5).collect();
        let expected = [
            "1,000,000 calls per CPU second (the slowest 500,000)",
            "50,000 calls per CPU second (the slowest 25,000)",
            "10,000 calls per CPU second (the slowest 10,000)",
            "20.0 times as many calls per CPU second",
            "100.0 times as many calls per CPU second",
        ];
        assert_eq!(shown, expected);
    }
}
