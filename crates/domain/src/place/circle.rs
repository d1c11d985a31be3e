//! A place on the earth and how sure it is. Personal data: never in the journal, hidden in Debug.

use serde::{Deserialize, Serialize};
use std::fmt;

/// WGS84 in millionths of a degree, so that no float is kept or compared.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub latitude_e6: i32,
    pub longitude_e6: i32,
}

/// A position with its uncertainty. An absent radius is unknown, not nought.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circle {
    pub centre: Position,
    pub radius_m: Option<u32>,
    /// How likely the circle holds the place, in thousandths; none when the sender did not say.
    pub confidence_permille: Option<u16>,
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position(hidden)")
    }
}

impl fmt::Debug for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Circle(hidden, radius_m: {:?})", self.radius_m)
    }
}

const EARTH_RADIUS_M: f64 = 6_371_000.0;

impl Position {
    /// Degrees, for drawing only.
    #[must_use]
    pub fn degrees(self) -> (f64, f64) {
        (f64::from(self.latitude_e6) / 1e6, f64::from(self.longitude_e6) / 1e6)
    }

    /// None when outside the earth, not a number, or 0,0 (which senders use for "no fix").
    #[must_use]
    pub fn from_degrees(latitude: f64, longitude: f64) -> Option<Self> {
        let inside = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let fix = latitude != 0.0 || longitude != 0.0;
        #[allow(clippy::cast_possible_truncation)] // bounded by the check above
        (inside && fix).then(|| Self { latitude_e6: (latitude * 1e6).round() as i32, longitude_e6: (longitude * 1e6).round() as i32 })
    }

    /// Distance over the sphere in metres, good to half a per cent.
    #[must_use]
    pub fn distance_m(self, other: Self) -> u32 {
        let ((lat1, lon1), (lat2, lon2)) = (self.degrees(), other.degrees());
        let (lat1, lat2, dlon) = (lat1.to_radians(), lat2.to_radians(), (lon2 - lon1).to_radians());
        let half_chord = ((lat2 - lat1) / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
        let metres = 2.0 * EARTH_RADIUS_M * half_chord.sqrt().asin();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most half the equator
        let metres = metres.round() as u32;
        metres
    }
}
