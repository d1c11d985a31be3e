//! Places of Sweden, as the deployment's own files tell them.
#![allow(clippy::unwrap_used)]

use super::{Areas, Circle, CountyCode, Locality, PlaceEstimate, PlaceSource, PlaceTexts, Places, Position};
use crate::plan::{Fault, Source};

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

/// "vast" or "vast?" when uncertain.
fn told(place: Option<&PlaceEstimate>) -> String {
    place.map_or("nothing".to_owned(), |place| {
        format!("{}{}", place.region().map_or("", |region| region.as_str()), if place.uncertain { "?" } else { "" })
    })
}

#[test]
fn every_municipality_is_there() {
    let places = sweden();
    assert_eq!(places.areas.municipalities().len(), 290);
    assert_eq!(places.areas.regions().count(), 7);
    assert_eq!(told(places.of_municipality("1495").as_ref()), "vast", "Skara");
    assert_eq!(told(places.of_municipality("9999").as_ref()), "nothing");
}

#[test]
fn a_municipality_is_found_by_what_people_call_it() {
    let places = sweden();
    let check = |name: &str, expected: Option<&str>| {
        let found = places.areas.by_name(name).map(|municipality| municipality.name.as_str());
        assert_eq!(found, expected, "{name}");
    };
    check("Skara", Some("Skara"));
    check("skara kommun", Some("Skara"));
    check("Falkenbergs kommun", Some("Falkenberg"));
    check("OREBRO", Some("Örebro"));
    check("upplands bro", Some("Upplands-Bro"));
    // Two municipalities whose names differ by a ring only.
    check("Habo", Some("Habo"));
    check("håbo", Some("Håbo"));
    // By the seat.
    check("Kinna", Some("Mark"));
    check("Järpen", Some("Åre"));
    check("Atlantis", None);
    check("", None);
}

#[test]
fn municipalities_are_found_while_their_name_is_written() {
    let places = sweden();
    let check = |text: &str, count: usize, expected: &[&str]| {
        let found: Vec<_> = places.areas.beginning(text, count).iter().map(|municipality| municipality.name.as_str()).collect();
        assert_eq!(found, expected, "{text}");
    };
    check("bor", 9, &["Borås", "Borgholm", "Borlänge"]);
    check("borå", 9, &["Borås"]);
    check("UPPLANDS b", 9, &["Upplands-Bro"]);
    // Åre by its seat.
    check("järp", 9, &["Åre"]);
    check("s", 2, &["Säffle", "Sala"]);
    check("xyz", 9, &[]);
    check(" ", 9, &[]);
}

#[test]
fn a_landline_tells_its_region_and_a_mobile_does_not() {
    let places = sweden();
    let check = |number: &str, expected: &str| assert_eq!(told(places.of_number(number).as_ref()), expected, "{number}");
    check("+46313900600", "vast");
    check("0046 31-390 06 99", "vast");
    check("+46 (0)31-390 06 01", "vast");
    check("031-390 06 42", "vast");
    check("040-628 04 00", "syd");
    check("08-465 004 00", "stockholm");
    check("0980-319 200", "nord");
    check("0701740605", "nothing");
    check("+46701740605", "nothing");
    check("0771141400", "nothing");
    check("010-000 00 00", "nothing");
    // Abroad, hidden, or no number at all.
    check("+4531390060", "nothing");
    check("004531390060", "nothing");
    check("anonymous", "nothing");
    check("031", "nothing");
    check("", "nothing");
}

