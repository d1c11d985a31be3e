//! Who reads what of a citizen, and when that was last written to the access log. A desk is drawn anew
//! many times a second while somebody talks; that is one reading, not many, and the one connection
//! that writes the journal must not be kept busy by it. What a person opens is logged each time.

use domain::{ContactId, OperatorId, Timestamp, time::MINUTE_MS};
use std::collections::BTreeMap;

/// How long a reading that goes on counts as the same one.
const READING_RENEWED_MS: u64 = 5 * MINUTE_MS;
/// Readings remembered over all readers; beyond this the oldest is forgotten and logged again.
const READINGS_MAX: usize = 20_000;

/// Why somebody reads what is known of a citizen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Purpose {
    /// The contact is offered to them.
    Ring,
    /// They speak with the citizen, or the citizen waits for them.
    Talk,
    /// They finish the record of the conversation.
    WrapUp,
    /// They owe the citizen something.
    Promise,
    /// They opened what they asked for by its number.
    Search,
    /// They were shown the newer text of somebody else, who wrote at the same time.
    Conflict,
}

impl Purpose {
    /// Whether the page is drawn again and again for it by itself, rather than opened by somebody.
    fn goes_on(self) -> bool {
        match self {
            Self::Ring | Self::Talk | Self::WrapUp => true,
            Self::Promise | Self::Search | Self::Conflict => false,
        }
    }

    /// As it stands in the access log.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Talk => "talk",
            Self::WrapUp => "wrap_up",
            Self::Promise => "promise",
            Self::Search => "search",
            Self::Conflict => "conflict",
        }
    }
}

/// What is read of a contact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Caller,
    Report,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Report => "report",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Reading {
    pub reader: OperatorId,
    pub contact: ContactId,
    pub kind: Kind,
    pub purpose: Purpose,
}

/// The readings that are in the access log, as far back as matters. Empty after a start, so that
/// every reading is then logged again.
#[derive(Default)]
pub(crate) struct Readings(BTreeMap<Reading, Timestamp>);

impl Readings {
    /// Whether the log holds this reading already, so that it may go on unwritten.
    pub fn is_logged(&self, reading: &Reading, now: Timestamp) -> bool {
        reading.purpose.goes_on() && self.0.get(reading).is_some_and(|logged| now.since_ms(*logged) < READING_RENEWED_MS)
    }

    /// Only once it is safely in the log.
    pub fn logged(&mut self, reading: Reading, now: Timestamp) {
        if !reading.purpose.goes_on() {
            return;
        }
        if self.0.len() >= READINGS_MAX {
            self.0.retain(|_, logged| now.since_ms(*logged) < READING_RENEWED_MS);
        }
        if self.0.len() >= READINGS_MAX {
            let oldest = self.0.iter().min_by_key(|(_, logged)| **logged).map(|(reading, _)| *reading);
            oldest.and_then(|oldest| self.0.remove(&oldest));
        }
        self.0.insert(reading, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(reader: u64, contact: u64) -> Reading {
        Reading { reader: OperatorId(reader), contact: ContactId(contact), kind: Kind::Caller, purpose: Purpose::Talk }
    }

    #[test]
    fn a_reading_that_goes_on_is_one_until_it_is_renewed() {
        let mut readings = Readings::default();
        let (start, last) = (Timestamp(1_000), Timestamp(1_000).plus_ms(READING_RENEWED_MS - 1));
        let first = reading(1, 7);
        assert!(!readings.is_logged(&first, start));
        readings.logged(first, start);
        assert!(readings.is_logged(&first, last));
        assert!(!readings.is_logged(&first, last.plus_ms(1)), "also when it never stopped");
        for other in [reading(2, 7), reading(1, 8), Reading { kind: Kind::Report, ..first }, Reading { purpose: Purpose::Ring, ..first }] {
            assert!(!readings.is_logged(&other, start), "{other:?}");
        }
    }

    #[test]
    fn what_somebody_opens_is_logged_each_time() {
        let mut readings = Readings::default();
        for (purpose, once) in [
            (Purpose::Ring, true),
            (Purpose::Talk, true),
            (Purpose::WrapUp, true),
            (Purpose::Promise, false),
            (Purpose::Search, false),
            (Purpose::Conflict, false),
        ] {
            let opened = Reading { purpose, ..reading(1, 7) };
            readings.logged(opened, Timestamp(0));
            assert_eq!(readings.is_logged(&opened, Timestamp(1)), once, "{purpose:?}");
        }
    }

    #[test]
    fn what_is_remembered_has_a_limit() {
        let mut readings = Readings::default();
        let most = READINGS_MAX as u64;
        for contact in 0..=most {
            readings.logged(reading(1, contact), Timestamp(i64::try_from(contact).unwrap_or(0)));
        }
        let now = Timestamp(i64::try_from(most).unwrap_or(0));
        assert_eq!(readings.0.len(), READINGS_MAX);
        assert!(!readings.is_logged(&reading(1, 0), now), "the oldest is logged again");
        assert!(readings.is_logged(&reading(1, 1), now) && readings.is_logged(&reading(1, most), now));
        // Those whose time is over make room first.
        let later = now.plus_ms(READING_RENEWED_MS);
        readings.logged(reading(2, 1), later);
        assert_eq!(readings.0.len(), 1);
    }
}
