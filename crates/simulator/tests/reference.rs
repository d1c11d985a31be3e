//! R1 agrees with its long-run values, and is the same twice.
#![allow(clippy::unwrap_used)]

use simulator::{
    Digest, Tally,
    reference::{LONG_RUN, r1, run},
};

/// A day's figure has a known deviation, so the mean of n days lies within 4 of them over the root of n.
#[test]
fn r1_agrees_with_its_long_run_values() {
    let (days, seed) = (40, 1);
    let centre = r1().unwrap();
    let mut digest = Digest::default();
    let all: Vec<Tally> = (0..days).map(|day| centre.run_day(seed, day, &mut digest).unwrap()).collect();
    for value in LONG_RUN {
        let mean = all.iter().map(value.of).sum::<f64>() / days as f64;
        let within = 4.0 * value.deviation / (days as f64).sqrt();
        assert!((mean - value.mean).abs() <= within, "{}: {mean} over {days} days, not {} ± {within}", value.name, value.mean);
    }
}

#[test]
fn the_same_seed_gives_the_same_decisions_and_another_gives_others() {
    let centre = r1().unwrap();
    let first = run(&centre, 2, 7).unwrap();
    assert_eq!(first, run(&centre, 2, 7).unwrap());
    assert_ne!(first.decisions_sha256, run(&centre, 2, 8).unwrap().decisions_sha256);
    assert!(first.tally.offered > 10_000, "{:?}", first.tally);
    assert_eq!(first.tally.offered, first.tally.answered + first.tally.abandoned);
}

#[test]
fn r1_s_plan_deserves_no_look() {
    let source = domain::plan::Source { file: "r1.toml", text: include_str!("../src/reference/r1.toml") };
    let examined = domain::plan::examine(&source);
    assert_eq!(examined.faults, []);
    let notices: Vec<String> = examined.notices.iter().map(ToString::to_string).collect();
    assert_eq!(notices, [] as [String; 0]);
}
