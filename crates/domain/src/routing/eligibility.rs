//! Who may meet whom: asked before any ranking, so that weight can never beat eligibility.

use super::state::{Contact, Entry, Operator, Reach};
use crate::{
    Timestamp,
    plan::{Class, Plan},
};

/// Whether this operator may take this contact at its present step.
pub(super) fn may_meet(plan: &Plan, contact: &Contact, entry: &Entry, operator: &Operator, now: Timestamp) -> bool {
    operator.is_idle() && could_meet(plan, contact, entry, operator, now)
}

/// The same without asking whether the operator is free just now.
pub(super) fn could_meet(plan: &Plan, contact: &Contact, entry: &Entry, operator: &Operator, now: Timestamp) -> bool {
    // Whoever is in danger is helped by anybody who speaks their language, chosen for now or not.
    let languages = if entry.is_for_any_class() { &operator.profile.languages } else { operator.languages() };
    in_reach(plan, entry, operator)
        && languages.contains(&contact.language)
        && (entry.is_for_any_class() || class_of(plan, entry).is_some_and(|class| level(class, operator) > 0))
        && site_is_open(plan, operator, now)
}

fn in_reach(plan: &Plan, entry: &Entry, operator: &Operator) -> bool {
    operator.region == entry.region
        || match entry.reach {
            Reach::Region => false,
            Reach::Neighbours => plan.region(&entry.region).is_some_and(|region| region.neighbours.contains(&operator.region)),
            Reach::Nation => true,
        }
}

fn site_is_open(plan: &Plan, operator: &Operator, now: Timestamp) -> bool {
    plan.site(&operator.profile.site).is_some_and(|site| site.opens.is_none_or(|date| date <= now.local(&plan.zone).date()))
}

/// The first instant at which the operator's site takes calls, when the plan names a day.
pub(super) fn opening_of_site(plan: &Plan, operator: &Operator) -> Option<Timestamp> {
    let opens = plan.site(&operator.profile.site)?.opens?;
    let midnight = opens.to_zoned(plan.zone.clone()).ok()?;
    Some(Timestamp(midnight.timestamp().as_millisecond()))
}

pub(super) fn class_of<'p>(plan: &'p Plan, entry: &Entry) -> Option<&'p Class> {
    entry.queue.as_str().rsplit_once('.').and_then(|(_, class)| plan.classes.iter().find(|known| known.id.as_str() == class))
}

pub(super) fn level(class: &Class, operator: &Operator) -> u8 {
    operator.profile.skills.get(&class.skill).copied().unwrap_or(0)
}
