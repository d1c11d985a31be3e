//! Sentences that espeak-ng speaks in three languages, over the noises of telephones. Everything is counted in ticks of
//! 20 ms, so the figures are the same on every machine; they are printed (`cargo xtask bench hearing`).

use super::*;
use std::{
    f32::consts::TAU,
    io::Write,
    process::{Command, Stdio},
    sync::LazyLock,
};

/// As the switchboard listens.
const HOW: Listening = Listening { first_speech_ms_max: 5_000, utterance_ms_max: 12_000, end_silence_ms: 600 };
/// From the last sound of the last word until its end is told.
const TOLD_MS_MAX: i64 = 700;
/// Words, with pauses of up to half a second within a sentence, and sentences of one word.
const SENTENCES: [(&str, &str); 21] = [
    ("en-gb", "somebody took my car"),
    ("en-gb", "hello, I want to report, well, somebody stole my wallet on the bus this morning"),
    ("en-gb", "there is a fire in the house across the street and I can see smoke"),
    ("en-gb", "my neighbours are having a party, and it has been going on, for hours"),
    ("en-gb", "no, it is over"),
    ("en-gb", "yes"),
    ("en-gb", "help"),
    ("sv", "jag vill anmäla att min cykel blev stulen igår"),
    ("sv", "hej, jo, alltså, det är så att någon har brutit sig in i vår sommarstuga"),
    ("sv", "det står en man utanför och han slår på dörren, snälla kom fort"),
    ("sv", "jag behöver ett nytt pass"),
    ("sv", "nej det är över"),
    ("sv", "ja"),
    ("sv", "hjälp"),
    ("da", "jeg vil gerne anmelde at min cykel er blevet stjålet"),
    ("da", "hej, ja, altså, der er nogen der har brudt ind i vores sommerhus"),
    ("da", "der er en mand uden for, og han banker på døren, skynd jer"),
    ("da", "jeg skal bruge et nyt pas"),
    ("da", "nej det er overstået"),
    ("da", "ja"),
    ("da", "hjælp"),
];
/// A voice of usual loudness (-22 dB of full scale), and what of it is its last sound.
const VOICE_RMS: f32 = 2_500.0;
const LAST_RMS_MIN: f32 = 150.0;

static SPOKEN: LazyLock<Vec<Vec<f32>>> = LazyLock::new(|| SENTENCES.iter().map(|(language, text)| spoken(language, text)).collect());

fn spoken(language: &str, text: &str) -> Vec<f32> {
    let wide = Command::new("espeak-ng").args(["-v", language, "--stdout", text]).output().unwrap();
    assert!(wide.status.success(), "espeak-ng: {}", String::from_utf8_lossy(&wide.stderr));
    let arguments = ["--ignore-length", "-D", "-t", "wav", "-", "-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1", "-"];
    let mut sox = Command::new("sox").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = sox.stdin.take().unwrap();
    let writing = std::thread::spawn(move || stdin.write_all(&wide.stdout).unwrap());
    let narrow = sox.wait_with_output().unwrap();
    writing.join().unwrap();
    let samples: Vec<f32> = narrow.stdout.chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]]))).collect();
    assert!(samples.len() > 1_000, "sox made no sound of {text:?}");
    scaled(samples, VOICE_RMS)
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

fn scaled(samples: Vec<f32>, wanted: f32) -> Vec<f32> {
    let factor = wanted / rms(&samples).max(1.0);
    samples.into_iter().map(|sample| sample * factor).collect()
}

#[derive(Clone, Copy, Debug)]
enum Behind {
    /// Hiss of the line itself.
    Line,
    /// The mains and their harmonics.
    Hum,
    /// Rumble that swells and falls, with wind over it.
    Car,
    /// Eight others who speak at the same time.
    Babble,
}

