//! What a caller may send, well-behaved or not, message by message.

use crate::support;

use std::time::Duration;

use support::programs::free_port;
use support::raw::{Raw, SDP, answered, called, hang_up, header};
use support::{DEADLINE, NUMBER, Side, dial};
use telephony::{Admission, BodyPart, Config, EndCause, LegEvent, Refusal, Timing};
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep, timeout};

fn audio(answer: &str) -> Vec<&str> {
    answer
        .lines()
        .filter(|line| line.starts_with("m=") || line.starts_with("a=send") || line.starts_with("a=recv") || line.starts_with("a=inactive"))
        .collect()
}

#[tokio::test]
async fn what_cannot_become_a_call_is_turned_away() {
    let mut svar = Side::start().await;
    let one_codec = SDP.replace("8 101", "18").replace("101 telephone-event", "18 G729");
    let parts = "--b\r\nContent-Type: application/sdp\r\n\r\nv=0";
    // (headers, body, status, a header of the answer)
    let check = [
        ("", one_codec.as_str(), "488", None),
        ("", "v=0 nonsense", "400", None),
        ("Require: 100rel\r\n", SDP, "420", Some(("Unsupported", "100rel"))),
        ("Require: timer, foo\r\n", SDP, "420", Some(("Unsupported", "foo"))),
        ("Supported: timer\r\nSession-Expires: 30\r\n", SDP, "422", Some(("Min-SE", "90"))),
        ("Content-Encoding: gzip\r\n", SDP, "415", None),
        ("Content-Type: text/plain\r\n", "hello", "415", Some(("Accept", "application/sdp, multipart/mixed, application/pidf+xml"))),
        ("Content-Type: multipart/mixed\r\n", parts, "400", None),
        ("Content-Type: multipart/mixed;boundary=c\r\n", parts, "400", None),
        ("Content-Type: multipart/mixed;boundary=b\r\n", "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--", "488", None),
    ];
    for (headers, body, status, told) in check {
        let mut raw = Raw::new(svar.telephony.sip_address()).await;
        let answer = raw.ask("INVITE", headers, body).await;
        assert!(answer.starts_with(&format!("SIP/2.0 {status} ")), "{headers:?} {answer}");
        if let Some((name, value)) = told {
            assert_eq!(header(&answer, name), Some(value), "{answer}");
        }
    }
    assert_eq!(svar.telephony.stats().legs, 0);
    // And a good one still gets through, also with what need not be understood, and with a place alone.
    let (raw, leg, _) = answered(&mut svar, "", SDP).await;
    hang_up(&mut svar, raw, leg).await;
    let optional = "Content-Type: text/plain\r\nContent-Disposition: render;handling=optional\r\n";
    for headers in [optional, "Content-Type: application/pidf+xml\r\n"] {
        let mut raw = Raw::new(svar.telephony.sip_address()).await;
        let refused = async {
            let leg = svar.incoming().await;
            svar.telephony.refuse(leg, Refusal::Busy);
        };
        let (answer, ()) = tokio::join!(raw.ask("INVITE", headers, "<presence/>"), refused);
        assert!(answer.starts_with("SIP/2.0 486 "), "{headers} {answer}");
    }
    svar.stop().await;
}

#[tokio::test]
async fn requests_outside_calls_are_answered() {
    let svar = Side::start().await;
    for (method, status) in [("OPTIONS", "200"), ("REGISTER", "405"), ("MESSAGE", "405"), ("BYE", "481")] {
        let mut raw = Raw::new(svar.telephony.sip_address()).await;
        let answer = raw.ask(method, "", "").await;
        assert!(answer.starts_with(&format!("SIP/2.0 {status} ")), "{method} {answer}");
        if status != "481" {
            assert!(header(&answer, "Allow").unwrap().contains("INVITE"));
        }
    }
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    raw.to_tag = Some("unknown".to_owned());
    assert!(raw.ask("UPDATE", "", SDP).await.starts_with("SIP/2.0 481 "));
    svar.stop().await;
}

