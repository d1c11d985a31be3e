#![allow(clippy::unwrap_used)]
//! Reading and writing places: our own sample messages, sloppy and malformed ones, and round trips.

use domain::{
    Timestamp,
    place::{Circle, PlaceSource, Position},
};
use interop::pidf_lo::{Civic, Content, Outgoing, PidfError, Shape, WriteError, read, write};

const GNSS: &str = include_str!("samples/pidf-lo-aml-gnss.xml");
const CELL: &str = include_str!("samples/pidf-lo-cell-3200m.xml");
const SECTOR: &str = include_str!("samples/pidf-lo-cell-sector.xml");
const CIVIC: &str = include_str!("samples/pidf-lo-subscriber-civic.xml");
const INVITE: &[u8] = include_bytes!("samples/sip-invite-multipart.txt");

fn at(latitude: f64, longitude: f64) -> Position {
    Position::from_degrees(latitude, longitude).unwrap()
}

/// One shape in an otherwise right document.
fn with_shape(shape: &str) -> String {
    let (start, end) = (GNSS.find("<gs:Circle").unwrap(), GNSS.find("<con:confidence").unwrap());
    let rest = &GNSS[end..];
    let after = rest.find("</con:confidence>").unwrap() + "</con:confidence>".len();
    format!("{}{shape}{}", &GNSS[..start], &rest[after..])
}

