//! Who may meet whom: asked before any ranking, so that weight can never beat eligibility.

use super::{
    post::Post,
    shares::Shares,
    state::{Contact, Eased, Entry, Operator, Reach},
};
use crate::{
    OperatorId, RegionId, Timestamp,
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
    pub booked: bool,
    pub awaits: Option<OperatorId>,
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
            booked: entry.booked,
            awaits: entry.awaits,
        }
    }

    /// Whether this operator may take the contact.
    pub fn may_meet(&self, operator: &Operator, shares: &Shares<'_>, now: Timestamp) -> bool {
        operator.is_idle() && self.would_meet(operator, shares, now)
    }

    /// The same without asking whether the operator is free just now.
    pub fn would_meet(&self, operator: &Operator, shares: &Shares<'_>, now: Timestamp) -> bool {
        self.is_for(operator.id) && self.could_meet(&operator.post, now) && shares.leave(self, &operator.post)
    }

    /// Whoever rings again may await whom they spoke with.
    pub fn is_for(&self, operator: OperatorId) -> bool {
        self.awaits.is_none_or(|awaited| awaited == operator)
    }

    /// Whether an operator of this post could take it at some time, with nobody kept for others.
    pub fn could_meet(&self, post: &Post, now: Timestamp) -> bool {
        self.reaches_post(post) && self.language_suits(post) && self.matter_suits(post) && post.is_open(now)
    }

    /// Whether operators of one of its regions may take it.
    pub fn reaches_post(&self, post: &Post) -> bool {
        post.regions().any(|region| self.reaches(region))
    }

    pub fn language_suits(&self, post: &Post) -> bool {
        !self.lacks_language(post) || self.eased.interpreter
    }

    /// By skill and category of staff.
    pub fn matter_suits(&self, post: &Post) -> bool {
        let class_suits = |class: &Class| {
            (!lacks_skill(class, post) || self.eased.skills.iter().any(|skill| post.profile.skills.contains_key(skill)))
                && (!lacks_category(class, post) || self.eased.any_category)
        };
        self.any_class || self.class.is_some_and(class_suits)
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
