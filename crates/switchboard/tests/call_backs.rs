//! A caller in line has us ring back: taken by keys, rung over the trunk when it is their turn, tried again, and owed
//! over a restart. Who hears whom is told by tones.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::contact::{Channel, ContactState, Outcome, PromiseKind};
use domain::routing::{ContactView, OperatorState};
use storage::AccessFilter;
use support::{
    Centre, Operator, World, refused,
    side::{NUMBER, RINGING_HZ},
};
use switchboard::{Answered, OperatorAct, Purpose, Refusal};
use telephony::LegId;

const CITIZEN_HZ: u32 = 600;
const OPERATOR_HZ: u32 = 1_000;
/// A handset in the range set aside for fiction.
const OTHER_NUMBER: &str = "0701740605";

/// A caller in line presses these keys and puts the receiver down; the call that is owed then.
async fn take(world: &mut World, keys: &str) -> ContactView {
    let caller = world.report_call().await;
    let waiting = world.centre.see_contact(ContactState::Queued).await;
    for key in keys.chars() {
        world.callers.telephony.send_keys(caller, &key.to_string());
    }
    let owed = owed(&world.centre, ContactState::Queued).await;
    assert_eq!(owed.reference, waiting.reference);
    assert!(owed.contact != waiting.contact);
    world.hang_up(caller).await;
    assert_eq!(world.centre.closed(waiting.contact).await.outcome, Some(Outcome::CallbackAccepted));
    owed
}

async fn owed(centre: &Centre, state: ContactState) -> ContactView {
    centre
        .see(&format!("a call-back {state:?}"), |live| {
            live.view.contacts.iter().find(|contact| contact.channel == Channel::CallBack && contact.state == state).cloned()
        })
        .await
}

/// The citizen answers at this number: their leg.
async fn answers(world: &mut World, number: &str) -> LegId {
    let citizen = world.parties.lift(number).await;
    owed(&world.centre, ContactState::Talking).await;
    citizen
}

