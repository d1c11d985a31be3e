//! Whether a frame is louder than the line's own noise, in the band where voices are. The noise is the quietest that
//! the line was of late: speech has a pause between two words or within one every second, an engine has none. So a loud
//! car is noise as soon as it has lasted, whenever it began, and whoever speaks over it stands out.

use super::jitter::FRAME;
use super::sound::RATE_HZ;

/// Hum and the rumble of cars lie below, voices above.
const CUTOFF_HZ: f32 = 300.0;
/// RMS below which nothing is speech, however quiet the line.
const VOICE_RMS_MIN: f32 = 200.0;
/// Speech is this many times the noise (about 9 dB).
const VOICE_OVER_NOISE: f32 = 2.8;
/// What is this much quieter than the loudest of the same speech (18 dB) is somebody else, further away.
const VOICE_UNDER_LOUDEST: f32 = 0.12;
/// Before the line is known: what is louder is somebody who speaks already, and no line's noise.
const NOISE_RMS_UNKNOWN_MAX: f32 = 500.0;
/// How fast the loudest is forgotten: to its half in about 3 seconds.
const LOUDEST_KEPT: f32 = 0.995;
/// One loud frame among quiet ones makes no noise, and one quiet frame no silence.
const SMOOTHED_FRAMES: usize = 3;
/// The noise is the least of so many stretches: 1.5 seconds, a little longer than people speak without a pause.
const STRETCHES: usize = 5;
const STRETCH_FRAMES: u32 = 15;

#[derive(Debug)]
pub struct Loudness {
    filter: HighPass,
    last: [f32; SMOOTHED_FRAMES],
    /// The least of each stretch that is over, the newest last.
    least: [f32; STRETCHES],
    /// That of the stretch that goes on, and how many frames it has.
    present: f32,
    frames: u32,
    loudest: f32,
}

impl Default for Loudness {
    fn default() -> Self {
        Self {
            filter: HighPass::default(),
            last: [0.0; SMOOTHED_FRAMES],
            least: [NOISE_RMS_UNKNOWN_MAX; STRETCHES],
            present: f32::MAX,
            frames: 0,
            loudest: 0.0,
        }
    }
}

impl Loudness {
    /// The next 20 ms: whether it is loud enough to be a voice. `is_speech` says that somebody has begun to speak.
    pub fn hear(&mut self, frame: &[i16; FRAME], is_speech: bool) -> bool {
        let energy: f32 = frame.iter().map(|&sample| self.filter.next(f32::from(sample))).map(|sample| sample * sample).sum();
        let rms = (energy / FRAME as f32).sqrt();
        self.learn(rms);
        let noise = self.least.iter().fold(self.present, |least, stretch| least.min(*stretch));
        let is_loud = rms > VOICE_RMS_MIN.max(noise * VOICE_OVER_NOISE).max(self.loudest * VOICE_UNDER_LOUDEST);
        self.loudest = if is_speech && is_loud { rms.max(self.loudest * LOUDEST_KEPT) } else { self.loudest * LOUDEST_KEPT };
        is_loud
    }

    fn learn(&mut self, rms: f32) {
        self.last.rotate_left(1);
        self.last[SMOOTHED_FRAMES - 1] = rms;
        let smooth = self.last.iter().fold(0.0_f32, |most, rms| most.max(*rms));
        self.present = self.present.min(smooth);
        self.frames += 1;
        if self.frames == STRETCH_FRAMES {
            self.least.rotate_left(1);
            self.least[STRETCHES - 1] = self.present;
            (self.present, self.frames) = (f32::MAX, 0);
        }
    }
}

/// Sound as the band of voices has it: a filter of two poles (Butterworth).
#[derive(Debug)]
struct HighPass {
    norm: f32,
    /// What the last sound that was given, and the one before, weigh.
    weights: [f32; 2],
    taken: [f32; 2],
    given: [f32; 2],
}

impl Default for HighPass {
    fn default() -> Self {
        let k = (std::f32::consts::PI * CUTOFF_HZ / RATE_HZ as f32).tan();
        let norm = 1.0 / (1.0 + std::f32::consts::SQRT_2 * k + k * k);
        let weights = [2.0 * (k * k - 1.0) * norm, (1.0 - std::f32::consts::SQRT_2 * k + k * k) * norm];
        Self { norm, weights, taken: [0.0; 2], given: [0.0; 2] }
    }
}

impl HighPass {
    fn next(&mut self, sample: f32) -> f32 {
        let ([one, two], [last, before], [near, far]) = (self.taken, self.given, self.weights);
        let given = self.norm * (sample - 2.0 * one + two) - near * last - far * before;
        (self.taken, self.given) = ([sample, one], [given, last]);
        given
    }
}
