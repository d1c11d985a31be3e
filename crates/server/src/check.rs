//! `svar check`: every fault of a deployment with file, line and mend, the bounds of its classes, and who can
//! answer in each region at which hours.

use crate::{
    demo::Numbers,
    deployment::{self, Texts},
    journal::Place,
    output::say,
};
use domain::{
    plan::{self, Examined, Fault, OperatorProfile, Plan},
    routing,
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};
use storage::{Account, Store};
use understanding::{lexicon::Lexicon, prompts, sentences};

#[derive(clap::Args)]
pub struct Arguments {
    /// The deployment's folder.
    deployment: PathBuf,
    /// Look at the staff accounts of a database too: queues that nobody of them can serve are faults.
    #[arg(long)]
    accounts: bool,
    #[command(flatten)]
    place: Place,
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let folder = deployment::find(&arguments.deployment.to_string_lossy())?;
    let (Examined { plan, faults, notices }, _) = Texts::read(&folder).examine();
    let mut count = 0;
    let of_callers = Numbers::read(&folder).err();
    let forms = crate::forms::read(&folder);
    let of_forms = forms.as_ref().err().cloned().unwrap_or_default();
    for fault in faults.into_iter().chain(faults_of_understanding(&folder.join("understanding"))).chain(of_callers).chain(of_forms) {
        say!("fault   {fault}")?;
        count += 1;
    }
    for notice in &notices {
        say!("notice  {notice}")?;
    }
    count += crate::prompts::print(&prompts::check(&folder.join("prompts")))?;
    for form in forms.iter().flat_map(|catalogue| &catalogue.forms) {
        say!("form    {} ({}), {} pages, {} questions", form.id, form.status, form.pages.len(), form.questions().count())?;
    }
    if let Some(plan) = &plan {
        say!("plan    {} ({}), {} regions, {} queues", plan.name, plan.digest, plan.regions.len(), plan.queues().count())?;
        for bound in plan::bounds(plan) {
            say!("bound   {bound}")?;
        }
        for answers in plan::answers(plan) {
            say!("answers {answers}")?;
        }
        if arguments.accounts {
            for fault in faults_of_accounts(plan, arguments.place)? {
                say!("fault   {fault}")?;
                count += 1;
            }
        }
    }
    say!("{count} faults, {} notices", notices.len())?;
    Ok(if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Of those who can be on duty: whoever has a site and may sign in.
fn faults_of_accounts(plan: &Plan, place: Place) -> anyhow::Result<Vec<Fault>> {
    let location = place.location();
    let read = async { anyhow::Ok(Store::open_existing(&location).await?.accounts().await?) };
    let accounts = crate::runtime()?.block_on(read)?;
    let profiles: Vec<OperatorProfile> = accounts
        .into_iter()
        .filter(|account| !account.disabled)
        .filter_map(|account| {
            let Account { site, also_regions, category, skills, languages, .. } = account;
            Some(OperatorProfile { site: site?, also_regions, category, skills, languages })
        })
        .collect();
    say!("staff   {} accounts that can be on duty", profiles.len())?;
    Ok(routing::unqualified(plan, &profiles))
}

/// Training sentences, cues and concepts. They are needed once a recogniser is configured, and a fault
/// found only then is found too late.
fn faults_of_understanding(folder: &Path) -> Vec<Fault> {
    if !folder.is_dir() {
        let mend = "put the training sentences (*.tsv), cues.toml, concepts.toml and synonyms.toml there: without them nothing that callers say is understood";
        return vec![Fault::new(&folder.display().to_string(), 0, "the folder is missing", mend)];
    }
    let sentences = sentences::load(folder).err().unwrap_or_default();
    sentences.into_iter().chain(Lexicon::faults(folder)).collect()
}
