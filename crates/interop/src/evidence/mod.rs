//! Files that citizens send: what each is by its content, what a picture or a film says of its making, under which name it
//! is kept and given. Nothing is unpacked and nothing run; whatever the bytes are, an answer comes and no fault.

mod film;
mod kind;
mod name;
mod picture;
mod strip;

pub use film::Film;
pub use kind::{Concern, Group, Kind, group_of, judge, served_as};
pub use name::{NAME_CHARS_MAX, kept, saved_as};
pub use picture::{Proposed, READ_BYTES_MAX, propose};
pub use strip::without_metadata;
