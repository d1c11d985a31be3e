//! The plan of a deployment: topology, hours, classes, overflow, parties and the dialogue's limits.
//!
//! [`read`] makes it from the text of `plan.toml`, [`check`] proves it, [`bounds`] says how long anybody
//! can be overtaken, [`answers`] who can answer at which hours. The router only ever sees a plan without
//! faults; how its text is walked ([`fields`], [`values`]) serves other texts that an authority edits as
//! well. Nothing here opens a file: text comes in, a plan or its faults go out.

mod answers;
mod bookings;
mod calendar;
mod call_backs;
mod check;
mod coverage;
mod decisions;
mod destinations;
mod diversions;
mod fault;
pub mod fields;
mod hours;
mod idle;
mod isolation;
mod messages;
mod model;
mod night;
mod opening;
mod overflow;
mod overtaking;
mod promises;
mod read;
mod retention;
mod survey;
mod telephone;
mod texts;
pub mod values;

#[cfg(test)]
mod tests;

pub use answers::{Answers, answers};
pub use bookings::{BookedStaff, BookingCap, BookingRule, Desk, Room, SLOT_MS_MAX};
pub use call_backs::CallBackRule;
pub use check::check;
pub use coverage::{Unanswered, unanswered};
pub use decisions::Decision;
pub(crate) use fault::nearest_word;
pub use fault::{Fault, Source};
use fields::Fields;
pub use hours::Hours;
pub use messages::{Filling, Letter, Messages, with_link};
pub use model::*;
pub use opening::{Closed, Day, Opening, Opens};
pub use overtaking::{Bound, bounds};
pub use promises::{EscalateTo, Escalation, LateStep, PromiseRule};
pub(crate) use read::read_words_of;
pub use read::{Examined, examine, read};
pub use retention::{Keeping, RetentionRule};
pub use survey::{EarlierSurvey, SurveyRule};
pub use texts::{Message, TextRule};
