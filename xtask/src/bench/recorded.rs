//! Recorded conversations: the telephony crate alone connects callers two and two and writes what they
//! say to each other into files. A figure counts only if the files hold the sound.

use super::{
    Figure, Place, build,
    callers::{After, Callers},
    files::{self, Files},
    hold::{HOLD_TIME, Held, fill, hold},
    mouth::{Mouth, Spoken},
    server::Server,
    voices::{Ear, share},
};
use anyhow::Result;
use std::time::{Duration, Instant};

/// Conversations at once that are tried, until packets come late.
const CONVERSATIONS: &[u32] = &[25, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000];
const FILL_RATE: u32 = 100;
/// Other work on the machine makes packets late too; what fails this often fails by itself.
const TRIES_MAX: u32 = 3;
/// How long after the end of the calls their files may take to be whole.
const WRITTEN_MAX: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// One try with so many conversations.
struct Try {
    conversations: u32,
    answered: u64,
    spoken: Spoken,
    held: Held,
    files: Files,
}

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    build::example(place, "telephony", "recording")?;
    let (mut figures, mut most) = (Vec::new(), 0);
    for conversations in CONVERSATIONS {
        let mut tries = 1;
        let mut last = attempt(place, *conversations)?;
        while !last.holds() && tries < TRIES_MAX {
            tries += 1;
            last = attempt(place, *conversations)?;
        }
        figures.push(Figure::new(format!("{conversations} conversations recorded at once, try {tries}"), last.shown()));
        if !last.holds() {
            break;
        }
        most = *conversations;
    }
    figures.push(Figure::new("most with under 1 % late", format!("{most} conversations, {} calls", most * 2)));
    Ok(figures)
}

fn attempt(place: &Place, conversations: u32) -> Result<Try> {
    let server = Server::start_recorder(place)?;
    let ear = Ear::open()?;
    let mut callers = Callers::new(server.sip, ear.address)?.speaking(Mouth::open(&ear)?);
    fill(&mut callers, conversations * 2, FILL_RATE, After::Stay);
    let before = callers.spoken();
    let held = hold(&server, &ear, &mut callers);
    let spoken = callers.spoken().since(before);
    callers.hang_up_all();
    let begun = Instant::now();
    let mut files = files::read(server.data())?;
    while begun.elapsed() < WRITTEN_MAX && !hold_the_sound(&files, conversations) {
        callers.serve_until(LOOK_EVERY, |_| false);
        files = files::read(server.data())?;
    }
    let answered = callers.counts.answered;
    server.stop()?;
    Ok(Try { conversations, answered, spoken, held, files })
}

/// A file for each conversation, none shorter than the time measured, less than 1 % of it silent.
fn hold_the_sound(files: &Files, conversations: u32) -> bool {
    files.count == u64::from(conversations) && files.shortest >= HOLD_TIME && files.silent * 100 < files.frames
}

impl Try {
    /// Everybody is answered and heard in time, and recorded.
    fn holds(&self) -> bool {
        let all_on = self.answered == u64::from(self.conversations) * 2;
        // What is lost on the way is not late, and no better for that.
        let all_heard = self.held.heard.packets * 100 >= self.spoken.packets * 99;
        all_on && all_heard && !self.held.heard.is_harmed() && hold_the_sound(&self.files, self.conversations)
    }

    fn shown(&self) -> String {
        let (heard, files) = (self.held.heard, &self.files);
        let recorded = if hold_the_sound(files, self.conversations) { "recorded" } else { "NOT RECORDED" };
        format!(
            "{} calls on, {} of {} packets a second heard, {} late ({} by the callers themselves), processor {}; {recorded}: {} files, \
             the shortest {:.0} s, {} silent",
            self.answered,
            self.held.packets_a_second(),
            self.spoken.packets / HOLD_TIME.as_secs(),
            heard.late_share(),
            share(self.spoken.late, self.spoken.packets),
            self.held.processor_share(),
            files.count,
            files.shortest.as_secs_f64(),
            share(files.silent, files.frames),
        )
    }
}
