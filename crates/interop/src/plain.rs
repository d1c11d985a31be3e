//! What people write: cleaned of signs that nobody sees and of the breaks that would make one line two.

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
pub fn line(text: &str) -> String {
    let seen: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_unseen(*c)).collect();
    seen.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Several lines, each of them clean; no empty ones at the ends.
#[must_use]
pub fn lines(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
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
}
