//! What this crate counts. Written from all threads, read by whoever shows it.

use std::sync::atomic::{AtomicU64, Ordering};

/// The counts of one moment. All but `legs` and `dialogs` only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Legs that are not ended.
    pub legs: u64,
    /// SIP dialogs the signalling still keeps, those being closed included.
    pub dialogs: u64,
    /// Incoming calls let in.
    pub new_calls: u64,
    /// Incoming calls turned away by the gate.
    pub refused_by_gate: u64,
    /// Messages of signalling that belong to no call here: turned away or ignored by the gate.
    pub strays: u64,
    /// Connections closed at once because too many are open, in all or from one source.
    pub connections_refused: u64,
    /// Requests the gate left without an answer because too many came at once.
    pub unanswered: u64,
    pub packets_in: u64,
    pub packets_out: u64,
    /// Sent more than 5 ms after their time.
    pub late_packets: u64,
    /// Messages and packets that made no sense.
    pub malformed: u64,
    /// Sound packets from somebody else than the other side, or from one not yet believed to be it.
    pub strangers: u64,
    /// Keys in sound that came faster than anybody can press them.
    pub keys_dropped: u64,
    /// Events nobody fetched in time. Anything but 0 is a fault of the reader of the events.
    pub events_lost: u64,
    /// Commands that found a full queue. Anything but 0 is an overload.
    pub commands_lost: u64,
    /// Recordings given up and pieces left out of them, because of the disk.
    pub recording_faults: u64,
}

/// The living counters.
#[derive(Debug, Default)]
pub struct Counters {
    pub(crate) legs: AtomicU64,
    pub(crate) calls: AtomicU64,
    pub(crate) new_calls: AtomicU64,
    pub(crate) refused_by_gate: AtomicU64,
    pub(crate) strays: AtomicU64,
    pub(crate) connections_refused: AtomicU64,
    pub(crate) unanswered: AtomicU64,
    pub(crate) packets_in: AtomicU64,
    pub(crate) packets_out: AtomicU64,
    pub(crate) late_packets: AtomicU64,
    pub(crate) malformed: AtomicU64,
    pub(crate) strangers: AtomicU64,
    pub(crate) keys_dropped: AtomicU64,
    pub(crate) events_lost: AtomicU64,
    pub(crate) commands_lost: AtomicU64,
    pub(crate) recording_faults: AtomicU64,
    tracks: AtomicU64,
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

pub(crate) fn uncount(counter: &AtomicU64) {
    counter.fetch_sub(1, Ordering::Relaxed);
}

impl Counters {
    pub(crate) fn next_track(&self) -> u64 {
        self.tracks.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(crate) fn read(&self, dialogs: u64) -> Stats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            legs: get(&self.legs),
            dialogs,
            new_calls: get(&self.new_calls),
            refused_by_gate: get(&self.refused_by_gate),
            strays: get(&self.strays),
            connections_refused: get(&self.connections_refused),
            unanswered: get(&self.unanswered),
            packets_in: get(&self.packets_in),
            packets_out: get(&self.packets_out),
            late_packets: get(&self.late_packets),
            malformed: get(&self.malformed),
            strangers: get(&self.strangers),
            keys_dropped: get(&self.keys_dropped),
            events_lost: get(&self.events_lost),
            commands_lost: get(&self.commands_lost),
            recording_faults: get(&self.recording_faults),
        }
    }
}
