//! The interface for programs: its document, its sessions, what is told of a contact, who read whom;
//! and what guards the surface against many at once.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::{rehearsal, support};
use domain::{
    Timestamp,
    access::Role,
    contact::{StatedOutcome, StatedSettlement},
    intent::Language,
    routing::Reach,
};
use futures::future::join_all;
use hyper::{Method, StatusCode};
use rehearsal::Scene;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use storage::{ContactRow, SessionLimits};
use support::{Centre, DEADLINE, Events, PASSWORD, PAUSE, TOKEN, ask, centre, centre_with, get, post};
use tokio::time::Instant;

const MINUTE: u64 = 60_000;

fn delete(path: &str) -> support::Ask {
    ask(Method::DELETE, path)
}

fn sign_in(name: &str, password: &str) -> support::Ask {
    post("/api/v1/session").json(&json!({ "name": name, "password": password }))
}

/// With every blank filled.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_the_routes_are_the_same() {
    let centre = centre().await;
    let document = centre.ask(get("/api/v1/openapi.json")).await.json();
    let methods = |(path, item): (&String, &Value)| -> Vec<_> {
        item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect()
    };
    let told: BTreeSet<_> = document["paths"].as_object().unwrap().iter().flat_map(methods).collect();
    let routed: BTreeSet<_> = web::api::ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(told, routed);
    for (method, path) in web::api::ROUTES {
        let status = centre.head(ask(method.to_uppercase().parse().unwrap(), &filled(path))).await;
        assert!(!matches!(status.as_u16(), 404 | 405), "{method} {path} is told but not there: {status}");
    }
    let health = centre.ask(get("/api/v1/health")).await.json();
    for field in ["status", "database", "telephony", "recogniser", "admitting", "version"] {
        assert!(!health[field].is_null(), "health says no {field}");
    }
    assert!(health["learning_percent"].is_null(), "nothing is learnt here");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_has_a_shape_for_all_that_it_names() {
    let centre = centre().await;
    let document = centre.ask(get("/api/v1/openapi.json")).await.json();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    let named: BTreeSet<_> = text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for name in &named {
        assert!(schemas.contains_key(*name), "{name} is referred to but has no shape");
    }
    for name in ["Act", "ApiError", "Contact", "Explanation", "NextBody", "OutcomeWord", "SessionOpened", "WhyContact"] {
        assert!(named.contains(name), "nothing is of the shape {name}");
    }
    let words = |schema: &str| schemas[schema].to_string();
    for (name, words) in [
        ("OutcomeWord", StatedOutcome::ALL.iter().map(|stated| stated.word()).collect::<Vec<_>>()),
        ("SettlementWord", StatedSettlement::ALL.iter().map(|stated| stated.word()).collect()),
    ] {
        assert_eq!(schemas[name]["enum"], json!(words), "{name}");
    }
    assert!(words("NextBody").contains("\"sign_out\"") && words("PauseBody").contains("\"meal\""), "{}", words("NextBody"));
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!((&schemes["token"]["scheme"], &schemes["session"]["name"]), (&json!("bearer"), &json!("svar_session")));
    centre.stop().await;

    let centre = centre_with(|config| config.behind_proxy = true).await;
    let document = centre.ask(get("/api/v1/openapi.json")).await.json();
    let name = document["components"]["securitySchemes"]["session"]["name"].as_str().unwrap().to_owned();
    let form = format!("name=operator&password={}", PASSWORD.replace(' ', "+"));
    let signed_in = centre.ask(post("/login").form(&form)).await;
    assert_eq!(signed_in.header("set-cookie").split('=').next(), Some(name.as_str()));
    assert!(name.starts_with("__Host-"), "{name}");
    centre.stop().await;
}