fn noise(behind: Behind, count: usize, wanted: f32) -> Vec<f32> {
    let mut hiss = Noise(7);
    let mut hiss = std::iter::repeat_with(|| hiss.frame(20_000)).flatten().map(f32::from);
    let sine = |hz: f32, at: usize| (TAU * hz * at as f32 / RATE_HZ as f32).sin();
    let samples = match behind {
        Behind::Line => hiss.take(count).collect(),
        Behind::Hum => (0..count)
            .map(|at| [(50.0, 1.0), (100.0, 0.5), (150.0, 0.4), (250.0, 0.2)].map(|(hz, part)| part * sine(hz, at)).iter().sum())
            .collect(),
        Behind::Car => {
            let (mut rumble, mut wind) = (0.0_f32, 0.0_f32);
            let next = |at| {
                let sample = hiss.next().unwrap_or_default();
                rumble += 0.06 * (sample - rumble);
                wind += 0.3 * (sample - wind);
                (6.0 * rumble + 0.3 * wind) * (1.0 + 0.3 * sine(0.7, at))
            };
            (0..count).map(next).collect()
        }
        Behind::Babble => {
            let voices: Vec<(&Vec<f32>, usize)> = (0..8).map(|voice| (&SPOKEN[voice * 5 % SPOKEN.len()], voice * 3_777)).collect();
            (0..count).map(|at| voices.iter().map(|(voice, ahead)| voice[(at + ahead) % voice.len()]).sum()).collect()
        }
    };
    scaled(samples, wanted)
}

/// Hears the sound to its end: what was heard, and how many samples had been heard when it was told.
fn hear(sound: &[f32]) -> Option<(Heard, usize)> {
    let mut ear = Ear::new(HOW);
    sound.chunks_exact(FRAME).enumerate().find_map(|(tick, samples)| {
        let frame = std::array::from_fn(|n| samples[n].clamp(-32_768.0, 32_767.0) as i16);
        Some((ear.hear(&frame, false, false)?, (tick + 1) * FRAME))
    })
}

/// A second of noise, the sentence over it, and noise for longer than anybody is heard.
fn over(voice: &[f32], mut sound: Vec<f32>) -> Vec<f32> {
    sound[RATE_HZ as usize..].iter_mut().zip(voice).for_each(|(sample, voice)| *sample += voice);
    sound
}

/// After how many milliseconds each sentence's end was told, sorted; every one is heard from its first sound on.
fn delays(behind: Behind, loud: f32) -> Vec<i64> {
    let delay = |(voice, (_, text)): (&Vec<f32>, &(&str, &str))| {
        let ten_ms = RATE_HZ as usize / 100;
        let loud_at = |part: &[f32]| rms(part) > LAST_RMS_MIN;
        let first = RATE_HZ as usize + voice.chunks(ten_ms).position(loud_at).unwrap() * ten_ms;
        let last = RATE_HZ as usize + (voice.chunks(ten_ms).rposition(loud_at).unwrap() + 1) * ten_ms;
        let sound = over(voice, noise(behind, voice.len() + 15 * RATE_HZ as usize, loud));
        let Some((Heard::Utterance(heard), told)) = hear(&sound) else { panic!("{behind:?} at {loud}: nobody hears {text:?}") };
        let begun = told - heard.len();
        assert!(begun <= first + RATE_HZ as usize / 10, "{behind:?} at {loud}: {text:?} is heard {} ms late", (begun - first) / 8);
        (told as i64 - last as i64) / 8
    };
    let mut delays: Vec<i64> = SPOKEN.iter().zip(&SENTENCES).map(delay).collect();
    delays.sort_unstable();
    delays
}

