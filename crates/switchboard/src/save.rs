//! Saving before acting: entries go to the store in order, and what they command is carried out
//! when they are safe, never before.
//!
//! When the store fails, everything not yet safe is offered to it again, in order, until it takes
//! it. Meanwhile it is kept in the spill, calls that are on keep their sound, and whoever waits for an
//! act that is not safe hears so.
//!
//! Only callers on the way to 112 go on from the spill ([`crate::ahead`]): while the database is away
//! another node may have taken over, and two nodes must not decide about the same operators, promises
//! and numbers. The lease can only be proved by the database that does not answer.

use crate::{
    act::Stage,
    ahead::{self, Emergencies, Touch, touches},
    input::Reply,
    measures,
    seldom::Seldom,
    spilling::{SPILLED_AT_ONCE_MAX, Spilling},
};
use domain::{ContactId, routing::Command};
use std::{
    collections::{BTreeSet, VecDeque},
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    time::Duration,
};
use storage::{Append, Head, NewEntry, Seq, SpilledEntry, Store, StoreError};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// Entries that are decided and not safe; beyond this the loop waits.
const UNSAVED_MAX: usize = 10_000;
/// Entries given to the store at once; well below what its own queue takes, so that a rush is no failure.
const APPENDING_MAX: usize = 2_000;
/// How long an act may wait for its entry to be safe before the caller is told.
const COMMIT_WAIT_MS_MAX: u64 = 2_000;
/// How long to wait before a failed store is tried again.
const RETRY_MS: u64 = 500;
/// How long a store that was lost may take to say how far it came.
const HEAD_WAIT: Duration = Duration::from_secs(10);

/// The question how far the store came, on its way.
type Asking = Pin<Box<dyn Future<Output = Result<Option<Head>, StoreError>> + Send>>;

/// An entry with what follows once it is safe.
pub(crate) struct Job {
    pub entry: NewEntry,
    pub reply: Option<Reply>,
}

pub(crate) fn queue() -> (mpsc::Sender<Job>, mpsc::Receiver<Job>) {
    mpsc::channel(UNSAVED_MAX)
}

struct Unsaved {
    job: Job,
    /// None while it is not (or no longer) on its way.
    append: Option<Append<Seq>>,
    late_at: Instant,
    /// Whether its emergencies have been followed.
    followed: bool,
    /// Callers for whom its acts were done before it was safe.
    ahead: BTreeSet<ContactId>,
    /// Callers whose party was let go of before it was safe, and no more than that.
    let_go: BTreeSet<ContactId>,
}

impl Unsaved {
    /// Whether this was done before its entry was safe.
    fn is_done(&self, command: &Command) -> bool {
        match touches(command) {
            Touch::Line(contact) if ahead::lets_go(command) && self.let_go.contains(&contact) => true,
            Touch::Line(contact) => self.ahead.contains(&contact),
            Touch::Both(_) | Touch::None => false,
        }
    }
}

pub(crate) struct Saver {
    store: Store,
    stage: Arc<Stage>,
    jobs: mpsc::Receiver<Job>,
    unsaved: VecDeque<Unsaved>,
    /// How many of them, from the front, are on their way to the store.
    appending: usize,
    /// The last entry that is known to be safe.
    last: Seq,
    /// When a store that failed is tried again.
    retry_at: Option<Instant>,
    /// The connection was lost: entries may have been kept without our knowing.
    in_doubt: bool,
    /// Beside everything else: callers on the way to 112 do not wait for the answer.
    asking: Option<Asking>,
    /// When the failing was last logged.
    complaint: Seldom,
    /// Whether entries are being saved in time.
    works: watch::Sender<bool>,
    /// Callers who hear of the fault.
    told: BTreeSet<ContactId>,
    spilling: Spilling,
    emergencies: Emergencies,
    /// Cancelled when another node has taken over: this one must stop acting.
    fenced: CancellationToken,
}

impl Saver {
    pub fn new(
        store: Store,
        stage: Arc<Stage>,
        jobs: mpsc::Receiver<Job>,
        last: Seq,
        spilling: Spilling,
        works: watch::Sender<bool>,
        fenced: CancellationToken,
    ) -> Self {
        let (unsaved, told, complaint) = (VecDeque::new(), BTreeSet::new(), Seldom::default());
        let emergencies = Emergencies::default();
        let (appending, retry_at, in_doubt, asking) = (0, None, false, None);
        Self {
            store,
            stage,
            jobs,
            unsaved,
            appending,
            last,
            retry_at,
            in_doubt,
            asking,
            complaint,
            works,
            told,
            spilling,
            emergencies,
            fenced,
        }
    }

