//! Proves that the parts of a plan fit together: every reference leads somewhere, every wait has an
//! end, nobody can be left behind for ever. One function per part of the plan.
//!
//! A *fault* refuses the plan; a *notice* is something that may be meant but deserves a look.

use super::{
    Class, Fault, Plan, bookings, calendar, call_backs, coverage, destinations, diversions, fault::Objection, fields::choose, idle,
    isolation, messages, night, overflow, overtaking::spoken, promises, retention, survey, texts,
};
use crate::{CategoryId, RegionId, intent::Intent, time::MINUTE_MS};
use jiff::civil::Time;
use std::collections::BTreeMap;

/// The strict class goes before everybody, so it must stay small.
pub const STRICT_INTENTS_MAX: usize = 4;
/// What can never go before everybody, beside what is not urgent: what anybody may be taken for.
const ANYBODY: [Intent; 2] = [Intent::Operator, Intent::Other];
/// No party is rung for longer than this.
pub const PARTY_RING_MS_MAX: u64 = 5 * MINUTE_MS;

/// The only thing that is replaced in the name of a unit.
const UNIT_PLACEHOLDER: &str = "{region}";

#[derive(Default)]
pub(super) struct Objections {
    pub faults: Vec<Objection>,
    pub notices: Vec<Objection>,
}

impl Objections {
    pub fn fault(&mut self, paths: &[&str], what: impl Into<String>, mend: impl Into<String>) {
        self.faults.push(objection(paths, what, mend));
    }

    pub fn notice(&mut self, paths: &[&str], what: impl Into<String>, mend: impl Into<String>) {
        self.notices.push(objection(paths, what, mend));
    }
}

fn objection(paths: &[&str], what: impl Into<String>, mend: impl Into<String>) -> Objection {
    Objection { paths: paths.iter().map(|path| (*path).to_owned()).collect(), what: what.into(), mend: mend.into() }
}

/// The faults of a plan that was not read from a text (made by a program or changed in memory); they
/// have no lines. A plan that [`super::read`] returned has none.
#[must_use]
pub fn check(plan: &Plan) -> Vec<Fault> {
    objections(plan).faults.into_iter().map(|fault| Fault::new(&plan.name, 0, fault.what, fault.mend)).collect()
}

pub(super) fn objections(plan: &Plan) -> Objections {
    let mut found = Objections::default();
    check_front(plan, &mut found);
    check_limits(plan, &mut found);
    check_regions(plan, &mut found);
    check_classes(plan, &mut found);
    check_strict(plan, &mut found);
    check_intents(plan, &mut found);
    overflow::check(plan, &mut found);
    idle::check_lonely(plan, &mut found);
    diversions::check(plan, &mut found);
    check_sites(plan, &mut found);
    check_parties(plan, &mut found);
    check_unit(plan, &mut found);
    destinations::check(plan, &mut found);
    texts::check(plan, &mut found);
    check_leaving(plan, &mut found);
    messages::check(plan, &mut found);
    call_backs::check(plan, &mut found);
    bookings::check(plan, &mut found);
    survey::check(plan, &mut found);
    retention::check(plan, &mut found);
    night::check(plan, &mut found);
    isolation::check(plan, &mut found);
    coverage::check(plan, &mut found);
    calendar::check(plan, &mut found);
    promises::check(plan, &mut found);
    found
}

/// Languages and numbers.
fn check_front(plan: &Plan, found: &mut Objections) {
    if plan.languages.is_empty() {
        found.fault(&["languages"], "the plan has no language", "name at least one, such as languages = [\"sv\"]");
    }
    for (n, language) in plan.languages.iter().enumerate() {
        if plan.languages[..n].contains(language) {
            found.fault(&["languages"], format!("the language \"{language}\" is named twice"), "name it once");
        }
    }
    if plan.numbers.is_empty() {
        found.fault(&["numbers"], "nobody can call: the plan has no number", "name what callers dial, such as numbers = [\"114 14\"]");
    }
    for (n, number) in plan.numbers.iter().enumerate() {
        let digits = number.strip_prefix('+').unwrap_or(number);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            found.fault(&["numbers"], format!("\"{number}\" is not a number"), "write digits, with + in front of a country code");
        }
        if plan.numbers[..n].contains(number) {
            found.fault(&["numbers"], format!("the number \"{number}\" is named twice"), "name it once");
        }
    }
}

