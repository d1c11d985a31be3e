//! The letters that receipts are written in (Noto Sans): which signs they have, how wide a text is, and its glyphs.

use super::REPLACED;
use krilla::{
    Data,
    text::{Font, GlyphId, KrillaGlyph},
};
use rustybuzz::{Direction, Face, UnicodeBuffer};

/// How strong letters are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    Regular,
    Bold,
}

/// Both strengths.
pub struct Letters {
    regular: Cut,
    bold: Cut,
}

/// The letters of one strength.
struct Cut {
    font: Font,
    face: Face<'static>,
    units_per_em: f32,
}

impl Cut {
    fn load(bytes: &'static [u8]) -> Option<Self> {
        let face = Face::from_slice(bytes, 0)?;
        let units_per_em = u16::try_from(face.units_per_em()).ok().filter(|units| *units > 0)?;
        Some(Self { font: Font::new(Data::from(bytes), 0)?, face, units_per_em: f32::from(units_per_em) })
    }
}

/// A stretch of a line, as it was written where the letters do not have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    pub drawn: String,
    pub written: Option<String>,
}

impl Letters {
    pub fn load() -> Option<Self> {
        Some(Self { regular: Cut::load(notosans::REGULAR_TTF)?, bold: Cut::load(notosans::BOLD_TTF)? })
    }

    fn cut(&self, weight: Weight) -> &Cut {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    pub fn font(&self, weight: Weight) -> Font {
        self.cut(weight).font.clone()
    }

    pub fn has(&self, c: char) -> bool {
        self.regular.face.glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
            && self.bold.face.glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
    }

    /// How wide a sign is, of letters one point high.
    pub fn width_of(&self, weight: Weight, c: char) -> f32 {
        let cut = self.cut(weight);
        let glyph = cut.face.glyph_index(c).or_else(|| cut.face.glyph_index(REPLACED));
        glyph.and_then(|glyph| cut.face.glyph_hor_advance(glyph)).map_or(0.5, |advance| f32::from(advance) / cut.units_per_em)
    }

    pub fn width(&self, weight: Weight, text: &str) -> f32 {
        text.chars().map(|c| self.width_of(weight, c)).sum()
    }

    /// A text with a box for each run of signs that the letters do not have, with what it stands for where that is kept.
    pub fn spans(&self, text: &str, is_kept: bool) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut was_there = true;
        for c in text.chars() {
            let is_there = self.has(c);
            if !is_kept && !is_there && !was_there {
                continue;
            }
            was_there = is_there;
            let c = if is_there || is_kept { c } else { REPLACED };
            match (is_there || !is_kept, spans.last_mut()) {
                (true, Some(Span { drawn, written: None })) => drawn.push(c),
                (true, _) => spans.push(Span { drawn: c.to_string(), written: None }),
                (false, Some(Span { written: Some(written), .. })) => written.push(c),
                (false, _) => spans.push(Span { drawn: REPLACED.to_string(), written: Some(c.to_string()) }),
            }
        }
        spans
    }

    /// The glyphs of a text, from left to right whatever it is: these letters have no others.
    pub fn glyphs(&self, weight: Weight, text: &str) -> Vec<KrillaGlyph> {
        let cut = self.cut(weight);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let shaped = rustybuzz::shape(&cut.face, &[], buffer);
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let mut end = text.len();
        let mut ends = vec![end; infos.len()];
        for at in (0..infos.len()).rev() {
            if infos.get(at + 1).is_some_and(|next| next.cluster != infos[at].cluster) {
                end = infos[at + 1].cluster as usize;
            }
            ends[at] = end;
        }
        let em = |units: i32| units as f32 / cut.units_per_em;
        let glyphs = infos.iter().zip(positions).zip(ends);
        glyphs
            .map(|((info, position), end)| KrillaGlyph {
                glyph_id: GlyphId::new(info.glyph_id),
                text_range: info.cluster as usize..end,
                x_advance: em(position.x_advance),
                x_offset: em(position.x_offset),
                y_offset: em(position.y_offset),
                y_advance: em(position.y_advance),
                location: None,
            })
            .collect()
    }
}
