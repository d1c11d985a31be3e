//! One leg's sound without any socket: what goes out on each 20 ms tick and what becomes of what
//! comes in. `media::rtp_leg` and `browser::leg` carry it over the network.
//!
//! What a leg hears, first come first: keys being sent, a playback, its bridge, silence. Something
//! goes out on every tick, so that the other side's clock and its idea of our address stay alive.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::g711::Codec;
use super::jitter::{FRAME, Jitter};
use super::keys::{KEYS_HEARD, KeyReader, KeySender};
use super::listening::{Ear, Heard};
use super::playback::Player;
use super::recorder::{Recorder, Track};
use super::{BridgeFrame, BridgeSound, MediaCommand, TICK, Wire};
use crate::bucket::Bucket;
use crate::event::{LegEvent, LegId};
use crate::events::Events;
use crate::stats::{Counters, count};

const FRAME_SAMPLES: u32 = FRAME as u32;
/// After so many ticks without a bridge packet, silence is sent instead.
const RELAY_PATIENCE_TICKS: u32 = 5;
/// Relayed sound further from our own clock than this is set anew (200 ms).
const RELAY_DRIFT_MAX: u32 = 1_600;
/// The longest packet taken, 200 ms of G.711.
const PAYLOAD_BYTES_MAX: usize = 1_600;
/// How long after a key packet the line is taken to carry its sound.
const KEY_DOWN_TICKS: u32 = 4;

/// A packet to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    pub kind: OutgoingKind,
    pub marker: bool,
    pub timestamp: u32,
    pub payload: Payload,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutgoingKind {
    Sound,
    Key,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    Frame([u8; FRAME]),
    Bytes(Bytes),
    Key([u8; 4]),
}

impl Payload {
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Payload::Frame(frame) => frame,
            Payload::Bytes(bytes) => bytes,
            Payload::Key(key) => key,
        }
    }
}

/// Where relayed sound stands against our own clock.
#[derive(Debug, Default)]
struct Relay {
    offset: Option<u32>,
    last_tick: u32,
}

/// See the module.
pub struct Voice {
    leg: LegId,
    events: Events,
    counters: Arc<Counters>,
    recorder: Recorder,
    codec: Codec,
    /// Whether the other side wants sound from us.
    sending: bool,
    began: Instant,
    /// Since then: the only clock here.
    ticks: u32,
    base: u32,
    last_timestamp: Option<u32>,
    last_was_relay: bool,
    player: Option<Player>,
    keys: KeySender,
    wire: Option<Wire>,
    relay: Relay,
    muted: bool,
    key_reader: KeyReader,
    keys_heard: Bucket,
    key_down_until: u32,
    said: Jitter,
    heard: Jitter,
    ear: Option<Ear>,
    track: Option<Track>,
}

impl Voice {
    pub fn new(leg: LegId, events: Events, counters: Arc<Counters>, recorder: Recorder) -> Voice {
        let began = Instant::now();
        Voice {
            leg,
            events,
            counters,
            recorder,
            codec: Codec::Alaw,
            sending: false,
            began,
            ticks: 0,
            base: rand::random(),
            last_timestamp: None,
            last_was_relay: false,
            player: None,
            keys: KeySender::default(),
            wire: None,
            relay: Relay::default(),
            muted: false,
            key_reader: KeyReader::default(),
            keys_heard: Bucket::full(KEYS_HEARD, began),
            key_down_until: 0,
            said: Jitter::default(),
            heard: Jitter::default(),
            ear: None,
            track: None,
        }
    }

    /// What the negotiation says: the law to speak, and whether we may.
    pub fn negotiate(&mut self, codec: Codec, sending: bool) {
        self.codec = codec;
        self.sending = sending;
    }

