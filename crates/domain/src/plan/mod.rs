//! The plan of a deployment: topology, hours, classes, overflow, parties and the dialogue's limits.
//!
//! [`read`] makes it from the text of `plan.toml`, [`check`] proves it, [`bounds`] says how long anybody
//! can be overtaken. The router only ever sees a plan without faults; how its text is walked ([`fields`],
//! [`values`]) serves other texts that an authority edits as well. Nothing here opens a file: text comes in,
//! a plan or its faults go out.

mod check;
mod diversions;
mod fault;
pub mod fields;
mod isolation;
mod model;
mod overflow;
mod overtaking;
mod read;
pub mod values;

#[cfg(test)]
mod tests;

pub use check::check;
pub(crate) use fault::nearest_word;
pub use fault::{Fault, Source};
pub use model::*;
pub use overtaking::{Bound, bounds};
pub use read::{Examined, examine, read};
