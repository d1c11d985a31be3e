//! What somebody has answered so far, and what follows from it: which pages are asked, which comes next, and whether an
//! answer leads another way. An answer to a question that is asked no more is kept, and counts for nothing.

use super::model::{Condition, Form, Lead, Page, Question};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// The word of "I do not know" among the answers that a condition or a lead names.
pub(super) const UNKNOWN: &str = "unknown";
/// The answers of a question to be answered with yes or no.
pub(super) const YES_NO: [&str; 2] = ["yes", "no"];

/// Which time a page is asked that is asked for each thing, from 0; 0 on every other page.
pub type Row = u8;

/// One answer. Personal data: hidden in Debug.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// "I do not know".
    Unknown,
    /// Left empty where it may be.
    Nothing,
    /// As it is kept: a date as `2026-11-29`, a moment as `2026-11-29T14:30`, numbers without spaces.
    Words(String),
    /// The ids of what was chosen.
    Chosen(Vec<String>),
    Place {
        street: String,
        /// The code of a municipality.
        municipality: Option<String>,
        more: String,
    },
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(hidden)")
    }
}

impl Given {
    fn is(&self, answer: &str) -> bool {
        match self {
            Self::Unknown => answer == UNKNOWN,
            Self::Chosen(chosen) => chosen.iter().any(|chosen| chosen == answer),
            Self::Nothing | Self::Words(_) | Self::Place { .. } => false,
        }
    }

    fn is_one_of(&self, answers: &[String]) -> bool {
        answers.iter().any(|answer| self.is(answer))
    }
}

/// All answers to one form.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    given: BTreeMap<String, BTreeMap<Row, Given>>,
    /// Pages that are done with; of those asked for each thing, that there is no more.
    passed: BTreeSet<String>,
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answers({} pages passed, hidden)", self.passed.len())
    }
}

/// An answer led another way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop<'f> {
    pub page: &'f Page,
    pub row: Row,
    pub lead: &'f Lead,
}

impl Answers {
    #[must_use]
    pub fn given(&self, question: &str, row: Row) -> Option<&Given> {
        self.given.get(question)?.get(&row)
    }

    /// Takes the answers of one page, whole.
    pub fn take(&mut self, page: &Page, row: Row, answers: Vec<(String, Given)>) {
        for (question, given) in answers {
            self.given.entry(question).or_default().insert(row, given);
        }
        if page.repeats.is_none() {
            self.passed.insert(page.id.clone());
        }
    }

    /// What is known without being asked.
    pub(super) fn put(&mut self, question: &str, known: Given) {
        self.given.entry(question.to_owned()).or_default().insert(0, known);
    }

    pub(super) fn take_back(&mut self, question: &str) {
        self.given.remove(question);
    }

    /// There is no more of what the page is asked for, or there is after all.
    pub fn end_rows(&mut self, page: &Page, no_more: bool) {
        if no_more {
            self.passed.insert(page.id.clone());
        } else {
            self.passed.remove(&page.id);
        }
    }

    /// Takes one thing away; those behind it move up.
    pub fn remove_row(&mut self, page: &Page, row: Row) {
        for question in &page.questions {
            let Some(rows) = self.given.get_mut(&question.id) else { continue };
            *rows = std::mem::take(rows)
                .into_iter()
                .filter(|(at, _)| *at != row)
                .map(|(at, given)| (if at > row { at - 1 } else { at }, given))
                .collect();
        }
        self.passed.remove(&page.id);
    }

    /// How many things were told on a page that is asked for each.
    #[must_use]
    pub fn rows(&self, page: &Page) -> Row {
        let last = page.questions.iter().filter_map(|question| self.given.get(&question.id)?.last_key_value().map(|(row, _)| *row)).max();
        last.map_or(0, |last| last.saturating_add(1))
    }

    fn any_is(&self, question: &str, answers: &[String]) -> bool {
        self.given.get(question).is_some_and(|rows| rows.values().any(|given| given.is_one_of(answers)))
    }
}

/// What is asked, given the answers so far.
pub(super) struct Shown<'f> {
    pub pages: Vec<&'f Page>,
    /// Question and row.
    questions: BTreeSet<(&'f str, Row)>,
}

