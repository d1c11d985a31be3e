//! Surveys in the language of the scenarios.

use super::additions::reached;
use domain::{
    ContactId, Timestamp,
    contact::Channel,
    routing::{Command, Event},
    survey::{Opinion, Rating, SurveyRecord, SurveyState},
};

/// "call 1 may be asked how it was reached by text", "call 1 says it was very_good bad good"
pub fn event(words: &[&str], now: Timestamp) -> Option<Event> {
    match words {
        ["call", contact, "may", "be", "asked", "how", "it", "was", rest @ ..] => {
            Some(Event::OpinionWeighed { contact: ContactId(contact.parse().ok()?), reached: reached(rest).1 })
        }
        ["call", contact, "says", "it", "was", treatment, handling, accessibility] => {
            let survey = SurveyRecord {
                contact: ContactId(contact.parse().ok()?),
                channel: Channel::Telephone,
                region: None,
                state: SurveyState::Asked,
                due: now,
                asked: Some(now),
                answered: None,
                opinion: None,
            };
            let opinion = Opinion {
                treatment: Rating::from_word(treatment),
                handling: Rating::from_word(handling),
                accessibility: Rating::from_word(accessibility),
            };
            Some(Event::OpinionGiven { survey, opinion })
        }
        _ => None,
    }
}

pub fn line(command: &Command, time: impl Fn(Timestamp) -> String) -> String {
    match command {
        Command::AwaitOpinion { contact, due } => format!("call {contact} is perhaps asked how it was at {}", time(*due)),
        Command::WeighOpinion { contact } => format!("finds out whether call {contact} may be asked how it was"),
        Command::SettleSurvey { contact, asked: true } => format!("call {contact} is asked how it was"),
        Command::SettleSurvey { contact, asked: false } => format!("call {contact} is not asked how it was"),
        Command::KeepOpinion { survey, opinion } => {
            let said = [opinion.treatment, opinion.handling, opinion.accessibility];
            let said = said.map(|rating| rating.map_or("-", Rating::word));
            format!("call {} was: treatment {}, handling {}, accessibility {}", survey.contact, said[0], said[1], said[2])
        }
        other => panic!("{other:?}"),
    }
}
