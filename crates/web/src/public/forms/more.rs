//! What was told so far on a page that is asked for each thing: take one away, change one, add one, or go on.

use super::{Place, draft::Filling, said};
use crate::public::parts::{self, Choice, Question, Row as Line, Wrong};
use domain::form::{Answers, Entered, Page, Row};
use maud::{Markup, html};

const MORE: &str = "more";
const REMOVE: &str = "remove";

pub(super) fn draw(filling: &Filling<'_>, page: &Page, wrong: &[Wrong]) -> Markup {
    let (sight, words) = (filling.sight, filling.sight.words);
    let answers = &filling.draft.answers;
    let title = page.title.as_ref().map_or("", |title| said::text(words, title)).to_owned();
    let one = page.repeats.as_ref().map_or("", |repeats| said::text(words, &repeats.one));
    let sheet = filling.form.sheet(answers);
    let lines: Vec<Line> = sheet
        .pages
        .iter()
        .filter(|told| told.page.id == page.id)
        .filter_map(|told| {
            let row = told.row?;
            let key = format!("{one} {}", u16::from(row) + 1);
            let areas = &sight.deployment.places.areas;
            let first = told.rows.iter().map(|answer| said::said(words, areas, answer.question, answer.given));
            let value = first.filter(|text| !text.is_empty()).take(2).collect::<Vec<_>>().join(", ");
            Some(Line { change: Some((sight.paths.at(filling.form, page, row), key.clone())), key, value: html! { bdi { (value) } } })
        })
        .collect();
    let is_full = page.repeats.as_ref().is_some_and(|repeats| answers.rows(page) >= repeats.rows_max);
    let legend = words.t("form-more");
    let choice = |value: &str| Choice { value: value.into(), label: html! { (said::yes_or_no(words, value)) }, hint: None, chosen: false };
    let question = Question { name: MORE, legend: &legend, heading: false, hint: None, wrong };
    let content = html! {
        h1 .govuk-heading-l { (title) }
        (parts::rows(words, &lines))
        @if lines.len() > 1 {
            form method="post" {
                @for row in 0..answers.rows(page) {
                    button .govuk-button .govuk-button--secondary type="submit" name=(REMOVE) value=(u16::from(row) + 1) {
                        (words.with("form-remove", [("what", format!("{one} {}", u16::from(row) + 1).into())]))
                    }
                }
            }
        }
        (parts::form(&html! {
            @if is_full { p .govuk-body { (words.t("form-full")) } input type="hidden" name=(MORE) value="no"; } @else { (question.draw(&[choice("yes"), choice("no")], false)) }
            (parts::button(&words.t("public-go-on")))
        }))
    };
    let back = sight.paths.at(filling.form, page, answers.rows(page).saturating_sub(1));
    filling.framed(&Place::More(page.id.clone()), &title, Some(back), wrong, &content)
}

pub(super) fn take(filling: &Filling<'_>, page: &Page, entered: &Entered) -> Result<(Place, Answers), Vec<Wrong>> {
    let mut answers = filling.draft.answers.clone();
    let rows = answers.rows(page);
    if let Some(row) = entered.raw(REMOVE).parse::<Row>().ok().and_then(|row| row.checked_sub(1)).filter(|row| *row < rows && rows > 1) {
        answers.remove_row(page, row);
        return Ok((Place::More(page.id.clone()), answers));
    }
    match entered.raw(MORE) {
        "yes" => {
            answers.end_rows(page, false);
            Ok((Place::Question(page.id.clone(), rows), answers))
        }
        "no" => {
            answers.end_rows(page, true);
            Ok((super::next(filling.form, &answers), answers))
        }
        _ => Err(vec![Wrong::new(MORE, filling.sight.words.named("form-wrong", "missing_known"))]),
    }
}
