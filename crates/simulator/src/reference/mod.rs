//! The reference scenario R1, for speed and for agreement: fixed for ever, with long-run values that were
//! found without this router.

use crate::{Centre, Demand, Desk, Digest, Handling, Operator, SimulationFault, Stream, Tally};
use domain::{
    RegionId, SiteId, SkillId,
    contact::Channel,
    intent::{Intent, Language},
    plan::{OperatorProfile, Source, read},
};
use std::{collections::BTreeMap, sync::Arc};

/// 163,000 calls a month of thirty days.
const CALLS_PER_DAY: f64 = 163_000.0 / 30.0;
/// Share of the calls and operators on duty, region by region around the ring.
const REGIONS: [(f64, usize); 7] = [(0.30, 12), (0.14, 7), (0.15, 8), (0.11, 6), (0.13, 7), (0.11, 6), (0.06, 3)];
const PROFILE: [f64; 24] =
    [1.0, 0.7, 0.5, 0.4, 0.4, 0.6, 1.2, 3.2, 6.0, 7.6, 8.0, 7.8, 7.2, 7.4, 7.6, 7.4, 6.8, 5.8, 4.8, 4.2, 3.6, 3.0, 2.4, 1.4];

/// A long-run value of R1 with its standard deviation from day to day.
#[derive(Clone, Copy, Debug)]
pub struct LongRun {
    pub name: &'static str,
    pub mean: f64,
    pub deviation: f64,
    pub of: fn(&Tally) -> f64,
}

/// Over 40,000 days of a program without a routing engine.
pub const LONG_RUN: [LongRun; 4] = [
    LongRun { name: "sl_off", mean: 0.845_93, deviation: 0.019_4, of: Tally::sl_off },
    LongRun { name: "abandoned", mean: 0.102_25, deviation: 0.008_4, of: |tally| tally.share(tally.abandoned) },
    LongRun { name: "overflowed", mean: 0.018_86, deviation: 0.005_0, of: |tally| tally.share(tally.overflowed) },
    LongRun { name: "mean_wait_s", mean: 184.04, deviation: 15.8, of: Tally::mean_wait_s },
];

/// What a run found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    pub tally: Tally,
    /// SHA-256 over every decision of every day, in 64 hexadecimal digits.
    pub decisions_sha256: String,
}

/// R1's centre.
///
/// # Errors
/// Every fault of its plan, in one text.
pub fn r1() -> Result<Centre, String> {
    let source = Source { file: "r1.toml", text: include_str!("r1.toml") };
    let plan = read(&source).map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let regions = (1..).zip(REGIONS);
    let stream = |(k, (share, _)): (u32, (f64, usize))| Stream {
        number: k - 1,
        region: RegionId::new(&format!("r{k}")),
        intent: Intent::Other,
        calls_per_day: share * CALLS_PER_DAY,
        handling: Handling::Lognormal { mean_s: 480.0, variation: 0.8 },
        patience_mean_s: 1_800.0,
        kept: 1.0,
        moves: Vec::new(),
    };
    let demand = Demand {
        streams: regions.clone().map(stream).collect(),
        profile: PROFILE.to_vec(),
        busyness: None,
        languages: vec![(Language::English, 1.0)],
        channel: Channel::HandOver,
    };
    let profile = |k: u32| OperatorProfile {
        site: SiteId::new(&format!("s{k}")),
        also_regions: Vec::new(),
        category: None,
        skills: BTreeMap::from([(SkillId::new("call"), 5)]),
        languages: vec![Language::English],
    };
    let staff = regions.flat_map(|(k, (_, operators))| std::iter::repeat_n(Operator::always(profile(k)), operators)).collect();
    // They answer at once and write nothing afterwards.
    Ok(Centre { plan: Arc::new(plan), demand, staff, desk: Desk::default() })
}

/// Days 0 to `days` - 1 of a centre, each from empty to empty.
///
/// # Errors
/// [`SimulationFault`] when a caller's wait ended in no way that is counted.
pub fn run(centre: &Centre, days: u64, seed: u64) -> Result<Findings, SimulationFault> {
    let mut tally = Tally::default();
    let mut digest = Digest::default();
    for day in 0..days {
        tally.add(&centre.run_day(seed, day, &mut digest)?);
    }
    Ok(Findings { tally, decisions_sha256: digest.finish() })
}
