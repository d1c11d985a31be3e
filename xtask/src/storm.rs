//! Long storms: the same seeded tests as in `cargo xtask test`, over many more seeds. A seed that
//! breaks an invariant is printed by the test itself and becomes a named scenario.

use crate::{child, repository};
use anyhow::Result;

#[derive(clap::Args)]
pub struct Arguments {
    /// How many seeds to run; `cargo xtask test` runs 100
    #[arg(long, default_value_t = 10_000)]
    seeds: u32,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    from: u64,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let root = repository::root()?;
    let range = format!("{}..{}", arguments.from, arguments.from.saturating_add(u64::from(arguments.seeds)));
    println!("storm: seeds {range} through the router, its invariants checked after every event");
    let mut command = repository::cargo(&root);
    command.args(["test", "--locked", "--package", "domain", "--test", "storm", "--", "--nocapture"]);
    child::run(command.env("SVAR_STORM_SEEDS", range))
}
