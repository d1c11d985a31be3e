//! All answers in the order in which they were asked: to be checked, printed, and read by an operator. What was answered
//! to a question that is asked no more is left out.

use super::{
    answers::{Answers, Given, Row, Shown},
    model::{Form, Page, Question},
};

/// A form as it was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet<'f> {
    pub pages: Vec<SheetPage<'f>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SheetPage<'f> {
    pub page: &'f Page,
    /// Of a page that is asked for each thing.
    pub row: Option<Row>,
    pub rows: Vec<SheetRow<'f>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SheetRow<'f> {
    pub question: &'f Question,
    pub given: &'f Given,
}

impl Form {
    #[must_use]
    pub fn sheet<'f>(&'f self, answers: &'f Answers) -> Sheet<'f> {
        let shown = Shown::of(self, answers);
        let page_rows = |page: &'f Page, row: Row| -> Vec<SheetRow<'f>> {
            let asked = shown.questions(page, row).into_iter();
            asked.filter_map(|question| Some(SheetRow { question, given: answers.given(&question.id, row)? })).collect()
        };
        let mut pages = Vec::new();
        for page in &shown.pages {
            let rows = if page.repeats.is_some() { answers.rows(page) } else { 1 };
            for row in 0..rows {
                let answered = page_rows(page, row);
                if !answered.is_empty() {
                    pages.push(SheetPage { page, row: page.repeats.as_ref().map(|_| row), rows: answered });
                }
            }
        }
        Sheet { pages }
    }
}
