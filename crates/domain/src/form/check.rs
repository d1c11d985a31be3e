//! Whether a form that could be read can be filled in: every condition can hold, every answer has room in the report,
//! everybody in danger is asked before anything else, and nobody is left without a way to be reached.

use super::{
    answers::{UNKNOWN, YES_NO},
    model::{Catalogue, Condition, Fill, Form, Kind, LINE_CHARS, Need, Page, PartyField, Question, Way},
    read::Stands,
};
use crate::{
    intent::Language,
    plan::Fault,
    report::{FIELD_CHARS_MAX, NARRATIVE_CHARS_MAX, NOTE_CHARS_MAX, ROWS_MAX, ReportKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// Whoever answers more has forgotten why.
const PAGES_MAX: usize = 60;
const QUESTIONS_MAX: usize = 12;
const OPTIONS_MAX: usize = 60;
/// Between two answers that fill the same.
const BETWEEN_CHARS: usize = 2;

struct Found<'a> {
    form: &'a Form,
    file: &'a str,
    stands: &'a Stands,
    faults: Vec<Fault>,
}

impl Found<'_> {
    fn page(&mut self, page: &Page, what: &str, mend: &str) {
        let of = format!("page {}", page.id);
        self.faults.push(self.stands.fault(self.file, &of, format!("page \"{}\": {what}", page.id), mend));
    }

    fn question(&mut self, question: &Question, what: &str, mend: &str) {
        let of = format!("question {}", question.id);
        self.faults.push(self.stands.fault(self.file, &of, format!("question \"{}\": {what}", question.id), mend));
    }

    fn whole(&mut self, what: &str, mend: &str) {
        self.faults.push(Fault::new(self.file, 0, what, mend));
    }
}

/// What is wrong with one form.
pub(super) fn form(form: &Form, catalogue: &Catalogue, file: &str, stands: &Stands) -> Vec<Fault> {
    let mut found = Found { form, file, stands, faults: Vec::new() };
    found.size();
    found.names();
    found.conditions();
    for (page, question) in form.questions() {
        found.options(question);
        found.fills(page, question);
        found.leads(question, catalogue);
    }
    found.not_for(catalogue);
    found.room();
    found.reach();
    found.identity();
    for code in form.codes.iter().filter(|code| !catalogue.crimes.has(code)) {
        found.whole(&format!("there is no crime code {code}"), "take one of crimes.csv, or add it there");
    }
    found.faults
}

/// What is wrong with forms beside each other: two must not have one address.
pub(super) fn together<'a>(catalogue: &Catalogue, file: impl Fn(&str) -> &'a str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut taken: BTreeMap<(Language, &str), &str> = BTreeMap::new();
    for form in &catalogue.forms {
        for (language, path) in &form.path {
            if let Some(other) = taken.insert((*language, path), &form.id) {
                let what = format!("the form {other} has the address \"{path}\" in \"{language}\" too");
                faults.push(Fault::new(file(&form.id), 0, what, "write another in `path`"));
            }
        }
    }
    faults
}

