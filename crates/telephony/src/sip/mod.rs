//! Signalling: one thread for all of it, one task per call. It decides what a call is; sound is
//! told what to do and never waited for.

pub mod body;
pub mod call;
pub mod endpoint;
pub mod gate;
pub mod inbound;
pub mod outbound;
pub mod session_timer;
pub mod stream;
pub mod udp;
pub mod wire;

use crate::event::Refusal;

/// Commands waiting at one call's signalling.
pub const COMMANDS_QUEUED_MAX: usize = 64;

/// What a call's signalling can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallCommand {
    Ring,
    Answer,
    Refuse(Refusal),
    HangUp,
    SendKeys(String),
}
