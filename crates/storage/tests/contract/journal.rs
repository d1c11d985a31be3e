//! Appending: gapless, in the order of calls, whole or not at all; records as the journal says.

use crate::support::{Centre, Place};
use domain::{ContactId, PromiseId, Timestamp, routing::Event};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::collections::BTreeSet;
use storage::{NewEntry, NextIds, Seq};

on_both!(
    an_empty_database_verifies,
    a_call_is_kept_and_verifies,
    fifty_appenders_leave_no_gap,
    the_order_is_that_of_calls,
    several_entries_are_saved_together,
    entries_are_read_from_a_time,
    what_was_owed_at_a_time_is_told,
    ids_are_never_given_twice,
    it_verifies_while_it_is_written,
    records_follow_from_the_journal_in_any_morning,
);

async fn an_empty_database_verifies(place: Place) {
    let store = place.open().await;
    assert_eq!(place.faults().await, [""; 0]);
    assert_eq!(store.head().await, Ok(None));
    assert_eq!(store.next_ids().await.unwrap(), NextIds { contact: 1, matter: 1, promise: 1, offer: 1, attempt: 1, booking: 1 });
}

async fn a_call_is_kept_and_verifies(place: Place) {
    let (store, term) = place.open_leased().await;
    let mut centre = Centre::default();
    let entries = centre.whole_call("+46701740605");
    for (seq, entry) in (1..).zip(entries.clone()) {
        assert_eq!(store.append(entry).await, Ok(Seq(seq)));
    }
    store.append(centre.arrive("+46701740606")).await.unwrap();
    let found = storage::verify(&place.location).await.unwrap();
    assert_eq!((found.contacts, found.open, found.promises, found.faults), (2, 1, 1, vec![]));
    let kept = store.journal_since(Seq(0), 100).await.unwrap();
    assert_eq!(kept.len(), 5);
    for (kept, entry) in kept.iter().zip(&entries) {
        assert_eq!((kept.term, kept.at, &kept.event, &kept.commands), (term, entry.at, &entry.event, &entry.commands));
    }
}

async fn fifty_appenders_leave_no_gap(place: Place) {
    const APPENDERS: i64 = 50;
    const EACH: i64 = 10;
    let (store, _) = place.open_leased().await;
    let appenders: Vec<_> = (0..APPENDERS)
        .map(|appender| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut seqs = Vec::new();
                for number in 0..EACH {
                    seqs.push(store.append(tick(appender * EACH + number)).await.unwrap());
                }
                assert!(seqs.is_sorted(), "one appender's entries change places");
                seqs
            })
        })
        .collect();
    let mut seqs = BTreeSet::new();
    for appender in appenders {
        seqs.extend(appender.await.unwrap());
    }
    assert_eq!(seqs, (1..=u64::try_from(APPENDERS * EACH).unwrap()).map(Seq).collect());
    assert_eq!(place.faults().await, [""; 0]);
}

fn tick(at: i64) -> NewEntry {
    NewEntry { at: Timestamp(at), event: Event::TimePassed, commands: Vec::new(), records: Default::default(), payloads: Vec::new() }
}

async fn the_order_is_that_of_calls(place: Place) {
    let (store, _) = place.open_leased().await;
    let called: Vec<_> = (0..2_000).map(|at| store.append(tick(at))).collect();
    for (seq, append) in (1..).zip(called).collect::<Vec<_>>().into_iter().rev() {
        assert_eq!(append.await, Ok(Seq(seq)));
    }
    let kept = store.journal_since(Seq(0), 2_000).await.unwrap();
    assert!(kept.iter().map(|entry| entry.at.0).eq(0..2_000));
}

async fn several_entries_are_saved_together(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    assert_eq!(store.append_all(Vec::new()).await, Ok(Vec::new()));
    assert_eq!(store.append_all(centre.whole_call("+46701740605")).await, Ok(vec![Seq(1), Seq(2), Seq(3), Seq(4)]));
    assert_eq!(store.append(centre.tick()).await, Ok(Seq(5)));
    assert_eq!(place.faults().await, [""; 0]);
}