impl Found<'_> {
    fn size(&mut self) {
        if self.form.pages.is_empty() || self.form.pages.len() > PAGES_MAX {
            self.whole(
                &format!("a form has 1 to {PAGES_MAX} pages, this one {}", self.form.pages.len()),
                "ask less, or make two forms of it",
            );
        }
        for page in &self.form.pages {
            if page.questions.is_empty() || page.questions.len() > QUESTIONS_MAX {
                self.page(page, &format!("a page has 1 to {QUESTIONS_MAX} questions"), "make several pages of it");
            }
            if page.title.is_none() && (page.questions.len() > 1 || page.repeats.is_some()) {
                self.page(page, "it asks several things and has no heading", "write `title`");
            }
            if page.repeats.as_ref().is_some_and(|repeats| repeats.rows_max == 0 || usize::from(repeats.rows_max) > ROWS_MAX) {
                self.page(page, &format!("it is asked 1 to {ROWS_MAX} times"), "write such a number in `repeats`");
            }
        }
    }

    fn names(&mut self) {
        let (mut pages, mut questions) = (BTreeSet::new(), BTreeSet::new());
        for page in &self.form.pages {
            if !pages.insert(&page.id) {
                self.page(page, "another page has this id", "give it another");
            }
        }
        for (_, question) in self.form.questions() {
            if !questions.insert(&question.id) {
                self.question(question, "another question has this id", "give it another");
            }
        }
    }

    /// Every condition asks for an answer that can have been given before.
    fn conditions(&mut self) {
        let mut before: Vec<&Question> = Vec::new();
        for page in &self.form.pages {
            for condition in &page.show_if {
                if let Err(what) = can_hold(condition, &before) {
                    self.page(page, &what, "name a question that is asked before, and one of its answers");
                }
            }
            for question in &page.questions {
                for condition in &question.show_if {
                    if let Err(what) = can_hold(condition, &before) {
                        self.question(question, &what, "name a question that is asked before, and one of its answers");
                    }
                }
                before.push(question);
            }
        }
    }

    fn options(&mut self, question: &Question) {
        let is_list = matches!(question.kind, Kind::Choice | Kind::Choices);
        if !is_list && !question.options.is_empty() {
            self.question(question, "only a choice has options", "take them away, or write kind = \"choice\"");
        }
        if is_list && !(2..=OPTIONS_MAX).contains(&question.options.len()) {
            self.question(question, &format!("a choice has 2 to {OPTIONS_MAX} options"), "add some, or ask for a line");
        }
        let mut ids = BTreeSet::new();
        for option in &question.options {
            if option.id == UNKNOWN || !ids.insert(&option.id) {
                let what = format!("the option \"{}\" stands there already", option.id);
                self.question(question, &what, "give it another id; \"unknown\" is always there");
            }
        }
    }

    fn fills(&mut self, page: &Page, question: &Question) {
        let Some(fill) = question.fills else { return };
        let fits = match fill {
            Fill::From | Fill::To => matches!(question.kind, Kind::Day | Kind::Moment),
            Fill::Place => matches!(question.kind, Kind::Place | Kind::Line | Kind::Text),
            _ => !matches!(question.kind, Kind::YesNo | Kind::Place),
        };
        if !fits {
            self.question(question, &format!("an answer of kind \"{}\" does not fit there", question.kind), "change `fills` or `kind`");
        }
        let only_once = matches!(fill, Fill::From | Fill::To);
        if only_once && page.repeats.is_some() {
            self.question(question, "the page is asked several times, and the report has one such time", "take `fills` away");
        }
    }

    fn leads(&mut self, question: &Question, catalogue: &Catalogue) {
        for lead in &question.leads {
            for answer in lead.is.iter().filter(|answer| !can_be(question, answer)) {
                self.question(question, &format!("\"{answer}\" cannot be answered"), "name one of its answers in `is`");
            }
            if lead.is.is_empty() {
                self.question(question, "no answer leads there", "name one of its answers in `is`");
            }
        }
        for id in question.leads.iter().filter_map(|lead| missing(&lead.way, catalogue)) {
            self.question(question, &format!("there is no form \"{id}\""), "name the file of another form, without .toml");
        }
    }

    fn not_for(&mut self, catalogue: &Catalogue) {
        for id in self.form.not_for.iter().filter_map(|entry| missing(&entry.way, catalogue)) {
            self.whole(&format!("not_for leads to the form \"{id}\", which is not there"), "name the file of another form, without .toml");
        }
    }

    /// Whatever is answered has room in the report.
    fn room(&mut self) {
        // Things and persons that are asked for one by one each have room of their own.
        let mut filled: BTreeMap<(Fill, Option<&str>), usize> = BTreeMap::new();
        for (page, question) in self.form.questions() {
            let Some(fill) = question.fills else { continue };
            let own = matches!(fill, Fill::Property(_)) || (matches!(fill, Fill::Party(..)) && page.repeats.is_some());
            let room = filled.entry((fill, own.then_some(page.id.as_str()))).or_default();
            *room += longest(question) + BETWEEN_CHARS;
            let most = match fill {
                Fill::WhatHappened | Fill::Traces | Fill::Damage | Fill::Measures => NARRATIVE_CHARS_MAX,
                Fill::Party(_, PartyField::Note) => NOTE_CHARS_MAX,
                _ => FIELD_CHARS_MAX,
            };
            if *room > most + BETWEEN_CHARS {
                self.question(question, &format!("the report has {most} characters for this"), "ask for less in `chars_max`");
            }
        }
    }

    /// Signing in proves something that is asked for, and nobody is asked who need not say who they are.
    fn identity(&mut self) {
        if self.form.sign_in.is_none() {
            return;
        }
        if self.form.anonymous {
            self.whole("it may be sent without a name, and has sign_in", "take sign_in away, or write anonymous = false");
        }
        if self.form.asks_for_identity().is_none() {
            let mend = "ask for it with kind = \"identity\" and fills = \"reporter.identity_number\", or take sign_in away";
            self.whole("it has sign_in and does not ask for the number of whoever reports", mend);
        }
    }

    /// Whoever is in danger is asked first; whoever is to hear from us can be reached.
    fn reach(&mut self) {
        let first = self.form.pages.first();
        let asks = |page: &Page| page.questions.iter().any(|question| question.leads.iter().any(|lead| lead.way == Way::Emergency));
        let is_crime = !matches!(self.form.kind, ReportKind::Loss | ReportKind::Tip | ReportKind::Other);
        if is_crime && !first.is_some_and(asks) {
            self.whole(
                "its first page does not ask whether 112 is needed",
                "begin with a question of which an answer leads to way = \"112\"",
            );
        }
        let reaches = |question: &Question| matches!(question.kind, Kind::Telephone | Kind::Mail);
        let must = |question: &Question| question.answer == Need::Known;
        if !self.form.anonymous && !self.form.questions().any(|(_, question)| reaches(question) && must(question)) {
            let mend = "ask for a telephone or a mail with answer = \"known\", or write anonymous = true";
            self.whole("nobody who sends it can be reached", mend);
        }
        for (_, question) in self.form.questions().filter(|(_, question)| self.form.anonymous && must(question)).collect::<Vec<_>>() {
            if !question.kind.is_chosen() {
                self.question(question, "who sends it need not say who they are", "write answer = \"optional\" or \"needed\"");
            }
        }
    }
}

