#![allow(clippy::unwrap_used)]
//! Where callers are led by the plans of Sweden and Denmark, rule by rule, and why.

use domain::{
    destination::{Said, lead, lead_among},
    intent::{Circumstance as C, Gate, Intent as I, Reading, Understanding},
    plan::{self, GoingOn, Plan, Source},
};

const SWEDEN: &str = include_str!("../../../deployments/sweden/plan.toml");
const DENMARK: &str = include_str!("../../../deployments/denmark/plan.toml");

fn read(text: &str) -> Plan {
    plan::read(&Source { file: "plan.toml", text }).unwrap()
}

#[track_caller]
fn check(plan: &Plan, intent: Option<I>, circumstances: &[C], gate: Gate, expected: &str) {
    let led = lead(plan, &Said { intent, circumstances, gate, going_on: false }).unwrap();
    let because = led.because.map(|because| format!(" {because}")).unwrap_or_default();
    assert_eq!(format!("{} {}{because}", led.to.id, led.rule), expected, "{intent:?} {circumstances:?} {gate}");
}

#[test]
fn the_rules_stand_in_their_order() {
    let sweden = read(SWEDEN);
    for (intent, circumstances, gate, expected) in [
        // Danger beats everything else.
        (I::ReportBicycleTheft, &[C::KnownOffender][..], Gate::Direct, "112 danger"),
        (I::PassportId, &[], Gate::Direct, "112 danger"),
        // A document that must be blocked goes before the form.
        (I::ReportLostItem, &[C::IdentityDocument], Gate::None, "pkc document identity_document"),
        (I::ReportTheft, &[C::IdentityDocument, C::KnownOffender], Gate::None, "pkc document identity_document"),
        // A passport that is only asked about is information.
        (I::PassportId, &[C::IdentityDocument], Gate::None, "switchboard matter"),
        // A form, unless something stands in its way.
        (I::ReportBicycleTheft, &[], Gate::None, "e-service form"),
        (I::ReportBicycleTheft, &[], Gate::Ask, "e-service form"),
        (I::ReportDamage, &[C::Business], Gate::None, "pkc blocked business"),
        (I::ReportLostItem, &[C::NoNationalId], Gate::None, "pkc blocked no_national_id"),
        (I::ReportLostItem, &[C::HandedIn], Gate::None, "switchboard matter handed_in"),
        // Only where the plan asks for more than the matter.
        (I::ReportFraud, &[], Gate::None, "pkc person"),
        (I::ReportFraud, &[C::CardMisused], Gate::None, "e-service form card_misused"),
        (I::ReportFraud, &[C::CardDetailsGiven, C::CardMisused], Gate::None, "pkc blocked card_details_given"),
        // The weightiest reason is told.
        (I::ReportTheft, &[C::KnownOffender, C::Vehicle, C::Violence], Gate::None, "pkc blocked violence"),
        // A vehicle stands in the way of a theft's form, not of damage to one.
        (I::ReportTheft, &[C::Vehicle], Gate::None, "pkc blocked vehicle"),
        (I::ReportDamage, &[C::Vehicle], Gate::None, "e-service form"),
        // What may be going on and wants a patrol.
        (I::NoiseDisturbance, &[], Gate::Ask, "rlc patrol"),
        (I::NoiseDisturbance, &[], Gate::None, "pkc person"),
        (I::NoiseDisturbance, &[C::Question], Gate::None, "switchboard matter question"),
        (I::MissingPerson, &[C::ForDays], Gate::Ask, "pkc matter for_days"),
        // Information, and what needs a person.
        (I::ExistingCaseStatus, &[], Gate::None, "switchboard matter"),
        (I::ExistingCaseStatus, &[C::Addition], Gate::None, "pkc matter addition"),
        (I::ReportViolence, &[C::Violence], Gate::None, "pkc person"),
        (I::Tip, &[C::KnownOffender], Gate::None, "pkc person"),
        // It may be going on, whoever asks: somebody who can send a patrol.
        (I::OngoingEmergency, &[], Gate::Ask, "rlc patrol"),
        // A question of traffic is information; what happened is told to a person.
        (I::Traffic, &[], Gate::None, "switchboard matter"),
        (I::Traffic, &[C::Past], Gate::None, "pkc matter past"),
    ] {
        check(&sweden, Some(intent), circumstances, gate, expected);
    }
    check(&sweden, None, &[], Gate::Ask, "pkc person");
    check(&sweden, None, &[C::Question], Gate::None, "pkc person");
}

#[test]
fn denmark_has_destinations_of_its_own() {
    let denmark = read(DENMARK);
    for (intent, circumstances, gate, expected) in [
        (I::OngoingEmergency, &[][..], Gate::Direct, "112 danger"),
        (I::ReportTheft, &[], Gate::None, "e-service form"),
        (I::ReportLostItem, &[], Gate::None, "114 person"),
        (I::ReportLostItem, &[C::HandedIn], Gate::None, "station matter handed_in"),
        (I::LostAndFound, &[], Gate::None, "station matter"),
        (I::LostAndFound, &[C::Animal], Gate::None, "114 matter animal"),
        (I::Complaint, &[], Gate::None, "dup matter"),
        (I::Complaint, &[C::Handling], Gate::None, "politidirektor matter handling"),
        (I::PermitsWeapons, &[], Gate::None, "114 person"),
        (I::PermitsWeapons, &[C::CriminalRecord], Gate::None, "e-service form criminal_record"),
        (I::ReportFraud, &[C::BoughtOnline], Gate::None, "e-service form bought_online"),
        (I::PassportId, &[], Gate::None, "other matter"),
        (I::NoiseDisturbance, &[], Gate::Ask, "114 person"),
        // Nobody who may be in danger is sent away from the police.
        (I::Other, &[], Gate::None, "other matter"),
        (I::Other, &[], Gate::Ask, "114 person"),
        (I::Other, &[C::AboutPolice], Gate::None, "114 matter about_police"),
    ] {
        check(&denmark, Some(intent), circumstances, gate, expected);
    }
}

