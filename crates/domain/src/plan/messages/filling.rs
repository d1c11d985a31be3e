//! Filling in what stands open in words, between braces. A part in square brackets is left out where something in it is
//! not known. A link is filled in last, when the message is sent: nothing that is kept has it.

/// What opens a booking; nobody but its citizen is told.
pub(super) const LINK: &str = "link";
const OPEN_LINK: &str = "{link}";

/// What stands between braces is replaced; what nothing is known for stays as it is, and what is filled in is not looked
/// through again.
pub(super) fn filled(words: &str, of: impl Fn(&str) -> Option<String>) -> String {
    let mut whole = String::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('{') {
        whole.push_str(before);
        match after.split_once('}').and_then(|(open, after)| Some((of(open)?, after))) {
            Some((text, after)) => {
                whole.push_str(&text);
                rest = after;
            }
            None => {
                whole.push('{');
                rest = after;
            }
        }
    }
    whole.push_str(rest);
    whole
}

/// Parts in brackets whose opens are all known, without their brackets; those with a link keep them until it is there.
/// Brackets in which nothing is open are words like any other.
pub(super) fn chosen(words: &str, known: impl Fn(&str) -> bool) -> String {
    parts(words, |part| {
        let opens = opens(part);
        match opens.iter().all(|open| known(open)) {
            false => Some(String::new()),
            true if opens.contains(&LINK) => None,
            true => Some(part.to_owned()),
        }
    })
}

/// The words as they are sent: with the link, or without all that is of no use where there is none.
#[must_use]
pub fn with_link(words: &str, link: Option<&str>) -> String {
    parts(words, |part| match (part.contains(OPEN_LINK), link) {
        (false, _) => None,
        (true, None) => Some(String::new()),
        (true, Some(link)) => Some(part.replace(OPEN_LINK, link)),
    })
}

/// Every part in brackets with something open in it is replaced; none leaves it as it is.
fn parts(words: &str, replaced: impl Fn(&str) -> Option<String>) -> String {
    let mut whole = String::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('[') {
        whole.push_str(before);
        let part = after.split_once(']').filter(|(part, _)| part.contains('{'));
        match part.and_then(|(part, after)| Some((replaced(part)?, after))) {
            Some((text, after)) => {
                whole.push_str(&text);
                rest = after;
            }
            None => {
                whole.push('[');
                rest = after;
            }
        }
    }
    whole.push_str(rest);
    whole
}

/// Whether every link stands in brackets, so that it can be left out.
pub(super) fn links_stand_apart(words: &str) -> bool {
    !with_link(words, None).contains(OPEN_LINK)
}

/// What stands between braces.
pub(super) fn opens(words: &str) -> Vec<&str> {
    words.split('{').skip(1).map(|after| after.split_once('}').map_or(after, |(open, _)| open)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_looked_through_again() {
        let of = |open: &str| (open == "address").then(|| "{number}".to_owned());
        assert_eq!(filled("{address} and {else} {", of), "{number} and {else} {");
    }

    #[test]
    fn a_part_in_brackets_is_left_out_where_something_in_it_is_not_known() {
        let known = |open: &str| open == "when";
        for (words, expected) in [
            ("At {when}[ in {address}].", "At {when}."),
            ("At[ {when}].", "At {when}."),
            ("[ {when}: {address}]", ""),
            ("[sic] {when} [ and on", "[sic] {when} [ and on"),
            ("[ {link}]", ""),
        ] {
            assert_eq!(chosen(words, known), expected, "{words}");
        }
        assert_eq!(chosen("[ {when}: {link}]!", |_| true), "[ {when}: {link}]!", "a link is filled in when it is sent");
    }

    #[test]
    fn a_link_is_filled_in_last_or_left_out_with_what_stands_around_it() {
        let words = "Your time is booked.[ Change it: {link}] [sic]";
        assert_eq!(with_link(words, Some("https://a.example/{x}")), "Your time is booked. Change it: https://a.example/{x} [sic]");
        assert_eq!(with_link(words, None), "Your time is booked. [sic]");
        assert!(links_stand_apart(words) && links_stand_apart("no link"));
        assert!(!links_stand_apart("{link}") && !links_stand_apart("[ {link}") && !links_stand_apart("[{link}] {link}"));
    }
}
