//! Text messages in the language of the scenarios.

use domain::{
    ContactId,
    contact::{TextFault, TextState},
    routing::{Command, Event},
};

/// "takes the text of call 1", "gives up the text of call 1: refused"
pub fn event(words: &[&str]) -> Option<Event> {
    let call = |contact: &str| contact.trim_end_matches(':').parse().ok().map(ContactId);
    match words {
        ["takes", "the", "text", "of", "call", contact] => Some(Event::TextSent { contact: call(contact)? }),
        ["gives", "up", "the", "text", "of", "call", contact, why] => {
            Some(Event::TextGivenUp { contact: call(contact)?, why: TextFault::from_word(why)? })
        }
        _ => None,
    }
}

pub fn recorded(command: &Command) -> String {
    match command {
        Command::OweText { contact, form, language } => format!("owes call {contact} a text message in {language} about {form}"),
        Command::SettleText { contact, state: TextState::Sent } => format!("the text message to call {contact} is sent"),
        Command::SettleText { contact, .. } => format!("the text message to call {contact} is given up"),
        other => panic!("{other:?}"),
    }
}
