//! Names of files: what is kept of the one that was given, and the one under which it is given to somebody.

use super::kind::endings_of;
use crate::plain;

/// Longest name that is kept, in characters.
pub const NAME_CHARS_MAX: usize = 120;
/// Longest ending that is kept whole when a name is cut.
const ENDING_CHARS_MAX: usize = 10;

/// The name without folders and without signs that turn, hide or break a line; it may be empty.
#[must_use]
pub fn kept(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = plain::line(last);
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if clean.chars().count() <= NAME_CHARS_MAX {
        return clean.to_owned();
    }
    let ending = clean.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= ENDING_CHARS_MAX);
    match ending {
        Some(ending) => {
            let stem: String = clean.chars().take(NAME_CHARS_MAX - ending.chars().count() - 2).collect();
            format!("{stem}….{ending}")
        }
        None => clean.chars().take(NAME_CHARS_MAX - 1).chain(['…']).collect(),
    }
}

/// The name under which it is given: it ends as its content says, so that nothing is opened as what it is not.
#[must_use]
pub fn saved_as(name: &str, id: &str, media_type: &str, concerns: bool) -> String {
    let endings = if concerns { &["bin"] } else { endings_of(media_type) };
    let stem = if name.is_empty() { id } else { name };
    let plain: String = stem.chars().map(|c| if "<>:\"|?*;".contains(c) { '_' } else { c }).collect();
    let ends = plain.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&&*ending.to_ascii_lowercase()));
    if ends { plain } else { format!("{plain}.{}", endings.first().unwrap_or(&"bin")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_without_folders() {
        let long = format!("{}.jpeg", "å".repeat(300));
        for (given, expected) in [
            ("bild.jpg", "bild.jpg".to_owned()),
            ("C:\\Users\\Anna\\bild.jpg", "bild.jpg".to_owned()),
            ("../../etc/passwd", "passwd".to_owned()),
            ("photo\u{202e}gpj.exe", "photogpj.exe".to_owned()),
            ("a\0b\r\nc.png", "ab c.png".to_owned()),
            (" ..hemlig. ", "hemlig".to_owned()),
            ("..", String::new()),
            ("", String::new()),
            (&long, format!("{}….jpeg", "å".repeat(114))),
        ] {
            assert_eq!(kept(given), expected, "{given:?}");
            assert!(kept(given).chars().count() <= NAME_CHARS_MAX);
        }
        assert_eq!(kept(&"x".repeat(500)).chars().count(), NAME_CHARS_MAX);
    }

    #[test]
    fn a_name_ends_as_the_content_says() {
        for (name, media_type, concerns, expected) in [
            ("bild.JPG", "image/jpeg", false, "bild.JPG"),
            ("bild.exe", "image/jpeg", false, "bild.exe.jpg"),
            ("run.bat", "text/plain", false, "run.bat.txt"),
            ("sida.html", "text/html", true, "sida.html.bin"),
            ("x.zip", "application/zip", true, "x.zip.bin"),
            ("", "image/png", false, "id.png"),
            ("a\"b:c.pdf", "application/pdf", false, "a_b_c.pdf"),
            ("x.unknown", "a/b", false, "x.unknown.bin"),
        ] {
            assert_eq!(saved_as(name, "id", media_type, concerns), expected);
        }
    }
}
