//! Municipalities and regions of a deployment, and what follows from a position or a name.
//!
//! No boundaries are loaded, so a circle is placed by the nearest municipality seats: an *estimate*,
//! good inside a region and marked uncertain near its border (definitions.md section 6). It must not
//! be used to tell in which municipality something happened.

use super::{Circle, CountyCode, Extent, Locality, PlaceEstimate, PlaceSource, Position, RegionShare, outliers, table::Table};
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
/// Nobody keeps more names than these in mind; with more, the place is asked for openly.
pub const CANDIDATES_MAX: usize = 3;

/// A county, or what is its like: a police district.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct County {
    /// As people say it ("Hallands län", "Fyns politikreds").
    pub name: String,
    pub region: RegionId,
}

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
    counties: BTreeMap<CountyCode, County>,
}

impl Areas {
    /// # Errors
    /// Every fault of the three files, with file and line.
    pub fn read(municipalities: &Source<'_>, counties: &Source<'_>, regions: &Source<'_>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut areas = Self { regions: read_regions(regions, &mut faults), ..Self::default() };
        areas.counties = read_counties(counties, &areas.regions, &mut faults);
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
            match CountyCode::new(county).and_then(|code| areas.counties.get(&code)) {
                None => {
                    fault(format!("{name}: no county has the code \"{county}\""), "correct it, or add the county to the counties' file")
                }
                Some(of_county) if of_county.region.as_str() != region => {
                    fault(format!("{name} is in region \"{region}\", its county in \"{}\"", of_county.region), "correct one of them");
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

    /// Counties with their codes.
    pub fn counties(&self) -> impl Iterator<Item = (CountyCode, &County)> {
        self.counties.iter().map(|(code, county)| (*code, county))
    }

    /// The region of a county that was stated.
    #[must_use]
    pub fn of_county(&self, code: CountyCode) -> Option<PlaceEstimate> {
        self.counties.get(&code).map(|county| PlaceEstimate::whole(PlaceSource::Stated, county.region.clone()))
    }

    /// The only county of a region, where it has one.
    pub(super) fn county_alone(&self, region: &RegionId) -> Option<CountyCode> {
        let mut of_region = self.counties().filter(|(_, county)| &county.region == region).map(|(code, _)| code);
        of_region.next().filter(|_| of_region.next().is_none())
    }

    /// These, when they are few and of more than one region: what a caller can be asked to choose from.
    pub(super) fn to_choose_from(&self, counties: Vec<CountyCode>) -> Vec<CountyCode> {
        let region = |code: &CountyCode| self.counties.get(code).map(|county| &county.region);
        let differ = counties.iter().any(|code| region(code) != counties.first().and_then(region));
        if differ && counties.len() <= CANDIDATES_MAX { counties } else { Vec::new() }
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
        let beyond = seats.iter().filter(|(distance_m, seat)| *distance_m <= slack_m && seat.region != nearest.region);
        let beyond = beyond.min_by_key(|(distance_m, seat)| (*distance_m, &seat.code)).map(|(_, seat)| *seat);
        let (shares, counties) = if reached.iter().all(|seat| seat.region == nearest.region) {
            let whole = vec![RegionShare { region: nearest.region.clone(), permille: 1000 }];
            (whole, beyond.map_or(Vec::new(), |beyond| vec![nearest, beyond]).iter().map(|seat| seat.county.as_str()).collect())
        } else {
            let each: Vec<&Municipality> = nearest_of_points(circle.centre, radius_m, &reached);
            (shares_of(&each), most_frequent(each.iter().map(|seat| seat.county.as_str())))
        };
        let candidates = self.to_choose_from(counties.into_iter().filter_map(CountyCode::new).collect());
        Some(PlaceEstimate { source, shares, uncertain: beyond.is_some(), candidates, locality: None })
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

fn read_counties(source: &Source<'_>, regions: &BTreeMap<RegionId, String>, faults: &mut Vec<Fault>) -> BTreeMap<CountyCode, County> {
    let mut counties = BTreeMap::new();
    for row in Table::read(source, ["code", "name", "region"], faults) {
        let [code, name, region] = row.cells;
        if !regions.contains_key(region) {
            let near = nearest_word(region, regions.keys().map(RegionId::as_str));
            let mend = near.map_or("add it to the regions' file".to_owned(), |near| format!("did you mean \"{near}\"?"));
            faults.push(Fault::new(source.file, row.line, format!("{name}: no region is called \"{region}\""), mend));
        }
        let Some(of_county) = CountyCode::new(code) else {
            let what = format!("{name}: \"{code}\" is not the code of a county");
            faults.push(Fault::new(source.file, row.line, what, "write one to four letters or digits"));
            continue;
        };
        if counties.insert(of_county, County { name: name.to_owned(), region: RegionId::new(region) }).is_some() {
            faults.push(Fault::new(source.file, row.line, format!("the county code {code} is written twice"), "keep one of the rows"));
        }
    }
    counties
}

/// The names of counties alone, for whoever says them.
///
/// # Errors
/// The first fault of the table.
pub fn county_names(source: &Source<'_>) -> Result<Vec<(CountyCode, String)>, Fault> {
    let mut faults = Vec::new();
    let rows = Table::read(source, ["code", "name"], &mut faults);
    match faults.into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(rows.iter().filter_map(|row| Some((CountyCode::new(row.cells[0])?, row.cells[1].to_owned()))).collect()),
    }
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

/// The seat nearest to each of evenly spread points.
fn nearest_of_points<'a>(centre: Position, radius_m: u32, seats: &[&'a Municipality]) -> Vec<&'a Municipality> {
    let points = sample(centre, radius_m);
    points.iter().filter_map(|point| seats.iter().min_by_key(|seat| (point.distance_m(seat.position), &seat.code)).copied()).collect()
}

/// Each once, the most frequent first.
fn most_frequent<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    words.for_each(|word| *counts.entry(word).or_default() += 1);
    let mut words: Vec<(&str, usize)> = counts.into_iter().collect();
    words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    words.into_iter().map(|(word, _)| word).collect()
}

/// Each point counted for the region of its seat; thousandths that add up.
fn shares_of(each: &[&Municipality]) -> Vec<RegionShare> {
    let mut counts: BTreeMap<&RegionId, u32> = BTreeMap::new();
    each.iter().for_each(|seat| *counts.entry(&seat.region).or_default() += 1);
    let total = u32::try_from(each.len()).unwrap_or(u32::MAX).max(1);
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
