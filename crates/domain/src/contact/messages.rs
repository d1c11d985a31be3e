//! What a contact is told in writing, by text message or mail, as the journal tells it.

use super::{Medium, MessageState, Template, ledger::ContactRecord};
use crate::{MessageNumber, Timestamp, intent::Language, routing::Command};
use serde::{Deserialize, Deserializer, Serialize};

/// Where older journals tell of a text message, it is the only one of its contact, about a form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MessageRecord {
    #[serde(default)]
    pub message: MessageNumber,
    #[serde(default = "Template::of_older")]
    pub template: Template,
    #[serde(default = "Medium::of_older")]
    pub medium: Medium,
    /// The destination of the plan that it is of, where it is of a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    pub language: Language,
    pub state: MessageState,
    pub owed: Timestamp,
    /// When it was sent or given up.
    pub settled: Option<Timestamp>,
}

impl Template {
    /// Whether it is about a point in time.
    #[must_use]
    pub fn tells_time(self) -> bool {
        match self {
            Self::NotReached | Self::PutOff | Self::Booked | Self::Moved | Self::Cancelled | Self::Reminder | Self::Missed => true,
            Self::Form | Self::NotReachedLast | Self::Received | Self::Linked | Self::Asked | Self::Decided => false,
            Self::Survey | Self::Files => false,
        }
    }

    /// Whether it is about a booked time, and may lead to it.
    #[must_use]
    pub fn is_of_booking(self) -> bool {
        match self {
            Self::Booked | Self::Moved | Self::Cancelled | Self::Reminder | Self::Missed => true,
            Self::Form | Self::NotReached | Self::PutOff | Self::NotReachedLast | Self::Files => false,
            Self::Received | Self::Linked | Self::Asked | Self::Decided | Self::Survey => false,
        }
    }

    /// Whether it is about something that somebody sent in, and may lead to their matter.
    #[must_use]
    pub fn is_of_matter(self) -> bool {
        match self {
            Self::Received | Self::Linked | Self::Asked | Self::Decided => true,
            Self::Booked | Self::Moved | Self::Cancelled | Self::Reminder | Self::Missed => false,
            Self::Form | Self::NotReached | Self::PutOff | Self::NotReachedLast | Self::Survey | Self::Files => false,
        }
    }

    /// Whether a link goes with it.
    #[must_use]
    pub fn leads_somewhere(self) -> bool {
        self.is_of_booking() || self.is_of_matter() || matches!(self, Self::Survey | Self::Files)
    }

    pub(crate) fn of_older() -> Self {
        Self::Form
    }
}

impl Medium {
    pub(crate) fn of_older() -> Self {
        Self::Text
    }
}

/// Each is owed once, in the order of its numbers, and settled once: told again it does not fit.
pub(super) fn apply(record: &mut ContactRecord, at: Timestamp, command: &Command) -> bool {
    match command {
        Command::OweMessage { message, template, medium, form, language, .. } if *message == record.next_message() => {
            record.messages.push(MessageRecord {
                message: *message,
                template: *template,
                medium: *medium,
                form: form.clone(),
                language: *language,
                state: MessageState::Owed,
                owed: at,
                settled: None,
            });
            true
        }
        Command::SettleMessage { message, state, .. } => {
            let owed = record.messages.iter_mut().find(|known| known.message == *message && known.state == MessageState::Owed);
            owed.is_some_and(|known| {
                (known.state, known.settled) = (*state, Some(at));
                *state != MessageState::Owed
            })
        }
        _ => false,
    }
}

impl ContactRecord {
    /// The number of the next message to this contact.
    #[must_use]
    pub fn next_message(&self) -> MessageNumber {
        self.messages.last().map_or_else(MessageNumber::default, |last| last.message.next())
    }

    /// What it is still owed in writing.
    pub fn messages_owed(&self) -> impl Iterator<Item = &MessageRecord> {
        self.messages.iter().filter(|message| message.state == MessageState::Owed)
    }
}

/// Records of before have at most one, and no list of them.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<MessageRecord>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Several(Vec<MessageRecord>),
        One(MessageRecord),
    }
    Ok(match Kept::deserialize(deserializer)? {
        Kept::Several(messages) => messages,
        Kept::One(message) => vec![message],
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{ContactId, contact::MessageFault, routing::Event};
    use serde_json::json;

    #[test]
    fn what_older_journals_tell_of_the_one_text_message_is_read() {
        let command = |value| serde_json::from_value::<Command>(value).unwrap();
        let owed = command(json!({ "do": "owe_text", "contact": 7, "form": "e-service", "language": "sv" }));
        let (contact, message) = (ContactId(7), MessageNumber(1));
        let form = Some("e-service".to_owned());
        let (template, medium) = (Template::Form, Medium::Text);
        assert_eq!(owed, Command::OweMessage { contact, message, template, medium, form, language: Language::Swedish, when: None });
        let settled = command(json!({ "do": "settle_text", "contact": 7, "state": "sent" }));
        assert_eq!(settled, Command::SettleMessage { contact, message, state: MessageState::Sent });
        let event = |value| serde_json::from_value::<Event>(value).unwrap();
        assert_eq!(event(json!({ "kind": "text_sent", "contact": 7 })), Event::MessageSent { contact, message });
        let given_up = event(json!({ "kind": "text_given_up", "contact": 7, "why": "no_gateway" }));
        assert_eq!(given_up, Event::MessageGivenUp { contact, message, why: MessageFault::NoGateway });
        let alarm = command(json!({ "do": "raise_alarm", "alarm": { "what": "text_given_up", "why": "refused" }, "contact": 7 }));
        assert!(matches!(alarm, Command::RaiseAlarm { alarm: crate::routing::Alarm::MessageGivenUp { medium: Medium::Text, .. }, .. }));
    }

    #[test]
    fn a_record_of_before_has_its_message_in_the_list() {
        #[derive(Deserialize)]
        struct Record {
            #[serde(default, alias = "text", deserialize_with = "read")]
            messages: Vec<MessageRecord>,
        }
        let read = |value| serde_json::from_value::<Record>(value).unwrap().messages;
        let one = json!({ "form": "e-service", "language": "sv", "state": "sent", "owed": 1_000, "settled": 2_000 });
        let kept = read(json!({ "text": one }));
        assert_eq!((kept.len(), kept[0].message, kept[0].state), (1, MessageNumber(1), MessageState::Sent));
        assert_eq!(read(json!({ "messages": kept })), kept);
        assert_eq!(read(json!({})), []);
    }
}

/// What reaches somebody in writing.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct ReachedBy {
    /// Their number takes a text message, and there is a gateway; journals of before do not tell.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub textable: bool,
    /// An address of theirs is known, and there is a mail server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mailable: bool,
}
