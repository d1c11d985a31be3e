//! `svar understand`: the model of what callers mean, and how well it does.

mod report;
mod train;

use crate::{deployment, output::complain};
use anyhow::bail;
use std::{path::Path, process::ExitCode};
use understanding::{
    entities::Municipalities,
    lexicon::Lexicon,
    sentences::{self, Sentence},
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Train the model from a deployment's sentences; the same sentences give the same bytes.
    Train(train::Arguments),
    /// Print how well labelled lines are understood.
    Report(report::Arguments),
}

pub fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Train(arguments) => train::run(arguments),
        Command::Report(arguments) => report::run(arguments),
    }
}

/// What a model is trained from and judges with.
struct Materials {
    sentences: Vec<Sentence>,
    lexicon: Lexicon,
}

impl Materials {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let understanding = folder.join("understanding");
        let sentences = match sentences::load(&understanding) {
            Ok(sentences) => sentences,
            Err(faults) => {
                for fault in &faults {
                    complain!("{fault}");
                }
                bail!("the training sentences have {} faults, named above", faults.len());
            }
        };
        let places = deployment::Texts::read(folder)
            .read_places()
            .map_err(|faults| anyhow::anyhow!("the areas have {} faults: run `svar check`", faults.len()))?;
        let names = places.areas.municipalities().iter().map(|municipality| (municipality.code.to_string(), municipality.name.clone()));
        let lexicon = Lexicon::load(&understanding)?.with_municipalities(Municipalities::new(names));
        Ok(Self { sentences, lexicon })
    }
}
