//! What the tests would not notice: cargo-mutants changes one place of the router at a time and runs the
//! domain's tests. A change that no test notices stands in `xtask/mutants.toml` with its reason, or is a fault.
//!
//! The working tree stays as it is: changes are made in a copy. cargo-mutants is installed under the build
//! folder, in the version named here.

use crate::{child, repository};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const VERSION: &str = "27.1.0";
/// Where the router is: it alone decides who is next and who answers.
const ROUTER: &str = "crates/domain/src/routing/**/*.rs";
/// Storms that each change has to weather beside all other tests: few, as thousands of changes are made.
const STORM_SEEDS: &str = "0..3";
const EXPLAINED: &str = "xtask/mutants.toml";
/// How cargo-mutants ends when it came to its end: all noticed, some not, some that ran for ever.
const CAME_TO_ITS_END: &[i32] = &[0, 2, 3];

#[derive(clap::Args)]
pub struct Arguments {
    /// Change only these files, patterns as cargo-mutants has them; without any, all of the router
    #[arg(long = "file", value_name = "PATTERN")]
    files: Vec<String>,
    /// Make only this part of the changes: 0/8 is the first of eight
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
}

/// `xtask/mutants.toml`.
#[derive(Deserialize)]
struct List {
    /// Why nobody notices, by the name of the change.
    explained: BTreeMap<String, String>,
}

/// What became of the changes, by their names.
#[derive(Default)]
struct Outcome {
    unnoticed: Vec<String>,
    noticed: Vec<String>,
    /// Every change of the router was made.
    whole: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let root = repository::root()?;
    let text = fs::read_to_string(root.join(EXPLAINED)).with_context(|| format!("cannot read {EXPLAINED}"))?;
    let list: List = toml::from_str(&text).with_context(|| format!("{EXPLAINED} was not understood"))?;
    let target = repository::target(&root);
    let tool = installed(&root, &target)?;
    change_and_test(&root, &target, &tool, arguments)?;
    let found = target.join("mutants.out");
    let outcome = Outcome {
        unnoticed: read(&found, &["missed.txt"])?,
        // What ran for ever or did not build would not go unnoticed either.
        noticed: read(&found, &["caught.txt", "timeout.txt", "unviable.txt"])?,
        whole: arguments.files.is_empty() && arguments.shard.is_none(),
    };
    let faults = outcome.faults(&list);
    for fault in &faults {
        println!("{fault}");
    }
    let explained = outcome.unnoticed.len() - outcome.unexplained(&list).len();
    println!("mutants: {} noticed, {} unnoticed, {explained} of them explained", outcome.noticed.len(), outcome.unnoticed.len());
    match faults.len() {
        0 => Ok(()),
        count => bail!("{count} to mend: write a test that notices the change, or say in {EXPLAINED} why nobody could"),
    }
}

/// cargo-mutants in the version we name.
fn installed(root: &Path, target: &Path) -> Result<PathBuf> {
    let tools = target.join("tools");
    let tool = tools.join("bin").join(format!("cargo-mutants{}", std::env::consts::EXE_SUFFIX));
    let says = child::answer(&tool.to_string_lossy(), &["mutants", "--version"]);
    if says.as_deref() != Some(&format!("cargo-mutants {VERSION}")) {
        let mut command = repository::cargo(root);
        command.args(["install", "--locked", "--force", "--version", VERSION, "--root"]).arg(&tools).arg("cargo-mutants");
        child::run(&mut command).context("cargo-mutants could not be installed; it is fetched from crates.io")?;
    }
    Ok(tool)
}

fn change_and_test(root: &Path, target: &Path, tool: &Path, arguments: &Arguments) -> Result<()> {
    let mut command = repository::builder(root, tool);
    command.args(["mutants", "--package", "domain", "--no-shuffle", "--cargo-arg=--locked", "--output"]).arg(target);
    if arguments.files.is_empty() {
        command.args(["--file", ROUTER]);
    }
    for pattern in &arguments.files {
        command.args(["--file", pattern]);
    }
    if let Some(shard) = &arguments.shard {
        command.args(["--shard", shard]);
    }
    let status = command.env("SVAR_STORM_SEEDS", STORM_SEEDS).status().context("cargo-mutants could not be started")?;
    if !status.code().is_some_and(|code| CAME_TO_ITS_END.contains(&code)) {
        bail!("cargo-mutants did not come to its end ({status}); what it says above tells why");
    }
    Ok(())
}

