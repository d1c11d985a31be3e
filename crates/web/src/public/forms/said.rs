//! An answer in words, for its writer and for whoever reads it.

use super::super::booking::dates;
use crate::words::Words;
use domain::{
    form::{Form, Given, Kind, Question, Sheet, SheetPage},
    place::Areas,
    plan::Words as Texts,
};
use jiff::civil::{Date, DateTime};

/// A text of the form; every one has all languages.
pub(super) fn text(words: Words, texts: &Texts) -> &str {
    texts.get(&words.language).map_or("", String::as_str)
}

/// One answer, several lines perhaps.
pub(super) fn said(words: Words, areas: &Areas, question: &Question, given: &Given) -> String {
    match given {
        Given::Unknown => words.t("form-unknown"),
        Given::Nothing => words.t("form-nothing"),
        Given::Chosen(chosen) if question.kind == Kind::YesNo => {
            chosen.iter().map(|answer| yes_or_no(words, answer)).collect::<Vec<_>>().join(", ")
        }
        Given::Chosen(chosen) => {
            let names = question.options.iter().filter(|option| chosen.contains(&option.id));
            names.map(|option| text(words, &option.name)).collect::<Vec<_>>().join("\n")
        }
        Given::Words(written) if matches!(question.kind, Kind::Day | Kind::Moment) => moment(words, written),
        Given::Words(written) => written.clone(),
        Given::Place { street, municipality, more } => {
            let municipality = municipality.as_ref().and_then(|code| areas.municipalities().iter().find(|known| known.code == *code));
            let parts = [Some(street.as_str()), municipality.map(|known| known.name.as_str()), Some(more.as_str())];
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
        }
    }
}

/// An answer to a question to be answered so.
pub(super) fn yes_or_no(words: Words, answer: &str) -> String {
    words.t(if answer == "yes" { "form-yes" } else { "form-no" })
}

/// "2026-11-29T14:30" or "2026-11-29" as people say it.
fn moment(words: Words, written: &str) -> String {
    if let Ok(both) = written.parse::<DateTime>()
        && written.contains('T')
    {
        let time = both.strftime("%H:%M").to_string();
        return words.with("public-day-and-time", [("day", day(words, both.date()).into()), ("time", time.into())]);
    }
    written.parse::<Date>().map_or_else(|_| written.to_owned(), |date| day(words, date))
}

/// With the year: what is reported may be long ago.
fn day(words: Words, date: Date) -> String {
    format!("{} {}", dates::day(words, date), date.year())
}

/// What stands above the answers of a page: which thing they are of, or the page's title.
pub(super) fn heading(words: Words, page: &SheetPage<'_>) -> Option<String> {
    let one =
        page.row.zip(page.page.repeats.as_ref()).map(|(row, repeats)| format!("{} {}", text(words, &repeats.one), u16::from(row) + 1));
    one.or_else(|| page.page.title.as_ref().map(|title| text(words, title).to_owned()))
}

/// All of a form as operators read it.
pub(super) fn sheet(words: Words, areas: &Areas, form: &Form, sheet: &Sheet<'_>) -> String {
    let mut lines = vec![text(words, &form.name).to_owned()];
    for page in &sheet.pages {
        if let Some((row, repeats)) = page.row.zip(page.page.repeats.as_ref()) {
            lines.push(String::new());
            lines.push(format!("{} {}", text(words, &repeats.one), u16::from(row) + 1));
        }
        for row in &page.rows {
            let answer = said(words, areas, row.question, row.given).replace('\n', ", ");
            lines.push(format!("{} {answer}", text(words, &row.question.label)));
        }
    }
    lines.join("\n")
}
