//! Callers in line: what a call costs that has gone through the dialogue and waits with music, because
//! nobody is on duty. The callers speak all the while, as telephones do.

use super::{
    Figure, Place,
    callers::{After, Callers},
    hold::{fill, hold},
    mouth::Mouth,
    server::Server,
    voices::Ear,
};
use anyhow::Result;
use std::time::{Duration, Instant};

/// Calls that are tried, placed at `FILL_RATE`.
const WAITING: &[u32] = &[100, 500, 1000, 2000];
const FILL_RATE: u32 = 20;
/// A report, nothing is happening now, and the beginning of a postal code: a place in line.
const KEYS: &str = "32411";
/// How long after the last answer all may take to reach the line.
const IN_LINE_MAX: Duration = Duration::from_secs(30);
/// Between two looks at how many wait, so that looking costs nothing.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// What the last ones are told when they enter the line; then their music plays.
const WORDS_TIME: Duration = Duration::from_secs(15);

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for calls in WAITING {
        let server = Server::start_wide(place)?;
        let ear = Ear::open()?;
        let mut callers = Callers::new(server.sip, ear.address)?.speaking(Mouth::open(&ear)?);
        let idle_kib = server.memory_kib();
        fill(&mut callers, *calls, FILL_RATE, After::Press(KEYS));
        until_in_line(&server, &mut callers)?;
        callers.serve_until(WORDS_TIME, |_| false);
        let before = server.waiting()?;
        let came = hold(&server, &ear, &mut callers);
        // Whoever left meanwhile did not wait.
        let waiting = server.waiting()?.min(before);
        let memory = server.memory_kib().zip(idle_kib).map_or(0, |(full, idle)| full.saturating_sub(idle) / waiting.max(1));
        callers.hang_up_all();
        let value = format!(
            "{waiting} of {} waiting, {} packets a second, {} late, processor {}, {memory} KiB a call",
            callers.counts.placed,
            came.packets_a_second(),
            came.heard.late_share(),
            came.processor_share(),
        );
        figures.push(Figure::new(format!("{calls} calls in line, music"), value));
        server.stop()?;
        if waiting < u64::from(*calls) {
            break;
        }
    }
    Ok(figures)
}

/// Serves the callers until the program says that all who were answered wait, or the time is up.
fn until_in_line(server: &Server, callers: &mut Callers) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < IN_LINE_MAX && server.waiting()? < callers.counts.answered {
        callers.serve_until(LOOK_EVERY, |_| false);
    }
    Ok(())
}
