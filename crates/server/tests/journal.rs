//! `svar journal`: its head, lawful erasure, and who read.

use crate::support;

use domain::{
    ContactId, MatterId, OperatorId, PromiseId, QueueId, Timestamp,
    contact::{Channel, ContactState, Outcome, Owner, PromiseKind, Reference, Settlement, VisitOutcome, ledger::Ledger},
    intent::Language,
    routing::{Command, Event, Intake},
};
use serde_json::Value;
use storage::{HoldReason, Location, NewEntry, Payload, Records, Store};
use support::{Folder, check_refused, said, spoken_to, svar, text};

const NUMBER: &str = "+46701740605";

/// A data folder with an account `lead`, a closed contact 1 and an open contact 2.
struct Kept {
    _folder: Folder,
    data: String,
}

impl Kept {
    fn new() -> Self {
        let folder = Folder::new("journal");
        let data = folder.join("data");
        said(&["migrate", "--data", &data]);
        let add = ["user", "add", "--data", &data, "lead", "--name", "Lead", "--role", "leader"];
        assert!(spoken_to(&add, "a long password\n").status.success());
        Self { _folder: folder, data }
    }

    /// Appends what a router would have decided.
    fn append(&self, ledger: &mut Ledger, seq: u64, commands: Vec<Command>, payloads: Vec<Payload>) {
        let at = Timestamp(1_000_000_000_000 + i64::try_from(seq).unwrap());
        let changes = ledger.apply(seq, at, &commands).unwrap();
        let records = Records::of(&changes, ledger);
        let (contact, matter) = (ContactId(1), MatterId(1));
        let intake = Intake::of_caller(Language::Swedish);
        let event = Event::CallArrived { contact, matter, channel: Channel::Telephone, place: None, intake };
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = Store::open(&Location::Sqlite(self.data.clone().into())).await.unwrap();
            store.take_lease("test", 0).await.unwrap();
            store.append(NewEntry { at, event, commands, records, payloads }).await.unwrap();
            store.close().await;
        });
    }

    fn store(&self, act: impl AsyncFnOnce(&Store)) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = Store::open(&Location::Sqlite(self.data.clone().into())).await.unwrap();
            act(&store).await;
            store.close().await;
        });
    }

    /// Nothing is erased while a leader holds the matter; whoever asks is told who does and why.
    #[track_caller]
    fn check_held(&self, erase: &[&str]) {
        let (matter, leader, at) = (MatterId(1), OperatorId(1), Timestamp(1_000_000_000_000));
        let reason = HoldReason::read("an appeal is pending").unwrap();
        self.store(async |store| assert_eq!(store.hold_matter(matter, leader, &reason, at).await, Ok(true)));
        let held = format!("lead has held matter {} since 2001-09-09T01:46:40Z (an appeal is pending)", Reference::of(matter));
        self.check_refused(erase, &held);
        self.store(async |store| assert_eq!(store.lift_hold(matter, leader, &reason, at.plus_ms(1)).await, Ok(true)));
    }

    fn command(&self, words: &[&str]) -> Vec<String> {
        let (first, rest) = words.split_first().unwrap();
        let all = ["journal", first, "--data", &self.data].into_iter().chain(rest.iter().copied());
        all.map(ToOwned::to_owned).collect()
    }

    fn said(&self, words: &[&str]) -> String {
        let command = self.command(words);
        said(&command.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[track_caller]
    fn check_refused(&self, words: &[&str], expected: &str) {
        let command = self.command(words);
        check_refused(&command.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    fn head(&self) -> Value {
        serde_json::from_str(&self.said(&["head"])).unwrap()
    }
}

fn arrival(number: u64) -> Vec<Command> {
    let (contact, matter, promise) = (ContactId(number), MatterId(number), PromiseId(number));
    vec![
        Command::OpenContact { contact, matter, channel: Channel::Telephone, owner: Owner::Dialogue },
        Command::MakePromise { promise, matter, promise_kind: PromiseKind::Answer, owner: Owner::Dialogue, due: Timestamp(1) },
    ]
}

fn closing(number: u64) -> Vec<Command> {
    let (contact, matter, promise) = (ContactId(number), MatterId(number), PromiseId(number));
    vec![
        Command::CloseContact { contact, outcome: Outcome::Helped },
        Command::SettlePromise { promise, matter, settlement: Settlement::Kept },
        Command::CloseMatter { matter },
    ]
}

#[test]
fn the_head_grows_and_is_told_with_its_hash() {
    let kept = Kept::new();
    kept.check_refused(&["head"], "the journal has no entry yet");
    let mut ledger = Ledger::default();
    kept.append(&mut ledger, 1, arrival(1), vec![]);
    let first = kept.head();
    kept.append(&mut ledger, 2, closing(1), vec![]);
    let second = kept.head();
    assert_eq!((first["seq"].as_u64(), second["seq"].as_u64()), (Some(1), Some(2)));
    for head in [&first, &second] {
        let hash = head["hash"].as_str().unwrap();
        assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{head}");
    }
    assert_ne!(first["hash"], second["hash"]);
    assert_eq!(kept.head(), second, "asking changes nothing");
}

#[test]
fn what_no_router_decided_is_found_by_deciding_it_afresh() {
    let kept = Kept::new();
    kept.append(&mut Ledger::default(), 1, arrival(1), Vec::new());
    let words = kept.command(&["replay"]);
    let output = svar(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!output.status.success());
    let line: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    assert_eq!((&line["entries"], &line["differs_at"]), (&0.into(), &1.into()), "{line}");
    let told = text(&output.stderr);
    assert!(told.contains("entry 1 (call_arrived) is decided otherwise from its command 2 on"), "{told}");
}

#[test]
fn another_plan_is_tried_on_a_recorded_day() {
    let kept = Kept::new();
    kept.check_refused(&["replay", "--plan", "sweden"], "the journal is empty");
    let (contact, queue) = (ContactId(1), QueueId::new("vast.report"));
    let in_line = Command::MoveContact { contact, state: ContactState::Queued, owner: Owner::Queue(queue.clone()) };
    let entered = Command::EnterQueue { contact, queue: queue.clone(), strict: false };
    let mut ledger = Ledger::default();
    kept.append(&mut ledger, 1, [arrival(1), vec![entered, in_line]].concat(), vec![]);
    // Nobody was on duty, and the caller gave up after a minute.
    let gone = Command::EndVisit { contact, queue, outcome: VisitOutcome::Abandoned, waited_ms: 60_000 };
    kept.append(&mut ledger, 2, [vec![gone], closing(1)].concat(), vec![]);
    let said = kept.said(&["replay", "--plan", "sweden"]);
    assert!(said.contains("1 callers in line, 0 operators on duty"), "{said}");
    let row = said.lines().find(|line| line.starts_with("Region Väst")).unwrap();
    for shown in [" 1 ", "0.0 % -> 0.0 %", "100.0 % -> 100.0 %", "60 s -> 60 s"] {
        assert!(row.contains(shown), "{shown}: {row}");
    }
    assert!(said.contains("0 of 1 callers were answered that day"), "{said}");
    kept.check_refused(&["replay", "--plan", "sweden", "--day", "2001-01-01"], "nobody came into line on 2001-01-01");
    kept.check_refused(&["replay", "--plan", "atlantis"], "there is no deployment \"atlantis\"");
}

#[test]
fn a_closed_contact_is_erased_and_the_log_says_by_whom_and_why() {
    let kept = Kept::new();
    let mut ledger = Ledger::default();
    let caller = |number| vec![Payload::caller(ContactId(number), Some(NUMBER), None)];
    kept.append(&mut ledger, 1, arrival(1), caller(1));
    kept.append(&mut ledger, 2, closing(1), vec![]);
    kept.append(&mut ledger, 3, arrival(2), caller(2));
    for (contact, by, why, expected) in [
        ("2", "lead", "decision 12", "contact 2 is open"),
        ("3", "lead", "decision 12", "there is no contact 3"),
        ("1", "nobody", "decision 12", "there is no account \"nobody\""),
        ("1", "lead", " ", "--why"),
    ] {
        kept.check_refused(&["erase", "--contact", contact, "--by", by, "--why", why], expected);
    }
    let accesses = || kept.said(&["accesses", "--contact", "1"]);
    assert_eq!(accesses(), "", "nothing was erased and nothing logged");

    let erase = ["erase", "--contact", "1", "--by", "lead", "--why", "decision 12"];
    kept.check_held(&erase);
    let before = accesses().lines().count();
    assert_eq!(kept.said(&erase), "1 pieces of personal data of contact 1 erased\n");
    assert_eq!(kept.said(&erase), "0 pieces of personal data of contact 1 erased\n");
    let logged: Vec<Value> = accesses().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(logged.len(), before + 2, "each was asked for");
    assert_eq!((&logged[0]["what"], &logged[0]["why"]), (&"svar journal erase".into(), &"decision 12".into()));
    assert_eq!(logged[0]["reader"], serde_json::json!({ "account": 1 }));
    let at = logged[0]["at"].as_str().unwrap();
    assert!(at.len() == 20 && at.ends_with('Z'), "{at}");
    assert_eq!(kept.said(&["accesses", "--contact", "2"]), "");

    let verified: Value = serde_json::from_str(&kept.said(&["verify"])).unwrap();
    assert_eq!(verified["faults"], serde_json::json!([]), "the chain is whole");
    let store = async {
        let store = Store::open_existing(&Location::Sqlite(kept.data.clone().into())).await.unwrap();
        (store.contact(ContactId(1)).await.unwrap().unwrap(), store.contact(ContactId(2)).await.unwrap().unwrap())
    };
    let (erased, other) = tokio::runtime::Runtime::new().unwrap().block_on(store);
    assert!(erased.payloads[0].body.is_none() && erased.payloads[0].erased.is_some());
    assert_eq!(other.payloads[0].body.as_ref().unwrap()["number"], NUMBER, "another contact of the same caller is kept");
}
