//! What happens to a booking after it was made: moved, taken back, met, missed, over.

use super::super::{
    Command,
    router::Router,
    state::{Contact, Phase},
};
use crate::{
    BookingId, ContactId, Timestamp,
    booking::{BookingRecord, BookingState, CancelledBy, Taken, TimeWanted},
    contact::{CallKind, Outcome, Settlement, VisitOutcome},
};
use std::sync::Arc;

impl Router {
    /// To another time of the same kind, if that is free; else everything stays as it is.
    pub(in super::super) fn booking_moved(&mut self, now: Timestamp, booking: BookingId, wanted: &TimeWanted) -> bool {
        let Some(record) = self.bookings.booked(booking).cloned() else { return false };
        let Some(contact) = record.contact.and_then(|id| self.contacts.get(&id)) else { return false };
        let same_kind = record.wanted.wish.is_visit() == wanted.wish.is_visit();
        if !same_kind || record.wanted == *wanted || !contact.phase.is_before_offer() || contact.waited_ms.is_some() {
            return false;
        }
        let Ok(ends) = self.ask_time(now, wanted, Some(booking)) else { return false };
        let (id, matter, before, owner) = (contact.id, contact.matter, contact.promise, contact.owner.clone());
        let promise = self.promise_booked(&BookingRecord { wanted: wanted.clone(), ..record }, matter, owner, ends);
        self.hold(id, promise);
        self.settle(before, Settlement::Replaced);
        let command = Command::MoveBooking { booking, contact: id, wanted: wanted.clone(), ends, promise };
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.region = Some(wanted.wish.region.clone());
            if let Some(call) = contact.call.as_mut() {
                call.move_to(&command);
                contact.queued_since = Some(wanted.slot);
            }
        }
        self.note(now, command);
        self.describe(id);
        Arc::make_mut(&mut self.bookings.diary).take(booking, Taken { wanted: wanted.clone(), ends });
        if self.contacts.get(&id).is_some_and(|contact| contact.call.is_some()) {
            self.end_visit(now, id, VisitOutcome::Diverted);
            self.rest(now, id, wanted.slot, None, true);
        }
        self.keep_for_booked(id);
        self.set_booking_timer(now, booking);
        self.match_all_pairs_anew();
        true
    }

    /// While nobody is being rung for it.
    pub(in super::super) fn booking_cancelled(&mut self, now: Timestamp, booking: BookingId, by: CancelledBy) -> bool {
        let Some(id) = self.bookings.booked(booking).and_then(|record| record.contact) else { return false };
        let offer = match self.contacts.get(&id).filter(|contact| !contact.on_line).map(|contact| &contact.phase) {
            Some(Phase::Resting | Phase::Queued(_)) => None,
            Some(Phase::Offered { offer, .. }) => Some(*offer),
            _ => return false,
        };
        self.note(now, Command::CancelBooking { booking, by });
        self.forget_booking(booking);
        self.end_visit(now, id, VisitOutcome::Deflected);
        self.close(now, id, Outcome::Cancelled, Settlement::Withdrawn);
        if let Some(offer) = offer {
            self.withdraw_offer(now, offer);
        }
        true
    }

    /// Staff of the region says that the visitor was met, or did not come; nobody is missed before their slot begins.
    pub(in super::super) fn visitor(&mut self, now: Timestamp, booking: BookingId, state: BookingState) -> bool {
        let Some(record) = self.bookings.booked(booking).filter(|record| record.wanted.wish.is_visit()) else { return false };
        let is_missed_too_soon = state == BookingState::Missed && now < record.wanted.slot;
        if is_missed_too_soon {
            return false;
        }
        self.visit_over(now, booking, state);
        true
    }

    pub(super) fn visit_over(&mut self, now: Timestamp, booking: BookingId, state: BookingState) {
        let Some(id) = self.bookings.booked(booking).and_then(|record| record.contact) else { return };
        let (outcome, settlement) = match state {
            BookingState::Kept => (Outcome::Helped, Settlement::Kept),
            // Who did not come is owed nothing more, and is told how to book anew.
            _ => (Outcome::Missed, Settlement::Withdrawn),
        };
        self.note(now, Command::EndBooking { booking, state });
        self.forget_booking(booking);
        self.close(now, id, outcome, settlement);
    }

    /// The contact of a booking has closed: the booking is over with it.
    pub(in super::super) fn booking_closed(&mut self, now: Timestamp, contact: &Contact, outcome: &Outcome) {
        let Some(booking) = self.bookings.by_contact.get(&contact.id).copied() else { return };
        let state = match outcome {
            _ if contact.waited_ms.is_some() => BookingState::Kept,
            Outcome::NotReached => BookingState::Missed,
            _ => BookingState::Ended,
        };
        self.note(now, Command::EndBooking { booking, state });
        self.forget_booking(booking);
    }

    /// How long until a booked call is tried again: soon while its time is not over, so that all attempts of a day
    /// fall into it; then as any call that is owed.
    pub(in super::super) fn booked_gap_ms(&self, now: Timestamp, id: ContactId, attempts_max: u8, gap_ms: u64) -> u64 {
        let contact = self.contacts.get(&id).and_then(|contact| contact.call.as_ref());
        let is_booked = contact.is_some_and(|call| call.kind == CallKind::Booked);
        let Some(record) = self.bookings.of_contact(id).filter(|_| is_booked) else { return gap_ms };
        let grace_ms = self.booking_manner().grace_ms;
        match now < record.ends.plus_ms(grace_ms) {
            true => (grace_ms / u64::from(attempts_max.max(1))).min(gap_ms),
            false => gap_ms,
        }
    }
}
