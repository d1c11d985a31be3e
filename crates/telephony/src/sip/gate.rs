//! The gate before the transaction layer. It looks at each message's bytes and lets in only as many
//! new calls as the installation can carry; the rest get a 503 made without any state. The library
//! behind it goes under when flooded (its clean-up scans all unfinished calls for each one that is
//! over), so what would flood it must never reach it.
//!
//! It decides on new INVITEs only: requests within a call always pass, retransmissions get the
//! answer of the first and are never counted.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rsipstack::dialog::DialogId;
use rsipstack::sip::{Method, SipMessage};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};

use super::wire::{self, Head};
use crate::config::Admission;
use crate::stats::{Counters, count};

/// How long a retransmission may follow (64*T1).
const REMEMBERED: Duration = Duration::from_secs(32);
const ADMITTED_MAX: usize = 65_536;
/// Under a flood the oldest refusals are forgotten first; their retransmissions count as new calls.
const REFUSED_MAX: usize = 65_536;
/// A head longer than this is refused.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// A body longer than this is refused.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
const MICRO: u64 = 1_000_000;

/// What becomes of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// Send these bytes back and forget it.
    Reply(Vec<u8>),
    Drop,
}

/// See the module.
pub struct Gate {
    counters: Arc<Counters>,
    /// To tag of every answer given here, so that the ACKs to them are known.
    tag: String,
    state: Mutex<State>,
}

struct State {
    admission: Admission,
    /// Calls that may be let in now, in millionths.
    tokens: u64,
    filled_at: Instant,
    admitted: Memory,
    refused: Memory,
}

impl Gate {
    pub fn new(admission: Admission, counters: Arc<Counters>) -> Gate {
        Gate {
            counters,
            tag: format!("gate{:016x}", rand::random::<u64>()),
            state: Mutex::new(State {
                admission,
                tokens: full(&admission),
                filled_at: Instant::now(),
                admitted: Memory::new(ADMITTED_MAX),
                refused: Memory::new(REFUSED_MAX),
            }),
        }
    }

    pub fn set_admission(&self, admission: Admission) {
        let mut state = self.state.lock();
        if state.admission != admission {
            state.tokens = full(&admission);
            state.admission = admission;
        }
    }

    /// How long a refused caller is told to wait.
    pub fn retry_after_s(&self) -> u32 {
        self.state.lock().admission.retry_after_s
    }

    pub fn has_room(&self) -> bool {
        self.counters.calls() < u64::from(self.state.lock().admission.concurrent_calls_max)
    }

    /// Judges a message as it came from the network.
    pub fn judge(&self, message: &[u8], source: SocketAddr, now: Instant) -> Verdict {
        let Some(head) = wire::scan(message) else {
            count(&self.counters.malformed);
            return Verdict::Drop;
        };
        let Some(method) = head.method else {
            return self.check(message, &head, source);
        };
        match method {
            "INVITE" if head.to_tag().is_none() && !self.admit(&head, now) => {
                count(&self.counters.refused_by_gate);
                let retry = format!("Retry-After: {}\r\n", self.retry_after_s());
                return self.reply(&head, "503 Service Unavailable", &retry, source);
            }
            "ACK" if head.to_tag() == Some(&self.tag) => return Verdict::Drop,
            _ => {}
        }
        self.check(message, &head, source)
    }

    /// An answer to a request that is too large for what it came over.
    pub fn too_large(&self, head: &Head<'_>, source: SocketAddr) -> Verdict {
        count(&self.counters.malformed);
        self.reply(head, "513 Message Too Large", "", source)
    }

    fn reply(&self, head: &Head<'_>, status: &str, extra: &str, source: SocketAddr) -> Verdict {
        match head.method {
            None | Some("ACK") => Verdict::Drop,
            Some(_) => Verdict::Reply(head.answer(status, &self.tag, extra, source)),
        }
    }

