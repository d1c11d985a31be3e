//! References among whatever else stands in a text.

use domain::contact::Reference;

/// References in words: eight digits by themselves or four and four, whose check digit fits. Digits of a longer number are
/// none, and no more than `most` are looked for.
pub fn named(text: &str, most: usize) -> Vec<Reference> {
    let signs: Vec<char> = text.chars().collect();
    let is_gap = |c: char| matches!(c, ' ' | '-' | '\u{a0}');
    let digit = |at: Option<usize>| at.and_then(|at| signs.get(at)).is_some_and(char::is_ascii_digit);
    let mut found = Vec::new();
    let mut at = 0;
    while at < signs.len() && found.len() < most {
        let before = at.checked_sub(1).and_then(|before| signs.get(before)).copied();
        let goes_on = digit(at.checked_sub(1)) || before == Some('+') || before.is_some_and(is_gap) && digit(at.checked_sub(2));
        if goes_on || !signs[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = |from: usize| signs[from.min(signs.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
        let first = run(at);
        let end = match first {
            8 => at + 8,
            4 if signs.get(at + 4).copied().is_some_and(is_gap) && run(at + 5) == 4 => at + 9,
            _ => {
                at += first;
                continue;
            }
        };
        let ends = !(signs.get(end).copied().is_some_and(is_gap) && digit(Some(end + 1)));
        found.extend(Some(end).filter(|_| ends).and_then(|end| signs[at..end].iter().collect::<String>().parse::<Reference>().ok()));
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::MatterId;

    #[test]
    fn references_are_found_in_words_and_not_in_other_numbers() {
        let (one, two) = (Reference::of(MatterId(1)), Reference::of(MatterId(2)));
        let digits = one.digits();
        for (text, expected) in [
            (format!("Ärende {one}."), vec![one]),
            (format!("ref {digits}"), vec![one]),
            (format!("{}-{}", &digits[..4], &digits[4..]), vec![one]),
            (format!("{one} och {two}"), vec![one, two]),
            (format!("{one} {two}"), vec![]),
            (format!("{one}, {two}"), vec![one, two]),
            (format!("070-{digits}"), vec![]),
            (format!("+{digits}"), vec![]),
            (format!("1{digits}"), vec![]),
            (format!("{digits}2"), vec![]),
            (format!("{one} 3"), vec![]),
            ("1234 5678 2026-11-28 kl 14".to_owned(), vec![]),
            (String::new(), vec![]),
        ] {
            assert_eq!(named(&text, 20), expected, "{text}");
        }
        assert_eq!(named(&format!("{one}, ").repeat(100_000), 3).len(), 3);
    }
}
