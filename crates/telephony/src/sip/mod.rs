//! Signalling: one thread for all of it, one task per call. It decides what a call is; sound is
//! told what to do and never waited for.

pub mod body;
pub mod call;
pub mod endpoint;
pub mod gate;
pub mod inbound;
pub mod memory;
pub mod outbound;
pub mod session_timer;
pub mod stream;
pub mod udp;
pub mod under_way;
pub mod wire;

use crate::event::Refusal;

/// What we understand, told to whoever asks.
pub const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO";

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
