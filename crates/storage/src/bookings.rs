//! Booked times, as the journal tells of them.

use crate::{
    Store, StoreError,
    database::{Connection, Transaction, from_row, sql},
    hashing::{canonical, hex, keyed},
    links::Opens,
    payloads::caller_key,
    records::PAGE_ROWS_MAX,
};
use domain::{BookingId, MatterId, Timestamp, booking::BookingRecord};
use std::collections::BTreeMap;

/// A row of `bookings`: the record, and beside it what is searched by.
#[derive(PartialEq)]
pub struct StoredBooking {
    pub booking: i64,
    state: String,
    queue: String,
    area: String,
    desk: Option<String>,
    slot: i64,
    hold_until: i64,
    matter: Option<i64>,
    contact: Option<i64>,
    link_key: Option<String>,
    record: String,
}
from_row!(StoredBooking: booking, state, queue, area, desk, slot, hold_until, matter, contact, link_key, record);

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl StoredBooking {
    pub fn of(record: &BookingRecord) -> Result<Self, StoreError> {
        let whole = serde_json::to_value(record).map_err(|_| StoreError::Corrupt("a booking cannot be written as JSON".to_owned()))?;
        let wish = &record.wanted.wish;
        Ok(Self {
            booking: int(record.booking.0),
            state: record.state.word().to_owned(),
            queue: wish.queue().to_string(),
            area: wish.region.to_string(),
            desk: wish.desk.as_ref().map(ToString::to_string),
            slot: record.wanted.slot.0,
            hold_until: record.hold_until.0,
            matter: record.matter.map(|matter| int(matter.0)),
            contact: record.contact.map(|contact| int(contact.0)),
            link_key: record.key.clone(),
            record: canonical(&whole),
        })
    }
}

fn read(record: &str) -> Result<BookingRecord, StoreError> {
    serde_json::from_str(record).map_err(|_| StoreError::Corrupt("the record of a booking cannot be read".to_owned()))
}

pub async fn put(transaction: &mut Transaction, record: &BookingRecord) -> Result<(), StoreError> {
    let text = "INSERT INTO bookings (booking, state, queue, area, desk, slot, hold_until, matter, contact, link_key, record) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                ON CONFLICT (booking) DO UPDATE SET state = excluded.state, queue = excluded.queue, area = excluded.area, \
                desk = excluded.desk, slot = excluded.slot, hold_until = excluded.hold_until, matter = excluded.matter, \
                contact = excluded.contact, link_key = excluded.link_key, record = excluded.record";
    let row = StoredBooking::of(record)?;
    let statement = sql!(
        text,
        row.booking,
        row.state,
        row.queue,
        row.area,
        row.desk,
        row.slot,
        row.hold_until,
        row.matter,
        row.contact,
        row.link_key,
        row.record
    );
    transaction.execute(statement).await.map(drop)
}

/// Those after `after` by number, for walking all of them.
pub async fn page(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<StoredBooking>, StoreError> {
    let text = "SELECT booking, state, queue, area, desk, slot, hold_until, matter, contact, link_key, record \
                FROM bookings WHERE booking > $1 ORDER BY booking LIMIT $2";
    connection.all(sql!(text, after, i64::from(limit))).await
}

/// Those that are held or booked.
pub async fn open(connection: &mut Connection) -> Result<BTreeMap<BookingId, BookingRecord>, StoreError> {
    let rows: Vec<(String,)> = connection.all(sql!("SELECT record FROM bookings WHERE state IN ('held', 'booked')")).await?;
    rows.iter().map(|(record,)| read(record).map(|record| (record.booking, record))).collect()
}

impl Store {
    /// What opens a booking, each time the same; nobody can make it without the deployment's secret. Numbers from 2^48 on
    /// have none that leads to them.
    #[must_use]
    pub fn booking_token(&self, booking: BookingId) -> String {
        Opens::Booking.token(&self.inner.secret, booking.0)
    }

    /// By which calendars know the appointment: the same for each file of a booking, and it tells nothing of the link.
    #[must_use]
    pub fn appointment_uid(&self, booking: BookingId) -> String {
        let hash = keyed(&self.inner.secret, format!("svar calendar {booking}").as_bytes());
        format!("{}@svar", hex(&hash[..16]))
    }

    /// By which a link of before is known, whose token was drawn and not made.
    #[must_use]
    pub fn booking_key(&self, token: &str) -> String {
        hex(&keyed(&self.inner.secret, format!("svar booking {token}").as_bytes()))
    }

    /// The booking of a link, whatever became of it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be read.
    pub async fn booking_of_link(&self, token: &str) -> Result<Option<BookingRecord>, StoreError> {
        let mut connection = self.database().read().await?;
        let row: Option<(String,)> = match Opens::Booking.number(&self.inner.secret, token) {
            Some(booking) => connection.maybe(sql!("SELECT record FROM bookings WHERE booking = $1", int(booking))).await?,
            None => connection.maybe(sql!("SELECT record FROM bookings WHERE link_key = $1", self.booking_key(token))).await?,
        };
        row.map(|(record,)| read(&record)).transpose()
    }

    /// Those whose slot begins from the first until before the second point in time, earliest first; at most `limit`
    /// (and 1,000). Holds are none of them.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one cannot be read.
    pub async fn bookings_between(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<BookingRecord>, StoreError> {
        let text = "SELECT record FROM bookings WHERE slot >= $1 AND slot < $2 AND contact IS NOT NULL ORDER BY slot, booking LIMIT $3";
        let statement = sql!(text, from, to, i64::from(limit.min(PAGE_ROWS_MAX)));
        let rows: Vec<(String,)> = self.database().read().await?.all(statement).await?;
        rows.iter().map(|(record,)| read(record)).collect()
    }

    /// Those that are booked by whoever gives this number or address, or of this matter; earliest first, at most 100.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one cannot be read.
    pub async fn open_bookings_of(&self, number: Option<&str>, matter: Option<MatterId>) -> Result<Vec<BookingRecord>, StoreError> {
        // No key is empty and no matter below nought: what is not asked for finds none.
        let matter = matter.map_or(-1, |matter| int(matter.0));
        let key = number.and_then(|number| caller_key(&self.inner.secret, number)).unwrap_or_default();
        let text = "SELECT record FROM bookings WHERE state = 'booked' \
                    AND (matter = $2 OR contact IN (SELECT contact FROM payloads WHERE caller_key = $1)) ORDER BY slot, booking LIMIT 100";
        let rows: Vec<(String,)> = self.database().read().await?.all(sql!(text, key, matter)).await?;
        rows.iter().map(|(record,)| read(record)).collect()
    }
}
