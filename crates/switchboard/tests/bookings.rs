//! Booked times, on either database: however many ask at once for the last places, each is given once, also when the
//! process ends in the midst of it; a form that is sent twice, a link, a move, a cancelled time.
#![allow(clippy::unwrap_used)]

use crate::{cluster, support};
use domain::{
    ClassId, DeskId, RegionId,
    booking::{BookingState, TimeWanted},
    intent::Language,
};
use std::time::Duration;
use storage::Location;
use support::{Centre, Folder, side::NUMBER};
use switchboard::{BookingDetails, BookingRefusal, FreeTime, Switchboard, TimesWanted};
use tokio::{
    runtime::Runtime,
    task::JoinSet,
    time::{sleep, timeout},
};

const ASKING: usize = 50;
/// Visitors of a slot at the desk in Stockholm.
const PLACES: usize = 3;
const TRUNK: &str = "127.0.0.1:9";

/// The times of a desk with all its places.
fn at_desk(board: &Switchboard) -> Vec<FreeTime> {
    let wanted = TimesWanted { class: ClassId::new("report"), region: None, desk: Some(DeskId::new("stockholm")), from: None, days: 10 };
    let times = board.free_times(&wanted);
    assert!(times.len() > 20, "{times:?}");
    times
}

fn details(number: &str) -> BookingDetails {
    BookingDetails {
        language: Some(Language::Swedish),
        number: Some(number.to_owned()),
        mail: Some("nobody@example.org".to_owned()),
        words: Some("min cykel".to_owned()),
        ..BookingDetails::default()
    }
}

/// So many ask at once; which of them have it, and why the others have not.
async fn rush(board: &Switchboard, wanted: &TimeWanted) -> (Vec<String>, Vec<BookingRefusal>) {
    let mut asking = JoinSet::new();
    for _ in 0..ASKING {
        let (board, wanted) = (board.clone(), wanted.clone());
        asking.spawn(async move { board.hold_time(wanted).await });
    }
    let (mut held, mut refused) = (Vec::new(), Vec::new());
    while let Some(answer) = asking.join_next().await {
        match answer.unwrap() {
            Ok(hold) => held.push(hold.token),
            Err(why) => refused.push(why),
        }
    }
    (held, refused)
}

async fn the_last_places_are_given_once(location: Location) {
    let centre = Centre::start_on(&location, TRUNK).await;
    let board = centre.board();
    let wanted = at_desk(board)[3].wanted.clone();
    let (held, refused) = rush(board, &wanted).await;
    assert_eq!((held.len(), refused.len()), (PLACES, ASKING - PLACES));
    assert!(refused.iter().all(|why| *why == BookingRefusal::Full), "{refused:?}");
    for (n, token) in held.iter().enumerate() {
        let number = format!("070174060{}", 5 + n);
        let booked = board.book(token, details(&number)).await.unwrap();
        assert_eq!(booked.record.state, BookingState::Booked);
        // The same form once more.
        assert_eq!(board.book(token, details(&number)).await.unwrap(), booked);
        assert_eq!(board.booking(token).await.unwrap(), booked);
    }
    // Somebody takes theirs back, and the place is given once more.
    assert_eq!(board.cancel_booking(&held[0]).await.unwrap().record.state, BookingState::Cancelled);
    let (again, _) = rush(board, &wanted).await;
    assert_eq!(again.len(), 1);
    centre.stop().await;
    assert_eq!(storage::verify(&location).await.unwrap().faults, [""; 0]);
}

