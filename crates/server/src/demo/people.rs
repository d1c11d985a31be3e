//! Who the invented people are: accounts without names of anybody, and numbers set aside for fiction.

use super::world::World;
use domain::{
    RegionId, SiteId, SkillId,
    access::Role,
    intent::Language,
    place::{Places, Position},
    plan::{Plan, Region},
};
use std::{collections::BTreeMap, sync::Arc};
use storage::NewAccount;

pub const DESK_LOGIN: &str = "desk";
pub const LEAD_LOGIN: &str = "lead";

/// The levels of somebody who can do everything.
const ALL_ROUND_LEVEL: u8 = 5;

/// The region that the desk answers for: the one with the most sites.
fn home(plan: &Plan) -> Option<&Region> {
    plan.regions.iter().max_by_key(|region| plan.sites.iter().filter(|site| site.region == region.id).count())
}

/// The desk's account, a leader's, and the virtual operators.
pub fn accounts(plan: &Plan, world: &World, with_operators: bool) -> Vec<NewAccount> {
    let here = home(plan).and_then(|region| plan.sites.iter().find(|site| site.region == region.id)).map(|site| site.id.clone());
    let mut accounts =
        vec![account(plan, DESK_LOGIN, "Desk", Role::Operator, here.clone()), account(plan, LEAD_LOGIN, "Lead", Role::Leader, here)];
    for login in virtual_logins(plan) {
        let site = login.strip_prefix(VIRTUAL).map(SiteId::new);
        let mut operator = account(plan, &login, &shown_name(plan, &login), Role::Operator, site);
        operator.sip_address = with_operators.then(|| format!("sip:{login}@{}", world.address()));
        accounts.push(operator);
    }
    accounts
}

/// Virtual operators are named after their site.
const VIRTUAL: &str = "virtual-";

/// One a region: few enough that somebody waits, and that a newcomer's desk rings soon.
pub fn virtual_logins(plan: &Plan) -> Vec<String> {
    let first_site = |region: &Region| plan.sites.iter().find(|site| site.region == region.id && site.opens.is_none());
    plan.regions.iter().filter_map(first_site).map(|site| format!("{VIRTUAL}{}", site.id)).collect()
}

fn shown_name(plan: &Plan, login: &str) -> String {
    let site = plan.sites.iter().find(|site| login == format!("{VIRTUAL}{}", site.id));
    site.map_or_else(|| login.to_owned(), |site| format!("{} 1", site.name))
}

fn account(plan: &Plan, login: &str, name: &str, role: Role, site: Option<SiteId>) -> NewAccount {
    let skills: BTreeMap<SkillId, u8> = plan.classes.iter().map(|class| (class.skill.clone(), ALL_ROUND_LEVEL)).collect();
    NewAccount {
        login: login.to_owned(),
        name: name.to_owned(),
        role,
        site,
        skills,
        languages: vec![Language::Swedish, Language::English],
        sip_address: None,
    }
}

/// From where somebody rings and by which number.
#[derive(Clone)]
pub struct CallerPlace {
    /// The first of a row of numbers set aside for fiction, and how many there are.
    pub first_number: u64,
    pub numbers: u64,
    /// A handset's position to send along, for numbers that carry no place.
    pub position: Option<Position>,
}

/// Landlines of the regions that have numbers for fiction, mobiles with a position for the others. The
/// desk's own region comes twice: that is where somebody is wanted.
pub fn caller_places(places: &Places, plan: &Plan) -> Arc<Vec<CallerPlace>> {
    let landlines = [
        ("vast", 46_313_900_600_u64, 100),
        ("syd", 46_406_280_400, 100),
        ("stockholm", 46_846_500_400, 100),
        ("nord", 46_980_319_200, 100),
    ];
    let mut all = Vec::new();
    for region in plan.regions.iter().chain(home(plan)) {
        match landlines.iter().find(|(id, ..)| *id == region.id.as_str()) {
            Some((_, first_number, numbers)) => all.push(CallerPlace { first_number: *first_number, numbers: *numbers, position: None }),
            None => all.extend(seat_of(places, &region.id).map(|position| CallerPlace {
                first_number: 46_701_740_605,
                numbers: 95,
                position: Some(position),
            })),
        }
    }
    Arc::new(all)
}

fn seat_of(places: &Places, region: &RegionId) -> Option<Position> {
    places.areas.municipalities().iter().find(|municipality| &municipality.region == region).map(|municipality| municipality.position)
}
