//! A caller made of text, for what no well-behaved program sends.
#![allow(dead_code, clippy::unwrap_used)]

use std::net::SocketAddr;

use tokio::net::UdpSocket;
use tokio::time::{Duration, Instant, timeout};

use telephony::{EndCause, LegId};

use super::{DEADLINE, NUMBER, Side};

pub const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

/// T1 of the standard.
const RESEND_AFTER: Duration = Duration::from_millis(500);

/// One call's worth of text over UDP.
pub struct Raw {
    pub socket: UdpSocket,
    pub sip: SocketAddr,
    pub call_id: String,
    pub to_tag: Option<String>,
    own_tag: &'static str,
    sequence: u32,
    branch: u32,
}

impl Raw {
    pub async fn new(sip: SocketAddr) -> Raw {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let call_id = format!("raw-{}", socket.local_addr().unwrap().port());
        Raw { socket, sip, call_id, to_tag: None, own_tag: "raw", sequence: 0, branch: 0 }
    }

    pub fn own(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// A request with a new transaction; ACK and CANCEL stay with the last INVITE's number.
    pub fn request(&mut self, method: &str, headers: &str, body: &str) -> String {
        if method != "ACK" && method != "CANCEL" {
            self.sequence += 1;
        }
        if method != "CANCEL" {
            self.branch += 1;
        }
        self.text(method, headers, body)
    }

    fn text(&self, method: &str, headers: &str, body: &str) -> String {
        let (sip, own, call_id, own_tag) = (self.sip, self.own(), &self.call_id, self.own_tag);
        let tag = self.to_tag.as_ref().map(|tag| format!(";tag={tag}")).unwrap_or_default();
        let kind = if body.starts_with("v=0") { "Content-Type: application/sdp\r\n" } else { "" };
        let (branch, sequence, length) = (self.branch, self.sequence, body.len());
        format!(
            "{method} sip:11414@{sip} SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bK{branch}\r\nMax-Forwards: 70\r\n\
             From: <sip:{NUMBER}@{own}>;tag={own_tag}\r\nTo: <sip:11414@{sip}>{tag}\r\nCall-ID: {call_id}\r\n\
             CSeq: {sequence} {method}\r\nContact: <sip:{NUMBER}@{own}>\r\n{kind}{headers}Content-Length: {length}\r\n\r\n{body}"
        )
    }

    pub async fn send(&self, text: &str) {
        self.send_bytes(text.as_bytes()).await;
    }

    pub async fn send_bytes(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.sip).await.unwrap();
    }

