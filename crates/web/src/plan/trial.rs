//! A text that somebody thinks of, tried on a recorded day: its callers and staff are read out of the journal
//! and led by the plan of that day and by the text, on a thread of its own and within limits. Nothing is kept.

use crate::{
    app::App,
    clock,
    fault::{Fault, NoTrial},
    limits::{TRIAL_ENTRIES_MAX, TRIAL_WAIT, TRIAL_WHOLE_ENTRIES_MAX},
};
use domain::{
    Timestamp,
    plan::{self, Plan, Source},
    time::HOUR_MS,
};
use jiff::civil::Date;
use simulator::{Recorded, Recorder, Trial};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use storage::{ContactFilter, Entry, PlanOutcome, Seq, StoreError};
use switchboard::PlanRefusal;
use tokio::{runtime::Handle, time::timeout};

const DAY_MS: u64 = 24 * HOUR_MS;
/// Entries read at once.
const PAGE_ENTRIES: u32 = 1_000;
/// Contacts that are looked through for the last one who came into line.
const LATEST_CONTACTS: u32 = 1_000;

/// What a day came to, as it was and by both plans.
pub struct Tried {
    pub day: Date,
    /// False: only what has been recorded until now.
    pub is_over: bool,
    pub callers: usize,
    pub operators: usize,
    /// The plan of that day.
    pub own: Arc<Plan>,
    /// The digest of the text.
    pub digest: String,
    pub trial: Trial,
}

/// Tries a text on this day; on the last whole day when none is named, or on the last day on which anybody came
/// into line when nobody did on that one.
///
/// # Errors
/// [`Fault::Plan`] with the text's faults, [`Fault::Trial`] with what stands in the way.
pub async fn on_day(app: &App, text: &str, day: Option<Date>) -> Result<Tried, Fault> {
    let examined = app.switchboard().examine_plan(text);
    let Some(other) = examined.plan else { return Err(Fault::Plan(PlanRefusal::Faults(examined.faults))) };
    let turn = app.trials().clone().try_acquire_owned().map_err(|_| Fault::Trial(NoTrial::Busy))?;
    let stop = StopsWhenDropped::default();
    let asked = Asked { app: app.clone(), other: Arc::new(other), stop: stop.0.clone() };
    let runtime = Handle::current();
    // Whoever goes away or waits too long gives the thread a sign to stop; the turn is over when it has.
    let trial = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        runtime.block_on(asked.tried(day))
    });
    match timeout(TRIAL_WAIT, trial).await {
        Ok(Ok(tried)) => tried,
        Ok(Err(_)) => Err(Fault::Internal),
        Err(_) => Err(Fault::Trial(NoTrial::TooLong)),
    }
}

#[derive(Default)]
struct StopsWhenDropped(Arc<AtomicBool>);

impl Drop for StopsWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Asked {
    app: App,
    other: Arc<Plan>,
    stop: Arc<AtomicBool>,
}

impl Asked {
    async fn tried(&self, day: Option<Date>) -> Result<Tried, Fault> {
        let (day, recorded) = match day {
            Some(day) => (day, self.recorded(day).await?),
            None => self.last_recorded().await?,
        };
        if recorded.callers.is_empty() {
            return Err(Fault::Trial(NoTrial::Nobody));
        }
        let own = self.plan_of(&recorded).await?;
        let trial = Trial::of(&recorded, own.clone(), self.other.clone(), &self.stop);
        Ok(Tried {
            day,
            is_over: clock::now() >= recorded.midnight.plus_ms(DAY_MS),
            callers: recorded.callers.len(),
            operators: recorded.staff.len(),
            own,
            digest: self.other.digest.clone(),
            trial: trial.ok_or(Fault::Trial(NoTrial::TooLong))?,
        })
    }

