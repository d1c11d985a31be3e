//! SIP as bytes: what the gate needs to know of a message before anything parses it, and answers
//! made from nothing but the question. Allocates little: it runs once for every packet of a flood.

use std::net::SocketAddr;

/// Vias echoed in a stateless answer.
const VIAS_MAX: usize = 32;
/// Headers of one message.
const HEADERS_MAX: usize = 200;

/// The head of a message, borrowed from its bytes. Values keep their folding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head<'a> {
    /// The method of a request; `None` for a response.
    pub method: Option<&'a str>,
    vias: Vec<&'a str>,
    from: &'a str,
    pub to: &'a str,
    pub call_id: &'a str,
    cseq: &'a str,
    pub content_length: Option<&'a str>,
}

/// The head of a message that has all a message must have, else `None`.
pub fn scan(message: &[u8]) -> Option<Head<'_>> {
    let end = super::body::find(message, b"\r\n\r\n")?;
    let text = std::str::from_utf8(&message[..end]).ok()?;
    let (start, rest) = text.split_once("\r\n")?;
    let method = match start.strip_suffix(" SIP/2.0") {
        Some(request) => Some(request.split_once(' ').filter(|(_, uri)| !uri.is_empty())?.0),
        None => start.starts_with("SIP/2.0 ").then_some(None)?,
    };
    let (mut vias, mut count) = (Vec::new(), 0);
    let (mut from, mut to, mut call_id, mut cseq, mut content_length) = (None, None, None, None, None);
    let mut at = 0;
    while at < rest.len() {
        let line = unfolded(&rest[at..]);
        at += line.len() + 2;
        count += 1;
        let (name, value) = line.split_once(':')?;
        let (name, value) = (name.trim_end(), value.trim());
        let is = |long: &str, short: &str| name.eq_ignore_ascii_case(long) || name.eq_ignore_ascii_case(short);
        if is("via", "v") {
            vias.push(value);
        } else if is("from", "f") {
            from = Some(value);
        } else if is("to", "t") {
            to = Some(value);
        } else if is("call-id", "i") {
            call_id = Some(value);
        } else if is("cseq", "cseq") {
            cseq = Some(value);
        } else if is("content-length", "l") {
            content_length = Some(value);
        }
    }
    let whole = !vias.is_empty() && vias.len() <= VIAS_MAX && count <= HEADERS_MAX;
    whole.then_some(())?;
    Some(Head { method, vias, from: from?, to: to?, call_id: call_id?, cseq: cseq?, content_length })
}

/// The first header of a head with the lines folded into it, without its line end.
fn unfolded(rest: &str) -> &str {
    let mut end = 0;
    loop {
        match rest[end..].find("\r\n") {
            None => return rest,
            Some(found) => {
                end += found;
                if !matches!(rest.as_bytes().get(end + 2), Some(b' ' | b'\t')) {
                    return &rest[..end];
                }
                end += 2;
            }
        }
    }
}

impl<'a> Head<'a> {
    /// The tag of the To header: present within a dialog.
    pub fn to_tag(&self) -> Option<&'a str> {
        tag_of(self.to)
    }

    pub fn sender_tag(&self) -> Option<&'a str> {
        tag_of(self.from)
    }

    /// The branch of the topmost Via, or all of it from ancient senders.
    pub fn branch(&self) -> &'a str {
        let top = self.vias[0].split(',').next().unwrap_or_default();
        top.split(';').find_map(|piece| piece.trim().strip_prefix("branch=")).unwrap_or(top)
    }

    /// CSeq without the method, by which a re-sent request is told from a new one in the same call.
    pub fn sequence(&self) -> &'a str {
        self.cseq.split_whitespace().next().unwrap_or_default()
    }

    /// An answer made without any state.
    pub fn answer(&self, status: &str, to_tag: &str, extra: &str, source: SocketAddr) -> Vec<u8> {
        let mut out = format!("SIP/2.0 {status}\r\n");
        for (n, via) in self.vias.iter().enumerate() {
            let via = if n == 0 { with_source(via, source) } else { (*via).to_owned() };
            out += &format!("Via: {via}\r\n");
        }
        let tag = if self.to_tag().is_some() { String::new() } else { format!(";tag={to_tag}") };
        let (from, to, call_id, cseq) = (self.from, self.to, self.call_id, self.cseq);
        out += &format!("From: {from}\r\nTo: {to}{tag}\r\nCall-ID: {call_id}\r\nCSeq: {cseq}\r\n");
        out += extra;
        out += "Content-Length: 0\r\n\r\n";
        out.into_bytes()
    }
}