/// The process dies while they ask: whoever was told that they have it has it, and no place is given twice.
fn dies_in_the_midst(location: &Location) {
    let process = Runtime::new().unwrap();
    let (centre, wanted, told) = process.block_on(async {
        let centre = Centre::start_on(location, TRUNK).await;
        let wanted = at_desk(centre.board())[3].wanted.clone();
        let mut asking = JoinSet::new();
        for _ in 0..ASKING {
            let (board, wanted) = (centre.board().clone(), wanted.clone());
            asking.spawn(async move { board.hold_time(wanted).await });
        }
        let first = timeout(support::side::DEADLINE, asking.join_next()).await.unwrap().unwrap().unwrap();
        (centre, wanted, first.ok().map(|hold| hold.token))
    });
    // Everything of the process is gone at once, in whatever state it was.
    process.shutdown_background();
    drop(centre);
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let centre = Centre::start_on(location, TRUNK).await;
        let (held, _) = rush(centre.board(), &wanted).await;
        let kept = centre.board().store().load_ledger().await.unwrap().bookings;
        assert_eq!(kept.len(), PLACES, "those of before and those of after");
        assert!(kept.values().all(|record| record.wanted == wanted && record.state == BookingState::Held));
        assert!(held.len() <= PLACES);
        if let Some(token) = told {
            assert!(centre.board().book(&token, details(NUMBER)).await.is_ok(), "what was acknowledged is there");
        }
        centre.stop().await;
        assert_eq!(storage::verify(location).await.unwrap().faults, [""; 0]);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_places_are_given_once_on_sqlite() {
    let folder = Folder::new();
    the_last_places_are_given_once(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_places_are_given_once_on_postgresql() {
    the_last_places_are_given_once(Location::Postgres(cluster::database("last_places"))).await;
}

#[test]
fn a_process_that_dies_in_the_midst_sells_nothing_twice_on_sqlite() {
    let folder = Folder::new();
    dies_in_the_midst(&folder.location());
}

#[test]
fn a_process_that_dies_in_the_midst_sells_nothing_twice_on_postgresql() {
    dies_in_the_midst(&Location::Postgres(cluster::database("dying")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_is_moved_by_its_link_and_by_nobody_elses() {
    let folder = Folder::new();
    let centre = Centre::start_on(&folder.location(), TRUNK).await;
    let board = centre.board();
    let times = at_desk(board);
    let [first, second] = [times[3].wanted.clone(), times[4].wanted.clone()];
    let hold = board.hold_time(first.clone()).await.unwrap();
    assert_eq!(board.booking(&hold.token).await, Err(BookingRefusal::Unknown), "a hold is no booking yet");
    assert_eq!(board.book(&hold.token, BookingDetails::default()).await, Err(BookingRefusal::Number));
    let booked = board.book(&hold.token, details(NUMBER)).await.unwrap();
    // The other time is taken up to its last place, and then a place is free again.
    let (others, _) = rush(board, &second).await;
    assert_eq!(board.move_booking(&hold.token, second.clone()).await, Err(BookingRefusal::Full));
    assert_eq!(board.booking(&hold.token).await.unwrap().record.wanted, first);
    board.leave_hold(&others[0]).await.unwrap();
    board.leave_hold(&others[0]).await.unwrap();
    let moved = board.move_booking(&hold.token, second.clone()).await.unwrap();
    assert_eq!((moved.reference, moved.record.moves, moved.record.wanted), (booked.reference, 1, second.clone()));
    assert_eq!(board.booking("0123456789abcdef0123456789abcdef").await, Err(BookingRefusal::Unknown));
    assert_eq!(board.book(&others[0], details(NUMBER)).await, Err(BookingRefusal::HoldExpired));
    let day = second.slot.local(&board.deployment().plan.zone).date();
    assert_eq!(board.bookings_on(day).await.unwrap().len(), 1, "holds are no bookings");
    centre.stop().await;
    folder.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_citizen_has_no_more_than_the_plan_lets_them() {
    let folder = Folder::new();
    let centre = Centre::start_on(&folder.location(), TRUNK).await;
    let board = centre.board();
    let times = at_desk(board);
    let mut booked = Vec::new();
    for (n, expected) in [(3, None), (4, None), (5, Some(BookingRefusal::TooMany))] {
        let hold = board.hold_time(times[n].wanted.clone()).await.unwrap();
        // The same number, written otherwise.
        let number = if n == 4 { "070-174 06 05" } else { "0701740605" };
        match board.book(&hold.token, details(number)).await {
            Ok(done) => booked.push(done.token),
            Err(why) => assert_eq!(Some(why), expected),
        }
    }
    assert_eq!(booked.len(), 2);
    board.cancel_booking(&booked[0]).await.unwrap();
    let hold = board.hold_time(times[6].wanted.clone()).await.unwrap();
    assert!(board.book(&hold.token, details("0701740605")).await.is_ok(), "one was taken back");
    centre.stop().await;
    folder.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_given_by_region_and_anywhere() {
    let folder = Folder::new();
    let centre = Centre::start_on(&folder.location(), TRUNK).await;
    let board = centre.board();
    let ask = |region: Option<&str>| {
        board.free_times(&TimesWanted { class: ClassId::new("report"), region: region.map(RegionId::new), desk: None, from: None, days: 7 })
    };
    let (anywhere, north) = (ask(None), ask(Some("nord")));
    assert_eq!(anywhere.len(), north.len(), "each time once");
    assert!(anywhere.iter().all(|time| time.free == 2) && north.iter().all(|time| time.free == 1));
    let hold = board.hold_time(north[5].wanted.clone()).await.unwrap();
    board.book(&hold.token, details(NUMBER)).await.unwrap();
    // The snapshot follows.
    let deadline = tokio::time::Instant::now() + support::side::DEADLINE;
    while ask(Some("nord")).iter().find(|time| time.wanted == north[5].wanted).is_some_and(|time| time.free > 0) {
        assert!(tokio::time::Instant::now() < deadline);
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(board.hold_time(north[5].wanted.clone()).await, Err(BookingRefusal::Full));
    assert_eq!(ask(Some("nowhere")), []);
    centre.stop().await;
    folder.verify().await;
}
