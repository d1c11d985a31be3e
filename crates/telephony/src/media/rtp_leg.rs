//! A SIP call's sound on its UDP socket: taking it from the other side and nobody else, noticing that
//! it is gone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::g711::Codec;
use super::latch::Latch;
use super::rtp::{self, Rtp};
use super::voice::{Outgoing, OutgoingKind, Voice};
use super::{Inlets, LATE, MediaCommand, MediaHandle, Remote, TICK, supervised};
use crate::event::{EndCause, LegEvent, LegId};
use crate::events::Events;
use crate::stats::{Counters, count, uncount};

/// Larger datagrams are cut, and then are no packets of ours.
const DATAGRAM_BYTES_MAX: usize = 2_048;
/// Comfort noise: says that the other side lives, carries no sound we use.
const COMFORT_NOISE_TYPES: [u8; 2] = [13, 19];

/// What a leg's sound needs from around it.
#[derive(Clone)]
pub struct Surroundings {
    pub leg: LegId,
    pub events: Events,
    pub counters: Arc<Counters>,
    pub silence_timeout: Option<Duration>,
    /// Told when no packet came for so long, and when the sound ends: the call cannot go on without.
    pub lost: Arc<Notify>,
}

/// Starts a leg's sound on a thread.
pub fn start(runtime: tokio::runtime::Handle, socket: std::net::UdpSocket, voice: Voice, around: Surroundings) -> MediaHandle {
    let (handle, inlets) = MediaHandle::new(runtime.clone());
    runtime.spawn(to_the_end(around.clone(), async move {
        match UdpSocket::from_std(socket) {
            Ok(socket) => RtpLeg::new(socket, voice, around).run(inlets).await,
            Err(_) => EndCause::Failed("the socket for sound could not be used".to_owned()),
        }
    }));
    handle
}

async fn to_the_end(around: Surroundings, sound: impl Future<Output = EndCause> + Send + 'static) {
    let leg = around.leg;
    let cause = supervised(leg, sound).await;
    around.lost.notify_one();
    around.events.tell_last(LegEvent::Ended { leg, cause }).await;
    uncount(&around.counters.legs);
}

struct RtpLeg {
    socket: UdpSocket,
    voice: Voice,
    around: Surroundings,
    remote: Option<Remote>,
    latch: Option<Latch>,
    quiet: bool,
    ssrc: u32,
    sequence: u16,
    last_heard: Instant,
    lost_told: bool,
    packet: Vec<u8>,
}

impl RtpLeg {
    fn new(socket: UdpSocket, voice: Voice, around: Surroundings) -> RtpLeg {
        RtpLeg {
            socket,
            voice,
            around,
            remote: None,
            latch: None,
            quiet: false,
            ssrc: rand::random(),
            sequence: rand::random(),
            last_heard: Instant::now(),
            lost_told: false,
            packet: Vec::with_capacity(256),
        }
    }

