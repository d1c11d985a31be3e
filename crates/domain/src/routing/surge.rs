//! Too many turn to us about one class of matters: a leader says so, and until then its callers hear it with the
//! matter's own words and are offered what the plan has for it. Whoever goes that way keeps what they were
//! promised; nobody is sent away.

use super::{
    Command,
    router::Router,
    state::{Contact, Entry, FormOffer, Phase},
    timers::Timer,
};
use crate::{
    ClassId, ContactId, Timestamp,
    contact::{CallKind, Outcome, PromiseKind, Reference, Settlement, VisitOutcome},
    dialogue::{Line, Prompt, matter_prompt},
    intent::Intent,
    plan::SurgeOffer,
};

/// A surge that nobody ends is over after this; a leader may declare it anew.
pub const SURGE_MS_MAX: u64 = 24 * crate::time::HOUR_MS;

impl Router {
    /// Until when callers of a class are told that too many ring about it.
    #[must_use]
    pub fn surge_until(&self, class: &ClassId) -> Option<Timestamp> {
        self.surges.get(class).copied()
    }

    pub(super) fn surge_declared(&mut self, now: Timestamp, class: &ClassId, until: Timestamp) -> bool {
        let known = self.plan.class(class).is_some_and(|class| class.party.is_none() && !class.strict);
        if !known || until <= now || until > now.plus_ms(SURGE_MS_MAX) {
            return false;
        }
        self.surges.insert(class.clone(), until);
        self.out.push(Command::SetSurge { class: class.clone(), until: Some(until) });
        self.await_end_of_surge();
        true
    }

    pub(super) fn surge_ended(&mut self, class: &ClassId) -> bool {
        let was = self.surges.remove(class).is_some();
        if was {
            self.out.push(Command::SetSurge { class: class.clone(), until: None });
            self.await_end_of_surge();
            self.wake_later_calls(class);
        }
        was
    }

    pub(super) fn surges_ran_out(&mut self, now: Timestamp) {
        let over: Vec<ClassId> = self.surges.iter().filter(|(_, until)| **until <= now).map(|(class, _)| class.clone()).collect();
        for class in over {
            self.surge_ended(&class);
        }
    }

    pub(super) fn await_end_of_surge(&mut self) {
        match self.surges.values().min() {
            Some(first) => self.timers.set(Timer::Surge, *first),
            None => self.timers.clear(Timer::Surge),
        }
    }

    /// What a waiting caller is told of the rush and offered; nothing for who goes before others.
    pub(super) fn words_of_surge(&self, now: Timestamp, id: ContactId) -> Vec<Line> {
        let Some(contact) = self.contacts.get(&id) else { return Vec::new() };
        let Some(entry) = contact.phase.entry().filter(|entry| self.is_in_surge(contact, entry)) else { return Vec::new() };
        let mut lines = match contact.intent {
            None | Some(Intent::Operator | Intent::Other) => vec![Line::Say(Prompt::SurgeAny)],
            Some(intent) => vec![Line::Say(Prompt::SurgeStart), Line::Say(matter_prompt(intent))],
        };
        lines.push(Line::Say(Prompt::SurgeEnd));
        lines.extend(self.way_out(now, contact, entry).map(|offer| match offer {
            SurgeOffer::LaterCall { .. } => Line::Say(Prompt::SurgeLaterCall),
            SurgeOffer::Web => Line::Say(Prompt::SurgeWeb),
        }));
        lines
    }

    /// The caller takes what is offered instead of waiting. A person who rings already goes before that.
    pub(super) fn take_way_out(&mut self, now: Timestamp, id: ContactId) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        let Phase::Queued(entry) = &contact.phase else { return false };
        let Some(offer) = self.way_out(now, contact, entry).filter(|_| !self.is_asked(id)) else { return false };
        let (matter, language, playback, region) = (contact.matter, contact.language, contact.playback + 1, entry.region.clone());
        let opens = self.closure(now, contact, entry).and_then(|closed| closed.opens);
        let opens_in_ms = opens.map_or(0, |opens| opens.at.since_ms(now));
        if let SurgeOffer::LaterCall { within_ms } = offer
            && contact.callable
            && self.may_be_rung_back(now, contact, entry)
        {
            self.become_call(now, id, CallKind::Later, Some(opens_in_ms + within_ms));
            return true;
        }
        let (lines, visit, outcome) = match offer {
            SurgeOffer::LaterCall { within_ms } => {
                let unit = self.unit_of(Some(&region));
                self.owe(now, id, PromiseKind::CallBack, unit, opens_in_ms + within_ms);
                let reference = [Line::Say(Prompt::YourReference), Line::Digits(Reference::of(matter).digits())];
                let lines: Vec<Line> = [Line::Say(Prompt::SurgeLaterCallTaken)].into_iter().chain(reference).collect();
                (lines, VisitOutcome::CallbackAccepted, Outcome::CallbackAccepted)
            }
            SurgeOffer::Web => (vec![Line::Say(Prompt::Goodbye)], VisitOutcome::Deflected, Outcome::Deflected),
        };
        let settlement = if offer == SurgeOffer::Web { Settlement::Withdrawn } else { Settlement::Replaced };
        self.end_visit(now, id, visit);
        self.out.push(Command::SayGoodbye { contact: id, playback, language, lines });
        self.close(now, id, outcome, settlement);
        true
    }

    /// A caller who may be in danger is offered nothing but a person, and nobody is promised a call whose number
    /// is not known.
    pub(super) fn way_out(&self, now: Timestamp, contact: &Contact, entry: &Entry) -> Option<SurgeOffer> {
        let offer = self.plan.class(&entry.class).and_then(|class| class.surge_offer)?;
        // Whoever heard that the key sends them a text message is not hung up on for pressing it.
        let is_free = contact.form == FormOffer::None;
        if !is_free || !self.is_in_surge(contact, entry) && self.closure(now, contact, entry).is_none() {
            return None;
        }
        match offer {
            SurgeOffer::LaterCall { .. } if contact.anonymous => None,
            SurgeOffer::LaterCall { .. } | SurgeOffer::Web => Some(offer),
        }
    }

    fn is_in_surge(&self, contact: &Contact, entry: &Entry) -> bool {
        self.surges.contains_key(&entry.class) && !contact.urged && !entry.goes_first() && !entry.returned
    }
}
