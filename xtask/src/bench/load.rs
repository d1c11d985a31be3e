//! Calls by the number: how many new ones a second, how many at once with sound, and what a flood
//! does to those that are on. The program has one core, the callers the others; all on loopback.

use super::{
    Figure, Place,
    callers::{After, Callers},
    hold::{ANSWER_MAX, fill, hold},
    server::Server,
    voices::Ear,
};
use anyhow::{Result, ensure};
use std::{thread, time::Duration};

/// New calls a second that are tried, each for `RATE_TIME`, until not all are answered.
const RATES: &[u32] = &[10, 25, 50, 100, 200, 400, 800];
const RATE_TIME: Duration = Duration::from_secs(8);
/// Calls at once that are tried, placed at `FILL_RATE`.
const HELD: &[u32] = &[50, 100, 250, 500, 1000];
const FILL_RATE: u32 = 20;
/// The flood: new calls a second, for how long, over how many calls that are on.
const FLOOD_RATE: u32 = 5_000;
const FLOOD_TIME: Duration = Duration::from_secs(30);
const FLOOD_HELD: u32 = 20;
const AFTER_FLOOD_RATE: u32 = 20;
const AFTER_FLOOD_MAX: Duration = Duration::from_secs(30);

/// Calls that are answered, greeted and hung up.
pub fn new_calls(place: &Place) -> Result<Vec<Figure>> {
    let server = Server::start_wide(place)?;
    let ear = Ear::open()?;
    let mut callers = Callers::new(server.sip, ear.address)?;
    let mut figures = Vec::new();
    for rate in RATES {
        let (before, processor) = (callers.counts, server.processor());
        callers.place(*rate, RATE_TIME, After::HangUp);
        let all = callers.counts.placed;
        callers.serve_until(ANSWER_MAX, |counts| counts.answered + counts.refused >= all);
        let counts = callers.counts.since(before);
        let spent = server.processor().zip(processor).map(|(after, before)| after.saturating_sub(before));
        let share =
            spent.map_or_else(String::new, |spent| format!(", processor {:.0} %", spent.as_secs_f64() * 100.0 / RATE_TIME.as_secs_f64()));
        let value = format!("{} of {} answered, {} refused{share}", counts.answered, counts.placed, counts.refused);
        figures.push(Figure::new(format!("{rate} new calls a second for {} s", RATE_TIME.as_secs()), value));
        if counts.answered < counts.placed {
            break;
        }
    }
    server.stop()?;
    Ok(figures)
}

/// Calls that stay on, each with a prompt or music, and what each costs in memory.
pub fn held_calls(place: &Place) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for held in HELD {
        let server = Server::start_wide(place)?;
        let ear = Ear::open()?;
        let mut callers = Callers::new(server.sip, ear.address)?;
        let idle_kib = server.memory_kib();
        fill(&mut callers, *held, FILL_RATE, After::Stay);
        let on = callers.counts.answered;
        let came = hold(&server, &ear, &mut callers);
        let memory = server.memory_kib().zip(idle_kib).map_or(0, |(full, idle)| full.saturating_sub(idle) / on.max(1));
        callers.hang_up_all();
        let value = format!(
            "{on} on, {} packets a second, {} late, processor {}, {memory} KiB a call",
            came.packets_a_second(),
            came.heard.late_share(),
            came.processor_share(),
        );
        figures.push(Figure::new(format!("{held} calls at once, prompt"), value));
        server.stop()?;
        if on < u64::from(*held) {
            break;
        }
    }
    Ok(figures)
}

/// Calls that are on keep their voice through a flood, and the service answers again after it.
pub fn flood(place: &Place) -> Result<Vec<Figure>> {
    let server = Server::start(place)?;
    let (ear, stray) = (Ear::open()?, Ear::open()?);
    let mut held = Callers::new(server.sip, ear.address)?;
    fill(&mut held, FLOOD_HELD, FILL_RATE, After::Stay);
    let on = held.counts.answered;
    ensure!(on == u64::from(FLOOD_HELD), "only {on} of {FLOOD_HELD} calls were answered before the flood");
    let before = ear.heard();
    let mut crowd = Callers::new(server.sip, stray.address)?;
    let crowd = thread::scope(|scope| {
        let crowd = scope.spawn(|| {
            crowd.place(FLOOD_RATE, FLOOD_TIME, After::HangUp);
            crowd.counts
        });
        held.serve_until(FLOOD_TIME, |_| false);
        crowd.join()
    });
    let crowd = crowd.map_err(|_| anyhow::anyhow!("the flood broke off"))?;
    let heard = ear.heard().since(before);
    let again = first_answer(&server, &stray)?;
    held.hang_up_all();
    let told = FLOOD_TIME.as_secs();
    let figures = vec![
        Figure::new(
            "flood offered",
            format!("{} new calls in {told} s: {} answered, {} refused", crowd.placed, crowd.answered, crowd.refused),
        ),
        Figure::new(
            format!("the {on} calls that were on"),
            format!("{} packets a second, {} late", heard.packets / told, heard.late_share()),
        ),
        Figure::new("answered again after the flood", again),
    ];
    server.stop()?;
    Ok(figures)
}

/// How long after now the first new caller is answered, and memory then.
fn first_answer(server: &Server, ear: &Ear) -> Result<String> {
    let begun = std::time::Instant::now();
    let mut late = Callers::new(server.sip, ear.address)?;
    while late.counts.answered == 0 && begun.elapsed() < AFTER_FLOOD_MAX {
        late.place(AFTER_FLOOD_RATE, Duration::from_secs(1) / AFTER_FLOOD_RATE * 2, After::HangUp);
    }
    let memory = server.memory_kib().map_or_else(String::new, |kib| format!(", memory {} MiB", kib / 1024));
    Ok(match late.counts.answered {
        0 => format!("not within {} s{memory}", AFTER_FLOOD_MAX.as_secs()),
        _ => format!("after {} ms at most{memory}", begun.elapsed().as_millis()),
    })
}
