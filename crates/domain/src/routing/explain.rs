//! Why a decision fell as it did, as data; the words are made where it is shown, in each language.

use crate::{ContactId, OperatorId, QueueId, intent::Language};
use serde::{Deserialize, Serialize};

/// Why this contact was offered to this operator at this moment.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Explanation {
    pub queue: QueueId,
    pub waited_ms: u64,
    /// The contact's step when it was offered; 0 is its own region.
    pub step: usize,
    pub reason: Reason,
    pub language: Language,
    /// How many waited that this operator may take, this one included.
    pub eligible_contacts: usize,
    /// The next in line after this contact, at most three.
    pub contacts_behind: Vec<ContactId>,
    /// The operators who came next for this contact, at most three.
    pub operators_behind: Vec<OperatorId>,
    /// How long the operator had been idle.
    pub idle_ms: u64,
}

/// The rule that decided.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Time-critical: before every other class.
    Strict,
    /// The oldest that this operator may take in the contact's own region.
    LongestWait,
    /// More waited in the contact's queue than its region could take, so a neighbour helps.
    Overflow,
    /// Nobody on duty who may take it speaks the language: an interpreter is to be called in.
    Interpreter,
    /// A step of the plan makes do with another skill or category of staff than was asked for.
    Eased,
    /// The contact's own region had led it to this one when it came into line.
    Diverted,
    /// An operator lost the page; the caller is offered again, in front.
    Returned,
    /// They rang again, and had spoken with this operator.
    SpokeBefore,
    /// The citizen booked this time.
    Booked,
    /// A leader put it before others.
    PutFirst,
    /// A leader gave it to this operator.
    Assigned,
    /// A colleague asked for this operator by name.
    AskedFor,
}
