//! Erasing personal data: a whole matter after its time, or one contact by somebody's hand. Each erasure asks within its own
//! transaction whether the matter is held or open again, and writes itself into the access log there. How long a matter is kept
//! is not decided here.

use crate::{
    Access, Hold, Reader, Store, StoreError, Term, access_log,
    database::{Transaction, from_row, sql},
    evidence::{self, EvidenceId},
    holds, lease, records,
};
use domain::{ClassId, ContactId, MatterId, OperatorId, Timestamp, contact::ledger::ContactRecord, plan::Keeping};
use std::collections::BTreeMap;

/// Most matters that are looked at in one reading.
const MATTERS_READ_MAX: u32 = 500;

/// What came of an erasure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Erasing {
    /// So many payloads were erased now.
    Erased(u64),
    /// There is no such contact or matter, or not as it was looked at.
    NotThere,
    /// What it still brings would stay.
    Open,
    Held(Hold),
}

/// A closed matter as it is looked at for how long it is kept.
#[derive(Clone, PartialEq, Debug)]
pub struct ClosedMatter {
    pub matter: MatterId,
    pub closed: Timestamp,
    /// How it was judged when it was last looked at; none for one that nobody has since it was closed.
    pub judged: Option<Keeping>,
    /// Erased since it was closed; then nothing is told of its contacts.
    pub erased: bool,
    pub contacts: Vec<ContactRecord>,
}

/// Whose time has come, and who decided it by hand.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ErasedCount {
    /// Whole matters after their time.
    pub matters: u64,
    /// Single contacts by an account.
    pub contacts_by_hand: u64,
}

/// The matter that is erased after its time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueMatter {
    pub matter: MatterId,
    pub closed: Timestamp,
    pub class: ClassId,
    /// As the access log has it.
    pub why: String,
}

/// As an erasure after its time is called in the access log.
const WHAT: &str = "retention";

struct StoredMatter {
    matter: i64,
    closed: i64,
    class: Option<String>,
    due: Option<i64>,
    erased: Option<i64>,
}
from_row!(StoredMatter: matter, closed, class, due, erased);

