//! Requests that belong to no call: answered once at most, not kept, and disturbing nobody.

use crate::support;

use std::collections::BTreeMap;

use support::raw::{Raw, header};
use support::{Side, call};
use telephony::EndCause;

const STRAYS: usize = 2_000;
/// What the gate answers at once, and then a second, of requests that belong to no call.
const ANSWERED_AT_ONCE: u64 = 200;
const ANSWERED_PER_SECOND: u64 = 100;

/// Sends so many requests of calls that do not exist, and counts what comes back by transaction.
async fn strays(raw: &Raw, method: &str, answers: &mut BTreeMap<String, u64>) {
    let (sip, own) = (raw.sip, raw.own());
    let mut buffer = vec![0; 65_536];
    for n in 0..STRAYS {
        let text = format!(
            "{method} sip:11414@{sip} SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bK{method}{n}\r\nMax-Forwards: 70\r\n\
             From: <sip:a@{own}>;tag=f{n}\r\nTo: <sip:11414@{sip}>;tag=none\r\nCall-ID: stray{n}\r\nCSeq: 1 {method}\r\n\
             Contact: <sip:a@{own}>\r\nContent-Length: 0\r\n\r\n"
        );
        raw.send(&text).await;
        while let Ok((length, _)) = raw.socket.try_recv_from(&mut buffer) {
            note(&buffer[..length], answers);
        }
    }
}

fn note(answer: &[u8], answers: &mut BTreeMap<String, u64>) {
    let text = String::from_utf8_lossy(answer);
    assert!(text.starts_with("SIP/2.0 481 "), "{text}");
    *answers.entry(header(&text, "Via").unwrap().to_owned()).or_default() += 1;
}

#[tokio::test]
async fn requests_of_no_call_are_answered_once_at_most_and_leave_nothing() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (out, leg) = call(&mut world, &mut svar).await;
    world.play_tone(out, 600);
    let raw = Raw::new(svar.telephony.sip_address()).await;
    let started = std::time::Instant::now();
    let before = svar.telephony.stats();
    let mut answers = BTreeMap::new();
    let methods = ["INVITE", "BYE", "INFO", "SUBSCRIBE"];
    for method in methods {
        strays(&raw, method, &mut answers).await;
        assert_eq!(svar.hear(leg).await, [600]);
    }
    // The call in the middle of it goes on, and a refresh of it is answered.
    world.telephony.send_keys(out, "5");
    assert_eq!(svar.keys(leg, 1).await, "5");
    // Answers that were kept would be repeated after T1 and again after twice that; a new call takes
    // the time in between.
    let (again, _) = call(&mut world, &mut svar).await;
    for _ in 0..3 {
        assert_eq!(svar.hear(leg).await, [600]);
    }
    let mut buffer = vec![0; 65_536];
    while let Ok((length, _)) = raw.socket.try_recv_from(&mut buffer) {
        note(&buffer[..length], &mut answers);
    }
    assert!(answers.values().all(|&times| times == 1), "{answers:?}");
    let possible = ANSWERED_AT_ONCE + ANSWERED_PER_SECOND * (started.elapsed().as_secs() + 1);
    let stats = svar.telephony.stats();
    assert_eq!((stats.legs, stats.dialogs, stats.new_calls), (2, 2, before.new_calls + 1), "{stats:?}");
    // The system may have dropped some on their way.
    assert!(stats.unanswered > 0 && stats.strays <= (methods.len() * STRAYS) as u64, "{stats:?}");
    let answered = stats.strays - stats.unanswered;
    assert!(answered >= ANSWERED_AT_ONCE && answered <= possible, "{answered} of {possible}");
    // Some may find our socket full.
    assert!(!answers.is_empty() && answers.len() as u64 <= answered, "{} of {answered}", answers.len());
    world.telephony.hang_up(again);
    world.telephony.hang_up(out);
    assert_eq!(svar.ended(leg).await, EndCause::HungUp);
    svar.stop().await;
    world.stop().await;
}
