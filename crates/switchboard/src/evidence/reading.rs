//! Evidence as operators read it. Nothing is told or given before the access log and the chain of custody have it.

use crate::{Purpose, Switchboard, access, clock};
use domain::OperatorId;
use interop::evidence::{self, Concern, Proposed};
use serde::{Deserialize, Serialize};
use storage::{Access, Custodian, Custody, CustodyAct, Evidence, EvidenceError, EvidenceId, MatterFile, PieceReader};

/// Largest picture of a tip whose remarks are taken out: it is held in memory for that.
const STRIPPED_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What was found of it when it had come: whether it concerns, and what it says of its making. Personal data.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    pub concern: Option<Concern>,
    #[serde(flatten)]
    pub said: Proposed,
}

impl Findings {
    pub(super) fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// As they were kept with it; nothing when they are forgotten.
    #[must_use]
    pub fn of(evidence: &Evidence) -> Self {
        evidence.proposed.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

/// What somebody may have of it.
pub struct EvidenceCopy {
    pub evidence: Evidence,
    pub findings: Findings,
    pub bytes: CopyBytes,
}

pub enum CopyBytes {
    /// As they came, piece by piece.
    Whole(Box<PieceReader>),
    /// A picture of a tip, without what it says of its making.
    Bare(Vec<u8>),
}

impl Switchboard {
    /// What was sent of a matter. Who reads it is written to the access log first.
    ///
    /// # Errors
    /// What the database answered; then nothing may be shown.
    pub async fn evidence_of_matter(&self, reader: OperatorId, file: &MatterFile) -> Result<Vec<Evidence>, EvidenceError> {
        let Some(desk) = &self.inner.evidence else { return Ok(Vec::new()) };
        let all = desk.room.of_matter(file.matter.matter).await?;
        if !all.is_empty() {
            let noted = Access { matter: Some(file.matter.matter), ..access(reader, "evidence", Purpose::Promise) };
            self.inner.store.log_access(&noted).await?;
        }
        Ok(all)
    }

    /// The contact that a piece of evidence was sent with, and its matter; none for what was never sent.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn sent_evidence(&self, id: &EvidenceId) -> Result<Option<(Evidence, MatterFile)>, EvidenceError> {
        let Some(evidence) = self.evidence_desk()?.room.evidence(id).await? else { return Ok(None) };
        let Some(contact) = evidence.contact else { return Ok(None) };
        let Some(file) = self.inner.store.contact(contact).await? else { return Ok(None) };
        Ok(self.inner.store.matter(file.record.matter).await?.map(|file| (evidence, file)))
    }

    /// Its chain of custody, in which this reading stands by then.
    ///
    /// # Errors
    /// What the database answered; then nothing may be shown.
    pub async fn custody_of_evidence(&self, reader: OperatorId, evidence: &Evidence) -> Result<Custody, EvidenceError> {
        self.note_evidence(reader, evidence, CustodyAct::Seen, "").await?;
        self.evidence_desk()?.room.custody(&evidence.id).await
    }

    async fn note_evidence(&self, reader: OperatorId, evidence: &Evidence, act: CustodyAct, detail: &str) -> Result<(), EvidenceError> {
        let desk = self.evidence_desk()?;
        let noted = Access { contact: evidence.contact, ..access(reader, "evidence", Purpose::Promise) };
        self.inner.store.log_access(&noted).await?;
        desk.room.note(&evidence.id, Custodian::Operator(reader), act, detail, clock::now()).await
    }

    /// Its bytes, hashed once more: what is not what came is not given. Written down before they are.
    ///
    /// # Errors
    /// [`EvidenceError::NotThere`] in a state in which nobody gets it, [`EvidenceError::Damaged`] when the hash is another.
    pub async fn copy_evidence(&self, reader: OperatorId, evidence: Evidence) -> Result<EvidenceCopy, EvidenceError> {
        let desk = self.evidence_desk()?;
        if !evidence.state.is_given() {
            return Err(EvidenceError::NotThere);
        }
        let pieces = match desk.room.verified(&evidence).await {
            Err(EvidenceError::Damaged) => {
                tracing::error!(evidence = %evidence.id, "evidence in the folder is not what came");
                self.note_evidence(reader, &evidence, CustodyAct::Damaged, "not given").await?;
                return Err(EvidenceError::Damaged);
            }
            pieces => pieces?,
        };
        let bytes = self.bytes_of(&evidence, pieces).await?;
        let how = match bytes {
            CopyBytes::Whole(_) => format!("sha256 {} found again", evidence.sha256.as_deref().unwrap_or_default()),
            CopyBytes::Bare(_) => "without what the picture says of its making".to_owned(),
        };
        self.note_evidence(reader, &evidence, CustodyAct::Copied, &how).await?;
        let findings = Findings::of(&evidence);
        Ok(EvidenceCopy { evidence, findings, bytes })
    }

    async fn bytes_of(&self, evidence: &Evidence, mut pieces: PieceReader) -> Result<CopyBytes, EvidenceError> {
        let media_type = evidence.media_type.clone().unwrap_or_default();
        let may_be_bare = matches!(&*media_type, "image/jpeg" | "image/png") && evidence.received <= STRIPPED_BYTES_MAX;
        if !may_be_bare || !self.is_tip(evidence.matter).await? {
            return Ok(CopyBytes::Whole(Box::new(pieces)));
        }
        let stripping = tokio::task::spawn_blocking(move || {
            let mut all = Vec::new();
            while let Some(piece) = pieces.next_piece()? {
                all.extend(piece);
            }
            Ok(evidence::without_metadata(&media_type, &all))
        });
        match stripping.await.unwrap_or(Err(EvidenceError::Damaged))? {
            Some(bare) => Ok(CopyBytes::Bare(bare)),
            None => Ok(CopyBytes::Whole(Box::new(self.evidence_desk()?.room.read(evidence).await?))),
        }
    }
}