    /// The next message, whatever it is.
    pub async fn receive(&self) -> String {
        let mut buffer = vec![0; 65_536];
        let (length, _) = timeout(DEADLINE, self.socket.recv_from(&mut buffer)).await.expect("no message").unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    /// The next message that begins with this; others are passed over.
    pub async fn expect(&mut self, start: &str) -> String {
        loop {
            let text = self.receive().await;
            if text.starts_with(start) {
                if text.starts_with("SIP/2.0 ") && !text.starts_with("SIP/2.0 100") && self.to_tag.is_none() {
                    self.to_tag = header(&text, "To").and_then(|to| to.split(";tag=").nth(1).map(str::to_owned));
                }
                return text;
            }
        }
    }

    /// The next request with this method, not the last one again.
    pub async fn next(&mut self, method: &str, last: Option<&str>) -> String {
        loop {
            let next = self.expect(&format!("{method} ")).await;
            if last.is_none_or(|last| header(last, "CSeq") != header(&next, "CSeq")) {
                return next;
            }
        }
    }

    /// Sends a request, again as long as nobody answers, and gives the final answer, acknowledged if
    /// it needs to be.
    pub async fn ask(&mut self, method: &str, headers: &str, body: &str) -> String {
        let text = self.request(method, headers, body);
        let deadline = Instant::now() + DEADLINE;
        self.send(&text).await;
        loop {
            let Ok(answer) = timeout(RESEND_AFTER, self.receive()).await else {
                assert!(Instant::now() < deadline, "no answer to {method}");
                self.send(&text).await;
                continue;
            };
            let ours = header(&answer, "CSeq").is_some_and(|cseq| cseq == format!("{} {method}", self.sequence));
            if !answer.starts_with("SIP/2.0 ") || !ours || answer.starts_with("SIP/2.0 1") {
                continue;
            }
            if method == "INVITE" && !answer.starts_with("SIP/2.0 2") {
                self.acknowledge_refusal(&answer).await;
            } else if self.to_tag.is_none() {
                self.to_tag = header(&answer, "To").and_then(|to| to.split(";tag=").nth(1).map(str::to_owned));
            }
            return answer;
        }
    }

    async fn acknowledge_refusal(&self, answer: &str) {
        let to = header(answer, "To").unwrap();
        let ack = self.text("ACK", "", "");
        let before = header(&ack, "To").unwrap().to_owned();
        self.send(&ack.replace(&format!("To: {before}"), &format!("To: {to}"))).await;
    }

    pub async fn ack(&mut self, body: &str) {
        let ack = self.request("ACK", "", body);
        self.send(&ack).await;
    }

    /// The next such INVITE to us, tagged for answers; from now on requests are of its call.
    pub async fn invited(&mut self, such: impl Fn(&str) -> bool) -> String {
        let mut invite = self.expect("INVITE ").await;
        while !such(&invite) {
            invite = self.expect("INVITE ").await;
        }
        self.own_tag = "callee";
        self.call_id = header(&invite, "Call-ID").unwrap().to_owned();
        self.to_tag = header(&invite, "From").unwrap().split(";tag=").nth(1).map(str::to_owned);
        let to = header(&invite, "To").unwrap();
        invite.replace(&format!("To: {to}"), &format!("To: {to};tag={}", self.own_tag))
    }

    /// Answers a request of the other side.
    pub async fn answer(&self, request: &str, status: &str, extra: &str) {
        self.answer_with(request, status, extra, "").await;
    }

    pub async fn answer_with(&self, request: &str, status: &str, extra: &str, body: &str) {
        let echoed = ["Via", "From", "To", "Call-ID", "CSeq"];
        let lines: String = request
            .lines()
            .filter(|line| echoed.iter().any(|name| line.starts_with(&format!("{name}:"))))
            .map(|line| format!("{line}\r\n"))
            .collect();
        let (own, length) = (self.own(), body.len());
        let contact = format!("Contact: <sip:{NUMBER}@{own}>\r\n");
        self.send(&format!("SIP/2.0 {status}\r\n{lines}{contact}{extra}Content-Length: {length}\r\n\r\n{body}")).await;
    }
}

/// A raw caller whose call is answered and acknowledged: its leg and our answer.
pub async fn answered(svar: &mut Side, headers: &str, sdp: &str) -> (Raw, LegId, String) {
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let invite = raw.request("INVITE", headers, sdp);
    raw.send(&invite).await;
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    let ok = raw.expect("SIP/2.0 200").await;
    raw.ack("").await;
    svar.answered(leg).await;
    (raw, leg, ok)
}

pub async fn hang_up(svar: &mut Side, mut raw: Raw, leg: LegId) {
    assert!(raw.ask("BYE", "", "").await.starts_with("SIP/2.0 200"));
    assert_eq!(svar.ended(leg).await, EndCause::HungUp);
}

/// A raw callee: the INVITE we send it, tagged for answers and for requests of its own.
pub async fn called(svar: &mut Side) -> (Raw, LegId, String) {
    let mut raw = Raw::new(svar.telephony.sip_address()).await;
    let leg = svar.dial(&format!("sip:{NUMBER}@{}", raw.own()));
    let invite = raw.invited(|_| true).await;
    (raw, leg, invite)
}

/// The value of the first header of this name.
pub fn header<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let head = text.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
