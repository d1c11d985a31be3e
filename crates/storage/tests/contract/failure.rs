//! A full disk and a lost connection: an error, no half-written state, and on again afterwards.

use crate::support::{Centre, Place};
use sqlx::Connection;
use storage::{Location, OpenError, Seq, Store, StoreError};

on_both!(
    a_full_disk_loses_nothing,
    nothing_later_is_saved_before_a_failure_is_seen,
    a_dropped_failure_blocks_nobody,
    a_closed_store_says_so
);

/// Enough that it cannot go into pages already there.
async fn fail_one(store: &Store, centre: &Centre) -> Result<Seq, StoreError> {
    let mut lost = centre.clone();
    let mut entry = lost.arrive("+46701740605");
    entry.payloads[1].body = "x".repeat(100_000).into();
    store.append(entry).await
}

async fn a_full_disk_loses_nothing(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append_all(centre.whole_call("+46701740605")).await.unwrap();
    place.fill_disk().await;
    for _ in 0..3 {
        assert_eq!(fail_one(&store, &centre).await, Err(StoreError::Full));
    }
    assert_eq!(place.faults().await, [""; 0]);
    assert_eq!(store.head().await.unwrap().unwrap().seq, Seq(4));
    place.make_room().await;
    assert_eq!(store.append_all(centre.whole_call("+46701740606")).await.map(|seqs| seqs[0]), Ok(Seq(5)));
    assert_eq!(place.faults().await, [""; 0]);
}

async fn nothing_later_is_saved_before_a_failure_is_seen(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append(centre.tick()).await.unwrap();
    place.fill_disk().await;
    let mut lost = centre.clone();
    let mut entry = lost.arrive("+46701740605");
    entry.payloads[1].body = "x".repeat(100_000).into();
    let failing = store.append(entry);
    let resting_on_it: Vec<_> = (0..600).map(|_| store.append(lost.tick())).collect();
    assert_eq!(failing.await, Err(StoreError::Full));
    place.make_room().await;
    for append in resting_on_it {
        assert_eq!(append.await, Err(StoreError::Full));
    }
    assert_eq!(store.append(centre.tick()).await, Ok(Seq(2)));
}

async fn a_dropped_failure_blocks_nobody(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    place.fill_disk().await;
    let mut lost = centre.clone();
    for _ in 0..20 {
        let mut entry = lost.arrive("+46701740605");
        entry.payloads[1].body = "x".repeat(100_000).into();
        drop(store.append(entry));
    }
    assert_eq!(fail_one(&store, &centre).await, Err(StoreError::Full));
    place.make_room().await;
    assert_eq!(store.append(centre.tick()).await, Ok(Seq(1)));
}

async fn a_closed_store_says_so(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let queued: Vec<_> = (0..10).map(|_| store.append(centre.tick())).collect();
    store.close().await;
    for append in queued {
        assert!(append.await.is_ok(), "what was queued before closing is saved");
    }
    assert!(matches!(store.append(centre.tick()).await, Err(StoreError::Gone(_) | StoreError::Fenced)));
    assert_eq!(place.faults().await, [""; 0]);
}

#[tokio::test]
async fn more_than_the_queue_holds_is_refused_and_the_rest_is_kept() {
    let place = Place::sqlite();
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    // On one thread the writer gets no turn before the first await.
    let appends: Vec<_> = (0..5_000).map(|_| store.append(centre.tick())).collect();
    let mut kept = 0;
    let mut refused = 0;
    for append in appends {
        match append.await {
            Ok(seq) => {
                assert_eq!(refused, 0, "{seq} was saved after an earlier one was refused");
                kept += 1;
            }
            Err(error) => {
                assert_eq!(error, StoreError::Busy);
                refused += 1;
            }
        }
    }
    assert_eq!((kept, refused), (4_096, 904));
    assert_eq!(store.append(centre.tick()).await, Ok(Seq(4_097)));
}

