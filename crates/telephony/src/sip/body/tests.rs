#![allow(clippy::unwrap_used)]

use super::*;

type Other = (String, Option<String>, Vec<u8>);

fn head(content_type: &str) -> Head {
    Head { content_type: content_type.to_owned(), ..Head::default() }
}

/// SDP and (type, id, bytes) of the others.
fn check(content_type: &str, body: &[u8]) -> Result<(Option<Vec<u8>>, Vec<Other>), MalformedBody> {
    let contents = read(head(content_type), body)?;
    let others = contents.others.into_iter().map(|part| (part.content_type, part.content_id, part.bytes));
    Ok((contents.sdp, others.collect()))
}

#[test]
fn plain_sdp_is_sdp() {
    assert_eq!(check("application/sdp", b"v=0\r\n").unwrap(), (Some(b"v=0\r\n".to_vec()), vec![]));
    assert_eq!(check("Application/SDP;charset=utf-8", b"v=0").unwrap().0, Some(b"v=0".to_vec()));
    assert_eq!(check("", b"").unwrap(), (None, vec![]));
}

#[test]
fn parts_are_handed_on_byte_for_byte() {
    // The second part is no UTF-8 and holds what looks like the delimiter inside a line.
    let body = b"a preamble\r\n--b 1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b 1  \r\n\
        content-id: <place@example>\r\nContent-Type: application/pidf+xml;\r\n charset=latin1\r\n\r\n\xFF\x00 --b 1 x\r\n\r\n--b 1--\r\nend";
    let (sdp, others) = check("multipart/mixed; boundary=\"b 1\"; x=y", body).unwrap();
    assert_eq!(sdp.unwrap(), b"v=0\r\n");
    let pidf = ("application/pidf+xml; charset=latin1".to_owned(), Some("place@example".to_owned()), b"\xFF\x00 --b 1 x\r\n".to_vec());
    assert_eq!(others, [pidf]);
}

#[test]
fn multiparts_within_multiparts_are_flattened() {
    let body = b"--a\r\nContent-Type: multipart/alternative;boundary=b\r\n\r\n--b\r\nContent-Type: text/x\r\n\r\n1\r\n\
        --b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--\r\n\r\n--a\r\n\r\nno head\r\n--a--";
    let (sdp, others) = check("multipart/mixed;x=\"a;b\";boundary=a", body).unwrap();
    assert_eq!(sdp.unwrap(), b"v=0");
    assert_eq!(others[0], ("text/x".to_owned(), None, b"1".to_vec()));
    assert_eq!(others[1], ("text/plain".to_owned(), None, b"no head".to_vec()));
}

#[test]
fn what_does_not_hold_together_is_refused() {
    let deep = (0..9).fold(b"x".to_vec(), |inner, n| {
        let mut body = format!("--{n}\r\nContent-Type: multipart/mixed;boundary={}\r\n\r\n", (n + 8) % 9).into_bytes();
        body.extend(inner);
        body.extend(format!("\r\n--{n}--\r\n").into_bytes());
        body
    });
    let many = "--b\r\n\r\nx\r\n".repeat(40);
    for (name, content_type, body) in [
        ("no boundary", "multipart/mixed", &b"--b\r\n\r\nx"[..]),
        ("empty boundary", "multipart/mixed;boundary=", b"--\r\n\r\nx"),
        ("open quote", "multipart/mixed;boundary=\"b", b"--b\r\n\r\nx"),
        ("another boundary", "multipart/mixed;boundary=b", b"--c\r\n\r\nx"),
        ("no empty line", "multipart/mixed;boundary=b", b"--b\r\nContent-Type: x\r\n--b--"),
        ("too deep", "multipart/mixed;boundary=8", &deep),
        ("too many", "multipart/mixed;boundary=b", many.as_bytes()),
    ] {
        assert_eq!(check(content_type, body), Err(MalformedBody), "{name}");
    }
}

#[test]
fn what_must_be_understood_and_is_not_is_refused() {
    let mixed = |parts: &[&str]| parts.iter().map(|part| format!("--b\r\n{part}\r\n\r\nx\r\n")).collect::<String>() + "--b--\r\n";
    let (sdp, place) = ("Content-Type: application/sdp", "Content-Type: application/pidf+xml");
    let (text, optional) = ("Content-Type: text/plain", "Content-Type: text/plain\r\nContent-Disposition: render; handling=\"Optional\"");
    let mixed_type = "multipart/mixed;boundary=b";
    for (content_type, disposition, body, refused) in [
        ("text/plain", None, "hello".to_owned(), true),
        ("text/plain", Some("render;handling=required"), "hello".to_owned(), true),
        ("text/plain", Some("render; handling=optional"), "hello".to_owned(), false),
        ("", None, "what is this".to_owned(), true),
        ("text/plain", None, String::new(), false),
        ("Application/PIDF+XML", None, "<presence/>".to_owned(), false),
        ("application/EmergencyCallData.ServiceInfo+xml", None, "<x/>".to_owned(), false),
        (mixed_type, None, mixed(&[place]), false),
        (mixed_type, None, mixed(&[place, text]), true),
        (mixed_type, None, mixed(&[place, optional]), false),
        // Whoever can be talked to is.
        (mixed_type, None, mixed(&[sdp, text]), false),
    ] {
        let head = Head { disposition: disposition.map(str::to_owned), ..head(content_type) };
        assert_eq!(read(head, body.as_bytes()).unwrap().is_beyond_us(), refused, "{content_type} {disposition:?} {body}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let part = BodyPart {
        content_type: "application/pidf+xml".to_owned(),
        content_id: Some("x@y".to_owned()),
        bytes: b"svar-parts\r\n--svar-parts\r\n\xFE".to_vec(),
    };
    let (content_type, body) = write(b"v=0\r\n", std::slice::from_ref(&part));
    let contents = read(head(&content_type), &body).unwrap();
    assert_eq!(contents, Contents { sdp: Some(b"v=0\r\n".to_vec()), others: vec![part], unknown: false });
    assert_eq!(write(b"v=0", &[]).0, "application/sdp");
}

#[test]
fn keys_in_info() {
    for (content_type, body, key) in [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", Some('5')),
        ("application/dtmf-relay", "Signal= *\nDuration=160", Some('*')),
        ("APPLICATION/DTMF-RELAY;x=y", "Duration=160\r\nsignal=d", Some('D')),
        ("application/dtmf-relay", "Signal=11", Some('#')),
        ("application/dtmf", "7\r\n", Some('7')),
        ("application/dtmf", "77", None),
        ("application/dtmf-relay", "5", None),
        ("text/plain", "5", None),
    ] {
        assert_eq!(key_of_info(content_type, body.as_bytes()), key, "{content_type} {body}");
    }
}

#[test]
fn numbers_are_read_from_uris() {
    for (uri, user) in [
        ("sip:0313900600@example.org;user=phone", "0313900600"),
        ("sip:%2B46313900600@example.org", "+46313900600"),
        ("tel:+46313900600", "+46313900600"),
        ("sip:example.org", ""),
        ("sip:a%ZZ%c3@example.org", "a%ZZ\u{FFFD}"),
    ] {
        assert_eq!(user_of(&Uri::try_from(uri).unwrap()), user, "{uri}");
    }
}
