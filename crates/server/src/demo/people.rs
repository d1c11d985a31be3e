//! Who the invented people are: accounts without names of anybody, and numbers set aside for fiction.

use super::world::World;
use domain::{
    RegionId, SiteId, SkillId,
    access::Role,
    intent::Language,
    place::{Places, Position},
    plan::Plan,
};
use std::{collections::BTreeMap, sync::Arc};
use storage::NewAccount;

pub const DESK_LOGIN: &str = "desk";
pub const LEAD_LOGIN: &str = "lead";

/// The levels of somebody who can do everything.
const ALL_ROUND_LEVEL: u8 = 5;

/// The desk's account, a leader's, and one virtual operator for each site that is open.
pub fn accounts(plan: &Plan, world: &World, with_operators: bool) -> Vec<NewAccount> {
    let here = plan.sites.iter().find(|site| site.region.as_str() == "vast").or(plan.sites.first()).map(|site| site.id.clone());
    let mut accounts = vec![
        account(plan, DESK_LOGIN, "Desk", Role::Operator, here.clone()),
        account(plan, LEAD_LOGIN, "Lead", Role::Leader, here),
    ];
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

pub fn virtual_logins(plan: &Plan) -> Vec<String> {
    plan.sites.iter().filter(|site| site.opens.is_none()).map(|site| format!("{VIRTUAL}{}", site.id)).collect()
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
    /// All digits but the last two of numbers set aside for fiction, and the first and last of those.
    pub number_prefix: &'static str,
    pub last_digits: (u32, u32),
    /// A handset's position to send along, for numbers that carry no place.
    pub position: Option<Position>,
}

/// Landlines of the regions that have numbers for fiction, mobiles with a position for the others.
pub fn caller_places(places: &Places, plan: &Plan) -> Arc<Vec<CallerPlace>> {
    let landlines = [
        ("vast", "+463139006", (0, 99)),
        ("syd", "+46406280", (400, 499)),
        ("stockholm", "+468465004", (0, 99)),
        ("nord", "+46980319", (200, 299)),
    ];
    let mut all = Vec::new();
    for region in &plan.regions {
        match landlines.iter().find(|(id, ..)| *id == region.id.as_str()) {
            Some((_, number_prefix, last_digits)) => all.push(CallerPlace { number_prefix, last_digits: *last_digits, position: None }),
            None => all.extend(seat_of(places, &region.id).map(|position| CallerPlace {
                number_prefix: "+467017406",
                last_digits: (5, 99),
                position: Some(position),
            })),
        }
    }
    Arc::new(all)
}

fn seat_of(places: &Places, region: &RegionId) -> Option<Position> {
    places.areas.municipalities().iter().find(|municipality| &municipality.region == region).map(|municipality| municipality.position)
}
