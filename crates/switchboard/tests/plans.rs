//! The plan changes while calls run: at once, at its time, back again, and over a restart.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::{OperatorId, Timestamp, contact::ContactState};
use support::{Centre, World};
use switchboard::{PlanOutcome, PlanRefusal, WantedPlan};

const ADMINISTRATOR: OperatorId = OperatorId(900);
const GOTEBORG: &str = "id = \"goteborg\"\nname = \"Göteborg\"\nregion = \"vast\"\n";

/// One region more before the first.
const NORTHERN: &str = "[[regions]]\nid = \"norr\"\nname = \"Norr\"\ncommand_centre = \"rlc.nord\"\nneighbours = []\n\n[[regions]]\n";

fn wanted(text: &str) -> WantedPlan {
    WantedPlan { account: ADMINISTRATOR, text: text.to_owned(), due: None, reason: "a test".to_owned() }
}

/// The running plan with the site in Göteborg opening in a far year.
fn closed(centre: &Centre) -> String {
    let text = centre.board().deployment().text.to_string();
    assert!(text.contains(GOTEBORG), "the plan writes the site otherwise");
    text.replace(GOTEBORG, &format!("{GOTEBORG}opens = 2999-01-01\n"))
}

fn in_force(centre: &Centre) -> String {
    centre.board().deployment().plan.digest.clone()
}

async fn comes_into_force(centre: &Centre, digest: &str) {
    centre.see(&format!("{digest} in force"), |live| (live.view.plan == digest).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_opens_while_a_call_waits() {
    let mut world = World::start().await;
    let before = world.centre.board().deployment().text.to_string();
    let closed = closed(&world.centre);
    world.centre.board().change_plan(wanted(&closed)).await.unwrap();
    let operator = world.at_desk("a").await;
    let caller = world.report_call().await;
    let waiting = world.centre.see_contact(ContactState::Queued).await;
    assert!(world.centre.board().live().view.operators.iter().all(|known| known.offer.is_none()));

    world.centre.board().change_plan(wanted(&before)).await.unwrap();
    world.desks.lift("a").await;
    let talking = world.centre.see_contact(ContactState::Talking).await;
    assert_eq!((talking.contact, talking.queued_since), (waiting.contact, waiting.queued_since));
    world.hang_up(caller).await;
    world.conclude(&operator, talking.contact).await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_force_goes_on_after_a_restart_and_stands_in_the_list() {
    let world = World::start().await;
    let closed = closed(&world.centre);
    let change = world.centre.board().change_plan(wanted(&closed)).await.unwrap();
    let digest = in_force(&world.centre);
    let World { folder, centre, parties, .. } = world;
    centre.stop().await;
    let centre = Centre::start(&folder, parties.address()).await;
    assert_eq!(in_force(&centre), digest);
    assert_eq!(centre.board().deployment().text.as_ref(), closed);
    let changes = centre.board().plan_changes().await.unwrap();
    let told: Vec<_> = changes.iter().map(|change| (change.id, change.account, change.outcome)).collect();
    let adopted = Some(PlanOutcome::Adopted);
    assert_eq!(told, [(change, Some(ADMINISTRATOR), adopted), (1, None, adopted)], "the folder's plan was not adopted anew");
    assert_eq!(centre.board().plan_text(&digest).await.unwrap().as_deref(), Some(closed.as_str()));
    centre.stop().await;
    folder.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dated_plan_comes_at_its_time_unless_it_is_taken_back() {
    let world = World::start().await;
    let board = world.centre.board();
    let closed = closed(&world.centre);
    let digest = board.examine_plan(&closed).plan.unwrap().digest;
    let far = WantedPlan { due: Some(board.now().plus_ms(3_600_000)), ..wanted(&closed) };
    let change = board.change_plan(far).await.unwrap();
    assert_ne!(in_force(&world.centre), digest);
    board.withdraw_plan(change).await.unwrap();
    assert_eq!(board.withdraw_plan(change).await, Err(PlanRefusal::Unknown));

    let soon = WantedPlan { due: Some(board.now().plus_ms(300)), ..wanted(&closed) };
    board.change_plan(soon).await.unwrap();
    comes_into_force(&world.centre, &digest).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let board = world.centre.board();
    let text = board.deployment().text.to_string();
    let before = (in_force(&world.centre), board.plan_changes().await.unwrap());
    assert_eq!(board.change_plan(wanted(&text)).await, Err(PlanRefusal::InForce));
    let past = WantedPlan { due: Some(Timestamp(1)), ..wanted(&closed(&world.centre)) };
    assert_eq!(board.change_plan(past).await, Err(PlanRefusal::Past));
    let line = text.lines().position(|line| line == "name = \"sweden\"").unwrap() + 1;
    let others = [
        ("another deployment", "name = \"sweden\"", "name = \"norway\"", 0, "is running"),
        ("a name that is none", "name = \"sweden\"", "name = 7", line, "name"),
        ("another measure", "within = \"10 min\"", "within = \"9 min\"", 0, "measure"),
        ("a language without prompts", "languages = [\"sv\", \"en\"]", "languages = [\"sv\", \"en\", \"da\"]", 0, "prompts"),
        ("a region without areas", "[[regions]]\n", NORTHERN, 0, "norr"),
    ];
    for (name, from, to, line, told) in others {
        assert!(text.contains(from), "{name}");
        let Err(PlanRefusal::Faults(faults)) = board.change_plan(wanted(&text.replacen(from, to, 1))).await else {
            panic!("{name} is taken")
        };
        let told = faults.iter().any(|fault| fault.line == line && fault.what.contains(told));
        assert!(told, "{name}: {faults:?}");
    }
    assert_eq!((in_force(&world.centre), board.plan_changes().await.unwrap()), before);
    world.end().await;
}
