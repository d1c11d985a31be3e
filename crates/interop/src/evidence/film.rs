//! What a film says of its making: the boxes of MP4, MOV and 3GP (ISO 14496-12, QuickTime) hold time, place and camera, before
//! the pictures or, in a film of two gigabytes, behind them. The film goes by piece by piece as it is hashed; of it nothing is
//! kept but a few small boxes. As with pictures it proves nothing. Personal data.

use super::picture::{Proposed, camera_of, is_place};
use crate::plain;
use jiff::{Timestamp as Instant, civil::DateTime, tz::TimeZone};

/// Boxes that are looked at; a film has some dozens at these two depths.
const BOXES_MAX: usize = 10_000;
/// A box that tells something is no longer.
const KEPT_BYTES_MAX: usize = 64 * 1024;
/// Seconds from 1904, where the times of films begin, to 1970.
const FROM_1904_S: i64 = 2_082_844_800;
const NAMES_MAX: usize = 256;
/// By which a film begins, whatever made it.
const FIRST: [&[u8; 4]; 7] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"];
const READ: [&str; 4] = ["video/mp4", "video/quicktime", "video/3gpp", "audio/mp4"];

/// A film that goes by.
pub struct Film {
    step: Step,
    /// What is left of the box with everything but pictures and sound, while within it.
    moov_left: Option<u64>,
    boxes: usize,
    kept: Kept,
}

/// What comes next.
enum Step {
    /// How a box begins: so much of it as has come.
    Header(Vec<u8>),
    Skip(u64),
    Keep(Telling, u64, Vec<u8>),
    /// Nothing more is read.
    Over,
}

/// Boxes that tell something.
#[derive(Clone, Copy)]
enum Telling {
    Times,
    Users,
    Names,
}

#[derive(Default)]
struct Kept {
    /// In seconds since 1970.
    made_s: Option<i64>,
    /// As the maker's own words have it, with the clock of the place.
    taken: Option<(String, Option<i16>)>,
    place: Option<(i32, i32)>,
    /// To the 65,536th of a degree.
    rough_place: Option<(i32, i32)>,
    make: Option<String>,
    model: Option<String>,
}

impl Default for Film {
    fn default() -> Self {
        Self { step: Step::Header(Vec::new()), moov_left: None, boxes: 0, kept: Kept::default() }
    }
}

impl Film {
    /// The next bytes, from the first one on.
    pub fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let step = std::mem::replace(&mut self.step, Step::Over);
            let (taken, next) = match step {
                Step::Over => return,
                Step::Header(header) => self.header(header, bytes),
                Step::Skip(left) => {
                    let taken = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    let left = left - taken as u64;
                    (taken, if left > 0 { Step::Skip(left) } else { Step::Header(Vec::new()) })
                }
                Step::Keep(telling, left, mut box_bytes) => {
                    let taken = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    box_bytes.extend_from_slice(&bytes[..taken]);
                    let left = left - taken as u64;
                    if left > 0 {
                        (taken, Step::Keep(telling, left, box_bytes))
                    } else {
                        self.kept.read(telling, &box_bytes);
                        (taken, Step::Header(Vec::new()))
                    }
                }
            };
            self.step = next;
            self.pass(taken as u64);
            bytes = bytes.get(taken..).unwrap_or_default();
        }
    }

    /// So many bytes of the box around are behind us.
    fn pass(&mut self, taken: u64) {
        if let Some(left) = self.moov_left.as_mut().filter(|left| **left != u64::MAX) {
            *left = left.saturating_sub(taken);
            if *left == 0 {
                self.moov_left = None;
            }
        }
    }

    fn header(&mut self, mut header: Vec<u8>, bytes: &[u8]) -> (usize, Step) {
        let wanted = |header: &[u8]| if header.get(..4) == Some(&[0, 0, 0, 1]) { 16 } else { 8 };
        let before = header.len();
        for byte in bytes {
            header.push(*byte);
            if header.len() >= 8 && header.len() >= wanted(&header) {
                break;
            }
        }
        let taken = header.len() - before;
        if header.len() < 8 || header.len() < wanted(&header) {
            return (taken, Step::Header(header));
        }
        (taken, self.begin(&header, taken as u64).unwrap_or(Step::Over))
    }

    /// What becomes of the box that begins so, of whose header `last` bytes are not passed yet; none where no film is built
    /// like that.
    fn begin(&mut self, header: &[u8], last: u64) -> Option<Step> {
        let name: &[u8; 4] = header.get(4..8)?.try_into().ok()?;
        self.boxes += 1;
        if self.boxes > BOXES_MAX || (self.boxes == 1 && !FIRST.contains(&name)) {
            return None;
        }
        let begun = header.len() as u64;
        let content = match u64::from(number(header, 0)?) {
            // To the end of the file.
            0 => u64::MAX,
            1 => u64::from_be_bytes(header.get(8..16)?.try_into().ok()?).checked_sub(begun)?,
            size => size.checked_sub(begun)?,
        };
        if self.moov_left.is_some_and(|left| left != u64::MAX && content > left.saturating_sub(last)) {
            return None;
        }
        if self.moov_left.is_none() {
            if name == b"moov" && content > 0 {
                self.moov_left = Some(if content == u64::MAX { content } else { content.checked_add(last)? });
                return Some(Step::Header(Vec::new()));
            }
        } else if let Some(telling) = Telling::of(name).filter(|_| (1..=KEPT_BYTES_MAX as u64).contains(&content)) {
            return Some(Step::Keep(telling, content, Vec::new()));
        }
        Some(if content == 0 { Step::Header(Vec::new()) } else { Step::Skip(content) })
    }

    /// What it said of its making, once it has gone by; nothing where it is no film of this kind.
    #[must_use]
    pub fn said(self, media_type: &str) -> Proposed {
        if !READ.contains(&media_type) {
            return Proposed::default();
        }
        let Kept { made_s, taken, place, rough_place, make, model } = self.kept;
        let place = place.or(rough_place);
        let (taken, ahead_of_utc_min) = match (taken, made_s) {
            (Some((taken, ahead)), _) => (Some(taken), ahead),
            (None, Some(made_s)) => (utc(made_s), Some(0)),
            (None, None) => (None, None),
        };
        let ahead_of_utc_min = ahead_of_utc_min.filter(|_| taken.is_some());
        Proposed { taken, ahead_of_utc_min, place, camera: camera_of(&make.unwrap_or_default(), &model.unwrap_or_default()) }
    }
}

