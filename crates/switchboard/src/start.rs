//! Starting: the lease, what is open, what was interrupted, then the loop.

use crate::{
    Switchboard,
    acquaintance::Acquaintance,
    act::Stage,
    call_backs::CallBacks,
    citizens::{Citizens, CitizensPages},
    clock,
    evidence::{self, EvidenceDesk, EvidenceSettings},
    input::{INPUTS_MAX, Input},
    legs::Legs,
    live::{Deployment, Health, Live, OperatorNames},
    localities::Localities,
    mail_in::{self, Mailbox},
    measures,
    messages::{Carriers, Messages, Outbox},
    pages::Pages,
    plans::{self, Plans},
    retention::Keeper,
    run_loop::RunLoop,
    save::{self, Saver},
    seldom::Seldom,
    spilling::{self, Spilling, Stray},
    surveys::{self, Surveyor},
    understood,
};
use domain::{
    ContactId, Timestamp,
    contact::{ContactState, Medium, ledger::Ledger},
    routing::{Event, NextIds, Router},
    service_level::{DayBook, Rules},
};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    io,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use storage::{LeaseError, Seq, Spill, Store, StoreError, Term};
use telephony::{LegEvent, Telephony};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, timeout},
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How long a node keeps the deployment without a sign of life.
const LEASE_MS: u64 = 10_000;
const RENEW_EVERY: Duration = Duration::from_secs(3);
/// A database that takes longer to renew the lease is taken for gone.
const RENEWAL_WAIT: Duration = Duration::from_secs(3);
/// How long stopping waits for the last entries when the store does not take them.
const LAST_ENTRIES_WAIT: Duration = Duration::from_secs(10);
/// Entries read at once when the day's figures are made anew.
const ENTRIES_PER_READ: u32 = 1_000;

/// What an installation decides about its switchboard.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name of this node, as another node is told it.
    pub node: String,
    /// `host:port` (with `;transport=tcp` or `;transport=tls` if wanted) of the trunk that carries outgoing calls.
    pub trunk: String,
    /// The folder of the spill, in which entries are kept that the database does not take in time.
    pub spill: Option<PathBuf>,
    /// Who carries messages to citizens.
    pub carriers: Carriers,
    /// What messages about booked times lead to and bring with them; none where nobody has pages.
    pub citizens: Option<CitizensPages>,
    /// From where mail is taken in.
    pub mail_in: Option<Mailbox>,
    /// Where evidence is taken in; none where it is not.
    pub evidence: Option<EvidenceSettings>,
}

/// Why the switchboard does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the spill in {} cannot be opened: {cause}; it takes 16 MiB", folder.display())]
    Spill { folder: PathBuf, cause: io::Error },
}

/// A started switchboard, and how to end it.
pub struct Running {
    pub switchboard: Switchboard,
    /// Cancelled when another node has taken over; the program must end.
    pub fenced: CancellationToken,
    /// Cancelled when the loop or the saver ended in a fault: nobody is helped any more, and the program
    /// must end, so that the next start owes what was under way.
    pub failed: CancellationToken,
    ending: CancellationToken,
    /// Dropped without [`Running::stop`], it ends the loop all the same; calls are not hung up then.
    stop: DropGuard,
    saver: JoinHandle<()>,
    store: Store,
    telephony: Telephony,
    term: Term,
}

impl Running {
    /// Ends calls, saves what is on its way, gives the lease back.
    pub async fn stop(mut self) {
        self.ending.cancel();
        self.telephony.stop().await;
        drop(self.stop);
        match timeout(LAST_ENTRIES_WAIT, &mut self.saver).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => tracing::error!("the saver ended in a fault"),
            Err(_) => {
                tracing::error!(
                    "the last entries could not be saved; what is in the spill is brought in by the next start, nothing else was promised to anybody"
                );
                self.saver.abort();
            }
        }
        if let Err(error) = self.store.release_lease(self.term).await {
            tracing::warn!(%error, "the lease could not be given back");
        }
        self.store.close().await;
    }
}

