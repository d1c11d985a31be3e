//! All that a deployment knows of its places, asked in one way whatever the source.

use super::{AreaCodes, Areas, Circle, CountyCode, Extent, Locality, PlaceEstimate, PlaceSource, PostalCodes};
use crate::plan::{Fault, Plan, Source};

/// The texts of a deployment's `areas/` folder.
#[derive(Clone, Copy, Debug)]
pub struct PlaceTexts<'a> {
    pub municipalities: Source<'a>,
    pub counties: Source<'a>,
    pub regions: Source<'a>,
    /// None where numbers carry no place.
    pub area_codes: Option<Source<'a>>,
    pub postal_codes: Option<Source<'a>>,
}

/// Empty by default: then every place is unknown, and callers are asked for none.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub areas: Areas,
    pub area_codes: AreaCodes,
    pub postal_codes: PostalCodes,
}

impl Places {
    /// # Errors
    /// Every fault of every file. Codes are judged only when the areas that they name are without fault.
    pub fn read(texts: &PlaceTexts<'_>) -> Result<Self, Vec<Fault>> {
        let areas = Areas::read(&texts.municipalities, &texts.counties, &texts.regions)?;
        let area_codes = texts.area_codes.map_or_else(|| Ok(AreaCodes::default()), |text| AreaCodes::read(&text, &areas));
        let postal_codes = texts.postal_codes.map_or_else(|| Ok(PostalCodes::default()), |text| PostalCodes::read(&text, &areas));
        match (area_codes, postal_codes) {
            (Ok(area_codes), Ok(postal_codes)) => Ok(Self { areas, area_codes, postal_codes }),
            (area_codes, postal_codes) => Err([area_codes.err(), postal_codes.err()].into_iter().flatten().flatten().collect()),
        }
    }

    /// Where plan and areas do not name the same regions: such a place would lead nowhere.
    #[must_use]
    pub fn check(&self, plan: &Plan, regions_file: &str) -> Vec<Fault> {
        let missing = self.areas.regions().filter(|(id, _)| plan.region(id).is_none());
        let fault = |id: &str, where_not: &str| {
            let mend = "write the region in both, with the same id";
            Fault::new(regions_file, 0, format!("region \"{id}\" is not in the {where_not}"), mend)
        };
        let mut faults: Vec<Fault> = missing.map(|(id, _)| fault(id.as_str(), "plan")).collect();
        let unplaced = plan.regions.iter().filter(|region| !self.areas.regions().any(|(id, _)| id == &region.id));
        faults.extend(unplaced.map(|region| fault(region.id.as_str(), "areas")));
        faults
    }

    /// Places that are known by name without being a municipality, each after the code of the one that it lies
    /// in: the towns that municipalities are run from and those of the area codes.
    pub fn localities(&self) -> impl Iterator<Item = (&str, &str)> {
        let seats = self.areas.municipalities().iter().map(|municipality| (municipality.code.as_str(), municipality.seat.as_str()));
        let is_municipality = |name: &str| self.areas.municipalities().iter().any(|municipality| municipality.name == name);
        seats.chain(self.area_codes.places()).filter(move |(_, name)| !is_municipality(name))
    }

    #[must_use]
    pub fn of_municipality(&self, code: &str) -> Option<PlaceEstimate> {
        self.areas.of_municipality(code)
    }

    #[must_use]
    pub fn of_county(&self, code: CountyCode) -> Option<PlaceEstimate> {
        self.areas.of_county(code)
    }

    /// From the digits of a postal code, as many as were given. Where it may lie in two regions, and each is one
    /// county, these can be asked about.
    #[must_use]
    pub fn of_postal_code(&self, digits: &str) -> Option<PlaceEstimate> {
        let mut place = self.postal_codes.estimate(digits)?;
        let counties: Option<Vec<CountyCode>> =
            self.postal_codes.regions_of(digits).iter().map(|region| self.areas.county_alone(region)).collect();
        place.candidates = self.areas.to_choose_from(counties.unwrap_or_default());
        Some(place)
    }

    /// From the number that calls; only landlines have a place.
    #[must_use]
    pub fn of_number(&self, number: &str) -> Option<PlaceEstimate> {
        self.area_codes.estimate(number)
    }

    #[must_use]
    pub fn of_circle(&self, circle: &Circle, source: PlaceSource) -> Option<PlaceEstimate> {
        self.areas.estimate(circle, source)
    }

    /// What a locality covers; none for a postal code, whose table names regions only.
    #[must_use]
    pub fn extent(&self, locality: &Locality) -> Option<Extent<'_>> {
        match locality {
            Locality::AreaCode(code) => self.area_codes.extent(code, &self.areas),
            Locality::Municipality(code) => self.areas.extent(code),
            Locality::PostalCode(_) => None,
        }
    }
}
