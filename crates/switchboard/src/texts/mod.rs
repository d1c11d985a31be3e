//! Text messages that callers are promised: who can be sent one, what it says, and the worker that sends it.

mod gateway;
mod outbox;

pub use gateway::{Gateway, GatewayError, TextSettings};
pub(crate) use outbox::Outbox;

use domain::{
    ContactId,
    plan::{Plan, TextRule},
    routing::Command,
};
use parking_lot::Mutex;
use serde_json::json;
use std::collections::BTreeMap;
use storage::{Payload, PayloadKind, TextsOwed};
use tokio::sync::Notify;

/// What the loop, the saver and the worker know in common of text messages.
#[derive(Default)]
pub(crate) struct Texts {
    /// There is a gateway.
    works: bool,
    /// Numbers of callers on the line who can be sent one.
    numbers: Mutex<BTreeMap<ContactId, String>>,
    /// Something is owed, or settled.
    pub changed: Notify,
    /// As the worker last saw it.
    pub owed: Mutex<TextsOwed>,
}

impl Texts {
    pub fn new(works: bool) -> Self {
        Self { works, ..Self::default() }
    }

    /// Whether this caller can be sent one; their number is kept until the contact is closed.
    pub fn reaches(&self, contact: ContactId, number: Option<&str>, rule: Option<&TextRule>) -> bool {
        let Some(number) = number.filter(|_| self.works).zip(rule).and_then(|(number, rule)| rule.reachable(number)) else { return false };
        self.numbers.lock().insert(contact, number);
        true
    }

    /// What is owed with these commands, to be saved with them.
    pub fn payloads(&self, commands: &[Command], plan: &Plan) -> Vec<Payload> {
        let mut payloads = Vec::new();
        for command in commands {
            match command {
                Command::OweText { contact, form, language } => {
                    let text = plan.message_of(form).and_then(|message| message.in_language(*language));
                    let number = self.numbers.lock().get(contact).cloned();
                    let body = json!({ "number": number.unwrap_or_default(), "text": text.unwrap_or_default() });
                    payloads.push(Payload { contact: *contact, kind: PayloadKind::Text, body });
                }
                Command::CloseContact { contact, .. } => {
                    self.numbers.lock().remove(contact);
                }
                _ => {}
            }
        }
        payloads
    }
}