/// What a contact tells, always and in every state; the eleven of the specification among them.
const CONTACT_FIELDS: [&str; 15] = [
    "arrived",
    "call",
    "channel",
    "id",
    "intent",
    "language",
    "next_promise",
    "outcome",
    "owner",
    "queue",
    "reference",
    "region",
    "region_uncertain",
    "state",
    "waited_ms",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_has_all_its_fields_always() {
    let expected: BTreeSet<&str> = CONTACT_FIELDS.into();
    let check = |contact: &Value, about: &str| {
        let fields: BTreeSet<&str> = contact.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, expected, "{about}");
    };
    for scene in [Scene::Crowded, Scene::Talking, Scene::ByKeys] {
        let live = rehearsal::live(scene);
        for view in &live.view.contacts {
            let contact = serde_json::to_value(web::api::model::Contact::of_view(view, &live.view.promises)).unwrap();
            check(&contact, &format!("{scene:?}"));
        }
    }
    let file = rehearsal::handed_over();
    for next_promise in [None, file.promises.first().cloned()] {
        let mut bare = file.contacts[0].clone();
        (bare.region, bare.outcome, bare.closed) = (None, None, None);
        bare.visits.clear();
        for record in [file.contacts[0].clone(), bare] {
            let row = ContactRow { reference: file.reference, record, next_promise: next_promise.clone() };
            check(&serde_json::to_value(web::api::model::Contact::of_row(&row, rehearsal::now())).unwrap(), "a row");
        }
    }
    let centre = centre().await;
    let document = centre.ask(get("/api/v1/openapi.json")).await.json();
    check(&document["components"]["schemas"]["Contact"]["properties"], "the document");
    centre.stop().await;
}

