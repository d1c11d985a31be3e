//! A page of questions.

use super::{Place, draft::Filling, draw::Asked, said::text, sign_in};
use crate::public::parts::{self, Wrong};
use domain::form::{Answers, Asking, Entered, Page, Question, Row, Rule, Wrong as Told};
use maud::{Markup, html};

pub(super) fn draw(filling: &Filling<'_>, page: &Page, row: Row, entered: Option<&Entered>, wrong: &[Wrong]) -> Markup {
    let (sight, words) = (filling.sight, filling.sight.words);
    let answers = &filling.draft.answers;
    let questions = filling.form.asked(page, row, answers);
    let only = (page.title.is_none()).then(|| questions.first()).flatten();
    let title = page.title.as_ref().or(only.map(|question| &question.label)).map_or("", |title| text(words, title)).to_owned();
    let one = page.repeats.as_ref().map(|repeats| format!("{} {}", text(words, &repeats.one), u16::from(row) + 1));
    let content = html! {
        @if let Some(one) = &one { span .govuk-caption-l { (one) } }
        @if page.title.is_some() { h1 .govuk-heading-l { (title) } }
        @if let Some(about) = &page.about { p .govuk-body { (text(words, about)) } }
        (sign_in::known(filling, page))
        (parts::form(&html! {
            @for question in questions.iter().filter(|question| !is_known(filling, page, question)) {
                (Asked {
                    sight, question, given: answers.given(&question.id, row), entered, wrong, heading: page.title.is_none(),
                }.draw())
            }
            (parts::button(&words.t("public-go-on")))
        }))
    };
    let back = match row {
        0 => filling.before(page),
        _ => sight.paths.place(filling.form, &Place::More(page.id.clone())),
    };
    filling.framed(&Place::Question(page.id.clone(), row), &title, Some(back), wrong, &content)
}

/// Whoever has signed in is not asked for it.
fn is_known(filling: &Filling<'_>, page: &Page, question: &Question) -> bool {
    filling.draft.identified.as_ref().is_some_and(|identified| identified.answer(page, question).is_some())
}

/// The answers with those of this page, and where they lead.
pub(super) fn take(filling: &Filling<'_>, page: &Page, row: Row, entered: &Entered) -> Result<(Place, Answers), Vec<Wrong>> {
    let sight = filling.sight;
    let areas = &sight.deployment.places.areas;
    let municipality = |name: &str| areas.by_name(name).map(|known| known.code.clone());
    let identified = filling.draft.identified.as_ref();
    let asking = Asking { today: sight.now.local(&sight.deployment.plan.zone).date(), municipality: &municipality, identified };
    let given = filling.form.look(page, row, &filling.draft.answers, entered, &asking);
    let given = given.map_err(|wrong| wrong.iter().map(|wrong| told(filling, page, wrong)).collect::<Vec<_>>())?;
    let mut answers = filling.draft.answers.clone();
    answers.take(page, row, given);
    let next = match super::next(filling.form, &answers) {
        Place::OtherWay => Place::OtherWay,
        _ if page.repeats.is_some() => Place::More(page.id.clone()),
        next => next,
    };
    Ok((next, answers))
}

/// What is wrong in words, at the field where it is put right.
fn told(filling: &Filling<'_>, page: &Page, wrong: &Told) -> Wrong {
    let words = filling.sight.words;
    let question = page.questions.iter().find(|question| question.id == wrong.question);
    let field = match (wrong.part, question) {
        (Some(part), _) => format!("{}.{part}", wrong.question),
        (None, Some(question)) => first_field(question),
        (None, None) => wrong.question.clone(),
    };
    let label = question.map_or("", |question| text(words, &question.label));
    let most = question.map_or(0, |question| question.chars_max);
    let what = match wrong.rule {
        Rule::TooLong => words.with("public-too-long", [("count", u64::try_from(most).unwrap_or(u64::MAX).into())]),
        rule => words.named("form-wrong", rule.word()),
    };
    // Of several questions on a page it is said of which.
    let told = if page.questions.len() > 1 { format!("{label} {what}") } else { what };
    Wrong::new(field, told)
}

/// Where the link of the summary leads: the first field that there is.
fn first_field(question: &Question) -> String {
    use domain::form::{Kind, Part};
    match question.kind {
        Kind::Day | Kind::Moment => format!("{}.{}", question.id, Part::Day),
        Kind::Place => format!("{}.{}", question.id, Part::Street),
        _ => question.id.clone(),
    }
}