    /// Runs until the loop is gone and everything is safe and done, or another node has taken over.
    pub async fn run(mut self) {
        metrics::gauge!(measures::JOURNAL_WORKS).set(1);
        let mut open = true;
        while open || !self.unsaved.is_empty() {
            let never = Instant::now() + Duration::from_secs(3_600);
            let retry_at = self.retry_at.unwrap_or(never);
            let late_at = self.unsaved.front().map_or(never, |front| front.late_at);
            tokio::select! {
                biased;
                result = first_saved(&mut self.unsaved), if self.appending > 0 => match result {
                    Ok(seq) => self.saved(seq),
                    Err(error) => self.failed(&error),
                },
                () = sleep_until(retry_at), if self.retry_at.is_some() => self.try_again(),
                answer = answered(&mut self.asking), if self.asking.is_some() => self.learn_head(answer),
                () = sleep_until(late_at), if self.works() => self.stands_still(),
                written = self.spilling.written(), if self.spilling.is_writing() => self.spilled(written),
                job = self.jobs.recv(), if open && self.unsaved.len() < UNSAVED_MAX => match job {
                    Some(job) => self.take(job),
                    None => open = false,
                },
            }
            if self.fenced.is_cancelled() {
                return;
            }
            self.mind_the_spill();
            metrics::gauge!(measures::JOURNAL_UNSAVED).set(measures::gauged(self.unsaved.len()));
        }
        // What is being written or wiped is so when the program ends.
        while self.spilling.is_writing() {
            let written = self.spilling.written().await;
            self.spilled(written);
            self.mind_the_spill();
        }
    }

    fn works(&self) -> bool {
        *self.works.borrow()
    }

    fn take(&mut self, job: Job) {
        if !self.works() {
            self.tell_of_fault(&job.entry.commands);
        }
        let late_at = Instant::now() + Duration::from_millis(COMMIT_WAIT_MS_MAX);
        self.unsaved.push_back(Unsaved { job, append: None, late_at, followed: false, ahead: BTreeSet::new(), let_go: BTreeSet::new() });
        self.append_more();
    }

    fn append_more(&mut self) {
        if self.retry_at.is_some() || self.asking.is_some() {
            return;
        }
        let end = self.unsaved.len().min(APPENDING_MAX);
        for waiting in self.unsaved.range_mut(self.appending.min(end)..end) {
            waiting.append = Some(self.store.append(waiting.job.entry.clone()));
        }
        self.appending = self.appending.max(end);
    }

    fn saved(&mut self, seq: Seq) {
        self.last = seq;
        let Some(saved) = self.unsaved.pop_front() else { return };
        self.appending = self.appending.saturating_sub(1);
        metrics::counter!(measures::JOURNAL_ENTRIES).increment(1);
        let NewEntry { at, commands, .. } = &saved.job.entry;
        if !saved.followed {
            self.emergencies.follow(commands);
        }
        self.emergencies.forget_closed(commands);
        self.stage.carry_out(*at, commands.iter().filter(|command| !saved.is_done(command)));
        if let Some(reply) = saved.job.reply {
            let _ = reply.send(Ok(()));
        }
        self.append_more();
        let in_time = self.unsaved.front().is_none_or(|front| front.late_at > Instant::now());
        if in_time && !self.works() {
            self.goes_on();
        }
    }

    fn failed(&mut self, error: &StoreError) {
        if *error == StoreError::Fenced {
            tracing::error!("another node has taken over this deployment: nothing more is saved or done here");
            return self.fenced.cancel();
        }
        if self.complaint.is_due(Instant::now()) {
            tracing::error!(%error, unsaved = self.unsaved.len(), "entries cannot be saved; trying again");
        }
        self.in_doubt |= matches!(error, StoreError::Gone(_));
        for unsaved in &mut self.unsaved {
            unsaved.append = None;
        }
        self.appending = 0;
        self.retry_at = Some(Instant::now() + Duration::from_millis(RETRY_MS));
        if self.works() {
            self.stands_still();
        }
    }

