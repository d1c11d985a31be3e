//! What do others say? The wire formats of location and emergency services, read tolerantly and
//! written strictly, in the types of `domain`.
//!
//! No IO, clock or logging here: bytes in, values out. Nothing a sender writes may panic a reader,
//! and what could not be used is told as a warning rather than dropped in silence. Positions and
//! addresses are personal data and hide themselves in Debug.

pub mod calendar;
pub mod emergency;
pub mod evidence;
pub mod mail;
pub mod mail_in;
pub mod pidf_lo;
pub mod plain;
pub mod receipt;
pub mod sign_in;
pub mod text_message;
