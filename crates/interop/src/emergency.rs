//! What a SIP message says about an emergency call: the identifiers that tie calls and incidents
//! together, and which part of the body a `Geolocation` header means.
//!
//! Three spellings of the purpose are in use (RFC 7852's, ETSI's and the older i3 one); all are
//! read, the first is written.

/// More entries of one header than this are not looked at.
const ENTRIES_MAX: usize = 32;
const IDENTIFIER_CHARS_MAX: usize = 300;

/// Identifiers given by an emergency network, as URNs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Identifiers {
    pub call: Option<String>,
    pub incident: Option<String>,
}

/// Reads the values of all `Call-Info` headers of a message; the first of each kind counts.
pub fn identifiers<'a>(call_info: impl IntoIterator<Item = &'a str>) -> Identifiers {
    let mut found = Identifiers::default();
    for entry in call_info.into_iter().flat_map(entries).take(ENTRIES_MAX) {
        let Some(purpose) = entry.parameter("purpose") else { continue };
        if entry.uri.is_empty() || entry.uri.chars().count() > IDENTIFIER_CHARS_MAX || entry.uri.contains(char::is_whitespace) {
            continue;
        }
        let slot = match purpose.to_ascii_lowercase().as_str() {
            "emergency-callid" | "emergencycalldata.callid" | "nena-callid" => &mut found.call,
            "emergency-incidentid" | "emergencycalldata.incidentid" | "nena-incidentid" => &mut found.incident,
            _ => continue,
        };
        slot.get_or_insert_with(|| entry.uri.to_owned());
    }
    found
}

/// The `Call-Info` values to send on with a call.
#[must_use]
pub fn call_info(identifiers: &Identifiers) -> Vec<String> {
    let line = |urn: &Option<String>, purpose: &str| urn.as_ref().map(|urn| format!("<{urn}>;purpose={purpose}"));
    [line(&identifiers.call, "emergency-CallId"), line(&identifiers.incident, "emergency-IncidentId")].into_iter().flatten().collect()
}

/// Where the place of a call is to be found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlaceReference {
    /// In the body part with this `Content-ID`, without brackets.
    Part(String),
    /// At this address.
    Address(String),
}

/// Reads the values of all `Geolocation` headers, in the sender's order.
pub fn geolocation<'a>(headers: impl IntoIterator<Item = &'a str>) -> Vec<PlaceReference> {
    let reference = |entry: Entry<'_>| match content_id_of(entry.uri) {
        Some(id) => Some(PlaceReference::Part(id)),
        None => entry.uri.contains(':').then(|| PlaceReference::Address(entry.uri.to_owned())),
    };
    headers.into_iter().flat_map(entries).take(ENTRIES_MAX).filter_map(reference).collect()
}

/// Whether a place may be used for routing. Only a clear "no" forbids it (RFC 6442).
#[must_use]
pub fn may_route_by_place(geolocation_routing: Option<&str>) -> bool {
    !geolocation_routing.is_some_and(|word| word.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("no"))
}

fn content_id_of(uri: &str) -> Option<String> {
    let (scheme, id) = uri.split_once(':')?;
    (scheme.eq_ignore_ascii_case("cid") && !id.is_empty()).then(|| percent_decoded(id))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Entry<'a> {
    uri: &'a str,
    parameters: &'a str,
}

impl<'a> Entry<'a> {
    fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.split(';').find_map(|parameter| {
            let (key, value) = parameter.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
        })
    }
}

/// `<uri>;a=b, <uri>;c=d` one by one; a comma inside brackets or quotes parts nothing.
fn entries(header: &str) -> Vec<Entry<'_>> {
    let (mut bracket, mut quote, mut start) = (false, false, 0);
    let mut pieces = Vec::new();
    for (at, c) in header.char_indices() {
        match c {
            '<' if !quote => bracket = true,
            '>' if !quote => bracket = false,
            '"' if !bracket => quote = !quote,
            ',' if !bracket && !quote => {
                pieces.push(&header[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&header[start..]);
    pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).take(ENTRIES_MAX).map(entry).collect()
}

fn entry(piece: &str) -> Entry<'_> {
    let bracketed = piece.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    let (uri, parameters) = bracketed.unwrap_or_else(|| piece.split_once(';').unwrap_or((piece, "")));
    Entry { uri: uri.trim(), parameters }
}