    fn try_again(&mut self) {
        self.retry_at = None;
        if !self.in_doubt {
            return self.append_more();
        }
        let store = self.store.clone();
        self.asking = Some(Box::pin(async move {
            let unanswered = |_| StoreError::Gone("it does not answer".to_owned());
            timeout(HEAD_WAIT, store.settled_head()).await.map_err(unanswered)?
        }));
    }

    fn learn_head(&mut self, answer: Result<Option<Head>, StoreError>) {
        self.asking = None;
        match answer {
            Ok(head) => {
                self.in_doubt = false;
                self.skip_what_was_kept(head.map_or(Seq(0), |head| head.seq));
                self.append_more();
            }
            Err(error) => self.failed(&error),
        }
    }

    /// Only this node writes (the term sees to that), so the journal's head tells how many entries
    /// were kept before the connection was lost.
    fn skip_what_was_kept(&mut self, head: Seq) {
        while self.last < head && !self.unsaved.is_empty() {
            self.saved(Seq(self.last.0 + 1));
        }
    }

    // The spill

    /// What cannot be saved goes into the spill; when all of it is in the journal, the spill is wiped.
    fn mind_the_spill(&mut self) {
        if !self.spilling.is_ready() {
            return;
        }
        if self.works() && self.spilling.has_served(self.last) {
            return self.spilling.wipe();
        }
        if self.works() || !self.spilling.works() {
            return;
        }
        let seqs = self.last.0 + 1..;
        let waiting = seqs.zip(&self.unsaved).skip(self.kept()).take(SPILLED_AT_ONCE_MAX);
        self.spilling.keep(waiting.map(|(seq, unsaved)| spilled(seq, &unsaved.job.entry)).collect());
    }

    /// How many of what is unsaved, from the front, are in the spill.
    fn kept(&self) -> usize {
        usize::try_from(self.spilling.through().0.saturating_sub(self.last.0)).unwrap_or(usize::MAX)
    }

    fn spilled(&mut self, written: std::io::Result<()>) {
        if let Err(error) = written {
            tracing::error!(%error, "the spill cannot be written: callers on the way to 112 are held up by the database");
            if !self.works() {
                self.stands_still();
            }
            return;
        }
        self.go_ahead();
    }

    /// Does what may be done for callers on the way to 112, in the order in which it was decided.
    fn go_ahead(&mut self) {
        for index in 0..self.kept().min(self.unsaved.len()) {
            let Some(unsaved) = self.unsaved.get_mut(index).filter(|unsaved| !unsaved.followed) else { continue };
            unsaved.followed = true;
            let before = self.emergencies.of(&unsaved.job.entry.commands);
            self.emergencies.follow(&unsaved.job.entry.commands);
            let after = self.emergencies.of(&unsaved.job.entry.commands);
            for contact in before.difference(&after) {
                self.let_go_for(*contact, index);
            }
            for contact in after {
                self.go_ahead_for(contact, index);
            }
        }
    }

    /// Whoever is no longer on the way to 112 (it was a mistake, or its voice is gone) waits from here on, but
    /// the party is let go of now: it would ring, or hold a silent line, for nobody.
    fn let_go_for(&mut self, contact: ContactId, index: usize) {
        let Some(unsaved) = self.unsaved.get_mut(index) else { return };
        unsaved.let_go.insert(contact);
        let commands = unsaved.job.entry.commands.iter();
        let letting_go = commands.filter(|command| ahead::lets_go(command) && touches(command) == Touch::Line(contact));
        self.stage.carry_out(unsaved.job.entry.at, letting_go);
    }

    /// Everything that is held back for this caller's line goes with it, so that nothing old comes after.
    fn go_ahead_for(&mut self, contact: ContactId, index: usize) {
        let held = || self.unsaved.iter().take(index + 1).filter(|unsaved| !unsaved.ahead.contains(&contact));
        if held().flat_map(|unsaved| &unsaved.job.entry.commands).any(|command| touches(command) == Touch::Both(contact)) {
            return;
        }
        self.told.remove(&contact);
        for unsaved in self.unsaved.iter_mut().take(index + 1) {
            if unsaved.ahead.insert(contact) {
                let commands = unsaved.job.entry.commands.iter().filter(|command| touches(command) == Touch::Line(contact));
                self.stage.carry_out(unsaved.job.entry.at, commands);
            }
        }
    }

