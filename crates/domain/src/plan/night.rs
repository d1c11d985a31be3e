//! Night: the hours in which callers in line are told of the first times that can be booked, whoever is on duty, and
//! the classes that are never told. While a class is closed its callers are told at any hour.

use super::{Plan, check::Objections, hours::is_nothing};
use crate::Timestamp;

impl Plan {
    /// Whether this is within the hours that the plan calls the night.
    #[must_use]
    pub fn is_night(&self, now: Timestamp) -> bool {
        let Some((from, to)) = self.bookings.as_ref().and_then(|rule| rule.night) else { return false };
        let at = now.local(&self.zone).time();
        if from <= to { from <= at && at < to } else { at >= from || at < to }
    }
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    if plan.bookings.as_ref().and_then(|rule| rule.night).is_some_and(is_nothing) {
        let what = "[bookings]: the night ends when it begins, so it is none";
        found.fault(&["bookings/night"], what, "write hours such as \"22:00-06:00\", or take them away");
    }
    for class in plan.classes.iter().filter(|class| !class.night && !class.book) {
        let what = format!("the class \"{}\" says `night = false`, but no times are booked for it anyway", class.id);
        found.notice(&[&format!("classes/{}/night", class.id)], what, "take night away, or add `book = true`");
    }
}