#[test]
fn what_is_going_on_but_not_dangerous_goes_where_the_plan_says() {
    let mut plan = read(SWEDEN);
    let led = |plan: &Plan, gate| {
        let said = Said { intent: Some(I::ReportDamage), circumstances: &[], gate, going_on: true };
        lead(plan, &said).map(|led| format!("{} {}", led.to.id, led.rule))
    };
    assert_eq!(led(&plan, Gate::Ask).unwrap(), "112 going_on");
    plan.emergency.going_on = GoingOn::CommandCentre;
    assert_eq!(led(&plan, Gate::Ask).unwrap(), "rlc going_on");
    assert_eq!(led(&plan, Gate::Direct).unwrap(), "112 danger");
    plan.destinations.retain(|destination| destination.id != "rlc");
    assert_eq!(led(&plan, Gate::Ask).unwrap(), "112 going_on", "without a command centre there is 112");
    plan.destinations.clear();
    assert_eq!(led(&plan, Gate::Direct), None, "a plan without destinations leads nobody");
}

#[test]
fn a_plan_must_be_able_to_lead_everybody_somewhere() {
    let refused = |from: &str, to: &str| {
        assert!(SWEDEN.contains(from), "{from}");
        let text = SWEDEN.replacen(from, to, 1);
        let line = text[..text.find(to).unwrap()].matches('\n').count() + 1;
        let faults = plan::read(&Source { file: "plan.toml", text: &text }).unwrap_err();
        (faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), line)
    };
    let (told, _) = refused("serves = \"person\"", "serves = \"service\"");
    assert!(told.contains("0 destinations have serves = \"person\", so whoever belongs nowhere else cannot be led to one place"), "{told}");
    let (told, _) = refused("serves = \"command_centre\"", "serves = \"emergency\"");
    assert!(told.contains("2 destinations have serves = \"emergency\""), "{told}");
    let (told, line) = refused("serves = \"form\"", "serves = \"from\"");
    assert!(told.contains(&format!("plan.toml:{line}: destination \"e-service\": serves does not know \"from\"")), "{told}");
    let (told, line) = refused("only_with = { report_fraud = [\"card_misused\"] }", "only_with = { report_fraud = [\"card_missused\"] }");
    assert!(told.contains(&format!("plan.toml:{line}: ")) && told.contains("did you mean \"card_misused\"?"), "{told}");
    let (told, line) = refused("only_with = { report_fraud", "only_with = { report_frauds");
    assert!(told.contains(&format!("plan.toml:{line}: ")) && told.contains("nothing is called \"report_frauds\" here"), "{told}");
    let (told, _) = refused("serves = \"person\"\n", "serves = \"person\"\nintents = [\"complaint\"]\n");
    assert!(told.contains("takes \"complaint\", but destination \"pkc\" does too"), "{told}");
}

#[test]
fn an_event_from_before_circumstances_is_still_read() {
    let before = r#"{"readings":[],"gate":"none","language":"sv","answer":null,"municipality":null,"model":"0123456789abcdef"}"#;
    let understood: Understanding = serde_json::from_str(before).unwrap();
    assert_eq!(understood.circumstances, []);
    assert_eq!(serde_json::to_string(&understood).unwrap(), before, "and written as it was");
    let with = Understanding { circumstances: vec![C::KnownOffender], ..understood };
    let written = serde_json::to_string(&with).unwrap();
    assert!(written.contains(r#""circumstances":["known_offender"]"#), "{written}");
    assert_eq!(serde_json::from_str::<Understanding>(&written).unwrap(), with);
}

#[test]
fn who_is_unsure_is_led_where_most_of_what_it_may_be_is_taken() {
    let sweden = read(SWEDEN);
    for (readings, circumstances, gate, expected) in [
        // Sure enough to be asked about alone.
        (&[(I::Tip, 560), (I::Complaint, 240), (I::Other, 190)][..], &[][..], Gate::None, "pkc person"),
        // Two kinds of information weigh more than the likeliest.
        (&[(I::Tip, 400), (I::Complaint, 300), (I::Other, 200)], &[], Gate::None, "switchboard between"),
        // A person takes what a form would, and what a form would not.
        (&[(I::ReportTheft, 400), (I::ReportViolence, 300), (I::Complaint, 200)], &[], Gate::None, "pkc between"),
        (&[(I::ReportTheft, 400), (I::ReportDamage, 300), (I::Complaint, 200)], &[], Gate::None, "e-service form"),
        // Of equals the likelier.
        (&[(I::Tip, 300), (I::Complaint, 300)], &[], Gate::None, "pkc person"),
        // What was said counts for each of them, and danger beats all.
        (&[(I::ReportTheft, 500), (I::Complaint, 400)], &[C::KnownOffender], Gate::None, "pkc blocked known_offender"),
        (&[(I::Tip, 400), (I::Complaint, 300), (I::Other, 200)], &[], Gate::Direct, "112 danger"),
        (&[], &[], Gate::None, "pkc person"),
    ] {
        let readings: Vec<Reading> =
            readings.iter().map(|(intent, sure)| Reading { intent: *intent, confidence_permille: *sure }).collect();
        let led = lead_among(&sweden, &readings, &Said { intent: None, circumstances, gate, going_on: false }).unwrap();
        let because = led.because.map(|because| format!(" {because}")).unwrap_or_default();
        assert_eq!(format!("{} {}{because}", led.to.id, led.rule), expected, "{readings:?}");
    }
}
