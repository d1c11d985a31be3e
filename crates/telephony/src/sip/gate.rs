//! The gate before the transaction layer. It looks at each message and lets in only what belongs to
//! a call, and only as many new calls as the installation can carry. The rest is answered without
//! any state, at a bounded rate where the question could be anybody's, or dropped. The library
//! behind it goes under when flooded (its clean-up scans all unfinished calls for each one that is
//! over), so what would flood it must never reach it.
//!
//! Retransmissions get the answer of the first and are never counted. Within a call everything
//! passes, up to a rate no honest telephone comes near.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rsipstack::dialog::DialogId;
use rsipstack::sip::{Method, SipMessage};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};

use super::ALLOW;
use super::body::ACCEPT;
use super::memory::Memory;
use super::under_way::UnderWay;
use super::wire::{self, Head};
use crate::bucket::{Bucket, Buckets, Rate};
use crate::config::Admission;
use crate::stats::{Counters, count};

const ADMITTED_MAX: usize = 65_536;
/// Under a flood the oldest refusals are forgotten first; their retransmissions count as new calls.
const REFUSED_MAX: usize = 65_536;
/// Answers to requests that belong to no call. Above it they are dropped: whoever floods with a
/// false sender's address must not have us flood its owner.
const STRAYS_ANSWERED: Rate = Rate { per_second: 100, burst: 200 };
/// Answers to OPTIONS outside calls, apart from the others: load balancers ask so whether we live.
const PINGS_ANSWERED: Rate = Rate { per_second: 100, burst: 200 };
/// New requests within one call. Keys by INFO come at ten a second, everything else is rarer.
const WITHIN_CALL: Rate = Rate { per_second: 20, burst: 60 };
/// Calls whose requests are counted at the same time.
const WITHIN_CALL_MAX: usize = 16_384;
/// A call just let in counts as being on for this long even if the library has not taken it up yet.
const TAKEN_UP: Duration = Duration::from_secs(2);
/// A head longer than this is refused.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// A body longer than this is refused.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The methods the library can read; case matters (RFC 3261 section 7.1).
const METHODS: [&str; 14] = [
    "ACK",
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SUBSCRIBE",
    "UPDATE",
];

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
    /// Empty until the library runs: then nothing is on.
    under_way: OnceLock<Arc<dyn UnderWay>>,
    state: Mutex<State>,
}

struct State {
    admission: Admission,
    /// Calls that may be let in now.
    new_calls: Bucket,
    strays: Bucket,
    pings: Bucket,
    within_call: Buckets,
    admitted: Memory<()>,
    refused: Memory<()>,
    /// The transaction a call came by, to know it again when it comes by another path.
    paths: Memory<(TransactionKey, Instant)>,
}

/// A message as the library reads it.
enum Parsed {
    Request { method: Method, transaction: TransactionKey, dialog: DialogId },
    Response { transaction: TransactionKey },
}

impl Gate {
    pub fn new(admission: Admission, counters: Arc<Counters>) -> Gate {
        let now = Instant::now();
        Gate {
            counters,
            tag: format!("gate{:016x}", rand::random::<u64>()),
            under_way: OnceLock::new(),
            state: Mutex::new(State {
                admission,
                new_calls: Bucket::full(rate(&admission), now),
                strays: Bucket::full(STRAYS_ANSWERED, now),
                pings: Bucket::full(PINGS_ANSWERED, now),
                within_call: Buckets::new(WITHIN_CALL, WITHIN_CALL_MAX),
                admitted: Memory::new(ADMITTED_MAX),
                refused: Memory::new(REFUSED_MAX),
                paths: Memory::new(ADMITTED_MAX),
            }),
        }
    }

    /// Says where to look up what is on. Once, before the first message.
    pub fn watch(&self, under_way: Arc<dyn UnderWay>) {
        let _ = self.under_way.set(under_way);
    }

