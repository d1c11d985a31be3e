//! The invented telephone network behind the trunk: parties that answer, telephones of virtual
//! operators, and the lines that callers ring from. Real SIP and sound, on loopback only.

use parking_lot::Mutex;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};
use telephony::{Config, Dial, LegEvent, LegId, Playback, PlaybackId, Refusal, Sound, StartError, Telephony};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// How long a party or an operator lets it ring.
const PICK_UP_MS: std::ops::Range<u64> = 800..4_000;
/// How long 112 or a command centre talks before it hangs up.
const PARTY_TALK_MS: std::ops::Range<u64> = 15_000..45_000;
/// Samples per second of all sound here.
const RATE: usize = 8_000;
/// A second and a half.
const SENTENCE_SAMPLES: usize = RATE * 3 / 2;
/// How long a citizen who is rung back talks with somebody who does not tell when they are done.
const CITIZEN_TALK_MS: std::ops::Range<u64> = 20_000..120_000;
/// Of a hundred citizens who are rung back: who answers, who is busy; the others let it ring.
const ANSWERING: u32 = 75;
const BUSY: u32 = 10;
/// Digits of a citizen's number, at least; parties have names, or fewer.
const CITIZEN_DIGITS_MIN: usize = 6;
/// What a caller's queue of news holds.
const NEWS_MAX: usize = 32;

/// What happens on a caller's own line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum News {
    Answered,
    /// Somebody is speaking with us, for so long.
    Helped {
        talk_ms: u64,
    },
    Ended,
}

#[derive(Clone)]
pub struct World {
    telephony: Telephony,
    lines: Arc<Mutex<BTreeMap<LegId, mpsc::Sender<News>>>>,
    by_number: Arc<Mutex<BTreeMap<String, LegId>>>,
    voice: Arc<Sound>,
    /// A little of it: as long as a sentence.
    sentence: Arc<Sound>,
}

impl World {
    pub async fn start() -> Result<(Self, mpsc::Receiver<LegEvent>), StartError> {
        let (telephony, legs) = Telephony::start(Config::loopback(0)).await?;
        let world = Self {
            telephony,
            lines: Arc::default(),
            by_number: Arc::default(),
            voice: Arc::new(Sound::from_samples(murmured())),
            sentence: Arc::new(spoken()),
        };
        Ok((world, legs))
    }

    pub fn address(&self) -> SocketAddr {
        self.telephony.sip_address()
    }

    pub async fn stop(&self) {
        self.telephony.stop().await;
    }

    /// Rings somebody; what happens on the line arrives in the stream.
    pub fn ring(&self, dial: Dial) -> (LegId, mpsc::Receiver<News>) {
        let number = dial.from_user.clone();
        let (news_in, news) = mpsc::channel(NEWS_MAX);
        let leg = self.telephony.dial(dial);
        self.lines.lock().insert(leg, news_in);
        self.by_number.lock().insert(number, leg);
        (leg, news)
    }

    pub fn press(&self, leg: LegId, key: char) {
        self.telephony.send_keys(leg, &key.to_string());
    }

    pub fn hang_up(&self, leg: LegId) {
        self.telephony.hang_up(leg);
    }

    /// Lets a voice be heard on this line.
    pub fn speak(&self, leg: LegId) {
        self.telephony.play(leg, Playback { id: PlaybackId(1), sounds: vec![self.voice.clone()], repeat: true });
    }

    /// Says something once, to be heard by the demo's own ears.
    pub fn say(&self, leg: LegId) {
        self.telephony.play(leg, Playback { id: PlaybackId(2), sounds: vec![self.sentence.clone()], repeat: false });
    }

    /// An operator has the caller with this number and will be done in so long.
    pub fn tell_helped(&self, number: &str, talk_ms: u64) {
        let leg = self.by_number.lock().get(number).copied();
        if let Some(leg) = leg {
            self.news(leg, News::Helped { talk_ms });
        }
    }

    fn news(&self, leg: LegId, news: News) {
        if let Some(line) = self.lines.lock().get(&leg) {
            // A caller who does not listen any more has nothing to lose by not hearing.
            let _ = line.try_send(news);
        }
    }

    fn forget(&self, leg: LegId) {
        self.news(leg, News::Ended);
        self.lines.lock().remove(&leg);
        self.by_number.lock().retain(|_, other| *other != leg);
    }
}

