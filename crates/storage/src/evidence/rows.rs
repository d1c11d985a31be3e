//! The rows of evidence: begun, received so far, complete, sent, removed, forgotten.

use super::{
    Custodian, CustodyAct, EVIDENCE_BYTES_MAX, Evidence, EvidenceError, EvidenceId, EvidenceRoom, EvidenceState, MATTER_BYTES_MAX,
    MATTER_FILES_MAX, UNSENT_KEPT_MS, VISIT_FILES_MAX, custody, sealing,
};
use crate::{
    Store, StoreError,
    database::{Transaction, from_row, sql},
    hashing::unhex,
};
use domain::{ContactId, MatterId, Timestamp};
use std::{collections::BTreeSet, fs};

/// Rows read or forgotten at once.
const ROWS_MAX: i64 = 1_000;

/// What is about to be sent to us.
pub struct NewEvidence<'a> {
    pub matter: MatterId,
    pub visit: &'a str,
    pub name: &'a str,
    /// How long it will be; none where that is not said before.
    pub declared: Option<u64>,
}

/// What was found of it when it had come whole.
pub struct Completed {
    pub sha256: String,
    pub media_type: String,
    pub proposed: Option<String>,
    pub state: EvidenceState,
    /// Why it is not taken; none where it is.
    pub refused: Option<String>,
}

struct StoredEvidence {
    evidence: String,
    matter: i64,
    visit: String,
    contact: Option<i64>,
    name: String,
    declared: Option<i64>,
    received: i64,
    pieces: i64,
    media_type: Option<String>,
    sha256: Option<String>,
    proposed: Option<String>,
    state: String,
    made: i64,
    touched: i64,
    completed: Option<i64>,
    sealed_key: Option<String>,
}
from_row!(
    StoredEvidence: evidence, matter, visit, contact, name, declared, received, pieces, media_type, sha256, proposed, state, made,
    touched, completed, sealed_key
);

macro_rules! select {
    ($wanted:literal) => {
        concat!(
            "SELECT evidence, matter, visit, contact, name, declared, received, pieces, media_type, sha256, proposed, state, made, \
             touched, completed, sealed_key FROM evidence WHERE ",
            $wanted
        )
    };
}

impl StoredEvidence {
    fn read(self) -> Result<Evidence, StoreError> {
        let unreadable = || StoreError::Corrupt("a row of evidence cannot be read".to_owned());
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Evidence {
            id: EvidenceId::read(&self.evidence).ok_or_else(unreadable)?,
            matter: MatterId(number(self.matter)),
            visit: self.visit,
            contact: self.contact.map(number).map(ContactId),
            name: self.name,
            declared: self.declared.map(number),
            received: number(self.received),
            media_type: self.media_type,
            sha256: self.sha256,
            proposed: self.proposed,
            state: EvidenceState::ALL.into_iter().find(|state| state.word() == self.state).ok_or_else(unreadable)?,
            made: Timestamp(self.made),
            touched: Timestamp(self.touched),
            completed: self.completed.map(Timestamp),
            pieces: number(self.pieces),
            sealed_key: self.sealed_key,
        })
    }
}

fn read_all(rows: Vec<StoredEvidence>) -> Result<Vec<Evidence>, EvidenceError> {
    Ok(rows.into_iter().map(StoredEvidence::read).collect::<Result<_, _>>()?)
}

/// Forgets name, key and what it says of itself. Its bytes are lost with the key, whoever has the file.
async fn forget(transaction: &mut Transaction, id: &EvidenceId, state: EvidenceState, now: Timestamp) -> Result<(), StoreError> {
    let text = "UPDATE evidence SET state = $2, name = '', proposed = NULL, sealed_key = NULL, touched = $3 WHERE evidence = $1";
    transaction.execute(sql!(text, id.text(), state.word(), now)).await.map(drop)
}

