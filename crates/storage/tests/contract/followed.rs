//! What a citizen sees of what they sent in, by their link: that alone, as it stands, and gone when it was erased.

use crate::support::{Centre, Place};
use domain::{
    ContactId, DecisionId, MatterId, PromiseId, Timestamp, UnitId,
    contact::{Channel, ContactState, Medium, Outcome, Owner, PromiseKind, Settlement, Standing, Template},
    intent::Language,
    routing::{Command, Event},
};
use serde_json::json;
use storage::{Payload, PayloadKind};

on_both!(
    a_link_leads_to_what_was_sent_and_to_nothing_else,
    a_link_for_files_is_open_for_a_day_until_it_is_used,
    what_was_erased_is_told_no_more
);

const FIRST: ContactId = ContactId(1);
const SECOND: ContactId = ContactId(2);
const MATTER: MatterId = MatterId(1);

fn written(contact: ContactId, promise: u64, kind: PromiseKind) -> Vec<Command> {
    let owner = Owner::Unit(UnitId::new("operators.vast"));
    let promise = PromiseId(promise);
    vec![
        Command::OpenContact { contact, matter: MATTER, channel: Channel::Web, owner: owner.clone() },
        Command::MoveContact { contact, state: ContactState::Unread, owner: owner.clone() },
        Command::MakePromise { promise, matter: MATTER, promise_kind: kind, owner, due: Timestamp(i64::MAX) },
        Command::OweAddition { contact, promise, verified: true, to_link: false, proposed: None },
    ]
}

fn payload(contact: ContactId, kind: PayloadKind, body: serde_json::Value) -> Payload {
    Payload { contact, kind, body }
}

async fn a_link_leads_to_what_was_sent_and_to_nothing_else(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let report = payload(FIRST, PayloadKind::Written, json!({ "key": "form a", "text": "Vad?", "form": "bicycle" }));
    store.append(centre.entry(Event::TimePassed, written(FIRST, 1, PromiseKind::Report), vec![report])).await.unwrap();
    let token = store.contact_token(FIRST);
    let followed = store.followed(&token).await.unwrap().unwrap();
    assert_eq!((followed.contact.contact, followed.form.as_deref(), followed.questions.len()), (FIRST, Some("bicycle"), 0));
    assert_eq!(Standing::of(&followed.contact, followed.promise()), Standing::Waits);

    let question = payload(FIRST, PayloadKind::Question, json!({ "text": "Vilket ramnummer?" }));
    let pause = vec![Command::PausePromise { promise: PromiseId(1), matter: MATTER }];
    store.append(centre.entry(Event::TimePassed, pause, vec![question])).await.unwrap();
    // Through the first link, and by somebody else about the same matter.
    let through = |contact, key: &str, of: u64| payload(contact, PayloadKind::Written, json!({ "key": key, "text": "x", "through": of }));
    for (contact, promise, payload) in [(SECOND, 2, through(SECOND, "b", 1)), (ContactId(3), 3, through(ContactId(3), "c", 2))] {
        store.append(centre.entry(Event::TimePassed, written(contact, promise, PromiseKind::Addition), vec![payload])).await.unwrap();
    }
    let followed = store.followed(&token).await.unwrap().unwrap();
    assert_eq!(Standing::of(&followed.contact, followed.promise()), Standing::Asked);
    assert_eq!(followed.questions.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["Vilket ramnummer?"]);
    assert_eq!((followed.added.len(), followed.matter.contacts.len()), (1, 3), "what others added is not theirs");
    assert!(followed.added[0] > followed.questions[0].0);
    let other = store.followed(&store.contact_token(SECOND)).await.unwrap().unwrap();
    assert_eq!((other.questions.len(), other.form, other.added.len()), (0, None, 1), "what we asked the one is not the other's");

    let decided = vec![
        Command::ResumePromise { promise: PromiseId(1), matter: MATTER, due: Timestamp(i64::MAX) },
        Command::DecideReport { contact: FIRST, matter: MATTER, decision: DecisionId::new("no_traces") },
        Command::SettlePromise { promise: PromiseId(1), matter: MATTER, settlement: Settlement::Kept },
        Command::CloseContact { contact: FIRST, outcome: Outcome::ReportReceived },
    ];
    store.append(centre.entry(Event::TimePassed, decided, Vec::new())).await.unwrap();
    let followed = store.followed(&token).await.unwrap().unwrap();
    assert_eq!(followed.contact.decision.as_ref().map(|decision| decision.decision.as_str()), Some("no_traces"));
    assert_eq!(Standing::of(&followed.contact, followed.promise()), Standing::Decided);
    for wrong in ["", "x", &token[1..], &store.contact_token(ContactId(99)), &store.booking_token(domain::BookingId(1))] {
        assert!(store.followed(wrong).await.unwrap().is_none(), "{wrong}");
    }
    assert_eq!(place.faults().await, [""; 0]);
}

