#![allow(clippy::unwrap_used)]
//! Identifiers and place references in the headers of emergency calls.

use interop::emergency::{Identifiers, PlaceReference, call_info, geolocation, identifiers, may_route_by_place};

const INVITE: &str = include_str!("samples/sip-invite-multipart.txt");

fn headers<'a>(message: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    message.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

fn check(headers: &[&str], call: Option<&str>, incident: Option<&str>) {
    let found = identifiers(headers.iter().copied());
    assert_eq!((found.call.as_deref(), found.incident.as_deref()), (call, incident), "{headers:?}");
}

#[test]
fn three_spellings_of_the_purpose() {
    check(&["<urn:emergency:uid:callid:a1:b.example>;purpose=emergency-CallId"], Some("urn:emergency:uid:callid:a1:b.example"), None);
    check(
        &["<urn:x:1>; purpose=EmergencyCallData.CallId, <urn:x:2>;purpose=EmergencyCallData.IncidentId"],
        Some("urn:x:1"),
        Some("urn:x:2"),
    );
    check(
        &["<urn:nena:uid:callid:1:c>;purpose=nena-CallId", "<urn:nena:uid:incidentid:2:c>;purpose=NENA-IncidentID"],
        Some("urn:nena:uid:callid:1:c"),
        Some("urn:nena:uid:incidentid:2:c"),
    );
    check(&["<urn:x:1>;purpose=\"emergency-CallId\"", "<urn:x:2>;purpose=emergency-CallId"], Some("urn:x:1"), None);
    check(&["<https://a.example/b,c>;purpose=icon", "", ",,;;=<>", "<>;purpose=nena-CallId", "\""], None, None);
}

#[test]
fn our_sample_message() {
    let found = identifiers(headers(INVITE, "Call-Info"));
    assert_eq!(found.call.as_deref(), Some("urn:emergency:uid:callid:c81e728d9d4c:112.example.se"));
    assert_eq!(found.incident.as_deref(), Some("urn:emergency:uid:incidentid:7f3a9c21d0b4:112.example.se"));
    assert_eq!(identifiers(call_info(&found).iter().map(String::as_str)), found);
    assert!(call_info(&Identifiers::default()).is_empty());
    let part = geolocation(headers(INVITE, "Geolocation"));
    assert_eq!(part, [PlaceReference::Part("loc1@example.se".into())]);
    let routing: Vec<_> = headers(INVITE, "Geolocation-Routing").collect();
    assert!(may_route_by_place(routing.first().copied()));
}

#[test]
fn a_reference_names_a_part_or_an_address() {
    let part = |id: &str| Some(PlaceReference::Part(id.to_owned()));
    for (header, expected) in [
        ("<cid:loc1@example.se>", part("loc1@example.se")),
        (" CID:loc1@example.se ;inserted-by=x", part("loc1@example.se")),
        ("<cid:LOC1@example.se>", part("LOC1@example.se")),
        ("cid:loc%2B1@example.se", part("loc+1@example.se")),
        ("cid:loc%zz", part("loc%zz")),
        ("https://loc1@example.se", Some(PlaceReference::Address("https://loc1@example.se".into()))),
        ("loc1@example.se", None),
    ] {
        assert_eq!(geolocation([header]).into_iter().next(), expected, "{header}");
    }
}

#[test]
fn several_places_in_the_sender_s_order() {
    let found = geolocation(["<cid:a@b>;inserted-by=\"x,y\", <https://held.example/1?a=b,c>", "nonsense"]);
    assert_eq!(found, [PlaceReference::Part("a@b".into()), PlaceReference::Address("https://held.example/1?a=b,c".into())]);
    for (word, expected) in [(None, true), (Some("yes"), true), (Some("no"), false), (Some(" NO ;x=y"), false), (Some("unknown"), true)] {
        assert_eq!(may_route_by_place(word), expected, "{word:?}");
    }
}
