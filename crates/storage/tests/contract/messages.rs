//! Messages that are owed: written with the journal, tried until they are settled, and gone when they are erased.

use crate::support::{Centre, Place};
use domain::{
    ContactId, MessageNumber, Timestamp,
    contact::{Medium, MessageState},
};
use storage::{Attempt, Message, MessagesOwed, OwedMessage, StoreError};

on_both!(
    what_is_owed_is_due_until_it_is_settled,
    several_to_one_contact_are_told_apart,
    an_attempt_in_vain_puts_it_off,
    an_erased_message_is_owed_without_its_words,
    what_was_changed_by_hand_is_found,
    what_an_older_layout_has_is_brought_along,
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
    assert_eq!(store.messages_due(Medium::Text, LATER).await, Ok(vec![]));
    assert_eq!(store.messages_owed().await, Ok([].into()));
    let (first, second) = (centre.owe_text(1, NUMBER), centre.owe_text(2, NUMBER));
    let (owed, next) = (first.at, second.at);
    store.append_all(vec![first, second]).await.unwrap();
    assert_eq!(store.messages_due(Medium::Text, Timestamp(owed.0 - 1)).await, Ok(vec![]));
    assert_eq!(store.messages_due(Medium::Mail, LATER).await, Ok(vec![]));
    let due = store.messages_due(Medium::Text, owed).await.unwrap();
    let [OwedMessage { contact: ContactId(1), id, attempts: 0, words: Some(Message { to, text, .. }), .. }] = due.as_slice() else {
        panic!("{due:?}");
    };
    assert_eq!((to.as_deref(), text.as_str(), id.len()), (Some(NUMBER), "Polisen: https://polisen.se/", 32));
    assert!(!format!("{due:?}").contains("70174"), "{due:?}");
    let both = store.messages_due(Medium::Text, next).await.unwrap();
    assert_eq!((both.len(), both[0] == due[0], both[1].id == *id), (2, true, false));
    let told = MessagesOwed { count: 2, oldest: Some(owed), next_attempt: Some(owed) };
    assert_eq!(store.messages_owed().await, Ok([(Medium::Text, told)].into()));

    // The call ends and its matter with it, the program too: it is owed all the same, under the same id.
    for entry in [centre.connect(1), centre.close(1)] {
        store.append(entry).await.unwrap();
    }
    let ledger = store.load_ledger().await.unwrap();
    assert!(ledger.contacts[&ContactId(1)].messages_owed().next().is_some(), "whoever is owed a message is not forgotten");
    store.close().await;
    let (store, _) = place.open_leased().await;
    assert_eq!(store.messages_due(Medium::Text, owed).await, Ok(due));
    store.append(centre.settle(1, 1, MessageState::Sent)).await.unwrap();
    let given_up = centre.settle(2, 1, MessageState::GivenUp);
    let at = given_up.at;
    store.append(given_up).await.unwrap();
    for (medium, since, count) in [(Medium::Text, at, 1), (Medium::Text, Timestamp(at.0 + 1), 0), (Medium::Mail, at, 0)] {
        assert_eq!(store.messages_given_up(medium, since).await, Ok(count), "{medium:?} {since:?}");
    }
    assert_eq!(store.messages_due(Medium::Text, LATER).await, Ok(vec![]));
    assert!(!store.load_ledger().await.unwrap().contacts.contains_key(&ContactId(1)));
    assert_eq!(place.faults().await, [""; 0]);
}

async fn several_to_one_contact_are_told_apart(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let owe = [
        centre.arrive(NUMBER),
        centre.queue(1),
        centre.owe_text(1, NUMBER),
        centre.owe(1, Medium::Mail, Some("a@example.org")),
        centre.owe(1, Medium::Text, None),
    ];
    store.append_all(owe.to_vec()).await.unwrap();
    let texts = store.messages_due(Medium::Text, LATER).await.unwrap();
    let [mail] = store.messages_due(Medium::Mail, LATER).await.unwrap().try_into().unwrap();
    let to = |owed: &OwedMessage| owed.words.as_ref().unwrap().to.clone();
    assert_eq!((to(&texts[0]).as_deref(), to(&texts[1]), to(&mail).as_deref()), (Some(NUMBER), None, Some("a@example.org")));
    assert_eq!((texts[0].message.0, mail.message.0, texts[1].message.0), (1, 2, 3));
    assert!(texts[0].id != texts[1].id && texts[1].id != mail.id);
    for (id, contact) in [(mail.id.as_str(), Some(ContactId(1))), (&texts[1].id, Some(ContactId(1))), ("", None), ("0a1b", None)] {
        assert_eq!(store.contact_of_message(id).await, Ok(contact), "{id}");
    }
    store.append(centre.settle(1, 2, MessageState::Sent)).await.unwrap();
    assert_eq!(store.messages_due(Medium::Mail, LATER).await, Ok(vec![]));
    assert_eq!(store.messages_due(Medium::Text, LATER).await.unwrap().len(), 2);
    assert_eq!(place.faults().await, [""; 0]);
}