    /// Of yesterday; when nobody came, of the day on which the last one came into line.
    async fn last_recorded(&self) -> Result<(Date, Recorded), Fault> {
        let zone = self.app.switchboard().deployment().plan.zone.clone();
        let today = clock::now().local(&zone).date();
        let yesterday = today.yesterday().unwrap_or(today);
        let recorded = self.recorded(yesterday).await?;
        if !recorded.callers.is_empty() {
            return Ok((yesterday, recorded));
        }
        let latest = self.app.switchboard().store().contacts(&ContactFilter::default(), LATEST_CONTACTS, None).await.map_err(not_read)?;
        let came = latest.iter().find(|contact| !contact.record.visits.is_empty()).ok_or(Fault::Trial(NoTrial::Nobody))?;
        let day = came.record.arrived.local(&zone).date();
        Ok((day, self.recorded(day).await?))
    }

    async fn recorded(&self, day: Date) -> Result<Recorded, Fault> {
        let plan = self.app.switchboard().deployment().plan.clone();
        let midnight = day.to_zoned(plan.zone.clone()).map_err(|_| Fault::Trial(NoTrial::Nobody))?;
        let midnight = Timestamp(midnight.timestamp().as_millisecond());
        let mut recorder = Recorder::of(midnight, plan.offers.wrap_up_ms_max());
        let mut entries = self.beginning(midnight).await?;
        let mut read = 0;
        'journal: while let Some(last) = entries.last() {
            let at = last.seq;
            for entry in &entries {
                if !recorder.take(entry.at, &entry.event, &entry.commands) {
                    break 'journal;
                }
            }
            read += entries.len() as u64;
            if read > TRIAL_ENTRIES_MAX {
                return Err(Fault::Trial(NoTrial::TooMuch));
            }
            if self.stop.load(Ordering::Relaxed) {
                return Err(Fault::Trial(NoTrial::TooLong));
            }
            entries = self.app.switchboard().store().journal_since(at, PAGE_ENTRIES).await.map_err(not_read)?;
        }
        Ok(recorder.finish(&plan))
    }

    /// Who was on duty at midnight had come before it, and within a day: no session is older.
    async fn beginning(&self, midnight: Timestamp) -> Result<Vec<Entry>, Fault> {
        let store = self.app.switchboard().store();
        let head = store.head().await.map_err(not_read)?.ok_or(Fault::Trial(NoTrial::Nobody))?;
        let entries = if head.seq.0 <= TRIAL_WHOLE_ENTRIES_MAX {
            store.journal_since(Seq(0), PAGE_ENTRIES).await
        } else {
            let before = i64::try_from(DAY_MS).unwrap_or(i64::MAX);
            store.entries_from(Timestamp(midnight.0.saturating_sub(before)), PAGE_ENTRIES).await
        };
        entries.map_err(not_read)
    }

    /// The plan that was in force that day: by its entries, else by the last change before them.
    async fn plan_of(&self, recorded: &Recorded) -> Result<Arc<Plan>, Fault> {
        let (switchboard, lost) = (self.app.switchboard(), Fault::Trial(NoTrial::PlanLost));
        let digest = match &recorded.plan {
            Some(digest) => digest.clone(),
            None => {
                let changes = switchboard.plan_changes().await.map_err(|_| Fault::NotRead)?;
                let adopted = changes.into_iter().filter(|change| change.outcome == Some(PlanOutcome::Adopted));
                let before = adopted.filter(|change| change.ended.is_some_and(|at| at <= recorded.midnight));
                before.max_by_key(|change| (change.ended, change.id)).ok_or_else(|| lost.clone())?.digest
            }
        };
        let running = switchboard.deployment().plan.clone();
        if running.digest == digest {
            return Ok(running);
        }
        let text = switchboard.plan_text(&digest).await.map_err(|_| Fault::NotRead)?.ok_or_else(|| lost.clone())?;
        plan::read(&Source { file: &digest, text: &text }).map(Arc::new).map_err(|_| lost)
    }
}

fn not_read(error: StoreError) -> Fault {
    tracing::error!(%error, "a recorded day could not be read");
    Fault::NotRead
}
