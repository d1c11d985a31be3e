//! The voice of all callers: a steady tone, a packet every 20 ms to each line that was answered. It
//! speaks from the socket of the callers' ear, because sound comes back to where sound comes from.

use super::voices::{Ear, LATE_MS};
use anyhow::Result;
use std::{
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Lines that were answered and are not yet spoken to.
const NEWCOMERS_MAX: usize = 10_000;
/// The lines take turns within the 20 ms of a packet, as people who do not know of each other do.
const TURNS: usize = 20;
const TURN: Duration = Duration::from_millis(1);
const PACKET_SAMPLES: u32 = 160;
const PACKET_BYTES: usize = 12 + PACKET_SAMPLES as usize;
const RTP_VERSION: u8 = 2 << 6;
const PAYLOAD_TYPE_ALAW: u8 = 8;
/// One period of 1,000 Hz in A-law, a quarter of full scale.
const TONE: [u8; 8] = [0xD5, 0x83, 0x8A, 0x83, 0xD5, 0x03, 0x0A, 0x03];

#[derive(Default)]
struct Tally {
    packets: AtomicU64,
    late: AtomicU64,
    done: AtomicBool,
}

pub struct Mouth {
    newcomers: SyncSender<SocketAddr>,
    tally: Arc<Tally>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default, Clone, Copy, Debug)]
pub struct Spoken {
    pub packets: u64,
    /// Sent late by us, which is no fault of the program under measurement.
    pub late: u64,
}

impl Spoken {
    pub fn since(self, earlier: Self) -> Self {
        Self { packets: self.packets - earlier.packets, late: self.late - earlier.late }
    }
}

impl Mouth {
    /// A mouth for the callers with this ear.
    pub fn open(ear: &Ear) -> Result<Self> {
        let socket = ear.socket()?;
        let tally = Arc::new(Tally::default());
        let (newcomers, come) = sync_channel(NEWCOMERS_MAX);
        let shared = Arc::clone(&tally);
        let thread = Some(thread::spawn(move || speak(&socket, &come, &shared)));
        Ok(Self { newcomers, tally, thread })
    }

    /// Speaks to this line from now on.
    pub fn speak_to(&self, line: SocketAddr) {
        // A full queue leaves the line in silence; the count of packets shows it.
        let _ = self.newcomers.try_send(line);
    }

    pub fn spoken(&self) -> Spoken {
        Spoken { packets: self.tally.packets.load(Ordering::Relaxed), late: self.tally.late.load(Ordering::Relaxed) }
    }
}

impl Drop for Mouth {
    fn drop(&mut self) {
        self.tally.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

fn speak(socket: &UdpSocket, newcomers: &Receiver<SocketAddr>, tally: &Tally) {
    let mut turns: [Vec<Voice>; TURNS] = Default::default();
    let (mut next, mut voices) = (Instant::now(), 0);
    for turn in (0..TURNS).cycle() {
        if tally.done.load(Ordering::Relaxed) {
            break;
        }
        for line in newcomers.try_iter() {
            turns[voices as usize % TURNS].push(Voice::new(line, voices));
            voices += 1;
        }
        thread::sleep(next.saturating_duration_since(Instant::now()));
        for voice in &mut turns[turn] {
            let line = voice.line;
            // Counted first: whoever has heard a packet finds it counted.
            tally.packets.fetch_add(1, Ordering::Relaxed);
            // A packet that cannot be sent is one that the ear will miss.
            let _ = socket.send_to(voice.next_packet(), line);
            let late = next.elapsed().as_secs_f64() * 1000.0 > LATE_MS;
            tally.late.fetch_add(u64::from(late), Ordering::Relaxed);
        }
        next += TURN;
    }
}

struct Voice {
    line: SocketAddr,
    sequence: u16,
    timestamp: u32,
    packet: [u8; PACKET_BYTES],
}

impl Voice {
    fn new(line: SocketAddr, source: u32) -> Self {
        let mut packet = [0; PACKET_BYTES];
        packet[..2].copy_from_slice(&[RTP_VERSION, PAYLOAD_TYPE_ALAW]);
        packet[8..12].copy_from_slice(&source.to_be_bytes());
        for (byte, tone) in packet[12..].iter_mut().zip(TONE.iter().cycle()) {
            *byte = *tone;
        }
        Self { line, sequence: 0, timestamp: 0, packet }
    }

    fn next_packet(&mut self) -> &[u8] {
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(PACKET_SAMPLES);
        self.packet[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        self.packet[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        &self.packet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn lines_are_spoken_to_from_where_the_ear_is() {
        let ear = Ear::open().unwrap();
        let mouth = Mouth::open(&ear).unwrap();
        let line = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        mouth.speak_to(line.local_addr().unwrap());
        let mut times = Vec::new();
        for _ in 0..3 {
            let mut packet = [0; 2 * PACKET_BYTES];
            let (length, from) = line.recv_from(&mut packet).unwrap();
            assert_eq!((length, from), (PACKET_BYTES, ear.address));
            assert_eq!(packet[..2], [0x80, 8]);
            assert_eq!(packet[12..20], TONE);
            times.push((packet[3], u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]])));
        }
        assert_eq!(times, [(1, 160), (2, 320), (3, 480)]);
        assert!(mouth.spoken().packets >= 3);
    }
}
