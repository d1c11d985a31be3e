//! Where operators serve and what they can do there: all that decides whom they may take, but for being free.

use crate::{
    RegionId, Timestamp,
    intent::Language,
    plan::{Class, OperatorProfile, Plan},
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Post {
    pub profile: OperatorProfile,
    /// Those of the profile that are taken now; empty for all.
    pub taking: Vec<Language>,
    pub region: RegionId,
    /// From when on its site takes calls; none when the plan has no such site any more.
    pub opens: Option<Timestamp>,
}

impl Post {
    /// What it is to a plan, which may have moved its site to another region or have it no more.
    pub fn under(plan: &Plan, post: Self) -> Self {
        let site = plan.site(&post.profile.site);
        let region = site.map_or(post.region, |site| site.region.clone());
        let opens = site.and_then(|site| match site.opens {
            None => Some(Timestamp(i64::MIN)),
            Some(date) => date.to_zoned(plan.zone.clone()).ok().map(|midnight| Timestamp(midnight.timestamp().as_millisecond())),
        });
        Self { region, opens, ..post }
    }

    /// The site's own first.
    pub fn regions(&self) -> impl Iterator<Item = &RegionId> {
        std::iter::once(&self.region).chain(self.profile.also_regions.iter().filter(|also| **also != self.region))
    }

    /// As one of those that are served like the own.
    pub fn is_of(&self, region: &RegionId) -> bool {
        self.regions().any(|own| own == region)
    }

    /// The languages in which contacts are taken now.
    pub fn languages(&self) -> &[Language] {
        if self.taking.is_empty() { &self.profile.languages } else { &self.taking }
    }

    /// 0 for whoever lacks the skill of the class.
    pub fn level(&self, class: &Class) -> u8 {
        self.profile.skills.get(&class.skill).copied().unwrap_or(0)
    }

    /// At whatever level.
    pub fn serves(&self, class: &Class) -> bool {
        self.profile.skills.contains_key(&class.skill)
    }

    /// With its skill, and of its category of staff.
    pub fn serves_fully(&self, class: &Class) -> bool {
        self.serves(class) && (class.category.is_none() || class.category == self.profile.category)
    }

    pub fn is_open(&self, now: Timestamp) -> bool {
        self.opens.is_some_and(|opens| opens <= now)
    }
}
