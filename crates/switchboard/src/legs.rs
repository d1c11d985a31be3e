//! Which leg is whose: the only table that ties contacts, operators and parties to telephony.

use crate::{desk::PageId, talk::Talk};
use domain::{AttemptId, ContactId, OfferId, OperatorId};
use std::collections::BTreeMap;
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
    /// A citizen whom we ring; once they have answered they are the caller of this contact.
    Citizen(ContactId, AttemptId),
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
    /// Of citizens whom we rang, until the line ends.
    citizens: BTreeMap<AttemptId, LegId>,
    talks: BTreeMap<ContactId, Talk>,
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

    /// The leg on which an operator is heard now.
    pub fn connected(&self, operator: OperatorId) -> Option<LegId> {
        self.operator(operator).filter(|connected| connected.up).map(|connected| connected.leg)
    }

    pub fn party(&self, attempt: AttemptId) -> Option<Connected> {
        self.parties.get(&attempt).copied()
    }

    /// The leg of a citizen whom we ring or have reached by this attempt.
    pub fn citizen(&self, attempt: AttemptId) -> Option<LegId> {
        self.citizens.get(&attempt).copied()
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
            Use::Citizen(_, attempt) => self.citizens.insert(attempt, leg),
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
            Some(Use::Caller(_) | Use::Citizen(..)) | None => {}
        }
    }

    /// Forgets a leg that has ended.
    pub fn remove(&mut self, leg: LegId) -> Option<Use> {
        let used = self.uses.remove(&leg)?;
        self.citizens.retain(|_, citizen| *citizen != leg);
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
            Use::Citizen(..) => {}
        }
        Some(used)
    }

    pub fn talk(&self, contact: ContactId) -> Option<&Talk> {
        self.talks.get(&contact)
    }

    pub fn change_talk(&mut self, contact: ContactId, change: impl FnOnce(&mut Talk)) {
        change(self.talks.entry(contact).or_default());
    }

    pub fn end_talk(&mut self, contact: ContactId) {
        self.talks.remove(&contact);
    }

    /// The conversations that an operator takes part in.
    pub fn talks_of(&self, operator: OperatorId) -> Vec<ContactId> {
        self.talks.iter().filter(|(_, talk)| talk.includes(operator)).map(|(contact, _)| *contact).collect()
    }
}
