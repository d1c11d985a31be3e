//! A leader holds a matter and lets it go, all see what is kept how long and what was erased, and whoever may sees who read what.
//! A real centre, a real server, without script.

use crate::support::{Answer, Centre, DEADLINE, TOKEN, centre_by, get, now, post};
use domain::{
    ContactId, MatterId, PromiseId, RegionId, Timestamp, UnitId,
    access::Role,
    contact::{Channel, Outcome, Owner, PromiseKind, Reference, Settlement, ledger::Ledger},
    intent::{Intent, Language},
    routing::{Command, Event},
};
use hyper::StatusCode;
use serde_json::{Value, json};
use storage::{Access, AccessFilter, NewEntry, Payload, Reader, Records};
use tokio::time::Instant;

const DAY_MS: i64 = 86_400_000;
const NUMBER: &str = "0701740605";
const ROWS: &str = "\n[[retention]]\nclass = \"tip\"\nafter = \"30 d\"\n\n[[retention]]\nclass = \"report\"\nafter = \"365 d\"\n";

fn days_ago(days: i64) -> Timestamp {
    Timestamp(now().0 - days * DAY_MS)
}

/// Matters in the order of their numbers, each about this and closed so many days ago.
fn closed(matters: &[(Intent, i64)]) -> Vec<NewEntry> {
    let (mut ledger, owner) = (Ledger::default(), Owner::Unit(UnitId::new("operators.vast")));
    let mut entries = Vec::new();
    for (number, (intent, days)) in (1..).zip(matters) {
        let (contact, matter, promise, at) = (ContactId(number), MatterId(number), PromiseId(number), days_ago(*days));
        let region = Some(RegionId::new("vast"));
        let commands = vec![
            Command::OpenContact { contact, matter, channel: Channel::Web, owner: owner.clone() },
            Command::Describe { contact, region, uncertain: false, intent: Some(*intent), language: Language::Swedish, urged: false },
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::Report, owner: owner.clone(), due: at },
            Command::SettlePromise { promise, matter, settlement: Settlement::Kept },
            Command::CloseContact { contact, outcome: Outcome::ReportReceived },
            Command::CloseMatter { matter },
        ];
        let changes = ledger.apply(number, at, &commands).unwrap();
        let payloads = vec![Payload::caller(contact, Some(NUMBER), None)];
        entries.push(NewEntry { at, event: Event::TimePassed, commands, records: Records::of(&changes, &ledger), payloads });
    }
    entries
}

fn reference(matter: u64) -> Reference {
    Reference::of(MatterId(matter))
}

fn matter_page(matter: u64) -> String {
    format!("/matters/{}", reference(matter).digits())
}