#[tokio::test]
async fn malformed_messages_hurt_nobody() {
    let admission = Admission { new_calls_per_second: 100_000, burst: 100_000, concurrent_calls_max: 10_000, retry_after_s: 1 };
    let mut svar = Side::timed(Config { admission, ..Config::loopback(0) }, Timing { t1_ms: 10 }).await;
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let good = raw.request("INVITE", "", SDP);
    // A small generator, so that each run sends the same.
    let mut state = 7u32;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for n in 0..2_000 {
        let mut bytes = good.replace("z9hG4bK1", &format!("z9hG4bKm{n}")).into_bytes();
        for _ in 0..1 + random(6) {
            let at = random(bytes.len());
            match random(8) {
                0 => bytes.truncate(at.max(10)),
                1..4 => bytes[at] = random(256) as u8,
                _ => {
                    bytes.remove(at);
                }
            }
        }
        raw.send_bytes(&bytes).await;
        while let Ok(leg) = timeout(Duration::ZERO, svar.incoming()).await {
            match n % 2 {
                0 => svar.telephony.hang_up(leg),
                _ => svar.telephony.answer(leg),
            }
        }
        // By the answer all before it has been read: of too many at once the system would drop some.
        if n % 50 == 49 {
            another_is_answered(&svar).await;
        }
    }
    for bytes in [&b"\0\0\0\0"[..], b"SIP/2.0 200 OK\r\n\r\n", b"INVITE\r\n\r\n", &[0xFF; 9_000], &[b' '; 5_000]] {
        raw.send_bytes(bytes).await;
    }
    another_is_answered(&svar).await;
    assert!(svar.telephony.stats().malformed > 500, "{:?}", svar.telephony.stats());
    nobody_is_left(&mut svar).await;
    svar.stop().await;
}

/// A caller whose socket is not full of answers nobody read.
async fn another_is_answered(svar: &Side) {
    let mut other = Raw::new(svar.telephony.sip_address()).await;
    assert!(other.ask("OPTIONS", "", "").await.starts_with("SIP/2.0 200 "));
}

/// Hangs up on all who come, also on those who are still on their way, until no call is left.
async fn nobody_is_left(svar: &mut Side) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        while let Ok(leg) = timeout(Duration::ZERO, svar.incoming()).await {
            svar.telephony.hang_up(leg);
        }
        let stats = svar.telephony.stats();
        if (stats.legs, stats.dialogs) == (0, 0) {
            return;
        }
        assert!(Instant::now() < deadline, "calls are left: {stats:?}");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_is_too_large_for_a_datagram_is_told_to_come_over_tcp() {
    let svar = Side::start().await;
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let answer = raw.ask("INVITE", &format!("X-Large: {}\r\n", "x".repeat(10_000)), SDP).await;
    assert!(answer.starts_with("SIP/2.0 513 "), "{answer}");
    svar.stop().await;
}

#[tokio::test]
async fn an_offer_without_sdp_is_answered_with_ours() {
    let mut svar = Side::start().await;
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let invite = raw.request("INVITE", "", "");
    raw.send(&invite).await;
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    let ok = raw.expect("SIP/2.0 200").await;
    assert!(ok.contains("RTP/AVP 8 0 101"), "{ok}");
    let ears = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    raw.ack(&SDP.replace("40000", &ears.local_addr().unwrap().port().to_string())).await;
    svar.answered(leg).await;
    let mut packet = [0; 500];
    let (length, _) = timeout(DEADLINE, ears.recv_from(&mut packet)).await.unwrap().unwrap();
    assert_eq!((length, packet[1] & 0x7F), (172, 8));
    hang_up(&mut svar, raw, leg).await;
    // An ACK without an answer leaves nothing to speak over.
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let invite = raw.request("INVITE", "", "");
    raw.send(&invite).await;
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    raw.expect("SIP/2.0 200").await;
    raw.ack("").await;
    let bye = raw.expect("BYE ").await;
    raw.answer(&bye, "200 OK", "").await;
    assert!(matches!(svar.ended(leg).await, EndCause::Failed(_)));
    svar.stop().await;
}