/// Answers what rings in the invented network and passes on what happens to callers' lines.
pub async fn listen(world: World, mut legs: mpsc::Receiver<LegEvent>, mut random: StdRng) {
    let mut answering: BTreeMap<LegId, oneshot::Sender<()>> = BTreeMap::new();
    while let Some(event) = legs.recv().await {
        match event {
            LegEvent::Incoming { leg, to_user, .. } => {
                if to_user.is_empty() {
                    world.telephony.refuse(leg, Refusal::NotFound);
                    continue;
                }
                if is_citizen(&to_user) {
                    tokio::spawn(citizen(world.clone(), leg, to_user, StdRng::seed_from_u64(random.random())));
                    continue;
                }
                let (ended_in, ended) = oneshot::channel();
                answering.insert(leg, ended_in);
                let talk_ms = (!to_user.starts_with("virtual-")).then(|| random.random_range(PARTY_TALK_MS));
                tokio::spawn(pick_up(world.clone(), leg, random.random_range(PICK_UP_MS), talk_ms, ended));
            }
            LegEvent::Answered { leg } => world.news(leg, News::Answered),
            LegEvent::Ended { leg, .. } => {
                answering.remove(&leg);
                world.forget(leg);
            }
            _ => {}
        }
    }
}

fn is_citizen(user: &str) -> bool {
    let digits = user.strip_prefix('+').unwrap_or(user);
    digits.len() >= CITIZEN_DIGITS_MIN && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A caller who is rung back: mostly answers, and talks until helped.
async fn citizen(world: World, leg: LegId, number: String, mut random: StdRng) {
    let (news_in, mut news) = mpsc::channel(NEWS_MAX);
    world.lines.lock().insert(leg, news_in);
    world.by_number.lock().insert(number, leg);
    let mood = random.random_range(0..100);
    if (ANSWERING..ANSWERING + BUSY).contains(&mood) {
        return world.telephony.refuse(leg, Refusal::Busy);
    }
    world.telephony.ring(leg);
    if mood >= ANSWERING {
        return;
    }
    tokio::time::sleep(Duration::from_millis(random.random_range(PICK_UP_MS))).await;
    world.telephony.answer(leg);
    world.speak(leg);
    let mut leave_at = Instant::now() + Duration::from_millis(random.random_range(CITIZEN_TALK_MS));
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(leave_at) => return world.telephony.hang_up(leg),
            told = news.recv() => match told {
                Some(News::Helped { talk_ms }) => leave_at = Instant::now() + Duration::from_millis(talk_ms),
                Some(News::Answered) => {}
                Some(News::Ended) | None => return,
            },
        }
    }
}

/// Rings a while, answers, speaks; a party hangs up after its talk, an operator never does first.
async fn pick_up(world: World, leg: LegId, ring_ms: u64, talk_ms: Option<u64>, mut ended: oneshot::Receiver<()>) {
    world.telephony.ring(leg);
    tokio::time::sleep(Duration::from_millis(ring_ms)).await;
    if ended.try_recv() == Err(oneshot::error::TryRecvError::Closed) {
        return;
    }
    world.telephony.answer(leg);
    world.speak(leg);
    if let Some(talk_ms) = talk_ms {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(talk_ms)) => world.telephony.hang_up(leg),
            _ = &mut ended => {}
        }
    }
}

/// Something that sounds like speech from behind a wall: syllables without words, so that nobody
/// takes it for a person's voice.
pub(super) fn murmured() -> Vec<i16> {
    const SYLLABLE: usize = RATE / 5;
    let mut samples = vec![0_i16; RATE * 6];
    for (index, sample) in samples.iter_mut().enumerate() {
        let (syllable, within) = (index / SYLLABLE, index % SYLLABLE);
        if syllable % 7 == 6 {
            continue;
        }
        let pitch = 110.0 + 12.0 * ((syllable * 37) % 5) as f64;
        let time = index as f64 / RATE as f64;
        let envelope = (std::f64::consts::PI * within as f64 / SYLLABLE as f64).sin();
        let voice: f64 =
            (1..=6).map(|harmonic| (std::f64::consts::TAU * pitch * f64::from(harmonic) * time).sin() / f64::from(harmonic)).sum();
        *sample = (voice * envelope * 2_500.0) as i16;
    }
    samples
}

fn spoken() -> Sound {
    let mut samples = murmured();
    samples.truncate(SENTENCE_SAMPLES);
    Sound::from_samples(samples)
}