/// The names in these lists of cargo-mutants.
fn read(folder: &Path, lists: &[&str]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for list in lists {
        let file = folder.join(list);
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        names.extend(text.lines().map(name));
    }
    Ok(numbered(names))
}

/// `crates/a.rs:12:5: replace b with c` without line and column, which move with every edit above it.
fn name(line: &str) -> String {
    let parts = line.split_once(".rs:").and_then(|(file, rest)| {
        let (place, what) = rest.split_once(": ")?;
        let is_place = place.split(':').all(|number| number.parse::<u32>().is_ok());
        is_place.then(|| format!("{file}.rs: {what}"))
    });
    parts.unwrap_or_else(|| line.to_owned())
}

/// The second of the same name is called `... (2)`: an explanation excuses one change, not all like it.
fn numbered(names: Vec<String>) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let number = |name: String| {
        let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
        if *times == 1 { name } else { format!("{name} ({times})") }
    };
    names.into_iter().map(number).collect()
}

impl Outcome {
    fn unexplained(&self, list: &List) -> Vec<&String> {
        self.unnoticed.iter().filter(|name| !list.explained.contains_key(*name)).collect()
    }

    /// Changes that go unnoticed without a reason, and reasons that nothing needs.
    fn faults(&self, list: &List) -> Vec<String> {
        let unexplained = self.unexplained(list).into_iter().map(|name| format!("unnoticed: {name}"));
        let unnoticed: BTreeSet<&String> = self.unnoticed.iter().collect();
        let noticed: BTreeSet<&String> = self.noticed.iter().collect();
        let idle = list.explained.keys().filter(|name| !unnoticed.contains(name) && (self.whole || noticed.contains(name)));
        unexplained.chain(idle.map(|name| format!("no longer needed in {EXPLAINED}: {name}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "crates/domain/src/routing/order.rs";

    fn list(names: &[&str]) -> List {
        List { explained: names.iter().map(|name| ((*name).to_owned(), "a reason".to_owned())).collect() }
    }

    fn check(unnoticed: &[&str], noticed: &[&str], whole: bool, explained: &[&str], expected: &[&str]) {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let outcome = Outcome { unnoticed: owned(unnoticed), noticed: owned(noticed), whole };
        assert_eq!(outcome.faults(&list(explained)), expected, "{unnoticed:?} {noticed:?} {explained:?}");
    }

    #[test]
    fn the_unnoticed_is_explained_or_a_fault() {
        check(&[], &["a"], true, &[], &[]);
        check(&["a", "b"], &[], true, &["a"], &["unnoticed: b"]);
        check(&["a"], &["b"], true, &["a", "b"], &["no longer needed in xtask/mutants.toml: b"]);
        check(&["a"], &["b"], false, &["a", "b"], &["no longer needed in xtask/mutants.toml: b"]);
        check(&[], &[], true, &["gone"], &["no longer needed in xtask/mutants.toml: gone"]);
        check(&[], &[], false, &["elsewhere"], &[]);
    }

    #[test]
    fn names_outlive_an_edit_above_them() {
        for (line, expected) in [
            (format!("{FILE}:12:5: replace a -> bool with true"), format!("{FILE}: replace a -> bool with true")),
            (format!("{FILE}:9:30: replace :: with : in a"), format!("{FILE}: replace :: with : in a")),
            (format!("{FILE}: replace a with b"), format!("{FILE}: replace a with b")),
            ("something else".to_owned(), "something else".to_owned()),
        ] {
            assert_eq!(name(&line), expected);
        }
        let same = ["a", "b", "a", "a"].map(str::to_owned).to_vec();
        assert_eq!(numbered(same), ["a", "b", "a (2)", "a (3)"]);
    }

    #[test]
    fn the_committed_list_is_read() {
        let text = fs::read_to_string(repository::root().unwrap().join(EXPLAINED)).unwrap();
        let list: List = toml::from_str(&text).unwrap();
        assert!(list.explained.values().all(|why| !why.trim().is_empty()), "every change has its reason");
    }
}
