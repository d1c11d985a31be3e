//! Whoever reported follows it by their link, without script: what happens next, what is asked, what was decided. A real
//! centre, a real server, and an operator who asks and decides.

use crate::support::{Answer, Centre, Events, ask, centre, get, post};
use domain::{
    RegionId,
    access::Role,
    contact::PromiseKind,
    intent::{Intent, Language},
    routing::AdditionView,
};
use hyper::{Method, StatusCode};
use serde_json::json;
use storage::DraftCode;
use switchboard::FiledForm;
use tokio::time::{Duration, Instant, sleep};

const WAIT_MAX: Duration = Duration::from_secs(20);

/// Reports as a form does; what opens it, and what is owed for it.
async fn reports(centre: &Centre) -> (String, AdditionView) {
    let board = centre.switchboard();
    let region = board.deployment().plan.sites.first().map(|site| site.region.clone()).unwrap();
    let form = FiledForm {
        form: "bicycle".to_owned(),
        intent: Intent::ReportBicycleTheft,
        language: Language::English,
        region: Some(RegionId::new(region.as_str())),
        subject: "Stöld av cykel".to_owned(),
        text: "Vad? En cykel".to_owned(),
        answers: json!({}),
        identified: None,
        name: Some("the reporter".to_owned()),
        number: Some("0701740605".to_owned()),
        mail: None,
    };
    let code = DraftCode::random();
    let reference = board.file_form(&code, form).await.unwrap();
    let token = board.filed_token(&code).await.unwrap().unwrap();
    let report = seen(centre, |addition| addition.reference == reference && addition.kind == PromiseKind::Report).await;
    (token, report)
}

async fn seen(centre: &Centre, wanted: impl Fn(&AdditionView) -> bool) -> AdditionView {
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        let live = centre.switchboard().live();
        if let Some(found) = live.view.additions.iter().find(|addition| wanted(addition)) {
            return found.clone();
        }
        assert!(Instant::now() < deadline, "never came: {:?}", live.view.additions);
        sleep(Duration::from_millis(5)).await;
    }
}

/// An operator of the first site, whose page is open.
async fn operator(centre: &Centre) -> (String, Events) {
    let session = centre.session(Role::Operator).await;
    let mut events = Events::of(centre, "/desk/stream", &session).await;
    events.until("event: page").await;
    let act = centre.ask(post("/api/v1/desk/acts").session(&session).json(&json!({ "act": "pause", "reason": "casework" }))).await;
    assert_eq!(act.status, StatusCode::NO_CONTENT, "{}", act.body);
    let me = centre.accounts[&Role::Operator];
    let deadline = Instant::now() + WAIT_MAX;
    while !centre.switchboard().live().view.operators.iter().any(|view| view.operator == me) {
        assert!(Instant::now() < deadline, "the operator was never seen");
        sleep(Duration::from_millis(5)).await;
    }
    (session, events)
}

/// A page without its marks.
fn text(page: &str) -> String {
    let pieces = page.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    pieces.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn tells(answer: &Answer, told: &[&str]) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let text = text(&answer.body);
    for told in told {
        assert!(text.contains(told), "{told:?} is not in {text}");
    }
    assert!(!answer.body.contains("<script") && !text.contains("the reporter") && !text.contains("En cykel"), "{text}");
}

