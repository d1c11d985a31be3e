//! What a plan may say about text messages: faults with their line, and what deserves a look.
#![allow(clippy::unwrap_used)]

use crate::{
    intent::Language,
    plan::{Examined, Source, examine},
};

const SWEDEN: &str = include_str!("../../../../../deployments/sweden/plan.toml");
const DENMARK: &str = include_str!("../../../../../deployments/denmark/plan.toml");

/// The plan of Sweden with one text replaced has exactly this fault or notice, in the line that begins so.
#[track_caller]
fn check(from: &str, to: &str, expected: &str, line: &str) {
    assert!(SWEDEN.contains(from), "the plan has no {from:?}");
    let text = SWEDEN.replacen(from, to, 1);
    let Examined { faults, notices, .. } = examine(&Source { file: "plan.toml", text: &text });
    let before = examine(&Source { file: "plan.toml", text: SWEDEN });
    assert!(before.faults.is_empty());
    let told: Vec<_> =
        faults.into_iter().chain(notices.into_iter().filter(|notice| !before.notices.iter().any(|old| old.what == notice.what))).collect();
    let [told] = told.as_slice() else { panic!("one thing is to be told: {told:#?}") };
    assert!(told.to_string().contains(expected), "{told}");
    assert!(text.lines().nth(told.line - 1).unwrap().starts_with(line), "{told}");
}

const ADDRESS: &str = "address = \"https://polisen.se/utsatt-for-brott/polisanmalan/\"";

#[test]
fn the_plans_of_the_deployments_have_a_message_in_every_language() {
    for (text, form) in [(SWEDEN, "https://polisen.se/utsatt-for-brott/polisanmalan/"), (DENMARK, "https://politi.dk/anmeld")] {
        let plan = examine(&Source { file: "plan.toml", text }).plan.unwrap();
        let message = plan.message_of("e-service").unwrap();
        for language in [Language::Swedish, Language::English, Language::Danish] {
            assert!(message.in_language(language).unwrap().contains(&format!(" {form} ")), "{language}");
        }
        assert_eq!(plan.message_of("pkc"), None);
        assert!(plan.texts.is_some());
    }
}

#[test]
fn what_cannot_be_sent_is_refused_with_its_line() {
    check(ADDRESS, "address = \"http://polisen.se/\"", "is not a web address that can be sent", "address");
    check(ADDRESS, "", "there are words to send, but no web address", "[destinations.text]");
    check("själv på {address}", "själv på webben", "the text message in \"sv\" must have {address} once", "sv");
    check("själv på {address}", "på {address} {address}", "the text message in \"sv\" must have {address} once", "sv");
    let long = format!("själv {} {{address}}", "ş".repeat(110));
    check("själv på {address}", &long, "the text message in \"sv\" needs 4 segments; 3 are the most", "sv");
    check("da = \"Politiet: du kan", "xx = \"Politiet: du kan", "nothing is called \"xx\" here", "xx");
    check("country = \"+46\"", "country = \"0046\"", "\"0046\" is no country code", "country");
    check("\"+4670\"", "\"070\"", "no whole number begins with \"070\"", "numbers");
    check("numbers = [\"+4670\", \"+4672\", \"+4673\", \"+4676\", \"+4679\"]", "numbers = []", "no number takes text messages", "numbers");
    check("serves = \"form\"", "serves = \"service\"", "has a web address, but serves \"service\"", "address");
}

#[test]
fn a_form_that_nobody_is_sent_is_named() {
    let (before, rest) = SWEDEN.split_once(ADDRESS).unwrap();
    let after = rest.split_once("\n\n").unwrap().1;
    let without = format!("{before}\n{after}");
    let Examined { plan, notices, .. } = examine(&Source { file: "plan.toml", text: &without });
    assert_eq!(plan.unwrap().message_of("e-service"), None);
    let told = notices.iter().filter(|notice| notice.what.contains("the form \"e-service\" has no web address")).count();
    assert_eq!(told, 1);
    check(
        "[texts]\ncountry = \"+46\"\nnumbers = [\"+4670\", \"+4672\", \"+4673\", \"+4676\", \"+4679\"]",
        "",
        "does not say which numbers take one",
        "[destinations.text]",
    );
}
