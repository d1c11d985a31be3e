//! Places to store in, and a small contact centre whose entries are consistent.

mod centre;
mod cluster;
mod place;

pub use centre::Centre;
pub use place::Place;
