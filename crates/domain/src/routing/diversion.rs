//! Led to another region on arrival in line: decided once, before the contact has stood anywhere.
//! Whoever waits already is never moved; for them the line widens in place (see [`super::line`]).

use super::{
    Command,
    router::Router,
    state::{Contact, Entry},
};
use crate::{
    ClassId, ContactId, QueueId, RegionId, Timestamp,
    contact::VisitOutcome,
    plan::{DivertOnEntry, Region, Widening},
};

impl Router {
    /// The region that the plan leads a newcomer to who was to take this place, if it does.
    pub(super) fn region_to_divert_to(&self, now: Timestamp, id: ContactId, class: &ClassId, entry: &Entry) -> Option<RegionId> {
        let contact = self.contacts.get(&id)?;
        self.plan.divert_on_entry.iter().find_map(|diversion| self.target_of(now, diversion, contact, class, entry))
    }

    fn target_of(&self, now: Timestamp, diversion: &DivertOnEntry, contact: &Contact, class: &ClassId, entry: &Entry) -> Option<RegionId> {
        let own = self.plan.region(&entry.region).filter(|_| diversion.only.covers(class, &entry.region))?;
        let waiting_here = self.lines.count(&entry.queue);
        let holds = diversion.more_than_waiting.is_none_or(|most| waiting_here > most)
            && diversion.fewer_on_duty.is_none_or(|fewest| self.on_duty_for(entry) < fewest)
            && (!diversion.outside_hours || !self.plan.is_open(own, now));
        if !holds {
            return None;
        }
        // Nobody is led to where nobody is.
        let is_staffed = |region: &Region| {
            let there = Entry { queue: QueueId::of(&region.id, class), region: region.id.clone(), ..entry.clone() };
            self.plan.is_open(region, now) && self.anybody_on_duty(contact, &there, now)
        };
        let others: Vec<&Region> = match diversion.to {
            Widening::Neighbours => own.neighbours.iter().filter_map(|id| self.plan.region(id)).collect(),
            Widening::Nation => self.plan.regions.iter().filter(|region| region.id != own.id).collect(),
        };
        let counted = others.into_iter().filter(|region| is_staffed(region));
        let (waiting_there, region) = counted
            .map(|region| (self.lines.count(&QueueId::of(&region.id, class)), region))
            // Of equals the first stays.
            .min_by_key(|(waiting, _)| *waiting)?;
        (!diversion.fewer_waiting_there || waiting_there < waiting_here).then(|| region.id.clone())
    }

    /// The visit to the own queue ends as it begins; the clock goes on from there in the other.
    pub(super) fn divert(&mut self, now: Timestamp, id: ContactId, entry: Entry, region: RegionId, class: &ClassId) -> Entry {
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.queued_since.get_or_insert(now);
            contact.visiting = Some(entry.queue.clone());
        }
        self.out.push(Command::EnterQueue { contact: id, queue: entry.queue.clone(), strict: entry.strict });
        self.end_visit(now, id, VisitOutcome::Diverted);
        Entry { queue: QueueId::of(&region, class), region, ..entry }
    }
}
