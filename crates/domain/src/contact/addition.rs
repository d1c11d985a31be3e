//! What a contact adds to a matter, as the journal tells it: what is owed for it, and whether anybody has linked it.

use super::{
    Owner,
    changes::Changes,
    ledger::{Ledger, MatterRecord},
};
use crate::{DecisionId, MatterId, PromiseId, RegionId, Timestamp, routing::Command};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AdditionRecord {
    /// That it is read, and answered where it asks for it.
    pub promise: PromiseId,
    /// Who sent it is known, and to the matter.
    pub verified: bool,
    /// A person has still to say which matter it is of; until then it is one of its own.
    pub to_link: bool,
    /// The matter that it names, or that its sender has; nobody has said that it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<MatterId>,
}

/// What was decided of a report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DecisionRecord {
    pub decision: DecisionId,
    pub at: Timestamp,
}

/// A matter that somebody names, as its records tell it: it may have been closed and forgotten long since.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NamedMatter {
    pub matter: MatterId,
    pub opened: Timestamp,
    /// The unit that took its report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Owner>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
}

/// Takes in what a contact adds, which matter it is of, and what that matter is.
pub(super) fn apply(ledger: &mut Ledger, at: Timestamp, command: &Command, changes: &mut Changes) -> bool {
    match command {
        Command::OweAddition { contact, promise, verified, to_link, proposed } => {
            changes.contacts.push(*contact);
            let addition = AdditionRecord { promise: *promise, verified: *verified, to_link: *to_link, proposed: *proposed };
            ledger.open_record(*contact).is_some_and(|record| {
                record.addition = Some(addition);
                true
            })
        }
        Command::LinkContact { contact, matter } => {
            changes.contacts.push(*contact);
            changes.matters.push(*matter);
            let is_open = ledger.open_matter(*matter).is_some();
            ledger.open_record(*contact).filter(|_| is_open).is_some_and(|record| {
                record.matter = *matter;
                true
            })
        }
        // It was closed, and may have been forgotten.
        Command::ReopenMatter { matter, opened, decided_by } => {
            changes.matters.push(*matter);
            let was_closed = ledger.open_matter(*matter).is_none();
            if was_closed {
                let record = MatterRecord { matter: *matter, opened: *opened, closed: None, decided_by: decided_by.clone() };
                ledger.matters.insert(*matter, record);
            }
            was_closed
        }
        Command::DecideMatter { matter, unit } => {
            changes.matters.push(*matter);
            ledger.open_matter(*matter).is_some_and(|record| {
                record.decided_by = Some(unit.clone());
                true
            })
        }
        Command::DecideReport { contact, matter, decision } => {
            changes.contacts.push(*contact);
            let record = ledger.open_record(*contact).filter(|record| record.matter == *matter && record.addition.is_some());
            record.is_some_and(|record| {
                record.decision = Some(DecisionRecord { decision: decision.clone(), at });
                true
            })
        }
        _ => true,
    }
}