/// Takes the deployment over and runs it.
///
/// # Errors
/// [`StartError`] when another node runs it or the database fails.
pub async fn start(
    config: Config,
    store: Store,
    deployment: Arc<Deployment>,
    telephony: Telephony,
    legs: mpsc::Receiver<LegEvent>,
) -> Result<Running, StartError> {
    measures::describe();
    let evidence = config.evidence.and_then(|settings| EvidenceDesk::open(settings, &store)).map(Arc::new);
    let term = store.take_lease(&config.node, LEASE_MS).await?;
    let (spill, strays) = open_spill(config.spill, &store).await?;
    let deployment = plans::of_start(&store, deployment).await?;
    let ledger = store.load_ledger().await?;
    let ids = store.next_ids().await?;
    let interrupted = under_way(&ledger);
    let next = NextIds { promise: ids.promise, offer: ids.offer, attempt: ids.attempt, contact: ids.contact, booking: ids.booking };
    let router = Router::restore(deployment.plan.clone(), deployment.places.clone(), &ledger, next);
    let day_book = figures_of_today(&store, &deployment).await?;
    let last = store.head().await?.map_or(Seq(0), |head| head.seq);

    let (inputs_in, inputs) = mpsc::channel(INPUTS_MAX);
    let messages = Arc::new(Messages::new(&config.carriers, config.citizens.map(|pages| Citizens { pages, store: store.clone() })));
    let (stage, surveys) = stage(&store, (config.trunk, telephony.clone()), deployment.clone(), inputs_in.clone(), messages.clone());
    remember_owed(&stage, &ledger, &deployment).await?;
    let [stop, fenced, failed, ending] = std::array::from_fn(|_| CancellationToken::new());
    let (jobs_in, jobs) = save::queue();
    let (works_in, works) = watch::channel(true);
    let (answers_in, answers) = watch::channel(true);
    let (live_in, live) = watch::channel(Arc::new(Live::default()));
    let names = Arc::new(RwLock::new(names_of(&store).await?));
    let mut run_loop = RunLoop {
        router,
        ledger,
        day_book,
        matter_next: ids.matter,
        stage: stage.clone(),
        localities: Localities::default(),
        jobs: jobs_in,
        works,
        answers,
        live: live_in,
        names: names.clone(),
        stands_since: None,
        health: Health { comprehension: deployment.comprehension(), ..Health::default() },
        pageless: BTreeMap::new(),
        acquaintance: Acquaintance::default(),
        standing_since: None,
        entries: last.0,
        changed: true,
        fenced: fenced.clone(),
        ending: ending.clone(),
    };
    run_loop.decide(Event::Started { plan: deployment.plan.digest.clone(), interrupted }, Vec::new(), None).await;
    let any_stray = !strays.is_empty();
    for stray in strays {
        run_loop.take_up(stray).await;
    }
    let spilling = Spilling::new(spill, any_stray.then_some(Seq(run_loop.entries)));
    let saver = Saver::new(store.clone(), stage.clone(), jobs, last, spilling, works_in, fenced.clone());
    let saver = tokio::spawn(watched(saver.run(), failed.clone()));
    tokio::spawn(watched(run_loop.run(inputs, stop.clone()), failed.clone()));
    tokio::spawn(forward_legs(legs, inputs_in.clone()));
    start_writing(config.carriers, surveys, &store, &messages, &stage, &inputs_in, (&stop, &failed));
    let plans = Plans::start(store.clone(), stage.clone(), inputs_in.clone(), stop.clone());
    tokio::spawn(keep_lease(store.clone(), term, answers_in, stop.clone(), fenced.clone(), failed.clone()));
    let understood = start_looking_back(&store, &stage, term, (&stop, &failed));
    let switchboard = Switchboard::new((store.clone(), evidence), live, inputs_in, names, stage, plans, understood);
    start_taking_in(&switchboard, config.mail_in, &stop);
    Ok(Running { switchboard, fenced, failed, ending, stop: stop.drop_guard(), saver, store, telephony, term })
}

