//! Drawn parts that more than one page shows.

pub mod place;
pub mod strip;
