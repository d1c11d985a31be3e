//! Sound from somebody else than the caller: not heard, and never sent the caller's.

use crate::support;

use std::net::SocketAddr;
use std::time::Duration;

use support::raw::{Raw, SDP};
use support::{DEADLINE, Side};
use telephony::{EndCause, LegId};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// A caller whose sound comes from `mouth` and who says so.
async fn caller(svar: &mut Side, mouth: &UdpSocket) -> (Raw, LegId, SocketAddr) {
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let sdp = SDP.replace("40000", &mouth.local_addr().unwrap().port().to_string());
    let invite = raw.request("INVITE", "", &sdp);
    raw.send(&invite).await;
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    let ok = raw.expect("SIP/2.0 200").await;
    raw.ack("").await;
    svar.answered(leg).await;
    let line = ok.lines().find(|line| line.starts_with("m=audio ")).unwrap();
    let port: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
    (raw, leg, SocketAddr::from(([127, 0, 0, 1], port)))
}

/// A key's first packet: a stream of its own for each `ssrc`.
fn key(ssrc: u8, sequence: u8, code: u8) -> [u8; 16] {
    [0x80, 101, 0, sequence, 0, 0, 0, sequence, 0, 0, 0, ssrc, code, 10, 0, 160]
}

async fn hears_us(ears: &UdpSocket) -> bool {
    let mut packet = [0; 2_048];
    timeout(DEADLINE, ears.recv_from(&mut packet)).await.is_ok()
}

#[tokio::test]
async fn a_stranger_who_speaks_first_gets_neither_the_call_nor_its_sound() {
    let mut svar = Side::start().await;
    let mouth = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let stranger = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    let (mut raw, leg, to) = caller(&mut svar, &mouth).await;
    svar.play_tone(leg, 600);
    for sequence in 0..100 {
        stranger.send_to(&key(9, sequence, 5), to).await.unwrap();
    }
    svar.until("counting the stranger", |stats| stats.strangers == 100).await;
    mouth.send_to(&key(1, 1, 4), to).await.unwrap();
    assert_eq!(svar.keys(leg, 1).await, "4");
    stranger.send_to(&key(9, 200, 6), to).await.unwrap();
    mouth.send_to(&key(1, 2, 7), to).await.unwrap();
    assert_eq!(svar.keys(leg, 1).await, "7");
    assert!(hears_us(&mouth).await);
    assert!(stranger.try_recv_from(&mut [0; 2_048]).is_err(), "the stranger hears the call");
    assert!(raw.ask("BYE", "", "").await.starts_with("SIP/2.0 200"));
    assert_eq!(svar.ended(leg).await, EndCause::HungUp);
    svar.stop().await;
}

#[tokio::test]
async fn a_caller_behind_nat_is_heard_until_the_signalled_address_speaks() {
    let mut svar = Side::start().await;
    let mouth = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let translated = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    let (mut raw, leg, to) = caller(&mut svar, &mouth).await;
    svar.play_tone(leg, 600);
    let (mut ticks, mut packet) = (tokio::time::interval(Duration::from_millis(20)), [0; 2_048]);
    let mut sequence = 0;
    // Until he hears us he is on probation.
    while translated.try_recv_from(&mut packet).is_err() {
        ticks.tick().await;
        translated.send_to(&key(1, sequence, 4), to).await.unwrap();
        sequence = sequence.wrapping_add(1);
    }
    assert!(sequence >= 10, "believed after {sequence} packets");
    assert_eq!(svar.keys(leg, 1).await, "4");
    mouth.send_to(&key(2, 200, 8), to).await.unwrap();
    let heard = loop {
        let key = svar.keys(leg, 1).await;
        if key != "4" {
            break key;
        }
    };
    assert_eq!(heard, "8");
    let strangers = svar.telephony.stats().strangers;
    translated.send_to(&key(1, sequence, 5), to).await.unwrap();
    svar.until("counting the stranger", |stats| stats.strangers > strangers).await;
    assert!(raw.ask("BYE", "", "").await.starts_with("SIP/2.0 200"));
    assert_eq!(svar.ended(leg).await, EndCause::HungUp);
    svar.stop().await;
}
