//! Steps that never have an effect: what they let in is let in already, or there is nobody to let in. That
//! harms no caller, so it is told and not refused; whoever wrote the step meant something by it.

use super::{Class, Guards, OverflowStep, Plan, Region, Site, Widening, check::Objections, coverage::reaches, hours::pieces};
use crate::{RegionId, SkillId};
use std::collections::BTreeSet;

pub(super) fn check_step(plan: &Plan, n: usize, found: &mut Objections) {
    let step = &plan.overflow[n];
    let name = format!("overflow step {}", n + 1);
    let at = |key: &str| format!("overflow/{n}/{key}");
    check_widening(plan, n, found);
    let queues = plan.queues().filter(|(_, region, class)| step.only.covers(&class.id, &region.id));
    let mut classes = queues.map(|(_, _, class)| class).peekable();
    if let Some(skill) = step.ease.skill.as_ref().filter(|skill| classes.peek().is_some() && classes.all(|class| class.skill == **skill)) {
        let what = format!("{name} makes do with the skill \"{skill}\", which all its classes ask for anyway");
        found.notice(&[&at("skill"), "classes*"], what, "name another skill, or take the line away");
    }
    if let Some(earlier) = let_in_by(plan, n) {
        let what = match earlier.as_slice() {
            [one] => format!("{name} never adds anybody: step {one} lets in as many, and sooner"),
            several => format!("{name} never adds anybody: steps {} together let in as many, and sooner", listed(several)),
        };
        found.notice(&[&format!("overflow/{n}")], what, "take one of them away");
    }
}

fn listed(numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    match numbers.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        numbers => numbers.concat(),
    }
}

/// Whether there is anybody where a step widens to.
fn check_widening(plan: &Plan, n: usize, found: &mut Objections) {
    let step = &plan.overflow[n];
    let Some(widening) = step.widen_to else { return };
    let (at, name) = (format!("overflow/{n}/widen_to"), format!("overflow step {}", n + 1));
    let paths = [at.as_str(), "regions*", "sites*"];
    let regions = || plan.regions.iter().filter(|region| step.only.has_region(&region.id));
    let sites_there =
        |region: &Region| plan.sites.iter().filter(move |site| is_wider(region, widening, &site.region)).collect::<Vec<&Site>>();
    if regions().next().is_none() {
        return;
    }
    if regions().all(|region| others(plan, region, widening).is_empty()) {
        let (what, mend) = match widening {
            Widening::Neighbours => ("no region that it is for has one", "name the regions that are to help with `neighbours`"),
            Widening::Nation => ("there is no other region", "take the step away, or let it insist on less"),
        };
        return found.notice(&paths, format!("{name} widens to {}, but {what}", words_of(widening)), mend);
    }
    if regions().all(|region| sites_there(region).is_empty()) {
        let what = format!("{name} widens to {}, but no region there has a site", words_of(widening));
        return found.notice(&paths, what, "add the sites with [[sites]]");
    }
    let closing = || regions().filter(|region| region.closes());
    let staffed_when_closed = |region: &Region| {
        let mut closed = pieces(plan).into_iter().map(|(minute, _)| minute).filter(|minute| !region.is_open_at(*minute));
        closed.any(|minute| sites_there(region).iter().any(|site| site.is_staffed(minute)))
    };
    if step.guards.outside_hours && closing().next().is_some() && !closing().any(staffed_when_closed) {
        let what = format!("{name} widens to {} outside hours, but nobody is there when its regions are closed", words_of(widening));
        found.notice(&paths, what, "staff a site there at these hours, or widen further");
    }
}

/// Once for each region that no step to neighbours helps; where that is so of all regions of a step, the step is
/// told of instead.
pub(super) fn check_lonely(plan: &Plan, found: &mut Objections) {
    let is_lonely = |region: &&Region| region.neighbours.is_empty();
    for region in plan.regions.iter().filter(is_lonely) {
        let helps_others = |step: &OverflowStep| plan.regions.iter().any(|other| !is_lonely(&other) && step.only.has_region(&other.id));
        let to_neighbours = |step: &&OverflowStep| step.widen_to == Some(Widening::Neighbours) && step.only.has_region(&region.id);
        if plan.overflow.iter().filter(to_neighbours).any(helps_others) {
            let what = format!("region \"{}\" has no neighbour, so the overflow to neighbours does nothing for it", region.id);
            found.notice(&[&format!("regions/{}/neighbours", region.id)], what, "name the regions that are to help it");
        }
    }
}

