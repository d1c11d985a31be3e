//! A caller in line takes a time at which we ring, instead of waiting: told of by night and while it is closed, and at
//! any hour to whoever asks with a key.
//!
//! A time is held from the key that chooses it until the number is settled, and the place in line is given up only
//! once it is booked. Whoever goes before that leaves the time free and is owed what they were owed before.

use super::super::{
    Command,
    bookings::Opening,
    router::Router,
    state::{Contact, Entry, Phase, Taking},
};
use crate::{
    BookingId, ContactId, Timestamp,
    booking::{BookingState, TimeWanted, Wish},
    contact::{Outcome, ReachedBy, Reference, Settlement, VisitOutcome},
    dialogue::{Line, Prompt},
    plan::Day,
};

/// So many times are told at once, each with its key; the key after these has later ones told.
const TOLD_AT_ONCE: [(char, Prompt); 3] = [('1', Prompt::TimesFirst), ('2', Prompt::TimesSecond), ('3', Prompt::TimesThird)];
const LATER_KEY: char = '4';
/// Today and so many days more: further ahead the name of a day would not say which.
pub(super) const DAYS_TOLD: i64 = 6;
/// Between the time that was chosen and the number.
pub(super) const BREATH_MS: u32 = 300;

/// What a caller in line was told last of free times, and what they chose.
#[derive(Clone, Default, Debug)]
pub(in super::super) struct TimesTold {
    slots: Vec<Timestamp>,
    has_later: bool,
    held: Option<(BookingId, Timestamp)>,
}

impl Router {
    /// Whether this caller may choose a time: as for any call that we owe in the place of waiting.
    fn may_choose_time(&self, now: Timestamp, contact: &Contact, entry: &Entry) -> bool {
        let is_booked = self.plan.class(&entry.class).is_some_and(|class| class.book && !class.strict);
        let can_be_rung = self.plan.call_backs.is_some() && self.plan.bookings.is_some();
        is_booked && can_be_rung && self.may_go_and_be_rung(now, contact, entry)
    }

    /// Whether times are told of unasked: while it is closed, and in the hours that the plan calls the night.
    fn is_told_unasked(&self, now: Timestamp, contact: &Contact, entry: &Entry) -> bool {
        let at_night = self.plan.class(&entry.class).is_some_and(|class| class.night);
        let quiet = || self.plan.is_night(now) || self.closure(now, contact, entry).is_some();
        at_night && contact.callable && self.may_choose_time(now, contact, entry) && quiet()
    }

