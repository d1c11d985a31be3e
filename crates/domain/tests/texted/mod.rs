//! What must hold in a storm of text messages: at most one is owed to a contact, it costs nobody their place, nobody in
//! danger is offered one, and each is settled once.

use domain::{
    ContactId,
    routing::{Command, View},
};
use std::collections::BTreeSet;

#[derive(Default)]
pub struct Texted {
    owed: BTreeSet<ContactId>,
    ever: BTreeSet<ContactId>,
}

impl Texted {
    pub fn prove(&mut self, commands: &[Command], view: &View, urged: &BTreeSet<ContactId>) {
        for command in commands {
            match command {
                Command::OweText { contact, .. } => {
                    assert!(self.ever.insert(*contact), "contact {contact} is owed a second text message");
                    assert!(!urged.contains(contact), "contact {contact} may be in danger");
                    // Neither state nor owner, queue nor promise is touched.
                    let only_told = matches!(commands, [Command::OweText { .. }, Command::Play { contact: told, .. }] if told == contact);
                    assert!(only_told, "more was decided than a text message: {commands:#?}");
                    self.owed.insert(*contact);
                }
                Command::SettleText { contact, .. } => assert!(self.owed.remove(contact), "contact {contact} was owed no text message"),
                _ => {}
            }
        }
        assert!(view.texts.iter().eq(&self.owed), "owed are {:?}, known to the router {:?}", self.owed, view.texts);
    }
}
