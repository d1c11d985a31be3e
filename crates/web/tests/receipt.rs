//! Who is given which receipt: a real centre, a real server. What stands in one is read by another program in
//! `e2e/tests/receipt.test.js`.

use crate::{
    forms::{Citizen, theft},
    support::{Answer, Centre, centre, get, now, post},
};
use domain::{form::Form, intent::Language};
use hyper::StatusCode;
use storage::ContactFilter;

/// It is a file to be saved, which nobody keeps on the way.
#[track_caller]
fn is_given(answer: &Answer) -> usize {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"receipt.pdf\"");
    assert_eq!((answer.header("cache-control"), answer.header("x-content-type-options")), ("no-store", "nosniff"));
    assert!(answer.body.starts_with("%PDF-1.7") && answer.body.trim_end().ends_with("%%EOF"));
    answer.body.len()
}

/// Where a form was sent, and the address of its receipt by the link.
async fn sent(centre: &Centre, form: &Form, citizen: &mut Citizen<'_>) -> (String, String) {
    let base = format!("/en/report/{}", form.path[&Language::English]);
    let check = citizen.until_check(form, &base, ["question", "more", "check"]).await;
    let early = citizen.ask(get(&format!("{base}/receipt.pdf"))).await;
    assert_eq!((early.status, early.header("location")), (StatusCode::SEE_OTHER, &*check), "before it is sent there is none");
    assert_eq!(citizen.file(&check).await.status, StatusCode::SEE_OTHER);
    let done = citizen.see(&format!("{base}/done")).await.body;
    let link = done.split("href=\"/en/matter/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(done.contains(&format!("{base}/receipt.pdf")), form.may_be_kept(), "{}", form.id);
    assert_eq!(centre.ask(get(&format!("/en/matter/{link}"))).await.status, StatusCode::OK);
    (base, format!("/en/matter/{link}/receipt.pdf"))
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_for_the_browser_that_sent_them() {
    let centre = centre().await;
    let (form, ..) = theft(&centre);
    let mut citizen = Citizen::new(&centre);
    let (base, by_link) = sent(&centre, &form, &mut citizen).await;
    let whole = is_given(&citizen.ask(get(&format!("{base}/receipt.pdf"))).await);
    let less = is_given(&centre.ask(get(&by_link)).await);
    assert!(whole > less + 1_000, "{whole} bytes with the answers, {less} without");

    // Nobody else has them, by whatever address; nothing is changed by posting there.
    let stranger = centre.ask(get(&format!("{base}/receipt.pdf"))).await;
    assert_eq!((stranger.status, stranger.header("set-cookie")), (StatusCode::GONE, ""));
    for address in ["/en/matter/00000000000000000000000000000000/receipt.pdf", &by_link.replace("receipt.pdf", "kvitto.pdf")] {
        assert_eq!(centre.ask(get(address)).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    assert_eq!(centre.ask(post(&by_link).form("")).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(citizen.ask(post(&format!("{base}/receipt.pdf")).form("")).await.status, StatusCode::METHOD_NOT_ALLOWED);

    // What is erased is in no receipt.
    let rows = centre.store.contacts(&ContactFilter::default(), 10, None).await.unwrap();
    centre.store.erase_payloads(rows[0].record.contact, now()).await.unwrap();
    for answer in [citizen.ask(get(&format!("{base}/receipt.pdf"))).await, centre.ask(get(&by_link)).await] {
        assert!(answer.body.len() < whole - 1_000, "{}", answer.body.len());
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tip_is_in_no_receipt() {
    let centre = centre().await;
    let form = centre.switchboard().deployment().forms.form("tip").unwrap().clone();
    let mut citizen = Citizen::new(&centre);
    let (base, by_link) = sent(&centre, &form, &mut citizen).await;
    let (by_form, by_link) = (citizen.ask(get(&format!("{base}/receipt.pdf"))).await, centre.ask(get(&by_link)).await);
    assert_eq!(is_given(&by_form).abs_diff(is_given(&by_link)) / 100, 0, "both have the same");
    centre.stop().await;
}
