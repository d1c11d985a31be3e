//! `svar journal verify`: reads a database without changing it, also one whose process was killed or
//! still runs, and names everything that does not follow from the journal.
//!
//! It walks the chain and recomputes every hash, folds the ledger over the recorded commands and
//! compares it with the records, asks the ledger whether the product's invariant holds, adds up the
//! accounts and recomputes the hash of every payload that is not erased. In the order of the journal it looks at
//! what must happen at most once: a promise settled, a text message settled, a call owed of a matter, a citizen rung at
//! a time ([`calls`]).
//!
//! Of journal, payloads and records one page at a time is in memory. The fold is in memory whole: every
//! contact, matter and promise ever, each contact with its visits and segments. So memory grows with the
//! contacts, not with the entries; and each statement reads one page or counts by an index, so that none of
//! them runs into the longest that a statement may take.

mod calls;

use crate::{
    Location, OpenError, StoreError,
    bookings::{self, StoredBooking},
    database::{Connection, Database, from_row, sql},
    hashing::{Hash, hex, unhex},
    journal::{Body, Hashed, Highest, chained, highest},
    messages::{self, StoredMessage},
    migrations,
    payloads::payload_hash,
    records::{self, StoredContact, StoredMatter, StoredPromise},
    surveys::{self, StoredSurvey},
};
use calls::Calls;
use domain::{
    BookingId, ContactId, MatterId, PromiseId, Timestamp,
    contact::ledger::{ContactRecord, Ledger},
    routing::Command,
};
use serde::Serialize;
use std::{collections::BTreeSet, sync::Arc};

/// Rows read at a time.
const PAGE_ROWS: u32 = 1_000;
/// Faults named; more are only counted.
const FAULTS_NAMED_MAX: usize = 200;

/// What was found; all is well when `faults` is empty.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Verification {
    /// Contacts ever.
    pub contacts: u64,
    /// Contacts that are open.
    pub open: u64,
    /// Promises that are open.
    pub promises: u64,
    pub faults: Vec<String>,
}

/// Checks a whole database, reading only.
///
/// # Errors
/// When it cannot be opened or read at all; what is wrong inside it is a fault.
pub async fn verify(location: &Location) -> Result<Verification, OpenError> {
    location.must_exist()?;
    let database = Database::at(location, Arc::default())?;
    let verified = verify_database(&database).await;
    database.close().await;
    verified
}

async fn verify_database(database: &Database) -> Result<Verification, OpenError> {
    let mut connection = database.snapshot().await?;
    let (found, known) = (migrations::found(&mut connection).await?, migrations::KNOWN);
    migrations::check(found)?;
    if found < known {
        return Err(OpenError::OlderSchema { found, known });
    }
    let mut audit = Audit::default();
    match audit.run(&mut connection).await {
        Ok(()) => {}
        Err(StoreError::Corrupt(what)) => audit.fault(format!("the database cannot be read further: {what}")),
        Err(error) => return Err(error.into()),
    }
    // Nothing was written; a connection that fails here has told all it had to tell.
    let _ = connection.undo().await;
    Ok(audit.finish())
}

#[derive(Default)]
struct Audit {
    ledger: Ledger,
    calls: Calls,
    highest: Highest,
    hash: Hash,
    seq: i64,
    term: i64,
    entered: u64,
    left: u64,
    faults: Vec<String>,
    unnamed: usize,
}

impl Audit {
    fn fault(&mut self, fault: String) {
        if self.faults.len() < FAULTS_NAMED_MAX {
            self.faults.push(fault);
        } else {
            self.unnamed += 1;
        }
    }

    async fn run(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        self.walk_journal(connection).await?;
        self.compare_contacts(connection).await?;
        self.compare_matters(connection).await?;
        self.compare_promises(connection).await?;
        self.compare_surges(connection).await?;
        self.compare_messages(connection).await?;
        self.compare_bookings(connection).await?;
        self.compare_surveys(connection).await?;
        self.compare_counters(connection).await?;
        self.add_up(connection).await?;
        for fault in crate::evidence::custody_faults(connection).await? {
            self.fault(fault);
        }
        for fault in self.ledger.faults() {
            self.fault(fault.to_string());
        }
        Ok(())
    }

