//! What a file is, by how it begins and ends. Its name says nothing that is believed.

use serde::{Deserialize, Serialize};

/// As much of the beginning is looked at.
const MARKUP_BYTES: usize = 4_096;
const OCTETS: &str = "application/octet-stream";

/// What people call it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Picture,
    Film,
    Sound,
    Document,
    Text,
    Archive,
    Page,
    Program,
    Unknown,
}

impl Group {
    pub const ALL: &[Self] =
        &[Self::Picture, Self::Film, Self::Sound, Self::Document, Self::Text, Self::Archive, Self::Page, Self::Program, Self::Unknown];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Film => "film",
            Self::Sound => "sound",
            Self::Document => "document",
            Self::Text => "text",
            Self::Archive => "archive",
            Self::Page => "page",
            Self::Program => "program",
            Self::Unknown => "unknown",
        }
    }
}

/// Why it is not simply opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// Files within a file; they are not looked at.
    Archive,
    /// A password is needed, so that nobody could look into it.
    Encrypted,
    /// It may hold a program that runs when it is opened.
    Active,
    /// A web page or its like.
    Page,
    /// Nothing says what it is.
    Unknown,
    /// A program: not taken.
    Program,
    /// Nothing: not taken.
    Empty,
}

impl Concern {
    pub const ALL: &[Self] = &[Self::Archive, Self::Encrypted, Self::Active, Self::Page, Self::Unknown, Self::Program, Self::Empty];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Encrypted => "encrypted",
            Self::Active => "active",
            Self::Page => "page",
            Self::Unknown => "unknown",
            Self::Program => "program",
            Self::Empty => "empty",
        }
    }

    /// Whether it is not taken at all; whatever else concerns is for a person to decide.
    #[must_use]
    pub fn refuses(self) -> bool {
        matches!(self, Self::Program | Self::Empty)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    pub media_type: &'static str,
    pub concern: Option<Concern>,
}

/// Every kind that is known, with the endings that its name may have; the first is the usual one.
const KINDS: &[(&str, Group, &[&str])] = &[
    ("image/jpeg", Group::Picture, &["jpg", "jpeg", "jpe"]),
    ("image/png", Group::Picture, &["png"]),
    ("image/gif", Group::Picture, &["gif"]),
    ("image/webp", Group::Picture, &["webp"]),
    ("image/tiff", Group::Picture, &["tif", "tiff", "dng"]),
    ("image/bmp", Group::Picture, &["bmp"]),
    ("image/heic", Group::Picture, &["heic", "heif"]),
    ("image/avif", Group::Picture, &["avif"]),
    ("video/mp4", Group::Film, &["mp4", "m4v"]),
    ("video/quicktime", Group::Film, &["mov", "qt"]),
    ("video/3gpp", Group::Film, &["3gp", "3g2"]),
    ("video/x-matroska", Group::Film, &["mkv", "webm"]),
    ("video/x-msvideo", Group::Film, &["avi"]),
    ("video/mpeg", Group::Film, &["mpg", "mpeg", "vob"]),
    ("video/mp2t", Group::Film, &["ts", "mts", "m2ts"]),
    ("video/x-flv", Group::Film, &["flv"]),
    ("video/x-ms-asf", Group::Film, &["wmv", "wma", "asf"]),
    ("audio/mpeg", Group::Sound, &["mp3"]),
    ("audio/mp4", Group::Sound, &["m4a"]),
    ("audio/aac", Group::Sound, &["aac"]),
    ("audio/ogg", Group::Sound, &["ogg", "oga", "opus", "ogv"]),
    ("audio/flac", Group::Sound, &["flac"]),
    ("audio/amr", Group::Sound, &["amr"]),
    ("audio/wav", Group::Sound, &["wav"]),
    ("audio/x-caf", Group::Sound, &["caf"]),
    ("application/pdf", Group::Document, &["pdf"]),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", Group::Document, &["docx"]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Group::Document, &["xlsx"]),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", Group::Document, &["pptx"]),
    ("application/vnd.oasis.opendocument.text", Group::Document, &["odt"]),
    ("application/vnd.oasis.opendocument.spreadsheet", Group::Document, &["ods"]),
    ("application/vnd.oasis.opendocument.presentation", Group::Document, &["odp"]),
    ("application/x-ole-storage", Group::Document, &["bin"]),
    ("application/rtf", Group::Document, &["rtf"]),
    ("text/plain", Group::Text, &["txt", "csv", "log", "eml"]),
    ("application/zip", Group::Archive, &["zip"]),
    ("application/x-7z-compressed", Group::Archive, &["7z"]),
    ("application/vnd.rar", Group::Archive, &["rar"]),
    ("application/gzip", Group::Archive, &["gz", "tgz"]),
    ("application/x-bzip2", Group::Archive, &["bz2"]),
    ("application/x-xz", Group::Archive, &["xz"]),
    ("application/x-tar", Group::Archive, &["tar"]),
    ("text/html", Group::Page, &["bin"]),
    ("application/x-executable", Group::Program, &["bin"]),
];

