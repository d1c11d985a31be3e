//! The gate, message by message.
#![allow(clippy::unwrap_used)]

use super::*;

fn invite(n: usize) -> Vec<u8> {
    format!(
        "INVITE sip:11414@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{n}\r\n\
         From: <sip:a@example.org>;tag={n}\r\nTo: <sip:11414@example.org>\r\nCall-ID: {n}\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:a@192.0.2.1>\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

fn gate(admission: Admission) -> (Gate, Arc<Counters>) {
    let counters = Arc::new(Counters::default());
    (Gate::new(admission, counters.clone()), counters)
}

fn source() -> SocketAddr {
    "192.0.2.1:5060".parse().unwrap()
}

const TEN: Admission = Admission { new_calls_per_second: 10, burst: 5, concurrent_calls_max: 100, retry_after_s: 7 };

#[test]
fn the_burst_then_the_rate_is_let_in() {
    let (gate, counters) = gate(TEN);
    let start = Instant::now();
    let passed = |from: usize, count: usize, at_ms: u64| {
        let now = start + Duration::from_millis(at_ms);
        (from..from + count).filter(|&n| gate.judge(&invite(n), source(), now) == Verdict::Pass).count()
    };
    assert_eq!(passed(0, 20, 0), 5);
    assert_eq!(passed(100, 20, 300), 3);
    assert_eq!(passed(200, 20, 10_000), 5);
    assert_eq!(counters.read(0).refused_by_gate, 47);
}

#[test]
fn retransmissions_get_the_answer_of_the_first_and_cost_nothing() {
    let (gate, _) = gate(Admission { burst: 1, ..TEN });
    let now = Instant::now();
    assert_eq!(gate.judge(&invite(1), source(), now), Verdict::Pass);
    assert!(matches!(gate.judge(&invite(2), source(), now), Verdict::Reply(_)));
    let later = now + Duration::from_secs(2);
    for _ in 0..10 {
        assert_eq!(gate.judge(&invite(1), source(), later), Verdict::Pass);
        assert!(matches!(gate.judge(&invite(2), source(), later), Verdict::Reply(_)));
    }
    assert_eq!(gate.judge(&invite(3), source(), later), Verdict::Pass);
}

#[test]
fn a_refusal_says_when_to_come_back_and_its_ack_is_absorbed() {
    let (gate, _) = gate(Admission { new_calls_per_second: 0, ..TEN });
    let Verdict::Reply(bytes) = gate.judge(&invite(1), source(), Instant::now()) else { panic!("let in") };
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("SIP/2.0 503 Service Unavailable\r\n") && text.contains("Retry-After: 7\r\n"), "{text}");
    let tag = wire::scan(text.as_bytes()).unwrap().to_tag().unwrap().to_owned();
    let ack = String::from_utf8(invite(1)).unwrap().replace("INVITE", "ACK").replace("org>\r\nCall", &format!("org>;tag={tag}\r\nCall"));
    assert_eq!(gate.judge(ack.as_bytes(), source(), Instant::now()), Verdict::Drop);
}

/// Stands in for the library: knows the calls and transactions it is told of.
#[derive(Default)]
struct Known {
    dialogs: Mutex<Vec<DialogId>>,
    open: Mutex<Vec<TransactionKey>>,
    finished: Mutex<Vec<TransactionKey>>,
}

impl UnderWay for Known {
    fn transaction(&self, key: &TransactionKey) -> bool {
        self.open_transaction(key) || self.finished.lock().contains(key)
    }

    fn open_transaction(&self, key: &TransactionKey) -> bool {
        self.open.lock().contains(key)
    }

    fn dialog(&self, id: &DialogId) -> bool {
        self.dialogs.lock().contains(id)
    }
}

/// A gate that knows one call, with Call-ID and From tag 1 and To tag x.
fn gate_with_a_call(admission: Admission) -> (Gate, Arc<Known>, Arc<Counters>) {
    let (gate, counters) = gate(admission);
    let known = Arc::new(Known::default());
    known.dialogs.lock().push(DialogId { call_id: "1".to_owned(), local_tag: "x".to_owned(), remote_tag: "1".to_owned() });
    gate.watch(known.clone());
    (gate, known, counters)
}

fn request(method: &str, n: usize, to_tag: &str) -> Vec<u8> {
    let text = String::from_utf8(invite(n)).unwrap().replace("INVITE", method);
    match to_tag {
        "" => text.into_bytes(),
        tag => text.replace("org>\r\nCall", &format!("org>;tag={tag}\r\nCall")).into_bytes(),
    }
}

fn transaction(message: &[u8]) -> TransactionKey {
    match parse(message, &wire::scan(message).unwrap()).unwrap() {
        Parsed::Request { transaction, .. } | Parsed::Response { transaction } => transaction,
    }
}

fn status(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Reply(bytes) => String::from_utf8_lossy(bytes)[8..11].to_owned(),
        Verdict::Pass => "pass".to_owned(),
        Verdict::Drop => "drop".to_owned(),
    }
}