    async fn walk_journal(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut after = i64::MIN;
        loop {
            let page = chained(connection, after, PAGE_ROWS).await?;
            let (Some(first), Some(last)) = (page.first().map(|row| row.seq), page.last().map(|row| row.seq)) else { break };
            after = last;
            let mut payloads = payload_rows(connection, first, last).await?.into_iter().peekable();
            for row in page {
                // Payloads of entries that do not exist are counted below.
                while payloads.next_if(|payload| payload.seq < row.seq).is_some() {}
                let mut own = Vec::new();
                while let Some(payload) = payloads.next_if(|payload| payload.seq == row.seq) {
                    own.push(payload);
                }
                self.check_entry(&row, &own);
            }
        }
        let text = "SELECT COUNT(*) FROM payloads WHERE NOT EXISTS (SELECT 1 FROM journal WHERE journal.seq = payloads.seq)";
        let (stray,): (i64,) = connection.one(sql!(text)).await?;
        if stray > 0 {
            self.fault(format!("{stray} payloads belong to no journal entry"));
        }
        Ok(())
    }

    fn check_entry(&mut self, row: &crate::journal::Chained, payloads: &[StoredPayload]) {
        let seq = row.seq;
        if seq != self.seq + 1 {
            self.fault(format!("journal entry {seq} follows {}: entries are missing", self.seq));
        }
        if row.prev_hash != hex(&self.hash) {
            self.fault(format!("journal entry {seq} does not continue the chain"));
        }
        if row.term < self.term {
            self.fault(format!("journal entry {seq} is of term {}, after one of term {}", row.term, self.term));
        }
        let listed: Option<Vec<Hash>> = row.payload_hashes.split_whitespace().map(unhex).collect();
        let listed = listed.unwrap_or_default();
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        let hashed = Hashed { seq: number(seq), term: number(row.term), at: row.at, body: &row.body, payload_hashes: &listed };
        // The chain goes on from what this row says, so that one change is one fault.
        let previous = unhex(&row.prev_hash).unwrap_or_default();
        if row.hash != hex(&hashed.hash(&previous)) {
            self.fault(format!("journal entry {seq} was changed: its hash does not fit"));
        }
        self.hash = unhex(&row.hash).unwrap_or_default();
        (self.seq, self.term) = (seq, row.term);
        self.check_payloads(seq, &listed, payloads);
        self.fold_body(seq, Timestamp(row.at), &row.body);
    }

    fn check_payloads(&mut self, seq: i64, listed: &[Hash], payloads: &[StoredPayload]) {
        let kept: Vec<_> = payloads.iter().map(|payload| payload.hash.clone()).collect();
        if kept != listed.iter().map(|hash| hex(hash)).collect::<Vec<_>>() {
            self.fault(format!("the payloads of journal entry {seq} are not the ones it names"));
        }
        for payload in payloads {
            let fits = match (&payload.salt, &payload.body, payload.erased) {
                (None, None, Some(_)) => true,
                (Some(salt), Some(body), None) => unhex(salt).is_some_and(|salt| {
                    let contact = u64::try_from(payload.contact).unwrap_or(0);
                    payload.hash == hex(&payload_hash(&salt, contact, &payload.kind, body))
                }),
                _ => false,
            };
            if !fits {
                self.fault(format!("a payload of contact {} with journal entry {seq} was changed", payload.contact));
            }
        }
    }

