//! `svar understand corrections`: callers' words for whoever reviews them, and what is learnt from them.

use crate::support;

use domain::{
    ContactId, MatterId, OperatorId, PromiseId, Timestamp,
    contact::{Channel, Outcome, Owner, PromiseKind, Settlement, ledger::Ledger},
    intent::{Gate, Intent, Language, Reading, Understanding},
    routing::{Command, Event, Intake},
};
use serde_json::{Value, json};
use std::fs;
use storage::{Location, NewEntry, Payload, PayloadKind, Records, Store};
use support::{Deployment, Folder, check_refused, said, spoken_to};

const SENTENCES: &str = "\
sv\treport_bicycle_theft\te-service\tnone\tmin cykel blev stulen i torsdags
sv\ttip\tpkc\tnone\tjag vill lämna ett tips om en granne
";
/// The first call comes at noon in Sweden on the first of these days, each later one a day after it.
const NOON: i64 = 1_795_518_000_000;
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Sweden with two sentences, and a journal of calls.
struct Room {
    _folder: Folder,
    deployment: Deployment,
    data: String,
    out: String,
}

/// One call: what was said, what it was taken for, and what the operator made of it.
struct Call {
    text: &'static str,
    taken: Intent,
    corrected: Option<Intent>,
}

impl Room {
    fn with(calls: &[Call]) -> Self {
        let deployment = Deployment::copy_of_sweden();
        for file in ["en", "da"] {
            deployment.write(&format!("understanding/{file}.tsv"), None);
        }
        deployment.write("understanding/sv.tsv", Some(SENTENCES.as_bytes()));
        let folder = Folder::new("corrections");
        let (data, out) = (folder.join("data"), folder.join("review.tsv"));
        said(&["migrate", "--data", &data]);
        for (login, role) in [("lead", "leader"), ("operator", "operator")] {
            let add = ["user", "add", "--data", &data, login, "--name", login, "--role", role];
            assert!(spoken_to(&add, "a long password\n").status.success());
        }
        let entries = (1..).zip(calls).flat_map(|(number, call)| entries(number, call));
        append(&data, entries.collect());
        Self { _folder: folder, deployment, data, out }
    }

    fn command(&self, words: &[&str]) -> Vec<String> {
        let folder = self.deployment.folder();
        let command = ["understand", "corrections", "--deployment", &folder, "--data", &self.data, "--out", &self.out];
        command.iter().chain(words).map(|word| (*word).to_owned()).collect()
    }

    fn said(&self, words: &[&str]) -> String {
        said(&self.command(words).iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[track_caller]
    fn check_refused(&self, words: &[&str], expected: &str) {
        check_refused(&self.command(words).iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    /// The sentences of the file, whole and without what stands above each.
    fn sentences(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.out).unwrap();
        fs::remove_file(&self.out).unwrap();
        text.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| line.contains('\t')).map(str::to_owned).collect()
    }
}

fn entries(number: u64, call: &Call) -> Vec<(Timestamp, Event, Vec<Command>, Vec<Payload>)> {
    let (contact, matter, promise, operator) = (ContactId(number), MatterId(number), PromiseId(number), OperatorId(1));
    let describe = |intent| {
        let language = Language::Swedish;
        Command::Describe { contact, region: None, uncertain: true, intent: Some(intent), language, urged: false }
    };
    let at = Timestamp(NOON + DAY * (i64::try_from(number).unwrap() - 1));
    let intake = Intake::of_caller(Language::Swedish);
    let understanding = Understanding {
        readings: [(call.taken, 620), (Intent::Other, 110)]
            .map(|(intent, confidence_permille)| Reading { intent, confidence_permille })
            .into(),
        gate: Gate::None,
        language: Some(Language::Swedish),
        answer: None,
        county: None,
        request: None,
        municipality: None,
        circumstances: Vec::new(),
        model: "5eed".to_owned(),
    };
    let words = Payload { contact, kind: PayloadKind::Words, body: json!({ "text": call.text, "engine": "scripted" }) };
    let opened = vec![
        Command::OpenContact { contact, matter, channel: Channel::Telephone, owner: Owner::Dialogue },
        Command::MakePromise { promise, matter, promise_kind: PromiseKind::Answer, owner: Owner::Dialogue, due: Timestamp(1) },
    ];
    let closed = vec![
        Command::CloseContact { contact, outcome: Outcome::Helped },
        Command::SettlePromise { promise, matter, settlement: Settlement::Kept },
        Command::CloseMatter { matter },
    ];
    let channel = Channel::Telephone;
    let mut entries = vec![
        (at, Event::CallArrived { contact, matter, channel, place: None, intake }, opened, Vec::new()),
        (at, Event::WordsUnderstood { contact, understanding, after: None }, vec![describe(call.taken)], vec![words]),
        (at, Event::OperatorConnected { contact, operator }, Vec::new(), Vec::new()),
    ];
    entries.extend(
        call.corrected.map(|intent| (at, Event::IntentCorrected { contact, operator, intent }, vec![describe(intent)], Vec::new())),
    );
    entries.push((at, Event::OutcomeStated { contact, operator, outcome: Outcome::Helped }, closed, Vec::new()));
    entries
}

fn append(data: &str, entries: Vec<(Timestamp, Event, Vec<Command>, Vec<Payload>)>) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&Location::Sqlite(data.into())).await.unwrap();
        store.take_lease("test", 0).await.unwrap();
        let mut ledger = Ledger::default();
        for (seq, (at, event, commands, payloads)) in (1..).zip(entries) {
            let changes = ledger.apply(seq, at, &commands).unwrap();
            let records = Records::of(&changes, &ledger);
            store.append(NewEntry { at, event, commands, records, payloads }).await.unwrap();
        }
        store.close().await;
    });
}

