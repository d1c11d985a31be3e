//! What must hold in a storm of messages: a form is owed to a contact at most once, costs nobody their place, and is
//! offered to nobody in danger; that nobody was reached is told once a day; and each message is settled once.

use domain::{
    ContactId, MessageNumber,
    contact::Template,
    routing::{Command, View},
};
use std::collections::BTreeSet;

#[derive(Default)]
pub struct Texted {
    owed: BTreeSet<(ContactId, MessageNumber)>,
    ever: BTreeSet<(ContactId, MessageNumber)>,
    forms: BTreeSet<ContactId>,
}

impl Texted {
    pub fn prove(&mut self, commands: &[Command], view: &View, urged: &BTreeSet<ContactId>) {
        for command in commands {
            match command {
                Command::OweMessage { contact, message, template, when, .. } => {
                    assert!(self.ever.insert((*contact, *message)), "contact {contact} is owed message {message} a second time");
                    assert_eq!(*template == Template::NotReached, when.is_some(), "{command:#?}");
                    self.owed.insert((*contact, *message));
                    if *template != Template::Form {
                        continue;
                    }
                    assert!(self.forms.insert(*contact), "contact {contact} is owed a second form");
                    assert!(!urged.contains(contact), "contact {contact} may be in danger");
                    // Neither state nor owner, queue nor promise is touched.
                    let only_told =
                        matches!(commands, [Command::OweMessage { .. }, Command::Play { contact: told, .. }] if told == contact);
                    assert!(only_told, "more was decided than a text message: {commands:#?}");
                }
                Command::SettleMessage { contact, message, .. } => {
                    assert!(self.owed.remove(&(*contact, *message)), "contact {contact} was owed no message {message}");
                }
                _ => {}
            }
        }
        assert!(view.messages.iter().eq(&self.owed), "owed are {:?}, known to the router {:?}", self.owed, view.messages);
    }
}
