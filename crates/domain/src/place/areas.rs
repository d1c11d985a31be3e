//! Municipalities and regions of a deployment, and what follows from a position or a name.
//!
//! No boundaries are loaded, so a circle is placed by the nearest municipality seats: an *estimate*,
//! good inside a region and marked uncertain near its border (definitions.md section 6). It must not
//! be used to tell in which municipality something happened.

use super::{Circle, Extent, Locality, PlaceEstimate, PlaceSource, Position, RegionShare, outliers, table::Table};
use crate::{
    RegionId,
    plan::{Fault, Source, nearest_word},
};
use std::collections::BTreeMap;

/// What an absent radius is taken for: the larger end of a network cell.
pub const UNKNOWN_RADIUS_M: u32 = 5_000;
/// Farther from every seat than any point of the country: the position is abroad or wrong, and tells
/// no region.
pub const SEAT_DISTANCE_M_MAX: u32 = 150_000;
/// A border may lie this share of the way off the middle between two seats (one part in this many).
const BORDER_SLACK: u32 = 4;
/// Rings of sample points in a circle; ring k has 6 k points, so that each stands for the same area.
const SAMPLE_RINGS: u32 = 3;
const METRES_PER_DEGREE: f64 = 111_195.0;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Municipality {
    /// Official code ("1495").
    pub code: String,
    pub name: String,
    pub county: String,
    pub region: RegionId,
    /// The town it is run from.
    pub seat: String,
    pub position: Position,
}

/// A seat as seen from a position, for drawing and for saying where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Near<'a> {
    pub municipality: &'a Municipality,
    pub distance_m: u32,
    /// From the position to the seat: 0 north, 90 east.
    pub bearing_degrees: u16,
}

#[derive(Clone, Debug, Default)]
pub struct Areas {
    /// In the order of the file.
    municipalities: Vec<Municipality>,
    by_code: BTreeMap<String, usize>,
    /// Lower-case names, then seats, as they are spelt.
    by_spelling: BTreeMap<String, Vec<usize>>,
    /// The same without accents, spaces and hyphens.
    by_sound: BTreeMap<String, Vec<usize>>,
    regions: BTreeMap<RegionId, String>,
}

impl Areas {
    /// # Errors
    /// Every fault of the three files, with file and line.
    pub fn read(municipalities: &Source<'_>, counties: &Source<'_>, regions: &Source<'_>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut areas = Self { regions: read_regions(regions, &mut faults), ..Self::default() };
        let counties = read_counties(counties, &areas.regions, &mut faults);
        let columns = ["code", "name", "county_code", "region", "seat", "lat", "lon"];
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        let mut line_of_each = Vec::new();
        for row in Table::read(municipalities, columns, &mut faults) {
            let [code, name, county, region, seat, lat, lon] = row.cells;
            let mut fault = |what: String, mend: &str| faults.push(Fault::new(municipalities.file, row.line, what, mend));
            if code.is_empty() || name.is_empty() {
                fault("a municipality has no code or no name".to_owned(), "write both");
                continue;
            }
            if let Some(first) = lines.insert(code.to_owned(), row.line) {
                fault(format!("the code {code} is used in line {first} already"), "correct one of them");
            }
            match counties.get(county) {
                None => {
                    fault(format!("{name}: no county has the code \"{county}\""), "correct it, or add the county to the counties' file")
                }
                Some(of_county) if of_county.as_str() != region => {
                    fault(format!("{name} is in region \"{region}\", its county in \"{of_county}\""), "correct one of them");
                }
                Some(_) => {}
            }
            let degrees = lat.parse::<f64>().ok().zip(lon.parse::<f64>().ok());
            let Some(position) = degrees.and_then(|(lat, lon)| Position::from_degrees(lat, lon)) else {
                fault(format!("{name} has no position that can be read"), "write lat and lon in degrees, with a dot for decimals");
                continue;
            };
            let county = county.to_owned();
            let (code, name, seat) = (code.to_owned(), name.to_owned(), seat.to_owned());
            line_of_each.push(row.line);
            areas.municipalities.push(Municipality { code, name, county, region: RegionId::new(region), seat, position });
        }
        faults.extend(outliers::check(municipalities.file, &areas.municipalities, &line_of_each));
        areas.index();
        areas.empty_regions(regions, &mut faults);
        if faults.is_empty() { Ok(areas) } else { Err(faults) }
    }

    fn index(&mut self) {
        for (n, municipality) in self.municipalities.iter().enumerate() {
            self.by_code.insert(municipality.code.clone(), n);
            // A town that gave another municipality its name is found by that municipality.
            for name in [&municipality.name, &municipality.seat] {
                note(&mut self.by_spelling, spelling(name), n);
                note(&mut self.by_sound, sound(name), n);
            }
        }
        for (n, municipality) in self.municipalities.iter().enumerate() {
            self.by_spelling.insert(spelling(&municipality.name), vec![n]);
        }
    }

