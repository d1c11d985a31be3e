//! What an event costs the router, however many work and wait: `cargo xtask bench router` builds, runs and
//! tables it; nothing of the product uses it.
//!
//! `curve FACTOR WAITING` takes R1's seven regions with every operator so many times over, and so many callers
//! in line. It lets the centre run until it is in its stride, writes down what the router is told from then
//! on, and has copies of the router live through it again: once on the processor's clock, once event by event,
//! once with its allocations counted. So the makers of callers cost nothing, and no clock is in what it
//! measures. It prints one line of JSON.

#![allow(clippy::print_stdout, reason = "its figures are its whole purpose")]

mod allocations;
mod centre;

use allocations::Counting;
use centre::{Heard, Stride};
use domain::routing::Router;
use serde_json::json;
use std::{env, error::Error, process::ExitCode, time::Instant};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Events that are lived through before the measured ones, so that a copy has the room the first one had.
const WARM_UP_EVENTS: usize = 20_000;
const MEASURED_EVENTS: usize = 200_000;
/// The router does the same each time, so what it took longer than the least is the machine's.
const PASSES: usize = 3;
const CLOCK_READINGS: usize = 10_001;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let mut number = || arguments.next().and_then(|word| word.parse::<usize>().ok());
    let (Some(factor), Some(waiting)) = (number(), number()) else {
        eprintln!("say how many times over R1's operators work and how many callers wait: curve FACTOR WAITING");
        return ExitCode::FAILURE;
    };
    match measure(factor, waiting) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn measure(factor: usize, waiting: usize) -> Result<serde_json::Value, Box<dyn Error>> {
    let stride = centre::in_its_stride(factor, waiting, WARM_UP_EVENTS + MEASURED_EVENTS)?;
    let mut least = Least::default();
    for _ in 0..PASSES {
        least.take(cpu_ns(&stride)?, percentiles_ns(&stride)?);
    }
    let allocations = allocations(&stride)?;
    let events = MEASURED_EVENTS as f64;
    Ok(json!({
        "operators": stride.operators,
        "waiting": stride.waiting,
        "events": MEASURED_EVENTS,
        "events_per_cpu_s": events * 1e9 / least.whole_ns as f64,
        "p50_us": least.p50_ns as f64 / 1e3,
        "p99_us": least.p99_ns as f64 / 1e3,
        "allocations_per_event": allocations as f64 / events,
    }))
}

struct Least {
    whole_ns: u64,
    p50_ns: u64,
    p99_ns: u64,
}

impl Default for Least {
    fn default() -> Self {
        Self { whole_ns: u64::MAX, p50_ns: u64::MAX, p99_ns: u64::MAX }
    }
}

impl Least {
    fn take(&mut self, whole_ns: u64, (p50_ns, p99_ns): (u64, u64)) {
        self.whole_ns = self.whole_ns.min(whole_ns);
        self.p50_ns = self.p50_ns.min(p50_ns);
        self.p99_ns = self.p99_ns.min(p99_ns);
    }
}

/// A copy of the router that has lived through the warm-up, and what it is told next.
fn warmed_up(stride: &Stride) -> Result<(Router, &[Heard]), Box<dyn Error>> {
    let (before, measured) = stride.heard.split_at_checked(WARM_UP_EVENTS).ok_or("too little was written down")?;
    let mut router = stride.router.clone();
    for heard in before {
        tell(&mut router, heard);
    }
    Ok((router, measured))
}

/// How many commands came of it.
fn tell(router: &mut Router, heard: &Heard) -> usize {
    let commands = match heard {
        Heard::Event(now, event) => router.handle(*now, event).commands,
        Heard::Tick(now) => router.tick(*now),
    };
    let count = commands.len();
    router.reuse(commands);
    count
}

/// Processor time of all measured events.
fn cpu_ns(stride: &Stride) -> Result<u64, Box<dyn Error>> {
    let (mut router, measured) = warmed_up(stride)?;
    let begun = processor_ns()?;
    let commands: usize = measured.iter().map(|heard| tell(&mut router, heard)).sum();
    let spent = processor_ns()? - begun;
    let expected = stride.commands_after(WARM_UP_EVENTS);
    if commands != expected {
        return Err(format!("the copy gave {commands} commands and the first router {expected}: it does not decide the same twice").into());
    }
    Ok(spent)
}

/// Half of the events and 99 of 100 took no longer than this, the reading of the clock taken off.
fn percentiles_ns(stride: &Stride) -> Result<(u64, u64), Box<dyn Error>> {
    let (mut router, measured) = warmed_up(stride)?;
    let mut took = Vec::with_capacity(measured.len());
    for heard in measured {
        let begun = Instant::now();
        tell(&mut router, heard);
        took.push(begun.elapsed().as_nanos() as u64);
    }
    let mut clock: Vec<u64> = (0..CLOCK_READINGS).map(|_| Instant::now().elapsed().as_nanos() as u64).collect();
    let clock_ns = percentile(&mut clock, 50);
    let net = |percent: usize, took: &mut Vec<u64>| percentile(took, percent).saturating_sub(clock_ns);
    Ok((net(50, &mut took), net(99, &mut took)))
}

fn percentile(values: &mut [u64], percent: usize) -> u64 {
    values.sort_unstable();
    values.get(values.len() * percent / 100).copied().unwrap_or_default()
}

fn allocations(stride: &Stride) -> Result<u64, Box<dyn Error>> {
    let (mut router, measured) = warmed_up(stride)?;
    let before = allocations::count();
    for heard in measured {
        tell(&mut router, heard);
    }
    Ok(allocations::count() - before)
}

/// Processor time that this program has used since its start.
#[cfg(unix)]
fn processor_ns() -> Result<u64, Box<dyn Error>> {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(u64::try_from(used.tv_sec)? * 1_000_000_000 + u64::try_from(used.tv_nsec)?)
}

#[cfg(not(unix))]
fn processor_ns() -> Result<u64, Box<dyn Error>> {
    Err("this system does not tell how much processor a program has used".into())
}
