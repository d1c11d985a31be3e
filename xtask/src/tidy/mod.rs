//! What a program can check of the project's habits (`ARCHITECTURE.md`, `CONTRIBUTING.md`). Each
//! checker takes files as text and returns faults, so that each is tested on small strings.
//!
//! A fault says where, what, and how to mend it. Exceptions are listed beside the rule they are
//! from, each with its reason; an exception that is no longer needed is a fault too.

mod documents;
mod files;
mod licences;
mod npm;
mod numbers;
mod rooms;
mod shape;
mod source;
mod spdx;
mod words;

use crate::repository;
use anyhow::{Context, Result, bail};
use std::{fmt, fs, path::Path, time::Instant};

/// One file of the project: its path from the root with `/` between, and its text. Sound, pictures
/// and other bytes have an empty text.
pub struct File {
    pub path: String,
    pub text: String,
    pub bytes: u64,
}

/// Something to mend.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub path: String,
    /// Counted from 1; 0 when it is about the whole file.
    pub line: usize,
    pub what: String,
}

impl Fault {
    pub fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

pub fn run() -> Result<()> {
    let begun = Instant::now();
    let root = repository::root()?;
    let files = read(&root)?;
    let sources: Vec<source::Source> = files.iter().filter(|file| file.path.ends_with(".rs")).map(source::Source::read).collect();
    let packages = rooms::packages(&root)?;

    let mut faults = Vec::new();
    faults.extend(rooms::check(&packages));
    faults.extend(words::check(&sources));
    faults.extend(shape::check(&files, &sources));
    faults.extend(files::check(&files));
    faults.extend(documents::check(&files));
    faults.extend(numbers::check(&files));
    faults.extend(npm::check(&files)?);
    faults.extend(licences::check(&packages)?);
    faults.sort();

    for fault in &faults {
        println!("{fault}");
    }
    let milliseconds = begun.elapsed().as_millis();
    println!("tidy: {} files, {} packages, {} faults, {milliseconds} ms", files.len(), packages.len(), faults.len());
    match faults.len() {
        0 => Ok(()),
        1 => bail!("one fault to mend"),
        count => bail!("{count} faults to mend"),
    }
}

fn read(root: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for path in repository::files(root)? {
        let bytes = fs::read(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
        let length = bytes.len() as u64;
        let text = String::from_utf8(bytes).unwrap_or_default();
        files.push(File { path, text, bytes: length });
    }
    Ok(files)
}

#[cfg(test)]
pub mod samples {
    //! Small files for the checkers' tests.
    use super::{Fault, File};

    pub fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned(), bytes: text.len() as u64 }
    }

    /// The faults as the lines a person would read.
    pub fn shown(faults: &[Fault]) -> Vec<String> {
        faults.iter().map(ToString::to_string).collect()
    }
}
