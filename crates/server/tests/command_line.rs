//! The program from outside: what it prints, where, and how it ends.
#![allow(clippy::unwrap_used)]

use std::{
    path::PathBuf,
    process::{Command, Output},
};

fn svar(arguments: &[&str]) -> Output {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    Command::new(env!("CARGO_BIN_EXE_svar")).args(arguments).current_dir(root).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// One clear line on standard error, nothing on standard output, a failing exit.
fn check_refused(arguments: &[&str], expected: &str) {
    let output = svar(arguments);
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert_eq!(said, "", "{arguments:?}");
    assert_eq!(complained.lines().count(), 1, "{arguments:?}: {complained}");
    assert!(complained.contains(expected), "{arguments:?}: {complained}");
}

#[test]
fn what_is_in_the_way_is_one_line() {
    for (arguments, expected) in [
        (&["demo", "--http", "0.0.0.0:8114"][..], "loopback"),
        (&["demo", "--deployment", "atlantis"], "there is no deployment \"atlantis\""),
        (&["demo", "--data", "/dev/null/svar"], "cannot be written"),
        (&["serve", "--config", "no-such-file.toml"], "no-such-file.toml cannot be read"),
        (&["journal", "verify", "--data", "no-such-folder"], "there is no database in no-such-folder"),
    ] {
        check_refused(arguments, expected);
    }
}

#[test]
fn the_swedish_deployment_has_no_fault() {
    let output = svar(&["check", "sweden"]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("7 regions") && said.contains("0 faults"), "{said}");
}

#[test]
fn a_fault_is_told_with_file_line_and_mend() {
    let folder = std::env::temp_dir().join(format!("svar-check-{}", std::process::id()));
    let sweden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden");
    std::fs::create_dir_all(folder.join("areas")).unwrap();
    for file in std::fs::read_dir(sweden.join("areas")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.join("areas").join(file.file_name())).unwrap();
    }
    let plan = std::fs::read_to_string(sweden.join("plan.toml")).unwrap();
    std::fs::write(folder.join("plan.toml"), plan.replace("ring = \"20 s\"", "rign = \"20 s\"")).unwrap();
    let output = svar(&["check", &folder.to_string_lossy()]);
    std::fs::remove_dir_all(&folder).unwrap();
    let said = text(&output.stdout);
    assert!(!output.status.success(), "{said}");
    let line = 1 + plan.lines().position(|line| line.starts_with("ring = \"20 s\"")).unwrap();
    assert!(said.contains(&format!("plan.toml:{line}: [offers]: nothing is called \"rign\" here.")), "{said}");
    assert!(said.contains("Mend: did you mean \"ring\"?"), "{said}");
}

#[test]
fn the_default_configuration_is_printed_whole() {
    let output = svar(&["serve", "--print-default-config"]);
    assert!(output.status.success());
    for section in ["[storage]", "[web]", "[sip]"] {
        assert!(text(&output.stdout).contains(section), "{section}");
    }
}
