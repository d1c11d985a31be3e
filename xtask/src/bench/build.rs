//! What the release build costs in time and bytes.

use super::{Figure, Place};
use crate::{child, repository, steps};
use anyhow::{Context, Result};
use std::{env, fs, process, time::Instant};

/// Builds what all benchmarks measure; nothing where it was given.
pub fn release(place: &Place) -> Result<()> {
    if place.is_given {
        return Ok(());
    }
    child::run(repository::cargo(&place.root).args(["build", "--locked", "--release", "--package", "server"]))
}

/// Builds a crate's program that is there to be measured. Together with the server, so that the same
/// features are chosen and the libraries are not built anew.
pub fn example(place: &Place, package: &str, name: &str) -> Result<()> {
    if place.is_given {
        return Ok(());
    }
    let mut command = repository::cargo(&place.root);
    command.args(["build", "--locked", "--release", "--package", "server", "--package", package]);
    child::run(command.args(["--bin", "svar", "--example", name]))
}

pub fn as_it_stands(place: &Place) -> Result<Vec<Figure>> {
    let begun = Instant::now();
    release(place)?;
    let spent = (!place.is_given).then(|| Figure::new("build with nothing changed", steps::clock(begun.elapsed())));
    let bytes = fs::metadata(&place.program).with_context(|| format!("{} was not built", place.program.display()))?.len();
    let size = Figure::new("size of the program", format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)));
    Ok(spent.into_iter().chain([size]).collect())
}

/// The same build as in a new clone, packages already fetched.
pub fn from_nothing(place: &Place) -> Result<Vec<Figure>> {
    let folder = env::temp_dir().join(format!("svar-bench-{}", process::id()));
    let begun = Instant::now();
    let mut command = repository::cargo(&place.root);
    command.args(["build", "--locked", "--release", "--package", "server", "--target-dir"]).arg(&folder);
    let result = child::run(&mut command);
    let spent = begun.elapsed();
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    result?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(vec![Figure::new(format!("build from nothing, {cores} cores"), steps::clock(spent))])
}