const CALLS: [Call; 4] = [
    Call { text: "de har tagit min moped", taken: Intent::ReportBicycleTheft, corrected: Some(Intent::ReportTheft) },
    Call { text: "jag vill klaga på en väktare\tsom var otrevlig", taken: Intent::Complaint, corrected: None },
    Call { text: "min cykel blev stulen i torsdags kväll", taken: Intent::Other, corrected: Some(Intent::ReportBicycleTheft) },
    Call { text: "någon säljer narkotika i trappan", taken: Intent::NoiseDisturbance, corrected: Some(Intent::Tip) },
];

#[test]
fn what_was_corrected_is_written_to_be_read_first() {
    let room = Room::with(&CALLS);
    let told = room.said(&["--user", "lead"]);
    assert!(told.starts_with("2 sentences to review in ") && told.contains("(left out: 0 erased, 1 like a sentence"), "{told}");
    assert!(told.contains("understanding/reviewed and run: svar understand train --deployment"), "{told}");
    let text = fs::read_to_string(&room.out).unwrap();
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "nothing is learnt from unread: {text}");
    for part in [
        "by model 5eed",
        "## taken for report_bicycle_theft 0.620 other 0.110; stood as report_bicycle_theft; the operator says report_theft",
        "## gate none; the emergency question was not put",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&room.out).unwrap().permissions()) & 0o777, 0o600);
    room.check_refused(&["--user", "lead"], "a file that is there already is not written over");
    let corrected = ["sv\treport_theft\tpkc\tnone\tde har tagit min moped", "sv\ttip\tpkc\tnone\tnågon säljer narkotika i trappan"];
    let sentences = room.sentences();
    assert_eq!(sentences.len(), 2);
    for (sentence, expected) in sentences.iter().zip(corrected) {
        let columns = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let (sentence, expected) = (columns(sentence), columns(expected));
        assert_eq!((&sentence[..2], &sentence[3..]), (&expected[..2], &expected[3..]));
        assert!(!sentence[2].is_empty(), "the plan leads every matter somewhere");
    }

    room.said(&["--user", "lead", "--confirmed", "--since", "2026-11-25", "--until", "2026-11-25"]);
    let confirmed = room.sentences();
    assert!(confirmed.len() == 1 && confirmed[0].ends_with("\tjag vill klaga på en väktare som var otrevlig"), "{confirmed:?}");
    assert!(room.said(&["--user", "lead", "--since", "2027-01-01"]).starts_with("nothing to review, so no file is left"));
    assert!(!fs::exists(&room.out).unwrap());
}

#[test]
fn who_reads_is_asked_and_kept_and_what_is_erased_is_left_out() {
    let room = Room::with(&CALLS);
    for (user, expected) in [("nobody", "there is no account \"nobody\""), ("operator", "a leader must export")] {
        room.check_refused(&["--user", user], expected);
        assert!(!fs::exists(&room.out).unwrap(), "a file for whoever was refused");
    }
    let accesses = |contact: &str| said(&["journal", "accesses", "--data", &room.data, "--contact", contact]);
    assert_eq!(accesses("1"), "", "nothing was read for whoever was refused");
    said(&["journal", "erase", "--data", &room.data, "--contact", "1", "--by", "lead", "--why", "decision 12"]);
    let told = room.said(&["--user", "lead"]);
    assert!(told.starts_with("1 sentences to review in ") && told.contains("(left out: 1 erased, 1 like a sentence"), "{told}");
    assert!(!room.sentences().iter().any(|sentence| sentence.contains("moped")));
    let logged: Value = serde_json::from_str(accesses("4").lines().next().unwrap()).unwrap();
    assert_eq!((&logged["what"], &logged["reader"]), (&json!("svar understand corrections"), &json!({ "account": 1 })), "{logged}");
    assert_eq!(accesses("2"), "", "what was not corrected was not read");
}

#[test]
fn what_was_reviewed_is_learnt_from() {
    let room = Room::with(&CALLS);
    let folder = room.deployment.folder();
    let train = || said(&["understand", "train", "--deployment", &folder]);
    assert!(train().contains("from 2 sentences"));
    room.said(&["--user", "lead"]);
    fs::create_dir(std::path::Path::new(&folder).join("understanding/reviewed")).unwrap();
    let unread = fs::read_to_string(&room.out).unwrap();
    room.deployment.write("understanding/reviewed/2026-11.tsv", Some(unread.as_bytes()));
    assert!(train().contains("from 2 sentences"), "what nobody has read is not learnt from");
    let read = unread.replace("#sv\treport_theft", "sv\treport_theft");
    room.deployment.write("understanding/reviewed/2026-11.tsv", Some(read.as_bytes()));
    assert!(train().contains("from 3 sentences"));
}