/// `expected`: shape, centre, radius and confidence of the first place; None when it must be left out.
fn check(what: &str, document: &str, expected: Option<(Shape, Position, Option<u32>, Option<u16>)>) {
    let reading = read(document.as_bytes()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let Some((shape, centre, radius_m, confidence)) = expected else {
        assert!(reading.locations.is_empty(), "{what}: {:?}", reading.locations);
        assert!(!reading.warnings.is_empty(), "{what}: left out without a word");
        return;
    };
    let first = reading.locations.first().unwrap_or_else(|| panic!("{what}: nothing read, {:?}", reading.warnings));
    let area = first.area.unwrap();
    assert_eq!(first.shape, Some(shape), "{what}");
    assert_eq!((area.radius_m, area.confidence_permille), (radius_m, confidence), "{what}");
    assert!(area.centre.distance_m(centre) <= 1, "{what}: {:?}", area.centre.degrees());
}

#[test]
fn our_samples_are_read() {
    let handset = read(GNSS.as_bytes()).unwrap();
    assert_eq!(handset.warnings, Vec::<String>::new());
    let place = &handset.locations[0];
    assert_eq!(place.area.unwrap(), Circle { centre: at(59.32938, 18.06871), radius_m: Some(20), confidence_permille: Some(680) });
    assert_eq!((place.source, place.method.as_deref()), (PlaceSource::Handset, Some("GPS")));
    assert_eq!(place.at, Some(Timestamp(1_768_464_902_000)));
    assert_eq!(place.retention_expiry, Some(Timestamp(1_768_551_302_000)));
    assert!(place.retransmission_allowed);

    let cell = &read(CELL.as_bytes()).unwrap().locations[0];
    assert_eq!((cell.source, cell.area.unwrap().radius_m), (PlaceSource::Network, Some(3_200)));

    let civic = &read(CIVIC.as_bytes()).unwrap().locations[0];
    assert_eq!((civic.source, civic.area), (PlaceSource::Subscriber, None));
    let address = civic.civic.as_ref().unwrap();
    assert_eq!((address.municipality(), address.postal_code().as_deref()), (Some("Stockholm"), Some("11122")));
    assert_eq!(address.country().as_deref(), Some("SE"));
}

#[test]
fn a_sector_lies_inside_its_circle() {
    let area = read(SECTOR.as_bytes()).unwrap().locations[0].area.unwrap();
    let mast = at(55.67610, 12.56830);
    // 120 degrees wide around due south-east: the middle line is at 120 degrees.
    let (latitude, longitude) = area.centre.degrees();
    assert!(latitude < 55.6761 && longitude > 12.5683, "the circle lies on the wrong side");
    assert_eq!(area.confidence_permille, Some(950));
    let radius = area.radius_m.unwrap();
    assert!((2_700..=3_200).contains(&radius), "{radius}");
    for (radius_m, bearing) in [(3_200.0, 60.0_f64), (3_200.0, 120.0), (3_200.0, 180.0), (550.0, 60.0), (550.0, 180.0), (550.0, 120.0)] {
        let (north, east) = (radius_m * bearing.to_radians().cos(), radius_m * bearing.to_radians().sin());
        let (lat, lon) = mast.degrees();
        let point = at(lat + north / 111_194.9, lon + east / (111_194.9 * lat.to_radians().cos()));
        assert!(area.centre.distance_m(point) <= radius + 10, "{bearing} degrees lies outside");
    }
}

#[test]
fn every_shape_becomes_a_circle() {
    let lengths = r#"uom="urn:ogc:def:uom:EPSG::9001""#;
    let here = at(42.5463, -73.2512);
    check("a point", &with_shape("<gml:Point><gml:pos>42.5463 -73.2512</gml:pos></gml:Point>"), Some((Shape::Point, here, None, None)));
    check(
        "a point with height",
        &with_shape(r#"<gml:Point srsName="urn:ogc:def:crs:EPSG::4979"><gml:pos>42.5463 -73.2512 26.3</gml:pos></gml:Point>"#),
        Some((Shape::Point, here, None, None)),
    );
    check(
        "blanks and lines inside",
        &with_shape(&format!(
            "<gs:Circle><gml:pos>\n 42.5463\t-73.2512 </gml:pos><gs:radius {lengths}>\n 850.24 \n</gs:radius></gs:Circle>"
        )),
        Some((Shape::Circle, here, Some(851), Some(950))),
    );
    check(
        "kilometres",
        &with_shape(
            r#"<gs:Circle><gml:pos>42.5463 -73.2512</gml:pos><gs:radius uom="urn:ogc:def:uom:EPSG::9036">1.5</gs:radius></gs:Circle>"#,
        ),
        Some((Shape::Circle, here, Some(1_500), Some(950))),
    );
    check(
        "no radius is unknown",
        &with_shape("<gs:Circle><gml:pos>42.5463 -73.2512</gml:pos></gs:Circle>"),
        Some((Shape::Circle, here, None, None)),
    );
    check(
        "an ellipse",
        &with_shape(&format!(
            "<gs:Ellipse><gml:pos>42.5463 -73.2512</gml:pos><gs:semiMajorAxis {lengths}>1275</gs:semiMajorAxis>\
             <gs:semiMinorAxis {lengths}>670</gs:semiMinorAxis><gs:orientation>43.2</gs:orientation></gs:Ellipse>"
        )),
        Some((Shape::Ellipse, here, Some(1_275), Some(950))),
    );
    check(
        "a whole turn",
        &with_shape(&format!(
            "<gs:ArcBand><gml:pos>42.5463 -73.2512</gml:pos><gs:innerRadius {lengths}>0</gs:innerRadius>\
             <gs:outerRadius {lengths}>900</gs:outerRadius><gs:startAngle>0</gs:startAngle><gs:openingAngle>360</gs:openingAngle></gs:ArcBand>"
        )),
        Some((Shape::ArcBand, here, Some(900), Some(950))),
    );
    check(
        "no namespaces at all",
        "<presence><tuple><status><geopriv><location-info><Circle><pos>42.5463,-73.2512</pos><radius>30</radius></Circle>\
         <confidence>67</confidence></location-info></geopriv></status></tuple></presence>",
        Some((Shape::Circle, here, Some(30), Some(670))),
    );
    check(
        "prefixes that were never declared",
        "<presence><x:geopriv><x:location-info><y:Point><z:pos>42.5463 -73.2512</z:pos></y:Point></x:location-info></x:geopriv></presence>",
        Some((Shape::Point, here, None, None)),
    );
}

#[test]
fn polygons_in_both_spellings() {
    let corners = "59.30 18.00 59.30 18.10 59.36 18.10 59.36 18.00 59.30 18.00";
    let list = format!(
        "<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>{corners}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
    );
    let numbers: Vec<&str> = corners.split(' ').collect();
    let single: String = numbers.chunks(2).map(|pair| format!("<gml:pos>{} {}</gml:pos>", pair[0], pair[1])).collect();
    let single = format!("<gml:Polygon><gml:exterior><gml:LinearRing>{single}</gml:LinearRing></gml:exterior></gml:Polygon>");
    let centre = at(59.33, 18.05);
    let radius = centre.distance_m(at(59.30, 18.0)) + 1;
    check("a list", &with_shape(&list), Some((Shape::Polygon, centre, Some(radius), Some(950))));
    check("one by one", &with_shape(&single), Some((Shape::Polygon, centre, Some(radius), Some(950))));
    check("a line is no area", &with_shape("<gml:Polygon><gml:posList>59 18 60 18 59 18</gml:posList></gml:Polygon>"), None);
}

#[test]
fn what_cannot_be_a_place_is_left_out_with_a_warning() {
    let circle =
        |pos: &str, radius: &str| with_shape(&format!("<gs:Circle><gml:pos>{pos}</gml:pos><gs:radius>{radius}</gs:radius></gs:Circle>"));
    for (what, document) in [
        ("no fix", circle("0 0", "20")),
        ("no fix, with decimals", circle("0.000 -0.0", "20")),
        ("outside the earth", circle("95.0 18.0", "20")),
        ("not a number", circle("NaN 18.0", "20")),
        ("endless", circle("inf 18.0", "20")),
        ("one number", circle("59.3", "20")),
        ("words", circle("north east", "20")),
        ("radius not a number", circle("59.3 18.0", "NaN")),
        ("radius endless", circle("59.3 18.0", "1e999")),
        ("radius larger than the country", circle("59.3 18.0", "5000000")),
        ("radius below nought", circle("59.3 18.0", "-3")),
        ("Swedish grid", with_shape(r#"<gml:Point srsName="urn:ogc:def:crs:EPSG::3006"><gml:pos>6580822 674032</gml:pos></gml:Point>"#)),
        ("empty", with_shape("")),
    ] {
        check(what, &document, None);
    }
}

#[test]
fn the_device_comes_before_tuple_and_person() {
    let place = |holder: &str, radius: u32| {
        format!(
            "<{holder}><geopriv><location-info><Circle><pos>59.3 18.0</pos><radius>{radius}</radius></Circle></location-info></geopriv></{holder}>"
        )
    };
    let document = format!("<presence>{}{}{}</presence>", place("person", 3), place("tuple", 2), place("device", 1));
    let radii: Vec<_> = read(document.as_bytes()).unwrap().locations.iter().map(|place| place.area.unwrap().radius_m.unwrap()).collect();
    assert_eq!(radii, [1, 2, 3]);
}

#[test]
fn documents_that_are_refused() {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let entity = format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{GNSS}");
    for (what, bytes, expected) in [
        ("empty", &b"  \n"[..], PidfError::Empty),
        ("too long", &vec![b' '; (1 << 20) + 1][..], PidfError::TooLong { bytes: (1 << 20) + 1 }),
        ("nested", deep.as_bytes(), PidfError::TooComplex),
        ("a document type", b"<!DOCTYPE presence><presence/>", PidfError::DocumentType),
        ("binary", b"\xff\xfe<\0p\0", PidfError::NotText),
        ("cut off", &GNSS.as_bytes()[..400], PidfError::NotXml { line: 1 }),
        ("something else", b"<presence/>", PidfError::NoLocation),
    ] {
        assert_eq!(read(bytes).unwrap_err(), expected, "{what}");
    }
    assert!(read(entity.as_bytes()).is_err(), "entities are refused wherever the declaration stands");
}

/// xorshift64*, seeded, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % limit.max(1)
    }
}

#[test]
fn nothing_that_is_sent_makes_the_reader_panic() {
    const SEED: u64 = 11_414;
    const SPICES: [&str; 12] =
        ["<", ">", "&#0;", "&amp;", "-1", "NaN", "1e308", "9999999999", "<gs:Circle>", "</gml:pos>", "\u{0}", "xmlns:gs=\"\""];
    let mut dice = Dice(SEED);
    let samples = [GNSS.as_bytes(), CELL.as_bytes(), SECTOR.as_bytes(), CIVIC.as_bytes(), INVITE];
    for round in 0..5_000 {
        let mut bytes = samples[dice.below(samples.len())].to_vec();
        for _ in 0..=dice.below(6) {
            let at = dice.below(bytes.len());
            match dice.below(5) {
                0 => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
                1 => bytes.truncate(at.max(1)),
                2 => drop(bytes.splice(at..at, SPICES[dice.below(SPICES.len())].bytes())),
                3 => drop(bytes.drain(at..(at + dice.below(40)).min(bytes.len()))),
                _ => {
                    let piece: Vec<u8> = bytes[at..(at + dice.below(200)).min(bytes.len())].to_vec();
                    drop(bytes.splice(at..at, piece));
                }
            }
            if bytes.is_empty() {
                bytes.push(b'<');
            }
        }
        if let Ok(reading) = read(&bytes) {
            assert!(reading.locations.iter().all(|place| place.area.is_some() || place.civic.is_some()), "seed {SEED}, round {round}");
        }
    }
}

fn outgoing<'a>(content: Content<'a>) -> Outgoing<'a> {
    Outgoing {
        entity: "tel:+46701740605",
        content,
        method: Some("Cell"),
        at: Some(Timestamp(1_768_464_904_000)),
        retransmission_allowed: true,
        retention_expiry: Some(Timestamp(1_768_551_304_000)),
    }
}

