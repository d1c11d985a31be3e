//! Pressed keys as named events in RTP (RFC 4733): reported once per press, sent as a press that
//! lasts 100 ms. Keys in SIP INFO are read in `sip::body`.

use std::collections::VecDeque;

use crate::bucket::Rate;

/// Keys taken from one leg's sound, as many as by INFO: nobody's fingers are faster, and what is told
/// of each is written down.
pub const KEYS_HEARD: Rate = Rate { per_second: 20, burst: 60 };
/// Keys waiting to be sent; more are dropped.
pub const KEYS_QUEUED_MAX: usize = 64;
const KEY_TICKS: u16 = 5;
const END_PACKETS: u16 = 3;
const GAP_TICKS: u16 = 4;
const SAMPLES_PER_TICK: u16 = 160;
const EVENT_BYTES: usize = 4;
/// RFC 4733 section 2.5.1.4: the end is told by this bit.
const END_BIT: u8 = 0x80;
/// -10 dBm0, a usual level.
const VOLUME: u8 = 10;

const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/// The key an event code means.
pub fn key_of(code: u8) -> Option<char> {
    KEYS.get(usize::from(code)).copied()
}

/// The event code of a key.
pub fn code_of(key: char) -> Option<u8> {
    let key = key.to_ascii_uppercase();
    KEYS.iter().position(|&k| k == key).map(|at| at as u8)
}

/// Reports each press once, whatever is lost, doubled or late.
#[derive(Debug, Default)]
pub struct KeyReader {
    seen: VecDeque<u32>,
}

impl KeyReader {
    /// How many presses back a late packet is still recognised.
    const REMEMBERED: usize = 8;

    /// The key of a packet of the telephone-event payload type, the first time its press is seen.
    pub fn read(&mut self, timestamp: u32, payload: &[u8]) -> Option<char> {
        if payload.len() < EVENT_BYTES {
            return None;
        }
        let key = key_of(payload[0])?;
        if self.seen.contains(&timestamp) {
            return None;
        }
        if self.seen.len() == Self::REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(timestamp);
        Some(key)
    }
}

/// One packet to send for a key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPacket {
    pub marker: bool,
    pub timestamp: u32,
    pub payload: [u8; EVENT_BYTES],
}

/// Sends queued keys, one packet per 20 ms tick.
#[derive(Debug, Default)]
pub struct KeySender {
    queue: VecDeque<u8>,
    pressing: Option<Press>,
}

#[derive(Debug)]
struct Press {
    code: u8,
    timestamp: u32,
    tick: u16,
}

impl KeySender {
    /// Queues those of `keys` that are keys.
    pub fn push(&mut self, keys: &str) {
        let room = KEYS_QUEUED_MAX.saturating_sub(self.queue.len());
        self.queue.extend(keys.chars().filter_map(code_of).take(room));
    }

    /// Whether sound must pause because keys go out.
    pub fn is_busy(&self) -> bool {
        self.pressing.is_some() || !self.queue.is_empty()
    }

    /// The packet of this tick, if any: during the gap after a key nothing goes out.
    pub fn tick(&mut self, now: u32) -> Option<KeyPacket> {
        let press = match &mut self.pressing {
            Some(press) => press,
            None => {
                let code = self.queue.pop_front()?;
                self.pressing.insert(Press { code, timestamp: now, tick: 0 })
            }
        };
        press.tick += 1;
        let tick = press.tick;
        if tick > KEY_TICKS + END_PACKETS {
            if tick >= KEY_TICKS + END_PACKETS + GAP_TICKS {
                self.pressing = None;
            }
            return None;
        }
        let end = tick > KEY_TICKS;
        let duration = (tick.min(KEY_TICKS) * SAMPLES_PER_TICK).to_be_bytes();
        Some(KeyPacket {
            marker: tick == 1,
            timestamp: press.timestamp,
            payload: [press.code, VOLUME | if end { END_BIT } else { 0 }, duration[0], duration[1]],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_read_once_each() {
        let (mut sender, mut reader) = (KeySender::default(), KeyReader::default());
        sender.push("1x9#*0d0");
        let mut read = String::new();
        for tick in 0..200u32 {
            if let Some(packet) = sender.tick(tick * 160) {
                read.extend(reader.read(packet.timestamp, &packet.payload));
            }
        }
        assert_eq!(read, "19#*0D0");
        assert!(!sender.is_busy());
    }

    #[test]
    fn lost_and_late_packets_make_no_second_press() {
        let mut reader = KeyReader::default();
        // (timestamp, code, reported)
        let check = [(100, 5, true), (100, 5, false), (260, 5, true), (100, 5, false), (420, 16, false)];
        for (timestamp, code, reported) in check {
            let found = reader.read(timestamp, &[code, 10, 0, 160]).is_some();
            assert_eq!(found, reported, "{timestamp} {code}");
        }
        assert_eq!(reader.read(500, &[1, 10]), None);
    }
}
