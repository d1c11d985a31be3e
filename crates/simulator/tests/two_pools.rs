//! Anchor A25: two pools, each for its own callers, where a caller joins the other pool's queue when more than
//! 15 wait in its own and fewer wait in the other. Its exact long-run values are known, from the equations of
//! the two lines together, truncated where no more digits change.
#![allow(clippy::unwrap_used)]

use domain::RegionId;
use simulator::{Caller, Centre, Digest, End, Fate, Handling, Stream, reference::r1};

/// Offered load 17.6 erlang for 12 operators and 6.0 for 8; handling 480 s, patience 1,800 s, T 600 s.
const POOLS: [(&str, f64, usize); 2] = [("r1", 132.0, 12), ("r2", 45.0, 8)];
const HOUR_MS: i64 = 3_600_000;
/// Left out at the beginning of each run, until nothing tells that it began empty: many times patience and
/// handling.
const BEGINNING_MS: i64 = 4 * HOUR_MS;

/// Its name, its exact value of either pool, and where it is found.
type Figure = (&'static str, [f64; 2], fn(&Fate) -> f64);

const EXACT: [Figure; 5] = [
    ("p_wait", [0.973_146_971_562_276, 0.720_249_187_399_951], |fate| f64::from(fate.waited_ms > 0)),
    ("wait_all_s", [368.193_822_835_986, 233.557_696_620_424], |fate| fate.waited_ms as f64 / 1_000.0),
    ("sl_off", [0.680_009_065_008_291, 0.775_789_367_334_922], |fate| {
        f64::from(fate.end == Some(End::Answered) && fate.waited_ms <= 600_000)
    }),
    ("p_ab", [0.204_552_123_797_767, 0.129_754_275_900_233], |fate| f64::from(fate.end != Some(End::Answered))),
    ("overflowed", [0.145_698_740_88, 0.018_328_423_961_3], |fate| f64::from(fate.diverted)),
];

fn two_pools() -> Centre {
    let mut centre = r1().unwrap();
    let stream = |(number, (name, per_hour, _)): (u32, (&str, f64, usize))| Stream {
        number,
        region: RegionId::new(name),
        calls_per_day: per_hour * 24.0,
        handling: Handling::Exponential { mean_s: 480.0 },
        ..centre.demand.streams[0].clone()
    };
    centre.demand.streams = (0..).zip(POOLS).map(stream).collect();
    centre.demand.profile = vec![1.0];
    let operators = |(site, count): (&str, usize)| {
        let one = centre.staff.iter().find(|operator| operator.profile.site.as_str() == site).unwrap();
        std::iter::repeat_n(one.clone(), count)
    };
    // Nobody is on duty in the other regions of the ring, so nobody is led there.
    centre.staff = [("s1", 12), ("s2", 8)].into_iter().flat_map(operators).collect();
    centre
}

/// A figure is a sum of days over a sum of days; what it may be off by follows from how its days differ.
#[test]
fn two_pools_that_overflow_lie_within_99_per_cent_of_their_exact_values() {
    let (days, seed) = (60_u64, 25);
    let centre = two_pools();
    let mut digest = Digest::default();
    let mut all: Vec<(Vec<Caller>, Vec<Fate>)> = Vec::new();
    for day in 0..days {
        let callers = centre.demand.callers(simulator::chance::Chance::of_day(seed, day));
        let course = centre.live_through(&callers, domain::Timestamp(0), 0, &mut digest);
        all.push((callers, course.fates));
    }
    // Student's t of 0.995.
    let t = simulator::statistics::t_quantile(0.995, days as u32 - 1);
    for (pool, (region, _, _)) in POOLS.iter().enumerate() {
        for (name, exact, of) in EXACT {
            let sums: Vec<(f64, f64)> = all
                .iter()
                .map(|(callers, fates)| {
                    let counted = callers.iter().zip(fates).filter(|(caller, _)| {
                        caller.region.as_str() == *region && (BEGINNING_MS..24 * HOUR_MS).contains(&caller.arrives_ms)
                    });
                    counted.fold((0.0, 0.0), |(sum, count), (_, fate)| (sum + of(fate), count + 1.0))
                })
                .collect();
            let (whole, count) = sums.iter().fold((0.0, 0.0), |(a, b), (sum, count)| (a + sum, b + count));
            let found = whole / count;
            let mean = count / days as f64;
            let variance = sums.iter().map(|(sum, count)| ((sum - found * count) / mean).powi(2)).sum::<f64>() / (days - 1) as f64;
            let within = t * (variance / days as f64).sqrt();
            assert!((found - exact[pool]).abs() <= within, "{region} {name}: {found}, not {} ± {within}", exact[pool]);
            assert!(within < exact[pool] / 4.0 + 0.01, "{region} {name}: ± {within} says nothing");
        }
    }
}