#[test]
fn what_is_written_is_read_back_the_same() {
    let circles = [
        Circle { centre: at(55.6761, 12.5683), radius_m: Some(3_200), confidence_permille: Some(900) },
        Circle { centre: at(-0.000_001, -179.999_999), radius_m: Some(1), confidence_permille: Some(675) },
        Circle { centre: at(59.3, 18.0), radius_m: Some(50), confidence_permille: None },
        Circle { centre: at(59.3, 18.0), radius_m: None, confidence_permille: None },
    ];
    for circle in circles {
        let reading = read(write(&outgoing(Content::Area(&circle))).unwrap().as_bytes()).unwrap();
        let place = &reading.locations[0];
        assert_eq!((reading.warnings.len(), place.area), (0, Some(circle)));
        assert_eq!((place.source, place.at), (PlaceSource::Network, Some(Timestamp(1_768_464_904_000))));
        assert_eq!(place.retention_expiry, Some(Timestamp(1_768_551_304_000)));
    }
    let undated = write(&Outgoing { at: None, method: None, ..outgoing(Content::Area(&circles[0])) }).unwrap();
    let reading = read(undated.as_bytes()).unwrap();
    assert_eq!((reading.warnings.len(), reading.locations[0].at), (0, None), "no time is made up");
    let mut address = Civic::default();
    for (field, value) in [("country", "SE"), ("A2", "Upplands-Bro"), ("RD", "Kungsgatan <&> \"Östra\""), ("HNO", "12"), ("PC", "197 40")]
    {
        assert!(address.set(field, value));
    }
    let reading = read(write(&outgoing(Content::Civic(&address))).unwrap().as_bytes()).unwrap();
    assert_eq!((reading.warnings.len(), reading.locations[0].civic.as_ref()), (0, Some(&address)));
}

#[test]
fn the_writer_refuses_what_would_break_the_schema() {
    let circle = Circle { centre: at(59.3, 18.0), radius_m: None, confidence_permille: None };
    let right = outgoing(Content::Area(&circle));
    for (wrong, expected) in [
        (Outgoing { entity: "+46701740605", ..right }, WriteError::Entity),
        (Outgoing { entity: "tel:+46 70", ..right }, WriteError::Entity),
        (Outgoing { method: Some("<GPS>"), ..right }, WriteError::Method),
        (Outgoing { content: Content::Civic(&Civic::default()), ..right }, WriteError::EmptyAddress),
        (Outgoing { at: Some(Timestamp(i64::MAX)), ..right }, WriteError::Time),
    ] {
        assert_eq!(write(&wrong).unwrap_err(), expected);
    }
}

#[test]
fn debug_output_hides_the_place() {
    let shown = format!("{:?}{:?}", read(GNSS.as_bytes()), read(CIVIC.as_bytes()));
    for secret in ["59.3", "59329380", "18.06", "Stockholm", "Exempelgatan", "11122"] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}