#[test]
fn what_a_place_rests_on_covers_its_surroundings() {
    let places = sweden();
    // Name, municipality, and how far it reaches; "nothing" where the files tell no more than a region.
    let check = |place: Option<PlaceEstimate>, by: Locality, expected: &str| {
        let locality = place.unwrap().locality.unwrap();
        assert!(locality == by, "{expected}");
        let told = places.extent(&locality).map_or("nothing".to_owned(), |extent| {
            assert_eq!(extent.circle.centre, extent.municipality.position);
            assert_eq!(extent.circle.confidence_permille, None);
            format!("{}, {}, {} km", extent.name, extent.municipality.name, extent.circle.radius_m.unwrap() / 1000)
        });
        assert_eq!(told, expected);
    };
    let area_code = |code: &str| Locality::AreaCode(code.to_owned());
    check(places.of_number("031-390 06 42"), area_code("031"), "Göteborg, Göteborg, 20 km");
    check(places.of_number("08-465 004 00"), area_code("08"), "Stockholm, Stockholm, 60 km");
    check(places.of_number("0980-319 200"), area_code("0980"), "Kiruna, Kiruna, 152 km");
    let municipality = |code: &str| (places.of_municipality(code), Locality::Municipality(code.to_owned()));
    let (place, by) = municipality("1490");
    check(place, by, "Borås, Borås, 28 km");
    // The seats of a city stand close together; its municipality does not end there.
    let (place, by) = municipality("0184");
    check(place, by, "Solna, Solna, 20 km");
    check(places.of_postal_code("41 2"), Locality::PostalCode("412".to_owned()), "nothing");
    assert!(places.extent(&area_code("099")).is_none());
}

#[test]
fn a_locality_is_not_written_into_the_journal() {
    let place = sweden().of_number("031-390 06 42").unwrap();
    let journaled = serde_json::to_string(&place).unwrap();
    assert!(!journaled.contains("031"), "{journaled}");
    assert_eq!(serde_json::from_str::<PlaceEstimate>(&journaled).unwrap(), PlaceEstimate { locality: None, ..place });
}

#[test]
fn the_longest_start_of_a_postal_code_decides() {
    let places = sweden();
    let check = |digits: &str, expected: &str| assert_eq!(told(places.of_postal_code(digits).as_ref()), expected, "{digits}");
    check("532", "vast");
    check("111 22", "stockholm");
    check("572", "syd");
    // 66203 and others are Bergslagen's: three digits are not enough to be sure.
    check("662", "vast?");
    check("66203", "bergslagen");
    check("66210", "vast");
    check("190", "stockholm?");
    check("000", "nothing");
    check("1112233", "nothing");
    check("12a", "nothing");
    check("", "nothing");
}

fn circle(latitude: f64, longitude: f64, radius_m: Option<u32>) -> Circle {
    Circle { centre: Position::from_degrees(latitude, longitude).unwrap(), radius_m, confidence_permille: None }
}

#[test]
fn a_circle_is_placed_by_the_seats_around_it() {
    let places = sweden();
    let check = |(latitude, longitude): (f64, f64), radius_m, expected: &str| {
        let place = places.of_circle(&circle(latitude, longitude, radius_m), PlaceSource::Network);
        assert_eq!(told(place.as_ref()), expected, "{latitude} {longitude} {radius_m:?}");
    };
    let (skara, bromma, between_gnesta_and_sodertalje) = ((58.387, 13.438), (59.34, 17.94), (59.12, 17.45));
    check(skara, Some(20), "vast");
    check(skara, Some(3_000), "vast");
    check(skara, None, "vast");
    check(skara, Some(200_000), "vast?");
    check(bromma, Some(500), "stockholm");
    check(between_gnesta_and_sodertalje, Some(5_000), "stockholm?");
    // Far out at sea, on the other side of the earth, and with latitude and longitude confused.
    for abroad in [(57.5, -30.0), (-33.9, 151.2), (11.97, 57.7)] {
        check(abroad, Some(20), "nothing");
    }
}

#[test]
fn a_place_over_a_border_tells_between_which_counties() {
    let places = sweden();
    let check = |place: Option<PlaceEstimate>, expected: &[&str]| {
        let place = place.unwrap();
        let names = place.candidates.iter().map(|code| places.areas.counties().find(|(other, _)| other == code).unwrap().1.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), expected, "{place:?}");
    };
    let network = |at: (f64, f64), radius_m| places.of_circle(&circle(at.0, at.1, Some(radius_m)), PlaceSource::Network);
    check(network((59.34, 17.94), 500), &[]);
    check(network((59.12, 17.45), 5_000), &["Stockholms län", "Södermanlands län"]);
    // Two counties of one region: nothing to choose.
    check(network((57.35, 12.25), 5_000), &[]);
    // Whole regions: too many to say.
    check(network((58.387, 13.438), 200_000), &[]);
    check(places.of_postal_code("662"), &[]);
    assert_eq!(told(places.of_county(CountyCode::new("13").unwrap()).as_ref()), "vast");
    assert_eq!(told(places.of_county(CountyCode::new("99").unwrap()).as_ref()), "nothing");
}