impl Telling {
    fn of(name: &[u8; 4]) -> Option<Self> {
        match name {
            b"mvhd" => Some(Self::Times),
            b"udta" => Some(Self::Users),
            b"meta" => Some(Self::Names),
            _ => None,
        }
    }
}

impl Kept {
    /// Of two that tell the same, the first counts.
    fn read(&mut self, telling: Telling, content: &[u8]) {
        match telling {
            Telling::Times => self.made_s = self.made_s.or_else(|| times(content)),
            Telling::Users => self.users(content),
            Telling::Names => {
                self.names(content);
            }
        }
    }

    fn users(&mut self, content: &[u8]) {
        for (name, inner) in Boxes(content) {
            match name {
                b"\xa9xyz" => self.place = self.place.or_else(|| iso_6709(&counted(inner)?)),
                b"loci" => self.rough_place = self.rough_place.or_else(|| loci(inner)),
                b"\xa9mak" => self.make = self.make.take().or_else(|| counted(inner)),
                b"\xa9mod" => self.model = self.model.take().or_else(|| counted(inner)),
                b"meta" => {
                    self.names(inner);
                }
                _ => {}
            }
        }
    }

    /// Names in one list, what each is in another, by number.
    fn names(&mut self, content: &[u8]) -> Option<()> {
        // QuickTime's own is a plain box, that of the standard has a version before its boxes.
        let content = if content.get(4..8) == Some(b"hdlr") { content } else { content.get(4..)? };
        let of = |wanted: &[u8; 4]| Boxes(content).find(|(name, _)| *name == wanted).map(|(_, inner)| inner);
        let names: Vec<&[u8]> = Boxes(of(b"keys")?.get(8..)?).take(NAMES_MAX).map(|(_, name)| name).collect();
        for (number, inner) in Boxes(of(b"ilst")?).take(NAMES_MAX) {
            let name = usize::try_from(u32::from_be_bytes(*number)).ok().and_then(|number| names.get(number.checked_sub(1)?));
            let value = Boxes(inner).find(|(name, _)| *name == b"data").and_then(|(_, data)| data.get(8..)).map(text);
            let (Some(name), Some(value)) = (name, value) else { continue };
            match *name {
                b"com.apple.quicktime.location.ISO6709" => self.place = iso_6709(&value).or(self.place),
                b"com.apple.quicktime.creationdate" => self.taken = self.taken.take().or_else(|| clock_there(&value)),
                b"com.apple.quicktime.make" => self.make = self.make.take().or(Some(value)),
                b"com.apple.quicktime.model" => self.model = self.model.take().or(Some(value)),
                _ => {}
            }
        }
        Some(())
    }
}

