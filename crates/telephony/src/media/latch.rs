//! Whose sound a call takes and where its own goes. Packets carry no proof of their sender, so
//! the address the other side signalled goes before any other; behind an address translation
//! (NAT) nothing ever comes from there, and then somebody else is believed, after a while and only
//! if he sends like one telephone. One sender at a time, never two.
//!
//! Whoever can send with the signalled address as his own, or gets in before a caller behind NAT
//! has sent anything and goes on sending, is not told from the caller. Only encrypted sound is.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

/// How long somebody at an address nobody signalled must send before he is believed.
pub const PROBATION: Duration = Duration::from_millis(300);
/// And how many packets, all of one stream and in order.
pub const PROBATION_PACKETS: u32 = 10;
/// The latched sender may be replaced by a lesser one after so long without a packet.
pub const SILENT: Duration = Duration::from_secs(3);
/// A packet this far ahead of the last belongs to the same stream; losses are smaller.
const STEP_MAX: u16 = 10;
/// Senders on probation at the same time. The one that waits longest since its last packet gives way.
const CANDIDATES_MAX: usize = 4;

/// See the module.
#[derive(Debug)]
pub struct Latch {
    signalled: SocketAddr,
    latched: Option<Latched>,
    candidates: Vec<Candidate>,
}

#[derive(Debug, Clone, Copy)]
struct Latched {
    address: SocketAddr,
    ssrc: u32,
    heard_at: Instant,
}

/// Somebody on probation.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    address: SocketAddr,
    ssrc: u32,
    sequence: u16,
    packets: u32,
    since: Instant,
    heard_at: Instant,
}

/// How much an address has for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Unknown,
    /// The signalled host, from another port.
    Host,
    Signalled,
}

impl Latch {
    pub fn new(signalled: SocketAddr) -> Latch {
        Latch { signalled, latched: None, candidates: Vec::new() }
    }

    /// A new agreement. Another address than before makes a new beginning there.
    pub fn agreed(&mut self, signalled: SocketAddr) {
        if signalled != self.signalled {
            *self = Latch::new(signalled);
        }
    }

    /// Where our sound goes.
    pub fn target(&self) -> SocketAddr {
        self.latched.map_or(self.signalled, |latched| latched.address)
    }

    /// Whether somebody else than this sender is latched to.
    pub fn is_stranger(&self, from: SocketAddr) -> bool {
        self.latched.is_some_and(|latched| latched.address != from)
    }

    /// A sound packet arrived: whether it is the other side's.
    pub fn hear(&mut self, from: SocketAddr, ssrc: u32, sequence: u16, now: Instant) -> bool {
        let standing = self.standing(from);
        let believed = match self.latched {
            Some(latched) if latched.address == from => true,
            Some(latched) if standing > self.standing(latched.address) => true,
            Some(latched) if now.saturating_duration_since(latched.heard_at) < SILENT => false,
            Some(latched) if standing == Standing::Unknown && ssrc != latched.ssrc => false,
            None if standing > Standing::Unknown => true,
            Some(_) | None => self.on_probation(from, ssrc, sequence, now),
        };
        if believed {
            self.latched = Some(Latched { address: from, ssrc, heard_at: now });
            self.candidates.clear();
        }
        believed
    }

    fn standing(&self, address: SocketAddr) -> Standing {
        let host = address.ip().to_canonical();
        if host != self.signalled.ip().to_canonical() {
            Standing::Unknown
        } else if address.port() != self.signalled.port() {
            Standing::Host
        } else {
            Standing::Signalled
        }
    }

