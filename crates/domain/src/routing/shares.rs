//! Operators kept for a class, so that a rush of other matters never lengthens its line: of those on duty in a
//! region who have its skill, the plan's share is never busy with anything else but what is time-critical.
//! Part of who may meet whom; counted anew at each question, for it changes with every offer.

use super::{
    eligibility::Wants,
    post::Post,
    reserved::{Reservations, Reserved},
    staff::Team,
};
use crate::{
    ClassId, RegionId, Timestamp,
    plan::{Class, Plan},
};

/// How many more of whom may be taken for the classes that they are kept from. Empty when the plan keeps nobody.
pub(super) struct Shares<'a> {
    plan: &'a Plan,
    free: Vec<Free<'a>>,
    reservations: Reservations<'a>,
}

/// Of the operators of a region who have the skill of a class.
struct Free<'a> {
    region: &'a RegionId,
    class: &'a Class,
    /// Below 0 when operators left while others were busy.
    for_others: i64,
}

impl Free<'_> {
    /// Whether an operator of this post is one of them, and kept from the other class.
    fn keep(&self, plan: &Plan, post: &Post, from: &ClassId) -> bool {
        *self.region == post.region && plan.keeps_from(self.class, from) && post.serves_fully(self.class)
    }
}

impl<'a> Shares<'a> {
    /// `teams` are those on duty with what they are busy with.
    pub fn of(
        plan: &'a Plan,
        teams: impl Iterator<Item = &'a Team> + Clone,
        reserved: impl Iterator<Item = &'a Reserved>,
        now: Timestamp,
    ) -> Self {
        let mut free: Vec<Free<'a>> = Vec::new();
        for class in plan.kept_classes() {
            let skilled = teams.clone().filter(|team| team.on_duty > 0 && team.post.serves_fully(class) && team.post.is_open(now));
            let mut regions: Vec<(&RegionId, usize, usize)> = Vec::new();
            for team in skilled {
                let (region, busy) = (&team.post.region, team.busy_with_others(plan, class));
                match regions.iter_mut().find(|(known, _, _)| *known == region) {
                    Some((_, on_duty, others)) => (*on_duty, *others) = (*on_duty + team.on_duty, *others + busy),
                    None => regions.push((region, team.on_duty, busy)),
                }
            }
            free.extend(regions.into_iter().map(|(region, on_duty, others)| Free {
                region,
                class,
                for_others: (on_duty - class.kept_of(on_duty)) as i64 - others as i64,
            }));
        }
        Self { plan, free, reservations: Reservations::of(plan, reserved, teams, now) }
    }

    /// As if this operator, whom we know to be busy with a class, were free.
    pub fn without(mut self, post: &Post, busy_with: Option<&ClassId>) -> Self {
        let (plan, Some(busy_with)) = (self.plan, busy_with) else { return self };
        self.reservations.with(plan, post);
        self.free.iter_mut().filter(|free| free.keep(plan, post, busy_with)).for_each(|free| free.for_others += 1);
        self
    }

    /// Whether what is kept for other classes leaves an operator of this post for the contact.
    pub fn leave(&self, wants: &Wants<'_>, post: &Post) -> bool {
        self.leave_classes(wants, post) && self.leave_booked(wants, post)
    }

    /// Whether booked calls do.
    pub fn leave_booked(&self, wants: &Wants<'_>, post: &Post) -> bool {
        self.reservations.leave(wants, post)
    }

    fn leave_classes(&self, wants: &Wants<'_>, post: &Post) -> bool {
        let Some(class) = wants.class.filter(|_| !wants.goes_first && !wants.any_class) else { return true };
        self.free.iter().all(|free| free.for_others > 0 || !free.keep(self.plan, post, &class.id))
    }
}