    fn empty_regions(&self, regions: &Source<'_>, faults: &mut Vec<Fault>) {
        for region in self.regions.keys() {
            if !self.municipalities.iter().any(|municipality| &municipality.region == region) {
                faults.push(Fault::new(
                    regions.file,
                    0,
                    format!("region \"{region}\" has no municipality"),
                    "add them, or take the region away",
                ));
            }
        }
    }

    #[must_use]
    pub fn municipalities(&self) -> &[Municipality] {
        &self.municipalities
    }

    /// Regions with their names.
    pub fn regions(&self) -> impl Iterator<Item = (&RegionId, &str)> {
        self.regions.iter().map(|(id, name)| (id, name.as_str()))
    }

    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&Municipality> {
        self.by_code.get(code).and_then(|n| self.municipalities.get(*n))
    }

    /// By the name of a municipality or its seat, however it is spelt ("orebro", "Örebro kommun"), when
    /// it can mean only one. Habo and Håbo are two municipalities: the spelling counts first.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Municipality> {
        let spelt = spelling(name);
        let bare = spelt.strip_suffix("kommun").unwrap_or(&spelt).trim_end();
        let without_s = bare.strip_suffix('s').filter(|_| bare.len() < spelt.len());
        [Some(bare), without_s].into_iter().flatten().find_map(|name| {
            let found = only(self.by_spelling.get(name)).or_else(|| only(self.by_sound.get(&sound(name))));
            found.and_then(|n| self.municipalities.get(n))
        })
    }

    /// Those whose name or seat begins so, however it is spelt, in the order of what is heard.
    #[must_use]
    pub fn beginning(&self, text: &str, count: usize) -> Vec<&Municipality> {
        let start = sound(text);
        if start.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<usize> = Vec::new();
        for n in self.by_sound.range(start.clone()..).take_while(|(name, _)| name.starts_with(&start)).flat_map(|(_, places)| places) {
            if !found.contains(n) && found.len() < count {
                found.push(*n);
            }
        }
        found.into_iter().filter_map(|n| self.municipalities.get(n)).collect()
    }

    /// The nearest seats, nearest first.
    #[must_use]
    pub fn nearest(&self, from: Position, count: usize) -> Vec<Near<'_>> {
        let mut near: Vec<_> =
            self.municipalities.iter().map(|municipality| (from.distance_m(municipality.position), municipality)).collect();
        near.sort_by(|(a, x), (b, y)| (a, &x.code).cmp(&(b, &y.code)));
        near.truncate(count);
        near.into_iter()
            .map(|(distance_m, municipality)| Near {
                municipality,
                distance_m,
                bearing_degrees: bearing_degrees(from, municipality.position),
            })
            .collect()
    }

    /// The region of a municipality that was stated.
    #[must_use]
    pub fn of_municipality(&self, code: &str) -> Option<PlaceEstimate> {
        let municipality = self.by_code(code)?;
        let locality = Locality::Municipality(municipality.code.clone());
        Some(PlaceEstimate::whole(PlaceSource::Stated, municipality.region.clone()).by(locality))
    }

    /// What a municipality covers, by the seats around it.
    #[must_use]
    pub fn extent(&self, code: &str) -> Option<Extent<'_>> {
        let municipality = self.by_code(code)?;
        Some(Extent::around(&municipality.name, municipality, self.municipalities.iter().map(|other| other.position)))
    }

    /// Shares of a circle over the regions: points spread evenly in it, each counted for the region of
    /// the seat nearest to it. Uncertain when the circle reaches another region or a border could run
    /// here unseen. None when the place is abroad: what else is known of the caller decides.
    #[must_use]
    pub fn estimate(&self, circle: &Circle, source: PlaceSource) -> Option<PlaceEstimate> {
        let radius_m = circle.radius_m.unwrap_or(UNKNOWN_RADIUS_M);
        let seats: Vec<(u32, &Municipality)> =
            self.municipalities.iter().map(|municipality| (circle.centre.distance_m(municipality.position), municipality)).collect();
        let nearest = seats.iter().min_by_key(|(distance_m, municipality)| (*distance_m, &municipality.code));
        let (nearest_m, nearest) = nearest.filter(|(distance_m, _)| *distance_m <= SEAT_DISTANCE_M_MAX)?;
        // No point of the circle has its nearest seat farther off than this.
        let reach_m = nearest_m.saturating_add(radius_m.saturating_mul(2));
        let reached: Vec<&Municipality> = seats.iter().filter(|(distance_m, _)| *distance_m <= reach_m).map(|(_, seat)| *seat).collect();
        let slack_m = reach_m.saturating_add(nearest_m / BORDER_SLACK);
        let border_near = seats.iter().any(|(distance_m, seat)| *distance_m <= slack_m && seat.region != nearest.region);
        let shares = if reached.iter().all(|seat| seat.region == nearest.region) {
            vec![RegionShare { region: nearest.region.clone(), permille: 1000 }]
        } else {
            shares_of(circle.centre, radius_m, &reached)
        };
        Some(PlaceEstimate { source, shares, uncertain: border_near, locality: None })
    }
}

