//! Who is next and who answers: one total order of contacts and one of operators.

use super::{eligibility::Wants, post::Post};
use crate::{ContactId, OperatorId, RegionId, Timestamp, plan::Class};
use std::cmp::Reverse;

/// Smaller goes first: strict class, then whom a leader put before others, then higher score, then earlier
/// entry, then id.
pub(super) type ContactRank = (Reverse<(bool, bool)>, Reverse<u64>, Timestamp, ContactId);

/// Among those who want the same the order is that of `since` and id, whenever it is asked: the score never
/// falls with the time waited.
pub(super) fn contact_rank(wants: &Wants<'_>, since: Timestamp, id: ContactId, now: Timestamp) -> ContactRank {
    (Reverse((wants.goes_first, wants.put_first)), Reverse(score(wants.class, since, now)), since, id)
}

/// Time waited, quickened and advanced by the class, never above its cap. Thousandths would round
/// differently at each look if they were kept, so the score is always made anew from the entry.
fn score(class: Option<&Class>, since: Timestamp, now: Timestamp) -> u64 {
    let waited = now.since_ms(since);
    class.map_or(waited, |class| {
        let quickened = waited.saturating_mul(u64::from(class.acceleration_permille)) / 1_000;
        quickened.saturating_add(class.head_start_ms).min(class.cap_ms)
    })
}

/// Smaller answers first: who has all that was asked for before those with whom a step makes do, own region
/// before neighbours before the rest, then higher level, then the longest idle over all sites, then id.
pub(super) type OperatorRank = (u8, u8, Reverse<u8>, Timestamp, OperatorId);

/// The rank of an operator of this post, by how long they have been idle and who they are.
pub(super) fn operator_rank(wants: &Wants<'_>, post: &Post) -> impl Fn(Timestamp, OperatorId) -> OperatorRank + use<> {
    let of_region = |region: &RegionId| match region {
        region if region == wants.region => 0,
        region if wants.neighbours(region) => 1,
        _ => 2,
    };
    let distance = post.regions().map(of_region).min().unwrap_or(2);
    let (lacking, level) = (wants.lacking(post), wants.class.map_or(0, |class| post.level(class)));
    move |idle_since, id| (lacking, distance, Reverse(level), idle_since, id)
}
