//! A caller in line is told that we ring back, says at which number, and takes it.

use super::{
    super::{
        Command,
        router::Router,
        state::{Contact, Entry, Phase, Taking},
        timers::Timer,
    },
    times::{BREATH_MS, DAYS_TOLD},
};
use crate::{
    ContactId, Timestamp,
    contact::{CallKind, Channel},
    dialogue::{Line, Prompt},
    time::HOUR_MS,
};

/// Two numbers may turn out unusable; then the line goes on as before.
const TRIES_MAX: u8 = 2;
/// A question that nobody reports as played to its end, or keys that nobody reports, are given up after this.
const NUMBER_MS_MAX: u64 = 90_000;

impl Router {
    /// Never for whoever may be in danger or goes before others, nor for a matter that is owed a call already.
    pub(in super::super) fn may_be_rung_back(&self, now: Timestamp, contact: &Contact, entry: &Entry) -> bool {
        let offered = self.plan.call_backs.is_some() && self.plan.class(&entry.class).is_some_and(|class| class.call_back);
        offered && self.may_go_and_be_rung(now, contact, entry)
    }

    /// Whether nothing speaks against hanging up and being rung.
    pub(super) fn may_go_and_be_rung(&self, now: Timestamp, contact: &Contact, entry: &Entry) -> bool {
        let is_safe = !contact.urged && !contact.told_danger && !entry.goes_first() && !entry.returned;
        let is_asked = contact.question.is_some_and(|question| now < question.until) || self.is_asked(contact.id);
        is_safe && !is_asked && contact.channel != Channel::CallBack && !self.calls.contains_key(&contact.matter)
    }

    /// The offer, where half of those in the queue are expected to wait longer than the plan has them wait.
    pub(in super::super) fn words_of_call_back(&self, now: Timestamp, id: ContactId) -> Option<Line> {
        let contact = self.contacts.get(&id)?;
        let Phase::Queued(entry) = &contact.phase else { return None };
        (self.waits_long(entry) && self.may_be_rung_back(now, contact, entry)).then_some(Line::Say(Prompt::CallBackOffer))
    }

    /// Whether half of those in the queue are expected to wait longer than the plan has them wait.
    pub(super) fn waits_long(&self, entry: &Entry) -> bool {
        let over_ms = self.plan.call_backs.as_ref().map(|rule| rule.offer_over_ms);
        let half_ms = self.expectations.interval_ms(&entry.queue).map(|(half_ms, _)| half_ms);
        half_ms.zip(over_ms).is_some_and(|(half_ms, over_ms)| half_ms > over_ms)
    }

