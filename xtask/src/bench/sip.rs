//! The messages of a caller, as text: enough SIP to call, acknowledge, press keys and hang up. Written and read
//! here apart from the product's own library, so that one does not excuse the other.

use std::net::{IpAddr, SocketAddr};

/// A number from the range set aside for fiction.
const CALLER: &str = "+46701740605";
const SERVICE: &str = "11414";

/// One call by its number in this run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallNumber(pub u64);

/// Whom a caller calls and where it hears.
#[derive(Clone, Copy)]
pub struct Ends {
    pub service: SocketAddr,
    pub own: SocketAddr,
    pub sound: SocketAddr,
}

/// What came back for a call.
#[derive(PartialEq, Eq, Debug)]
pub enum Heard {
    /// An answer to what we asked: its status, to which method, where the dialog goes on, and where
    /// the other side wants our sound, if it says so.
    Answer { call: CallNumber, status: u16, method: String, to: String, contact: String, sound: Option<SocketAddr> },
    /// The other side asks something (BYE, mostly); the lines that an answer must repeat.
    Request { call: CallNumber, method: String, repeated: String },
}

pub fn invite(ends: &Ends, call: CallNumber) -> String {
    let sound = ends.sound;
    let body = format!(
        "v=0\r\no=- {n} 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n",
        n = call.0,
        ip = sound.ip(),
        port = sound.port()
    );
    let uri = format!("sip:{SERVICE}@{}", ends.service);
    let head = head(ends, call, "INVITE", &uri, &format!("<{uri}>"), 1);
    format!("{head}Contact: <sip:{CALLER}@{}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}", ends.own, body.len())
}

pub fn ack(ends: &Ends, call: CallNumber, to: &str, uri: &str) -> String {
    format!("{}Content-Length: 0\r\n\r\n", head(ends, call, "ACK", uri, to, 1))
}

/// One key, by INFO. `sequence` is the number of this request among those of the call.
pub fn key(ends: &Ends, call: CallNumber, to: &str, uri: &str, sequence: u32, key: char) -> String {
    let body = format!("Signal={key}\r\nDuration=160\r\n");
    let head = head(ends, call, "INFO", uri, to, sequence);
    format!("{head}Content-Type: application/dtmf-relay\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

pub fn bye(ends: &Ends, call: CallNumber, to: &str, uri: &str, sequence: u32) -> String {
    format!("{}Content-Length: 0\r\n\r\n", head(ends, call, "BYE", uri, to, sequence))
}

/// A plain yes to a request.
pub fn ok(repeated: &str) -> String {
    format!("SIP/2.0 200 OK\r\n{repeated}Content-Length: 0\r\n\r\n")
}

fn head(ends: &Ends, call: CallNumber, method: &str, uri: &str, to: &str, sequence: u32) -> String {
    let (own, n) = (ends.own, call.0);
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK-{n}-{method}-{sequence};rport\r\nFrom: <sip:{CALLER}@{own}>;tag=caller-{n}\r\nTo: {to}\r\n\
         Call-ID: {n}@{own}\r\nCSeq: {sequence} {method}\r\nMax-Forwards: 70\r\n"
    )
}

/// `None` for what is no message about a call of ours.
pub fn read(message: &str) -> Option<Heard> {
    let (head, body) = message.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let first = lines.next()?;
    let fields: Vec<(&str, &str)> =
        lines.filter_map(|line| line.split_once(':').map(|(name, value)| (name.trim(), value.trim()))).collect();
    let field = |long: &str, short: &str| {
        let found = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(long) || name.eq_ignore_ascii_case(short));
        found.map_or("", |(_, value)| *value)
    };
    let call = CallNumber(field("Call-ID", "i").split('@').next()?.parse().ok()?);
    let method = field("CSeq", "cseq").split_whitespace().nth(1)?.to_owned();
    if let Some(rest) = first.strip_prefix("SIP/2.0 ") {
        let status = rest.split(' ').next()?.parse().ok()?;
        let contact = field("Contact", "m");
        let uri = contact.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(contact, |(uri, _)| uri);
        let (to, contact) = (field("To", "t").to_owned(), uri.to_owned());
        return Some(Heard::Answer { call, status, method, to, contact, sound: sound(body) });
    }
    let is_repeated =
        |name: &str| ["via", "v", "from", "f", "to", "t", "call-id", "i", "cseq"].iter().any(|wanted| name.eq_ignore_ascii_case(wanted));
    let repeated = fields.iter().filter(|(name, _)| is_repeated(name)).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    Some(Heard::Request { call, method, repeated })
}

/// Where a session description wants sound.
fn sound(body: &str) -> Option<SocketAddr> {
    let told = |beginning: &str| body.lines().find_map(|line| line.strip_prefix(beginning));
    let ip: IpAddr = told("c=IN IP4 ")?.trim().parse().ok()?;
    let port = told("m=audio ")?.split(' ').next()?.parse().ok()?;
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read() {
        let answer = "SIP/2.0 200 OK\r\nVia: x\r\nt: <sip:11414@h>;tag=9\r\nCall-ID: 7@127.0.0.1:5\r\nCSeq: 1 INVITE\r\nContact: \"S\" <sip:s@127.0.0.1:5060>;x=y\r\n\r\nc=IN IP4 127.0.0.1\r\nm=audio 4002 RTP/AVP 8\r\n";
        let expected = Heard::Answer {
            call: CallNumber(7),
            status: 200,
            method: "INVITE".to_owned(),
            to: "<sip:11414@h>;tag=9".to_owned(),
            contact: "sip:s@127.0.0.1:5060".to_owned(),
            sound: Some(SocketAddr::from(([127, 0, 0, 1], 4002))),
        };
        assert_eq!(read(answer), Some(expected));
        let request =
            "BYE sip:a@b SIP/2.0\r\nVia: one\r\nVia: two\r\nFrom: f\r\nTo: t\r\nCall-ID: 8@x\r\nCSeq: 4 BYE\r\nMax-Forwards: 70\r\n\r\n";
        let repeated = "Via: one\r\nVia: two\r\nFrom: f\r\nTo: t\r\nCall-ID: 8@x\r\nCSeq: 4 BYE\r\n".to_owned();
        assert_eq!(read(request), Some(Heard::Request { call: CallNumber(8), method: "BYE".to_owned(), repeated }));
        for stray in ["", "\r\n\r\n", "SIP/2.0 200 OK\r\nCall-ID: other@x\r\nCSeq: 1 INVITE\r\n\r\n"] {
            assert_eq!(read(stray), None, "{stray:?}");
        }
    }

    #[test]
    fn lengths_of_bodies_are_true() {
        let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let message = invite(&Ends { service: at(5060), own: at(5070), sound: at(4000) }, CallNumber(3));
        let (head, body) = message.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
        assert!(body.contains("m=audio 4000 RTP/AVP 8\r\n"));
        let message = key(&Ends { service: at(5060), own: at(5070), sound: at(4000) }, CallNumber(3), "<sip:s>;tag=1", "sip:s", 4, '9');
        let (head, body) = message.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
        assert!(head.contains("CSeq: 4 INFO\r\n") && body.starts_with("Signal=9\r\n"));
    }
}
