//! More calls than can be taken, and calls for a long time: what is on goes on, and nothing is left of
//! what is over. The long ones are `cargo xtask storm`'s.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

use std::process::Stdio;

use support::programs::{scenario, sipp};
use support::raw::{Raw, SDP};
use support::{DEADLINE, Side, call};
use telephony::{Admission, BridgeId, Config, LegEvent, Stats};
use tokio::time::{Duration, Instant, timeout};

/// How long the soak is without a wish (`SVAR_SOAK_MINUTES`).
const SOAK_MINUTES: u64 = 3;
/// Calls a second in it, each on for half a second.
const SOAK_CALLS_PER_SECOND: u64 = 30;
/// What the allocator may keep that it did not keep before: much less than one kilobyte for each call
/// of three minutes.
const SOAK_GROWTH_KB_MAX: u64 = 4 * 1_024;

/// Offers many times what the gate lets in; calls that are on keep their voice, and afterwards the
/// service is there for everybody.
async fn flood(seconds: u64, calls_per_second: u64) {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (a, at_a) = call(&mut world, &mut svar).await;
    let (b, at_b) = call(&mut world, &mut svar).await;
    svar.telephony.bridge(BridgeId(1), vec![at_a, at_b]);
    world.play_tone(a, 1_000);
    world.play_tone(b, 600);
    let (rate, calls) = (calls_per_second.to_string(), (calls_per_second * seconds).to_string());
    let mut sipp = sipp(&svar, "u1");
    sipp.arg("-sf").arg(scenario("flood.xml")).args(["-r", &rate, "-m", &calls, "-timeout", "90", "-recv_timeout", "8000"]);
    let mut child = sipp.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut heard, mut turned_away) = (0, 0);
    while child.try_wait().unwrap().is_none() {
        assert_eq!(world.hear(a).await, [600]);
        assert_eq!(world.hear(b).await, [1_000]);
        heard += 1;
        turned_away += turn_away(&mut svar).await;
    }
    assert!(heard > 0);
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    assert!(raw.ask("OPTIONS", "", SDP).await.starts_with("SIP/2.0 200 "));
    let stats = svar.telephony.stats();
    assert!(stats.refused_by_gate > stats.new_calls, "{stats:?}");
    assert!(turned_away <= stats.new_calls, "{stats:?}");
    assert_eq!(world.hear(a).await, [600]);
    assert_eq!(world.hear(b).await, [1_000]);
    turn_away(&mut svar).await;
    let (c, at_c) = call(&mut world, &mut svar).await;
    world.play_tone(c, 1_500);
    assert_eq!(svar.hear(at_c).await, [1_500]);
    svar.stop().await;
    world.stop().await;
}

/// Hangs up on all who have come, and says how many they were.
async fn turn_away(svar: &mut Side) -> u64 {
    let mut count = 0;
    while let Ok(leg) = timeout(Duration::ZERO, svar.incoming()).await {
        svar.telephony.hang_up(leg);
        count += 1;
    }
    count
}

#[tokio::test]
async fn a_flood_takes_no_voice_and_leaves_no_trace() {
    flood(4, 1_500).await;
}

#[tokio::test]
#[ignore = "half a minute at full load; part of the storms"]
async fn a_long_flood_takes_no_voice_and_leaves_no_trace() {
    flood(30, 5_000).await;
}

/// Answers calls at a steady rate until so many seconds of them have come and gone.
async fn steady(svar: &mut Side, seconds: u64) {
    let (rate, calls) = (SOAK_CALLS_PER_SECOND.to_string(), (SOAK_CALLS_PER_SECOND * seconds).to_string());
    let mut sipp = sipp(svar, "u1");
    sipp.args(["-sn", "uac", "-d", "500", "-r", &rate, "-m", &calls]);
    let mut child = sipp.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(seconds) + 3 * DEADLINE;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.unwrap(),
            event = svar.next() => if let LegEvent::Incoming { leg, .. } = event {
                svar.telephony.answer(leg);
            },
            () = tokio::time::sleep_until(deadline) => panic!("the callers do not come to an end: {:?}", svar.telephony.stats()),
        }
    };
    assert!(status.success(), "calls failed: {status} {:?}", svar.telephony.stats());
    svar.until("without calls", |stats: &Stats| (stats.legs, stats.dialogs) == (0, 0)).await;
}

/// What this process has in memory.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
#[ignore = "minutes of calls; part of the storms"]
async fn of_calls_for_minutes_nothing_is_left() {
    let wished = std::env::var("SVAR_SOAK_MINUTES").ok().map(|minutes| minutes.parse::<u64>().unwrap());
    let admission = Admission { new_calls_per_second: 200, burst: 400, ..Admission::default() };
    let mut svar = Side::with(Config { admission, ..Config::loopback(0) }).await;
    // What is kept of the last half minute (finished transactions, calls the gate knows) is there
    // already after the first.
    steady(&mut svar, 60).await;
    let before_kb = resident_kb();
    steady(&mut svar, 60 * wished.unwrap_or(SOAK_MINUTES)).await;
    let after_kb = resident_kb();
    println!("memory before and after the soak: {before_kb} kB, {after_kb} kB");
    assert!(after_kb <= before_kb + SOAK_GROWTH_KB_MAX, "{before_kb} kB before, {after_kb} kB after");
    assert_eq!(svar.telephony.stats().refused_by_gate, 0);
    svar.stop().await;
}
