//! Who may meet whom: asked before any ranking, so that weight can never beat eligibility.

use super::{
    post::Post,
    state::{Contact, Eased, Entry, Operator, Reach},
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
    pub eased: &'a Eased,
    pub class: Option<&'a Class>,
    pub any_class: bool,
    pub goes_first: bool,
    pub put_first: bool,
}

impl<'a> Wants<'a> {
    pub fn of(plan: &'a Plan, contact: &Contact, entry: &'a Entry) -> Self {
        Self {
            plan,
            language: contact.language,
            region: &entry.region,
            reach: entry.reach,
            eased: &entry.eased,
            class: plan.class(&entry.class),
            any_class: entry.is_for_any_class(),
            goes_first: entry.goes_first(),
            put_first: entry.put_first,
        }
    }

    /// Whether this operator may take the contact.
    pub fn may_meet(&self, operator: &Operator, now: Timestamp) -> bool {
        operator.is_idle() && self.could_meet(&operator.post, now)
    }

    /// The same without asking whether the operator is free just now.
    pub fn could_meet(&self, post: &Post, now: Timestamp) -> bool {
        let class_suits = |class: &Class| {
            (!lacks_skill(class, post) || self.eased.skills.iter().any(|skill| post.profile.skills.contains_key(skill)))
                && (!lacks_category(class, post) || self.eased.any_category)
        };
        post.regions().any(|region| self.reaches(region))
            && (!self.lacks_language(post) || self.eased.interpreter)
            && (self.any_class || self.class.is_some_and(class_suits))
            && post.is_open(now)
    }

    /// How much of what is asked for an operator of this post is without: of those who may take it, whoever
    /// has all goes before.
    pub fn lacking(&self, post: &Post) -> u8 {
        let of_class = |class: &Class| u8::from(lacks_skill(class, post)) + u8::from(lacks_category(class, post));
        u8::from(self.lacks_language(post)) + self.class.filter(|_| !self.any_class).map_or(0, of_class)
    }

    /// Whoever is in danger is helped by anybody who speaks their language, chosen for now or not.
    pub fn lacks_language(&self, post: &Post) -> bool {
        let languages = if self.any_class { &post.profile.languages } else { post.languages() };
        !languages.contains(&self.language)
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

fn lacks_skill(class: &Class, post: &Post) -> bool {
    post.level(class) == 0
}

fn lacks_category(class: &Class, post: &Post) -> bool {
    class.category.is_some() && class.category != post.profile.category
}