#[test]
#[allow(clippy::print_stdout, reason = "the figures are read by `cargo xtask bench`")]
fn the_end_is_told_soon_after_the_last_word() {
    for (behind, levels) in [
        (Behind::Line, [0.0, 100.0, 300.0, 600.0]),
        (Behind::Hum, [50.0, 200.0, 500.0, 800.0]),
        (Behind::Car, [100.0, 300.0, 700.0, 1_000.0]),
        (Behind::Babble, [50.0, 100.0, 200.0, 300.0]),
    ] {
        for loud in levels {
            let delays = delays(behind, loud);
            let at = |share: usize| delays[(delays.len() - 1) * share / 100];
            let name = format!("{behind:?}").to_lowercase();
            println!("hearing: {name} at RMS {loud}: end told after {} / {} / {} ms (least, median, most)", at(0), at(50), at(100));
            assert!(at(0) > 0, "{name} at {loud}: cut off in the middle: {delays:?}");
            assert!(at(100) <= TOLD_MS_MAX, "{name} at {loud}: {delays:?}");
        }
    }
}

#[test]
fn noise_alone_is_nobody() {
    for behind in [Behind::Line, Behind::Hum, Behind::Car] {
        for loud in [100.0, 300.0, 700.0, 1_300.0] {
            let heard = hear(&noise(behind, 20 * RATE_HZ as usize, loud)).map(|(heard, told)| (heard, told / 8));
            assert_eq!(heard, Some((Heard::Silence, 5_000)), "{behind:?} at {loud}");
        }
    }
}

#[test]
fn noise_as_loud_as_voices_is_not_heard_for_ever() {
    for behind in [Behind::Line, Behind::Hum, Behind::Car] {
        for loud in [3_000.0, 6_000.0, 12_000.0] {
            let (_, told) = hear(&noise(behind, 20 * RATE_HZ as usize, loud)).unwrap();
            assert!(told / 8 <= 5_000, "{behind:?} at {loud}: {} ms", told / 8);
        }
    }
}

#[test]
fn a_noise_that_begins_while_somebody_speaks_is_not_heard_for_ever() {
    let voice = &SPOKEN[0];
    for behind in [Behind::Line, Behind::Hum, Behind::Car] {
        let begins = RATE_HZ as usize + voice.len() / 2;
        let mut sound = over(voice, vec![0.0; voice.len() + 15 * RATE_HZ as usize]);
        let rest = sound.len() - begins;
        sound[begins..].iter_mut().zip(noise(behind, rest, 1_500.0)).for_each(|(sample, noise)| *sample += noise);
        let Some((Heard::Utterance(_), told)) = hear(&sound) else { panic!("{behind:?}: nobody hears it") };
        // The noise is known when it has lasted; then comes the silence after the last word.
        let late_ms = (told - begins) / 8;
        assert!(late_ms < 3_000, "{behind:?}: {late_ms} ms after it began");
    }
}

#[test]
fn keys_and_tones_before_the_words_are_no_part_of_them() {
    let voice = &SPOKEN[0];
    for tones in [&[425.0_f32][..], &[697.0, 1209.0], &[941.0, 1633.0]] {
        let mut sound = over(voice, vec![0.0; voice.len() + 4 * RATE_HZ as usize]);
        let loud = (0..40).flat_map(|tick| tone(tones, tick)).map(f32::from);
        sound.iter_mut().zip(loud).take(RATE_HZ as usize * 6 / 10).for_each(|(sample, tone)| *sample += tone);
        let Some((Heard::Utterance(heard), told)) = hear(&sound) else { panic!("{tones:?}: nobody hears it") };
        assert!(told - heard.len() >= RATE_HZ as usize * 6 / 10, "{tones:?}: begun {} ms in", (told - heard.len()) / 8);
    }
}

#[test]
fn whoever_never_pauses_is_heard_up_to_the_cap() {
    // Without the quiet before and behind the words, over and over.
    let voice = &SPOKEN[2];
    let words = &voice[voice.iter().position(|sample| sample.abs() > 500.0).unwrap()..];
    let words = &words[..=words.iter().rposition(|sample| sample.abs() > 500.0).unwrap()];
    let sound: Vec<f32> = words.iter().copied().cycle().take(20 * RATE_HZ as usize).collect();
    let Some((Heard::Utterance(heard), _)) = hear(&sound) else { panic!("nobody hears it") };
    assert_eq!(heard.len() as u64 * 1_000 / u64::from(RATE_HZ), HOW.utterance_ms_max);
}
