//! A booking as the journal tells it.

use super::{BookingState, TimeWanted};
use crate::{BookingId, ContactId, MatterId, PromiseId, Timestamp, routing::Command};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BookingRecord {
    pub booking: BookingId,
    pub wanted: TimeWanted,
    /// When its slot ends.
    pub ends: Timestamp,
    pub state: BookingState,
    /// When the time was first taken.
    pub made: Timestamp,
    /// Until when it is kept for a form.
    pub hold_until: Timestamp,
    /// By which its link is known, and which tells nothing of the link; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// From when it is booked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<MatterId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<PromiseId>,
    /// Whoever answers calls in an interpreter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interpreter: bool,
    /// How often it was moved: what was sent of it before counts no more.
    pub moves: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<Timestamp>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Timestamp>,
}

impl BookingRecord {
    fn end(&mut self, at: Timestamp, state: BookingState) -> bool {
        if !self.state.is_open() || state.is_open() {
            return false;
        }
        (self.state, self.over) = (state, Some(at));
        true
    }
}

/// One is held once, booked once while it is held, and over once; told again it does not fit.
pub(crate) fn apply(bookings: &mut BTreeMap<BookingId, BookingRecord>, at: Timestamp, command: &Command) -> bool {
    if let Command::HoldTime { booking, wanted, ends, until, key } = command {
        let record = BookingRecord {
            booking: *booking,
            wanted: wanted.clone(),
            ends: *ends,
            state: BookingState::Held,
            made: at,
            hold_until: *until,
            key: key.clone(),
            matter: None,
            contact: None,
            promise: None,
            interpreter: false,
            moves: 0,
            reminded: None,
            over: None,
        };
        return match bookings.contains_key(booking) {
            true => false,
            false => bookings.insert(*booking, record).is_none(),
        };
    }
    let Some(record) = of(command).and_then(|booking| bookings.get_mut(&booking)) else { return false };
    match command {
        Command::ReleaseTime { state, .. } => record.state == BookingState::Held && record.end(at, *state),
        Command::BookTime { matter, contact, promise, interpreter, .. } if record.state == BookingState::Held => {
            record.state = BookingState::Booked;
            (record.matter, record.contact, record.promise) = (Some(*matter), Some(*contact), Some(*promise));
            record.interpreter = *interpreter;
            true
        }
        Command::MoveBooking { wanted, ends, promise, .. } if record.state == BookingState::Booked && record.promise != Some(*promise) => {
            (record.wanted, record.ends, record.promise) = (wanted.clone(), *ends, Some(*promise));
            record.moves = record.moves.saturating_add(1);
            record.reminded = None;
            true
        }
        Command::RemindCitizen { .. } if record.state == BookingState::Booked && record.reminded.is_none() => {
            record.reminded = Some(at);
            true
        }
        Command::CancelBooking { .. } => record.state == BookingState::Booked && record.end(at, BookingState::Cancelled),
        Command::EndBooking { state, .. } => record.state == BookingState::Booked && record.end(at, *state),
        _ => false,
    }
}

/// The booking that a command is about.
fn of(command: &Command) -> Option<BookingId> {
    match command {
        Command::ReleaseTime { booking, .. }
        | Command::BookTime { booking, .. }
        | Command::MoveBooking { booking, .. }
        | Command::RemindCitizen { booking, .. }
        | Command::CancelBooking { booking, .. }
        | Command::EndBooking { booking, .. } => Some(*booking),
        _ => None,
    }
}
