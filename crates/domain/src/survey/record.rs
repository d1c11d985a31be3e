//! One survey, as the journal tells of it.

use super::{Opinion, SurveyState};
use crate::{
    ContactId, RegionId, Timestamp,
    contact::{Channel, ledger::Ledger},
    routing::Command,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SurveyRecord {
    /// What it is about.
    pub contact: ContactId,
    pub channel: Channel,
    /// Where the contact was served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
    pub state: SurveyState,
    /// When it is found out whether they are asked.
    pub due: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<Opinion>,
}

/// False when it does not fit what went before. An answer takes the place of an earlier one, and may come when the live
/// ledger has long forgotten the question: it brings that along.
pub(crate) fn apply(ledger: &mut Ledger, at: Timestamp, command: &Command) -> bool {
    match command {
        Command::AwaitOpinion { contact, due } => {
            let Some(record) = ledger.contacts.get(contact).filter(|record| record.closed.is_some()) else { return false };
            if ledger.surveys.contains_key(contact) {
                return false;
            }
            let survey = SurveyRecord {
                contact: *contact,
                channel: record.channel,
                region: record.region.clone(),
                state: SurveyState::Awaited,
                due: *due,
                asked: None,
                answered: None,
                opinion: None,
            };
            ledger.surveys.insert(*contact, survey);
            true
        }
        Command::SettleSurvey { contact, asked } => {
            let awaited = ledger.surveys.get_mut(contact).filter(|survey| survey.state == SurveyState::Awaited);
            awaited.is_some_and(|survey| {
                survey.state = if *asked { SurveyState::Asked } else { SurveyState::Spared };
                survey.asked = asked.then_some(at);
                true
            })
        }
        Command::KeepOpinion { survey, opinion } => {
            let kept =
                SurveyRecord { state: SurveyState::Answered, answered: Some(at), opinion: Some(*opinion), ..SurveyRecord::clone(survey) };
            ledger.surveys.insert(survey.contact, kept);
            survey.asked.is_some()
        }
        _ => true,
    }
}
