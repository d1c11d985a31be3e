//! What citizens are promised in writing: who can be sent a message, what it says, and the worker that sends it, by text
//! message or mail.

mod gateway;
mod mailer;
mod outbox;
mod patience;

pub use gateway::{Gateway, GatewayError, TextSettings};
pub use mailer::{MailError, MailSettings, MailTls, Mailer};
pub(crate) use outbox::Outbox;
pub use patience::UnusableTime;

use crate::citizens::Citizens;
use domain::{
    ContactId, Timestamp,
    booking::BookingRecord,
    contact::{Medium, Reference, Template, ledger::Ledger},
    intent::Language,
    plan::{Filling, Letter, Plan, TextRule, with_link},
    routing::Command,
};
use gateway::Sent;
use parking_lot::Mutex;
use patience::Patience;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use storage::{Message, MessagesOwed, OwedMessage, Payload, PayloadKind};
use tokio::sync::Notify;

/// Who carries messages; nobody is promised one by a medium that nobody carries.
#[derive(Clone, Debug, Default)]
pub struct Carriers {
    pub text: Option<Arc<Carrier>>,
    pub mail: Option<Arc<Carrier>>,
}

/// Takes messages of ours and passes them on.
#[derive(Debug)]
pub enum Carrier {
    /// For text messages; a demo's invented one takes mails too.
    Gateway(Gateway),
    Mailer(Mailer),
}

impl Carrier {
    async fn send(&self, owed: &OwedMessage, to: &str, words: &Message) -> Sent {
        match self {
            Self::Gateway(gateway) => gateway.send(owed, to, words).await,
            Self::Mailer(mailer) => mailer.send(owed, to, words).await,
        }
    }

    fn patience(&self) -> &Patience {
        match self {
            Self::Gateway(gateway) => &gateway.patience,
            Self::Mailer(mailer) => &mailer.patience,
        }
    }
}

impl Carriers {
    fn of(&self, medium: Medium) -> Option<&Arc<Carrier>> {
        match medium {
            Medium::Text => self.text.as_ref(),
            Medium::Mail => self.mail.as_ref(),
        }
    }
}

/// What a message needs that neither the plan nor the journal has. Personal data.
#[derive(Clone, Default)]
pub(crate) struct Particulars {
    /// With its country code.
    pub number: Option<String>,
    pub mail: Option<String>,
}

/// What the loop, the saver and the worker know in common of messages.
#[derive(Default)]
pub(crate) struct Messages {
    carried: Vec<Medium>,
    citizens: Option<Citizens>,
    /// Of open contacts, as far as it is known already; what is not is looked up when a message is sent.
    known: Mutex<BTreeMap<ContactId, Particulars>>,
    /// Something is owed, or settled.
    pub changed: BTreeMap<Medium, Notify>,
    /// As the workers last saw it.
    pub stand: Mutex<BTreeMap<Medium, MessagesStand>>,
    /// The address that mails of ours come from.
    pub mail_sender: Option<String>,
}

/// How the messages of a medium stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct MessagesStand {
    #[serde(flatten)]
    pub owed: MessagesOwed,
    /// In the last day.
    pub given_up: u64,
}

impl Messages {
    pub fn new(carriers: &Carriers, citizens: Option<Citizens>) -> Self {
        let carried = Medium::ALL.iter().copied().filter(|medium| carriers.of(*medium).is_some()).collect();
        let changed = Medium::ALL.iter().map(|medium| (*medium, Notify::new())).collect();
        let mail_sender = match carriers.mail.as_deref() {
            Some(Carrier::Mailer(mailer)) => Some(mailer.sender().to_owned()),
            Some(Carrier::Gateway(_)) | None => None,
        };
        Self { carried, citizens, changed, mail_sender, ..Self::default() }
    }

    pub fn carries(&self, medium: Medium) -> bool {
        self.carried.contains(&medium)
    }

    /// Whether a text message reaches this number, which is kept until the contact is closed.
    pub fn reaches(&self, contact: ContactId, number: Option<&str>, rule: Option<&TextRule>) -> bool {
        let reachable = number.zip(rule).and_then(|(number, rule)| rule.reachable(number));
        let Some(number) = reachable.filter(|_| self.carries(Medium::Text)) else { return false };
        self.known.lock().entry(contact).or_default().number = Some(number);
        true
    }

    /// Whether a text message reaches this number. Where it goes is looked up when one is sent, so that nothing is sent to
    /// whose number was erased meanwhile.
    pub fn carries_to_number(&self, number: Option<&str>, rule: Option<&TextRule>) -> bool {
        self.carries(Medium::Text) && number.zip(rule).is_some_and(|(number, rule)| rule.reachable(number).is_some())
    }

