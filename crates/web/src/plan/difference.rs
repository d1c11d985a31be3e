//! Which lines of a new text are not those of the old one: what both begin and end with is left out, the
//! middle is shown as removed and added. Made for changes of a few lines, and needs no more than one look.

/// Most lines shown of each text.
const LINES_SHOWN_MAX: usize = 100;

/// Lines with their numbers, from 1.
pub type Lines<'a> = Vec<(usize, &'a str)>;

#[derive(PartialEq, Eq, Debug)]
pub struct Difference<'a> {
    pub removed: Lines<'a>,
    pub added: Lines<'a>,
    /// Lines that differ and are not among these.
    pub more: usize,
}

#[must_use]
pub fn between<'a>(old: &'a str, new: &'a str) -> Difference<'a> {
    let (old, new): (Vec<&'a str>, Vec<&'a str>) = (old.lines().collect(), new.lines().collect());
    let alike = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let ends = old[alike..].iter().rev().zip(new[alike..].iter().rev());
    let alike_at_the_end = ends.take_while(|(one, other)| one == other).count();
    let (removed, hidden) = middle(&old, alike, alike_at_the_end);
    let (added, more) = middle(&new, alike, alike_at_the_end);
    Difference { removed, added, more: hidden + more }
}

/// What stands between, as far as it is shown, and how many lines are not.
fn middle<'a>(lines: &[&'a str], before: usize, after: usize) -> (Lines<'a>, usize) {
    let between = &lines[before..lines.len() - after];
    let shown = between.iter().take(LINES_SHOWN_MAX).enumerate().map(|(index, line)| (before + index + 1, *line)).collect();
    (shown, between.len().saturating_sub(LINES_SHOWN_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_that_differs_is_shown_with_its_lines() {
        let check = |old: &str, new: &str, removed: &[(usize, &str)], added: &[(usize, &str)]| {
            let expected = Difference { removed: removed.to_vec(), added: added.to_vec(), more: 0 };
            assert_eq!(between(old, new), expected, "{old:?} {new:?}");
        };
        check("", "", &[], &[]);
        check("a\nb\n", "a\nb", &[], &[]);
        check("a\nb\nc\n", "a\nB\nc\n", &[(2, "b")], &[(2, "B")]);
        check("a\nc\n", "a\nb\nc\n", &[], &[(2, "b")]);
        check("a\na\na\n", "a\na\n", &[(3, "a")], &[]);
        check("a\nb\nc\nd\n", "A\nb\nc\nD\n", &[(1, "a"), (2, "b"), (3, "c"), (4, "d")], &[(1, "A"), (2, "b"), (3, "c"), (4, "D")]);
        check("", "a\n", &[], &[(1, "a")]);
        check("a\n", "", &[(1, "a")], &[]);
    }

    #[test]
    fn of_many_lines_some_are_shown_and_the_rest_is_counted() {
        let (old, new) = ("x\n".repeat(LINES_SHOWN_MAX + 5), "y\n".repeat(LINES_SHOWN_MAX + 2));
        let Difference { removed, added, more } = between(&old, &new);
        assert_eq!((removed.len(), added.len(), more), (LINES_SHOWN_MAX, LINES_SHOWN_MAX, 7));
    }
}
