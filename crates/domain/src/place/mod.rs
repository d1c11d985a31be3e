//! Where the matter is: estimates with their source, radius and confidence, and the region that
//! follows. Shares of an area per region are computed elsewhere and come in as thousandths.

mod areas;
mod circle;
mod county;
mod locality;
mod numbering;
mod outliers;
mod places;
mod table;

#[cfg(test)]
mod tests;

pub use areas::{Areas, CANDIDATES_MAX, County, Municipality, Near, county_names, sound};
pub use circle::{Circle, Position};
pub use county::CountyCode;
pub use locality::{Extent, Locality};
pub use numbering::{AreaCodes, PostalCodes};
pub use places::{PlaceTexts, Places};
pub(crate) use table::Table;

use crate::{RegionId, intent::words};
use serde::{Deserialize, Serialize};

words! {
    /// How a place is known, best first when two disagree.
    PlaceSource {
        Handset = "handset",
        App = "app",
        Stated = "stated",
        Subscriber = "subscriber",
        Network = "network",
        PostalCode = "postal_code",
        AreaCode = "area_code",
    }
}

/// Where a contact belongs, without its position: what routing and the journal may know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlaceEstimate {
    pub source: PlaceSource,
    /// Share of the area in each region in thousandths, largest first; never empty.
    pub shares: Vec<RegionShare>,
    /// The area crosses a border, or its radius is unknown and large by kind.
    pub uncertain: bool,
    /// Where it may be, likeliest first, when it is uncertain between a few counties (or police districts) of
    /// more than one region: what the caller can be asked by names. Else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<CountyCode>,
    /// The word or digits that it rests on when there was no position: for showing, so the journal
    /// goes without it.
    #[serde(skip)]
    pub locality: Option<Locality>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RegionShare {
    pub region: RegionId,
    pub permille: u16,
}

impl PlaceEstimate {
    /// The whole area lies in one region.
    #[must_use]
    pub fn whole(source: PlaceSource, region: RegionId) -> Self {
        Self { source, shares: vec![RegionShare { region, permille: 1000 }], uncertain: false, candidates: Vec::new(), locality: None }
    }

    /// The same, known by a word or a few digits.
    #[must_use]
    pub fn by(self, locality: Locality) -> Self {
        Self { locality: Some(locality), ..self }
    }

    /// Wholly in the region of another.
    pub(crate) fn lies_in(&self, other: &Self) -> bool {
        !self.uncertain && self.region() == other.region()
    }

    /// The region with the largest share.
    #[must_use]
    pub fn region(&self) -> Option<&RegionId> {
        self.shares.first().map(|share| &share.region)
    }
}
