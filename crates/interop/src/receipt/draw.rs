//! A receipt that is set, drawn: pages, what each line is for a reader that sees nothing, and what the file says of itself.

use super::{
    Fault, Receipt,
    letters::{Letters, Span, Weight},
    set::{LEFT, Line, PAGE, PANEL_PADDING, RIGHT, Role, Sheet, WIDTH},
};
use crate::plain;
use jiff::tz::TimeZone;
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, Tag, TagGroup, TagTree},
};
use std::num::NonZeroU16;

const INK: [u8; 3] = [0x0b, 0x0c, 0x0c];
const QUIET: [u8; 3] = [0x4a, 0x55, 0x65];
const BLUE: [u8; 3] = [0x12, 0x33, 0x6b];
const PANEL: [u8; 3] = [0xee, 0xf3, 0xfa];
const RULE: [u8; 3] = [0xb8, 0xc4, 0xd6];

/// Of the authority's name, and of the foot.
const NAME_SIZE: f32 = 12.0;
const NAME_FOOT: f32 = 62.0;
const FOOT_SIZE: f32 = 9.0;
const FOOT: f32 = PAGE.1 - 42.0;

pub fn draw(receipt: &Receipt, letters: &Letters, sheet: &Sheet) -> Result<Vec<u8>, Fault> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| Fault("no such format"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut tags = Tags { ids: vec![Vec::new(); sheet.pieces.len()], authority: None };
    for page in 0..sheet.pages {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(Fault("no such page"))?;
        let mut drawn = document.start_page_with(size);
        draw_page(&mut Pen { surface: drawn.surface(), letters }, receipt, sheet, page, &mut tags);
        drawn.finish();
    }
    document.set_metadata(about(receipt));
    document.set_outline(outline(sheet));
    document.set_tag_tree(tags.tree(receipt, sheet));
    document.finish().map_err(|_| Fault("the format refuses it"))
}

fn draw_page(pen: &mut Pen<'_, '_>, receipt: &Receipt, sheet: &Sheet, page: usize, tags: &mut Tags) {
    if page == 0 {
        tags.authority = pen.masthead(&plain::line(&receipt.authority));
    }
    let lines = || sheet.lines.iter().filter(move |line| line.page == page).map(|line| (line, sheet.pieces[line.piece].role));
    if let Some((label, _)) = lines().find(|(_, role)| *role == Role::ReferenceLabel) {
        let last = lines().filter(|(_, role)| *role == Role::Reference).map(|(line, _)| line.y).fold(label.y, f32::max);
        pen.panel(label.y, last);
    }
    for (line, role) in lines() {
        pen.line(line, role, &mut tags.ids[line.piece]);
    }
    pen.foot(receipt, page + 1, sheet.pages);
}

struct Pen<'a, 's> {
    surface: Surface<'s>,
    letters: &'a Letters,
}

impl Pen<'_, '_> {
    fn colour(&mut self, [red, green, blue]: [u8; 3]) {
        self.surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
    }

    fn text(&mut self, x: f32, y: f32, (weight, size): (Weight, f32), text: &str) {
        let glyphs = self.letters.glyphs(weight, text);
        self.surface.draw_glyphs(Point::from_xy(x, y), &glyphs, self.letters.font(weight), text, size, false);
    }

    /// What a reader that sees nothing passes over.
    fn beside(&mut self, kind: ArtifactType, draw: impl FnOnce(&mut Self)) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        draw(self);
        self.surface.end_tagged();
    }

    fn fill(&mut self, (x, y, width, height): (f32, f32, f32, f32)) {
        let path = Rect::from_xywh(x, y, width, height).and_then(|rect| {
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            path.finish()
        });
        if let Some(path) = path {
            self.surface.draw_path(&path);
        }
    }

    fn masthead(&mut self, authority: &str) -> Option<Identifier> {
        self.beside(ArtifactType::Layout, |pen| {
            pen.colour(BLUE);
            pen.fill((0.0, 0.0, PAGE.0, 10.0));
            pen.colour(RULE);
            pen.fill((LEFT, NAME_FOOT + 14.0, WIDTH, 0.75));
        });
        if authority.is_empty() {
            return None;
        }
        self.colour(BLUE);
        let id = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        for Span { drawn, .. } in self.letters.spans(authority, false).into_iter().take(1) {
            // A long name is written smaller, not cut off.
            let size = NAME_SIZE.min(WIDTH / self.letters.width(Weight::Bold, &drawn).max(1.0));
            self.text(LEFT, NAME_FOOT, (Weight::Bold, size), &drawn);
        }
        self.surface.end_tagged();
        Some(id)
    }

    /// Behind the reference, from the foot of its label to that of its last line.
    fn panel(&mut self, label: f32, last: f32) {
        let top = label - Role::ReferenceLabel.look().size - PANEL_PADDING + 2.0;
        let height = last + PANEL_PADDING - top;
        self.beside(ArtifactType::Layout, |pen| {
            pen.colour(PANEL);
            pen.fill((LEFT, top, WIDTH, height));
            pen.colour(BLUE);
            pen.fill((LEFT, top, 4.0, height));
        });
    }

    fn line(&mut self, line: &Line, role: Role, ids: &mut Vec<Identifier>) {
        let look = role.look();
        self.colour(match role {
            Role::Title | Role::Reference | Role::Heading => BLUE,
            Role::About | Role::ReferenceLabel | Role::Label | Role::Note => QUIET,
            Role::SubHeading | Role::Answer | Role::Text => INK,
        });
        let mut x = LEFT + if matches!(role, Role::ReferenceLabel | Role::Reference) { PANEL_PADDING + 4.0 } else { 0.0 };
        for span in &line.spans {
            let written = span.written.as_ref().map(|written| written.chars().filter(|c| !is_private(*c)).collect::<String>());
            let tag = SpanTag::empty().with_actual_text(written.as_deref().filter(|written| !written.is_empty()));
            ids.push(self.surface.start_tagged(ContentTag::Span(tag)));
            self.text(x, line.y, (look.weight, look.size), &span.drawn);
            self.surface.end_tagged();
            x += self.letters.width(look.weight, &span.drawn) * look.size;
        }
    }

    fn foot(&mut self, receipt: &Receipt, page: usize, pages: usize) {
        let count = format!("{page} ({pages})");
        let name = format!("{} {}", receipt.reference.0, receipt.reference.1);
        self.beside(ArtifactType::PaginationOther, |pen| {
            pen.colour(RULE);
            pen.fill((LEFT, FOOT - 16.0, WIDTH, 0.75));
            pen.colour(QUIET);
            for Span { drawn, .. } in pen.letters.spans(&plain::line(&name), false).into_iter().take(1) {
                pen.text(LEFT, FOOT, (Weight::Regular, FOOT_SIZE), &drawn);
            }
            let width = pen.letters.width(Weight::Regular, &count) * FOOT_SIZE;
            pen.text(PAGE.0 - RIGHT - width, FOOT, (Weight::Regular, FOOT_SIZE), &count);
        });
    }
}

