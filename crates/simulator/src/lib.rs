//! What if: invented callers and operators against the very router that runs live.
//!
//! The clock jumps from one happening to the next; [`domain::routing::Router`] alone decides who is next
//! and who answers. Nothing here ranks, widens or diverts, and no figure is read from the router: all are
//! folded from its commands. Nothing here reads a clock, a file or the environment either, so that a run
//! can be repeated from its seed alone.
//!
//! Chance and the closed forms reckon with floating numbers; what reaches the router are whole
//! milliseconds.

pub mod anchors;
pub mod callers;
mod centre;
pub mod chance;
mod day;
mod digest;
pub mod figures;
pub mod queueing;
mod recorded;
pub mod reference;
pub mod scenario;
pub mod staff;
pub mod statistics;
mod tally;
mod trial;

pub use callers::{Caller, Demand, Handling, Stream};
pub use centre::{Busy, Centre, Course, Desk, End, Fate, SimulationFault};
pub use digest::Digest;
pub use recorded::{Recorded, Recorder};
pub use staff::Operator;
pub use tally::Tally;
pub use trial::{Compared, Group, Trial};
