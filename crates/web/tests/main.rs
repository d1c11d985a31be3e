//! What people see and what programs are answered, in one program: each file is a part of it, so that a library is linked once.
#![allow(clippy::unwrap_used)]

mod rehearsal;
mod support;

mod adding;
mod booking;
mod call_backs;
mod demo_messages;
mod evidence;
mod following;
mod forms;
mod interface;
mod plan;
mod promises;
mod prompts;
mod receipt;
mod retention;
mod shown;
mod sign_in;
mod surface;
mod surges;
mod surveys;
mod trial;
mod understood;
mod words;
