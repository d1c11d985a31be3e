//! Two of ours call each other: who hears whom is told by tones, measured in what arrives.

use crate::support;

use std::path::Path;
use std::sync::Arc;

use support::{NUMBER, Side, call, dial, tones_in};
use telephony::{
    Admission, BodyPart, BridgeId, Config, EndCause, LegEvent, Playback, PlaybackId, Refusal, Sound, StartError, Telephony, Transport,
};
use tokio::time::{Duration, Instant, sleep};

const BRIDGE: BridgeId = BridgeId(1);
const OTHER: BridgeId = BridgeId(2);

#[tokio::test]
async fn two_in_a_bridge_hear_each_other() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (a, at_a) = call(&mut world, &mut svar).await;
    let (b, at_b) = call(&mut world, &mut svar).await;
    world.play_tone(a, 600);
    world.play_tone(b, 1_000);
    svar.hears(at_a, &[600]).await;
    assert_eq!(world.hear(a).await, []);
    svar.telephony.bridge(BRIDGE, vec![at_a, at_b]);
    world.hears(a, &[1_000]).await;
    world.hears(b, &[600]).await;

    svar.telephony.mute(at_a, true);
    world.hears(b, &[]).await;
    world.hears(a, &[1_000]).await;
    svar.telephony.mute(at_a, false);
    world.hears(b, &[600]).await;

    // Music over the bridge, and the bridge again when it stops.
    svar.play_tone(at_a, 1_900);
    world.hears(a, &[1_900]).await;
    svar.telephony.stop_playing(at_a);
    world.hears(a, &[1_000]).await;

    svar.telephony.bridge(BRIDGE, vec![]);
    world.hears(a, &[]).await;
    world.telephony.hang_up(a);
    assert_eq!(svar.ended(at_a).await, EndCause::HungUp);
    assert_eq!(world.ended(a).await, EndCause::HungUpHere);
    svar.telephony.hang_up(at_b);
    assert_eq!(world.ended(b).await, EndCause::HungUp);
    assert_eq!(svar.ended(at_b).await, EndCause::HungUpHere);
    svar.until("without legs", |stats| stats.legs == 0).await;
    world.until("without legs", |stats| stats.legs == 0).await;
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn three_are_mixed_and_one_moves_on() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (a, at_a) = call(&mut world, &mut svar).await;
    let (b, at_b) = call(&mut world, &mut svar).await;
    let (c, at_c) = call(&mut world, &mut svar).await;
    for (leg, hz) in [(a, 600), (b, 1_000), (c, 1_500)] {
        world.play_tone(leg, hz);
    }
    svar.telephony.bridge(BRIDGE, vec![at_a, at_b]);
    world.hears(a, &[1_000]).await;
    // A third joins: each hears the two others, nobody itself.
    svar.telephony.bridge(BRIDGE, vec![at_a, at_b, at_c]);
    world.hears(a, &[1_000, 1_500]).await;
    world.hears(b, &[600, 1_500]).await;
    world.hears(c, &[600, 1_000]).await;
    // Transfer: the first goes with the third, the one who put them together stays behind.
    svar.telephony.bridge(OTHER, vec![at_a, at_c]);
    world.hears(a, &[1_500]).await;
    world.hears(c, &[600]).await;
    world.hears(b, &[]).await;
    // The last of a bridge hears silence when the other is gone.
    world.telephony.hang_up(c);
    svar.ended(at_c).await;
    world.hears(a, &[]).await;
    svar.stop().await;
    assert_eq!(world.ended(a).await, EndCause::HungUp);
    world.stop().await;
}

