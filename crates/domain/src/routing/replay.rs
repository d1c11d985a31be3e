//! A journal decided afresh: its events through a router of now, to be held against what was recorded.
//! Each run of the program begins, as it did, with what the records told by then.

use super::{Command, Event, Router, state::NextIds};
use crate::{Timestamp, contact::ledger::Ledger, place::Places, plan::Plan};
use std::sync::Arc;

/// Decides entries in the order of the journal, from its first one on.
pub struct Replay {
    plan: Arc<Plan>,
    places: Arc<Places>,
    router: Router,
    ledger: Ledger,
    ids: NextIds,
    entries: u64,
    /// Nothing could be saved: what fell due waited.
    stands: bool,
}

/// From an entry on another plan was in force than the one at hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherPlan {
    /// Its digest.
    pub digest: String,
}

impl Replay {
    #[must_use]
    pub fn new(plan: Arc<Plan>, places: Arc<Places>) -> Self {
        let (ledger, ids) = (Ledger::default(), NextIds::default());
        let router = Router::restore(plan.clone(), places.clone(), &ledger, ids);
        Self { plan, places, router, ledger, ids, entries: 0, stands: false }
    }

    /// Lays ready the plan that comes into force with the next entry.
    pub fn prepare(&mut self, plan: Arc<Plan>) {
        self.plan = plan;
    }

    /// What is decided for this entry now. What was recorded goes on counting, whether it is the same or not.
    ///
    /// # Errors
    /// [`OtherPlan`] when from here on another plan was in force; nothing is decided until it was
    /// [prepared](Self::prepare) and the entry is given again.
    pub fn decide(&mut self, at: Timestamp, event: &Event, recorded: &[Command]) -> Result<Vec<Command>, OtherPlan> {
        if let Event::Started { plan, .. } | Event::PlanChanged { plan } = event
            && *plan != self.plan.digest
        {
            return Err(OtherPlan { digest: plan.clone() });
        }
        match event {
            Event::Started { .. } => self.router = Router::restore(self.plan.clone(), self.places.clone(), &self.ledger, self.ids),
            Event::PlanChanged { .. } => self.router.prepare(self.plan.clone(), self.places.clone()),
            _ => {}
        }
        match event {
            Event::SavingStopped => self.stands = true,
            Event::Started { .. } => self.stands = false,
            _ => {}
        }
        let mut decided = match event {
            // Nothing falls due in a router before it has been told that it began, or that saving goes on.
            Event::Started { .. } | Event::SavingResumed { .. } => Vec::new(),
            _ if self.stands => Vec::new(),
            // What falls due before an event has an entry of its own.
            _ => self.router.tick(at),
        };
        if !matches!(event, Event::TimePassed) {
            decided.extend(self.router.handle(at, event).commands);
        }
        self.stands &= !matches!(event, Event::SavingResumed { .. });
        self.remember(at, recorded);
        Ok(decided)
    }

    fn remember(&mut self, at: Timestamp, recorded: &[Command]) {
        self.entries += 1;
        self.ids.apply(recorded);
        // A journal that contradicts itself is `svar journal verify`'s to find.
        let _ = self.ledger.apply(self.entries, at, recorded);
        if recorded.iter().any(|command| matches!(command, Command::CloseMatter { .. })) {
            self.ledger.forget_closed();
        }
    }
}
