//! Additions: what was written is known by its key, its sender by the address, and who decided about a matter is kept while it
//! is closed and when it is opened again.

use crate::support::{Centre, Place};
use domain::{
    ContactId, MatterId, PromiseId, Timestamp, UnitId,
    contact::{Channel, Owner, PromiseKind, Settlement},
    routing::{Command, Event},
};
use serde_json::json;
use storage::{Payload, PayloadKind};

on_both!(what_was_written_is_known_by_its_key_and_its_address, a_matter_opens_again_as_it_was, a_contact_is_of_the_matter_it_is_linked_to);

async fn what_was_written_is_known_by_its_key_and_its_address(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let mut entry = centre.arrive("+46701740605");
    let contact = ContactId(1);
    entry.payloads = vec![
        Payload { contact, kind: PayloadKind::Caller, body: json!({ "number": null, "address": "anna@example.se" }) },
        Payload { contact, kind: PayloadKind::Written, body: json!({ "key": "mail a", "text": "hej" }) },
        Payload { contact, kind: PayloadKind::Booking, body: json!({ "number": "+46701740605", "mail": "Eva@Example.se" }) },
    ];
    store.append(entry).await.unwrap();
    for (matter, address, known) in [
        (1, "anna@example.se", true),
        (2, "anna@example.se", false),
        (1, "eva@example.se", true),
        (1, "kim@example.se", false),
        (1, "mail a", false),
        (1, "", false),
    ] {
        assert_eq!(store.is_known_to(MatterId(matter), address).await, Ok(known), "{address} in {matter}");
    }
    for (key, found) in [("mail a", Some(contact)), ("mail b", None), ("anna@example.se", None), ("", None)] {
        assert_eq!(store.contact_of_written(key).await, Ok(found), "{key}");
    }
    store.erase_payloads(contact, Timestamp(9)).await.unwrap();
    assert_eq!(store.is_known_to(MatterId(1), "anna@example.se").await, Ok(false), "an erased address is known to nobody");
    assert_eq!(store.contact_of_written("mail a").await, Ok(None));
    assert_eq!(place.faults().await, [""; 0]);
}

async fn a_matter_opens_again_as_it_was(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let (matter, unit) = (MatterId(1), Owner::Unit(UnitId::new("supervisors.vast")));
    for entry in [centre.arrive("+46701740605"), centre.queue(1), centre.connect(1)] {
        store.append(entry).await.unwrap();
    }
    let decide = centre.entry(Event::TimePassed, vec![Command::DecideMatter { matter, unit: unit.clone() }], Vec::new());
    store.append(decide).await.unwrap();
    store.append(centre.close(1)).await.unwrap();
    // As the loop does: what is closed is out of memory.
    centre.ledger.forget_closed();
    let kept = store.matter(matter).await.unwrap().unwrap().matter;
    assert_eq!((kept.closed.is_some(), kept.decided_by.as_ref()), (true, Some(&unit)));

    let (contact, promise, channel) = (ContactId(2), PromiseId(3), Channel::Mail);
    let commands = vec![
        Command::ReopenMatter { matter, opened: kept.opened, decided_by: kept.decided_by.clone() },
        Command::OpenContact { contact, matter, channel, owner: unit.clone() },
        Command::MakePromise { promise, matter, promise_kind: PromiseKind::Addition, owner: unit.clone(), due: Timestamp(i64::MAX) },
        Command::OweAddition { contact, promise, verified: true, to_link: false, proposed: None },
    ];
    let entry = centre.entry(Event::TimePassed, commands, Vec::new());
    store.append(entry).await.unwrap();
    let file = store.matter(matter).await.unwrap().unwrap();
    assert_eq!((file.matter.opened, file.matter.closed, file.matter.decided_by, file.contacts.len()), (kept.opened, None, Some(unit), 2));
    assert_eq!(place.faults().await, [""; 0]);
}

async fn a_contact_is_of_the_matter_it_is_linked_to(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append(centre.arrive("+46701740605")).await.unwrap();
    store.append(centre.arrive("+46701740606")).await.unwrap();
    let (contact, from, to, promise) = (ContactId(2), MatterId(2), MatterId(1), PromiseId(3));
    let commands = vec![
        Command::LinkContact { contact, matter: to },
        Command::MakePromise { promise, matter: to, promise_kind: PromiseKind::Answer, owner: Owner::Dialogue, due: Timestamp(i64::MAX) },
        Command::SettlePromise { promise: PromiseId(2), matter: from, settlement: Settlement::Replaced },
        Command::CloseMatter { matter: from },
    ];
    let entry = centre.entry(Event::TimePassed, commands, Vec::new());
    store.append(entry).await.unwrap();
    assert_eq!(store.matter(to).await.unwrap().unwrap().contacts.len(), 2);
    let own = store.matter(from).await.unwrap().unwrap();
    assert_eq!((own.contacts.len(), own.matter.closed.is_some()), (0, true));
    assert_eq!(place.faults().await, [""; 0]);
    let unlinked = centre.breach(vec![Command::LinkContact { contact, matter: from }]);
    store.append(unlinked).await.unwrap();
    assert_ne!(place.faults().await, [""; 0], "no contact is of a matter that is closed");
}