#[test]
fn the_order_of_the_waiting_and_its_reasons_are_told_to_programs() {
    let (mut live, deployment) = (rehearsal::live(Scene::Crowded), rehearsal::deployment());
    live.view.contacts[2].line.as_mut().unwrap().reach = Reach::Nation;
    let words = web::words::Words::new(Language::English);
    let told: Vec<Value> = web::waiting::line(&live.view)
        .map(|contact| web::api::centre_model::WhyContact::of(words, &deployment.plan, &live, contact))
        .map(|why| serde_json::to_value(why).unwrap())
        .collect();
    let places: Vec<u64> = told.iter().map(|why| why["waiting"]["place"].as_u64().unwrap()).collect();
    assert!(places.iter().copied().eq(1..=51), "{places:?}");
    let (strict, tip) = (&told[0], &told[2]);
    assert_eq!((&strict["waiting"]["rule"], &strict["decision"]), (&json!("strict"), &json!(null)), "{strict}");
    assert!(strict["sentence"].as_str().unwrap().starts_with("Time-critical: before all others. First in its queue."), "{strict}");
    assert_eq!(tip["waiting"]["rule"], "waited");
    assert_eq!((&tip["waiting"]["head_start_ms"], &tip["waiting"]["reach"]), (&json!(2 * MINUTE), &json!("nation")), "{tip}");
    assert!(tip["sentence"].as_str().unwrap().starts_with("By time waited, with a head start of 2:00. "), "{tip}");

    let live = rehearsal::live(Scene::Talking);
    let mine = live.view.contacts.iter().find(|contact| contact.contact == rehearsal::MINE).unwrap();
    let why = serde_json::to_value(web::api::centre_model::WhyContact::of(words, &deployment.plan, &live, mine)).unwrap();
    assert_eq!((&why["waiting"], &why["decision"]["reason"]), (&json!(null), &json!("longest_wait")), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_acts_for_a_person_with_a_session_of_its_own() {
    let centre = centre().await;
    let opened = centre.ask(sign_in("Operator", PASSWORD)).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    let opened = opened.json();
    assert_eq!((&opened["role"], &opened["name"]), (&json!("operator"), &json!("Test operator")), "{opened}");
    assert_eq!(opened["operator"], centre.accounts[&Role::Operator].0);
    let token = opened["token"].as_str().unwrap();
    assert_eq!(centre.ask(get("/api/v1/desk").token(token)).await.status, StatusCode::OK);
    let act = centre.ask(post("/api/v1/desk/acts").token(token).json(&json!({ "act": "hold" }))).await;
    assert_eq!(act.status, StatusCode::CONFLICT, "an operator without a call: {}", act.body);
    assert_eq!(centre.head(get("/api/v1/desk/stream").token(token)).await, StatusCode::OK);
    assert_eq!(centre.ask(get("/api/v1/operators").token(token)).await.status, StatusCode::FORBIDDEN, "what an operator may not");

    let ended = centre.ask(delete("/api/v1/session").token(token)).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
    for asked in [get("/api/v1/desk"), delete("/api/v1/session")] {
        assert_eq!(centre.ask(asked.token(token)).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(centre.ask(delete("/api/v1/session").token(TOKEN)).await.status, StatusCode::FORBIDDEN, "an API token is no session");
    assert_eq!(centre.ask(get("/api/v1/queues").token(TOKEN)).await.status, StatusCode::OK);
    let cookie = centre.session(Role::Leader).await;
    let ended = centre.ask(delete("/api/v1/session").session(&cookie)).await;
    assert!(ended.header("set-cookie").contains("Max-Age=0"), "{}", ended.header("set-cookie"));
    assert_eq!(centre.ask(get("/api/v1/operators").session(&cookie)).await.status, StatusCode::UNAUTHORIZED);
    centre.stop().await;
}

/// Rounds of five wrong ones, fewer than one address may have.
const ROUNDS_MAX: u32 = 3;

/// Wrong passwords for one account, by page and by interface in turn; when the last of them was asked.
async fn guess_five_times(centre: &Centre) -> Instant {
    let mut last = Instant::now();
    for guess in 0..5 {
        let page = guess % 2 == 0;
        let asked = if page { post("/login").form("name=leader&password=wrong") } else { sign_in("leader", "wrong") };
        last = Instant::now();
        let refused = centre.ask(asked).await;
        assert_eq!(refused.status.as_u16(), if page { 422 } else { 401 }, "{}", refused.body);
        if !page {
            assert_eq!((&refused.json()["error"], refused.header("www-authenticate")), (&json!("wrong_credentials"), "Bearer"));
        }
    }
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_counted_over_page_and_interface() {
    let centre = centre().await;
    // A slow machine may look at the right one when the pause is over already, never before; then all begins anew.
    for round in 1.. {
        let last = guess_five_times(&centre).await;
        let answer = centre.ask(sign_in("leader", PASSWORD)).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        assert_eq!(answer.status, StatusCode::CREATED);
        assert!(last.elapsed() >= PAUSE && round < ROUNDS_MAX, "round {round}: looked at within {:?} of the fifth", last.elapsed());
    }
    assert_eq!(centre.ask(sign_in("operator", PASSWORD)).await.status, StatusCode::CREATED);
    let elsewhere = sign_in("operator", PASSWORD).header("sec-fetch-site", "cross-site");
    assert_eq!(centre.ask(elsewhere).await.status, StatusCode::FORBIDDEN);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_time_are_no_more_than_guesses_in_turn() {
    let centre = centre().await;
    let guesses = join_all((0..12).map(|_| centre.ask(sign_in("leader", "wrong")))).await;
    let of = |status: StatusCode| guesses.iter().filter(|answer| answer.status == status).count();
    let (looked_at, slowed) = (of(StatusCode::UNAUTHORIZED), of(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(looked_at + slowed, guesses.len());
    // Two are looked at at the same time: one of them may begin before the other is found wrong.
    assert!((5..=6).contains(&looked_at), "{looked_at} guesses were looked at");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_holds_on_a_full_disk() {
    let centre = centre().await;
    let earlier = Timestamp(support::now().0 - i64::try_from(2 * MINUTE).unwrap());
    let account = centre.accounts[&Role::Operator];
    let session = centre.store.create_session(account, earlier, SessionLimits::default()).await.unwrap().secret().to_owned();
    centre.pages.exhaust();
    assert_eq!(centre.ask(get("/desk").session(&session)).await.status, StatusCode::OK);
    assert_eq!(centre.ask(get("/api/v1/desk").session(&session)).await.status, StatusCode::OK);
    Events::of(&centre, "/desk/stream", &session).await.until("event: page").await;
    centre.pages.lift();
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_sessions_are_removed() {
    let centre = centre().await;
    let limits = SessionLimits { idle_ms_max: MINUTE, age_ms_max: MINUTE };
    let (begun, account) = (Timestamp(1_000), centre.accounts[&Role::Operator]);
    let ended = centre.store.create_session(account, begun, limits).await.unwrap();
    let good = centre.session(Role::Leader).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let config = web::WebConfig::at(([127, 0, 0, 1], 0).into());
    let running = web::serve(config, centre.switchboard(), stop.clone()).await.unwrap();
    // As long as its row is there it was good when it began.
    let removed = async {
        while centre.store.session(ended.secret(), begun).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, removed).await.expect("the ended session is still there");
    assert_eq!(centre.ask(get("/lead").session(&good)).await.status, StatusCode::OK);
    stop.cancel();
    running.ended().await;
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn public_boards_shut_out_nobody_who_is_signed_in() {
    let centre = centre_with(|config| config.board_public = true).await;
    let mut open = Vec::new();
    for _ in 0..32 {
        let mut stream = Events::of(&centre, "/board/stream", "none").await;
        stream.until("event: page").await;
        open.push(stream);
    }
    assert_eq!(centre.head(get("/board/stream")).await, StatusCode::TOO_MANY_REQUESTS);
    for path in ["/desk/stream", "/board/stream"] {
        let session = centre.session(Role::Operator).await;
        assert_eq!(centre.head(get(path).session(&session)).await, StatusCode::OK, "{path}");
    }
    drop(open);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_streams_are_counted_by_the_address_that_it_names() {
    let centre = centre_with(|config| (config.board_public, config.behind_proxy) = (true, true)).await;
    let mut open = Vec::new();
    for _ in 0..32 {
        let mut stream = Events::with(&centre, "/board/stream", "x-forwarded-for: 203.0.113.9, 192.0.2.1").await;
        stream.until("event: page").await;
        open.push(stream);
    }
    for (address, expected) in [("192.0.2.1", 429), ("198.51.100.7, 192.0.2.1", 429), ("192.0.2.2", 200), ("203.0.113.9", 200)] {
        let status = centre.head(get("/board/stream").header("x-forwarded-for", address)).await;
        assert_eq!(status.as_u16(), expected, "{address}");
    }
    drop(open);
    centre.stop().await;
}

/// The log as a leader reads it: reader, contact, what, why, newest first.
async fn log(centre: &Centre, query: &str) -> Vec<(String, Value, String, String)> {
    let session = centre.session(Role::Leader).await;
    let answer = centre.ask(get(&format!("/api/v1/access-log{query}")).session(&session)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let rows = answer.json();
    let row = |row: &Value| (text(row, "reader"), row["contact"].clone(), text(row, "what"), text(row, "why"));
    rows.as_array().unwrap().iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_stand_in_the_access_log_and_so_does_reading_it() {
    let centre = centre().await;
    let (operator, planner) = (centre.session(Role::Operator).await, centre.session(Role::Planner).await);
    for asked in [
        get("/api/v1/desk/reports/4").session(&operator),
        get("/api/v1/desk/reports/4").token(TOKEN),
        get("/api/v1/access-log?contact=4").session(&planner),
    ] {
        assert_eq!(centre.ask(asked).await.status, StatusCode::FORBIDDEN);
    }
    let by = |role: Role| format!("account:{}", centre.accounts[&role]);
    let row = |reader: String, what: &str, why: &str| (reader, json!(4), what.to_owned(), why.to_owned());
    let refused = [
        row(by(Role::Planner), "access_log", "refused"),
        row("token:configured".into(), "report", "refused"),
        row(by(Role::Operator), "report", "refused"),
    ];
    let own = row(by(Role::Leader), "access_log", "search");
    let told = log(&centre, "?contact=4").await;
    // The time decides the order, in milliseconds: several may have the same.
    let sorted = |mut rows: Vec<_>| {
        rows.sort_by_key(|row: &(String, Value, String, String)| format!("{row:?}"));
        rows
    };
    assert_eq!(sorted(told), sorted([&refused[..], &[own]].concat()));
    assert_eq!(log(&centre, &format!("?reader={}", by(Role::Operator))).await, [refused[2].clone()]);
    assert_eq!(log(&centre, "?limit=1").await.len(), 1);
    assert_eq!(log(&centre, "?before=1").await, []);
    let leader = centre.session(Role::Leader).await;
    for query in ["?reader=nobody", "?colour=red", "?contact=x"] {
        let answer = centre.ask(get(&format!("/api/v1/access-log{query}")).session(&leader)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.body);
    }
    centre.stop().await;
}
