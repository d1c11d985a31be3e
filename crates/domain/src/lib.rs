//! What should happen: the pure rules of the contact centre.
//!
//! Nothing here reads a clock, a file, the environment or randomness; time and ids come in with the
//! events. All maps are ordered and all durations are integer milliseconds, so that the same events
//! always give the same commands, live and in the simulator.

pub mod access;
pub mod booking;
pub mod contact;
pub mod destination;
pub mod dialogue;
pub mod form;
pub mod ids;
pub mod intent;
mod name;
mod named;
mod numbered;
pub mod place;
pub mod plan;
pub mod promise;
pub mod report;
pub mod routing;
pub mod service_level;
pub mod survey;
pub mod time;

pub use ids::*;
pub use time::Timestamp;
