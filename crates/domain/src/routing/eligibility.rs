//! Who may meet whom: asked before any ranking, so that weight can never beat eligibility.

use super::{
    post::Post,
    state::{Contact, Entry, Operator, Reach},
};
use crate::{
    RegionId, Timestamp,
    intent::Language,
    plan::{Class, Plan},
};

/// What a contact asks of operators at its present step, looked up once for all of them.
#[derive(Clone, Copy)]
pub(super) struct Wants<'a> {
    pub plan: &'a Plan,
    pub language: Language,
    pub region: &'a RegionId,
    pub reach: Reach,
    pub class: Option<&'a Class>,
    pub any_class: bool,
    pub goes_first: bool,
}

impl<'a> Wants<'a> {
    pub fn of(plan: &'a Plan, contact: &Contact, entry: &'a Entry) -> Self {
        Self {
            plan,
            language: contact.language,
            region: &entry.region,
            reach: entry.reach,
            class: plan.class(&entry.class),
            any_class: entry.is_for_any_class(),
            goes_first: entry.goes_first(),
        }
    }

    /// Whether this operator may take the contact.
    pub fn may_meet(&self, operator: &Operator, now: Timestamp) -> bool {
        operator.is_idle() && self.could_meet(&operator.post, now)
    }

    /// The same without asking whether the operator is free just now.
    pub fn could_meet(&self, post: &Post, now: Timestamp) -> bool {
        // Whoever is in danger is helped by anybody who speaks their language, chosen for now or not.
        let languages = if self.any_class { &post.profile.languages } else { post.languages() };
        self.reaches(&post.region)
            && languages.contains(&self.language)
            && (self.any_class || self.class.is_some_and(|class| post.level(class) > 0))
            && post.is_open(now)
    }

    /// Whether operators of a region may take it.
    fn reaches(&self, region: &RegionId) -> bool {
        region == self.region
            || match self.reach {
                Reach::Region => false,
                Reach::Neighbours => self.neighbours(region),
                Reach::Nation => true,
            }
    }

    /// Whether this region is next to the one that is waited in.
    pub fn neighbours(&self, region: &RegionId) -> bool {
        self.plan.region(self.region).is_some_and(|own| own.neighbours.contains(region))
    }
}
