//! How callers have been understood over the last weeks, counted beside the loop from the saved journal: weeks
//! are too much to read before the first call is taken, and nobody waits for these figures.

use crate::{act::Stage, clock, measures, seldom::Seldom};
use domain::{
    plan::Plan,
    service_level::{LanguageDays, UnderstoodBook},
};
use std::{sync::Arc, time::Duration};
use storage::{Entry, Seq, Store, StoreError};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

/// Entries read at once.
const ENTRIES_PER_READ: u32 = 500;
/// Between two reads of many, so that the database and the processor stay free for calls.
const BREATH: Duration = Duration::from_millis(5);
/// How long after all was counted it is looked for more.
const AGAIN: Duration = Duration::from_secs(10);

/// Languages in which callers have told what it is about; none until the weeks were counted once.
pub(crate) type Told = Option<Arc<Vec<LanguageDays>>>;

/// Counts for as long as the program runs.
pub(crate) fn start(store: Store, stage: Arc<Stage>, stop: CancellationToken) -> watch::Receiver<Told> {
    let (told_in, told) = watch::channel(None);
    tokio::spawn(async move {
        stop.run_until_cancelled(count(store, stage, told_in)).await;
    });
    told
}

async fn count(store: Store, stage: Arc<Stage>, told: watch::Sender<Told>) {
    let mut complaint = Seldom::default();
    let mut count = Count::new(&stage.deployment().plan);
    loop {
        let plan = stage.deployment().plan.clone();
        if plan.zone != *count.book.zone() {
            count = Count::new(&plan);
        }
        match count.catch_up(&store).await {
            Ok(()) => {
                complaint.is_over();
                let languages = count.book.languages(clock::now());
                measures::show_understood(&languages);
                told.send_replace(Some(Arc::new(languages)));
            }
            Err(error) if complaint.is_due(Instant::now()) => {
                tracing::warn!(%error, "how callers are understood could not be counted; trying again");
            }
            Err(_) => {}
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// How far the journal has been counted.
struct Count {
    book: UnderstoodBook,
    last: Option<Seq>,
}

impl Count {
    fn new(plan: &Plan) -> Self {
        Self { book: UnderstoodBook::new(plan.zone.clone()), last: None }
    }

    async fn catch_up(&mut self, store: &Store) -> Result<(), StoreError> {
        loop {
            let entries = self.next(store).await?;
            let Some(last) = entries.last().map(|entry| entry.seq) else { break };
            for Entry { seq, at, event, commands, .. } in &entries {
                self.book.apply(seq.0, *at, event, commands);
            }
            self.last = Some(last);
            tokio::time::sleep(BREATH).await;
        }
        self.book.forget(clock::now());
        Ok(())
    }

    async fn next(&self, store: &Store) -> Result<Vec<Entry>, StoreError> {
        match self.last {
            Some(last) => store.journal_since(last, ENTRIES_PER_READ).await,
            None => store.entries_from(self.book.first_moment(clock::now()), ENTRIES_PER_READ).await,
        }
    }
}
