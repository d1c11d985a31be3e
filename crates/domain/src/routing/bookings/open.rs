//! What is booked becomes a contact that rests until its time.

use super::super::{
    Command,
    router::Router,
    state::{Contact, Eased, FormOffer, Phase, Promise, Reach, Taking},
};
use crate::{
    BookingId, ContactId, MatterId, MessageNumber, QueueId, Timestamp,
    booking::{AtDesk, BookingRecord, BookingState},
    contact::{CallKind, CallRecord, Channel, Owner, PromiseKind, ReachedBy, Template},
    intent::{Intent, Language},
};

/// What is known of whoever books.
#[derive(Clone, Copy)]
pub(in super::super) struct Opening {
    pub matter: MatterId,
    pub contact: ContactId,
    pub language: Language,
    pub intent: Option<Intent>,
    pub interpreter: bool,
    /// What reaches them in writing.
    pub reached: ReachedBy,
    /// Whose number it is: of a caller who booked on the line, or of the form itself.
    pub from: Option<ContactId>,
    /// The conversation in which an operator books for them.
    pub of: Option<ContactId>,
}

impl Router {
    pub(in super::super) fn time_booked(&mut self, now: Timestamp, booking: BookingId, opening: Opening) -> bool {
        let Some(record) = self.bookings.records.get(&booking).filter(|record| record.state == BookingState::Held).cloned() else {
            return false;
        };
        let id = opening.contact;
        if self.contacts.contains_key(&id) || self.closed.contains_key(&id) || self.calls.contains_key(&opening.matter) {
            return false;
        }
        self.ids.pass_contact(id);
        let owner = self.owner_of_booked(&record);
        let channel = if record.wanted.wish.is_visit() { Channel::Desk } else { Channel::CallBack };
        self.out.push(Command::OpenContact { contact: id, matter: opening.matter, channel, owner: owner.clone() });
        let promise = self.promise_booked(&record, opening.matter, owner.clone(), record.ends);
        let Opening { matter, interpreter, reached: ReachedBy { textable, mailable }, .. } = opening;
        self.note(now, Command::BookTime { booking, matter, contact: id, promise, interpreter, textable, mailable });
        self.bookings.by_contact.insert(id, booking);
        let call = (!record.wanted.wish.is_visit()).then(|| self.owe_booked_call(now, &record, &opening, promise));
        self.keep_matter(opening.matter);
        if call.is_some() {
            self.calls.insert(opening.matter, id);
        }
        let contact = Contact { promise, call: call.map(Box::new), owner, ..contact_of(now, channel, &record, &opening) };
        self.contacts.insert(Box::new(self.as_known_from(opening.of, contact)));
        self.hold(id, promise);
        self.describe(id);
        if !record.wanted.wish.is_visit() {
            self.rest(now, id, record.wanted.slot, None, true);
        }
        self.keep_for_booked(id);
        self.set_booking_timer(now, booking);
        self.tell_of_time(id, Template::Booked, record.wanted.slot);
        true
    }

    /// Whoever speaks with a citizen, or finishes that record, books for them in the same matter.
    pub(super) fn may_book_for(&self, desk: AtDesk, matter: MatterId) -> bool {
        let theirs = |contact: &&Contact| {
            contact.owner == Owner::Operator(desk.operator) && matches!(contact.phase, Phase::Talking(_) | Phase::WrapUp { .. })
        };
        self.contacts.get(&desk.contact).filter(theirs).is_some_and(|contact| contact.matter == matter)
    }

    /// What was learnt in the conversation goes on; whoever told of danger there is told nothing in writing of this either.
    fn as_known_from(&self, of: Option<ContactId>, contact: Contact) -> Contact {
        let Some(of) = of.and_then(|id| self.contacts.get(&id)) else { return contact };
        let (place, circumstances, told_danger) = (of.place.clone(), of.circumstances.clone(), of.urged || of.told_danger);
        Contact { place, circumstances, told_danger, ..contact }
    }

    /// A call is the queue's, a visit the unit's that answers for the region.
    fn owner_of_booked(&self, record: &BookingRecord) -> Owner {
        let wish = &record.wanted.wish;
        if wish.is_visit() { self.unit_of(Some(&wish.region)) } else { Owner::Queue(QueueId::of(&wish.region, &wish.class)) }
    }

    pub(super) fn promise_booked(&mut self, record: &BookingRecord, matter: MatterId, owner: Owner, ends: Timestamp) -> crate::PromiseId {
        let due = ends.plus_ms(self.booking_manner().grace_ms);
        let region = Some(record.wanted.wish.region.clone());
        self.make(Promise { region, ..Promise::new(matter, PromiseKind::Booked, owner, due) })
    }

    fn owe_booked_call(&mut self, now: Timestamp, record: &BookingRecord, opening: &Opening, promise: crate::PromiseId) -> CallRecord {
        let (from, class) = (opening.from.unwrap_or(opening.contact), record.wanted.wish.class.clone());
        let call = CallRecord::owed(now, CallKind::Booked, from, record.wanted.slot, class, promise, opening.reached.textable);
        self.out.push(Command::OweCall {
            contact: opening.contact,
            call_kind: call.kind,
            from: call.from,
            since: call.since,
            class: call.class.clone(),
            promise,
            textable: call.textable,
        });
        self.expectations.pass_over(opening.contact);
        call
    }
}

/// Nobody is on the line, and nobody was asked anything by voice.
fn contact_of(now: Timestamp, channel: Channel, record: &BookingRecord, opening: &Opening) -> Contact {
    Contact {
        id: opening.contact,
        matter: opening.matter,
        channel,
        arrived: now,
        language: opening.language,
        recogniser: false,
        place: None,
        region: Some(record.wanted.wish.region.clone()),
        intent: opening.intent,
        phase: Phase::Resting,
        since: now,
        owner: Owner::Dialogue,
        promise: crate::PromiseId(0),
        queued_since: (channel == Channel::CallBack).then_some(record.wanted.slot),
        returned_at: None,
        waited_ms: None,
        visiting: None,
        playback: 0,
        digits_to_come: (0, now),
        why: None,
        on_line: false,
        owed_soon: false,
        urged: false,
        question: None,
        eased: Eased { interpreter: opening.interpreter, ..Eased::default() },
        reach: Reach::Region,
        spoke_with: None,
        anonymous: false,
        corrected_from: None,
        turned_from: None,
        textable: opening.reached.textable,
        mailable: opening.reached.mailable,
        next_message: MessageNumber::default(),
        told_not_reached: None,
        circumstances: Vec::new(),
        told_danger: false,
        form: FormOffer::None,
        callable: false,
        taking: Taking::Nothing,
        times: None,
        call: None,
        owed: None,
        joined: false,
        addition: None,
    }
}
