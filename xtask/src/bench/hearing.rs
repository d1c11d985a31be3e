//! How soon the end of what somebody says is told. The test that holds it to its bound counts in ticks, so it measures
//! the same in any build and on any machine; its figures are read from what it prints.

use super::{Figure, Place};
use crate::{child, repository};
use anyhow::{Result, ensure};

const TEST: &str = "the_end_is_told_soon_after_the_last_word";
const MARK: &str = "hearing: ";

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    let arguments = ["test", "--locked", "-p", "telephony", "--lib", TEST, "--", "--nocapture"];
    let figures = read(&child::told(repository::cargo(&place.root).args(arguments))?);
    ensure!(!figures.is_empty(), "the test {TEST} printed no figure: is it still there?");
    Ok(figures)
}

/// "hearing: car at RMS 700: end told after 470 / 530 / 610 ms", with whatever the runner of tests puts before it.
fn read(printed: &str) -> Vec<Figure> {
    let lines = printed.lines().filter_map(|line| line.split_once(MARK)?.1.split_once(": "));
    lines.map(|(name, value)| Figure::new(name, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_among_other_lines() {
        let read = read("running 1 test\ntest a ... hearing: car at RMS 700: told after 1 ms\nhearing: hum at RMS 50: 2 ms\nok\n");
        let shown: Vec<_> = read.iter().map(|figure| (figure.name.as_str(), figure.value.as_str())).collect();
        assert_eq!(shown, [("car at RMS 700", "told after 1 ms"), ("hum at RMS 50", "2 ms")]);
    }
}
