//! Finds seats that cannot lie where the table says: latitude and longitude changed round, a sign too
//! many. A place estimate from such a row would send callers across the country.
//!
//! Nothing is known of borders here, so a seat is held against the middle of its county and of the
//! country. The middle is the median, which a few wrong rows do not move.

use super::{Municipality, Position};
use crate::plan::Fault;

/// Farther from the middle of its county than in the longest county there is.
const COUNTY_REACH_M_MAX: u32 = 400_000;
/// Farther from the middle of its country than in a country as long as Sweden, with room to spare.
const COUNTRY_REACH_M_MAX: u32 = 1_500_000;
/// Of fewer seats no middle can be told.
const SEATS_MIN: usize = 3;

/// `lines` says where in the file each municipality stands, in the same order.
pub(super) fn check(file: &str, municipalities: &[Municipality], lines: &[usize]) -> Vec<Fault> {
    let country = middle(municipalities.iter().map(|municipality| municipality.position));
    let mut faults = Vec::new();
    for (municipality, line) in municipalities.iter().zip(lines) {
        let of_county = municipalities.iter().filter(|other| other.county == municipality.county);
        let county = middle(of_county.map(|other| other.position));
        let held_against = [("its county", county, COUNTY_REACH_M_MAX), ("the country", country, COUNTRY_REACH_M_MAX)];
        let too_far = held_against.into_iter().find_map(|(whose, middle, reach_m)| {
            let middle = middle?;
            let distance_m = municipality.position.distance_m(middle);
            (distance_m > reach_m).then_some((whose, middle, reach_m, distance_m))
        });
        if let Some((whose, middle, reach_m, distance_m)) = too_far {
            let what = format!("the seat of {} lies {} km from the middle of {whose}", municipality.name, distance_m / 1_000);
            faults.push(Fault::new(file, *line, what, mend(municipality.position, middle, reach_m)));
        }
    }
    faults
}

/// The slip that, undone, puts the seat where it belongs.
fn mend(position: Position, middle: Position, reach_m: u32) -> &'static str {
    let (latitude, longitude) = position.degrees();
    let fits = |latitude, longitude| Position::from_degrees(latitude, longitude).is_some_and(|moved| moved.distance_m(middle) <= reach_m);
    if fits(longitude, latitude) {
        "change lat and lon round: lat is how far north, lon how far east"
    } else if fits(latitude, -longitude) {
        "change the sign of lon: east is plain, west has a minus"
    } else if fits(-latitude, longitude) {
        "change the sign of lat: north is plain, south has a minus"
    } else {
        "write the latitude of the seat in lat and its longitude in lon, or correct its county"
    }
}

fn middle(positions: impl Iterator<Item = Position>) -> Option<Position> {
    let (mut latitudes, mut longitudes): (Vec<i32>, Vec<i32>) =
        positions.map(|position| (position.latitude_e6, position.longitude_e6)).unzip();
    if latitudes.len() < SEATS_MIN {
        return None;
    }
    latitudes.sort_unstable();
    longitudes.sort_unstable();
    let half = latitudes.len() / 2;
    Some(Position { latitude_e6: latitudes[half], longitude_e6: longitudes[half] })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::{
        place::Areas,
        plan::{Fault, Source},
    };

    const MUNICIPALITIES: &str = include_str!("../../../../deployments/sweden/areas/municipalities.csv");
    const COUNTIES: &str = include_str!("../../../../deployments/sweden/areas/counties.csv");
    const REGIONS: &str = include_str!("../../../../deployments/sweden/areas/regions.csv");

    fn faults(municipalities: &str) -> Vec<Fault> {
        let source = |file, text| Source { file, text };
        let read = Areas::read(&source("m.csv", municipalities), &source("c.csv", COUNTIES), &source("r.csv", REGIONS));
        read.err().unwrap_or_default()
    }

    /// Sweden's table with other degrees in the row of one municipality: its line and what is said.
    fn check(name: &str, change: impl Fn(&str, &str) -> (String, String), expected: Option<&str>) {
        let mut line = 0;
        let mut text = String::new();
        for (n, row) in MUNICIPALITIES.lines().enumerate() {
            let mut cells: Vec<String> = row.split(';').map(str::to_owned).collect();
            if cells[1] == name {
                line = n + 1;
                (cells[5], cells[6]) = change(&cells[5], &cells[6]);
            }
            text.push_str(&cells.join(";"));
            text.push('\n');
        }
        assert_ne!(line, 0, "{name} is in the table");
        let faults = faults(&text);
        let told: Vec<String> = faults.iter().map(Fault::to_string).collect();
        match expected {
            None => assert_eq!(told, Vec::<String>::new(), "{name}"),
            Some(expected) => {
                assert_eq!(told.len(), 1, "{name}: {told:?}");
                assert!(told[0].starts_with(&format!("m.csv:{line}: the seat of {name} lies ")), "{name}: {told:?}");
                assert!(told[0].contains(expected), "{name}: {told:?}");
            }
        }
    }

    #[test]
    fn a_seat_that_cannot_lie_there_is_told_with_its_line() {
        let turned = |lat: &str, lon: &str| (lon.to_owned(), lat.to_owned());
        let west = |lat: &str, lon: &str| (lat.to_owned(), format!("-{lon}"));
        let south = |lat: &str, lon: &str| (format!("-{lat}"), lon.to_owned());
        // The outermost, the middle, and the only one of its county.
        for name in ["Kiruna", "Ystad", "Skara", "Haparanda", "Gotland"] {
            check(name, turned, Some("change lat and lon round"));
            check(name, west, Some("change the sign of lon"));
            check(name, south, Some("change the sign of lat"));
        }
        check("Skara", |_, _| ("48.85".to_owned(), "2.35".to_owned()), Some("write the latitude of the seat"));
    }

    #[test]
    fn every_seat_of_the_table_lies_where_it_may() {
        check("Skara", |lat, lon| (lat.to_owned(), lon.to_owned()), None);
    }

    #[test]
    fn of_two_seats_nobody_can_tell_which_is_wrong() {
        let header = MUNICIPALITIES.lines().next().unwrap();
        let two: Vec<&str> = MUNICIPALITIES.lines().filter(|row| row.starts_with("1495;") || row.starts_with("2584;")).collect();
        assert_eq!(two.len(), 2);
        let faults = faults(&format!("{header}\n{}\n", two.join("\n")));
        assert!(!faults.iter().any(|fault| fault.what.contains("the seat of")), "{faults:?}");
    }
}
