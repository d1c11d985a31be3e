//! Messages in the language of the scenarios. The first to a contact needs no number.

use domain::{
    ContactId, MessageNumber, Timestamp,
    contact::{Medium, MessageFault, MessageState},
    routing::{Command, Event},
};

/// "takes the text of call 1", "takes message 2 of call 1", "gives up the text of call 1: refused"
pub fn event(words: &[&str]) -> Option<Event> {
    let call = |contact: &str| contact.trim_end_matches(':').parse().ok().map(ContactId);
    let number = |message: &str| message.parse().ok().map(MessageNumber);
    Some(match words {
        ["takes", "the", "text", "of", "call", contact] => {
            Event::MessageSent { contact: call(contact)?, message: MessageNumber::default() }
        }
        ["takes", "message", message, "of", "call", contact] => Event::MessageSent { contact: call(contact)?, message: number(message)? },
        ["gives", "up", "the", "text", "of", "call", contact, why] => {
            Event::MessageGivenUp { contact: call(contact)?, message: MessageNumber::default(), why: MessageFault::from_word(why)? }
        }
        ["gives", "up", "message", message, "of", "call", contact, why] => {
            Event::MessageGivenUp { contact: call(contact)?, message: number(message)?, why: MessageFault::from_word(why)? }
        }
        _ => return None,
    })
}

pub fn recorded(command: &Command, time: impl Fn(Timestamp) -> String) -> String {
    match command {
        Command::OweMessage { contact, message, template, medium, form, language, when } => {
            let medium = if *medium == Medium::Text { "text message" } else { "mail" };
            let about = form.as_ref().map_or_else(|| template.to_string(), Clone::clone);
            let when = when.map(|when| format!(", of {}", time(when))).unwrap_or_default();
            let number = numbered(*message);
            format!("owes call {contact} a {medium} in {language} about {about}{when}{number}")
        }
        Command::SettleMessage { contact, message, state: MessageState::Sent } => {
            format!("the text message to call {contact} is sent{}", numbered(*message))
        }
        Command::SettleMessage { contact, message, .. } => format!("the text message to call {contact} is given up{}", numbered(*message)),
        other => panic!("{other:?}"),
    }
}

fn numbered(message: MessageNumber) -> String {
    if message == MessageNumber::default() { String::new() } else { format!(" (message {message})") }
}
