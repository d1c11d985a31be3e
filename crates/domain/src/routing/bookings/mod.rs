//! Booked times: given away one by one, kept, moved, taken back. A hold is a place in a slot and nothing else; what is
//! booked has a contact that rests until its slot, a promise that falls due after it, and nobody is rung before it.
//!
//! A plan that takes capacity away sells no more of it, and takes nothing back: what was booked is kept.

mod course;
mod open;

use super::{
    Command, Event,
    reserved::Reserved,
    router::Router,
    state::{Contact, Phase},
    timers::Timer,
};
use crate::{
    BookingId, ContactId, Timestamp,
    booking::{self, BookingRecord, BookingState, Diary, Taken, TimeWanted, Unbookable},
    contact::{Template, ledger::Ledger},
    time::MINUTE_MS,
};
use std::{collections::BTreeMap, sync::Arc};

pub(super) use open::Opening;

/// Those that are open, and what they take.
#[derive(Clone, Default)]
pub(super) struct Bookings {
    pub diary: Arc<Diary>,
    pub records: BTreeMap<BookingId, BookingRecord>,
    pub by_contact: BTreeMap<ContactId, BookingId>,
}

impl Bookings {
    pub fn of(ledger: &Ledger) -> Self {
        let mut bookings = Self::default();
        for record in ledger.bookings.values().filter(|record| record.state.is_open()) {
            bookings.by_contact.extend(record.contact.map(|contact| (contact, record.booking)));
            let taken = Taken { wanted: record.wanted.clone(), ends: record.ends };
            Arc::make_mut(&mut bookings.diary).take(record.booking, taken);
            bookings.records.insert(record.booking, record.clone());
        }
        bookings
    }

    pub fn of_contact(&self, contact: ContactId) -> Option<&BookingRecord> {
        self.records.get(self.by_contact.get(&contact)?)
    }

    fn booked(&self, booking: BookingId) -> Option<&BookingRecord> {
        self.records.get(&booking).filter(|record| record.state == BookingState::Booked)
    }
}

/// How booked times are kept.
struct Manner {
    hold_ms: u64,
    grace_ms: u64,
    remind_ms: u64,
    keep_ms: u64,
}

impl Router {
    /// As the plan says. A plan that offers none any more still owes those that were booked under another.
    fn booking_manner(&self) -> Manner {
        let owed_all_the_same = Manner { hold_ms: 0, grace_ms: 15 * MINUTE_MS, remind_ms: 0, keep_ms: 0 };
        self.plan.bookings.as_ref().map_or(owed_all_the_same, |rule| Manner {
            hold_ms: rule.hold_ms,
            grace_ms: rule.grace_ms,
            remind_ms: rule.remind_ms,
            keep_ms: rule.keep_ms,
        })
    }

    /// Whether a time can be had now, and when it ends; for a booking that would move there, its own place is no obstacle.
    ///
    /// # Errors
    /// Why not.
    pub fn ask_time(&self, now: Timestamp, wanted: &TimeWanted, own: Option<BookingId>) -> Result<Timestamp, Unbookable> {
        self.bookings.diary.ask(&self.plan, now, wanted, own)
    }

    /// An open booking.
    #[must_use]
    pub fn booking(&self, booking: BookingId) -> Option<&BookingRecord> {
        self.bookings.records.get(&booking)
    }

    pub(super) fn booking_event(&mut self, now: Timestamp, event: &Event) -> bool {
        match event {
            Event::TimeHeld { booking, wanted, key } => self.time_held(now, *booking, wanted, key.as_ref()),
            Event::HoldLeft { booking } => self.release_time(now, *booking, BookingState::Left),
            Event::TimeBooked { booking, matter, contact, language, intent, interpreter, reached, at_desk } => {
                let (matter, contact, language, intent, interpreter) = (*matter, *contact, *language, *intent, *interpreter);
                let (reached, of) = (*reached, at_desk.map(|desk| desk.contact));
                let opening = Opening { matter, contact, language, intent, interpreter, reached, from: None, of };
                at_desk.is_none_or(|desk| self.may_book_for(desk, matter)) && self.time_booked(now, *booking, opening)
            }
            Event::BookingMoved { booking, wanted, .. } => self.booking_moved(now, *booking, wanted),
            Event::BookingCancelled { booking, by, .. } => self.booking_cancelled(now, *booking, *by),
            Event::VisitorMet { booking, .. } => self.visitor(now, *booking, BookingState::Kept),
            Event::VisitorMissed { booking, .. } => self.visitor(now, *booking, BookingState::Missed),
            _ => false,
        }
    }

    /// Records what was decided about a booking, and remembers it as the ledger does.
    fn note(&mut self, now: Timestamp, command: Command) {
        let _ = booking::apply(&mut self.bookings.records, now, &command);
        self.out.push(command);
    }

