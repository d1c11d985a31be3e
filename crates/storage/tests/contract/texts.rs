//! Text messages that are owed: written with the journal, tried until they are settled, and gone when they are erased.

use crate::support::{Centre, Place};
use domain::{ContactId, Timestamp, contact::TextState};
use storage::{Attempt, OwedText, StoreError, TextMessage, TextsOwed};

on_both!(
    what_is_owed_is_due_until_it_is_settled,
    an_attempt_in_vain_puts_it_off,
    an_erased_message_is_owed_without_its_words,
    what_was_changed_by_hand_is_found,
    who_has_lost_the_lease_notes_nothing,
);

const NUMBER: &str = "+46701740605";
const LATER: Timestamp = Timestamp(i64::MAX);

async fn what_is_owed_is_due_until_it_is_settled(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    for entry in [centre.arrive(NUMBER), centre.queue(1), centre.arrive(NUMBER), centre.queue(2)] {
        store.append(entry).await.unwrap();
    }
    assert_eq!(store.texts_due(LATER).await, Ok(vec![]));
    assert_eq!(store.texts_owed().await, Ok(TextsOwed::default()));
    let (first, second) = (centre.owe_text(1, NUMBER), centre.owe_text(2, NUMBER));
    let (owed, next) = (first.at, second.at);
    store.append_all(vec![first, second]).await.unwrap();
    assert_eq!(store.texts_due(Timestamp(owed.0 - 1)).await, Ok(vec![]));
    let due = store.texts_due(owed).await.unwrap();
    let [OwedText { contact: ContactId(1), id, attempts: 0, message: Some(TextMessage { number, text }), .. }] = due.as_slice() else {
        panic!("{due:?}");
    };
    assert_eq!((number.as_str(), text.as_str(), id.len()), (NUMBER, "Polisen: https://polisen.se/", 32));
    assert!(!format!("{due:?}").contains("70174"), "{due:?}");
    let both = store.texts_due(next).await.unwrap();
    assert_eq!((both.len(), both[0] == due[0], both[1].id == *id), (2, true, false));
    assert_eq!(store.texts_owed().await, Ok(TextsOwed { count: 2, oldest: Some(owed), next_attempt: Some(owed) }));

    // The call ends and its matter with it, the program too: it is owed all the same, under the same id.
    for entry in [centre.connect(1), centre.close(1)] {
        store.append(entry).await.unwrap();
    }
    let ledger = store.load_ledger().await.unwrap();
    assert!(ledger.contacts[&ContactId(1)].owes_text(), "whoever is owed a message is not forgotten");
    store.close().await;
    let (store, _) = place.open_leased().await;
    assert_eq!(store.texts_due(owed).await, Ok(due));
    store.append(centre.settle_text(1, TextState::Sent)).await.unwrap();
    store.append(centre.settle_text(2, TextState::GivenUp)).await.unwrap();
    assert_eq!(store.texts_due(LATER).await, Ok(vec![]));
    assert!(!store.load_ledger().await.unwrap().contacts.contains_key(&ContactId(1)));
    assert_eq!(place.faults().await, [""; 0]);
}

async fn an_attempt_in_vain_puts_it_off(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let owe = [centre.arrive(NUMBER), centre.queue(1), centre.owe_text(1, NUMBER)];
    store.append_all(owe.to_vec()).await.unwrap();
    let next = Timestamp(9_000_000);
    store.note_text_attempt(&Attempt { contact: ContactId(1), attempts: 3, next, error: "unreachable" }).await.unwrap();
    assert_eq!(store.texts_due(Timestamp(next.0 - 1)).await, Ok(vec![]));
    assert_eq!(store.texts_due(next).await.unwrap()[0].attempts, 3);
    assert_eq!(store.texts_owed().await.unwrap().next_attempt, Some(next));
    // What is settled is not tried again, whoever notes an attempt late.
    store.append(centre.settle_text(1, TextState::Sent)).await.unwrap();
    store.note_text_attempt(&Attempt { contact: ContactId(1), attempts: 4, next, error: "refused" }).await.unwrap();
    assert_eq!(store.texts_due(LATER).await, Ok(vec![]));
    assert_eq!(place.faults().await, [""; 0], "attempts are not the journal's");
}

async fn an_erased_message_is_owed_without_its_words(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let owe = [centre.arrive(NUMBER), centre.queue(1), centre.owe_text(1, NUMBER)];
    store.append_all(owe.to_vec()).await.unwrap();
    store.erase_payloads(ContactId(1), Timestamp(1)).await.unwrap();
    assert_eq!(store.texts_due(LATER).await.unwrap()[0].message, None);
    assert_eq!(place.faults().await, [""; 0]);
}

async fn what_was_changed_by_hand_is_found(place: Place) {
    for (change, expected) in [
        ("UPDATE texts SET state = 'sent'", "the text message to contact 1 differs"),
        ("DELETE FROM texts", "the record of the text message to contact 1 is missing"),
        ("UPDATE texts SET contact = 7", "the text message to contact 7 does not follow from the journal"),
    ] {
        let (store, _) = place.open_leased().await;
        if store.head().await.unwrap().is_none() {
            let mut centre = Centre::default();
            let owe = [centre.arrive(NUMBER), centre.queue(1), centre.owe_text(1, NUMBER)];
            store.append_all(owe.to_vec()).await.unwrap();
            place.tamper("CREATE TABLE kept_texts AS SELECT * FROM texts").await;
        }
        store.close().await;
        place.tamper(change).await;
        let faults = place.faults().await;
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{change}: {faults:#?}");
        place.tamper("DELETE FROM texts; INSERT INTO texts SELECT * FROM kept_texts").await;
        assert_eq!(place.faults().await, [""; 0]);
    }
}

async fn who_has_lost_the_lease_notes_nothing(place: Place) {
    let (store, term) = place.open_leased().await;
    store.release_lease(term).await.unwrap();
    let attempt = Attempt { contact: ContactId(1), attempts: 1, next: LATER, error: "refused" };
    assert_eq!(store.note_text_attempt(&attempt).await, Err(StoreError::Fenced));
}
