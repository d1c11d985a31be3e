//! Contacts, matters and promises: what is open, who owns it, what is owed next.
//!
//! The invariant of the product lives here: every open contact has exactly one owner, and every open
//! matter at least one open promise with a due time (see [`ledger`]).

mod addition;
mod call;
mod changes;
mod fault;
pub mod ledger;
mod messages;
mod promises;
mod reference;
mod standing;
mod words;

pub use addition::{AdditionRecord, DecisionRecord, NamedMatter};
pub use call::CallRecord;
pub use messages::{MessageRecord, ReachedBy};
pub use reference::{Reference, ReferenceError};
pub use standing::Standing;
pub use words::*;
