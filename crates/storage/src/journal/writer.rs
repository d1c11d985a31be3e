//! The one writer of the journal: takes everything that is queued, saves it in one transaction,
//! then answers each. It decides nothing and never saves a later entry after an earlier one failed
//! and its caller has not yet heard of that.

use super::{COUNTED, Hashed, Highest, NewEntry, Prepared, Records, Seq, read::settle};
use crate::{
    Store, StoreError, Term, bookings,
    database::{Database, Transaction, sql},
    hashing::{Hash, hex, unhex},
    lease::{Held, fence},
    messages, records, surveys,
};
use domain::Timestamp;
use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};

/// Appends that may wait for the writer.
const QUEUE_JOBS_MAX: usize = 4_096;
/// Entries saved in one transaction, unless one append alone has more.
const BATCH_ENTRIES_MAX: usize = 512;
/// Longest time for saving one batch.
const BATCH_MS_MAX: u64 = 10_000;
/// How often it is looked whether a batch was saved whose commit was not answered.
const DOUBT_TRIES_MAX: u32 = 4;
const DOUBT_PAUSE_MS: u64 = 250;

type Answer = Result<Vec<Seq>, StoreError>;

struct Job {
    entries: Vec<NewEntry>,
    term: Option<Term>,
    place: Place,
    answer: oneshot::Sender<Answer>,
}

/// Where an append stands: its number in the order of calls, and the generation it was called in.
#[derive(Clone, Copy)]
struct Place {
    ticket: u64,
    generation: u64,
}

enum Message {
    Append(Job),
    Finish(oneshot::Sender<()>),
}

/// Keeps what may depend on a lost entry from being saved: a failure refuses every later append of
/// its generation, and the next generation begins when a caller has seen the failure.
#[derive(Default)]
struct Gate(Mutex<GateState>);

#[derive(Default)]
struct GateState {
    generation: u64,
    ticket: u64,
    /// By generation: from which ticket on it is refused, and why.
    failures: BTreeMap<u64, (u64, StoreError)>,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, GateState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, place: Place, error: &StoreError) {
        self.state().fail(place, error);
    }

    fn seen(&self, place: Place) {
        let mut state = self.state();
        state.generation = state.generation.max(place.generation + 1);
    }

    /// Asked in the order of tickets, so generations only rise and earlier ones can be forgotten.
    fn refuses(&self, place: Place) -> Option<StoreError> {
        let mut state = self.state();
        state.failures.retain(|generation, _| *generation >= place.generation);
        state.failures.values().find(|(from, _)| place.ticket > *from).map(|(_, error)| error.clone())
    }
}

impl GateState {
    fn fail(&mut self, place: Place, error: &StoreError) {
        let failure = self.failures.entry(place.generation).or_insert_with(|| (place.ticket, error.clone()));
        failure.0 = failure.0.min(place.ticket);
    }
}

/// The sending end of the queue to the writer.
pub struct Writer {
    queue: mpsc::Sender<Message>,
    gate: Arc<Gate>,
    held: Arc<Held>,
}

impl Writer {
    /// Starts the writer as a task of the current runtime; it ends with the last sender.
    pub fn start(database: Database, held: Arc<Held>, secret: Hash) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE_JOBS_MAX);
        let gate = Arc::new(Gate::default());
        let saver = Saver { database, held: Arc::clone(&held), gate: Arc::clone(&gate), secret };
        tokio::spawn(saver.run(messages));
        Self { queue, gate, held }
    }

    fn append<T>(&self, entries: Vec<NewEntry>, convert: fn(Vec<Seq>) -> Option<T>) -> Append<T> {
        let (answer, receiver) = oneshot::channel();
        // Held over the sending, so that tickets are in the order of the queue.
        let mut gate = self.gate.state();
        gate.ticket += 1;
        let place = Place { ticket: gate.ticket, generation: gate.generation };
        let job = Job { entries, term: self.held.term(), place, answer };
        if let Err(refused) = self.queue.try_send(Message::Append(job)) {
            let (error, message) = match refused {
                mpsc::error::TrySendError::Full(message) => (StoreError::Busy, message),
                mpsc::error::TrySendError::Closed(message) => (closed(), message),
            };
            gate.fail(place, &error);
            if let Message::Append(job) = message {
                let _ = job.answer.send(Err(error));
            }
        }
        drop(gate);
        Append { receiver, place, gate: Arc::clone(&self.gate), convert }
    }

    /// Saves what is queued, then stops.
    pub async fn finish(&self) {
        let (done, finished) = oneshot::channel();
        if self.queue.send(Message::Finish(done)).await.is_ok() {
            let _ = finished.await;
        }
    }
}

impl Store {
    /// Saves one entry with its records and payloads. The order of the journal is the order of
    /// calls, not of awaiting; dropping the future does not take the entry back.
    ///
    /// After a failure nothing appended before the caller saw it is saved, so that no decision is
    /// kept that rests on a lost one. After [`StoreError::Gone`], load the ledger again: the entry may
    /// have been kept.
    ///
    /// Resolves to the error when nothing was saved; [`StoreError::Fenced`] without the lease.
    pub fn append(&self, entry: NewEntry) -> Append<Seq> {
        self.inner.writer.append(vec![entry], |seqs| seqs.into_iter().next())
    }

