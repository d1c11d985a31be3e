//! The router's state as others may see it: one snapshot of queues, contacts and operators, made
//! after each batch of events. It holds no personal data and nothing to act on.

use super::{Consulted, Explanation, NextIntent};
use crate::{
    AttemptId, ContactId, MatterId, OfferId, OperatorId, PromiseId, QueueId, RegionId, SiteId, Timestamp,
    contact::{Channel, ContactState, Owner, PauseReason, PromiseKind, Reference},
    intent::{Intent, Language, words},
};
use serde::Serialize;

#[derive(Clone, Debug, Default, Serialize)]
pub struct View {
    pub at: Timestamp,
    pub plan: String,
    /// In the order of the plan.
    pub queues: Vec<QueueView>,
    /// Open contacts; waiting ones in the order in which they will be taken.
    pub contacts: Vec<ContactView>,
    pub operators: Vec<OperatorView>,
    /// Open promises, earliest due first.
    pub promises: Vec<PromiseView>,
}

#[derive(Clone, Debug, Serialize)]
pub struct QueueView {
    pub queue: QueueId,
    pub region: RegionId,
    pub waiting: usize,
    /// When the contact that has waited longest entered.
    pub oldest_since: Option<Timestamp>,
    /// Shortest and longest expected wait; none while it is not calibrated.
    pub expected_ms: Option<(u64, u64)>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ContactView {
    pub contact: ContactId,
    pub matter: MatterId,
    pub reference: Reference,
    pub channel: Channel,
    pub state: ContactState,
    pub since: Timestamp,
    pub arrived: Timestamp,
    pub queue: Option<QueueId>,
    /// First queue entry; the wait runs from here until a human voice.
    pub queued_since: Option<Timestamp>,
    /// Time waited until the human voice, or until now.
    pub waited_ms: u64,
    pub region: Option<RegionId>,
    pub uncertain: bool,
    pub intent: Option<Intent>,
    pub language: Language,
    pub strict: bool,
    pub owner: Owner,
    pub operator: Option<OperatorId>,
    pub consult: Option<ConsultView>,
    /// Why it was offered to its operator.
    pub why: Option<Explanation>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ConsultView {
    pub with: Consulted,
    pub attempt: AttemptId,
    pub answered: bool,
    pub conference: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct PromiseView {
    pub promise: PromiseId,
    pub matter: MatterId,
    pub reference: Reference,
    pub kind: PromiseKind,
    pub owner: Owner,
    pub due: Timestamp,
}

words! {
    /// What an operator is doing; set by the system alone.
    OperatorState {
        SignedOut = "signed_out",
        Paused = "paused",
        Idle = "idle",
        Offered = "offered",
        Connecting = "connecting",
        Engaged = "engaged",
        Consulting = "consulting",
        WrapUp = "wrap_up",
        Unresponsive = "unresponsive",
        Lost = "lost",
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct OperatorView {
    pub operator: OperatorId,
    pub site: SiteId,
    pub region: RegionId,
    pub state: OperatorState,
    pub since: Timestamp,
    pub pause: Option<PauseReason>,
    pub next: Option<NextIntent>,
    pub contact: Option<ContactId>,
    pub offer: Option<OfferId>,
    /// When wrap-up or offer ends by itself.
    pub until: Option<Timestamp>,
    pub languages: Vec<Language>,
    /// Queues this operator serves at step 0.
    pub queues: Vec<QueueId>,
}
