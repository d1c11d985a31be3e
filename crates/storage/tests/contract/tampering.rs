//! What somebody with the database password changes is found.

use crate::support::{Centre, Place};
use domain::{
    ContactId, MatterId, OperatorId, PromiseId, QueueId, Timestamp,
    contact::{ContactState, Outcome, Owner, PromiseKind, Settlement, VisitOutcome},
    routing::Command,
};
use storage::PayloadKind;

on_both!(every_change_is_found, every_broken_invariant_is_found, erasing_keeps_the_chain);

/// The change, and a part of a fault that must be named.
const CHANGES: &[(&str, &str)] = &[
    ("UPDATE journal SET body = REPLACE(body, 'report_received', 'helped') WHERE seq = 4", "journal entry 4 was changed"),
    ("UPDATE journal SET at = at + 1 WHERE seq = 2", "journal entry 2 was changed"),
    ("UPDATE journal SET term = term + 1 WHERE seq = 2", "journal entry 3 is of term 1, after one of term 2"),
    ("UPDATE journal SET hash = prev_hash WHERE seq = 3", "journal entry 4 does not continue the chain"),
    ("UPDATE journal SET payload_hashes = '' WHERE seq = 1", "journal entry 1 was changed"),
    ("UPDATE journal SET body = '{}' WHERE seq = 2", "journal entry 2: its body cannot be read"),
    ("DELETE FROM journal WHERE seq = 3", "journal entry 4 follows 2"),
    ("DELETE FROM journal WHERE seq = 5", "the record of contact 2 does not follow from the journal"),
    ("UPDATE contacts SET outcome = 'helped' WHERE contact = 1", "the record of contact 1 differs"),
    ("UPDATE contacts SET outcome = NULL WHERE contact = 1", "the accounts do not add up: 1 contacts closed, 0 outcomes"),
    ("UPDATE contacts SET closed = 7 WHERE contact = 2", "the accounts do not add up: 2 contacts opened, 2 closed, 1 open"),
    ("DELETE FROM contacts WHERE contact = 2", "the accounts do not add up: 1 contacts opened, 1 closed, 1 open"),
    ("UPDATE contacts SET record = REPLACE(record, 'telephone', 'web') WHERE contact = 2", "the record of contact 2 differs"),
    ("DELETE FROM contacts WHERE contact = 2", "the record of contact 2 is missing"),
    ("UPDATE matters SET closed = 1 WHERE matter = 2", "the record of matter 2 differs"),
    ("DELETE FROM matters", "the record of matter 1 is missing"),
    ("UPDATE promises SET due = due + 1 WHERE promise = 3", "the record of promise 3 differs"),
    ("DELETE FROM promises WHERE settled IS NULL", "the record of promise 3 is missing"),
    (
        "INSERT INTO promises SELECT 77, matter, kind, owner, made, due, settled, settlement, NULL, NULL FROM promises WHERE promise = 1",
        "promise 77",
    ),
    ("UPDATE payloads SET body = '{\"number\":\"+46701740699\"}' WHERE seq = 1 AND place = 0", "a payload of contact 1"),
    ("UPDATE payloads SET contact = 2 WHERE seq = 1 AND place = 0", "a payload of contact 2 with journal entry 1 was changed"),
    ("UPDATE payloads SET body = NULL WHERE seq = 1 AND place = 1", "a payload of contact 1"),
    ("DELETE FROM payloads WHERE seq = 1 AND place = 1", "the payloads of journal entry 1 are not the ones it names"),
    ("UPDATE payloads SET seq = 99 WHERE seq = 5", "2 payloads belong to no journal entry"),
    ("UPDATE counters SET highest = 1 WHERE name = 'promise'", "would be given again"),
];

