//! Whoever fills in a form and has proved who they are, by signing in: their name and number take the place of whatever they
//! write, so that nobody sends a report in the name of another.

use super::{
    answers::{Answers, Given},
    entered::clean,
    model::{Fill, Form, Kind, Page, PartyField, Question},
};
use crate::{
    Timestamp,
    report::{PartyRole, numbers::Country},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who it is, by which way that is known, and since when. Personal data: hidden in Debug.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identified {
    /// As people call it: "BankID".
    pub way: String,
    pub at: Timestamp,
    /// None where the way told no name.
    pub name: Option<String>,
    /// As it is kept.
    pub number: String,
}

impl fmt::Debug for Identified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identified(hidden)")
    }
}

impl Identified {
    /// By what a way told; none where its number is none of the country's.
    #[must_use]
    pub fn by(way: &str, at: Timestamp, told: (Option<&str>, &str), country: Country, today: Date) -> Option<Self> {
        let (name, number) = told;
        let number = country.person(number, today).ok()?.digits;
        let name = name.map(|name| clean(name).split_whitespace().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty());
        Some(Self { way: way.to_owned(), at, name, number })
    }

    /// What is known of the answer to a question; none where it is asked all the same.
    #[must_use]
    pub fn answer(&self, page: &Page, question: &Question) -> Option<Given> {
        let known = match identifies(page, question)? {
            PartyField::Name => self.name.as_ref()?.chars().take(question.chars_max).collect(),
            PartyField::IdentityNumber => self.number.clone(),
            PartyField::Telephone | PartyField::Mail | PartyField::Note => return None,
        };
        Some(Given::Words(known))
    }
}

/// What of whoever reports a question asks for.
fn identifies(page: &Page, question: &Question) -> Option<PartyField> {
    match (question.fills, question.kind) {
        (Some(Fill::Party(PartyRole::Reporter, PartyField::Name)), Kind::Name | Kind::Line) if page.repeats.is_none() => {
            Some(PartyField::Name)
        }
        (Some(Fill::Party(PartyRole::Reporter, PartyField::IdentityNumber)), Kind::Identity) if page.repeats.is_none() => {
            Some(PartyField::IdentityNumber)
        }
        _ => None,
    }
}

impl Form {
    /// Whose numbers of persons it asks whoever reports for; none where it does not.
    #[must_use]
    pub fn asks_for_identity(&self) -> Option<Country> {
        let mut all = self.questions();
        all.find(|(page, question)| identifies(page, question) == Some(PartyField::IdentityNumber)).map(|(_, question)| question.country)
    }
}

impl Answers {
    /// Puts what is known in the place of what was written.
    pub fn identify(&mut self, form: &Form, identified: &Identified) {
        for (page, question) in form.questions() {
            if let Some(known) = identified.answer(page, question) {
                self.put(&question.id, known);
            }
        }
    }

    /// Whoever it was is asked again.
    pub fn forget_identity(&mut self, form: &Form) {
        for (_, question) in form.questions().filter(|(page, question)| identifies(page, question).is_some()) {
            self.take_back(&question.id);
        }
    }
}
