//! What must happen at most once is found in the journal when it happened twice: a promise settled, a message settled,
//! a call owed of a matter, a citizen rung.

use crate::support::{Centre, Place};
use domain::{
    AttemptId, ClassId, ContactId, MatterId, MessageNumber, OperatorId, PartyId, PromiseId, QueueId, Timestamp,
    contact::{CallKind, Channel, ContactState, MessageState, NotReached, Owner, PromiseKind, Settlement},
    routing::{Command, Event},
};

on_both!(calls_in_their_order_are_no_fault, what_happened_twice_is_found);

const GAP_MS: u64 = 5_000;

fn by_hand() -> Event {
    Event::CallTaken { promise: PromiseId(2), matter: MatterId(1), operator: OperatorId(7) }
}

/// A caller keeps the place, and contact 2 owes the call.
async fn owed(place: &Place) -> (storage::Store, Centre) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    for entry in [centre.arrive("+46701740605"), centre.queue(1), centre.keep_place(1)] {
        store.append(entry).await.unwrap();
    }
    (store, centre)
}

async fn calls_in_their_order_are_no_fault(place: Place) {
    let (store, mut centre) = owed(&place).await;
    let mut entries = vec![centre.ring_citizen(2, 1, Event::TimePassed), centre.not_reached(2, 1, GAP_MS)];
    entries.extend((0..5).map(|_| centre.tick()));
    // An operator may ring before the gap is over, of their own accord.
    entries.extend([centre.ring_citizen(2, 2, Event::TimePassed), centre.not_reached(2, 2, GAP_MS), centre.ring_citizen(2, 3, by_hand())]);
    store.append_all(entries).await.unwrap();
    assert_eq!(place.faults().await, [""; 0]);
}

/// What is appended to a journal in which contact 2 owes a call that was rung once, and what must be named. The chain is
/// whole, and every record follows from it.
async fn what_happened_twice_is_found(place: Place) {
    let (store, mut centre) = owed(&place).await;
    let (one, two, matter) = (ContactId(1), ContactId(2), MatterId(1));
    let operator = OperatorId(7);
    let queue = || Owner::Queue(QueueId::new("vast.report"));
    let (until, since) = (Timestamp(0), Timestamp(0));
    let dial = |contact, attempt| Command::DialCitizen { contact, attempt: AttemptId(attempt), operator, from: one, until };
    let rest = |not_before| Command::RestCall { contact: two, not_before, fault: Some(NotReached::Busy), in_front: false, promise: None };
    let resting = || Command::MoveContact { contact: two, state: ContactState::Resting, owner: queue() };
    let settle = || Command::SettlePromise { promise: PromiseId(1), matter, settlement: Settlement::Kept };
    let second = |contact| Command::OpenContact { contact, matter, channel: Channel::CallBack, owner: queue() };
    let owe = |contact, promise| {
        let (call_kind, class) = (CallKind::KeepPlace, ClassId::new("report"));
        Command::OweCall { contact, call_kind, from: one, since, class, promise, textable: false }
    };
    let again = Command::MakePromise { promise: PromiseId(2), matter, promise_kind: PromiseKind::FollowUp, owner: queue(), due: until };
    let party = |attempt| Command::Dial { contact: one, attempt: AttemptId(attempt), party: PartyId::new("112"), until };
    let text = || Command::SettleMessage { contact: one, message: MessageNumber(1), state: MessageState::Sent };
    for entry in [centre.ring_citizen(2, 1, Event::TimePassed), centre.owe_text(1, "+46701740605")] {
        store.append(entry).await.unwrap();
    }
    assert_eq!(place.faults().await, [""; 0]);
    for commands in [
        vec![dial(two, 2)],
        vec![rest(Timestamp(i64::MAX)), resting(), dial(two, 3)],
        vec![rest(until), resting()],
        vec![dial(two, 3)],
        vec![party(4)],
        vec![party(4)],
        vec![settle()],
        vec![again],
        vec![text()],
        vec![text()],
        vec![second(ContactId(3)), owe(ContactId(3), PromiseId(2))],
        vec![second(ContactId(4)), owe(ContactId(4), PromiseId(1))],
    ] {
        store.append(centre.breach(commands)).await.unwrap();
    }
    let expected = [
        "journal entry 6 rings the citizen of contact 2 while they are being rung",
        "journal entry 7 rings the citizen of contact 2 before the time settled for it",
        "journal entry 8 has contact 2 rung again without a gap",
        "journal entry 9 dials attempt 3 a second time",
        "journal entry 11 dials attempt 4 a second time",
        "journal entry 12 changes something that is not open",
        "journal entry 13 changes something that is not open",
        "journal entry 15 changes something that is not open",
        "journal entry 16 owes matter 1 a second call, contact 3, while contact 2 is open",
        "journal entry 17 owes matter 1 a second call, contact 4, while contact 3 is open",
        "matter 1 is owed two calls at once",
        "the call that contact 4 owes keeps no open promise",
    ];
    let faults = place.faults().await;
    for fault in expected {
        assert!(faults.iter().any(|found| found == fault), "{fault:?} is not among {faults:#?}");
    }
}
