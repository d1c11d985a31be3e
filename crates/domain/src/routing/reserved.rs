//! Operators kept free for booked calls: from a little before the slot until the citizen is being rung, or the slot is
//! over, whichever comes first. Part of who may meet whom. Nobody by name is kept: as long as more are idle than are
//! needed any of them is taken, and what is time-critical is never kept waiting for it.

use super::{eligibility::Wants, post::Post, staff::Team};
use crate::{ClassId, RegionId, Timestamp, intent::Language, plan::Plan};

/// What one booked call needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reserved {
    pub region: RegionId,
    pub class: ClassId,
    pub language: Language,
    /// Any language will do.
    pub interpreter: bool,
    pub from: Timestamp,
    /// Not included.
    pub until: Timestamp,
}

impl Reserved {
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }

    /// Whether an operator of this post can be kept for it.
    fn suits(&self, plan: &Plan, post: &Post) -> bool {
        post.is_of(&self.region)
            && plan.class(&self.class).is_some_and(|class| post.serves_fully(class))
            && (self.interpreter || post.languages().contains(&self.language))
    }

    fn is_like(&self, other: &Self) -> bool {
        (&self.region, &self.class, self.language, self.interpreter) == (&other.region, &other.class, other.language, other.interpreter)
    }
}

/// Booked calls that the same operators can be kept for, and how many of these may be taken by others.
struct Kept<'a> {
    calls: Vec<&'a Reserved>,
    spare: i64,
}

impl Kept<'_> {
    fn suits(&self, plan: &Plan, post: &Post) -> bool {
        self.calls.iter().any(|call| call.suits(plan, post))
    }
}

/// All that is kept now, each kind of call by itself and those of a region together. Mostly nothing.
pub(super) struct Reservations<'a>(Vec<Kept<'a>>);

impl<'a> Reservations<'a> {
    pub fn of(
        plan: &Plan,
        reserved: impl Iterator<Item = &'a Reserved>,
        teams: impl Iterator<Item = &'a Team> + Clone,
        now: Timestamp,
    ) -> Self {
        let mut alike: Vec<Vec<&Reserved>> = Vec::new();
        for call in reserved.filter(|call| call.is_on(now)) {
            match alike.iter_mut().find(|calls| calls[0].is_like(call)) {
                Some(calls) => calls.push(call),
                None => alike.push(vec![call]),
            }
        }
        let regions: Vec<&RegionId> = alike.iter().map(|calls| &calls[0].region).collect();
        let together = regions
            .iter()
            .enumerate()
            .filter(|(n, region)| !regions[..*n].contains(region))
            .map(|(_, region)| alike.iter().flatten().copied().filter(|call| call.region == **region).collect::<Vec<_>>());
        let together: Vec<_> = together.collect();
        let kept = alike.into_iter().chain(together).map(|calls| {
            let mut kept = Kept { spare: -i64::try_from(calls.len()).unwrap_or(i64::MAX), calls };
            let able = teams.clone().filter(|team| team.idle() > 0 && team.post.is_open(now) && kept.suits(plan, &team.post));
            let idle: usize = able.map(Team::idle).sum();
            kept.spare = kept.spare.saturating_add(i64::try_from(idle).unwrap_or(i64::MAX));
            kept
        });
        Self(kept.collect())
    }

    /// As if one more operator of this post were idle.
    pub fn with(&mut self, plan: &Plan, post: &Post) {
        self.0.iter_mut().filter(|kept| kept.suits(plan, post)).for_each(|kept| kept.spare += 1);
    }

    /// Whether what is kept for booked calls leaves an operator of this post for the contact.
    pub fn leave(&self, wants: &Wants<'_>, post: &Post) -> bool {
        let goes_before = wants.booked || wants.goes_first || wants.any_class;
        goes_before || self.0.iter().all(|kept| kept.spare > 0 || !kept.suits(wants.plan, post))
    }
}