/// A page without its marks.
fn text(answer: &Answer) -> String {
    let pieces = answer.body.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    pieces.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

async fn shown(centre: &Centre, path: &str, session: &str) -> String {
    let answer = centre.ask(get(path).session(session)).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    text(&answer)
}

async fn holds(centre: &Centre, matter: u64, session: &str, form: &str) -> StatusCode {
    centre.ask(post(&format!("{}/hold", matter_page(matter))).session(session).form(form)).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_holds_a_matter_and_lets_it_go() {
    let centre = centre_by(ROWS, closed(&[(Intent::ReportBicycleTheft, 10), (Intent::Operator, 10)])).await;
    let (leader, operator) = (centre.session(Role::Leader).await, centre.session(Role::Operator).await);
    let due = days_ago(10 - 365).local(&centre.switchboard().deployment().plan.zone).date();
    let page = shown(&centre, &matter_page(1), &leader).await;
    assert!(page.contains(&format!("What is known of its citizens is erased on {due}.")), "{page}");
    assert!(page.contains("Hold the matter") && page.contains("Who read of this matter"), "{page}");
    assert!(shown(&centre, &matter_page(2), &leader).await.contains("By the plan nothing of it is erased by itself."));
    assert!(!shown(&centre, &matter_page(1), &operator).await.contains("Held from erasing"), "nothing to tell");

    let why = "act=set&reason=The+appeal+of+%3Cb%3E+is+pending";
    for (session, form, status) in [
        (&operator, why, StatusCode::FORBIDDEN),
        (&leader, "act=set&reason=+", StatusCode::UNPROCESSABLE_ENTITY),
        (&leader, &*format!("act=set&reason={}", "x".repeat(501)), StatusCode::UNPROCESSABLE_ENTITY),
        (&leader, "act=keep&reason=x", StatusCode::UNPROCESSABLE_ENTITY),
        (&leader, "act=lift&reason=x", StatusCode::CONFLICT),
        (&leader, why, StatusCode::SEE_OTHER),
        (&leader, why, StatusCode::CONFLICT),
    ] {
        assert_eq!(holds(&centre, 1, session, form).await, status, "{form:.40}");
    }
    let page = centre.ask(get(&matter_page(1)).session(&leader)).await;
    assert!(page.body.contains("The appeal of &lt;b&gt; is pending") && text(&page).contains("Let the matter go"), "{}", page.body);
    let seen = shown(&centre, &matter_page(1), &operator).await;
    assert!(seen.contains("by Test leader: nothing of it is erased.") && seen.contains("is pending"), "{seen}");
    assert!(!seen.contains("Let the matter go") && !seen.contains("Who read of this matter"), "{seen}");
    // Whoever sees no persons, and programs, are told that it is held and not why.
    let planner = centre.session(Role::Planner).await;
    let seen = shown(&centre, &matter_page(1), &planner).await;
    assert!(seen.contains("nothing of it is erased") && !seen.contains("is pending"), "{seen}");
    let api = format!("/api/v1{}", matter_page(1));
    let of = |answer: Answer| answer.json()["held"].clone();
    let held = of(centre.ask(get(&api).token(TOKEN)).await);
    assert_eq!((&held["by"], &held["reason"]), (&json!(centre.accounts[&Role::Leader].0), &Value::Null), "{held}");
    assert_eq!(of(centre.ask(get(&api).session(&leader)).await)["reason"], "The appeal of <b> is pending");

    let api_hold = |path: &str| post(&format!("{api}/{path}")).session(&leader).json(&json!({ "reason": "it is decided" }));
    assert_eq!(centre.ask(api_hold("hold")).await.status, StatusCode::CONFLICT);
    assert_eq!(centre.ask(api_hold("hold/lift")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(of(centre.ask(get(&api).session(&leader)).await), Value::Null);
    let page = shown(&centre, &matter_page(1), &leader).await;
    assert!(page.contains("Test leader held it from") && page.contains("it is decided"), "{page}");
    let wanted = AccessFilter { matter: Some(MatterId(1)), ..AccessFilter::default() };
    let log = centre.store.accesses(&wanted, 100).await.unwrap();
    let acts: Vec<_> = log.iter().filter(|access| access.what == "hold" && access.why != "search").map(|access| &*access.why).collect();
    assert_eq!(acts, ["lifted", "set"]);
    assert!(log.iter().any(|access| access.what == "hold" && access.why == "search"), "reading why is a reading: {log:?}");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_and_what_is_held_is_told() {
    let centre = centre_by(ROWS, closed(&[(Intent::Tip, 40), (Intent::Tip, 25), (Intent::ReportBicycleTheft, 10)])).await;
    let leader = centre.session(Role::Leader).await;
    let deadline = Instant::now() + DEADLINE;
    while centre.store.erased_between(days_ago(1), days_ago(-1)).await.unwrap().is_empty() {
        assert!(Instant::now() < deadline, "nothing is ever erased");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let by = centre.accounts[&Role::Leader];
    let (what, why) = ("svar journal erase".to_owned(), "as <b> asked".to_owned());
    let access = Access { at: now(), reader: Reader::Account(by), contact: Some(ContactId(3)), matter: None, what, why };
    centre.store.erase_contact(ContactId(3), &access, by).await.unwrap();
    let stand = async || centre.ask(get("/api/v1/retention").session(&leader)).await.json();
    let told = stand().await;
    let class = |told: &Value, class: &str| told["classes"].as_array().unwrap().iter().find(|one| one["class"] == class).unwrap().clone();
    assert_eq!((&class(&told, "tip")["kept_ms"], &class(&told, "tip")["due_within_week"]), (&json!(30 * DAY_MS), &json!(1)), "{told}");
    assert_eq!((&class(&told, "report")["due_within_week"], &class(&told, "service")["kept_ms"]), (&json!(0), &Value::Null), "{told}");
    let month = &told["months"][0];
    assert_eq!((&month["classes"], &month["contacts_by_hand"]), (&json!([{ "class": "tip", "matters": 1 }]), &json!(1)), "{told}");
    assert_eq!((told["months"].as_array().unwrap().len(), &told["held"]), (12, &json!([])));

    assert_eq!(holds(&centre, 2, &leader, "act=set&reason=an+appeal").await, StatusCode::SEE_OTHER);
    let told = stand().await;
    assert_eq!((&class(&told, "tip")["due_within_week"], &told["held"][0]["reference"]), (&json!(0), &json!(reference(2).digits())));
    let page = shown(&centre, "/retention", &leader).await;
    for part in ["30 days", "365 days", "Until somebody erases it", &reference(2).to_string(), "Test leader"] {
        assert!(page.contains(part), "{part:?} is not in {page}");
    }
    assert!(!page.contains("an appeal"), "{page}");
    let log = centre.ask(get("/access?who=system").session(&leader)).await;
    assert!(text(&log).contains("Svar itself Erased after its time tip, 30 d"), "{}", text(&log));
    let log = centre.ask(get("/access?contact=3").session(&leader)).await;
    assert!(log.body.contains("as &lt;b&gt; asked"), "{}", log.body);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_read_what_is_found_by_matter_contact_account_and_day() {
    let centre = centre_by("", closed(&[(Intent::Tip, 40), (Intent::ReportBicycleTheft, 10)])).await;
    let (leader, operator) = (centre.session(Role::Leader).await, centre.accounts[&Role::Operator]);
    let noon = Timestamp(1_772_362_800_000);
    let read = |at: Timestamp, contact: u64, what: &str| Access {
        at,
        reader: Reader::Account(operator),
        contact: Some(ContactId(contact)),
        matter: None,
        what: what.to_owned(),
        why: "talk".to_owned(),
    };
    let program = Access { reader: Reader::Token("board <b>".to_owned()), ..read(noon.plus_ms(86_400_000), 2, "report") };
    centre.store.log_accesses(&[read(noon, 1, "caller"), program]).await.unwrap();
    for (query, found, not) in [
        (&*format!("matter={}", reference(1)).replace(['\u{a0}', ' '], "+"), "What is known of the citizen", "The report"),
        ("contact=2", "The report", "What is known of the citizen"),
        ("who=operator", "They spoke with the citizen", "The program"),
        (&*format!("who=account:{operator}&contact="), "Test operator", "The program"),
        ("who=token%3Aboard+%3Cb%3E", "The program board &lt;b&gt;", "Test operator"),
        ("day=2026-03-01", "2026-03-01 12:00:00", "2026-03-02"),
        ("day=2026-03-02", "2026-03-02 12:00:00", "2026-03-01 12"),
        ("who=planner", "Nobody read anything like that", "Test planner"),
        ("who=nobody", "There is none such", "Readings"),
        ("matter=10000008", "There is none such", "Readings"),
        (&*format!("matter={}", reference(9).digits()), "There is none such", "Readings"),
        ("contact=x", "There is none such", "Readings"),
        ("day=2026-02-30", "There is none such", "Readings"),
    ] {
        let answer = centre.ask(get(&format!("/access?{query}")).session(&leader)).await;
        let main = answer.body.split("<table").nth(1).unwrap_or_else(|| answer.body.split("<main").nth(1).unwrap());
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        assert!(main.contains(found) && !main.contains(not), "{query}: {main}");
    }
    let own = AccessFilter { reader: Some(Reader::Account(centre.accounts[&Role::Leader])), ..AccessFilter::default() };
    let own = centre.store.accesses(&own, 50).await.unwrap();
    assert_eq!(own.iter().filter(|access| access.what == "access_log").count(), 8, "looking is a reading: {own:?}");

    let many: Vec<_> = (0..300).map(|n| read(noon.plus_ms(n), 2, "caller")).collect();
    centre.store.log_accesses(&many).await.unwrap();
    let first = centre.ask(get("/access?day=2026-03-01").session(&leader)).await.body;
    let next = first.split("href=\"").find(|rest| rest.contains("rel=\"next\"")).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let second = centre.ask(get(&next).session(&leader)).await.body;
    let rows = |page: &str| page.matches("<tr>").count() - 1;
    assert_eq!((rows(&first), rows(&second), second.contains("rel=\"next\"")), (250, 51, false), "{next}");
    assert!(second.contains("To the newest"), "{second}");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_see_the_log_is_refused_and_stands_in_it() {
    let centre = centre_by("", Vec::new()).await;
    for role in [Role::Operator, Role::Planner, Role::Administrator] {
        let session = centre.session(role).await;
        let refused = centre.ask(get("/access?contact=4").session(&session)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role}");
        let by = AccessFilter { reader: Some(Reader::Account(centre.accounts[&role])), ..AccessFilter::default() };
        let log = centre.store.accesses(&by, 9).await.unwrap();
        assert_eq!(
            log.iter().map(|one| (one.contact, &*one.what, &*one.why)).collect::<Vec<_>>(),
            [(Some(ContactId(4)), "access_log", "refused")]
        );
    }
    assert!(shown(&centre, "/retention", &centre.session(Role::Administrator).await).await.contains("Nothing is erased by itself"));
    centre.stop().await;
}
