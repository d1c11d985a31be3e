#![allow(clippy::unwrap_used)]

use tokio::sync::mpsc;

use super::*;
use crate::event::{Listening, Playback, PlaybackId};
use crate::media::sound::Sound;

struct Bench {
    voice: Voice,
    events: mpsc::Receiver<LegEvent>,
}

fn bench() -> Bench {
    let counters = Arc::new(Counters::default());
    let (events, receiver) = Events::new(counters.clone());
    let (recorder, _thread) = Recorder::start(counters.clone()).unwrap();
    let mut voice = Voice::new(LegId(1), events, counters, recorder);
    voice.negotiate(Codec::Alaw, true);
    Bench { voice, events: receiver }
}

fn wire(hears: u64) -> (Option<Wire>, mpsc::Receiver<BridgeFrame>) {
    let (to, said) = mpsc::channel(8);
    (Some(Wire { source: 70, to, hears }), said)
}

fn frame(source: u64, timestamp: u32, value: u8) -> BridgeFrame {
    BridgeFrame { source, timestamp, sound: BridgeSound::G711(Codec::Alaw, Bytes::from(vec![value; FRAME])) }
}

fn first_byte(out: &Outgoing) -> u8 {
    out.payload.as_slice()[0]
}

#[test]
fn silence_is_sent_on_an_even_clock() {
    let mut bench = bench();
    let sent: Vec<Outgoing> = (0..3).map(|_| bench.voice.tick().unwrap()).collect();
    assert_eq!(sent.iter().map(|out| out.marker).collect::<Vec<_>>(), [true, false, false]);
    assert!(sent.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) == 160));
    assert!(sent.iter().all(|out| first_byte(out) == Codec::Alaw.silence()));
}

#[test]
fn a_bridge_is_heard_at_once_and_only_from_its_own_source() {
    let mut bench = bench();
    bench.voice.tick();
    bench.voice.connect(wire(7).0);
    let first = bench.voice.bridged(frame(7, 5_000, 1)).unwrap();
    assert!(first.marker);
    // While it flows, no silence is put between.
    assert_eq!(bench.voice.tick(), None);
    let second = bench.voice.bridged(frame(7, 5_160, 2)).unwrap();
    assert!(!second.marker);
    assert_eq!(second.timestamp.wrapping_sub(first.timestamp), 160);
    // What an earlier bridge still had under way is not heard.
    assert_eq!(bench.voice.bridged(frame(6, 5_320, 3)), None);
    // When it dries up, silence follows, later in time than all before.
    let silence = std::iter::from_fn(|| Some(bench.voice.tick())).take(20).flatten().next().unwrap();
    assert!(silence.marker);
    assert!((silence.timestamp.wrapping_sub(second.timestamp) as i32) > 0);
    // A source that jumps in time does not make ours jump.
    let jumped = bench.voice.bridged(frame(7, 4_000_000, 4)).unwrap();
    assert!(jumped.timestamp.wrapping_sub(silence.timestamp) < 1_600);
}

#[test]
fn a_playback_goes_before_the_bridge_and_tells_its_end_once() {
    let mut bench = bench();
    bench.voice.connect(wire(7).0);
    let sound = Arc::new(Sound::from_samples(vec![8_000; 2 * FRAME]));
    bench.voice.command(MediaCommand::Play(Playback { id: PlaybackId(3), sounds: vec![sound], repeat: false }));
    assert_eq!(first_byte(&bench.voice.tick().unwrap()), Codec::Alaw.encode(8_000));
    assert_eq!(bench.voice.bridged(frame(7, 0, 1)), None);
    bench.voice.tick();
    assert!(bench.events.try_recv().is_err());
    assert_eq!(first_byte(&bench.voice.tick().unwrap()), Codec::Alaw.silence());
    assert!(matches!(bench.events.try_recv().unwrap(), LegEvent::PlaybackFinished { playback: PlaybackId(3), .. }));
    assert!(bench.voice.bridged(frame(7, 0, 1)).is_some());
}

#[test]
fn silence_is_told_after_the_prompt_and_not_during_it() {
    const SILENCE_TICKS: usize = 50;
    let check = |repeat: bool, prompt_ticks: u32| {
        let mut bench = bench();
        let sounds = vec![Arc::new(Sound::silence(prompt_ticks * 20))];
        bench.voice.command(MediaCommand::Play(Playback { id: PlaybackId(1), sounds, repeat }));
        let how = Listening { first_speech_ms_max: 1_000, utterance_ms_max: 3_000, end_silence_ms: 600 };
        bench.voice.command(MediaCommand::Listen(how));
        (1..500).find(|_| {
            bench.voice.tick();
            std::iter::from_fn(|| bench.events.try_recv().ok()).any(|event| matches!(event, LegEvent::Silence { .. }))
        })
    };
    assert_eq!(check(false, 400), Some(400 + SILENCE_TICKS));
    // Music has no end to wait for.
    assert_eq!(check(true, 400), Some(SILENCE_TICKS));
}

