//! Whoever rings again awaits the operator they spoke with: nobody else may take them for a while, as long as
//! that one is at work and may take them. Part of who may meet whom, and it ends by itself.

use super::{
    eligibility::Wants,
    router::Router,
    state::{Entry, Operator, Phase},
    timers::Timer,
};
use crate::{ContactId, OperatorId, Timestamp};

impl Router {
    /// Whom this contact awaits who comes into line with this entry for the first time.
    pub(super) fn operator_to_await(&self, now: Timestamp, id: ContactId, entry: &Entry) -> Option<OperatorId> {
        let contact = self.contacts.get(&id)?;
        let operator = contact.spoke_with.filter(|_| self.plan.affinity.is_some() && !entry.goes_first())?;
        let wants = Wants::of(&self.plan, contact, entry);
        self.operators.get(&operator).filter(|operator| could_come(&wants, operator, now)).map(|operator| operator.id)
    }

    /// Awaits from now on, for the time of the plan.
    pub(super) fn begin_awaiting(&mut self, now: Timestamp, id: ContactId) {
        if let Some(affinity) = &self.plan.affinity {
            self.timers.set(Timer::Awaiting(id), now.plus_ms(affinity.hold_ms));
        }
    }

    pub(super) fn awaited_long_enough(&mut self, id: ContactId) {
        self.await_nobody(id);
        self.seek_operator(id);
    }

    /// Any other operator will do from here on. True when one was awaited.
    pub(super) fn await_nobody(&mut self, id: ContactId) -> bool {
        self.timers.clear(Timer::Awaiting(id));
        let awaits = self.contacts.get(&id).and_then(|contact| contact.phase.entry()).is_some_and(|entry| entry.awaits.is_some());
        if awaits {
            self.with_entry(id, |entry| entry.awaits = None);
        }
        awaits
    }

    /// Nobody waits for an empty chair. True when others may answer now.
    pub(super) fn give_up_awaiting(&mut self, now: Timestamp, id: ContactId) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        let Phase::Queued(entry) = &contact.phase else { return false };
        let Some(awaited) = entry.awaits else { return false };
        let wants = Wants::of(&self.plan, contact, entry);
        let comes = self.plan.affinity.is_some() && self.operators.get(&awaited).is_some_and(|operator| could_come(&wants, operator, now));
        !comes && self.await_nobody(id)
    }
}

/// At work, busy or not, and able to take it as it stands in line.
fn could_come(wants: &Wants<'_>, operator: &Operator, now: Timestamp) -> bool {
    operator.on_duty() && wants.could_meet(&operator.post, now)
}
