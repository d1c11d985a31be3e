//! The shapes of a plan tried on a recorded day.

use crate::{
    plan::{Tried, caveats, permille},
    words::Words,
};
use serde::{Deserialize, Serialize};
use simulator::{
    Compared, Group,
    figures::{Calls, Measure},
};
use utoipa::ToSchema;

/// A plan to be tried on a recorded day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanToTry {
    pub text: String,
    /// By the plan's zone. Left out: the last whole day, or the last day with callers when nobody came on that one.
    #[serde(default)]
    #[schema(example = "2026-11-27")]
    pub day: Option<String>,
}

/// What a recorded day was, and what it comes to by its own plan and by the text.
#[derive(Serialize, ToSchema)]
pub struct PlanTried {
    #[schema(example = "2026-11-27")]
    pub day: String,
    /// False: only what has been recorded until now.
    pub is_over: bool,
    /// Who came into line.
    pub callers: usize,
    /// Who was on duty.
    pub operators: usize,
    /// Callers that are not among the recorded figures: they waited still, were led to 112, or were cut off.
    pub uncounted: usize,
    /// Names the plan that was in force that day.
    pub plan: String,
    /// Names the text.
    pub tried: String,
    /// In time is within this.
    pub within_ms: u64,
    /// The nation, then each region, then each class to which anybody came, by the day's own plan.
    pub groups: Vec<GroupTried>,
    /// What cannot be known and is assumed, in the language asked for.
    pub about: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct GroupTried {
    /// `nation`, `region` or `class`.
    #[schema(example = "region")]
    pub kind: String,
    /// The region's or the class's; none for the nation.
    #[schema(example = "vast")]
    pub id: Option<String>,
    /// As it was.
    pub recorded: CallsTried,
    /// The day's own plan, lived through again: what `after` is compared with.
    pub before: CallsTried,
    /// The text; none when it has no such region or class.
    pub after: Option<CallsTried>,
}

/// What became of callers, over the whole day.
#[derive(Serialize, ToSchema)]
pub struct CallsTried {
    /// Came into line.
    pub offered: u64,
    pub answered: u64,
    pub answered_in_time: u64,
    /// Left while waiting, the short ones included.
    pub left: u64,
    pub left_short: u64,
    /// Led to another region on arrival.
    pub diverted: u64,
    /// Answered by an operator of another region.
    pub answered_elsewhere: u64,
    /// Answered in time, of all but the short ones.
    pub level_permille: Option<u16>,
    /// Of all.
    pub mean_wait_ms: Option<u64>,
}

impl PlanTried {
    #[must_use]
    pub fn of(tried: &Tried, words: Words) -> Self {
        let groups = tried.trial.groups();
        let came = groups.iter().filter(|compared| matches!(compared.group, Group::Whole) || !compared.is_empty());
        Self {
            day: tried.day.to_string(),
            is_over: tried.is_over,
            callers: tried.callers,
            operators: tried.operators,
            uncounted: tried.trial.uncounted,
            plan: tried.own.digest.clone(),
            tried: tried.digest.clone(),
            within_ms: tried.own.service_level.within_ms,
            groups: came.map(GroupTried::from).collect(),
            about: caveats(words, tried),
        }
    }
}

impl From<&Compared<'_>> for GroupTried {
    fn from(compared: &Compared<'_>) -> Self {
        let (kind, id) = match compared.group {
            Group::Whole => ("nation", None),
            Group::Region(region) => ("region", Some(region.id.to_string())),
            Group::Class(class) => ("class", Some(class.id.to_string())),
        };
        Self {
            kind: kind.to_owned(),
            id,
            recorded: CallsTried::from(compared.recorded),
            before: CallsTried::from(compared.before),
            after: compared.after.map(CallsTried::from),
        }
    }
}

impl From<&Calls> for CallsTried {
    fn from(calls: &Calls) -> Self {
        Self {
            offered: calls.offered,
            answered: calls.answered,
            answered_in_time: calls.in_time,
            left: calls.abandoned,
            left_short: calls.short,
            diverted: calls.diverted,
            answered_elsewhere: calls.elsewhere,
            level_permille: Measure::Level.of(calls).map(permille),
            mean_wait_ms: calls.wait_ms.checked_div(calls.offered),
        }
    }
}
