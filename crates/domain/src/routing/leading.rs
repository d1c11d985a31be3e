//! A leader takes a hand: gives a waiting contact to somebody, or puts it before others. The journal keeps who
//! did it and why; nothing here asks whether the operator could have taken it by the plan.

use super::{
    Reason,
    router::Router,
    state::{Entry, Phase},
};
use crate::{
    ContactId, OperatorId, Timestamp,
    contact::{ContactState, Owner},
};

impl Router {
    /// The operator must be free; whoever was being rung for the contact is free again.
    pub(super) fn assigned(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        if !self.operators.get(&operator).is_some_and(|operator| operator.is_idle()) {
            return false;
        }
        match &contact.phase {
            Phase::Queued(_) => {}
            Phase::Offered { entry, offer } => {
                let (entry, offer) = (entry.clone(), *offer);
                self.withdraw_offer(now, offer);
                self.enter(now, id, ContactState::Queued, Owner::Queue(entry.queue.clone()), Phase::Queued(entry));
            }
            _ => return false,
        }
        self.operators.settle();
        self.offer(now, id, operator, Some(Reason::Assigned));
        true
    }

    /// Before all but the time-critical, until it is taken back; the place and its age stay. Either way whoever
    /// awaits one operator is anybody's now.
    pub(super) fn put_first(&mut self, id: ContactId, first: bool) -> bool {
        let placed = |entry: &Entry| entry.put_first;
        let Some(was) = self.contacts.get(&id).and_then(|contact| contact.phase.entry()).map(placed) else { return false };
        if was == first {
            return false;
        }
        if self.await_nobody(id) {
            self.seek_operator(id);
        }
        self.with_entry(id, |entry| entry.put_first = first);
        true
    }
}
