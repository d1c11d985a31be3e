//! Hears when somebody speaks: energy over a following noise floor, with tones taken out first.
//! Decides nothing about words; it hands on the samples from shortly before the first sound to the
//! silence after the last.

use std::collections::VecDeque;
use std::sync::Arc;

use super::jitter::FRAME;
use super::sound::RATE_HZ;
use crate::event::Listening;

const FRAME_MS: u64 = 20;
/// Clicks of the connection and the end of our own prompt's echo.
const IGNORED_MS: u64 = 150;
/// Kept from before speech was certain, so that no first consonant is lost.
const LEAD_IN_FRAMES: usize = 15;
/// Speech has begun when so many of the last `ONSET_WINDOW` frames have voice.
const ONSET_FRAMES: u32 = 4;
const ONSET_WINDOW: u32 = 6;
/// RMS below which nothing is speech, however quiet the line.
const VOICE_RMS_MIN: f32 = 220.0;
/// Speech is this many times the noise (about 10 dB).
const VOICE_OVER_NOISE: f32 = 3.0;
/// The noise floor before the line is known.
const NOISE_RMS_START: f32 = 80.0;
const NOISE_FALL: f32 = 0.3;
const NOISE_RISE: f32 = 1.01;
/// Share of a frame's energy in one tone, or in two of a key, above which it is not speech.
const TONE_SHARE: f32 = 0.85;
/// Key frequencies (low and high group) and those that exchanges and fax machines send.
const TONES_HZ: [f32; 14] = [697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0, 400.0, 425.0, 440.0, 950.0, 1100.0, 2100.0];
/// The longest that is listened, whatever is asked for.
const UTTERANCE_MS_MAX: u64 = 60_000;

/// What listening found in one frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Utterance(Arc<[i16]>),
    Silence,
}

/// Listens once: `Utterance` or `Silence` is the last thing it says.
#[derive(Debug)]
pub struct Ear {
    how: Listening,
    elapsed_ms: u64,
    /// How long the caller could have begun to speak.
    waited_ms: u64,
    noise_rms: f32,
    recent: u32,
    lead_in: VecDeque<[i16; FRAME]>,
    speech: Option<Speech>,
    done: bool,
}

#[derive(Debug)]
struct Speech {
    samples: Vec<i16>,
    silent_ms: u64,
}

impl Ear {
    pub fn new(how: Listening) -> Ear {
        Ear {
            how: Listening { utterance_ms_max: how.utterance_ms_max.min(UTTERANCE_MS_MAX), ..how },
            elapsed_ms: 0,
            waited_ms: 0,
            noise_rms: NOISE_RMS_START,
            recent: 0,
            lead_in: VecDeque::with_capacity(LEAD_IN_FRAMES),
            speech: None,
            done: false,
        }
    }

    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The next 20 ms. While a prompt is `prompted` to the caller, speech is heard but its absence
    /// means nothing yet. `key_down` says that a key is being pressed: its sound is no speech, and
    /// whoever keys is given time anew.
    pub fn hear(&mut self, frame: &[i16; FRAME], key_down: bool, prompted: bool) -> Option<Heard> {
        if self.done {
            return None;
        }
        self.elapsed_ms += FRAME_MS;
        self.waited_ms = if prompted || key_down { 0 } else { self.waited_ms + FRAME_MS };
        if self.elapsed_ms <= IGNORED_MS {
            return None;
        }
        let voiced = !key_down && self.is_voice(frame);
        match &mut self.speech {
            Some(speech) => {
                speech.samples.extend_from_slice(frame);
                speech.silent_ms = if voiced { 0 } else { speech.silent_ms + FRAME_MS };
                let long = speech.samples.len() as u64 * 1_000 / u64::from(RATE_HZ) >= self.how.utterance_ms_max;
                if speech.silent_ms < self.how.end_silence_ms && !long {
                    return None;
                }
                self.done = true;
                Some(Heard::Utterance(std::mem::take(&mut speech.samples).into()))
            }
            None => self.before_speech(frame, voiced),
        }
    }

    fn before_speech(&mut self, frame: &[i16; FRAME], voiced: bool) -> Option<Heard> {
        if self.lead_in.len() == LEAD_IN_FRAMES {
            self.lead_in.pop_front();
        }
        self.lead_in.push_back(*frame);
        self.recent = ((self.recent << 1) | u32::from(voiced)) & ((1 << ONSET_WINDOW) - 1);
        if self.recent.count_ones() >= ONSET_FRAMES {
            let samples = self.lead_in.drain(..).flatten().collect();
            self.speech = Some(Speech { samples, silent_ms: 0 });
            return None;
        }
        if self.waited_ms >= self.how.first_speech_ms_max {
            self.done = true;
            return Some(Heard::Silence);
        }
        None
    }

    fn is_voice(&mut self, frame: &[i16; FRAME]) -> bool {
        let energy: f32 = frame.iter().map(|&s| f32::from(s) * f32::from(s)).sum();
        let rms = (energy / FRAME as f32).sqrt();
        let voiced = rms > VOICE_RMS_MIN.max(self.noise_rms * VOICE_OVER_NOISE);
        if rms < self.noise_rms {
            self.noise_rms += (rms - self.noise_rms) * NOISE_FALL;
        } else if !voiced {
            self.noise_rms *= NOISE_RISE;
        }
        voiced && !is_tone(frame, energy)
    }
}

