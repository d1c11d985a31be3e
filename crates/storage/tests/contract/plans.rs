//! The versions of the plan and what became of those that were asked for.

use crate::support::Place;
use domain::{OperatorId, Timestamp};
use storage::{NewPlanChange, PlanOutcome, Store};

on_both!(a_plan_is_kept_once_and_asked_for_often, the_plan_in_force_is_the_one_adopted_last, changes_to_come_wait_in_order_of_their_time);

async fn ask(store: &Store, digest: &str, due: i64) -> u64 {
    let text = format!("the text of {digest}");
    let wanted =
        NewPlanChange { digest, text: &text, due: Timestamp(due), asked: Timestamp(1), account: Some(OperatorId(7)), reason: "Skara" };
    store.ask_for_plan(&wanted).await.unwrap()
}

async fn a_plan_is_kept_once_and_asked_for_often(place: Place) {
    let store = place.open().await;
    assert_eq!(store.plan_text("a").await, Ok(None));
    assert_eq!((ask(&store, "a", 5).await, ask(&store, "b", 6).await, ask(&store, "a", 7).await), (1, 2, 3));
    assert_eq!(store.plan_text("a").await.unwrap().as_deref(), Some("the text of a"));
    let changes = store.plan_changes().await.unwrap();
    assert_eq!(changes.iter().map(|change| (change.id, change.digest.as_str())).collect::<Vec<_>>(), [(3, "a"), (2, "b"), (1, "a")]);
    let last = &changes[0];
    assert_eq!((last.due, last.asked, last.account, last.reason.as_str()), (Timestamp(7), Timestamp(1), Some(OperatorId(7)), "Skara"));
    assert_eq!((last.ended, last.outcome), (None, None));
}

async fn the_plan_in_force_is_the_one_adopted_last(place: Place) {
    let store = place.open().await;
    assert_eq!(store.plan_in_force().await, Ok(None));
    for (digest, outcome) in
        [("a", PlanOutcome::Adopted), ("b", PlanOutcome::Adopted), ("c", PlanOutcome::Withdrawn), ("d", PlanOutcome::Refused)]
    {
        let change = ask(&store, digest, 5).await;
        assert!(store.end_plan_change(change, outcome, Timestamp(9)).await.unwrap());
        assert!(!store.end_plan_change(change, PlanOutcome::Adopted, Timestamp(10)).await.unwrap(), "it has ended");
    }
    assert!(!store.end_plan_change(99, PlanOutcome::Adopted, Timestamp(9)).await.unwrap(), "there is none");
    assert_eq!(store.plan_in_force().await.unwrap().map(|change| change.digest).as_deref(), Some("b"));
    store.close().await;
    let in_force = place.open().await.plan_in_force().await.unwrap().unwrap();
    assert_eq!((in_force.digest.as_str(), in_force.ended, in_force.outcome), ("b", Some(Timestamp(9)), Some(PlanOutcome::Adopted)));
}

async fn changes_to_come_wait_in_order_of_their_time(place: Place) {
    let store = place.open().await;
    for (digest, due) in [("late", 30), ("early", 10), ("withdrawn", 20)] {
        ask(&store, digest, due).await;
    }
    store.end_plan_change(3, PlanOutcome::Withdrawn, Timestamp(2)).await.unwrap();
    let to_come = store.plan_changes_to_come().await.unwrap();
    assert_eq!(to_come.iter().map(|change| change.digest.as_str()).collect::<Vec<_>>(), ["early", "late"]);
}