/// What comes in beside calls.
fn start_taking_in(switchboard: &Switchboard, mail: Option<Mailbox>, stop: &CancellationToken) {
    mail_in::start(switchboard, mail, stop);
    evidence::start(switchboard, stop);
}

/// What goes through what is over: how callers were understood, and what is kept no longer.
fn start_looking_back(
    store: &Store,
    stage: &Arc<Stage>,
    term: Term,
    (stop, failed): (&CancellationToken, &CancellationToken),
) -> watch::Receiver<understood::Told> {
    let keeper = Keeper { store: store.clone(), stage: stage.clone(), term, judged: None };
    tokio::spawn(watched(keeper.run(stop.clone()), failed.clone()));
    understood::start(store.clone(), stage.clone(), stop.clone())
}

/// A worker for each medium, so that a carrier that fails delays nothing but its own messages, and one that finds out who may
/// be asked how it was.
fn start_writing(
    carriers: Carriers,
    surveys: mpsc::Receiver<ContactId>,
    store: &Store,
    messages: &Arc<Messages>,
    stage: &Arc<Stage>,
    inputs: &mpsc::Sender<Input>,
    (stop, failed): (&CancellationToken, &CancellationToken),
) {
    for (medium, carrier) in [(Medium::Text, carriers.text), (Medium::Mail, carriers.mail)] {
        let (store, messages, stage) = (store.clone(), messages.clone(), stage.clone());
        let outbox = Outbox { medium, store, carrier, messages, stage, inputs: inputs.clone(), settled: BTreeSet::new() };
        tokio::spawn(watched(outbox.run(stop.clone()), failed.clone()));
    }
    let surveyor = Surveyor { store: store.clone(), stage: stage.clone(), inputs: inputs.clone(), asked: BTreeMap::new() };
    tokio::spawn(watched(surveyor.run(surveys, stop.clone()), failed.clone()));
}

/// Acting before anything has happened, and whom it is to be found out about whether they may be asked.
fn stage(
    store: &Store,
    (trunk, telephony): (String, Telephony),
    deployment: Arc<Deployment>,
    inputs: mpsc::Sender<Input>,
    messages: Arc<Messages>,
) -> (Arc<Stage>, mpsc::Receiver<ContactId>) {
    let (surveys, to_weigh) = mpsc::channel(surveys::WAITING_MAX);
    let stage = Stage {
        telephony,
        deployment: RwLock::new(deployment),
        legs: Mutex::new(Legs::default()),
        pages: Mutex::new(Pages::default()),
        alarms: Mutex::new(VecDeque::new()),
        telephones: Mutex::new(BTreeMap::new()),
        mail_in: Mutex::new(None),
        places: Mutex::new(BTreeMap::new()),
        matters: Mutex::new(BTreeMap::new()),
        playing: Mutex::new(BTreeMap::new()),
        goodbyes: Mutex::new(BTreeMap::new()),
        inputs,
        messages,
        surveys,
        call_backs: CallBacks::new(store.clone()),
        trunk,
    };
    (Arc::new(stage), to_weigh)
}

/// Calls that were owed before this start: whose they are, and under which reference they ring.
async fn remember_owed(stage: &Stage, ledger: &Ledger, deployment: &Deployment) -> Result<(), StoreError> {
    let open = || ledger.contacts.values().filter(|record| record.closed.is_none());
    stage.matters.lock().extend(open().map(|record| (record.contact, record.matter)));
    let owed = open().filter_map(|record| record.call.as_ref().map(|call| (record.contact, call.from)));
    stage.call_backs.look_up(owed, &deployment.plan).await?;
    let asked = ledger.promises.values().filter(|record| record.settled.is_none() && record.ring_back.is_some());
    stage.call_backs.look_up_asked(asked, &deployment.plan).await
}

