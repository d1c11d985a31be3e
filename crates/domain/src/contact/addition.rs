//! What a contact adds to a matter, as the journal tells it: what is owed for it, and whether anybody has linked it.

use super::{Owner, ledger::ContactRecord};
use crate::{MatterId, PromiseId, RegionId, Timestamp, routing::Command};
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

pub(super) fn apply(record: &mut ContactRecord, command: &Command) -> bool {
    let Command::OweAddition { promise, verified, to_link, proposed, .. } = command else { return false };
    record.addition = Some(AdditionRecord { promise: *promise, verified: *verified, to_link: *to_link, proposed: *proposed });
    true
}
