//! Whether we ring, or the citizen comes to a desk, and to which.

use super::{
    super::{
        Sight,
        parts::{self, Choice, Question, Wrong},
    },
    Fields, Page, Step,
    drafts::{Draft, Way},
    framed,
};
use crate::words::Words;
use domain::{
    DeskId,
    plan::{Desk, Plan},
};
use maud::{Markup, html};

const FIELD: &str = "way";
const CALL: &str = "call";
/// Before a desk's id, so that none is taken for a call.
const DESK: &str = "desk:";

pub(super) fn draw(page: &Page<'_>) -> Markup {
    let (sight, words) = (page.sight, page.sight.words);
    let call = Choice {
        value: CALL.into(),
        label: html! { (words.t("booking-way-call")) },
        hint: Some(words.t("booking-way-call-hint")),
        chosen: page.draft.way == Some(Way::Call),
    };
    let desks = near(sight, page.draft).into_iter().map(|desk| Choice {
        value: format!("{DESK}{}", desk.id),
        label: html! { (words.with("booking-way-visit", [("desk", desk.name.clone().into())])) },
        hint: sight.text(&desk.address),
        chosen: page.draft.way == Some(Way::Visit(desk.id.clone())),
    });
    let choices: Vec<Choice> = [call].into_iter().chain(desks).collect();
    let (legend, hint) = (words.t("booking-way"), words.t("booking-way-hint"));
    let question = Question { name: FIELD, legend: &legend, heading: true, hint: Some(&hint), wrong: page.wrong };
    let content = parts::form(&html! { (question.draw(&choices, false)) (parts::button(&words.t("public-go-on"))) });
    framed(page, Step::Way, &legend, &content)
}

/// The desks of the region first; those of the others after them.
fn near<'a>(sight: &'a Sight, draft: &Draft) -> Vec<&'a Desk> {
    let mut desks: Vec<&Desk> = sight.deployment.plan.desks.iter().collect();
    desks.sort_by_key(|desk| draft.place.region.as_ref() != Some(&desk.region));
    desks
}

pub(super) fn take(sight: &Sight, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    draft.way = match fields.get(FIELD) {
        CALL => Some(Way::Call),
        word => word.strip_prefix(DESK).and_then(|id| desk(sight, id)).map(|desk| Way::Visit(desk.id.clone())),
    };
    if draft.way.is_some() { Vec::new() } else { vec![Wrong::new(FIELD, sight.words.t("booking-way-wrong"))] }
}

fn desk<'a>(sight: &'a Sight, id: &str) -> Option<&'a Desk> {
    sight.deployment.plan.desks.iter().find(|desk| desk.id.as_str() == id)
}

pub(super) fn said(sight: &Sight, desk_id: Option<&DeskId>) -> Markup {
    let words = sight.words;
    match desk_id.and_then(|id| desk(sight, id.as_str())) {
        None => html! { (words.t("booking-way-call")) },
        Some(desk) => html! {
            (words.with("booking-way-visit", [("desk", desk.name.clone().into())]))
            @if let Some(address) = sight.text(&desk.address) { br; (address) }
        },
    }
}

/// Where a calendar says it is: the desk with its address, or the telephone.
pub(super) fn place(plan: &Plan, words: Words, desk: Option<&DeskId>) -> String {
    match desk.and_then(|id| plan.desk(id)) {
        None => words.t("calendar-telephone"),
        Some(desk) => {
            [Some(desk.name.clone()), plan.in_language(&desk.address, words.language)].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    }
}