/// Times and shares that must not be nought, and pairs that must be in order.
fn check_limits(plan: &Plan, found: &mut Objections) {
    let Plan { service_level: level, dialogue, offers, follow_up, .. } = plan;
    let times = [
        ("service_level/within", level.within_ms),
        ("dialogue/answer_max", dialogue.answer_ms_max),
        ("dialogue/total_max", dialogue.total_ms_max),
        ("dialogue/announce_every", dialogue.announce_every_ms),
        ("offers/ring", offers.ring_ms),
        ("offers/connect_max", offers.connect_ms_max),
        ("offers/grace", offers.grace_ms),
        ("offers/talk_max", offers.talk_ms_max),
        ("offers/conclude", offers.conclude_ms),
        ("follow_up/strict", follow_up.strict_ms),
        ("follow_up/other", follow_up.other_ms),
    ];
    for (path, ms) in times {
        if ms == 0 {
            let (table, key) = path.split_once('/').unwrap_or(("", path));
            found.fault(&[path, table], format!("[{table}]: {key} is 0"), "write a time longer than 0");
        }
    }
    let ordered = [
        ("service_level/short", level.short_ms, "service_level/within", level.within_ms),
        ("dialogue/answer_max", dialogue.answer_ms_max, "dialogue/total_max", dialogue.total_ms_max),
        ("follow_up/strict", follow_up.strict_ms, "follow_up/other", follow_up.other_ms),
    ];
    for (path, less, other, more) in ordered {
        let (table, key) = path.split_once('/').unwrap_or(("", path));
        if less > more {
            let longer = other.rsplit('/').next().unwrap_or(other);
            let what = format!("[{table}]: {key} ({}) is longer than {longer} ({})", spoken(less), spoken(more));
            found.fault(&[path, other, table], what, format!("make {key} the shorter of the two"));
        }
    }
    if level.goal_permille == 0 {
        found.fault(&["service_level/goal", "service_level"], "[service_level]: the goal is 0 %", "write a share such as \"85 %\"");
    }
    if dialogue.confirm_permille > dialogue.straight_on_permille {
        let mend = "make confirm the smaller: between the two the caller is asked \"is that right?\"";
        let paths = ["dialogue/confirm", "dialogue/straight_on", "dialogue"];
        found.fault(&paths, "[dialogue]: confirm is greater than straight_on", mend);
    } else if dialogue.choose_permille.is_some_and(|choose| choose < dialogue.confirm_permille) {
        let mend = "make choose at least as great as confirm, which one of the two alone has to reach";
        let paths = ["dialogue/choose", "dialogue/confirm", "dialogue"];
        found.fault(&paths, "[dialogue]: choose is smaller than confirm", mend);
    }
    check_hours(found, &["service_level/window", "service_level"], "[service_level]: the window", level.from, level.to);
}

fn check_hours(found: &mut Objections, paths: &[&str], what: &str, from: Time, to: Time) {
    if to <= from {
        let what = format!("{what} ends ({}) before it begins ({})", to.strftime("%H:%M"), from.strftime("%H:%M"));
        found.fault(paths, what, "put the earlier time first; hours over midnight cannot be given, leave them out for round the clock");
    }
}

