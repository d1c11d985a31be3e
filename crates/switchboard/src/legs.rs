//! Which leg is whose: the only table that ties contacts, operators and parties to telephony.

use crate::desk::PageId;
use domain::{AttemptId, ContactId, OfferId, OperatorId};
use std::collections::{BTreeMap, BTreeSet};
use telephony::{BridgeId, LegId};

/// What a leg is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    Caller(ContactId),
    /// The sound of an operator's page.
    Browser(OperatorId, PageId),
    /// A SIP telephone at an operator's desk, rung for this offer.
    Telephone(OperatorId, OfferId),
    Party(ContactId, AttemptId),
}

/// A leg and whether sound flows on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connected {
    pub leg: LegId,
    pub up: bool,
}

#[derive(Default)]
pub(crate) struct Legs {
    uses: BTreeMap<LegId, Use>,
    callers: BTreeMap<ContactId, LegId>,
    operators: BTreeMap<OperatorId, Connected>,
    parties: BTreeMap<AttemptId, Connected>,
    /// Who hears whom in the conversation of a contact.
    members: BTreeMap<ContactId, BTreeSet<LegId>>,
}

/// Consultations have a bridge of their own beside the contact's.
const CONSULT_BRIDGES_FROM: u64 = 1 << 62;

pub(crate) fn bridge_of(contact: ContactId) -> BridgeId {
    BridgeId(contact.0)
}

pub(crate) fn consult_bridge_of(contact: ContactId) -> BridgeId {
    BridgeId(CONSULT_BRIDGES_FROM | contact.0)
}

impl Legs {
    pub fn use_of(&self, leg: LegId) -> Option<Use> {
        self.uses.get(&leg).copied()
    }

    pub fn caller(&self, contact: ContactId) -> Option<LegId> {
        self.callers.get(&contact).copied()
    }

    pub fn operator(&self, operator: OperatorId) -> Option<Connected> {
        self.operators.get(&operator).copied()
    }

    pub fn party(&self, attempt: AttemptId) -> Option<Connected> {
        self.parties.get(&attempt).copied()
    }

    /// Notes a leg; gives back the leg that it takes the place of.
    pub fn add(&mut self, leg: LegId, used: Use) -> Option<LegId> {
        self.uses.insert(leg, used);
        let before = match used {
            Use::Caller(contact) => self.callers.insert(contact, leg),
            Use::Browser(operator, _) | Use::Telephone(operator, _) => {
                self.operators.insert(operator, Connected { leg, up: false }).map(|before| before.leg)
            }
            Use::Party(_, attempt) => self.parties.insert(attempt, Connected { leg, up: false }).map(|before| before.leg),
        };
        if let Some(before) = before {
            self.uses.remove(&before);
        }
        before
    }

    /// Sound flows (or not) on this leg now.
    pub fn set_up(&mut self, leg: LegId, up: bool) {
        match self.uses.get(&leg) {
            Some(Use::Browser(operator, _) | Use::Telephone(operator, _)) => {
                if let Some(connected) = self.operators.get_mut(operator) {
                    connected.up = up;
                }
            }
            Some(Use::Party(_, attempt)) => {
                if let Some(connected) = self.parties.get_mut(attempt) {
                    connected.up = up;
                }
            }
            Some(Use::Caller(_)) | None => {}
        }
    }

    /// Forgets a leg that has ended.
    pub fn remove(&mut self, leg: LegId) -> Option<Use> {
        let used = self.uses.remove(&leg)?;
        match used {
            Use::Caller(contact) => {
                self.callers.remove(&contact);
            }
            Use::Browser(operator, _) | Use::Telephone(operator, _) => {
                if self.operators.get(&operator).is_some_and(|connected| connected.leg == leg) {
                    self.operators.remove(&operator);
                }
            }
            Use::Party(_, attempt) => {
                self.parties.remove(&attempt);
            }
        }
        for members in self.members.values_mut() {
            members.remove(&leg);
        }
        Some(used)
    }

    /// Sets who takes part in a contact's conversation.
    pub fn set_members(&mut self, contact: ContactId, members: impl IntoIterator<Item = LegId>) -> Vec<LegId> {
        let members: BTreeSet<LegId> = members.into_iter().collect();
        let list = members.iter().copied().collect();
        if members.is_empty() { self.members.remove(&contact) } else { self.members.insert(contact, members) };
        list
    }

    pub fn members(&self, contact: ContactId) -> BTreeSet<LegId> {
        self.members.get(&contact).cloned().unwrap_or_default()
    }
}
