//! Long storms: the same tests as in `cargo xtask test`, over many more seeds, calls and minutes. A seed
//! that breaks an invariant is printed by the test itself and becomes a named scenario.
//!
//! Built as in `cargo xtask test`, with the same features of the libraries: nothing is built twice.

use crate::{child, repository};
use anyhow::Result;
use std::path::Path;

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
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let root = repository::root()?;
    router(&root, arguments)?;
    words(&root, arguments.fuzz_minutes)?;
    calls(&root, arguments.soak_minutes)
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
