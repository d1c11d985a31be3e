//! The program from outside: what it prints, where, and how it ends.

use crate::support;

use std::{
    fs,
    net::{TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::Command,
};
use support::{Deployment, Folder, RunningDemo, check_refused, said, spoken_to, svar, text};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svar"));
    command.args(arguments).current_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.."));
    command
}

#[test]
fn what_is_in_the_way_is_one_line() {
    for (arguments, expected) in [
        (&["demo", "--http", "0.0.0.0:8114"][..], "loopback"),
        (&["demo", "--metrics", "0.0.0.0:9"], "loopback"),
        (&["demo", "--token", ""], "--token"),
        (&["demo", "--token", "two words"], "--token"),
        (&["demo", "--token", "nyckel-åäö"], "--token"),
        (&["demo", "--deployment", "atlantis"], "there is no deployment \"atlantis\""),
        (&["demo", "--deployment", "atlantis"], "deployments/atlantis"),
        (&["demo", "--deployment", "/atlantis"], "none of /atlantis holds a plan.toml; name the folder that does"),
        (&["demo", "--data", "/dev/null/svar", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"], "cannot be written"),
        (&["serve", "--config", "no-such-file.toml"], "no-such-file.toml cannot be read"),
        (&["journal", "verify", "--data", "no-such-folder"], "there is no database in no-such-folder"),
        (&["user", "list", "--data", "no-such-folder"], "there is no database in no-such-folder"),
        (&["user", "disable", "--data", "no-such-folder", "desk"], "there is no database in no-such-folder"),
    ] {
        check_refused(arguments, expected);
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    assert!(!root.join("no-such-folder").exists(), "asking made a folder");
}

#[test]
fn a_taken_port_is_one_line() {
    const FREE: &str = "127.0.0.1:0";
    let (tcp_held, udp_held) = (TcpListener::bind(FREE).unwrap(), UdpSocket::bind(FREE).unwrap());
    let (tcp, udp) = (tcp_held.local_addr().unwrap().to_string(), udp_held.local_addr().unwrap().to_string());
    let (tcp, udp) = (tcp.as_str(), udp.as_str());
    let folder = Folder::new("taken");
    let data = folder.join("data");
    for (http, sip, metrics, taken) in
        [(tcp, FREE, None, tcp), (FREE, tcp, None, tcp), (FREE, udp, None, udp), (FREE, FREE, Some(tcp), tcp)]
    {
        let metrics = metrics.map_or(vec![], |address| vec!["--metrics", address]);
        let arguments = [&["demo", "--http", http, "--sip", sip, "--data", &data][..], &metrics].concat();
        check_refused(&arguments, taken);
        assert!(!PathBuf::from(&data).exists(), "{arguments:?}: nothing is made before the ports are had");
    }
}

#[test]
fn a_configuration_that_cannot_work_is_refused_by_its_key() {
    let folder = Folder::new("configuration");
    let data = folder.join("data");
    for (web, sip, expected) in [
        ("", "rtp_ports = [30000, 20000]", "rtp_ports"),
        ("", "rtp_ports = [1, 80]", "rtp_ports"),
        ("", "new_calls_per_second = 0", "new_calls_per_second"),
        ("", "trunk = \"not a host::\"", "trunk"),
        ("", "listen = \"0.0.0.0:0\"\nadvertise = \"192.0.2.10\"", "behind_border_controller"),
        ("listen = \"0.0.0.0:0\"", "", "behind_proxy"),
    ] {
        let or = |text: &str, key: &str, line: &str| if text.contains(key) { String::new() } else { format!("{line}\n") };
        let configuration = format!(
            "deployment = \"sweden\"\n[storage]\ndata = {data:?}\n[web]\n{}{web}\n[sip]\n{}{}{sip}\n",
            or(web, "listen", "listen = \"127.0.0.1:0\""),
            or(sip, "listen", "listen = \"127.0.0.1:0\""),
            or(sip, "trunk", "trunk = \"127.0.0.1:9\""),
        );
        let file = folder.join("svar.toml");
        fs::write(&file, configuration).unwrap();
        check_refused(&["serve", "--config", &file], expected);
    }
    assert!(!PathBuf::from(data).exists(), "a refused configuration made a database");
}

#[test]
fn a_second_demo_leaves_the_first_as_it_is() {
    let folder = Folder::new("second");
    let data = folder.join("data");
    let demo = RunningDemo::start(&data);
    assert_eq!(demo.sign_in("not the password").status, 422);
    let session = demo.sign_in(&demo.password);
    assert_eq!(session.status, 303);
    check_refused(&["demo", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--data", &data], "runs this deployment");
    check_refused(&["demo", "--http", &demo.web, "--sip", "127.0.0.1:0", "--data", &data], &demo.web);
    assert_eq!(demo.get("/desk", &session.cookie).status, 200, "the session goes on");
    assert_eq!(demo.sign_in(&demo.password).status, 303, "the printed password goes on");
}

/// As soon as it says where it is, and at once after.
#[test]
fn ctrl_c_ends_in_order_from_the_first_moment_on() {
    let folder = Folder::new("interrupted");
    let data = folder.join("data");
    let mut runs = 0;
    for _ in 0..2 {
        let ended = RunningDemo::start(&data).interrupted();
        assert_eq!(ended.code(), Some(0), "{ended}");
        let verified = svar(&["journal", "verify", "--data", &data]);
        assert!(verified.status.success(), "{}", text(&verified.stderr));
        runs += 1;
        let replayed: serde_json::Value = serde_json::from_str(&said(&["journal", "replay", "--data", &data])).unwrap();
        assert_eq!((&replayed["runs"], &replayed["differs_at"]), (&runs.into(), &serde_json::Value::Null), "{replayed}");
    }
}

#[test]
fn the_demo_keeps_away_from_a_deployment_and_the_other_way_round() {
    let folder = Folder::new("claim");
    let data = folder.join("data");
    assert!(svar(&["migrate", "--data", &data]).status.success());
    let added = spoken_to(&["user", "add", "--data", &data, "desk", "--name", "Desk"], "a long password\n");
    assert!(added.status.success(), "{}", text(&added.stderr));
    check_refused(&["demo", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--data", &data], "is not a demo's");

    let invented = folder.join("invented");
    drop(RunningDemo::start(&invented));
    let file = folder.join("svar.toml");
    let configuration = format!(
        "deployment = \"sweden\"\n[storage]\ndata = {invented:?}\n[web]\nlisten = \"127.0.0.1:0\"\n[sip]\nlisten = \"127.0.0.1:0\"\ntrunk = \"127.0.0.1:9\"\n"
    );
    fs::write(&file, configuration).unwrap();
    check_refused(&["serve", "--config", &file], "invented people");
    // Its own folder it takes again.
    drop(RunningDemo::start(&invented));
}

#[test]
fn an_account_that_could_not_work_is_refused() {
    let folder = Folder::new("accounts");
    let data = folder.join("data");
    assert!(svar(&["migrate", "--data", &data]).status.success());
    let long = "a".repeat(201);
    let sign_in_takes = "a".repeat(200);
    for (login, more, expected) in [
        ("  ", &[][..], "a login has at least one character"),
        (long.as_str(), &[], "a login has at most 200 characters"),
        ("desk", &["--site", "nowhere"], "\"nowhere\" is no site of sweden"),
        ("desk", &["--skills", "juggling=5"], "\"juggling\" is no skill"),
        ("desk", &["--site", "skara", "--deployment", "/atlantis"], "there is no deployment"),
        ("desk", &["--telephone", "foo bar"], "is no telephone"),
        ("desk", &["--role", "king"], "is no role"),
        ("desk", &["--role", "script"], "is no role"),
        ("desk", &["--languages", ""], "--languages names none"),
    ] {
        let arguments: Vec<&str> =
            ["user", "add", "--data", &data, login, "--name", "Desk"].into_iter().chain(more.iter().copied()).collect();
        check_refused(&arguments, expected);
    }
    assert_eq!(text(&svar(&["user", "list", "--data", &data]).stdout), "", "nothing was kept of what was refused");
    for (login, more) in [
        (sign_in_takes.as_str(), &[][..]),
        ("desk", &["--site", "skara", "--skills", "report=5", "--telephone", "sip:desk-7@phones.invalid"]),
    ] {
        let arguments: Vec<&str> =
            ["user", "add", "--data", &data, login, "--name", "Desk"].into_iter().chain(more.iter().copied()).collect();
        let output = spoken_to(&arguments, "a long password\n");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
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
fn a_second_deployment_starts_with_people_of_its_own() {
    let atlantis = Deployment::atlantis();
    let checked = svar(&["check", &atlantis.folder()]);
    assert!(checked.status.success(), "{}", text(&checked.stdout));
    let folder = Folder::new("atlantis");
    let data = folder.join("data");
    let demo = RunningDemo::of(&atlantis.folder(), &data);
    assert_eq!(demo.sign_in(&demo.password).status, 303);
    let listed = text(&svar(&["user", "list", "--data", &data]).stdout);
    let people: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().skip(1).take(5).collect()).collect();
    let expected = [
        ["desk", "operator", "evenor", "en", "any=5,urgent=5"],
        ["lead", "leader", "evenor", "en", "any=5,urgent=5"],
        ["admin", "administrator", "-", "en", "-"],
        ["virtual-poseidonis", "operator", "poseidonis", "en", "any=5,urgent=5"],
        ["virtual-evenor", "operator", "evenor", "en", "any=5,urgent=5"],
    ];
    assert_eq!(people, expected);
}

#[test]
fn every_deployment_that_comes_with_the_program_is_without_a_fault() {
    let deployments = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments");
    let mut names: Vec<_> = fs::read_dir(&deployments).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    for folder in names {
        let output = svar(&["check", &folder.display().to_string()]);
        let said = text(&output.stdout);
        assert!(output.status.success() && said.contains("\n0 faults, "), "{}: {said}", folder.display());
    }
}

#[test]
fn a_question_is_answered_and_a_faulty_one_is_told_with_its_line() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden/scenarios");
    let question = scenarios.join("overflow-15-or-8.toml").display().to_string();
    let told: serde_json::Value = serde_json::from_str(&said(&["simulate", &question, "--days", "2", "--json"])).unwrap();
    assert_eq!((&told["days"], told["cases"].as_array().map(Vec::len)), (&2.into(), Some(2)), "{told}");
    let offered = |case: usize| told["cases"][case]["whole"]["offered"].as_u64().unwrap();
    assert!(offered(0) > 1_000 && offered(0) == offered(1), "the same callers come to both: {told}");

    let folder = Folder::new("question");
    let faulty = folder.join("faulty.toml");
    fs::write(&faulty, format!("title = \"x\"\nquestion = \"y\"\nbase = {:?}\ndays = 2\nsead = 4\n", scenarios.join("weekday.toml")))
        .unwrap();
    let output = svar(&["simulate", &faulty]);
    assert!(!output.status.success());
    let all = text(&output.stdout) + &text(&output.stderr);
    assert!(all.contains("faulty.toml:5: ") && all.contains("sead") && all.contains("Mend: did you mean \"seed\""), "{all}");
}

/// What `svar check` says to Sweden's deployment after a change: its lines, and how many faults.
fn checked(change: impl FnOnce(&Deployment)) -> (String, usize) {
    let deployment = Deployment::copy_of_sweden();
    change(&deployment);
    let output = svar(&["check", &deployment.folder()]);
    let said = text(&output.stdout);
    assert_eq!(text(&output.stderr), "");
    let faults = said.lines().filter(|line| line.starts_with("fault ")).count();
    assert_eq!(output.status.success(), faults == 0, "{said}");
    assert!(said.contains(&format!("{faults} faults")), "{said}");
    (said, faults)
}

#[test]
fn a_fault_is_told_with_file_line_and_mend() {
    type Change = (&'static str, &'static str, &'static str, &'static str);
    let changes: [Change; 10] = [
        ("plan.toml", "ring = \"20 s\"", "rign = \"20 s\"", "[offers]: nothing is called \"rign\" here."),
        ("plan.toml", "unit = \"supervisors.{region}\"", "unit = \"supervisors.{regoin}\"", "[follow_up]: unit has \"{regoin}\""),
        (
            "areas/municipalities.csv",
            "0114;Upplands Väsby;01;stockholm;Upplands Väsby;59.5184;17.9113",
            "0114;Upplands Väsby;01;stockholm;Upplands Väsby;17.9113;59.5184",
            "the seat of Upplands Väsby lies",
        ),
        (
            "areas/municipalities.csv",
            "0115;Vallentuna;01;stockholm;Vallentuna;59.5344;18.0776",
            "0115;Vallentuna;01;stockholm;Vallentuna;59.5344;-18.0776",
            "the seat of Vallentuna lies",
        ),
        ("understanding/sv.tsv", "sv\treport_theft\te-service\task\tstöld\n", "sv\treport_theft\tstöld\n", "3 columns instead of five"),
        (
            "understanding/sv.tsv",
            "sv\treport_theft\te-service\task\tstöld\n",
            "sv\treport_thfet\te-service\task\tstöld\n",
            "there is no intent called \"report_thfet\"",
        ),
        ("understanding/cues.toml", "\"skynda dig\"", "\"Skynda DIG!\"", "the phrase \"Skynda DIG!\" cannot be understood"),
        ("understanding/cues.toml", "[sv]\n", "[sv\n", ""),
        ("understanding/concepts.toml", "theft = [", "theft = rubbish [", ""),
        ("understanding/circumstances.toml", "\"grann*\"", "\"Grann*\"", "the phrase \"Grann*\" cannot be understood"),
    ];
    for (file, from, to, expected) in changes {
        let mut line = 0;
        let (said, faults) = checked(|deployment| line = deployment.replace(file, from, to));
        assert_eq!(faults, 1, "{to}: {said}");
        assert!(said.contains(&format!("{file}:{line}: {expected}")), "{file}:{line} {expected}: {said}");
        assert!(said.contains("  Mend: "), "{to}: {said}");
        assert!(file == "plan.toml" || said.contains("7 regions"), "the rest is checked: {said}");
    }
}

#[test]
fn who_answers_when_is_printed_and_hours_without_anybody_are_a_fault() {
    let (said, faults) = checked(|_| {});
    assert_eq!(faults, 0, "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("answers ")).count(), 7, "{said}");
    assert!(said.contains("answers region \"nord\": round the clock Luleå and Boden, then neighbours, then the nation\n"), "{said}");
    let (said, faults) = checked(|deployment| {
        deployment.replace_all("plan.toml", "widen_to = \"nation\"", "widen_to = \"neighbours\"");
        for site in ["norberg", "lulea", "boden", "falun", "karlstad", "nassjo", "visby", "norrtalje", "sollentuna", "farsta"] {
            let id = format!("id = \"{site}\"\n");
            deployment.replace("plan.toml", &id, &format!("{id}staffed = \"07:00-20:00\"\n"));
        }
    });
    let nord = "region \"nord\": nobody can answer 20:00-07:00 (all classes).";
    assert!(faults > 0 && said.contains(nord) && said.contains("widen_to = \"nation\" and fewer_on_duty = 1"), "{said}");
}

#[test]
fn a_target_that_nobody_can_dial_is_a_fault() {
    let (said, faults) = checked(|deployment| {
        deployment.replace_all("plan.toml", "\"sip:112@parties.invalid\"", "\"tel:112\"");
    });
    assert_eq!(faults, 1, "{said}");
    assert!(said.contains("nothing can dial the target \"tel:112\"") && said.contains("Mend: write sip:"), "{said}");
}

#[test]
fn a_file_that_cannot_be_read_is_one_fault_and_the_rest_is_checked() {
    for (file, bytes, expected) in [
        ("plan.toml", Some(&b"name = \"sweden\"\n# \xff\n"[..]), "plan.toml:2: the file is not UTF-8"),
        ("areas/municipalities.csv", Some(b"code;name\n\n\xe5\n"), "areas/municipalities.csv:3: the file is not UTF-8"),
        ("areas/postal_codes.csv", Some(b"\xe5\n"), "areas/postal_codes.csv:1: the file is not UTF-8"),
        ("areas/counties.csv", None, "areas/counties.csv: the file is missing"),
        ("areas/regions.csv", None, "areas/regions.csv: the file is missing"),
        ("understanding/concepts.toml", None, "understanding/concepts.toml: "),
        ("understanding", None, "understanding: the folder is missing"),
        ("callers.toml", Some(b"[[numbers]]\nfirst = 031\n"), "callers.toml:2: this cannot be read"),
    ] {
        let (said, faults) = checked(|deployment| {
            deployment.write(file, bytes);
            // A fault somewhere else, which must not be hidden.
            deployment.write("prompts/sv/greeting.wav", Some(b"no sound"));
        });
        let of_prompts = said.lines().filter(|line| line.starts_with("fault ") && line.contains("/prompts/")).count();
        assert!(of_prompts > 0, "{file}: {said}");
        assert_eq!(faults - of_prompts, 1, "{file}: {said}");
        assert!(said.contains(expected), "{file}: {said}");
        assert_eq!(
            said.matches("  Mend: ").count(),
            said.lines().filter(|line| line.starts_with("fault ") || line.starts_with("notice ")).count(),
            "{said}"
        );
        assert!(!said.contains(":0:"), "a line 0 is no line: {said}");
        assert!(file == "plan.toml" || said.contains("plan    sweden"), "{file}: {said}");
    }
}

#[test]
fn the_default_configuration_is_printed_whole() {
    let output = svar(&["serve", "--print-default-config"]);
    assert!(output.status.success());
    for section in ["[storage]", "[web]", "[sip]", "behind_border_controller"] {
        assert!(text(&output.stdout).contains(section), "{section}");
    }
}

/// With nobody who reads any more, a command ends without a word and with the verdict that it has.
fn check_unread(arguments: &[&str], succeeds: bool) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program(arguments).stdout(writer).output().unwrap();
    assert_eq!((text(&output.stderr).as_str(), output.status.success()), ("", succeeds), "{arguments:?}");
}

#[test]
fn whoever_stops_reading_is_no_fault() {
    for arguments in [&["check", "sweden"][..], &["serve", "--print-default-config"], &["prompts", "check", "sweden"], &["--help"]] {
        check_unread(arguments, true);
    }
    let broken = Deployment::copy_of_sweden();
    broken.replace("plan.toml", "ring = \"20 s\"", "rign = \"20 s\"");
    check_unread(&["check", &broken.folder()], false);
}

#[test]
fn a_demo_that_cannot_speak_ends_as_it_should() {
    let folder = Folder::new("mute");
    let data = folder.join("data");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut demo = program(&["demo", "--callers", "0", "--no-operators", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--data", &data]);
    let output = demo.stdout(full).output().unwrap();
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("standard output cannot be written"), "{}", text(&output.stderr));
    // SQLite takes its log of writes away when the last connection is closed, and only then.
    let left: Vec<_> = fs::read_dir(&data).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().any(|name| name == "svar.db") && !left.iter().any(|name| name == "svar.db-wal"), "{left:?}");
}

#[test]
fn a_line_that_cannot_be_written_is_a_fault() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = program(&["check", "sweden"]).stdout(full).output().unwrap();
    assert!(!output.status.success());
    assert!(text(&output.stderr).starts_with("svar: standard output cannot be written: "), "{}", text(&output.stderr));
}