/// Erases what was sent with a contact; its chain of custody stays.
pub async fn erase(transaction: &mut Transaction, contact: ContactId, now: Timestamp) -> Result<Vec<EvidenceId>, StoreError> {
    let text = "SELECT evidence FROM evidence WHERE contact = $1 AND state <> $2";
    let rows: Vec<(String,)> = transaction.all(sql!(text, contact, EvidenceState::Erased.word())).await?;
    let ids: Vec<EvidenceId> = rows.iter().filter_map(|(id,)| EvidenceId::read(id)).collect();
    for id in &ids {
        forget(transaction, id, EvidenceState::Erased, now).await?;
        custody::note(transaction, id, now, (Custodian::System, CustodyAct::Erased), "").await?;
    }
    Ok(ids)
}

/// Deletes their files. One that cannot be is deleted by a later [`EvidenceRoom::sweep`]; without its key it tells nothing.
pub async fn forget_files(store: &Store, ids: Vec<EvidenceId>) {
    let Some(folder) = store.inner.evidence.get().cloned() else { return };
    let deleting = tokio::task::spawn_blocking(move || {
        for id in ids {
            if let Err(error) = fs::remove_file(folder.join(id.text()))
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(kind = %error.kind(), "a file of evidence whose key is forgotten could not be deleted yet");
            }
        }
    });
    // Whatever became of it, the key is gone.
    let _ = deleting.await;
}

impl EvidenceRoom {
    /// Bytes that the matter may still have, by what is announced or here.
    pub(super) async fn left_of_matter(&self, matter: MatterId) -> Result<u64, EvidenceError> {
        let mut connection = self.store.database().read().await?;
        let text = "SELECT CAST(COALESCE(SUM(COALESCE(declared, received)), 0) AS BIGINT) FROM evidence WHERE sealed_key IS NOT NULL";
        let (all,): (i64,) = connection.one(sql!(text)).await?;
        let text = "SELECT CAST(COALESCE(SUM(COALESCE(declared, received)), 0) AS BIGINT) FROM evidence \
                    WHERE matter = $1 AND sealed_key IS NOT NULL";
        let (of_matter,): (i64,) = connection.one(sql!(text, matter)).await?;
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        if number(all) >= self.bytes_max {
            return Err(EvidenceError::RoomFull);
        }
        Ok(MATTER_BYTES_MAX.saturating_sub(number(of_matter)).min(self.bytes_max - number(all)))
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// [`EvidenceError::TooLarge`], [`EvidenceError::MatterFull`] or [`EvidenceError::RoomFull`] when there is no room for it.
    pub async fn begin(&self, new: &NewEvidence<'_>, now: Timestamp) -> Result<Evidence, EvidenceError> {
        let wanted = new.declared.unwrap_or(1);
        if wanted > EVIDENCE_BYTES_MAX {
            return Err(EvidenceError::TooLarge);
        }
        if !self.has_disk_for(wanted) {
            return Err(EvidenceError::RoomFull);
        }
        if self.left_of_matter(new.matter).await? < wanted {
            return Err(EvidenceError::MatterFull);
        }
        let unsent = self.of_visit(new.matter, new.visit).await?;
        let (id, mut transaction) = (EvidenceId::random(), self.store.database().write().await?);
        let text = "SELECT COUNT(*) FROM evidence WHERE matter = $1 AND sealed_key IS NOT NULL";
        let (files,): (i64,) = transaction.one(sql!(text, new.matter)).await?;
        let is_full = u64::try_from(files).unwrap_or(u64::MAX) >= MATTER_FILES_MAX;
        if is_full || unsent.iter().filter(|one| one.contact.is_none()).count() >= VISIT_FILES_MAX {
            transaction.undo().await?;
            return Err(EvidenceError::MatterFull);
        }
        let sealed_key = sealing::new_key(self.secret(), &id)?;
        let text = "INSERT INTO evidence (evidence, matter, visit, name, declared, received, pieces, state, made, touched, sealed_key) \
                    VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, $7, $8)";
        let declared = new.declared.and_then(|bytes| i64::try_from(bytes).ok());
        let state = EvidenceState::Uploading.word();
        transaction.execute(sql!(text, id.text(), new.matter, new.visit, new.name, declared, state, now, sealed_key)).await?;
        custody::note(&mut transaction, &id, now, (Custodian::Citizen, CustodyAct::Begun), "").await?;
        transaction.commit().await?;
        self.evidence(&id).await?.ok_or(EvidenceError::NotThere)
    }

    /// # Errors
    /// What the database answered.
    pub async fn evidence(&self, id: &EvidenceId) -> Result<Option<Evidence>, EvidenceError> {
        let row: Option<StoredEvidence> = self.store.database().read().await?.maybe(sql!(select!("evidence = $1"), id.text())).await?;
        Ok(row.map(StoredEvidence::read).transpose()?)
    }

    /// What came in a visit and is not removed, in its order, sent or not.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn of_visit(&self, matter: MatterId, visit: &str) -> Result<Vec<Evidence>, EvidenceError> {
        let text = select!("matter = $1 AND visit = $2 AND state NOT IN ('removed', 'erased') ORDER BY made, evidence LIMIT $3");
        read_all(self.store.database().read().await?.all(sql!(text, matter, visit, ROWS_MAX)).await?)
    }