async fn a_link_for_files_is_open_for_a_day_until_it_is_used(place: Place) {
    const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    store.append(centre.entry(Event::TimePassed, written(FIRST, 1, PromiseKind::Report), Vec::new())).await.unwrap();
    let token = store.files_token(FIRST);
    assert!(store.files_link(&token, Timestamp(0)).await.unwrap().is_none(), "nobody was sent one");
    let asked = |centre: &mut Centre| {
        let (contact, message) = (FIRST, centre.ledger.contacts[&FIRST].next_message());
        let (template, medium, language) = (Template::Files, Medium::Text, Language::Swedish);
        let owed = Command::OweMessage { contact, message, template, medium, form: None, language, when: None };
        centre.entry(Event::TimePassed, vec![owed], Vec::new())
    };
    store.append(asked(&mut centre)).await.unwrap();
    let (followed, _) = store.files_link(&token, Timestamp(0)).await.unwrap().unwrap();
    let owed = followed.contact.messages[0].owed;
    let is_open = async |at: Timestamp| store.files_link(&token, at).await.unwrap().unwrap().1;
    assert!(is_open(owed).await && is_open(owed.plus_ms(DAY_MS)).await && !is_open(owed.plus_ms(DAY_MS + 1)).await);

    let sent = payload(SECOND, PayloadKind::Written, json!({ "key": "b", "text": "", "through": FIRST.0 }));
    store.append(centre.entry(Event::TimePassed, written(SECOND, 2, PromiseKind::Addition), vec![sent])).await.unwrap();
    assert!(!is_open(owed).await, "it was used");
    store.append(asked(&mut centre)).await.unwrap();
    assert!(is_open(owed.plus_ms(DAY_MS)).await, "asked once more, it may be used once more");
    for other in [store.contact_token(FIRST), store.survey_token(FIRST), store.files_token(ContactId(99)), "x".to_owned()] {
        assert!(store.files_link(&other, owed).await.unwrap().is_none(), "{other}");
    }
    assert!(store.followed(&token).await.unwrap().is_none(), "it leads to nothing but the place for files");
    assert_eq!(place.faults().await, [""; 0]);
}

async fn what_was_erased_is_told_no_more(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let kept = vec![
        payload(FIRST, PayloadKind::Written, json!({ "key": "form a", "text": "Vad?", "form": "bicycle" })),
        payload(FIRST, PayloadKind::Question, json!({ "text": "Vilket ramnummer?" })),
    ];
    store.append(centre.entry(Event::TimePassed, written(FIRST, 1, PromiseKind::Report), kept)).await.unwrap();
    store.erase_payloads(FIRST, Timestamp(9)).await.unwrap();
    let followed = store.followed(&store.contact_token(FIRST)).await.unwrap().unwrap();
    assert_eq!((followed.questions.len(), followed.form), (0, None));
    assert_eq!(place.faults().await, [""; 0]);
}
