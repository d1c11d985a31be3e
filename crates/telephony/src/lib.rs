//! How calls travel: SIP, SDP, RTP and the browser's leg; legs and the bridges between them.
//!
//! This crate knows legs, not people: it has no idea of queues, operators or matters, decides
//! nothing about a call and keeps nothing when it ends. One thread does the signalling, others carry
//! the sound; neither ever waits for whoever uses [`Telephony`], nor for a disk.
//!
//! Numbers, names and what is said never reach a log from here. The SIP library below logs whole
//! messages at `info`: a program that uses this crate must keep `rsipstack` at `warn` whatever else
//! it logs (`rsipstack=warn` in its filter).
//!
//! Keys pressed on one leg of a bridge are told as [`LegEvent::Key`] and not passed on by
//! themselves; [`Telephony::send_keys`] does that where it is wanted. Reliable provisional answers
//! (`100rel`), RTCP, SRTP outside the browser and transfers by REFER are not spoken here.

mod api;
mod browser;
mod bucket;
mod config;
mod event;
mod events;
mod limits;
mod media;
mod sdp;
mod shared;
mod sip;
mod stats;

pub use api::{BrowserLegError, StartError, Telephony};
pub use config::{Admission, Config, Timing, TlsConfig};
pub use event::{BodyPart, BridgeId, Dial, EndCause, LegEvent, LegId, Listening, Playback, PlaybackId, Refusal, Transport};
pub use media::sound::{Sound, SoundError};
pub use stats::Stats;
