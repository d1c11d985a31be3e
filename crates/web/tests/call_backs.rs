//! What an operator and a leader are shown of a call that we owe.
#![allow(clippy::unwrap_used)]

use crate::rehearsal;
use domain::{access::Role, intent::Language};
use rehearsal::{Scene, looked::text};

fn pages(scene: Scene, page: &str) -> Vec<(Language, String)> {
    let of = |language| rehearsal::pages(language, Role::Leader).into_iter().find(|(name, _)| *name == format!("{page} {scene:?}"));
    Language::ALL.iter().map(|language| (*language, of(*language).unwrap().1)).collect()
}

#[test]
fn whoever_is_offered_a_call_back_reads_that_the_citizen_is_rung_and_since_when() {
    for (language, page) in pages(Scene::CallBack, "desk") {
        let told = match language {
            Language::Swedish => "Vi ringer upp när du svarar: försök 2, väntar sedan",
            Language::Danish => "Vi ringer op, når du svarer: forsøg 2, venter siden",
            _ => "We ring them when you answer: attempt 2, waiting since",
        };
        assert!(text(&page).contains(told), "{language}: {}", text(&page));
    }
    for (language, page) in pages(Scene::Ringing, "desk") {
        assert!(!page.contains("call-back"), "{language}: somebody who rings us is no call-back");
    }
}

#[test]
fn what_a_call_back_allows_has_a_key_each_and_no_other_call_has_it() {
    for (scene, shown, hidden) in [
        (Scene::Dialling, &["Shift F2"][..], &["Shift F3", "Shift F4", "F4", "F6"][..]),
        (Scene::RungBack, &["Shift F2", "Shift F3", "Shift F4", "F4", "F6"], &[]),
        (Scene::Talking, &["Shift F2", "F4", "F6"], &["Shift F3", "Shift F4"]),
    ] {
        for (language, page) in pages(scene, "desk") {
            let has = |key: &str| page.contains(&format!("data-key=\"{key}\""));
            assert!(shown.iter().all(|key| has(key)), "{language} {scene:?} lacks one of {shown:?}");
            assert!(!hidden.iter().any(|key| has(key)), "{language} {scene:?} has one of {hidden:?}");
        }
    }
    for (_, page) in pages(Scene::Dialling, "desk") {
        assert!(text(&page).contains("031-390 06 00"), "the number that is rung is not shown");
    }
}

#[test]
fn a_promise_is_rung_by_whoever_has_nothing_at_hand() {
    for (scene, rings) in [(Scene::Idle, 2), (Scene::Talking, 0), (Scene::Ringing, 0), (Scene::OffDuty, 0)] {
        for (language, page) in pages(scene, "desk") {
            assert_eq!(page.matches("data-key-here=\"F7\"").count(), rings, "{language} {scene:?}");
        }
    }
}

#[test]
fn leaders_see_who_is_to_be_rung_and_from_when_on() {
    for (language, page) in pages(Scene::Idle, "lead") {
        let told = match language {
            Language::Swedish => "Ska ringas upp tidigast",
            Language::Danish => "Skal ringes op tidligst",
            _ => "To be rung back not before",
        };
        assert!(text(&page).contains(told), "{language}: {}", text(&page));
    }
}
