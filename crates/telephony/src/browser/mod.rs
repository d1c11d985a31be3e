//! The browser's end of a conversation, by WebRTC.

pub mod leg;
