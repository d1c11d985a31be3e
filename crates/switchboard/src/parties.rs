//! How a party outside is reached, and what goes with the call: the caller's place as PIDF-LO, as it
//! was sent to us. Who may have it is told in decision 0009.

use crate::clock;
use domain::{
    Timestamp,
    plan::{Party, Plan},
};
use interop::pidf_lo::{self, Content, Location, Outgoing};
use telephony::{BodyPart, Dial};

const PLACE_CONTENT_ID: &str = "caller-place@svar.invalid";

/// Where a caller is, as their call said.
#[derive(Clone)]
pub(crate) struct CallerPlace {
    pub location: Location,
    /// The sender lets the call be led by it (RFC 6442).
    pub may_route: bool,
}

/// The plan names a party by `sip:user@host`; the trunk of this installation carries the call, so
/// its address takes the host's place. Nothing is ever dialled around the trunk.
pub(crate) fn dial_for(party: &Party, trunk: &str, plan: &Plan, place: Option<CallerPlace>, ring_timeout_ms: u64) -> Dial {
    let user = party.target.trim_start_matches("sips:").trim_start_matches("sip:").split('@').next().unwrap_or_default();
    let mut dial = Dial {
        target: format!("sip:{user}@{trunk}"),
        from_user: plan.numbers.first().cloned().unwrap_or_default(),
        from_display: None,
        extra_headers: Vec::new(),
        extra_parts: Vec::new(),
        ring_timeout_ms,
    };
    let place = place.filter(|place| plan.is_emergency_service(&party.id) || may_be_passed_on(&place.location, clock::now()));
    if let Some(place) = place
        && let Some(part) = place_part(&place.location)
    {
        dial.extra_headers.push(("Geolocation".to_owned(), format!("<cid:{PLACE_CONTENT_ID}>")));
        let routing = if place.may_route { "yes" } else { "no" };
        dial.extra_headers.push(("Geolocation-Routing".to_owned(), routing.to_owned()));
        dial.extra_parts.push(part);
    }
    dial
}

/// Whether the sender lets somebody beside the emergency services have it.
fn may_be_passed_on(location: &Location, now: Timestamp) -> bool {
    location.retransmission_allowed && location.retention_expiry.is_none_or(|expiry| expiry > now)
}

/// None when there is nothing that could be written; the call goes on without.
fn place_part(location: &Location) -> Option<BodyPart> {
    let content = match (&location.area, &location.civic) {
        (Some(area), _) => Content::Area(area),
        (None, Some(civic)) => Content::Civic(civic),
        (None, None) => return None,
    };
    let method = location.method.as_deref().map(token);
    let outgoing = Outgoing {
        entity: "sip:caller@svar.invalid",
        content,
        method: method.as_deref().filter(|method| !method.is_empty()),
        at: location.at,
        retransmission_allowed: location.retransmission_allowed,
        retention_expiry: location.retention_expiry,
    };
    let text = pidf_lo::write(&outgoing).inspect_err(|error| tracing::warn!(%error, "a caller's place could not be handed on")).ok()?;
    Some(BodyPart {
        content_type: "application/pidf+xml".to_owned(),
        content_id: Some(PLACE_CONTENT_ID.to_owned()),
        bytes: text.into_bytes(),
    })
}

/// The sender's word for the method with the signs that a strict document allows.
fn token(method: &str) -> String {
    let strict = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    method.trim().chars().map(strict).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::{
        PartyId,
        place::{Circle, PlaceSource, Position},
        plan::{self, Source},
    };
    use interop::pidf_lo::Civic;

    fn sweden() -> Plan {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments/sweden/plan.toml");
        plan::read(&Source { file, text: &std::fs::read_to_string(file).unwrap() }).unwrap()
    }

    /// Measured by a handset yesterday, by a sender who says nothing of passing it on.
    fn handset() -> Location {
        let centre = Position { latitude_e6: 57_708_870, longitude_e6: 11_974_560 };
        Location {
            area: Some(Circle { centre, radius_m: Some(50), confidence_permille: Some(680) }),
            shape: None,
            civic: None,
            source: PlaceSource::Handset,
            method: Some("A-GPS".to_owned()),
            at: Some(Timestamp(1_768_464_904_000)),
            retransmission_allowed: false,
            retention_expiry: None,
        }
    }

    fn dialled(party: &str, place: Option<CallerPlace>) -> Dial {
        let plan = sweden();
        dial_for(&plan.parties[&PartyId::new(party)], "127.0.0.1:9", &plan, place, 1_000)
    }

    /// What the other side reads of it.
    fn received(dial: &Dial) -> Option<Location> {
        let part = dial.extra_parts.first()?;
        let reading = pidf_lo::read(&part.bytes).unwrap();
        assert_eq!(reading.warnings, [""; 0]);
        assert!(dial.extra_headers.contains(&("Geolocation".to_owned(), format!("<cid:{}>", part.content_id.as_deref().unwrap()))));
        reading.locations.into_iter().next()
    }

    #[test]
    fn help_is_given_the_place_and_others_what_its_sender_allows() {
        let (past, future) = (Some(Timestamp(1_768_551_304_000)), Some(clock::now().plus_ms(60_000)));
        for (party, allowed, expiry, given) in [
            ("112", false, None, true),
            ("112", false, past, true),
            ("112", true, future, true),
            ("rlc.vast", false, past, true),
            ("switchboard", false, None, false),
            ("switchboard", false, future, false),
            ("switchboard", true, past, false),
            ("switchboard", true, future, true),
            ("switchboard", true, None, true),
        ] {
            let sent = Location { retransmission_allowed: allowed, retention_expiry: expiry, ..handset() };
            let dial = dialled(party, Some(CallerPlace { location: sent, may_route: true }));
            assert_eq!(received(&dial).is_some(), given, "{party} {allowed} {expiry:?}");
            assert_eq!(dial.extra_headers.is_empty(), !given, "{party} {allowed} {expiry:?}");
        }
        assert!(dialled("112", None).extra_parts.is_empty());
    }

    #[test]
    fn a_place_goes_on_as_it_came() {
        let mut address = Civic::default();
        assert!(address.set("RD", "Testgatan") && address.set("A3", "Göteborg"));
        let cell = Location { method: Some("Cell".to_owned()), source: PlaceSource::Network, ..handset() };
        let rules = Location { retransmission_allowed: true, retention_expiry: Some(Timestamp(1_768_551_304_000)), ..handset() };
        let unknown = Location { method: None, at: None, source: PlaceSource::Network, ..handset() };
        let civic =
            Location { area: None, civic: Some(address), method: Some("Manual".to_owned()), source: PlaceSource::Subscriber, ..handset() };
        for sent in [handset(), cell, rules, unknown, civic] {
            for (may_route, word) in [(true, "yes"), (false, "no")] {
                let dial = dialled("112", Some(CallerPlace { location: sent.clone(), may_route }));
                let location = received(&dial).unwrap();
                assert_eq!(Location { shape: None, ..location }, sent);
                assert!(dial.extra_headers.contains(&("Geolocation-Routing".to_owned(), word.to_owned())));
            }
        }
    }

    #[test]
    fn a_method_that_is_no_token_costs_no_place() {
        for (method, expected) in [("hybrid A-GPS", Some("hybrid_A-GPS")), ("<GPS>&", Some("_GPS__")), ("  ", None)] {
            let location = Location { method: Some(method.to_owned()), ..handset() };
            let given = received(&dialled("112", Some(CallerPlace { location, may_route: true }))).unwrap();
            assert_eq!((given.method.as_deref(), given.area), (expected, handset().area), "{method}");
        }
    }
}
