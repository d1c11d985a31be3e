//! Long storms: the same tests as in `cargo xtask test`, over many more seeds, calls and minutes. A seed
//! that breaks an invariant is printed by the test itself and becomes a named scenario.
//!
//! Built as in `cargo xtask test`, with the same features of the libraries: nothing is built twice.

use crate::{child, python, repository, test};
use anyhow::Result;
use std::{path::Path, process::Command};

#[derive(clap::Args)]
pub struct Arguments {
    /// How many seeds to run; `cargo xtask test` runs 100
    #[arg(long, default_value_t = 10_000)]
    seeds: u32,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many minutes of calls at a steady rate, after one to warm up; 0 for none
    #[arg(long, default_value_t = 3)]
    soak_minutes: u32,
    /// How many minutes of words and of a transcription server's answers, spoilt; 0 for none
    #[arg(long, default_value_t = 10)]
    fuzz_minutes: u32,
    /// How often the program is killed while citizens ring, in storms of 20 kills, on SQLite and PostgreSQL in turn; 0 for
    /// never, and then nothing is taken away from it either
    #[arg(long, default_value_t = 520)]
    kills: u32,
    /// How many minutes of forms, and again of files, as nobody sends them, and how many of calls made of the interface's
    /// document for each of four readers; then every form in every language, without script and with it. 0 for none of it
    #[arg(long, default_value_t = 10)]
    intake_minutes: u32,
}

/// Kills in one storm: so many that what is kept has been through several deaths, and few enough to look through.
const KILLS_EACH: u32 = 20;
/// What the document of the interface is held to by.
const REQUIREMENTS: &str = "xtask/src/storm/requirements.txt";
/// How long the database is away, in milliseconds.
const AWAY_MS: u32 = 60_000;

pub fn run(arguments: &Arguments) -> Result<()> {
    let root = repository::root()?;
    router(&root, arguments)?;
    words(&root, arguments.fuzz_minutes)?;
    calls(&root, arguments.soak_minutes)?;
    kills(&root, arguments.kills)?;
    intake(&root, arguments)
}

/// What comes in from outside by HTTP: as nobody sends it, as the document has it, and as citizens do, in every way.
fn intake(root: &Path, arguments: &Arguments) -> Result<()> {
    let minutes = arguments.intake_minutes;
    if minutes == 0 {
        return Ok(());
    }
    let seed = arguments.from.saturating_add(1);
    println!("storm: {minutes} minutes of forms, of files, and of calls by each reader, all of seed {seed}; then every form in every way");
    let program = test::program(root)?;
    let schemathesis = python::programs(root, REQUIREMENTS, "storm-schemathesis", "calls made of the document")?.join("schemathesis");
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    node.args(["tests/fuzz.test.js", "tests/document.test.js", "tests/forms.test.js"]);
    node.current_dir(root.join("e2e")).env("SVAR_PROGRAM", program);
    node.env("SVAR_INTAKE_MINUTES", minutes.to_string()).env("SVAR_INTAKE_SEED", seed.to_string());
    node.env("SVAR_SCHEMATHESIS", schemathesis).env("SVAR_SCHEMATHESIS_MINUTES", minutes.to_string()).env("SVAR_FORMS", "all");
    child::run(&mut node)
}

/// As in `cargo xtask test`, over more seeds and for longer.
fn kills(root: &Path, kills: u32) -> Result<()> {
    if kills == 0 {
        return Ok(());
    }
    let seeds = format!("1..{}", 1 + kills.div_ceil(KILLS_EACH));
    println!("storm: {KILLS_EACH} kills for each of the seeds {seeds}, then a database that is away for a minute, and a full disk");
    let program = test::program(root)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec", "tests/kills.test.js", "tests/troubles.test.js"]);
    node.current_dir(root.join("e2e")).env("SVAR_PROGRAM", program);
    node.env("SVAR_KILLS", KILLS_EACH.to_string()).env("SVAR_KILL_SEEDS", seeds).env("SVAR_AWAY_MS", AWAY_MS.to_string());
    child::run(&mut node)
}

fn words(root: &Path, minutes: u32) -> Result<()> {
    if minutes == 0 {
        return Ok(());
    }
    println!("storm: {minutes} minutes of spoilt words and answers");
    let mut command = repository::cargo(root);
    command.args(["test", "--locked", "--workspace", "--test", "fuzz", "--", "--nocapture"]);
    child::run(command.env("SVAR_FUZZ_MINUTES", minutes.to_string()))
}

fn router(root: &Path, arguments: &Arguments) -> Result<()> {
    let range = format!("{}..{}", arguments.from, arguments.from.saturating_add(u64::from(arguments.seeds)));
    println!("storm: seeds {range} through the router, its invariants checked after every event");
    let mut command = repository::cargo(root);
    command.args(["test", "--locked", "--workspace", "--test", "storm", "--", "--nocapture"]);
    child::run(command.env("SVAR_STORM_SEEDS", range))
}

fn calls(root: &Path, soak_minutes: u32) -> Result<()> {
    println!("storm: 5,000 calls a second for half a minute, then {soak_minutes} minutes of calls at a steady rate");
    let mut command = repository::cargo(root);
    command.args(["test", "--locked", "--workspace", "--test", "storms", "--"]);
    command.args(["--ignored", "--nocapture", "--test-threads", "1"]);
    if soak_minutes == 0 {
        command.args(["--skip", "of_calls_for_minutes"]);
    }
    child::run(command.env("SVAR_SOAK_MINUTES", soak_minutes.to_string()))
}
