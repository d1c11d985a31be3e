#![allow(clippy::unwrap_used)]

use super::*;
use domain::{place::PlaceTexts, plan::Source};

const HANDSET: &str = include_str!("../../../interop/tests/samples/pidf-lo-aml-gnss.xml");
const CIVIC: &str = include_str!("../../../interop/tests/samples/pidf-lo-subscriber-civic.xml");

macro_rules! sweden {
    ($file:literal) => {
        Source { file: $file, text: include_str!(concat!("../../../../deployments/sweden/areas/", $file)) }
    };
}

fn sweden() -> Places {
    let texts = PlaceTexts {
        municipalities: sweden!("municipalities.csv"),
        counties: sweden!("counties.csv"),
        regions: sweden!("regions.csv"),
        area_codes: Some(sweden!("area_codes.csv")),
        postal_codes: Some(sweden!("postal_codes.csv")),
    };
    Places::read(&texts).unwrap()
}

fn part(content_type: &str, id: &str, text: &str) -> BodyPart {
    BodyPart { content_type: content_type.to_owned(), content_id: (!id.is_empty()).then(|| id.to_owned()), bytes: text.as_bytes().to_vec() }
}

fn pidf(id: &str, text: &str) -> BodyPart {
    part("Application/PIDF+xml; charset=utf-8", id, text)
}

/// What a row of the table expects: region and source of the place; whether a position is shown.
type Found = (Option<(&'static str, PlaceSource)>, bool);

/// A call from `number` with these headers and parts. All parts are kept, whatever becomes of the place.
fn check(what: &str, number: &str, parts: &[BodyPart], geolocation: &[&str], routing: Option<&str>, expected: Found) {
    let geolocation: Vec<String> = geolocation.iter().map(|&value| value.to_owned()).collect();
    let arrival =
        Arrival { from_user: number, from_display: None, anonymous: false, parts, geolocation: &geolocation, geolocation_routing: routing };
    let intake = read(ContactId(1), &arrival, &sweden());
    let place = intake.place.as_ref().map(|place| (place.region().unwrap().as_str(), place.source));
    assert_eq!((place, intake.location.and_then(|location| location.area).is_some()), expected, "{what}");
    let kept = intake.payloads.iter().filter(|payload| payload.kind == PayloadKind::Intake).count();
    assert_eq!(kept, parts.len(), "{what}");
}

#[test]
fn what_a_call_brings_of_its_place() {
    let gothenburg = HANDSET.replace("59.32938 18.06871", "57.70716 11.96679");
    assert_ne!(gothenburg, HANDSET);
    let both = [pidf("here@example.org", HANDSET), pidf("there@example.org", &gothenburg)];
    let here = &both[..1];
    let stockholm = (Some(("stockholm", PlaceSource::Handset)), true);
    let vast = (Some(("vast", PlaceSource::Handset)), true);
    let nothing = (None, false);
    let by_number = (Some(("vast", PlaceSource::AreaCode)), false);

    check("no place", "", &[], &[], None, nothing);
    check("no place, a landline", "0313900600", &[], &[], None, by_number);
    check("a position", "0313900600", here, &["<cid:here@example.org>"], Some("yes"), stockholm);
    check("routing unsaid", "", here, &["<cid:here@example.org>"], None, stockholm);
    check("nobody refers to it", "", here, &[], None, stockholm);

    let shown_only = (None, true);
    for no in ["no", " NO ", "no;x=y", "No ; inserted-by=\"x\""] {
        check(no, "", here, &["<cid:here@example.org>"], Some(no), shown_only);
    }
    check("no, a landline", "0313900600", here, &[], Some("no;x=y"), (by_number.0, true));
    check("something else than no", "", here, &[], Some("nobody"), stockholm);

    check("the second of two", "", &both, &["<cid:there@example.org>"], None, vast);
    check("the first that is named", "", &both, &["<cid:there@example.org>, <cid:here@example.org>"], None, vast);
    check("in two headers", "", &both, &["<https://held.example.org/1>", "<cid:there%40example.org>;x=y"], None, vast);
    check("a part that is not there", "", &both, &["<cid:nowhere@example.org>"], None, stockholm);
    let text = [part("text/plain", "text@example.org", "hello"), both[1].clone()];
    check("a part that is no place", "", &text, &["<cid:text@example.org>"], None, vast);

    check("civic only", "", &[pidf("", CIVIC)], &[], None, (Some(("stockholm", PlaceSource::Subscriber)), false));
    for (what, malformed) in [("no XML", "<presence"), ("empty", ""), ("no place in it", "<presence/>")] {
        let parts = [pidf("here@example.org", malformed)];
        check(what, "", &parts, &["<cid:here@example.org>"], None, nothing);
        check(what, "0313900600", &parts, &["<cid:here@example.org>"], None, by_number);
    }
}
