//! How long anybody can be overtaken: the starvation bound of each class (definitions.md 3.2).

use super::{Class, Plan};
use crate::{
    ClassId,
    time::{HOUR_MS, MINUTE_MS, SECOND_MS},
};
use std::fmt;

/// After having waited this long, a contact of the class can be overtaken by the strict class only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    pub class: ClassId,
    /// Goes before every other class from the start; the bound counts among its own.
    pub strict: bool,
    pub overtaken_ms_max: u64,
    /// Other classes that operators are kept for, who take those even then.
    pub kept_for: Vec<ClassId>,
}

/// One bound for each class with queues of ours, in the order of the plan.
#[must_use]
pub fn bounds(plan: &Plan) -> Vec<Bound> {
    let own = plan.classes.iter().filter(|class| class.party.is_none());
    own.map(|class| Bound {
        class: class.id.clone(),
        strict: class.strict,
        overtaken_ms_max: overtaken_ms_max(plan, class),
        kept_for: kept_from(plan, class),
    })
    .collect()
}

/// (cap - head start) / acceleration, rounded up, and never less than one is held for one's own operator;
/// endless when the score never grows.
fn overtaken_ms_max(plan: &Plan, class: &Class) -> u64 {
    let held_ms = plan.affinity.as_ref().filter(|_| !class.strict).map_or(0, |affinity| affinity.hold_ms);
    let to_grow = u128::from(class.cap_ms.saturating_sub(class.head_start_ms)) * 1000;
    match u128::from(class.acceleration_permille) {
        0 => u64::MAX,
        acceleration => u64::try_from(to_grow.div_ceil(acceleration)).unwrap_or(u64::MAX).max(held_ms),
    }
}

/// Nobody is kept from the strict class.
fn kept_from(plan: &Plan, class: &Class) -> Vec<ClassId> {
    let others = plan.kept_classes().filter(|other| plan.keeps_from(other, &class.id));
    others.map(|other| other.id.clone()).collect()
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, strict, overtaken_ms_max, kept_for } = self;
        let time = spoken(*overtaken_ms_max);
        if *strict {
            return write!(
                f,
                "class \"{class}\" goes before every other class; beside its intents it takes whoever leaves the emergency question \
                 unanswered, and whoever neither 112 nor a command centre could be had for"
            );
        }
        write!(f, "class \"{class}\": after {time} of waiting, only the strict class goes before")?;
        match kept_for.as_slice() {
            [] => Ok(()),
            kept => {
                let kept: Vec<String> = kept.iter().map(|class| format!("\"{class}\"")).collect();
                write!(f, ", for every operator who is not kept for {}", kept.join(" or "))
            }
        }
    }
}

/// A time in the words of the plan, to the second: "13 min 20 s".
pub(super) fn spoken(ms: u64) -> String {
    let parts = [(ms / HOUR_MS, "h"), (ms % HOUR_MS / MINUTE_MS, "min"), (ms % MINUTE_MS / SECOND_MS, "s")];
    let words: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}