    fn fold_body(&mut self, seq: i64, at: Timestamp, text: &str) {
        let body = match Body::read(text) {
            Ok(body) => body,
            Err(fault) => return self.fault(format!("journal entry {seq}: {fault}")),
        };
        if let Ok(value) = serde_json::from_str(text) {
            self.highest.see_all(&value);
        }
        for command in &body.commands {
            match command {
                Command::EnterQueue { .. } => self.entered += 1,
                Command::EndVisit { .. } => self.left += 1,
                _ => {}
            }
        }
        for fault in self.calls.check(seq, at, &body.event, &body.commands) {
            self.fault(fault);
        }
        if let Err(fault) = self.ledger.apply(u64::try_from(seq).unwrap_or(0), at, &body.commands) {
            self.fault(fault.to_string());
        }
    }

    async fn compare_contacts(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut missing: BTreeSet<_> = self.ledger.contacts.keys().copied().collect();
        let mut after = i64::MIN;
        loop {
            let page = records::contacts_page(connection, after, PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = last.contact;
            for row in page {
                let contact = ContactId(u64::try_from(row.contact).unwrap_or(0));
                missing.remove(&contact);
                let folded = self.ledger.contacts.get(&contact).map(StoredContact::of).transpose()?;
                self.compare("contact", contact.0, folded.map(|folded| folded == row));
            }
        }
        missing.into_iter().for_each(|contact| self.fault(format!("the record of contact {contact} is missing")));
        Ok(())
    }

    async fn compare_matters(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut missing: BTreeSet<_> = self.ledger.matters.keys().copied().collect();
        let mut after = i64::MIN;
        loop {
            let page = records::matters_page(connection, after, PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = last.matter;
            for row in page {
                let matter = MatterId(u64::try_from(row.matter).unwrap_or(0));
                missing.remove(&matter);
                let folded = self.ledger.matters.get(&matter).map(StoredMatter::of).transpose()?;
                self.compare("matter", matter.0, folded.map(|folded| folded == row));
            }
        }
        missing.into_iter().for_each(|matter| self.fault(format!("the record of matter {matter} is missing")));
        Ok(())
    }

    async fn compare_promises(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut missing: BTreeSet<_> = self.ledger.promises.keys().copied().collect();
        let mut after = i64::MIN;
        loop {
            let page = records::promises_page(connection, after, PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = last.promise;
            for row in page {
                let promise = PromiseId(u64::try_from(row.promise).unwrap_or(0));
                missing.remove(&promise);
                let folded = self.ledger.promises.get(&promise).map(StoredPromise::of).transpose()?;
                self.compare("promise", promise.0, folded.map(|folded| folded == row));
            }
        }
        missing.into_iter().for_each(|promise| self.fault(format!("the record of promise {promise} is missing")));
        Ok(())
    }

    async fn compare_surges(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        if records::surges(connection).await? != self.ledger.surges {
            self.fault("what callers are told of a surge differs from the journal".to_owned());
        }
        Ok(())
    }

    /// What the journal tells of each; how often it was tried is not the journal's.
    async fn compare_messages(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let of = |record: &ContactRecord| record.messages.iter().map(|known| (record.contact, known.message)).collect::<Vec<_>>();
        let mut missing: BTreeSet<_> = self.ledger.contacts.values().flat_map(of).collect();
        let mut after = (i64::MIN, i64::MIN);
        loop {
            let page = messages::page(connection, after, PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = (last.contact, last.message);
            for row in page {
                let (contact, message) = row.key();
                missing.remove(&(contact, message));
                let record = self.ledger.contacts.get(&contact);
                let folded = record.and_then(|record| record.messages.iter().find(|known| known.message == message));
                self.compare("a message to contact", contact.0, folded.map(|folded| StoredMessage::of(contact, folded) == row));
            }
        }
        missing.into_iter().for_each(|(contact, _)| self.fault(format!("the record of a message to contact {contact} is missing")));
        Ok(())
    }

    async fn compare_bookings(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut missing: BTreeSet<_> = self.ledger.bookings.keys().copied().collect();
        let mut after = i64::MIN;
        loop {
            let page = bookings::page(connection, after, PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = last.booking;
            for row in page {
                let booking = BookingId(u64::try_from(row.booking).unwrap_or(0));
                missing.remove(&booking);
                let folded = self.ledger.bookings.get(&booking).map(StoredBooking::of).transpose()?;
                self.compare("booking", booking.0, folded.map(|folded| folded == row));
            }
        }
        missing.into_iter().for_each(|booking| self.fault(format!("the record of booking {booking} is missing")));
        Ok(())
    }

    async fn compare_surveys(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut missing: BTreeSet<_> = self.ledger.surveys.keys().copied().collect();
        let mut after = i64::MIN;
        loop {
            let page = surveys::page(connection, after, PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = last.contact;
            for row in page {
                let contact = ContactId(u64::try_from(row.contact).unwrap_or(0));
                missing.remove(&contact);
                let folded = self.ledger.surveys.get(&contact).map(StoredSurvey::of).transpose()?;
                self.compare("a survey about contact", contact.0, folded.map(|folded| folded == row));
            }
        }
        missing.into_iter().for_each(|contact| self.fault(format!("the record of a survey about contact {contact} is missing")));
        Ok(())
    }

    /// `same` is none when the journal knows nothing of the record.
    fn compare(&mut self, kind: &str, number: u64, same: Option<bool>) {
        match same {
            Some(true) => {}
            Some(false) => self.fault(format!("the record of {kind} {number} differs from the journal")),
            None => self.fault(format!("the record of {kind} {number} does not follow from the journal")),
        }
    }

    async fn compare_counters(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let kept = highest(connection).await?;
        if kept.0.iter().zip(self.highest.0).any(|(kept, seen)| *kept < seen) {
            self.fault("an id that was given would be given again: the counters are behind the journal".to_owned());
        }
        Ok(())
    }

    /// Opened is closed and open together; entered is left and waiting together.
    async fn add_up(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let text = "SELECT COUNT(*), COUNT(closed), COUNT(outcome) FROM contacts";
        let (opened, closed, outcomes): (i64, i64, i64) = connection.one(sql!(text)).await?;
        let open = self.open_contacts();
        let (open, all) = (i64::try_from(open).unwrap_or(i64::MAX), i64::try_from(self.ledger.contacts.len()).unwrap_or(i64::MAX));
        if opened != closed + open || opened != all {
            self.fault(format!("the accounts do not add up: {opened} contacts opened, {closed} closed, {open} open"));
        }
        if closed != outcomes {
            self.fault(format!("the accounts do not add up: {closed} contacts closed, {outcomes} outcomes"));
        }
        let visits = self.ledger.contacts.values().flat_map(|record| &record.visits);
        let waiting = u64::try_from(visits.filter(|visit| visit.outcome.is_none()).count()).unwrap_or(u64::MAX);
        if self.entered != self.left + waiting {
            let (entered, left) = (self.entered, self.left);
            self.fault(format!("the accounts do not add up: {entered} visits to queues, {left} ended, {waiting} waiting"));
        }
        Ok(())
    }

    fn open_contacts(&self) -> usize {
        self.ledger.contacts.values().filter(|record| record.closed.is_none()).count()
    }

    fn finish(mut self) -> Verification {
        if self.unnamed > 0 {
            self.faults.push(format!("and {} more", self.unnamed));
        }
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Verification {
            contacts: count(self.ledger.contacts.len()),
            open: count(self.open_contacts()),
            promises: count(self.ledger.promises.values().filter(|promise| promise.settled.is_none()).count()),
            faults: self.faults,
        }
    }
}

struct StoredPayload {
    seq: i64,
    contact: i64,
    kind: String,
    hash: String,
    salt: Option<String>,
    body: Option<String>,
    erased: Option<i64>,
}
from_row!(StoredPayload: seq, contact, kind, hash, salt, body, erased);

async fn payload_rows(connection: &mut Connection, first: i64, last: i64) -> Result<Vec<StoredPayload>, StoreError> {
    let text = "SELECT seq, contact, kind, hash, salt, body, erased FROM payloads WHERE seq >= $1 AND seq <= $2 ORDER BY seq, place";
    connection.all(sql!(text, first, last)).await
}
