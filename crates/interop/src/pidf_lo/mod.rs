//! PIDF-LO (RFC 4119, 5491, 5139, 7459): a place in a SIP message.
//!
//! Element names are matched without their namespaces, because senders get those wrong more often
//! than the names. Every shape becomes the smallest circle we can draw around it, so that a place is
//! never shown or routed as more exact than it was sent.

mod civic;
mod document;
mod read;
mod shape;
mod write;

pub use civic::Civic;
pub use read::read;
pub use write::{Content, Outgoing, WriteError, write};

use domain::{
    Timestamp,
    place::{Circle, PlaceSource},
};
use std::fmt;

/// Longer documents are refused unread.
pub const DOCUMENT_BYTES_MAX: usize = 1 << 20;
/// Elements nested deeper than this are refused.
pub const DEPTH_MAX: usize = 64;
/// More elements, attributes and texts than this are refused.
pub const NODES_MAX: u32 = 50_000;
/// At most this many places are taken from one document.
pub const LOCATIONS_MAX: usize = 16;
/// At most this many warnings are told about one document.
pub const WARNINGS_MAX: usize = 32;
/// A circle larger than this says nothing about where the caller is.
pub const RADIUS_M_MAX: u32 = 500_000;
/// What RFC 7459 lets a reader assume when the sender gave no confidence.
pub const CONFIDENCE_PERMILLE_ASSUMED: u16 = 950;

/// What a document said, the sender's most preferred place first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reading {
    pub locations: Vec<Location>,
    /// What was odd or left out, in words for the log; holds no personal data.
    pub warnings: Vec<String>,
}

impl Reading {
    fn warn(&mut self, warning: impl Into<String>) {
        if self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(warning.into());
        }
    }
}

/// One place: a circle on the earth, an address, or both.
#[derive(Clone, PartialEq, Eq)]
pub struct Location {
    pub area: Option<Circle>,
    /// The form the area was sent in, before a circle was drawn around it.
    pub shape: Option<Shape>,
    pub civic: Option<Civic>,
    pub source: PlaceSource,
    /// The sender's own word for how the place was found ("A-GPS"), at most 40 characters.
    pub method: Option<String>,
    /// When the place was measured.
    pub at: Option<Timestamp>,
    /// Whether the sender lets us pass the place on; not saying means no.
    pub retransmission_allowed: bool,
    /// Until when the sender lets us keep the place.
    pub retention_expiry: Option<Timestamp>,
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Location")
            .field("area", &self.area)
            .field("shape", &self.shape)
            .field("civic", &self.civic)
            .field("source", &self.source)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// The forms in which an area may come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Point,
    Circle,
    ArcBand,
    Ellipse,
    Polygon,
}

/// Why nothing could be read. The call goes on without a place from this document.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PidfError {
    #[error("the location document has {bytes} bytes, at most {DOCUMENT_BYTES_MAX} are read")]
    TooLong { bytes: usize },
    #[error("the location document is empty")]
    Empty,
    #[error("the location document is neither UTF-8 nor Latin-1 text")]
    NotText,
    #[error("the location document has a document type declaration, which is refused because it can hold entities")]
    DocumentType,
    #[error("the location document has more than {NODES_MAX} parts or is nested deeper than {DEPTH_MAX}")]
    TooComplex,
    #[error("the location document is not well-formed XML near line {line}")]
    NotXml { line: u32 },
    #[error("the location document holds no location information")]
    NoLocation,
}
