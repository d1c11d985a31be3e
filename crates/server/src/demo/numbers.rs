//! By which numbers invented callers ring: a deployment's `callers.toml`. Whoever has none there hides it.

use crate::deployment;
use domain::{RegionId, plan::Fault};
use serde::Deserialize;
use std::path::Path;

const FILE: &str = "callers.toml";

/// A row of numbers, one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub first: u64,
    pub count: u64,
}

/// The rows of a deployment.
#[derive(Default)]
pub struct Numbers {
    of_regions: Vec<(RegionId, Row)>,
    of_handsets: Option<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    numbers: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    region: Option<String>,
    first: String,
    count: u32,
}

impl Numbers {
    /// The rows of a deployment's folder; none when it names none.
    ///
    /// # Errors
    /// The first fault of the file.
    pub fn read(folder: &Path) -> Result<Self, Fault> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let file = path.display().to_string();
        Self::of(&file, &deployment::read_text(&path, &file)?)
    }

    fn of(file: &str, text: &str) -> Result<Self, Fault> {
        let mend = "write rows of [[numbers]] with first = \"+…\", count, and if wanted region, as in deployments/sweden";
        let read: File = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let what = format!("this cannot be read: {}", error.message().lines().next().unwrap_or_default());
            Fault::new(file, before.matches('\n').count() + 1, what, mend)
        })?;
        let mut numbers = Self::default();
        for Entry { region, first, count } in read.numbers {
            let row = row(&first, count).ok_or_else(|| Fault::new(file, 0, format!("{first:?} begins no row of {count} numbers"), mend))?;
            match region {
                Some(region) => numbers.of_regions.push((RegionId::new(&region), row)),
                None => numbers.of_handsets = Some(row),
            }
        }
        Ok(numbers)
    }

    pub fn of_region(&self, region: &RegionId) -> Option<Row> {
        self.of_regions.iter().find(|(own, _)| own == region).map(|(_, row)| *row)
    }

    pub fn of_handsets(&self) -> Option<Row> {
        self.of_handsets
    }
}

fn row(first: &str, count: u32) -> Option<Row> {
    let digits = first.strip_prefix('+')?.replace([' ', '-'], "");
    let first: u64 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    (count > 0 && first > 0).then_some(Row { first, count: u64::from(count) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rows_are_a_regions_or_of_handsets() {
        let text = "[[numbers]]\nregion = \"vast\"\nfirst = \"+46 31 390 06 00\"\ncount = 100\n[[numbers]]\nfirst = \"+46 70-174 06 05\"\ncount = 95\n";
        let numbers = Numbers::of("callers.toml", text).unwrap();
        assert_eq!(numbers.of_region(&RegionId::new("vast")), Some(Row { first: 46_313_900_600, count: 100 }));
        assert_eq!(numbers.of_region(&RegionId::new("ost")), None);
        assert_eq!(numbers.of_handsets(), Some(Row { first: 46_701_740_605, count: 95 }));
    }

    #[test]
    fn what_is_no_row_is_a_fault() {
        for (text, expected) in [
            ("[[numbers]]\nfirst = \"031\"\ncount = 1\n", "begins no row"),
            ("[[numbers]]\nfirst = \"+46x\"\ncount = 1\n", "begins no row"),
            ("[[numbers]]\nfirst = \"+46\"\ncount = 0\n", "begins no row"),
            ("\n[[numbrs]]\n", "callers.toml:2: this cannot be read"),
        ] {
            let said = Numbers::of("callers.toml", text).err().unwrap().to_string();
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}
