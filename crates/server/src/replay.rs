//! `svar journal replay`: a journal decided afresh. The same decisions prove that nothing but its events and
//! the plan led to them; the first that is another tells what a new program would do otherwise.

use crate::{deployment, journal::Place, other_plan, output::say};
use anyhow::{Context, anyhow, bail};
use domain::{
    plan::{self, Plan, Source},
    routing::{Command, Event, OtherPlan, Replay},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{process::ExitCode, sync::Arc};
use storage::{Entry, Seq, Store};

/// Entries read at once.
const PAGE_ENTRIES: u32 = 1_000;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Whose plan it was: a name, or the folder that has it.
    #[arg(long, value_name = "NAME", default_value = "sweden")]
    deployment: String,
    /// Try another plan on a day of the journal instead: a deployment's name or folder. Prints what would have
    /// been otherwise.
    #[arg(long, value_name = "NAME")]
    plan: Option<String>,
    /// Which day; if left out, that of the last entry.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "plan")]
    day: Option<jiff::civil::Date>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let folder = deployment::find(&arguments.deployment)?;
    let switchboard::Deployment { plan, places, .. } = deployment::load(&folder, None)?;
    let store = Store::open_existing(&arguments.place.location()).await?;
    if let Some(name) = &arguments.plan {
        let tried = other_plan::run(&store, plan, &deployment::find(name)?, arguments.day).await;
        store.close().await;
        return tried.map(|()| ExitCode::SUCCESS);
    }
    let (mut replay, mut told, mut last) = (Replay::new(plan, places), Told::default(), Seq(0));
    let differs = 'journal: loop {
        let entries = store.journal_since(last, PAGE_ENTRIES).await?;
        let Some(end) = entries.last() else { break None };
        last = end.seq;
        for entry in &entries {
            let decided = match replay.decide(entry.at, &entry.event, &entry.commands) {
                Ok(decided) => decided,
                Err(OtherPlan { digest }) => {
                    replay.prepare(kept_plan(&store, &digest).await.with_context(|| format!("from entry {} on", entry.seq))?);
                    replay
                        .decide(entry.at, &entry.event, &entry.commands)
                        .map_err(|_| anyhow!("the plan {digest} has another digest now"))?
                }
            };
            if decided != entry.commands {
                break 'journal Some((entry.clone(), decided));
            }
            told.count(entry)?;
        }
    };
    store.close().await;
    say!("{}", told.line(differs.as_ref().map(|(entry, _)| entry.seq)))?;
    let Some((entry, decided)) = differs else { return Ok(ExitCode::SUCCESS) };
    bail!("{}", parting(&entry, &decided))
}

/// A plan that was in force earlier, as it was kept beside the journal.
pub async fn kept_plan(store: &Store, digest: &str) -> anyhow::Result<Arc<Plan>> {
    let Some(text) = store.plan_text(digest).await? else {
        bail!(
            "another plan was in force, with the digest {digest}, and its text was not kept: name the deployment that had it with --deployment"
        )
    };
    let read = plan::read(&Source { file: digest, text: &text });
    Ok(Arc::new(read.map_err(|faults| {
        anyhow!("the plan {digest} cannot be read any more: {}", faults.first().map_or_else(String::new, ToString::to_string))
    })?))
}

/// What was decided alike so far.
#[derive(Default)]
struct Told {
    entries: u64,
    runs: u64,
    decisions: Sha256,
}

impl Told {
    fn count(&mut self, entry: &Entry) -> anyhow::Result<()> {
        self.entries += 1;
        self.runs += u64::from(matches!(entry.event, Event::Started { .. }));
        self.decisions.update(serde_json::to_vec(&entry.commands)?);
        Ok(())
    }

    fn line(self, differs_at: Option<Seq>) -> serde_json::Value {
        let digest: String = self.decisions.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "entries": self.entries, "runs": self.runs, "decisions_sha256": digest, "differs_at": differs_at })
    }
}

/// Where two ways of deciding part, by the first command that is another.
fn parting(entry: &Entry, decided: &[Command]) -> String {
    let at = entry.commands.iter().zip(decided).take_while(|(recorded, now)| recorded == now).count();
    let named = |command: Option<&Command>| command.map_or_else(|| "nothing more".to_owned(), |command| format!("{command:?}"));
    format!(
        "entry {} ({}) is decided otherwise from its command {} on: recorded was {}, now it is {}",
        entry.seq.0,
        entry.event.kind(),
        at + 1,
        named(entry.commands.get(at)),
        named(decided.get(at))
    )
}
