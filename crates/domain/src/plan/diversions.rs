//! Proves what a plan says of contacts that are led to another region when they arrive in line.

use super::{DivertOnEntry, Plan, Region, Widening, check::Objections, hours::pieces, idle, overflow};

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    for (n, diversion) in plan.divert_on_entry.iter().enumerate() {
        let at = |key: &str| format!("divert_on_entry/{n}/{key}");
        let whole = format!("divert_on_entry/{n}");
        let name = format!("diversion on entry {}", n + 1);
        overflow::check_scope(plan, &diversion.only, &whole, &name, found);
        if *diversion == always(diversion) {
            let mend = "say when, such as more_than_waiting = 15 with fewer_waiting_there = true";
            // Not told of one whose conditions are there but cannot be read.
            let paths = [whole.clone(), at("more_than_waiting"), at("fewer_waiting_there"), at("fewer_on_duty"), at("outside_hours")];
            found.fault(&paths.each_ref().map(String::as_str), format!("{name} sends everybody away from their own region, always"), mend);
        }
        if diversion.fewer_on_duty == Some(0) {
            found.fault(
                &[&at("fewer_on_duty")],
                format!("{name} can never hold: fewer than 0 on duty"),
                "write 1 for \"nobody is on duty\"",
            );
        }
        check_target(plan, n, &name, found);
        if let Some(earlier) = plan.divert_on_entry[..n].iter().position(|earlier| decides_before(earlier, diversion)) {
            let what = format!("{name} never decides: number {} leads to as many regions, and holds whenever it does", earlier + 1);
            found.notice(&[&whole], what, "take one of them away, or put the harder one first");
        }
    }
    let to_neighbours = |region: &Region| {
        plan.divert_on_entry.iter().position(|diversion| diversion.to == Widening::Neighbours && diversion.only.has_region(&region.id))
    };
    let mut lonely = plan.regions.iter().filter(|region| region.neighbours.is_empty());
    if let Some((region, n)) = lonely.find_map(|region| Some((region, to_neighbours(region)?))) {
        let what = format!("region \"{}\" has no neighbour, so diversion on entry {} does nothing for it", region.id, n + 1);
        found.notice(&[&format!("regions/{}/neighbours", region.id)], what, "name the regions that are to help it");
    }
}

/// Nobody is led to a region that is closed or in which nobody is on duty.
fn check_target(plan: &Plan, n: usize, name: &str, found: &mut Objections) {
    let DivertOnEntry { to, only, outside_hours, .. } = &plan.divert_on_entry[n];
    let regions = || plan.regions.iter().filter(|region| only.has_region(&region.id));
    if *outside_hours && regions().next().is_some() && !regions().any(Region::closes) {
        let whose = if only.regions.is_empty() { "every region" } else { "every region that it is for" };
        let what = format!("{name} never holds: {whose} is open round the clock");
        let mend = "give the regions that close their hours with `open`";
        return found.notice(&[&format!("divert_on_entry/{n}/outside_hours")], what, mend);
    }
    let staffed = |region: &Region, minute| plan.sites.iter().any(|site| site.region == region.id && site.is_staffed(minute));
    let leads_on = |own: &Region| {
        let may_hold = |minute: &u16| !outside_hours || !own.is_open_at(*minute);
        let receives = |minute| idle::others(plan, own, *to).into_iter().any(|other| other.is_open_at(minute) && staffed(other, minute));
        pieces(plan).into_iter().map(|(minute, _)| minute).filter(may_hold).any(receives)
    };
    // Who has no neighbour is told of by region.
    let mut with_others = regions().filter(|region| !idle::others(plan, region, *to).is_empty()).peekable();
    if *to == Widening::Nation && plan.regions.len() == 1 || with_others.peek().is_some() && !with_others.any(leads_on) {
        let when = if *outside_hours { "while its own is closed" } else { "at any hour" };
        let what = format!("{name} leads nobody on: no region that it leads to is open and staffed {when}");
        let mend = "lead to a region that is, or let an overflow step widen instead: who is on duty in a closed region answers too";
        found.notice(&[&format!("divert_on_entry/{n}"), "regions*", "sites*"], what, mend);
    }
}

fn always(DivertOnEntry { to, only, .. }: &DivertOnEntry) -> DivertOnEntry {
    let (to, only) = (*to, only.clone());
    DivertOnEntry { to, only, more_than_waiting: None, fewer_waiting_there: false, fewer_on_duty: None, outside_hours: false }
}

/// Whether `earlier` finds a region at every moment at which `later` does.
fn decides_before(earlier: &DivertOnEntry, later: &DivertOnEntry) -> bool {
    let waiting = earlier.more_than_waiting.is_none_or(|easy| later.more_than_waiting.is_some_and(|hard| easy <= hard));
    let on_duty = earlier.fewer_on_duty.is_none_or(|easy| later.fewer_on_duty.is_some_and(|hard| easy >= hard));
    let there = !earlier.fewer_waiting_there || later.fewer_waiting_there;
    earlier.to >= later.to
        && earlier.only.includes(&later.only)
        && waiting
        && on_duty
        && there
        && (!earlier.outside_hours || later.outside_hours)
}
