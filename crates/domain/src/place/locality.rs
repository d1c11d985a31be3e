//! A town or district by which a place is known when nobody gave a position: an area code, a postal
//! code, a municipality. What it covers is an estimate, because no boundaries are loaded; it is for
//! showing to a person, never for telling in which municipality something happened.

use super::{Circle, Municipality, Position};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A town's surroundings are taken to end where so many other towns have begun ...
const TOWNS_AROUND: usize = 3;
/// ... but not sooner than this: in cities the seats stand close and the municipality reaches far out.
const REACH_M_MIN: u32 = 20_000;
/// Estimates are told in whole kilometres, rounded up.
const REACH_STEP_M: u32 = 1_000;

/// Personal data: hidden in Debug, kept beside the journal and not in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "word", rename_all = "snake_case")]
pub enum Locality {
    /// "031", of the number that calls. The line may be used elsewhere.
    AreaCode(String),
    /// As many digits as were given.
    PostalCode(String),
    /// Its official code.
    Municipality(String),
}

impl fmt::Debug for Locality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locality(hidden)")
    }
}

/// What a locality covers, as far as the deployment's files tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent<'a> {
    /// As the files name it ("Göteborg", "Orust-Tjörn").
    pub name: &'a str,
    /// The municipality, or the main one of several.
    pub municipality: &'a Municipality,
    /// Around its seat; the radius is an estimate, so there is no confidence.
    pub circle: Circle,
}

impl<'a> Extent<'a> {
    /// `towns` are the seats of all that could be meant in its stead.
    pub(super) fn around(name: &'a str, municipality: &'a Municipality, towns: impl Iterator<Item = Position>) -> Self {
        let radius_m = Some(reach_m(municipality.position, towns));
        Self { name, municipality, circle: Circle { centre: municipality.position, radius_m, confidence_permille: None } }
    }
}

fn reach_m(from: Position, towns: impl Iterator<Item = Position>) -> u32 {
    let mut distances: Vec<u32> = towns.filter(|town| *town != from).map(|town| from.distance_m(town)).collect();
    distances.sort_unstable();
    distances.dedup();
    let reach_m = distances.get(TOWNS_AROUND - 1).or(distances.last()).copied().unwrap_or_default();
    reach_m.max(REACH_M_MIN).div_ceil(REACH_STEP_M) * REACH_STEP_M
}
