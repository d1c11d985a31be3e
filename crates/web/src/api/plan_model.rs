//! The shapes of what is told and asked about the plan while calls run.

use crate::fault::PlanFault;
use domain::plan::{self, Bound, Examined};
use serde::{Deserialize, Serialize};
use switchboard::PlanOutcome;
use utoipa::ToSchema;

/// That a version of the plan was asked for, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct PlanChange {
    pub id: u64,
    /// Names the version.
    pub digest: String,
    /// From when on it is wanted.
    pub due: i64,
    pub asked: i64,
    /// The account's number; none when a start found it in the deployment's folder.
    pub account: Option<u64>,
    pub reason: String,
    /// None while it waits for its time.
    pub ended: Option<i64>,
    /// `adopted`, `withdrawn`, or `refused`: when its time came it did not fit any more.
    #[schema(example = "adopted")]
    pub outcome: Option<String>,
}

impl From<&switchboard::PlanChange> for PlanChange {
    fn from(change: &switchboard::PlanChange) -> Self {
        Self {
            id: change.id,
            digest: change.digest.clone(),
            due: change.due.0,
            asked: change.asked.0,
            account: change.account.map(|account| account.0),
            reason: change.reason.clone(),
            ended: change.ended.map(|at| at.0),
            outcome: change.outcome.map(PlanOutcome::word).map(str::to_owned),
        }
    }
}

/// A version of the plan that is wanted: a text, or a version that was in force before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanToAdopt {
    /// The whole plan; left out when a version is named.
    #[serde(default)]
    pub text: Option<String>,
    /// An earlier version by its name.
    #[serde(default)]
    pub digest: Option<String>,
    /// From when on; now when left out.
    #[serde(default)]
    pub due: Option<i64>,
    /// Why, for those who look at it later.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// The number of a change.
#[derive(Serialize, ToSchema)]
pub struct PlanChangeKept {
    pub id: u64,
}

/// A plan to be looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanToCheck {
    pub text: String,
}

/// What there is to say of a plan.
#[derive(Serialize, ToSchema)]
pub struct PlanChecked {
    /// Names the version; none when there is a fault.
    pub digest: Option<String>,
    /// Each must be mended before it can be adopted.
    pub faults: Vec<PlanFault>,
    /// What a person should look at, though it can be adopted.
    pub notices: Vec<PlanFault>,
    /// How long anybody can be overtaken; empty when there is a fault.
    pub bounds: Vec<PlanBound>,
}

impl From<&Examined> for PlanChecked {
    fn from(examined: &Examined) -> Self {
        let bounds = examined.plan.as_ref().map(plan::bounds).unwrap_or_default();
        Self {
            digest: examined.plan.as_ref().map(|plan| plan.digest.clone()),
            faults: examined.faults.iter().map(PlanFault::from).collect(),
            notices: examined.notices.iter().map(PlanFault::from).collect(),
            bounds: bounds.iter().map(PlanBound::from).collect(),
        }
    }
}

/// After having waited this long, a contact of the class is overtaken by the strict class only.
#[derive(Serialize, ToSchema)]
pub struct PlanBound {
    pub class: String,
    /// Goes before every other class from the start.
    pub strict: bool,
    /// None: there is no such time.
    pub overtaken_ms_max: Option<u64>,
    /// In English.
    pub what: String,
}

impl From<&Bound> for PlanBound {
    fn from(bound: &Bound) -> Self {
        Self {
            class: bound.class.to_string(),
            strict: bound.strict,
            overtaken_ms_max: Some(bound.overtaken_ms_max).filter(|ms| *ms < u64::MAX),
            what: bound.to_string(),
        }
    }
}