    pub fn set_admission(&self, admission: Admission) {
        let mut state = self.state.lock();
        if state.admission != admission {
            state.new_calls = Bucket::full(rate(&admission), Instant::now());
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
        match head.method {
            Some("INVITE") if head.to_tag().is_none() && !self.admit(&head, now) => {
                count(&self.counters.refused_by_gate);
                let retry = format!("Retry-After: {}\r\n", self.retry_after_s());
                return Verdict::Reply(head.answer("503 Service Unavailable", &self.tag, &retry, source));
            }
            Some("ACK") if head.to_tag() == Some(&self.tag) => return Verdict::Drop,
            Some(method) if !METHODS.contains(&method) => {
                return self.answer_stray(&head, "501 Not Implemented", &allow(), source, now);
            }
            _ => {}
        }
        // Only what the library can parse reaches it, read as it reads it.
        match catch_unwind(AssertUnwindSafe(|| parse(message, &head))).unwrap_or_default() {
            Some(Parsed::Request { method, transaction, dialog }) => self.judge_request(&head, method, &transaction, &dialog, source, now),
            Some(Parsed::Response { transaction }) => self.pass_if(self.is_known(&transaction)),
            None => {
                count(&self.counters.malformed);
                self.answer_within_rate(&head, "400 Bad Request", "", source, now)
            }
        }
    }

    fn judge_request(
        &self,
        head: &Head<'_>,
        method: Method,
        transaction: &TransactionKey,
        dialog: &DialogId,
        source: SocketAddr,
        now: Instant,
    ) -> Verdict {
        // What is repeated, and the CANCEL or ACK of an INVITE that is not over.
        if self.is_known(transaction) {
            return Verdict::Pass;
        }
        let within = self.under_way.get().is_some_and(|under_way| under_way.dialog(dialog));
        match method {
            Method::Ack => self.pass_if(within),
            _ if within => self.within_call(dialog, now),
            Method::Cancel if self.state.lock().admitted.knows(key(head), now) => Verdict::Pass,
            _ if !dialog.local_tag.is_empty() => self.not_here(head, source, now),
            Method::Invite if self.came_by_another_path(head, transaction, now) => {
                self.answer_stray(head, "482 Loop Detected", "", source, now)
            }
            Method::Invite => Verdict::Pass,
            Method::Options => self.alive(head, source, now),
            Method::Bye | Method::Cancel => self.not_here(head, source, now),
            // Registering, subscribing and messages: not ours.
            _ => self.answer_stray(head, "405 Method Not Allowed", &allow(), source, now),
        }
    }

    /// An answer to a request that is too large for what it came over.
    pub fn too_large(&self, head: &Head<'_>, source: SocketAddr) -> Verdict {
        count(&self.counters.malformed);
        self.answer_within_rate(head, "513 Message Too Large", "", source, Instant::now())
    }

    fn is_known(&self, transaction: &TransactionKey) -> bool {
        self.under_way.get().is_some_and(|under_way| under_way.transaction(transaction))
    }

    fn pass_if(&self, known: bool) -> Verdict {
        if known {
            return Verdict::Pass;
        }
        count(&self.counters.strays);
        Verdict::Drop
    }

    fn within_call(&self, dialog: &DialogId, now: Instant) -> Verdict {
        let mut hasher = DefaultHasher::new();
        (&dialog.call_id, &dialog.local_tag).hash(&mut hasher);
        if self.state.lock().within_call.take(hasher.finish(), now) {
            return Verdict::Pass;
        }
        count(&self.counters.unanswered);
        Verdict::Drop
    }

    fn not_here(&self, head: &Head<'_>, source: SocketAddr, now: Instant) -> Verdict {
        self.answer_stray(head, "481 Call/Transaction Does Not Exist", "", source, now)
    }

    fn alive(&self, head: &Head<'_>, source: SocketAddr, now: Instant) -> Verdict {
        if !self.state.lock().pings.take(PINGS_ANSWERED, now) {
            count(&self.counters.unanswered);
            return Verdict::Drop;
        }
        let understood = format!("{}Accept: {ACCEPT}\r\nSupported: timer\r\n", allow());
        Verdict::Reply(head.answer("200 OK", &self.tag, &understood, source))
    }

    fn answer_stray(&self, head: &Head<'_>, status: &str, extra: &str, source: SocketAddr, now: Instant) -> Verdict {
        count(&self.counters.strays);
        self.answer_within_rate(head, status, extra, source, now)
    }

    fn answer_within_rate(&self, head: &Head<'_>, status: &str, extra: &str, source: SocketAddr, now: Instant) -> Verdict {
        if matches!(head.method, None | Some("ACK")) {
            return Verdict::Drop;
        }
        if !self.state.lock().strays.take(STRAYS_ANSWERED, now) {
            count(&self.counters.unanswered);
            return Verdict::Drop;
        }
        Verdict::Reply(head.answer(status, &self.tag, extra, source))
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
        let rate = rate(&state.admission);
        let room = self.counters.calls() < u64::from(state.admission.concurrent_calls_max);
        let admitted = room && rate.per_second > 0 && state.new_calls.take(rate, now);
        let memory = if admitted { &mut state.admitted } else { &mut state.refused };
        memory.learn(key, (), now);
        admitted
    }

    /// RFC 3261 section 8.2.2.2: a network that forked one call to us twice hears so, and the call
    /// is answered once. One that is over may be tried again by another path.
    fn came_by_another_path(&self, head: &Head<'_>, transaction: &TransactionKey, now: Instant) -> bool {
        let mut hasher = DefaultHasher::new();
        (head.call_id, head.sender_tag(), head.sequence()).hash(&mut hasher);
        let call = hasher.finish();
        let mut state = self.state.lock();
        if let Some((first, at)) = state.paths.get(call, now) {
            let on = match self.under_way.get() {
                Some(under_way) if under_way.transaction(first) => under_way.open_transaction(first),
                _ => now.saturating_duration_since(*at) < TAKEN_UP,
            };
            if first == transaction || on {
                return first != transaction;
            }
        }
        state.paths.learn(call, (transaction.clone(), now), now);
        false
    }
}

fn rate(admission: &Admission) -> Rate {
    Rate { per_second: admission.new_calls_per_second, burst: admission.burst }
}

fn allow() -> String {
    format!("Allow: {ALLOW}\r\n")
}

/// An INVITE's, and the same for the CANCEL of it.
fn key(head: &Head<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (head.branch(), head.call_id, head.sequence()).hash(&mut hasher);
    hasher.finish()
}

/// The message as the library will take it; `None` when it cannot find its transaction or dialog, or
/// sees another one than the gate does.
fn parse(message: &[u8], head: &Head<'_>) -> Option<Parsed> {
    match SipMessage::try_from(message).ok()? {
        SipMessage::Request(request) => {
            let transaction = TransactionKey::from_request(&request, TransactionRole::Server).ok()?;
            let dialog = DialogId::try_from((&request, TransactionRole::Server)).ok()?;
            let tag = head.to_tag();
            let agreed = tag.unwrap_or_default() == dialog.local_tag && tag != Some("") && head.call_id == dialog.call_id;
            agreed.then_some(Parsed::Request { method: request.method, transaction, dialog })
        }
        SipMessage::Response(response) => {
            let transaction = TransactionKey::from_response(&response, TransactionRole::Client).ok()?;
            Some(Parsed::Response { transaction })
        }
    }
}

#[cfg(test)]
mod tests;
