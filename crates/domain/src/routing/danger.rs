//! A sign of danger from somebody who waits for a voice already: the emergency question, its answer by
//! key or voice, and what its silence means. Nobody loses place or age by it.

use super::{
    Command,
    matching::Waiting,
    router::Router,
    state::{Phase, Question},
    timers::Timer,
};
use crate::{
    ContactId, Timestamp,
    dialogue::{Helper, Line, Prompt},
    intent::{Answer, Gate, Understanding},
};

/// A question that nobody reports as played to its end is taken as unanswered after this.
const QUESTION_MS_MAX: u64 = 60_000;
/// So long after its silence the answer still counts.
const LATE_ANSWER_MS_MAX: u64 = 60_000;
/// Takes what is offered: another way while too many ring, or a form by text message.
const WAY_OUT_KEY: char = '5';
/// Has us ring back.
const CALL_BACK_KEY: char = '6';
/// Has us ring at another time.
const OTHER_TIME_KEY: char = '7';

impl Router {
    /// 9 asks; 1 and 2 answer what was asked; 0 asks for a person instead; 5 takes what is offered in line, 6 has us
    /// ring back, 7 at another time; 1 to 4 choose among the times that were told.
    pub(super) fn key_while_waiting(&mut self, now: Timestamp, id: ContactId, key: char) -> bool {
        let asked = self.is_asked(id);
        let open = asked || self.contacts.get(&id).and_then(|contact| contact.question).is_some_and(|question| now < question.until);
        match key {
            _ if self.is_number_key(id, key) => return self.number_key(now, id, key),
            _ if self.is_time_key(now, id, key) => return self.time_key(now, id, key),
            CALL_BACK_KEY => return self.begin_taking(now, id),
            OTHER_TIME_KEY => return self.begin_choosing(now, id),
            '9' => self.ask_whether_danger(now, id, 0),
            '1' if open => self.ring_for_help(now, id, Helper::Emergency),
            '2' if open => self.no_danger(id),
            '0' if asked => self.question_unanswered(now, id),
            WAY_OUT_KEY => return self.take_way_out(now, id) || self.take_form(now, id),
            _ => return false,
        }
        true
    }

    /// Words said before the question was put answer nothing; danger counts all the same. In line it is
    /// asked about first, because a person is near; on the way to a party, or left by an operator, 112
    /// is rung.
    pub(super) fn words_while_waiting(&mut self, now: Timestamp, id: ContactId, words: &Understanding, late: bool) {
        let answering = !late && self.is_asked(id);
        let in_line = self.contacts.get(&id).is_some_and(|contact| contact.phase.entry().is_some());
        match (words.gate, words.answer) {
            (Gate::Direct, _) if in_line && !answering => self.ask_whether_danger(now, id, 0),
            (Gate::Direct, _) => self.ring_for_help(now, id, Helper::Emergency),
            (Gate::Ask | Gate::None, Some(Answer::Yes)) if answering => self.ring_for_help(now, id, Helper::Emergency),
            (Gate::None, Some(Answer::No)) if answering => self.no_danger(id),
            (Gate::Ask | Gate::None, _) if answering => self.ask_once_more(now, id),
            (Gate::Ask | Gate::None, _) => {}
        }
    }

    /// The emergency question is being put and may still be answered in time.
    pub(super) fn is_asked(&self, id: ContactId) -> bool {
        self.timers.at(Timer::QueueQuestion(id)).is_some()
    }

    pub(super) fn ask_whether_danger(&mut self, now: Timestamp, id: ContactId, repeated: u8) {
        self.set_urged(id, true);
        self.stop_taking(id);
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        contact.question = Some(Question { until: now, repeated });
        let heard = contact.recogniser.then_some(contact.language);
        self.timers.set(Timer::QueueQuestion(id), now.plus_ms(QUESTION_MS_MAX));
        self.play(id, vec![Line::Say(Prompt::EmergencyQuestion)], false);
        if let Some(language) = heard {
            self.out.push(Command::Hear { contact: id, language });
        }
    }

    /// An answer that was none: the question again while there is patience.
    pub(super) fn ask_once_more(&mut self, now: Timestamp, id: ContactId) {
        let repeated = self.contacts.get(&id).and_then(|contact| contact.question).map_or(0, |question| question.repeated);
        if repeated < self.plan.dialogue.misunderstandings_max {
            self.ask_whether_danger(now, id, repeated + 1);
        } else {
            self.question_unanswered(now, id);
        }
    }

