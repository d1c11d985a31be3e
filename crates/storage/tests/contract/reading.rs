//! The named reads: lists, matters over time, what is owed.

use crate::support::{Centre, Place};
use domain::{
    ContactId, MatterId, OperatorId, QueueId, RegionId,
    contact::{Channel, ContactState, PromiseKind, Reference},
    intent::Intent,
};
use storage::{ContactFilter, What};

on_both!(contacts_are_listed_newest_first, a_matter_tells_its_course, promises_are_listed_by_due_time);

/// Contact 1 closed with a report, 2 abandoned, 3 in the queue, 4 in the dialogue.
async fn four_calls(place: &Place) -> (storage::Store, Centre) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append_all(centre.whole_call("+46701740605")).await.unwrap();
    for contact in 2..=4 {
        store.append(centre.arrive("+46701740606")).await.unwrap();
        if contact < 4 {
            store.append(centre.queue(contact)).await.unwrap();
        }
    }
    store.append(centre.close(2)).await.unwrap();
    (store, centre)
}

async fn contacts_are_listed_newest_first(place: Place) {
    let (store, centre) = four_calls(&place).await;
    let none = ContactFilter::default;
    let cases: Vec<(ContactFilter, u32, Option<u64>, Vec<u64>)> = vec![
        (none(), 9, None, vec![4, 3, 2, 1]),
        (none(), 2, None, vec![4, 3]),
        (none(), 2, Some(3), vec![2, 1]),
        (ContactFilter { open: Some(true), ..none() }, 9, None, vec![4, 3]),
        (ContactFilter { open: Some(false), ..none() }, 9, None, vec![2, 1]),
        (ContactFilter { state: Some(ContactState::Queued), ..none() }, 9, None, vec![3]),
        (ContactFilter { channel: Some(Channel::Mail), ..none() }, 9, None, vec![]),
        (ContactFilter { region: Some(RegionId::new("vast")), ..none() }, 9, None, vec![3, 2, 1]),
        (ContactFilter { queue: Some(QueueId::new("vast.report")), open: Some(true), ..none() }, 9, None, vec![3]),
        (ContactFilter { intent: Some(Intent::ReportBicycleTheft), ..none() }, 9, None, vec![3, 2, 1]),
        (ContactFilter { operator: Some(OperatorId(7)), ..none() }, 9, None, vec![1]),
        (ContactFilter { matter: Some(MatterId(4)), ..none() }, 9, None, vec![4]),
    ];
    for (filter, limit, before, expected) in cases {
        let rows = store.contacts(&filter, limit, before.map(ContactId)).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.record.contact.0).collect::<Vec<_>>(), expected, "{filter:?}");
        for row in rows {
            assert_eq!(row.record, centre.ledger.contacts[&row.record.contact]);
            assert_eq!(row.reference, Reference::of(row.record.matter));
            assert_eq!(row.next_promise.as_ref(), centre.ledger.next_promise(row.record.matter));
        }
    }
}

async fn a_matter_tells_its_course(place: Place) {
    let (store, centre) = four_calls(&place).await;
    let file = store.matter(MatterId(1)).await.unwrap().unwrap();
    assert_eq!(file.matter, centre.ledger.matters[&MatterId(1)]);
    assert_eq!(store.matter_by_reference(file.reference).await, Ok(Some(file.clone())));
    assert_eq!(store.matter(MatterId(99)).await, Ok(None));
    let course = file.timeline();
    assert!(course.is_sorted_by_key(|moment| moment.at));
    assert_eq!(course.first().map(|moment| &moment.what), Some(&What::MatterOpened));
    assert_eq!(course.last().map(|moment| &moment.what), Some(&What::MatterClosed));
    let count = |wanted: fn(&What) -> bool| course.iter().filter(|moment| wanted(&moment.what)).count();
    assert_eq!(count(|what| matches!(what, What::PromiseMade { .. })), 2);
    assert_eq!(count(|what| matches!(what, What::PromiseSettled { .. })), 2);
    assert_eq!(count(|what| matches!(what, What::QueueLeft { .. })), 1);
    assert_eq!(count(|what| matches!(what, What::ContactClosed { .. })), 1);
}

async fn promises_are_listed_by_due_time(place: Place) {
    let (store, _) = four_calls(&place).await;
    let promises = store.open_promises(9).await.unwrap();
    assert!(promises.is_sorted_by_key(|promise| (promise.due, promise.promise)));
    assert_eq!(promises.len(), 3);
    assert_eq!(promises[0].kind, PromiseKind::FollowUp, "the abandoned caller is rung first");
    assert_eq!(store.open_promises(1).await.unwrap().len(), 1);
}
