//! Waiting music of our own: a quiet, slow figure in G major pentatonic that begins where it ends.
//! Written for this project; no recording or score of anybody's is used.

use super::sound::{RATE, Sound};

/// Quieter than speech, so that announcements stand out.
pub(super) const LOUDNESS_DBFS: f32 = -31.0;
const BEATS: usize = 24;
const BEAT_SAMPLES: usize = 4_800;
const NOTE_SAMPLES: usize = 20_000;

/// Half tones from the A of 440 Hz: each beat one note, `REST` none.
const MELODY: [i32; BEATS] = [-14, -7, -2, 2, -2, -7, -17, -10, -5, 2, REST, -5, -14, -7, -2, 5, 2, -2, -12, -5, -2, 0, REST, -7];
const REST: i32 = i32::MIN;
/// Share of each overtone: round like a felt-covered piano.
const OVERTONES: [(f32, f32); 4] = [(1.0, 1.0), (2.0, 0.28), (3.0, 0.1), (4.0, 0.04)];

/// Fourteen seconds that can be repeated without a seam: what rings on at the end sounds at the start.
#[allow(clippy::cast_precision_loss)] // a few hundred thousand samples
pub(super) fn compose() -> Sound {
    let length = BEATS * BEAT_SAMPLES;
    let mut samples = vec![0.0_f32; length];
    for (beat, half_tones) in MELODY.into_iter().enumerate().filter(|(_, note)| *note != REST) {
        let hertz = 440.0 * 2.0_f32.powf(half_tones as f32 / 12.0);
        for index in 0..NOTE_SAMPLES {
            let seconds = index as f32 / RATE as f32;
            let rise = (seconds / 0.03).min(1.0);
            let fall = (-seconds * 1.6).exp() * (1.0 - index as f32 / NOTE_SAMPLES as f32);
            let tone: f32 = OVERTONES.iter().map(|(times, share)| share * (std::f32::consts::TAU * hertz * times * seconds).sin()).sum();
            samples[(beat * BEAT_SAMPLES + index) % length] += tone * rise * fall;
        }
    }
    Sound { rate: RATE, samples }.levelled(LOUDNESS_DBFS)
}
