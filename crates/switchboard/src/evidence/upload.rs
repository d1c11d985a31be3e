//! Uploads: one writes at a time, and whoever comes back after a lost connection takes the place of the one that hangs.

use super::{EvidenceDesk, reading::Findings};
use crate::{Switchboard, clock};
use domain::{MatterId, intent::Intent};
use interop::evidence::{self, Film, Kind, READ_BYTES_MAX};
use std::sync::Arc;
use storage::{Completed, Evidence, EvidenceError, EvidenceId, EvidenceState, Intake, NewEvidence};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

/// As much of beginning and end tells what a file is.
const JUDGED_BYTES: usize = 64 * 1024;
/// Turns remembered before those that nobody holds are forgotten.
const TURNS_KEPT: usize = 256;

/// Whose turn it is to write to an upload.
pub(super) struct Turn {
    held: Arc<Mutex<()>>,
    /// Tells whoever holds it that another has come.
    overtaken: CancellationToken,
}

impl EvidenceDesk {
    /// Waits for the turn, once whoever has it was told to make room.
    pub(super) async fn turn(&self, id: &EvidenceId) -> (OwnedMutexGuard<()>, CancellationToken) {
        let overtaken = CancellationToken::new();
        let held = {
            let mut turns = self.turns.lock();
            if turns.len() >= TURNS_KEPT {
                turns.retain(|_, turn| Arc::strong_count(&turn.held) > 1);
            }
            let before = turns.remove(id);
            let held = before.map(|turn| {
                turn.overtaken.cancel();
                turn.held
            });
            let held = held.unwrap_or_default();
            turns.insert(id.clone(), Turn { held: held.clone(), overtaken: overtaken.clone() });
            held
        };
        (held.lock_owned().await, overtaken)
    }

    /// Looks at what has come whole: what it is, what it says of its making, whether it is taken.
    async fn complete(&self, evidence: &Evidence, is_tip: bool) -> Result<(), EvidenceError> {
        let Ok(_one_of_few) = self.looking.acquire().await else { return Err(EvidenceError::NotThere) };
        // Whoever sends a tip may not want to be found: nothing is read of where and when.
        let film = (!is_tip).then(Film::default);
        let show = |film: &mut Option<Film>, bytes: &[u8]| film.iter_mut().for_each(|film| film.take(bytes));
        let (whole, film) = self.room.look_through_with(evidence, (READ_BYTES_MAX, JUDGED_BYTES), film, show).await?;
        let (sha256, head, tail) = (whole.sha256, whole.head, whole.tail);
        let looking = tokio::task::spawn_blocking(move || {
            let kind = evidence::judge(head.get(..JUDGED_BYTES).unwrap_or(&head), &tail);
            let said = film.map_or_else(Default::default, |film| match evidence::propose(kind.media_type, &head) {
                said if said.is_empty() => film.said(kind.media_type),
                said => said,
            });
            (kind, said)
        });
        let unknown = Kind { media_type: "application/octet-stream", concern: Some(evidence::Concern::Unknown) };
        let (kind, said) = looking.await.unwrap_or((unknown, Default::default()));
        let refused = kind.concern.filter(|concern| concern.refuses());
        let state = match (refused, &self.scan) {
            (Some(_), _) => EvidenceState::Refused,
            (None, Some(_)) => EvidenceState::Quarantined,
            (None, None) => EvidenceState::Unscanned,
        };
        let found = Completed {
            sha256,
            media_type: kind.media_type.to_owned(),
            proposed: Findings { concern: kind.concern, said }.text(),
            state,
            refused: refused.map(|concern| concern.word().to_owned()),
        };
        self.room.complete(evidence, &found, clock::now()).await?;
        self.came.notify_one();
        Ok(())
    }
}

/// An upload at hand. Dropped, it keeps what was safe.
pub struct Upload {
    switchboard: Switchboard,
    intake: Intake,
    turn: OwnedMutexGuard<()>,
    overtaken: CancellationToken,
}

impl Upload {
    /// Takes bytes in.
    ///
    /// # Errors
    /// [`EvidenceError::TooLarge`] when they are more than was announced or is taken.
    pub async fn take(&mut self, bytes: &[u8]) -> Result<(), EvidenceError> {
        self.intake.take(bytes).await
    }

    /// Cancelled when somebody else goes on with this upload.
    #[must_use]
    pub fn overtaken(&self) -> CancellationToken {
        self.overtaken.clone()
    }

