//! The surface as a stranger, a signed-in person and a program meet it: a real centre, a real server.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support;
use domain::access::{Permission, Permission as P, Role};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::{Centre, Events, PASSWORD, PAUSE, TOKEN, ask, centre, centre_with, get, post};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

const JSON: &str = "application/json";

/// A fault answers what happened, what to do and a reference.
fn check_fault(answer: &support::Answer, status: u16, word: &str, about: &str) {
    assert_eq!(answer.status.as_u16(), status, "{about}: {}", answer.body);
    let body = answer.json();
    assert_eq!(body["error"], word, "{about}: {body}");
    for field in ["what", "mend", "reference"] {
        assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{about}: no {field} in {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_out() {
    let centre = centre().await;
    let to_login = centre.ask(get("/desk?lang=en")).await;
    assert_eq!(to_login.status, StatusCode::SEE_OTHER);
    assert!(to_login.header("location").starts_with("/login?next="), "{}", to_login.header("location"));
    let wrong = centre.ask(post("/login").form("name=operator&password=wrong&next=/desk")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Wrong user name or password. Check both") && wrong.header("set-cookie").is_empty());
    let form = format!("name=operator&password={}&next=%2F%2Felsewhere.example", PASSWORD.replace(' ', "+"));
    let right = centre.ask(post("/login").form(&form)).await;
    assert_eq!((right.status, right.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = right.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Secure"), "{cookie}");
    let secret = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(centre.ask(get("/desk").session(&secret)).await.status, StatusCode::OK);
    let out = centre.ask(post("/logout").session(&secret)).await;
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(centre.ask(get("/desk").session(&secret)).await.status, StatusCode::SEE_OTHER);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down() {
    let centre = centre().await;
    let guess = async || {
        let asked = Instant::now();
        (asked, centre.ask(post("/login").form("name=leader&password=wrong")).await)
    };
    for _ in 0..4 {
        assert_eq!(guess().await.1.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (mut last, fifth) = guess().await;
    assert_eq!(fifth.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A slow machine may look at the next when the pause is over already, never before; then the pause doubles.
    let mut pause = PAUSE;
    let refused = loop {
        let (asked, answer) = guess().await;
        if answer.status != StatusCode::UNPROCESSABLE_ENTITY {
            break answer;
        }
        assert!(last.elapsed() >= pause, "looked at within {:?} of the last one", last.elapsed());
        (last, pause) = (asked, pause * 2);
    };
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    let other = centre.ask(post("/login").form(&format!("name=operator&password={}", PASSWORD.replace(' ', "+")))).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "another account is not slowed down");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_protects_itself() {
    let centre = centre_with(|config| config.board_public = true).await;
    let session = centre.session(Role::Leader).await;
    let paths = "/ /sv /en/book /en/add /da/tilfoej/sag /da/bestil-tid/fare /en/book/an-unknown-token-1234567890 \
                 /en/matter/an-unknown-token-1234567890/files /en/matter/an-unknown-token-1234567890/receipt.pdf /evidence/none /login \
                 /evidence/none/file /desk /board /lead /bookings /surges /retention /access /plan /prompts /none /api/v1/health /assets/x";
    for path in paths.split_whitespace() {
        let answer = centre.ask(get(path).session(&session)).await;
        let policy = answer.header("content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("permissions-policy").contains("microphone=(self)"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.body.contains("<script>") && !answer.body.contains(" style="), "{path} has inline script or style");
    }
    let page = centre.ask(get("/login")).await.body;
    let script = page.split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    let asset = centre.ask(get(script)).await;
    assert_eq!(asset.status, StatusCode::OK, "{script}");
    assert!(asset.header("cache-control").contains("immutable") && asset.header("content-type").starts_with("text/javascript"));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_changes_nothing() {
    let centre = centre().await;
    let session = centre.session(Role::Operator).await;
    let act = || post("/api/v1/desk/acts").session(&session).json(&json!({ "act": "ready" }));
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://elsewhere.example"), ("origin", "null")]
    {
        check_fault(&centre.ask(act().header(name, value)).await, 403, "cross_site", value);
    }
    let page = centre.ask(post("/login").header("sec-fetch-site", "cross-site").form("name=operator&password=x")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("another site"));
    let own = centre.ask(act().header("sec-fetch-site", "same-origin")).await;
    assert_ne!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
    centre.stop().await;
}

/// Address, the permissions it takes (none for what is open to all), and what it answers to those who
/// have them. Contact 1 is not there: a report is also its own operator's, but that is nobody's.
const READS: [(&str, &[Permission], u16); 61] = [
    ("/", &[], 200),
    ("/sv", &[], 200),
    ("/en", &[], 200),
    ("/da", &[], 200),
    ("/sv/boka", &[], 200),
    ("/en/book", &[], 200),
    ("/da/bestil-tid", &[], 200),
    ("/sv/komplettera", &[], 200),
    ("/en/add", &[], 200),
    ("/en/add/matter", &[], 200),
    ("/da/tilfoej", &[], 200),
    ("/login", &[], 200),
    ("/desk", &[P::AnswerCalls], 200),
    ("/desk/parts", &[P::AnswerCalls], 200),
    ("/desk/search?q=bor", &[P::AnswerCalls], 200),
    ("/desk/times", &[P::AnswerCalls], 409),
    ("/desk/stream", &[P::AnswerCalls], 200),
    ("/board", &[P::SeeBoard], 200),
    ("/board/parts", &[P::SeeBoard], 200),
    ("/board/stream", &[P::SeeBoard], 200),
    ("/lead", &[P::SeeAll], 200),
    ("/lead/parts", &[P::SeeAll], 200),
    ("/bookings", &[P::SeeAll], 200),
    ("/bookings?day=2026-11-28", &[P::SeeAll], 200),
    ("/surges", &[P::SeeAll], 200),
    ("/surveys", &[P::SeeAll], 200),
    ("/surveys/words?month=2026-11", &[P::SeeAll, P::SeePersons], 200),
    ("/retention", &[P::SeeAll], 200),
    ("/access", &[P::SeeAccessLog], 200),
    ("/plan", &[P::SeeAll], 200),
    ("/prompts", &[P::SeeAll], 200),
    ("/prompts?language=en", &[P::SeeAll], 200),
    ("/prompts/sv/greeting", &[P::SeeAll], 200),
    ("/prompts/da/greeting", &[P::SeeAll], 404),
    ("/api/v1/openapi.json", &[], 200),
    ("/api/v1/health", &[], 200),
    ("/api/v1/contacts", &[P::SeeAll], 200),
    ("/api/v1/contacts/1", &[P::SeeAll], 404),
    ("/api/v1/contacts/1/why", &[P::SeeAll], 404),
    ("/api/v1/waiting", &[P::SeeAll], 200),
    ("/api/v1/alarms", &[P::SeeAll], 200),
    ("/api/v1/queues", &[P::SeeBoard], 200),
    ("/api/v1/operators", &[P::SeeAll], 200),
    ("/api/v1/promises", &[P::SeeAll], 200),
    ("/api/v1/bookings", &[P::SeeAll], 200),
    ("/api/v1/additions", &[P::SeeAll], 200),
    ("/api/v1/surges", &[P::SeeAll], 200),
    ("/api/v1/surveys", &[P::SeeAll], 200),
    ("/api/v1/surveys?month=2026-13", &[P::SeeAll], 400),
    ("/api/v1/retention", &[P::SeeAll], 200),
    ("/api/v1/plan", &[P::SeeBoard], 200),
    ("/api/v1/plan/changes", &[P::SeeAll], 200),
    ("/api/v1/figures", &[P::SeeBoard], 200),
    ("/api/v1/understood", &[P::SeeAll], 200),
    ("/api/v1/access-log", &[P::SeeAccessLog], 200),
    ("/api/v1/access-log?contact=1&limit=1", &[P::SeeAccessLog], 200),
    ("/api/v1/search?q=bor", &[P::AnswerCalls], 200),
    ("/api/v1/desk", &[P::AnswerCalls], 200),
    ("/api/v1/desk/reports/1", &[P::SeePersons, P::SeeAll], 404),
    ("/api/v1/desk/stream", &[P::AnswerCalls], 200),
    // Operators too, who see no other matter's list: citizens ring again with their reference.
    ("/api/v1/matters/10000007", &[P::SeeBoard], 404),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_role_reads_what_it_may_and_nothing_else() {
    let centre = centre().await;
    let mut sessions = BTreeMap::new();
    for role in Role::ALL {
        sessions.insert(*role, centre.session(*role).await);
    }
    for (path, permissions, found) in READS {
        for (role, session) in &sessions {
            let status = centre.head(get(path).session(session)).await;
            let allowed = permissions.iter().all(|permission| role.may(*permission));
            assert_eq!(status.as_u16(), if allowed { found } else { 403 }, "{role} at {path}");
        }
        let nobody = centre.head(get(path)).await;
        let to_program = path.starts_with("/api/") || ["/parts", "/search", "/stream"].iter().any(|part| path.contains(part));
        let expected = match permissions {
            [] => StatusCode::OK,
            _ if to_program => StatusCode::UNAUTHORIZED,
            _ => StatusCode::SEE_OTHER,
        };
        assert_eq!(nobody, expected, "nobody at {path}");
    }
    centre.stop().await;
}

/// What changes something: the permission, a body, what it answers to those who may and have no call.
const CHANGES: [(&str, &str, Permission, &str, u16); 13] = [
    ("post", "/api/v1/desk/acts", P::AnswerCalls, r#"{"act":"hold"}"#, 409),
    ("post", "/api/v1/desk/sound", P::AnswerCalls, r#"{"page":1,"sdp":"no sound"}"#, 422),
    // A contact that is nobody's: operators learn nothing of it, leaders that it is not there.
    ("put", "/api/v1/desk/reports/1", P::WriteReports, r#"{"base":0,"draft":{}}"#, 404),
    ("post", "/api/v1/contacts/1/lead", P::LeadQueues, r#"{"act":"put_first","first":true,"reason":"other"}"#, 409),
    ("post", "/api/v1/additions", P::AnswerCalls, r#"{"channel":"desk","language":"sv","text":""}"#, 422),
    ("post", "/api/v1/surges", P::LeadQueues, r#"{"class":"tip","minutes":30,"reason":"event"}"#, 204),
    // Of another class none is declared.
    ("delete", "/api/v1/surges/report", P::LeadQueues, "{}", 409),
    ("post", "/api/v1/matters/10000007/hold", P::HoldMatters, r#"{"reason":"an appeal"}"#, 404),
    ("post", "/api/v1/matters/10000007/hold/lift", P::HoldMatters, r#"{"reason":"decided"}"#, 404),
    ("post", "/api/v1/plan/check", P::SeeAll, r#"{"text":""}"#, 200),
    ("post", "/api/v1/plan/preview", P::SeeAll, r#"{"text":""}"#, 422),
    ("post", "/api/v1/plan/changes", P::ChangePlan, r#"{"text":"","reason":"none"}"#, 422),
    // The first change is that of the start: it waits no more.
    ("delete", "/api/v1/plan/changes/1", P::ChangePlan, "{}", 404),
];

#[tokio::test(flavor = "multi_thread")]
async fn acts_need_the_permission_to_answer() {
    let centre = centre().await;
    for role in Role::ALL {
        let session = centre.session(*role).await;
        for (method, path, permission, body, done) in CHANGES {
            let asked = ask(method.to_uppercase().parse().unwrap(), path).session(&session).bytes(JSON, body.into());
            let answer = centre.ask(asked).await;
            let may = role.may(permission) && (done != 404 || role.may(P::SeeAll));
            assert_eq!(answer.status.as_u16(), if may { done } else { 403 }, "{role}: {method} {path}: {}", answer.body);
            let nobody = centre.ask(ask(method.to_uppercase().parse().unwrap(), path).bytes(JSON, body.into())).await;
            check_fault(&nobody, 401, "not_signed_in", path);
        }
    }
    centre.stop().await;
}

/// Open to whoever has a password, or to whom a session belongs: tried in `interface.rs`.
const OWN_SESSION: &str = "/api/v1/session";

#[test]
fn no_address_of_the_interface_is_without_a_row_above() {
    let reads = READS.iter().map(|(path, ..)| ("get", *path));
    let rows: Vec<_> = reads.chain(CHANGES.iter().map(|(method, path, ..)| (*method, *path))).collect();
    for (method, path) in web::api::ROUTES.iter().filter(|(_, path)| *path != OWN_SESSION) {
        let tried = |row: &str| {
            let (row, wanted) = (row.split('?').next().unwrap().split('/'), path.split('/'));
            row.clone().count() == wanted.clone().count() && row.zip(wanted).all(|(part, of)| part == of || of.starts_with('{'))
        };
        assert!(rows.iter().any(|&(by, row)| by == *method && tried(row)), "{method} {path} is tried by nobody");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_by_token() {
    let centre = centre().await;
    let kept = centre.store.create_api_token("kept", Role::Script, support::now()).await.unwrap();
    for token in [TOKEN, kept.secret()] {
        assert_eq!(centre.ask(get("/api/v1/contacts").token(token)).await.json(), json!([]));
        let queues = centre.ask(get("/api/v1/queues").token(token)).await.json();
        let first = &queues.as_array().unwrap()[0];
        assert!(first["hit_rate"].is_null() && first.as_object().unwrap().contains_key("hit_rate"), "nobody waited yet: {first}");
        assert_eq!(centre.ask(get("/api/v1/plan").token(token)).await.json()["name"], "sweden");
        check_fault(
            &centre.ask(post("/api/v1/desk/acts").token(token).json(&json!({ "act": "ready" }))).await,
            403,
            "forbidden",
            "a token",
        );
    }
    for token in ["", "wrong", "test-token-012345678", "test-token-01234567890"] {
        let answer = centre.ask(get("/api/v1/contacts").token(token)).await;
        check_fault(&answer, 401, "not_signed_in", token);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_field_finds_the_same_for_people_and_programs() {
    let centre = centre().await;
    let session = centre.session(Role::Operator).await;
    let none = || json!([]);
    let by_code = json!([{ "by": "area_code", "digits": "033", "name": "Borås", "region": "vast", "uncertain": true }]);
    let by_postal_code = json!([{ "by": "postal_code", "digits": "412", "name": null, "region": "vast", "uncertain": false }]);
    // What is written; places' numbers, municipalities, parties, intents; a word that its page shows.
    let cases = [
        ("borå", none(), json!(["Borås"]), none(), none(), "Region Väst"),
        ("033", by_code, none(), none(), none(), "Borås, 30\u{a0}km"),
        ("412", by_postal_code, none(), none(), none(), "Region Väst"),
        ("cykel", none(), none(), none(), json!(["report_bicycle_theft"]), ""),
        ("sos al", none(), none(), json!(["112"]), none(), ""),
        ("qqqq", none(), none(), none(), none(), ""),
        ("", none(), none(), none(), none(), ""),
    ];
    for (text, numbers, municipalities, parties, intents, shown) in cases {
        let query = text.replace('å', "%C3%A5").replace(' ', "+");
        let asked = |path: &str| get(&format!("{path}?q={query}")).session(&session).header("accept-language", "sv");
        let found = centre.ask(asked("/api/v1/search")).await.json();
        let names: Vec<_> = found["municipalities"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!((&found["numbers"], &json!(names)), (&numbers, &municipalities), "{text}: {found}");
        assert_eq!((&found["parties"], &found["intents"]), (&parties, &intents), "{text}: {found}");
        assert_eq!((&found["matter"], &found["misread"]), (&json!(null), &json!(false)), "{text}: {found}");
        let page = centre.ask(asked("/desk/search")).await;
        assert_eq!(page.status, StatusCode::OK, "{text}");
        assert!(page.body.contains(shown), "{text}: {}", page.body);
        // Nobody has a conversation: nothing is offered that could not be done.
        assert!(!page.body.contains("data-carries"), "{text}: {}", page.body);
    }
    let reference = domain::contact::Reference::of(domain::MatterId(77)).digits();
    let misread = format!("{}{}", &reference[..7], (reference.as_bytes()[7] - b'0' + 1) % 10);
    for (digits, wrong) in [(reference.as_str(), false), (misread.as_str(), true)] {
        let found = centre.ask(get(&format!("/api/v1/search?q={digits}")).session(&session)).await.json();
        assert_eq!((&found["matter"], &found["misread"]), (&json!(null), &json!(wrong)), "{digits}");
    }
    for path in ["/api/v1/search", "/api/v1/search?q=a&colour=red"] {
        check_fault(&centre.ask(get(path).session(&session)).await, 400, "unreadable", path);
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matter_that_is_not_there_is_not_found_by_anybody() {
    let centre = centre().await;
    let reference = domain::contact::Reference::of(domain::MatterId(77)).digits();
    for role in Role::ALL {
        let session = centre.session(*role).await;
        for reference in [reference.as_str(), "12345678", "x", "%00"] {
            for path in [format!("/matters/{reference}"), format!("/matters/{reference}/part"), format!("/api/v1/matters/{reference}")] {
                assert_eq!(centre.ask(get(&path).session(&session)).await.status, StatusCode::NOT_FOUND, "{role} at {path}");
            }
        }
    }
    assert_eq!(centre.ask(get(&format!("/api/v1/matters/{reference}"))).await.status, StatusCode::UNAUTHORIZED);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_a_clear_answer() {
    let centre = centre().await;
    let session = centre.session(Role::Operator).await;
    let acts = || post("/api/v1/desk/acts").session(&session);
    let report = || ask(Method::PUT, "/api/v1/desk/reports/1").session(&session);
    let stated = |outcome: Value| json!({ "act": "outcome", "outcome": outcome });
    let settled = |outcome: Value| json!({ "act": "settle_promise", "matter": 1, "promise": 1, "outcome": outcome });
    let cases = [
        ("broken JSON", acts().bytes(JSON, b"{\"act\":".to_vec()), 400, "unreadable"),
        ("no JSON at all", acts().bytes(JSON, vec![0xff, 0xfe, 0x00]), 400, "unreadable"),
        ("an unknown act", acts().json(&json!({ "act": "dance" })), 422, "wrong_shape"),
        ("a field too many", acts().json(&json!({ "act": "accept", "offer": 1, "x": 2 })), 422, "wrong_shape"),
        ("a field of the wrong kind", acts().json(&json!({ "act": "accept", "offer": "one" })), 422, "wrong_shape"),
        ("another media type", acts().bytes("text/plain", b"{}".to_vec()), 415, "media_type"),
        ("no media type", acts(), 415, "media_type"),
        ("a huge body", acts().bytes(JSON, vec![b' '; 70_000]), 413, "too_large"),
        ("a huge report", report().bytes(JSON, vec![b' '; 4_300_000]), 413, "too_large"),
        ("keys that no telephone has", acts().json(&json!({ "act": "keys", "keys": "12a" })), 422, "wrong_shape"),
        ("no key at all", acts().json(&json!({ "act": "keys", "keys": "" })), 422, "wrong_shape"),
        ("more keys than anybody presses", acts().json(&json!({ "act": "keys", "keys": "1".repeat(33) })), 422, "wrong_shape"),
        ("an outcome that nobody may state", acts().json(&stated(json!("emergency"))), 422, "wrong_shape"),
        ("that a caller gave up", acts().json(&stated(json!("abandoned"))), 422, "wrong_shape"),
        ("that the system ended it", acts().json(&stated(json!({ "system_terminated": "restart" }))), 422, "wrong_shape"),
        ("words of one's own", acts().json(&stated(json!({ "transferred": "a person's name" }))), 422, "wrong_shape"),
        ("a promise settled as cut off", acts().json(&settled(json!({ "system_terminated": "deadline" }))), 422, "wrong_shape"),
        ("a promise settled as joined", acts().json(&settled(json!("joined_other"))), 422, "wrong_shape"),
        ("an outcome without a call", acts().json(&stated(json!("helped"))), 409, "no_contact"),
        ("a promise that is not there", acts().json(&settled(json!("not_reached"))), 409, "not_now"),
        ("an act that is not possible", acts().json(&json!({ "act": "transfer" })), 409, "no_contact"),
        (
            "a contact that is no number",
            ask(Method::PUT, "/api/v1/desk/reports/x").session(&session).json(&json!({ "base": 0, "draft": {} })),
            404,
            "not_found",
        ),
        ("a method that is not there", ask(Method::DELETE, "/api/v1/queues").session(&session), 405, "method_not_allowed"),
        ("an address that is not there", get("/api/v1/none").session(&session), 404, "not_found"),
        ("a contact that is not there", get("/api/v1/contacts/18446744073709551615").token(TOKEN), 404, "not_found"),
        ("a state that is none", get("/api/v1/contacts?state=lost").token(TOKEN), 400, "unreadable"),
        ("a filter that is none", get("/api/v1/contacts?colour=red").token(TOKEN), 400, "unreadable"),
        ("a limit that is none", get("/api/v1/contacts?limit=-1").token(TOKEN), 400, "unreadable"),
    ];
    for (about, asked, status, word) in cases {
        check_fault(&centre.ask(asked).await, status, word, about);
    }
    let odd = get("/board")
        .header("accept-language", ", ;;q=,*;q=nan,sv;q=9999999999999")
        .header("cookie", "svar_session; =;; svar_theme=<x>; svar_language=xx");
    assert_eq!(centre.ask(odd).await.status, StatusCode::SEE_OTHER);
    centre.stop().await;
}

/// What a server answers to these bytes before it closes.
async fn told(centre: &Centre, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(centre.address).await.unwrap();
    // The server may close before all is written; its answer counts.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(support::DEADLINE, stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the connection stayed open");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_is_refused_and_the_next_is_served() {
    let centre = centre().await;
    let long = format!("GET / HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "a".repeat(100_000));
    for (about, bytes) in
        [("noise", "\u{1}\u{2}\u{3}\r\n\r\n".to_owned()), ("endless header", long), ("no version", "GET /\r\n\r\n".to_owned())]
    {
        let answer = told(&centre, bytes.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{about}: {answer:.60}");
    }
    assert_eq!(centre.ask(get("/api/v1/health")).await.status, StatusCode::OK);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_shows_in_the_stream_at_the_desk_and_in_the_api() {
    let centre = centre().await;
    let session = centre.session(Role::Operator).await;
    let mut page = Events::of(&centre, "/desk/stream", &session).await;
    page.until("event: page").await;
    let deaf = centre.ask(post("/api/v1/desk/acts").session(&session).json(&json!({ "act": "ready" }))).await;
    check_fault(&deaf, 422, "sound", "nobody answers calls without a headset");
    let pause = centre.ask(post("/api/v1/desk/acts").session(&session).json(&json!({ "act": "pause", "reason": "meal" }))).await;
    assert_eq!(pause.status, StatusCode::NO_CONTENT, "{}", pause.body);
    // An act is answered once it is saved, which may be before it is shown, and what changed may be something else.
    let shown = async {
        loop {
            page.until("event: changed").await;
            let desk = centre.ask(get("/api/v1/desk").session(&session)).await.json();
            if desk["operator"]["state"] == "paused" {
                return desk;
            }
        }
    };
    let desk = tokio::time::timeout(support::DEADLINE, shown).await.expect("the pause is never shown");
    assert_eq!((&desk["operator"]["state"], &desk["operator"]["pause"]), (&json!("paused"), &json!("meal")), "{desk}");
    let operators = centre.ask(get("/api/v1/operators").token(TOKEN)).await.json();
    assert!(operators.as_array().unwrap().iter().any(|one| one["state"] == "paused"), "{operators}");
    assert!(centre.ask(get("/desk").session(&session)).await.body.contains("data-state=\"paused\""));
    centre.stop().await;
}

/// The disk is full: everybody's page says so for as long as it lasts, and the lead's list keeps it.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_on_every_page() {
    let centre = centre().await;
    let (operator, lead) = (centre.session(Role::Operator).await, centre.session(Role::Leader).await);
    let mut desk = Events::of(&centre, "/desk/stream", &operator).await;
    let mut board = Events::of(&centre, "/board/stream", &lead).await;
    for page in [&mut desk, &mut board] {
        page.until("event: trouble\ndata: {\"words\":null}").await;
    }
    centre.pages.set(1);
    // Small entries still find room in pages that are there.
    for reason in ["meal", "rest"].iter().cycle() {
        let act = centre.ask(post("/api/v1/desk/acts").session(&operator).json(&json!({ "act": "pause", "reason": reason }))).await;
        if act.status != StatusCode::NO_CONTENT {
            check_fault(&act, 503, "not_saved", "what cannot be saved is not done");
            break;
        }
    }
    for page in [&mut desk, &mut board] {
        page.until("Inget kan sparas just nu").await;
    }
    let list = centre.ask(get("/lead").session(&lead)).await.body;
    assert!(list.contains("<p class=\"trouble\" id=\"trouble\" role=\"alert\">Nothing can be saved"), "{list}");
    assert!(!list.contains("No alarms"), "{list}");

    centre.pages.lift();
    desk.until("event: trouble\ndata: {\"words\":null}").await;
    let list = centre.ask(get("/lead").session(&lead)).await.body;
    assert!(list.contains("Saving works again"), "{list}");
    centre.stop().await;
}

#[tokio::test]
async fn plain_http_stays_on_loopback() {
    let config = web::WebConfig::at(([0, 0, 0, 0], 0).into());
    let centre = centre().await;
    let refused = web::serve(config, centre.switchboard(), tokio_util::sync::CancellationToken::new()).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("loopback only")));
    centre.stop().await;
}
