//! `svar understand` as people use it: the program, its standard input and its output.

use crate::support;

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command, Output, Stdio},
};
use support::{Deployment, Folder, program, text};

/// A few sentences, so that the model is there at once. So few leave it in doubt: the gate asks about most.
const SENTENCES: &str = "\
sv\treport_bicycle_theft\te-service\tnone\tmin cykel blev stulen i torsdags
sv\treport_bicycle_theft\te-service\tnone\tcykeln är stulen
sv\tongoing_emergency\t112\tdirect\tdet brinner i huset hjälp
sv\tongoing_emergency\t112\tdirect\than har en kniv
sv\tpassport_id\tswitchboard\tnone\tjag vill boka tid för pass
sv\tother\tswitchboard\task\thallå
en\treport_bicycle_theft\te-service\tnone\tmy bicycle was stolen last week
en\tpassport_id\tswitchboard\tnone\ti want to renew my passport
da\treport_bicycle_theft\te-service\tnone\tmin cykel er blevet stjålet
";

/// Sweden with few sentences, and a cache of its own.
struct Room {
    deployment: Deployment,
    cache: Folder,
}

impl Room {
    fn new() -> Self {
        let deployment = Deployment::copy_of_sweden();
        for file in ["en", "da"] {
            deployment.write(&format!("understanding/{file}.tsv"), None);
        }
        deployment.write("understanding/sv.tsv", Some(SENTENCES.as_bytes()));
        Self { deployment, cache: Folder::new("cache") }
    }

    fn command(&self) -> Command {
        let mut command = program();
        command.args(["understand", "--deployment", &self.deployment.folder()]).env("XDG_CACHE_HOME", self.cache.join(""));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn start(&self) -> Child {
        self.command().spawn().unwrap()
    }

    fn told(&self, input: &[u8]) -> Output {
        let mut child = self.start();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writing = std::thread::spawn(move || stdin.write_all(&input).is_ok());
        let output = child.wait_with_output().unwrap();
        assert!(writing.join().unwrap(), "not all was read");
        output
    }

    /// The lines answered, each in its six columns.
    fn answers(&self, input: &[u8]) -> Vec<Vec<String>> {
        let output = self.told(input);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stderr), "");
        let rows: Vec<Vec<String>> = text(&output.stdout).lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
        assert!(rows.iter().all(|row| row.len() == 6), "{rows:?}");
        rows
    }
}

#[test]
fn lines_are_answered_in_order_with_destination_and_gate() {
    let room = Room::new();
    let input = "sv\tmin cykel blev stulen i torsdags\nen\tmy bicycle was stolen last week by my neighbour\n\
                 sv\tdet brinner i huset hjälp\nsv\tjag vill boka tid för pass\nsv\tnej tack\n";
    let rows = room.answers(input.as_bytes());
    let of: Vec<String> = rows.iter().map(|row| [&row[0], &row[1], &row[2], &row[4]].map(String::as_str).join(" ")).collect();
    assert_eq!(
        of,
        [
            "sv report_bicycle_theft e-service ask",
            "en report_bicycle_theft pkc ask",
            "sv ongoing_emergency rlc ask",
            "sv passport_id switchboard ask",
            "sv other pkc none"
        ]
    );
    assert_eq!(rows[0][5], "min cykel blev stulen i torsdags");
    for row in &rows {
        let (whole, rest) = row[3].split_once('.').unwrap();
        assert!(matches!(whole, "0" | "1") && rest.len() == 3 && row[3].parse::<f32>().unwrap() <= 1.0, "{row:?}");
    }
    assert_eq!(room.answers(input.as_bytes()), rows, "the same words, the same answers");
    let kept = std::fs::read_dir(room.cache.join("svar")).unwrap().count();
    assert_eq!(kept, 1, "the model is trained once");
}

#[test]
fn whatever_stands_on_a_line_is_answered() {
    let room = Room::new();
    let lines: [(&[u8], &str, &str); 12] = [
        (b"", "sv", ""),
        (b"sv\t", "sv", ""),
        (b"\t\t\t", "sv", "   "),
        (b"da\tmin cykel er blevet stj\xc3\xa5let", "da", "min cykel er blevet stjålet"),
        (b"sv\tmin cykel\tblev stulen\r", "sv", "min cykel blev stulen"),
        (b"min cykel blev stulen", "", "min cykel blev stulen"),
        (b"xx\tmy bicycle", "", "xx my bicycle"),
        (b"sv\tmin cykel my bicycle min cykel er stj\xe5let", "sv", "min cykel my bicycle min cykel er stj\u{fffd}let"),
        (b"\x00\x01\x02\xff\xfe\x7f", "", "   \u{fffd}\u{fffd} "),
        (b"sv\t\xf0\x9f\x9a\xb2\xf0\x9f\x9a\xb2", "sv", "🚲🚲"),
        (b"\xef\xbb\xbfsv\tcykeln", "sv", "cykeln"),
        (b"sv\t<script>alert(1)</script>", "sv", "<script>alert(1)</script>"),
    ];
    let mut input = lines.map(|(line, _, _)| line.to_vec()).join(&b'\n');
    input.extend(b"\nsv\tutan slut");
    let rows = room.answers(&input);
    assert_eq!(rows.len(), lines.len() + 1);
    for (row, (line, language, shown)) in rows.iter().zip(lines) {
        assert!(language.is_empty() || row[0] == language, "{line:?}: {row:?}");
        assert!(["sv", "en", "da"].contains(&row[0].as_str()) && row[5] == shown, "{line:?}: {row:?}");
    }
    assert_eq!((rows[0][1].as_str(), rows[0][2].as_str(), rows[0][3].as_str(), rows[0][4].as_str()), ("other", "pkc", "0.000", "ask"));
    assert_eq!(rows[lines.len()][5], "utan slut");
    assert!(room.answers(b"").is_empty());
}