    /// Lets only through what the library can parse, so that nothing it does not expect reaches it.
    fn check(&self, message: &[u8], head: &Head<'_>, source: SocketAddr) -> Verdict {
        if catch_unwind(AssertUnwindSafe(|| is_sound(message))).unwrap_or(false) {
            return Verdict::Pass;
        }
        count(&self.counters.malformed);
        self.reply(head, "400 Bad Request", "", source)
    }

    fn admit(&self, head: &Head<'_>, now: Instant) -> bool {
        let key = key(head);
        let mut state = self.state.lock();
        if state.admitted.knows(key, now) {
            return true;
        }
        if state.refused.knows(key, now) {
            return false;
        }
        state.fill(now);
        let room = self.counters.calls() < u64::from(state.admission.concurrent_calls_max);
        let admitted = room && state.tokens >= MICRO && state.admission.new_calls_per_second > 0;
        if admitted {
            state.tokens -= MICRO;
            state.admitted.learn(key, now);
        } else {
            state.refused.learn(key, now);
        }
        admitted
    }
}

fn full(admission: &Admission) -> u64 {
    u64::from(admission.burst.max(1)) * MICRO
}

impl State {
    fn fill(&mut self, now: Instant) {
        let micros = now.saturating_duration_since(self.filled_at).as_micros().min(u128::from(u32::MAX)) as u64;
        self.filled_at = now;
        let gained = micros * u64::from(self.admission.new_calls_per_second);
        self.tokens = (self.tokens + gained).min(full(&self.admission));
    }
}

fn key(head: &Head<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (head.branch(), head.call_id, head.cseq()).hash(&mut hasher);
    hasher.finish()
}

/// Whether the library can parse the message and find its transaction and dialog.
fn is_sound(message: &[u8]) -> bool {
    match SipMessage::try_from(message) {
        Ok(SipMessage::Request(request)) => {
            let transaction = TransactionKey::from_request(&request, TransactionRole::Server);
            let dialog = DialogId::try_from((&request, TransactionRole::Server));
            transaction.is_ok() && (request.method != Method::Invite || dialog.is_ok())
        }
        Ok(SipMessage::Response(response)) => TransactionKey::from_response(&response, TransactionRole::Client).is_ok(),
        Err(_) => false,
    }
}

/// Which requests were seen lately.
struct Memory {
    seen: HashMap<u64, Instant>,
    order: VecDeque<(Instant, u64)>,
    max: usize,
}

impl Memory {
    fn new(max: usize) -> Memory {
        Memory { seen: HashMap::new(), order: VecDeque::new(), max }
    }

    fn knows(&mut self, key: u64, now: Instant) -> bool {
        while let Some(&(at, old)) = self.order.front() {
            if now.saturating_duration_since(at) < REMEMBERED && self.order.len() <= self.max {
                break;
            }
            self.order.pop_front();
            self.seen.remove(&old);
        }
        self.seen.contains_key(&key)
    }

    fn learn(&mut self, key: u64, now: Instant) {
        self.seen.insert(key, now);
        self.order.push_back((now, key));
    }
}

#[cfg(test)]
mod tests {
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
        let ack =
            String::from_utf8(invite(1)).unwrap().replace("INVITE", "ACK").replace("org>\r\nCall", &format!("org>;tag={tag}\r\nCall"));
        assert_eq!(gate.judge(ack.as_bytes(), source(), Instant::now()), Verdict::Drop);
    }

    #[test]
    fn within_a_call_everything_passes() {
        let (gate, _) = gate(Admission { new_calls_per_second: 0, ..TEN });
        for method in ["INVITE", "BYE", "UPDATE", "INFO"] {
            let request = String::from_utf8(invite(1)).unwrap().replace("INVITE", method).replace("org>\r\nCall", "org>;tag=x\r\nCall");
            assert_eq!(gate.judge(request.as_bytes(), source(), Instant::now()), Verdict::Pass, "{method}");
        }
        let options = String::from_utf8(invite(1)).unwrap().replace("INVITE", "OPTIONS");
        assert_eq!(gate.judge(options.as_bytes(), source(), Instant::now()), Verdict::Pass);
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
}
