//! Invented callers: when they come, how long they are spoken with, how long they are willing to wait.

use crate::chance::{Chance, Purpose};
use domain::RegionId;

const HOUR_S: f64 = 3_600.0;

/// How many come from a region.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionDemand {
    pub region: RegionId,
    /// Expected calls from midnight to midnight.
    pub calls_per_day: f64,
}

/// How long callers are spoken with, what is written afterwards included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Handling {
    /// As it is found in most centres; the variation is the standard deviation over the mean.
    Lognormal { mean_s: f64, variation: f64 },
    /// As the closed forms have it.
    Exponential { mean_s: f64 },
}

/// Who comes on a day. Arrivals are Poisson at a rate that is constant within each hour, patience is
/// exponential and counts from arrival.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    pub regions: Vec<RegionDemand>,
    /// Weight of each hour, in any unit; only their proportion counts.
    pub profile: [f64; 24],
    pub handling: Handling,
    pub patience_mean_s: f64,
}

/// One invented caller; times in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Since midnight.
    pub arrives_ms: u64,
    /// Place in [`Demand::regions`].
    pub region: usize,
    pub handling_ms: u64,
    /// Since arrival.
    pub patience_ms: u64,
}

impl Demand {
    /// The callers of one day in order of arrival; of two in the same millisecond the one of the earlier
    /// region first.
    #[must_use]
    pub fn callers(&self, chance: Chance) -> Vec<Caller> {
        let mut callers: Vec<Caller> = (0..self.regions.len()).flat_map(|region| self.of_region(region, chance)).collect();
        callers.sort_by_key(|caller| (caller.arrives_ms, caller.region));
        callers
    }

    /// A Poisson stream of rate 1, laid over the region's expected number of calls since midnight.
    fn of_region(&self, region: usize, chance: Chance) -> impl Iterator<Item = Caller> {
        let calls = self.regions[region].calls_per_day;
        let weight: f64 = self.profile.iter().sum();
        let rates = self.profile.map(|hour| calls * hour / weight);
        let key_of = move |nth: u64| ((region as u64) << 32) | nth;
        let (mut expected, mut before, mut hour) = (0.0, 0.0, 0);
        (0..).map_while(move |nth| {
            expected += chance.exponential(key_of(nth), Purpose::Arrival);
            while before + rates.get(hour)? < expected {
                before += rates[hour];
                hour += 1;
            }
            let second = (hour as f64 + (expected - before) / rates[hour]) * HOUR_S;
            Some(self.caller(region, key_of(nth), second, chance))
        })
    }

    fn caller(&self, region: usize, key: u64, second: f64, chance: Chance) -> Caller {
        let handling_s = match self.handling {
            // With mean m and variation v: sigma^2 = ln(1 + v^2), mu = ln(m) - sigma^2 / 2.
            Handling::Lognormal { mean_s, variation } => {
                let variance = variation.powi(2).ln_1p();
                (mean_s.ln() - variance / 2.0 + variance.sqrt() * chance.normal(key, Purpose::Handling)).exp()
            }
            Handling::Exponential { mean_s } => mean_s * chance.exponential(key, Purpose::Handling),
        };
        let patience_s = self.patience_mean_s * chance.exponential(key, Purpose::Patience);
        Caller { arrives_ms: whole_ms(second), region, handling_ms: whole_ms(handling_s), patience_ms: whole_ms(patience_s) }
    }
}

fn whole_ms(seconds: f64) -> u64 {
    (seconds * 1_000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand() -> Demand {
        let mut profile = [1.0; 24];
        (profile[3], profile[12]) = (0.0, 6.0);
        let region = |name: &str, calls_per_day| RegionDemand { region: RegionId::new(name), calls_per_day };
        Demand {
            regions: vec![region("a", 100.0), region("b", 300.0)],
            profile,
            handling: Handling::Lognormal { mean_s: 480.0, variation: 0.8 },
            patience_mean_s: 1_800.0,
        }
    }

    #[test]
    fn as_many_come_as_are_expected_in_each_hour_and_region() {
        let days = 400;
        let callers: Vec<Caller> = (0..days).flat_map(|day| demand().callers(Chance::of_day(3, day))).collect();
        let check = |name: &str, holds: &dyn Fn(&Caller) -> bool, expected_per_day: f64| {
            let found = callers.iter().filter(|caller| holds(caller)).count() as f64;
            let expected = expected_per_day * days as f64;
            assert!((found - expected).abs() <= 4.0 * expected.sqrt(), "{name}: {found} for {expected}");
        };
        check("all", &|_| true, 400.0);
        check("region a", &|caller| caller.region == 0, 100.0);
        check("hour 3", &|caller| caller.arrives_ms / 3_600_000 == 3, 0.0);
        check("hour 12", &|caller| caller.arrives_ms / 3_600_000 == 12, 400.0 * 6.0 / 28.0);
        check("hour 23", &|caller| caller.arrives_ms / 3_600_000 == 23, 400.0 / 28.0);
        let mean = |of: fn(&Caller) -> u64| callers.iter().map(of).sum::<u64>() as f64 / callers.len() as f64 / 1_000.0;
        let handling = mean(|caller| caller.handling_ms);
        assert!((handling - 480.0).abs() < 4.0 * 480.0 * 0.8 / (callers.len() as f64).sqrt(), "{handling}");
        let patience = mean(|caller| caller.patience_ms);
        assert!((patience - 1_800.0).abs() < 4.0 * 1_800.0 / (callers.len() as f64).sqrt(), "{patience}");
    }

    #[test]
    fn more_calls_from_one_region_leave_the_others_as_they_were() {
        let mut more = demand();
        more.regions[0].calls_per_day = 200.0;
        let of_b = |demand: &Demand| {
            let all = demand.callers(Chance::of_day(3, 0));
            all.into_iter().filter(|caller| caller.region == 1).collect::<Vec<_>>()
        };
        assert_eq!(of_b(&demand()), of_b(&more));
    }
}
