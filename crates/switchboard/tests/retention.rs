//! What the plan keeps no longer is erased at the next start, on either database, and nothing else: neither what is held, nor what
//! is open again, nor what is kept longer.
#![allow(clippy::unwrap_used)]

use crate::{cluster, support};

use domain::{
    ContactId, MatterId, OperatorId, PromiseId, Timestamp, UnitId,
    contact::{Channel, Outcome, Owner, PromiseKind, Settlement, ledger::Ledger},
    intent::{Intent, Language},
    routing::{Command, Event},
};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use storage::{AccessFilter, HoldReason, Location, NewEntry, Payload, Reader, Records, Store};
use support::{Centre, Folder, config_of, side::DEADLINE, sweden_with};
use switchboard::{Deployment, Refusal};

const NUMBER: &str = "0701740605";
const DAY_MS: u64 = 86_400_000;
const LEADER: OperatorId = OperatorId(7);

/// Tips are kept for a month, reports for a year, all else until somebody erases it.
fn keeping() -> Deployment {
    let rows = "[[retention]]\nclass = \"tip\"\nafter = \"30 d\"\n\n[[retention]]\nclass = \"report\"\nafter = \"365 d\"\n\n[survey]\n";
    sweden_with(&[("[survey]\n", rows)])
}

fn days_ago(days: u64) -> Timestamp {
    let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    Timestamp(i64::try_from(now - days * DAY_MS).unwrap())
}

/// Matters in the order of their numbers, each about this and closed so many days ago.
async fn closed(location: &Location, matters: &[(Intent, u64)]) {
    let store = Store::open(location).await.unwrap();
    let term = store.take_lease("before", 60_000).await.unwrap();
    let (mut ledger, owner) = (Ledger::default(), Owner::Unit(UnitId::new("operators.vast")));
    for (number, (intent, days)) in (1..).zip(matters) {
        let (contact, matter, promise, at) = (ContactId(number), MatterId(number), PromiseId(number), days_ago(*days));
        let commands = vec![
            Command::OpenContact { contact, matter, channel: Channel::Web, owner: owner.clone() },
            Command::Describe { contact, region: None, uncertain: false, intent: Some(*intent), language: Language::Swedish, urged: false },
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::Report, owner: owner.clone(), due: at },
            Command::SettlePromise { promise, matter, settlement: Settlement::Kept },
            Command::CloseContact { contact, outcome: Outcome::ReportReceived },
            Command::CloseMatter { matter },
        ];
        let changes = ledger.apply(number, at, &commands).unwrap();
        let records = Records::of(&changes, &ledger);
        let payloads = vec![Payload::caller(contact, Some(NUMBER), None)];
        store.append(NewEntry { at, event: Event::TimePassed, commands, records, payloads }).await.unwrap();
    }
    store.release_lease(term).await.unwrap();
    store.close().await;
}

async fn is_erased(store: &Store, contact: u64) -> bool {
    store.contact(ContactId(contact)).await.unwrap().unwrap().payloads[0].body.is_none()
}

