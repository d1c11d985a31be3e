//! Booked times: found by their link and by nothing else, counted by whoever booked them, kept over a restart and compared
//! with the journal.

use crate::support::{Centre, Place};
use domain::{BookingId, ContactId, MatterId, Timestamp, booking::BookingState};

on_both!(
    a_booking_is_found_by_its_link_alone,
    a_link_of_another_deployment_opens_nothing,
    links_of_before_lead_where_they_did,
    open_bookings_of_a_citizen_are_counted,
    what_was_changed_in_a_booking_by_hand_is_found,
);

const NUMBER: &str = "0701740605";
const SLOT: i64 = 100_000_000;

async fn a_booking_is_found_by_its_link_alone(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let token = store.booking_token(BookingId(1));
    assert_eq!(token.len(), 36);
    store.append(centre.hold_time(1, SLOT, "")).await.unwrap();
    let state = |record: Option<domain::booking::BookingRecord>| record.map(|record| record.state);
    assert_eq!(state(store.booking_of_link(&token).await.unwrap()), Some(BookingState::Held));
    // One digit other, one more, one less, that of another booking: none opens it.
    let other = if token.starts_with('0') { "1" } else { "0" };
    let last = if token.ends_with('0') { "1" } else { "0" };
    for wrong in [
        String::new(),
        format!("{other}{}", &token[1..]),
        format!("{}{last}", &token[..35]),
        format!("{token}0"),
        token[..35].to_owned(),
        store.booking_token(BookingId(2)),
        store.booking_token(BookingId(u64::MAX)),
    ] {
        assert_eq!(store.booking_of_link(&wrong).await, Ok(None), "{wrong}");
    }
    assert_eq!(store.bookings_between(Timestamp(SLOT), Timestamp(SLOT + 1), 10).await, Ok(vec![]), "a hold is no booking");
    store.append(centre.book_time(1, 1, NUMBER)).await.unwrap();
    let uid = store.appointment_uid(BookingId(1));
    assert!(uid != store.appointment_uid(BookingId(2)) && !uid.contains(&token[..8]));
    store.close().await;

    let (store, _) = place.open_leased().await;
    assert_eq!((store.booking_token(BookingId(1)), store.appointment_uid(BookingId(1))), (token.clone(), uid), "the same at every start");
    let booked = store.booking_of_link(&token).await.unwrap();
    assert_eq!(state(booked.clone()), Some(BookingState::Booked));
    assert_eq!(store.bookings_between(Timestamp(SLOT), Timestamp(SLOT + 1), 10).await, Ok(booked.clone().into_iter().collect()));
    assert_eq!(store.bookings_between(Timestamp(SLOT + 1), Timestamp(i64::MAX), 10).await, Ok(vec![]));
    assert_eq!(store.load_ledger().await.unwrap().bookings.get(&BookingId(1)), booked.as_ref());
    assert_eq!(store.next_ids().await.unwrap().booking, 2);
    store.append(centre.cancel_booking(1, 1)).await.unwrap();
    assert_eq!(state(store.booking_of_link(&token).await.unwrap()), Some(BookingState::Cancelled), "what became of it is told on");
    assert!(store.load_ledger().await.unwrap().bookings.is_empty());
    assert_eq!(place.faults().await, [""; 0]);
}

/// Nothing of a link stands in the database, and each deployment has links of its own.
async fn a_link_of_another_deployment_opens_nothing(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append(centre.hold_time(1, SLOT, "")).await.unwrap();
    let token = store.booking_token(BookingId(1));
    store.set_setting("deployment.secret", &"7".repeat(64)).await.unwrap();
    store.close().await;
    let (store, _) = place.open_leased().await;
    assert_ne!(store.booking_token(BookingId(1)), token);
    assert_eq!(store.booking_of_link(&token).await, Ok(None));
}

async fn links_of_before_lead_where_they_did(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let token = "0123456789abcdef0123456789abcdef";
    let key = store.booking_key(token);
    store.append(centre.hold_time(1, SLOT, &key)).await.unwrap();
    assert_eq!(store.booking_of_link(token).await.unwrap().map(|record| record.booking), Some(BookingId(1)));
    // Whoever has read the database has the key, and that opens nothing.
    assert_eq!(store.booking_of_link(&key).await, Ok(None));
    // What is sent from now on leads there too.
    assert!(store.booking_of_link(&store.booking_token(BookingId(1))).await.unwrap().is_some());
    assert_eq!(place.faults().await, [""; 0]);
}

async fn open_bookings_of_a_citizen_are_counted(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    for (n, number) in [(1, NUMBER), (2, "070-174 06 05"), (3, "0701740606")] {
        let entries = vec![centre.hold_time(n, SLOT, &n.to_string()), centre.book_time(n, n, number)];
        store.append_all(entries).await.unwrap();
    }
    let open = async |number, matter: Option<u64>| {
        let records = store.open_bookings_of(number, matter.map(MatterId)).await.unwrap();
        records.iter().map(|record| record.booking.0).collect::<Vec<_>>()
    };
    assert_eq!(open(Some(NUMBER), None).await, [1, 2], "however it is written");
    assert_eq!(open(Some(NUMBER), Some(3)).await, [1, 2, 3], "and that of the matter");
    assert_eq!(open(None, Some(2)).await, [2]);
    for (number, matter) in [(Some("0701740607"), None), (Some(""), None), (None, Some(9)), (None, None)] {
        assert_eq!(open(number, matter).await, [0; 0], "{number:?} {matter:?}");
    }
    store.append(centre.cancel_booking(1, 1)).await.unwrap();
    assert_eq!(open(Some(NUMBER), None).await, [2]);
    store.erase_payloads(ContactId(2), Timestamp(1)).await.unwrap();
    assert_eq!(open(Some(NUMBER), None).await, [0; 0], "what was erased is nobody's");
    assert_eq!(place.faults().await, [""; 0]);
}

async fn what_was_changed_in_a_booking_by_hand_is_found(place: Place) {
    for (change, expected) in [
        ("UPDATE bookings SET state = 'cancelled'", "the record of booking 1 differs"),
        ("UPDATE bookings SET link_key = 'another'", "the record of booking 1 differs"),
        ("DELETE FROM bookings", "the record of booking 1 is missing"),
        ("UPDATE bookings SET booking = 7", "the record of booking 7 does not follow from the journal"),
    ] {
        let (store, _) = place.open_leased().await;
        if store.head().await.unwrap().is_none() {
            let mut centre = Centre::default();
            store.append_all(vec![centre.hold_time(1, SLOT, "key"), centre.book_time(1, 1, NUMBER)]).await.unwrap();
            place.tamper("CREATE TABLE kept_bookings AS SELECT * FROM bookings").await;
        }
        store.close().await;
        place.tamper(change).await;
        let faults = place.faults().await;
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{change}: {faults:#?}");
        place.tamper("DELETE FROM bookings; INSERT INTO bookings SELECT * FROM kept_bookings").await;
        assert_eq!(place.faults().await, [""; 0]);
    }
}
