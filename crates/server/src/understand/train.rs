//! `svar understand train`: from sentences to one small file.

use super::Materials;
use crate::{
    deployment,
    output::{complain, say},
};
use anyhow::Context;
use std::{path::PathBuf, process::ExitCode};
use understanding::model::Model;

#[derive(clap::Args)]
pub struct Arguments {
    /// The deployment's folder or its name.
    #[arg(long, default_value = "sweden")]
    deployment: String,
    /// Where the model is written; without, it is trained and only its digest is told.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let materials = Materials::read(&deployment::find(&arguments.deployment)?)?;
    let model = telling(&materials);
    let bytes = model.to_bytes();
    if let Some(path) = &arguments.out {
        std::fs::write(path, &bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    say!("{} {} bytes, {} features, from {} sentences", model.digest(), bytes.len(), model.features(), materials.sentences.len())?;
    Ok(ExitCode::SUCCESS)
}

/// Trains and tells on standard error how far it is, at each tenth.
pub fn telling(materials: &Materials) -> Model {
    let mut told = 0;
    Model::train_telling(&materials.sentences, &materials.lexicon, &mut |done, all| {
        let tenths = done * 10 / all;
        if tenths > told {
            told = tenths;
            complain!("training: {done} of {all} rounds");
        }
    })
}
