//! Where everything of a receipt stands: texts become lines that fit, lines become pages. Drawn is nothing here.

use super::{
    CHARS_MAX, LINES_MAX, Part, Receipt, Section,
    letters::{Letters, Span, Weight},
};
use crate::plain;

/// A4, in points.
pub const PAGE: (f32, f32) = (595.28, 841.89);
pub const LEFT: f32 = 68.0;
pub const RIGHT: f32 = 68.0;
const TOP: f32 = 64.0;
const BOTTOM: f32 = 84.0;
/// Where the text of the page begins under the authority's name on the first page.
const MASTHEAD: f32 = 58.0;
/// Of so many boxes what they stand for is kept behind them; each has its own place in the file.
const REPLACED_MAX: usize = 4_000;
/// What is easily read in one line.
pub const WIDTH: f32 = PAGE.0 - LEFT - RIGHT;
/// Around the reference.
pub const PANEL_PADDING: f32 = 16.0;

/// What a piece of text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Title,
    About,
    ReferenceLabel,
    Reference,
    Heading,
    SubHeading,
    /// What is asked, or what a fact is called.
    Label,
    Answer,
    Text,
    Note,
}

/// How a role looks, in points.
pub struct Look {
    pub size: f32,
    pub weight: Weight,
    /// From one line to the next.
    pub leading: f32,
    /// Above the first line.
    before: f32,
    /// What follows begins on the same page.
    keeps: bool,
}

impl Role {
    pub fn look(self) -> Look {
        use Weight::{Bold, Regular};
        let (size, weight, leading, before, keeps) = match self {
            Self::Title => (24.0, Bold, 30.0, 0.0, true),
            Self::About => (13.0, Regular, 18.0, 4.0, true),
            Self::ReferenceLabel => (9.5, Regular, 13.0, 22.0 + PANEL_PADDING, true),
            Self::Reference => (26.0, Bold, 34.0, 0.0, false),
            Self::Heading => (15.0, Bold, 20.0, 28.0, true),
            Self::SubHeading => (11.5, Bold, 16.0, 18.0, true),
            Self::Label => (9.5, Regular, 13.0, 11.0, true),
            Self::Answer => (11.0, Regular, 16.0, 2.0, false),
            Self::Text => (11.0, Regular, 16.0, 6.0, false),
            Self::Note => (9.5, Regular, 14.0, 8.0, false),
        };
        Look { size, weight, leading, before, keeps }
    }
}

/// A line on its page.
pub struct Line {
    pub page: usize,
    /// Of the letters' foot, from the top of the page.
    pub y: f32,
    /// The piece that it is of.
    pub piece: usize,
    pub spans: Vec<Span>,
}

pub struct Piece {
    pub role: Role,
    pub text: String,
}

/// A receipt as it stands on its pages.
pub struct Sheet {
    pub pieces: Vec<Piece>,
    pub lines: Vec<Line>,
    pub pages: usize,
}

pub fn set(receipt: &Receipt, letters: &Letters) -> Sheet {
    let mut copy = Copy { pieces: Vec::new(), chars: 0, is_cut: false };
    copy.head(receipt);
    for section in &receipt.sections {
        copy.section(section);
    }
    let mut pages = Pages { letters, lines: Vec::new(), page: 0, y: TOP + MASTHEAD, replaced: 0, is_cut: copy.is_cut };
    let lines: Vec<Vec<String>> = copy.pieces.iter().map(|piece| wrapped(letters, piece)).collect();
    for (at, piece) in copy.pieces.iter().enumerate() {
        let together = together(copy.pieces.iter().zip(&lines).skip(at));
        pages.put(at, piece.role, &lines[at], together);
    }
    let notes = [(pages.is_cut, &receipt.cut), (pages.replaced > 0, &receipt.replaced)];
    for (_, text) in notes.into_iter().filter(|(is_said, _)| *is_said) {
        let piece = Piece { role: Role::Note, text: plain::line(text) };
        pages.put(copy.pieces.len(), Role::Note, &wrapped(letters, &piece), 0.0);
        copy.pieces.push(piece);
    }
    Sheet { pieces: copy.pieces, pages: pages.page + 1, lines: pages.lines }
}

/// What is to be written, in its order and no longer than it may be.
struct Copy {
    pieces: Vec<Piece>,
    chars: usize,
    is_cut: bool,
}

impl Copy {
    fn head(&mut self, receipt: &Receipt) {
        self.put(Role::Title, &receipt.title);
        if let Some(about) = &receipt.about {
            self.put(Role::About, about);
        }
        self.put(Role::ReferenceLabel, &receipt.reference.0);
        self.put(Role::Reference, &receipt.reference.1);
        for (name, fact) in &receipt.facts {
            self.put(Role::Label, name);
            self.put(Role::Answer, fact);
        }
    }