fn known(media_type: &str) -> Option<&'static (&'static str, Group, &'static [&'static str])> {
    KINDS.iter().find(|(known, ..)| *known == media_type)
}

#[must_use]
pub fn group_of(media_type: &str) -> Group {
    known(media_type).map_or(Group::Unknown, |(_, group, _)| *group)
}

/// The endings that a name of this kind may have, the usual one first.
pub(super) fn endings_of(media_type: &str) -> &'static [&'static str] {
    known(media_type).map_or(&["bin"], |(.., endings)| endings)
}

/// What a browser is told that it is: its kind where nothing concerns, else bytes and no more.
#[must_use]
pub fn served_as(media_type: &str, concern: Option<Concern>) -> &'static str {
    match (known(media_type), concern) {
        (Some(("text/plain", ..)), None) => "text/plain; charset=utf-8",
        (Some((known, ..)), None) => known,
        _ => OCTETS,
    }
}

fn plain(media_type: &'static str) -> Kind {
    Kind { media_type, concern: None }
}

fn concerning(media_type: &'static str, concern: Concern) -> Kind {
    Kind { media_type, concern: Some(concern) }
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// What this is, by its first and its last bytes.
#[must_use]
pub fn judge(head: &[u8], tail: &[u8]) -> Kind {
    if head.is_empty() {
        return concerning(OCTETS, Concern::Empty);
    }
    container(head)
        .or_else(|| packed(head, tail))
        .or_else(|| program(head))
        .or_else(|| by_beginning(head))
        .or_else(|| text(head))
        .unwrap_or(concerning(OCTETS, Concern::Unknown))
}

/// What names its kind behind its first bytes.
fn container(head: &[u8]) -> Option<Kind> {
    let at = |from: usize, to: usize| head.get(from..to).unwrap_or_default();
    match (at(0, 4), at(4, 8), at(8, 12)) {
        (b"RIFF", _, b"WEBP") => Some(plain("image/webp")),
        (b"RIFF", _, b"WAVE") => Some(plain("audio/wav")),
        (b"RIFF", _, b"AVI ") => Some(plain("video/x-msvideo")),
        (_, b"ftyp", b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1") => Some(plain("image/heic")),
        (_, b"ftyp", b"avif" | b"avis") => Some(plain("image/avif")),
        (_, b"ftyp", b"qt  ") => Some(plain("video/quicktime")),
        (_, b"ftyp", b"M4A " | b"M4B ") => Some(plain("audio/mp4")),
        (_, b"ftyp", brand) if brand.starts_with(b"3g") => Some(plain("video/3gpp")),
        (_, b"ftyp", _) => Some(plain("video/mp4")),
        (_, b"moov" | b"mdat" | b"wide", _) => Some(plain("video/quicktime")),
        _ if at(257, 262) == b"ustar" => Some(concerning("application/x-tar", Concern::Archive)),
        _ if at(0, 1) == b"G" && at(188, 189) == b"G" && at(376, 377) == b"G" => Some(plain("video/mp2t")),
        _ => None,
    }
}

/// Files that hold files, documents of offices among them. Only names are looked at.
fn packed(head: &[u8], tail: &[u8]) -> Option<Kind> {
    let anywhere = |part: &[u8]| has(head, part) || has(tail, part);
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        if anywhere(b"AndroidManifest.xml") || anywhere(b"META-INF/MANIFEST.MF") {
            return Some(concerning("application/x-executable", Concern::Program));
        }
        let open = [
            (&b"word/"[..], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ];
        let odf = |kind: &str| head.get(30..).is_some_and(|rest| rest.starts_with(format!("mimetype{kind}").as_bytes()));
        let of_office = open.into_iter().find(|(folder, _)| has(head, b"[Content_Types].xml") && anywhere(folder)).map(|(_, kind)| kind);
        let of_odf = || KINDS.iter().map(|(kind, ..)| *kind).find(|kind| kind.contains("opendocument") && odf(kind));
        return Some(match of_office.or_else(of_odf) {
            Some(kind) if anywhere(b"vbaProject.bin") || anywhere(b"Basic/") => concerning(kind, Concern::Active),
            Some(kind) => plain(kind),
            None => concerning("application/zip", Concern::Archive),
        });
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let concern = if anywhere(&wide) { Concern::Encrypted } else { Concern::Active };
        return Some(concerning("application/x-ole-storage", concern));
    }
    if head.starts_with(b"%PDF-") {
        let concern = if anywhere(b"/Encrypt") {
            Some(Concern::Encrypted)
        } else {
            (anywhere(b"/JavaScript") || anywhere(b"/Launch") || anywhere(b"/EmbeddedFile")).then_some(Concern::Active)
        };
        return Some(Kind { media_type: "application/pdf", concern });
    }
    let archives: [(&[u8], &str); 5] = [
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07", "application/vnd.rar"),
        (b"\x1f\x8b", "application/gzip"),
        (b"BZh", "application/x-bzip2"),
        (b"\xfd7zXZ\0", "application/x-xz"),
    ];
    archives.into_iter().find(|(begin, _)| head.starts_with(begin)).map(|(_, kind)| concerning(kind, Concern::Archive))
}

fn program(head: &[u8]) -> Option<Kind> {
    // The sound of old telephones begins as a script does.
    if head.starts_with(b"#!AMR") {
        return Some(plain("audio/amr"));
    }
    let begins: [&[u8]; 11] = [
        b"MZ",
        b"\x7fELF",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"#!",
        b"\0asm",
        b"dex\n",
        b"L\0\0\0\x01\x14\x02\0",
    ];
    begins.iter().any(|begin| head.starts_with(begin)).then(|| concerning("application/x-executable", Concern::Program))
}

fn by_beginning(head: &[u8]) -> Option<Kind> {
    let begins: [(&[u8], &str); 19] = [
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
        (b"\0\0\x01\xba", "video/mpeg"),
        (b"\0\0\x01\xb3", "video/mpeg"),
        (b"FLV\x01", "video/x-flv"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
        (b"ID3", "audio/mpeg"),
        (b"\xff\xfb", "audio/mpeg"),
        (b"\xff\xf3", "audio/mpeg"),
        (b"\xff\xf1", "audio/aac"),
        (b"\xff\xf9", "audio/aac"),
        (b"OggS", "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"caff", "audio/x-caf"),
    ];
    let found = begins.into_iter().find(|(begin, _)| head.starts_with(begin)).map(|(_, kind)| plain(kind));
    let bitmap = head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]);
    found.or_else(|| bitmap.then(|| plain("image/bmp")))
}

/// Text that people read, or that a browser would draw.
fn text(head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"{\\rtf") {
        return Some(concerning("application/rtf", Concern::Active));
    }
    let begin: Vec<u8> = head.iter().take(MARKUP_BYTES).filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    let marks: [&[u8]; 9] = [b"!doctype", b"html", b"svg", b"?xml", b"script", b"iframe", b"body", b"object", b"embed"];
    let opens = |mark: &[u8]| begin.windows(mark.len() + 1).any(|window| window.split_first() == Some((&b'<', mark)));
    if marks.into_iter().any(opens) {
        return Some(concerning("text/html", Concern::Page));
    }
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let readable = |byte: &u8| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    (wide || head.iter().all(readable)).then(|| plain("text/plain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_content() {
        let odt = b"PK\x03\x04\x14\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0mimetypeapplication/vnd.oasis.opendocument.textPK";
        let docx = b"PK\x03\x04..................[Content_Types].xml....PK\x03\x04word/document.xml";
        let macros = b"PK\x03\x04..[Content_Types].xml....PK\x03\x04word/document.xml word/vbaProject.bin";
        let encrypted: Vec<u8> = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"].concat();
        let cases: [(&[u8], &str, Option<Concern>); 33] = [
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg", None),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png", None),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic", None),
            (b"\0\0\0\x18ftypavif\0\0\0\0", "image/avif", None),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", "video/mp4", None),
            (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime", None),
            (b"\0\0\0\x14ftyp3gp5\0\0\0\0", "video/3gpp", None),
            (b"\0\0\0\x14ftypM4A \0\0\0\0", "audio/mp4", None),
            (b"\x1a\x45\xdf\xa3\x01\0", "video/x-matroska", None),
            (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", None),
            (b"ID3\x04\0", "audio/mpeg", None),
            (b"#!AMR\n", "audio/amr", None),
            (b"%PDF-1.7 ...", "application/pdf", None),
            (b"%PDF-1.7 trailer << /Encrypt 5 0 R >>", "application/pdf", Some(Concern::Encrypted)),
            (b"%PDF-1.7 /OpenAction << /JavaScript", "application/pdf", Some(Concern::Active)),
            (docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", None),
            (macros, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Some(Concern::Active)),
            (odt, "application/vnd.oasis.opendocument.text", None),
            (&encrypted, "application/x-ole-storage", Some(Concern::Encrypted)),
            ("Jag såg bilen\r\n".as_bytes(), "text/plain", None),
            (b"\xff\xfeh\0e\0j\0", "text/plain", None),
            (b"PK\x03\x04 a.txt", "application/zip", Some(Concern::Archive)),
            (b"PK\x03\x04 META-INF/MANIFEST.MF", "application/x-executable", Some(Concern::Program)),
            (b"MZ\x90\0", "application/x-executable", Some(Concern::Program)),
            (b"\x7fELF\x02", "application/x-executable", Some(Concern::Program)),
            (b"#!/bin/sh\nrm", "application/x-executable", Some(Concern::Program)),
            (b"  <!DOCTYPE html><p>", "text/html", Some(Concern::Page)),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\">", "text/html", Some(Concern::Page)),
            (b"hej <ScRiPt>alert(1)</script>", "text/html", Some(Concern::Page)),
            (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "text/html", Some(Concern::Page)),
            (b"{\\rtf1", "application/rtf", Some(Concern::Active)),
            (b"\x01\x02\x03\x04", "application/octet-stream", Some(Concern::Unknown)),
            (b"", "application/octet-stream", Some(Concern::Empty)),
        ];
        for (bytes, media_type, concern) in cases {
            assert_eq!(judge(bytes, b""), Kind { media_type, concern }, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_concerns_is_served_as_bytes_alone() {
        for (media_type, ..) in KINDS {
            for concern in Concern::ALL {
                assert_eq!(served_as(media_type, Some(*concern)), OCTETS);
            }
            let drawn = ["html", "svg", "xml", "script"].iter().any(|word| served_as(media_type, None).contains(word));
            assert!(!drawn || media_type.contains("openxml") || *media_type == "text/html", "{media_type}");
        }
        assert_eq!(served_as("text/plain", None), "text/plain; charset=utf-8");
        assert_eq!(served_as("anything/else", None), OCTETS);
    }

    #[test]
    fn whatever_the_bytes_are_an_answer_comes() {
        let mut state = 0x9e37_79b9_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[0]
        };
        for length in 0..600 {
            let bytes: Vec<u8> = (0..length).map(|_| next()).collect();
            for begin in [&b"PK\x03\x04"[..], b"%PDF-", b"RIFF", b""] {
                let head = [begin, &bytes].concat();
                let _ = judge(&head, &bytes);
                let _ = super::super::propose("image/jpeg", &head);
            }
        }
    }
}