#[test]
fn a_replaced_playback_is_silent_about_its_end() {
    let mut bench = bench();
    for id in [1, 2] {
        let sounds = vec![Arc::new(Sound::silence(20))];
        bench.voice.command(MediaCommand::Play(Playback { id: PlaybackId(id), sounds, repeat: false }));
    }
    for _ in 0..5 {
        bench.voice.tick();
    }
    assert!(matches!(bench.events.try_recv().unwrap(), LegEvent::PlaybackFinished { playback: PlaybackId(2), .. }));
    assert!(bench.events.try_recv().is_err());
}

#[test]
fn the_other_law_is_translated() {
    let mut bench = bench();
    bench.voice.connect(wire(7).0);
    let loud = Codec::Ulaw.encode(10_000);
    let sound = BridgeSound::G711(Codec::Ulaw, Bytes::from(vec![loud; FRAME]));
    let out = bench.voice.bridged(BridgeFrame { source: 7, timestamp: 0, sound }).unwrap();
    let heard = Codec::Alaw.decode(first_byte(&out));
    assert!((9_500..10_500).contains(&heard), "{heard}");
}

#[test]
fn a_muted_leg_is_not_passed_on() {
    let mut bench = bench();
    let (command, mut said) = wire(7);
    bench.voice.connect(command);
    bench.voice.received(Codec::Alaw, 0, &[1; FRAME]);
    assert_eq!(said.try_recv().unwrap().source, 70);
    bench.voice.command(MediaCommand::Mute(true));
    bench.voice.received(Codec::Alaw, 160, &[1; FRAME]);
    assert!(said.try_recv().is_err());
    bench.voice.command(MediaCommand::Mute(false));
    bench.voice.received(Codec::Alaw, 320, &[1; FRAME]);
    assert!(said.try_recv().is_ok());
}

#[test]
fn held_by_the_other_side_nothing_is_sent_but_playbacks_end() {
    let mut bench = bench();
    bench.voice.tick();
    bench.voice.negotiate(Codec::Alaw, false);
    let sounds = vec![Arc::new(Sound::silence(60))];
    bench.voice.command(MediaCommand::Play(Playback { id: PlaybackId(1), sounds, repeat: false }));
    assert!((0..5).all(|_| bench.voice.tick().is_none()));
    assert!(matches!(bench.events.try_recv().unwrap(), LegEvent::PlaybackFinished { .. }));
}

#[test]
fn keys_pause_the_sound_and_time_goes_on() {
    let mut bench = bench();
    let before = bench.voice.tick().unwrap();
    bench.voice.command(MediaCommand::SendKeys("5".to_owned()));
    let keys = std::iter::from_fn(|| bench.voice.tick().filter(|out| out.kind == OutgoingKind::Key)).count();
    assert_eq!(keys, 8);
    let after = std::iter::from_fn(|| Some(bench.voice.tick())).take(20).flatten().next().unwrap();
    assert_eq!(after.kind, OutgoingKind::Sound);
    assert!(after.timestamp.wrapping_sub(before.timestamp) >= 9 * 160);
}

#[test]
fn keys_nobody_can_press_so_fast_are_dropped_and_counted() {
    let mut bench = bench();
    let burst = KEYS_HEARD.burst as usize;
    let told = |bench: &mut Bench| std::iter::from_fn(|| bench.events.try_recv().ok()).count();
    let mut timestamp = 0;
    let mut press = |bench: &mut Bench, times: usize| {
        for _ in 0..times {
            timestamp += 160;
            // Each press is repeated, as senders do.
            for _ in 0..3 {
                bench.voice.received_key(timestamp, &[5, 10, 0, 160]);
            }
        }
    };
    press(&mut bench, 500);
    assert_eq!(told(&mut bench), burst);
    // A second later as many as come in a second.
    for _ in 0..50 {
        bench.voice.tick();
    }
    press(&mut bench, 500);
    assert_eq!(told(&mut bench), KEYS_HEARD.per_second as usize);
    assert_eq!(bench.voice.counters.read(0).keys_dropped, (1_000 - burst - KEYS_HEARD.per_second as usize) as u64);
}
