//! `svar check`: every fault of a deployment with file, line and mend, and the bounds of its classes.

use crate::deployment::{self, Texts};
use domain::{
    place::Places,
    plan::{self, Examined},
};
use std::{path::PathBuf, process::ExitCode};
use understanding::prompts;

#[derive(clap::Args)]
pub struct Arguments {
    /// The deployment's folder.
    deployment: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let folder = deployment::find(&arguments.deployment.to_string_lossy())?;
    let texts = Texts::read(&folder)?;
    let Examined { plan, mut faults, notices } = plan::examine(&texts.plan());
    match Places::read(&texts.places()) {
        Ok(places) => {
            if let Some(plan) = &plan {
                faults.extend(places.check(plan, texts.source(3).file));
            }
        }
        Err(more) => faults.extend(more),
    }
    for fault in &faults {
        println!("fault   {fault}");
    }
    for notice in &notices {
        println!("notice  {notice}");
    }
    let prompt_faults = crate::prompts::print(&prompts::check(&folder.join("prompts")));
    if let Some(plan) = &plan {
        println!("plan    {} ({}), {} regions, {} queues", plan.name, plan.digest, plan.regions.len(), plan.queues().count());
        for bound in plan::bounds(plan) {
            println!("bound   {bound}");
        }
    }
    let count = faults.len() + prompt_faults;
    println!("{count} faults, {} notices", notices.len());
    Ok(if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
