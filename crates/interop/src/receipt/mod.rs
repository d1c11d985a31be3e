//! A receipt as a file to keep (PDF 1.7): what somebody sent in, under which reference, what they answered and what happens
//! next. Tagged, so that it is read aloud in its order (PDF/UA-1), and whole in itself, so that an archive takes it (PDF/A-2a):
//! its letters are within, and no link, script or attachment is. Nothing is read back here.
//!
//! What a citizen wrote is drawn as letters and never as anything that does something. A sign that the letters do not have
//! is drawn as [`REPLACED`]; what was written stays behind it for whoever copies the text or has it read aloud.

mod draw;
mod letters;
mod set;

#[cfg(test)]
mod tests;

use domain::{Timestamp, intent::Language};
use thiserror::Error;

/// Stands for every sign that the letters do not have.
pub const REPLACED: char = '□';
/// Longest text of all sections, in characters; what is beyond it is left out, and [`Receipt::cut`] says so.
pub const CHARS_MAX: usize = 200_000;
/// Most lines, empty ones among them, for the same reason.
pub const LINES_MAX: usize = 8_000;

/// What is written of it, in one language. What citizens wrote is cleaned here.
pub struct Receipt {
    pub language: Language,
    /// Whose receipt it is.
    pub authority: String,
    pub title: String,
    /// Under the title: the form's name.
    pub about: Option<String>,
    /// What it is called, and the reference itself.
    pub reference: (String, String),
    /// When it came, and what else is known of it.
    pub facts: Vec<(String, String)>,
    pub sections: Vec<Section>,
    /// Said at the end where a sign was replaced.
    pub replaced: String,
    /// Said at the end where something was left out.
    pub cut: String,
    /// When the file is written.
    pub written: Timestamp,
}

/// Something under a heading.
pub struct Section {
    pub heading: String,
    pub parts: Vec<Part>,
}

/// Personal data where it is an answer.
pub enum Part {
    Text(String),
    Heading(String),
    /// A question and its answer, several lines perhaps.
    Answer(String, String),
}

/// The file could not be written.
#[derive(Debug, Error)]
#[error("the receipt could not be written: {0}")]
pub struct Fault(&'static str);

/// The whole file.
///
/// # Errors
/// [`Fault`] where the letters or the rules of the format refuse it; nothing that a citizen writes leads there.
pub fn write(receipt: &Receipt) -> Result<Vec<u8>, Fault> {
    let letters = letters::Letters::load().ok_or(Fault("the letters cannot be read"))?;
    let sheet = set::set(receipt, &letters);
    draw::draw(receipt, &letters, &sheet)
}
