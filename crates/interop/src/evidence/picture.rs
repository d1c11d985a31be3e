//! What a picture says of its making: time, place, camera. It is what a device or a person wrote into it, and proves
//! nothing: it is proposed to a person, and never used unseen. Personal data.

use crate::plain;
use exif::{Exif, In, Rational, Reader, Tag, Value};
use serde::{Deserialize, Serialize};
use std::{fmt, io::Cursor};

/// As much of a picture is read at most.
pub const READ_BYTES_MAX: usize = 8 * 1024 * 1024;
const CAMERA_CHARS_MAX: usize = 80;
const READ: [&str; 6] = ["image/jpeg", "image/tiff", "image/heic", "image/avif", "image/png", "image/webp"];

#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proposed {
    /// As the picture has it: day and clock of wherever its camera was set to, `2026-11-28 14:03:10`.
    pub taken: Option<String>,
    /// Minutes that the camera's clock was ahead of UTC, where it says so.
    pub ahead_of_utc_min: Option<i16>,
    /// Millionths of a degree, north and east.
    pub place: Option<(i32, i32)>,
    pub camera: Option<String>,
}

impl Proposed {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Debug for Proposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proposed(hidden)")
    }
}

/// What the first bytes of a picture of this kind say; nothing for what cannot be read.
#[must_use]
pub fn propose(media_type: &str, head: &[u8]) -> Proposed {
    let head = head.get(..READ_BYTES_MAX).unwrap_or(head);
    if !READ.contains(&media_type) {
        return Proposed::default();
    }
    let Ok(exif) = Reader::new().read_from_container(&mut Cursor::new(head)) else { return Proposed::default() };
    let (taken, ahead_of_utc_min) = time(&exif);
    Proposed { taken, ahead_of_utc_min, place: place(&exif), camera: camera(&exif) }
}

fn text(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(texts) => texts.first().map(Vec::as_slice),
        _ => None,
    }
}

fn time(exif: &Exif) -> (Option<String>, Option<i16>) {
    let read = |tag| exif::DateTime::from_ascii(text(exif, tag)?).ok();
    let Some(mut at) = read(Tag::DateTimeOriginal).or_else(|| read(Tag::DateTimeDigitized)) else { return (None, None) };
    let is_time = (1..=12).contains(&at.month) && (1..=31).contains(&at.day) && at.hour < 24 && at.minute < 60 && at.second < 61;
    if !is_time || at.year < 1990 {
        return (None, None);
    }
    if let Some(offset) = text(exif, Tag::OffsetTimeOriginal) {
        // What cannot be read leaves the time without one.
        let _ = at.parse_offset(offset);
    }
    let told = format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute, at.second);
    (Some(told), at.offset)
}

fn place(exif: &Exif) -> Option<(i32, i32)> {
    let degrees = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(parts) => millionths(parts.get(..3)?),
        _ => None,
    };
    let is = |tag, word: &[u8]| text(exif, tag).is_some_and(|text| text.eq_ignore_ascii_case(word));
    let (north, east) = (degrees(Tag::GPSLatitude)?, degrees(Tag::GPSLongitude)?);
    let north = if is(Tag::GPSLatitudeRef, b"S") { -north } else { north };
    let east = if is(Tag::GPSLongitudeRef, b"W") { -east } else { east };
    is_place(north, east).then_some((north, east))
}

/// Cameras that do not know write nought.
pub(super) fn is_place(north: i32, east: i32) -> bool {
    (north, east) != (0, 0) && (-90_000_000..=90_000_000).contains(&north) && (-180_000_000..=180_000_000).contains(&east)
}

/// Degrees, minutes and seconds, rounded once.
fn millionths(parts: &[Rational]) -> Option<i32> {
    let share = |part: &Rational, of: u64| u64::from(part.num).checked_mul(of)?.checked_div(u64::from(part.denom));
    let [degrees, minutes, seconds] = parts else { return None };
    let all = share(degrees, 3_600_000_000)?.checked_add(share(minutes, 60_000_000)?)?.checked_add(share(seconds, 1_000_000)?)?;
    i32::try_from(all.checked_add(1_800)? / 3_600).ok()
}

