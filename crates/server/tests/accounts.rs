//! `svar user` and `svar token`: accounts of people and tokens of programs, beside a running program.

use crate::support;

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
};
use support::{Folder, RunningDemo, check_refused, program, said, spoken_to, text};

#[test]
fn a_token_is_shown_once_and_opens_the_interface_until_it_is_revoked() {
    const CONTACTS: &str = "/api/v1/contacts";
    let folder = Folder::new("tokens");
    let data = folder.join("data");
    let demo = RunningDemo::start(&data);
    let token = said(&["token", "add", "--data", &data, " board "]).trim().to_owned();
    assert_eq!(demo.get_by_token(CONTACTS, &token).status, 200);
    assert_eq!(demo.get_by_token(CONTACTS, "guessed").status, 401);
    check_refused(&["token", "add", "--data", &data, "board"], "there is a token \"board\" already");
    assert_eq!(demo.get_by_token(CONTACTS, &token).status, 200, "a refused name leaves the token as it is");

    let other = said(&["token", "add", "--data", &data, "figures"]).trim().to_owned();
    let listed = said(&["token", "list", "--data", &data]);
    assert_eq!(listed.lines().map(|line| line.split_whitespace().next_back().unwrap()).collect::<Vec<_>>(), ["board", "figures"]);
    // The folder of evidence is there, and empty.
    let files = std::fs::read_dir(&data).unwrap().map(|file| file.unwrap().path()).filter(|file| file.is_file());
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "only the hash is kept");
    }
    assert!(!listed.contains(&token) && !listed.contains(&other));

    said(&["token", "revoke", "--data", &data, "board"]);
    assert_eq!(demo.get_by_token(CONTACTS, &token).status, 401);
    assert_eq!(demo.get_by_token(CONTACTS, &other).status, 200, "the other one goes on");
    check_refused(&["token", "revoke", "--data", &data, "board"], "there is no token \"board\"");
}

#[test]
fn a_token_without_a_name_is_refused() {
    let folder = Folder::new("nameless");
    let data = folder.join("data");
    said(&["migrate", "--data", &data]);
    let long = "x".repeat(101);
    for (name, expected) in [(" ", "at least one character"), (&*long, "at most 100 characters"), ("a\nb", "no control characters")] {
        check_refused(&["token", "add", "--data", &data, name], expected);
    }
    check_refused(&["token", "list", "--data", "no-such-folder"], "there is no database in no-such-folder");
    assert_eq!(said(&["token", "list", "--data", &data]), "");
}

fn listed(data: &str) -> Vec<String> {
    let listed = said(&["user", "list", "--data", data]);
    listed.split_whitespace().map(ToOwned::to_owned).collect()
}

#[test]
fn an_account_is_changed_in_what_is_named_and_in_nothing_else() {
    let folder = Folder::new("changed");
    let data = folder.join("data");
    said(&["migrate", "--data", &data]);
    let add = ["user", "add", "--data", &data, "desk", "--name", "Desk", "--site", "skara", "--skills", "report=5,tip=3"];
    assert!(spoken_to(&add, "a long password\n").status.success());
    assert_eq!(listed(&data), ["1", "desk", "operator", "skara", "sv,en", "report=5,tip=3", "Desk"]);
    let change = |more: &[&str]| said(&[&["user", "change", "--data", &data, "Desk"], more].concat());
    for (more, expected) in [
        (&["--role", "leader"][..], ["1", "desk", "leader", "skara", "sv,en", "report=5,tip=3", "Desk"]),
        (&["--languages", "da"], ["1", "desk", "leader", "skara", "da", "report=5,tip=3", "Desk"]),
        (&["--skills", "urgent=9"], ["1", "desk", "leader", "skara", "da", "urgent=9", "Desk"]),
        (&["--site", "lulea", "--name", "Watch"], ["1", "desk", "leader", "lulea", "da", "urgent=9", "Watch"]),
        (&["--site", "", "--skills", ""], ["1", "desk", "leader", "-", "da", "-", "Watch"]),
    ] {
        change(more);
        assert_eq!(listed(&data), expected, "{more:?}");
    }
    for (login, more, expected) in [
        ("desk", &["--role", "king"][..], "is no role"),
        ("desk", &["--site", "nowhere"], "is no site"),
        ("desk", &["--skills", "report=10"], "a level is 1 to 9"),
        ("desk", &["--telephone", "foo bar"], "is no telephone"),
        ("desk", &["--name", " "], "--name is what colleagues see"),
        ("desk", &[], "nothing was changed"),
        ("nobody", &["--role", "leader"], "there is no account \"nobody\""),
    ] {
        check_refused(&[&["user", "change", "--data", &data, login], more].concat(), expected);
    }
    assert_eq!(listed(&data), ["1", "desk", "leader", "-", "da", "-", "Watch"], "nothing was kept of what was refused");
}

