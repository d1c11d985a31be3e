//! Chance by counting: every draw is a function of (seed, day, call, purpose, number) and of nothing
//! else. So a change of routing never shifts anybody's draws: the same callers come, with the same
//! patience, to whatever plan is tried, and two plans can be compared day by day.

/// What a draw is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The gap since the caller before.
    Arrival,
    Handling,
    Patience,
    Language,
    /// Whether a caller still rings when a share of them no longer does.
    Kept,
    /// Whether a caller is rung back at another time instead, and when.
    Moved,
    MovedTo,
    /// How busy the day is as a whole.
    Busyness,
}

/// Every draw of one simulated day.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    key: u64,
}

/// 2^64 divided by the golden ratio, made odd: consecutive numbers lie far apart.
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

/// A Gamma draw is tried no oftener than this.
const GAMMA_ATTEMPTS_MAX: u64 = 64;

/// The mixing step of splitmix64 (Steele, Lea and Flood 2014): every bit of the sum moves every bit of
/// the result.
fn mixed(key: u64, part: u64) -> u64 {
    let mut z = key ^ part.wrapping_add(1).wrapping_mul(STRIDE);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Chance {
    #[must_use]
    pub fn of_day(seed: u64, day: u64) -> Self {
        Self { key: mixed(mixed(mixed(0, seed), seed.rotate_left(32)), day) }
    }

    /// Evenly between 0 and 1, both left out.
    #[must_use]
    pub fn uniform(self, call: u64, purpose: Purpose, number: u64) -> f64 {
        let bits = mixed(mixed(mixed(self.key, call), purpose as u64), number);
        // The 53 bits that fit, in the middle of their step: the logarithm of neither end is asked for.
        ((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Exponential with mean 1.
    #[must_use]
    pub fn exponential(self, call: u64, purpose: Purpose) -> f64 {
        -self.uniform(call, purpose, 0).ln()
    }

    /// Gamma with mean 1 and this standard deviation, above 0 and at most 1 (Marsaglia and Tsang 2000). One
    /// attempt in twenty fails at most, so that the limit is never met; 1 stands for it.
    #[must_use]
    pub fn gamma(self, deviation: f64, purpose: Purpose) -> f64 {
        let shape = deviation.powi(-2);
        let (d, c) = (shape - 1.0 / 3.0, (9.0 * shape - 3.0).sqrt().recip());
        let attempts = (0..GAMMA_ATTEMPTS_MAX).map(|attempt| {
            let normal = self.normal(attempt, purpose);
            (normal, (1.0 + c * normal).powi(3), self.uniform(attempt, purpose, 2))
        });
        let mut fitting = attempts.filter(|(normal, v, u)| *v > 0.0 && u.ln() < normal.powi(2) / 2.0 + d - d * v + d * v.ln());
        fitting.next().map_or(1.0, |(_, v, _)| d * v / shape)
    }

    /// Normal with mean 0 and deviation 1 (Box and Muller 1958).
    #[must_use]
    pub fn normal(self, call: u64, purpose: Purpose) -> f64 {
        let radius = (-2.0 * self.uniform(call, purpose, 0).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform(call, purpose, 1)).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const DRAWS: u64 = 100_000;

    /// Mean and variance of many draws of one day.
    fn moments(draw: impl Fn(Chance, u64) -> f64) -> (f64, f64) {
        let chance = Chance::of_day(1, 2);
        let all: Vec<f64> = (0..DRAWS).map(|call| draw(chance, call)).collect();
        let mean = all.iter().sum::<f64>() / DRAWS as f64;
        (mean, all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / DRAWS as f64)
    }

    #[test]
    fn draws_have_the_moments_of_their_distribution() {
        // Five standard errors of 100,000 draws.
        let check = |name: &str, (mean, variance): (f64, f64), expected: (f64, f64), within: (f64, f64)| {
            assert!((mean - expected.0).abs() < within.0, "{name}: mean {mean}");
            assert!((variance - expected.1).abs() < within.1, "{name}: variance {variance}");
        };
        check("uniform", moments(|chance, call| chance.uniform(call, Purpose::Arrival, 0)), (0.5, 1.0 / 12.0), (0.0046, 0.0012));
        check("exponential", moments(|chance, call| chance.exponential(call, Purpose::Patience)), (1.0, 1.0), (0.016, 0.045));
        check("normal", moments(|chance, call| chance.normal(call, Purpose::Handling)), (0.0, 1.0), (0.016, 0.023));
    }

    #[test]
    fn the_busyness_of_days_has_its_mean_and_deviation() {
        for deviation in [0.08_f64, 0.5, 1.0] {
            let all: Vec<f64> = (0..DRAWS).map(|day| Chance::of_day(1, day).gamma(deviation, Purpose::Busyness)).collect();
            let mean = all.iter().sum::<f64>() / DRAWS as f64;
            let found = (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / DRAWS as f64).sqrt();
            assert!((mean - 1.0).abs() < 5.0 * deviation / (DRAWS as f64).sqrt(), "{deviation}: mean {mean}");
            assert!((found / deviation - 1.0).abs() < 0.03, "{deviation}: found {found}");
        }
    }

    #[test]
    fn purposes_calls_days_and_seeds_do_not_follow_one_another() {
        type Pair = fn(u64) -> (f64, f64);
        let pairs: [(&str, Pair); 4] = [
            ("purpose", |n| (Chance::of_day(1, 1).uniform(n, Purpose::Handling, 0), Chance::of_day(1, 1).uniform(n, Purpose::Patience, 0))),
            ("call", |n| {
                (Chance::of_day(1, 1).uniform(n, Purpose::Handling, 0), Chance::of_day(1, 1).uniform(n + 1, Purpose::Handling, 0))
            }),
            ("day", |n| (Chance::of_day(1, n).uniform(7, Purpose::Handling, 0), Chance::of_day(1, n + 1).uniform(7, Purpose::Handling, 0))),
            ("seed", |n| {
                (Chance::of_day(n, 1).uniform(7, Purpose::Handling, 0), Chance::of_day(n + 1, 1).uniform(7, Purpose::Handling, 0))
            }),
        ];
        for (name, pair) in pairs {
            let sum: f64 = (0..DRAWS).map(pair).map(|(a, b)| (a - 0.5) * (b - 0.5)).sum();
            let correlation = sum / DRAWS as f64 * 12.0;
            assert!(correlation.abs() < 5.0 / (DRAWS as f64).sqrt(), "{name}: correlation {correlation}");
        }
    }

    #[test]
    fn no_two_keys_share_a_draw() {
        let mut seen = BTreeSet::new();
        for day in 0..10 {
            for call in 0..1_000 {
                for purpose in [Purpose::Arrival, Purpose::Handling, Purpose::Patience] {
                    assert!(seen.insert(Chance::of_day(5, day).uniform(call, purpose, 0).to_bits()), "{day} {call} {purpose:?}");
                }
            }
        }
    }
}
