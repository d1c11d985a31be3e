//! What was understood, as it is shown to people and told to programs: of one caller, and of all over four weeks.
#![allow(clippy::unwrap_used)]

use crate::rehearsal;
use domain::intent::{Circumstance, Intent, Language};
use rehearsal::{
    Scene,
    looked::{desk_in, lead_page, text},
};
use serde_json::json;
use switchboard::CallerDetails;
use web::api::{desk_model::Caller, understood_model::UnderstoodWeeks};

#[test]
fn what_the_words_may_also_mean_stands_beside_what_they_were_taken_for() {
    let caller = rehearsal::caller(Scene::Talking).unwrap();
    let mut live = rehearsal::live(Scene::Talking);
    let page = |live: &switchboard::Live, language, caller: &CallerDetails| {
        desk_in(live, language, None, Some(caller.clone()), rehearsal::matter(Scene::Talking), rehearsal::report(Scene::Talking))
    };
    for (language, expected) in [
        (Language::Swedish, "Kan också vara Anmäla stöld Alt U Anmäla förlust Alt O"),
        (Language::English, "May also be Report a theft Alt U Report a lost item Alt O"),
        (Language::Danish, "Kan også være Anmelde tyveri Alt U Anmelde tabt genstand Alt O"),
    ] {
        let told = text(&page(&live, language, &caller));
        assert!(told.contains(expected), "{language}: {told}");
        assert!(!told.contains("Was understood as"), "nothing is corrected");
    }
    let by_keys = text(&page(&live, Language::English, &CallerDetails { readings: Vec::new(), ..caller.clone() }));
    assert!(!by_keys.contains("May also be"), "nothing was said: {by_keys}");

    let mine = live.view.contacts.iter_mut().find(|contact| contact.contact == rehearsal::MINE).unwrap();
    (mine.corrected_from, mine.intent) = (mine.intent, Some(Intent::ReportTheft));
    let corrected = text(&page(&live, Language::English, &caller));
    for expected in ["Report a bicycle theft Alt U Report a lost item Alt O", "Was understood as: Report a bicycle theft"] {
        assert!(corrected.contains(expected), "{corrected}");
    }
    let ringing = text(&page(&rehearsal::live(Scene::Ringing), Language::English, &caller));
    assert!(!ringing.contains("May also be"), "nothing is corrected before it is answered: {ringing}");
}

#[test]
fn how_callers_are_understood_is_drawn_and_told_where_it_has_drifted() {
    for (language, drifted) in [
        (Language::English, "Not as before Corrected by who answered: 23.8% today, 15.3% in the four weeks before."),
        (Language::Swedish, "Annat än förut Rättat av den som svarade: 23,8\u{a0}% i dag, 15,3\u{a0}% de fyra veckorna före."),
        (Language::Danish, "Anderledes end før Rettet af den, der svarede: 23,8\u{a0}% i dag, 15,3\u{a0}% i de fire uger før."),
    ] {
        let told = text(&lead_page(language, |_| {}));
        assert_eq!(told.matches(drifted).count(), 1, "{language}: {told}");
    }
    let page = lead_page(Language::English, |_| {});
    let section = page.split_once("understood-title\">").unwrap().1;
    for language in ["sv", "en"] {
        for part in [format!("aria-labelledby=\"understood-{language}\""), format!("aria-describedby=\"understood-{language}-told\"")] {
            assert!(section.contains(&part), "no {part}");
        }
    }
    assert_eq!(section.matches("<rect class=\"today\"").count(), 8, "today stands out in each row of both");
    assert_eq!(section.matches("<rect").count(), 2 * 4 * 29, "a bar for each day");
    // Thirty callers of English a day: too few for a word about them.
    assert_eq!(section.matches("Not as before").count(), 1);
    assert!(text(section).contains("Corrected by who answered 23.8%"), "{}", text(section));
}

#[test]
fn programs_are_told_where_a_matter_belongs_and_what_the_words_tell() {
    let (live, deployment) = (rehearsal::live(Scene::Talking), rehearsal::deployment());
    let mine = live.view.contacts.iter().find(|contact| contact.contact == rehearsal::MINE).unwrap();
    let told = |caller: CallerDetails| serde_json::to_value(Caller::of(&deployment.plan, mine, caller)).unwrap();
    let caller = rehearsal::caller(Scene::Talking).unwrap();
    let known = CallerDetails { circumstances: [Circumstance::KnownOffender].into(), ..caller.clone() };
    for (caller, destination) in [
        (caller.clone(), json!({ "id": "e-service", "rule": "form", "because": null })),
        (known, json!({ "id": "pkc", "rule": "blocked", "because": "known_offender" })),
        (CallerDetails { gate: None, ..caller.clone() }, json!(null)),
    ] {
        assert_eq!(told(caller)["destination"], destination);
    }
    let told = told(caller);
    assert_eq!(told["suggestions"][0], json!({ "kind": "object", "words": "cykel" }));
    assert_eq!(told["readings"][1], json!({ "intent": "report_theft", "confidence_permille": 84 }));
}

#[test]
fn programs_are_told_how_callers_are_understood() {
    let told =
        |weeks: Option<Vec<domain::service_level::LanguageDays>>| serde_json::to_value(UnderstoodWeeks::of(weeks.as_deref())).unwrap();
    assert_eq!(told(None), json!({ "counted": false, "languages": [] }));
    assert_eq!(told(Some(Vec::new())), json!({ "counted": true, "languages": [] }));
    let weeks = told(rehearsal::understood(Scene::Crowded));
    let swedish = &weeks["languages"][0];
    assert_eq!((&swedish["language"], swedish["days"].as_array().unwrap().len()), (&json!("sv"), 29));
    let corrected = &swedish["shares"][0];
    assert_eq!((&corrected["share"], &corrected["drifted"]), (&json!("corrected"), &json!(true)), "{corrected}");
    assert_eq!(corrected["today"], json!({ "count": 57, "of": 240, "permille": 238 }), "{corrected}");
}
