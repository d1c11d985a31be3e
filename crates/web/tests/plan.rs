//! The plan changed while the centre runs, by page and by interface: who may, what is refused and how it
//! comes back, and that nothing happens that was not asked for.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::access::{Permission, Role};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Centre, TOKEN, ask, centre, get, post};

/// Every sign escaped, as a browser may send it.
fn form(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    fields.iter().map(|(name, text)| format!("{name}={}", escaped(text))).collect::<Vec<_>>().join("&")
}

fn in_force(centre: &Centre) -> (String, String) {
    let deployment = centre.switchboard().deployment();
    (deployment.plan.digest.clone(), deployment.text.to_string())
}

/// The plan with other words in front: another version that says the same.
fn another(text: &str) -> String {
    format!("# Another version.\n{text}")
}

async fn changes(centre: &Centre, session: &str) -> Vec<Value> {
    centre.ask(get("/api/v1/plan/changes").session(session)).await.json().as_array().unwrap().clone()
}

fn check_leads_to(answer: &Answer, address: &str) {
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, address), "{}", answer.body);
}

/// A refusal is a page with all that was typed.
fn check_comes_back(answer: &Answer, wanted: &[&str]) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    for text in wanted {
        assert!(answer.body.contains(text), "no {text:?} in {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_may_change_the_plan_change_it() {
    let centre = centre().await;
    let (digest, text) = in_force(&centre);
    let typed = form(&[("text", &another(&text)), ("reason", "a reason"), ("due", "")]);
    let old = form(&[("digest", &digest), ("reason", "a reason")]);
    for role in Role::ALL.iter().filter(|role| !role.may(Permission::ChangePlan)) {
        let session = centre.session(*role).await;
        for (path, body) in [("/plan/adopt", typed.as_str()), ("/plan/withdraw", "change=1"), ("/plan/back", old.as_str())] {
            let answer = centre.ask(post(path).session(&session).form(body)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role} at {path}");
        }
        let checked = centre.ask(post("/plan/check").session(&session).form(&typed)).await;
        let expected = if role.may(Permission::SeeAll) { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(checked.status, expected, "{role} checks");
        if role.may(Permission::SeeAll) {
            let page = centre.ask(get("/plan").session(&session)).await.body;
            assert!(page.contains("id=\"plan-check\"") && !page.contains("id=\"plan-adopt\""), "{role}: {page}");
        }
    }
    let administrator = centre.session(Role::Administrator).await;
    let elsewhere = post("/plan/adopt").session(&administrator).header("sec-fetch-site", "cross-site").form(&typed);
    assert_eq!(centre.ask(elsewhere).await.status, StatusCode::FORBIDDEN);
    assert_eq!(centre.ask(post("/plan/adopt").form(&typed)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(in_force(&centre).0, digest);
    assert_eq!(changes(&centre, &administrator).await.len(), 1, "more than the start's own change");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_checked_adopted_and_left_again_by_forms_alone() {
    let centre = centre().await;
    let session = centre.session(Role::Administrator).await;
    let (first, text) = in_force(&centre);
    let new = another(&text);
    // As a browser sends it.
    let sent = new.replace('\n', "\r\n");
    let typed = |reason: &str, due: &str| form(&[("text", &sent), ("reason", reason), ("due", due)]);

    let checked = centre.ask(post("/plan/check").session(&session).form(&typed("", ""))).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.body);
    for shown in ["The plan has no fault", "<code># Another version.</code>", "id=\"bounds\"", "after 30 min of waiting"] {
        assert!(checked.body.contains(shown), "no {shown:?}");
    }
    assert_eq!(in_force(&centre).0, first, "a check changed the plan");

    let adopted = centre.ask(post("/plan/adopt").session(&session).form(&typed("because <b>it</b> is", ""))).await;
    check_leads_to(&adopted, "/plan?done=adopted");
    assert_eq!(in_force(&centre).1, new);
    let page = centre.ask(get("/plan?done=adopted").session(&session)).await.body;
    for shown in ["The new version is in force", "because &lt;b&gt;it&lt;/b&gt; is", "Test administrator", first.as_str()] {
        assert!(page.contains(shown), "no {shown:?} in {page}");
    }
    let again = centre.ask(post("/plan/adopt").session(&session).form(&typed("once more", ""))).await;
    check_comes_back(&again, &["in force already", "value=\"once more\"", "# Another version.", "href=\"#plan-text\""]);

    let back = form(&[("digest", &first), ("reason", "Back")]);
    check_leads_to(&centre.ask(post("/plan/back").session(&session).form(&back)).await, "/plan?done=returned");
    assert_eq!(in_force(&centre), (first, text));
    let unknown = form(&[("digest", "0123456789abcdef"), ("reason", "Back")]);
    check_comes_back(&centre.ask(post("/plan/back").session(&session).form(&unknown)).await, &["no such version"]);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dated_change_waits_and_can_be_withdrawn() {
    let centre = centre().await;
    let session = centre.session(Role::Administrator).await;
    let (first, text) = in_force(&centre);
    let typed = |due: &str| form(&[("text", &another(&text)), ("reason", "for later"), ("due", due)]);
    let past = centre.ask(post("/plan/adopt").session(&session).form(&typed("2020-01-01T08:00"))).await;
    check_comes_back(&past, &["lies in the past", "value=\"2020-01-01T08:00\"", "value=\"for later\"", "href=\"#plan-due\""]);
    let planned = centre.ask(post("/plan/adopt").session(&session).form(&typed("2099-01-01T08:00"))).await;
    check_leads_to(&planned, "/plan?done=planned");
    let waiting = changes(&centre, &session).await.first().cloned().unwrap();
    assert_eq!(
        (&waiting["ended"], &waiting["outcome"], &waiting["reason"]),
        (&json!(null), &json!(null), &json!("for later")),
        "{waiting}"
    );
    assert_eq!(waiting["due"], 4_070_934_000_000_i64, "08:00 in the plan's zone");
    let page = centre.ask(get("/plan").session(&session)).await.body;
    assert!(page.contains("2099-01-01 08:00") && page.contains("action=\"/plan/withdraw\""), "{page}");

    let number = format!("change={}", waiting["id"]);
    check_leads_to(&centre.ask(post("/plan/withdraw").session(&session).form(&number)).await, "/plan?done=withdrawn");
    assert_eq!(changes(&centre, &session).await[0]["outcome"], "withdrawn");
    check_comes_back(&centre.ask(post("/plan/withdraw").session(&session).form(&number)).await, &["no such version or change"]);
    assert_eq!(in_force(&centre).0, first);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_adopted_comes_back_with_all_that_was_typed() {
    let centre = centre().await;
    let session = centre.session(Role::Administrator).await;
    let (first, text) = in_force(&centre);
    let evil = "</textarea><script>alert(1)</script>";
    let faulty = format!("{evil}\n{text}");
    let typed = |text: &str, reason: &str, due: &str| form(&[("text", text), ("reason", reason), ("due", due)]);
    for path in ["/plan/check", "/plan/adopt"] {
        let answer = centre.ask(post(path).session(&session).form(&typed(&faulty, evil, "2099-01-01T08:00"))).await;
        check_comes_back(&answer, &["Line 1", "&lt;script&gt;alert(1)", "aria-invalid=\"true\"", "Mend:"]);
        assert!(!answer.body.contains("<script>alert"), "{path}: a script came through");
        assert!(!answer.body.contains("</textarea><script"), "{path}: a text left its field");
    }
    let nothing = centre.ask(post("/plan/adopt").session(&session).form(&typed("", " ", "soon"))).await;
    check_comes_back(&nothing, &["href=\"#plan-text\"", "href=\"#plan-reason\"", "href=\"#plan-due\"", "value=\"soon\""]);
    for (path, body, status) in [
        ("/plan/withdraw", "change=x".to_owned(), 400),
        ("/plan/withdraw", String::new(), 400),
        ("/plan/back", "digest=x".to_owned(), 400),
        ("/plan/adopt", "x".repeat(3 * 1024 * 1024 + 1), 413),
    ] {
        let answer = centre.ask(post(path).session(&session).form(&body)).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
        assert!(answer.body.contains("</html>"), "{path}: no page");
    }
    assert_eq!(in_force(&centre).0, first);
    assert_eq!(changes(&centre, &session).await.len(), 1);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_change_the_plan_for_a_person() {
    let centre = centre().await;
    let session = centre.session(Role::Administrator).await;
    let (first, text) = in_force(&centre);
    let kept = async |body: Value| centre.ask(post("/api/v1/plan/changes").session(&session).json(&body)).await;

    let checked = centre.ask(post("/api/v1/plan/check").token(TOKEN).json(&json!({ "text": text }))).await.json();
    assert_eq!((&checked["digest"], &checked["faults"]), (&json!(first), &json!([])), "{checked}");
    let report = checked["bounds"].as_array().unwrap().iter().find(|bound| bound["class"] == "report").unwrap().clone();
    assert_eq!((&report["strict"], &report["overtaken_ms_max"]), (&json!(false), &json!(1_800_000)), "{report}");
    let refused = centre.ask(post("/api/v1/plan/changes").token(TOKEN).json(&json!({ "text": text, "reason": "x" }))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "an API token is nobody");

    let made = kept(json!({ "text": another(&text), "reason": "a reason" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let newest = changes(&centre, &session).await.first().cloned().unwrap();
    let account = centre.accounts[&Role::Administrator].0;
    assert_eq!((&newest["id"], &newest["outcome"], &newest["account"]), (&made.json()["id"], &json!("adopted"), &json!(account)));
    assert_eq!(newest["digest"], centre.ask(get("/api/v1/plan").token(TOKEN)).await.json()["digest"]);
    assert_eq!(kept(json!({ "digest": first, "reason": "back" })).await.status, StatusCode::CREATED);
    assert_eq!(in_force(&centre).0, first);

    let faulty = kept(json!({ "text": format!("colour = \"red\"\n{text}"), "reason": "x" })).await;
    assert_eq!((faulty.status.as_u16(), &faulty.json()["error"]), (422, &json!("plan_faults")), "{}", faulty.body);
    assert_eq!(faulty.json()["faults"][0]["line"], 1, "{}", faulty.body);
    for (about, body, status, word) in [
        ("in force already", json!({ "digest": first, "reason": "x" }), 409, "plan_in_force"),
        ("in the past", json!({ "text": another(&text), "due": 1, "reason": "x" }), 422, "plan_past"),
        ("no such version", json!({ "digest": "0123456789abcdef", "reason": "x" }), 404, "plan_unknown"),
        ("no reason", json!({ "text": text, "reason": " " }), 422, "wrong_shape"),
        ("text and version", json!({ "text": text, "digest": first, "reason": "x" }), 422, "wrong_shape"),
        ("neither", json!({ "reason": "x" }), 422, "wrong_shape"),
    ] {
        let answer = kept(body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (status, &json!(word)), "{about}: {}", answer.body);
    }

    let dated = kept(json!({ "text": another(&text), "due": 4_070_934_000_000_i64, "reason": "later" })).await.json();
    let path = format!("/api/v1/plan/changes/{}", dated["id"]);
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        assert_eq!(centre.ask(ask(Method::DELETE, &path).session(&session)).await.status, status);
    }
    assert_eq!(in_force(&centre).0, first);
    centre.stop().await;
}