    /// Whether the probation is over with this packet.
    fn on_probation(&mut self, from: SocketAddr, ssrc: u32, sequence: u16, now: Instant) -> bool {
        let fresh = Candidate { address: from, ssrc, sequence, packets: 1, since: now, heard_at: now };
        let Some(candidate) = self.candidates.iter_mut().find(|candidate| candidate.address == from) else {
            if self.candidates.len() >= CANDIDATES_MAX {
                let quietest = (0..self.candidates.len()).min_by_key(|&at| self.candidates[at].heard_at);
                self.candidates.swap_remove(quietest.unwrap_or_default());
            }
            self.candidates.push(fresh);
            return false;
        };
        let step = sequence.wrapping_sub(candidate.sequence);
        let paused = now.saturating_duration_since(candidate.heard_at) > PROBATION;
        if ssrc != candidate.ssrc || !(1..=STEP_MAX).contains(&step) || paused {
            *candidate = fresh;
            return false;
        }
        candidate.sequence = sequence;
        candidate.packets += 1;
        candidate.heard_at = now;
        candidate.packets >= PROBATION_PACKETS && now.saturating_duration_since(candidate.since) >= PROBATION
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SIGNALLED: &str = "192.0.2.1:4000";
    const HOST: &str = "192.0.2.1:5000";
    const NAT: &str = "198.51.100.7:6000";
    const STRANGER: &str = "203.0.113.9:7000";

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// A latch and a clock that goes on by a packet's time with every packet.
    struct Line {
        latch: Latch,
        now: Instant,
        sequence: u16,
    }

    impl Line {
        fn new() -> Line {
            Line { latch: Latch::new(address(SIGNALLED)), now: Instant::now(), sequence: u16::MAX - 5 }
        }

        fn hear(&mut self, from: &str, ssrc: u32) -> bool {
            self.now += Duration::from_millis(20);
            self.sequence = self.sequence.wrapping_add(1);
            self.latch.hear(address(from), ssrc, self.sequence, self.now)
        }

        /// How many of so many packets are heard.
        fn heard(&mut self, from: &str, ssrc: u32, packets: u32) -> u32 {
            (0..packets).filter(|_| self.hear(from, ssrc)).count() as u32
        }

        fn target(&self) -> &'static str {
            let known = [SIGNALLED, HOST, NAT, STRANGER];
            known.into_iter().find(|text| address(text) == self.latch.target()).unwrap()
        }
    }

    #[test]
    fn the_signalled_address_is_believed_at_once_and_stays() {
        let mut line = Line::new();
        assert_eq!(line.target(), SIGNALLED);
        assert!(line.hear(SIGNALLED, 1));
        assert_eq!(line.heard(HOST, 2, 100), 0);
        assert!(line.hear(SIGNALLED, 1));
        assert_eq!(line.heard(STRANGER, 2, 500), 0);
        assert!(line.hear(SIGNALLED, 1));
        // Its stream may begin anew at any time.
        assert!(line.hear(SIGNALLED, 3));
        assert_eq!(line.target(), SIGNALLED);
    }

    #[test]
    fn a_burst_before_the_first_packet_gains_nothing() {
        let mut line = Line::new();
        for _ in 0..1_000 {
            line.sequence = line.sequence.wrapping_add(1);
            assert!(!line.latch.hear(address(STRANGER), 2, line.sequence, line.now));
        }
        assert_eq!(line.target(), SIGNALLED);
        assert!(line.hear(SIGNALLED, 1));
        assert_eq!(line.heard(STRANGER, 2, 100), 0);
    }

    #[test]
    fn the_signalled_address_takes_the_call_back_from_whoever_has_it() {
        let mut line = Line::new();
        assert_eq!(line.heard(STRANGER, 2, 100), 85);
        assert_eq!(line.target(), STRANGER);
        assert!(line.hear(HOST, 1));
        assert!(!line.hear(STRANGER, 2));
        assert!(line.hear(SIGNALLED, 1));
        assert!(!line.hear(HOST, 1));
        assert_eq!(line.target(), SIGNALLED);
    }