#[tokio::test]
async fn a_mix_becomes_a_pair_when_one_hangs_up() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (a, at_a) = call(&mut world, &mut svar).await;
    let (b, at_b) = call(&mut world, &mut svar).await;
    let (c, at_c) = call(&mut world, &mut svar).await;
    for (leg, hz) in [(a, 600), (b, 1_000), (c, 1_500)] {
        world.play_tone(leg, hz);
    }
    svar.telephony.bridge(BRIDGE, vec![at_a, at_b, at_c]);
    world.hears(a, &[1_000, 1_500]).await;
    world.telephony.hang_up(c);
    svar.ended(at_c).await;
    world.hears(a, &[1_000]).await;
    world.hears(b, &[600]).await;
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn keys_go_both_ways_once_each() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (out, leg) = call(&mut world, &mut svar).await;
    world.telephony.send_keys(out, "0119*#");
    assert_eq!(svar.keys(leg, 6).await, "0119*#");
    svar.telephony.send_keys(leg, "AD5");
    assert_eq!(world.keys(out, 3).await, "AD5");
    // A key is no speech, and sound goes on after it.
    world.play_tone(out, 600);
    svar.hears(leg, &[600]).await;
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn a_playback_ends_by_itself_and_is_heard() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (out, leg) = call(&mut world, &mut svar).await;
    let sounds = vec![Arc::new(Sound::silence(400)), Arc::new(Sound::tone(1_000, 900))];
    svar.telephony.play(leg, Playback { id: PlaybackId(9), sounds, repeat: false });
    world.hears(out, &[1_000]).await;
    let finished = |event: &LegEvent| matches!(event, LegEvent::PlaybackFinished { playback: PlaybackId(9), .. }).then_some(());
    svar.wait("PlaybackFinished", finished).await;
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn a_recording_holds_both_directions() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (out, leg) = call(&mut world, &mut svar).await;
    world.play_tone(out, 600);
    svar.play_tone(leg, 1_500);
    world.hears(out, &[1_500]).await;
    let path = std::env::temp_dir().join(format!("svar-recording-{}.wav", std::process::id()));
    svar.telephony.record(leg, path.clone());
    svar.hears(leg, &[600]).await;
    svar.hears(leg, &[600]).await;
    svar.telephony.stop_recording(leg);
    svar.stop().await;
    world.stop().await;
    written(&path).await;
    let mut reader = hound::WavReader::open(&path).unwrap();
    assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 8_000));
    let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
    let side = |n: usize| samples.iter().skip(n).step_by(2).copied().collect::<Vec<i16>>();
    assert_eq!(tones_in(&side(0)), [600]);
    assert_eq!(tones_in(&side(1)), [1_500]);
    assert!(samples.len() > 2 * 8_000, "{}", samples.len());
    std::fs::remove_file(&path).unwrap();
}

