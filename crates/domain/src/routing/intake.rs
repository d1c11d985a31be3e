//! What the router is told of an approach with its first event.

use crate::{
    ContactId, OperatorId,
    intent::{Intent, Language},
};
use serde::{Deserialize, Serialize};

/// What is known of an approach before a word is said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Intake {
    /// Language to greet in.
    pub language: Language,
    /// Whether any recogniser is at work; without one the dialogue goes by keys.
    pub recogniser: bool,
    /// What it is about, where a person or a form has asked all that the dialogue asks, the emergency
    /// included: a hand-over from another centre, a booked call, a call-back. Such a contact goes into
    /// line at once. None for whoever rings in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// Who spoke with them when they rang before, within the time of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoke_with: Option<OperatorId>,
    /// They show no number that they could be rung back at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// They can be sent a text message: their number takes one, and there is a gateway.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub textable: bool,
    /// A mail address of theirs is known, and there is a mail server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mailable: bool,
    /// The number that they show may be rung, by the plan.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub callable: bool,
    /// The open contact of a call that we owe the number that rings in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<ContactId>,
}

impl Intake {
    /// Of somebody who rings in and of whom nothing else is known; it goes by keys.
    #[must_use]
    pub fn of_caller(language: Language) -> Self {
        Self {
            language,
            recogniser: false,
            intent: None,
            spoke_with: None,
            anonymous: false,
            textable: false,
            mailable: false,
            callable: false,
            owed: None,
        }
    }
}