    /// As [`Store::append`] for several entries: all are saved, or none.
    pub fn append_all(&self, entries: Vec<NewEntry>) -> Append<Vec<Seq>> {
        self.inner.writer.append(entries, Some)
    }
}

/// Becomes ready when the entry is safe on disk, or certainly will not be.
#[must_use = "nothing may be promised before it is known that this was saved"]
pub struct Append<T> {
    receiver: oneshot::Receiver<Answer>,
    place: Place,
    gate: Arc<Gate>,
    convert: fn(Vec<Seq>) -> Option<T>,
}

impl<T> Future for Append<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = std::task::ready!(Pin::new(&mut self.receiver).poll(context)).unwrap_or_else(|_| Err(closed()));
        let answer = answer.and_then(|seqs| (self.convert)(seqs).ok_or_else(closed));
        if answer.is_err() {
            self.gate.seen(self.place);
        }
        Poll::Ready(answer)
    }
}

/// A caller that goes away has seen what it will ever see.
impl<T> Drop for Append<T> {
    fn drop(&mut self) {
        self.receiver.close();
        if let Ok(Err(_)) = self.receiver.try_recv() {
            self.gate.seen(self.place);
        }
    }
}

fn closed() -> StoreError {
    StoreError::Gone("the store is closed".to_owned())
}

/// What must be looked for when a commit was not answered.
struct Doubt {
    seq: u64,
    hash: Hash,
}

struct Saver {
    database: Database,
    held: Arc<Held>,
    gate: Arc<Gate>,
    secret: Hash,
}

impl Saver {
    async fn run(self, mut messages: mpsc::Receiver<Message>) {
        let mut finishing = Vec::new();
        while let Some(first) = messages.recv().await {
            let mut batch = Vec::new();
            let mut entries = 0;
            let mut next = Some(first);
            while let Some(message) = next.take() {
                match message {
                    Message::Append(job) => {
                        entries += job.entries.len();
                        batch.push(job);
                    }
                    Message::Finish(done) => {
                        messages.close();
                        finishing.push(done);
                    }
                }
                if entries < BATCH_ENTRIES_MAX {
                    next = messages.try_recv().ok();
                }
            }
            self.save_batch(batch).await;
        }
        for done in finishing {
            let _ = done.send(());
        }
    }

    async fn save_batch(&self, batch: Vec<Job>) {
        let mut prepared = Vec::new();
        let mut waiting = Vec::new();
        let term = self.held.term();
        for job in batch {
            let refusal = self.gate.refuses(job.place).or((job.term.is_none() || job.term != term).then_some(StoreError::Fenced));
            let entries = job.entries.into_iter().map(|entry| Prepared::new(entry, &self.secret)).collect::<Result<Vec<_>, _>>();
            match (refusal, entries) {
                (Some(error), _) | (None, Err(error)) => self.fail(job.answer, job.place, &error),
                (None, Ok(entries)) => {
                    waiting.push((job.answer, job.place, entries.len()));
                    prepared.extend(entries);
                }
            }
        }
        let (Some(term), false) = (term, waiting.is_empty()) else { return };
        let saved = if prepared.is_empty() { Ok(0) } else { self.save(&prepared, term).await };
        match saved {
            Ok(first) => answer_all(first, waiting),
            Err(error) => {
                // Whoever appended is told and logs it; a full disk must not be told of twice a second here.
                tracing::debug!(%error, entries = prepared.len(), "journal entries were not saved");
                for (answer, place, _) in waiting {
                    self.fail(answer, place, &error);
                }
            }
        }
    }

    fn fail(&self, answer: oneshot::Sender<Answer>, place: Place, error: &StoreError) {
        self.gate.fail(place, error);
        if answer.send(Err(error.clone())).is_err() {
            self.gate.seen(place);
        }
    }

    /// The number of the first entry saved.
    async fn save(&self, entries: &[Prepared], term: Term) -> Result<u64, StoreError> {
        let mut doubt = None;
        let late = || StoreError::Gone("it did not answer in time".to_owned());
        let attempt = timeout(Duration::from_millis(BATCH_MS_MAX), self.attempt(entries, term, &mut doubt)).await;
        match (attempt.unwrap_or_else(|_| Err(late())), doubt) {
            (Err(StoreError::Gone(cause)), Some(doubt)) => {
                if self.was_saved(&doubt).await {
                    return Ok(doubt.seq + 1 - count(entries.len()));
                }
                Err(StoreError::Gone(cause))
            }
            (saved, _) => saved,
        }
    }

