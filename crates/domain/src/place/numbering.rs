//! What a telephone number or the first digits of a postal code say about the place. Only landlines
//! have a place; a mobile number has none, wherever it was bought.

use super::{Areas, Extent, Locality, PlaceEstimate, PlaceSource, table::Table};
use crate::{
    RegionId,
    plan::{Fault, Source, nearest_word},
};
use std::collections::{BTreeMap, BTreeSet};

/// Mobile, nomadic and shared-cost numbers of the Swedish numbering plan.
const PLACELESS: [&str; 7] = ["010", "070", "072", "073", "076", "077", "079"];
/// National digits of a landline number, the leading 0 included.
const NATIONAL_DIGITS_MIN: usize = 7;
const NATIONAL_DIGITS_MAX: usize = 12;
const AREA_CODE_DIGITS_MAX: usize = 4;
const POSTAL_CODE_DIGITS: usize = 5;

/// Places by telephone area code. Empty for a country whose numbers carry no place.
#[derive(Clone, Debug, Default)]
pub struct AreaCodes(BTreeMap<String, AreaCode>);

#[derive(Clone, Debug)]
struct AreaCode {
    place: String,
    /// Code of the municipality, or of the main one of several.
    municipality: String,
    region: RegionId,
}

impl AreaCodes {
    /// # Errors
    /// Every fault, with file and line.
    pub fn read(source: &Source<'_>, areas: &Areas) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut codes = BTreeMap::new();
        for row in Table::read(source, ["area_code", "place", "municipality_code"], &mut faults) {
            let [code, place, municipality] = row.cells;
            let mut fault = |what: String, mend: &str| faults.push(Fault::new(source.file, row.line, what, mend));
            let written =
                code.starts_with('0') && (2..=AREA_CODE_DIGITS_MAX).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
            if !written {
                fault(format!("\"{code}\" is not an area code"), "write it with its 0, such as 0501");
                continue;
            }
            let Some(municipality) = areas.by_code(municipality) else {
                fault(format!("{code} {place}: no municipality has the code \"{municipality}\""), "correct it by the municipalities' file");
                continue;
            };
            let of_code =
                AreaCode { place: place.to_owned(), municipality: municipality.code.clone(), region: municipality.region.clone() };
            if codes.insert(code.to_owned(), of_code).is_some() {
                fault(format!("the area code {code} is written twice"), "keep one of the rows");
            }
        }
        if faults.is_empty() { Ok(Self(codes)) } else { Err(faults) }
    }

    /// Every place, with the code of its municipality.
    pub(super) fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.values().map(|code| (code.municipality.as_str(), code.place.as_str()))
    }

    /// The region of a Swedish landline number (+46…, 0046… or 0…); none for any other.
    #[must_use]
    pub fn estimate(&self, number: &str) -> Option<PlaceEstimate> {
        let national = national(number)?;
        if PLACELESS.iter().any(|start| national.starts_with(start)) {
            return None;
        }
        let (code, found) = longest(&self.0, &national, AREA_CODE_DIGITS_MAX)?;
        Some(PlaceEstimate::whole(PlaceSource::AreaCode, found.region.clone()).by(Locality::AreaCode(code.clone())))
    }

    /// What an area code covers, by the towns of the codes around it.
    #[must_use]
    pub fn extent<'a>(&'a self, code: &str, areas: &'a Areas) -> Option<Extent<'a>> {
        let found = self.0.get(code)?;
        let towns = self.0.values().filter_map(|other| areas.by_code(&other.municipality)).map(|municipality| municipality.position);
        Some(Extent::around(&found.place, areas.by_code(&found.municipality)?, towns))
    }
}

/// The number as dialled within Sweden: "031…" for "+46 31-…" and "+46 (0)31-…".
fn national(number: &str) -> Option<String> {
    let dialled: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}')).collect();
    let national = match dialled.strip_prefix("+46").or_else(|| dialled.strip_prefix("0046")) {
        Some(rest) => format!("0{}", rest.strip_prefix('0').unwrap_or(rest)),
        None if dialled.starts_with("00") => return None,
        None => dialled,
    };
    let fits = national.starts_with('0') && (NATIONAL_DIGITS_MIN..=NATIONAL_DIGITS_MAX).contains(&national.len());
    (fits && national.bytes().all(|b| b.is_ascii_digit())).then_some(national)
}

/// Regions by the first digits of a postal code.
#[derive(Clone, Debug, Default)]
pub struct PostalCodes {
    regions: BTreeMap<String, RegionId>,
    /// Starts that are not known to lie wholly in their region.
    estimates: BTreeSet<String>,
}

impl PostalCodes {
    /// # Errors
    /// Every fault, with file and line.
    pub fn read(source: &Source<'_>, areas: &Areas) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut codes = Self::default();
        for row in Table::read(source, ["prefix", "region", "note"], &mut faults) {
            let [prefix, region, trust] = row.cells;
            let mut fault = |what: String, mend: &str| faults.push(Fault::new(source.file, row.line, what, mend));
            if !(1..=POSTAL_CODE_DIGITS).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_digit()) {
                fault(format!("\"{prefix}\" is not the start of a postal code"), "write one to five digits");
                continue;
            }
            if !areas.regions().any(|(id, _)| id.as_str() == region) {
                let near = nearest_word(region, areas.regions().map(|(id, _)| id.as_str()));
                let mend = near.map_or("write a region of the regions' file".to_owned(), |near| format!("did you mean \"{near}\"?"));
                fault(format!("{prefix}: no region is called \"{region}\""), &mend);
                continue;
            }
            match trust {
                "certain" => {}
                "estimate" => {
                    codes.estimates.insert(prefix.to_owned());
                }
                other => fault(format!("{prefix}: the note is \"{other}\""), "write certain or estimate"),
            }
            if codes.regions.insert(prefix.to_owned(), RegionId::new(region)).is_some() {
                fault(format!("the start {prefix} is written twice"), "keep one of the rows");
            }
        }
        if faults.is_empty() { Ok(codes) } else { Err(faults) }
    }

    /// The region of the longest start that fits the digits given; three are enough nearly everywhere.
    /// Uncertain when the table says so, or when digits not yet given could lead to another region.
    #[must_use]
    pub fn estimate(&self, digits: &str) -> Option<PlaceEstimate> {
        let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() > POSTAL_CODE_DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (start, region) = longest(&self.regions, &digits, POSTAL_CODE_DIGITS)?;
        let border = self.regions_of(&digits).len() > 1;
        let mut place = PlaceEstimate::whole(PlaceSource::PostalCode, region.clone()).by(Locality::PostalCode(digits.clone()));
        place.uncertain = border || self.estimates.contains(start);
        Some(place)
    }

    /// The regions that it may lead to, with digits that are still to come.
    pub(super) fn regions_of(&self, digits: &str) -> BTreeSet<&RegionId> {
        let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
        let own = longest(&self.regions, &digits, POSTAL_CODE_DIGITS).map(|(_, region)| region);
        let further = self.regions.range(digits.clone()..).take_while(|(start, _)| start.starts_with(&digits));
        further.map(|(_, region)| region).chain(own).collect()
    }
}

/// The entry whose key is the longest start of the digits.
fn longest<'a, T>(entries: &'a BTreeMap<String, T>, digits: &str, length_max: usize) -> Option<(&'a String, &'a T)> {
    (1..=length_max.min(digits.len())).rev().find_map(|length| entries.get_key_value(&digits[..length]))
}
