//! Drawn parts that more than one page shows.

pub mod course;
pub mod notices;
pub mod place;
pub mod strip;