    /// The caller wants to be rung: the number is read out, or asked for where none is shown.
    pub(in super::super) fn begin_taking(&mut self, now: Timestamp, id: ContactId) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        let Phase::Queued(entry) = &contact.phase else { return false };
        if !self.may_be_rung_back(now, contact, entry) {
            return false;
        }
        let callable = contact.callable;
        // A time that was chosen before is not meant any more.
        self.stop_taking(id);
        match callable {
            true => self.read_number(now, id, 0),
            false => self.ask_number(now, id, 0, &[]),
        }
        true
    }

    pub(super) fn read_number(&mut self, now: Timestamp, id: ContactId, tries: u8) {
        self.take_as_far_as(now, id, Taking::Confirming { tries });
        let mut lines = self.words_of_chosen(now, id);
        if lines.is_empty() {
            lines = self.words_of_rest(now, id);
        }
        lines.extend([Line::Say(Prompt::CallBackNumber), Line::CallBackNumber, Line::Say(Prompt::CallBackRight)]);
        self.play(id, lines, false);
    }

    /// From when on they are rung, where that is not this day's business: told before they say yes.
    fn words_of_rest(&self, now: Timestamp, id: ContactId) -> Vec<Line> {
        let until = self.contacts.get(&id).and_then(|contact| match &contact.phase {
            Phase::Queued(entry) => self.resting_until(now, contact, &entry.class),
            _ => None,
        });
        // The name of a day further ahead would not say which.
        let is_told = |until: &Timestamp| until.since_ms(now) < DAYS_TOLD.unsigned_abs() * 24 * HOUR_MS;
        until.filter(is_told).map_or_else(Vec::new, |until| {
            let [day, time] = self.words_of_time(now, until);
            vec![Line::Say(Prompt::CallBackFrom), day, time, Line::Pause(BREATH_MS)]
        })
    }

    pub(super) fn ask_number(&mut self, now: Timestamp, id: ContactId, tries: u8, before: &[Line]) {
        self.take_as_far_as(now, id, Taking::Keying { tries });
        let lines = before.iter().cloned().chain([Line::Say(Prompt::CallBackKeyNumber)]).collect();
        self.play(id, lines, false);
        self.out.push(Command::AskNumber { contact: id });
    }

    pub(super) fn take_as_far_as(&mut self, now: Timestamp, id: ContactId, taking: Taking) {
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.taking = taking;
            self.timers.set(Timer::Number(id), now.plus_ms(NUMBER_MS_MAX));
        }
    }

    /// What is being settled about the number is settled no more; the line goes on.
    pub(in super::super) fn stop_taking(&mut self, id: ContactId) {
        if let Some(contact) = self.contacts.get_mut(&id).filter(|contact| contact.taking != Taking::Nothing) {
            contact.taking = Taking::Nothing;
            self.timers.clear(Timer::Number(id));
            self.leave_time(id);
        }
    }

    pub(in super::super) fn number_unsettled(&mut self, id: ContactId) {
        self.stop_taking(id);
        self.play_music(id);
    }

    /// The number was read out: from here on the time to answer runs. Keys of a number have a time of their own.
    pub(in super::super) fn await_number(&mut self, now: Timestamp, id: ContactId, answer_ms_max: u64) {
        if self.contacts.get(&id).is_some_and(|contact| matches!(contact.taking, Taking::Confirming { .. } | Taking::Choosing)) {
            self.timers.set(Timer::Number(id), now.plus_ms(answer_ms_max));
        }
    }

    /// Whether this key says something about the number.
    pub(in super::super) fn is_number_key(&self, id: ContactId, key: char) -> bool {
        match self.contacts.get(&id).map(|contact| contact.taking) {
            Some(Taking::Confirming { .. }) => matches!(key, '1' | '2'),
            // Whoever collects the keys tells none of them.
            Some(Taking::Keying { .. }) => true,
            Some(Taking::Nothing | Taking::Choosing) | None => false,
        }
    }

    pub(in super::super) fn number_key(&mut self, now: Timestamp, id: ContactId, key: char) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        match (contact.taking, key, &contact.phase) {
            (Taking::Confirming { .. }, '1', Phase::Queued(_)) => {
                if !self.take_time(now, id) {
                    self.take_call(now, id);
                }
            }
            // Somebody is being rung for them this very moment.
            (Taking::Confirming { .. }, '1', _) => self.number_unsettled(id),
            (Taking::Confirming { tries }, '2', _) => self.ask_number(now, id, tries, &[]),
            _ => return false,
        }
        true
    }

    /// The keys were collected; the number itself is none of the router's.
    pub(in super::super) fn number_given(&mut self, now: Timestamp, id: ContactId, usable: bool, textable: bool) -> bool {
        let Some(Taking::Keying { tries }) = self.contacts.get(&id).map(|contact| contact.taking) else { return false };
        if let Some(contact) = self.contacts.get_mut(&id).filter(|_| usable) {
            contact.textable = textable;
        }
        match tries + u8::from(!usable) {
            tries if usable => self.read_number(now, id, tries),
            tries if tries < TRIES_MAX => self.ask_number(now, id, tries, &[Line::Say(Prompt::CallBackUnusable)]),
            _ => {
                self.stop_taking(id);
                self.play(id, vec![Line::Say(Prompt::CallBackUnusable)], false);
            }
        }
        true
    }

    /// Of two who ring about one matter at once the first takes it while the other's number is read out: that one stays in line.
    fn take_call(&mut self, now: Timestamp, id: ContactId) {
        let is_owed_already = self.contacts.get(&id).is_some_and(|contact| self.calls.contains_key(&contact.matter));
        if is_owed_already {
            self.number_unsettled(id);
        } else {
            self.become_call(now, id, CallKind::KeepPlace, None);
        }
    }
}
