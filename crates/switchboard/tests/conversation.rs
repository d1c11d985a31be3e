//! A caller is answered, held, handed on: who hears whom is told by tones, measured in what arrives.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::{
    MatterId, PartyId,
    contact::{ContactState, Outcome, PromiseKind, Reference, SystemCause},
    place::{Locality, PlaceSource},
    report::ReportDraft,
    routing::{Consulted, OperatorState},
};
use storage::{AccessFilter, Reader};
use support::{Operator, World, headset::Headset, refused, side::NUMBER};
use switchboard::{DeskEvent, Live, OperatorAct, Purpose, Refusal};
use telephony::{EndCause, LegId};

const CITIZEN_HZ: u32 = 600;
const OPERATOR_HZ: u32 = 1_000;
const OTHER_HZ: u32 = 1_900;

fn switchboard_party() -> OperatorAct {
    OperatorAct::Consult { with: Consulted::Party(PartyId::new("switchboard")) }
}

/// The switchboard is asked, answers, and is heard at the desk; its leg.
async fn consult_switchboard(world: &mut World, operator: &Operator, desk: LegId) -> LegId {
    world.centre.act(operator.id, switchboard_party()).await;
    switchboard_lifts(world, desk).await
}

async fn switchboard_lifts(world: &mut World, desk: LegId) -> LegId {
    let party = world.parties.lift("switchboard").await;
    world.parties.say(party, OTHER_HZ);
    world.desks.hears(desk, &[OTHER_HZ]).await;
    party
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_answered_held_and_concluded() {
    let mut world = World::start().await;
    let mut operator = world.at_desk("a").await;
    let (caller, desk, contact) = world.talk(&operator).await;
    assert!(matches!(operator.told().await, DeskEvent::Connected { contact: of } if of == contact));
    world.callers.say(caller, CITIZEN_HZ);
    world.desks.say(desk, OPERATOR_HZ);
    world.desks.hears(desk, &[CITIZEN_HZ]).await;
    world.callers.hears(caller, &[OPERATOR_HZ]).await;

    world.centre.act(operator.id, OperatorAct::Mute { on: true }).await;
    world.callers.hears(caller, &[]).await;
    world.centre.act(operator.id, OperatorAct::Mute { on: false }).await;
    world.centre.act(operator.id, OperatorAct::Hold).await;
    world.desks.hears(desk, &[]).await;
    // Music, not the operator.
    world.callers.hears_anything(caller, "the music").await;
    assert_eq!(refused(&world.centre, operator.id, OperatorAct::Hold).await, Refusal::NotNow);
    world.centre.act(operator.id, OperatorAct::Resume).await;
    world.desks.hears(desk, &[CITIZEN_HZ]).await;
    world.callers.hears(caller, &[OPERATOR_HZ]).await;
    world.centre.act(operator.id, OperatorAct::Keys { keys: "5".to_owned() }).await;
    assert_eq!(world.callers.keys(caller).await, '5');

    world.hang_up(caller).await;
    assert_eq!(world.desks.ended(desk).await, EndCause::HungUp);
    let record = world.conclude(&operator, contact).await;
    assert_eq!(record.outcome, Some(Outcome::Helped));
    world.centre.is_quiet().await;
    world.centre.see_operator(operator.id, OperatorState::Idle).await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_of_a_caller_is_read_by_name_and_reports_are_not_overwritten() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (caller, _, contact) = world.talk(&operator).await;
    let board = world.centre.board();
    let details = board.caller(operator.id, contact, Purpose::Talk).await.unwrap().unwrap();
    assert_eq!(details.number.as_deref(), Some(NUMBER));
    let locality = details.locality.unwrap();
    assert!(locality.locality == Locality::AreaCode("031".to_owned()));
    assert_eq!((locality.source, locality.name.as_deref()), (PlaceSource::AreaCode, Some("Göteborg")));
    assert!(locality.circle.unwrap().radius_m.unwrap() >= 20_000);

    let reference = world.centre.see_contact(ContactState::Talking).await.reference;
    let file = board.matter(Some(operator.id), reference).await.unwrap().unwrap();
    assert_eq!(file.contacts.iter().map(|record| record.contact).collect::<Vec<_>>(), [contact]);
    let looked_up = board.store().accesses(&AccessFilter::default(), 10).await.unwrap();
    assert_eq!(looked_up.iter().filter(|access| access.matter == Some(file.matter.matter) && access.what == "matter").count(), 1);
    assert_eq!(board.matter(Some(operator.id), Reference::of(MatterId(9_999))).await, Ok(None));

    let draft = |what: &str| ReportDraft { what_happened: what.to_owned(), ..ReportDraft::default() };
    let first = board.save_report(operator.id, contact, 0, draft("first")).await.unwrap();
    let second = board.save_report(operator.id, contact, first, draft("second")).await.unwrap();
    assert!(second > first);
    assert_eq!(board.save_report(operator.id, contact, first, draft("second")).await, Ok(second), "the same once more is no quarrel");
    match board.save_report(operator.id, contact, first, draft("from an old page")).await {
        Err(Refusal::Conflict { version, draft }) => {
            assert!(version > first);
            assert_eq!(draft.what_happened, "second");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(board.report(operator.id, contact, Purpose::Talk).await.unwrap().unwrap().1.what_happened, "second");
    assert_eq!(board.caller(operator.id, domain::ContactId(9_999), Purpose::Search).await, Ok(None));
    world.hang_up(caller).await;
    world.conclude(&operator, contact).await;
    world.end().await;
}

/// A desk is drawn again and again while somebody talks: that is one reading. Whoever is shown
/// something else, or for another reason, is another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reading_is_logged_and_none_twice() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (caller, _, contact) = world.talk(&operator).await;
    let other = world.operator("b", true).await;
    let board = world.centre.board();
    for _ in 0..10 {
        assert!(board.caller(operator.id, contact, Purpose::Talk).await.unwrap().is_some());
        assert_eq!(board.report(operator.id, contact, Purpose::Talk).await, Ok(None));
    }
    board.caller(operator.id, contact, Purpose::WrapUp).await.unwrap();
    board.caller(other.id, contact, Purpose::Promise).await.unwrap();
    // The draft that somebody else wrote meanwhile is handed out with the refusal: a reading too.
    let draft = |what: &str| ReportDraft { what_happened: what.to_owned(), ..ReportDraft::default() };
    board.save_report(operator.id, contact, 0, draft("first")).await.unwrap();
    assert!(matches!(board.save_report(other.id, contact, 0, draft("too late")).await, Err(Refusal::Conflict { .. })));
    let mut logged: Vec<_> = board.store().accesses(&AccessFilter { contact: Some(contact), ..AccessFilter::default() }, 50).await.unwrap();
    logged.sort_by_key(|access| (access.reader != Reader::Account(operator.id), access.what.clone(), access.why.clone()));
    let logged: Vec<_> = logged.iter().map(|access| (&access.reader, access.what.as_str(), access.why.as_str())).collect();
    let (mine, theirs) = (Reader::Account(operator.id), Reader::Account(other.id));
    let expected = [
        (&mine, "caller", "talk"),
        (&mine, "caller", "wrap_up"),
        (&mine, "report", "talk"),
        (&theirs, "caller", "promise"),
        (&theirs, "report", "conflict"),
    ];
    assert_eq!(logged, expected);
    world.hang_up(caller).await;
    world.conclude(&operator, contact).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_no_hidden_number_and_no_empty_report() {
    let world = World::start().await;
    let board = world.centre.board();
    let (operator, contact) = (domain::OperatorId(1), domain::ContactId(1));
    board.store().close().await;
    assert_eq!(board.caller(operator, contact, Purpose::Talk).await, Err(Refusal::NotSaved));
    assert_eq!(board.report(operator, contact, Purpose::Talk).await, Err(Refusal::NotSaved));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_party_is_consulted_joins_and_takes_over() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (caller, desk, contact) = world.talk(&operator).await;
    world.callers.say(caller, CITIZEN_HZ);
    world.desks.say(desk, OPERATOR_HZ);

    let party = consult_switchboard(&mut world, &operator, desk).await;
    world.parties.hears(party, &[OPERATOR_HZ]).await;
    world.callers.hears_anything(caller, "the music").await;
    world.centre.act(operator.id, OperatorAct::Keys { keys: "7".to_owned() }).await;
    assert_eq!(world.parties.keys(party).await, '7');

    world.centre.act(operator.id, OperatorAct::Conference).await;
    world.callers.hears(caller, &[OPERATOR_HZ, OTHER_HZ]).await;
    world.desks.hears(desk, &[CITIZEN_HZ, OTHER_HZ]).await;
    world.parties.hears(party, &[CITIZEN_HZ, OPERATOR_HZ]).await;

    world.centre.act(operator.id, OperatorAct::Transfer).await;
    assert_eq!(world.desks.ended(desk).await, EndCause::HungUp);
    world.callers.hears(caller, &[OTHER_HZ]).await;
    world.parties.hears(party, &[CITIZEN_HZ]).await;
    world.centre.see_operator(operator.id, OperatorState::WrapUp).await;

    world.parties.telephony.hang_up(party);
    assert_eq!(world.callers.ended(caller).await, EndCause::HungUp);
    assert_eq!(world.centre.closed(contact).await.outcome, Some(Outcome::Transferred("switchboard".to_owned())));
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consultation_ends_and_the_citizen_is_back() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (caller, desk, contact) = world.talk(&operator).await;
    world.callers.say(caller, CITIZEN_HZ);
    world.desks.say(desk, OPERATOR_HZ);
    // By the operator, by the party, and because the party is busy.
    for way in 0..3 {
        world.centre.act(operator.id, switchboard_party()).await;
        match way {
            0 => {
                let party = switchboard_lifts(&mut world, desk).await;
                world.centre.act(operator.id, OperatorAct::EndConsult).await;
                world.parties.ended(party).await;
            }
            1 => {
                let party = world.parties.lift("switchboard").await;
                world.parties.telephony.hang_up(party);
            }
            _ => world.parties.decline("switchboard").await,
        }
        world.desks.hears(desk, &[CITIZEN_HZ]).await;
        world.callers.hears(caller, &[OPERATOR_HZ]).await;
    }
    world.hang_up(caller).await;
    world.conclude(&operator, contact).await;
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleague_is_consulted_and_takes_over() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (caller, desk, contact) = world.talk(&operator).await;
    let colleague = world.at_desk("b").await;
    let ask = OperatorAct::Consult { with: Consulted::Operator(colleague.id) };
    world.callers.say(caller, CITIZEN_HZ);
    world.desks.say(desk, OPERATOR_HZ);

    // A colleague who puts the telephone down again has only left.
    world.centre.act(operator.id, ask.clone()).await;
    let asked = world.desks.lift("b").await;
    world.desks.say(asked, OTHER_HZ);
    world.desks.hears(desk, &[OTHER_HZ]).await;
    world.desks.telephony.hang_up(asked);
    world.callers.hears(caller, &[OPERATOR_HZ]).await;
    world.centre.see_operator(colleague.id, OperatorState::Idle).await;

    world.centre.act(operator.id, ask).await;
    let asked = world.desks.lift("b").await;
    world.desks.say(asked, OTHER_HZ);
    world.desks.hears(asked, &[OPERATOR_HZ]).await;
    world.centre.act(operator.id, OperatorAct::Conference).await;
    world.callers.hears(caller, &[OPERATOR_HZ, OTHER_HZ]).await;
    world.centre.act(operator.id, OperatorAct::Transfer).await;
    assert_eq!(world.desks.ended(desk).await, EndCause::HungUp);
    world.callers.hears(caller, &[OTHER_HZ]).await;
    world.desks.hears(asked, &[CITIZEN_HZ]).await;
    world.centre.see_operator(colleague.id, OperatorState::Engaged).await;

    world.hang_up(caller).await;
    assert_eq!(world.desks.ended(asked).await, EndCause::HungUp);
    let record = world.conclude(&colleague, contact).await;
    assert_eq!(record.operator, Some(colleague.id));
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telephone_put_down_leaves_nobody_in_silence() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    // In conversation: it is over.
    let (caller, desk, contact) = world.talk(&operator).await;
    world.desks.telephony.hang_up(desk);
    assert_eq!(world.callers.ended(caller).await, EndCause::HungUp);
    world.conclude(&operator, contact).await;
    // On hold: somebody else takes the citizen, in front of everybody.
    let (caller, desk, contact) = world.talk(&operator).await;
    let colleague = world.at_desk("b").await;
    world.centre.act(operator.id, OperatorAct::Hold).await;
    world.desks.telephony.hang_up(desk);
    let desk = world.desks.lift("b").await;
    world.callers.say(caller, CITIZEN_HZ);
    world.desks.hears(desk, &[CITIZEN_HZ]).await;
    world.centre.see_operator(operator.id, OperatorState::Unresponsive).await;
    // With a party that has answered: the citizen goes on with it.
    let party = consult_switchboard(&mut world, &colleague, desk).await;
    world.desks.telephony.hang_up(desk);
    world.callers.hears(caller, &[OTHER_HZ]).await;
    world.hang_up(caller).await;
    world.parties.ended(party).await;
    world.centre.closed(contact).await;
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_leaves_in_every_state() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let states = [
        ContactState::Dialogue,
        ContactState::EmergencyTransfer,
        ContactState::WithParty,
        ContactState::Offered,
        ContactState::Talking,
        ContactState::OnHold,
        ContactState::Consulting,
    ];
    for state in states {
        let caller = match state {
            ContactState::EmergencyTransfer | ContactState::WithParty => {
                let caller = world.call().await;
                // It is happening now; yes.
                world.callers.telephony.send_keys(caller, "91");
                caller
            }
            ContactState::Dialogue => world.call().await,
            _ => world.report_call().await,
        };
        match state {
            ContactState::EmergencyTransfer => {
                world.parties.incoming("112").await;
            }
            ContactState::WithParty => {
                world.parties.lift("112").await;
            }
            ContactState::Offered => {
                world.desks.incoming("a").await;
            }
            ContactState::Talking | ContactState::OnHold | ContactState::Consulting => {
                world.desks.lift("a").await;
                world.centre.see_contact(ContactState::Talking).await;
            }
            _ => {}
        }
        match state {
            ContactState::OnHold => world.centre.act(operator.id, OperatorAct::Hold).await,
            ContactState::Consulting => {
                world.centre.act(operator.id, switchboard_party()).await;
                world.parties.lift("switchboard").await;
            }
            _ => {}
        }
        let contact = world.centre.see_contact(state).await.contact;
        world.hang_up(caller).await;
        let record = match state {
            ContactState::Talking | ContactState::OnHold | ContactState::Consulting => world.conclude(&operator, contact).await,
            _ => world.centre.closed(contact).await,
        };
        assert!(record.outcome.is_some(), "{state:?}");
        world.centre.is_quiet().await;
    }
    let (contacts, open, _) = world.end().await;
    assert_eq!((contacts, open), (7, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_that_ends_muted_silences_no_other() {
    let mut world = World::start().await;
    let (mut operator, mut headset) = world.at_page("a").await;
    headset.say(OPERATOR_HZ);
    for muted_after in [false, true, false] {
        let (caller, contact) = world.talk_at_page(&mut operator).await;
        world.callers.say(caller, CITIZEN_HZ);
        world.callers.hears(caller, &[OPERATOR_HZ]).await;
        headset.hears(&[CITIZEN_HZ]).await;
        if !muted_after {
            world.centre.act(operator.id, OperatorAct::Mute { on: true }).await;
            world.callers.hears(caller, &[]).await;
        }
        world.hang_up(caller).await;
        world.centre.see_operator(operator.id, OperatorState::WrapUp).await;
        if muted_after {
            world.centre.act(operator.id, OperatorAct::Mute { on: true }).await;
        }
        world.conclude(&operator, contact).await;
        world.centre.see_operator(operator.id, OperatorState::Idle).await;
    }
    assert_eq!(world.end().await, (3, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_leaves_a_conference() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (caller, desk, contact) = world.talk(&operator).await;
    world.callers.say(caller, CITIZEN_HZ);
    world.desks.say(desk, OPERATOR_HZ);
    let party = consult_switchboard(&mut world, &operator, desk).await;
    world.centre.act(operator.id, OperatorAct::Conference).await;
    world.callers.hears(caller, &[OPERATOR_HZ, OTHER_HZ]).await;
    world.desks.hears(desk, &[CITIZEN_HZ, OTHER_HZ]).await;
    world.parties.hears(party, &[CITIZEN_HZ, OPERATOR_HZ]).await;

    world.hang_up(caller).await;
    assert_eq!(world.parties.ended(party).await, EndCause::HungUp);
    assert_eq!(world.desks.ended(desk).await, EndCause::HungUp);
    assert_eq!(world.conclude(&operator, contact).await.outcome, Some(Outcome::Helped));
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_leaves_the_party_that_took_over() {
    let mut world = World::start().await;
    let operator = world.at_desk("a").await;
    let (caller, desk, contact) = world.talk(&operator).await;
    world.callers.say(caller, CITIZEN_HZ);
    let party = consult_switchboard(&mut world, &operator, desk).await;
    world.centre.act(operator.id, OperatorAct::Transfer).await;
    assert_eq!(world.desks.ended(desk).await, EndCause::HungUp);
    assert_eq!(world.centre.see_contact(ContactState::WithParty).await.contact, contact);
    world.callers.hears(caller, &[OTHER_HZ]).await;
    world.parties.hears(party, &[CITIZEN_HZ]).await;

    world.hang_up(caller).await;
    assert_eq!(world.parties.ended(party).await, EndCause::HungUp);
    assert_eq!(world.centre.closed(contact).await.outcome, Some(Outcome::Transferred("switchboard".to_owned())));
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_leaves_while_the_operators_page_is_lost() {
    let mut world = World::start().await;
    let (mut operator, mut headset) = world.at_page("a").await;
    let (caller, contact) = world.talk_at_page(&mut operator).await;
    world.callers.say(caller, CITIZEN_HZ);
    headset.say(OPERATOR_HZ);
    world.callers.hears(caller, &[OPERATOR_HZ]).await;
    headset.hears(&[CITIZEN_HZ]).await;
    headset.drop_line();
    assert_eq!(world.centre.see_contact(ContactState::OperatorLost).await.contact, contact);
    world.callers.hears_anything(caller, "what has happened").await;

    world.hang_up(caller).await;
    let record = world.centre.closed(contact).await;
    assert_eq!(record.outcome, Some(Outcome::SystemTerminated(SystemCause::OperatorGone)));
    let owed = |live: &Live| live.view.promises.iter().find(|owed| owed.kind == PromiseKind::FollowUp).map(|owed| owed.matter);
    assert_eq!(world.centre.see("follow-up", owed).await, record.matter);
    world.centre.is_quiet().await;
    assert_eq!(world.end().await, (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_connects_its_sound_anew_takes_it_from_no_other() {
    let world = World::start().await;
    let (mut first, of_first) = world.at_page("a").await;
    let board = world.centre.board();
    let mut second = world.another_page(&first).await;
    let of_second = Headset::connect(board, &second).await;
    assert!(matches!(first.told().await, DeskEvent::SoundElsewhere));
    let too_late = Headset::connect_anew(board, &first, Some(first.page)).await;
    assert_eq!(too_late.err(), Some(Refusal::NotNow));
    // Whoever has it connects anew, also when its number is another since.
    let third = world.another_page(&first).await;
    board.close_page(second.id, second.page).await;
    let of_third = Headset::connect_anew(board, &third, Some(second.page)).await.unwrap();
    drop((of_first, of_second));
    // It is gone for good: whoever is open takes it.
    board.close_page(third.id, third.page).await;
    of_third.drop_line();
    assert!(matches!(first.told().await, DeskEvent::SoundLost));
    assert!(Headset::connect_anew(board, &first, Some(first.page)).await.is_ok());
    assert!(second.has_ended().await);
}