    /// Takes the commands that are the same for every kind of leg; hands back the others.
    pub fn command(&mut self, command: MediaCommand) -> Option<MediaCommand> {
        match command {
            MediaCommand::Play(playback) => self.player = Some(Player::new(playback)),
            MediaCommand::StopPlaying => self.player = None,
            MediaCommand::Mute(muted) => self.muted = muted,
            MediaCommand::Listen(how) => {
                self.begin_decoding();
                self.ear = Some(Ear::new(how));
            }
            MediaCommand::StopListening => self.ear = None,
            MediaCommand::SendKeys(keys) => self.keys.push(&keys),
            MediaCommand::Record(path) => {
                self.begin_decoding();
                self.track = self.recorder.open(path);
            }
            MediaCommand::StopRecording => self.track = None,
            other @ (MediaCommand::Remote(_) | MediaCommand::Quiet | MediaCommand::End(_)) => return Some(other),
        }
        None
    }

    /// Whom the leg is connected to from now on.
    pub fn connect(&mut self, wire: Option<Wire>) {
        self.wire = wire;
        self.relay = Relay::default();
        self.heard.clear();
    }

    fn decoding(&self) -> bool {
        self.ear.is_some() || self.track.is_some()
    }

    fn begin_decoding(&mut self) {
        if !self.decoding() {
            self.said.clear();
            self.heard.clear();
        }
    }

    /// 20 ms went by.
    pub fn tick(&mut self) -> Option<Outgoing> {
        self.ticks = self.ticks.wrapping_add(1);
        let out = self.next_outgoing();
        if let Some(Outgoing { kind: OutgoingKind::Sound, timestamp, payload, .. }) = &out {
            let timestamp = *timestamp;
            self.remember_heard(timestamp, payload.as_slice());
        }
        self.listen_and_record();
        out
    }

    fn next_outgoing(&mut self) -> Option<Outgoing> {
        if !self.sending {
            // A playback goes on unheard while the other side holds us, so that it ends in time;
            // before there is another side it waits.
            if self.last_timestamp.is_some() {
                self.next_played();
            }
            return None;
        }
        if self.keys.is_busy() {
            let now = self.timestamp();
            let packet = self.keys.tick(now)?;
            self.last_timestamp = Some(now);
            return Some(Outgoing {
                kind: OutgoingKind::Key,
                marker: packet.marker,
                timestamp: packet.timestamp,
                payload: Payload::Key(packet.payload),
            });
        }
        let frame = match self.next_played() {
            Some(frame) => frame,
            None if self.relay_flows() => return None,
            None => [self.codec.silence(); FRAME],
        };
        let marker = self.last_timestamp.is_none() || self.last_was_relay;
        let timestamp = self.timestamp();
        self.last_timestamp = Some(timestamp);
        self.last_was_relay = false;
        self.relay.offset = None;
        Some(Outgoing { kind: OutgoingKind::Sound, marker, timestamp, payload: Payload::Frame(frame) })
    }

    fn relay_flows(&self) -> bool {
        self.relay.offset.is_some() && self.ticks.wrapping_sub(self.relay.last_tick) <= RELAY_PATIENCE_TICKS
    }

    fn next_played(&mut self) -> Option<[u8; FRAME]> {
        let player = self.player.as_mut()?;
        let frame = player.next(self.codec);
        if frame.is_none() {
            let playback = player.id();
            self.player = None;
            self.events.tell(LegEvent::PlaybackFinished { leg: self.leg, playback });
        }
        frame
    }

    /// The time of this tick, always after what was sent before.
    fn timestamp(&mut self) -> u32 {
        let now = self.base.wrapping_add(self.ticks.wrapping_mul(FRAME_SAMPLES));
        let Some(last) = self.last_timestamp else { return now };
        if (now.wrapping_sub(last) as i32) > 0 {
            return now;
        }
        let next = last.wrapping_add(FRAME_SAMPLES);
        self.base = self.base.wrapping_add(next.wrapping_sub(now));
        next
    }

