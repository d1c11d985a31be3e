//! The form on the web, offered by text message to somebody in line: they hear of it once, take it with a key, and
//! keep place, age and promise. What is owed is a record; whether it was sent comes back as an event.

use super::{
    Alarm, Command,
    router::Router,
    state::{Contact, Entry, FormOffer, Phase},
};
use crate::{
    ContactId, Timestamp,
    contact::{TextFault, TextState},
    destination::{Rule, Said, lead},
    dialogue::{Line, Prompt},
    intent::{Gate, Understanding},
};

impl Router {
    /// What was said beside the matter decides whether a form fits; danger told once is not forgotten.
    pub(super) fn note_circumstances(&mut self, id: ContactId, understanding: &Understanding) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        contact.told_danger |= understanding.gate == Gate::Direct;
        for circumstance in &understanding.circumstances {
            if !contact.circumstances.contains(circumstance) {
                contact.circumstances.push(*circumstance);
            }
        }
    }

    /// The offer, said once to whoever it is for.
    pub(super) fn words_of_form(&mut self, now: Timestamp, id: ContactId) -> Option<Line> {
        let contact = self.contacts.get(&id).filter(|contact| contact.form == FormOffer::None)?;
        let entry = contact.phase.entry()?;
        self.form_for(now, contact, entry)?;
        self.contacts.get_mut(&id)?.form = FormOffer::Told;
        Some(Line::Say(Prompt::FormOffer))
    }

    /// The caller wants the address: it is owed from here on, and everything else stays as it is.
    pub(super) fn take_form(&mut self, now: Timestamp, id: ContactId) -> bool {
        let Some(contact) = self.contacts.get(&id).filter(|_| !self.is_asked(id)) else { return false };
        let (Phase::Queued(entry) | Phase::Offered { entry, .. }) = &contact.phase else { return false };
        let prompt = match contact.form {
            FormOffer::None => return false,
            FormOffer::Taken => Prompt::FormOnItsWay,
            FormOffer::Told => {
                let language = contact.language;
                let Some(form) = self.form_for(now, contact, entry) else { return false };
                self.out.push(Command::OweText { contact: id, form, language });
                self.texts.insert(id);
                Prompt::FormTexted
            }
        };
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.form = FormOffer::Taken;
        }
        self.play(id, vec![Line::Say(prompt)], false);
        true
    }

    /// The form that this matter leads to, where it can be sent; for nobody who may be in danger, who goes before
    /// others, or who is offered another way out with the same key.
    fn form_for(&self, now: Timestamp, contact: &Contact, entry: &Entry) -> Option<String> {
        let safe = !contact.urged && !contact.told_danger && !entry.goes_first() && !entry.returned;
        let reached = contact.textable && !contact.anonymous;
        if !safe || !reached || (contact.form == FormOffer::None && self.way_out(now, contact, entry).is_some()) {
            return None;
        }
        let intent = Some(contact.intent?);
        let said = Said { intent, circumstances: &contact.circumstances, gate: Gate::None, going_on: false };
        let led = lead(&self.plan, &said).filter(|led| led.rule == Rule::Form)?;
        led.to.message.as_ref()?.in_language(contact.language)?;
        Some(led.to.id.clone())
    }

    /// It was sent, or is given up for this reason.
    pub(super) fn text_settled(&mut self, id: ContactId, fault: Option<TextFault>) -> bool {
        if !self.texts.remove(&id) {
            return false;
        }
        let state = if fault.is_some() { TextState::GivenUp } else { TextState::Sent };
        self.out.push(Command::SettleText { contact: id, state });
        if let Some(why) = fault {
            self.alarm(Alarm::TextGivenUp { why }, Some(id));
        }
        true
    }
}
