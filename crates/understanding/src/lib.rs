//! What does the caller mean? The recogniser that turns sound into words, the model that turns words
//! into an intent, the safety gate in front of both, and the catalogue of what the dialogue says.
//!
//! A caller's words are personal data: nothing here logs them, keeps them or shows them in Debug. What
//! leaves is `domain::intent::Understanding`, which holds no words, and suggestions for the operator, which
//! show the words they were taken from and are kept with them. Nothing here decides where a call
//! goes; that is the plan's and the router's.

pub mod answer;
pub mod entities;
pub mod gate;
pub mod language;
pub mod lexicon;
pub mod likeness;
pub mod model;
mod phrases;
pub mod prompts;
pub mod recogniser;
pub mod report;
pub mod sentences;
mod suggestions;
pub mod text;
mod understand;

pub use suggestions::suggestions;
pub use understand::understand;
