//! The shapes of surges: what is declared, and what a leader asks for.

use crate::{names, words::Words};
use domain::{
    plan::{Plan, SurgeOffer},
    routing::SurgeView,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A class whose callers are told that many ring about it.
#[derive(Serialize, ToSchema)]
pub struct SurgeRow {
    #[schema(example = "report")]
    pub class: String,
    /// In the language asked for.
    pub name: String,
    pub until: i64,
    /// What they may take instead of waiting: `later_call` or `web`; none when they are only told.
    #[schema(example = "later_call")]
    pub offer: Option<String>,
    /// Within which time a later call is promised.
    pub call_within_ms: Option<u64>,
}

impl SurgeRow {
    pub fn of(words: Words, plan: &Plan, surge: &SurgeView) -> Self {
        let (offer, call_within_ms) = match plan.class(&surge.class).and_then(|class| class.surge_offer) {
            Some(SurgeOffer::LaterCall { within_ms }) => (Some("later_call"), Some(within_ms)),
            Some(SurgeOffer::Web) => (Some("web"), None),
            None => (None, None),
        };
        Self {
            class: surge.class.to_string(),
            name: names::class_of_id(words, plan, &surge.class),
            until: surge.until.0,
            offer: offer.map(str::to_owned),
            call_within_ms,
        }
    }
}

/// Of which class callers are told that many ring about it, for how long and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurgeToDeclare {
    #[schema(example = "report")]
    pub class: String,
    /// From now on.
    #[schema(minimum = 1, maximum = 1440, example = 60)]
    pub minutes: u64,
    /// `many_calls`, `service_down`, `event`, `few_operators`, `other`.
    #[schema(example = "many_calls")]
    pub reason: String,
}
