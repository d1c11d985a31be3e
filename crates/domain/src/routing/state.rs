//! What the router remembers of contacts, operators, offers and promises.

use super::{Consulted, Explanation, NextIntent};
use crate::{
    AttemptId, ContactId, MatterId, OfferId, OperatorId, PartyId, PromiseId, QueueId, RegionId, Timestamp,
    contact::{Channel, Owner, PauseReason, PromiseKind},
    dialogue::Dialogue,
    intent::{Intent, Language},
    place::PlaceEstimate,
    plan::{OperatorProfile, Widening},
};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub(super) struct Contact {
    pub id: ContactId,
    pub matter: MatterId,
    pub channel: Channel,
    pub arrived: Timestamp,
    pub language: Language,
    pub recogniser: bool,
    pub place: Option<PlaceEstimate>,
    pub region: Option<RegionId>,
    pub intent: Option<Intent>,
    pub phase: Phase,
    pub since: Timestamp,
    pub owner: Owner,
    /// The promise that is open for this contact while it is open.
    pub promise: PromiseId,
    /// First queue entry; kept over every hop and transfer.
    pub queued_since: Option<Timestamp>,
    /// Wait until the human voice, once it was heard.
    pub waited_ms: Option<u64>,
    /// The queue of the visit that has not ended yet.
    pub visiting: Option<QueueId>,
    pub playback: u64,
    pub why: Option<Explanation>,
    /// Whether the citizen still is on the line.
    pub on_line: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Phase {
    Dialogue(Dialogue),
    Queued(Entry),
    Offered {
        entry: Entry,
        offer: OfferId,
    },
    Connecting {
        entry: Entry,
        operator: OperatorId,
    },
    Talking(Talk),
    /// 112 or what stands in for it is being rung; the dialogue is kept for the undo key.
    Emergency {
        attempt: AttemptId,
        party: PartyId,
        tried: BTreeSet<PartyId>,
        dialogue: Option<Box<Dialogue>>,
        entry: Option<Entry>,
    },
    /// A call is handed to a party such as the switchboard.
    Handing {
        attempt: AttemptId,
        party: PartyId,
    },
    WithParty {
        attempt: AttemptId,
        party: PartyId,
    },
    /// The operator's page is gone; the caller hears that it is being mended.
    OperatorLost {
        operator: OperatorId,
    },
    WrapUp {
        operator: OperatorId,
    },
}

/// A place in line.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub queue: QueueId,
    pub region: RegionId,
    /// Time-critical: before every other class.
    pub strict: bool,
    /// Any operator of any class will do.
    pub any_class: bool,
    /// Where the wait counts from.
    pub since: Timestamp,
    /// Overflow steps passed so far; 0 is the own region.
    pub step: usize,
    /// Placed in front because an operator was lost.
    pub returned: bool,
    /// Nobody on duty could take it; told once.
    pub alarmed: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Talk {
    pub operator: OperatorId,
    pub held: bool,
    pub consult: Option<Consult>,
}

#[derive(Clone, Debug)]
pub(super) struct Consult {
    pub with: Consulted,
    pub attempt: AttemptId,
    pub answered: bool,
    pub conference: bool,
    /// The operator wants to leave as soon as the other answers.
    pub transfer: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Operator {
    pub id: OperatorId,
    pub profile: OperatorProfile,
    pub region: RegionId,
    /// What the person wants: on duty, on pause, or off.
    pub intent: Intention,
    pub next: Option<NextIntent>,
    pub doing: Doing,
    pub since: Timestamp,
    /// End of the last contact handled, over all sites; rank is by the longest idle.
    pub idle_since: Timestamp,
    /// The page or telephone is there.
    pub present: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Intention {
    Off,
    OnDuty,
    Paused(PauseReason),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Nothing; ready only when on duty and present.
    Nothing,
    Offered(OfferId),
    Connecting(ContactId),
    Engaged(ContactId),
    /// Asked into a colleague's conversation.
    Assisting {
        contact: ContactId,
        attempt: AttemptId,
    },
    WrapUp {
        contact: ContactId,
        extensions: u8,
    },
    /// Let an offer ring out; says so themselves when ready again.
    Unresponsive,
}

#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub contact: ContactId,
    pub operator: OperatorId,
    /// Asked in by a colleague rather than offered from the queue.
    pub consult: Option<AttemptId>,
}

#[derive(Clone, Debug)]
pub(super) struct Promise {
    pub matter: MatterId,
    pub kind: PromiseKind,
    pub owner: Owner,
    pub due: Timestamp,
    pub region: Option<RegionId>,
    pub alarmed: bool,
}

/// The next numbers to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NextIds {
    pub promise: u64,
    pub offer: u64,
    pub attempt: u64,
}

impl Default for NextIds {
    fn default() -> Self {
        Self { promise: 1, offer: 1, attempt: 1 }
    }
}

impl Operator {
    pub fn is_idle(&self) -> bool {
        self.intent == Intention::OnDuty && self.present && self.doing == Doing::Nothing
    }

    pub fn on_duty(&self) -> bool {
        self.intent == Intention::OnDuty && self.present
    }
}

impl Entry {
    /// How far the candidates have been widened.
    pub fn reach(&self, steps: &[crate::plan::OverflowStep]) -> Option<Widening> {
        self.step.checked_sub(1).and_then(|step| steps.get(step)).map(|step| step.widen_to)
    }
}
