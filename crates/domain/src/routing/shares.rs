//! Operators kept for a class, so that a rush of other matters never lengthens its line: of those on duty in a
//! region who have its skill, the plan's share is never busy with anything else but what is time-critical.
//! Part of who may meet whom; counted anew at each question, for it changes with every offer.

use super::{eligibility::Wants, post::Post, staff::Team};
use crate::{ClassId, RegionId, Timestamp, plan::Plan};

/// How many more of whom may be taken for other classes than the one they are kept for. Empty when the plan keeps
/// nobody.
pub(super) struct Shares<'a> {
    plan: &'a Plan,
    free: Vec<Free<'a>>,
}

/// Of the operators of a region who have the skill of a class.
struct Free<'a> {
    region: &'a RegionId,
    class: &'a ClassId,
    /// Below 0 when operators left while others were busy.
    for_others: i64,
}

impl<'a> Shares<'a> {
    /// `teams` are those on duty with what they are busy with.
    pub fn of(plan: &'a Plan, teams: impl Iterator<Item = &'a Team> + Clone, now: Timestamp) -> Self {
        let mut free: Vec<Free<'a>> = Vec::new();
        for class in plan.kept_classes() {
            let skilled = teams.clone().filter(|team| team.on_duty > 0 && team.post.serves_fully(class) && team.post.is_open(now));
            let mut regions: Vec<(&RegionId, usize, usize)> = Vec::new();
            for team in skilled {
                let (region, busy) = (&team.post.region, team.busy_with_others(&class.id));
                match regions.iter_mut().find(|(known, _, _)| *known == region) {
                    Some((_, on_duty, others)) => (*on_duty, *others) = (*on_duty + team.on_duty, *others + busy),
                    None => regions.push((region, team.on_duty, busy)),
                }
            }
            free.extend(regions.into_iter().map(|(region, on_duty, others)| {
                let kept = on_duty * usize::from(class.kept_permille) / 1000;
                Free { region, class: &class.id, for_others: (on_duty - kept) as i64 - others as i64 }
            }));
        }
        Self { plan, free }
    }

    /// As if this operator, whom we know to be busy with a class, were free.
    pub fn without(mut self, post: &Post, busy_with: Option<&ClassId>) -> Self {
        let plan = self.plan;
        let Some(busy_with) = busy_with else { return self };
        let counted = |free: &&mut Free<'_>| *free.region == post.region && free.class != busy_with && serves(plan, free.class, post);
        self.free.iter_mut().filter(counted).for_each(|free| free.for_others += 1);
        self
    }

    /// Whether what is kept for other classes leaves an operator of this post for the contact.
    pub fn leave(&self, wants: &Wants<'_>, post: &Post) -> bool {
        wants.goes_first
            || wants.any_class
            || self.free.iter().all(|free| {
                free.for_others > 0
                    || *free.region != post.region
                    || wants.class.is_some_and(|class| class.id == *free.class)
                    || !serves(self.plan, free.class, post)
            })
    }
}

fn serves(plan: &Plan, class: &ClassId, post: &Post) -> bool {
    plan.class(class).is_some_and(|class| post.serves_fully(class))
}
