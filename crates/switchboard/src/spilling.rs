//! The saver's hand on the spill: appends beside the loop, one at a time, and wipes it when the journal
//! has everything.

use domain::routing::Event;
use std::{
    io,
    time::{Duration, Instant},
};
use storage::{NewEntry, Payload, Seq, Spill, SpilledEntry, Store, StoreError};
use tokio::task::JoinHandle;

/// Entries given to the spill at once.
pub(crate) const SPILLED_AT_ONCE_MAX: usize = 500;

/// How long a spill that could not be written is left alone.
const FAILED_WAIT: Duration = Duration::from_secs(10);

enum Hand {
    /// No folder: nothing is ever spilled.
    Empty,
    Ready(Box<Spill>),
    /// It could not be written: wiped and tried anew when the journal has everything, not before this.
    Failed(Box<Spill>, Instant),
    Writing(JoinHandle<(Box<Spill>, io::Result<()>)>),
}

pub(crate) struct Spilling {
    hand: Hand,
    /// The last entry that is in the spill; 0 while it is empty.
    through: Seq,
    /// Through where it will be when what is being written is there.
    next: Seq,
    /// What an earlier run left stays until this entry is in the journal.
    old_until: Option<Seq>,
}

impl Spilling {
    pub fn new(spill: Option<Spill>, old_until: Option<Seq>) -> Self {
        let hand = spill.map_or(Hand::Empty, |spill| Hand::Ready(Box::new(spill)));
        Self { hand, through: Seq(0), next: Seq(0), old_until }
    }

    /// Whether what cannot be saved can be kept here.
    pub fn works(&self) -> bool {
        matches!(self.hand, Hand::Ready(_) | Hand::Writing(_)) && self.old_until.is_none()
    }

    /// Whether it holds something, all of which is in the journal by now.
    pub fn has_served(&self, last: Seq) -> bool {
        match self.old_until {
            Some(until) => until <= last,
            None => self.has_failed() || (Seq(0) < self.through && self.through <= last),
        }
    }

    fn has_failed(&self) -> bool {
        matches!(self.hand, Hand::Failed(_, again_at) if again_at <= Instant::now())
    }

    pub fn through(&self) -> Seq {
        self.through
    }

    /// Whether something may be begun.
    pub fn is_ready(&self) -> bool {
        matches!(self.hand, Hand::Ready(_) | Hand::Failed(..))
    }

    pub fn is_writing(&self) -> bool {
        matches!(self.hand, Hand::Writing(_))
    }

    /// Begins to keep entries that follow on [`Spilling::through`].
    pub fn keep(&mut self, entries: Vec<SpilledEntry>) {
        let Some(last) = entries.last().map(|entry| entry.seq) else { return };
        self.next = last;
        self.write(move |spill| spill.append(&entries));
    }

    /// Begins to wipe it.
    pub fn wipe(&mut self) {
        (self.next, self.old_until) = (Seq(0), None);
        self.write(Spill::clear);
    }

    fn write(&mut self, work: impl FnOnce(&mut Spill) -> io::Result<()> + Send + 'static) {
        self.hand = match std::mem::replace(&mut self.hand, Hand::Empty) {
            Hand::Ready(mut spill) | Hand::Failed(mut spill, _) => Hand::Writing(tokio::task::spawn_blocking(move || {
                let done = work(&mut spill);
                (spill, done)
            })),
            other => other,
        };
    }

    /// Waits until what was begun is on the disk. Waits for ever when nothing was begun.
    pub async fn written(&mut self) -> io::Result<()> {
        let Hand::Writing(writing) = &mut self.hand else { return std::future::pending().await };
        let (spill, done) = match writing.await {
            Ok(written) => written,
            Err(ended) => {
                self.hand = Hand::Empty;
                return Err(io::Error::other(ended));
            }
        };
        self.hand = if done.is_ok() { Hand::Ready(spill) } else { Hand::Failed(spill, Instant::now() + FAILED_WAIT) };
        if done.is_ok() {
            self.through = self.next;
        }
        done
    }
}

/// A call of an earlier run that is in no journal any more, because another node went on with it.
pub(crate) struct Stray {
    pub arrived: Event,
    pub payloads: Vec<Payload>,
}

/// Brings what an earlier run left in the spill into the journal. What does not follow on it (another
/// node has gone on meanwhile) is given back by its calls, for each of which a follow-up is owed.
///
/// # Errors
/// What the store answered; the spill is untouched then.
pub(crate) async fn bring_in(store: &Store, left: Vec<SpilledEntry>) -> Result<Vec<Stray>, StoreError> {
    if left.is_empty() {
        // Nearly always: nothing needs to be read for it.
        return Ok(Vec::new());
    }
    let mut last = store.head().await?.map_or(Seq(0), |head| head.seq);
    let mut ledger = store.load_ledger().await?;
    let mut left = left.into_iter();
    while let Some(entry) = left.next() {
        if entry.seq <= last && is_kept(store, &entry).await? {
            continue;
        }
        if entry.seq.0 != last.0 + 1 {
            tracing::error!(seq = entry.seq.0, "the spill does not follow on the journal: its calls become follow-ups");
            return Ok(strays(std::iter::once(entry).chain(left)));
        }
        let SpilledEntry { at, event, commands, payloads, .. } = entry;
        let records = crate::run_loop::records_after(&mut ledger, last.0 + 1, at, &commands);
        last = store.append(NewEntry { at, event, commands, records, payloads }).await?;
        tracing::warn!(seq = last.0, "an entry of the spill was brought into the journal");
    }
    Ok(Vec::new())
}

async fn is_kept(store: &Store, entry: &SpilledEntry) -> Result<bool, StoreError> {
    let kept = store.journal_since(Seq(entry.seq.0.saturating_sub(1)), 1).await?;
    Ok(kept.first().is_some_and(|kept| (kept.at, &kept.event, &kept.commands) == (entry.at, &entry.event, &entry.commands)))
}

fn strays(entries: impl Iterator<Item = SpilledEntry>) -> Vec<Stray> {
    let mut strays: Vec<Stray> = Vec::new();
    for entry in entries {
        match (&entry.event, strays.iter_mut().find(|stray| names(&stray.arrived, &entry))) {
            (Event::CallArrived { .. }, _) => strays.push(Stray { arrived: entry.event, payloads: entry.payloads }),
            (_, Some(stray)) => stray.payloads.extend(entry.payloads),
            (_, None) => {}
        }
    }
    strays
}

/// Whether the payloads of this entry belong to that call.
fn names(arrived: &Event, entry: &SpilledEntry) -> bool {
    let Event::CallArrived { contact, .. } = arrived else { return false };
    entry.payloads.iter().any(|payload| payload.contact == *contact)
}
