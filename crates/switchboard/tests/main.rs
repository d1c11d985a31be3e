//! Calls, bookings, messages and plans against a real centre, in one program: each file is a part of it, so that a library is linked once.
#![allow(clippy::unwrap_used)]

#[path = "../../storage/tests/support/cluster.rs"]
mod cluster;
#[path = "support/peer.rs"]
mod peer;
mod support;

mod bookings;
mod call_backs;
mod conversation;
mod desk_bookings;
mod failing;
mod mail;
mod mail_in;
mod offers;
mod plans;
mod retention;
mod told;
