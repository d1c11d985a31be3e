//! The ear of all callers: one socket that every call's sound comes to, told apart by sender. Counts
//! packets and those that came late.

use anyhow::Result;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// A packet this much later after the one before than its timestamp says is late.
pub const LATE_MS: f64 = 5.0;
/// A longer gap in timestamps is a pause between two sounds, not a late packet.
const GAP_SAMPLES_MAX: u32 = 8_000;
const SAMPLES_PER_MS: f64 = 8.0;
const LISTEN_EVERY: Duration = Duration::from_millis(100);
const RTP_HEADER_BYTES: usize = 12;

#[derive(Default)]
struct Tally {
    packets: AtomicU64,
    late: AtomicU64,
    senders: AtomicU64,
    done: AtomicBool,
}

pub struct Ear {
    pub address: SocketAddr,
    socket: UdpSocket,
    tally: Arc<Tally>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Hearing {
    pub packets: u64,
    pub late: u64,
    pub senders: u64,
}

impl Hearing {
    pub fn since(self, earlier: Self) -> Self {
        Self { packets: self.packets - earlier.packets, late: self.late - earlier.late, senders: self.senders }
    }

    pub fn late_share(self) -> String {
        share(self.late, self.packets)
    }

    /// At least 1 packet of 100 is late, or none came at all.
    pub fn is_harmed(self) -> bool {
        self.late * 100 >= self.packets
    }
}

/// So many of the packets, in percent.
pub fn share(some: u64, packets: u64) -> String {
    if packets == 0 {
        return "no sound".to_owned();
    }
    format!("{:.2} %", some as f64 * 100.0 / packets as f64)
}

impl Ear {
    pub fn open() -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_read_timeout(Some(LISTEN_EVERY))?;
        let address = socket.local_addr()?;
        let tally = Arc::new(Tally::default());
        let (listening, shared) = (socket.try_clone()?, Arc::clone(&tally));
        let thread = Some(thread::spawn(move || listen(&listening, &shared)));
        Ok(Self { address, socket, tally, thread })
    }

    /// The socket that hears, for whoever speaks from the same place.
    pub fn socket(&self) -> Result<UdpSocket> {
        Ok(self.socket.try_clone()?)
    }

    pub fn heard(&self) -> Hearing {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Hearing { packets: read(&self.tally.packets), late: read(&self.tally.late), senders: read(&self.tally.senders) }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.tally.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to hear.
            let _ = thread.join();
        }
    }
}

fn listen(socket: &UdpSocket, tally: &Tally) {
    let mut last: BTreeMap<SocketAddr, (Instant, u32)> = BTreeMap::new();
    let mut packet = [0; 2048];
    while !tally.done.load(Ordering::Relaxed) {
        let Ok((length, sender)) = socket.recv_from(&mut packet) else { continue };
        let now = Instant::now();
        let Some(timestamp) = timestamp(&packet[..length]) else { continue };
        tally.packets.fetch_add(1, Ordering::Relaxed);
        if let Some((before, earlier)) = last.insert(sender, (now, timestamp)) {
            let late = is_late(timestamp.wrapping_sub(earlier), now - before);
            tally.late.fetch_add(u64::from(late), Ordering::Relaxed);
        }
        tally.senders.store(last.len() as u64, Ordering::Relaxed);
    }
}

fn timestamp(packet: &[u8]) -> Option<u32> {
    if packet.len() < RTP_HEADER_BYTES {
        return None;
    }
    Some(u32::from_be_bytes(packet[4..8].try_into().ok()?))
}

fn is_late(samples: u32, passed: Duration) -> bool {
    samples <= GAP_SAMPLES_MAX && passed.as_secs_f64() * 1000.0 - f64::from(samples) / SAMPLES_PER_MS > LATE_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_is_later_than_the_timestamps_say() {
        for (samples, passed_ms, late) in
            [(160, 20, false), (160, 24, false), (160, 26, true), (320, 41, false), (16_000, 9_000, false), (160, 1, false)]
        {
            assert_eq!(is_late(samples, Duration::from_millis(passed_ms)), late, "{samples} {passed_ms}");
        }
    }

    #[test]
    fn packets_are_heard_by_sender() {
        let ear = Ear::open().unwrap();
        let voice = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        for timestamp in [0_u32, 160, 320] {
            let mut packet = [0; RTP_HEADER_BYTES + 160];
            packet[4..8].copy_from_slice(&timestamp.to_be_bytes());
            voice.send_to(&packet, ear.address).unwrap();
        }
        let begun = Instant::now();
        while ear.heard().packets < 3 && begun.elapsed() < Duration::from_secs(5) {
            thread::yield_now();
        }
        let heard = ear.heard();
        assert_eq!((heard.packets, heard.senders), (3, 1));
        assert_eq!(Hearing { packets: 200, late: 1, senders: 1 }.late_share(), "0.50 %");
        for (packets, late, harmed) in [(200, 1, false), (200, 2, true), (0, 0, true)] {
            assert_eq!(Hearing { packets, late, senders: 1 }.is_harmed(), harmed, "{late} of {packets}");
        }
    }
}
