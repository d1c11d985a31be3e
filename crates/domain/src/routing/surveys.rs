//! Asking how it was. Some of those who were helped are drawn when their contact ends, and asked later by one way, once what
//! only others know is found out: whether they were asked lately, and what reaches them.

use super::{Command, Event, router::Router, state::Contact, timers::Timer};
use crate::{
    ContactId, MessageNumber, Timestamp,
    contact::{Outcome, ReachedBy, Template, ledger::ContactRecord},
    intent::{Intent, Language},
    survey::{Opinion, SurveyRecord, is_drawn, may_be_asked_about},
    time::HOUR_MS,
};

/// Between two questions whether somebody may be asked, while nobody answers that.
const ASK_AGAIN_MS: u64 = HOUR_MS;
/// Whoever could not be asked for so long is asked no more: what was is too long ago.
const TOO_LATE_MS: u64 = 72 * HOUR_MS;

/// Somebody who is perhaps asked.
#[derive(Clone, Debug)]
pub(super) struct Survey {
    language: Language,
    next_message: MessageNumber,
    due: Timestamp,
}

impl Router {
    /// Whoever one of ours spoke with and helped; not whoever was led to 112, handed on, or is owed more.
    pub(super) fn survey_caller(&mut self, now: Timestamp, contact: &Contact, outcome: &Outcome) {
        let helped = matches!(outcome, Outcome::Helped | Outcome::ReportReceived);
        let may_be_read = contact.urged || contact.told_danger;
        if helped && contact.waited_ms.is_some() && !contact.anonymous && !may_be_read {
            self.await_opinion(now, contact.id, contact.intent, contact.language, contact.next_message);
        }
    }

    /// Whoever is drawn is awaited, right after their contact was closed.
    pub(super) fn await_opinion(
        &mut self,
        now: Timestamp,
        contact: ContactId,
        intent: Option<Intent>,
        language: Language,
        next_message: MessageNumber,
    ) {
        let share_permille = self.plan.survey.as_ref().map_or(0, |rule| rule.share_permille);
        if !may_be_asked_about(intent) || !is_drawn(contact, share_permille) {
            return;
        }
        let Some(due) = self.plan.survey_at(now) else { return };
        self.out.push(Command::AwaitOpinion { contact, due });
        self.remember_survey(contact, Survey { language, next_message, due });
    }

    fn remember_survey(&mut self, contact: ContactId, survey: Survey) {
        self.timers.set(Timer::Survey(contact), survey.due);
        self.surveys.insert(contact, survey);
    }

    /// From its record, after a restart.
    pub(super) fn restore_survey(&mut self, survey: &SurveyRecord, record: &ContactRecord) {
        let (language, next_message) = (record.language, record.next_message());
        self.remember_survey(survey.contact, Survey { language, next_message, due: survey.due });
    }

    pub(super) fn survey_falls_due(&mut self, now: Timestamp, contact: ContactId) {
        let Some(survey) = self.surveys.get(&contact) else { return };
        if now.since_ms(survey.due) >= TOO_LATE_MS || self.plan.survey.is_none() {
            self.surveys.remove(&contact);
            self.out.push(Command::SettleSurvey { contact, asked: false });
            return;
        }
        self.timers.set(Timer::Survey(contact), now.plus_ms(ASK_AGAIN_MS));
        self.out.push(Command::WeighOpinion { contact });
    }

    pub(super) fn survey_event(&mut self, event: &Event) -> bool {
        match event {
            Event::OpinionWeighed { contact, reached } => self.opinion_weighed(*contact, *reached),
            Event::OpinionGiven { survey, opinion } => self.opinion_given(survey, *opinion),
            _ => false,
        }
    }

    /// Asked by one way; by none, they are spared.
    fn opinion_weighed(&mut self, contact: ContactId, reached: ReachedBy) -> bool {
        let Some(survey) = self.surveys.remove(&contact) else { return false };
        self.timers.clear(Timer::Survey(contact));
        let (template, language, message) = (Template::Survey, survey.language, survey.next_message);
        let medium = self.ways(reached, template, language).first().copied();
        self.out.push(Command::SettleSurvey { contact, asked: medium.is_some() });
        if let Some(medium) = medium {
            self.messages.insert((contact, message), medium);
            self.out.push(Command::OweMessage { contact, message, template, medium, form: None, language, when: None });
        }
        true
    }

    /// Taken as long as the plan says; the last answer counts.
    fn opinion_given(&mut self, survey: &SurveyRecord, opinion: Opinion) -> bool {
        if survey.asked.is_none() {
            return false;
        }
        self.out.push(Command::KeepOpinion { survey: Box::new(survey.clone()), opinion });
        true
    }
}
