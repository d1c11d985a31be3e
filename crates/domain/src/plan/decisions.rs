//! What may be decided of a report, in the words of whoever decides and of the citizen who is told. Which decisions there
//! are is an authority's own; the program knows that one was taken.

use super::{
    Plan, Words,
    fields::Fields,
    read::{read_id, read_words_of},
    values::{ID, LONG_TEXT, TEXT},
};
use crate::{DecisionId, intent::Language};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub id: DecisionId,
    /// A few words.
    pub name: Words,
    /// Its ground and what follows from it, for whoever reported.
    pub means: Words,
    /// How to have it reviewed; none where nothing was refused.
    pub review: Option<Words>,
}

impl Plan {
    #[must_use]
    pub fn decision(&self, id: &DecisionId) -> Option<&Decision> {
        self.decisions.iter().find(|decision| decision.id == *id)
    }
}

pub(super) fn read(whole: &mut Fields<'_, '_, '_>, languages: &[Language]) -> Vec<Decision> {
    let mut seen = BTreeMap::new();
    whole.optional_tables("decisions", "decision", |fields| {
        let id = DecisionId::new(&read_id(fields, ("decisions", "decision"), &ID, &mut seen));
        let name = read_words_of(fields, "name", languages, &TEXT);
        let means = read_words_of(fields, "means", languages, &LONG_TEXT);
        let has_review = fields.has("review");
        if !has_review {
            fields.allow("review");
        }
        let review = has_review.then(|| read_words_of(fields, "review", languages, &LONG_TEXT));
        Decision { id, name, means, review }
    })
}
