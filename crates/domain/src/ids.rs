//! Identities as types, so that a contact is never mistaken for a matter. Numbered ids are given by
//! the switchboard in rising order; named ids are the plan's own words.

use crate::{name::Name, named::Word, numbered::Number};
use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, fmt};

macro_rules! numbered {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl Number for $name {
            fn number(self) -> u64 {
                self.0
            }

            fn of(number: u64) -> Self {
                Self(number)
            }
        }
    )+};
}

macro_rules! named {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Name);

        impl $name {
            #[must_use]
            pub fn new(name: &str) -> Self {
                Self(Name::new(name))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Word for $name {
            fn number(&self) -> usize {
                self.0.number()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }
    )+};
}

numbered! {
    /// One approach by a citizen through one channel.
    ContactId,
    /// What it is about, over all its contacts.
    MatterId,
    /// Something owed to a citizen.
    PromiseId,
    /// One exclusive lease of a contact to an operator.
    OfferId,
    /// One attempt to reach a third party (112, a command centre, the switchboard, a colleague).
    AttemptId,
    /// A time that a citizen has booked, or that is kept while the form is filled.
    BookingId,
    /// A person who answers; the number of the staff account.
    OperatorId,
}

named! {
    /// A police region or district, as the plan names it ("vast").
    RegionId,
    /// A demand with its own order: region and matter class ("vast.report").
    QueueId,
    /// A class of matters that share a level and a place in line ("report").
    ClassId,
    /// A building with operators.
    SiteId,
    /// A police desk that takes visitors at booked times.
    DeskId,
    /// Another service that calls are handed to ("112", "rlc.vast", "switchboard").
    PartyId,
    /// A unit of the authority that owes something ("supervisors.vast"), or a party that has the caller.
    UnitId,
    /// A skill that a queue step can ask for ("report").
    SkillId,
    /// A category of staff that a class may be kept to ("officer").
    CategoryId,
    /// What may be decided of a report ("no_traces").
    DecisionId,
}

/// Which of the messages to a contact, from 1; older journals have one of each contact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageNumber(pub u32);

impl Default for MessageNumber {
    fn default() -> Self {
        Self(1)
    }
}

impl MessageNumber {
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for MessageNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl QueueId {
    /// The queue of a region for a class of matters.
    #[must_use]
    pub fn of(region: &RegionId, class: &ClassId) -> Self {
        Self(region.0.dotted(&class.0))
    }
}
