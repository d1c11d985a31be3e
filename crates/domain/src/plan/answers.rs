//! Who can answer in each region, and when, in one line of plain words: what a planner reads after a change.

use super::{
    Plan, Region, Site, Widening,
    coverage::{reaches, widest},
    hours::{Hours, pieces},
    idle::words_of,
};
use crate::RegionId;
use std::fmt;

/// More sites are told as a number.
const SITES_NAMED_MAX: usize = 4;

/// Who answers the callers of a region at which hours, the own sites first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answers {
    pub region: RegionId,
    pub open: Option<Hours>,
    /// In the order of the day.
    pub at: Vec<(Hours, String)>,
}

/// One for each region, in the order of boards.
#[must_use]
pub fn answers(plan: &Plan) -> Vec<Answers> {
    plan.regions.iter().map(|region| answers_of(plan, region)).collect()
}

fn answers_of(plan: &Plan, region: &Region) -> Answers {
    let mut at: Vec<(Hours, String)> = Vec::new();
    for (minute, _) in pieces(plan) {
        let who = who_answers(plan, region, minute);
        if !at.iter().any(|(_, other)| *other == who) {
            at.push((Hours::when(plan, |minute| who_answers(plan, region, minute) == who), who));
        }
    }
    at.sort_by_key(|(hours, _)| hours.begin());
    let open = region.closes().then(|| Hours::when(plan, |minute| region.is_open_at(minute)));
    Answers { region: region.id.clone(), open, at }
}

/// The own sites, and those that the steps lead on to, from narrow to wide.
fn who_answers(plan: &Plan, region: &Region, minute: u16) -> String {
    let mut told: Vec<&Site> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    for widening in [None, Some(Widening::Neighbours), Some(Widening::Nation)] {
        let classes = || plan.classes.iter().filter(|class| class.party.is_none());
        let steps = || plan.overflow.iter().filter(|step| step.widen_to == widening && step.only.has_region(&region.id));
        let further = |site: &&Site| reaches(region, widening, &site.region) && !told.iter().any(|known| known.id == site.id);
        let sites: Vec<&Site> = plan.sites.iter().filter(|site| site.is_staffed(minute)).filter(further).collect();
        if sites.is_empty() || widening.is_some() && steps().next().is_none() {
            continue;
        }
        let some = if classes().all(|class| widest(plan, region, class) >= widening) { "" } else { " for some classes" };
        let names = if parts.is_empty() { named(&sites) } else { String::new() };
        parts.push(match (widening.map(words_of), names.as_str()) {
            (None, names) => names.to_owned(),
            (Some(words), "") => format!("{words}{some}"),
            (Some(words), names) => format!("{words} ({names}){some}"),
        });
        told.extend(sites);
    }
    if parts.is_empty() { "nobody".to_owned() } else { parts.join(", then ") }
}

fn named(sites: &[&Site]) -> String {
    let name = |site: &&Site| match site.opens {
        None => site.name.clone(),
        Some(date) => format!("{} from {date}", site.name),
    };
    let names: Vec<String> = sites.iter().map(name).collect();
    match names.as_slice() {
        names if names.len() > SITES_NAMED_MAX => format!("{} sites", names.len()),
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        names => names.concat(),
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "region \"{}\"", self.region)?;
        if let Some(open) = &self.open {
            write!(f, ", open {open}")?;
        }
        let spoken = |(hours, who): &(Hours, String)| match hours.is_whole_day() {
            true => format!("round the clock {who}"),
            false => format!("{hours} {who}"),
        };
        write!(f, ": {}", self.at.iter().map(spoken).collect::<Vec<_>>().join("; "))
    }
}
