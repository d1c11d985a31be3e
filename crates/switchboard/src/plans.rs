//! The plan in force and how another takes its place: asked for by a person, judged beside what runs, kept,
//! and adopted at its time by an event of the journal. Nobody loses place, age or call by it.
//!
//! Which plan a start begins with: the one that was in force, unless the deployment's folder holds another
//! than the last start found there. So what was changed while calls ran survives a restart, and what
//! somebody has written into the folder since is not passed over.

use crate::{
    act::Stage,
    clock,
    input::Input,
    live::{Deployment, Trouble},
    seldom::Seldom,
};
use domain::{
    OperatorId, Timestamp,
    plan::{self, Examined, Fault, Plan, Source},
};
use std::{sync::Arc, time::Duration};
use storage::{NewPlanChange, PlanChange, PlanOutcome, Store, StoreError};
use tokio::{
    sync::{Mutex, Notify, mpsc, oneshot},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// The digest that the folder's plan had when a start last looked.
const FOLDER_PLAN: &str = "plan.folder";
/// How a text is called in faults that was never a file.
const TEXT_NAME: &str = "plan";
/// How long an adoption may take to be safe.
const ADOPTION_WAIT: Duration = Duration::from_secs(10);
/// When to look again after the database did not answer.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// The longest sleep: a clock that is set does not make a change late for long.
const SLEEP_MAX: Duration = Duration::from_secs(60);

/// A plan that somebody wants.
#[derive(Clone, Debug)]
pub struct WantedPlan {
    pub account: OperatorId,
    pub text: String,
    /// None: now.
    pub due: Option<Timestamp>,
    pub reason: String,
}

/// Why a plan is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlanRefusal {
    Faults(Vec<Fault>),
    /// This very version is in force already.
    InForce,
    /// Its time lies in the past.
    Past,
    /// No such version, or no such change that still waits.
    Unknown,
    /// The database did not take it; it may be in force all the same.
    NotSaved,
}

impl From<StoreError> for PlanRefusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a plan could not be read or kept");
        Self::NotSaved
    }
}

/// All that can be said of a text that would take the place of the running deployment's plan.
pub(crate) fn examine(text: &str, running: &Deployment) -> Examined {
    let mut examined = plan::examine(&Source { file: TEXT_NAME, text });
    if let Some(plan) = &examined.plan {
        examined.faults.extend(running.places.check(plan, "areas/regions.csv"));
        examined.faults.extend(misfits(plan, &running.plan));
    }
    if !examined.faults.is_empty() {
        examined.plan = None;
    }
    examined
}

/// What cannot become another while calls run.
fn misfits(plan: &Plan, running: &Plan) -> Vec<Fault> {
    let fault = |what: String, mend: &str| Fault::new(TEXT_NAME, 0, what, mend);
    let mut faults = Vec::new();
    if plan.name != running.name {
        let what = format!("this is the plan of \"{}\", and \"{}\" is running", plan.name, running.name);
        faults.push(fault(what, "send the plan of the deployment that runs"));
    }
    if plan.zone != running.zone || plan.service_level != running.service_level {
        let mend = "leave zone and [service_level] as they are, and change them by a start: figures of one day are measured by one rule";
        faults.push(fault("the measure of the day would change while it runs".to_owned(), mend));
    }
    if let Some(language) = plan.languages.iter().find(|language| !running.languages.contains(language)) {
        let what = format!("the language \"{language}\" is new, and its prompts are not loaded");
        faults.push(fault(what, "put the prompts into the deployment's folder and start anew"));
    }
    faults
}

/// Who keeps the plans and brings each into force at its time.
pub(crate) struct Plans {
    store: Store,
    stage: Arc<Stage>,
    inputs: mpsc::Sender<Input>,
    /// One change at a time.
    turn: Mutex<()>,
    /// Told when there is another change to come, or one less.
    changed: Notify,
}

impl Plans {
    /// Watches for what is due until `stop`.
    pub fn start(store: Store, stage: Arc<Stage>, inputs: mpsc::Sender<Input>, stop: CancellationToken) -> Arc<Self> {
        let plans = Arc::new(Self { store, stage, inputs, turn: Mutex::default(), changed: Notify::new() });
        let watching = plans.clone();
        tokio::spawn(async move { watching.watch(stop).await });
        plans
    }

    pub async fn change(&self, wanted: &WantedPlan) -> Result<u64, PlanRefusal> {
        let running = self.stage.deployment();
        let Examined { plan, faults, .. } = examine(&wanted.text, &running);
        let Some(plan) = plan else { return Err(PlanRefusal::Faults(faults)) };
        let now = clock::now();
        match wanted.due {
            None if plan.digest == running.plan.digest => return Err(PlanRefusal::InForce),
            Some(due) if due <= now => return Err(PlanRefusal::Past),
            _ => {}
        }
        let _turn = self.turn.lock().await;
        let asked = NewPlanChange {
            digest: &plan.digest,
            text: &wanted.text,
            due: wanted.due.unwrap_or(now),
            asked: now,
            account: Some(wanted.account),
            reason: &wanted.reason,
        };
        let change = self.store.ask_for_plan(&asked).await?;
        tracing::info!(change, plan = plan.digest, account = wanted.account.0, "a plan is wanted");
        match wanted.due {
            None => self.bring_into_force(change, &plan.digest).await?,
            Some(_) => self.changed.notify_one(),
        }
        Ok(change)
    }

