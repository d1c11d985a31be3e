//! The text message that a contact was promised, as the journal tells it.

use super::{TextState, ledger::ContactRecord};
use crate::{Timestamp, intent::Language, routing::Command};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TextRecord {
    /// The destination of the plan that it is of.
    pub form: String,
    pub language: Language,
    pub state: TextState,
    pub owed: Timestamp,
    /// When it was sent or given up.
    pub settled: Option<Timestamp>,
}

/// One is owed at most once, and settled once: told again it does not fit.
pub(super) fn apply(record: &mut ContactRecord, at: Timestamp, command: &Command) -> bool {
    match command {
        Command::OweText { form, language, .. } if record.text.is_none() => {
            let (form, language) = (form.clone(), *language);
            record.text = Some(TextRecord { form, language, state: TextState::Owed, owed: at, settled: None });
            true
        }
        Command::SettleText { state, .. } => record.text.as_mut().filter(|text| text.state == TextState::Owed).is_some_and(|text| {
            (text.state, text.settled) = (*state, Some(at));
            *state != TextState::Owed
        }),
        _ => false,
    }
}
