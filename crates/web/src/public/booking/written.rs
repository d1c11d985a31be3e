//! What people write: cleaned of signs that nobody sees, and held to a length.

/// The longest that each field keeps, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 100;
pub(crate) const NUMBER_CHARS_MAX: usize = 40;
pub(crate) const MAIL_CHARS_MAX: usize = 254;
pub(crate) const PLACE_CHARS_MAX: usize = 60;
pub(crate) const LANGUAGE_CHARS_MAX: usize = 60;
pub(crate) const ABOUT_CHARS_MAX: usize = 500;
pub(crate) const NEEDS_CHARS_MAX: usize = 300;

/// Marks that turn the direction of writing or cannot be seen: they come with pasted numbers and can make a name read
/// as another one.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || c.is_control()
}

/// One line: no unseen signs, no spaces around, one between words.
#[must_use]
pub(crate) fn line(text: &str) -> String {
    let seen: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_unseen(*c)).collect();
    seen.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Several lines, each of them clean; no empty ones at the ends.
#[must_use]
pub(crate) fn lines(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

#[must_use]
pub(crate) fn fits(text: &str, chars_max: usize) -> bool {
    text.chars().count() <= chars_max
}

/// Something before and after one @, a dot behind it, and nothing that a mail's head could be broken with.
#[must_use]
pub(crate) fn is_mail(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"(),:;<>[\\]@".contains(c);
    let labels = || host.split('.');
    let label = |label: &str| !label.is_empty() && label.len() <= 63 && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    (1..=64).contains(&user.len())
        && text.len() <= MAIL_CHARS_MAX
        && user.chars().all(plain)
        && !user.starts_with('.')
        && !user.ends_with('.')
        && labels().count() >= 2
        && labels().all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_taken_out() {
        for (written, kept) in [
            ("  Anna   Berg ", "Anna Berg"),
            ("\u{202a}031-390 06 05\u{202c}", "031-390 06 05"),
            ("Anna\u{202e}greB", "AnnagreB"),
            ("شخص ما", "شخص ما"),
            ("a\r\nb\tc\0d", "a b cd"),
            ("\u{200b}\u{feff}", ""),
        ] {
            assert_eq!(line(written), kept, "{written:?}");
        }
        assert_eq!(lines("\n one \r\n\n two\u{202e}\n\n"), "one\n\ntwo");
    }

    #[test]
    fn addresses_for_mail_are_told_from_what_is_none() {
        for (written, is) in [
            ("a@example.org", true),
            ("first.last+tag@mail.example.org", true),
            ("ä@exämple.org", true),
            ("", false),
            ("a", false),
            ("@example.org", false),
            ("a@example", false),
            ("a@@example.org", false),
            ("a@example..org", false),
            (".a@example.org", false),
            ("a b@example.org", false),
            ("a@example.org\r\nBcc: b@example.org", false),
            ("a,b@example.org", false),
            ("<a@example.org>", false),
        ] {
            assert_eq!(is_mail(written), is, "{written:?}");
        }
        assert!(!is_mail(&format!("a@{}.org", "x".repeat(300))));
    }
}
