//! Personal data: drafts of reports, callers met before, the log of who read what.

use crate::support::{Centre, Place};
use domain::{ContactId, MatterId, OperatorId, Timestamp};
use serde_json::json;
use storage::{Access, AccessFilter, Reader, SaveReport};

on_both!(
    a_draft_is_never_overwritten_unseen,
    the_last_versions_of_a_draft_are_kept,
    callers_are_met_again,
    numbers_stand_in_payloads_alone,
    readings_are_logged
);

const OPERATOR: OperatorId = OperatorId(7);

async fn a_draft_is_never_overwritten_unseen(place: Place) {
    let store = place.open().await;
    let save = |base, text: &'static str, at| {
        let store = store.clone();
        async move { store.save_report(ContactId(1), OPERATOR, base, &json!({ "what_happened": text }), Timestamp(at)).await.unwrap() }
    };
    assert_eq!(store.report(ContactId(1)).await, Ok(None));
    assert_eq!(save(3, "from nothing", 1).await, SaveReport::Conflict { current: None });
    assert_eq!(save(0, "one", 1).await, SaveReport::Saved { version: 1, at: Timestamp(1) });
    assert_eq!(save(1, "two", 2).await, SaveReport::Saved { version: 2, at: Timestamp(2) });
    let current = store.report(ContactId(1)).await.unwrap();
    assert_eq!(current.as_ref().unwrap().draft, json!({ "what_happened": "two" }));
    assert_eq!(save(1, "another page", 3).await, SaveReport::Conflict { current: current.clone() });
    assert_eq!(store.report(ContactId(1)).await.unwrap(), current);

    let pages: Vec<_> = (0..8).map(|_| tokio::spawn(save(2, "three", 4))).collect();
    let mut saved = 0;
    for page in pages {
        saved += usize::from(matches!(page.await.unwrap(), SaveReport::Saved { .. }));
    }
    assert_eq!(saved, 1, "of several pages that save at once one wins");
}

async fn the_last_versions_of_a_draft_are_kept(place: Place) {
    let store = place.open().await;
    for base in 0..55 {
        store.save_report(ContactId(1), OPERATOR, base, &json!({ "n": base }), Timestamp(0)).await.unwrap();
    }
    let versions: Vec<_> = store.report_versions(ContactId(1), 99).await.unwrap().into_iter().map(|report| report.version).collect();
    assert!(versions.iter().copied().eq((6..=55).rev()), "{versions:?}");
}

async fn callers_are_met_again(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    for number in ["+46701740605", "+46701740606", "+46 70-174 06 05"] {
        store.append_all(centre.whole_call(number)).await.unwrap();
    }
    for (number, before, expected) in [
        ("+46701740605", 9, vec![3, 1]),
        ("+46701740605", 3, vec![1]),
        ("+46701740606", 9, vec![2]),
        ("+46701740699", 9, vec![]),
        (" ", 9, vec![]),
    ] {
        let met = store.earlier_contacts_of(number, ContactId(before), 9).await.unwrap();
        assert_eq!(met.iter().map(|record| record.contact.0).collect::<Vec<_>>(), expected, "{number} before {before}");
    }
    let reopened = place.open().await;
    assert_eq!(reopened.earlier_contacts_of("+46701740606", ContactId(9), 9).await.unwrap().len(), 1, "the secret is kept");
}

async fn numbers_stand_in_payloads_alone(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append_all(centre.whole_call("+46701740605")).await.unwrap();
    let journal = serde_json::to_string(&store.journal_since(storage::Seq(0), 99).await.unwrap()).unwrap();
    let file = store.contact(ContactId(1)).await.unwrap().unwrap();
    let matter = store.matter(MatterId(1)).await.unwrap().unwrap();
    for (name, text) in
        [("journal", journal), ("records", serde_json::to_string(&matter).unwrap()), ("debug", format!("{file:?} {:?}", file.payloads))]
    {
        assert!(!text.contains("701740605") && !text.contains("cykel"), "{name}: {text}");
    }
    assert!(serde_json::to_string(&file.payloads).unwrap().contains("+46701740605"));
}

async fn readings_are_logged(place: Place) {
    let store = place.open().await;
    let access = |at, reader, contact, why: &str| Access {
        at: Timestamp(at),
        reader,
        contact: Some(ContactId(contact)),
        matter: None,
        what: "contact".to_owned(),
        why: why.to_owned(),
    };
    let first = access(1, Reader::Account(OPERATOR), 1, "answers the call");
    let second = access(2, Reader::Token("board:east".to_owned()), 1, "refused: no right to see persons");
    let third = access(3, Reader::Account(OPERATOR), 2, "typed\0by hand");
    for one in [&first, &second, &third] {
        store.log_access(one).await.unwrap();
    }
    let fourth = Access { contact: None, matter: Some(MatterId(4)), ..access(4, Reader::Account(OPERATOR), 0, "looked up") };
    store.log_access(&fourth).await.unwrap();
    let third = Access { why: "typed\u{fffd}by hand".to_owned(), ..third };
    let all = AccessFilter::default;
    for (wanted, limit, expected) in [
        (all(), 9, vec![&fourth, &third, &second, &first]),
        (all(), 2, vec![&fourth, &third]),
        (all(), 0, vec![]),
        (AccessFilter { contact: Some(ContactId(1)), ..all() }, 9, vec![&second, &first]),
        (AccessFilter { contact: Some(ContactId(9)), ..all() }, 9, vec![]),
        (AccessFilter { matter: Some(MatterId(4)), ..all() }, 9, vec![&fourth]),
        (AccessFilter { reader: Some(Reader::Account(OPERATOR)), ..all() }, 9, vec![&fourth, &third, &first]),
        (AccessFilter { reader: Some(Reader::Token("board:east".to_owned())), ..all() }, 9, vec![&second]),
        (AccessFilter { reader: Some(Reader::Account(OPERATOR)), before: Some(Timestamp(3)), ..all() }, 9, vec![&first]),
    ] {
        assert_eq!(store.accesses(&wanted, limit).await.unwrap().iter().collect::<Vec<_>>(), expected, "{wanted:?}");
    }
    // Page by page nothing of the same millisecond is left out.
    let same = access(4, Reader::Token("board:east".to_owned()), 3, "looked at");
    store.log_access(&same).await.unwrap();
    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let page = store.accesses(&AccessFilter { before, ..all() }, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.at);
        pages.push(page.len());
    }
    assert_eq!(pages, [3, 2], "a page ends between two milliseconds");
    assert_eq!(store.accesses(&all(), 1).await.unwrap().len(), 1, "unless that is all there is");
}
