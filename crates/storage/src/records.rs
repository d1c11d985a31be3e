//! Contacts, matters and promises as they are now. They are written with the journal entry that
//! changed them and can be recomputed from it; `svar journal verify` does.

use crate::{
    Store, StoreError, bookings,
    database::{Connection, Transaction, from_row, sql},
    hashing::canonical,
    surveys,
};
use domain::{
    ClassId, ContactId, MatterId, OperatorId, PromiseId, QueueId, RegionId, Timestamp,
    contact::{
        Channel, ContactState, Owner, PromiseKind, Reference, Settlement,
        ledger::{ContactRecord, Ledger, MatterRecord, PromiseRecord},
    },
    intent::Intent,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Most rows in one page of contacts or promises.
pub const PAGE_ROWS_MAX: u32 = 1_000;

/// Which contacts are asked for; none of a kind means all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ContactFilter {
    pub open: Option<bool>,
    pub state: Option<ContactState>,
    pub channel: Option<Channel>,
    pub region: Option<RegionId>,
    pub queue: Option<QueueId>,
    pub intent: Option<Intent>,
    pub operator: Option<OperatorId>,
    pub matter: Option<MatterId>,
}

/// A contact in a list, with what is owed next in its matter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ContactRow {
    pub reference: Reference,
    pub record: ContactRecord,
    pub next_promise: Option<PromiseRecord>,
}

/// A row of `contacts`: the record, and beside it what is searched by.
#[derive(PartialEq)]
pub struct StoredContact {
    pub contact: i64,
    matter: i64,
    channel: String,
    state: String,
    region: Option<String>,
    queue: Option<String>,
    intent: Option<String>,
    operator: Option<i64>,
    arrived: i64,
    closed: Option<i64>,
    outcome: Option<String>,
    record: String,
}
from_row!(StoredContact: contact, matter, channel, state, region, queue, intent, operator, arrived, closed, outcome, record);

#[derive(PartialEq)]
pub struct StoredMatter {
    pub matter: i64,
    reference: String,
    opened: i64,
    closed: Option<i64>,
    decided_by: Option<String>,
}
from_row!(StoredMatter: matter, reference, opened, closed, decided_by);

#[derive(PartialEq)]
pub struct StoredPromise {
    pub promise: i64,
    matter: i64,
    kind: String,
    owner: String,
    made: i64,
    due: i64,
    settled: Option<i64>,
    settlement: Option<String>,
    paused: Option<i64>,
    ring_back: Option<i64>,
}
from_row!(StoredPromise: promise, matter, kind, owner, made, due, settled, settlement, paused, ring_back);

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn id(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    let value = serde_json::to_value(value).map_err(|_| StoreError::Corrupt("a record cannot be written as JSON".to_owned()))?;
    Ok(canonical(&value))
}

pub fn read_contact(record: &str) -> Result<ContactRecord, StoreError> {
    serde_json::from_str(record).map_err(|_| StoreError::Corrupt("the record of a contact cannot be read".to_owned()))
}

impl StoredContact {
    pub fn of(record: &ContactRecord) -> Result<Self, StoreError> {
        Ok(Self {
            contact: int(record.contact.0),
            matter: int(record.matter.0),
            channel: record.channel.word().to_owned(),
            state: record.state.word().to_owned(),
            region: record.region.as_ref().map(ToString::to_string),
            queue: record.queue().map(ToString::to_string),
            intent: record.intent.map(|intent| intent.word().to_owned()),
            operator: record.operator.map(|operator| int(operator.0)),
            arrived: record.arrived.0,
            closed: record.closed.map(|at| at.0),
            outcome: record.outcome.as_ref().map(domain::contact::Outcome::word),
            record: to_json(record)?,
        })
    }
}

impl StoredMatter {
    pub fn of(record: &MatterRecord) -> Result<Self, StoreError> {
        Ok(Self {
            matter: int(record.matter.0),
            reference: Reference::of(record.matter).digits(),
            opened: record.opened.0,
            closed: record.closed.map(|at| at.0),
            decided_by: record.decided_by.as_ref().map(to_json).transpose()?,
        })
    }

    fn read(self) -> Result<MatterRecord, StoreError> {
        let unreadable = |_| StoreError::Corrupt(format!("matter {} cannot be read", self.matter));
        Ok(MatterRecord {
            matter: MatterId(id(self.matter)),
            opened: Timestamp(self.opened),
            closed: self.closed.map(Timestamp),
            decided_by: self.decided_by.map(|owner| serde_json::from_str(&owner)).transpose().map_err(unreadable)?,
        })
    }
}

