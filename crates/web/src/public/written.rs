//! What people write: cleaned of signs that nobody sees, and held to a length.

pub(crate) use interop::plain::{line, lines};

/// The longest that each field keeps, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 100;
pub(crate) const NUMBER_CHARS_MAX: usize = 40;
pub(crate) const MAIL_CHARS_MAX: usize = 254;
pub(crate) const PLACE_CHARS_MAX: usize = 60;
pub(crate) const LANGUAGE_CHARS_MAX: usize = 60;
pub(crate) const ABOUT_CHARS_MAX: usize = 500;
pub(crate) const NEEDS_CHARS_MAX: usize = 300;

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