impl<'f> Shown<'f> {
    pub fn of(form: &'f Form, answers: &Answers) -> Self {
        let mut shown = Self { pages: Vec::new(), questions: BTreeSet::new() };
        for page in &form.pages {
            if !page.show_if.iter().all(|condition| shown.holds(answers, condition, None)) {
                continue;
            }
            shown.pages.push(page);
            let rows = if page.repeats.is_some() { answers.rows(page).max(1) } else { 1 };
            for row in 0..rows {
                for question in &page.questions {
                    if question.show_if.iter().all(|condition| shown.holds(answers, condition, Some((page, row)))) {
                        shown.questions.insert((&question.id, row));
                    }
                }
            }
        }
        shown
    }

    /// A condition on a question of the same page is of the same row; on one of another page that is asked for each
    /// thing, of any.
    fn holds(&self, answers: &Answers, condition: &Condition, within: Option<(&Page, Row)>) -> bool {
        let asked = condition.question.as_str();
        match within.filter(|(page, _)| page.questions.iter().any(|question| question.id == asked)) {
            Some((_, row)) => {
                self.questions.contains(&(asked, row)) && answers.given(asked, row).is_some_and(|given| given.is_one_of(&condition.is))
            }
            None => {
                let is_asked = self.questions.range((asked, Row::MIN)..=(asked, Row::MAX)).next().is_some();
                is_asked && answers.any_is(asked, &condition.is)
            }
        }
    }

    pub fn questions(&self, page: &'f Page, row: Row) -> Vec<&'f Question> {
        page.questions.iter().filter(|question| self.questions.contains(&(question.id.as_str(), row))).collect()
    }
}

impl Form {
    /// The pages that are asked.
    #[must_use]
    pub fn shown(&self, answers: &Answers) -> Vec<&Page> {
        Shown::of(self, answers).pages
    }

    /// The questions that are asked on a page by what was answered before it. Those that depend on answers of the same page
    /// are among them: without script nobody knows these yet.
    #[must_use]
    pub fn asked<'f>(&'f self, page: &'f Page, row: Row, answers: &Answers) -> Vec<&'f Question> {
        let shown = Shown::of(self, answers);
        let on_page = |condition: &Condition| page.questions.iter().any(|question| question.id == condition.question);
        let before = |question: &Question| {
            question
                .show_if
                .iter()
                .filter(|condition| !on_page(condition))
                .all(|condition| shown.holds(answers, condition, Some((page, row))))
        };
        page.questions.iter().filter(|question| before(question)).collect()
    }

    /// The first page that still wants answers, with its row; none when all is answered.
    #[must_use]
    pub fn first_open(&self, answers: &Answers) -> Option<(&Page, Row)> {
        let shown = Shown::of(self, answers);
        for page in &shown.pages {
            let rows = answers.rows(page);
            let is_whole = |row: Row| shown.questions(page, row).iter().all(|question| answers.given(&question.id, row).is_some());
            if let Some(row) = (0..rows.max(1)).find(|row| !is_whole(*row)) {
                return Some((page, row));
            }
            if !answers.passed.contains(&page.id) {
                // Asked for each thing: whether there is more is the page's own question.
                return Some((page, if page.repeats.is_some() { rows } else { 0 }));
            }
        }
        None
    }

    /// The first answer that leads another way.
    #[must_use]
    pub fn stop(&self, answers: &Answers) -> Option<Stop<'_>> {
        let shown = Shown::of(self, answers);
        shown.pages.iter().find_map(|page| {
            (0..answers.rows(page).max(1)).find_map(|row| {
                shown.questions(page, row).into_iter().find_map(|question| {
                    let given = answers.given(&question.id, row)?;
                    let lead = question.leads.iter().find(|lead| given.is_one_of(&lead.is))?;
                    Some(Stop { page, row, lead })
                })
            })
        })
    }

    /// Whether all is answered and nothing leads another way: it may be sent.
    #[must_use]
    pub fn is_whole(&self, answers: &Answers) -> bool {
        self.first_open(answers).is_none() && self.stop(answers).is_none()
    }
}