fn camera(exif: &Exif) -> Option<String> {
    let word = |tag| text(exif, tag).map(|bytes| plain::line(&String::from_utf8_lossy(bytes))).unwrap_or_default();
    camera_of(&word(Tag::Make), &word(Tag::Model))
}

pub(super) fn camera_of(make: &str, model: &str) -> Option<String> {
    let both: String = format!("{make} {model}").trim().chars().take(CAMERA_CHARS_MAX).collect();
    (!both.is_empty()).then_some(both)
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use exif::{Field, experimental::Writer};

    /// A JPEG with nothing to see, and what it says of its making.
    pub fn picture(fields: &[(Tag, Value)]) -> Vec<u8> {
        let fields: Vec<Field> =
            fields.iter().map(|(tag, value)| Field { tag: *tag, ifd_num: In::PRIMARY, value: value.clone() }).collect();
        let (mut writer, mut tiff) = (Writer::new(), Cursor::new(Vec::new()));
        fields.iter().for_each(|field| writer.push_field(field));
        writer.write(&mut tiff, false).unwrap();
        let body = [b"Exif\0\0", tiff.get_ref().as_slice()].concat();
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [b"\xff\xd8\xff\xe1", &length[..], &body, b"\xff\xda\0\x02\x12\xff\0\x34\xff\xd9"].concat()
    }

    fn ascii(text: &str) -> Value {
        Value::Ascii(vec![text.as_bytes().to_vec()])
    }

    fn rational(parts: [(u32, u32); 3]) -> Value {
        Value::Rational(parts.map(|(num, denom)| Rational { num, denom }).to_vec())
    }

    pub fn telling() -> Vec<u8> {
        picture(&[
            (Tag::Make, ascii("Exempel")),
            (Tag::Model, ascii("K1")),
            (Tag::DateTimeOriginal, ascii("2026:11:28 14:03:10")),
            (Tag::OffsetTimeOriginal, ascii("+01:00")),
            (Tag::GPSLatitudeRef, ascii("N")),
            (Tag::GPSLatitude, rational([(57, 1), (42, 1), (0, 1)])),
            (Tag::GPSLongitudeRef, ascii("W")),
            (Tag::GPSLongitude, rational([(11, 1), (58, 1), (12, 1)])),
        ])
    }

    #[test]
    fn a_picture_says_when_and_where_it_was_taken() {
        let told = propose("image/jpeg", &telling());
        assert_eq!(told.taken.as_deref(), Some("2026-11-28 14:03:10"));
        assert_eq!((told.ahead_of_utc_min, told.camera.as_deref()), (Some(60), Some("Exempel K1")));
        assert_eq!(told.place, Some((57_700_000, -11_970_000)));
        assert!(propose("video/mp4", &telling()).is_empty(), "only pictures are read");
    }

    #[test]
    fn what_cannot_be_is_not_proposed() {
        for (tag, value) in [
            (Tag::DateTimeOriginal, ascii("0000:00:00 00:00:00")),
            (Tag::DateTimeOriginal, ascii("2026:13:28 14:03:10")),
            (Tag::DateTimeOriginal, ascii("gestern")),
            (Tag::GPSLatitude, rational([(57, 0), (0, 1), (0, 1)])),
            (Tag::GPSLatitude, rational([(u32::MAX, 1), (0, 1), (0, 1)])),
        ] {
            let east = (Tag::GPSLongitude, rational([(11, 1), (0, 1), (0, 1)]));
            assert!(propose("image/jpeg", &picture(&[(tag, value), east])).is_empty(), "{tag}");
        }
        let whole = telling();
        for cut in 0..whole.len() {
            let _ = propose("image/jpeg", &whole[..cut]);
        }
        for place in 0..whole.len() {
            let mut spoilt = whole.clone();
            spoilt[place] ^= 0x55;
            let _ = propose("image/jpeg", &spoilt);
        }
    }
}
