//! The plan of a deployment: topology, hours, classes, overflow, parties and the dialogue's limits.
//! Read from text by [`read`], proved by [`check`]; the router only ever sees a plan without faults.

mod check;
mod model;
mod read;

pub use check::check;
pub use model::*;
pub use read::{Fault, Source, read};
