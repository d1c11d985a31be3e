//! Who may meet whom: asked before any ranking, so that weight can never beat eligibility.

use super::state::{Contact, Entry, Operator, Reach};
use crate::{
    RegionId, Timestamp,
    plan::{Class, Plan},
};

/// What a contact asks of operators at its present step, looked up once for all of them.
#[derive(Clone, Copy)]
pub(super) struct Wants<'a> {
    pub plan: &'a Plan,
    pub contact: &'a Contact,
    pub entry: &'a Entry,
    pub class: Option<&'a Class>,
}

impl<'a> Wants<'a> {
    pub fn of(plan: &'a Plan, contact: &'a Contact, entry: &'a Entry) -> Self {
        Self { plan, contact, entry, class: class_of(plan, entry) }
    }

    /// Whether this operator may take the contact.
    pub fn may_meet(&self, operator: &Operator, now: Timestamp) -> bool {
        operator.is_idle() && self.could_meet(operator, now)
    }

    /// The same without asking whether the operator is free just now.
    pub fn could_meet(&self, operator: &Operator, now: Timestamp) -> bool {
        let any_class = self.entry.is_for_any_class();
        // Whoever is in danger is helped by anybody who speaks their language, chosen for now or not.
        let languages = if any_class { &operator.profile.languages } else { operator.languages() };
        self.entry.reaches(self.plan, &operator.region)
            && languages.contains(&self.contact.language)
            && (any_class || self.class.is_some_and(|class| level(class, operator) > 0))
            && site_is_open(self.plan, operator, now)
    }
}

impl Entry {
    /// Whether operators of a region may take it.
    pub fn reaches(&self, plan: &Plan, region: &RegionId) -> bool {
        *region == self.region
            || match self.reach {
                Reach::Region => false,
                Reach::Neighbours => plan.region(&self.region).is_some_and(|own| own.neighbours.contains(region)),
                Reach::Nation => true,
            }
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
