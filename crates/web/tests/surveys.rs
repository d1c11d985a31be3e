//! Whoever was asked says how it was by their link, without script; leaders see how many are satisfied, and read what was
//! written under their own name. A real centre, a real server.

use crate::support::{Answer, Centre, centre_after, get, post};
use domain::{
    ContactId, MatterId, PromiseId, RegionId, Timestamp, UnitId,
    access::Role,
    contact::{Channel, Outcome, Owner, PromiseKind, Settlement, ledger::Ledger},
    intent::Language,
    routing::{Command, Event},
};
use hyper::StatusCode;
use std::time::{SystemTime, UNIX_EPOCH};
use storage::{NewEntry, Records};

const PEOPLE: u64 = 6;
const DAY_MS: i64 = 86_400_000;

fn now() -> Timestamp {
    Timestamp(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap())
}

/// So many were helped in the west and asked at this time; the last of them is not asked.
fn asked_at(at: Timestamp) -> Vec<NewEntry> {
    let owner = Owner::Unit(UnitId::new("operators.vast"));
    let mut ledger = Ledger::default();
    let of_one = |number: u64| {
        let (contact, matter, promise) = (ContactId(number), MatterId(number), PromiseId(number));
        let region = Some(RegionId::new("vast"));
        vec![
            Command::OpenContact { contact, matter, channel: Channel::Web, owner: owner.clone() },
            Command::Describe { contact, region, uncertain: false, intent: None, language: Language::English, urged: false },
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::Report, owner: owner.clone(), due: at.plus_ms(1) },
            Command::SettlePromise { promise, matter, settlement: Settlement::Kept },
            Command::CloseContact { contact, outcome: Outcome::ReportReceived },
            Command::AwaitOpinion { contact, due: at },
            Command::CloseMatter { matter },
            Command::SettleSurvey { contact, asked: number < PEOPLE },
        ]
    };
    (1..=PEOPLE)
        .map(|number| {
            let commands = of_one(number);
            let changes = ledger.apply(number, at, &commands).unwrap();
            NewEntry { at, event: Event::TimePassed, commands, records: Records::of(&changes, &ledger), payloads: Vec::new() }
        })
        .collect()
}

fn link(centre: &Centre, number: u64) -> String {
    format!("/en/opinion/{}", centre.store.survey_token(ContactId(number)))
}

async fn says(centre: &Centre, address: &str, form: &str) -> Answer {
    centre.ask(post(address).form(form)).await
}

/// A page without its marks.
fn text(answer: &Answer) -> String {
    let pieces = answer.body.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    pieces.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_asked_says_how_it_was_and_leaders_see_it() {
    let centre = centre_after(|_| asked_at(now()), |_| {}).await;
    for (number, form) in (1..PEOPLE).zip([
        "treatment=very_good&handling=good&accessibility=bad&words=They+listened+%3Cb%3E",
        "treatment=good&handling=none&accessibility=very_bad&words=",
        "treatment=good&handling=good&accessibility=bad",
        "treatment=neither&handling=bad&accessibility=good",
        "treatment=very_good&handling=good&accessibility=none",
    ]) {
        let address = link(&centre, number);
        let page = centre.ask(get(&address)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(text(&page).contains("How did we treat you?") && !page.body.contains("<script"), "{}", page.body);
        let sent = says(&centre, &address, form).await;
        assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, &*format!("{address}?sent=1")), "{}", sent.body);
        assert!(text(&centre.ask(get(&format!("{address}?sent=1"))).await).contains("Thank you for your answer"));
    }
    let session = centre.session(Role::Leader).await;
    let page = text(&centre.ask(get("/surveys?lang=en").session(&session)).await);
    // Four of five are satisfied with how they were met; of four with how they could reach us, nothing is shown.
    for told in ["Opinions", "80.0% 37.6% – 96.4%", "90.0%", "The survey of 2018", "too few answers"] {
        assert!(page.contains(told), "{told:?} is not in {page}");
    }
    assert!(!page.contains("They listened"), "{page}");
    let month = centre.ask(get("/api/v1/surveys").session(&session)).await.json();
    let west = &month["regions"][0];
    assert_eq!((&west["region"], &west["asked"], &west["answered"]), (&"vast".into(), &5.into(), &5.into()), "{month}");
    assert_eq!((&west["treatment"]["satisfied_permille"], &west["treatment"]["from_permille"]), (&800.into(), &376.into()), "{month}");
    assert_eq!((&west["handling"]["answers"], &west["handling"]["satisfied_permille"]), (&4.into(), &serde_json::Value::Null));
    let words = centre.ask(get("/surveys/words").session(&session)).await;
    assert!(words.body.contains("They listened &lt;b&gt;"), "{}", words.body);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_asked_is_not_answered() {
    let centre = centre_after(|_| asked_at(now()), |_| {}).await;
    let address = link(&centre, 1);
    let token = address.rsplit('/').next().unwrap().to_owned();
    let followed = centre.store.contact_token(ContactId(1));
    for wrong in [
        link(&centre, PEOPLE),
        link(&centre, 4711),
        format!("/en/opinion/{followed}"),
        format!("/en/matter/{token}"),
        address[..20].to_owned(),
    ] {
        assert_eq!(centre.ask(get(&wrong)).await.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(says(&centre, &wrong, "treatment=good").await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    for (form, status, told) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY, "Answer at least one question"),
        ("treatment=none&words=+", StatusCode::UNPROCESSABLE_ENTITY, "Answer at least one question"),
        ("treatment=excellent", StatusCode::BAD_REQUEST, ""),
        (&*format!("words={}", "x".repeat(2_001)), StatusCode::UNPROCESSABLE_ENTITY, "Use at most 2"),
    ] {
        let answer = says(&centre, &address, form).await;
        assert_eq!(answer.status, status, "{form}: {}", text(&answer));
        assert!(text(&answer).contains(told), "{}", text(&answer));
    }
    let from_elsewhere = post(&address).form("treatment=good").header("sec-fetch-site", "cross-site");
    assert_eq!(centre.ask(from_elsewhere).await.status, StatusCode::FORBIDDEN);
    assert!(text(&centre.ask(get(&format!("{address}?sent=1"))).await).contains("How did we treat you?"), "nothing was sent");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_long_ago_is_answered_no_more() {
    let centre = centre_after(|_| asked_at(Timestamp(now().0 - 15 * DAY_MS)), |_| {}).await;
    let address = link(&centre, 1);
    assert!(text(&centre.ask(get(&address)).await).contains("It can be answered no longer"));
    assert!(text(&says(&centre, &address, "treatment=good").await).contains("It can be answered no longer"));
    centre.stop().await;
}
