//! From the answers to the report: what a citizen writes and what an operator writes are the same report.

use super::{
    answers::{Answers, Given, Row},
    model::{Fill, Form, Page, PartyField, PropertyField, Question},
};
use crate::{
    intent::Language,
    report::{PartyRole, Property, ReportDraft, ReportParty},
};
use std::collections::BTreeMap;

/// Things and persons told on one page that is asked for each are one row each; else one person of a role is one.
type Told<'f> = Option<(&'f str, Row)>;

#[derive(Default)]
struct Filled<'f> {
    parties: BTreeMap<(PartyRole, Told<'f>), ReportParty>,
    property: BTreeMap<(&'f str, Row), Property>,
}

impl Form {
    /// The report that the answers make. What was chosen is written in `language`, the operators'; `municipality` tells the
    /// name of a code.
    #[must_use]
    pub fn report(&self, answers: &Answers, language: Language, municipality: &dyn Fn(&str) -> Option<String>) -> ReportDraft {
        let mut draft = ReportDraft { kind: Some(self.kind), ..ReportDraft::default() };
        let mut filled = Filled::default();
        for page in self.sheet(answers).pages {
            for row in &page.rows {
                let Some(fill) = row.question.fills else { continue };
                if let (Fill::Place, Given::Place { municipality: Some(code), .. }) = (fill, row.given) {
                    draft.municipality = municipality(code);
                }
                let Some(words) = said(row.question, row.given, language) else { continue };
                match fill {
                    Fill::WhatHappened => add(&mut draft.what_happened, "\n", &words),
                    Fill::Place => add(&mut draft.place, ", ", &words),
                    Fill::From => draft.from = words,
                    Fill::To => draft.to = words,
                    Fill::Traces => add(&mut draft.traces, "\n", &words),
                    Fill::Damage => add(&mut draft.damage, "\n", &words),
                    Fill::Measures => add(&mut draft.measures, "\n", &words),
                    Fill::Party(role, field) => filled.party(role, page.row.map(|row| (page.page.id.as_str(), row)), field, &words),
                    Fill::Property(field) => filled.thing(page.page, page.row.unwrap_or(0), field, &words),
                }
            }
        }
        draft.parties = filled.parties.into_values().collect();
        draft.property = filled.property.into_values().collect();
        draft
    }
}

impl<'f> Filled<'f> {
    fn party(&mut self, role: PartyRole, told: Told<'f>, field: PartyField, words: &str) {
        let party = self.parties.entry((role, told)).or_insert_with(|| ReportParty::of(role));
        let target = match field {
            PartyField::Name => &mut party.name,
            PartyField::IdentityNumber => &mut party.identity_number,
            PartyField::Telephone => &mut party.telephone,
            PartyField::Mail => &mut party.mail,
            PartyField::Note => &mut party.note,
        };
        add(target, ", ", words);
    }

    fn thing(&mut self, page: &'f Page, row: Row, field: PropertyField, words: &str) {
        let thing = self.property.entry((&page.id, row)).or_default();
        let target = match field {
            PropertyField::What => &mut thing.what,
            PropertyField::Mark => &mut thing.mark,
            PropertyField::IdentityNumber => &mut thing.identity_number,
            PropertyField::Value => &mut thing.value,
        };
        add(target, ", ", words);
    }
}

fn add(target: &mut String, between: &str, words: &str) {
    if !target.is_empty() {
        target.push_str(between);
    }
    target.push_str(words);
}

/// An answer in words; none where nothing is known.
fn said(question: &Question, given: &Given, language: Language) -> Option<String> {
    let words = match given {
        Given::Unknown | Given::Nothing => return None,
        Given::Words(words) => words.clone(),
        Given::Chosen(chosen) => {
            let names = question.options.iter().filter(|option| chosen.contains(&option.id));
            names.filter_map(|option| option.name.get(&language)).cloned().collect::<Vec<_>>().join(", ")
        }
        Given::Place { street, more, .. } => {
            [street, more].into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
        }
    };
    (!words.is_empty()).then_some(words)
}
