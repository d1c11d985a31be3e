//! Forms that are being filled in: opened by their code alone, never overwritten unseen, forgotten after their time.

use crate::support::Place;
use domain::Timestamp;
use serde_json::json;
use storage::{DraftCode, FORM_DRAFT_KEPT_MS};

on_both!(
    a_code_opens_its_own_draft_and_no_other,
    two_windows_do_not_overwrite_each_other,
    a_draft_with_another_code_is_opened_by_that_alone,
    a_draft_is_forgotten_after_its_time,
);

const NOW: Timestamp = Timestamp(1_796_047_200_000);

async fn a_code_opens_its_own_draft_and_no_other(place: Place) {
    let (store, _) = place.open_leased().await;
    let (mine, other) = (DraftCode::random(), DraftCode::random());
    let answers = json!({ "name": "Anna Exempel" });
    assert_eq!(store.keep_form_draft(&mine, 0, "theft", &answers, NOW).await, Ok(true));
    let draft = store.form_draft(&mine, NOW).await.unwrap().unwrap();
    assert_eq!((&*draft.form, draft.revision, &draft.answers), ("theft", 1, &answers));
    assert_eq!(store.form_draft(&other, NOW).await, Ok(None));
    let written = DraftCode::read(&mine.to_read().to_lowercase()).unwrap();
    assert!(store.form_draft(&written, NOW).await.unwrap().is_some(), "as somebody writes it down");
    store.forget_form_draft(&mine).await.unwrap();
    assert_eq!(store.form_draft(&mine, NOW).await, Ok(None));
}

async fn two_windows_do_not_overwrite_each_other(place: Place) {
    let (store, _) = place.open_leased().await;
    let code = DraftCode::random();
    let keep = async |base, n| store.keep_form_draft(&code, base, "theft", &json!({ "n": n }), NOW).await;
    for (base, n, kept) in [(0, 1, true), (0, 2, false), (1, 3, true), (1, 4, false), (2, 5, true)] {
        assert_eq!(keep(base, n).await, Ok(kept), "written from {base}");
    }
    let draft = store.form_draft(&code, NOW).await.unwrap().unwrap();
    assert_eq!((draft.revision, draft.answers), (3, json!({ "n": 5 })));
}

async fn a_draft_with_another_code_is_opened_by_that_alone(place: Place) {
    let (store, _) = place.open_leased().await;
    let (old, new, third) = (DraftCode::random(), DraftCode::random(), DraftCode::random());
    store.keep_form_draft(&old, 0, "theft", &json!({ "n": 1 }), NOW).await.unwrap();
    let answers = json!({ "n": 2 });
    for (code, base, to, renewed) in [(&old, 2, &new, false), (&third, 1, &new, false), (&old, 1, &new, true), (&old, 2, &third, false)] {
        assert_eq!(store.renew_form_draft(code, base, to, ("theft", &answers), NOW).await, Ok(renewed), "from {base}");
    }
    assert_eq!((store.form_draft(&old, NOW).await, store.form_draft(&third, NOW).await), (Ok(None), Ok(None)));
    let draft = store.form_draft(&new, NOW).await.unwrap().unwrap();
    assert_eq!((draft.revision, &draft.answers), (2, &answers));
    assert_eq!(store.keep_form_draft(&old, 2, "theft", &answers, NOW).await, Ok(false), "another window goes on from the old one in vain");
}

async fn a_draft_is_forgotten_after_its_time(place: Place) {
    let (store, _) = place.open_leased().await;
    let (old, young) = (DraftCode::random(), DraftCode::random());
    store.keep_form_draft(&old, 0, "theft", &json!({}), NOW).await.unwrap();
    store.keep_form_draft(&young, 0, "theft", &json!({}), NOW.plus_ms(1)).await.unwrap();
    let later = NOW.plus_ms(FORM_DRAFT_KEPT_MS);
    assert_eq!(store.form_draft(&old, later).await, Ok(None));
    assert_eq!(store.forget_old_form_drafts(later).await, Ok(1));
    assert!(store.form_draft(&young, later).await.unwrap().is_some());
}
