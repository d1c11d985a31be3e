//! A new plan while calls are running: everybody keeps place and age.

use super::{
    post::Post,
    router::Router,
    state::{Entry, Phase},
};
use crate::{ClassId, ContactId, OperatorId, Timestamp, contact::VisitOutcome, place::Places, plan::Plan};
use std::sync::Arc;

impl Router {
    /// Lays a plan ready that was read without faults, with its places. It is adopted by the
    /// [`super::Event::PlanChanged`] that names its digest, so that replay adopts it at the same point.
    pub fn prepare(&mut self, plan: Arc<Plan>, places: Arc<Places>) {
        self.next_plan = Some((plan, places));
    }

    pub(super) fn plan_changed(&mut self, now: Timestamp, digest: &str) -> bool {
        let Some((plan, places)) = self.next_plan.take_if(|(plan, _)| plan.digest == digest) else { return false };
        (self.plan, self.places) = (plan, places);
        let operators: Vec<OperatorId> = self.operators.keys().collect();
        for id in operators {
            self.settle_at_site(id);
            self.await_opening(now, id);
        }
        let mut astray: Vec<ContactId> = self.queued().filter(|(_, entry)| !self.serves(entry)).map(|(contact, _)| contact.id).collect();
        astray.sort_unstable();
        for id in astray {
            self.lead_to_a_queue(now, id);
        }
        self.lines.forget_empty();
        self.await_steps(now);
        self.match_everybody_anew();
        true
    }

    /// The site may belong to another region now. Whoever's site is gone takes nobody until they sign
    /// in at another.
    fn settle_at_site(&mut self, id: OperatorId) {
        let Some(operator) = self.operators.get_mut(&id) else { return };
        operator.post = Arc::new(Post::under(&self.plan, (*operator.post).clone()));
    }

    /// Whether the plan still has the queue that this entry stands in.
    pub(super) fn serves(&self, entry: &Entry) -> bool {
        self.plan.region(&entry.region).is_some() && self.plan.class(&entry.class).is_some_and(|class| class.party.is_none())
    }

    /// The queue is no more: the visit ends as diverted, the clock goes on in the queue that takes the
    /// same matters now.
    pub(super) fn lead_to_a_queue(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let Phase::Queued(entry) = &contact.phase else { return };
        let (strict, in_front, returned) = (entry.strict, entry.is_for_any_class(), entry.returned);
        let class = self.plan.class_of(contact.intent).filter(|class| class.party.is_none()).or(self.plan.classes.last());
        let Some(class): Option<ClassId> = class.map(|class| class.id.clone()) else { return };
        self.end_visit(now, id, VisitOutcome::Diverted);
        if in_front {
            self.enter_in_front(now, id, returned);
        } else {
            self.enter_queue(now, id, &class, strict);
        }
    }
}
