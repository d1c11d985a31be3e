//! What citizens are asked about how they were met: kept with the journal, found by its link, counted by region.

use crate::support::{Centre, Place};
use domain::{
    ContactId, MatterId, PromiseId, RegionId, Timestamp, UnitId,
    contact::{Channel, Outcome, Owner, PromiseKind, Settlement},
    intent::Language,
    routing::{Command, Event},
    survey::{Opinion, Rating, Shares, SurveyState, Tally},
};
use serde_json::json;
use storage::{Payload, PayloadKind};

on_both!(a_survey_is_kept_from_the_draw_to_the_answer, whoever_was_asked_lately_is_known_by_their_number);

const NUMBER: &str = "0701740605";
const ALWAYS: (Timestamp, Timestamp) = (Timestamp(0), Timestamp(i64::MAX));

/// A contact that was helped and closed, of whoever has this number.
fn helped(contact: u64, region: Option<&str>) -> (Vec<Command>, Vec<Payload>) {
    let (owner, region) = (Owner::Unit(UnitId::new("operators.vast")), region.map(RegionId::new));
    let (contact, matter, promise) = (ContactId(contact), MatterId(contact), PromiseId(contact));
    let commands = vec![
        Command::OpenContact { contact, matter, channel: Channel::Web, owner: owner.clone() },
        Command::Describe { contact, region, uncertain: false, intent: None, language: Language::Danish, urged: false },
        Command::MakePromise { promise, matter, promise_kind: PromiseKind::Report, owner, due: Timestamp(i64::MAX) },
        Command::SettlePromise { promise, matter, settlement: Settlement::Kept },
        Command::CloseContact { contact, outcome: Outcome::ReportReceived },
        Command::AwaitOpinion { contact, due: Timestamp(7) },
        Command::CloseMatter { matter },
    ];
    (commands, vec![Payload { contact, kind: PayloadKind::Caller, body: json!({ "number": NUMBER }) }])
}

fn asked(contact: u64, asked: bool) -> Vec<Command> {
    vec![Command::SettleSurvey { contact: ContactId(contact), asked }]
}

fn words(contact: u64, text: &str) -> Vec<Payload> {
    vec![Payload { contact: ContactId(contact), kind: PayloadKind::Opinion, body: json!({ "text": text }) }]
}

async fn a_survey_is_kept_from_the_draw_to_the_answer(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    for (contact, region) in [(1, Some("vast")), (2, Some("vast")), (3, None)] {
        let (commands, payloads) = helped(contact, region);
        store.append(centre.entry(Event::TimePassed, commands, payloads)).await.unwrap();
    }
    let token = store.survey_token(ContactId(1));
    assert_eq!(store.survey_of_link(&token).await.unwrap(), None, "nobody has asked yet");
    store.append(centre.entry(Event::TimePassed, asked(2, false), Vec::new())).await.unwrap();
    let left = store.load_ledger().await.unwrap();
    assert_eq!(left.surveys.keys().map(|contact| contact.0).collect::<Vec<_>>(), [1, 3]);
    assert!(left.contacts.contains_key(&ContactId(1)) && !left.contacts.contains_key(&ContactId(2)), "whose message is still to come");

    for contact in [1, 3] {
        store.append(centre.entry(Event::TimePassed, asked(contact, true), Vec::new())).await.unwrap();
    }
    let file = store.survey_of_link(&token).await.unwrap().unwrap();
    assert_eq!((file.record.contact, file.record.state, file.language), (ContactId(1), SurveyState::Asked, Language::Danish));
    for (rating, text) in [(Rating::Bad, "Dårligt"), (Rating::Good, "")] {
        let opinion = Opinion { treatment: Some(rating), handling: None, accessibility: Some(Rating::VeryBad) };
        let commands = vec![Command::KeepOpinion { survey: Box::new(file.record.clone()), opinion }];
        // The live ledger has long forgotten the question.
        centre.ledger.forget_closed();
        store.append(centre.entry(Event::TimePassed, commands, words(1, text))).await.unwrap();
    }
    let (yes, no, none) = (Tally { count: 1, satisfied: 1 }, Tally { count: 1, satisfied: 0 }, Tally::default());
    let west = Shares { asked: 1, answered: 1, treatment: yes, handling: none, accessibility: no };
    let nowhere = Shares { asked: 1, ..Shares::default() };
    let shares = store.opinions(ALWAYS.0, ALWAYS.1).await.unwrap();
    assert_eq!(shares, [(None, nowhere), (Some(RegionId::new("vast")), west)].into());
    assert!(store.opinions(ALWAYS.0, file.record.asked.unwrap()).await.unwrap().is_empty(), "before anybody was asked");
    assert!(store.opinion_words(ALWAYS.0, ALWAYS.1).await.unwrap().is_empty(), "they took their words back");
    for wrong in ["", &token[1..], &store.contact_token(ContactId(1)), &store.survey_token(ContactId(2)), &store.survey_token(ContactId(9))]
    {
        assert_eq!(store.survey_of_link(wrong).await.unwrap(), None, "{wrong}");
    }
    assert_eq!(place.faults().await, [""; 0]);
}

async fn whoever_was_asked_lately_is_known_by_their_number(place: Place) {
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    let (commands, payloads) = helped(1, None);
    store.append(centre.entry(Event::TimePassed, commands, payloads)).await.unwrap();
    let was_asked = async |numbers: &[&str], since| {
        let theirs: Vec<String> = numbers.iter().map(|number| (*number).to_owned()).collect();
        store.was_asked_since(&theirs, since).await.unwrap()
    };
    assert!(!was_asked(&[NUMBER], ALWAYS.0).await, "only awaited");
    store.append(centre.entry(Event::TimePassed, asked(1, true), Vec::new())).await.unwrap();
    let at = store.survey_of_link(&store.survey_token(ContactId(1))).await.unwrap().unwrap().record.asked.unwrap();
    assert!(was_asked(&["anna@example.org", "070-174 06 05"], at).await);
    assert!(!was_asked(&[NUMBER], at.plus_ms(1)).await && !was_asked(&["0701740606"], ALWAYS.0).await && !was_asked(&[], ALWAYS.0).await);
    store.erase_payloads(ContactId(1), Timestamp(9)).await.unwrap();
    assert!(!was_asked(&[NUMBER], ALWAYS.0).await, "an erased number is nobody's");
}