/// The spill, empty again: what an earlier run left in it is in the journal, or given back as calls
/// that are still to be taken up.
async fn open_spill(folder: Option<PathBuf>, store: &Store) -> Result<(Option<Spill>, Vec<Stray>), StartError> {
    let Some(folder) = folder else { return Ok((None, Vec::new())) };
    let failed = |cause| StartError::Spill { folder: folder.clone(), cause };
    let (mut spill, left) = Spill::open(&folder).map_err(failed)?;
    let strays = spilling::bring_in(store, left).await?;
    if strays.is_empty() {
        spill.clear().map_err(failed)?;
    }
    Ok((Some(spill), strays))
}

/// Contacts whose call died with the last process; a finished conversation still to be recorded is not one, nor what is to be read.
fn under_way(ledger: &Ledger) -> Vec<ContactId> {
    let open = |record: &&domain::contact::ledger::ContactRecord| {
        record.closed.is_none() && !matches!(record.state, ContactState::WrapUp | ContactState::Unread)
    };
    ledger.contacts.values().filter(open).map(|record| record.contact).collect()
}

async fn figures_of_today(store: &Store, deployment: &Deployment) -> Result<DayBook, StoreError> {
    let mut book = DayBook::new(Rules::of(&deployment.plan));
    let midnight: Timestamp = clock::now().start_of_local_day(&deployment.plan.zone);
    // What falls due today may have been promised long before.
    let owed = store.owed_at(midnight).await?;
    owed.promises.iter().for_each(|record| book.owed_before(record));
    owed.calls.into_iter().for_each(|(contact, promise)| book.call_owed_before(contact, promise));
    let mut entries = store.entries_from(midnight, ENTRIES_PER_READ).await?;
    while let Some(last) = entries.last().map(|entry| entry.seq) {
        for entry in &entries {
            book.apply(entry.at, &entry.commands);
        }
        entries = store.journal_since(last, ENTRIES_PER_READ).await?;
    }
    Ok(book)
}

pub(crate) async fn names_of(store: &Store) -> Result<OperatorNames, StoreError> {
    Ok(store.accounts().await?.into_iter().map(|account| (account.id, account.name)).collect())
}

async fn forward_legs(mut legs: mpsc::Receiver<LegEvent>, inputs: mpsc::Sender<Input>) {
    while let Some(event) = legs.recv().await {
        if inputs.send(Input::Leg(event)).await.is_err() {
            return;
        }
    }
}

/// Work that ends only when it is asked to; a panic in it is told by `failed`.
async fn watched(work: impl Future<Output = ()>, failed: CancellationToken) {
    let guard = failed.drop_guard();
    work.await;
    guard.disarm();
}

async fn keep_lease(
    store: Store,
    term: Term,
    answers: watch::Sender<bool>,
    stop: CancellationToken,
    fenced: CancellationToken,
    failed: CancellationToken,
) {
    let mut complaint = Seldom::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = fenced.cancelled() => return,
            () = failed.cancelled() => return,
            () = tokio::time::sleep(RENEW_EVERY) => {}
        }
        let why = match timeout(RENEWAL_WAIT, store.renew_lease(term, LEASE_MS)).await {
            Ok(Ok(())) => None,
            Ok(Err(LeaseError::Lost | LeaseError::HeldBy { .. })) => {
                tracing::error!("another node has taken over this deployment");
                return fenced.cancel();
            }
            Ok(Err(LeaseError::Store(error))) => Some(error.to_string()),
            Err(_) => Some("no answer in time".to_owned()),
        };
        answers.send_if_modified(|answers| std::mem::replace(answers, why.is_none()) != why.is_none());
        match why {
            None if complaint.is_over() => tracing::info!("the lease is being renewed again"),
            None => {}
            Some(why) if complaint.is_due(Instant::now()) => tracing::warn!(why, "the lease could not be renewed; trying again"),
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_is_told_and_work_that_is_done_is_not() {
        let failed = CancellationToken::new();
        tokio::spawn(watched(async {}, failed.clone())).await.expect("it ends");
        assert!(!failed.is_cancelled());
        let work = async { panic!("a fault of ours") };
        tokio::spawn(watched(work, failed.clone())).await.expect_err("it panics");
        assert!(failed.is_cancelled());
    }
}
