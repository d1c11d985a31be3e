//! The voice dialogue: from the greeting to a place in line, a command centre or 112.

mod lines;
pub use lines::{Line, Prompt};
