//! Booked times, as the journal tells of them. The token of a link is made of the booking's number and the deployment's
//! secret each time that it is needed, and stands nowhere.

use crate::{
    Store, StoreError,
    database::{Connection, Transaction, from_row, sql},
    hashing::{canonical, hex, keyed, unhex},
    payloads::caller_key,
    records::PAGE_ROWS_MAX,
};
use domain::{BookingId, MatterId, Timestamp, booking::BookingRecord};
use std::collections::BTreeMap;

/// A link's token: so many bytes of a keyed hash, which nobody can guess, and the booking's number, which nobody can read.
const SEAL_BYTES: usize = 12;
const NUMBER_BYTES: usize = 6;
const TOKEN_DIGITS: usize = 2 * (SEAL_BYTES + NUMBER_BYTES);

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
        let seal = self.seal(booking);
        let number = self.veiled(&seal, booking.0.to_be_bytes());
        hex(&seal) + &hex(&number[number.len() - NUMBER_BYTES..])
    }

    fn seal(&self, booking: BookingId) -> [u8; SEAL_BYTES] {
        let hash = keyed(&self.inner.secret, format!("svar link 1 {booking}").as_bytes());
        std::array::from_fn(|place| hash[place])
    }

    /// The number under a veil that follows from its seal, or from under it: how many bookings there are is nobody's business.
    fn veiled(&self, seal: &[u8; SEAL_BYTES], number: [u8; 8]) -> [u8; 8] {
        let veil = keyed(&self.inner.secret, format!("svar link veil {}", hex(seal)).as_bytes());
        std::array::from_fn(|place| if place < number.len() - NUMBER_BYTES { number[place] } else { number[place] ^ veil[place] })
    }

    /// The booking that this token opens, were there one; none for what is no token of ours.
    fn booking_of_token(&self, token: &str) -> Option<BookingId> {
        let bytes = unhex(&format!("{token:0<64}")).filter(|_| token.len() == TOKEN_DIGITS)?;
        let seal: [u8; SEAL_BYTES] = std::array::from_fn(|place| bytes[place]);
        let mut number = [0; 8];
        number[8 - NUMBER_BYTES..].copy_from_slice(&bytes[SEAL_BYTES..SEAL_BYTES + NUMBER_BYTES]);
        let booking = BookingId(u64::from_be_bytes(self.veiled(&seal, number)));
        // Every byte is looked at, whichever differs: how long it takes tells nothing.
        let difference = self.seal(booking).iter().zip(seal).fold(0, |all, (ours, theirs)| all | (ours ^ theirs));
        (difference == 0).then_some(booking)
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
        let row: Option<(String,)> = match self.booking_of_token(token) {
            Some(booking) => connection.maybe(sql!("SELECT record FROM bookings WHERE booking = $1", int(booking.0))).await?,
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
