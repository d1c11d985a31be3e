//! Closed by the plan's hours: a caller whom nobody on duty could answer hears that it is closed, when it opens and
//! what can be done meanwhile. Nobody is sent away: the place in line stays, whoever is on duty all the same
//! answers, and who may be in danger goes before everybody as at any hour.

use super::{
    router::Router,
    state::{Contact, Entry},
};
use crate::{
    ClassId, ContactId, Timestamp,
    dialogue::{Line, Prompt},
    plan::{Closed, Day, Opens, SurgeOffer},
};

impl Router {
    /// When this place in line has closed and nobody on duty could take it. Never for who goes before others.
    pub(super) fn closure(&self, now: Timestamp, contact: &Contact, entry: &Entry) -> Option<Closed> {
        if contact.urged || entry.goes_first() || entry.returned {
            return None;
        }
        let (class, region) = (self.plan.class(&entry.class)?, self.plan.region(&entry.region)?);
        self.plan.queue_closed(class, region, now).filter(|_| !self.anybody_on_duty(contact, &self.at_its_widest(entry), now))
    }

    /// With every step passed that lets anybody more take it: while nobody on duty could answer, all are.
    fn at_its_widest(&self, entry: &Entry) -> Entry {
        let mut widest = entry.clone();
        for (number, step) in (1..).zip(&self.plan.overflow) {
            if widest.is_furthered_by(step) {
                widest.pass(number, step);
            }
        }
        widest
    }

    /// What a caller in line hears in place of "as soon as one is free"; none while it is open or answered.
    pub(super) fn words_of_closure(&self, now: Timestamp, id: ContactId) -> Option<Vec<Line>> {
        let contact = self.contacts.get(&id)?;
        let entry = contact.phase.entry()?;
        let closed = self.closure(now, contact, entry)?;
        let mut lines = words_of(closed);
        lines.extend(self.way_out(now, contact, entry).and_then(|offer| match offer {
            // A time is better than "when we are open".
            SurgeOffer::LaterCall { .. } if contact.times.is_some() => None,
            SurgeOffer::LaterCall { .. } => Some(Line::Say(Prompt::ClosedLaterCall)),
            SurgeOffer::Web => Some(Line::Say(Prompt::SurgeWeb)),
        }));
        lines.extend(self.words_of_times(now, contact));
        lines.push(Line::Say(Prompt::ClosedStay));
        Some(lines)
    }

    /// The party that serves these matters has closed: who was to be handed to it waits for one of ours.
    pub(super) fn turn_from_party(&mut self, now: Timestamp, id: ContactId, class: &ClassId) {
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.turned_from = Some(class.clone());
        }
        self.instead_of_party(now, id);
    }

    /// That the party has closed, and when it opens.
    pub(super) fn words_of_closed_party(&self, now: Timestamp, id: ContactId) -> Vec<Line> {
        let class = self.contacts.get(&id).and_then(|contact| self.plan.class(contact.turned_from.as_ref()?));
        class.and_then(|class| self.plan.class_closed(class, now)).map(words_of).unwrap_or_default()
    }
}

fn words_of(closed: Closed) -> Vec<Line> {
    let mut lines = vec![Line::Say(Prompt::Closed)];
    let Some(Opens { local, nights, .. }) = closed.opens else { return lines };
    lines.extend([Line::Say(day(nights, Day::of(local.date()))), Line::at(local.time())]);
    lines
}

fn day(nights: i64, day: Day) -> Prompt {
    match (nights, day) {
        (0, _) => Prompt::OpensToday,
        (1, _) => Prompt::OpensTomorrow,
        (_, Day::Monday) => Prompt::OpensMonday,
        (_, Day::Tuesday) => Prompt::OpensTuesday,
        (_, Day::Wednesday) => Prompt::OpensWednesday,
        (_, Day::Thursday) => Prompt::OpensThursday,
        (_, Day::Friday) => Prompt::OpensFriday,
        (_, Day::Saturday) => Prompt::OpensSaturday,
        (_, Day::Sunday) => Prompt::OpensSunday,
    }
}