    /// Has what came count; what is whole by that is looked at.
    ///
    /// # Errors
    /// What the folder or the database answered; then what counted before still does.
    pub async fn finish(self) -> Result<Evidence, EvidenceError> {
        let Self { switchboard, intake, turn, .. } = self;
        let evidence = intake.finish(clock::now()).await?;
        if evidence.is_whole() {
            return switchboard.completed(&evidence, turn).await;
        }
        Ok(evidence)
    }

    /// As [`Upload::finish`], where nobody had said how much comes: this was all.
    ///
    /// # Errors
    /// As [`Upload::finish`].
    pub async fn finish_whole(self) -> Result<Evidence, EvidenceError> {
        let Self { switchboard, intake, turn, .. } = self;
        let evidence = intake.finish(clock::now()).await?;
        switchboard.completed(&evidence, turn).await
    }
}

impl Switchboard {
    /// Begins an upload to a matter.
    ///
    /// # Errors
    /// [`EvidenceError::TooLarge`], [`EvidenceError::MatterFull`], [`EvidenceError::RoomFull`].
    pub async fn begin_evidence(
        &self,
        matter: MatterId,
        visit: &str,
        name: &str,
        declared: Option<u64>,
    ) -> Result<Evidence, EvidenceError> {
        let name = evidence::kept(name);
        self.evidence_desk()?.room.begin(&NewEvidence { matter, visit, name: &name, declared }, clock::now()).await
    }

    /// Goes on with an upload of this visit at this byte.
    ///
    /// # Errors
    /// [`EvidenceError::WrongOffset`] when the next byte is another, [`EvidenceError::NotThere`] when it is not of this visit.
    pub async fn go_on_with_evidence(
        &self,
        (matter, visit): (MatterId, &str),
        id: &EvidenceId,
        offset: u64,
    ) -> Result<Upload, EvidenceError> {
        let desk = self.evidence_desk()?;
        self.own_evidence(matter, visit, id).await?;
        let (turn, overtaken) = desk.turn(id).await;
        let evidence = self.own_evidence(matter, visit, id).await?;
        let intake = desk.room.go_on(evidence, offset).await?;
        Ok(Upload { switchboard: self.clone(), intake, turn, overtaken })
    }

    async fn own_evidence(&self, matter: MatterId, visit: &str, id: &EvidenceId) -> Result<Evidence, EvidenceError> {
        let found = self.evidence_desk()?.room.evidence(id).await?;
        let is_gone = |one: &Evidence| matches!(one.state, EvidenceState::Removed | EvidenceState::Erased);
        found.filter(|one| one.matter == matter && one.visit == visit && !is_gone(one)).ok_or(EvidenceError::NotThere)
    }

    /// One of this visit as it stands; one that came whole before the program ended is looked at first.
    ///
    /// # Errors
    /// [`EvidenceError::NotThere`] when it is not of this visit.
    pub async fn evidence_upload(&self, matter: MatterId, visit: &str, id: &EvidenceId) -> Result<Evidence, EvidenceError> {
        let evidence = self.own_evidence(matter, visit, id).await?;
        if !evidence.is_whole() {
            return Ok(evidence);
        }
        let (turn, _overtaken) = self.evidence_desk()?.turn(id).await;
        let evidence = self.own_evidence(matter, visit, id).await?;
        if evidence.is_whole() { self.completed(&evidence, turn).await } else { Ok(evidence) }
    }

    /// What came in a visit, in its order, each as it stands.
    ///
    /// # Errors
    /// What the folder or the database answered.
    pub async fn evidence_of_visit(&self, matter: MatterId, visit: &str) -> Result<Vec<Evidence>, EvidenceError> {
        let mut all = self.evidence_desk()?.room.of_visit(matter, visit).await?;
        for one in all.iter_mut().filter(|one| one.is_whole()) {
            match self.evidence_upload(matter, visit, &one.id).await {
                Ok(completed) => *one = completed,
                // One that cannot be looked at now hides no other.
                Err(error) => tracing::warn!(%error, evidence = %one.id, "evidence that has come whole could not be looked at"),
            }
        }
        Ok(all)
    }

    async fn completed(&self, evidence: &Evidence, _turn: OwnedMutexGuard<()>) -> Result<Evidence, EvidenceError> {
        let desk = self.evidence_desk()?;
        let is_tip = self.is_tip(evidence.matter).await?;
        desk.complete(evidence, is_tip).await?;
        desk.room.evidence(&evidence.id).await?.ok_or(EvidenceError::NotThere)
    }

    /// Whether somebody gave a tip under this matter.
    pub(super) async fn is_tip(&self, matter: MatterId) -> Result<bool, EvidenceError> {
        let file = self.inner.store.matter(matter).await?;
        Ok(file.is_some_and(|file| file.contacts.iter().any(|contact| contact.intent == Some(Intent::Tip))))
    }
}
