//! Proves what a plan says of steps: that each can hold, adds somebody, and is for somebody.

use super::{Ease, OverflowStep, Plan, Scope, check::Objections, fields::choose, idle};
use crate::{ClassId, RegionId};

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    for (n, step) in plan.overflow.iter().enumerate() {
        let name = format!("overflow step {}", n + 1);
        let (whole, at) = (format!("overflow/{n}"), |key: &str| format!("overflow/{n}/{key}"));
        check_scope(plan, &step.only, &whole, &name, found);
        check_ease(plan, step, &whole, &name, found);
        idle::check_step(plan, n, found);
        if let Some(earlier) = plan.overflow[..n].iter().position(|earlier| step.widen_to.is_some() && earlier.widen_to > step.widen_to) {
            let what = format!("{name} is narrower than step {} before it", earlier + 1);
            found.fault(&[&at("widen_to")], what, "order the steps from neighbours to nation");
        }
        if step.guards.fewer_on_duty == Some(0) {
            let what = format!("{name} can never hold: fewer than 0 on duty");
            found.fault(&[&at("fewer_on_duty")], what, "write 1 for \"nobody is on duty\"");
        }
    }
    check_closing(plan, found);
}

/// Whom a rule is for must be in the plan.
pub(super) fn check_scope(plan: &Plan, scope: &Scope, whole: &str, name: &str, found: &mut Objections) {
    let none = |what: &str, id: &str, key: &str, known: Vec<&str>| {
        (format!("{whole}/{key}"), format!("{name} is for {what} \"{id}\", which is not in the plan"), choose(id, known))
    };
    let classes = || plan.classes.iter().map(|class| class.id.as_str()).collect();
    let regions = || plan.regions.iter().map(|region| region.id.as_str()).collect();
    let class = scope.classes.iter().find(|class| plan.class(class).is_none());
    let region = scope.regions.iter().find(|region| plan.region(region).is_none());
    let of_class = class.map(|id: &ClassId| none("class", id.as_str(), "classes", classes()));
    let of_region = region.map(|id: &RegionId| none("region", id.as_str(), "regions", regions()));
    for (path, what, mend) in of_class.into_iter().chain(of_region) {
        found.fault(&[&path], what, mend);
    }
    if let Some(class) = scope.classes.iter().filter_map(|class| plan.class(class)).find(|class| class.party.is_some()) {
        let what = format!("{name} is for class \"{}\", whose callers are handed to a party and never wait", class.id);
        found.notice(&[&format!("{whole}/classes")], what, "take the class off the list");
    }
}

fn check_ease(plan: &Plan, step: &OverflowStep, whole: &str, name: &str, found: &mut Objections) {
    let OverflowStep { widen_to, ease, only, .. } = step;
    if widen_to.is_none() && *ease == Ease::default() {
        let mend = "add widen_to = \"neighbours\" or \"nation\", any_staff_category = true, interpreter = true, or a skill that will do";
        // Not told of one that is there but cannot be read.
        let paths = ["", "/widen_to", "/any_staff_category", "/interpreter", "/skill"].map(|key| format!("{whole}{key}"));
        found.fault(&paths.each_ref().map(String::as_str), format!("{name} lets nobody more answer"), mend);
    }
    let served = || plan.classes.iter().filter(|class| only.classes.is_empty() || only.classes.contains(&class.id));
    if let Some(skill) = ease.skill.as_ref().filter(|skill| !plan.classes.iter().any(|class| class.skill == **skill)) {
        let what = format!("{name} makes do with the skill \"{skill}\", which no class asks for");
        found.fault(&[&format!("{whole}/skill")], what, choose(skill.as_str(), plan.classes.iter().map(|class| class.skill.as_str())));
    }
    if ease.any_category && served().all(|class| class.category.is_none()) {
        let what = format!("{name} makes do with any staff category, but none of its classes asks for one");
        found.notice(
            &[&format!("{whole}/any_staff_category")],
            what,
            "keep a class to a category by staff_category, or take the line away",
        );
    }
}

/// Whoever calls a region outside its hours must be led on, and a step for such callers needs hours.
fn check_closing(plan: &Plan, found: &mut Objections) {
    let for_closed = |region: &RegionId| plan.overflow.iter().any(|step| step.guards.outside_hours && step.only.has_region(region));
    let closing = plan.regions.iter().filter(|region| region.closes());
    for region in closing.clone().filter(|region| !for_closed(&region.id)) {
        let what = format!("region \"{}\" closes, but no overflow step is for callers outside its hours", region.id);
        let mend = "add one: [[overflow]] with widen_to = \"nation\" and outside_hours = true";
        found.fault(&[&format!("regions/{}/open", region.id)], what, mend);
    }
    let closes = |step: &OverflowStep| closing.clone().any(|region| step.only.has_region(&region.id));
    for (n, step) in plan.overflow.iter().enumerate().filter(|(_, step)| step.guards.outside_hours && !closes(step)) {
        let whose = if step.only.regions.is_empty() { "every region" } else { "every region that it is for" };
        let what = format!("overflow step {} never holds: {whose} is open round the clock", n + 1);
        found.notice(&[&format!("overflow/{n}/outside_hours")], what, "give the regions that close their hours with `open`");
    }
}
