//! A leader tells callers of a class that many ring, by page and by interface; what cannot be said is refused.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::access::Role;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Centre, TOKEN, ask, centre, get, post};

const HOUR_MS: i64 = 3_600_000;

async fn declared(centre: &Centre) -> Vec<(String, i64)> {
    let rows = centre.ask(get("/api/v1/surges").token(TOKEN)).await.json();
    let row = |row: &Value| (row["class"].as_str().unwrap().to_owned(), row["until"].as_i64().unwrap());
    rows.as_array().unwrap().iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_surge_is_declared_set_anew_and_ended() {
    let centre = centre().await;
    let leader = centre.session(Role::Leader).await;
    assert_eq!(declared(&centre).await, []);
    let asked = support::now().0;
    let done = centre.ask(post("/surges").session(&leader).form("act=declare&class=tip&minutes=60&reason=event")).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/surges?done=declared"));
    let [(class, until)] = declared(&centre).await.try_into().unwrap();
    assert_eq!(class, "tip");
    assert!((asked + HOUR_MS..=support::now().0 + HOUR_MS).contains(&until), "{until}");
    let page = centre.ask(get("/surges?done=declared").session(&leader)).await.body;
    assert!(page.contains("told that many ring.") && page.contains("Until ") && page.contains("value=\"end\""), "{page}");
    let lead = centre.ask(get("/lead/parts").session(&leader)).await.body;
    assert!(lead.contains("<a href=\"/surges\">Surges</a>: Tip until "), "{lead}");

    let anew = json!({ "class": "tip", "minutes": 120, "reason": "many_calls" });
    assert_eq!(centre.ask(post("/api/v1/surges").session(&leader).json(&anew)).await.status, StatusCode::NO_CONTENT);
    let [(_, later)] = declared(&centre).await.try_into().unwrap();
    assert!(later >= until + HOUR_MS, "{later}");

    let end = || ask(Method::DELETE, "/api/v1/surges/tip").session(&leader);
    assert_eq!(centre.ask(end()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(declared(&centre).await, []);
    assert_eq!(centre.ask(end()).await.status, StatusCode::CONFLICT);
    let page = centre.ask(get("/surges").session(&leader)).await.body;
    assert!(!page.contains("value=\"end\""), "{page}");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_said_is_refused_and_changes_nothing() {
    let centre = centre().await;
    let leader = centre.session(Role::Leader).await;
    let wanted = |class: &str, minutes: u64, reason: &str| json!({ "class": class, "minutes": minutes, "reason": reason });
    for (about, body, status, word) in [
        ("for no time", wanted("tip", 0, "event"), 422, "wrong_shape"),
        ("for more than a day", wanted("tip", 1_441, "event"), 422, "wrong_shape"),
        ("for longer than there is", wanted("tip", u64::MAX, "event"), 422, "wrong_shape"),
        ("for words of one's own", wanted("tip", 30, "a person's name"), 422, "wrong_shape"),
        ("of no class", wanted("none", 30, "event"), 404, "not_found"),
        ("of what is time-critical", wanted("urgent", 30, "event"), 409, "not_now"),
        ("of what others answer", wanted("information", 30, "event"), 409, "not_now"),
        ("with a field too many", json!({ "class": "tip", "minutes": 30, "reason": "event", "x": 1 }), 422, "wrong_shape"),
    ] {
        let answer = centre.ask(post("/api/v1/surges").session(&leader).json(&body)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (status, &json!(word)), "{about}: {}", answer.body);
    }
    for (form, status) in [
        ("act=dance&class=tip", 422),
        ("act=declare&class=tip", 422),
        ("act=declare&class=tip&minutes=x&reason=event", 400),
        ("act=end&class=none", 404),
        ("act=end&class=tip", 409),
        ("act=end", 400),
    ] {
        let answer = centre.ask(post("/surges").session(&leader).form(form)).await;
        assert_eq!(answer.status.as_u16(), status, "{form}: {}", answer.body);
    }
    for role in [Role::Planner, Role::Administrator] {
        let session = centre.session(role).await;
        let page = centre.ask(get("/surges").session(&session)).await.body;
        assert!(page.contains("data-class=\"tip\"") && !page.contains("action=\"/surges\""), "{role}: {page}");
        let act = centre.ask(post("/surges").session(&session).form("act=declare&class=tip&minutes=30&reason=event")).await;
        assert_eq!(act.status, StatusCode::FORBIDDEN, "{role}");
    }
    assert_eq!(declared(&centre).await, []);
    centre.stop().await;
}
