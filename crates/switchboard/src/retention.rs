//! Keeping nothing longer than the plan says: every hour, closed matters whose time is over lose their personal data, one after
//! another, with a word in the access log each. How long a matter is kept is the plan's to say, whether it may be erased at all
//! (nobody holds it, it is not open again, nothing is owed) is asked by the store within the erasure. Also a leader's hold of a
//! matter, and what is told of all this. Nothing here is logged that tells of a person.

use crate::{Purpose, Refusal, Switchboard, access, act::Stage, clock, not_read};
use domain::{ClassId, MatterId, OperatorId, Timestamp, plan::Plan, time::HOUR_MS};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use storage::{Access, DueMatter, ErasedCount, Erasing, Hold, HoldReason, Store, StoreError, Term};
use tokio_util::sync::CancellationToken;

/// How often it is looked for matters whose time is over.
const LOOKED_EVERY: Duration = Duration::from_secs(60 * 60);
/// Matters that are looked at together.
const PAGE_MATTERS: u32 = 200;
/// Between two matters that are erased, and two pages: the connection that writes is needed for calls.
const PAUSE: Duration = Duration::from_millis(20);
/// Most matters that are erased in one round; the rest waits for the next.
const ROUND_MATTERS_MAX: usize = 20_000;
/// What was closed so long before the last round may have been saved after it.
const SAVED_WITHIN_MS: u64 = 24 * HOUR_MS;
/// Most held matters that are told of.
const HELD_MAX: u32 = 500;
/// What was never closed comes after this.
const BEGINNING: (Timestamp, MatterId) = (Timestamp(i64::MIN), MatterId(0));
const DAY_MS: u64 = 24 * HOUR_MS;

/// Erases what the plan keeps no longer.
pub(crate) struct Keeper {
    pub store: Store,
    pub stage: Arc<Stage>,
    pub term: Term,
    /// By which plan, and when, all that was closed was last looked at.
    pub judged: Option<(String, Timestamp)>,
}

impl Keeper {
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            match self.round(&stop).await {
                Ok(0) => {}
                Ok(matters) => tracing::info!(matters, "the personal data of matters whose time was over was erased"),
                Err(StoreError::Fenced) => return,
                Err(error) => tracing::warn!(%error, "matters whose time is over could not be erased; tried again in an hour"),
            }
            if pause(LOOKED_EVERY, &stop).await {
                return;
            }
        }
    }

    /// How many matters were erased.
    async fn round(&mut self, stop: &CancellationToken) -> Result<usize, StoreError> {
        let (plan, now) = (self.plan(), clock::now());
        if plan.retention.is_empty() || !self.judge(&plan, now, stop).await? {
            return Ok(0);
        }
        let mut erased = 0;
        let found = self.erase(now, &mut erased, stop).await;
        if erased > 0 {
            self.store.scrub().await?;
        }
        found.map(|()| erased)
    }

    fn plan(&self) -> Arc<Plan> {
        self.stage.deployment().plan.clone()
    }

    /// Looks at all that was closed since the last time, or ever where the plan is another. False when it is to end.
    async fn judge(&mut self, plan: &Plan, now: Timestamp, stop: &CancellationToken) -> Result<bool, StoreError> {
        let before = i64::try_from(SAVED_WITHIN_MS).unwrap_or(i64::MAX);
        let mut after = match &self.judged {
            Some((digest, at)) if *digest == plan.digest => (Timestamp(at.0.saturating_sub(before)), MatterId(0)),
            _ => BEGINNING,
        };
        loop {
            let page = self.store.closed_matters(after, PAGE_MATTERS).await?;
            let Some(last) = page.last() else { break };
            after = (last.closed, last.matter);
            let anew = page.iter().filter(|one| !one.erased).filter_map(|one| {
                let keeping = plan.keeping(one.closed, &one.contacts)?;
                (one.judged.as_ref() != Some(&keeping)).then_some((one.matter, one.closed, keeping))
            });
            let anew: Vec<_> = anew.collect();
            if !anew.is_empty() {
                self.store.judge_matters(self.term, &anew).await?;
            }
            if pause(PAUSE, stop).await {
                return Ok(false);
            }
        }
        self.judged = Some((plan.digest.clone(), now));
        Ok(true)
    }

    async fn erase(&self, now: Timestamp, erased: &mut usize, stop: &CancellationToken) -> Result<(), StoreError> {
        let mut after = BEGINNING;
        loop {
            let page = self.store.due_matters(now, after, PAGE_MATTERS).await?;
            let Some(last) = page.last().copied() else { return Ok(()) };
            for (_, matter) in page {
                if *erased >= ROUND_MATTERS_MAX {
                    return Ok(());
                }
                *erased += usize::from(self.erase_one(matter, now).await?);
                if pause(PAUSE, stop).await {
                    return Ok(());
                }
            }
            after = last;
        }
    }

    /// True when it was erased; what the plan of this moment keeps longer is left.
    async fn erase_one(&self, matter: MatterId, now: Timestamp) -> Result<bool, StoreError> {
        let Some(file) = self.store.matter(matter).await? else { return Ok(false) };
        let Some(closed) = file.matter.closed else { return Ok(false) };
        let Some(keeping) = self.plan().keeping(closed, &file.contacts) else { return Ok(false) };
        let Some(due) = keeping.due.filter(|due| *due <= now) else { return Ok(false) };
        let why = format!("{}, {} d", keeping.class, due.since_ms(closed) / DAY_MS);
        let due = DueMatter { matter, closed, class: keeping.class, why };
        Ok(match self.store.erase_matter(self.term, &due, now).await? {
            Erasing::Erased(_) => true,
            Erasing::NotThere | Erasing::Open | Erasing::Held(_) => false,
        })
    }
}

