//! Calls by real sockets, programs of others and browsers, in one program: each file is a part of it, so that a library is linked once.
#![allow(clippy::unwrap_used)]

mod support;

mod browser;
mod calls;
mod programs;
mod sessions;
mod signalling;
mod strangers;
mod strays;
mod streams;
mod tls;
