//! Telephone numbers that stand in the project belong to nobody: Swedish ones come from the ranges
//! set aside for fiction, or are the public numbers of the authority itself.

#![allow(clippy::inconsistent_digit_grouping, reason = "digits are grouped as people dial them")]

use super::{Fault, File};
use std::ops::RangeInclusive;

/// Ranges for fiction as international numbers without `+`.
const FICTION: &[RangeInclusive<u64>] = &[
    46_31_390_06_00..=46_31_390_06_99,
    46_40_628_04_00..=46_40_628_04_99,
    46_8_465_004_00..=46_8_465_004_99,
    46_980_319_200..=46_980_319_299,
    46_70_174_06_05..=46_70_174_06_99,
];

/// Numbers that the authority publishes: 114 14 itself, and from abroad.
const PUBLISHED: &[u64] = &[46_114_14, 46_77_114_14_00];

/// Fewer digits after the country code are an area code or a short number.
const SUBSCRIBER_DIGITS_MIN: usize = 7;
const SUBSCRIBER_DIGITS_MAX: usize = 10;

/// What is measured or generated rather than written by hand.
const SKIPPED: &[&str] = &["Cargo.lock", "package-lock.json", "LICENSE"];

pub fn check(files: &[File]) -> Vec<Fault> {
    let read = files.iter().filter(|file| !SKIPPED.iter().any(|name| file.path.ends_with(name)));
    read.flat_map(|file| {
        let lines = file.text.lines().enumerate();
        lines.flat_map(move |(index, line)| strangers(line).into_iter().map(move |found| fault(&file.path, index + 1, &found)))
    })
    .collect()
}

fn fault(path: &str, line: usize, found: &str) -> Fault {
    Fault::new(path, line, format!("{found} may be somebody's number: take one from the ranges set aside for fiction (CONTRIBUTING.md)"))
}

/// Numbers in a line, as written, that are neither fiction nor published.
fn strangers(line: &str) -> Vec<String> {
    let written = line.match_indices("+46").map(|(at, found)| &line[at + found.len()..]);
    written
        .filter_map(|rest| {
            let shown: String = rest.chars().take_while(|letter| letter.is_ascii_digit() || matches!(letter, ' ' | '-')).collect();
            let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
            let plausible = (SUBSCRIBER_DIGITS_MIN..=SUBSCRIBER_DIGITS_MAX).contains(&digits.len());
            let number: u64 = format!("46{digits}").parse().ok()?;
            let known = PUBLISHED.contains(&number) || FICTION.iter().any(|range| range.contains(&number));
            (plausible && !known).then(|| format!("+46{}", shown.trim_end()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_belong_to_nobody() {
        // Joined here, so that the rule does not find its own test.
        let stranger = format!("+46{}", "701234567");
        for (line, found) in [
            ("sip:+46701740605@127.0.0.1".to_owned(), None),
            ("+46 31 390 06 42, rings".to_owned(), None),
            ("+46 77 114 14 00".to_owned(), None),
            ("+46 114 14 is short, +4631 is an area".to_owned(), None),
            (format!("tel:{stranger};x"), Some(stranger.clone())),
        ] {
            assert_eq!(strangers(&line), Vec::from_iter(found), "{line}");
        }
    }
}