/// The boxes side by side in these bytes, as far as they can be followed.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let size = usize::try_from(number(self.0, 0)?).ok()?;
        let name = self.0.get(4..8)?.try_into().ok()?;
        let inner = self.0.get(8..size)?;
        self.0 = self.0.get(size..)?;
        Some((name, inner))
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn text(bytes: &[u8]) -> String {
    plain::line(&String::from_utf8_lossy(bytes))
}

/// A text with its length and language before it.
fn counted(inner: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_be_bytes(inner.get(..2)?.try_into().ok()?));
    Some(text(inner.get(4..4 + length)?)).filter(|text| !text.is_empty())
}

fn times(content: &[u8]) -> Option<i64> {
    let made = match content.first()? {
        1 => i64::try_from(u64::from_be_bytes(content.get(4..12)?.try_into().ok()?)).ok()?,
        _ => i64::from(number(content, 4)?),
    };
    Some(made.checked_sub(FROM_1904_S)?).filter(|made_s| utc(*made_s).is_some())
}

/// None of what is before there were such films.
fn utc(made_s: i64) -> Option<String> {
    let at = Instant::from_second(made_s).ok()?.to_zoned(TimeZone::UTC).datetime();
    written(at)
}

fn written(at: DateTime) -> Option<String> {
    (1990..=9999).contains(&at.year()).then(|| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// `2026-11-28T14:03:10+0100`.
fn clock_there(text: &str) -> Option<(String, Option<i16>)> {
    let (at, offset) = text.split_at_checked(19)?;
    let at = written(at.parse().ok()?)?;
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let minutes = match (offset.chars().next(), digits.len()) {
        (Some(sign @ ('+' | '-')), 4) => {
            let (hours, minutes) = (digits.get(..2)?.parse::<i16>().ok()?, digits.get(2..)?.parse::<i16>().ok()?);
            let all = (hours <= 14 && minutes < 60).then_some(hours * 60 + minutes);
            all.map(|all| if sign == '-' { -all } else { all })
        }
        (Some('Z'), 0) => Some(0),
        _ => None,
    };
    Some((at, minutes))
}

/// A place of a text as telephones write it: `+57.7000+011.9700+012.000/`; north and east, in millionths of a degree.
fn iso_6709(text: &str) -> Option<(i32, i32)> {
    let starts: Vec<usize> = text.char_indices().filter(|(_, c)| matches!(c, '+' | '-')).map(|(at, _)| at).take(3).collect();
    let (first, second) = (*starts.first()?, *starts.get(1)?);
    let end = starts.get(2).copied().or_else(|| text.find('/')).unwrap_or(text.len());
    let (north, east) = (degrees(text.get(first..second)?, 2)?, degrees(text.get(second..end)?, 3)?);
    is_place(north, east).then_some((north, east))
}

/// `+57.7`, with minutes `+5742.0`, with seconds `+574200`.
fn degrees(text: &str, digits: usize) -> Option<i32> {
    let (sign, number) = text.split_at_checked(1)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let of = |text: &str| text.parse::<i64>().ok();
    // Of the last unit, in its millionths.
    let part = of(format!("{part:0<6}").get(..6)?)?;
    let degrees = of(whole.get(..digits)?)?;
    let all = match whole.len().checked_sub(digits)? {
        0 => degrees * 1_000_000 + part,
        2 => degrees * 1_000_000 + (of(whole.get(digits..)?)? * 1_000_000 + part) / 60,
        4 => {
            let (minutes, seconds) = (of(whole.get(digits..digits + 2)?)?, of(whole.get(digits + 2..)?)?);
            degrees * 1_000_000 + minutes * 1_000_000 / 60 + (seconds * 1_000_000 + part) / 3_600
        }
        _ => return None,
    };
    i32::try_from(if sign == "-" { -all } else { all }).ok()
}

/// The same in films of telephones of before: a name that ends with nought, what it is, then east and north.
fn loci(inner: &[u8]) -> Option<(i32, i32)> {
    let name = inner.get(6..)?;
    let end = name.iter().position(|byte| *byte == 0)?;
    let behind = name.get(end + 2..)?;
    let read = |at: usize| Some(i64::from(i32::from_be_bytes(behind.get(at..at + 4)?.try_into().ok()?)) * 1_000_000 / 65_536);
    let (east, north) = (i32::try_from(read(0)?).ok()?, i32::try_from(read(4)?).ok()?);
    is_place(north, east).then_some((north, east))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn boxed(name: &[u8; 4], inner: &[u8]) -> Vec<u8> {
        [&u32::try_from(inner.len() + 8).unwrap().to_be_bytes()[..], name, inner].concat()
    }

    fn mvhd(made_s: u32) -> Vec<u8> {
        boxed(b"mvhd", &[&[0; 4][..], &made_s.to_be_bytes(), &[0; 92]].concat())
    }

    fn words(name: &[u8; 4], text: &str) -> Vec<u8> {
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        boxed(name, &[&length[..], b"\x15\xc7", text.as_bytes()].concat())
    }

    /// As telephones of Apple write it.
    fn meta(pairs: &[(&str, &str)]) -> Vec<u8> {
        let count = u32::try_from(pairs.len()).unwrap().to_be_bytes();
        let keys: Vec<u8> = pairs.iter().flat_map(|(key, _)| boxed(b"mdta", key.as_bytes())).collect();
        let item = |(n, (_, value)): (usize, &(&str, &str))| {
            let data = boxed(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0][..], value.as_bytes()].concat());
            boxed(&u32::try_from(n + 1).unwrap().to_be_bytes(), &data)
        };
        let list: Vec<u8> = pairs.iter().enumerate().flat_map(item).collect();
        let handler = boxed(b"hdlr", b"\0\0\0\0\0\0\0\0mdta");
        let keys = boxed(b"keys", &[&[0; 4][..], &count, &keys].concat());
        boxed(b"meta", &[handler, keys, boxed(b"ilst", &list)].concat())
    }

    const PAIRS: [(&str, &str); 4] = [
        ("com.apple.quicktime.location.ISO6709", "+57.7000-011.9700+012.000/"),
        ("com.apple.quicktime.creationdate", "2026-11-28T14:03:10+0100"),
        ("com.apple.quicktime.make", "Exempel"),
        ("com.apple.quicktime.model", "K1"),
    ];
    /// 2026-11-28 13:03:10 UTC.
    const MADE_S: u32 = 3_878_715_790;

    /// With the pictures before everything that tells of them.
    fn film(telling: &[Vec<u8>]) -> Vec<u8> {
        let track = boxed(b"trak", &[7; 300]);
        let moov = boxed(b"moov", &[track, telling.concat(), boxed(b"free", &[])].concat());
        [boxed(b"ftyp", b"qt  \0\0\0\0"), boxed(b"mdat", &[9; 5_000]), moov].concat()
    }

    fn said(bytes: &[u8]) -> Proposed {
        let mut film = Film::default();
        film.take(bytes);
        film.said("video/quicktime")
    }

    fn check(telling: &[Vec<u8>], taken: Option<&str>, ahead: Option<i16>, place: Option<(i32, i32)>, camera: Option<&str>) {
        let said = said(&film(telling));
        assert_eq!((said.taken.as_deref(), said.ahead_of_utc_min), (taken, ahead));
        assert_eq!((said.place, said.camera.as_deref()), (place, camera));
    }

    #[test]
    fn a_film_says_when_and_where_it_was_taken() {
        let utc = Some("2026-11-28 13:03:10");
        let place = Some((57_700_000, -11_970_000));
        check(&[mvhd(MADE_S)], utc, Some(0), None, None);
        check(&[mvhd(MADE_S), meta(&PAIRS)], Some("2026-11-28 14:03:10"), Some(60), place, Some("Exempel K1"));
        let users = [words(b"\xa9xyz", "+57.7000-011.9700/"), words(b"\xa9mak", "Exempel")].concat();
        check(&[boxed(b"udta", &users), mvhd(MADE_S)], utc, Some(0), place, Some("Exempel"));
        let here =
            [&[0, 0, 0, 0, 0x15, 0xc7][..], b"hem\0\0", &(-784_466_i32).to_be_bytes(), &3_781_427_i32.to_be_bytes(), &[0; 4]].concat();
        check(&[boxed(b"udta", &boxed(b"loci", &here))], None, None, Some((57_699_996, -11_970_001)), None);
        let both = [boxed(b"loci", &here), words(b"\xa9xyz", "+57.7000-011.9700/")].concat();
        check(&[boxed(b"udta", &both)], None, None, place, None);
        // The standard's own has a version before its boxes.
        let whole = [&[0; 4][..], &meta(&PAIRS)[8..]].concat();
        check(&[boxed(b"udta", &boxed(b"meta", &whole))], Some("2026-11-28 14:03:10"), Some(60), place, Some("Exempel K1"));
        assert!(super::Film::default().said("video/mp4").is_empty());
        let mut other = Film::default();
        other.take(&film(&[mvhd(MADE_S)]));
        assert!(other.said("video/x-matroska").is_empty(), "only what was looked at is read so");
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        for (written, place) in [
            ("+57.7-011.97/", Some((57_700_000, -11_970_000))),
            ("+5742.5+01158.2/", Some((57_708_333, 11_970_000))),
            ("-574230+0115812.5+100/", Some((-57_708_333, 11_970_138))),
            ("+00.0000+000.0000/", None),
            ("+91.0000+011.0000/", None),
            ("+57.7", None),
            ("+5x.7000+011.9700/", None),
            ("+57.٣000+011.9700/", None),
            ("++", None),
            ("", None),
        ] {
            assert_eq!(iso_6709(written), place, "{written}");
        }
    }

    #[test]
    fn what_cannot_be_is_not_proposed() {
        for made_s in [0, 1, 2_082_844_800, 2_700_000_000] {
            check(&[mvhd(made_s)], None, None, None, None);
        }
        for date in ["", "2026", "2026-13-28T14:03:10+0100", "1904-01-01T00:00:00Z", "0000-00-00T00:00:00+0000", "åååååååååååååååååååå"]
        {
            check(&[meta(&[("com.apple.quicktime.creationdate", date)])], None, None, None, None);
        }
        check(&[meta(&[("com.apple.quicktime.creationdate", "2026-11-28T14:03:10+9900")])], Some("2026-11-28 14:03:10"), None, None, None);
    }

    #[test]
    fn it_says_the_same_in_whatever_pieces_it_goes_by() {
        let whole = film(&[mvhd(MADE_S), meta(&PAIRS)]);
        for size in [1, 2, 3, 7, 8, 9, 15, 16, 17, 100, 255, 4_096] {
            let mut film = Film::default();
            whole.chunks(size).for_each(|piece| film.take(piece));
            assert_eq!(film.said("video/mp4"), said(&whole), "in pieces of {size}");
        }
        // Two gigabytes and more of pictures, whose size needs eight bytes.
        let size = 3 * 1024 * 1024 * 1024_u64;
        let mut film = Film::default();
        film.take(&[&boxed(b"ftyp", b"isom\0\0\0\0")[..], b"\0\0\0\x01mdat", &(size + 16).to_be_bytes()].concat());
        let piece = vec![0; 256 * 1024];
        (0..size / piece.len() as u64).for_each(|_| film.take(&piece));
        film.take(&boxed(b"moov", &mvhd(MADE_S)));
        assert!(film.said("video/mp4").taken.is_some());
    }

    #[test]
    fn broken_boxes_say_nothing_and_break_nothing() {
        let whole = film(&[mvhd(MADE_S), meta(&PAIRS)]);
        for cut in 0..whole.len() {
            let _ = said(&whole[..cut]);
        }
        for at in 0..whole.len() {
            for spoilt_by in [0x01, 0x55, 0x80, 0xff] {
                let mut spoilt = whole.clone();
                spoilt[at] ^= spoilt_by;
                let _ = said(&spoilt);
            }
        }
        let begins = |name: &[u8; 4], size: u32| [&size.to_be_bytes()[..], name].concat();
        for broken in [
            begins(b"moov", 7),
            [begins(b"moov", 1), 3_u64.to_be_bytes().to_vec(), mvhd(MADE_S)].concat(),
            // A box that is longer than the one around it.
            [begins(b"moov", 16), begins(b"mvhd", 108), mvhd(MADE_S)[8..].to_vec()].concat(),
            begins(b"free", 8).repeat(BOXES_MAX + 1).into_iter().chain(boxed(b"moov", &mvhd(MADE_S))).collect(),
            [b"GIF89a  ".to_vec(), boxed(b"moov", &mvhd(MADE_S))].concat(),
            vec![0; 100_000],
            vec![0xff; 100_000],
        ] {
            assert!(said(&broken).is_empty(), "{} bytes", broken.len());
        }
        // One with no end goes on to the end of the file; one that tells too much is passed over.
        for endless in [begins(b"moov", 0), [begins(b"moov", 1), u64::MAX.to_be_bytes().to_vec()].concat()] {
            assert!(said(&[endless, mvhd(MADE_S)].concat()).taken.is_some());
        }
        let long = boxed(b"udta", &vec![1; KEPT_BYTES_MAX + 1]);
        assert!(said(&film(&[long, mvhd(MADE_S)])).taken.is_some());
    }
}