async fn every_change_is_found(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append_all(centre.whole_call("+46701740605")).await.unwrap();
    store.append(centre.arrive("+46701740606")).await.unwrap();
    store.close().await;
    for table in TABLES {
        place.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
    }
    for (change, expected) in CHANGES {
        place.tamper(change).await;
        let faults = place.faults().await;
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{change}: {faults:#?}");
        for table in TABLES {
            place.tamper(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
        assert_eq!(place.faults().await, [""; 0], "after restoring: {change}");
    }
}

/// Entries that somebody with the program's own means appends: the chain is whole, what they say is not.
async fn every_broken_invariant_is_found(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    for number in 1..=8 {
        store.append(centre.arrive("+46701740605")).await.unwrap();
        if [3, 6, 8].contains(&number) {
            store.append(centre.queue(number)).await.unwrap();
        }
    }
    assert_eq!(place.faults().await, [""; 0]);

    let (contact, matter, promise) = (ContactId, MatterId, PromiseId);
    let queue = QueueId::new("vast.report");
    let due = Timestamp(1);
    let left = || Command::EndVisit { contact: contact(6), queue: queue.clone(), outcome: VisitOutcome::Abandoned, waited_ms: 1 };
    let moved = |number, state, owner| vec![Command::MoveContact { contact: contact(number), state, owner }];
    let owed =
        |matter| Command::MakePromise { promise: promise(9), matter, promise_kind: PromiseKind::FollowUp, owner: Owner::Dialogue, due };
    for commands in [
        vec![Command::SettlePromise { promise: promise(1), matter: matter(1), settlement: Settlement::Kept }],
        vec![Command::CloseMatter { matter: matter(2) }],
        vec![Command::CloseContact { contact: contact(3), outcome: Outcome::Abandoned }],
        moved(4, ContactState::Closed, Owner::Dialogue),
        vec![owed(matter(99))],
        vec![left(), left()],
        moved(7, ContactState::Talking, Owner::Queue(queue.clone())),
        moved(8, ContactState::Talking, Owner::Operator(OperatorId(7))),
    ] {
        store.append(centre.breach(commands)).await.unwrap();
    }
    let mut faults = place.faults().await;
    faults.sort();
    let expected = [
        "closed contact 3 has a queue visit without an outcome",
        "contact 4 is closed in state but has no closing time",
        "contact 8 stands in no line but has an open visit to a queue",
        "journal entry 16 changes something that is not open",
        "journal entry 17 changes something that is not open",
        "matter 2 is closed but contact 2 is open",
        "matter 2 is closed but promise 2 is open",
        "open contact 7 has an owner that cannot answer for its state",
        "open matter 1 is owed nothing",
        "the accounts do not add up: 3 visits to queues, 2 ended, 2 waiting",
    ];
    assert_eq!(faults, expected);
}

const TABLES: [&str; 6] = ["journal", "payloads", "contacts", "matters", "promises", "counters"];

async fn erasing_keeps_the_chain(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append_all(centre.whole_call("+46701740605")).await.unwrap();
    store.append(centre.arrive("+46701740605")).await.unwrap();
    let caller = |file: storage::ContactFile| file.payloads.into_iter().find(|payload| payload.kind == PayloadKind::Caller).unwrap();
    let kept = caller(store.contact(ContactId(1)).await.unwrap().unwrap());
    assert_eq!(kept.body.unwrap()["number"], "+46701740605");
    assert_eq!(store.earlier_contacts_of("+46701740605", ContactId(2), 9).await.unwrap().len(), 1);

    assert_eq!(store.erase_payloads(ContactId(1), Timestamp(77)).await, Ok(2));
    assert_eq!(store.erase_payloads(ContactId(1), Timestamp(78)).await, Ok(0));
    let erased = caller(store.contact(ContactId(1)).await.unwrap().unwrap());
    assert_eq!((erased.body, erased.erased), (None, Some(Timestamp(77))));
    assert_eq!(store.earlier_contacts_of("+46701740605", ContactId(2), 9).await.unwrap(), []);
    let left = caller(store.contact(ContactId(2)).await.unwrap().unwrap());
    assert!(left.body.is_some(), "another contact of the same caller is not touched");
    assert_eq!(place.faults().await, [""; 0]);
    store.append(centre.tick()).await.unwrap();
    assert_eq!(place.faults().await, [""; 0]);
}

#[tokio::test]
async fn what_is_erased_is_in_no_file() {
    let place = Place::sqlite();
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append_all(centre.whole_call("+46701740699")).await.unwrap();
    let draft = serde_json::json!({ "what_happened": "hittades vid bryggan" });
    for base in 0..3 {
        store.save_report(ContactId(1), OperatorId(7), base, &draft, Timestamp(0)).await.unwrap();
    }
    let found = |text: &str| {
        let files = std::fs::read_dir(place.folder()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    assert!(found("+46701740699") && found("vid bryggan"));
    store.erase_payloads(ContactId(1), Timestamp(9)).await.unwrap();
    assert!(!found("+46701740699") && !found("vid bryggan"));
}