    // Whoever waits for an act

    fn stands_still(&mut self) {
        self.tell(false);
        let unsaved = std::mem::take(&mut self.unsaved);
        for waiting in &unsaved {
            self.tell_of_fault(&waiting.job.entry.commands);
        }
        self.unsaved = unsaved;
    }

    fn goes_on(&mut self) {
        self.complaint.is_over();
        tracing::info!("entries are being saved again");
        self.tell(true);
        for contact in std::mem::take(&mut self.told) {
            self.stage.end_of_fault(contact);
        }
    }

    fn tell_of_fault(&mut self, commands: &[Command]) {
        let goes_on = if self.spilling.works() { ahead::would_be(&self.emergencies, commands) } else { BTreeSet::new() };
        for contact in commands.iter().filter_map(waits_for).filter(|contact| !goes_on.contains(contact)) {
            if !self.told.contains(&contact) && self.stage.tell_of_fault(contact) {
                self.told.insert(contact);
            }
        }
    }

    fn tell(&self, works: bool) {
        metrics::gauge!(measures::JOURNAL_WORKS).set(u32::from(works));
        self.works.send_replace(works);
    }
}

async fn first_saved(unsaved: &mut VecDeque<Unsaved>) -> Result<Seq, StoreError> {
    poll_fn(|context| match unsaved.front_mut().and_then(|front| front.append.as_mut()) {
        Some(append) => Pin::new(append).poll(context),
        None => std::task::Poll::Pending,
    })
    .await
}

fn spilled(seq: u64, entry: &NewEntry) -> SpilledEntry {
    let NewEntry { at, event, commands, payloads, .. } = entry.clone();
    SpilledEntry { seq: Seq(seq), at, event, commands, payloads }
}

async fn answered(asking: &mut Option<Asking>) -> Result<Option<Head>, StoreError> {
    match asking {
        Some(asking) => asking.await,
        None => std::future::pending().await,
    }
}

/// The caller who would notice that this is not done.
fn waits_for(command: &Command) -> Option<ContactId> {
    match command {
        Command::Answer { contact }
        | Command::Play { contact, .. }
        | Command::SayGoodbye { contact, .. }
        | Command::Ring { contact, .. }
        | Command::Connect { contact, .. }
        | Command::Resume { contact }
        | Command::Dial { contact, .. }
        | Command::ConnectConference { contact, .. }
        | Command::AskNumber { contact }
        | Command::ConnectParty { contact, .. } => Some(*contact),
        Command::StopPlaying { .. }
        | Command::Hear { .. }
        | Command::StopHearing { .. }
        | Command::HangUp { .. }
        | Command::RingColleague { .. }
        | Command::StopRinging { .. }
        | Command::Hold { .. }
        | Command::Release { .. }
        | Command::CancelDial { .. }
        | Command::ConnectConsult { .. }
        | Command::DropParty { .. }
        | Command::RaiseAlarm { .. }
        | Command::OpenContact { .. }
        | Command::MoveContact { .. }
        | Command::Describe { .. }
        | Command::EnterQueue { .. }
        | Command::EndVisit { .. }
        | Command::MakePromise { .. }
        | Command::PassPromise { .. }
        | Command::SettlePromise { .. }
        | Command::PausePromise { .. }
        | Command::ResumePromise { .. }
        | Command::AwaitRingBack { .. }
        | Command::CloseContact { .. }
        | Command::CloseMatter { .. }
        | Command::ReopenMatter { .. }
        | Command::DecideMatter { .. }
        | Command::DecideReport { .. }
        | Command::OweAddition { .. }
        | Command::LinkContact { .. }
        | Command::OweMessage { .. }
        | Command::SettleMessage { .. }
        | Command::DialCitizen { .. }
        | Command::CancelCitizen { .. }
        | Command::OweCall { .. }
        | Command::HoldTime { .. }
        | Command::ReleaseTime { .. }
        | Command::BookTime { .. }
        | Command::MoveBooking { .. }
        | Command::RemindCitizen { .. }
        | Command::CancelBooking { .. }
        | Command::EndBooking { .. }
        | Command::AwaitOpinion { .. }
        | Command::WeighOpinion { .. }
        | Command::SettleSurvey { .. }
        | Command::KeepOpinion { .. }
        | Command::RestCall { .. }
        | Command::SetSurge { .. } => None,
    }
}
