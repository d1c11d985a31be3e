//! Licences of everything that is built in, against the policy in `xtask/licences.toml`.

use super::{Fault, rooms::Package, spdx};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Licence by its SPDX name, and why it is allowed.
    allowed: BTreeMap<String, String>,
    /// Packages whose own statement is missing or does not say it all: name, and the licence found
    /// by reading.
    #[serde(default)]
    read_by_hand: BTreeMap<String, String>,
}

pub fn policy() -> Result<Policy> {
    toml::from_str(include_str!("../../licences.toml")).context("xtask/licences.toml is not understood")
}

pub fn check(packages: &[Package]) -> Result<Vec<Fault>> {
    let policy = policy()?;
    let checked = packages.iter().filter_map(|package| {
        let shown = format!("{} {}", package.name, package.version);
        let stated = policy.read_by_hand.get(&package.name).or(package.license.as_ref());
        let path = if package.is_ours() { package.manifest() } else { "Cargo.lock".to_owned() };
        policy.fault_of(&shown, stated.map(String::as_str)).map(|what| Fault::new(&path, 0, what))
    });
    let mut faults: Vec<Fault> = checked.collect();
    let gone = policy.read_by_hand.keys().filter(|name| !packages.iter().any(|package| package.name == **name));
    faults.extend(gone.map(|name| Fault::new("xtask/licences.toml", 0, format!("{name} is no longer built in"))));
    Ok(faults)
}

impl Policy {
    /// What is wrong with the licence of a package.
    pub fn fault_of(&self, package: &str, stated: Option<&str>) -> Option<String> {
        let Some(stated) = stated.filter(|stated| !stated.trim().is_empty()) else {
            return Some(format!("{package} does not say its licence (xtask/licences.toml)"));
        };
        match spdx::holds(stated, &|name| self.allowed.contains_key(name)) {
            Ok(true) => None,
            Ok(false) => Some(format!("{package} is under {stated}, which is not allowed (xtask/licences.toml)")),
            Err(fault) => Some(format!("{package} states the licence `{stated}`, which is not understood: {fault}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_and_refuses() {
        let policy = policy().unwrap();
        for (stated, allowed) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("Apache-2.0 OR GPL-2.0-only", true),
            ("MIT AND GPL-2.0-only", false),
            ("MIT/Apache-2.0", true),
            ("", false),
        ] {
            assert_eq!(policy.fault_of("a", Some(stated)).is_none(), allowed, "{stated}");
        }
        assert!(policy.allowed.values().all(|reason| !reason.is_empty()));
    }
}