/// Waits until more than a second of both directions is in the file: whoever stops does not wait for the disk.
async fn written(path: &Path) {
    let deadline = Instant::now() + support::DEADLINE;
    while !hound::WavReader::open(path).is_ok_and(|wav| wav.len() > 2 * 8_000) {
        assert!(Instant::now() < deadline, "{} is never written", path.display());
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_a_caller_brings_is_handed_on() {
    let (mut svar, world) = (Side::start().await, Side::start().await);
    let place = BodyPart {
        content_type: "application/pidf+xml".to_owned(),
        content_id: Some("place@example.org".to_owned()),
        bytes: b"<presence>\xC3\xA5\xFF</presence>".to_vec(),
    };
    let mut wish = dial(&svar.uri());
    wish.from_display = Some("A caller".to_owned());
    wish.extra_parts = vec![place.clone()];
    wish.extra_headers = vec![
        ("Geolocation".to_owned(), "<cid:place@example.org>".to_owned()),
        ("Geolocation".to_owned(), "<https://example.org/held>;x=y".to_owned()),
        ("Geolocation-Routing".to_owned(), "no;x=y".to_owned()),
    ];
    world.telephony.dial(wish);
    let event = svar.wait("Incoming", |event| matches!(event, LegEvent::Incoming { .. }).then(|| event.clone())).await;
    let shown = format!("{event:?}");
    assert!(!shown.contains(NUMBER) && !shown.contains("11414"), "{shown}");
    let LegEvent::Incoming { from_user, from_display, to_user, anonymous, parts, geolocation, geolocation_routing, transport, .. } = event
    else {
        unreachable!()
    };
    assert_eq!((from_user.as_str(), to_user.as_str(), anonymous), (NUMBER, "11414", false));
    assert_eq!(from_display.as_deref(), Some("A caller"));
    assert_eq!(parts, [place]);
    assert_eq!(geolocation, ["<cid:place@example.org>", "<https://example.org/held>;x=y"]);
    assert_eq!(geolocation_routing.as_deref(), Some("no;x=y"));
    assert_eq!(transport, Transport::Udp);
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn a_hidden_caller_stays_hidden() {
    let (mut svar, world) = (Side::start().await, Side::start().await);
    let mut hidden = dial(&svar.uri());
    hidden.from_user = "anonymous".to_owned();
    hidden.extra_headers =
        vec![("Privacy".to_owned(), "id".to_owned()), ("P-Asserted-Identity".to_owned(), format!("<sip:{NUMBER}@example.org>"))];
    let mut shown = hidden.clone();
    shown.from_user = "whatever".to_owned();
    shown.extra_headers.remove(0);
    for (wish, expected) in [(hidden, ("anonymous", true)), (shown, (NUMBER, false))] {
        world.telephony.dial(wish);
        let (from, anonymous) = svar
            .wait("Incoming", |event| match event {
                LegEvent::Incoming { from_user, anonymous, .. } => Some((from_user.clone(), *anonymous)),
                _ => None,
            })
            .await;
        assert_eq!((from.as_str(), anonymous), expected);
    }
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn over_tcp_too() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let out = world.dial(&format!("{};transport=tcp", svar.uri()));
    let (leg, transport) = svar
        .wait("Incoming", |event| match event {
            LegEvent::Incoming { leg, transport, .. } => Some((*leg, *transport)),
            _ => None,
        })
        .await;
    assert_eq!(transport, Transport::Tcp);
    svar.telephony.ring(leg);
    world.wait("Ringing", |event| matches!(event, LegEvent::Ringing { .. }).then_some(())).await;
    svar.telephony.answer(leg);
    svar.answered(leg).await;
    world.answered(out).await;
    world.play_tone(out, 600);
    svar.hears(leg, &[600]).await;
    svar.telephony.hang_up(leg);
    assert_eq!(world.ended(out).await, EndCause::HungUp);
    assert_eq!(svar.ended(leg).await, EndCause::HungUpHere);
    svar.stop().await;
    world.stop().await;
}

/// How far a call has come when somebody hangs up.
#[derive(Debug, Clone, Copy)]
enum State {
    Arrived,
    Ringing,
    Answered,
    Bridged,
}

#[tokio::test]
async fn either_side_may_hang_up_in_every_state() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    for state in [State::Arrived, State::Ringing, State::Answered, State::Bridged] {
        for caller_hangs_up in [true, false] {
            let out = world.dial(&svar.uri());
            let leg = svar.incoming().await;
            if !matches!(state, State::Arrived) {
                svar.telephony.ring(leg);
                world.wait("Ringing", |event| matches!(event, LegEvent::Ringing { leg } if *leg == out).then_some(())).await;
            }
            if matches!(state, State::Answered | State::Bridged) {
                svar.telephony.answer(leg);
                svar.answered(leg).await;
                world.answered(out).await;
            }
            if matches!(state, State::Bridged) {
                svar.telephony.bridge(BRIDGE, vec![leg]);
            }
            let ahead = matches!(state, State::Answered | State::Bridged);
            let (there, here) = match (caller_hangs_up, ahead) {
                (true, true) => (EndCause::HungUpHere, EndCause::HungUp),
                (true, false) => (EndCause::HungUpHere, EndCause::Cancelled),
                (false, true) => (EndCause::HungUp, EndCause::HungUpHere),
                (false, false) => (EndCause::NoAnswer, EndCause::HungUpHere),
            };
            match caller_hangs_up {
                true => world.telephony.hang_up(out),
                false => svar.telephony.hang_up(leg),
            }
            assert_eq!(world.ended(out).await, there, "{state:?} {caller_hangs_up}");
            assert_eq!(svar.ended(leg).await, here, "{state:?} {caller_hangs_up}");
            // What comes too late is nothing.
            svar.telephony.hang_up(leg);
            svar.telephony.answer(leg);
            svar.telephony.ring(leg);
        }
    }
    svar.until("without dialogs", |stats| (stats.legs, stats.dialogs) == (0, 0)).await;
    world.until("without dialogs", |stats| (stats.legs, stats.dialogs) == (0, 0)).await;
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn an_answer_and_a_cancel_may_cross() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    for _ in 0..30 {
        let out = world.dial(&svar.uri());
        let leg = svar.incoming().await;
        world.telephony.hang_up(out);
        svar.telephony.answer(leg);
        assert_eq!(world.ended(out).await, EndCause::HungUpHere);
        let cause = svar.ended(leg).await;
        assert!(matches!(cause, EndCause::Cancelled | EndCause::HungUp), "{cause:?}");
    }
    svar.until("without dialogs", |stats| (stats.legs, stats.dialogs) == (0, 0)).await;
    world.until("without legs", |stats| stats.legs == 0).await;
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn hanging_up_right_after_answering_and_dialling() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let out = world.dial(&svar.uri());
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    svar.telephony.hang_up(leg);
    assert_eq!(svar.ended(leg).await, EndCause::HungUpHere);
    assert_eq!(world.ended(out).await, EndCause::HungUp);
    let out = world.dial(&svar.uri());
    world.telephony.hang_up(out);
    assert_eq!(world.ended(out).await, EndCause::HungUpHere);
    svar.until("without legs", |stats| (stats.legs, stats.dialogs) == (0, 0)).await;
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn refusals_are_told_as_what_they_are() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    for (why, cause) in [
        (Refusal::NotFound, EndCause::NotFound),
        (Refusal::Busy, EndCause::Busy),
        (Refusal::NotAcceptable, EndCause::Refused { code: 488 }),
        (Refusal::Unavailable { retry_after_s: 3 }, EndCause::Refused { code: 503 }),
        (Refusal::Declined, EndCause::Refused { code: 603 }),
    ] {
        let out = world.dial(&svar.uri());
        let leg = svar.incoming().await;
        // 100 Trying tells the caller that somebody is there.
        svar.telephony.ring(leg);
        svar.telephony.refuse(leg, why);
        assert_eq!(world.ended(out).await, cause);
        assert_eq!(svar.ended(leg).await, EndCause::HungUpHere);
    }
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn nobody_answers_or_nobody_is_there() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let mut wish = dial(&svar.uri());
    wish.ring_timeout_ms = 3_000;
    let out = world.telephony.dial(wish.clone());
    let leg = svar.incoming().await;
    svar.telephony.ring(leg);
    assert_eq!(world.ended(out).await, EndCause::NoAnswer);
    assert_eq!(svar.ended(leg).await, EndCause::Cancelled);
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    wish.target = format!("sip:a@{}", nobody.local_addr().unwrap());
    wish.ring_timeout_ms = 700;
    let out = world.telephony.dial(wish.clone());
    assert_eq!(world.ended(out).await, EndCause::Unreachable);
    wish.target = "not a uri".to_owned();
    let out = world.telephony.dial(wish);
    assert!(matches!(world.ended(out).await, EndCause::Failed(_)));
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn silence_on_the_line_ends_a_call() {
    let config = Config { rtp_silence_timeout_s: 3, ..Config::loopback(0) };
    let mut svar = Side::with(config).await;
    let caller = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    caller.set_read_timeout(Some(support::DEADLINE)).unwrap();
    let (sip, own) = (svar.telephony.sip_address(), caller.local_addr().unwrap());
    let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n";
    let request = |method: &str, to: &str, body: &str| {
        format!(
            "{method} sip:11414@{sip} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{method}\r\nFrom: <sip:{NUMBER}@{own}>;tag=1\r\n\
             To: <sip:11414@{sip}>{to}\r\nCall-ID: silent\r\nCSeq: 1 {method}\r\nContact: <sip:a@{own}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    caller.send_to(request("INVITE", "", sdp).as_bytes(), sip).unwrap();
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    let mut buffer = [0; 4096];
    let tag = loop {
        let (length, _) = caller.recv_from(&mut buffer).unwrap();
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if text.starts_with("SIP/2.0 200") {
            let to = text.lines().find(|line| line.starts_with("To:")).unwrap();
            break to.split(";tag=").nth(1).unwrap().to_owned();
        }
    };
    caller.send_to(request("ACK", &format!(";tag={tag}"), "").as_bytes(), sip).unwrap();
    svar.answered(leg).await;
    assert_eq!(svar.ended(leg).await, EndCause::MediaLost);
    loop {
        let (length, _) = caller.recv_from(&mut buffer).unwrap();
        if buffer[..length].starts_with(b"BYE ") {
            let bye = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let echo: String = bye
                .lines()
                .filter(|line| ["Via", "From", "To", "Call", "CSeq"].iter().any(|name| line.starts_with(name)))
                .map(|line| format!("{line}\r\n"))
                .collect();
            caller.send_to(format!("SIP/2.0 200 OK\r\n{echo}Content-Length: 0\r\n\r\n").as_bytes(), sip).unwrap();
            break;
        }
    }
    svar.stop().await;
}

#[tokio::test]
async fn a_taken_port_is_one_clear_sentence() {
    let first = Side::start().await;
    let port = first.telephony.sip_address().port();
    let Err(error) = Telephony::start(Config::loopback(port)).await else { panic!("started twice") };
    assert!(matches!(error, StartError::AddrInUse { transport: Transport::Udp, .. }), "{error}");
    assert!(error.to_string().starts_with(&format!("127.0.0.1:{port} is in use already")), "{error}");
    first.stop().await;
}

#[tokio::test]
async fn a_closed_gate_refuses_and_an_open_one_admits_again() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (out, leg) = call(&mut world, &mut svar).await;
    svar.telephony.set_admission(Admission { new_calls_per_second: 0, ..Admission::default() });
    let refused = world.dial(&svar.uri());
    assert_eq!(world.ended(refused).await, EndCause::Refused { code: 503 });
    let refused = world.dial(&format!("{};transport=tcp", svar.uri()));
    assert_eq!(world.ended(refused).await, EndCause::Refused { code: 503 });
    assert_eq!(svar.telephony.stats().refused_by_gate, 2);
    world.play_tone(out, 600);
    svar.hears(leg, &[600]).await;
    svar.telephony.set_admission(Admission::default());
    call(&mut world, &mut svar).await;
    svar.telephony.set_admission(Admission { concurrent_calls_max: 2, ..Admission::default() });
    let refused = world.dial(&svar.uri());
    world.ended(refused).await;
    assert_eq!(svar.telephony.stats().refused_by_gate, 3);
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn a_session_between_two_of_ours_is_kept_alive() {
    let short = Config { session_expires_s: 6, ..Config::loopback(0) };
    let (mut svar, mut world) = (Side::with(short.clone()).await, Side::with(short).await);
    let (out, leg) = call(&mut world, &mut svar).await;
    world.play_tone(out, 600);
    svar.hears(leg, &[600]).await;
    // Eight looks one after another take nearly six seconds: without refreshes the call would be over after four.
    for _ in 0..8 {
        assert_eq!(svar.hear(leg).await, [600]);
    }
    svar.stop().await;
    assert_eq!(world.ended(out).await, EndCause::HungUp);
    world.stop().await;
}

#[tokio::test]
async fn an_interval_too_small_for_the_other_side_is_asked_again() {
    let mut svar = Side::start().await;
    let mut world = Side::with(Config { session_expires_s: 5, ..Config::loopback(0) }).await;
    let (out, _) = call(&mut world, &mut svar).await;
    assert_eq!(svar.telephony.stats().new_calls, 1);
    svar.stop().await;
    assert_eq!(world.ended(out).await, EndCause::HungUp);
    world.stop().await;
}
