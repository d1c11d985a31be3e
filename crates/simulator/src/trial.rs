//! Another plan tried on a recorded day: what happened, what the day's own plan comes to when the day is lived
//! through again, and what the other plan would have come to. The two that are lived through can be compared;
//! beside them stands what was, so that anybody sees how near the first of them comes to it.

use crate::{
    Centre, Course, Demand, Desk, Digest, Fate, Recorded,
    callers::{DAY_MS, Hours},
    figures::{Calls, Groups, Rules},
};
use domain::{
    contact::Channel,
    plan::{Class, Plan, Region},
};
use std::sync::{Arc, atomic::AtomicBool};

/// The figures of a day by two plans.
#[derive(Clone, Debug)]
pub struct Trial {
    own: Arc<Plan>,
    other: Arc<Plan>,
    recorded: Groups,
    before: Groups,
    after: Groups,
    /// Callers whose wait has no end in the record that is counted: they waited still, or something else came
    /// between.
    pub uncounted: usize,
}

/// Whom figures are about, by the day's own plan.
#[derive(Clone, Copy, Debug)]
pub enum Group<'a> {
    Whole,
    Region(&'a Region),
    Class(&'a Class),
}

/// The figures of a group.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    pub group: Group<'a>,
    /// As it was.
    pub recorded: &'a Calls,
    /// The day's own plan, lived through again.
    pub before: &'a Calls,
    /// The plan that is tried; none when it has no such group.
    pub after: Option<&'a Calls>,
}

impl Compared<'_> {
    /// Whether anybody came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.recorded.offered == 0 && self.before.offered == 0 && self.after.is_none_or(|calls| calls.offered == 0)
    }
}

impl Trial {
    /// Lives the day through by both plans; none when somebody asked to stop. Everything is measured by the own
    /// plan's time, over the whole day.
    #[must_use]
    pub fn of(recorded: &Recorded, own: Arc<Plan>, other: Arc<Plan>, stop: &AtomicBool) -> Option<Self> {
        let within_ms = own.service_level.within_ms;
        let rules = Rules { window: Hours { from_ms: 0, to_ms: DAY_MS }, within_ms };
        let lived = |plan: &Arc<Plan>| -> Option<Groups> {
            let centre = centre(plan.clone(), recorded);
            let course = centre.live_through_unless(stop, &recorded.callers, recorded.midnight, 0, &mut Digest::default())?;
            Some(Groups::of_day(&centre, &rules, &recorded.callers, &course))
        };
        let (before, after) = (lived(&own)?, lived(&other)?);
        let as_it_was = Course { fates: recorded.fates.clone(), ..Course::default() };
        let was = Groups::of_day(&centre(own.clone(), recorded), &rules, &recorded.callers, &as_it_was);
        let uncounted = recorded.fates.iter().filter(|Fate { end, .. }| end.is_none()).count();
        Some(Self { own, other, recorded: was, before, after, uncounted })
    }

    /// The whole first, then each region and each class of the day's plan, in its order.
    #[must_use]
    pub fn groups(&self) -> Vec<Compared<'_>> {
        let Self { own, other, recorded, before, after, .. } = self;
        let whole = Compared { group: Group::Whole, recorded: &recorded.whole, before: &before.whole, after: Some(&after.whole) };
        let regions = own.regions.iter().enumerate().map(|(place, region)| Compared {
            group: Group::Region(region),
            recorded: &recorded.regions[place],
            before: &before.regions[place],
            after: other.regions.iter().position(|there| there.id == region.id).map(|there| &after.regions[there]),
        });
        let classes = own.classes.iter().enumerate().map(|(place, class)| Compared {
            group: Group::Class(class),
            recorded: &recorded.classes[place],
            before: &before.classes[place],
            after: other.classes.iter().position(|there| there.id == class.id).map(|there| &after.classes[there]),
        });
        std::iter::once(whole).chain(regions).chain(classes).collect()
    }
}

fn centre(plan: Arc<Plan>, recorded: &Recorded) -> Centre {
    // Nobody is invented: callers and staff are those of the record, and desks are answered at once.
    let demand = Demand { streams: Vec::new(), profile: Vec::new(), busyness: None, languages: Vec::new(), channel: Channel::HandOver };
    Centre { plan, demand, staff: recorded.staff.clone(), desk: Desk::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Caller, End, Operator, reference};
    use domain::{RegionId, Timestamp};

    /// Three callers in the first region of the reference's ring, two operators, and what a record has of them.
    fn recorded(centre: &Centre) -> Recorded {
        let region = centre.plan.regions[0].id.clone();
        let one = centre.demand.callers(crate::chance::Chance::of_day(1, 0)).swap_remove(0);
        let caller =
            |arrives_ms, patience_ms| Caller { arrives_ms, patience_ms, handling_ms: 600_000, region: region.clone(), ..one.clone() };
        let callers = vec![caller(0, 60_000), caller(1_000, 60_000), caller(2_000, 60_000)];
        let at_home = |operator: &&Operator| centre.plan.site(&operator.profile.site).is_some_and(|site| site.region == region);
        let staff = centre.staff.iter().filter(at_home).take(2).cloned().collect();
        let fate = |end: Option<End>| Fate { end, waited_ms: 1_000, ..Fate::default() };
        let fates = vec![fate(Some(End::Answered)), fate(Some(End::Abandoned)), fate(None)];
        Recorded { midnight: Timestamp(0), callers, staff, fates, answered: 1, plan: None }
    }

    /// The same plan without its first region, by another name.
    fn elsewhere(plan: &Plan) -> Plan {
        let mut other = plan.clone();
        other.regions[0].id = RegionId::new("elsewhere");
        other
    }

    #[test]
    fn what_was_stands_beside_what_both_plans_come_to() {
        let centre = reference::r1().unwrap();
        let day = recorded(&centre);
        let go = AtomicBool::new(false);
        let trial = Trial::of(&day, centre.plan.clone(), centre.plan.clone(), &go).unwrap();
        let groups = trial.groups();
        assert_eq!(groups.len(), 1 + centre.plan.regions.len() + centre.plan.classes.len());
        let answered = |calls: &Calls| (calls.offered, calls.answered, calls.abandoned);
        let whole = groups[0];
        assert_eq!((answered(whole.recorded), trial.uncounted), ((2, 1, 1), 1));
        assert_eq!(answered(whole.before), (3, 2, 1), "two operators, three callers, one gives up");
        assert_eq!(whole.after, Some(whole.before), "the same plan comes to the same");
        assert_eq!(answered(groups[1].before), (3, 2, 1));
        assert!(groups[2].is_empty() && !groups[1].is_empty());
        let other = Arc::new(elsewhere(&centre.plan));
        let trial = Trial::of(&day, centre.plan.clone(), other, &go).unwrap();
        assert!(trial.groups()[1].after.is_none(), "the other plan has no such region");
    }

    #[test]
    fn a_trial_ends_when_somebody_asks() {
        let centre = reference::r1().unwrap();
        let stopped = Trial::of(&recorded(&centre), centre.plan.clone(), centre.plan.clone(), &AtomicBool::new(true));
        assert!(stopped.is_none());
    }
}
