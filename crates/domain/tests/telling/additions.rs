//! Additions in the language of the scenarios.

use super::Memory;
use domain::{
    ContactId, MatterId, OperatorId, RegionId,
    contact::{Channel, NamedMatter, ReachedBy},
    intent::{Intent, Language},
    routing::{Command, Event},
};

pub(super) fn is_one(words: &[&str]) -> bool {
    matches!(
        words,
        ["operator", _, "links", "call", _, "to", "matter", _] | ["call", _, "is", "a", _, "in", ..] | ["call", _, "reports", ..]
    )
}

impl Memory {
    /// "operator 1 links call 2 to matter 1", "call 2 is a mail in sv ..."
    pub(super) fn of_addition(&self, words: &[&str]) -> Option<Event> {
        match words {
            ["operator", operator, "links", "call", contact, "to", "matter", matter] => {
                let named = self.matters.get(&MatterId(matter.parse().ok()?))?.clone();
                Some(Event::ContactLinked {
                    contact: ContactId(contact.parse().ok()?),
                    named,
                    operator: OperatorId(operator.parse().ok()?),
                })
            }
            ["call", contact, "reports", intent, "on", "the", "web", "in", language, rest @ ..] => {
                let (rest, reached) = reached(rest);
                let region = match rest {
                    [] => None,
                    ["for", region] => Some(RegionId::new(region)),
                    _ => return None,
                };
                let contact = ContactId(contact.parse().ok()?);
                let (intent, language) = (Intent::from_word(intent)?, Language::from_word(language)?);
                Some(Event::ReportReceived { contact, matter: MatterId(contact.0), intent, language, region, reached })
            }
            ["call", contact, "is", "a", channel, "in", language, rest @ ..] => {
                self.addition(ContactId(contact.parse().ok()?), Channel::from_word(channel)?, Language::from_word(language)?, rest)
            }
            _ => None,
        }
    }

    /// What is recorded of a matter, to be named later.
    pub(super) fn learn_matter(&mut self, command: &Command) {
        match command {
            Command::OpenContact { contact, matter, .. } => {
                let named = NamedMatter { matter: *matter, opened: self.now, decided_by: None, region: None };
                self.matters.entry(*matter).or_insert(named);
                self.of_contacts.insert(*contact, *matter);
            }
            Command::LinkContact { contact, matter } => {
                self.of_contacts.insert(*contact, *matter);
            }
            Command::Describe { contact, region: Some(region), .. } => {
                let matter = self.of_contacts.get(contact);
                if let Some(named) = matter.and_then(|matter| self.matters.get_mut(matter)) {
                    named.region.get_or_insert(region.clone());
                }
            }
            Command::DecideMatter { matter, unit } => {
                if let Some(named) = self.matters.get_mut(matter) {
                    named.decided_by = Some(unit.clone());
                }
            }
            _ => {}
        }
    }

    /// "naming matter 1", "naming matter 1 from somebody it knows", "for vast", each perhaps "reached by text and mail"; its own
    /// matter has the number of the call.
    fn addition(&self, contact: ContactId, channel: Channel, language: Language, words: &[&str]) -> Option<Event> {
        let named = |matter: &str| self.matters.get(&MatterId(matter.parse().ok()?)).cloned();
        let (words, reached) = reached(words);
        let (named, verified, region) = match words {
            [] => (None, false, None),
            ["for", region] => (None, false, Some(RegionId::new(region))),
            ["naming", "matter", matter] => (Some(named(matter)?), false, None),
            ["naming", "matter", matter, "from", "somebody", "it", "knows"] => (Some(named(matter)?), true, None),
            _ => return None,
        };
        Some(Event::AdditionReceived { contact, matter: MatterId(contact.0), channel, language, named, verified, region, reached })
    }
}

pub(super) fn recorded(command: &Command) -> String {
    match command {
        Command::ReopenMatter { matter, .. } => format!("matter {matter} is open again"),
        Command::DecideMatter { matter, unit } => format!("matter {matter} was decided by {}", unit.word()),
        Command::OweAddition { contact, promise, to_link, proposed, .. } => {
            let whose = proposed.map_or(String::new(), |matter| format!(", perhaps of matter {matter}"));
            format!("call {contact} is written, promise {promise}{}{whose}", if *to_link { ", to be linked" } else { "" })
        }
        Command::DecideReport { contact, matter, decision } => format!("call {contact} of matter {matter} is decided: {decision}"),
        Command::LinkContact { contact, matter } => format!("call {contact} is of matter {matter} from here on"),
        other => panic!("{other:?}"),
    }
}

/// What stands before "reached by text and mail", and whether a text message and a mail reach them.
pub(super) fn reached<'w, 's>(words: &'w [&'s str]) -> (&'w [&'s str], ReachedBy) {
    let (words, ways) = match words {
        [words @ .., "reached", "by", way] => (words, [*way, *way]),
        [words @ .., "reached", "by", one, "and", other] => (words, [*one, *other]),
        _ => (words, ["", ""]),
    };
    (words, ReachedBy { textable: ways.contains(&"text"), mailable: ways.contains(&"mail") })
}