async fn erased_at_last(store: &Store, contact: u64) {
    let deadline = Instant::now() + DEADLINE;
    while !is_erased(store, contact).await {
        assert!(Instant::now() < deadline, "contact {contact} is never erased");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn what_is_kept_no_longer_is_erased_at_a_start(location: Location) {
    let (bicycle, tip) = (Intent::ReportBicycleTheft, Intent::Tip);
    let (held, open, kept, other, young, last) = (1, 2, 3, 4, 5, 6);
    closed(&location, &[(tip, 90), (tip, 80), (bicycle, 90), (Intent::Operator, 900), (tip, 29), (tip, 31)]).await;
    let reason = HoldReason::read("an appeal of ours is pending").unwrap();
    let centre = Centre::start_by(&location, config_of("nowhere"), sweden_with(&[])).await;
    let board = centre.board();
    board.hold_matter(LEADER, MatterId(held), &reason).await.unwrap();
    assert_eq!(board.hold_matter(LEADER, MatterId(held), &reason).await, Err(Refusal::NotNow), "it is held already");
    let told = board.holds(Some(LEADER), MatterId(held)).await.unwrap();
    assert_eq!(told[0].reason.as_ref(), Some(&reason));
    assert_eq!(board.holds(None, MatterId(held)).await.unwrap()[0].reason, None, "a program is told no reasons");
    centre.stop().await;
    // Somebody owes something of it once more.
    let store = Store::open(&location).await.unwrap();
    let term = store.take_lease("between", 60_000).await.unwrap();
    let mut ledger = store.load_ledger().await.unwrap();
    let (contact, matter, promise, owner) = (ContactId(99), MatterId(open), PromiseId(99), Owner::Unit(UnitId::new("operators.vast")));
    let record = store.matter(matter).await.unwrap().unwrap().matter;
    ledger.matters.insert(matter, record);
    let commands = vec![
        Command::OpenContact { contact, matter, channel: Channel::Web, owner: owner.clone() },
        Command::MakePromise { promise, matter, promise_kind: PromiseKind::FollowUp, owner, due: days_ago(0).plus_ms(DAY_MS) },
        Command::CloseContact { contact, outcome: Outcome::Read },
    ];
    let at = days_ago(0);
    let changes = ledger.apply(100, at, &commands).unwrap();
    let records = Records::of(&changes, &ledger);
    store.append(NewEntry { at, event: Event::TimePassed, commands, records, payloads: Vec::new() }).await.unwrap();
    for contact in [held, open, kept, other, young, last] {
        assert!(!is_erased(&store, contact).await, "{contact}: the plan before said nothing of it");
    }
    store.release_lease(term).await.unwrap();
    store.close().await;

    let centre = Centre::start_by(&location, config_of("nowhere"), keeping()).await;
    let store = centre.board().store();
    // The last in the order of their times: all others were looked at before.
    erased_at_last(store, last).await;
    for contact in [held, open, kept, other, young] {
        assert!(!is_erased(store, contact).await, "{contact}");
    }
    let logged = store.accesses(&AccessFilter { contact: Some(ContactId(last)), ..AccessFilter::default() }, 9).await.unwrap();
    let logged: Vec<_> = logged.iter().map(|access| (&access.reader, &*access.what, &*access.why)).collect();
    assert_eq!(logged, [(&Reader::System, "retention", "tip, 30 d")]);
    let report = centre.board().retention(days_ago(0).plus_ms(7 * DAY_MS), &[(days_ago(1), days_ago(0).plus_ms(1))]).await.unwrap();
    assert_eq!(report.due.iter().map(|(class, count)| (class.to_string(), *count)).collect::<Vec<_>>(), [("tip".to_owned(), 1)]);
    let erased: Vec<_> = report.erased[0].iter().map(|(class, count)| (class.as_ref().unwrap().to_string(), count.matters)).collect();
    assert_eq!(erased, [("tip".to_owned(), 1)]);
    assert_eq!(report.held.iter().map(|hold| (hold.matter.0, hold.by, &hold.reason)).collect::<Vec<_>>(), [(held, LEADER, &None)]);

    // Let go, it is erased at the next start.
    centre.board().lift_hold(LEADER, MatterId(held), &HoldReason::read("it is decided").unwrap()).await.unwrap();
    centre.stop().await;
    let centre = Centre::start_by(&location, config_of("nowhere"), keeping()).await;
    erased_at_last(centre.board().store(), held).await;
    assert!(!is_erased(centre.board().store(), kept).await);
    centre.stop().await;
    assert_eq!(storage::verify(&location).await.unwrap().faults, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_no_longer_is_erased_on_sqlite() {
    let folder = Folder::new();
    what_is_kept_no_longer_is_erased_at_a_start(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_no_longer_is_erased_on_postgres() {
    what_is_kept_no_longer_is_erased_at_a_start(Location::Postgres(cluster::database("kept_no_longer"))).await;
}
