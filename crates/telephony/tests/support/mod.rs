//! What the tests of calls share: one side of a conversation, and an ear for tones.
#![allow(dead_code, clippy::unwrap_used)]

pub mod certificates;
pub mod programs;
pub mod raw;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use telephony::{Config, Dial, EndCause, LegEvent, LegId, Listening, Playback, PlaybackId, Sound, Stats, Telephony, Timing};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// Far beyond anything that should be waited for.
pub const DEADLINE: Duration = Duration::from_secs(60);
/// Tones that are told apart, none of which listening takes for a key or a signal.
pub const TONES_HZ: [u32; 4] = [600, 1_000, 1_500, 1_900];
/// The share above which a tone has come through G.711 as it should. Read by the wrong law, it has not.
pub const PURE: f64 = 0.95;
/// A number set aside for fiction.
pub const NUMBER: &str = "0313900600";

/// One telephony with its events.
pub struct Side {
    pub telephony: Telephony,
    events: mpsc::Receiver<LegEvent>,
    unread: VecDeque<LegEvent>,
    playbacks: u64,
}

impl Side {
    pub async fn start() -> Side {
        Side::with(Config::loopback(0)).await
    }

    pub async fn with(config: Config) -> Side {
        Side::timed(config, Timing::default()).await
    }

    pub async fn timed(config: Config, timing: Timing) -> Side {
        let (telephony, events) = Telephony::start_with(config, timing).await.unwrap();
        Side { telephony, events, unread: VecDeque::new(), playbacks: 0 }
    }

    /// The first event, read already or not, that `wanted` makes something of.
    pub async fn wait<T>(&mut self, what: &str, mut wanted: impl FnMut(&LegEvent) -> Option<T>) -> T {
        for at in 0..self.unread.len() {
            if let Some(found) = wanted(&self.unread[at]) {
                self.unread.remove(at);
                return found;
            }
        }
        let deadline = Instant::now() + DEADLINE;
        loop {
            let Ok(event) = timeout_at(deadline, self.events.recv()).await else {
                panic!("no {what}; stats {:?}, unread {:?}", self.telephony.stats(), self.unread);
            };
            let event = event.unwrap_or_else(|| panic!("no {what}: events ended"));
            match wanted(&event) {
                Some(found) => return found,
                None => self.unread.push_back(event),
            }
        }
    }

    /// The next event nobody has read.
    pub async fn next(&mut self) -> LegEvent {
        match self.unread.pop_front() {
            Some(event) => event,
            None => self.events.recv().await.expect("events ended"),
        }
    }

    pub async fn incoming(&mut self) -> LegId {
        self.wait("Incoming", |event| match event {
            LegEvent::Incoming { leg, .. } => Some(*leg),
            _ => None,
        })
        .await
    }

    pub async fn answered(&mut self, leg: LegId) {
        self.wait("Answered", |event| matches!(event, LegEvent::Answered { leg: of } if *of == leg).then_some(())).await;
    }

    pub async fn ended(&mut self, leg: LegId) -> EndCause {
        let cause = self
            .wait("Ended", |event| match event {
                LegEvent::Ended { leg: of, cause } if *of == leg => Some(cause.clone()),
                _ => None,
            })
            .await;
        self.unread.retain(|event| event.leg() != leg);
        cause
    }

    /// The next keys pressed on a leg.
    pub async fn keys(&mut self, leg: LegId, count: usize) -> String {
        let mut keys = String::new();
        while keys.len() < count {
            let key = self.wait("Key", |event| match event {
                LegEvent::Key { leg: of, key } if *of == leg => Some(*key),
                _ => None,
            });
            keys.push(key.await);
        }
        keys
    }

    pub fn dial(&self, target: &str) -> LegId {
        self.telephony.dial(dial(target))
    }

    /// A URI by which the other side reaches this one.
    pub fn uri(&self) -> String {
        format!("sip:11414@{}", self.telephony.sip_address())
    }

