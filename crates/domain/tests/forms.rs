//! The forms of both deployments: they read without a fault, a citizen can go all the way through each, and their words
//! are plain.
#![allow(clippy::unwrap_used)]

use domain::{
    form::{Answers, Asking, Catalogue, Entered, Form, FormTexts, Forms, Kind, Need, Question, Rule},
    intent::Language,
    plan::{Source, Words},
};
use jiff::civil::Date;
use std::{fs, path::PathBuf};

fn read(deployment: &str) -> Catalogue {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments")).join(deployment).join("forms");
    let mut files: Vec<(String, String, String)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let id = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, id, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    let source = |wanted: &str| files.iter().find(|(name, ..)| name == wanted).map(|(name, _, text)| Source { file: name, text });
    let forms = files.iter().filter(|(name, ..)| name.ends_with(".toml") && name != "parts.toml");
    let texts = FormTexts {
        parts: source("parts.toml").unwrap(),
        crimes: source("crimes.csv"),
        forms: forms.map(|(name, id, text)| (id.as_str(), Source { file: name, text })).collect(),
    };
    Forms::read(&texts)
        .unwrap_or_else(|faults| panic!("{deployment}:\n{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>()))
}

fn both() -> [(&'static str, Catalogue); 2] {
    ["sweden", "denmark"].map(|deployment| (deployment, read(deployment)))
}

#[test]
fn the_forms_of_both_countries_are_there() {
    let [(_, sweden), (_, denmark)] = both();
    assert_eq!(sweden.forms.len(), 11);
    assert_eq!(denmark.forms.len(), 5);
}

/// "I do not know" wherever that is allowed, and what must be known.
fn least(question: &Question) -> Vec<(String, String)> {
    let field = |part: &str, value: &str| (format!("{}{part}", question.id), value.to_owned());
    let not_led = |id: &str| !question.leads.iter().any(|lead| lead.is.iter().any(|is| is == id));
    match question.answer {
        Need::Optional => Vec::new(),
        Need::Needed if not_led("unknown") && !question.kind.is_chosen() => vec![field(".unknown", "yes")],
        Need::Needed if not_led("unknown") => vec![field("", "unknown")],
        Need::Needed | Need::Known => match question.kind {
            Kind::YesNo => vec![field("", ["no", "yes"].into_iter().find(|id| not_led(id)).unwrap())],
            Kind::Choice | Kind::Choices => {
                vec![field("", question.options.iter().map(|option| option.id.as_str()).find(|id| not_led(id)).unwrap())]
            }
            Kind::Telephone => vec![field("", "070-174 06 05")],
            Kind::Mail => vec![field("", "anna@example.org")],
            Kind::Day | Kind::Moment => vec![field(".day", "1"), field(".month", "11"), field(".year", "2026")],
            Kind::Place => vec![field(".street", "Storgatan 1")],
            Kind::Amount => vec![field("", "100")],
            Kind::Digits => vec![field("", "1234")],
            Kind::Line | Kind::Text | Kind::Name | Kind::Registration => vec![field("", "ABC123")],
            Kind::Identity | Kind::Organisation | Kind::Imei => panic!("{}: nobody has to know such a number", question.id),
        },
    }
}

fn fill(form: &Form) -> (Answers, usize) {
    let asking = Asking { today: Date::constant(2026, 11, 29), municipality: &|_| None };
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
    let asking = Asking { today: Date::constant(2026, 11, 29), municipality: &|_| None };
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