#[tokio::test]
async fn the_other_side_may_hold_and_resume() {
    let mut svar = Side::start().await;
    let (mut raw, leg, _) = answered(&mut svar, "", SDP).await;
    // (method, attribute, our answer)
    let check = [
        ("INVITE", "a=sendonly", "a=recvonly"),
        ("INVITE", "a=sendrecv", "a=sendrecv"),
        ("UPDATE", "a=inactive", "a=inactive"),
        ("UPDATE", "", "a=sendrecv"),
        ("INVITE", "c=IN IP4 0.0.0.0", "a=sendrecv"),
        ("INVITE", "", "a=sendrecv"),
    ];
    for (method, attribute, answered) in check {
        let answer = raw.ask(method, "", &format!("{SDP}{attribute}\r\n")).await;
        assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
        assert!(audio(&answer).contains(&answered), "{method} {attribute}: {answer}");
        if method == "INVITE" {
            raw.ack("").await;
        }
    }
    // What cannot be is refused and changes nothing.
    let bad = SDP.replace("8 101", "18");
    assert!(raw.ask("INVITE", "", &bad).await.starts_with("SIP/2.0 488 "));
    assert!(raw.ask("INVITE", "Content-Type: text/plain\r\n", "hello").await.starts_with("SIP/2.0 415 "));
    assert!(raw.ask("UPDATE", "", "").await.starts_with("SIP/2.0 200 "));
    // Without an offer of its own, ours is asked for, and the ACK answers it.
    let answer = raw.ask("INVITE", "", "").await;
    assert!(answer.contains("RTP/AVP 8 0 101"), "{answer}");
    let ears = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    raw.ack(&SDP.replace("40000", &ears.local_addr().unwrap().port().to_string())).await;
    timeout(DEADLINE, ears.recv_from(&mut [0; 500])).await.expect("no sound where it was asked for").unwrap();
    for method in ["OPTIONS", "INFO"] {
        assert!(raw.ask(method, "", "").await.starts_with("SIP/2.0 200 "), "{method}");
    }
    for method in ["REFER", "MESSAGE", "NOTIFY"] {
        assert!(raw.ask(method, "Refer-To: <sip:x@example.org>\r\n", "").await.starts_with("SIP/2.0 405 "), "{method}");
    }
    hang_up(&mut svar, raw, leg).await;
    svar.stop().await;
}

#[tokio::test]
async fn keys_come_and_go_by_info() {
    let mut svar = Side::start().await;
    let without_events = SDP.replace(" 101\r\na=rtpmap:101 telephone-event/8000", "");
    let (mut raw, leg, _) = answered(&mut svar, "", &without_events).await;
    for (kind, body) in [("dtmf-relay", "Signal=5\r\nDuration=160\r\n"), ("dtmf", "#")] {
        let kind = format!("Content-Type: application/{kind}\r\n");
        assert!(raw.ask("INFO", &kind, body).await.starts_with("SIP/2.0 200 "));
    }
    assert_eq!(svar.keys(leg, 2).await, "5#");
    let answer = raw.ask("INFO", "Content-Type: text/plain\r\n", "hello").await;
    assert!(answer.starts_with("SIP/2.0 415 "), "{answer}");
    // Of two acts, the second begins when the first is done.
    svar.telephony.send_keys(leg, "7*x");
    svar.telephony.send_keys(leg, "12");
    let mut last = None;
    for key in ["7", "*", "1", "2"] {
        let info = raw.next("INFO", last.as_deref()).await;
        assert!(info.contains(&format!("Signal={key}\r\n")), "{key}: {info}");
        raw.answer(&info, "200 OK", "").await;
        last = Some(info);
    }
    hang_up(&mut svar, raw, leg).await;
    svar.stop().await;
}

#[tokio::test]
async fn a_key_that_comes_ahead_of_the_ack_is_kept() {
    let mut svar = Side::start().await;
    let kind = "Content-Type: application/dtmf-relay\r\n";
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let invite = raw.request("INVITE", "", SDP);
    raw.send(&invite).await;
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    raw.expect("SIP/2.0 200").await;
    let ack = raw.request("ACK", "", "");
    let info = raw.request("INFO", kind, "Signal=5\r\n");
    raw.send(&info).await;
    raw.send(&ack).await;
    svar.answered(leg).await;
    assert_eq!(svar.keys(leg, 1).await, "5");
    hang_up(&mut svar, raw, leg).await;
    // Before our answer there is nobody for it: the caller tries again.
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let invite = raw.request("INVITE", "", SDP);
    raw.send(&invite).await;
    let leg = svar.incoming().await;
    svar.telephony.ring(leg);
    raw.expect("SIP/2.0 180").await;
    assert!(raw.ask("INFO", kind, "Signal=5\r\n").await.starts_with("SIP/2.0 491 "));
    svar.telephony.hang_up(leg);
    assert_eq!(svar.ended(leg).await, EndCause::HungUpHere);
    svar.stop().await;
}