pub(super) fn words_of(widening: Widening) -> &'static str {
    match widening {
        Widening::Neighbours => "neighbours",
        Widening::Nation => "the nation",
    }
}

fn is_wider(own: &Region, widening: Widening, other: &RegionId) -> bool {
    own.id != *other && reaches(own, Some(widening), other)
}

pub(super) fn others<'p>(plan: &'p Plan, own: &Region, widening: Widening) -> Vec<&'p Region> {
    plan.regions.iter().filter(|other| is_wider(own, widening, &other.id)).collect()
}

/// What a step gives the callers of one queue beyond what they have from the start.
#[derive(Default, PartialEq, Eq)]
struct Given<'p> {
    regions: Vec<&'p RegionId>,
    any_category: bool,
    interpreter: bool,
    skills: Vec<&'p SkillId>,
}

impl<'p> Given<'p> {
    fn by(plan: &'p Plan, step: &'p OverflowStep, region: &Region, class: &Class) -> Self {
        let to = step.widen_to.map(|widening| others(plan, region, widening)).unwrap_or_default();
        Self {
            regions: to.into_iter().map(|region| &region.id).collect(),
            any_category: step.ease.any_category && class.category.is_some(),
            interpreter: step.ease.interpreter,
            skills: step.ease.skill.iter().filter(|skill| **skill != class.skill).collect(),
        }
    }

    fn add(&mut self, other: Self) {
        self.regions.extend(other.regions);
        self.any_category |= other.any_category;
        self.interpreter |= other.interpreter;
        self.skills.extend(other.skills);
    }

    fn includes(&self, other: &Self) -> bool {
        other.regions.iter().all(|region| self.regions.contains(region))
            && (self.any_category || !other.any_category)
            && (self.interpreter || !other.interpreter)
            && other.skills.iter().all(|skill| self.skills.contains(skill))
    }
}

/// The numbers of earlier steps that let in all whom this one does, whenever it does: one of them, or several
/// together. A later one never counts: while nobody is on duty steps are passed in their order, and this one may be
/// far enough.
fn let_in_by(plan: &Plan, n: usize) -> Option<Vec<usize>> {
    let step = &plan.overflow[n];
    let sooner: Vec<(usize, &OverflowStep)> =
        (1..).zip(&plan.overflow[..n]).filter(|(_, earlier)| holds_whenever(&earlier.guards, &step.guards)).collect();
    let queues = plan.queues().filter(|(_, region, class)| step.only.covers(&class.id, &region.id));
    let given: Vec<(&Region, &Class, Given<'_>)> = queues
        .map(|(_, region, class)| (region, class, Given::by(plan, step, region, class)))
        .filter(|(_, _, given)| *given != Given::default())
        .collect();
    if given.is_empty() {
        return None;
    }
    let helps = |other: &OverflowStep, region: &Region, class: &Class| other.only.covers(&class.id, &region.id);
    let alone = sooner.iter().find(|(_, other)| {
        let mut all = given.iter();
        all.all(|(region, class, given)| helps(other, region, class) && Given::by(plan, other, region, class).includes(given))
    });
    if let Some((one, _)) = alone {
        return Some(vec![*one]);
    }
    let mut numbers = BTreeSet::new();
    for (region, class, given) in &given {
        let mut together = Given::default();
        for (number, other) in sooner.iter().filter(|(_, other)| helps(other, region, class)) {
            together.add(Given::by(plan, other, region, class));
            numbers.insert(*number);
        }
        if !together.includes(given) {
            return None;
        }
    }
    Some(numbers.into_iter().collect())
}

/// Whether `easier` holds at every moment at which `harder` does.
fn holds_whenever(easier: &Guards, harder: &Guards) -> bool {
    let at_most = |easy: Option<u64>, hard: Option<u64>| easy.is_none_or(|easy| hard.is_some_and(|hard| easy <= hard));
    let waiting = easier.more_than_waiting.is_none_or(|easy| harder.more_than_waiting.is_some_and(|hard| easy <= hard));
    let on_duty = easier.fewer_on_duty.is_none_or(|easy| harder.fewer_on_duty.is_some_and(|hard| easy >= hard));
    at_most(easier.waited_ms, harder.waited_ms)
        && at_most(easier.expected_over_ms, harder.expected_over_ms)
        && waiting
        && on_duty
        && (!easier.outside_hours || harder.outside_hours)
}
