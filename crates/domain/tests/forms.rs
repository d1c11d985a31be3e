//! The forms of both deployments: they read without a fault, a citizen can go all the way through each, and their words
//! are plain.
#![allow(clippy::unwrap_used)]

mod known_forms;

use domain::{
    form::{Answers, Asking, Catalogue, Entered, Form, Rule},
    intent::Language,
    plan::Words,
};
use jiff::civil::Date;
use known_forms::{least, read};

fn both() -> [(&'static str, Catalogue); 2] {
    ["sweden", "denmark"].map(|deployment| (deployment, read(deployment)))
}

#[test]
fn the_forms_of_both_countries_are_there() {
    let [(_, sweden), (_, denmark)] = both();
    assert_eq!(sweden.forms.len(), 11);
    assert_eq!(denmark.forms.len(), 5);
}

fn fill(form: &Form) -> (Answers, usize) {
    let asking = Asking { today: Date::constant(2026, 11, 29), municipality: &|_| None, identified: None };
    let (mut answers, mut pages) = (Answers::default(), 0);
    while let Some((page, row)) = form.first_open(&answers) {
        let fields = form.asked(page, row, &answers).into_iter().flat_map(least);
        let given = form.look(page, row, &answers, &Entered::new(fields), &asking);
        answers.take(page, row, given.unwrap_or_else(|wrong| panic!("{}, page {}: {wrong:?}", form.id, page.id)));
        answers.end_rows(page, true);
        assert_eq!(form.stop(&answers), None, "{}: page {} leads another way", form.id, page.id);
        pages += 1;
        assert!(pages < 100, "{} has no end", form.id);
    }
    (answers, pages)
}

#[test]
fn whoever_knows_next_to_nothing_comes_through_every_form() {
    for (deployment, catalogue) in both() {
        for form in &catalogue.forms {
            let (answers, pages) = fill(form);
            assert!(form.is_whole(&answers));
            assert!((4..=22).contains(&pages), "{deployment}/{}: {pages} pages", form.id);
            let report = form.report(&answers, Language::Swedish, &|_| None);
            assert_eq!(report.faults(), [], "{deployment}/{}", form.id);
        }
    }
}

#[test]
fn nothing_answered_is_told_on_every_question_that_wants_an_answer() {
    let asking = Asking { today: Date::constant(2026, 11, 29), municipality: &|_| None, identified: None };
    for (_, catalogue) in both() {
        for form in &catalogue.forms {
            for page in &form.pages {
                let wrong = form.look(page, 0, &Answers::default(), &Entered::default(), &asking).err().unwrap_or_default();
                assert!(wrong.iter().all(|wrong| matches!(wrong.rule, Rule::Missing | Rule::MissingKnown)), "{}: {wrong:?}", form.id);
            }
        }
    }
}

/// Björnsson's readability index: words for each sentence, and of a hundred words those of more than six letters.
fn lix(text: &str) -> usize {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let sentences = text.matches(['.', '?', '!', ':']).count().max(1);
    let long = words.iter().filter(|word| word.chars().count() > 6).count();
    words.len().div_ceil(sentences) + long * 100 / words.len().max(1)
}

fn texts(form: &Form) -> Vec<&Words> {
    let mut all = vec![&form.about, &form.next];
    all.extend(&form.needs);
    all.extend(form.not_for.iter().map(|entry| &entry.who));
    for page in &form.pages {
        all.extend(page.title.iter().chain(&page.about));
        for question in &page.questions {
            all.push(&question.label);
            all.extend(&question.hint);
            all.extend(question.leads.iter().map(|lead| &lead.text));
        }
    }
    all
}

/// 30 to 40 is "easy to read, ordinary prose for the young"; newspapers have 40 to 50, an authority's prose 50 to 60.
const LIX_MAX: usize = 40;

#[test]
fn the_words_of_every_form_are_plain() {
    for (deployment, catalogue) in both() {
        for form in &catalogue.forms {
            for language in Language::ALL {
                let sentence = |words: &&Words| {
                    words.get(language).map(|text| if text.ends_with(['.', '?', '!']) { text.clone() } else { format!("{text}.") })
                };
                let whole = texts(form).iter().filter_map(sentence).collect::<Vec<_>>().join(" ");
                let lix = lix(&whole);
                assert!(lix <= LIX_MAX, "{deployment}/{} in {language}: {lix}", form.id);
            }
        }
    }
}