#[tokio::test]
async fn whoever_finds_no_room_is_told_when_to_try_again() {
    let port = free_port();
    let mut svar = Side::with(Config { rtp_ports: Some((port, port + 1)), ..Config::loopback(0) }).await;
    let (raw, leg, _) = answered(&mut svar, "", SDP).await;
    let check = async || {
        let mut refused = Raw::new(svar.telephony.sip_address()).await;
        let answer = refused.ask("INVITE", "", SDP).await;
        assert!(answer.starts_with("SIP/2.0 503 "), "{answer}");
        header(&answer, "Retry-After").map(str::to_owned)
    };
    // No socket for the sound of a second call, then a gate that is shut.
    assert_eq!(check().await.as_deref(), Some("10"));
    assert_eq!(svar.telephony.stats().refused_by_gate, 0);
    svar.telephony.set_admission(Admission { new_calls_per_second: 0, retry_after_s: 7, ..Admission::default() });
    assert_eq!(check().await.as_deref(), Some("7"));
    assert_eq!(svar.telephony.stats().refused_by_gate, 1);
    hang_up(&mut svar, raw, leg).await;
    svar.stop().await;
}

#[tokio::test]
async fn a_cancel_that_comes_after_the_answer_ends_nothing() {
    let mut svar = Side::start().await;
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let invite = raw.request("INVITE", "", SDP);
    raw.send(&invite).await;
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    raw.expect("SIP/2.0 200").await;
    // It belongs to the INVITE, which had no tag.
    let tag = raw.to_tag.take();
    let cancel = raw.request("CANCEL", "", "");
    raw.send(&cancel).await;
    while !raw.expect("SIP/2.0 200").await.contains("CANCEL\r\n") {}
    raw.to_tag = tag;
    raw.ack("").await;
    svar.answered(leg).await;
    hang_up(&mut svar, raw, leg).await;
    svar.stop().await;
}

#[tokio::test]
async fn an_answer_nobody_acknowledges_is_given_up() {
    let mut svar = Side::timed(Config::loopback(0), Timing { t1_ms: 30 }).await;
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let invite = raw.request("INVITE", "", SDP);
    raw.send(&invite).await;
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    raw.expect("SIP/2.0 200").await;
    raw.expect("SIP/2.0 200").await;
    let bye = raw.expect("BYE ").await;
    raw.answer(&bye, "200 OK", "").await;
    assert_eq!(svar.ended(leg).await, EndCause::AckMissing);
    svar.stop().await;
}

#[tokio::test]
async fn a_cancel_ends_a_call_at_any_moment_before_the_answer() {
    let mut svar = Side::start().await;
    for ringing in [false, true] {
        let mut raw = Raw::new(svar.telephony.sip_address()).await;
        let invite = raw.request("INVITE", "", SDP);
        raw.send(&invite).await;
        let leg = svar.incoming().await;
        if ringing {
            svar.telephony.ring(leg);
            raw.expect("SIP/2.0 180").await;
            raw.to_tag = None;
        }
        let cancel = raw.request("CANCEL", "", "");
        raw.send(&cancel).await;
        let (mut cancelled, mut terminated) = (false, false);
        while !(cancelled && terminated) {
            let answer = raw.receive().await;
            cancelled |= answer.starts_with("SIP/2.0 200") && answer.contains("CANCEL");
            terminated |= answer.starts_with("SIP/2.0 487");
        }
        assert_eq!(svar.ended(leg).await, EndCause::Cancelled);
    }
    svar.stop().await;
}

#[tokio::test]
async fn sound_from_strangers_is_ignored() {
    let mut svar = Side::start().await;
    let mouth = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let sdp = SDP.replace("40000", &mouth.local_addr().unwrap().port().to_string());
    let (raw, leg, ok) = answered(&mut svar, "", &sdp).await;
    let port = audio(&ok)[0].split(' ').nth(1).unwrap().to_owned();
    let to = format!("127.0.0.1:{port}");
    let key = |timestamp: u8, code: u8| [0x80, 101, 0, timestamp, 0, 0, 0, timestamp, 0, 0, 0, 1, code, 10, 0, 160];
    for bytes in [&[0u8; 3][..], &[0x80, 77, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9], &[0xFF; 1_400]] {
        mouth.send_to(bytes, &to).await.unwrap();
    }
    svar.until("counting malformed sound", |stats| stats.malformed == 3).await;
    for repeat in [1, 1, 1, 2] {
        mouth.send_to(&key(repeat, 4), &to).await.unwrap();
    }
    assert_eq!(svar.keys(leg, 2).await, "44");
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    stranger.send_to(&key(9, 5), &to).await.unwrap();
    svar.until("counting the stranger", |stats| stats.strangers == 1).await;
    mouth.send_to(&key(10, 6), &to).await.unwrap();
    assert_eq!(svar.keys(leg, 1).await, "6");
    hang_up(&mut svar, raw, leg).await;
    svar.stop().await;
}

