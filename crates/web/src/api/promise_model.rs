//! The shape of a promise in the API.

use domain::{Timestamp, routing::PromiseView};
use serde::Serialize;
use utoipa::ToSchema;

/// Something owed to a citizen.
#[derive(Serialize, ToSchema)]
pub struct Promise {
    pub id: u64,
    pub matter: u64,
    pub reference: String,
    pub kind: String,
    pub owner: String,
    pub due: i64,
    pub late: bool,
    /// running, paused (waits for the citizen), soon, due or late.
    #[schema(example = "soon")]
    pub state: String,
    /// Step of the plan that a late one has come to, from 1; none while no step of it says so.
    pub step: Option<u8>,
    /// Who was told last: operator, group or supervisors.
    #[schema(example = "group")]
    pub step_to: Option<String>,
    /// Due within minutes, and told again and again while it is late.
    pub pressing: bool,
    /// It waits for the citizen since then.
    pub paused: Option<i64>,
    /// The citizen was asked to ring again.
    pub ring_back: bool,
}

impl Promise {
    pub fn of(view: &PromiseView, now: Timestamp) -> Self {
        Self {
            id: view.promise.0,
            matter: view.matter.0,
            reference: view.reference.digits(),
            kind: view.kind.word().to_owned(),
            owner: view.owner.word(),
            due: view.due.0,
            late: view.is_late(now),
            state: view.state(now).word().to_owned(),
            step: view.step.map(|at| at.step),
            step_to: view.step.map(|at| at.to.word().to_owned()),
            pressing: view.pressing,
            paused: view.paused.map(|at| at.0),
            ring_back: view.ring_back,
        }
    }
}
