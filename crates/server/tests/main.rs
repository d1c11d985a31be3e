//! The built program as people run it, in one program of tests: each file is a part of it, so that a library is linked once.
#![allow(clippy::unwrap_used)]

mod support;

mod accounts;
mod command_line;
mod corrections;
mod journal;
mod model;
mod secure;
mod understand;
