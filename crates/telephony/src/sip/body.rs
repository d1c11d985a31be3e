//! Bodies and headers that carry more than a call: multipart (RFC 2046), keys in INFO. Works on bytes:
//! what a part holds is handed on as it came.

use rsipstack::sip::event_packages::percent_decode;
use rsipstack::sip::{Header, Headers, Scheme, Uri};

use crate::event::BodyPart;

/// Parts in one body, nested ones included.
const PARTS_MAX: usize = 32;
/// Multiparts within multiparts.
const DEPTH_MAX: usize = 4;
const BOUNDARY_BYTES_MAX: usize = 70;
/// Headers of one part.
const PART_HEAD_BYTES_MAX: usize = 8 * 1024;

/// A body whose parts cannot be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the multipart body does not hold together")]
pub struct MalformedBody;

/// What a request may hold, told to whoever asks and to whoever sent something else.
pub const ACCEPT: &str = "application/sdp, multipart/mixed, application/pidf+xml";

/// A body taken apart: SDP for us, the rest for whoever knows what it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contents {
    pub sdp: Option<Vec<u8>>,
    pub others: Vec<BodyPart>,
    /// There is a part that the sender wants understood and that nobody here understands.
    unknown: bool,
}

impl Contents {
    /// RFC 3261 section 8.2.3: what is not understood is refused unless it is optional. With SDP it is a
    /// call all the same; without, it cannot be told what was wanted.
    pub fn is_beyond_us(&self) -> bool {
        self.sdp.is_none() && self.unknown
    }
}

/// What stands before a body or a part.
#[derive(Debug, Default)]
pub struct Head {
    pub content_type: String,
    pub content_id: Option<String>,
    /// The whole Content-Disposition.
    pub disposition: Option<String>,
}

impl Head {
    fn is_optional(&self) -> bool {
        let handling = self.disposition.as_deref().and_then(|disposition| parameter(disposition, "handling"));
        handling.is_some_and(|handling| handling.eq_ignore_ascii_case("optional"))
    }
}

/// Takes a body with this head apart.
pub fn read(head: Head, body: &[u8]) -> Result<Contents, MalformedBody> {
    let mut contents = Contents::default();
    if !body.is_empty() {
        gather(head, body, 0, &mut contents)?;
    }
    Ok(contents)
}

fn gather(head: Head, body: &[u8], depth: usize, contents: &mut Contents) -> Result<(), MalformedBody> {
    let content_type = head.content_type.trim();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if kind.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/")) {
        if depth == DEPTH_MAX {
            return Err(MalformedBody);
        }
        let boundary = parameter(content_type, "boundary").ok_or(MalformedBody)?;
        for part in split(body, &boundary)? {
            let (lines, body) = head_and_body(part)?;
            let head = Head {
                content_type: part_header(lines, "content-type").unwrap_or_else(|| "text/plain".to_owned()),
                content_id: part_header(lines, "content-id").map(|id| without_brackets(&id).to_owned()),
                disposition: part_header(lines, "content-disposition"),
            };
            gather(head, body, depth + 1, contents)?;
        }
        return Ok(());
    }
    if kind.eq_ignore_ascii_case("application/sdp") && contents.sdp.is_none() {
        contents.sdp = Some(body.to_vec());
        return Ok(());
    }
    if contents.others.len() == PARTS_MAX {
        return Err(MalformedBody);
    }
    contents.unknown |= !is_known(kind) && !head.is_optional();
    let content_type = content_type.to_owned();
    contents.others.push(BodyPart { content_type, content_id: head.content_id, bytes: body.to_vec() });
    Ok(())
}

/// Places, and what emergency services tell each other about a call (RFC 7852): read by whoever is told
/// of the call.
fn is_known(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind == "application/pidf+xml" || kind.starts_with("application/emergencycalldata.")
}

/// The parts between the delimiter lines; preamble and epilogue are nobody's.
fn split<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<&'a [u8]>, MalformedBody> {
    if boundary.is_empty() || boundary.len() > BOUNDARY_BYTES_MAX {
        return Err(MalformedBody);
    }
    let delimiter = format!("--{boundary}").into_bytes();
    let (mut parts, mut open, mut at) = (Vec::new(), None, 0);
    while let Some(found) = find(&body[at..], &delimiter) {
        let start = at + found;
        let after = start + delimiter.len();
        at = after;
        // A delimiter begins a line; elsewhere it is a part's own text.
        if start != 0 && body[start - 1] != b'\n' {
            continue;
        }
        let rest = &body[after..];
        let closing = rest.starts_with(b"--");
        let padding = rest.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
        let line_end = match &rest[padding..] {
            [b'\r', b'\n', ..] => padding + 2,
            [b'\n', ..] => padding + 1,
            _ if closing => 0,
            _ => continue,
        };
        if let Some(open) = open.take() {
            parts.push(without_line_end(&body[open..start]));
        }
        if closing {
            return Ok(parts);
        }
        if parts.len() == PARTS_MAX {
            return Err(MalformedBody);
        }
        open = Some(after + line_end);
    }
    // A lost last delimiter: what is there is taken, as the length of the body is known.
    match open {
        Some(open) => parts.push(&body[open.min(body.len())..]),
        None => return Err(MalformedBody),
    }
    Ok(parts)
}