/// Whether nearly all energy lies in one tone or in the two of a key.
fn is_tone(frame: &[i16; FRAME], energy: f32) -> bool {
    let mut shares = TONES_HZ.map(|hz| tone_energy(frame, hz) / energy);
    shares.sort_by(f32::total_cmp);
    let [.., second, first] = shares;
    first > TONE_SHARE || first + second > TONE_SHARE
}

/// Goertzel: the energy of one frequency, on the scale of the frame's own energy.
fn tone_energy(frame: &[i16], hz: f32) -> f32 {
    let coefficient = 2.0 * (std::f32::consts::TAU * hz / RATE_HZ as f32).cos();
    let (mut last, mut before) = (0.0f32, 0.0f32);
    for &sample in frame {
        let next = f32::from(sample) + coefficient * last - before;
        before = last;
        last = next;
    }
    let power = last * last + before * before - coefficient * last * before;
    2.0 * power / frame.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOW: Listening = Listening { first_speech_ms_max: 2_000, utterance_ms_max: 3_000, end_silence_ms: 600 };

    /// Noise of a given strength, the same each time.
    struct Noise(u32);

    impl Noise {
        fn frame(&mut self, amplitude: i32) -> [i16; FRAME] {
            std::array::from_fn(|_| {
                self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((((self.0 >> 16) as i32 & 0xFFFF) - 32_768) * amplitude / 32_768) as i16
            })
        }
    }

    fn tone(frequencies: &[f32], tick: usize) -> [i16; FRAME] {
        std::array::from_fn(|n| {
            let at = (tick * FRAME + n) as f32 / RATE_HZ as f32;
            let sum: f32 = frequencies.iter().map(|hz| (std::f32::consts::TAU * hz * at).sin()).sum();
            (sum * 5_000.0) as i16
        })
    }

    /// Plays (milliseconds, amplitude) stretches of noise and names what was heard.
    fn check(stretches: &[(u64, i32)]) -> Vec<String> {
        let (mut ear, mut noise, mut heard) = (Ear::new(HOW), Noise(1), Vec::new());
        for &(ms, amplitude) in stretches {
            for _ in 0..ms / FRAME_MS {
                match ear.hear(&noise.frame(amplitude), false, false) {
                    Some(Heard::Utterance(samples)) => heard.push(format!("{} ms", samples.len() / 8 / 100 * 100)),
                    Some(Heard::Silence) => heard.push("silence".to_owned()),
                    None => {}
                }
            }
        }
        heard
    }

    #[test]
    fn speech_is_cut_out_of_silence() {
        assert_eq!(check(&[(500, 60), (1_000, 6_000), (1_000, 60)]), ["1800 ms"]);
        assert_eq!(check(&[(3_000, 60)]), ["silence"]);
        assert_eq!(check(&[(500, 60), (10_000, 6_000)]), ["3000 ms"]);
        // A pause inside a sentence does not end it.
        assert_eq!(check(&[(400, 60), (500, 6_000), (400, 60), (500, 6_000), (800, 60)]), ["2200 ms"]);
    }

    /// Silence of the caller; says after how many milliseconds it was given up on.
    fn patience(key_down: impl Fn(u64) -> bool, prompted: impl Fn(u64) -> bool) -> Option<u64> {
        let (mut ear, mut noise) = (Ear::new(HOW), Noise(1));
        (1..1_000).map(|tick| tick * FRAME_MS).find(|&now| ear.hear(&noise.frame(60), key_down(now), prompted(now)) == Some(Heard::Silence))
    }

    #[test]
    fn whoever_listens_to_the_prompt_or_keys_is_not_silent() {
        assert_eq!(patience(|_| false, |_| false), Some(2_000));
        assert_eq!(patience(|_| false, |now| now <= 8_000), Some(10_000));
        assert_eq!(patience(|now| now == 1_500 || now == 3_000, |_| false), Some(5_000));
        // Speech during the prompt is heard all the same.
        let (mut ear, mut noise) = (Ear::new(HOW), Noise(1));
        let heard = (0..200).find_map(|_| ear.hear(&noise.frame(6_000), false, true));
        assert!(matches!(heard, Some(Heard::Utterance(_))), "{heard:?}");
    }

    #[test]
    fn a_click_and_the_first_moment_are_no_speech() {
        assert_eq!(check(&[(140, 20_000), (3_000, 60)]), ["silence"]);
        assert_eq!(check(&[(500, 60), (40, 20_000), (3_000, 60)]), ["silence"]);
    }

    #[test]
    fn steady_noise_is_learnt() {
        // Loud at once, then steady: after the caller's car has been heard for a while, quiet words
        // must still stand out from it, and the car alone must not speak.
        assert_eq!(check(&[(1_900, 350), (200, 350)]), ["silence"]);
    }

    #[test]
    fn tones_are_no_speech() {
        for frequencies in [&[425.0f32][..], &[697.0, 1209.0], &[941.0, 1633.0], &[2100.0]] {
            let mut ear = Ear::new(HOW);
            let heard: Vec<Heard> = (0..150).filter_map(|tick| ear.hear(&tone(frequencies, tick), false, false)).collect();
            assert_eq!(heard, [Heard::Silence], "{frequencies:?}");
        }
    }
}