    /// What was sent of a matter, in its order; also what was refused or erased since.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn of_matter(&self, matter: MatterId) -> Result<Vec<Evidence>, EvidenceError> {
        let text =
            select!("contact IN (SELECT contact FROM contacts WHERE matter = $1) AND contact IS NOT NULL ORDER BY made, evidence LIMIT $2");
        read_all(self.store.database().read().await?.all(sql!(text, matter, ROWS_MAX)).await?)
    }

    /// What waits for the program that scans, oldest first; also what came while there was none.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn to_scan(&self) -> Result<Vec<Evidence>, EvidenceError> {
        let text = select!("state IN ('quarantined', 'unscanned') ORDER BY touched, evidence LIMIT $1");
        read_all(self.store.database().read().await?.all(sql!(text, ROWS_MAX)).await?)
    }

    /// So far it is on the disk.
    pub(super) async fn progress(&self, evidence: &Evidence) -> Result<(), EvidenceError> {
        let mut transaction = self.store.database().write().await?;
        let text = "UPDATE evidence SET received = $2, pieces = $3, touched = $4 WHERE evidence = $1 AND state = 'uploading'";
        let touched = transaction.execute(sql!(text, evidence.id.text(), evidence.received, evidence.pieces, evidence.touched)).await?;
        transaction.commit().await?;
        if touched == 1 { Ok(()) } else { Err(EvidenceError::NotThere) }
    }

    /// It has come whole: its end is sealed, and what was found of it is kept. What is not taken is forgotten at once.
    ///
    /// # Errors
    /// [`EvidenceError::NotThere`] when it was removed meanwhile.
    pub async fn complete(&self, evidence: &Evidence, found: &Completed, now: Timestamp) -> Result<(), EvidenceError> {
        let sha256 = unhex(&found.sha256).ok_or(EvidenceError::Damaged)?;
        if found.refused.is_none() {
            self.seal_end(evidence, sha256).await?;
        }
        let (id, mut transaction) = (&evidence.id, self.store.database().write().await?);
        let text = "UPDATE evidence SET state = $2, media_type = $3, sha256 = $4, proposed = $5, completed = $6, touched = $6, \
                    declared = received WHERE evidence = $1 AND state = 'uploading'";
        let Completed { sha256, media_type, proposed, state, refused } = found;
        let changed = transaction.execute(sql!(text, id.text(), state.word(), media_type, sha256, proposed.clone(), now)).await?;
        if changed != 1 {
            transaction.undo().await?;
            return Err(EvidenceError::NotThere);
        }
        let detail = format!("{media_type}, {} bytes, sha256 {sha256}", evidence.received);
        custody::note(&mut transaction, id, now, (Custodian::System, CustodyAct::Received), &detail).await?;
        if let Some(why) = refused {
            custody::note(&mut transaction, id, now, (Custodian::System, CustodyAct::Refused), why).await?;
            // The citizen still reads what of theirs was not taken.
            transaction.execute(sql!("UPDATE evidence SET sealed_key = NULL WHERE evidence = $1", id.text())).await?;
        }
        transaction.commit().await?;
        if refused.is_some() {
            forget_files(&self.store, vec![id.clone()]).await;
        }
        Ok(())
    }

    /// What the program that scans said.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn scanned(&self, id: &EvidenceId, is_clean: bool, now: Timestamp) -> Result<(), EvidenceError> {
        let (state, act) =
            if is_clean { (EvidenceState::Clean, CustodyAct::Scanned) } else { (EvidenceState::Refused, CustodyAct::Refused) };
        let mut transaction = self.store.database().write().await?;
        let text = "UPDATE evidence SET state = $2, touched = $3 WHERE evidence = $1 AND state IN ('quarantined', 'unscanned')";
        if transaction.execute(sql!(text, id.text(), state.word(), now)).await? == 1 {
            let detail = if is_clean { "nothing found" } else { "the program that scans found something" };
            custody::note(&mut transaction, id, now, (Custodian::System, act), detail).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// They are part of what was taken in as this contact. Safe to repeat.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn sent(&self, ids: &[EvidenceId], contact: ContactId, now: Timestamp) -> Result<(), EvidenceError> {
        let mut transaction = self.store.database().write().await?;
        for id in ids {
            let text = "UPDATE evidence SET contact = $2, touched = $3 WHERE evidence = $1 AND contact IS NULL";
            if transaction.execute(sql!(text, id.text(), contact, now)).await? == 1 {
                let detail = format!("contact {contact}");
                custody::note(&mut transaction, id, now, (Custodian::Citizen, CustodyAct::Sent), &detail).await?;
            }
        }
        Ok(transaction.commit().await?)
    }

    /// Taken back before it was sent. True when it was.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn take_back(&self, id: &EvidenceId, who: Custodian, now: Timestamp) -> Result<bool, EvidenceError> {
        let mut transaction = self.store.database().write().await?;
        let text = "SELECT COUNT(*) FROM evidence WHERE evidence = $1 AND contact IS NULL AND state NOT IN ('removed', 'erased')";
        let (there,): (i64,) = transaction.one(sql!(text, id.text())).await?;
        if there == 0 {
            transaction.undo().await?;
            return Ok(false);
        }
        forget(&mut transaction, id, EvidenceState::Removed, now).await?;
        custody::note(&mut transaction, id, now, (who, CustodyAct::Removed), "").await?;
        transaction.commit().await?;
        forget_files(&self.store, vec![id.clone()]).await;
        Ok(true)
    }

    /// What nobody sent and nobody touched for longer than its time.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn left_behind(&self, now: Timestamp) -> Result<Vec<Evidence>, EvidenceError> {
        let before = Timestamp(now.0.saturating_sub_unsigned(UNSENT_KEPT_MS));
        let text = select!("contact IS NULL AND touched <= $1 ORDER BY made, evidence LIMIT $2");
        read_all(self.store.database().read().await?.all(sql!(text, before, ROWS_MAX)).await?)
    }

    /// What was never sent is no evidence: row, chain and bytes go. Nothing that was sent does.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_unsent(&self, id: &EvidenceId) -> Result<(), EvidenceError> {
        let mut transaction = self.store.database().write().await?;
        let gone = transaction.execute(sql!("DELETE FROM evidence WHERE evidence = $1 AND contact IS NULL", id.text())).await?;
        if gone == 1 {
            transaction.execute(sql!("DELETE FROM evidence_custody WHERE evidence = $1", id.text())).await?;
        }
        transaction.commit().await?;
        if gone == 1 {
            forget_files(&self.store, vec![id.clone()]).await;
        }
        Ok(())
    }

    /// Deletes files whose key is forgotten, which a crash may have left; returns how many.
    ///
    /// # Errors
    /// What the folder or the database answered.
    pub async fn sweep(&self) -> Result<usize, EvidenceError> {
        let folder = self.folder.clone();
        // Listed before the rows are: what begins in between is not taken for one that is forgotten.
        let files = super::beside(move || {
            let names = fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            Ok(names.filter_map(|name| EvidenceId::read(&name)).collect::<BTreeSet<_>>())
        })
        .await?;
        let text = "SELECT evidence FROM evidence WHERE sealed_key IS NOT NULL";
        let rows: Vec<(String,)> = self.store.database().read().await?.all(sql!(text)).await?;
        let known: BTreeSet<EvidenceId> = rows.iter().filter_map(|(id,)| EvidenceId::read(id)).collect();
        let left: Vec<EvidenceId> = files.difference(&known).cloned().collect();
        let count = left.len();
        forget_files(&self.store, left).await;
        Ok(count)
    }
}
