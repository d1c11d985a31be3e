//! A plan tried on a recorded day, by page and by interface: what was stands beside what would have been, and
//! whatever stands in the way is said. Nothing is changed by it.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::{
    ContactId, MatterId, PromiseId, QueueId, Timestamp,
    access::Role,
    contact::{Channel, ContactState, Outcome, Owner, PromiseKind, Settlement, VisitOutcome, ledger::Ledger},
    intent::{Intent, Language},
    routing::{Command, Event},
};
use hyper::StatusCode;
use serde_json::{Value, json};
use storage::{NewEntry, Records};
use support::{Centre, TOKEN, centre, centre_after, post};

/// 2026-01-15 12:00 in Stockholm.
const NOON: Timestamp = Timestamp(1_768_474_800_000);
const DAY: &str = "2026-01-15";

/// One caller came at noon under this plan and gave up after a minute; nobody was on duty.
fn one_gave_up(plan: &str) -> Vec<NewEntry> {
    let (contact, matter, promise, queue) = (ContactId(1), MatterId(1), PromiseId(1), QueueId::new("vast.report"));
    let came = vec![
        Command::OpenContact { contact, matter, channel: Channel::Telephone, owner: Owner::Dialogue },
        Command::MakePromise { promise, matter, promise_kind: PromiseKind::Answer, owner: Owner::Dialogue, due: NOON },
        Command::Describe {
            contact,
            region: None,
            uncertain: false,
            intent: Some(Intent::ReportTheft),
            language: Language::Swedish,
            urged: false,
        },
        Command::EnterQueue { contact, queue: queue.clone(), strict: false },
        Command::MoveContact { contact, state: ContactState::Queued, owner: Owner::Queue(queue.clone()) },
    ];
    let went = vec![
        Command::EndVisit { contact, queue, outcome: VisitOutcome::Abandoned, waited_ms: 60_000 },
        Command::CloseContact { contact, outcome: Outcome::Abandoned },
        Command::SettlePromise { promise, matter, settlement: Settlement::Withdrawn },
        Command::CloseMatter { matter },
    ];
    let mut ledger = Ledger::default();
    [(Event::PlanChanged { plan: plan.to_owned() }, NOON, came), (Event::TimePassed, NOON.plus_ms(60_000), went)]
        .into_iter()
        .zip(1..)
        .map(|((event, at, commands), seq)| {
            let changes = ledger.apply(seq, at, &commands).unwrap();
            let records = Records::of(&changes, &ledger);
            NewEntry { at, event, commands, records, payloads: Vec::new() }
        })
        .collect()
}

async fn tried(centre: &Centre, body: Value) -> support::Answer {
    centre.ask(post("/api/v1/plan/preview").token(TOKEN).json(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_day_is_told_as_it_was_and_by_both_plans() {
    let centre = centre_after(one_gave_up, |_| {}).await;
    let text = centre.switchboard().deployment().text.to_string();
    for day in [json!(DAY), json!(null)] {
        let answer = tried(&centre, json!({ "text": format!("# Another.\n{text}"), "day": day })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let told = answer.json();
        assert_eq!((&told["day"], &told["is_over"]), (&json!(DAY), &json!(true)), "{told}");
        assert_eq!((&told["callers"], &told["operators"], &told["uncounted"]), (&json!(1), &json!(0), &json!(0)), "{told}");
        assert_ne!(told["plan"], told["tried"]);
        let groups = told["groups"].as_array().unwrap();
        let names: Vec<_> = groups.iter().map(|group| (group["kind"].as_str().unwrap(), group["id"].as_str())).collect();
        assert_eq!(names, [("nation", None), ("region", Some("vast")), ("class", Some("report"))]);
        for group in groups {
            for whose in ["recorded", "before", "after"] {
                let calls = &group[whose];
                let counted = [&calls["offered"], &calls["answered"], &calls["left"], &calls["level_permille"], &calls["mean_wait_ms"]];
                assert_eq!(counted, [&json!(1), &json!(0), &json!(1), &json!(0), &json!(60_000)], "{whose}: {group}");
            }
        }
        assert!(told["about"].as_array().unwrap().iter().any(|caveat| caveat.as_str().unwrap().contains("How long somebody")), "{told}");
    }
    let session = centre.session(Role::Leader).await;
    let form = format!("text={}&day=", text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>());
    let page = centre.ask(post("/plan/preview").session(&session).form(&form)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for shown in
        ["Tried on 2026-01-15", "One caller came into line", "Region Väst", "This text is the plan of that day", "value=\"2026-01-15\""]
    {
        assert!(page.body.contains(shown), "no {shown:?} in {}", page.body);
    }
    assert_eq!(centre.switchboard().plan_changes().await.unwrap().len(), 1, "a trial changed the plan");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tried_says_why() {
    let centre = centre_after(|_| one_gave_up("0123456789abcdef"), |_| {}).await;
    let text = centre.switchboard().deployment().text.to_string();
    for (about, body, status, word) in [
        ("a faulty plan", json!({ "text": format!("colour = \"red\"\n{text}") }), 422, "plan_faults"),
        ("nobody came", json!({ "text": text, "day": "2026-01-14" }), 422, "trial_nobody"),
        ("a day to come", json!({ "text": text, "day": "9999-12-31" }), 422, "trial_nobody"),
        ("the plan of the day was not kept", json!({ "text": text, "day": DAY }), 422, "trial_plan_lost"),
        ("no day", json!({ "text": text, "day": "yesterday" }), 422, "wrong_shape"),
        ("a field too many", json!({ "text": text, "days": 3 }), 422, "wrong_shape"),
    ] {
        let answer = tried(&centre, body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (status, &json!(word)), "{about}: {}", answer.body);
    }
    let session = centre.session(Role::Leader).await;
    let page = centre.ask(post("/plan/preview").session(&session).form("text=a+plan&day=yesterday")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for shown in ["The day cannot be read", "href=\"#plan-day\"", "value=\"yesterday\"", "a plan</textarea>"] {
        assert!(page.body.contains(shown), "no {shown:?} in {}", page.body);
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trial_at_a_time() {
    let centre = centre().await;
    let config = web::WebConfig::at(([127, 0, 0, 1], 0).into());
    let app = web::App::new(centre.switchboard(), config, tokio_util::sync::CancellationToken::new());
    let text = centre.switchboard().deployment().text.to_string();
    let turn = app.trials().clone().try_acquire_owned().unwrap();
    let refused = web::plan::on_day(&app, &text, None).await.err();
    assert_eq!(format!("{refused:?}"), "Some(Trial(Busy))");
    drop(turn);
    let refused = web::plan::on_day(&app, &text, None).await.err();
    assert_eq!(format!("{refused:?}"), "Some(Trial(Nobody))", "the next one has its turn");
    centre.stop().await;
}