#[test]
fn a_locked_account_is_unlocked_with_its_password() {
    let folder = Folder::new("locked");
    let data = folder.join("data");
    let demo = RunningDemo::start(&data);
    said(&["user", "disable", "--data", &data, "desk"]);
    assert!(listed(&data).contains(&"locked".to_owned()));
    assert_eq!(demo.sign_in(&demo.password).status, 422);
    said(&["user", "enable", "--data", &data, "desk"]);
    assert!(!listed(&data).contains(&"locked".to_owned()));
    assert_eq!(demo.sign_in(&demo.password).status, 303);
}

#[test]
fn a_password_typed_at_a_terminal_is_asked_for_and_not_shown() {
    const PASSWORD: &str = "correct horse battery";
    let folder = Folder::new("terminal");
    let data = folder.join("data");
    said(&["migrate", "--data", &data]);
    let svar = program().get_program().to_string_lossy().into_owned();
    let command = format!("'{svar}' user add --data '{data}' desk --name Desk");
    // `script` gives the program a terminal of its own.
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--flush", "--command", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut asked = String::new();
    screen.read_line(&mut asked).unwrap();
    assert!(asked.contains("New password"), "{asked:?}");
    writeln!(keyboard, "{PASSWORD}").unwrap();
    let mut shown = Vec::new();
    screen.read_to_end(&mut shown).unwrap();
    let shown = text(&shown);
    assert!(child.wait().unwrap().success(), "{shown}");
    assert!(shown.contains("account 1 created for desk") && !shown.contains(PASSWORD), "{shown:?}");
}

#[test]
fn queues_that_no_account_can_serve_are_faults_where_accounts_are_looked_at() {
    let folder = Folder::new("qualified");
    let data = folder.join("data");
    let looked_at = ["check", "deployments/sweden", "--accounts", "--data", &data];
    check_refused_at_the_end(&looked_at, "there is no database in");
    said(&["migrate", "--data", &data]);
    let add = |login: &str, skills: &str| {
        let add = ["user", "add", "--data", &data, login, "--name", "Desk", "--site", "lulea", "--skills", skills];
        assert!(spoken_to(&add, "a long password\n").status.success());
    };
    add("desk", "urgent=5,violence=5,report=5,tip=5");
    let told = spoken_to(&looked_at, "");
    let all = text(&told.stdout);
    assert!(!told.status.success(), "{all}");
    assert!(all.contains("staff   1 accounts that can be on duty"), "{all}");
    assert!(
        all.contains("fault   accounts: every region: nobody's account can answer in \"sv\" at any hour (class \"service\")."),
        "{all}"
    );
    assert!(said(&["check", "deployments/sweden"]).contains("0 faults"), "nobody asked for accounts");
    add("other", "service=5");
    assert!(said(&looked_at).contains("0 faults"));
    said(&["user", "disable", "--data", &data, "other"]);
    assert!(!spoken_to(&looked_at, "").status.success(), "who is locked answers nobody");
}

/// Fails with one line on standard error, after what it could say.
fn check_refused_at_the_end(arguments: &[&str], expected: &str) {
    let output = spoken_to(arguments, "");
    let complained = text(&output.stderr);
    assert!(!output.status.success() && complained.lines().count() == 1 && complained.contains(expected), "{complained}");
}