    async fn run(mut self, inlets: Inlets) -> EndCause {
        let Inlets { mut commands, mut frames, mut wires } = inlets;
        let mut ticks = interval_at(Instant::now() + TICK, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut datagram = [0u8; DATAGRAM_BYTES_MAX];
        loop {
            tokio::select! {
                biased;
                Ok(()) = wires.changed() => {
                    let wire = wires.borrow_and_update().clone();
                    self.voice.connect(wire);
                }
                command = commands.recv() => match command {
                    Some(MediaCommand::End(cause)) => return cause,
                    Some(command) => self.command(command),
                    None => return EndCause::Failed("the leg was let go of without an end".to_owned()),
                },
                due = ticks.tick() => self.tick(due),
                Some(frame) = frames.recv() => {
                    if let Some(out) = self.voice.bridged(frame) {
                        self.send(&out);
                    }
                }
                received = self.socket.recv_from(&mut datagram) => {
                    // An ICMP answer to an earlier packet shows as an error: the silence timeout
                    // judges whether the other side is gone.
                    if let Ok((length, from)) = received {
                        self.receive(&datagram[..length], from);
                    }
                }
            }
        }
    }

    fn command(&mut self, command: MediaCommand) {
        match self.voice.command(command) {
            Some(MediaCommand::Remote(remote)) => self.negotiated(remote),
            Some(MediaCommand::Quiet) => {
                self.quiet = true;
                self.voice.negotiate(Codec::Alaw, false);
            }
            _ => {}
        }
    }

    fn negotiated(&mut self, remote: Remote) {
        self.latch.get_or_insert_with(|| Latch::new(remote.address)).agreed(remote.address);
        // Old hold: an address of zeros asks for nothing to be sent.
        let send = remote.send && !remote.address.ip().is_unspecified() && !self.quiet;
        self.voice.negotiate(remote.codec, send);
        self.remote = Some(remote);
        self.last_heard = Instant::now();
    }

    fn tick(&mut self, due: Instant) {
        if let Some(out) = self.voice.tick() {
            if due.elapsed() > LATE {
                count(&self.around.counters.late_packets);
            }
            self.send(&out);
        }
        let Some(limit) = self.around.silence_timeout else { return };
        let expected = self.remote.is_some_and(|remote| remote.receive) && !self.quiet;
        if !expected {
            self.last_heard = due;
        } else if !self.lost_told && self.last_heard.elapsed() > limit {
            self.lost_told = true;
            self.around.lost.notify_one();
        }
    }

    fn send(&mut self, out: &Outgoing) {
        let Some(remote) = &self.remote else { return };
        let payload_type = match out.kind {
            OutgoingKind::Sound => remote.payload_type,
            OutgoingKind::Key => match remote.key_payload_type {
                Some(payload_type) => payload_type,
                None => return,
            },
        };
        self.sequence = self.sequence.wrapping_add(1);
        let packet = Rtp {
            payload_type,
            marker: out.marker,
            sequence: self.sequence,
            timestamp: out.timestamp,
            ssrc: self.ssrc,
            payload: out.payload.as_slice(),
        };
        rtp::write(&mut self.packet, &packet);
        let to = self.latch.as_ref().map_or(remote.address, Latch::target);
        if self.socket.try_send_to(&self.packet, to).is_ok() {
            count(&self.around.counters.packets_out);
        }
    }

    fn receive(&mut self, datagram: &[u8], from: SocketAddr) {
        let (Some(remote), Some(latch)) = (self.remote, &mut self.latch) else { return };
        let counters = &self.around.counters;
        let senseless = if latch.is_stranger(from) { &counters.strangers } else { &counters.malformed };
        let Some(packet) = rtp::parse(datagram) else {
            // RTCP on the same port is no fault.
            if datagram.get(1).is_none_or(|kind| !(192..=223).contains(kind)) {
                count(senseless);
            }
            return;
        };
        let codec = match packet.payload_type {
            kind if kind == remote.payload_type => Some(remote.codec),
            8 => Some(Codec::Alaw),
            0 => Some(Codec::Ulaw),
            _ => None,
        };
        let key = Some(packet.payload_type) == remote.key_payload_type;
        if codec.is_none() && !key && !COMFORT_NOISE_TYPES.contains(&packet.payload_type) {
            count(senseless);
            return;
        }
        let now = Instant::now();
        if !latch.hear(from, packet.ssrc, packet.sequence, now) {
            count(&counters.strangers);
            return;
        }
        self.last_heard = now;
        count(&counters.packets_in);
        match codec {
            Some(codec) => self.voice.received(codec, packet.timestamp, packet.payload),
            None if key => self.voice.received_key(packet.timestamp, packet.payload),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn sound_that_breaks_ends_its_leg_and_tells_its_call() {
        let counters = Arc::new(Counters::default());
        count(&counters.legs);
        let (events, mut told) = Events::new(counters.clone());
        let around = Surroundings { leg: LegId(7), events, counters, silence_timeout: None, lost: Arc::new(Notify::new()) };
        // The message of the panic is the test's own and means no fault.
        to_the_end(around.clone(), async { panic!("as if sound had a fault") }).await;
        assert!(matches!(told.recv().await.unwrap(), LegEvent::Ended { leg: LegId(7), cause: EndCause::Failed(_) }));
        around.lost.notified().await;
        assert_eq!(around.counters.read(0).legs, 0);
    }
}