    async fn attempt(&self, entries: &[Prepared], term: Term, doubt: &mut Option<Doubt>) -> Result<u64, StoreError> {
        let mut transaction = self.database.write().await?;
        fence(&mut transaction, term).await?;
        let head: Option<(i64, String)> = transaction.maybe(sql!("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")).await?;
        let (last, mut hash) = match head {
            None => (0, [0; 32]),
            Some((seq, hash)) => (
                u64::try_from(seq).unwrap_or(0),
                unhex(&hash).ok_or_else(|| StoreError::Corrupt(format!("the hash of journal entry {seq} cannot be read")))?,
            ),
        };
        let mut seq = last;
        for entry in entries {
            seq += 1;
            hash = insert(&mut transaction, entry, seq, term, &hash).await?;
        }
        write_records(&mut transaction, entries).await?;
        write_counters(&mut transaction, entries).await?;
        *doubt = Some(Doubt { seq, hash });
        transaction.commit().await?;
        Ok(last + 1)
    }

    /// A commit that was not answered has happened or not; looks until it is known.
    async fn was_saved(&self, doubt: &Doubt) -> bool {
        for _ in 0..DOUBT_TRIES_MAX {
            sleep(Duration::from_millis(DOUBT_PAUSE_MS)).await;
            if let Ok(Ok(saved)) = timeout(Duration::from_millis(BATCH_MS_MAX), self.look_for(doubt)).await {
                return saved;
            }
        }
        false
    }

    async fn look_for(&self, doubt: &Doubt) -> Result<bool, StoreError> {
        let mut transaction = self.database.write().await?;
        settle(&mut transaction).await?;
        let find = "SELECT COUNT(*) FROM journal WHERE seq = $1 AND hash = $2";
        let (found,): (i64,) = transaction.one(sql!(find, doubt.seq, hex(&doubt.hash))).await?;
        transaction.undo().await?;
        Ok(found > 0)
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn answer_all(first: u64, waiting: Vec<(oneshot::Sender<Answer>, Place, usize)>) {
    let mut next = first;
    for (answer, _, entries) in waiting {
        let after = next + count(entries);
        let _ = answer.send(Ok((next..after).map(Seq).collect()));
        next = after;
    }
}

async fn insert(transaction: &mut Transaction, entry: &Prepared, seq: u64, term: Term, previous: &Hash) -> Result<Hash, StoreError> {
    let payload_hashes = entry.payload_hashes();
    let Timestamp(at) = entry.at;
    let hash = Hashed { seq, term: term.0, at, body: &entry.body, payload_hashes: &payload_hashes }.hash(previous);
    let listed: Vec<String> = payload_hashes.iter().map(|hash| hex(hash)).collect();
    let text = "INSERT INTO journal (seq, term, at, body, payload_hashes, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    transaction.execute(sql!(text, seq, term.0, at, &entry.body, listed.join(" "), hex(previous), hex(&hash))).await?;
    for (place, payload) in (0_i64..).zip(&entry.payloads) {
        payload.insert(transaction, seq, place, entry.at).await?;
    }
    Ok(hash)
}

/// Of several versions of a record in one batch only the last is written.
async fn write_records(transaction: &mut Transaction, entries: &[Prepared]) -> Result<(), StoreError> {
    let all = || entries.iter().map(|entry| &entry.records);
    let contacts: BTreeMap<_, _> = all().flat_map(|Records { contacts, .. }| contacts).map(|record| (record.contact, record)).collect();
    let matters: BTreeMap<_, _> = all().flat_map(|Records { matters, .. }| matters).map(|record| (record.matter, record)).collect();
    let promises: BTreeMap<_, _> = all().flat_map(|Records { promises, .. }| promises).map(|record| (record.promise, record)).collect();
    for record in contacts.into_values() {
        records::put_contact(transaction, record).await?;
    }
    for record in matters.into_values() {
        records::put_matter(transaction, record).await?;
    }
    for record in promises.into_values() {
        records::put_promise(transaction, record).await?;
    }
    let surges: BTreeMap<_, _> = all().flat_map(|Records { surges, .. }| surges).map(|(class, until)| (class, until)).collect();
    for (class, until) in surges {
        records::put_surge(transaction, class, *until).await?;
    }
    let owed: BTreeMap<_, _> =
        all().flat_map(|Records { messages, .. }| messages).map(|(contact, record)| ((*contact, record.message), record)).collect();
    for ((contact, _), record) in owed {
        messages::put(transaction, contact, record).await?;
    }
    let booked: BTreeMap<_, _> = all().flat_map(|Records { bookings, .. }| bookings).map(|record| (record.booking, record)).collect();
    for record in booked.into_values() {
        bookings::put(transaction, record).await?;
    }
    let asked: BTreeMap<_, _> = all().flat_map(|Records { surveys, .. }| surveys).map(|record| (record.contact, record)).collect();
    for record in asked.into_values() {
        surveys::put(transaction, record).await?;
    }
    Ok(())
}

async fn write_counters(transaction: &mut Transaction, entries: &[Prepared]) -> Result<(), StoreError> {
    let mut highest = Highest::default();
    entries.iter().for_each(|entry| highest.include(entry.highest));
    let text = "INSERT INTO counters (name, highest) VALUES ($1, $2) \
                ON CONFLICT (name) DO UPDATE SET highest = excluded.highest WHERE counters.highest < excluded.highest";
    for (name, number) in COUNTED.into_iter().zip(highest.0).filter(|(_, number)| *number > 0) {
        transaction.execute(sql!(text, name, number)).await?;
    }
    Ok(())
}