#[test]
fn a_line_without_end_takes_no_more_memory_and_hides_none_that_follow() {
    const MEGABYTES: usize = 100;
    let room = Room::new();
    let mut child = room.start();
    let mut stdin = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || {
        stdin.write_all(b"sv\tmin cykel blev stulen ").unwrap();
        for _ in 0..MEGABYTES {
            stdin.write_all(&[b'x'; 1 << 20]).unwrap();
        }
        stdin.write_all("\nsv\tdet brinner i huset hjälp\n".as_bytes()).unwrap();
        // Still at work: its memory can be looked at.
        stdin
    });
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        said.read_line(line).unwrap();
    }
    let stdin = writing.join().unwrap();
    assert!(lines[0].starts_with("sv\treport_bicycle_theft\t") && lines[0].chars().count() < 2_200, "{}", lines[0].len());
    assert!(lines[1].starts_with("sv\tongoing_emergency\t"), "{}", lines[1]);
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kilobytes: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(kilobytes < MEGABYTES * 1024, "{kilobytes} kB for a line of {MEGABYTES} MB");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn each_line_is_answered_when_it_comes() {
    let room = Room::new();
    let mut child = room.start();
    let (mut stdin, mut said) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for _ in 0..3 {
        stdin.write_all("sv\tcykeln är stulen\n".as_bytes()).unwrap();
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert!(line.starts_with("sv\treport_bicycle_theft\t"), "{line}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn whoever_stops_reading_ends_it_without_a_complaint() {
    let room = Room::new();
    let mut child = room.start();
    let mut stdin = child.stdin.take().unwrap();
    drop(child.stdout.take());
    // The pipe breaks while it is being written to, or is taken whole.
    for _ in 0..1_000 {
        if stdin.write_all("sv\tmin cykel blev stulen i torsdags\n".repeat(100).as_bytes()).is_err() {
            break;
        }
    }
    drop(stdin);
    let mut complained = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complained).unwrap();
    assert!(child.wait().unwrap().success(), "{complained}");
    assert_eq!(complained, "");
}

/// A few sentences leave the gate in doubt; all of the deployment's do not.
#[test]
fn danger_in_so_many_words_is_led_to_112() {
    let cache = Folder::new("cache");
    let mut command = program();
    command.args(["understand", "--deployment", "sweden"]).env("XDG_CACHE_HOME", cache.join(""));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let input =
        "sv\tdet är inbrott hos grannen just nu jag ser dem inne i huset\nen\tthere is a man with a knife in my house please hurry\n";
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stdout);
    let rows: Vec<Vec<&str>> = said.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows.len() == 2 && rows.iter().all(|row| row[1..3] == ["ongoing_emergency", "112"] && row[4] == "direct"), "{said}");
}

#[test]
fn what_is_missing_is_told() {
    let room = Room::new();
    let refused = |room: &Room, expected: &str| {
        let output = room.told(b"");
        let complained = text(&output.stderr);
        assert!(!output.status.success() && complained.contains(expected), "{complained}");
        assert_eq!(
            (text(&output.stdout).as_str(), complained.lines().last().is_some_and(|last| last.starts_with("svar: "))),
            ("", true),
            "{complained}"
        );
    };
    room.deployment.replace("understanding/sv.tsv", "sv\tother", "sv\tothre");
    refused(&room, "the training sentences have 1 faults, named above");
    room.deployment.write("understanding/circumstances.toml", None);
    refused(&room, "circumstances.toml cannot be read");
    room.deployment.write("understanding/circumstances.toml", Some(b"[sv]\nvehicle = [\"Bil\"]\n"));
    refused(&room, "circumstances.toml:2: the phrase \"Bil\" cannot be understood");
    let plan = std::fs::read_to_string(format!("{}/plan.toml", room.deployment.folder())).unwrap();
    let start = plan.find("[[destinations]]").unwrap();
    let end = plan.find("# --- When it is going on").unwrap();
    room.deployment.write("plan.toml", Some(format!("{}{}", &plan[..start], &plan[end..]).as_bytes()));
    refused(&room, "names no place to lead callers to: add [[destinations]]");
    room.deployment.write("plan.toml", None);
    refused(&room, "there is no deployment");
}