fn read_regions(source: &Source<'_>, faults: &mut Vec<Fault>) -> BTreeMap<RegionId, String> {
    let mut regions = BTreeMap::new();
    for row in Table::read(source, ["region", "name"], faults) {
        let [region, name] = row.cells;
        if regions.insert(RegionId::new(region), name.to_owned()).is_some() {
            faults.push(Fault::new(source.file, row.line, format!("region \"{region}\" is written twice"), "keep one of the rows"));
        }
    }
    regions
}

/// The region of each county, by its code.
fn read_counties(source: &Source<'_>, regions: &BTreeMap<RegionId, String>, faults: &mut Vec<Fault>) -> BTreeMap<String, RegionId> {
    let mut counties = BTreeMap::new();
    for row in Table::read(source, ["code", "name", "region"], faults) {
        let [code, name, region] = row.cells;
        if !regions.contains_key(region) {
            let near = nearest_word(region, regions.keys().map(RegionId::as_str));
            let mend = near.map_or("add it to the regions' file".to_owned(), |near| format!("did you mean \"{near}\"?"));
            faults.push(Fault::new(source.file, row.line, format!("{name}: no region is called \"{region}\""), mend));
        }
        if counties.insert(code.to_owned(), RegionId::new(region)).is_some() {
            faults.push(Fault::new(source.file, row.line, format!("the county code {code} is written twice"), "keep one of the rows"));
        }
    }
    counties
}

fn note(index: &mut BTreeMap<String, Vec<usize>>, key: String, n: usize) {
    let entries = index.entry(key).or_default();
    if !entries.contains(&n) {
        entries.push(n);
    }
}

fn only(found: Option<&Vec<usize>>) -> Option<usize> {
    found.and_then(|found| match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    })
}

fn spelling(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Without accents, spaces and hyphens: "Upplands-Bro" and "upplands bro" are one.
#[must_use]
pub fn sound(name: &str) -> String {
    let plain = |c: char| match c {
        'å' | 'ä' | 'á' | 'à' | 'æ' => 'a',
        'ö' | 'ø' | 'ó' => 'o',
        'é' | 'è' | 'ë' => 'e',
        'ü' => 'u',
        other => other,
    };
    name.chars().flat_map(char::to_lowercase).map(plain).filter(|c| c.is_alphanumeric()).collect()
}

/// Evenly spread points, each counted for the region of its nearest seat; thousandths that add up.
fn shares_of(centre: Position, radius_m: u32, seats: &[&Municipality]) -> Vec<RegionShare> {
    let mut counts: BTreeMap<&RegionId, u32> = BTreeMap::new();
    let points = sample(centre, radius_m);
    for point in &points {
        if let Some(seat) = seats.iter().min_by_key(|seat| (point.distance_m(seat.position), &seat.code)) {
            *counts.entry(&seat.region).or_default() += 1;
        }
    }
    let total = u32::try_from(points.len()).unwrap_or(u32::MAX).max(1);
    let permille = |count: u32| u16::try_from(count * 1000 / total).unwrap_or(1000);
    let mut shares: Vec<_> =
        counts.into_iter().map(|(region, count)| RegionShare { region: region.clone(), permille: permille(count) }).collect();
    shares.sort_by(|a, b| b.permille.cmp(&a.permille).then_with(|| a.region.cmp(&b.region)));
    let sum: u16 = shares.iter().map(|share| share.permille).sum();
    if let Some(largest) = shares.first_mut() {
        largest.permille += 1000 - sum;
    }
    shares
}

fn sample(centre: Position, radius_m: u32) -> Vec<Position> {
    let mut points = vec![centre];
    for ring in 1..=SAMPLE_RINGS {
        let distance_m = f64::from(radius_m) * f64::from(ring) / f64::from(SAMPLE_RINGS);
        for step in 0..6 * ring {
            let angle = std::f64::consts::TAU * f64::from(step) / f64::from(6 * ring);
            points.extend(moved(centre, distance_m * angle.cos(), distance_m * angle.sin()));
        }
    }
    points
}

/// Flat around the centre, which is good enough to spread points; none beyond a pole.
fn moved(from: Position, north_m: f64, east_m: f64) -> Option<Position> {
    let (latitude, longitude) = from.degrees();
    let around = METRES_PER_DEGREE * latitude.to_radians().cos().max(0.01);
    Position::from_degrees(latitude + north_m / METRES_PER_DEGREE, longitude + east_m / around)
}

fn bearing_degrees(from: Position, to: Position) -> u16 {
    let ((lat1, lon1), (lat2, lon2)) = (from.degrees(), to.degrees());
    let (lat1, lat2, dlon) = (lat1.to_radians(), lat2.to_radians(), (lon2 - lon1).to_radians());
    let (east, north) = (dlon.sin() * lat2.cos(), lat1.cos() * lat2.sin() - lat1.sin() * lat2.cos() * dlon.cos());
    let degrees = east.atan2(north).to_degrees().rem_euclid(360.0).round();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and 360
    let degrees = degrees as u16;
    degrees % 360
}