impl StoredPromise {
    pub fn of(record: &PromiseRecord) -> Result<Self, StoreError> {
        Ok(Self {
            promise: int(record.promise.0),
            matter: int(record.matter.0),
            kind: record.kind.word().to_owned(),
            owner: to_json(&record.owner)?,
            made: record.made.0,
            due: record.due.0,
            settled: record.settled.map(|at| at.0),
            settlement: record.settlement.map(|settlement| settlement.word().to_owned()),
            paused: record.paused.map(|at| at.0),
            ring_back: record.ring_back.map(|contact| int(contact.0)),
        })
    }

    fn read(self) -> Result<PromiseRecord, StoreError> {
        let unreadable = || StoreError::Corrupt(format!("promise {} cannot be read", self.promise));
        let owner: Owner = serde_json::from_str(&self.owner).map_err(|_| unreadable())?;
        Ok(PromiseRecord {
            promise: PromiseId(id(self.promise)),
            matter: MatterId(id(self.matter)),
            kind: PromiseKind::from_word(&self.kind).ok_or_else(unreadable)?,
            owner,
            made: Timestamp(self.made),
            due: Timestamp(self.due),
            settled: self.settled.map(Timestamp),
            settlement: match &self.settlement {
                None => None,
                Some(word) => Some(Settlement::from_word(word).ok_or_else(unreadable)?),
            },
            paused: self.paused.map(Timestamp),
            ring_back: self.ring_back.map(|contact| ContactId(id(contact))),
        })
    }
}

pub async fn put_contact(transaction: &mut Transaction, record: &ContactRecord) -> Result<(), StoreError> {
    let text = "INSERT INTO contacts (contact, matter, channel, state, region, queue, intent, operator, arrived, closed, outcome, record) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                ON CONFLICT (contact) DO UPDATE SET matter = excluded.matter, channel = excluded.channel, state = excluded.state, \
                region = excluded.region, queue = excluded.queue, intent = excluded.intent, operator = excluded.operator, \
                arrived = excluded.arrived, closed = excluded.closed, outcome = excluded.outcome, record = excluded.record";
    let row = StoredContact::of(record)?;
    let statement = sql!(
        text,
        row.contact,
        row.matter,
        row.channel,
        row.state,
        row.region,
        row.queue,
        row.intent,
        row.operator,
        row.arrived,
        row.closed,
        row.outcome,
        row.record
    );
    transaction.execute(statement).await.map(drop)
}

/// Writes anew the records of contacts that had their text message by itself, so that they are as the journal gives them.
pub async fn rewrite_messages(transaction: &mut Transaction) -> Result<(), StoreError> {
    let rows: Vec<(String,)> = transaction.all(sql!("SELECT record FROM contacts WHERE contact IN (SELECT contact FROM messages)")).await?;
    for (record,) in rows {
        put_contact(transaction, &read_contact(&record)?).await?;
    }
    Ok(())
}

pub async fn put_matter(transaction: &mut Transaction, record: &MatterRecord) -> Result<(), StoreError> {
    let text = "INSERT INTO matters (matter, reference, opened, closed, decided_by) VALUES ($1, $2, $3, $4, $5) \
                ON CONFLICT (matter) DO UPDATE SET reference = excluded.reference, opened = excluded.opened, closed = excluded.closed, \
                decided_by = excluded.decided_by";
    let row = StoredMatter::of(record)?;
    transaction.execute(sql!(text, row.matter, row.reference, row.opened, row.closed, row.decided_by)).await.map(drop)
}

pub async fn put_promise(transaction: &mut Transaction, record: &PromiseRecord) -> Result<(), StoreError> {
    let text = "INSERT INTO promises (promise, matter, kind, owner, made, due, settled, settlement, paused, ring_back) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                ON CONFLICT (promise) DO UPDATE SET matter = excluded.matter, kind = excluded.kind, owner = excluded.owner, \
                made = excluded.made, due = excluded.due, settled = excluded.settled, settlement = excluded.settlement, \
                paused = excluded.paused, ring_back = excluded.ring_back";
    let row = StoredPromise::of(record)?;
    let statement =
        sql!(text, row.promise, row.matter, row.kind, row.owner, row.made, row.due, row.settled, row.settlement, row.paused, row.ring_back);
    transaction.execute(statement).await.map(drop)
}

pub async fn put_surge(transaction: &mut Transaction, class: &ClassId, until: Option<Timestamp>) -> Result<(), StoreError> {
    let class = class.as_str().to_owned();
    let statement = match until {
        Some(until) => {
            let text = "INSERT INTO surges (class, until) VALUES ($1, $2) ON CONFLICT (class) DO UPDATE SET until = excluded.until";
            sql!(text, class, until.0)
        }
        None => sql!("DELETE FROM surges WHERE class = $1", class),
    };
    transaction.execute(statement).await.map(drop)
}

