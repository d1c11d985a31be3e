//! Everything that must hold, in the order in which a fault is cheapest to find. `.ci/run` calls
//! this and nothing else.
//!
//! One build profile serves all: the tests and the program that the end-to-end tests start come from
//! the same `cargo test` build.

use crate::{
    child,
    leftovers::Run,
    repository, setup,
    steps::{self, Step},
    tidy,
};
use anyhow::{Result, bail};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

#[derive(clap::Args)]
pub struct Arguments {
    /// Run only these steps (setup, format, tidy, clippy, test, whisper, e2e); without any, all of them
    steps: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let root = repository::root()?;
    let run = Run::begin()?;
    let mut steps = all(&root, &run);
    if let Some(unknown) = arguments.steps.iter().find(|asked| !steps.iter().any(|step| step.name == *asked)) {
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; the steps are {}", names.join(", "));
    }
    if !arguments.steps.is_empty() {
        steps.retain(|step| arguments.steps.iter().any(|asked| asked == step.name));
    }
    steps::run(steps)
}

fn all<'a>(root: &'a Path, run: &'a Run) -> Vec<Step<'a>> {
    let cargo = move |arguments: &[&'static str]| -> Box<dyn FnOnce() -> Result<()> + 'a> {
        let arguments = arguments.to_vec();
        Box::new(move || {
            let result = child::run(run.mark(repository::cargo(root).args(arguments)));
            run.sweep();
            result
        })
    };
    vec![
        Step { name: "setup", about: "the programs that tests start are here", work: Box::new(setup::run) },
        Step { name: "format", about: "one way of laying out the code", work: cargo(&["fmt", "--all", "--check"]) },
        Step { name: "tidy", about: "layout, invariants, links and licences", work: Box::new(tidy::run) },
        Step {
            name: "clippy",
            about: "no warning in any target",
            work: cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
        },
        Step {
            name: "test",
            about: "rules, contracts on both databases, scenarios, short storms",
            work: cargo(&["test", "--locked", "--workspace"]),
        },
        Step {
            name: "whisper",
            about: "the recogniser within the program, which is built where it is asked for",
            work: Box::new(move || {
                // With the whole workspace's choice of features, so that no library is built a third time.
                let with = ["--locked", "--workspace", "--features", "understanding/whisper", "--test", "whisper"];
                cargo(&[&["clippy"], &with[..], &["--", "-D", "warnings"]].concat())()?;
                cargo(&[&["test"], &with[..]].concat())()
            }),
        },
        Step { name: "e2e", about: "real calls and real pages against the built program", work: Box::new(move || end_to_end(root, run)) },
    ]
}

/// Four files at once: each starts a program of its own at ports of its own and mostly waits for people's time to
/// pass, taking a fifth to two fifths of a core. Many more would starve the sound of a machine with two cores.
const FILES_AT_ONCE: &str = "--test-concurrency=4";
/// Needs the whole machine: its sound is to be even.
const ALONE: &str = "crowd.test.js";
/// Have many callers ring at once, or keep a processor busy, and would disturb the sound of the rest. Nobody listens in them,
/// so they go side by side.
const UNHEARD: [&str; 12] = [
    "document.test.js",
    "evidence.test.js",
    "forms.test.js",
    "fuzz.test.js",
    "kills.test.js",
    "ninth_form.test.js",
    "owasp.test.js",
    "plain_words.test.js",
    "receipt.test.js",
    "sign_in.test.js",
    "translated.test.js",
    "troubles.test.js",
];
/// Looks on while what callers mean in Sweden is learnt, for minutes beside other tests, and keeps it for them: it comes
/// first, beside the learning for other deployments.
const LEARNS: &str = "learning.test.js";

/// Node's own test runner over `e2e/tests`.
fn end_to_end(root: &Path, run: &Run) -> Result<()> {
    let folder = root.join("e2e");
    let files = test_files(&folder)?;
    if files.is_empty() {
        bail!("e2e/tests holds no file named *.test.js, so nothing was tested end to end");
    }
    let program = program(root)?;
    let (first, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.ends_with(LEARNS));
    let (alone, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|file| file.ends_with(ALONE));
    let (unheard, together): (Vec<_>, Vec<_>) = rest.into_iter().partition(|file| UNHEARD.iter().any(|name| file.ends_with(name)));
    let node = |arguments: &[&str], files: Vec<PathBuf>| {
        let mut node = Command::new("node");
        node.args(arguments).args(files);
        child::run(run.mark(node.current_dir(&folder).env("SVAR_PROGRAM", &program).env("SVAR_LEARNS", "denmark")))
    };
    let tested = |at_once: &str, files: Vec<PathBuf>| {
        // Node would look for files of its own.
        if files.is_empty() { Ok(()) } else { node(&["--test", at_once, "--test-reporter=spec"], files) }
    };
    let result = tested("--test-concurrency=2", first.into_iter().chain([folder.join("learn.js")]).collect())
        .and_then(|()| tested(FILES_AT_ONCE, together))
        .and_then(|()| tested("--test-concurrency=1", alone))
        .and_then(|()| tested("--test-concurrency=3", unheard));
    run.sweep();
    result
}

/// The program that end-to-end tests start, built.
pub fn program(root: &Path) -> Result<PathBuf> {
    // With every target, so that the same features are chosen as by `cargo test`, which then has built
    // nearly all of it: the program alone would be built anew from its libraries up.
    child::run(repository::cargo(root).args(["build", "--locked", "--workspace", "--all-targets"]))?;
    Ok(repository::target(root).join("debug").join(format!("svar{}", env::consts::EXE_SUFFIX)))
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = folder.join("tests").read_dir()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".test.js")));
    files.sort();
    Ok(files)
}
