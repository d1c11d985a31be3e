//! Call-backs: a caller keeps the place in line and is rung when it is their turn.
//!
//! The caller's contact closes, and a second one of the same matter stands in the very same line with its age. It is a
//! contact like any other, only that nobody is on the line: rank, steps, kept shares and bounds hold for it. Offered
//! and accepted, the citizen is rung while the operator waits; not reached, it rests and comes back with its age.
//! Nobody is rung twice at one time: of a matter at most one call is owed.

mod dial;
mod job;
mod offer;
mod times;

pub(super) use times::TimesTold;

use super::{
    router::Router,
    state::{Contact, Entry, Promise},
};
use crate::{ClassId, ContactId, QueueId, Timestamp, plan::Class, time::MINUTE_MS};

/// How calls that are owed are made.
struct Manner {
    ring_ms: u64,
    attempts_max: u8,
    days_max: u8,
    gap_ms: u64,
}

impl Router {
    /// As the plan says. A plan that offers none any more still owes those that were taken under another.
    fn manner(&self) -> Manner {
        let owed_all_the_same = Manner { ring_ms: 40_000, attempts_max: 3, days_max: 3, gap_ms: 20 * MINUTE_MS };
        self.plan.call_backs.as_ref().map_or(owed_all_the_same, |rule| Manner {
            ring_ms: rule.ring_ms,
            attempts_max: rule.attempts_max,
            days_max: rule.days_max,
            gap_ms: rule.gap_ms,
        })
    }

    /// Whoever rang last about a matter is the one to be rung about it, as long as anything of it is open.
    pub(super) fn remember_caller(&mut self, contact: Box<Contact>) {
        if contact.call.is_none() && self.matters.contains_key(&contact.matter) {
            self.callers.insert(contact.matter, contact);
        }
    }

    /// Whom a promise is owed: whoever is open of its matter, or rang last.
    fn whom_to_ring(&self, known: &Promise) -> Option<&Contact> {
        let of_matter = |contact: &&Contact| contact.matter == known.matter && contact.call.is_none();
        self.contacts.values().filter(of_matter).last().or_else(|| self.callers.get(&known.matter).map(Box::as_ref))
    }

    /// The class of this name, or what the plan has in its place now; never the time-critical one, in
    /// which nobody is told from a caller who is put in front.
    fn class_to_call(&self, class: Option<&ClassId>, contact: &Contact) -> Option<&Class> {
        let ours = |class: &&Class| class.party.is_none() && !class.strict;
        let owed = class.and_then(|class| self.plan.class(class)).filter(ours);
        owed.or_else(|| self.plan.class_of(contact.intent).filter(ours)).or_else(|| self.plan.classes.iter().rfind(ours))
    }

    fn class_of_call(&self, id: ContactId) -> Option<ClassId> {
        let contact = self.contacts.get(&id)?;
        self.class_to_call(contact.call.as_ref().map(|call| &call.class), contact).map(|class| class.id.clone())
    }

    /// The place that a contact would have in line.
    fn entry_of(&self, contact: &Contact, class: &ClassId, since: Timestamp) -> Option<Entry> {
        let (region, _) = self.region_for(contact, class)?;
        Some(Entry {
            queue: QueueId::of(&region, class),
            region,
            class: class.clone(),
            strict: false,
            any_class: false,
            urged: false,
            put_first: false,
            booked: contact.is_booked_call(),
            awaits: None,
            since,
            step: 0,
            reach: contact.reach,
            eased: contact.eased.clone(),
            returned: false,
            alarmed: false,
        })
    }

    /// Until when a call of this contact has to rest; none when it may stand in line now. Nobody is rung in quiet
    /// hours, nor while the matter is closed and nobody on duty could answer.
    fn resting_until(&self, now: Timestamp, contact: &Contact, class: &ClassId) -> Option<Timestamp> {
        let entry = self.entry_of(contact, class, now)?;
        let is_closed = self.closure(now, contact, &entry).is_some();
        (is_closed || self.plan.quiet_until(now).is_some()).then(|| self.callable_from(now, &entry)).filter(|at| *at > now)
    }

    /// The first time from this one on at which the plan has citizens rung.
    fn callable_from(&self, at: Timestamp, entry: &Entry) -> Timestamp {
        let place = self.plan.class(&entry.class).zip(self.plan.region(&entry.region));
        place.map_or(at, |(class, region)| self.plan.callable_from(class, region, at))
    }
}
