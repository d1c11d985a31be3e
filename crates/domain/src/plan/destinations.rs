//! The destinations of a plan: reading them, and proving that a caller always has one.

use super::{
    Plan,
    check::Objections,
    fields::Fields,
    read::{read_id, read_words},
    texts,
    values::PARTY,
};
use crate::{
    destination::{Destination, Serves},
    intent::{Circumstance, Intent, Language},
};
use std::collections::BTreeMap;

pub(super) fn read(whole: &mut Fields<'_, '_, '_>, languages: &[Language]) -> Vec<Destination> {
    let mut seen = BTreeMap::new();
    whole.optional_tables("destinations", "destination", |fields| Destination {
        id: read_id(fields, ("destinations", "destination"), &PARTY, &mut seen),
        name: read_words(fields, "name", languages),
        serves: fields.word("serves", Serves::ALL, Serves::word).unwrap_or(Serves::Service),
        intents: fields.optional_words("intents", Intent::ALL, Intent::word),
        only_with: read_only_with(fields),
        message: texts::read_message(fields, languages),
    })
}

fn read_only_with(fields: &mut Fields<'_, '_, '_>) -> BTreeMap<Intent, Vec<Circumstance>> {
    let Some(mut table) = fields.optional_table("only_with") else { return BTreeMap::new() };
    let mut only_with = BTreeMap::new();
    for intent in Intent::ALL {
        let needed = table.optional_words(intent.word(), Circumstance::ALL, Circumstance::word);
        if !needed.is_empty() {
            only_with.insert(*intent, needed);
        }
    }
    table.finish();
    only_with
}

/// A plan may go without destinations; one that has any can lead everybody somewhere.
pub(super) fn check(plan: &Plan, found: &mut Objections) {
    if plan.destinations.is_empty() {
        return;
    }
    for (serves, whom) in [(Serves::Emergency, "callers in danger"), (Serves::Person, "whoever belongs nowhere else")] {
        let count = plan.destinations.iter().filter(|destination| destination.serves == serves).count();
        if count != 1 {
            let what = format!("{count} destinations have serves = \"{serves}\", so {whom} cannot be led to one place");
            found.fault(&["destinations"], what, format!("let one [[destinations]] have serves = \"{serves}\""));
        }
    }
    let mut taken: BTreeMap<Intent, &Destination> = BTreeMap::new();
    for destination in plan.destinations.iter().filter(|destination| destination.serves.is_by_matter()) {
        for intent in &destination.intents {
            if let Some(first) = taken.insert(*intent, destination) {
                let what = format!("destination \"{}\" takes \"{intent}\", but destination \"{}\" does too", destination.id, first.id);
                let mend = "leave it in one of them, or write in only_with what must have been said";
                found.fault(&[&format!("destinations/{}/intents", destination.id)], what, mend);
            }
        }
    }
}
