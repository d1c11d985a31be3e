//! A time booked by the operator who speaks with the citizen, moved and taken back by them, over a real call.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::{
    booking::{BookingState, ByStaff, StaffReason},
    contact::Channel,
};
use support::{World, refused};
use switchboard::{DeskBooking, OperatorAct, Refusal};

const NUMBER: &str = "070-174 06 05";

fn book(slot: domain::Timestamp, number: &str) -> OperatorAct {
    OperatorAct::Book(DeskBooking { slot, desk: None, number: Some(number.to_owned()), mail: None })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_books_moves_and_cancels_for_whom_they_speak_with() {
    let mut world = World::start().await;
    let operator = world.at_desk("anna").await;
    let other = world.operator("bo", true).await;
    let board = world.centre.board().clone();
    assert_eq!(board.times_at_desk(operator.id, None), Err(Refusal::NoContact));
    let (caller, _, contact) = world.talk(&operator).await;
    let centre = &world.centre;
    let times = board.times_at_desk(operator.id, None).unwrap();
    assert!(times.len() > 10 && times.iter().all(|time| time.free > 0 && time.wanted.wish.region.as_str() == "vast"));
    let [first, second, third] = [times[4].wanted.slot, times[5].wanted.slot, times[6].wanted.slot];
    // What cannot be is refused in its own words, and holds nothing.
    assert_eq!(refused(centre, operator.id, book(first, "112")).await, Refusal::NumberNotRung);
    assert_eq!(refused(centre, operator.id, book(domain::Timestamp(first.0 + 1), NUMBER)).await, Refusal::TimeTaken);
    assert_eq!(refused(centre, other.id, book(first, NUMBER)).await, Refusal::NoContact);
    assert!(board.store().load_ledger().await.unwrap().bookings.is_empty());

    centre.act(operator.id, book(first, NUMBER)).await;
    let [booked] = <[_; 1]>::try_from(board.bookings_at_hand(operator.id).await.unwrap()).unwrap();
    let talk = board.store().contact(contact).await.unwrap().unwrap().record;
    assert_eq!((booked.wanted.slot, booked.state, booked.matter), (first, BookingState::Booked, Some(talk.matter)));
    let call = board.store().contact(booked.contact.unwrap()).await.unwrap().unwrap().record;
    assert_eq!(call.channel, Channel::CallBack);
    // One matter is owed one call.
    assert_eq!(refused(centre, operator.id, book(second, NUMBER)).await, Refusal::NotNow);
    let held = |state| state == BookingState::Held;
    assert!(!board.store().load_ledger().await.unwrap().bookings.values().any(|record| held(record.state)), "nothing is left held");

    let (booking, moved) = (booked.booking, OperatorAct::MoveBooking { booking: booked.booking, slot: second });
    assert_eq!(refused(centre, other.id, moved.clone()).await, Refusal::NoContact);
    centre.act(operator.id, moved).await;
    assert_eq!(board.bookings_at_hand(operator.id).await.unwrap()[0].wanted.slot, second);
    centre.act(operator.id, OperatorAct::CancelBooking { booking }).await;
    assert_eq!(board.bookings_at_hand(operator.id).await.unwrap(), []);
    assert_eq!(refused(centre, operator.id, OperatorAct::CancelBooking { booking }).await, Refusal::NotNow);

    // A leader does the same with what nobody speaks of, and says why.
    centre.act(operator.id, book(third, NUMBER)).await;
    let again = board.bookings_at_hand(operator.id).await.unwrap()[0].booking;
    let staff = ByStaff { operator: other.id, reason: StaffReason::NobodyThere };
    board.move_for_citizen(again, second, staff).await.unwrap();
    board.cancel_for_citizen(again, staff).await.unwrap();
    let journal = board.store().journal_since(storage::Seq(0), 1_000).await.unwrap();
    let told = journal.iter().filter(|entry| format!("{:?}", entry.event).contains("NobodyThere")).count();
    assert_eq!(told, 2, "the journal tells who and why");
    world.hang_up(caller).await;
    world.conclude(&operator, contact).await;
    world.end().await;
}