    /// Plays a tone until something else is played.
    pub fn play_tone(&mut self, leg: LegId, hz: u32) -> PlaybackId {
        self.playbacks += 1;
        let id = PlaybackId(self.playbacks);
        // A whole number of periods, so that it repeats without a click.
        let samples = (0..8_000u32).map(|n| {
            let phase = std::f64::consts::TAU * f64::from(hz) * f64::from(n) / 8_000.0;
            (phase.sin() * 8_000.0) as i16
        });
        let sounds = vec![Arc::new(Sound::from_samples(samples.collect()))];
        self.telephony.play(leg, Playback { id, sounds, repeat: true });
        id
    }

    /// Which of the tones come in on a leg now; none for silence.
    pub async fn hear(&mut self, leg: LegId) -> Vec<u32> {
        self.said(leg).await.map(|samples| tones_in(&samples)).unwrap_or_default()
    }

    /// Waits until exactly these tones come in on a leg.
    pub async fn hears(&mut self, leg: LegId, tones: &[u32]) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let heard = self.hear(leg).await;
            if heard == tones {
                return;
            }
            assert!(Instant::now() < deadline, "{heard:?} are heard, not {tones:?}");
        }
    }

    /// Waits until this tone comes in on a leg and nothing besides.
    pub async fn hears_purely(&mut self, leg: LegId, hz: u32) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let share = self.said(leg).await.map_or(0.0, |samples| share(&samples, hz));
            if share > PURE {
                return;
            }
            assert!(Instant::now() < deadline, "{hz} Hz is {share} of what is heard");
        }
    }

    async fn said(&mut self, leg: LegId) -> Option<Arc<[i16]>> {
        let how = Listening { first_speech_ms_max: 900, utterance_ms_max: 600, end_silence_ms: 300 };
        self.telephony.listen(leg, how);
        self.wait("what is heard", |event| match event {
            LegEvent::Utterance { leg: of, samples } if *of == leg => Some(Some(samples.clone())),
            LegEvent::Silence { leg: of } if *of == leg => Some(None),
            _ => None,
        })
        .await
    }

    pub async fn until(&self, what: &str, reached: impl Fn(&Stats) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !reached(&self.telephony.stats()) {
            assert!(Instant::now() < deadline, "never {what}: {:?}", self.telephony.stats());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Stops, and checks that nothing is left.
    pub async fn stop(self) {
        self.telephony.stop().await;
        let stats = self.telephony.stats();
        assert_eq!((stats.legs, stats.dialogs), (0, 0), "{stats:?}");
        assert_eq!((stats.events_lost, stats.commands_lost), (0, 0), "{stats:?}");
    }
}

pub fn dial(target: &str) -> Dial {
    Dial {
        target: target.to_owned(),
        from_user: NUMBER.to_owned(),
        from_display: None,
        extra_headers: Vec::new(),
        extra_parts: Vec::new(),
        ring_timeout_ms: 15_000,
    }
}

/// A call from one side to the other, answered: (caller's leg, callee's leg).
pub async fn call(caller: &mut Side, callee: &mut Side) -> (LegId, LegId) {
    let out = caller.dial(&callee.uri());
    let leg = callee.incoming().await;
    callee.telephony.answer(leg);
    callee.answered(leg).await;
    caller.answered(out).await;
    (out, leg)
}

/// Which of the tones are in the sound.
pub fn tones_in(samples: &[i16]) -> Vec<u32> {
    TONES_HZ.into_iter().filter(|&hz| share(samples, hz) > 0.15).collect()
}

/// How much of the sound's energy is this tone's.
pub fn share(samples: &[i16], hz: u32) -> f64 {
    // The lead-in and the fall of the last frames are no part of a steady tone.
    let steady = &samples[samples.len() / 3..samples.len() - samples.len() / 10];
    let total: f64 = steady.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    if total > 0.0 { tone_energy(steady, hz) / total } else { 0.0 }
}

/// Goertzel: the energy of one frequency, on the scale of the sum of squares.
fn tone_energy(samples: &[i16], hz: u32) -> f64 {
    let coefficient = 2.0 * (std::f64::consts::TAU * f64::from(hz) / 8_000.0).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for &sample in samples {
        let next = f64::from(sample) + coefficient * last - before;
        before = last;
        last = next;
    }
    2.0 * (last * last + before * before - coefficient * last * before) / samples.len() as f64
}
