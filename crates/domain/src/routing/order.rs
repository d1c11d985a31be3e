//! Who is next and who answers: one total order of contacts and one of operators.

use super::{
    eligibility::{Wants, level},
    state::{Entry, Operator},
};
use crate::{ContactId, OperatorId, Timestamp, plan::Class};
use std::cmp::Reverse;

/// Smaller goes first: strict class, then higher score, then earlier entry, then id.
pub(super) type ContactRank = (Reverse<bool>, Reverse<u64>, Timestamp, ContactId);

pub(super) fn contact_rank(wants: &Wants<'_>, now: Timestamp) -> ContactRank {
    let Wants { contact, entry, class, .. } = wants;
    (Reverse(entry.goes_first()), Reverse(score(*class, entry, now)), entry.since, contact.id)
}

/// Time waited, quickened and advanced by the class, never above its cap. Thousandths would round
/// differently at each look if they were kept, so the score is always made anew from the entry.
fn score(class: Option<&Class>, entry: &Entry, now: Timestamp) -> u64 {
    let waited = now.since_ms(entry.since);
    class.map_or(waited, |class| {
        let quickened = waited.saturating_mul(u64::from(class.acceleration_permille)) / 1_000;
        quickened.saturating_add(class.head_start_ms).min(class.cap_ms)
    })
}

/// Smaller answers first: own region before neighbours before the rest, then higher level, then the
/// longest idle over all sites, then id.
pub(super) type OperatorRank = (u8, Reverse<u8>, Timestamp, OperatorId);

pub(super) fn operator_rank(wants: &Wants<'_>, operator: &Operator) -> OperatorRank {
    let Wants { plan, entry, class, .. } = wants;
    let distance = if operator.region == entry.region {
        0
    } else if plan.region(&entry.region).is_some_and(|region| region.neighbours.contains(&operator.region)) {
        1
    } else {
        2
    };
    (distance, Reverse(class.map_or(0, |class| level(class, operator))), operator.idle_since, operator.id)
}