fn tag_of(value: &str) -> Option<&str> {
    // Parameters of the header stand after the address.
    let parameters = match value.rfind('>') {
        Some(close) => &value[close + 1..],
        None => value.split_once(';')?.1,
    };
    parameters.split(';').find_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        name.trim().eq_ignore_ascii_case("tag").then_some(value.trim())
    })
}

/// RFC 3581: whoever asks is told where the request came from.
fn with_source(via: &str, source: SocketAddr) -> String {
    let asked = via.split(',').next().unwrap_or_default().split(';').any(|piece| piece.trim() == "rport");
    if !asked {
        return via.to_owned();
    }
    via.replacen("rport", &format!("rport={};received={}", source.port(), source.ip()), 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const INVITE: &str = "INVITE sip:11414@example.org SIP/2.0\r\nv: SIP/2.0/UDP a.example;rport;branch=z9hG4bKx\r\n\
        Via: SIP/2.0/UDP b.example;branch=z9hG4bKy\r\nFrom: \"x;tag=no\"\r\n <sip:a@b>;tag=1\r\nt: <sip:11414@example.org;tag=no>\r\n\
        Call-ID : c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";

    #[test]
    fn a_head_is_read_with_its_folds_and_short_names() {
        let head = scan(INVITE.as_bytes()).unwrap();
        assert_eq!((head.method, head.to_tag(), head.branch()), (Some("INVITE"), None, "z9hG4bKx"));
        assert_eq!(head.call_id, "c");
        let in_dialog = INVITE.replace("example.org;tag=no>", "example.org>; tag = 7");
        assert_eq!(scan(in_dialog.as_bytes()).unwrap().to_tag(), Some("7"));
        let response = INVITE.replace("INVITE sip:11414@example.org SIP/2.0", "SIP/2.0 200 OK");
        assert_eq!(scan(response.as_bytes()).unwrap().method, None);
    }

    #[test]
    fn a_stateless_answer_is_a_message_of_its_own() {
        let head = scan(INVITE.as_bytes()).unwrap();
        let answer = head.answer("503 Service Unavailable", "g", "Retry-After: 5\r\n", "192.0.2.9:4444".parse().unwrap());
        let text = String::from_utf8(answer.clone()).unwrap();
        assert!(text.contains("Via: SIP/2.0/UDP a.example;rport=4444;received=192.0.2.9;branch=z9hG4bKx\r\n"), "{text}");
        assert!(text.contains("From: \"x;tag=no\"\r\n <sip:a@b>;tag=1\r\n"), "{text}");
        let back = scan(&answer).unwrap();
        assert_eq!((back.method, back.to_tag(), back.sequence()), (None, Some("g"), "1"));
        assert!(rsipstack::sip::SipMessage::try_from(&answer[..]).is_ok());
    }

    #[test]
    fn what_misses_something_is_no_message() {
        let without = |start: &str| {
            let kept = INVITE.split_inclusive("\r\n").filter(|line| !line.to_lowercase().starts_with(start));
            kept.collect::<String>().replace("\r\n <sip:a@b>", "")
        };
        assert!(scan(without("x").as_bytes()).is_some());
        for missing in ["from", "t:", "call-id", "cseq", "v"] {
            assert!(scan(without(missing).as_bytes()).is_none(), "{missing}");
        }
        for (from, to) in [
            (" SIP/2.0\r\n", "\r\n"),
            ("INVITE sip:11414@example.org", "INVITE"),
            ("CSeq:", "CSeq"),
            ("CSeq", &format!("{}CSeq", "X: y\r\n".repeat(300))),
            ("\r\n\r\n", "\r\n"),
        ] {
            assert!(scan(INVITE.replacen(from, to, 1).as_bytes()).is_none(), "{from:?}");
        }
        assert!(scan(b"").is_none());
        assert!(scan(&[0xFF; 100]).is_none());
    }
}
