//! Who the invented people are: accounts without names of anybody, and callers by the deployment's numbers.

use super::numbers::{Numbers, Row};
use domain::{
    RegionId, SiteId, SkillId,
    access::Role,
    place::{Places, Position},
    plan::{Plan, Region},
};
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use storage::NewAccount;

pub const DESK_LOGIN: &str = "desk";
pub const LEAD_LOGIN: &str = "lead";
pub const ADMIN_LOGIN: &str = "admin";

/// The levels of somebody who can do everything.
const ALL_ROUND_LEVEL: u8 = 5;

/// The region that the desk answers for: the one with the most sites.
fn home(plan: &Plan) -> Option<&Region> {
    plan.regions.iter().max_by_key(|region| plan.sites.iter().filter(|site| site.region == region.id).count())
}

/// The desk's account, a leader's, an administrator's who answers nobody, and the virtual operators.
pub fn accounts(plan: &Plan, world: SocketAddr, with_operators: bool) -> Vec<NewAccount> {
    let here = home(plan).and_then(|region| plan.sites.iter().find(|site| site.region == region.id)).map(|site| site.id.clone());
    let mut accounts =
        vec![account(plan, DESK_LOGIN, "Desk", Role::Operator, here.clone()), account(plan, LEAD_LOGIN, "Lead", Role::Leader, here)];
    let administrator = account(plan, ADMIN_LOGIN, "Administrator", Role::Administrator, None);
    accounts.push(NewAccount { skills: BTreeMap::new(), ..administrator });
    for login in virtual_logins(plan) {
        let site = login.strip_prefix(VIRTUAL).map(SiteId::new);
        let mut operator = account(plan, &login, &shown_name(plan, &login), Role::Operator, site);
        operator.sip_address = with_operators.then(|| format!("sip:{login}@{world}"));
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
    let (login, name, languages) = (login.to_owned(), name.to_owned(), plan.languages.clone());
    let category = plan.categories.first().cloned();
    NewAccount { login, name, role, site, skills, languages, category, also_regions: Vec::new(), sip_address: None }
}

/// From where somebody rings and by which number.
#[derive(Clone)]
pub struct CallerPlace {
    /// None hides the number.
    pub numbers: Option<Row>,
    /// A handset's position to send along, for numbers that carry no place.
    pub position: Option<Position>,
}

/// Landlines of the regions that have numbers of their own, handsets with a position for the others. The
/// desk's own region comes twice, the second time by handset: that is where somebody is wanted, and waits.
pub fn caller_places(places: &Places, plan: &Plan, numbers: &Numbers) -> Arc<Vec<CallerPlace>> {
    let handset = |region: &Region| CallerPlace { numbers: numbers.of_handsets(), position: seat_of(places, &region.id) };
    let usual = |region: &Region| match numbers.of_region(&region.id) {
        Some(row) => CallerPlace { numbers: Some(row), position: None },
        None => handset(region),
    };
    Arc::new(plan.regions.iter().map(usual).chain(home(plan).map(handset)).collect())
}

fn seat_of(places: &Places, region: &RegionId) -> Option<Position> {
    places.areas.municipalities().iter().find(|municipality| &municipality.region == region).map(|municipality| municipality.position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::Texts;
    use domain::intent::Language;
    use std::path::Path;

    fn sweden() -> (Plan, Places, Numbers) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden");
        let (examined, places) = Texts::read(&folder).examine();
        (examined.plan.unwrap(), places.unwrap(), Numbers::read(&folder).ok().unwrap())
    }

    #[test]
    fn everybody_speaks_what_the_plan_speaks() {
        let (mut plan, ..) = sweden();
        plan.languages = vec![Language::Danish];
        let accounts = accounts(&plan, "127.0.0.1:5060".parse().unwrap(), true);
        assert!(accounts.len() > plan.regions.len());
        assert!(accounts.iter().all(|account| account.languages == [Language::Danish]));
    }

    #[test]
    fn callers_ring_from_every_region_by_the_numbers_there_are() {
        let (plan, places, numbers) = sweden();
        let with = caller_places(&places, &plan, &numbers);
        let without = caller_places(&places, &plan, &Numbers::default());
        assert_eq!((with.len(), without.len()), (plan.regions.len() + 1, plan.regions.len() + 1));
        for (region, (with, without)) in plan.regions.iter().zip(with.iter().zip(without.iter())) {
            let own = numbers.of_region(&region.id);
            assert_eq!(with.numbers, own.or_else(|| numbers.of_handsets()), "{}", region.id);
            assert_eq!(with.position.is_some(), own.is_none(), "{}: an area code or a position", region.id);
            assert!(without.numbers.is_none() && without.position.is_some(), "{}: hidden, and still from somewhere", region.id);
        }
        let wanted = with.last().unwrap();
        assert_eq!((wanted.numbers, wanted.position), (numbers.of_handsets(), seat_of(&places, &home(&plan).unwrap().id)));
    }
}
