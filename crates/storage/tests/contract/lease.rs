//! One node at a time: an old term writes nothing, a dead holder blocks nobody.

use crate::support::{Centre, Place};
use storage::{LeaseError, Seq, StoreError};

on_both!(without_a_lease_nothing_is_appended, an_old_term_writes_nothing, one_node_at_a_time, terms_only_rise);

const LONG_MS: u64 = 3_600_000;

async fn without_a_lease_nothing_is_appended(place: Place) {
    let store = place.open().await;
    let mut centre = Centre::default();
    assert_eq!(store.append(centre.tick()).await, Err(StoreError::Fenced));
    let term = store.take_lease("a", LONG_MS).await.unwrap();
    assert_eq!(store.append(centre.tick()).await, Ok(Seq(1)));
    store.release_lease(term).await.unwrap();
    assert_eq!(store.append(centre.tick()).await, Err(StoreError::Fenced));
    assert_eq!(store.head().await.unwrap().unwrap().seq, Seq(1));
}

async fn an_old_term_writes_nothing(place: Place) {
    let (store, term) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append(centre.tick()).await.unwrap();
    place.tamper("UPDATE lease SET term = term + 1, node = 'b'").await;
    assert_eq!(store.append(centre.tick()).await, Err(StoreError::Fenced));
    assert_eq!(store.renew_lease(term, LONG_MS).await, Err(LeaseError::Lost));
    assert_eq!(store.release_lease(term).await, Err(LeaseError::Lost));
    // What another node wrote is never taken for what this one asked for.
    assert_eq!(store.settled_head().await, Err(StoreError::Fenced));
    assert_eq!(store.head().await.unwrap().unwrap().seq, Seq(1));
}

async fn one_node_at_a_time(place: Place) {
    let (one, other) = (place.open().await, place.open().await);
    let mut centre = Centre::default();
    let first = one.take_lease("a", LONG_MS).await.unwrap();
    assert!(matches!(other.take_lease("b", LONG_MS).await, Err(LeaseError::HeldBy { node, .. }) if node == "a"));
    one.append(centre.tick()).await.unwrap();
    one.renew_lease(first, LONG_MS).await.unwrap();
    one.release_lease(first).await.unwrap();
    let second = other.take_lease("b", LONG_MS).await.unwrap();
    assert!(second > first);
    assert_eq!(one.append(centre.tick()).await, Err(StoreError::Fenced));
    assert_eq!(other.append(centre.tick()).await, Ok(Seq(2)));
    assert_eq!(one.renew_lease(first, LONG_MS).await, Err(LeaseError::Lost));
    assert_eq!(place.faults().await, [""; 0]);
}

async fn terms_only_rise(place: Place) {
    let mut last = None;
    for _ in 0..3 {
        let (store, term) = place.open_leased().await;
        assert!(Some(term) > last);
        last = Some(term);
        store.close().await;
    }
}

#[tokio::test]
async fn a_lease_in_postgres_runs_out_by_itself() {
    let place = Place::postgres().await;
    let (one, _) = place.open_leased().await;
    let other = place.open().await;
    let mut centre = Centre::default();
    other.take_lease("b", LONG_MS).await.unwrap();
    assert_eq!(one.append(centre.tick()).await, Err(StoreError::Fenced));
    assert_eq!(other.append(centre.tick()).await, Ok(Seq(1)));
}