#[tokio::test]
async fn a_cut_connection_is_made_again() {
    let place = Place::postgres().await;
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append(centre.tick()).await.unwrap();
    place
        .tamper("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        .await;
    // The pool may notice by itself; otherwise one append fails and says so.
    let next = store.append(centre.tick()).await;
    assert!(matches!(next, Ok(_) | Err(StoreError::Gone(_))), "{next:?}");
    store.append(centre.tick()).await.unwrap();
    assert_eq!(place.faults().await, [""; 0]);
}

#[tokio::test]
async fn a_connection_that_dies_at_the_commit_has_saved_nothing() {
    let place = Place::postgres().await;
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append(centre.tick()).await.unwrap();
    place
        .tamper(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; \
             CREATE CONSTRAINT TRIGGER die AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
        )
        .await;
    let lost = store.append(centre.clone().tick()).await;
    assert!(matches!(lost, Err(StoreError::Gone(_))), "{lost:?}");
    place.tamper("DROP TRIGGER die ON journal").await;
    assert_eq!(store.append(centre.tick()).await, Ok(Seq(2)));
    assert_eq!(place.faults().await, [""; 0]);
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let place = Place::sqlite();
    let blocked = place.folder().with_extension("file");
    std::fs::write(&blocked, "not a folder").unwrap();
    let location = Location::Sqlite(blocked.join("inside"));
    assert!(matches!(Store::open(&location).await, Err(OpenError::UnwritableFolder { .. })));
    assert!(matches!(storage::verify(&location).await, Err(OpenError::Missing { .. })));
    std::fs::remove_file(&blocked).unwrap();

    std::fs::create_dir_all(place.folder()).unwrap();
    std::fs::write(place.folder().join("svar.db"), "this is no database, whatever its name says. ".repeat(100)).unwrap();
    assert!(matches!(Store::open(&place.location).await, Err(OpenError::Damaged { .. })));

    for (address, unreachable) in [("postgres://nobody@127.0.0.1:1/svar", true), ("nonsense", false)] {
        let error = Store::open(&Location::Postgres(address.to_owned())).await.err().unwrap();
        assert_eq!(matches!(error, OpenError::Unreachable { .. }), unreachable, "{error}");
        assert_eq!(matches!(error, OpenError::BadAddress), !unreachable, "{error}");
    }
}

mod newer {
    use super::*;
    on_both!(a_newer_layout_is_left_alone);

    async fn a_newer_layout_is_left_alone(place: Place) {
        place.open().await.close().await;
        place.tamper("INSERT INTO layout (number) VALUES (99)").await;
        let newer = OpenError::NewerSchema { found: 99, known: 13 };
        assert_eq!(Store::open(&place.location).await.err(), Some(newer.clone()));
        assert_eq!(storage::verify(&place.location).await.err(), Some(newer));
    }
}

/// A commit that was given up may still happen. PostgreSQL alone ends it behind our back: SQLite's
/// writer is this very process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_what_was_kept_waits_for_what_is_under_way() {
    let place = Place::postgres().await;
    let Location::Postgres(address) = place.location.clone() else { return };
    let (store, _) = place.open_leased().await;
    store.append(Centre::default().tick()).await.unwrap();
    let run = |sql: &'static str| sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    let mut under_way = sqlx::PgConnection::connect(&address).await.unwrap();
    run("BEGIN; UPDATE lease SET beats = beats + 1 WHERE id = 1;
         INSERT INTO journal (seq, term, at, body, payload_hashes, prev_hash, hash)
         SELECT seq + 1, term, at, body, payload_hashes, hash, hash FROM journal")
    .execute(&mut under_way)
    .await
    .unwrap();
    assert_eq!(store.head().await.unwrap().unwrap().seq, Seq(1), "not kept yet");
    let asked = tokio::spawn({
        let store = store.clone();
        async move { store.settled_head().await }
    });
    let mut watch = sqlx::PgConnection::connect(&address).await.unwrap();
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut watch).await.unwrap() == 0 {
        assert!(!asked.is_finished(), "it answered while a commit was under way");
    }
    run("COMMIT").execute(&mut under_way).await.unwrap();
    assert_eq!(asked.await.unwrap().unwrap().unwrap().seq, Seq(2));
}