fn check_regions(plan: &Plan, found: &mut Objections) {
    if plan.regions.is_empty() {
        found.fault(&["regions"], "the plan has no region", "add one with [[regions]]");
    }
    let names: Vec<&str> = plan.regions.iter().map(|region| region.id.as_str()).collect();
    for region in &plan.regions {
        let id = &region.id;
        let (centre_at, neighbours_at) = (format!("regions/{id}/command_centre"), format!("regions/{id}/neighbours"));
        unknown_party(plan, found, &[&centre_at], &format!("region \"{id}\": its command centre"), region.command_centre.as_str());
        if let Some((from, to)) = region.open {
            check_hours(found, &[&format!("regions/{id}/open")], &format!("region \"{id}\": open"), from, to);
        }
        for (n, neighbour) in region.neighbours.iter().enumerate() {
            let paths = [neighbours_at.as_str(), "regions"];
            if neighbour == id {
                found.fault(&paths, format!("region \"{id}\" is its own neighbour"), format!("take \"{id}\" off its neighbours"));
            } else if region.neighbours[..n].contains(neighbour) {
                found.fault(&paths, format!("region \"{id}\" names its neighbour \"{neighbour}\" twice"), "name it once");
            } else {
                match plan.region(neighbour) {
                    None => {
                        let what = format!("region \"{id}\": no region is called \"{neighbour}\"");
                        found.fault(&paths, what, choose(neighbour.as_str(), names.iter().copied()));
                    }
                    Some(other) if !other.neighbours.contains(id) => {
                        let what = format!("region \"{id}\" names \"{neighbour}\" as neighbour, but not the other way round");
                        found.notice(&paths, what, format!("add \"{id}\" to the neighbours of \"{neighbour}\", unless one way is meant"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

fn unknown_party(plan: &Plan, found: &mut Objections, paths: &[&str], what: &str, party: &str) {
    if !plan.parties.contains_key(party) {
        let mut paths = paths.to_vec();
        paths.push("parties");
        let mend = choose(party, plan.parties.keys().map(crate::PartyId::as_str));
        found.fault(&paths, format!("{what} \"{party}\" is no party of the plan"), mend);
    }
}

fn check_classes(plan: &Plan, found: &mut Objections) {
    for class in &plan.classes {
        let id = &class.id;
        let at = |key: &str| format!("classes/{id}/{key}");
        let (acceleration_at, cap_at, head_start_at) = (at("acceleration"), at("cap"), at("head_start"));
        if class.acceleration_permille == 0 {
            let what = format!("class \"{id}\" has acceleration 0: who waits in it never moves up");
            found.fault(&[&acceleration_at], what, "write a share above \"0 %\", such as \"100 %\"");
        }
        if class.cap_ms == 0 || class.cap_ms < class.head_start_ms {
            let what =
                format!("class \"{id}\" has a cap ({}) below its head start ({})", spoken(class.cap_ms), spoken(class.head_start_ms));
            found.fault(&[&cap_at, &head_start_at], what, "make the cap the longer of the two");
        }
        if class.answer_within_ms == 0 {
            found.fault(&[&at("answer_within")], format!("class \"{id}\": answer_within is 0"), "write a time longer than 0");
        }
        if let Some(category) = class.category.as_ref().filter(|category| !plan.categories.contains(category)) {
            let what = format!("class \"{id}\" is kept to \"{category}\", which is no staff category of the plan");
            found.fault(&[&at("staff_category")], what, choose(category.as_str(), plan.categories.iter().map(CategoryId::as_str)));
        }
        if class.open.as_ref().is_some_and(|open| open.from >= open.to) {
            let what = format!("class \"{id}\": open ends before it begins");
            found.fault(&[&at("open")], what, "write hours within one day, or leave the line out for round the clock");
        }
        if let Some(party) = &class.party {
            unknown_party(plan, found, &[&at("party")], &format!("class \"{id}\": it is handed to"), party.as_str());
        }
    }
    check_caps(plan, found);
    check_straight(plan, found);
    match plan.classes.last() {
        None => found.fault(&["classes"], "the plan has no class", "add one with [[classes]]"),
        Some(last) if last.party.is_some() || last.strict => {
            let id = &last.id;
            let what = format!("class \"{id}\" stands last, so it takes what nobody understood, but it is not an ordinary queue of ours");
            found.fault(&[&format!("classes/{id}"), "classes"], what, "move a class without `strict` and without `party` to the end");
        }
        Some(_) => {}
    }
}

/// Callers who are asked nothing must come into a line of ours.
fn check_straight(plan: &Plan, found: &mut Objections) {
    let Some(class) = &plan.dialogue.straight_to else { return };
    let at = ["dialogue/straight_to"];
    match plan.class(class) {
        None => {
            let mend = choose(class.as_str(), plan.classes.iter().map(|class| class.id.as_str()));
            found.fault(&at, format!("[dialogue]: straight_to leads to \"{class}\", which is no class of the plan"), mend);
        }
        Some(class) if class.party.is_some() => {
            let what = format!("[dialogue]: straight_to leads to class \"{}\", which is handed to a party", class.id);
            found.fault(&at, what, "name a class with a queue of ours");
        }
        Some(_) => {}
    }
}

/// Whoever has reached a lower cap could be overtaken for ever by a class with a higher one.
fn check_caps(plan: &Plan, found: &mut Objections) {
    let mut own = plan.classes.iter().filter(|class| !class.strict && class.party.is_none());
    let Some(first) = own.next() else { return };
    for class in own.filter(|class| class.cap_ms != first.cap_ms) {
        let (id, other) = (&class.id, &first.id);
        let paths = [format!("classes/{id}/cap"), format!("classes/{other}/cap")];
        let what = format!(
            "class \"{id}\" has another cap ({}) than class \"{other}\" ({}): the lower one could wait for ever",
            spoken(class.cap_ms),
            spoken(first.cap_ms)
        );
        found.fault(&[&paths[0], &paths[1]], what, "give both the same cap, and tell them apart by head_start and acceleration");
    }
}

fn check_strict(plan: &Plan, found: &mut Objections) {
    let strict: Vec<&Class> = plan.classes.iter().filter(|class| class.strict).collect();
    if strict.is_empty() {
        let mend = "add `strict = true` to the one class that goes before all others";
        let keys: Vec<String> = plan.classes.iter().map(|class| format!("classes/{}/strict", class.id)).collect();
        let paths: Vec<&str> = std::iter::once("classes").chain(keys.iter().map(String::as_str)).collect();
        found.fault(&paths, "no class is strict: time-critical callers have no place of their own", mend);
    }
    for class in strict.iter().skip(1) {
        let (id, first) = (&class.id, &strict[0].id);
        let what = format!("class \"{id}\" is strict, but class \"{first}\" is too");
        found.fault(&[&format!("classes/{id}/strict")], what, "let one class be strict; raise the other by head_start");
    }
    for class in strict {
        let id = &class.id;
        if class.intents.len() > STRICT_INTENTS_MAX {
            let what = format!("class \"{id}\" is strict and takes {} intents; at most {STRICT_INTENTS_MAX} may", class.intents.len());
            found.fault(&[&format!("classes/{id}/intents")], what, "move intents that are not time-critical to another class");
        }
        let may_wait = |intent: &&Intent| Intent::NOT_URGENT.contains(intent) || ANYBODY.contains(intent);
        if let Some(intent) = class.intents.iter().find(may_wait) {
            let what = format!("class \"{id}\" is strict and takes \"{intent}\": everybody else would wait for what can wait");
            found.fault(&[&format!("classes/{id}/intents")], what, format!("move \"{intent}\" to another class"));
        }
        if class.administrative {
            let what = format!("class \"{id}\" is strict and administrative, so it would be entered without the emergency question");
            found.fault(&[&format!("classes/{id}/administrative")], what, "take away one of the two");
        }
        if class.open.is_some() {
            let what = format!("class \"{id}\" is strict but has hours: nobody in need waits until it opens");
            found.fault(&[&format!("classes/{id}/open")], what, "take away `open`");
        }
        if class.party.is_some() {
            let what = format!("class \"{id}\" is strict but handed to a party");
            found.fault(
                &[&format!("classes/{id}/party")],
                what,
                "take away `party`: an urgent caller waits with us until somebody answers",
            );
        }
    }
}

fn check_intents(plan: &Plan, found: &mut Objections) {
    let mut taken: BTreeMap<Intent, &Class> = BTreeMap::new();
    for class in &plan.classes {
        for intent in &class.intents {
            if let Some(first) = taken.insert(*intent, class) {
                let path = format!("classes/{}/intents", class.id);
                let what = format!("class \"{}\" takes the intent \"{intent}\", but class \"{}\" does too", class.id, first.id);
                found.fault(&[&path], what, "leave it in one of them");
            }
        }
    }
    let Some(last) = plan.classes.last() else { return };
    let left: Vec<&str> = Intent::ALL.iter().filter(|intent| !taken.contains_key(intent)).map(|intent| intent.word()).collect();
    if !left.is_empty() {
        let path = format!("classes/{}/intents", last.id);
        let what = format!("no class takes {}: they fall to the last class, \"{}\"", left.join(", "), last.id);
        found.notice(&[&path], what, "add each to the class that is to answer it");
    }
}

fn check_sites(plan: &Plan, found: &mut Objections) {
    for site in &plan.sites {
        if plan.region(&site.region).is_none() {
            let what = format!("site \"{}\" is in \"{}\", which is no region of the plan", site.id, site.region);
            let mend = choose(site.region.as_str(), plan.regions.iter().map(|region| region.id.as_str()));
            found.fault(&[&format!("sites/{}/region", site.id), "regions"], what, mend);
        }
    }
    let served = |region: &RegionId| plan.sites.iter().any(|site| &site.region == region);
    for region in plan.regions.iter().filter(|region| !served(&region.id)) {
        let what = format!("region \"{}\" has no site: nobody can be on duty in it", region.id);
        found.notice(&[&format!("regions/{}", region.id)], what, "add its sites with [[sites]]");
    }
}

fn check_leaving(plan: &Plan, found: &mut Objections) {
    if let Some(address) = plan.leave_to.as_ref().filter(|address| !texts::is_web_address(address)) {
        let what = format!("\"{address}\" is not a web address that pages can lead to");
        found.fault(&["leave_to"], what, "write it whole and plain, such as \"https://weather.example\", or leave `leave_to` out");
    }
}

fn check_parties(plan: &Plan, found: &mut Objections) {
    for party in plan.parties.values() {
        if party.ring_ms == 0 || party.ring_ms > PARTY_RING_MS_MAX {
            let what = format!("party \"{}\": ring is {}", party.id, spoken(party.ring_ms));
            let mend = format!("write a time above 0, at most {}: a caller waits for it", spoken(PARTY_RING_MS_MAX));
            found.fault(&[&format!("parties/{}/ring", party.id)], what, mend);
        }
        if !party.target.is_empty() && !can_be_dialled(&party.target) {
            let what = format!("party \"{}\": nothing can dial the target \"{}\"", party.id, party.target);
            let mend = "write sip: or sips:, whom, @ and where, such as \"sip:112@parties.invalid\", in dial.allowed too";
            found.fault(&[&format!("parties/{}/target", party.id)], what, mend);
        }
    }
    unknown_party(plan, found, &["emergency/party", "emergency"], "[emergency]: its party", plan.emergency.party.as_str());
}

/// `sip:` or `sips:` with somebody at some host. The trunk's own address takes the host's place when it
/// is dialled, so more than its presence is not asked.
fn can_be_dialled(target: &str) -> bool {
    let rest = target.strip_prefix("sips:").or_else(|| target.strip_prefix("sip:"));
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '@' | '<' | '>' | '"'));
    rest.and_then(|rest| rest.split_once('@')).is_some_and(|(whom, host)| plain(whom) && plain(host))
}

/// What stands in braces in the names of units must be something that is replaced.
fn check_unit(plan: &Plan, found: &mut Objections) {
    let rule = &plan.follow_up;
    for (key, name) in std::iter::once(("unit", &rule.unit)).chain(rule.group.iter().map(|group| ("group", group))) {
        let rest = name.replace(UNIT_PLACEHOLDER, "");
        if let Some(start) = rest.find(['{', '}']) {
            let end = rest[start..].find('}').map_or(rest.len(), |end| start + end + 1);
            let what = format!("[follow_up]: {key} has \"{}\", which nothing takes the place of", &rest[start..end]);
            let mend = format!("write {UNIT_PLACEHOLDER} for the region's id; there is no other");
            found.fault(&[&format!("follow_up/{key}"), "follow_up"], what, mend);
        }
    }
}
