//! `svar journal replay --plan`: a recorded day under another plan. The callers of that day come again at their
//! times, and who was on duty is on duty; the live router decides by both plans, and what differs is told.

use crate::{deployment, output::say, replay::kept_plan};
use anyhow::{Context, bail};
use domain::{Timestamp, plan::Plan};
use jiff::civil::Date;
use simulator::{
    Compared, Group, Recorded, Recorder, Trial,
    figures::{Calls, Measure},
};
use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};
use storage::{Seq, Store};

/// Entries read at once.
const PAGE_ENTRIES: u32 = 1_000;
const MEASURES: [Measure; 4] = [Measure::Level, Measure::Abandoned, Measure::MeanWait, Measure::Elsewhere];

pub async fn run(store: &Store, own: Arc<Plan>, folder: &Path, day: Option<Date>) -> anyhow::Result<()> {
    let other = Arc::new(deployment::read_plan(folder)?);
    let day = match day {
        Some(day) => day,
        None => last_day(store, &own).await?,
    };
    let midnight = Timestamp(day.to_zoned(own.zone.clone()).context("there is no such day")?.timestamp().as_millisecond());
    let recorded = read(store, &own, midnight).await?;
    let own = match &recorded.plan {
        Some(digest) if *digest != own.digest => kept_plan(store, digest).await?,
        _ => own,
    };
    if recorded.callers.is_empty() {
        bail!("nobody came into line on {day}: name another day with --day");
    }
    let trial = Trial::of(&recorded, own.clone(), other.clone(), &AtomicBool::new(false)).context("the trial was stopped")?;
    say!(
        "{day}: {} callers in line, {} operators on duty, plan {} against {}",
        recorded.callers.len(),
        recorded.staff.len(),
        own.digest,
        other.digest
    )?;
    say!("\n{:<28} {:>7}  {}", "", "offered", heading())?;
    trial.groups().iter().filter(|group| !group.is_empty()).try_for_each(row)?;
    say!(
        "\nThe callers of the day at their times, the operators of the day on duty. Assumed: whoever was answered would have waited for as long\n\
         as it takes, talks are as long as they were, desks are answered at once. {} of {} callers were answered that day.",
        recorded.answered,
        recorded.callers.len()
    )
}

async fn last_day(store: &Store, plan: &Plan) -> anyhow::Result<Date> {
    let head = store.head().await?.context("the journal is empty")?;
    let entries = store.journal_since(Seq(head.seq.0.saturating_sub(1)), 1).await?;
    let last = entries.last().context("the journal is empty")?;
    Ok(last.at.local(&plan.zone).date())
}

/// From the journal's beginning: who was on duty at midnight had come before.
async fn read(store: &Store, plan: &Plan, midnight: Timestamp) -> anyhow::Result<Recorded> {
    let mut recorder = Recorder::of(midnight, plan.offers.wrap_up_ms_max());
    let mut at = Seq(0);
    'journal: loop {
        let entries = store.journal_since(at, PAGE_ENTRIES).await?;
        let Some(last) = entries.last() else { break };
        at = last.seq;
        for entry in &entries {
            if !recorder.take(entry.at, &entry.event, &entry.commands) {
                break 'journal;
            }
        }
    }
    Ok(recorder.finish(plan))
}

fn heading() -> String {
    MEASURES.iter().map(|measure| format!("{:>34}", measure.words())).collect()
}

fn row(Compared { group, before, after, .. }: &Compared<'_>) -> anyhow::Result<()> {
    let name = match group {
        Group::Whole => "all",
        Group::Region(region) => &region.name,
        Group::Class(class) => class.id.as_str(),
    };
    let shown = |measure: Measure, calls: Option<&Calls>| match calls.and_then(|calls| measure.of(calls)) {
        None => "-".to_owned(),
        Some(seconds) if measure.is_time() => format!("{seconds:.0} s"),
        Some(share) => format!("{:.1} %", share * 100.0),
    };
    let change = |measure: &Measure| format!("{} -> {}", shown(*measure, Some(before)), shown(*measure, *after));
    let changes: String = MEASURES.iter().map(|measure| format!("{:>34}", change(measure))).collect();
    say!("{name:<28} {:>7}  {changes}", before.offered)
}
