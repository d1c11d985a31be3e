//! In which language, with an interpreter or without, and what else is needed so that it goes well.

use super::{
    super::{
        Sight,
        parts::{self, Choice, Field, Question, Wrong, too_long},
    },
    Fields, Page, Step,
    drafts::{Draft, Tongue, Way},
    framed,
    written::{self, LANGUAGE_CHARS_MAX, NEEDS_CHARS_MAX},
};
use domain::intent::Language;
use maud::{Markup, html};

const FIELD: &str = "tongue";
const INTERPRETER: &str = "interpreter";
const NEEDS: &str = "needs";
const OTHER: &str = "other";

pub(super) fn draw(page: &Page<'_>) -> Markup {
    let (sight, words, draft) = (page.sight, page.sight.words, page.draft);
    let ours = sight.deployment.plan.languages.iter().map(|language| Choice {
        value: language.to_string(),
        label: html! { (words.named("language", language.word())) },
        hint: None,
        chosen: draft.tongue == Some(Tongue::Ours(*language)),
    });
    let other = Choice {
        value: OTHER.into(),
        label: html! { (words.t("booking-language-other")) },
        hint: Some(words.t("booking-language-other-hint")),
        chosen: draft.tongue == Some(Tongue::Other),
    };
    let choices: Vec<Choice> = ours.chain([other]).collect();
    let legend = words.t("booking-language");
    let question = Question { name: FIELD, legend: &legend, heading: true, hint: None, wrong: page.wrong };
    let (interpreter, interpreter_hint) = (words.t("booking-interpreter"), words.t("booking-interpreter-hint"));
    let (needs, needs_hint) = (words.t("booking-needs"), words.t("booking-needs-hint"));
    let interpreter = Field {
        name: INTERPRETER,
        label: &interpreter,
        hint: Some(&interpreter_hint),
        value: &draft.interpreter,
        kind: "text",
        autocomplete: "off",
        lines: 1,
        list: None,
        wrong: page.wrong,
    };
    let needs = Field { name: NEEDS, label: &needs, hint: Some(&needs_hint), value: &draft.needs, lines: 3, ..interpreter };
    let content = parts::form(&html! {
        (question.draw(&choices, false)) (interpreter.draw()) (needs.draw()) (parts::button(&words.t("public-go-on")))
    });
    framed(page, Step::Language, &legend, &content)
}

pub(super) fn take(sight: &Sight, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    let (words, plan) = (sight.words, &sight.deployment.plan);
    draft.interpreter = written::line(fields.get(INTERPRETER));
    draft.needs = written::lines(fields.get(NEEDS));
    draft.tongue = match fields.get(FIELD) {
        OTHER => Some(Tongue::Other),
        word => Language::from_word(word).filter(|language| plan.languages.contains(language)).map(Tongue::Ours),
    };
    let mut wrong = Vec::new();
    match draft.tongue {
        None => wrong.push(Wrong::new(FIELD, words.t("booking-language-wrong"))),
        Some(Tongue::Other) if draft.interpreter.is_empty() => wrong.push(Wrong::new(INTERPRETER, words.t("booking-interpreter-wrong"))),
        Some(_) => {}
    }
    wrong.extend(too_long(sight, INTERPRETER, &draft.interpreter, LANGUAGE_CHARS_MAX));
    wrong.extend(too_long(sight, NEEDS, &draft.needs, NEEDS_CHARS_MAX));
    // Where there is no desk there is nothing to choose.
    if plan.desks.is_empty() {
        draft.way = Some(Way::Call);
    }
    wrong
}

pub(super) fn said(sight: &Sight, draft: &Draft) -> String {
    match draft.tongue {
        Some(Tongue::Ours(language)) => sight.words.named("language", language.word()),
        _ => sight.words.with("booking-with-interpreter", [("language", draft.interpreter.clone().into())]),
    }
}
