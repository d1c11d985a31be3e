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
}

/// One bound for each class with queues of ours, in the order of the plan.
#[must_use]
pub fn bounds(plan: &Plan) -> Vec<Bound> {
    let own = plan.classes.iter().filter(|class| class.party.is_none());
    own.map(|class| Bound { class: class.id.clone(), strict: class.strict, overtaken_ms_max: overtaken_ms_max(class) }).collect()
}

/// (cap - head start) / acceleration, rounded up; endless when the score never grows.
fn overtaken_ms_max(class: &Class) -> u64 {
    let to_grow = u128::from(class.cap_ms.saturating_sub(class.head_start_ms)) * 1000;
    match u128::from(class.acceleration_permille) {
        0 => u64::MAX,
        acceleration => u64::try_from(to_grow.div_ceil(acceleration)).unwrap_or(u64::MAX),
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, strict, overtaken_ms_max } = self;
        let time = spoken(*overtaken_ms_max);
        match strict {
            true => write!(
                f,
                "class \"{class}\" goes before every other class; beside its intents it takes whoever leaves the emergency question \
                 unanswered, and whoever neither 112 nor a command centre could be had for"
            ),
            false => write!(f, "class \"{class}\": after {time} of waiting, only the strict class goes before"),
        }
    }
}

/// A time in the words of the plan, to the second: "13 min 20 s".
pub(super) fn spoken(ms: u64) -> String {
    let parts = [(ms / HOUR_MS, "h"), (ms % HOUR_MS / MINUTE_MS, "min"), (ms % MINUTE_MS / SECOND_MS, "s")];
    let words: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}
