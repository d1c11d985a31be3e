//! Hears when somebody speaks: energy in the band of voices over a following noise floor, with tones
//! taken out first. Decides nothing about words; it hands on the samples from shortly before the first
//! sound to the silence after the last.

use std::collections::VecDeque;
use std::sync::Arc;

use super::jitter::FRAME;
use super::loudness::Loudness;
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
/// Speech goes on while so many of the last `ONSET_WINDOW` frames have voice: one alone is a click, or the noise itself.
const GOING_ON_FRAMES: u32 = 3;
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
    loudness: Loudness,
    /// A bit for each of the last `ONSET_WINDOW` frames, the newest lowest: whether it had voice.
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
            loudness: Loudness::default(),
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
        // The noise of the line is learnt from the first moment on.
        let is_loud = self.loudness.hear(frame, self.speech.is_some());
        if self.elapsed_ms <= IGNORED_MS {
            return None;
        }
        let voiced = is_loud && !key_down && !is_tone(frame);
        self.recent = ((self.recent << 1) | u32::from(voiced)) & ((1 << ONSET_WINDOW) - 1);
        match &mut self.speech {
            Some(speech) => {
                speech.samples.extend_from_slice(frame);
                let goes_on = voiced && self.recent.count_ones() >= GOING_ON_FRAMES;
                speech.silent_ms = if goes_on { 0 } else { speech.silent_ms + FRAME_MS };
                let long = speech.samples.len() as u64 * 1_000 / u64::from(RATE_HZ) >= self.how.utterance_ms_max;
                if speech.silent_ms < self.how.end_silence_ms && !long {
                    return None;
                }
                self.done = true;
                Some(Heard::Utterance(std::mem::take(&mut speech.samples).into()))
            }
            None => self.before_speech(frame),
        }
    }

    fn before_speech(&mut self, frame: &[i16; FRAME]) -> Option<Heard> {
        if self.lead_in.len() == LEAD_IN_FRAMES {
            self.lead_in.pop_front();
        }
        self.lead_in.push_back(*frame);
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
}

/// Whether nearly all energy lies in one tone or in the two of a key.
fn is_tone(frame: &[i16; FRAME]) -> bool {
    let energy: f32 = frame.iter().map(|&s| f32::from(s) * f32::from(s)).sum();
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
mod tests;