#[tokio::test]
async fn a_call_from_us_hears_early_media_and_is_answered() {
    let mut svar = Side::start().await;
    let ears = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let sdp = SDP.replace("40000", &ears.local_addr().unwrap().port().to_string());
    let (mut raw, leg, invite) = called(&mut svar).await;
    let kind = "Content-Type: application/sdp\r\n";
    raw.answer_with(&invite, "183 Session Progress", kind, &sdp).await;
    raw.answer_with(&invite, "180 Ringing", "", "").await;
    svar.wait("Ringing", |event| matches!(event, LegEvent::Ringing { leg: of } if *of == leg).then_some(())).await;
    // The answer repeats nothing: what came early counts.
    raw.answer_with(&invite, "200 OK", "", "").await;
    svar.answered(leg).await;
    raw.expect("ACK ").await;
    let mut packet = [0; 500];
    timeout(DEADLINE, ears.recv_from(&mut packet)).await.unwrap().unwrap();
    svar.telephony.hang_up(leg);
    let bye = raw.expect("BYE ").await;
    raw.answer(&bye, "200 OK", "").await;
    assert_eq!(svar.ended(leg).await, EndCause::HungUpHere);
    svar.stop().await;
}

#[tokio::test]
async fn what_others_answer_to_our_calls() {
    let mut svar = Side::start().await;
    for (status, cause) in [
        ("486 Busy Here", EndCause::Busy),
        ("600 Busy Everywhere", EndCause::Busy),
        ("404 Not Found", EndCause::NotFound),
        ("480 Temporarily Unavailable", EndCause::NoAnswer),
        ("503 Service Unavailable", EndCause::Refused { code: 503 }),
        ("302 Moved Temporarily", EndCause::Refused { code: 302 }),
        ("407 Proxy Authentication Required", EndCause::Refused { code: 407 }),
    ] {
        let (mut raw, leg, invite) = called(&mut svar).await;
        raw.answer(&invite, status, "").await;
        assert_eq!(svar.ended(leg).await, cause, "{status}");
        raw.expect("ACK ").await;
    }
    // An answer without sound we can use is acknowledged and hung up.
    for body in ["", "v=0 nonsense"] {
        let (mut raw, leg, invite) = called(&mut svar).await;
        raw.answer_with(&invite, "200 OK", "Content-Type: application/sdp\r\n", body).await;
        raw.expect("ACK ").await;
        let bye = raw.expect("BYE ").await;
        raw.answer(&bye, "200 OK", "").await;
        assert!(matches!(svar.ended(leg).await, EndCause::Failed(_)));
    }
    svar.stop().await;
}

/// Some answer a multipart body with any error at all. The call is made again without, once.
#[tokio::test]
async fn whoever_cannot_read_what_a_call_brings_along_is_called_without_it() {
    let mut svar = Side::start().await;
    for (second, expected) in [("486 Busy Here", EndCause::Busy), ("500 Server Internal Error", EndCause::Refused { code: 500 })] {
        let mut raw = Raw::new(svar.telephony.sip_address()).await;
        let mut wish = dial(&format!("sip:{NUMBER}@{}", raw.own()));
        wish.extra_parts =
            vec![BodyPart { content_type: "application/pidf+xml".to_owned(), content_id: None, bytes: b"<presence/>".to_vec() }];
        wish.extra_headers = vec![("Geolocation".to_owned(), "<cid:place@example.org>".to_owned())];
        let leg = svar.telephony.dial(wish);
        let laden = raw.invited(|_| true).await;
        assert!(laden.contains("multipart/mixed") && header(&laden, "Geolocation").is_some(), "{laden}");
        raw.answer(&laden, "500 Server Internal Error", "").await;
        // What was sent again meanwhile is passed over.
        let bare = raw.invited(|invite| !invite.contains("multipart/mixed")).await;
        assert_eq!((header(&bare, "Content-Type"), header(&bare, "Geolocation")), (Some("application/sdp"), None), "{bare}");
        raw.answer(&bare, second, "").await;
        assert_eq!(svar.ended(leg).await, expected);
    }
    svar.stop().await;
}
