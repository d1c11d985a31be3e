//! What may be said of a difference: paired differences over days, Student's t, and how many days would
//! be needed. Days are the independent unit; the same callers come in both of two cases.

use serde::Serialize;

/// How sure an interval is: 19 of 20 such intervals hold the true value.
pub const CONFIDENCE: f64 = 0.95;
/// Nobody is told to run more days than this.
const DAYS_NEEDED_MAX: f64 = 1e6;

/// What a difference of two cases comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Higher,
    Lower,
    /// The interval holds 0.
    NotEnoughRuns,
    /// Not one day differs.
    Same,
}

impl Verdict {
    pub const ALL: [Self; 4] = [Self::Higher, Self::Lower, Self::NotEnoughRuns, Self::Same];

    /// As it is written in JSON, and the key of its names on pages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::NotEnoughRuns => "not_enough_runs",
            Self::Same => "same",
        }
    }

    /// In English.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::NotEnoughRuns => "not enough runs",
            Self::Same => "the same on every day",
        }
    }
}

/// The mean of a difference with its interval.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Difference {
    pub mean: f64,
    /// The interval is `mean` plus and minus this.
    pub within: f64,
    pub days: u64,
    pub verdict: Verdict,
    /// About how many days would tell a difference such as the one seen; where the interval holds 0.
    pub days_needed: Option<u64>,
}

/// Of the differences of single days; none with fewer than two.
#[must_use]
pub fn difference(of_days: &[f64]) -> Option<Difference> {
    let days = of_days.len();
    if days < 2 {
        return None;
    }
    let mean = of_days.iter().sum::<f64>() / days as f64;
    let variance = of_days.iter().map(|day| (day - mean).powi(2)).sum::<f64>() / (days - 1) as f64;
    let t = t_quantile(f64::midpoint(1.0, CONFIDENCE), days as u32 - 1);
    let within = t * (variance / days as f64).sqrt();
    let verdict = match mean {
        _ if of_days.iter().all(|day| *day == 0.0) => Verdict::Same,
        mean if mean - within > 0.0 => Verdict::Higher,
        mean if mean + within < 0.0 => Verdict::Lower,
        _ => Verdict::NotEnoughRuns,
    };
    let needed = (t * variance.sqrt() / mean).powi(2).ceil();
    let days_needed = (verdict == Verdict::NotEnoughRuns && needed <= DAYS_NEEDED_MAX).then_some((needed as u64).max(days as u64 + 1));
    Some(Difference { mean, within, days: days as u64, verdict, days_needed })
}

/// The value below which a share of Student's t lies; `share` above a half and below 1, `freedom` at least 1.
#[must_use]
pub fn t_quantile(share: f64, freedom: u32) -> f64 {
    // Halving ends by itself where two floats are neighbours.
    const HALVINGS: u32 = 200;
    let (mut low, mut high) = (0.0, 1.0);
    while t_below(high, freedom) < share && high < 1e12 {
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if t_below(middle, freedom) < share { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The share of Student's t below a value that is not negative, by the finite sums for whole degrees of
/// freedom (Abramowitz and Stegun 26.7.3 and 26.7.4).
fn t_below(t: f64, freedom: u32) -> f64 {
    let n = f64::from(freedom);
    let angle = (t / n.sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    let odd = freedom % 2 == 1;
    let (mut term, mut sum) = if odd { (cosine, 0.0) } else { (1.0, 0.0) };
    let first = if odd { 1 } else { 0 };
    for k in (first..freedom.saturating_sub(1)).step_by(2) {
        sum += term;
        let k = f64::from(k);
        term *= cosine * cosine * (k + 1.0) / (k + 2.0);
    }
    let within = if odd { std::f64::consts::FRAC_2_PI * (angle + sine * sum) } else { sine * sum };
    f64::midpoint(1.0, within)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of printed tables (Fisher and Yates 1938 and after).
    #[test]
    fn quantiles_are_those_of_the_tables() {
        let check = |share: f64, freedom: u32, expected: f64| {
            let found = t_quantile(share, freedom);
            assert!((found - expected).abs() < 5.1e-4, "{share} {freedom}: {found}, not {expected}");
        };
        check(0.975, 1, 12.706);
        check(0.975, 2, 4.303);
        check(0.975, 3, 3.182);
        check(0.975, 4, 2.776);
        check(0.975, 5, 2.571);
        check(0.975, 10, 2.228);
        check(0.975, 19, 2.093);
        check(0.975, 30, 2.042);
        check(0.975, 39, 2.023);
        check(0.975, 120, 1.980);
        check(0.995, 1, 63.657);
        check(0.995, 9, 3.250);
        check(0.95, 6, 1.943);
        check(0.975, 100_000, 1.960);
    }

    #[test]
    fn a_verdict_needs_an_interval_without_nought() {
        let check = |days: &[f64], expected: Option<Verdict>| {
            assert_eq!(difference(days).map(|difference| difference.verdict), expected, "{days:?}");
        };
        check(&[], None);
        check(&[1.0], None);
        check(&[1.0, 1.1, 0.9, 1.0], Some(Verdict::Higher));
        check(&[-1.0, -1.1, -0.9, -1.0], Some(Verdict::Lower));
        check(&[1.0, -1.1, 0.9, -0.5], Some(Verdict::NotEnoughRuns));
        check(&[0.0, 0.0, 0.0], Some(Verdict::Same));
    }

    #[test]
    fn the_days_needed_grow_with_the_square_of_what_days_differ_by() {
        // Mean 1, deviation 10 over 4 days: 3.182 x 10 / 1, squared.
        let spread = 10.0 * (3.0_f64 / 4.0).sqrt();
        let found = difference(&[1.0 + spread, 1.0 - spread, 1.0 + spread, 1.0 - spread]).unwrap();
        assert_eq!(found.days_needed, Some(1_013), "{found:?}");
        assert!((found.within - 3.182_446 * 5.0).abs() < 1e-4);
        let none = difference(&[1.0, -1.0]).unwrap();
        assert_eq!(none.days_needed, None, "no difference was seen: {none:?}");
    }
}