    /// Sound from the bridge: sent on at once, on our own clock.
    pub fn bridged(&mut self, frame: BridgeFrame) -> Option<Outgoing> {
        let hears = self.wire.as_ref().map(|wire| wire.hears);
        if hears != Some(frame.source) || !self.sending || self.player.is_some() || self.keys.is_busy() {
            return None;
        }
        let now = self.base.wrapping_add(self.ticks.wrapping_mul(FRAME_SAMPLES));
        let in_step = self
            .relay
            .offset
            .map(|offset| frame.timestamp.wrapping_add(offset))
            .filter(|at| at.wrapping_sub(now).wrapping_add(RELAY_DRIFT_MAX) <= 2 * RELAY_DRIFT_MAX);
        let (timestamp, marker) = match in_step {
            Some(at) => (at, false),
            None => {
                let at = self.timestamp();
                self.relay.offset = Some(at.wrapping_sub(frame.timestamp));
                (at, true)
            }
        };
        self.relay.last_tick = self.ticks;
        self.last_was_relay = true;
        let later = self.last_timestamp.is_none_or(|last| (timestamp.wrapping_sub(last) as i32) > 0);
        if later {
            self.last_timestamp = Some(timestamp);
        }
        let payload = match frame.sound {
            BridgeSound::G711(codec, bytes) if codec == self.codec => Payload::Bytes(bytes),
            BridgeSound::G711(codec, bytes) => Payload::Bytes(codec.translate(self.codec, &bytes).into()),
            BridgeSound::Linear(samples) => Payload::Frame(samples.map(|sample| self.codec.encode(sample))),
        };
        self.remember_heard(timestamp, payload.as_slice());
        Some(Outgoing { kind: OutgoingKind::Sound, marker, timestamp, payload })
    }

    fn remember_heard(&mut self, timestamp: u32, payload: &[u8]) {
        if self.track.is_some() {
            let codec = self.codec;
            self.heard.push(timestamp, payload.iter().map(|&byte| codec.decode(byte)));
        }
    }

    /// Sound from the other side.
    pub fn received(&mut self, codec: Codec, timestamp: u32, payload: &[u8]) {
        if payload.is_empty() || payload.len() > PAYLOAD_BYTES_MAX {
            count(&self.counters.malformed);
            return;
        }
        if self.decoding() {
            self.said.push(timestamp, payload.iter().map(|&byte| codec.decode(byte)));
        }
        if self.muted {
            return;
        }
        if let Some(wire) = &self.wire {
            let frame = BridgeFrame { source: wire.source, timestamp, sound: BridgeSound::G711(codec, Bytes::copy_from_slice(payload)) };
            // A full queue means that the other side's thread is late: old sound is worth nothing.
            let _ = wire.to.try_send(frame);
        }
    }

    /// A packet of the telephone-event payload type.
    pub fn received_key(&mut self, timestamp: u32, payload: &[u8]) {
        self.key_down_until = self.ticks.wrapping_add(KEY_DOWN_TICKS);
        let Some(key) = self.key_reader.read(timestamp, payload) else { return };
        if self.keys_heard.take(KEYS_HEARD, self.began + TICK * self.ticks) {
            self.events.tell(LegEvent::Key { leg: self.leg, key });
        } else {
            count(&self.counters.keys_dropped);
        }
    }

    fn listen_and_record(&mut self) {
        if !self.decoding() {
            return;
        }
        let said = self.said.pop().unwrap_or([0; FRAME]);
        if let Some(track) = &mut self.track {
            track.push(&said, &self.heard.pop().unwrap_or([0; FRAME]));
        }
        let key_down = (self.key_down_until.wrapping_sub(self.ticks) as i32) > 0;
        let prompted = self.player.as_ref().is_some_and(Player::ends);
        let Some(ear) = &mut self.ear else { return };
        let leg = self.leg;
        match ear.hear(&said, key_down, prompted) {
            Some(Heard::Utterance(samples)) => self.events.tell(LegEvent::Utterance { leg, samples }),
            Some(Heard::Silence) => self.events.tell(LegEvent::Silence { leg }),
            None => {}
        }
        if ear.is_done() {
            self.ear = None;
        }
    }
}

/// The sender of sound into a leg or a mixer.
pub type FrameSender = mpsc::Sender<BridgeFrame>;

#[cfg(test)]
mod tests;
