//! `svar understand`: what a deployment makes of what callers say, the model that it takes, and how well it does.

mod corrections;
mod lines;
mod report;
mod review;
mod train;

use crate::{deployment, output::complain};
use anyhow::{bail, ensure};
use domain::plan::Plan;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};
use understanding::{
    lexicon::Lexicon,
    model::Model,
    sentences::{self, Sentence},
    text::CHARS_MAX,
};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// The deployment's folder or its name.
    #[arg(long, default_value = "sweden")]
    deployment: String,
    /// Without one, lines are read from standard input until it ends.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Train the model from a deployment's sentences; the same sentences give the same bytes.
    Train(train::Arguments),
    /// Print how well labelled lines are understood.
    Report(report::Arguments),
    /// Write what operators made of callers' words as training sentences to be reviewed, each commented out.
    Corrections(corrections::Arguments),
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.command {
        Some(Command::Train(arguments)) => train::run(&arguments),
        Some(Command::Report(arguments)) => report::run(&arguments),
        Some(Command::Corrections(arguments)) => corrections::run(arguments),
        None => lines::run(&arguments.deployment),
    }
}

/// What a model is trained from and judges with.
struct Materials {
    sentences: Vec<Sentence>,
    lexicon: Lexicon,
}

impl Materials {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let lexicon = deployment::read_lexicon(folder)?;
        let sentences = match sentences::load(&folder.join("understanding")) {
            Ok(sentences) => sentences,
            Err(faults) => {
                for fault in &faults {
                    complain!("{fault}");
                }
                bail!("the training sentences have {} faults, named above", faults.len());
            }
        };
        Ok(Self { sentences, lexicon })
    }
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
        let plan = plan(&folder)?;
        let Materials { sentences, lexicon } = Materials::read(&folder)?;
        // Trained once for the same sentences and kept in the user's cache, where there is one.
        let model = match cache() {
            Some(cache) => Model::trained_or_cached(&sentences, &lexicon, &cache),
            None => Model::train(&sentences, &lexicon),
        };
        Ok(Self { plan, lexicon, model })
    }
}

/// A plan that says where callers are led.
fn plan(folder: &Path) -> anyhow::Result<Plan> {
    let plan = deployment::read_plan(folder)?;
    ensure!(
        !plan.destinations.is_empty(),
        "the plan of {} names no place to lead callers to: add [[destinations]], as deployments/sweden/plan.toml has them",
        folder.display()
    );
    Ok(plan)
}

fn cache() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    Some(variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))?.join("svar"))
}

/// What is looked at, on one line and in one column.
fn on_one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.trim_end_matches('\r').chars().take(CHARS_MAX).map(plain).collect()
}