    /// Whether a mail can be sent to what somebody wrote as their address; it is looked up as a number is.
    pub fn carries_to_mail(&self, written: Option<&str>) -> bool {
        self.carries(Medium::Mail) && written.and_then(interop::mail::address).is_some()
    }

    /// Whether a message can lead to citizens' pages.
    pub fn lead_to_pages(&self) -> bool {
        self.citizens.as_ref().is_some_and(Citizens::have_address)
    }

    /// Something is owed, or settled.
    pub fn tell(&self) {
        self.changed.values().for_each(Notify::notify_one);
    }

    /// What is owed with these commands, to be saved with them.
    pub fn payloads(&self, now: Timestamp, commands: &[Command], plan: &Plan, ledger: &Ledger) -> Vec<Payload> {
        let mut payloads = Vec::new();
        let mut closed = Vec::new();
        for command in commands {
            match command {
                Command::OweMessage { contact, .. } => {
                    let known = self.known.lock().get(contact).cloned().unwrap_or_default();
                    payloads.extend(self.payload(now, command, known, plan, ledger));
                }
                Command::CloseContact { contact, .. } => closed.push(*contact),
                _ => {}
            }
        }
        let mut known = self.known.lock();
        // Last: a message may be owed to whoever is closed with the same decision.
        closed.iter().for_each(|contact| {
            known.remove(contact);
        });
        payloads
    }

    /// The words as they are sent, with the link of whom they lead to, or without all that is of no use where there is none.
    pub fn finished(&self, words: &Message, language: Language) -> Message {
        let to_booking = words.linked.and_then(|booking| self.citizens.as_ref()?.link(booking, language));
        let to_matter = || self.citizens.as_ref()?.link_to_follow(words.follows?, language);
        let to_survey = || self.citizens.as_ref()?.link_to_survey(words.surveys?, language);
        let to_files = || self.citizens.as_ref()?.link_to_files(words.files?, language);
        let link = to_booking.or_else(to_matter).or_else(to_survey).or_else(to_files);
        Message { text: with_link(&words.text, link.as_deref()), ..words.clone() }
    }

    fn payload(&self, now: Timestamp, command: &Command, known: Particulars, plan: &Plan, ledger: &Ledger) -> Option<Payload> {
        let Command::OweMessage { contact, message, template, medium, form, language, when } = command else { return None };
        let record = ledger.contacts.get(contact);
        let booked = ledger.bookings.values().find(|record| template.is_of_booking() && record.contact == Some(*contact));
        let have_address = self.lead_to_pages();
        let linked = booked.map(|record| record.booking).filter(|_| have_address);
        let follows = Some(*contact).filter(|_| template.is_of_matter() && have_address);
        let surveys = Some(*contact).filter(|_| *template == Template::Survey && have_address);
        let files = Some(*contact).filter(|_| *template == Template::Files && have_address);
        let letter = match (template, form) {
            (Template::Form, Some(form)) => {
                let text = plan.message_of(form).and_then(|message| message.in_language(*language)).unwrap_or_default();
                Letter { subject: None, text }
            }
            _ => {
                let reference = record.map(|record| Reference::of(record.matter).to_string()).unwrap_or_default();
                let address = booked.and_then(|record| place_of(plan, record, *language)).unwrap_or_default();
                let filling = Filling { reference, when: *when, address, linked: have_address && template.leads_somewhere() };
                plan.letter(*template, *medium, *language, &filling)?
            }
        };
        let file = || Some(self.citizens.as_ref()?.appointment(plan, booked?, *language, now));
        let (to, attachment) = match medium {
            Medium::Text => (known.number, None),
            Medium::Mail => (known.mail, file().filter(|_| changes_calendars(*template))),
        };
        let body =
            Message { message: *message, to, subject: letter.subject, text: letter.text, linked, follows, surveys, files, attachment };
        Some(Payload { contact: *contact, kind: PayloadKind::Message, body: serde_json::to_value(body).ok()? })
    }
}

/// A reminder changes nothing, and calendars keep what was missed.
fn changes_calendars(template: Template) -> bool {
    matches!(template, Template::Booked | Template::Moved | Template::Cancelled)
}

/// Where a visitor goes to: the desk and its address.
fn place_of(plan: &Plan, record: &BookingRecord, language: Language) -> Option<String> {
    let desk = plan.desk(record.wanted.wish.desk.as_ref()?)?;
    let address = plan.in_language(&desk.address, language);
    Some([Some(desk.name.clone()), address].into_iter().flatten().collect::<Vec<_>>().join(", "))
}