    #[test]
    fn behind_nat_the_sender_is_believed_after_a_probation() {
        let mut line = Line::new();
        // The first packet begins 300 ms: fifteen more end it.
        assert_eq!(line.heard(NAT, 1, 15), 0);
        assert_eq!(line.target(), SIGNALLED);
        assert!(line.hear(NAT, 1));
        assert_eq!(line.target(), NAT);
        assert_eq!(line.heard(STRANGER, 1, 100), 0);
    }

    #[test]
    fn only_one_stream_in_order_passes_the_probation() {
        // (ssrc, what the sequence jumps by) of the n-th packet
        let streams: [fn(u32) -> (u32, u16); 4] = [|n| (n, 1), |_| (1, 40), |_| (1, 0), |n| (1, if n % 9 == 8 { 2_000 } else { 1 })];
        for (at, stream) in streams.into_iter().enumerate() {
            let mut line = Line::new();
            for n in 0..200 {
                let (ssrc, jump) = stream(n);
                line.sequence = line.sequence.wrapping_add(jump.wrapping_sub(1));
                assert!(!line.hear(NAT, ssrc), "stream {at}, packet {n}");
            }
        }
        // Losses are no disorder, a pause is.
        let mut line = Line::new();
        for _ in 0..30 {
            line.sequence = line.sequence.wrapping_add(2);
            line.hear(NAT, 1);
        }
        assert_eq!(line.target(), NAT);
        let mut line = Line::new();
        assert_eq!(line.heard(NAT, 1, 15), 0);
        line.now += PROBATION;
        assert_eq!(line.heard(NAT, 1, 15), 0);
    }

    #[test]
    fn strangers_beside_a_sender_behind_nat_do_not_keep_him_out() {
        let mut line = Line::new();
        let mut heard = 0;
        for n in 0..50u16 {
            assert!(!line.latch.hear(address(STRANGER), 9, n * 100, line.now));
            assert!(!line.latch.hear(address("203.0.113.10:1"), 9, n * 100, line.now));
            heard += u32::from(line.hear(NAT, 1));
        }
        assert!(heard > 30, "{heard}");
        assert!(line.latch.candidates.len() <= CANDIDATES_MAX);
        line.latch = Latch::new(address(SIGNALLED));
        for n in 0..100u16 {
            line.latch.hear(SocketAddr::from(([203, 0, 113, 1], n)), 1, n, line.now);
            assert!(line.latch.candidates.len() <= CANDIDATES_MAX);
        }
    }

    #[test]
    fn a_silent_sender_is_replaced_by_the_same_stream_or_the_signalled_host() {
        for (from, ssrc, replaced) in [(NAT, 1, true), (HOST, 7, true), (STRANGER, 7, false)] {
            let mut line = Line::new();
            assert!(line.hear(SIGNALLED, 1));
            // Not while he is only pausing.
            assert_eq!(line.heard(from, ssrc, 140), 0);
            line.now += SILENT;
            assert_eq!(line.heard(from, ssrc, 15), 0);
            assert_eq!(line.heard(from, ssrc, 100) > 0, replaced, "{from}");
            assert_eq!(line.target(), if replaced { from } else { SIGNALLED });
            // He comes back.
            assert!(line.hear(SIGNALLED, 1));
            assert_eq!(line.heard(from, ssrc, 100), 0);
        }
    }

    #[test]
    fn a_new_address_is_a_new_beginning_and_the_same_one_is_not() {
        let mut line = Line::new();
        assert!(line.heard(NAT, 1, 20) > 0);
        line.latch.agreed(address(SIGNALLED));
        assert_eq!(line.target(), NAT);
        line.latch.agreed(address(STRANGER));
        assert_eq!(line.target(), STRANGER);
        assert!(!line.hear(NAT, 1));
        assert!(line.hear(STRANGER, 2));
    }

    #[test]
    fn an_address_written_as_ipv6_is_the_same_host() {
        let mut line = Line::new();
        assert!(line.latch.hear(address("[::ffff:192.0.2.1]:4000"), 1, 1, line.now));
        assert!(!line.hear(HOST, 1));
    }
}
