//! Closed matters are found page by page, erased whole after their time with a word in the log, and never while they are held,
//! open again or owe anything.

use crate::support::{Centre, Place};
use domain::{
    ClassId, ContactId, MatterId, OperatorId, PromiseId, Timestamp, UnitId,
    contact::{Channel, Owner, PromiseKind},
    plan::Keeping,
    routing::{Command, Event},
};
use storage::{Access, AccessFilter, DueMatter, ErasedCount, Erasing, HoldReason, Reader, Store, StoreError, Term};

on_both!(
    closed_matters_are_judged_page_by_page,
    a_matter_is_erased_whole_and_once,
    what_is_held_is_erased_by_nobody,
    what_is_open_again_or_owes_anything_is_left,
    whoever_has_lost_the_lease_erases_nothing,
    one_contact_is_erased_by_hand,
    readings_of_a_matter_are_those_of_its_contacts_too,
);

const NUMBERS: [&str; 3] = ["0701740605", "0701740606", "0701740607"];
const LEADER: OperatorId = OperatorId(7);
const BEGINNING: (Timestamp, MatterId) = (Timestamp(i64::MIN), MatterId(0));
const NOW: Timestamp = Timestamp(1_000_000_000);

/// Three calls that were answered and are closed.
async fn closed_calls(place: &Place) -> (Store, Term, Centre) {
    let (store, term) = place.open_leased().await;
    let mut centre = Centre::default();
    for number in NUMBERS {
        store.append_all(centre.whole_call(number)).await.unwrap();
    }
    (store, term, centre)
}

fn reason(text: &str) -> HoldReason {
    HoldReason::read(text).unwrap()
}

/// As the keeper would have it.
async fn due(store: &Store, matter: u64) -> DueMatter {
    let closed = store.matter(MatterId(matter)).await.unwrap().unwrap().matter.closed.unwrap();
    DueMatter { matter: MatterId(matter), closed, class: ClassId::new("report"), why: "report, 30 d".to_owned() }
}

/// What is left of what is known of a contact.
async fn left(store: &Store, contact: u64) -> usize {
    let file = store.contact(ContactId(contact)).await.unwrap().unwrap();
    file.payloads.iter().filter(|payload| payload.body.is_some()).count()
}

async fn judge(store: &Store, term: Term, due: impl Fn(MatterId) -> Option<Timestamp>) {
    let matters = store.closed_matters(BEGINNING, 500).await.unwrap();
    let judged: Vec<_> =
        matters.iter().map(|one| (one.matter, one.closed, Keeping { class: ClassId::new("report"), due: due(one.matter) })).collect();
    store.judge_matters(term, &judged).await.unwrap();
}

