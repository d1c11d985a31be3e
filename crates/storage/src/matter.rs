//! One matter with all that belongs to it, and its course over time. The course is read from the
//! records; it tells nothing that they do not hold.

use crate::{Store, StoreError, database::sql, records};
use domain::{
    ContactId, MatterId, PromiseId, QueueId, Timestamp,
    contact::{
        Channel, ContactState, Outcome, Owner, PromiseKind, Reference, Settlement, VisitOutcome,
        ledger::{ContactRecord, MatterRecord, PromiseRecord, Segment},
    },
};
use serde::Serialize;

/// A matter with its contacts and promises, each in the order in which they came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MatterFile {
    pub reference: Reference,
    pub matter: MatterRecord,
    pub contacts: Vec<ContactRecord>,
    pub promises: Vec<PromiseRecord>,
}

/// Something that happened in a matter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Moment {
    pub at: Timestamp,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    MatterOpened,
    ContactArrived { contact: ContactId, channel: Channel },
    ContactMoved { contact: ContactId, state: ContactState, owner: Owner },
    QueueEntered { contact: ContactId, queue: QueueId },
    QueueLeft { contact: ContactId, queue: QueueId, outcome: VisitOutcome },
    ContactClosed { contact: ContactId, outcome: Outcome },
    PromiseMade { promise: PromiseId, kind: PromiseKind, owner: Owner, due: Timestamp },
    PromiseSettled { promise: PromiseId, kind: PromiseKind, settlement: Settlement },
    MatterClosed,
}

impl MatterFile {
    /// Everything in the order of time; what came at the same moment in the order of the file.
    #[must_use]
    pub fn timeline(&self) -> Vec<Moment> {
        let mut moments = vec![Moment { at: self.matter.opened, what: What::MatterOpened }];
        for record in &self.contacts {
            moments.extend(contact_moments(record));
        }
        for record in &self.promises {
            let PromiseRecord { promise, kind, .. } = *record;
            let made = What::PromiseMade { promise, kind, owner: record.owner.clone(), due: record.due };
            moments.push(Moment { at: record.made, what: made });
            if let (Some(at), Some(settlement)) = (record.settled, record.settlement) {
                moments.push(Moment { at, what: What::PromiseSettled { promise, kind, settlement } });
            }
        }
        moments.extend(self.matter.closed.map(|at| Moment { at, what: What::MatterClosed }));
        moments.sort_by_key(|moment| moment.at);
        moments
    }
}

fn contact_moments(record: &ContactRecord) -> Vec<Moment> {
    let contact = record.contact;
    let mut moments = vec![Moment { at: record.arrived, what: What::ContactArrived { contact, channel: record.channel } }];
    // What was written is opened as what rests, and lies there to be read at the same moment: it never rested.
    let rested = |segment: &&Segment| segment.state != ContactState::Resting || segment.until != Some(segment.since);
    for segment in record.segments.iter().filter(rested) {
        let moved = What::ContactMoved { contact, state: segment.state, owner: segment.owner.clone() };
        moments.push(Moment { at: segment.since, what: moved });
    }
    for visit in &record.visits {
        moments.push(Moment { at: visit.entered, what: What::QueueEntered { contact, queue: visit.queue.clone() } });
        if let (Some(at), Some(outcome)) = (visit.ended, visit.outcome) {
            moments.push(Moment { at, what: What::QueueLeft { contact, queue: visit.queue.clone(), outcome } });
        }
    }
    if let (Some(at), Some(outcome)) = (record.closed, &record.outcome) {
        moments.push(Moment { at, what: What::ContactClosed { contact, outcome: outcome.clone() } });
    }
    moments
}

impl Store {
    /// # Errors
    /// [`StoreError::Corrupt`] when a record cannot be read.
    pub async fn matter(&self, matter: MatterId) -> Result<Option<MatterFile>, StoreError> {
        let mut connection = self.database().snapshot().await?;
        let parts = records::matter_parts(&mut connection, matter).await?;
        connection.undo().await?;
        Ok(parts.map(|(record, contacts, promises)| MatterFile { reference: Reference::of(matter), matter: record, contacts, promises }))
    }

    /// The newest matter with this reference.
    ///
    /// # Errors
    /// As [`Store::matter`].
    pub async fn matter_by_reference(&self, reference: Reference) -> Result<Option<MatterFile>, StoreError> {
        let text = "SELECT matter FROM matters WHERE reference = $1 ORDER BY matter DESC LIMIT 1";
        let row: Option<(i64,)> = self.database().read().await?.maybe(sql!(text, reference.digits())).await?;
        match row.and_then(|(matter,)| u64::try_from(matter).ok()) {
            None => Ok(None),
            Some(matter) => self.matter(MatterId(matter)).await,
        }
    }
}
