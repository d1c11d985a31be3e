mod spoken;

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
    // Words without a pause, syllable by syllable.
    let syllables: Vec<(u64, i32)> = [(500, 60)].into_iter().chain([(160, 6_000), (60, 60)].into_iter().cycle().take(80)).collect();
    assert_eq!(check(&syllables), ["3000 ms"]);
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
