//! Evidence as citizens send it and operators read it: uploads that go on after any break, looked at once they are whole,
//! scanned by the authority's own program, sent as one addition to their matter, given only after their reading is written
//! down. What is not sent is forgotten after its time.

mod reading;
mod scan;
mod sending;
mod upload;

pub use reading::{CopyBytes, EvidenceCopy, Findings};
pub use scan::ScanSettings;
pub use sending::EvidenceSending;
pub use upload::Upload;

use crate::{Refusal, Switchboard, clock, not_read};
use parking_lot::Mutex;
use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use storage::{Custodian, Evidence, EvidenceError, EvidenceId, EvidenceRoom, Followed, Store};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use upload::Turn;

/// Uploads that are looked through at once, each with its first megabytes in memory.
const LOOKED_THROUGH_MAX: usize = 4;
/// How often what was not sent in time is forgotten.
const FORGOTTEN_EVERY: Duration = Duration::from_secs(10 * 60);

/// Where evidence lies, how much of it, and who scans it.
#[derive(Clone, Debug)]
pub struct EvidenceSettings {
    pub folder: PathBuf,
    pub bytes_max: u64,
    /// None: nobody scans, and every file says so.
    pub scan: Option<ScanSettings>,
}

/// What is kept of evidence while the program runs.
pub(crate) struct EvidenceDesk {
    pub room: EvidenceRoom,
    scan: Option<ScanSettings>,
    turns: Mutex<HashMap<EvidenceId, Turn>>,
    looking: Semaphore,
    /// Something waits to be scanned.
    came: Notify,
    /// Keys of additions that were handed on and may be saved later.
    handed_on: Mutex<BTreeSet<String>>,
}

impl EvidenceDesk {
    /// None when the folder cannot be used: calls are taken all the same.
    pub fn open(settings: EvidenceSettings, store: &Store) -> Option<Self> {
        let folder = settings.folder.display();
        let opened = EvidenceRoom::open(store.clone(), &settings.folder, settings.bytes_max);
        let room = opened.inspect_err(|error| tracing::error!(%error, %folder, "no evidence is taken in until the next start")).ok()?;
        let (turns, looking, came) = (Mutex::default(), Semaphore::new(LOOKED_THROUGH_MAX), Notify::new());
        Some(Self { room, scan: settings.scan, turns, looking, came, handed_on: Mutex::default() })
    }
}

/// Scans and forgets until the program ends.
pub(crate) fn start(switchboard: &Switchboard, stop: &CancellationToken) {
    let Some(desk) = switchboard.inner.evidence.clone() else { return };
    let (forgetting, ending) = (switchboard.clone(), stop.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = ending.cancelled() => {}
            () = forget_again_and_again(&forgetting) => {}
        }
    });
    if let Some(scan) = desk.scan.clone() {
        let ending = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = ending.cancelled() => {}
                () = scan::again_and_again(&desk, &scan) => {}
            }
        });
    }
}

async fn forget_again_and_again(switchboard: &Switchboard) {
    loop {
        if let Err(error) = switchboard.forget_unsent_evidence().await {
            tracing::warn!(%error, "evidence that nobody sent could not be forgotten; trying again later");
        }
        tokio::time::sleep(FORGOTTEN_EVERY).await;
    }
}

impl Switchboard {
    /// Whether evidence is taken in at all.
    #[must_use]
    pub fn takes_evidence(&self) -> bool {
        self.inner.evidence.is_some()
    }

    /// Whether somebody can be told where to send files: there is room for them and an address to tell.
    #[must_use]
    pub fn asks_for_files(&self) -> bool {
        self.takes_evidence() && self.inner.stage.messages.lead_to_pages()
    }

    /// Where a link to send files by leads to, and whether it may still be used; none for what is no such link of ours.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn files_link(&self, token: &str) -> Result<Option<(Followed, bool)>, Refusal> {
        self.inner.store.files_link(token, clock::now()).await.map_err(not_read)
    }

    pub(crate) fn evidence_desk(&self) -> Result<&Arc<EvidenceDesk>, EvidenceError> {
        self.inner.evidence.as_ref().ok_or(EvidenceError::NotThere)
    }

    /// Has one that was not sent taken back, as its citizen asks; true when it was there.
    ///
    /// # Errors
    /// What the folder or the database answered.
    pub async fn take_back_evidence(&self, evidence: &Evidence) -> Result<bool, EvidenceError> {
        let desk = self.evidence_desk()?;
        self.recover_sending(evidence.matter, &evidence.visit).await?;
        let (_turn, _overtaken) = desk.turn(&evidence.id).await;
        desk.room.take_back(&evidence.id, Custodian::Citizen, clock::now()).await
    }

    /// Forgets what was begun and not sent in its time, and what a crash left of what was removed.
    ///
    /// # Errors
    /// What the folder or the database answered.
    pub async fn forget_unsent_evidence(&self) -> Result<(), EvidenceError> {
        let desk = self.evidence_desk()?;
        let left = desk.room.left_behind(clock::now()).await?;
        let visits: BTreeSet<_> = left.iter().map(|one| (one.matter, one.visit.clone())).collect();
        for (matter, visit) in visits {
            self.recover_sending(matter, &visit).await?;
        }
        for one in &left {
            desk.room.forget_unsent(&one.id).await?;
        }
        let swept = desk.room.sweep().await?;
        if !left.is_empty() || swept > 0 {
            tracing::info!(forgotten = left.len(), swept, "evidence that was never sent was forgotten");
        }
        Ok(())
    }
}
