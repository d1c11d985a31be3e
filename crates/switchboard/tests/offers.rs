//! Who is rung, who answers, and what happens when nobody can.
#![allow(clippy::unwrap_used)]

mod support;

use domain::{contact::ContactState, routing::OperatorState};
use support::{World, refused};
use switchboard::{OperatorAct, Refusal};
use telephony::{BodyPart, EndCause, LegEvent};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_offer_is_taken_once() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let caller = world.report_call().await;
    let offer = world.centre.see("offer", |live| live.view.operators.iter().find_map(|known| known.offer)).await;
    let accept = OperatorAct::Accept { offer };
    // The telephone is lifted, not the page's button pressed.
    assert_eq!(refused(&world.centre, operator.id, accept.clone()).await, Refusal::Sound);
    world.desks.lift("a").await;
    let contact = world.centre.see_contact(ContactState::Talking).await.contact;
    assert_eq!(refused(&world.centre, operator.id, accept).await, Refusal::OfferOver);
    world.hang_up(caller).await;
    world.conclude(&operator, contact).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_not_ours_is_refused() {
    let mut world = World::start().await;
    let caller = world.callers.dial(&world.centre.number().replace("11414", "11419"));
    assert_eq!(world.callers.ended(caller).await, EndCause::NotFound);
    assert_eq!(world.end().await, (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telephone_that_cannot_be_had_passes_the_call_on() {
    let mut world = World::start().await;
    let busy = world.at_desk("a").await;
    let next = world.at_desk("b").await;
    let caller = world.report_call().await;
    world.desks.decline("a").await;
    world.centre.see_operator(busy.id, OperatorState::Unresponsive).await;
    world.desks.lift("b").await;
    let contact = world.centre.see_contact(ContactState::Talking).await;
    assert_eq!(contact.operator, Some(next.id));
    world.hang_up(caller).await;
    world.conclude(&next, contact.contact).await;
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_gives_up_stops_the_ringing() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let caller = world.report_call().await;
    let ringing = world.desks.incoming("a").await;
    let contact = world.centre.see_contact(ContactState::Offered).await.contact;
    world.hang_up(caller).await;
    assert_eq!(world.desks.ended(ringing).await, EndCause::Cancelled);
    world.centre.closed(contact).await;
    world.centre.see_operator(operator.id, OperatorState::Idle).await;
    world.centre.is_quiet().await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_position_goes_to_112_with_the_call() {
    let mut world = World::start().await;
    let place = include_str!("support/place.xml").as_bytes().to_vec();
    let part =
        BodyPart { content_type: "application/pidf+xml".to_owned(), content_id: Some("place@test.invalid".to_owned()), bytes: place };
    let caller = world.callers.dial_with(&world.centre.number(), vec![part]);
    world.callers.answered(caller).await;
    world.callers.telephony.send_keys(caller, "91");
    let (help, parts) = world
        .parties
        .wait("112", |event| match event {
            LegEvent::Incoming { leg, parts, .. } => Some((*leg, parts.clone())),
            _ => None,
        })
        .await;
    let text = String::from_utf8(parts[0].bytes.clone()).unwrap();
    assert!(text.contains("57.7") && text.contains("11.97"), "{text}");
    world.parties.telephony.answer(help);
    world.parties.answered(help).await;
    let contact = world.centre.see_contact(ContactState::WithParty).await.contact;
    world.parties.telephony.hang_up(help);
    world.callers.ended(caller).await;
    world.centre.closed(contact).await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_reloaded_is_not_lost_and_one_that_is_closed_is() {
    let world = World::start().await;
    let operator = world.operator("a", false).await;
    let board = world.centre.board();
    assert_eq!(refused(&world.centre, operator.id, OperatorAct::Ready).await, Refusal::Sound);
    board.close_page(operator.id, operator.page).await;
    let (page, _events) = board.open_page(operator.id).await.unwrap();
    world.centre.see_operator(operator.id, OperatorState::SignedOut).await;
    // Told twice, it is still the other page that counts.
    board.close_page(operator.id, operator.page).await;
    board.close_page(operator.id, page).await;
    world.centre.see_operator(operator.id, OperatorState::Lost).await;
    let (_page, _events) = board.open_page(operator.id).await.unwrap();
    world.centre.see_operator(operator.id, OperatorState::SignedOut).await;
    world.end().await;
}
