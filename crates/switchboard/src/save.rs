//! Saving before acting: entries go to the store in order, and what they command is carried out
//! when they are safe, never before.
//!
//! When the store fails, everything not yet safe is offered to it again, in order, until it takes
//! it. Nothing is acted on meanwhile, calls that are on keep their sound, and new callers are told.

use crate::{act::Stage, input::{Input, Reply}};
use std::{collections::VecDeque, future::poll_fn, pin::Pin, sync::Arc, time::Duration};
use storage::{Append, NewEntry, Seq, Store, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Entries that may be on their way to the disk at once.
const UNSAVED_MAX: usize = 10_000;
/// How long to wait before a failed store is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// An entry with what follows once it is safe.
pub(crate) struct Job {
    pub entry: NewEntry,
    pub reply: Option<Reply>,
}

pub(crate) fn queue() -> (mpsc::Sender<Job>, mpsc::Receiver<Job>) {
    mpsc::channel(UNSAVED_MAX)
}

pub(crate) struct Saver {
    store: Store,
    stage: Arc<Stage>,
    jobs: mpsc::Receiver<Job>,
    unsaved: VecDeque<(Job, Append<Seq>)>,
    /// The last entry that is known to be safe.
    last: Seq,
    inputs: mpsc::Sender<Input>,
    /// Cancelled when another node has taken over: this one must stop acting.
    fenced: CancellationToken,
}

impl Saver {
    pub fn new(store: Store, stage: Arc<Stage>, jobs: mpsc::Receiver<Job>, last: Seq, fenced: CancellationToken) -> Self {
        let inputs = stage.inputs.clone();
        Self { store, stage, jobs, unsaved: VecDeque::new(), last, inputs, fenced }
    }

    /// Runs until the loop is gone and everything is safe and done.
    pub async fn run(mut self) {
        let mut open = true;
        while open || !self.unsaved.is_empty() {
            tokio::select! {
                biased;
                result = next_saved(&mut self.unsaved), if !self.unsaved.is_empty() => match result {
                    Ok(seq) => self.saved(seq),
                    Err(error) => self.recover(error).await,
                },
                job = self.jobs.recv(), if open && self.unsaved.len() < UNSAVED_MAX => match job {
                    Some(job) => {
                        let append = self.store.append(job.entry.clone());
                        self.unsaved.push_back((job, append));
                    }
                    None => open = false,
                },
            }
            if self.fenced.is_cancelled() {
                return;
            }
        }
    }

    fn saved(&mut self, seq: Seq) {
        self.last = seq;
        if let Some((job, _)) = self.unsaved.pop_front() {
            metrics::counter!("svar_journal_entries_total").increment(1);
            self.stage.carry_out(job.entry.at, &job.entry.commands);
            if let Some(reply) = job.reply {
                let _ = reply.send(Ok(()));
            }
        }
    }

    async fn recover(&mut self, mut error: StoreError) {
        self.tell(false);
        loop {
            tracing::error!(%error, unsaved = self.unsaved.len(), "entries cannot be saved");
            if error == StoreError::Fenced {
                self.fenced.cancel();
                return;
            }
            tokio::time::sleep(RETRY).await;
            if let StoreError::Gone(_) = error {
                self.skip_what_was_kept().await;
            }
            for (job, append) in &mut self.unsaved {
                *append = self.store.append(job.entry.clone());
            }
            if self.unsaved.is_empty() {
                break;
            }
            match next_saved(&mut self.unsaved).await {
                Ok(seq) => {
                    self.saved(seq);
                    break;
                }
                Err(again) => error = again,
            }
        }
        tracing::info!("entries are being saved again");
        self.tell(true);
    }

    /// A lost connection may have hidden that entries were kept after all. Only this node writes
    /// (the term sees to that), so the journal's head tells how many.
    async fn skip_what_was_kept(&mut self) {
        let Ok(Some(head)) = self.store.head().await else { return };
        while self.last < head.seq && !self.unsaved.is_empty() {
            self.saved(Seq(self.last.0 + 1));
        }
    }

    fn tell(&self, saving: bool) {
        if self.inputs.try_send(Input::Saving(saving)).is_err() {
            tracing::error!("the loop's queue is full");
        }
    }
}

async fn next_saved(unsaved: &mut VecDeque<(Job, Append<Seq>)>) -> Result<Seq, StoreError> {
    poll_fn(|context| match unsaved.front_mut() {
        Some((_, append)) => Pin::new(append).poll(context),
        None => std::task::Poll::Pending,
    })
    .await
}
