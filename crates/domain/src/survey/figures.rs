//! How many are satisfied, and between which shares it lies for all of whom only some were asked.

use super::Aspect;
use serde::Serialize;
use std::ops::AddAssign;

/// The square of the 97.5th percentile of the normal distribution, in millionths: intervals hold in 95 of 100 draws.
const Z_SQUARED: u128 = 3_841_459;
const MILLION: u128 = 1_000_000;

/// Answers about one thing, without those who had no opinion.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Tally {
    pub count: u64,
    pub satisfied: u64,
}

/// Between which shares the share of all lies, in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Interval {
    pub from_permille: u16,
    pub to_permille: u16,
}

impl Tally {
    /// In thousandths, rounded; none where nobody answered.
    #[must_use]
    pub fn share_permille(&self) -> Option<u16> {
        let count = self.count.max(1);
        let rounded = (self.satisfied.saturating_mul(1_000) + count / 2) / count;
        (self.count > 0).then(|| u16::try_from(rounded).unwrap_or(1_000))
    }

    /// Wilson's score interval, which is right for few answers too and never leaves 0 to 1 (Wilson 1927).
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        if self.count == 0 {
            return None;
        }
        let (count, satisfied) = (u128::from(self.count), u128::from(self.satisfied.min(self.count)));
        let spread = Z_SQUARED + 4 * satisfied * (count - satisfied) * MILLION / count;
        let (middle, half) = (2 * satisfied * MILLION + Z_SQUARED, (Z_SQUARED * spread).isqrt());
        let whole = 2 * (count * MILLION + Z_SQUARED);
        let permille = |part: u128| u16::try_from((part * 1_000 + whole / 2) / whole).unwrap_or(1_000).min(1_000);
        Some(Interval { from_permille: permille(middle.saturating_sub(half)), to_permille: permille(middle + half) })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.satisfied += other.satisfied;
    }
}

/// What a region came to in a month, or all of them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Shares {
    /// Whoever was sent the question.
    pub asked: u64,
    pub answered: u64,
    pub treatment: Tally,
    pub handling: Tally,
    pub accessibility: Tally,
}

impl Shares {
    #[must_use]
    pub fn about(&self, aspect: Aspect) -> Tally {
        match aspect {
            Aspect::Treatment => self.treatment,
            Aspect::Handling => self.handling,
            Aspect::Accessibility => self.accessibility,
        }
    }
}

impl AddAssign for Shares {
    fn add_assign(&mut self, other: Self) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.treatment += other.treatment;
        self.handling += other.handling;
        self.accessibility += other.accessibility;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values from SciPy 1.17 (`binomtest(x, n).proportion_ci(method="wilson")`), rounded to thousandths.
    #[test]
    fn an_interval_is_as_wide_as_the_answers_are_few() {
        for (satisfied, count, share, from, to) in [
            (9, 10, 900, 596, 982),
            (90, 100, 900, 826, 945),
            (900, 1_000, 900, 880, 917),
            (0, 5, 0, 0, 434),
            (5, 5, 1_000, 566, 1_000),
            (1, 1, 1_000, 207, 1_000),
            (600, 1_000, 600, 569, 630),
        ] {
            let answers = Tally { count, satisfied };
            assert_eq!(answers.share_permille(), Some(share), "{answers:?}");
            assert_eq!(answers.interval(), Some(Interval { from_permille: from, to_permille: to }), "{answers:?}");
        }
        assert_eq!((Tally::default().share_permille(), Tally::default().interval()), (None, None));
    }
}