/// The position of a needle, by bytes.
pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn head_and_body(part: &[u8]) -> Result<(&[u8], &[u8]), MalformedBody> {
    for (end, length) in [(&b"\r\n\r\n"[..], 4), (&b"\n\n"[..], 2)] {
        if let Some(at) = find(&part[..part.len().min(PART_HEAD_BYTES_MAX)], end) {
            return Ok((&part[..at], &part[at + length..]));
        }
    }
    // A part may have no headers at all: then it begins with the empty line.
    match part {
        [b'\r', b'\n', body @ ..] | [b'\n', body @ ..] => Ok((&[], body)),
        _ => Err(MalformedBody),
    }
}

fn part_header(head: &[u8], name: &str) -> Option<String> {
    // Headers are ASCII by their standard; a part's body is never touched here.
    let head = std::str::from_utf8(head).ok()?;
    let mut found: Option<String> = None;
    for line in head.lines() {
        if let (Some(value), true) = (&mut found, line.starts_with([' ', '\t'])) {
            value.push(' ');
            value.push_str(line.trim());
        } else if found.is_some() {
            break;
        } else if let Some((key, value)) = line.split_once(':')
            && key.trim().eq_ignore_ascii_case(name)
        {
            found = Some(value.trim().to_owned());
        }
    }
    found
}

/// A parameter of a content type, quoted or not.
fn parameter(content_type: &str, name: &str) -> Option<String> {
    let mut rest = content_type.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        if key.trim().trim_start_matches(';').trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = next.trim_start().strip_prefix(';')?;
    }
}

fn unquote(quoted: &str) -> Option<(String, &str)> {
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((value, &quoted[at + 1..])),
            _ => value.push(c),
        }
    }
    None
}

pub fn without_brackets(value: &str) -> &str {
    let value = value.trim();
    value.strip_prefix('<').and_then(|v| v.strip_suffix('>')).unwrap_or(value)
}

/// SDP beside other parts in one multipart/mixed: (content type, body).
pub fn write(sdp: &[u8], others: &[BodyPart]) -> (String, Vec<u8>) {
    if others.is_empty() {
        return ("application/sdp".to_owned(), sdp.to_vec());
    }
    let holds = |boundary: &str| others.iter().any(|part| find(&part.bytes, boundary.as_bytes()).is_some());
    let mut boundary = "svar-parts".to_owned();
    while holds(&boundary) {
        boundary = format!("svar-{:016x}", rand::random::<u64>());
    }
    let mut body = Vec::new();
    let mut part = |content_type: &str, id: Option<&str>, bytes: &[u8]| {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Type: {content_type}\r\n").as_bytes());
        if let Some(id) = id {
            body.extend_from_slice(format!("Content-ID: <{id}>\r\n").as_bytes());
        }
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    part("application/sdp", None, sdp);
    for other in others {
        part(&other.content_type, other.content_id.as_deref(), &other.bytes);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/mixed;boundary={boundary}"), body)
}

/// The key of an INFO: `application/dtmf-relay` (Signal=5) or `application/dtmf` (5).
pub fn key_of_info(content_type: &str, body: &[u8]) -> Option<char> {
    let kind = content_type.split(';').next()?.trim();
    let text = std::str::from_utf8(body).ok()?;
    let signal = if kind.eq_ignore_ascii_case("application/dtmf-relay") {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case("signal").then_some(value)
        })?
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        text.split_once('=').map_or(text, |(_, value)| value)
    } else {
        return None;
    };
    match signal.trim() {
        "10" => Some('*'),
        "11" => Some('#'),
        one if one.chars().count() == 1 => {
            let key = one.chars().next()?.to_ascii_uppercase();
            matches!(key, '0'..='9' | '*' | '#' | 'A'..='D').then_some(key)
        }
        _ => None,
    }
}

/// The body of an INFO that sends a key.
pub fn info_of_key(key: char) -> (&'static str, String) {
    ("application/dtmf-relay", format!("Signal={key}\r\nDuration=160\r\n"))
}

/// All values of a header by its name; compact forms are known to the parser already.
pub fn values<'a>(headers: &'a Headers, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.iter().filter(move |header| header.name().eq_ignore_ascii_case(name)).map(Header::value)
}

/// Elements of a comma-separated header, leaving commas in quotes and angle brackets alone.
pub fn elements(value: &str) -> Vec<&str> {
    let (mut out, mut start, mut quoted, mut bracketed) = (Vec::new(), 0, false, false);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'<' if !quoted => bracketed = true,
            b'>' if !quoted => bracketed = false,
            b',' if !quoted && !bracketed => {
                out.push(value[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(value[start..].trim());
    out.retain(|element| !element.is_empty());
    out
}

/// The number or name in a URI: the user of a SIP URI, all of a telephone number.
pub fn user_of(uri: &Uri) -> String {
    match (&uri.auth, &uri.scheme) {
        (Some(auth), _) => percent_decode(&auth.user),
        (None, Some(Scheme::Other(scheme))) if scheme.eq_ignore_ascii_case("tel") => uri.host_with_port.host.to_string(),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests;
