//! Who is rung, who answers, and what happens when nobody can.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::{
    OperatorId, PartyId, QueueId,
    contact::{ContactState, LeadReason},
    routing::{Consulted, OperatorState},
};
use interop::pidf_lo::{self, Location};
use support::{World, refused, side::Side};
use switchboard::{LeadAct, OperatorAct, Refusal};
use telephony::{BodyPart, EndCause, LegEvent, LegId};

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
async fn a_leader_gives_a_waiting_caller_to_whom_the_plan_would_not() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    // A tip, which nobody on duty may take.
    let caller = world.call().await;
    world.callers.telephony.send_keys(caller, "42");
    let contact = world.centre.see_contact(ContactState::Queued).await.contact;
    let leader = OperatorId(900);
    let board = world.centre.board();
    let first = LeadAct::PutFirst { first: true };
    assert_eq!(board.lead(leader, contact, first, LeadReason::InNeed).await, Ok(()));
    assert_eq!(board.lead(leader, contact, first, LeadReason::InNeed).await, Err(Refusal::NotNow));
    let nobody = LeadAct::Give { to: OperatorId(901) };
    assert_eq!(board.lead(leader, contact, nobody, LeadReason::Other).await, Err(Refusal::NotNow));
    assert_eq!(board.lead(leader, contact, LeadAct::Give { to: operator.id }, LeadReason::KnowsTheMatter).await, Ok(()));
    world.desks.lift("a").await;
    let talking = world.centre.see_contact(ContactState::Talking).await;
    assert_eq!((talking.contact, talking.operator), (contact, Some(operator.id)));
    world.hang_up(caller).await;
    world.conclude(&operator, contact).await;
    assert_eq!(world.end().await, (1, 0, 0));
}

fn place_part(bytes: &[u8]) -> BodyPart {
    BodyPart { content_type: "application/pidf+xml".to_owned(), content_id: Some("place@test.invalid".to_owned()), bytes: bytes.to_vec() }
}

/// The next call for a party, with the places that come with it.
async fn handed_on(parties: &mut Side, user: &str) -> (LegId, Vec<Location>) {
    let incoming = parties.wait(user, |event| match event {
        LegEvent::Incoming { leg, to_user, parts, .. } if to_user == user => Some((*leg, parts.clone())),
        _ => None,
    });
    let (leg, parts) = incoming.await;
    (leg, parts.iter().flat_map(|part| pidf_lo::read(&part.bytes).unwrap().locations).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_place_goes_on_as_it_was_sent_to_whoever_may_have_it() {
    let mut world = World::start().await;
    // Its sender says nothing of passing it on: for those who help, not for others.
    let place = include_bytes!("support/place.xml");
    let sent = pidf_lo::read(place).unwrap().locations.remove(0);
    let ring = |world: &World| world.callers.dial_with(&world.centre.number(), vec![place_part(place)]);
    let caller = ring(&world);
    world.callers.answered(caller).await;
    world.callers.telephony.send_keys(caller, "91");
    let (first, places) = handed_on(&mut world.parties, "112").await;
    assert_eq!(places, std::slice::from_ref(&sent));
    assert!(sent.at.is_some() && sent.method.is_none() && !sent.retransmission_allowed);
    world.parties.telephony.refuse(first, telephony::Refusal::Busy);
    let (help, places) = handed_on(&mut world.parties, "rlc-vast").await;
    assert_eq!(places, [sent]);
    world.parties.telephony.answer(help);
    world.parties.answered(help).await;
    let contact = world.centre.see_contact(ContactState::WithParty).await.contact;
    world.parties.telephony.hang_up(help);
    world.callers.ended(caller).await;
    world.centre.closed(contact).await;

    let operator = world.at_desk("a").await;
    let caller = ring(&world);
    world.callers.answered(caller).await;
    world.callers.telephony.send_keys(caller, "32");
    world.desks.lift("a").await;
    let contact = world.centre.see_contact(ContactState::Talking).await.contact;
    world.centre.act(operator.id, OperatorAct::Consult { with: Consulted::Party(PartyId::new("switchboard")) }).await;
    let (_, places) = handed_on(&mut world.parties, "switchboard").await;
    assert!(places.is_empty(), "{places:?}");
    world.hang_up(caller).await;
    world.conclude(&operator, contact).await;
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_cannot_be_read_costs_no_call() {
    let mut world = World::start().await;
    let endless = "<a>".repeat(10_000);
    for (about, bytes) in [
        ("nothing", b"".as_slice()),
        ("half a document", b"<?xml version=\"1.0\"?><presence><tuple>"),
        ("no text", &[0xff, 0x00, 0xfe, 0x80]),
        ("entities", b"<!DOCTYPE p [<!ENTITY a \"aa\">]><presence>&a;</presence>"),
        ("no place", b"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\"/>"),
        ("too deep", endless.as_bytes()),
    ] {
        let number = format!("{};transport=tcp", world.centre.number());
        let caller = world.callers.dial_with(&number, vec![place_part(bytes)]);
        world.callers.answered(caller).await;
        world.callers.hears_anything(caller, &format!("the greeting: {about}")).await;
        world.callers.telephony.send_keys(caller, "32");
        let contact = world.centre.see_contact(ContactState::Queued).await;
        assert_eq!(contact.queue.as_ref().map(QueueId::as_str), Some("vast.report"), "{about}: by the number's area");
        world.hang_up(caller).await;
        world.centre.closed(contact.contact).await;
    }
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (6, 0, 0));
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
