//! One day of one region without neighbours, for which the exact values are known.
#![allow(clippy::unwrap_used)]

use simulator::{Digest, Handling, Tally, reference::r1};

/// Its name, its exact value, and where it is found.
type Figure = (&'static str, f64, fn(&Tally) -> f64);

/// Anchor A26a: the hours of R1 with 1,630 calls a day for 16 operators, exponential handling of 480 s and
/// patience of 1,800 s, from empty to empty; by the equations of the changing line (Kolmogorov forward).
const EXACT: [Figure; 4] = [
    ("p_wait", 0.476_623_641_658_164, |tally| tally.share(tally.waited)),
    ("wait_all_s", 90.385_348_218_527_5, Tally::mean_wait_s),
    ("sl_off", 0.942_214_242_530_05, Tally::sl_off),
    ("p_ab", 0.050_214_082_343_619_1, |tally| tally.share(tally.abandoned)),
];

/// The exact values are of all callers together, so a figure is a sum of days over a sum of days; what
/// it may be off by follows from how its days differ from it.
#[test]
fn a_day_of_changing_rates_lies_within_99_per_cent_of_its_exact_values() {
    let (days, seed) = (150_u64, 1);
    let mut centre = r1().unwrap();
    let here = centre.staff[0].clone();
    centre.demand.streams.truncate(1);
    centre.demand.streams[0].calls_per_day = 1_630.0;
    centre.demand.streams[0].handling = Handling::Exponential { mean_s: 480.0 };
    // Nobody is on duty at the neighbours, so nobody is led there.
    centre.staff = vec![here; 16];
    let mut digest = Digest::default();
    let all: Vec<Tally> = (0..days).map(|day| centre.run_day(seed, day, &mut digest).unwrap()).collect();
    let mut sum = Tally::default();
    all.iter().for_each(|day| sum.add(day));
    assert_eq!(sum.overflowed, 0);
    for (name, exact, of) in EXACT {
        let found = of(&sum);
        let mean = sum.offered as f64 / days as f64;
        let off = |day: &Tally| (of(day) - found) * day.offered as f64 / mean;
        let variance = all.iter().map(|day| off(day).powi(2)).sum::<f64>() / (days - 1) as f64;
        let within = 2.61 * (variance / days as f64).sqrt();
        assert!((found - exact).abs() <= within, "{name}: {found}, not {exact} ± {within}");
    }
}
