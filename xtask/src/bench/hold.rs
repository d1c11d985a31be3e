//! Calls that stay on: how they are brought on, and what is heard and spent while they are.

use super::{
    callers::{After, Callers},
    server::Server,
    voices::{Ear, Hearing},
};
use std::time::Duration;

/// How long calls are held and listened to.
pub const HOLD_TIME: Duration = Duration::from_secs(10);
/// How long a call may wait for its answer before it counts as lost.
pub const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What came of holding calls for `HOLD_TIME`.
pub struct Held {
    pub heard: Hearing,
    processor: Duration,
}

/// Brings this many calls on, so many a second, and waits until they are answered or will not be.
pub fn fill(callers: &mut Callers, calls: u32, rate: u32, after: After) {
    callers.place(rate, Duration::from_secs(1) * calls / rate + Duration::from_millis(1), after);
    let wanted = callers.counts.placed;
    callers.serve_until(ANSWER_MAX, |counts| counts.answered + counts.refused >= wanted);
}

/// Holds the calls that are on.
pub fn hold(server: &Server, ear: &Ear, callers: &mut Callers) -> Held {
    let (before, processor) = (ear.heard(), server.processor());
    callers.serve_until(HOLD_TIME, |_| false);
    let heard = ear.heard().since(before);
    let processor = server.processor().zip(processor).map_or(Duration::ZERO, |(after, before)| after.saturating_sub(before));
    Held { heard, processor }
}

impl Held {
    pub fn packets_a_second(&self) -> u64 {
        self.heard.packets / HOLD_TIME.as_secs()
    }

    /// Of the one core.
    pub fn processor_share(&self) -> String {
        format!("{:.0} %", self.processor.as_secs_f64() * 100.0 / HOLD_TIME.as_secs_f64())
    }
}