/// All that are declared, by class.
pub async fn surges(connection: &mut Connection) -> Result<BTreeMap<ClassId, Timestamp>, StoreError> {
    let rows: Vec<(String, i64)> = connection.all(sql!("SELECT class, until FROM surges")).await?;
    Ok(rows.into_iter().map(|(class, until)| (ClassId::new(&class), Timestamp(until))).collect())
}

pub async fn contact(connection: &mut Connection, contact: ContactId) -> Result<Option<ContactRecord>, StoreError> {
    let row: Option<(String,)> = connection.maybe(sql!("SELECT record FROM contacts WHERE contact = $1", contact)).await?;
    row.map(|(record,)| read_contact(&record)).transpose()
}

/// Contacts after `after` by number, for walking all of them.
pub async fn contacts_page(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<StoredContact>, StoreError> {
    let text = "SELECT contact, matter, channel, state, region, queue, intent, operator, arrived, closed, outcome, record \
                FROM contacts WHERE contact > $1 ORDER BY contact LIMIT $2";
    connection.all(sql!(text, after, i64::from(limit))).await
}

pub async fn matters_page(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<StoredMatter>, StoreError> {
    let text = "SELECT matter, reference, opened, closed, decided_by FROM matters WHERE matter > $1 ORDER BY matter LIMIT $2";
    connection.all(sql!(text, after, i64::from(limit))).await
}

pub async fn promises_page(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<StoredPromise>, StoreError> {
    let text = "SELECT promise, matter, kind, owner, made, due, settled, settlement, paused, ring_back FROM promises \
                WHERE promise > $1 ORDER BY promise LIMIT $2";
    connection.all(sql!(text, after, i64::from(limit))).await
}

/// What one matter consists of.
pub async fn matter_parts(
    connection: &mut Connection,
    matter: MatterId,
) -> Result<Option<(MatterRecord, Vec<ContactRecord>, Vec<PromiseRecord>)>, StoreError> {
    let text = "SELECT matter, reference, opened, closed, decided_by FROM matters WHERE matter = $1";
    let Some(row): Option<StoredMatter> = connection.maybe(sql!(text, matter)).await? else { return Ok(None) };
    let contacts: Vec<(String,)> = connection.all(sql!("SELECT record FROM contacts WHERE matter = $1 ORDER BY contact", matter)).await?;
    let text = "SELECT promise, matter, kind, owner, made, due, settled, settlement, paused, ring_back FROM promises WHERE matter = $1 ORDER BY promise";
    let promises: Vec<StoredPromise> = connection.all(sql!(text, matter)).await?;
    let contacts = contacts.iter().map(|(record,)| read_contact(record)).collect::<Result<_, _>>()?;
    let promises = promises.into_iter().map(StoredPromise::read).collect::<Result<_, _>>()?;
    Ok(Some((row.read()?, contacts, promises)))
}

impl Store {
    /// What is open: open matters with all their contacts and promises, as
    /// [`Ledger::forget_closed`] leaves it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a record cannot be read.
    pub async fn load_ledger(&self) -> Result<Ledger, StoreError> {
        let mut connection = self.database().snapshot().await?;
        let mut ledger = Ledger::default();
        let matters: Vec<StoredMatter> =
            connection.all(sql!("SELECT matter, reference, opened, closed, decided_by FROM matters WHERE closed IS NULL")).await?;
        let contacts: Vec<(String,)> = connection
            .all(sql!(
                "SELECT record FROM contacts WHERE closed IS NULL OR matter IN (SELECT matter FROM matters WHERE closed IS NULL) \
                       OR contact IN (SELECT contact FROM messages WHERE state = 'owed') \
                       OR contact IN (SELECT contact FROM surveys WHERE state = 'awaited')"
            ))
            .await?;
        let text = "SELECT promise, matter, kind, owner, made, due, settled, settlement, paused, ring_back FROM promises \
                    WHERE settled IS NULL OR matter IN (SELECT matter FROM matters WHERE closed IS NULL)";
        let promises: Vec<StoredPromise> = connection.all(sql!(text)).await?;
        ledger.surges = surges(&mut connection).await?;
        ledger.bookings = bookings::open(&mut connection).await?;
        ledger.surveys = surveys::awaited(&mut connection).await?;
        connection.undo().await?;
        for row in matters {
            let record = row.read()?;
            ledger.matters.insert(record.matter, record);
        }
        for (record,) in contacts {
            let record = read_contact(&record)?;
            ledger.contacts.insert(record.contact, record);
        }
        for row in promises {
            let record = row.read()?;
            ledger.promises.insert(record.promise, record);
        }
        Ok(ledger)
    }

    /// Contacts, newest first, before contact `before` when one is given; at most `limit` (and 1,000).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a record cannot be read.
    pub async fn contacts(&self, filter: &ContactFilter, limit: u32, before: Option<ContactId>) -> Result<Vec<ContactRow>, StoreError> {
        let mut connection = self.database().snapshot().await?;
        let text = "SELECT record FROM contacts WHERE contact < $1 \
                    AND ($2 IS NULL OR (closed IS NULL) = ($2 = 1)) AND ($3 IS NULL OR state = $3) AND ($4 IS NULL OR channel = $4) \
                    AND ($5 IS NULL OR region = $5) AND ($6 IS NULL OR queue = $6) AND ($7 IS NULL OR intent = $7) \
                    AND ($8 IS NULL OR operator = $8) AND ($9 IS NULL OR matter = $9) ORDER BY contact DESC LIMIT $10";
        let rows: Vec<(String,)> = connection
            .all(sql!(
                text,
                before.map_or(i64::MAX, |before| int(before.0)),
                filter.open.map(i64::from),
                filter.state.map(ContactState::word),
                filter.channel.map(Channel::word),
                filter.region.as_ref().map(RegionId::as_str),
                filter.queue.as_ref().map(QueueId::as_str),
                filter.intent.map(Intent::word),
                filter.operator,
                filter.matter,
                i64::from(limit.min(PAGE_ROWS_MAX))
            ))
            .await?;
        let records = rows.iter().map(|(record,)| read_contact(record)).collect::<Result<Vec<_>, _>>()?;
        let owed = open_promises_between(&mut connection, &records).await?;
        connection.undo().await?;
        // A matter with two contacts on the page owes both the same.
        let row = |record: ContactRecord| ContactRow {
            reference: Reference::of(record.matter),
            next_promise: owed.get(&record.matter).cloned(),
            record,
        };
        Ok(records.into_iter().map(row).collect())
    }

    /// Open promises, earliest due first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a record cannot be read.
    pub async fn open_promises(&self, limit: u32) -> Result<Vec<PromiseRecord>, StoreError> {
        let text = "SELECT promise, matter, kind, owner, made, due, settled, settlement, paused, ring_back FROM promises \
                    WHERE settled IS NULL ORDER BY due, promise LIMIT $1";
        let rows: Vec<StoredPromise> = self.database().read().await?.all(sql!(text, i64::from(limit.min(PAGE_ROWS_MAX)))).await?;
        rows.into_iter().map(StoredPromise::read).collect()
    }
}

/// What was owed at a time, for figures that begin there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OwedAt {
    /// Made before it and open then, as they are now.
    pub promises: Vec<PromiseRecord>,
    /// Calls that we owed then, with what each keeps now.
    pub calls: Vec<(ContactId, PromiseId)>,
}

impl Store {
    /// Promises and calls of before `at` that were still owed then.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a record cannot be read.
    pub async fn owed_at(&self, at: Timestamp) -> Result<OwedAt, StoreError> {
        let mut connection = self.database().snapshot().await?;
        let text = "SELECT promise, matter, kind, owner, made, due, settled, settlement, paused, ring_back FROM promises \
                    WHERE made < $1 AND (settled IS NULL OR settled >= $2) ORDER BY promise";
        let promises: Vec<StoredPromise> = connection.all(sql!(text, at, at)).await?;
        let text = "SELECT record FROM contacts WHERE channel = $1 AND arrived < $2 AND (closed IS NULL OR closed >= $3) ORDER BY contact";
        let contacts: Vec<(String,)> = connection.all(sql!(text, Channel::CallBack.word(), at, at)).await?;
        connection.undo().await?;
        let records = contacts.iter().map(|(record,)| read_contact(record)).collect::<Result<Vec<_>, _>>()?;
        let call = |record: &ContactRecord| Some((record.contact, record.call.as_ref()?.promise));
        Ok(OwedAt {
            promises: promises.into_iter().map(StoredPromise::read).collect::<Result<_, _>>()?,
            calls: records.iter().filter_map(call).collect(),
        })
    }
}

/// The next promise of every matter with a contact between the newest and the oldest given.
async fn open_promises_between(
    connection: &mut Connection,
    records: &[ContactRecord],
) -> Result<BTreeMap<MatterId, PromiseRecord>, StoreError> {
    let (Some(newest), Some(oldest)) = (records.first(), records.last()) else { return Ok(BTreeMap::new()) };
    let text = "SELECT promise, matter, kind, owner, made, due, settled, settlement, paused, ring_back FROM promises WHERE settled IS NULL \
                AND matter IN (SELECT matter FROM contacts WHERE contact >= $1 AND contact <= $2) ORDER BY due, promise";
    let rows: Vec<StoredPromise> = connection.all(sql!(text, oldest.contact, newest.contact)).await?;
    let mut next = BTreeMap::new();
    for row in rows {
        let promise = row.read()?;
        next.entry(promise.matter).or_insert(promise);
    }
    Ok(next)
}
