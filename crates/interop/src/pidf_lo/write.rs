//! The strict writer: one device, one place, in the order the schemas demand.

use super::Civic;
use domain::{
    Timestamp,
    place::{Circle, Position},
};
use std::fmt::Write as _;

/// What is written. Whether the receiver may pass it on, and until when it may keep it, is decided
/// by the caller of the writer, never assumed.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The presentity as a URI ("tel:+46...", "sip:...").
    pub entity: &'a str,
    pub content: Content<'a>,
    /// An IANA method token ("GPS", "Cell", "Manual").
    pub method: Option<&'a str>,
    /// When the place was measured; none when nobody knows, which no other time may stand in for.
    pub at: Option<Timestamp>,
    pub retransmission_allowed: bool,
    pub retention_expiry: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Written as a Point when its radius is unknown.
    Area(&'a Circle),
    Civic(&'a Civic),
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the entity of a location document must be a URI without blanks, such as tel:+46701740605")]
    Entity,
    #[error("the method must be a token such as GPS, Cell or Manual")]
    Method,
    #[error("an address without any field cannot be written")]
    EmptyAddress,
    #[error("a time lies outside the calendar")]
    Time,
}

const HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    "\n",
    r#"<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" "#,
    r#"xmlns:gbp="urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" "#,
    r#"xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" "#,
    r#"xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr" xmlns:con="urn:ietf:params:xml:ns:geopriv:conf""#,
);

/// The document as text, for a body of type `application/pidf+xml`.
///
/// # Errors
/// When a value could not be written without breaking the schema.
pub fn write(outgoing: &Outgoing<'_>) -> Result<String, WriteError> {
    let uri = outgoing.entity.split_once(':').is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    if !uri || outgoing.entity.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(WriteError::Entity);
    }
    let mut xml = String::with_capacity(1_600);
    let _ = write!(xml, "{HEAD} entity=\"{}\"><dm:device id=\"place-1\"><gp:geopriv><gp:location-info>", escaped(outgoing.entity));
    match outgoing.content {
        Content::Area(circle) => area(&mut xml, circle),
        Content::Civic(civic) => address(&mut xml, civic)?,
    }
    let _ = write!(
        xml,
        "</gp:location-info><gp:usage-rules><gbp:retransmission-allowed>{}</gbp:retransmission-allowed>",
        outgoing.retransmission_allowed
    );
    if let Some(expiry) = outgoing.retention_expiry {
        let _ = write!(xml, "<gbp:retention-expiry>{}</gbp:retention-expiry>", time(expiry)?);
    }
    xml.push_str("</gp:usage-rules>");
    if let Some(method) = outgoing.method {
        if method.is_empty() || !method.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
            return Err(WriteError::Method);
        }
        let _ = write!(xml, "<gp:method>{method}</gp:method>");
    }
    xml.push_str("</gp:geopriv>");
    if let Some(at) = outgoing.at {
        let _ = write!(xml, "<dm:timestamp>{}</dm:timestamp>", time(at)?);
    }
    xml.push_str("</dm:device></presence>\n");
    Ok(xml)
}

fn area(xml: &mut String, circle: &Circle) {
    let Position { latitude_e6, longitude_e6 } = circle.centre;
    let pos = format!("<gml:pos>{} {}</gml:pos>", degrees(latitude_e6), degrees(longitude_e6));
    let Some(radius_m) = circle.radius_m else {
        let _ = write!(xml, r#"<gml:Point srsName="urn:ogc:def:crs:EPSG::4326">{pos}</gml:Point>"#);
        return;
    };
    let _ = write!(
        xml,
        r#"<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326">{pos}<gs:radius uom="urn:ogc:def:uom:EPSG::9001">{radius_m}</gs:radius></gs:Circle>"#
    );
    match circle.confidence_permille {
        Some(permille) if permille % 10 == 0 => {
            let _ = write!(xml, r#"<con:confidence pdf="unknown">{}</con:confidence>"#, permille / 10);
        }
        Some(permille) => {
            let _ = write!(xml, r#"<con:confidence pdf="unknown">{}.{}</con:confidence>"#, permille / 10, permille % 10);
        }
        None => xml.push_str(r#"<con:confidence pdf="unknown">unknown</con:confidence>"#),
    }
}

fn address(xml: &mut String, civic: &Civic) -> Result<(), WriteError> {
    if civic.is_empty() {
        return Err(WriteError::EmptyAddress);
    }
    xml.push_str("<ca:civicAddress>");
    for (name, value) in civic.in_order() {
        let _ = write!(xml, "<ca:{name}>{}</ca:{name}>", escaped(value));
    }
    xml.push_str("</ca:civicAddress>");
    Ok(())
}

/// Millionths of a degree as a decimal number, without floats.
fn degrees(e6: i32) -> String {
    let sign = if e6 < 0 { "-" } else { "" };
    let whole = e6.unsigned_abs();
    format!("{sign}{}.{:06}", whole / 1_000_000, whole % 1_000_000)
}

fn time(at: Timestamp) -> Result<String, WriteError> {
    jiff::Timestamp::from_millisecond(at.0).map(|time| time.to_string()).map_err(|_| WriteError::Time)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