    fn section(&mut self, section: &Section) {
        self.put(Role::Heading, &section.heading);
        for part in &section.parts {
            match part {
                Part::Text(text) => self.put(Role::Text, text),
                Part::Heading(heading) => self.put(Role::SubHeading, heading),
                Part::Answer(question, answer) => {
                    self.put(Role::Label, question);
                    self.put(Role::Answer, answer);
                }
            }
        }
    }

    fn put(&mut self, role: Role, text: &str) {
        let mut text = plain::lines(text);
        let (count, left) = (text.chars().count(), CHARS_MAX.saturating_sub(self.chars));
        if count > left {
            self.is_cut = true;
            text = text.chars().take(left).collect();
        }
        self.chars += count.min(left);
        if !text.is_empty() {
            self.pieces.push(Piece { role, text });
        }
    }
}

struct Pages<'a> {
    letters: &'a Letters,
    lines: Vec<Line>,
    page: usize,
    /// Where the last line ended.
    y: f32,
    /// Boxes that stand for something, so far.
    replaced: usize,
    is_cut: bool,
}

impl Pages<'_> {
    /// `together` is how high what must not be torn apart is, the space above it left out.
    fn put(&mut self, piece: usize, role: Role, lines: &[String], together: f32) {
        let look = role.look();
        let is_first = self.lines.last().is_none_or(|line| line.page != self.page);
        let mut before = if is_first { 0.0 } else { look.before };
        // The notes at the end are short, and said whatever was left out.
        let left = if role == Role::Note { usize::MAX } else { LINES_MAX.saturating_sub(self.lines.len()) };
        self.is_cut |= lines.len() > left;
        let count = lines.len();
        for (n, line) in lines.iter().take(left).enumerate() {
            // Neither the first nor the last line of a piece stands alone.
            let high = match n {
                0 => together.max(look.leading),
                n if n + 2 == count && count > 3 => look.leading * 2.0,
                _ => look.leading,
            };
            if self.y + before + high > PAGE.1 - BOTTOM && self.y > TOP {
                self.page += 1;
                self.y = TOP;
                before = 0.0;
            }
            self.y += before + look.leading;
            before = 0.0;
            let foot = self.y - (look.leading - look.size) / 2.0 - look.size * 0.2;
            let spans = self.letters.spans(line, self.replaced < REPLACED_MAX);
            self.replaced += spans.iter().filter(|span| span.written.is_some()).count();
            self.lines.push(Line { page: self.page, y: foot, piece, spans });
        }
        if role == Role::Reference {
            self.y += PANEL_PADDING + 8.0;
        }
    }
}

/// How high a piece is with what must stand on the page where it begins: a heading with what it is of, two lines of an answer.
fn together<'a>(pieces: impl Iterator<Item = (&'a Piece, &'a Vec<String>)>) -> f32 {
    let mut high = 0.0;
    for (n, (piece, lines)) in pieces.enumerate() {
        let look = piece.role.look();
        let count: u16 = if look.keeps { lines.len() } else { lines.len().min(2) }.try_into().unwrap_or(u16::MAX);
        high += look.leading * f32::from(count) + if n > 0 { look.before } else { 0.0 };
        if !look.keeps {
            break;
        }
    }
    high
}

/// A piece in lines that fit. Words stay whole where they fit in a line; a word that does not is broken anywhere.
fn wrapped(letters: &Letters, piece: &Piece) -> Vec<String> {
    let look = piece.role.look();
    let most = (WIDTH - if piece.role == Role::Reference { 2.0 * PANEL_PADDING } else { 0.0 }) / look.size;
    let mut lines = Vec::new();
    for line in piece.text.lines() {
        // Of several empty lines one is enough.
        if line.is_empty() && lines.last().is_some_and(String::is_empty) {
            continue;
        }
        wrap(line, most, |c| letters.width_of(look.weight, c), &mut lines);
    }
    lines
}

/// `most` in the unit of `width`.
pub fn wrap(text: &str, most: f32, width: impl Fn(char) -> f32, lines: &mut Vec<String>) {
    let (mut line, mut used) = (String::new(), 0.0);
    for word in text.split_inclusive([' ', '-', '/']) {
        let seen: f32 = word.trim_end_matches(' ').chars().map(&width).sum();
        if used + seen > most && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        for c in word.chars() {
            let wide = width(c);
            if used + wide > most && c != ' ' && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(c);
            used += wide;
        }
    }
    lines.push(line);
}
