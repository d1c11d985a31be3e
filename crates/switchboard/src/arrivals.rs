//! An incoming call: what it brings, where it is from, and whether it dialled something of ours.

use domain::{
    ContactId,
    place::{PlaceEstimate, PlaceSource, Places},
};
use interop::{
    emergency::{self, PlaceReference},
    pidf_lo,
};
use serde_json::{Value, json};
use storage::{Payload, PayloadKind};
use telephony::BodyPart;

/// Longest intake document that is kept beside the call, in bytes.
const INTAKE_BYTES_MAX: usize = 64 * 1024;

/// What a call brought with it, before a word was said.
pub(crate) struct Arrival<'a> {
    pub from_user: &'a str,
    pub from_display: Option<&'a str>,
    pub anonymous: bool,
    pub parts: &'a [BodyPart],
    /// The headers of these names, as they came.
    pub geolocation: &'a [String],
    pub geolocation_routing: Option<&'a str>,
}

/// The same, understood.
pub(crate) struct Intake {
    pub place: Option<PlaceEstimate>,
    /// As it was sent, to be handed on with the call.
    pub location: Option<pidf_lo::Location>,
    /// Whether the sender lets the place decide the way of the call.
    pub may_route: bool,
    pub payloads: Vec<Payload>,
}

impl<'a> Arrival<'a> {
    /// What the caller shows.
    pub fn number(&self) -> Option<&'a str> {
        (!self.anonymous && !self.from_user.is_empty()).then_some(self.from_user)
    }
}

pub(crate) fn read(contact: ContactId, arrival: &Arrival<'_>, places: &Places) -> Intake {
    let number = arrival.number();
    let mut payloads = vec![Payload::caller(contact, number, arrival.from_display.filter(|_| !arrival.anonymous))];
    let located = located(arrival);
    let may_route = emergency::may_route_by_place(arrival.geolocation_routing);
    let mut place = None;
    if let Some(location) = &located {
        payloads.push(Payload { contact, kind: PayloadKind::Place, body: place_body(location) });
        if may_route {
            place = estimate(location, places);
        }
    }
    for part in arrival.parts.iter().filter(|part| part.bytes.len() <= INTAKE_BYTES_MAX) {
        payloads.push(Payload { contact, kind: PayloadKind::Intake, body: intake_body(part) });
    }
    let place = place.or_else(|| number.and_then(|number| places.of_number(number)));
    Intake { place, location: located, may_route, payloads }
}

fn located(arrival: &Arrival<'_>) -> Option<pidf_lo::Location> {
    let is_place = |part: &&BodyPart| part.content_type.to_ascii_lowercase().starts_with("application/pidf+xml");
    let mut places = arrival.parts.iter().filter(is_place);
    let referenced =
        emergency::geolocation(arrival.geolocation.iter().map(String::as_str)).into_iter().find_map(|reference| match reference {
            PlaceReference::Part(id) => places.clone().find(|part| part.content_id.as_deref() == Some(&id)),
            PlaceReference::Address(_) => None,
        });
    let part = referenced.or_else(|| places.next())?;
    match pidf_lo::read(&part.bytes) {
        Ok(reading) => {
            for warning in &reading.warnings {
                tracing::info!(warning, "location document");
            }
            reading.locations.into_iter().next()
        }
        Err(error) => {
            tracing::warn!(%error, "the location that came with a call could not be read; the call goes on without");
            None
        }
    }
}

fn estimate(location: &pidf_lo::Location, places: &Places) -> Option<PlaceEstimate> {
    let by_circle = location.area.and_then(|circle| places.of_circle(&circle, location.source));
    by_circle.or_else(|| {
        let civic = location.civic.as_ref()?;
        civic
            .municipality()
            .and_then(|name| places.areas.by_name(name))
            .and_then(|municipality| places.of_municipality(&municipality.code))
            .or_else(|| civic.postal_code().and_then(|code| places.of_postal_code(&code)))
            .map(|estimate| PlaceEstimate { source: PlaceSource::Subscriber, ..estimate })
    })
}

fn place_body(location: &pidf_lo::Location) -> Value {
    let civic = location
        .civic
        .as_ref()
        .map(|civic| ["RD", "HNO", "HNS", "PC", "A3", "A2"].iter().filter_map(|field| civic.get(field)).collect::<Vec<_>>().join(" "));
    json!({
        "circle": location.area,
        "source": location.source,
        "at": location.at,
        "text": civic,
    })
}

fn intake_body(part: &BodyPart) -> Value {
    json!({ "content_type": part.content_type, "text": String::from_utf8_lossy(&part.bytes) })
}

#[cfg(test)]
mod tests;
