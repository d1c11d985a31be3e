//! Who can answer, and when: proves that no queue is without anybody at some hour. People are not in the plan,
//! so it goes by the hours at which sites are staffed; that an account serves further regions does not count.
//!
//! Guards do not matter here: while nobody on duty could answer, each step is passed at once, whatever it waits
//! for. A diversion does not help either: it leads newcomers alone, and whoever stands in line when the last
//! operator goes home would stand there until morning.

use super::{
    Class, Plan, Region, Site, Widening,
    check::Objections,
    hours::{Hours, is_nothing},
};
use crate::{ClassId, RegionId};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How the paths end of what the proof stands on; with a fault there, its own would only follow from that.
const GROUNDS: [&str; 7] = ["/region", "/neighbours", "/open", "/staffed", "/widen_to", "/classes", "/regions"];

/// Queues of a region that nobody can serve at some hours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unanswered {
    pub region: RegionId,
    pub classes: Vec<ClassId>,
    pub hours: Hours,
}

/// Every queue that nobody can serve at some hour, once all sites are open.
#[must_use]
pub fn unanswered(plan: &Plan) -> Vec<Unanswered> {
    plan.regions.iter().flat_map(|region| unanswered_in(plan, region, |_| true)).collect()
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    for site in plan.sites.iter().filter(|site| site.staffed.iter().copied().any(is_nothing)) {
        let what = format!("site \"{}\": staffed ends when it begins", site.id);
        found.fault(&[&format!("sites/{}/staffed", site.id)], what, "write its hours, or leave the line out for round the clock");
    }
    let is_ground = |path: &String| GROUNDS.iter().any(|ground| path.ends_with(ground));
    if found.faults.iter().any(|fault| fault.paths.iter().any(is_ground)) {
        return;
    }
    for region in &plan.regions {
        let faults = unanswered_in(plan, region, |_| true);
        if faults.is_empty() {
            check_before_openings(plan, region, found);
        }
        for fault in &faults {
            let what = format!("region \"{}\": nobody can answer {} ({})", region.id, fault.hours, named(plan, fault));
            let newcomers = plan.divert_on_entry.iter().any(|diversion| diversion.only.has_region(&region.id));
            let beside = if newcomers { "; a diversion on entry leads newcomers alone, not who waits already" } else { "" };
            let part_time = plan.sites.iter().find(|site| site.region == region.id && !site.staffed.is_empty());
            let at = part_time.map_or_else(|| format!("regions/{}", region.id), |site| format!("sites/{}/staffed", site.id));
            found.fault(&[&at, "regions*", "sites*", "overflow*", "classes"], what + beside, mend(plan, region, fault));
        }
    }
}

/// What a region lacks only until a site opens is for a person to judge: nothing here knows which day it is.
fn check_before_openings(plan: &Plan, region: &Region, found: &mut Objections) {
    let mut dates: Vec<Date> = plan.sites.iter().filter_map(|site| site.opens).collect();
    dates.sort_unstable();
    dates.dedup();
    for date in dates {
        let before = unanswered_in(plan, region, |site| site.opens.is_none_or(|opens| opens < date));
        let from = unanswered_in(plan, region, |site| site.opens.is_none_or(|opens| opens <= date));
        let Some(opening) = plan.sites.iter().find(|site| site.opens == Some(date)) else { continue };
        for lack in before.iter().filter(|lack| !from.contains(lack)) {
            let what = format!("region \"{}\": until {date} nobody can answer {} ({})", region.id, lack.hours, named(plan, lack));
            let mend = "adopt the plan for that day, or let others answer until then; once it has come, take the date away";
            found.notice(&[&format!("sites/{}/opens", opening.id), "regions*", "sites*", "overflow*", "classes"], what, mend);
        }
    }
}

/// Classes that lack the same hours together.
fn unanswered_in(plan: &Plan, region: &Region, counts: impl Fn(&Site) -> bool) -> Vec<Unanswered> {
    let mut by_reach = BTreeMap::new();
    let mut all: Vec<Unanswered> = Vec::new();
    for class in plan.classes.iter().filter(|class| class.party.is_none()) {
        let widest = widest(plan, region, class);
        let hours = by_reach.entry(widest).or_insert_with(|| unanswered_hours(plan, region, widest, &counts));
        let hours = &Hours::when(plan, |at| hours.hold_at(at) && class.is_open_at(at));
        match all.iter_mut().find(|lack| lack.hours == *hours) {
            _ if hours.is_empty() => {}
            Some(same) => same.classes.push(class.id.clone()),
            None => all.push(Unanswered { region: region.id.clone(), classes: vec![class.id.clone()], hours: hours.clone() }),
        }
    }
    all
}

fn unanswered_hours(plan: &Plan, region: &Region, widest: Option<Widening>, counts: &impl Fn(&Site) -> bool) -> Hours {
    let within: Vec<&Site> = plan.sites.iter().filter(|site| counts(site) && reaches(region, widest, &site.region)).collect();
    Hours::when(plan, |at| !within.iter().any(|site| site.is_staffed(at)))
}

/// How far the callers of a queue come when all steps for them have been passed.
pub(super) fn widest(plan: &Plan, region: &Region, class: &Class) -> Option<Widening> {
    plan.overflow.iter().filter(|step| step.only.covers(&class.id, &region.id)).filter_map(|step| step.widen_to).max()
}

pub(super) fn reaches(own: &Region, widening: Option<Widening>, other: &RegionId) -> bool {
    own.id == *other
        || match widening {
            None => false,
            Some(Widening::Neighbours) => own.neighbours.contains(other),
            Some(Widening::Nation) => true,
        }
}

fn named(plan: &Plan, lack: &Unanswered) -> String {
    let all = plan.classes.iter().filter(|class| class.party.is_none()).count();
    let names: Vec<String> = lack.classes.iter().map(|class| format!("\"{class}\"")).collect();
    match names.as_slice() {
        names if names.len() == all => "all classes".to_owned(),
        [one] => format!("class {one}"),
        several => format!("classes {}", several.join(", ")),
    }
}

/// The narrowest step that would do, if one would.
fn mend(plan: &Plan, region: &Region, lack: &Unanswered) -> String {
    let staff = match plan.sites.iter().any(|site| site.region == region.id) {
        true => "staff one of its sites then",
        false => "add a site to it with [[sites]]",
    };
    let would_do = |widening: &Widening| {
        let still = unanswered_hours(plan, region, Some(*widening), &|_| true);
        Hours::when(plan, |at| lack.hours.hold_at(at) && still.hold_at(at)).is_empty()
    };
    let step = |to: &str| format!("{staff}, or let others answer: [[overflow]] with widen_to = \"{to}\" and fewer_on_duty = 1");
    match [Widening::Neighbours, Widening::Nation].iter().find(|widening| would_do(widening)) {
        Some(Widening::Neighbours) => step("neighbours"),
        Some(Widening::Nation) => step("nation"),
        None => format!("{staff}: no other region can help at all of these hours"),
    }
}
