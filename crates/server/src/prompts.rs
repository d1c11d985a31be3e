//! `svar prompts`: the catalogue of what the dialogue says.

use crate::{deployment, output::say};
use std::process::ExitCode;
use understanding::prompts::{self, Finding};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Look for prompts that are missing, stale, clipped, silent or of an odd length.
    Check {
        #[arg(default_value = "sweden")]
        deployment: String,
    },
    /// Make what is missing or stale with espeak-ng.
    Build {
        #[arg(default_value = "sweden")]
        deployment: String,
    },
}

pub fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { deployment } => {
            let findings = prompts::check(&deployment::find(deployment)?.join("prompts"));
            say!("{} findings", findings.len())?;
            Ok(if print(&findings)? == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Build { deployment } => {
            let built = prompts::build(&deployment::find(deployment)?.join("prompts"))?;
            say!("{} made, {} kept", built.made, built.kept)?;
            for file in &built.left_over {
                say!("left over: {file}, whose text is gone from the catalogue")?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Prints findings one a line; gives back how many are faults.
pub fn print(findings: &[Finding]) -> anyhow::Result<usize> {
    let mut faults = 0;
    for finding in findings {
        match finding {
            Finding::Fault(fault) => {
                faults += 1;
                say!("fault   {fault}")?;
            }
            Finding::Warning(warning) => say!("notice  {warning}")?,
        }
    }
    Ok(faults)
}
