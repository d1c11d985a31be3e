//! What somebody with the database password changes is found.

use crate::support::{Centre, Place};
use domain::{ContactId, OperatorId, Timestamp};
use storage::PayloadKind;

on_both!(every_change_is_found, erasing_keeps_the_chain);

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
    ("UPDATE contacts SET record = REPLACE(record, 'telephone', 'web') WHERE contact = 2", "the record of contact 2 differs"),
    ("DELETE FROM contacts WHERE contact = 2", "the record of contact 2 is missing"),
    ("UPDATE matters SET closed = 1 WHERE matter = 2", "the record of matter 2 differs"),
    ("DELETE FROM matters", "the record of matter 1 is missing"),
    ("UPDATE promises SET due = due + 1 WHERE promise = 3", "the record of promise 3 differs"),
    ("DELETE FROM promises WHERE settled IS NULL", "the record of promise 3 is missing"),
    ("INSERT INTO promises SELECT 77, matter, kind, owner, made, due, settled, settlement FROM promises WHERE promise = 1", "promise 77"),
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