/// Signs that mean something to one letter alone; what is read aloud may not have them.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{fffff}' | '\u{100000}'..='\u{10ffff}')
}

fn about(receipt: &Receipt) -> Metadata {
    let at = receipt.written.local(&TimeZone::UTC);
    let number = |part: i8| u8::try_from(part).unwrap_or_default();
    let written = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(number(at.month()))
        .day(number(at.day()))
        .hour(number(at.hour()))
        .minute(number(at.minute()))
        .second(number(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(plain::line(&format!("{} {}", receipt.title, receipt.reference.1)))
        .authors(vec![plain::line(&receipt.authority)])
        .language(receipt.language.word().to_owned())
        .creation_date(written)
        .creator("Svar".to_owned())
}

/// Headings, to be found again in a long file.
fn outline(sheet: &Sheet) -> Outline {
    let mut outline = Outline::new();
    let mut last = usize::MAX;
    for line in &sheet.lines {
        let piece = &sheet.pieces[line.piece];
        if matches!(piece.role, Role::Title | Role::Heading) && line.piece != last {
            last = line.piece;
            let above = Point::from_xy(0.0, (line.y - piece.role.look().leading).max(0.0));
            outline.push_child(OutlineNode::new(plain::line(&piece.text), XyzDestination::new(line.page, above)));
        }
    }
    outline
}

/// What is drawn, by the piece that it is of.
struct Tags {
    ids: Vec<Vec<Identifier>>,
    authority: Option<Identifier>,
}

impl Tags {
    fn tree(self, receipt: &Receipt, sheet: &Sheet) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(receipt.language.word().to_owned()));
        if let Some(authority) = self.authority {
            tree.push(group(Tag::P, vec![authority]));
        }
        let mut pairs: Vec<Node> = Vec::new();
        let mut pieces = sheet.pieces.iter().zip(self.ids).filter(|(_, ids)| !ids.is_empty()).peekable();
        while let Some((piece, ids)) = pieces.next() {
            if matches!(piece.role, Role::Label | Role::ReferenceLabel) {
                let mut children = vec![Node::from(group(Tag::Lbl, ids))];
                if let Some((_, ids)) = pieces.next_if(|(next, _)| matches!(next.role, Role::Answer | Role::Reference)) {
                    children.push(TagGroup::with_children(Tag::LBody, vec![group(Tag::P, ids).into()]).into());
                }
                pairs.push(TagGroup::with_children(Tag::LI, children).into());
            } else {
                end_list(&mut tree, &mut pairs);
                tree.push(match piece.role {
                    Role::Title => heading(1, &piece.text, ids),
                    Role::Heading => heading(2, &piece.text, ids),
                    Role::SubHeading => heading(3, &piece.text, ids),
                    _ => group(Tag::P, ids),
                });
            }
        }
        end_list(&mut tree, &mut pairs);
        tree
    }
}

fn end_list(tree: &mut TagTree, pairs: &mut Vec<Node>) {
    if !pairs.is_empty() {
        tree.push(TagGroup::with_children(Tag::L(ListNumbering::None), std::mem::take(pairs)));
    }
}

fn group(tag: impl Into<krilla::tagging::TagKind>, ids: Vec<Identifier>) -> TagGroup {
    TagGroup::with_children(tag, ids.into_iter().map(Node::from).collect())
}

fn heading(level: u16, text: &str, ids: Vec<Identifier>) -> TagGroup {
    let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    group(Tag::Hn(level, Some(plain::line(text))), ids)
}
