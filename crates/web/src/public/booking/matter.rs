//! What it is about: a class of the plan that may be booked, and words of the citizen's own.

use super::{
    super::{
        Sight,
        parts::{self, Choice, Field, Question, Wrong, too_long},
    },
    Fields, Page, Step,
    drafts::Draft,
    framed,
    written::{self, ABOUT_CHARS_MAX},
};
use maud::{Markup, html};

const FIELD: &str = "matter";
const ABOUT: &str = "about";

pub(super) fn draw(page: &Page<'_>) -> Markup {
    let (sight, words) = (page.sight, page.sight.words);
    let choices: Vec<Choice> = sight
        .deployment
        .plan
        .booked_classes()
        .map(|class| Choice {
            value: class.id.to_string(),
            label: html! { (sight.text(&class.name).unwrap_or_else(|| class.id.to_string())) },
            hint: None,
            chosen: page.draft.class.as_ref() == Some(&class.id),
        })
        .collect();
    let (legend, hint) = (words.t("booking-matter"), words.t("booking-matter-hint"));
    let question = Question { name: FIELD, legend: &legend, heading: true, hint: Some(&hint), wrong: page.wrong };
    let (label, hint) = (words.t("booking-about"), words.t("booking-about-hint"));
    let about = Field {
        name: ABOUT,
        label: &label,
        hint: Some(&hint),
        value: &page.draft.about,
        kind: "text",
        autocomplete: "off",
        lines: 4,
        list: None,
        wrong: page.wrong,
    };
    let content = parts::form(&html! { (question.draw(&choices, false)) (about.draw()) (parts::button(&words.t("public-go-on"))) });
    framed(page, Step::Matter, &legend, &content)
}

pub(super) fn take(sight: &Sight, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let chosen = sight.deployment.plan.booked_classes().find(|class| class.id.as_str() == fields.get(FIELD)).map(|class| class.id.clone());
    if chosen.is_none() {
        wrong.push(Wrong::new(FIELD, sight.words.t("booking-matter-wrong")));
    }
    draft.class = chosen;
    draft.about = written::lines(fields.get(ABOUT));
    wrong.extend(too_long(sight, ABOUT, &draft.about, ABOUT_CHARS_MAX));
    wrong
}

/// In the words of the plan.
pub(super) fn said(sight: &Sight, draft: &Draft) -> Option<String> {
    let class = draft.class.as_ref()?;
    let known = sight.deployment.plan.classes.iter().find(|known| known.id == *class)?;
    sight.text(&known.name)
}
