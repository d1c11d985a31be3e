//! A crash, a restart, a full disk, another node: nothing that was acknowledged is lost, nothing that
//! is not safe is done, and callers hear what is the matter.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::{
    contact::{ContactState, Outcome, Owner, PauseReason, PromiseKind, StatedSettlement, SystemCause},
    routing::OperatorState,
};
use storage::Term;
use support::{
    Centre, Folder, World, refused,
    side::{DEADLINE, FAULT_HZ, Side},
};
use switchboard::{OperatorAct, Refusal};
use telephony::{BodyPart, EndCause, LegId};
use tokio::{runtime::Builder, time::timeout};

/// A call with a document that does not go into pages already there.
fn large_call(world: &World) -> LegId {
    let part = BodyPart { content_type: "application/xml".to_owned(), content_id: None, bytes: vec![b' '; 40_000] };
    world.callers.dial_with(&format!("{};transport=tcp", world.centre.number()), vec![part])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_owes_whoever_was_interrupted() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (caller, desk, contact) = world.talk(&operator).await;
    world.centre.stop().await;
    world.callers.ended(caller).await;
    world.desks.ended(desk).await;
    assert_eq!(world.folder.verify().await.1, 1, "still open: what it owes is the next start's to say");

    let centre = Centre::start(&world.folder, world.parties.address()).await;
    let record = centre.closed(contact).await;
    assert_eq!(record.outcome, Some(Outcome::SystemTerminated(SystemCause::Restart)));
    let owed = centre.see("follow-up", |live| live.view.promises.first().cloned()).await;
    assert_eq!((owed.kind, owed.matter), (PromiseKind::FollowUp, record.matter));
    let (_page, _events) = centre.board().open_page(operator.id).await.unwrap();
    centre
        .act(operator.id, OperatorAct::SettlePromise { matter: owed.matter, promise: owed.promise, outcome: StatedSettlement::Helped })
        .await;
    centre.see("nothing owed", |live| live.view.promises.is_empty().then_some(())).await;
    world.centre = centre;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[test]
fn a_crash_loses_nobody() {
    let outside = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let process = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let folder = Folder::new();
    let (mut callers, parties) = outside.block_on(async { (Side::start().await, Side::start().await) });
    let centre = process.block_on(Centre::start(&folder, parties.address()));
    let number = centre.number();
    let caller = callers.dial(&number);
    outside.block_on(async {
        callers.answered(caller).await;
        callers.telephony.send_keys(caller, "32");
        centre.see_contact(ContactState::Queued).await;
    });
    // Everything of the process is gone at once, in whatever state it was.
    process.shutdown_background();
    drop(centre);
    let contact = outside.block_on(async {
        assert_eq!(folder.verify().await.1, 1);
        let centre = Centre::start(&folder, parties.address()).await;
        let owed = centre.see("follow-up", |live| live.view.promises.first().cloned()).await;
        assert_eq!(owed.kind, PromiseKind::FollowUp);
        let contact = centre.closed(domain::ContactId(1)).await;
        centre.stop().await;
        contact
    });
    assert_eq!(contact.outcome, Some(Outcome::SystemTerminated(SystemCause::Restart)));
    assert_eq!(outside.block_on(folder.verify()), (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_announced_and_loses_nothing() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (held, desk, contact) = world.talk(&operator).await;
    world.callers.say(held, 600);
    world.desks.say(desk, 1_000);
    world.callers.hears(held, &[1_000]).await;
    let in_dialogue = world.call().await;

    world.folder.pages.set(1);
    let number = world.centre.number();
    // Rings in at the moment of failure: hears the announcement and stays on the line.
    let ringing = large_call(&world);
    world.centre.see("fault", |live| (!live.health.database && !live.health.admitting).then_some(())).await;
    world.callers.answered(ringing).await;
    world.callers.hears(ringing, &[FAULT_HZ]).await;
    // Rings in later: hears it and is hung up on, nothing promised.
    let later = world.callers.dial(&number);
    world.callers.answered(later).await;
    world.callers.hears(later, &[FAULT_HZ]).await;
    assert_eq!(world.callers.ended(later).await, EndCause::HungUp);
    // Whoever speaks goes on, and what cannot be saved is refused rather than done.
    world.callers.hears(held, &[1_000]).await;
    world.desks.hears(desk, &[600]).await;
    assert_eq!(refused(&world.centre, operator.id, OperatorAct::Hold).await, Refusal::NotSaved);
    world.centre.act(operator.id, OperatorAct::Mute { on: true }).await;
    world.callers.hears(held, &[]).await;
    world.centre.act(operator.id, OperatorAct::Mute { on: false }).await;
    assert_eq!(world.folder.verify().await.0, 2);

    world.folder.pages.lift();
    world.centre.see("recovery", |live| (live.health.database && live.health.admitting).then_some(())).await;
    for leg in [ringing, in_dialogue] {
        world.callers.telephony.send_keys(leg, "32");
    }
    world.centre.see("two in line", |live| (live.view.queues.iter().map(|queue| queue.waiting).sum::<usize>() == 2).then_some(())).await;
    for leg in [ringing, in_dialogue, held] {
        world.hang_up(leg).await;
    }
    world.conclude(&operator, contact).await;
    world.centre.is_quiet().await;
    let (contacts, open, _) = world.end().await;
    assert_eq!((contacts, open), (3, 0));
}

/// Makes every entry fail from now on, and waits until that is noticed.
async fn fill_the_disk(world: &World) -> LegId {
    world.folder.pages.set(1);
    let ringing = large_call(world);
    world.centre.see("fault", |live| (!live.health.database).then_some(())).await;
    ringing
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_needs_112_is_connected_although_nothing_can_be_saved() {
    let mut world = World::start().await;
    let caller = world.call().await;
    let ringing = fill_the_disk(&world).await;
    world.callers.telephony.send_keys(caller, "91");
    let party = world.parties.lift("112").await;
    world.callers.say(caller, 600);
    world.parties.say(party, 1_000);
    world.parties.hears(party, &[600]).await;
    world.callers.hears(caller, &[1_000]).await;
    world.hang_up(caller).await;
    world.parties.ended(party).await;

    world.folder.pages.lift();
    world.centre.see("recovery", |live| live.health.database.then_some(())).await;
    world.hang_up(ringing).await;
    let record = world.centre.closed(domain::ContactId(1)).await;
    assert_eq!(record.outcome, Some(Outcome::Emergency));
    world.centre.is_quiet().await;
    let (contacts, open, _) = world.end().await;
    assert_eq!((contacts, open), (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_is_undone_although_nothing_can_be_saved() {
    let mut world = World::start().await;
    let caller = world.call().await;
    let ringing = fill_the_disk(&world).await;
    world.callers.telephony.send_keys(caller, "91");
    let party = world.parties.incoming("112").await;
    world.callers.telephony.send_keys(caller, "2");
    assert_eq!(world.parties.ended(party).await, EndCause::Cancelled);
    // What follows is not safe: until it is, the caller hears what is quickest.
    world.callers.hears(caller, &[FAULT_HZ]).await;

    world.folder.pages.lift();
    world.centre.see("recovery", |live| live.health.database.then_some(())).await;
    assert_eq!(world.centre.see_contact(ContactState::Dialogue).await.contact, domain::ContactId(1));
    for leg in [ringing, caller] {
        world.hang_up(leg).await;
    }
    world.centre.is_quiet().await;
    assert_eq!(world.end().await.1, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_finds_nobody_at_112_while_nothing_can_be_saved_hears_what_is_quickest() {
    let mut world = World::start().await;
    let caller = world.call().await;
    let ringing = fill_the_disk(&world).await;
    world.callers.telephony.send_keys(caller, "91");
    world.parties.decline("112").await;
    world.parties.decline("rlc-vast").await;
    world.callers.hears(caller, &[FAULT_HZ]).await;
    world.folder.pages.lift();
    world.centre.see("recovery", |live| live.health.database.then_some(())).await;
    assert_eq!(world.centre.see_contact(ContactState::Queued).await.contact, domain::ContactId(1));
    for leg in [ringing, caller] {
        world.hang_up(leg).await;
    }
    world.centre.see("follow-up", |live| (live.view.contacts.is_empty() && !live.view.promises.is_empty()).then_some(())).await;
    assert_eq!(world.end().await, (2, 0, 1));
}

/// The database is gone altogether, which leaves in doubt how far it came.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_needs_112_is_connected_although_the_database_is_gone() {
    let mut world = World::start().await;
    let caller = world.call().await;
    world.centre.board().store().close().await;
    world.centre.see("fault", |live| (!live.health.database).then_some(())).await;
    world.callers.telephony.send_keys(caller, "91");
    let party = world.parties.lift("112").await;
    world.callers.say(caller, 600);
    world.parties.hears(party, &[600]).await;
    world.hang_up(caller).await;
    world.parties.ended(party).await;
    world.centre.stop().await;

    let centre = Centre::start(&world.folder, world.parties.address()).await;
    assert_eq!(centre.closed(domain::ContactId(1)).await.outcome, Some(Outcome::Emergency));
    world.centre = centre;
    assert_eq!(world.end().await.1, 0);
}

#[test]
fn a_crash_while_nothing_can_be_saved_forgets_neither_the_call_nor_what_was_done() {
    let outside = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let process = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let folder = Folder::new();
    let (mut callers, mut parties) = outside.block_on(async { (Side::start().await, Side::start().await) });
    let centre = process.block_on(Centre::start(&folder, parties.address()));
    let number = centre.number();
    outside.block_on(async {
        let caller = callers.dial(&number);
        callers.answered(caller).await;
        folder.pages.set(1);
        callers.telephony.send_keys(caller, "91");
        parties.lift("112").await;
        assert_eq!(folder.verify().await.1, 1, "known before, and no more than that it rang in");
    });
    process.shutdown_background();
    drop(centre);
    folder.pages.lift();
    let moved = outside.block_on(async {
        let centre = Centre::start(&folder, parties.address()).await;
        let contact = centre.closed(domain::ContactId(1)).await;
        assert_eq!(contact.outcome, Some(Outcome::SystemTerminated(SystemCause::Restart)));
        let owed = centre.see("follow-up", |live| live.view.promises.first().cloned()).await;
        assert_eq!(owed.kind, PromiseKind::FollowUp);
        centre.stop().await;
        contact.segments.iter().map(|segment| segment.state).collect::<Vec<_>>()
    });
    assert!(moved.contains(&ContactState::EmergencyTransfer), "what was done meanwhile is in the journal: {moved:?}");
    assert_eq!(outside.block_on(folder.verify()), (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_is_not_blamed_for_what_never_rang() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let caller = world.call().await;
    let ringing = fill_the_disk(&world).await;
    // Decided and not done: nobody rings, and the time to answer does not run.
    world.callers.telephony.send_keys(caller, "32");
    world.centre.see_contact(ContactState::Offered).await;
    assert_eq!(world.centre.board().live().view.operators[0].state, OperatorState::Offered);
    world.folder.pages.lift();
    let desk = world.desks.lift("a").await;
    world.callers.say(caller, 600);
    world.desks.hears(desk, &[600]).await;
    for leg in [ringing, caller] {
        world.hang_up(leg).await;
    }
    let contact = domain::ContactId(1);
    world.conclude(&operator, contact).await;
    world.centre.is_quiet().await;
    assert_eq!(world.end().await.1, 0);
}

/// What another node wrote meanwhile makes the spill a stranger to the journal: its calls are owed a
/// follow-up, under numbers of now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spill_that_does_not_follow_on_the_journal_becomes_follow_ups() {
    let mut world = World::start().await;
    let caller = world.call().await;
    world.hang_up(caller).await;
    world.centre.closed(domain::ContactId(1)).await;
    let entries = world.centre.board().store().journal_since(storage::Seq(1), 1).await.unwrap();
    let arrived = entries.into_iter().next().unwrap();
    world.centre.is_quiet().await;
    world.centre.stop().await;
    let (mut spill, left) = storage::Spill::open(&world.folder.path).unwrap();
    assert_eq!(left, []);
    let payloads = vec![storage::Payload::caller(domain::ContactId(1), Some("+46313900605"), None)];
    let (event, commands) = (arrived.event, arrived.commands);
    let at = arrived.at.plus_ms(1);
    spill.append(&[storage::SpilledEntry { seq: storage::Seq(2), at, event, commands, payloads }]).unwrap();
    drop(spill);

    let centre = Centre::start(&world.folder, world.parties.address()).await;
    let contact = centre.closed(domain::ContactId(2)).await;
    assert_eq!(contact.outcome, Some(Outcome::SystemTerminated(SystemCause::Restart)));
    let owed = centre.see("follow-up", |live| live.view.promises.first().cloned()).await;
    assert_eq!((owed.kind, owed.matter), (PromiseKind::FollowUp, contact.matter));
    let file = centre.board().store().contact(contact.contact).await.unwrap().unwrap();
    assert_eq!(file.payloads[0].body.as_ref().unwrap()["number"], "+46313900605");
    centre.stop().await;
    assert_eq!(storage::Spill::open(&world.folder.path).unwrap().1, []);
    assert_eq!(world.folder.verify().await, (2, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_is_seen_before_anybody_rings() {
    let mut world = World::start().await;
    world.centre.board().store().close().await;
    world.centre.see("fault", |live| (!live.health.database && !live.health.admitting).then_some(())).await;
    let caller = world.callers.dial(&world.centre.number());
    world.callers.answered(caller).await;
    world.callers.hears(caller, &[FAULT_HZ]).await;
    assert_eq!(world.callers.ended(caller).await, EndCause::HungUp);
    assert_eq!(world.end().await, (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_on_a_full_disk_ends() {
    let mut world = World::start().await;
    world.folder.pages.set(1);
    let caller = large_call(&world);
    world.callers.answered(caller).await;
    world.centre.see("fault", |live| (!live.health.database).then_some(())).await;
    assert_eq!(world.end().await, (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_lost_the_lease_stops_acting() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let store = world.centre.board().store().clone();
    let entries = store.head().await.unwrap().unwrap().seq;
    // What another node does; within one process it cannot be done from outside.
    store.release_lease(Term(1)).await.unwrap();
    let other = world.folder.open().await;
    assert_eq!(other.take_lease("other", 60_000).await.unwrap(), Term(2));

    let caller = world.callers.dial(&world.centre.number());
    timeout(DEADLINE, world.centre.running.fenced.cancelled()).await.unwrap();
    assert_eq!(refused(&world.centre, operator.id, OperatorAct::Pause { reason: PauseReason::Rest }).await, Refusal::Unavailable);
    assert_eq!(other.head().await.unwrap().unwrap().seq, entries, "nothing more was written");
    world.centre.see("refusal of calls", |live| (!live.health.admitting).then_some(())).await;
    let later = world.callers.dial(&world.centre.number());
    assert_eq!(world.callers.ended(later).await, EndCause::Refused { code: 503 });
    other.close().await;
    world.callers.telephony.hang_up(caller);
    assert_eq!(world.end().await, (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_is_gone_ends_no_conversation_as_if_it_were_over() {
    let mut world = World::start().await;
    let first = world.at_desk("a").await;
    let caller = world.call().await;
    world.callers.telephony.send_keys(caller, "91");
    world.parties.lift("112").await;
    let contact = world.centre.see_contact(ContactState::WithParty).await.contact;
    // 112's line breaks: the caller is taken before everybody else.
    drop(std::mem::replace(&mut world.parties, Side::start().await));
    world.desks.lift("a").await;
    world.centre.see_contact(ContactState::Talking).await;
    // The operator's line breaks: somebody else takes the caller.
    drop(std::mem::replace(&mut world.desks, Side::start().await));
    world.centre.see_operator(first.id, OperatorState::Unresponsive).await;
    let second = world.at_desk("b").await;
    let desk = world.desks.lift("b").await;
    world.callers.say(caller, 600);
    world.desks.hears(desk, &[600]).await;
    // The caller's line breaks: the operator owes a follow-up.
    drop(std::mem::replace(&mut world.callers, Side::start().await));
    world.conclude(&second, contact).await;
    let owed = world.centre.see("promises", |live| live.view.promises.first().cloned()).await;
    assert_eq!((owed.kind, owed.owner), (PromiseKind::FollowUp, Owner::Operator(second.id)));
    world.centre.is_quiet().await;
    // Those who are gone answer no goodbye, so dialogs may be left.
    world.centre.running.stop().await;
    assert_eq!(world.folder.verify().await, (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn telephony_that_has_ended_is_seen() {
    let world = World::start().await;
    world.centre.telephony.stop().await;
    world.centre.see("fault", |live| (!live.health.telephony && !live.health.admitting).then_some(())).await;
    assert_eq!(world.end().await, (0, 0, 0));
}