/// What makes one form of a page one.
fn once(page: &str) -> String {
    page.split("name=\"once\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reported_is_followed_from_its_coming_to_its_decision() {
    let centre = centre().await;
    let (token, report) = reports(&centre).await;
    let address = format!("/en/matter/{token}");
    tells(&centre.ask(get(&address)).await, &["Your report", &report.reference.to_string(), "Waits to be read", "It is to be done by"]);
    for (address, title) in [(format!("/sv/arende/{token}"), "Din anmälan"), (format!("/da/sag/{token}"), "Din anmeldelse")] {
        tells(&centre.ask(get(&address)).await, &[title]);
    }

    // The operator asks, without script.
    let (session, _events) = operator(&centre).await;
    let matter = centre.ask(get(&format!("/matters/{}", report.reference.digits())).session(&session)).await;
    assert!(text(&matter.body).contains("Vad? En cykel") && matter.body.contains("name=\"question\""), "{}", text(&matter.body));
    let ask = format!("/contacts/{}/ask", report.contact);
    let asked = centre.ask(post(&ask).session(&session).form("question=Which+frame+number%3F")).await;
    assert_eq!((asked.status, asked.header("location")), (StatusCode::SEE_OTHER, &*format!("/matters/{}", report.reference.digits())));
    let page = centre.ask(get(&address)).await;
    let matter = centre.ask(get(&format!("/matters/{}", report.reference.digits())).session(&session)).await;
    assert!(text(&matter.body).contains("waits for the citizen"), "{}", text(&matter.body));
    tells(&page, &["Waits for your answer", "We have a question for you", "Which frame number?", "Your answer", "We asked you a question"]);

    // They answer, twice by mistake.
    let form = format!("once={}&text=WTU+123", once(&page.body));
    let send = || centre.ask(post(&address).form(&form));
    let answers = tokio::join!(send(), send());
    for answer in [answers.0, answers.1] {
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*format!("{address}?sent=1")), "{}", answer.body);
    }
    let added = seen(&centre, |addition| addition.kind == PromiseKind::Addition).await;
    assert_eq!((added.reference, added.verified, added.to_link), (report.reference, true, false));
    let page = centre.ask(get(&format!("{address}?sent=1"))).await;
    tells(&page, &["We have received what you wrote", "You added something", "Add something"]);
    assert!(!text(&page.body).contains("Waits for your answer") && !text(&page.body).contains("Which frame number?"));
    let kept = centre.store.contact(added.contact).await.unwrap().unwrap();
    assert!(kept.payloads.iter().all(|payload| !format!("{:?}", payload.body).contains(&token)), "the link is kept nowhere");
    let all = centre.switchboard().live();
    assert_eq!(all.view.additions.iter().filter(|addition| addition.kind == PromiseKind::Addition).count(), 1, "it was sent once");

    // Decided, from the desk this time.
    let decide = json!({ "act": "decide_report", "matter": report.matter, "promise": report.promise, "decision": "no_traces" });
    let decided = centre.ask(post("/api/v1/desk/acts").session(&session).json(&decide)).await;
    assert_eq!(decided.status, StatusCode::NO_CONTENT, "{}", decided.body);
    let page = centre.ask(get(&address)).await;
    tells(&page, &["We have decided", "We investigate no further", "If you do not agree", "prosecutor"]);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_what_it_is_of_and_nothing_else() {
    let centre = centre().await;
    let (token, report) = reports(&centre).await;
    let other = centre.switchboard().store().booking_token(domain::BookingId(1));
    for wrong in ["x", &token[1..], &format!("0{}", &token[1..]), &other, &report.reference.digits(), &"a".repeat(65)] {
        for address in [format!("/sv/arende/{wrong}"), format!("/en/matter/{wrong}"), format!("/da/sag/{wrong}")] {
            assert_eq!(centre.ask(get(&address)).await.status, StatusCode::NOT_FOUND, "{address}");
            let sent = centre.ask(post(&address).form("once=0123456789abcdef&text=hello")).await;
            assert_eq!(sent.status, StatusCode::NOT_FOUND, "{address}");
        }
    }
    let address = format!("/en/matter/{token}");
    for (form, status, told) in [
        ("text=hello".to_owned(), StatusCode::BAD_REQUEST, ""),
        ("once=%3Cscript%3E&text=hello".to_owned(), StatusCode::BAD_REQUEST, ""),
        ("once=0123456789abcdef&text=+%0A+".to_owned(), StatusCode::UNPROCESSABLE_ENTITY, "Write what you want to add"),
        (format!("once=0123456789abcdef&text={}", "x".repeat(4_001)), StatusCode::UNPROCESSABLE_ENTITY, "Use at most 4"),
    ] {
        let answer = centre.ask(post(&address).form(&form)).await;
        assert_eq!(answer.status, status, "{form}: {}", text(&answer.body));
        assert!(text(&answer.body).contains(told), "{}", text(&answer.body));
    }
    let from_elsewhere = post(&address).form("once=0123456789abcdef&text=hello").header("sec-fetch-site", "cross-site");
    assert_eq!(centre.ask(from_elsewhere).await.status, StatusCode::FORBIDDEN);
    assert_eq!(centre.switchboard().live().view.additions.len(), 1, "nothing of it was taken in");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_for_a_report_neither_asks_nor_decides() {
    let centre = centre().await;
    let (_, report) = reports(&centre).await;
    let (ask, decide) = (format!("/contacts/{}/ask", report.contact), format!("/contacts/{}/decide", report.contact));
    for role in Role::ALL.iter().filter(|role| !role.may(domain::access::Permission::AnswerCalls)) {
        let session = centre.session(*role).await;
        for (path, form) in [(&ask, "question=Which%3F"), (&decide, "decision=noted")] {
            assert_eq!(centre.ask(post(path).session(&session).form(form)).await.status, StatusCode::FORBIDDEN, "{role} at {path}");
        }
    }
    let (session, _events) = operator(&centre).await;
    for (path, form, status) in [
        (&*ask, "question=+", StatusCode::BAD_REQUEST),
        (&*ask, &*format!("question={}", "x".repeat(2_001)), StatusCode::BAD_REQUEST),
        (&*decide, "decision=unheard_of", StatusCode::CONFLICT),
        (&*decide, "", StatusCode::BAD_REQUEST),
        ("/contacts/4711/ask", "question=Which%3F", StatusCode::NOT_FOUND),
        ("/contacts/x/decide", "decision=noted", StatusCode::NOT_FOUND),
    ] {
        let answer = centre.ask(post(path).session(&session).form(form)).await;
        assert_eq!(answer.status, status, "{path} {form}: {}", text(&answer.body));
    }
    assert!(!centre.switchboard().live().view.promises.iter().any(|promise| promise.paused.is_some()));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_time_takes_the_next_report_and_nobody_else_writes_it() {
    let centre = centre().await;
    let (_, report) = reports(&centre).await;
    let (session, _events) = operator(&centre).await;
    let next = || centre.ask(post("/api/v1/desk/acts").session(&session).json(&json!({ "act": "next_report" })));
    let draft = format!("/api/v1/desk/reports/{}", report.contact);
    let parts = format!("/desk/parts?open={}", report.contact);
    assert!(!centre.ask(get(&parts).session(&session)).await.body.contains("data-opened"), "it is nobody's yet");
    let taken = next().await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT, "{}", taken.body);
    let again = next().await;
    assert_eq!((again.status, again.json()["error"].as_str()), (StatusCode::CONFLICT, Some("no_report")), "{}", again.body);
    let me = centre.accounts[&Role::Operator];
    seen(&centre, |addition| addition.owner == domain::contact::Owner::Operator(me)).await;
    let opened = centre.ask(get(&parts).session(&session)).await;
    assert!(opened.body.contains(&format!("data-opened=\"{}\"", report.contact)), "{}", text(&opened.body));
    assert!(text(&opened.body).contains("Vad? En cykel"), "what the citizen wrote stands beside the form: {}", text(&opened.body));

    // A code that is in no list and a number with a slip are kept, and remarked on.
    let written = json!({ "base": 0, "draft": {
        "crimes": [{ "code": "1234", "degree": "attempted" }],
        "parties": [{ "role": "victim", "identity_number": "640823-3235" }],
        "damage": "A broken lock", "number": "x",
    } });
    let saved = centre.ask(ask(Method::PUT, &draft).session(&session).json(&written)).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    let remarks = saved.json()["remarks"].as_array().unwrap().clone();
    let told: Vec<_> = remarks.iter().map(|remark| (remark["field"].as_str().unwrap(), remark["rule"].as_str().unwrap())).collect();
    let expected = [("number", "report_number"), ("crimes.0.code", "unknown_code"), ("parties.0.identity_number", "number_check_digit")];
    assert_eq!(told, expected);
    let kept = centre.ask(get(&draft).session(&session)).await.json();
    assert_eq!((&kept["draft"]["crimes"][0]["degree"], &kept["draft"]["damage"]), (&json!("attempted"), &json!("A broken lock")));
    let leader = centre.session(Role::Leader).await;
    let theirs = centre.ask(ask(Method::PUT, &draft).session(&leader).json(&json!({ "base": 1, "draft": {} }))).await;
    assert_eq!(theirs.status, StatusCode::FORBIDDEN, "{}", theirs.body);
    centre.stop().await;
}
