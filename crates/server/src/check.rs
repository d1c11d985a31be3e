//! `svar check`: every fault of a deployment with file, line and mend, the bounds of its classes, and who can
//! answer in each region at which hours.

use crate::{
    demo::Numbers,
    deployment::{self, Texts},
    output::say,
};
use domain::plan::{self, Examined, Fault};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};
use understanding::{lexicon::Lexicon, prompts, sentences};

#[derive(clap::Args)]
pub struct Arguments {
    /// The deployment's folder.
    deployment: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let folder = deployment::find(&arguments.deployment.to_string_lossy())?;
    let (Examined { plan, faults, notices }, _) = Texts::read(&folder).examine();
    let mut count = 0;
    let of_callers = Numbers::read(&folder).err();
    for fault in faults.into_iter().chain(faults_of_understanding(&folder.join("understanding"))).chain(of_callers) {
        say!("fault   {fault}")?;
        count += 1;
    }
    for notice in &notices {
        say!("notice  {notice}")?;
    }
    count += crate::prompts::print(&prompts::check(&folder.join("prompts")))?;
    if let Some(plan) = &plan {
        say!("plan    {} ({}), {} regions, {} queues", plan.name, plan.digest, plan.regions.len(), plan.queues().count())?;
        for bound in plan::bounds(plan) {
            say!("bound   {bound}")?;
        }
        for answers in plan::answers(plan) {
            say!("answers {answers}")?;
        }
    }
    say!("{count} faults, {} notices", notices.len())?;
    Ok(if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Training sentences, cues and concepts. They are needed once a recogniser is configured, and a fault
/// found only then is found too late.
fn faults_of_understanding(folder: &Path) -> Vec<Fault> {
    if !folder.is_dir() {
        let mend =
            "put the training sentences (*.tsv), cues.toml and concepts.toml there: without them nothing that callers say is understood";
        return vec![Fault::new(&folder.display().to_string(), 0, "the folder is missing", mend)];
    }
    let sentences = sentences::load(folder).err().unwrap_or_default();
    sentences.into_iter().chain(Lexicon::faults(folder)).collect()
}