    pub async fn withdraw(&self, change: u64) -> Result<(), PlanRefusal> {
        let _turn = self.turn.lock().await;
        let withdrawn = self.store.end_plan_change(change, PlanOutcome::Withdrawn, clock::now()).await?;
        self.changed.notify_one();
        if withdrawn { Ok(()) } else { Err(PlanRefusal::Unknown) }
    }

    /// Lets the loop adopt a kept plan and notes that it did, or that it does not fit any more.
    async fn bring_into_force(&self, change: u64, digest: &str) -> Result<(), PlanRefusal> {
        let running = self.stage.deployment();
        if running.plan.digest != digest {
            let text = self.store.plan_text(digest).await?.ok_or(PlanRefusal::Unknown)?;
            let Examined { plan, faults, .. } = examine(&text, &running);
            let Some(plan) = plan else {
                tracing::error!(change, plan = digest, fault = ?faults.first(), "a plan was to come into force and does not fit any more");
                self.stage.raise(clock::now(), Trouble::PlanRefused, None);
                self.store.end_plan_change(change, PlanOutcome::Refused, clock::now()).await?;
                return Err(PlanRefusal::Faults(faults));
            };
            self.adopt(Arc::new(running.with_plan(plan, &text))).await?;
        }
        self.store.end_plan_change(change, PlanOutcome::Adopted, clock::now()).await?;
        Ok(())
    }

    async fn adopt(&self, next: Arc<Deployment>) -> Result<(), PlanRefusal> {
        let (reply, answer) = oneshot::channel();
        self.inputs.send(Input::PlanWanted { next, reply }).await.map_err(|_| PlanRefusal::NotSaved)?;
        match timeout(ADOPTION_WAIT, answer).await {
            Ok(Ok(Ok(()))) => Ok(()),
            _ => Err(PlanRefusal::NotSaved),
        }
    }

    /// Brings dated changes into force until the program ends.
    async fn watch(&self, stop: CancellationToken) {
        let mut complaint = Seldom::default();
        loop {
            let pause = match self.bring_due_into_force().await {
                Ok(next) => next,
                Err(refusal) => {
                    if complaint.is_due(Instant::now()) {
                        tracing::warn!(?refusal, "the plans to come could not be looked at; trying again");
                    }
                    LOOK_AGAIN
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.changed.notified() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// How long until the next one is due.
    async fn bring_due_into_force(&self) -> Result<Duration, PlanRefusal> {
        let _turn = self.turn.lock().await;
        for change in self.store.plan_changes_to_come().await? {
            if change.due > clock::now() {
                return Ok(clock::until(change.due).min(SLEEP_MAX));
            }
            match self.bring_into_force(change.id, &change.digest).await {
                Ok(()) | Err(PlanRefusal::Faults(_)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(SLEEP_MAX)
    }

    pub async fn changes(&self) -> Result<Vec<PlanChange>, PlanRefusal> {
        Ok(self.store.plan_changes().await?)
    }

    pub async fn text(&self, digest: &str) -> Result<Option<String>, PlanRefusal> {
        Ok(self.store.plan_text(digest).await?)
    }
}

/// The deployment with the plan that this start begins with.
pub(crate) async fn of_start(store: &Store, folder: Arc<Deployment>) -> Result<Arc<Deployment>, StoreError> {
    let in_force = store.plan_in_force().await?;
    let seen = store.setting(FOLDER_PLAN).await?;
    if seen.as_deref() == Some(folder.plan.digest.as_str())
        && let Some(change) = in_force
    {
        return going_on(store, &change, folder).await;
    }
    let now = clock::now();
    let text = folder.text.clone();
    let found = NewPlanChange { digest: &folder.plan.digest, text: &text, due: now, asked: now, account: None, reason: "" };
    let change = store.ask_for_plan(&found).await?;
    store.end_plan_change(change, PlanOutcome::Adopted, now).await?;
    store.set_setting(FOLDER_PLAN, &folder.plan.digest).await?;
    Ok(folder)
}

/// What was in force goes on, where this program still reads it.
async fn going_on(store: &Store, change: &PlanChange, folder: Arc<Deployment>) -> Result<Arc<Deployment>, StoreError> {
    if change.digest == folder.plan.digest {
        return Ok(folder);
    }
    let text = store.plan_text(&change.digest).await?.unwrap_or_default();
    let Examined { plan, faults, .. } = examine(&text, &folder);
    match plan {
        Some(plan) => {
            tracing::info!(plan = plan.digest, "the plan that was in force goes on, not the one in the deployment's folder");
            Ok(Arc::new(folder.with_plan(plan, &text)))
        }
        None => {
            tracing::error!(plan = change.digest, fault = ?faults.first(), "the plan that was in force does not fit any more; the folder's takes its place");
            Ok(folder)
        }
    }
}
