//! One telephone network outside the centre: callers, desk telephones or parties, with an ear for tones.

use std::{collections::VecDeque, sync::Arc, time::Duration};
use telephony::{BodyPart, Config, Dial, EndCause, LegEvent, LegId, Listening, Playback, PlaybackId, Refusal, Sound, Telephony};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

/// Far beyond anything that should be waited for.
pub const DEADLINE: Duration = Duration::from_secs(60);
/// Tones that are told apart.
pub const TONES_HZ: [u32; 6] = [RINGING_HZ, 600, 1_000, FAULT_HZ, 1_500, 1_900];
/// The announcement of a fault in these tests, so that no other recording is taken for it.
pub const FAULT_HZ: u32 = 1_250;
/// What an operator hears while a citizen is rung. It is no voice, so only a headset tells of it.
pub const RINGING_HZ: u32 = 425;
/// Göteborg, in the range set aside for fiction.
pub const NUMBER: &str = "0313900600";

pub struct Side {
    pub telephony: Telephony,
    events: mpsc::Receiver<LegEvent>,
    unread: VecDeque<LegEvent>,
}

impl Side {
    pub async fn start() -> Self {
        let (telephony, events) = Telephony::start(Config::loopback(0)).await.unwrap();
        Self { telephony, events, unread: VecDeque::new() }
    }

    pub fn address(&self) -> String {
        self.telephony.sip_address().to_string()
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
            let Ok(Some(event)) = timeout_at(deadline, self.events.recv()).await else {
                panic!("no {what}; unread {:?}", self.unread);
            };
            match wanted(&event) {
                Some(found) => return found,
                None => self.unread.push_back(event),
            }
        }
    }

    /// The next call that comes in for a user of this side.
    pub async fn incoming(&mut self, user: &str) -> LegId {
        self.wait(&format!("call for {user}"), |event| match event {
            LegEvent::Incoming { leg, to_user, .. } if to_user == user => Some(*leg),
            _ => None,
        })
        .await
    }

    /// Lifts the receiver of the next call that comes in for a user of this side.
    pub async fn lift(&mut self, user: &str) -> LegId {
        let leg = self.incoming(user).await;
        self.telephony.answer(leg);
        self.answered(leg).await;
        leg
    }

    pub async fn decline(&mut self, user: &str) {
        let leg = self.incoming(user).await;
        self.telephony.refuse(leg, Refusal::Busy);
        self.ended(leg).await;
    }

    pub async fn answered(&mut self, leg: LegId) {
        self.wait("answer", |event| matches!(event, LegEvent::Answered { leg: of } if *of == leg).then_some(())).await;
    }

    pub async fn ended(&mut self, leg: LegId) -> EndCause {
        self.wait("end", |event| match event {
            LegEvent::Ended { leg: of, cause } if *of == leg => Some(cause.clone()),
            _ => None,
        })
        .await
    }

    pub async fn keys(&mut self, leg: LegId) -> char {
        self.wait("key", |event| match event {
            LegEvent::Key { leg: of, key } if *of == leg => Some(*key),
            _ => None,
        })
        .await
    }

    pub fn dial(&self, to: &str) -> LegId {
        self.dial_with(to, Vec::new())
    }

    pub fn dial_with(&self, to: &str, extra_parts: Vec<BodyPart>) -> LegId {
        self.telephony.dial(Dial {
            target: format!("sip:{to}"),
            from_user: NUMBER.to_owned(),
            from_display: None,
            extra_headers: Vec::new(),
            extra_parts,
            ring_timeout_ms: 60_000,
        })
    }

    /// Says a tone until something else is said.
    pub fn say(&self, leg: LegId, hz: u32) {
        let sounds = vec![Arc::new(Sound::from_samples(tone(hz, 8_000)))];
        self.telephony.play(leg, Playback { id: PlaybackId(1), sounds, repeat: true });
    }

    /// What is heard on a leg now; none for silence.
    pub async fn listen(&mut self, leg: LegId) -> Option<Arc<[i16]>> {
        self.telephony.listen(leg, Listening { first_speech_ms_max: 900, utterance_ms_max: 600, end_silence_ms: 300 });
        self.wait("what is heard", |event| match event {
            LegEvent::Utterance { leg: of, samples } if *of == leg => Some(Some(samples.clone())),
            LegEvent::Silence { leg: of } if *of == leg => Some(None),
            _ => None,
        })
        .await
    }

    /// Waits until a leg hears these tones, which are those of [`TONES_HZ`] it may hear at all.
    pub async fn hears(&mut self, leg: LegId, tones: &[u32]) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let heard = self.listen(leg).await.map(|samples| tones_in(&samples)).unwrap_or_default();
            if heard == tones {
                return;
            }
            assert!(Instant::now() < deadline, "{leg} hears {heard:?}, not {tones:?}");
        }
    }

    /// Waits until a leg hears anything at all; `what` is what that should be.
    pub async fn hears_anything(&mut self, leg: LegId, what: &str) {
        let deadline = Instant::now() + DEADLINE;
        while self.listen(leg).await.is_none() {
            assert!(Instant::now() < deadline, "{leg} does not hear {what}");
        }
    }

    pub async fn stop(self) {
        self.telephony.stop().await;
        let stats = self.telephony.stats();
        assert_eq!((stats.legs, stats.dialogs), (0, 0), "{stats:?}");
    }
}

/// So many samples of a tone, which repeat without a click when they are whole seconds.
pub fn tone(hz: u32, samples: u32) -> Vec<i16> {
    let sample = |n: u32| ((std::f64::consts::TAU * f64::from(hz) * f64::from(n) / 8_000.0).sin() * 8_000.0) as i16;
    (0..samples).map(sample).collect()
}

pub fn tones_in(samples: &[i16]) -> Vec<u32> {
    // The lead-in and the fall of the last frames are no part of a steady tone.
    let steady = &samples[samples.len() / 3..samples.len() - samples.len() / 10];
    let total: f64 = steady.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    TONES_HZ.into_iter().filter(|&hz| total > 0.0 && energy(steady, hz) / total > 0.15).collect()
}

/// Goertzel: the energy of one frequency, on the scale of the sum of squares.
fn energy(samples: &[i16], hz: u32) -> f64 {
    let coefficient = 2.0 * (std::f64::consts::TAU * f64::from(hz) / 8_000.0).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for &sample in samples {
        let next = f64::from(sample) + coefficient * last - before;
        before = last;
        last = next;
    }
    2.0 * (last * last + before * before - coefficient * last * before) / samples.len() as f64
}
