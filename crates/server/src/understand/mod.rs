//! `svar understand`: what a deployment makes of what callers say.

mod lines;

use crate::deployment;
use anyhow::ensure;
use domain::plan::Plan;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};
use understanding::{lexicon::Lexicon, model::Model, sentences};

#[derive(clap::Args)]
pub struct Arguments {
    /// The deployment's folder or its name.
    #[arg(long, default_value = "sweden")]
    deployment: String,
}

/// Reads lines from standard input until it ends.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    lines::run(&arguments.deployment)
}

/// What it takes to understand a caller and to say where they are led.
struct Room {
    plan: Plan,
    lexicon: Lexicon,
    model: Model,
}

impl Room {
    fn open(deployment: &str) -> anyhow::Result<Self> {
        let folder = deployment::find(deployment)?;
        let plan = deployment::read_plan(&folder)?;
        ensure!(
            !plan.destinations.is_empty(),
            "the plan of {} names no place to lead callers to: add [[destinations]], as deployments/sweden/plan.toml has them",
            folder.display()
        );
        let lexicon = deployment::read_lexicon(&folder)?;
        let model = model(&folder, &lexicon)?;
        Ok(Self { plan, lexicon, model })
    }
}

/// Trained once for the same sentences and kept in the user's cache, where there is one.
fn model(folder: &Path, lexicon: &Lexicon) -> anyhow::Result<Model> {
    let sentences = sentences::load(&folder.join("understanding"))
        .map_err(|faults| anyhow::anyhow!("the training sentences have {} faults: run `svar check`", faults.len()))?;
    Ok(match cache() {
        Some(cache) => Model::trained_or_cached(&sentences, lexicon, &cache),
        None => Model::train(&sentences, lexicon),
    })
}

fn cache() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    Some(variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))?.join("svar"))
}
