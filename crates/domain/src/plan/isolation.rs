//! Which classes operators are kept for; proves what a plan says of that, of ways out of a line that is too long, and of callers
//! held for whoever they spoke with: none of it may leave anybody without an operator.

use super::{Affinity, Class, Plan, SurgeOffer, check::Objections, fields::choose, overtaking::spoken};
use crate::{ClassId, time::MINUTE_MS};

/// Nobody is held for one operator for longer than this.
pub const HOLD_MS_MAX: u64 = 5 * MINUTE_MS;

/// All, in thousandths.
const WHOLE_PERMILLE: u32 = 1000;

impl Plan {
    /// Whether operators who are kept for `class` are kept from `other`.
    #[must_use]
    pub fn keeps_from(&self, class: &Class, other: &ClassId) -> bool {
        let named = class.kept_from.is_empty() || class.kept_from.contains(other);
        named && class.id != *other && !self.class(other).is_some_and(|other| other.strict)
    }

    /// Classes that operators are kept for.
    pub fn kept_classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.iter().filter(|class| class.kept_permille > 0)
    }
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    for class in &plan.classes {
        check_class(class, found);
        check_kept_from(plan, class, found);
    }
    check_overlap(plan, found);
    if let Some(affinity) = &plan.affinity {
        check_affinity(plan, affinity, found);
    }
}

fn check_class(class: &Class, found: &mut Objections) {
    let id = &class.id;
    let (kept_at, offer_at, within_at) =
        (format!("classes/{id}/kept"), format!("classes/{id}/surge_offer"), format!("classes/{id}/surge_call_within"));
    if class.kept_permille > 0 && class.strict {
        let what = format!("class \"{id}\" is strict: everybody may be taken for it, and nobody is kept for it");
        found.fault(&[&kept_at], what, "take `kept` away");
    }
    if class.kept_permille > 0 && class.party.is_some() {
        let what = format!("class \"{id}\" is handed to a party, so operators would be kept for nobody");
        found.fault(&[&kept_at], what, "take `kept` away");
    }
    if class.surge_offer.is_some() && class.strict {
        let what = format!("class \"{id}\" is strict: nobody in need is offered to be served later");
        found.fault(&[&offer_at], what, "take `surge_offer` away");
    }
    if class.surge_offer == Some(SurgeOffer::LaterCall { within_ms: 0 }) {
        found.fault(&[&within_at], format!("class \"{id}\": surge_call_within is 0"), "write a time longer than 0");
    }
}

fn check_kept_from(plan: &Plan, class: &Class, found: &mut Objections) {
    let id = &class.id;
    let from_at = format!("classes/{id}/kept_from");
    let paths = [from_at.as_str()];
    if !class.kept_from.is_empty() && class.kept_permille == 0 {
        found.fault(&paths, format!("class \"{id}\": nobody is kept from anything"), "add how many are, such as kept = \"40 %\"");
    }
    for other in &class.kept_from {
        match plan.class(other) {
            None => {
                let mend = choose(other.as_str(), plan.classes.iter().map(|class| class.id.as_str()));
                found.fault(&paths, format!("class \"{id}\" is kept from \"{other}\", which is no class of the plan"), mend);
            }
            Some(other) if other.id == *id || other.strict => {
                let what = format!("class \"{id}\": nobody can be kept from \"{}\"", other.id);
                found.fault(&paths, what, "name classes that are not time-critical, beside this one");
            }
            Some(_) => {}
        }
    }
}

/// Operators may have every skill, so what is kept for the classes together must leave somebody for the others.
fn check_overlap(plan: &Plan, found: &mut Objections) {
    let kept = || plan.kept_classes().filter(|class| !class.strict);
    let together: u32 = kept().map(|class| u32::from(class.kept_permille)).sum();
    if together < WHOLE_PERMILLE {
        return;
    }
    let shares: Vec<String> =
        kept().map(|class| format!("\"{}\" {}.{} %", class.id, class.kept_permille / 10, class.kept_permille % 10)).collect();
    let paths: Vec<String> = kept().map(|class| format!("classes/{}/kept", class.id)).collect();
    let what = format!("the kept shares overlap: {} leave nobody who could take anything else", shares.join(" and "));
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    found.fault(&paths, what, "keep less than 100 % together");
}

fn check_affinity(plan: &Plan, affinity: &Affinity, found: &mut Objections) {
    let (within_at, hold_at) = (["affinity/within", "affinity"], ["affinity/hold", "affinity"]);
    if affinity.within_ms == 0 {
        found.fault(&within_at, "[affinity]: within is 0, so nobody ever comes to whoever they spoke with", "write a time such as \"2 h\"");
    }
    if affinity.hold_ms > HOLD_MS_MAX {
        let what = format!("[affinity]: hold is {}", spoken(affinity.hold_ms));
        found.fault(&hold_at, what, format!("write at most {}: others are free meanwhile", spoken(HOLD_MS_MAX)));
    }
    let held = plan.classes.iter().filter(|class| !class.strict && class.party.is_none());
    if let Some(class) = held.min_by_key(|class| class.answer_within_ms).filter(|class| class.answer_within_ms < affinity.hold_ms) {
        let what = format!("[affinity]: hold is longer than class \"{}\" promises an answer within", class.id);
        found.fault(&hold_at, what, format!("write at most {}", spoken(class.answer_within_ms)));
    }
}