#[test]
fn a_county_has_a_short_code() {
    for (code, expected) in [("14", true), ("AB", true), ("1", true), ("12345", false), ("", false), ("1;", false), ("å", false)] {
        assert_eq!(CountyCode::new(code).map(|code| code.to_string()), expected.then(|| code.to_owned()), "{code}");
    }
    let code = CountyCode::new("07").unwrap();
    assert_eq!(serde_json::to_string(&code).unwrap(), "\"07\"");
    assert!(serde_json::from_str::<CountyCode>("\"too long\"").is_err());
}

#[test]
fn shares_of_a_circle_add_up_to_the_whole() {
    let places = sweden();
    for radius_m in [10_000, 40_000, 150_000, 400_000] {
        let place = places.of_circle(&circle(59.12, 17.45, Some(radius_m)), PlaceSource::Network).unwrap();
        let permille: Vec<u16> = place.shares.iter().map(|share| share.permille).collect();
        assert_eq!(permille.iter().sum::<u16>(), 1000, "{radius_m}: {permille:?}");
        assert!(permille.is_sorted_by(|a, b| a >= b), "{radius_m}: {permille:?}");
    }
}

#[test]
fn nearest_places_have_distance_and_bearing() {
    let places = sweden();
    let near = places.areas.nearest(Position::from_degrees(58.387, 13.438).unwrap(), 3);
    let told: Vec<_> =
        near.iter().map(|near| (near.municipality.name.as_str(), near.distance_m / 1000, near.bearing_degrees / 45 * 45)).collect();
    assert_eq!(told, [("Skara", 0, told[0].2), ("Götene", 16, 0), ("Lidköping", 20, 270)]);
}

#[test]
fn no_areas_mean_no_estimate() {
    assert_eq!(Places::default().of_circle(&circle(58.0, 13.0, None), PlaceSource::App), None);
}

#[test]
fn faults_name_file_and_line() {
    let municipalities = "code;name;county_code;region;seat;lat;lon\n\
                          1495;Skara;14;vast;Skara;58.38;13.43\n\
                          1495;Skövde;14;syd;Skövde;58.39;13.84\n\
                          1499;Falköping;99;vast;Falköping;north;13.55\n\
                          1470;Vara;14\n";
    let counties = "code;name;region\n14;Västra Götalands län;vast\n12;Skåne län;sid\n";
    let regions = "region;name\nvast;Region Väst\nsyd;Region Syd\n";
    let source = |file, text| Source { file, text };
    let faults = Areas::read(&source("m.csv", municipalities), &source("c.csv", counties), &source("r.csv", regions)).unwrap_err();
    let told: Vec<String> = faults.iter().map(Fault::to_string).collect();
    let expected = [
        "c.csv:3: Skåne län: no region is called \"sid\".\n  Mend: did you mean \"syd\"?",
        "m.csv:5: the row has 3 columns, the header 7.\n  Mend: part the columns by ; and write none in a text",
        "m.csv:3: the code 1495 is used in line 2 already.\n  Mend: correct one of them",
        "m.csv:3: Skövde is in region \"syd\", its county in \"vast\".\n  Mend: correct one of them",
        "m.csv:4: Falköping: no county has the code \"99\".\n  Mend: correct it, or add the county to the counties' file",
        "m.csv:4: Falköping has no position that can be read.\n  Mend: write lat and lon in degrees, with a dot for decimals",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_missing_column_is_named() {
    let regions = Source { file: "r.csv", text: "regoin;name\nvast;Region Väst\n" };
    let empty = Source { file: "x.csv", text: "" };
    let faults = Areas::read(&empty, &empty, &regions).unwrap_err();
    assert!(faults.iter().any(|fault| fault.to_string().starts_with("r.csv:1: there is no column \"region\" (is it \"regoin\"?)")));
    assert!(faults.iter().any(|fault| fault.to_string().starts_with("x.csv: the file is empty")));
}
