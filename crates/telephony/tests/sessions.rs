//! Session timers (RFC 4028) on the wire, in both roles.

use crate::support;

use support::Side;
use support::raw::{Raw, SDP, answered, called, hang_up, header};
use telephony::{Config, EndCause, LegId};

const ALLOWED: [(&str, &str); 2] = [("Allow: INVITE, UPDATE\r\n", "UPDATE"), ("Allow: INVITE\r\n", "INVITE")];

/// A call with these headers from the other side: to us or from us.
async fn agreed(svar: &mut Side, from_us: bool, headers: &str) -> (Raw, LegId) {
    if !from_us {
        let (raw, leg, _) = answered(svar, headers, SDP).await;
        return (raw, leg);
    }
    let (mut raw, leg, invite) = called(svar).await;
    raw.answer_with(&invite, "200 OK", &format!("Content-Type: application/sdp\r\n{headers}"), SDP).await;
    svar.answered(leg).await;
    raw.expect("ACK ").await;
    (raw, leg)
}

#[tokio::test]
async fn a_session_nobody_refreshes_is_ended() {
    let mut svar = Side::with(Config { session_expires_s: 3, ..Config::loopback(0) }).await;
    let asked = "Supported: timer\r\nSession-Expires: 3;refresher=uac\r\n";
    let (mut raw, leg, ok) = answered(&mut svar, asked, SDP).await;
    assert_eq!(header(&ok, "Session-Expires"), Some("3;refresher=uac"));
    assert_eq!(header(&ok, "Require"), Some("timer"));
    // A refresh in time gives another interval, with or without SDP.
    let answer = raw.ask("UPDATE", asked, "").await;
    assert_eq!(header(&answer, "Session-Expires"), Some("3;refresher=uac"), "{answer}");
    let bye = raw.expect("BYE ").await;
    raw.answer(&bye, "200 OK", "").await;
    assert!(matches!(svar.ended(leg).await, EndCause::Failed(_)));
    svar.stop().await;
}

#[tokio::test]
async fn we_refresh_the_session_when_it_is_ours_to_do() {
    let mut svar = Side::with(Config { session_expires_s: 2, ..Config::loopback(0) }).await;
    for (allow, method) in ALLOWED {
        let asked = format!("Supported: timer\r\nSession-Expires: 2;refresher=uas\r\n{allow}");
        let (mut raw, leg, ok) = answered(&mut svar, &asked, SDP).await;
        assert_eq!(header(&ok, "Session-Expires"), Some("2;refresher=uas"));
        let refresh = raw.next(method, None).await;
        assert_eq!(header(&refresh, "Session-Expires"), Some("2;refresher=uac"), "{refresh}");
        raw.answer(&refresh, "200 OK", "Session-Expires: 2;refresher=uac\r\n").await;
        // The second is refused as by one who knows of no such call.
        let refresh = raw.next(method, Some(&refresh)).await;
        raw.answer(&refresh, "481 Call/Transaction Does Not Exist", "").await;
        let bye = raw.expect("BYE ").await;
        raw.answer(&bye, "481 Call/Transaction Does Not Exist", "").await;
        assert!(matches!(svar.ended(leg).await, EndCause::Failed(_)));
    }
    svar.stop().await;
}

/// The other side refuses three times, each time differently, and then agrees.
async fn refused(from_us: bool, allow: &str, method: &str) {
    let mut svar = Side::with(Config { session_expires_s: 2, ..Config::loopback(0) }).await;
    let refresher = if from_us { "uac" } else { "uas" };
    let headers = format!("Supported: timer\r\nSession-Expires: 2;refresher={refresher}\r\n{allow}");
    let (mut raw, leg) = agreed(&mut svar, from_us, &headers).await;
    let mut last: Option<String> = None;
    // (asked with, least, answer, its headers)
    for (interval, least, status, told) in [
        ("2;refresher=uac", None, "491 Request Pending", ""),
        ("2;refresher=uac", None, "422 Session Interval Too Small", "Min-SE: 3\r\n"),
        ("3;refresher=uac", Some("3"), "500 Server Internal Error", "Retry-After: 1\r\n"),
        ("3;refresher=uac", Some("3"), "200 OK", "Session-Expires: 3;refresher=uac\r\n"),
        // That one began the session anew.
        ("3;refresher=uac", Some("3"), "200 OK", "Session-Expires: 3;refresher=uac\r\n"),
    ] {
        let refresh = raw.next(method, last.as_deref()).await;
        assert_eq!(header(&refresh, "Session-Expires"), Some(interval), "{method} {from_us}: {refresh}");
        assert_eq!(header(&refresh, "Min-SE"), least, "{method} {from_us}: {refresh}");
        raw.answer(&refresh, status, told).await;
        last = Some(refresh);
    }
    hang_up(&mut svar, raw, leg).await;
    svar.stop().await;
}

#[tokio::test]
async fn a_refused_refresh_is_asked_for_again_and_ends_no_call() {
    let [(with_update, update), (without, invite)] = ALLOWED;
    tokio::join!(
        refused(false, with_update, update),
        refused(false, without, invite),
        refused(true, with_update, update),
        refused(true, without, invite)
    );
}

#[tokio::test]
async fn a_refresh_by_the_other_side_may_not_be_too_frequent() {
    let mut svar = Side::start().await;
    for from_us in [false, true] {
        let (mut raw, leg) = agreed(&mut svar, from_us, "").await;
        for (_, method) in ALLOWED {
            let body = if method == "INVITE" { SDP } else { "" };
            let small = raw.ask(method, "Supported: timer\r\nSession-Expires: 89\r\n", body).await;
            assert!(small.starts_with("SIP/2.0 422 "), "{small}");
            assert_eq!(header(&small, "Min-SE"), Some("90"));
            let answer = raw.ask(method, "Supported: timer\r\nSession-Expires: 90\r\nMin-SE: 90\r\n", body).await;
            assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
            assert_eq!(header(&answer, "Session-Expires"), Some("90;refresher=uac"));
            if method == "INVITE" {
                raw.ack("").await;
            }
        }
        hang_up(&mut svar, raw, leg).await;
    }
    svar.stop().await;
}

/// Their refresh crosses ours, which they then refuse: from now on it is theirs to refresh, and ours is over.
#[tokio::test]
async fn a_refresh_that_crosses_theirs_ends_nothing() {
    let mut svar = Side::with(Config { session_expires_s: 6, ..Config::loopback(0) }).await;
    let ours = "Supported: timer\r\nSession-Expires: 6;refresher=uas\r\nAllow: INVITE, UPDATE\r\n";
    let (mut raw, leg, _) = answered(&mut svar, ours, SDP).await;
    let refresh = raw.next("UPDATE", None).await;
    let theirs = raw.ask("UPDATE", "Supported: timer\r\nSession-Expires: 6;refresher=uac\r\n", "").await;
    assert_eq!(header(&theirs, "Session-Expires"), Some("6;refresher=uac"), "{theirs}");
    raw.answer(&refresh, "500 Server Internal Error", "Retry-After: 1\r\n").await;
    // Longer than we would wait to ask again, shorter than theirs may take.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(raw.ask("OPTIONS", "", "").await.starts_with("SIP/2.0 200 "), "the call is over");
    hang_up(&mut svar, raw, leg).await;
    svar.stop().await;
}