fn id(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

impl StoredMatter {
    fn read(self) -> ClosedMatter {
        let judged = self.class.map(|class| Keeping { class: ClassId::new(&class), due: self.due.map(Timestamp) });
        ClosedMatter {
            matter: MatterId(id(self.matter)),
            closed: Timestamp(self.closed),
            judged,
            erased: self.erased.is_some(),
            contacts: Vec::new(),
        }
    }
}

/// Forgets what is known of a contact; the files are to be deleted once that is kept.
pub async fn erase(transaction: &mut Transaction, contact: ContactId, at: Timestamp) -> Result<(u64, Vec<EvidenceId>), StoreError> {
    let text = "UPDATE payloads SET body = NULL, salt = NULL, caller_key = NULL, erased = $2 WHERE contact = $1 AND erased IS NULL";
    let erased = transaction.execute(sql!(text, contact, at)).await?;
    transaction.execute(sql!("DELETE FROM reports WHERE contact = $1", contact)).await?;
    Ok((erased, evidence::erase(transaction, contact, at).await?))
}

/// Whether anything of a matter is still owed: an open contact, a promise, a message on its way.
async fn is_open(transaction: &mut Transaction, matter: MatterId) -> Result<bool, StoreError> {
    let text = "SELECT (SELECT COUNT(*) FROM matters WHERE matter = $1 AND closed IS NULL) \
                + (SELECT COUNT(*) FROM contacts WHERE matter = $1 AND closed IS NULL) \
                + (SELECT COUNT(*) FROM promises WHERE matter = $1 AND settled IS NULL) \
                + (SELECT COUNT(*) FROM messages WHERE state = 'owed' AND contact IN (SELECT contact FROM contacts WHERE matter = $1))";
    let (open,): (i64,) = transaction.one(sql!(text, matter)).await?;
    Ok(open > 0)
}

impl Store {
    /// Erases the personal data of one closed contact for good, as this account decided, unless its matter is held.
    ///
    /// # Errors
    /// What the database answered; then nothing is erased.
    pub async fn erase_contact(&self, contact: ContactId, access: &Access, by: OperatorId) -> Result<Erasing, StoreError> {
        let mut transaction = self.database().write().await?;
        let row: Option<(i64,)> = transaction.maybe(sql!("SELECT matter FROM contacts WHERE contact = $1", contact)).await?;
        let Some((matter,)) = row else {
            transaction.undo().await?;
            return Ok(Erasing::NotThere);
        };
        let matter = MatterId(id(matter));
        holds::touch(&mut transaction, matter).await?;
        if let Some(hold) = holds::of_matter(&mut transaction, matter).await? {
            transaction.undo().await?;
            return Ok(Erasing::Held(hold));
        }
        let (open,): (i64,) = transaction.one(sql!("SELECT COUNT(*) FROM contacts WHERE contact = $1 AND closed IS NULL", contact)).await?;
        if open > 0 {
            transaction.undo().await?;
            return Ok(Erasing::Open);
        }
        access_log::write(&mut transaction, access).await?;
        let (erased, files) = erase(&mut transaction, contact, access.at).await?;
        let text = "INSERT INTO erasures (at, matter, contact, account) VALUES ($1, $2, $3, $4)";
        transaction.execute(sql!(text, access.at, matter, contact, by)).await?;
        transaction.commit().await?;
        evidence::forget_files(self, files).await;
        self.database().scrub().await?;
        Ok(Erasing::Erased(erased))
    }

    /// Erases the personal data of all contacts of a closed matter for good, each with its row in the access log, if the matter
    /// is as it was looked at and nobody holds it. [`Store::scrub`] is to follow once all are erased.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when this node has lost the lease, or what the database answered; then nothing is erased.
    pub async fn erase_matter(&self, term: Term, due: &DueMatter, at: Timestamp) -> Result<Erasing, StoreError> {
        let mut transaction = self.database().write().await?;
        lease::fence(&mut transaction, term).await?;
        let matter = due.matter;
        let text = "UPDATE matters SET closed = closed WHERE matter = $1 AND closed = $2";
        let as_it_was = transaction.execute(sql!(text, matter, due.closed)).await? > 0;
        let refused = match holds::of_matter(&mut transaction, matter).await? {
            Some(hold) => Some(Erasing::Held(hold)),
            None if !as_it_was => Some(Erasing::NotThere),
            None => is_open(&mut transaction, matter).await?.then_some(Erasing::Open),
        };
        if let Some(refused) = refused {
            transaction.undo().await?;
            return Ok(refused);
        }
        let contacts: Vec<(i64,)> =
            transaction.all(sql!("SELECT contact FROM contacts WHERE matter = $1 ORDER BY contact", matter)).await?;
        let (mut erased, mut files) = (0, Vec::new());
        for contact in contacts.into_iter().map(|(contact,)| ContactId(id(contact))) {
            let (what, why) = (WHAT.to_owned(), due.why.clone());
            let access = Access { at, reader: Reader::System, contact: Some(contact), matter: Some(matter), what, why };
            access_log::write(&mut transaction, &access).await?;
            let (payloads, evidence) = erase(&mut transaction, contact, at).await?;
            erased += payloads;
            files.extend(evidence);
        }
        holds::forget_reasons(&mut transaction, matter).await?;
        let text = "INSERT INTO erasures (at, matter, class) VALUES ($1, $2, $3)";
        transaction.execute(sql!(text, at, matter, due.class.as_str())).await?;
        let text = "UPDATE keeping SET erased = $2 WHERE matter = $1 AND closed = $3";
        transaction.execute(sql!(text, matter, at, due.closed)).await?;
        transaction.commit().await?;
        evidence::forget_files(self, files).await;
        Ok(Erasing::Erased(erased))
    }

    /// Takes what was erased out of the database's log of writes as well.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        self.database().scrub().await
    }

    /// Closed matters in the order of their closing, after this one.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a record cannot be read.
    pub async fn closed_matters(&self, after: (Timestamp, MatterId), limit: u32) -> Result<Vec<ClosedMatter>, StoreError> {
        let mut connection = self.database().snapshot().await?;
        let text = "SELECT m.matter, m.closed, k.class, k.due, k.erased FROM matters m \
                    LEFT JOIN keeping k ON k.matter = m.matter AND k.closed = m.closed \
                    WHERE (m.closed, m.matter) > ($1, $2) ORDER BY m.closed, m.matter LIMIT $3";
        let limit = i64::from(limit.min(MATTERS_READ_MAX));
        let rows: Vec<StoredMatter> = connection.all(sql!(text, after.0, after.1, limit)).await?;
        let mut matters: Vec<ClosedMatter> = rows.into_iter().map(StoredMatter::read).collect();
        let Some(last) = matters.last().map(|last| (last.closed, last.matter)) else {
            connection.undo().await?;
            return Ok(matters);
        };
        let text = "SELECT record FROM contacts WHERE matter IN (SELECT m.matter FROM matters m \
                    LEFT JOIN keeping k ON k.matter = m.matter AND k.closed = m.closed \
                    WHERE k.erased IS NULL AND (m.closed, m.matter) > ($1, $2) AND (m.closed, m.matter) <= ($3, $4)) ORDER BY contact";
        let contacts: Vec<(String,)> = connection.all(sql!(text, after.0, after.1, last.0, last.1)).await?;
        connection.undo().await?;
        let mut by_matter = BTreeMap::<MatterId, Vec<ContactRecord>>::new();
        for (record,) in contacts {
            let record = records::read_contact(&record)?;
            by_matter.entry(record.matter).or_default().push(record);
        }
        for matter in &mut matters {
            matter.contacts = by_matter.remove(&matter.matter).unwrap_or_default();
        }
        Ok(matters)
    }

    /// Keeps how long these matters are kept, each with when it was closed.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn judge_matters(&self, term: Term, judged: &[(MatterId, Timestamp, Keeping)]) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        lease::fence(&mut transaction, term).await?;
        let text = "INSERT INTO keeping (matter, closed, class, due) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (matter) DO UPDATE SET closed = excluded.closed, class = excluded.class, due = excluded.due, \
                    erased = CASE WHEN keeping.closed = excluded.closed THEN keeping.erased END";
        for (matter, closed, Keeping { class, due }) in judged {
            transaction.execute(sql!(text, *matter, *closed, class.as_str(), *due)).await?;
        }
        transaction.commit().await
    }

    /// Matters whose time has come and that nobody holds, after this one, in the order of their times.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn due_matters(
        &self,
        until: Timestamp,
        after: (Timestamp, MatterId),
        limit: u32,
    ) -> Result<Vec<(Timestamp, MatterId)>, StoreError> {
        let text = "SELECT due, matter FROM keeping WHERE erased IS NULL AND due <= $1 AND (due, matter) > ($2, $3) \
                    AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.matter = keeping.matter AND lifted IS NULL) \
                    ORDER BY due, matter LIMIT $4";
        let statement = sql!(text, until, after.0, after.1, i64::from(limit.min(MATTERS_READ_MAX)));
        let rows: Vec<(i64, i64)> = self.database().read().await?.all(statement).await?;
        Ok(rows.into_iter().map(|(due, matter)| (Timestamp(due), MatterId(id(matter)))).collect())
    }

    /// How many matters that nobody holds are due until then, by the class that decides it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn due_by_class(&self, until: Timestamp) -> Result<BTreeMap<ClassId, u64>, StoreError> {
        let text = "SELECT class, COUNT(*) FROM keeping WHERE erased IS NULL AND due <= $1 \
                    AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.matter = keeping.matter AND lifted IS NULL) \
                    AND EXISTS (SELECT 1 FROM matters WHERE matters.matter = keeping.matter AND matters.closed = keeping.closed) \
                    GROUP BY class";
        let rows: Vec<(String, i64)> = self.database().read().await?.all(sql!(text, until)).await?;
        Ok(rows.into_iter().map(|(class, count)| (ClassId::new(&class), id(count))).collect())
    }

    /// What was erased from the first until before the second point in time, by the class that decided it; under none what
    /// was erased by hand.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn erased_between(&self, from: Timestamp, to: Timestamp) -> Result<BTreeMap<Option<ClassId>, ErasedCount>, StoreError> {
        let text = "SELECT class, COUNT(CASE WHEN account IS NULL THEN 1 END), COUNT(account) FROM erasures \
                    WHERE at >= $1 AND at < $2 GROUP BY class";
        let rows: Vec<(Option<String>, i64, i64)> = self.database().read().await?.all(sql!(text, from, to)).await?;
        let counts = rows.into_iter().map(|(class, matters, by_hand)| {
            (class.as_deref().map(ClassId::new), ErasedCount { matters: id(matters), contacts_by_hand: id(by_hand) })
        });
        Ok(counts.collect())
    }
}
