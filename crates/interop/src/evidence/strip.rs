//! A picture without what it says of its making: for tips, whose senders may not want to be found. Only JPEG and PNG, whose
//! parts are told apart safely; of anything else nothing is taken out, and whoever asks is told so.

/// The picture without time, place, camera and remarks; none when it is of another kind or not put together as it should be.
#[must_use]
pub fn without_metadata(media_type: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match media_type {
        "image/jpeg" => jpeg(bytes),
        "image/png" => png(bytes),
        _ => None,
    }
}

/// Segment after segment, until the end of the picture; what stands behind it is left out.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    const START: [u8; 2] = [0xff, 0xd8];
    let mut rest = bytes.strip_prefix(&START)?;
    let mut kept = START.to_vec();
    loop {
        let (mark, after) = rest.split_first_chunk::<2>()?;
        match mark {
            [0xff, 0xff] => rest = rest.get(1..)?,
            [0xff, 0xd9] => {
                kept.extend_from_slice(mark);
                return Some(kept);
            }
            [0xff, kind] => {
                let length = usize::from(u16::from_be_bytes(*after.first_chunk::<2>()?));
                let segment = after.get(..length).filter(|_| length >= 2)?;
                if is_picture(*kind, segment) {
                    kept.extend_from_slice(mark);
                    kept.extend_from_slice(segment);
                }
                rest = after.get(length..)?;
                if *kind == 0xda {
                    let end = scan_end(rest)?;
                    kept.extend_from_slice(rest.get(..end)?);
                    rest = rest.get(end..)?;
                }
            }
            _ => return None,
        }
    }
}

/// Whether a segment is needed to draw the picture: not remarks, nor what applications wrote, but for colours.
fn is_picture(kind: u8, segment: &[u8]) -> bool {
    let body = segment.get(2..).unwrap_or_default();
    match kind {
        0xe0 => body.starts_with(b"JFIF"),
        0xe2 => body.starts_with(b"ICC_PROFILE"),
        0xee => body.starts_with(b"Adobe"),
        0xe1..=0xef | 0xfe => false,
        _ => true,
    }
}

/// Where the drawn bytes end: at the next mark that is neither a stuffed byte nor a restart.
fn scan_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff))
}

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const START: &[u8] = b"\x89PNG\r\n\x1a\n";
    const LEFT_OUT: [&[u8]; 5] = [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"];
    let mut rest = bytes.strip_prefix(START)?;
    let mut kept = START.to_vec();
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk::<4>()?)).ok()?;
        let chunk = rest.get(..length.checked_add(12)?)?;
        let name = chunk.get(4..8)?;
        if !LEFT_OUT.contains(&name) {
            kept.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(kept);
        }
        rest = rest.get(chunk.len()..)?;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evidence::{picture::tests::telling, propose};

    #[test]
    fn nothing_is_left_of_what_a_picture_says() {
        let told = [&telling()[..], b"what stands behind it"].concat();
        let bare = without_metadata("image/jpeg", &told).unwrap();
        assert_eq!(bare, b"\xff\xd8\xff\xda\0\x02\x12\xff\0\x34\xff\xd9");
        assert!(propose("image/jpeg", &bare).is_empty());
        let chunk = |name: &[u8], body: &[u8]| [&u32::try_from(body.len()).unwrap().to_be_bytes(), name, body, b"crc!"].concat();
        let start = b"\x89PNG\r\n\x1a\n".to_vec();
        let whole = [start.clone(), chunk(b"IHDR", b"x"), chunk(b"tEXt", b"where"), chunk(b"IEND", b""), b"more".to_vec()].concat();
        let bare = [start, chunk(b"IHDR", b"x"), chunk(b"IEND", b"")].concat();
        assert_eq!(without_metadata("image/png", &whole).unwrap(), bare);
        assert_eq!(without_metadata("video/mp4", &whole), None);
        for cut in 0..told.len() - 22 {
            assert_eq!(without_metadata("image/jpeg", &told[..cut]), None, "{cut}");
        }
    }
}
