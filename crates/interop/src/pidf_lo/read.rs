//! The tolerant reader.

use super::{
    CONFIDENCE_PERMILLE_ASSUMED, Civic, LOCATIONS_MAX, Location, PidfError, Reading,
    document::{below, children, is, mended, parse, text_of},
    shape,
};
use domain::{
    Timestamp,
    place::{Circle, PlaceSource},
};
use roxmltree::Node;

const METHOD_CHARS_MAX: usize = 40;

/// Reads every place in a document, most preferred first: those of the device, then of the tuple,
/// then of the person, then any other (RFC 5491 rule 8). A place that cannot be used is left out and
/// told as a warning, so an empty list with warnings is a possible answer.
///
/// # Errors
/// When the bytes are no document we read at all, or hold no location information.
pub fn read(bytes: &[u8]) -> Result<Reading, PidfError> {
    let (text, forgiven) = mended(bytes)?;
    let document = parse(&text)?;
    let mut reading = Reading::default();
    for warning in forgiven {
        reading.warn(warning);
    }
    let mut infos: Vec<Node<'_, '_>> = document.descendants().filter(|node| is(*node, "location-info")).collect();
    if infos.is_empty() {
        return Err(PidfError::NoLocation);
    }
    if infos.len() > LOCATIONS_MAX {
        reading.warn(format!("{} places were sent, the first {LOCATIONS_MAX} are read", infos.len()));
        infos.truncate(LOCATIONS_MAX);
    }
    infos.sort_by_key(|info| preference(*info));
    for info in infos {
        if let Some(location) = location(info, &mut reading) {
            reading.locations.push(location);
        }
    }
    Ok(reading)
}

fn preference(info: Node<'_, '_>) -> usize {
    let holders = ["device", "tuple", "person"];
    info.ancestors().find_map(|node| holders.iter().position(|holder| is(node, holder))).unwrap_or(holders.len())
}

fn location(info: Node<'_, '_>, reading: &mut Reading) -> Option<Location> {
    let (area, shape) = area(info, reading);
    let civic = civic(info, reading);
    if area.is_none() && civic.is_none() {
        reading.warn("a place held neither a usable shape nor an address");
        return None;
    }
    let geopriv = info.ancestors().find(|node| is(*node, "geopriv")).or_else(|| info.parent()).unwrap_or(info);
    let holder = geopriv.ancestors().find(|node| ["device", "tuple", "person"].iter().any(|holder| is(*node, holder))).unwrap_or(geopriv);
    let method = below(geopriv, "method").and_then(text_of).map(|word| word.chars().take(METHOD_CHARS_MAX).collect::<String>());
    let time = |node: Node<'_, '_>, name: &str, reading: &mut Reading| {
        let text = below(node, name).and_then(text_of)?;
        let parsed = timestamp(text);
        if parsed.is_none() {
            reading.warn(format!("the {name} is not a time"));
        }
        parsed
    };
    Some(Location {
        source: source(method.as_deref(), area.is_some()),
        at: time(holder, "timestamp", reading),
        retention_expiry: time(geopriv, "retention-expiry", reading),
        retransmission_allowed: below(geopriv, "retransmission-allowed")
            .and_then(text_of)
            .is_some_and(|word| matches!(word.to_ascii_lowercase().as_str(), "true" | "yes" | "1")),
        area,
        shape,
        civic,
        method,
    })
}

fn area(info: Node<'_, '_>, reading: &mut Reading) -> (Option<Circle>, Option<super::Shape>) {
    let mut found: Option<shape::Area> = None;
    let mut shapes = 0;
    for node in info.children().filter(Node::is_element) {
        let Some(kind) = shape::kind_of(node) else { continue };
        shapes += 1;
        match shape::area(node, kind) {
            Ok(area) if found.is_none() => found = Some(area),
            Ok(_) => {}
            Err(why) => reading.warn(why),
        }
    }
    if shapes > 1 {
        reading.warn("more than one shape was sent for one place, the first is used");
    }
    let Some(area) = found else { return (None, None) };
    // Without a radius there is nothing a confidence could be about.
    let confidence_permille = area.radius_m.and_then(|_| confidence(info, reading));
    (Some(Circle { centre: area.centre, radius_m: area.radius_m, confidence_permille }), Some(area.shape))
}

/// RFC 7459: absent is 95 %; "unknown" is none; what is no percentage is read as absent.
fn confidence(info: Node<'_, '_>, reading: &mut Reading) -> Option<u16> {
    let Some(text) = below(info, "confidence").and_then(text_of) else { return Some(CONFIDENCE_PERMILLE_ASSUMED) };
    if text.eq_ignore_ascii_case("unknown") {
        return None;
    }
    let percent = text.trim_end_matches('%').trim_end().parse::<f64>().ok().filter(|percent| *percent > 0.0 && *percent <= 100.0);
    let Some(percent) = percent else {
        reading.warn("the confidence is not a percentage and was read as absent");
        return Some(CONFIDENCE_PERMILLE_ASSUMED);
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and 1000
    let permille = (percent * 10.0).round() as u16;
    Some(permille)
}

fn civic(info: Node<'_, '_>, reading: &mut Reading) -> Option<Civic> {
    let node = children(info, "civicAddress").next().or_else(|| below(info, "civicAddress"))?;
    let (civic, left_out) = Civic::read(node);
    if left_out > 0 {
        reading.warn(format!("{left_out} fields of the address were unknown or too long and left out"));
    }
    (!civic.is_empty()).then_some(civic)
}

/// The IANA method tokens, and what they say about who knew the place. An unknown method is believed
/// least: a shape to be the network's, an address to be the subscriber's.
fn source(method: Option<&str>, has_area: bool) -> PlaceSource {
    let unstated = if has_area { PlaceSource::Network } else { PlaceSource::Subscriber };
    let Some(method) = method else { return unstated };
    let method = method.to_ascii_uppercase();
    match method.as_str() {
        "MANUAL" | "DHCP" | "LLDP-MED" | "WIREMAP" => PlaceSource::Subscriber,
        "CELL" | "TRIANGULATION" | "TA" | "TA-NMR" | "UTDOA" | "U-TDOA" | "TDOA" | "AOA" | "NMR" | "OTDOA" | "E-CID" | "MPL" => {
            PlaceSource::Network
        }
        "GPS" | "A-GPS" | "AGPS" | "A-GNSS" | "AGNSS" | "GNSS" | "DGPS" | "HYBRID_A-GPS" | "802.11" | "WIFI" | "WLAN" | "BLE" | "DBH"
        | "DBH_HELO" => PlaceSource::Handset,
        other if other.starts_with("HYBRID") || other.starts_with("DEVICE") || other.starts_with("HANDSET") => PlaceSource::Handset,
        _ => unstated,
    }
}

/// RFC 3339; a time without a zone is read as UTC.
fn timestamp(text: &str) -> Option<Timestamp> {
    let zoned = text.parse::<jiff::Timestamp>().ok();
    let time = zoned.or_else(|| text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp()));
    time.map(|time| Timestamp(time.as_millisecond()))
}
