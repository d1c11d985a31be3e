//! How a party outside is reached, and what goes with the call: the caller's place as PIDF-LO.

use domain::{
    place::Circle,
    plan::{Party, Plan},
};
use interop::pidf_lo::{self, Content, Outgoing};
use telephony::{BodyPart, Dial};

const PLACE_CONTENT_ID: &str = "caller-place@svar.invalid";

/// The plan names a party by `sip:user@host`; the trunk of this installation carries the call, so
/// its address takes the host's place. Nothing is ever dialled around the trunk.
pub(crate) fn dial_for(party: &Party, trunk: &str, plan: &Plan, place: Option<Circle>, ring_timeout_ms: u64) -> Dial {
    let user = party.target.trim_start_matches("sips:").trim_start_matches("sip:").split('@').next().unwrap_or_default();
    let mut dial = Dial {
        target: format!("sip:{user}@{trunk}"),
        from_user: plan.numbers.first().cloned().unwrap_or_default(),
        from_display: None,
        extra_headers: Vec::new(),
        extra_parts: Vec::new(),
        ring_timeout_ms,
    };
    if let Some(part) = place.and_then(place_part) {
        dial.extra_headers.push(("Geolocation".to_owned(), format!("<cid:{PLACE_CONTENT_ID}>")));
        dial.extra_headers.push(("Geolocation-Routing".to_owned(), "yes".to_owned()));
        dial.extra_parts.push(part);
    }
    dial
}

fn place_part(place: Circle) -> Option<BodyPart> {
    let outgoing = Outgoing {
        entity: "sip:caller@svar.invalid",
        content: Content::Area(&place),
        method: None,
        at: crate::clock::now(),
        retransmission_allowed: true,
        retention_expiry: None,
    };
    let text = pidf_lo::write(&outgoing).ok()?;
    Some(BodyPart {
        content_type: "application/pidf+xml".to_owned(),
        content_id: Some(PLACE_CONTENT_ID.to_owned()),
        bytes: text.into_bytes(),
    })
}
