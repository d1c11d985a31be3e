//! Which crate may use which: the directions of `ARCHITECTURE.md`, and the outside libraries that
//! belong in one room only. Read from cargo's own account of the workspace.

use super::Fault;
use crate::repository;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::Path;

/// Our crates, and which of ours each may use. A new crate gets a row here and in ARCHITECTURE.md.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("telephony", &[]),
    ("client", &[]),
    ("interop", &["domain"]),
    ("understanding", &["domain", "client"]),
    ("storage", &["domain"]),
    ("simulator", &["domain"]),
    ("switchboard", &["domain", "client", "interop", "understanding", "telephony", "storage"]),
    ("web", &["domain", "interop", "switchboard", "simulator", "storage"]),
    ("server", &["domain", "interop", "understanding", "telephony", "storage", "simulator", "switchboard", "web"]),
    ("xtask", &[]),
];

/// Outside libraries that the pure rules may use: reading, writing and reckoning, nothing that acts.
const DOMAIN_MAY_USE: &[&str] = &["serde", "serde_json", "toml", "jiff", "sha2", "thiserror"];

/// Outside libraries that have one room.
const AT_HOME: &[(&str, &str)] = &[
    ("rsipstack", "telephony"),
    ("str0m", "telephony"),
    ("sdp-types", "telephony"),
    ("audio-codec", "telephony"),
    ("sqlx", "storage"),
    ("maud", "web"),
    ("axum", "web"),
    ("tower-http", "web"),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["common", "core", "utils", "util", "shared", "helpers", "misc"];

/// One package of the build, ours or not.
#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    pub dependencies: Vec<Dependency>,
    /// Where it was taken from; `None` for our own.
    pub source: Option<String>,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    /// The folder of a dependency of ours.
    pub path: Option<String>,
    /// None for what is shipped, else "dev" or "build".
    pub kind: Option<String>,
}

impl Dependency {
    fn for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

impl Package {
    pub fn is_ours(&self) -> bool {
        self.source.is_none()
    }

    pub fn manifest(&self) -> String {
        match self.name.as_str() {
            "xtask" => "xtask/Cargo.toml".to_owned(),
            name => format!("crates/{name}/Cargo.toml"),
        }
    }
}

/// Every package that is built on this machine.
pub fn packages(root: &Path) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Account {
        packages: Vec<Package>,
    }
    let host = host(root)?;
    let mut command = repository::cargo(root);
    command.args(["metadata", "--locked", "--format-version", "1", "--filter-platform", &host]);
    let output = command.output().context("cargo metadata could not be started")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let account: Account = serde_json::from_slice(&output.stdout).context("cargo metadata was not understood")?;
    Ok(account.packages)
}

fn host(root: &Path) -> Result<String> {
    let output = repository::cargo(root).args(["--version", "--verbose"]).output().context("cargo could not be started")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).context("cargo does not say what machine it is on")
}

pub fn check(packages: &[Package]) -> Vec<Fault> {
    // Tests may bring up the whole house: directions bind what is shipped.
    let ours = packages.iter().filter(|package| package.is_ours());
    ours.flat_map(|package| {
        let faults = package.dependencies.iter().filter(|used| !used.for_tests()).filter_map(|used| fault_of(&package.name, used));
        let name = name_fault(&package.name);
        name.into_iter().chain(faults).map(|what| Fault::new(&package.manifest(), 0, what)).collect::<Vec<_>>()
    })
    .collect()
}

fn name_fault(name: &str) -> Option<String> {
    if EMPTY_NAMES.contains(&name) {
        return Some(format!("a crate named {name} answers no question; name it after the one it answers"));
    }
    let known = ROOMS.iter().any(|(room, _)| *room == name);
    (!known).then(|| {
        format!("{name} is a new room: say in ARCHITECTURE.md what question it answers and in xtask/src/tidy/rooms.rs what it may use")
    })
}

fn fault_of(room: &str, used: &Dependency) -> Option<String> {
    if used.path.is_some() {
        let (_, may_use) = ROOMS.iter().find(|(name, _)| *name == room)?;
        return (!may_use.contains(&used.name.as_str())).then(|| format!("{room} may not use {} (ARCHITECTURE.md, directions)", used.name));
    }
    if room == "domain" && !DOMAIN_MAY_USE.contains(&used.name.as_str()) {
        return Some(format!("domain may not use {}: its rules read and reckon, nothing else", used.name));
    }
    let (_, home) = AT_HOME.iter().find(|(name, _)| *name == used.name)?;
    (*home != room).then(|| format!("{} belongs in {home} alone", used.name))
}

#[cfg(test)]
mod tests {
    use super::{super::samples::shown, *};

    fn check_room(room: &str, used: &[(&str, bool)], expected: &[&str]) {
        let dependencies =
            used.iter().map(|(name, ours)| Dependency { name: (*name).to_owned(), path: ours.then(String::new), kind: None }).collect();
        let package = Package { name: room.to_owned(), version: String::new(), license: None, dependencies, source: None };
        assert_eq!(shown(&check(&[package])), expected);
    }

    #[test]
    fn directions_are_held() {
        check_room("web", &[("domain", true), ("switchboard", true), ("axum", false)], &[]);
        check_room("domain", &[("serde", false), ("jiff", false)], &[]);
        check_room(
            "storage",
            &[("telephony", true)],
            &["crates/storage/Cargo.toml: storage may not use telephony (ARCHITECTURE.md, directions)"],
        );
        check_room("web", &[("telephony", true)], &["crates/web/Cargo.toml: web may not use telephony (ARCHITECTURE.md, directions)"]);
        check_room(
            "domain",
            &[("tokio", false)],
            &["crates/domain/Cargo.toml: domain may not use tokio: its rules read and reckon, nothing else"],
        );
        check_room("switchboard", &[("sqlx", false)], &["crates/switchboard/Cargo.toml: sqlx belongs in storage alone"]);
    }

    #[test]
    fn tests_may_bring_up_the_whole_house() {
        let telephony = Dependency { name: "telephony".into(), path: Some(String::new()), kind: Some("dev".into()) };
        let package = Package { name: "web".into(), version: String::new(), license: None, dependencies: vec![telephony], source: None };
        assert!(check(&[package]).is_empty());
    }

    #[test]
    fn rooms_have_a_name_and_a_row() {
        check_room("utils", &[], &["crates/utils/Cargo.toml: a crate named utils answers no question; name it after the one it answers"]);
        let new = "crates/fax/Cargo.toml: fax is a new room: say in ARCHITECTURE.md what question it answers and in xtask/src/tidy/rooms.rs what it may use";
        check_room("fax", &[], &[new]);
    }
}
