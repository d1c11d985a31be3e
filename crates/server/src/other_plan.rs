//! `svar journal replay --plan`: a recorded day under another plan. The callers of that day come again at their
//! times, and who was on duty is on duty; the live router decides by both plans, and what differs is told.

use crate::{deployment, output::say, replay::kept_plan};
use anyhow::{Context, bail};
use domain::{Timestamp, plan::Plan, routing::Event, time::HOUR_MS};
use jiff::civil::Date;
use simulator::{
    Centre, Demand, Desk, Digest, Recorded, Recorder,
    callers::Hours,
    figures::{Calls, Groups, Measure, Rules},
};
use std::{path::Path, sync::Arc};
use storage::{Seq, Store};

/// Entries read at once.
const PAGE_ENTRIES: u32 = 1_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const MEASURES: [Measure; 4] = [Measure::Level, Measure::Abandoned, Measure::MeanWait, Measure::Elsewhere];

/// What the day had: its last plan's digest, and its last entry.
struct Seen {
    digest: String,
    last: Timestamp,
}

pub async fn run(store: &Store, own: Arc<Plan>, folder: &Path, day: Option<Date>) -> anyhow::Result<()> {
    let other = Arc::new(deployment::read_plan(folder)?);
    let day = match day {
        Some(day) => day,
        None => last_day(store, &own).await?,
    };
    let midnight = Timestamp(day.to_zoned(own.zone.clone()).context("there is no such day")?.timestamp().as_millisecond());
    let (recorded, seen) = read(store, &own, midnight).await?;
    let own = if own.digest == seen.digest { own } else { kept_plan(store, &seen.digest).await? };
    if recorded.callers.is_empty() {
        bail!("nobody came into line on {day}: name another day with --day");
    }
    let (before, after) = (live_through(own.clone(), &own, &recorded), live_through(other.clone(), &own, &recorded));
    say!(
        "{day}: {} callers in line, {} operators on duty, plan {} against {}",
        recorded.callers.len(),
        recorded.staff.len(),
        own.digest,
        other.digest
    )?;
    say!("\n{:<28} {:>7}  {}", "", "offered", heading())?;
    row("all", &before.whole, &after.whole)?;
    for (n, region) in own.regions.iter().enumerate() {
        row(&region.name, &before.regions[n], &of_region(&other, &after, region))?;
    }
    for (n, class) in own.classes.iter().enumerate() {
        let there = other.classes.iter().position(|known| known.id == class.id);
        row(class.id.as_str(), &before.classes[n], &there.map_or_else(Calls::default, |n| after.classes[n].clone()))?;
    }
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
async fn read(store: &Store, plan: &Plan, midnight: Timestamp) -> anyhow::Result<(Recorded, Seen)> {
    let offers = &plan.offers;
    let wrap_up_ms = offers.wrap_up_ms + offers.wrap_up_extension_ms * u64::from(offers.wrap_up_extensions_max);
    let mut recorder = Recorder::of(midnight, wrap_up_ms);
    let end = midnight.plus_ms(DAY_MS);
    let mut seen = Seen { digest: plan.digest.clone(), last: midnight };
    let mut at = Seq(0);
    'journal: loop {
        let entries = store.journal_since(at, PAGE_ENTRIES).await?;
        let Some(last) = entries.last() else { break };
        at = last.seq;
        for entry in &entries {
            if entry.at >= end {
                break 'journal;
            }
            if let Event::Started { plan, .. } | Event::PlanChanged { plan } = &entry.event {
                seen.digest.clone_from(plan);
            }
            seen.last = entry.at;
            recorder.take(entry.at, &entry.event, &entry.commands);
        }
    }
    Ok((recorder.finish(seen.last), seen))
}

/// Both are measured by the own plan's time.
fn live_through(plan: Arc<Plan>, own: &Plan, recorded: &Recorded) -> Groups {
    let demand = Demand {
        streams: Vec::new(),
        profile: Vec::new(),
        busyness: None,
        languages: Vec::new(),
        channel: domain::contact::Channel::HandOver,
    };
    let centre = Centre { plan, demand, staff: recorded.staff.clone(), desk: Desk::default() };
    let course = centre.live_through(&recorded.callers, recorded.midnight, 0, &mut Digest::default());
    let rules =
        Rules { window: Hours { from_ms: 0, to_ms: i64::try_from(DAY_MS).unwrap_or(i64::MAX) }, within_ms: own.service_level.within_ms };
    Groups::of_day(&centre, &rules, &recorded.callers, &course)
}

fn of_region(plan: &Plan, groups: &Groups, region: &domain::plan::Region) -> Calls {
    let there = plan.regions.iter().position(|known| known.id == region.id);
    there.map_or_else(Calls::default, |n| groups.regions[n].clone())
}

fn heading() -> String {
    MEASURES.iter().map(|measure| format!("{:>34}", measure.words())).collect()
}

fn row(name: &str, before: &Calls, after: &Calls) -> anyhow::Result<()> {
    if before.offered == 0 && after.offered == 0 {
        return Ok(());
    }
    let shown = |measure: Measure, calls: &Calls| match measure.of(calls) {
        None => "-".to_owned(),
        Some(seconds) if measure.is_time() => format!("{seconds:.0} s"),
        Some(share) => format!("{:.1} %", share * 100.0),
    };
    let changes: String =
        MEASURES.iter().map(|measure| format!("{:>34}", format!("{} -> {}", shown(*measure, before), shown(*measure, after)))).collect();
    say!("{name:<28} {:>7}  {changes}", before.offered)
}
