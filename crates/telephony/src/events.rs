//! The way to the reader of events. Telling never waits: what finds a full queue is counted and
//! lost, except that a leg has ended, which always arrives.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::event::LegEvent;
use crate::stats::{Counters, count};

/// Events waiting for their reader.
pub const EVENTS_QUEUED_MAX: usize = 16_384;
/// New calls are refused when so few places are left: those that are on need them.
const EVENTS_RESERVED: usize = EVENTS_QUEUED_MAX / 4;

/// See the module.
#[derive(Debug, Clone)]
pub struct Events {
    sender: mpsc::Sender<LegEvent>,
    counters: Arc<Counters>,
}

impl Events {
    pub fn new(counters: Arc<Counters>) -> (Events, mpsc::Receiver<LegEvent>) {
        let (sender, receiver) = mpsc::channel(EVENTS_QUEUED_MAX);
        (Events { sender, counters }, receiver)
    }

    pub fn tell(&self, event: LegEvent) {
        if self.sender.try_send(event).is_err() {
            count(&self.counters.events_lost);
        }
    }

    /// Waits for room. Only for the last event of a leg, when there is no sound left to hold up.
    pub async fn tell_last(&self, event: LegEvent) {
        let _ = self.sender.send(event).await;
    }

    /// Whether the reader keeps up well enough for another call.
    pub fn has_room_for_calls(&self) -> bool {
        !self.sender.is_closed() && self.sender.capacity() > EVENTS_RESERVED
    }
}