async fn entries_are_read_from_a_time(place: Place) {
    let (store, _) = place.open_leased().await;
    store.append_all([10, 20, 20, 30, 40].map(tick).to_vec()).await.unwrap();
    for (from, limit, expected) in
        [(0, 9, vec![1, 2, 3, 4, 5]), (20, 2, vec![2, 3]), (21, 9, vec![4, 5]), (40, 9, vec![5]), (41, 9, vec![])]
    {
        let found: Vec<_> = store.entries_from(Timestamp(from), limit).await.unwrap().into_iter().map(|entry| entry.seq.0).collect();
        assert_eq!(found, expected, "from {from}");
    }
    assert_eq!(store.journal_since(Seq(5), 9).await, Ok(Vec::new()));
}

/// A caller keeps the place: what was owed to them, and the call that is.
async fn what_was_owed_at_a_time_is_told(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    // At 1, 2 and 3 s: promise 1 is made, and replaced by promise 2, which contact 2 keeps.
    store.append_all(vec![centre.arrive("+46701740605"), centre.queue(1), centre.keep_place(1)]).await.unwrap();
    for (at, promises, calls) in [
        (1_000, vec![], vec![]),
        (1_001, vec![1], vec![]),
        (3_000, vec![1], vec![]),
        (3_001, vec![2], vec![(ContactId(2), PromiseId(2))]),
        (i64::MAX, vec![2], vec![(ContactId(2), PromiseId(2))]),
    ] {
        let owed = store.owed_at(Timestamp(at)).await.unwrap();
        let found: Vec<_> = owed.promises.iter().map(|record| record.promise.0).collect();
        assert_eq!((found, owed.calls), (promises, calls), "at {at}");
    }
}

async fn ids_are_never_given_twice(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append_all(centre.whole_call("+46701740605")).await.unwrap();
    let json = serde_json::json!({ "kind": "offer_accepted", "offer": 41, "operator": 99 });
    store.append(centre.entry(serde_json::from_value(json).unwrap(), Vec::new(), Vec::new())).await.unwrap();
    let json = serde_json::json!({ "kind": "party_ringing", "contact": 1, "attempt": 8 });
    store.append(centre.entry(serde_json::from_value(json).unwrap(), Vec::new(), Vec::new())).await.unwrap();
    let expected = NextIds { contact: 2, matter: 2, promise: 3, offer: 42, attempt: 9, booking: 1 };
    assert_eq!(store.next_ids().await, Ok(expected));
    store.close().await;
    assert_eq!(place.open().await.next_ids().await, Ok(expected));
}

async fn it_verifies_while_it_is_written(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let mut contacts = 0;
    for _ in 0..8 {
        let writing: Vec<_> = (0..20).map(|_| store.append_all(centre.whole_call("+46701740605"))).collect();
        let found = storage::verify(&place.location).await.unwrap();
        assert_eq!(found.faults, [""; 0]);
        assert!(found.contacts >= contacts && found.open == 0, "{found:?}");
        contacts = found.contacts;
        for append in writing {
            append.await.unwrap();
        }
    }
}

async fn records_follow_from_the_journal_in_any_morning(place: Place) {
    for seed in 1..=3 {
        let mut random = StdRng::seed_from_u64(seed);
        let (store, _) = place.open_leased().await;
        let mut centre = if seed == 1 { Centre::default() } else { Centre::going_on(&store).await };
        let mut appends = Vec::new();
        for _ in 0..150 {
            appends.push(store.append(any_act(&mut centre, &mut random)));
        }
        for append in appends {
            append.await.unwrap();
        }
        assert_eq!(place.faults().await, [""; 0], "seed {seed}");
        let mut open = centre.ledger.clone();
        open.forget_closed();
        assert_eq!(store.load_ledger().await.unwrap(), open, "seed {seed}");
        store.close().await;
    }
}

fn any_act(centre: &mut Centre, random: &mut StdRng) -> NewEntry {
    use domain::contact::ContactState;
    let open: Vec<_> = centre.ledger.contacts.values().filter(|record| record.closed.is_none()).map(|r| (r.contact.0, r.state)).collect();
    if open.is_empty() || random.random_ratio(1, 4) {
        return centre.arrive("+46701740605");
    }
    let (contact, state) = open[random.random_range(0..open.len())];
    match (state, random.random_range(0..3)) {
        (_, 0) => centre.close(contact),
        (ContactState::Dialogue, _) => centre.queue(contact),
        (ContactState::Queued, _) => centre.connect(contact),
        _ => centre.tick(),
    }
}