/// True when it is to end.
async fn pause(length: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => true,
        () = tokio::time::sleep(length) => false,
    }
}

/// What is told of keeping and erasing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RetentionReport {
    /// Matters due until then that nobody holds, by the class that decides it.
    pub due: BTreeMap<ClassId, u64>,
    /// Of each period that was asked for, in that order; under none what was erased by hand.
    pub erased: Vec<BTreeMap<Option<ClassId>, ErasedCount>>,
    /// Longest held first; without reasons, which stand on the pages of the matters.
    pub held: Vec<Hold>,
}

impl Switchboard {
    /// Has nothing of a matter erased until somebody lifts it.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] when it is held already; [`Refusal::NotSaved`] when that cannot be kept.
    pub async fn hold_matter(&self, by: OperatorId, matter: MatterId, reason: &HoldReason) -> Result<(), Refusal> {
        let held = self.inner.store.hold_matter(matter, by, reason, clock::now()).await.map_err(not_read)?;
        if held { Ok(()) } else { Err(Refusal::NotNow) }
    }

    /// Lets a matter go again.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] when it is not held; [`Refusal::NotSaved`] when that cannot be kept.
    pub async fn lift_hold(&self, by: OperatorId, matter: MatterId, reason: &HoldReason) -> Result<(), Refusal> {
        let lifted = self.inner.store.lift_hold(matter, by, reason, clock::now()).await.map_err(not_read)?;
        if lifted { Ok(()) } else { Err(Refusal::NotNow) }
    }

    /// The holds of a matter, newest first. Reasons are told to a reader alone who may see them, once it is in the access log.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when they cannot be read, or the reading cannot be written down.
    pub async fn holds(&self, reader: Option<OperatorId>, matter: MatterId) -> Result<Vec<Hold>, Refusal> {
        let mut holds = self.inner.store.holds_of(matter).await.map_err(not_read)?;
        match reader {
            Some(_) if holds.is_empty() => {}
            Some(reader) => {
                let access = Access { matter: Some(matter), ..access(reader, "hold", Purpose::Search) };
                self.inner.store.log_access(&access).await.map_err(not_read)?;
            }
            None => holds.iter_mut().for_each(without_reasons),
        }
        Ok(holds)
    }

    /// Until when matters that are due are counted, and in which periods those that were erased.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn retention(&self, until: Timestamp, periods: &[(Timestamp, Timestamp)]) -> Result<RetentionReport, Refusal> {
        let store = &self.inner.store;
        let mut erased = Vec::with_capacity(periods.len());
        for (from, to) in periods {
            erased.push(store.erased_between(*from, *to).await.map_err(not_read)?);
        }
        let mut held = store.held(HELD_MAX).await.map_err(not_read)?;
        held.iter_mut().for_each(without_reasons);
        Ok(RetentionReport { due: store.due_by_class(until).await.map_err(not_read)?, erased, held })
    }
}

fn without_reasons(hold: &mut Hold) {
    hold.reason = None;
    if let Some(lifted) = &mut hold.lifted {
        lifted.reason = None;
    }
}
