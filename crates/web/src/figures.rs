//! The day's figures as pages and the API show them: read off the folds of `domain::service_level`,
//! never counted here.

use crate::words::Words;
use domain::{
    RegionId, Timestamp,
    plan::Plan,
    service_level::{Counts, HALF_HOURS, QueueDay},
    time::MINUTE_MS,
};
use switchboard::Live;

const HALF_HOUR_MS: u64 = 30 * MINUTE_MS;

/// Service level so far today, of calls that arrived within the plan's hours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Permille(u16),
    /// No call counts yet.
    NotYet,
    /// No call counts, and the hours are over or have not begun.
    OutsideHours,
}

/// What arrived in one half hour and was answered in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HalfHour {
    pub start: Timestamp,
    pub length_ms: u64,
    pub offered: u64,
    pub in_time: u64,
    /// How many in time would keep the goal; none outside the plan's hours, which have none.
    pub goal: Option<u64>,
}

/// The headline level of a region, or of the nation, within the day's window.
#[must_use]
pub fn level(live: &Live, plan: &Plan, region: Option<&RegionId>, now: Timestamp) -> Level {
    match day(live, plan, region).inside.level().no_short {
        Some(permille) => Level::Permille(permille),
        None if is_within_hours(plan, now) => Level::NotYet,
        None => Level::OutsideHours,
    }
}

/// Whether a call that arrives now has part in the published level.
#[must_use]
pub fn is_within_hours(plan: &Plan, now: Timestamp) -> bool {
    let time = now.local(&plan.zone).time();
    plan.service_level.from <= time && time < plan.service_level.to
}

/// What arrived today outside the plan's hours: a row of its own, no part of any level.
#[must_use]
pub fn outside_hours(live: &Live) -> Counts {
    live.figures.whole().outside
}

fn day(live: &Live, plan: &Plan, region: Option<&RegionId>) -> QueueDay {
    match region {
        Some(region) => live.figures.region(plan, region),
        None => live.figures.whole(),
    }
}

/// The day's window in half hours, and what came outside it where there was something.
#[must_use]
pub fn half_hours(live: &Live, plan: &Plan, now: Timestamp) -> Vec<HalfHour> {
    let whole = live.figures.whole();
    let level = &plan.service_level;
    let place = |time: jiff::civil::Time| usize::try_from(time.hour()).unwrap_or(0) * 2 + usize::from(time.minute() >= 30);
    let busy = |half: &usize| whole.half_hours.get(*half).is_some_and(|half| half.offered > 0);
    let first = (0..HALF_HOURS).find(busy).unwrap_or(HALF_HOURS).min(place(level.from));
    let last = (0..HALF_HOURS).rev().find(busy).map_or(0, |half| half + 1).max(place(level.to));
    let midnight = now.start_of_local_day(&plan.zone);
    let hours = place(level.from)..place(level.to);
    (first..last)
        .map(|place| {
            let counted = whole.half_hours.get(place).copied().unwrap_or_default();
            HalfHour {
                start: start_of(midnight, place, plan),
                length_ms: HALF_HOUR_MS,
                offered: counted.offered,
                in_time: counted.answered_in_time,
                goal: hours.contains(&place).then(|| (counted.offered * u64::from(level.goal_permille)).div_ceil(1_000)),
            }
        })
        .collect()
}

/// Local time, so that a half hour keeps its name on the days when the clock is moved.
fn start_of(midnight: Timestamp, place: usize, plan: &Plan) -> Timestamp {
    let plain = midnight.plus_ms(place as u64 * HALF_HOUR_MS);
    let date = midnight.local(&plan.zone).date();
    let (Ok(hour), minute) = (i8::try_from(place / 2), if place % 2 == 1 { 30 } else { 0 }) else { return plain };
    let local = date.at(hour.min(23), minute, 0, 0).to_zoned(plan.zone.clone());
    local.map_or(plain, |local| Timestamp(local.timestamp().as_millisecond()))
}

/// "84.7 %" with the language's decimal mark.
#[must_use]
pub fn percent(words: Words, permille: u16) -> String {
    words.with("percent", [("number", format!("{}{}{}", permille / 10, words.t("decimal-mark"), permille % 10).into())])
}
