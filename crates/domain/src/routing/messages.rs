//! What citizens are told in writing. A message that is owed is a record; whether it was sent comes back as an event.
//!
//! The form on the web is offered by text message to somebody in line: they hear of it once, take it with a key, and
//! keep place, age and promise. Whoever was rung and not reached is told when we ring again,
//! and whoever could not be rung before closing time, from when on we do.

use super::{
    Alarm, Command,
    router::Router,
    state::{Contact, Entry, FormOffer, Phase},
};
use crate::{
    ContactId, MessageNumber, OperatorId, Timestamp,
    contact::{Medium, MessageFault, MessageState, Owner, ReachedBy, Template},
    destination::{Rule, Said, lead},
    dialogue::{Line, Prompt},
    intent::{Gate, Intent, Language, Understanding},
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
                let Some(form) = self.form_for(now, contact, entry) else { return false };
                self.owe_by(id, Medium::Text, Owed { form: Some(form), ..Owed::of(Template::Form) });
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

    /// Told once a day that we rang in vain, and when we ring again; or, with no time, that nobody rings again by itself.
    pub(super) fn tell_not_reached(&mut self, now: Timestamp, id: ContactId, again: Option<Timestamp>) {
        let Some(contact) = self.contacts.get(&id).filter(|contact| !is_read_by_others(contact)) else { return };
        let day = |at: Timestamp| at.local(&self.plan.zone).date();
        if again.is_some() && contact.told_not_reached.is_some_and(|told| day(told) == day(now)) {
            return;
        }
        let template = if again.is_some() { Template::NotReached } else { Template::NotReachedLast };
        let is_owed = self.owe_message(id, Owed { when: again, ..Owed::of(template) });
        if let Some(contact) = self.contacts.get_mut(&id).filter(|_| is_owed) {
            contact.told_not_reached = Some(now);
        }
    }

    /// Told that nobody has rung by closing time as it was promised, and from when on we ring.
    pub(super) fn tell_put_off(&mut self, id: ContactId, until: Timestamp) {
        if self.contacts.get(&id).is_some_and(|contact| !is_read_by_others(contact)) {
            self.owe_message(id, Owed { when: Some(until), ..Owed::of(Template::PutOff) });
        }
    }

    /// Told of a booked time. By every way that reaches them when it is booked, so that they see which ways do; by one
    /// from then on.
    pub(super) fn tell_of_time(&mut self, id: ContactId, template: Template, slot: Timestamp) {
        let Some(contact) = self.contacts.get(&id).filter(|contact| !is_read_by_others(contact)) else { return };
        let ways = self.ways_to_tell(contact, template);
        let most = if template == Template::Booked { ways.len() } else { 1 };
        for medium in ways.into_iter().take(most) {
            self.owe_by(id, medium, Owed { when: Some(slot), ..Owed::of(template) });
        }
    }

    /// Whoever wrote to us is told by one way: that it has come, that we ask for more, what was decided. Not about violence
    /// at home: there somebody else may read it.
    pub(super) fn tell_writer(&mut self, id: ContactId, template: Template, reached: ReachedBy) {
        let Some(written) = self.additions.get(&id).filter(|written| written.intent != Some(Intent::ReportDomesticViolence)) else {
            return;
        };
        let (message, language) = (written.next_message, written.language);
        let Some(medium) = self.ways(reached, template, language).first().copied() else { return };
        if let Some(written) = self.additions.get_mut(&id) {
            written.next_message = message.next();
        }
        self.messages.insert((id, message), medium);
        self.out.push(Command::OweMessage { contact: id, message, template, medium, form: None, language, when: None });
    }

    pub(super) fn ways_to_tell(&self, contact: &Contact, template: Template) -> Vec<Medium> {
        self.ways(ReachedBy { textable: contact.textable, mailable: contact.mailable }, template, contact.language)
    }

    /// Those that reach them and that the plan has words for, a text message before a mail.
    pub(super) fn ways(&self, reached: ReachedBy, template: Template, language: Language) -> Vec<Medium> {
        let reaches = |medium| match medium {
            Medium::Text => reached.textable,
            Medium::Mail => reached.mailable,
        };
        let has_words = |medium| self.plan.messages.has(template, medium, language);
        Medium::ALL.iter().copied().filter(|medium| reaches(*medium) && has_words(*medium)).collect()
    }

    /// Owes a message by the way that reaches them, a text message before a mail; false when none does, or the plan has
    /// no words for it.
    pub(super) fn owe_message(&mut self, id: ContactId, owed: Owed) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        let Some(medium) = self.ways_to_tell(contact, owed.template).first().copied() else { return false };
        self.owe_by(id, medium, owed);
        true
    }

    fn owe_by(&mut self, id: ContactId, medium: Medium, owed: Owed) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        let (message, language) = (contact.next_message, contact.language);
        contact.next_message = message.next();
        let Owed { template, form, when } = owed;
        self.messages.insert((id, message), medium);
        self.out.push(Command::OweMessage { contact: id, message, template, medium, form, language, when });
    }

    /// An operator who speaks with them, or writes about it, has them told where files can be sent. They heard it coming,
    /// so it is sent whatever it is about.
    pub(super) fn files_asked(&mut self, id: ContactId, operator: OperatorId) -> bool {
        let in_hand = |contact: &&Contact| {
            contact.owner == Owner::Operator(operator) && matches!(contact.phase, Phase::Talking(_) | Phase::WrapUp { .. })
        };
        self.contacts.get(&id).filter(in_hand).is_some() && self.owe_message(id, Owed::of(Template::Files))
    }

    /// It was sent, or is given up for this reason.
    pub(super) fn message_settled(&mut self, id: ContactId, message: MessageNumber, fault: Option<MessageFault>) -> bool {
        let Some(medium) = self.messages.remove(&(id, message)) else { return false };
        let state = if fault.is_some() { MessageState::GivenUp } else { MessageState::Sent };
        self.out.push(Command::SettleMessage { contact: id, message, state });
        if let Some(why) = fault {
            self.alarm(Alarm::MessageGivenUp { why, medium }, Some(id));
        }
        true
    }
}

/// Whoever tells of danger or of violence at home is told nothing unasked in writing: somebody else may see it.
fn is_read_by_others(contact: &Contact) -> bool {
    contact.urged || contact.told_danger || contact.intent == Some(Intent::ReportDomesticViolence)
}

/// What a message is to tell.
pub(super) struct Owed {
    pub template: Template,
    /// The destination that it is of.
    pub form: Option<String>,
    /// The time that it tells of.
    pub when: Option<Timestamp>,
}

impl Owed {
    pub fn of(template: Template) -> Self {
        Self { template, form: None, when: None }
    }
}
