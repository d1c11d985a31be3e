//! `svar simulate`: what-if questions and the reference scenario through the live router, and the closed forms
//! against their anchors.

use crate::{
    output::say,
    question::{self, Wishes},
};
use anyhow::{Context, bail};
use domain::intent::Language;
use serde::Serialize;
use simulator::{
    anchors::{self, Anchor, DISTANCE_MAX},
    reference,
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// More days than this are no question that one run answers.
const DAYS_MAX: u64 = 1_000_000;

/// Whoever asks for no callers of their own gets these.
const SEED: u64 = 1;

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["scenario", "reference", "anchors"])))]
pub struct Arguments {
    /// A question: who calls, who works, and what is changed (docs/simulate.md). Prints a table.
    #[arg(value_name = "SCENARIO")]
    scenario: Option<PathBuf>,
    /// One JSON document instead of a table.
    #[arg(long, requires = "scenario")]
    json: bool,
    /// Write a page that stands by itself, with pictures.
    #[arg(long, value_name = "FILE", requires = "scenario")]
    report: Option<PathBuf>,
    /// The language of that page: sv, en or da. Title, question and names stay as the scenario has them.
    #[arg(long, value_name = "LANGUAGE", value_parser = language, default_value = "en", requires = "report")]
    language: Language,
    /// A reference scenario: r1. Prints one line of JSON.
    #[arg(long, value_name = "NAME", requires = "days")]
    reference: Option<Reference>,
    /// How many days: for a reference each from empty to empty, for a scenario instead of its own number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=DAYS_MAX), conflicts_with = "anchors")]
    days: Option<u64>,
    /// Who comes: the same callers for the same seed, whatever the plan.
    #[arg(long, value_name = "S", conflicts_with = "anchors")]
    seed: Option<u64>,
    /// A table of known results of waiting lines, to be held against the closed forms.
    #[arg(long, value_name = "FILE")]
    anchors: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Reference {
    R1,
}

/// The one line of `--reference`.
#[derive(Serialize)]
struct Line {
    offered: u64,
    answered: u64,
    abandoned: u64,
    overflowed: u64,
    sl_off: f64,
    mean_wait_s: f64,
    decisions_sha256: String,
    cpu_s: f64,
    calls_per_cpu_s: f64,
}

fn language(word: &str) -> Result<Language, String> {
    Language::from_word(word).ok_or_else(|| "pages are in sv, en and da".to_owned())
}

pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { scenario, json, report, language, reference, days, seed, anchors } = arguments;
    match (scenario, anchors, reference, days) {
        (Some(file), ..) => {
            let wishes = Wishes { days: *days, seed: *seed, json: *json, report: report.as_deref(), language: *language };
            question::answer(file, &wishes)
        }
        (_, Some(file), ..) => hold_against(file),
        (_, _, Some(Reference::R1), Some(days)) => run_r1(*days, seed.unwrap_or(SEED)),
        _ => bail!("say SCENARIO.toml, --reference r1 --days N, or --anchors FILE"),
    }
}

fn run_r1(days: u64, seed: u64) -> anyhow::Result<ExitCode> {
    let centre = reference::r1().map_err(anyhow::Error::msg)?;
    let reference::Findings { tally, decisions_sha256 } = reference::run(&centre, days, seed)?;
    let cpu_s = cpu_s()?;
    let line = Line {
        offered: tally.offered,
        answered: tally.answered,
        abandoned: tally.abandoned,
        overflowed: tally.overflowed,
        sl_off: tally.sl_off(),
        mean_wait_s: tally.mean_wait_s(),
        decisions_sha256,
        cpu_s,
        calls_per_cpu_s: tally.offered as f64 / cpu_s,
    };
    say!("{}", serde_json::to_string(&line)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Seconds of processor that this process has used since its start, in all threads.
#[cfg(unix)]
fn cpu_s() -> anyhow::Result<f64> {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(used.tv_sec as f64 + used.tv_nsec as f64 / 1e9)
}

#[cfg(not(unix))]
fn cpu_s() -> anyhow::Result<f64> {
    bail!("this system does not tell how much processor a program has used")
}

fn hold_against(file: &Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let anchors = anchors::read(&text).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut astray = 0;
    say!("{:<6} {:<11} {:>22} {:>22} {:>9}", "anchor", "figure", "anchored", "reckoned", "distance")?;
    for Anchor { id, model, figures } in &anchors {
        let Some(figures) = figures else {
            say!("{id:<6} no closed form here: {model}")?;
            continue;
        };
        for figure in figures {
            let distance = figure.distance();
            let mark = if distance <= DISTANCE_MAX { "" } else { "  astray" };
            astray += usize::from(distance > DISTANCE_MAX);
            say!("{id:<6} {:<11} {:>22.15} {:>22.15} {distance:>9.1e}{mark}", figure.name, figure.expected, figure.found)?;
        }
    }
    let reckoned = anchors.iter().filter(|anchor| anchor.figures.is_some()).count();
    say!("{reckoned} of {} anchors have a closed form; {astray} figures are farther than {DISTANCE_MAX:e}", anchors.len())?;
    Ok(if astray == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