    /// Whoever cannot answer may be unable to: a person, before everybody else. The answer still counts
    /// for a while.
    pub(super) fn question_unanswered(&mut self, now: Timestamp, id: ContactId) {
        self.close_question(id);
        self.keep_question_open(now, id);
        match self.contacts.get(&id).map(|contact| contact.phase.clone()) {
            Some(Phase::Queued(_) | Phase::Offered { .. } | Phase::Connecting { .. }) => self.put_in_front(now, id),
            Some(Phase::Handing { attempt, .. }) => {
                self.forget_attempt(attempt);
                self.out.push(Command::CancelDial { contact: id, attempt });
                self.enter_in_front(now, id, false);
            }
            Some(Phase::OperatorLost { .. }) => self.play_music(id),
            _ => {}
        }
    }

    /// Nobody asks any more, but a key pressed late still answers.
    pub(super) fn keep_question_open(&mut self, now: Timestamp, id: ContactId) {
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.question = Some(Question { until: now.plus_ms(LATE_ANSWER_MS_MAX), repeated: 0 });
        }
    }

    /// The question is answered, or there is a voice to tell it to.
    pub(super) fn close_question(&mut self, id: ContactId) {
        let asked = self.is_asked(id);
        self.timers.clear(Timer::QueueQuestion(id));
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        contact.question = None;
        if asked && contact.recogniser && contact.on_line {
            self.out.push(Command::StopHearing { contact: id });
        }
    }

    /// In the same place, with the same age, before everybody and for whoever is free of any class. From
    /// now on the strict class's answer is owed.
    fn put_in_front(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let in_line = matches!(contact.phase, Phase::Queued(_));
        let owner = contact.owner.clone();
        let Some(first) = contact.phase.entry().map(|entry| !entry.urged) else { return };
        self.await_nobody(id);
        self.with_entry(id, |entry| entry.urged = true);
        if let Some(within_ms) = self.plan.strict_class().map(|class| class.answer_within_ms).filter(|_| first) {
            // Never later than what was promised already.
            let promised = self.contacts.get(&id).and_then(|contact| self.promises.get(&contact.promise)).map(|promise| promise.due);
            let due = now.plus_ms(within_ms);
            self.promise_answer(id, owner, promised.map_or(due, |promised| promised.min(due)));
        }
        if in_line {
            self.seek_operator(id);
            self.tell_when_matched(id, Waiting::Music);
        } else {
            self.play_music(id);
        }
    }

    /// No: back to the place that the matter itself has. Whom silence in the dialogue put before everybody
    /// stays there: what it is about was never settled.
    fn no_danger(&mut self, id: ContactId) {
        self.close_question(id);
        self.set_urged(id, false);
        let was_in_front = self.contacts.get(&id).and_then(|contact| contact.phase.entry()).is_some_and(|entry| entry.urged);
        self.with_entry(id, |entry| entry.urged = false);
        let Some(contact) = self.contacts.get(&id) else { return };
        if let Some(entry) = contact.phase.entry().filter(|_| was_in_front).cloned() {
            self.promise_class_answer(id, contact.owner.clone(), &entry);
        }
        self.play_music(id);
    }

    pub(super) fn set_urged(&mut self, id: ContactId, urged: bool) {
        if let Some(contact) = self.contacts.get_mut(&id).filter(|contact| contact.urged != urged) {
            contact.urged = urged;
            self.describe(id);
        }
    }

    /// On the way to 112: whoever was rung, connected or about to come back is let go of.
    pub(super) fn step_out(&mut self, now: Timestamp, id: ContactId) {
        match self.contacts.get(&id).map(|contact| contact.phase.clone()) {
            Some(Phase::Offered { offer, .. }) => self.withdraw_offer(now, offer),
            Some(Phase::Connecting { operator, .. }) => {
                self.timers.clear(Timer::Connecting(id));
                self.out.push(Command::Release { contact: id, operator });
                self.operator_free(now, operator);
            }
            Some(Phase::Handing { attempt, .. }) => {
                self.forget_attempt(attempt);
                self.out.push(Command::CancelDial { contact: id, attempt });
            }
            Some(Phase::OperatorLost { operator }) => {
                self.end_talk(now, id, operator);
                self.out.push(Command::Release { contact: id, operator });
                self.operator_done(now, operator);
            }
            _ => {}
        }
    }
}