const REQUESTS: [&str; 12] =
    ["INVITE", "BYE", "UPDATE", "INFO", "OPTIONS", "REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "PRACK", "PUBLISH", "REGISTER"];

#[test]
fn within_a_call_everything_passes_also_under_a_flood() {
    let (gate, _, counters) = gate_with_a_call(Admission { new_calls_per_second: 0, ..TEN });
    let now = Instant::now();
    for n in 2..2_000 {
        gate.judge(&request("BYE", n, "x"), source(), now);
        gate.judge(&invite(n), source(), now);
    }
    assert!(counters.read(0).unanswered > 1_000);
    for method in REQUESTS.into_iter().chain(["ACK", "CANCEL"]) {
        assert_eq!(gate.judge(&request(method, 1, "x"), source(), now), Verdict::Pass, "{method}");
    }
}

#[test]
fn what_belongs_to_no_call_is_answered_here_and_never_reaches_the_library() {
    let (gate, _, counters) = gate_with_a_call(TEN);
    let now = Instant::now();
    for method in REQUESTS.into_iter().chain(["CANCEL"]) {
        // Another call, another end of this call, another tag of ours.
        for message in [request(method, 2, "x"), request(method, 1, "y"), request(method, 2, "y")] {
            assert_eq!(status(&gate.judge(&message, source(), now)), "481", "{method}");
        }
    }
    for (method, expected) in [("CANCEL", "481"), ("BYE", "481"), ("REGISTER", "405"), ("MESSAGE", "405"), ("SUBSCRIBE", "405")] {
        assert_eq!(status(&gate.judge(&request(method, 2, ""), source(), now)), expected, "{method}");
    }
    for message in [request("ACK", 2, "x"), request("ACK", 2, "")] {
        assert_eq!(gate.judge(&message, source(), now), Verdict::Drop);
    }
    let response = String::from_utf8(request("BYE", 2, "x")).unwrap().replace("BYE sip:11414@example.org SIP/2.0", "SIP/2.0 200 OK");
    assert_eq!(gate.judge(response.as_bytes(), source(), now), Verdict::Drop);
    assert_eq!(counters.read(0).strays, 39 + 5 + 3);
    // Before the library runs, nothing is on.
    let (early, _) = self::gate(TEN);
    assert_eq!(status(&early.judge(&request("BYE", 1, "x"), source(), now)), "481");
}

#[test]
fn what_the_library_has_under_way_passes() {
    let (gate, known, _) = gate_with_a_call(Admission { new_calls_per_second: 0, ..TEN });
    let now = Instant::now();
    let bye = request("BYE", 2, "x");
    known.finished.lock().push(transaction(&bye));
    assert_eq!(gate.judge(&bye, source(), now), Verdict::Pass);
    known.open.lock().push(transaction(&invite(3)));
    // The ACK of a refusal and the CANCEL go with their INVITE.
    for message in [invite(3), request("ACK", 3, "refused"), request("CANCEL", 3, "")] {
        assert_eq!(status(&gate.judge(&message, source(), now)), if message == invite(3) { "503" } else { "pass" });
    }
    let response = String::from_utf8(request("INFO", 4, "x")).unwrap().replace("INFO sip:11414@example.org SIP/2.0", "SIP/2.0 200 OK");
    known.open.lock().push(transaction(response.as_bytes()));
    assert_eq!(gate.judge(response.as_bytes(), source(), now), Verdict::Pass);
}

#[test]
fn a_cancel_right_behind_its_invite_passes() {
    let (gate, _, _) = gate_with_a_call(TEN);
    let now = Instant::now();
    assert_eq!(gate.judge(&invite(2), source(), now), Verdict::Pass);
    assert_eq!(gate.judge(&request("CANCEL", 2, ""), source(), now), Verdict::Pass);
    assert_eq!(status(&gate.judge(&request("CANCEL", 3, ""), source(), now)), "481");
}

#[test]
fn answers_to_strays_are_rationed_and_pings_apart() {
    let (gate, _, counters) = gate_with_a_call(TEN);
    let start = Instant::now();
    let mut n = 10;
    let mut answered = |method: &str, tag: &str, at_ms| {
        let now = start + Duration::from_millis(at_ms);
        let range = n..n + 1_000;
        n += 1_000;
        range.filter(|&n| matches!(gate.judge(&request(method, n, tag), source(), now), Verdict::Reply(_))).count()
    };
    assert_eq!(answered("INVITE", "x", 0), 200);
    assert_eq!(answered("BYE", "x", 0), 0);
    assert_eq!(answered("FROBNICATE", "", 0), 0);
    assert_eq!(answered("OPTIONS", "", 0), 200);
    assert_eq!(answered("BYE", "x", 500), 50);
    assert_eq!(counters.read(0).unanswered, 5_000 - 450);
}

#[test]
fn a_ping_hears_what_we_understand() {
    let (gate, _) = gate(TEN);
    let Verdict::Reply(bytes) = gate.judge(&request("OPTIONS", 2, ""), source(), Instant::now()) else { panic!("not answered") };
    let text = String::from_utf8(bytes).unwrap();
    for line in ["SIP/2.0 200 OK", &format!("Allow: {ALLOW}"), &format!("Accept: {ACCEPT}"), "Supported: timer"] {
        assert!(text.contains(&format!("{line}\r\n")), "{text}");
    }
}

#[test]
fn one_call_cannot_flood_the_library_either() {
    let (gate, _, counters) = gate_with_a_call(TEN);
    let now = Instant::now();
    let info = |branch: usize| String::from_utf8(request("INFO", 1, "x")).unwrap().replace("z9hG4bK1", &format!("z9hG4bKi{branch}"));
    let passed = (0..1_000).filter(|&branch| gate.judge(info(branch).as_bytes(), source(), now) == Verdict::Pass).count();
    assert_eq!((passed, counters.read(0).unanswered), (60, 940));
}

#[test]
fn a_call_that_comes_by_two_paths_is_taken_once() {
    let (gate, known, _) = gate_with_a_call(TEN);
    let now = Instant::now();
    let other = String::from_utf8(invite(2)).unwrap().replace("z9hG4bK2", "z9hG4bKother");
    let judged = |message: &[u8], at: Duration| status(&gate.judge(message, source(), now + at));
    assert_eq!(judged(&invite(2), Duration::ZERO), "pass");
    assert_eq!(judged(other.as_bytes(), Duration::ZERO), "482");
    assert_eq!(judged(&invite(2), Duration::ZERO), "pass");
    known.open.lock().push(transaction(&invite(2)));
    assert_eq!(judged(other.as_bytes(), Duration::from_secs(10)), "482");
    // Once it is over, a network may try us again, however soon.
    known.open.lock().clear();
    known.finished.lock().push(transaction(&invite(2)));
    assert_eq!(judged(other.as_bytes(), Duration::ZERO), "pass");
}

#[test]
fn what_the_library_would_read_differently_does_not_slip_by() {
    let (gate, _, _) = gate_with_a_call(Admission { new_calls_per_second: 0, ..TEN });
    let text = String::from_utf8(invite(1)).unwrap();
    let second_to = text.replace("Call-ID", "To: <sip:11414@example.org>;tag=x\r\nCall-ID");
    for (message, expected) in [
        (text.replace("INVITE sip", "invite sip"), "501"),
        (text.replace("INVITE", "FROBNICATE"), "501"),
        (text.replace("org>\r\nCall", "org>;tag=\r\nCall"), "400"),
        (second_to, "400"),
    ] {
        assert_eq!(status(&gate.judge(message.as_bytes(), source(), Instant::now())), expected, "{message}");
    }
}

#[test]
fn what_cannot_be_parsed_is_answered_or_dropped_and_counted() {
    let (gate, counters) = gate(TEN);
    let text = String::from_utf8(invite(1)).unwrap();
    let bad_uri = text.replace("INVITE sip:11414@example.org", "INVITE sip:11414@example.org:99999999");
    let Verdict::Reply(bytes) = gate.judge(bad_uri.as_bytes(), source(), Instant::now()) else { panic!("passed") };
    assert!(bytes.starts_with(b"SIP/2.0 400 "));
    let no_tag = text.replace(";tag=1", "");
    assert!(matches!(gate.judge(no_tag.as_bytes(), source(), Instant::now()), Verdict::Reply(_)));
    assert_eq!(gate.judge(b"GET / HTTP/1.1\r\n\r\n", source(), Instant::now()), Verdict::Drop);
    assert_eq!(counters.read(0).malformed, 3);
}

#[test]
fn no_more_calls_than_there_is_room_for() {
    let (gate, counters) = gate(Admission { concurrent_calls_max: 1, ..TEN });
    assert_eq!(gate.judge(&invite(1), source(), Instant::now()), Verdict::Pass);
    count(&counters.calls);
    assert!(matches!(gate.judge(&invite(2), source(), Instant::now()), Verdict::Reply(_)));
}