/// The form that a way leads to, where there is none.
fn missing<'w>(way: &'w Way, catalogue: &Catalogue) -> Option<&'w str> {
    match way {
        Way::Form(id) if catalogue.form(id).is_none() => Some(id),
        _ => None,
    }
}

/// The most characters that an answer can have.
fn longest(question: &Question) -> usize {
    match question.kind {
        Kind::Place => LINE_CHARS + BETWEEN_CHARS + question.chars_max,
        Kind::Choice => question.options.iter().flat_map(|option| option.name.values()).map(|name| name.chars().count()).max().unwrap_or(0),
        Kind::Choices => question
            .options
            .iter()
            .map(|option| option.name.values().map(|name| name.chars().count()).max().unwrap_or(0) + BETWEEN_CHARS)
            .sum(),
        _ => question.chars_max,
    }
}

fn can_be(question: &Question, answer: &str) -> bool {
    match question.kind {
        _ if answer == UNKNOWN => question.answer == Need::Needed,
        Kind::YesNo => YES_NO.contains(&answer),
        _ => question.options.iter().any(|option| option.id == answer),
    }
}

fn can_hold(condition: &Condition, before: &[&Question]) -> Result<(), String> {
    let Some(question) = before.iter().find(|question| question.id == condition.question) else {
        return Err(format!("no question \"{}\" is asked before", condition.question));
    };
    match condition.is.iter().find(|answer| !can_be(question, answer)) {
        Some(answer) => Err(format!("\"{answer}\" cannot be answered to \"{}\"", condition.question)),
        None if condition.is.is_empty() => Err(format!("no answer to \"{}\" is named", condition.question)),
        None => Ok(()),
    }
}