    /// Notes which times are told with what is said next in line: the first free ones by night, else none.
    pub(in super::super) fn look_for_times(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id).filter(|contact| contact.on_line) else { return };
        let told = match &contact.phase {
            Phase::Queued(entry) if self.is_told_unasked(now, contact, entry) => self.first_times(now, entry, None),
            _ => None,
        };
        // Nothing is told anew while a time is being settled.
        if let Some(contact) = self.contacts.get_mut(&id).filter(|contact| contact.taking == Taking::Nothing) {
            contact.times = told.map(Box::new);
        }
    }

    /// The first free times after this one.
    fn first_times(&self, now: Timestamp, entry: &Entry, after: Option<Timestamp>) -> Option<TimesTold> {
        let today = now.local(&self.plan.zone).date();
        let (wish, most) = (wish_of(entry), TOLD_AT_ONCE.len());
        let mut slots = Vec::with_capacity(most + 1);
        for days in 0..=DAYS_TOLD {
            let Ok(date) = today.checked_add(jiff::Span::new().days(days)) else { break };
            let of_day = self.bookings.diary.free_times(&self.plan, now, &wish, date, 1);
            slots.extend(of_day.iter().filter(|time| time.free > 0 && after.is_none_or(|after| time.slot > after)).map(|time| time.slot));
            if slots.len() > most {
                break;
            }
        }
        let has_later = slots.len() > most;
        slots.truncate(most);
        (!slots.is_empty()).then_some(TimesTold { slots, has_later, held: None })
    }

    /// "We can ring you tomorrow at 7:30, press 1; at 7:45 …".
    pub(in super::super) fn words_of_times(&self, now: Timestamp, contact: &Contact) -> Vec<Line> {
        let Some(told) = &contact.times else { return Vec::new() };
        let mut lines = vec![Line::Say(Prompt::TimesOffer)];
        let mut before = None;
        for (slot, (_, key)) in told.slots.iter().zip(TOLD_AT_ONCE) {
            let local = slot.local(&self.plan.zone);
            let day = if before == Some(local.date()) { Prompt::TimeSameDay } else { self.day_of(now, *slot) };
            before = Some(local.date());
            lines.extend([Line::Say(day), Line::at(local.time()), Line::Say(key)]);
        }
        lines.extend(told.has_later.then_some(Line::Say(Prompt::TimesLater)));
        lines
    }

    fn day_of(&self, now: Timestamp, slot: Timestamp) -> Prompt {
        let (today, date) = (now.local(&self.plan.zone).date(), slot.local(&self.plan.zone).date());
        match (date, Day::of(date)) {
            (date, _) if date == today => Prompt::TimeToday,
            (date, _) if today.tomorrow().is_ok_and(|tomorrow| tomorrow == date) => Prompt::TimeTomorrow,
            (_, Day::Monday) => Prompt::TimeMonday,
            (_, Day::Tuesday) => Prompt::TimeTuesday,
            (_, Day::Wednesday) => Prompt::TimeWednesday,
            (_, Day::Thursday) => Prompt::TimeThursday,
            (_, Day::Friday) => Prompt::TimeFriday,
            (_, Day::Saturday) => Prompt::TimeSaturday,
            (_, Day::Sunday) => Prompt::TimeSunday,
        }
    }

    /// By day, where the wait is long: that a time can be had.
    pub(in super::super) fn words_of_other_time(&self, now: Timestamp, id: ContactId) -> Option<Line> {
        let contact = self.contacts.get(&id)?;
        let Phase::Queued(entry) = &contact.phase else { return None };
        let is_told = self.waits_long(entry) && contact.times.is_none() && self.may_choose_time(now, contact, entry);
        (is_told && self.first_times(now, entry, None).is_some()).then_some(Line::Say(Prompt::TimesByDay))
    }

    /// The caller wants to be rung at another time.
    pub(in super::super) fn begin_choosing(&mut self, now: Timestamp, id: ContactId) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        let Phase::Queued(entry) = &contact.phase else { return false };
        if !self.may_choose_time(now, contact, entry) {
            return false;
        }
        self.stop_taking(id);
        self.tell_times(now, id, None, &[]);
        true
    }

    /// The free times after one, from the first on where there are none after it.
    fn tell_times(&mut self, now: Timestamp, id: ContactId, after: Option<Timestamp>, before: &[Line]) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        contact.times = None;
        let Phase::Queued(entry) = contact.phase.clone() else { return };
        let told = self.first_times(now, &entry, after).or_else(|| self.first_times(now, &entry, None));
        let Some(told) = told else {
            self.stop_taking(id);
            self.play(id, before.iter().cloned().chain([Line::Say(Prompt::TimesNone)]).collect(), false);
            return;
        };
        self.take_as_far_as(now, id, Taking::Choosing);
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        contact.times = Some(Box::new(told));
        let Some(contact) = self.contacts.get(&id) else { return };
        let lines = before.iter().cloned().chain(self.words_of_times(now, contact)).collect();
        self.play(id, lines, false);
    }

    /// Whether this key chooses among the times that were told; never while a question about danger is open.
    pub(in super::super) fn is_time_key(&self, now: Timestamp, id: ContactId, key: char) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        let Phase::Queued(entry) = &contact.phase else { return false };
        let Some(told) = contact.times.as_ref().filter(|_| matches!(contact.taking, Taking::Nothing | Taking::Choosing)) else {
            return false;
        };
        let keys = TOLD_AT_ONCE.iter().take(told.slots.len()).map(|(key, _)| *key);
        let is_key = keys.chain(told.has_later.then_some(LATER_KEY)).any(|known| known == key);
        is_key && self.may_choose_time(now, contact, entry)
    }

    pub(in super::super) fn time_key(&mut self, now: Timestamp, id: ContactId, key: char) -> bool {
        let Some(told) = self.contacts.get(&id).and_then(|contact| contact.times.as_ref()) else { return false };
        let chosen = TOLD_AT_ONCE.iter().position(|(known, _)| *known == key).and_then(|at| told.slots.get(at)).copied();
        match (chosen, told.slots.last().copied()) {
            (Some(slot), _) => self.choose_time(now, id, slot),
            (None, last) => self.tell_times(now, id, last, &[]),
        }
        true
    }

    /// It is kept from here on; somebody else may have been quicker.
    fn choose_time(&mut self, now: Timestamp, id: ContactId, slot: Timestamp) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let Phase::Queued(entry) = &contact.phase else { return };
        let (wish, callable, booking) = (wish_of(entry), contact.callable, self.next_booking());
        if !self.time_held(now, booking, &TimeWanted { wish, slot }, None) {
            return self.tell_times(now, id, None, &[Line::Say(Prompt::TimesTaken)]);
        }
        if let Some(times) = self.contacts.get_mut(&id).and_then(|contact| contact.times.as_mut()) {
            times.held = Some((booking, slot));
        }
        match callable {
            true => self.read_number(now, id, 0),
            false => {
                let before = self.words_of_chosen(now, id);
                self.ask_number(now, id, 0, &before);
            }
        }
    }

    fn next_booking(&self) -> BookingId {
        BookingId(self.ids.booking)
    }

    /// The time that was chosen, before the number; nothing where none was.
    pub(super) fn words_of_chosen(&self, now: Timestamp, id: ContactId) -> Vec<Line> {
        let held = self.contacts.get(&id).and_then(|contact| contact.times.as_ref()?.held);
        let Some((_, slot)) = held else { return Vec::new() };
        let mut lines = self.words_of_time(now, slot).to_vec();
        lines.push(Line::Pause(BREATH_MS));
        lines
    }

    /// "tomorrow at 8".
    pub(super) fn words_of_time(&self, now: Timestamp, slot: Timestamp) -> [Line; 2] {
        [Line::Say(self.day_of(now, slot)), Line::at(slot.local(&self.plan.zone).time())]
    }

    /// The time that somebody chose and does not settle any more is free again. Whoever has chosen none yet still may.
    pub(super) fn leave_time(&mut self, id: ContactId) {
        let chosen = self.contacts.get_mut(&id).and_then(|contact| contact.times.take_if(|told| told.held.is_some()));
        let held = chosen.and_then(|told| told.held);
        if let Some((booking, _)) = held {
            self.release_time(self.timers.now(), booking, BookingState::Left);
        }
    }

    /// Whoever chose a time and keyed a number that has enough of them is given none; they keep their place. False where
    /// no time was chosen: a call in the place of waiting is no booked one.
    pub(in super::super) fn leaves_no_time(&mut self, id: ContactId) -> bool {
        let chosen = |contact: &Contact| {
            matches!(contact.taking, Taking::Keying { .. }) && contact.times.as_ref().is_some_and(|told| told.held.is_some())
        };
        if !self.contacts.get(&id).is_some_and(chosen) {
            return false;
        }
        self.stop_taking(id);
        self.play(id, vec![Line::Say(Prompt::TimesNone)], false);
        true
    }

    /// The number is right: what was chosen is booked, and only then the place in line is given up. False when nothing
    /// was chosen.
    pub(super) fn take_time(&mut self, now: Timestamp, id: ContactId) -> bool {
        let Some((booking, slot)) = self.contacts.get(&id).and_then(|contact| contact.times.as_ref()?.held) else { return false };
        if !self.book_for(now, id, booking) {
            // It was held for no longer than the plan says.
            self.leave_time(id);
            self.tell_times(now, id, None, &[Line::Say(Prompt::TimesTaken)]);
            return true;
        }
        let Some(contact) = self.contacts.get_mut(&id) else { return true };
        contact.times = None;
        let (reference, playback, language) = (Reference::of(contact.matter), contact.playback + 1, contact.language);
        let mut lines = vec![Line::Say(Prompt::TimeBooked)];
        lines.extend(self.words_of_time(now, slot));
        lines.extend([Line::Say(Prompt::TimeBookedEnd), Line::Say(Prompt::YourReference), Line::Digits(reference.digits())]);
        self.end_visit(now, id, VisitOutcome::CallbackAccepted);
        self.out.push(Command::SayGoodbye { contact: id, playback, language, lines });
        self.close(now, id, Outcome::CallbackAccepted, Settlement::Replaced);
        true
    }

    /// A contact of the same matter that is rung at its time, at this caller's number.
    fn book_for(&mut self, now: Timestamp, id: ContactId, booking: BookingId) -> bool {
        let Some(of) = self.contacts.get(&id).cloned() else { return false };
        let call = self.ids.contact();
        let opening = Opening {
            matter: of.matter,
            contact: call,
            language: of.language,
            intent: of.intent,
            interpreter: false,
            reached: ReachedBy { textable: of.textable, mailable: of.mailable },
            from: Some(id),
            of: None,
        };
        if !self.time_booked(now, booking, opening) {
            return false;
        }
        if let Some(contact) = self.contacts.get_mut(&call) {
            (contact.place, contact.circumstances, contact.reach) = (of.place.clone(), of.circumstances.clone(), of.reach);
        }
        self.describe(call);
        true
    }
}

fn wish_of(entry: &Entry) -> Wish {
    Wish { class: entry.class.clone(), region: entry.region.clone(), desk: None }
}