async fn is_concluded(world: &mut World, operator: &Operator, owed: &ContactView, citizen: LegId) {
    world.parties.telephony.hang_up(citizen);
    world.parties.ended(citizen).await;
    assert_eq!(world.conclude(operator, owed.contact).await.outcome, Some(Outcome::Helped));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_keeps_the_place_is_rung_when_it_is_their_turn() {
    let mut world = World::start().await;
    let taken = take(&mut world, "61").await;
    let (mut operator, mut headset) = world.at_page("a").await;
    headset.say(OPERATOR_HZ);
    operator.accept(&world.centre).await;
    let rung = world.parties.incoming(NUMBER).await;
    owed(&world.centre, ContactState::Dialling).await;
    headset.hears(&[RINGING_HZ]).await;
    world.parties.telephony.answer(rung);
    world.parties.answered(rung).await;
    owed(&world.centre, ContactState::Talking).await;
    world.parties.say(rung, CITIZEN_HZ);
    headset.hears(&[CITIZEN_HZ]).await;
    world.parties.hears(rung, &[OPERATOR_HZ]).await;

    let board = world.centre.board();
    let details = board.caller(operator.id, taken.contact, Purpose::Talk).await.unwrap().unwrap();
    assert_eq!((details.number.as_deref(), details.call_back_number), (Some(NUMBER), None));
    let from = taken.call.as_ref().unwrap().from;
    let readings = board.store().accesses(&AccessFilter::default(), 20).await.unwrap();
    for contact in [taken.contact, from] {
        assert!(readings.iter().any(|access| access.contact == Some(contact)), "{contact} was read without a word of it");
    }
    is_concluded(&mut world, &operator, &taken, rung).await;
    assert_eq!(world.end().await, (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_busy_or_a_machine_is_tried_again_after_the_gap() {
    let mut world = World::start().await;
    let taken = take(&mut world, "61").await;
    let operator = world.at_desk("a").await;
    world.desks.lift(&operator.user).await;
    world.parties.decline(NUMBER).await;
    world.desks.lift(&operator.user).await;
    let machine = answers(&mut world, NUMBER).await;
    world.centre.act(operator.id, OperatorAct::NotThem { who: Answered::Machine }).await;
    world.parties.ended(machine).await;
    world.desks.lift(&operator.user).await;
    let citizen = answers(&mut world, NUMBER).await;
    let call = owed(&world.centre, ContactState::Talking).await.call.unwrap();
    assert_eq!((call.attempts_all, call.last_fault), (3, Some(domain::contact::NotReached::Machine)));
    is_concluded(&mut world, &operator, &taken, citizen).await;
    assert_eq!(world.end().await, (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_number_is_keyed_and_stands_in_no_entry() {
    let mut world = World::start().await;
    let taken = take(&mut world, &format!("62{OTHER_NUMBER}#1")).await;
    let operator = world.at_desk("a").await;
    world.desks.lift(&operator.user).await;
    let citizen = answers(&mut world, OTHER_NUMBER).await;
    let board = world.centre.board();
    let details = board.caller(operator.id, taken.contact, Purpose::Talk).await.unwrap().unwrap();
    assert_eq!((details.number.as_deref(), details.call_back_number.as_deref()), (Some(NUMBER), Some(OTHER_NUMBER)));
    let mut entries = board.store().journal_since(storage::Seq(0), 1_000).await.unwrap();
    entries.retain(|entry| {
        let text = serde_json::to_string(&(&entry.event, &entry.commands)).unwrap();
        text.contains(OTHER_NUMBER) || text.contains(r#""key":"7""#)
    });
    assert!(entries.is_empty(), "{entries:?}");
    is_concluded(&mut world, &operator, &taken, citizen).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_owes_the_same_call_and_nobody_is_rung_twice() {
    let mut world = World::start().await;
    let taken = take(&mut world, "61").await;
    world.centre.stop().await;
    world.centre = Centre::start(&world.folder, world.parties.address()).await;
    let after = owed(&world.centre, ContactState::Queued).await;
    assert_eq!((after.contact, after.reference), (taken.contact, taken.reference));
    let operator = world.at_desk("a").await;
    world.desks.lift(&operator.user).await;
    let rung = world.parties.incoming(NUMBER).await;
    owed(&world.centre, ContactState::Dialling).await;
    // The attempt that was under way counts as one.
    world.centre.stop().await;
    world.parties.ended(rung).await;
    world.centre = Centre::start(&world.folder, world.parties.address()).await;
    let operator = world.at_desk("b").await;
    world.desks.lift(&operator.user).await;
    let citizen = answers(&mut world, NUMBER).await;
    assert_eq!(owed(&world.centre, ContactState::Talking).await.call.unwrap().attempts_all, 2);
    is_concluded(&mut world, &operator, &taken, citizen).await;
    assert_eq!(world.end().await, (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_promised_a_call_is_rung_by_one_act() {
    let mut world = World::start().await;
    let (mut operator, mut headset) = world.at_page("a").await;
    let (caller, first) = world.talk_at_page(&mut operator).await;
    let again = world.centre.see_contact(ContactState::Talking).await;
    world.hang_up(caller).await;
    world.centre.see_operator(operator.id, OperatorState::WrapUp).await;
    world.centre.act(operator.id, OperatorAct::Outcome { contact: None, outcome: domain::contact::StatedOutcome::CallbackAccepted }).await;
    let promise = world
        .centre
        .see("a call that is owed", |live| {
            let owed = |kind| matches!(kind, PromiseKind::CallBack | PromiseKind::FollowUp);
            live.view.promises.iter().find(|promise| promise.reference == again.reference && owed(promise.kind)).cloned()
        })
        .await;
    world.centre.see_operator(operator.id, OperatorState::Idle).await;
    let ring = OperatorAct::RingCitizen { matter: promise.matter, promise: promise.promise };
    world.centre.act(operator.id, ring.clone()).await;
    let rung = world.parties.incoming(NUMBER).await;
    assert_eq!(refused(&world.centre, operator.id, ring).await, Refusal::NotNow);
    world.parties.telephony.answer(rung);
    let talking = owed(&world.centre, ContactState::Talking).await;
    world.parties.say(rung, CITIZEN_HZ);
    headset.hears(&[CITIZEN_HZ]).await;
    is_concluded(&mut world, &operator, &talking, rung).await;
    assert_eq!(world.centre.closed(first).await.outcome, Some(Outcome::CallbackAccepted));
    assert_eq!(world.end().await, (2, 0, 0));
}
