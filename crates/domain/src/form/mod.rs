//! Forms: what citizens report without talk. Each is a text of the deployment, one file a form; pages, check of the
//! answers, receipt, operator's view and report follow from it, so that an authority adds one without a programmer.
//!
//! Text and answers come in, pages, faults and reports go out. Nothing here opens a file, draws a page or keeps anything.

mod answers;
mod check;
mod entered;
mod fill;
mod identified;
mod model;
mod read;
mod sheet;

#[cfg(test)]
mod tests;

pub use answers::{Answers, Given, Row, Stop};
pub use entered::{Asking, ENTERED_CHARS_MAX, Entered, Part, Rule, Wrong};
pub use identified::Identified;
pub use model::*;
pub use read::{FORM_BYTES_MAX, FormTexts, Forms};
pub use sheet::{Sheet, SheetPage, SheetRow};
