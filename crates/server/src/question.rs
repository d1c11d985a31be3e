//! `svar simulate SCENARIO.toml`: reads the scenario, its base and its plans, runs it on all processors, and
//! hands what came of it to a table, to JSON and to a page. What a question is and how it is answered is the
//! simulator's.

use crate::{
    deployment,
    output::{complain, say},
    signals,
};
use anyhow::{Context, bail};
use domain::{
    intent::Language,
    plan::{Fault, Source},
};
use simulator::scenario::{Findings, Report, Scenario, Study, Watch};
use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::Instant,
};
use web::words::Words;

/// What is asked beside the scenario itself.
pub struct Wishes<'a> {
    pub days: Option<u64>,
    pub seed: Option<u64>,
    pub json: bool,
    pub report: Option<&'a Path>,
    /// Of the page.
    pub language: Language,
}

pub fn answer(file: &Path, wishes: &Wishes<'_>) -> anyhow::Result<ExitCode> {
    let mut study = match prepare(file) {
        Ok(study) => study,
        Err(faults) => {
            for fault in &faults {
                complain!("{fault}");
            }
            bail!("the scenario {} has {} faults, named above", file.display(), faults.len());
        }
    };
    study.days = wishes.days.unwrap_or(study.days);
    study.seed = wishes.seed.unwrap_or(study.seed);
    let findings = run(&study)?;
    let report = Report::of(&study, &findings);
    if let Some(path) = wishes.report {
        let page = web::what_if::page(&Report::naming(&study, &findings, wishes.language), Words::new(wishes.language));
        std::fs::write(path, page).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if wishes.json {
        say!("{}", serde_json::to_string(&report)?)?;
    } else {
        say!("{report}")?;
    }
    if report.is_partial() {
        bail!("stopped after {} of {} days; what is shown is of these days alone", report.days, report.days_asked);
    }
    Ok(ExitCode::SUCCESS)
}

fn prepare(file: &Path) -> Result<Study, Vec<Fault>> {
    let shown = file.display().to_string();
    let text = deployment::read_text(file, &shown).map_err(|fault| vec![fault])?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let base = match Scenario::base_of(&text) {
        Some(name) => {
            let path = folder.join(name);
            let shown = path.display().to_string();
            Some((deployment::read_text(&path, &shown).map_err(|fault| vec![fault])?, shown))
        }
        None => None,
    };
    let base = base.as_ref().map(|(text, file)| Source { file, text });
    let scenario = Scenario::read(&Source { file: &shown, text: &text }, base.as_ref())?;
    let mut plans = BTreeMap::new();
    for name in scenario.plans() {
        let path = plan_file(name, folder).map_err(|error| {
            vec![Fault::new(
                &shown,
                0,
                format!("the plan \"{name}\" is not there: {error:#}"),
                "name a deployment or a file that ends in .toml",
            )]
        })?;
        plans.insert(name.to_owned(), deployment::read_text(&path, &path.display().to_string()).map_err(|fault| vec![fault])?);
    }
    scenario.prepare(&plans)
}

/// A file stands beside the scenario; anything else is the name of a deployment.
fn plan_file(name: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    if name.ends_with(".toml") { Ok(folder.join(name)) } else { deployment::plan_file(name) }
}

/// On every processor there is, until it is done or somebody asks to end.
pub fn run(study: &Study) -> anyhow::Result<Findings> {
    let runtime = crate::runtime()?;
    let stop = Arc::new(AtomicBool::new(false));
    let asked = runtime.block_on(async { signals::asked_to_end() }).context("the system takes no handler for Ctrl-C")?;
    let stopping = stop.clone();
    runtime.spawn(async move {
        asked.cancelled().await;
        stopping.store(true, Ordering::Relaxed);
    });
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let progress = Progress { begun: Instant::now(), days: study.days, shown: std::io::stderr().is_terminal() };
    let findings = study.run(&Watch { threads, stop: &stop, done: &|days| progress.tell(days) })?;
    progress.clear();
    Ok(findings)
}

/// One line that is written over; none where nobody looks.
struct Progress {
    begun: Instant,
    days: u64,
    shown: bool,
}

impl Progress {
    fn tell(&self, done: u64) {
        if self.shown {
            let left_s = self.begun.elapsed().as_secs_f64() / done as f64 * self.days.saturating_sub(done) as f64;
            let _ = write!(std::io::stderr().lock(), "\r{done} of {} days, about {left_s:.0} s left   ", self.days);
        }
    }

    fn clear(&self) {
        if self.shown {
            let _ = write!(std::io::stderr().lock(), "\r{:60}\r", "");
        }
    }
}
