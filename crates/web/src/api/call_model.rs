//! The shape of a call that we owe in the API.

use domain::contact::CallRecord;
use serde::Serialize;
use utoipa::ToSchema;

/// A call that we owe.
#[derive(Clone, Serialize, ToSchema)]
pub struct OwedCall {
    /// `keep_place`, `later` or `follow_up`.
    #[schema(example = "keep_place")]
    pub kind: String,
    /// The wait counts from here.
    pub since: i64,
    /// Nobody is rung before this.
    pub not_before: i64,
    /// How often the citizen was rung so far.
    pub attempts: u16,
    pub last_attempt: Option<i64>,
    /// Why they were not reached the last time.
    #[schema(example = "busy")]
    pub last_fault: Option<String>,
}

impl OwedCall {
    pub fn of(call: &CallRecord) -> Self {
        Self {
            kind: call.kind.word().to_owned(),
            since: call.since.0,
            not_before: call.not_before.0,
            attempts: call.attempts_all,
            last_attempt: call.last_attempt.map(|at| at.0),
            last_fault: call.last_fault.map(|why| why.word().to_owned()),
        }
    }
}
