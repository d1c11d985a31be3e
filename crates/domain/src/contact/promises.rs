//! What becomes of an open promise, as the journal tells it.

use super::{Owner, PromiseKind, ledger::PromiseRecord};
use crate::{MatterId, PromiseId, Timestamp, routing::Command};

/// Open, and running.
pub(super) fn made(
    promise: PromiseId,
    matter: MatterId,
    kind: PromiseKind,
    owner: Owner,
    made: Timestamp,
    due: Timestamp,
) -> PromiseRecord {
    PromiseRecord { promise, matter, kind, owner, made, due, settled: None, settlement: None, paused: None, ring_back: None }
}

/// What stands does not stand again, and what runs is not resumed.
pub(super) fn apply(record: &mut PromiseRecord, at: Timestamp, command: &Command) -> bool {
    match command {
        Command::PassPromise { owner, .. } => record.owner = owner.clone(),
        Command::SettlePromise { settlement, .. } => {
            record.settled = Some(at);
            record.settlement = Some(*settlement);
        }
        Command::PausePromise { .. } if record.paused.is_none() => record.paused = Some(at),
        Command::ResumePromise { due, .. } if record.paused.is_some() => (record.paused, record.due) = (None, *due),
        Command::AwaitRingBack { contact, .. } if record.ring_back.is_none() => record.ring_back = Some(*contact),
        _ => return false,
    }
    true
}