async fn closed_matters_are_judged_page_by_page(place: Place) {
    let (store, term, mut centre) = closed_calls(&place).await;
    store.append(centre.arrive(NUMBERS[0])).await.unwrap();
    let (mut pages, mut after) = (Vec::new(), BEGINNING);
    loop {
        let page = store.closed_matters(after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = (last.closed, last.matter);
        assert!(page.iter().all(|one| one.judged.is_none() && !one.erased && one.contacts[0].matter == one.matter), "{page:?}");
        pages.push(page.iter().map(|one| one.matter.0).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![1, 2], vec![3]], "the open one is none of them");

    judge(&store, term, |matter| (matter.0 < 3).then_some(Timestamp(100 - i64::try_from(matter.0).unwrap()))).await;
    let due = store.due_matters(Timestamp(99), BEGINNING, 9).await.unwrap();
    assert_eq!(due, [(Timestamp(98), MatterId(2)), (Timestamp(99), MatterId(1))], "in the order of their times");
    assert_eq!(store.due_matters(Timestamp(98), BEGINNING, 9).await.unwrap(), due[..1]);
    assert_eq!(store.due_matters(NOW, due[0], 9).await.unwrap(), due[1..]);
    assert_eq!(store.due_by_class(NOW).await.unwrap(), [(ClassId::new("report"), 2)].into());
    assert!(store.due_by_class(Timestamp(97)).await.unwrap().is_empty());
    let known = store.closed_matters(BEGINNING, 9).await.unwrap();
    assert_eq!(known[0].judged, Some(Keeping { class: ClassId::new("report"), due: Some(Timestamp(99)) }));
    // Another plan keeps it longer.
    judge(&store, term, |_| Some(NOW)).await;
    assert!(store.due_matters(Timestamp(99), BEGINNING, 9).await.unwrap().is_empty());
}

async fn a_matter_is_erased_whole_and_once(place: Place) {
    let (store, term, _) = closed_calls(&place).await;
    judge(&store, term, |_| Some(Timestamp(50))).await;
    let second = due(&store, 2).await;
    assert_eq!(store.erase_matter(term, &second, NOW).await, Ok(Erasing::Erased(2)));
    store.scrub().await.unwrap();
    assert_eq!((left(&store, 1).await, left(&store, 2).await, left(&store, 3).await), (2, 0, 2));
    let wanted = AccessFilter { contact: Some(ContactId(2)), ..AccessFilter::default() };
    let logged = Access {
        at: NOW,
        reader: Reader::System,
        contact: Some(ContactId(2)),
        matter: Some(MatterId(2)),
        what: "retention".to_owned(),
        why: "report, 30 d".to_owned(),
    };
    assert_eq!(store.accesses(&wanted, 9).await.unwrap(), [logged]);
    let by_system = AccessFilter { reader: Some(Reader::System), ..AccessFilter::default() };
    assert_eq!(store.accesses(&by_system, 9).await.unwrap().len(), 1);
    let open: Vec<_> = store.due_matters(NOW, BEGINNING, 9).await.unwrap().into_iter().map(|(_, matter)| matter.0).collect();
    assert_eq!(open, [1, 3]);
    // Judged again it stays erased, and is looked at no more.
    judge(&store, term, |_| Some(Timestamp(40))).await;
    assert_eq!(store.due_matters(NOW, BEGINNING, 9).await.unwrap().len(), 2);
    let seen = store.closed_matters(BEGINNING, 9).await.unwrap();
    assert_eq!(seen.iter().map(|one| (one.erased, one.contacts.len())).collect::<Vec<_>>(), [(false, 1), (true, 0), (false, 1)]);
    // After a crash before it was marked: nothing is left to erase, and nothing fails.
    assert_eq!(store.erase_matter(term, &second, NOW.plus_ms(1)).await, Ok(Erasing::Erased(0)));
    let counted = |matters| [(Some(ClassId::new("report")), ErasedCount { matters, contacts_by_hand: 0 })].into();
    assert_eq!(store.erased_between(NOW, NOW.plus_ms(1)).await.unwrap(), counted(1));
    assert_eq!(store.erased_between(NOW, NOW.plus_ms(2)).await.unwrap(), counted(2));
    assert_eq!(place.faults().await, [""; 0]);
}

async fn what_is_held_is_erased_by_nobody(place: Place) {
    let (store, term, _) = closed_calls(&place).await;
    judge(&store, term, |_| Some(Timestamp(50))).await;
    let why = reason("  an appeal of ours is pending ");
    assert_eq!(store.hold_matter(MatterId(1), LEADER, &why, Timestamp(60)).await, Ok(true));
    assert_eq!(store.hold_matter(MatterId(1), LEADER, &why, Timestamp(61)).await, Ok(false), "it is held already");
    assert_eq!(store.hold_matter(MatterId(9), LEADER, &why, Timestamp(61)).await, Ok(false), "there is none");
    let held = store.held(9).await.unwrap();
    let [hold] = &held[..] else { panic!("{held:?}") };
    assert_eq!((hold.matter, hold.since, hold.by, hold.reason.as_ref()), (MatterId(1), Timestamp(60), LEADER, Some(&why)));
    assert_eq!((why.text(), format!("{hold:?}").contains("appeal")), ("an appeal of ours is pending", false));
    assert_eq!(store.hold_of_contact(ContactId(1)).await.unwrap().as_ref(), Some(hold));

    let due_one = due(&store, 1).await;
    assert_eq!(store.erase_matter(term, &due_one, NOW).await, Ok(Erasing::Held(hold.clone())));
    assert_eq!(store.erase_contact(ContactId(1), &by_hand(1), LEADER).await, Ok(Erasing::Held(hold.clone())));
    assert_eq!(left(&store, 1).await, 2);
    assert_eq!(store.due_matters(NOW, BEGINNING, 9).await.unwrap().len(), 2);
    assert_eq!(store.due_by_class(NOW).await.unwrap().values().sum::<u64>(), 2);

    assert_eq!(store.lift_hold(MatterId(1), OperatorId(8), &reason("it is decided"), Timestamp(70)).await, Ok(true));
    assert_eq!(store.lift_hold(MatterId(1), LEADER, &reason("it is decided"), Timestamp(71)).await, Ok(false), "it is lifted");
    let lifted = store.holds_of(MatterId(1)).await.unwrap()[0].lifted.clone().unwrap();
    assert_eq!((lifted.at, lifted.by, lifted.reason.unwrap().text()), (Timestamp(70), OperatorId(8), "it is decided"));
    assert_eq!((store.held(9).await.unwrap(), store.hold_of_contact(ContactId(1)).await.unwrap()), (vec![], None));
    let logged = store.accesses(&AccessFilter { matter: Some(MatterId(1)), ..AccessFilter::default() }, 9).await.unwrap();
    let logged: Vec<_> = logged.iter().map(|access| (access.at.0, access.reader.word(), &*access.what, &*access.why)).collect();
    assert_eq!(logged, [(70, "account:8".to_owned(), "hold", "lifted"), (60, "account:7".to_owned(), "hold", "set")]);
    // Erased at last, nothing is left of why it was held.
    assert_eq!(store.erase_matter(term, &due_one, NOW).await, Ok(Erasing::Erased(2)));
    let bygone = &store.holds_of(MatterId(1)).await.unwrap()[0];
    assert_eq!((&bygone.reason, &bygone.lifted.as_ref().unwrap().reason, bygone.by), (&None, &None, LEADER));
    for (text, fits) in [("", false), (" \n", false), ("x", true), (&*"å".repeat(500), true), (&*"å".repeat(501), false)] {
        assert_eq!(HoldReason::read(text).is_some(), fits, "{} characters", text.chars().count());
    }
}

async fn what_is_open_again_or_owes_anything_is_left(place: Place) {
    let (store, term, mut centre) = closed_calls(&place).await;
    judge(&store, term, |_| Some(Timestamp(50))).await;
    let (first, second, third) = (due(&store, 1).await, due(&store, 2).await, due(&store, 3).await);
    // Something comes in that belongs to it.
    let owner = Owner::Unit(UnitId::new("operators.vast"));
    let (contact, matter, promise) = (ContactId(4), MatterId(1), PromiseId(99));
    let commands = vec![
        Command::OpenContact { contact, matter, channel: Channel::Web, owner: owner.clone() },
        Command::MakePromise { promise, matter, promise_kind: PromiseKind::FollowUp, owner: owner.clone(), due: NOW },
    ];
    store.append(centre.entry(Event::TimePassed, commands, Vec::new())).await.unwrap();
    assert_eq!(store.erase_matter(term, &first, NOW).await, Ok(Erasing::NotThere), "it is not closed as it was");
    // A message is still on its way.
    store.append(centre.owe_text(2, NUMBERS[1])).await.unwrap();
    assert_eq!(store.erase_matter(term, &second, NOW).await, Ok(Erasing::Open));
    // Nobody has told the record of the matter, but something is owed.
    place.tamper("UPDATE promises SET settled = NULL WHERE matter = 3").await;
    assert_eq!(store.erase_matter(term, &third, NOW).await, Ok(Erasing::Open));
    let later = DueMatter { closed: third.closed.plus_ms(1), ..third };
    assert_eq!(store.erase_matter(term, &later, NOW).await, Ok(Erasing::NotThere), "it was closed at another time");
    assert_eq!((left(&store, 1).await, left(&store, 2).await, left(&store, 3).await), (2, 3, 2));
    assert_eq!(store.accesses(&AccessFilter::default(), 9).await.unwrap(), [], "nothing was done");
}

async fn whoever_has_lost_the_lease_erases_nothing(place: Place) {
    let (store, term, _) = closed_calls(&place).await;
    let first = due(&store, 1).await;
    let past = Term(term.0 - 1);
    assert_eq!(store.erase_matter(past, &first, NOW).await, Err(StoreError::Fenced));
    assert_eq!(store.judge_matters(past, &[]).await, Err(StoreError::Fenced));
    assert_eq!(left(&store, 1).await, 2);
}

fn by_hand(contact: u64) -> Access {
    let (what, why) = ("svar journal erase".to_owned(), "as asked".to_owned());
    Access { at: NOW, reader: Reader::Account(LEADER), contact: Some(ContactId(contact)), matter: None, what, why }
}

async fn one_contact_is_erased_by_hand(place: Place) {
    let (store, _, mut centre) = closed_calls(&place).await;
    store.append(centre.arrive(NUMBERS[0])).await.unwrap();
    assert_eq!(store.erase_contact(ContactId(4), &by_hand(4), LEADER).await, Ok(Erasing::Open));
    assert_eq!(store.erase_contact(ContactId(99), &by_hand(99), LEADER).await, Ok(Erasing::NotThere));
    assert_eq!(store.accesses(&AccessFilter::default(), 9).await.unwrap(), [], "nothing was done");
    assert_eq!(store.erase_contact(ContactId(1), &by_hand(1), LEADER).await, Ok(Erasing::Erased(2)));
    assert_eq!(store.accesses(&AccessFilter::default(), 9).await.unwrap(), [by_hand(1)]);
    assert_eq!((left(&store, 1).await, left(&store, 2).await, left(&store, 4).await), (0, 2, 2));
    let counted = [(None, ErasedCount { matters: 0, contacts_by_hand: 1 })].into();
    assert_eq!(store.erased_between(NOW, NOW.plus_ms(1)).await.unwrap(), counted);
    assert!(store.erased_between(Timestamp(0), NOW).await.unwrap().is_empty());
    assert_eq!(place.faults().await, [""; 0]);
}

async fn readings_of_a_matter_are_those_of_its_contacts_too(place: Place) {
    let (store, _, _) = closed_calls(&place).await;
    let access = |at, contact: Option<u64>, matter: Option<u64>| Access {
        at: Timestamp(at),
        contact: contact.map(ContactId),
        matter: matter.map(MatterId),
        ..by_hand(0)
    };
    let all = [access(1, Some(1), None), access(2, None, Some(1)), access(3, Some(2), None), access(4, None, Some(2))];
    store.log_accesses(&all).await.unwrap();
    let filter = |contact: Option<u64>, matter: Option<u64>, from| AccessFilter {
        contact: contact.map(ContactId),
        matter: matter.map(MatterId),
        from,
        ..AccessFilter::default()
    };
    for (wanted, expected) in [
        (filter(None, Some(1), None), vec![&all[1], &all[0]]),
        (filter(Some(2), Some(2), None), vec![&all[2]]),
        (filter(Some(1), Some(2), None), vec![]),
        (filter(None, None, Some(Timestamp(3))), vec![&all[3], &all[2]]),
        (filter(None, Some(1), Some(Timestamp(2))), vec![&all[1]]),
    ] {
        assert_eq!(store.accesses(&wanted, 9).await.unwrap().iter().collect::<Vec<_>>(), expected, "{wanted:?}");
    }
}
