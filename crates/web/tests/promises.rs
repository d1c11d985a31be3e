//! What desk and lead page show of promises that are soon, late or kept.
#![allow(clippy::unwrap_used)]

use crate::rehearsal;
use domain::{
    Timestamp, UnitId,
    contact::{Owner, PromiseKind},
    intent::Language,
    plan::{EscalateTo, Escalation},
    routing::PromiseView,
    service_level::PromiseCounts,
};
use rehearsal::{
    Scene,
    looked::{desk_in, lead_page, text},
};
use std::sync::Arc;
use switchboard::Live;

#[test]
fn late_promises_are_shown_with_their_step_and_who_has_them() {
    let moved = |live: &mut Live| {
        let minutes = |minutes: i64| Timestamp(rehearsal::now().0 + minutes * 60_000);
        let [first, second, ..] = live.view.promises.as_mut_slice() else { panic!("fewer than two promises") };
        (first.due, second.due) = (minutes(-40), minutes(-20));
        second.owner = Owner::Unit(UnitId::new("operators.vast"));
        second.step = Some(Escalation { step: 2, to: EscalateTo::Group });
        let third = PromiseView { due: minutes(80), soon_ms: Some(90 * 60_000), step: None, ..second.clone() };
        live.view.promises.push(third);
    };
    let kept = |live: &mut Live| {
        let counts = PromiseCounts { due: 9, kept_in_time: 5, kept_late: 2, ..PromiseCounts::default() };
        Arc::make_mut(&mut live.figures).promises = [(PromiseKind::CallBack, counts)].into();
    };
    for (language, step, group, day) in [
        (Language::Swedish, "steg 2: operatörerna i regionen", "Operatörer, ", "Ring upp 9 5 2"),
        (Language::English, "step 2: the operators of the region", "Operators, ", "Call back 9 5 2"),
        (Language::Danish, "trin 2: operatørerne i regionen", "Operatører, ", "Ring op 9 5 2"),
    ] {
        let page = text(&lead_page(language, |live| (moved(live), kept(live)).0));
        assert!(page.contains(group) && page.contains(day), "{page}");
        let (stepped, longest) = (page.find(step), page.rfind(" 40:00"));
        assert!(stepped.is_some() && stepped < longest, "the furthest step stands first: {page}");
        let mut live = rehearsal::live(Scene::Talking);
        moved(&mut live);
        assert!(text(&desk_in(&live, language, None, None, None, None)).contains(step), "{language}");
    }
    let page = text(&lead_page(Language::English, moved));
    assert!(page.contains("soon 1:20:00"), "soon is as the plan says: {page}");
}