async fn an_attempt_in_vain_puts_it_off(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let owe = [centre.arrive(NUMBER), centre.queue(1), centre.owe_text(1, NUMBER)];
    store.append_all(owe.to_vec()).await.unwrap();
    let next = Timestamp(9_000_000);
    let attempt = Attempt { contact: ContactId(1), message: MessageNumber(1), attempts: 3, next, error: "unreachable" };
    store.note_attempt(&attempt).await.unwrap();
    assert_eq!(store.messages_due(Medium::Text, Timestamp(next.0 - 1)).await, Ok(vec![]));
    assert_eq!(store.messages_due(Medium::Text, next).await.unwrap()[0].attempts, 3);
    assert_eq!(store.messages_owed().await.unwrap()[&Medium::Text].next_attempt, Some(next));
    // What is settled is not tried again, whoever notes an attempt late.
    store.append(centre.settle(1, 1, MessageState::Sent)).await.unwrap();
    store.note_attempt(&Attempt { attempts: 4, error: "refused", ..attempt }).await.unwrap();
    assert_eq!(store.messages_due(Medium::Text, LATER).await, Ok(vec![]));
    assert_eq!(place.faults().await, [""; 0], "attempts are not the journal's");
}

async fn an_erased_message_is_owed_without_its_words(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let owe = [centre.arrive(NUMBER), centre.queue(1), centre.owe_text(1, NUMBER)];
    store.append_all(owe.to_vec()).await.unwrap();
    let id = store.message_id(ContactId(1), MessageNumber(1));
    assert_eq!(store.contact_of_message(&id).await, Ok(Some(ContactId(1))));
    store.erase_payloads(ContactId(1), Timestamp(1)).await.unwrap();
    assert_eq!(store.contact_of_message(&id).await, Ok(None), "whoever answers it is not known by it any more");
    assert_eq!(store.messages_due(Medium::Text, LATER).await.unwrap()[0].words, None);
    assert_eq!(place.faults().await, [""; 0]);
}

async fn what_was_changed_by_hand_is_found(place: Place) {
    for (change, expected) in [
        ("UPDATE messages SET state = 'sent'", "a message to contact 1 differs"),
        ("DELETE FROM messages", "the record of a message to contact 1 is missing"),
        ("UPDATE messages SET contact = 7", "a message to contact 7 does not follow from the journal"),
        ("UPDATE messages SET message = 2", "a message to contact 1 does not follow from the journal"),
        ("UPDATE messages SET medium = 'mail'", "a message to contact 1 differs"),
    ] {
        let (store, _) = place.open_leased().await;
        if store.head().await.unwrap().is_none() {
            let mut centre = Centre::default();
            let owe = [centre.arrive(NUMBER), centre.queue(1), centre.owe_text(1, NUMBER)];
            store.append_all(owe.to_vec()).await.unwrap();
            place.tamper("CREATE TABLE kept_messages AS SELECT * FROM messages").await;
        }
        store.close().await;
        place.tamper(change).await;
        let faults = place.faults().await;
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{change}: {faults:#?}");
        place.tamper("DELETE FROM messages; INSERT INTO messages SELECT * FROM kept_messages").await;
        assert_eq!(place.faults().await, [""; 0]);
    }
}

/// As the layout before had it: one text message of a contact, in a table and a field of its own.
const OF_BEFORE: &str = "\
    CREATE TABLE texts (contact BIGINT NOT NULL PRIMARY KEY, form TEXT NOT NULL, language TEXT NOT NULL, state TEXT NOT NULL, \
        owed BIGINT NOT NULL, settled BIGINT, attempts BIGINT NOT NULL, next_attempt BIGINT NOT NULL, last_error TEXT); \
    INSERT INTO texts SELECT contact, form, language, state, owed, settled, 2, next_attempt, last_error FROM messages; \
    DROP TABLE messages; DROP TABLE bookings; DROP TABLE form_drafts; DROP TABLE evidence; DROP TABLE evidence_custody; DROP TABLE surveys; \
    DROP TABLE holds; DROP TABLE keeping; DROP TABLE erasures; DROP INDEX access_log_matter; \
    ALTER TABLE matters DROP COLUMN decided_by; \
    ALTER TABLE promises DROP COLUMN paused; ALTER TABLE promises DROP COLUMN ring_back; \
    UPDATE contacts SET record = REPLACE(REPLACE(record, '\"messages\":[{', '\"text\":{'), '}],\"operator\"', '},\"operator\"'); \
    DELETE FROM layout WHERE number >= 6";

async fn what_an_older_layout_has_is_brought_along(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let owe = [centre.arrive(NUMBER), centre.queue(1), centre.owe_text(1, NUMBER)];
    store.append_all(owe.to_vec()).await.unwrap();
    let due = store.messages_due(Medium::Text, LATER).await.unwrap();
    store.close().await;
    place.tamper(OF_BEFORE).await;
    let (store, _) = place.open_leased().await;
    let brought = store.messages_due(Medium::Text, LATER).await.unwrap();
    assert_eq!(brought, [OwedMessage { attempts: 2, ..due[0].clone() }], "under the same id");
    assert_eq!(place.faults().await, [""; 0]);
}

async fn who_has_lost_the_lease_notes_nothing(place: Place) {
    let (store, term) = place.open_leased().await;
    store.release_lease(term).await.unwrap();
    let attempt = Attempt { contact: ContactId(1), message: MessageNumber(1), attempts: 1, next: LATER, error: "refused" };
    assert_eq!(store.note_attempt(&attempt).await, Err(StoreError::Fenced));
}