    pub(super) fn time_held(&mut self, now: Timestamp, booking: BookingId, wanted: &TimeWanted, key: Option<&String>) -> bool {
        if booking.0 < self.ids.booking {
            return false;
        }
        let Ok(ends) = self.ask_time(now, wanted, None) else { return false };
        self.ids.pass_booking(booking);
        let until = now.plus_ms(self.booking_manner().hold_ms);
        self.note(now, Command::HoldTime { booking, wanted: wanted.clone(), ends, until, key: key.cloned() });
        Arc::make_mut(&mut self.bookings.diary).take(booking, Taken { wanted: wanted.clone(), ends });
        self.timers.set(Timer::Booking(booking), until);
        true
    }

    pub(super) fn release_time(&mut self, now: Timestamp, booking: BookingId, state: BookingState) -> bool {
        if self.bookings.records.get(&booking).is_none_or(|record| record.state != BookingState::Held) {
            return false;
        }
        self.note(now, Command::ReleaseTime { booking, state });
        self.forget_booking(booking);
        true
    }

    /// Its place is free again.
    fn forget_booking(&mut self, booking: BookingId) {
        Arc::make_mut(&mut self.bookings.diary).release(booking);
        self.timers.clear(Timer::Booking(booking));
        if let Some(contact) = self.bookings.records.remove(&booking).and_then(|record| record.contact) {
            self.bookings.by_contact.remove(&contact);
            self.keep_nobody_for(contact);
        }
    }

    /// The next thing that happens to it by the clock.
    fn set_booking_timer(&mut self, now: Timestamp, booking: BookingId) {
        let Some(record) = self.bookings.records.get(&booking) else { return };
        let manner = self.booking_manner();
        let over = record.ends.plus_ms(manner.grace_ms);
        let next = match record.state {
            BookingState::Held => Some(record.hold_until),
            _ if record.reminded.is_none() && self.remind_at(record) > now => Some(self.remind_at(record)),
            _ if record.ends > now => Some(record.ends),
            _ => record.wanted.wish.is_visit().then_some(over.max(now)),
        };
        if let Some(at) = next {
            self.timers.set(Timer::Booking(booking), at);
        }
    }

    /// Whoever books later than that has just been told, and is reminded of nothing.
    fn remind_at(&self, record: &BookingRecord) -> Timestamp {
        Timestamp(record.wanted.slot.0.saturating_sub_unsigned(self.booking_manner().remind_ms))
    }

    pub(super) fn booking_falls_due(&mut self, now: Timestamp, booking: BookingId) {
        let Some(record) = self.bookings.records.get(&booking) else { return };
        if record.state == BookingState::Held {
            self.release_time(now, booking, BookingState::Expired);
            return;
        }
        let Some(contact) = record.contact else { return };
        let (visit, slot, grace_ms) = (record.wanted.wish.is_visit(), record.wanted.slot, self.booking_manner().grace_ms);
        if record.reminded.is_none() && self.remind_at(record) <= now && now < slot {
            self.note(now, Command::RemindCitizen { booking, contact });
            self.tell_of_time(contact, Template::Reminder, slot);
        } else if visit && record.ends.plus_ms(grace_ms) <= now {
            self.visit_over(now, booking, BookingState::Missed);
            return;
        }
        // Whoever was kept until the end of the slot is so no more.
        self.keep_for_booked(contact);
        self.set_booking_timer(now, booking);
    }

    /// An operator is kept while the call waits for its time or for somebody, from a little before its slot to its end.
    pub(super) fn keep_for_booked(&mut self, id: ContactId) {
        let waits = self.contacts.get(&id).filter(|contact| contact.is_off_line_call() && contact.phase.is_before_offer());
        // What is tried again on another day keeps nobody today.
        let today = |(contact, record): &(&Contact, &BookingRecord)| {
            matches!(contact.phase, Phase::Queued(_)) || contact.call.as_ref().is_some_and(|call| call.not_before < record.ends)
        };
        let reserved = waits.zip(self.bookings.of_contact(id)).filter(today).map(|(contact, record)| Reserved {
            region: record.wanted.wish.region.clone(),
            class: record.wanted.wish.class.clone(),
            language: contact.language,
            interpreter: record.interpreter,
            from: Timestamp(record.wanted.slot.0.saturating_sub_unsigned(self.booking_manner().keep_ms)),
            until: record.ends,
        });
        match reserved.filter(|reserved| reserved.until > self.timers.now()) {
            Some(reserved) => self.operators.reserve(id, reserved),
            None => self.keep_nobody_for(id),
        }
    }

    fn keep_nobody_for(&mut self, id: ContactId) {
        if self.operators.release(id) {
            self.match_all_pairs_anew();
        }
    }

    /// After a restart: holds keep their time, and what is booked is kept as before.
    pub(super) fn take_over_bookings(&mut self, now: Timestamp) {
        let all: Vec<(BookingId, Option<ContactId>)> =
            self.bookings.records.values().map(|record| (record.booking, record.contact)).collect();
        for (booking, contact) in all {
            contact.into_iter().for_each(|contact| self.keep_for_booked(contact));
            self.set_booking_timer(now, booking);
        }
    }
}
