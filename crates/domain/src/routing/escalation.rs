//! Late promises: who is told at which step, who has them from then on, and when they are told again.

use super::{
    Alarm,
    promises::LATE_AGAIN_MS,
    router::Router,
    state::{About, Promise},
    timers::Timer,
};
use crate::{
    ContactId, PromiseId, Timestamp,
    contact::{Owner, PromiseKind, ledger::ContactRecord},
    plan::{EscalateTo, Escalation, LateStep},
};

/// What holds where no row of the plan has steps, and of time-critical calls always.
const AT_ONCE: LateStep = LateStep { late_ms: 0, to: EscalateTo::Supervisors, again_ms: None };
const PRESSING: [LateStep; 1] = [LateStep { again_ms: Some(LATE_AGAIN_MS), ..AT_ONCE }];
const OTHERS: [LateStep; 1] = [AT_ONCE];

impl Router {
    pub(super) fn about(&self, id: ContactId) -> About {
        let Some(contact) = self.contacts.get(&id) else { return About::default() };
        About { class: self.plan.class_of(contact.intent).map(|class| class.id.clone()), channel: contact.channel }
    }

    pub(super) fn about_record(&self, record: &ContactRecord) -> About {
        About { class: self.plan.class_of(record.intent).map(|class| class.id.clone()), channel: record.channel }
    }

    /// How long something may take that nothing makes urgent: as a row of the plan says, or else `[follow_up]`.
    pub(super) fn ordinary_ms(&self, now: Timestamp, kind: PromiseKind, about: &About) -> u64 {
        self.promised_ms(now, kind, about).unwrap_or(self.plan.follow_up.other_ms)
    }

    /// The same of the record of a conversation that is over.
    pub(super) fn conclude_ms(&self, now: Timestamp, id: ContactId) -> u64 {
        self.promised_ms(now, PromiseKind::Conclude, &self.about(id)).unwrap_or(self.plan.offers.conclude_ms)
    }

    fn promised_ms(&self, now: Timestamp, kind: PromiseKind, about: &About) -> Option<u64> {
        let target = self.plan.promised_within(kind, about.class.as_ref(), about.channel)?;
        Some(target.due(now, self.plan.calendar.as_ref()).since_ms(now))
    }

    /// A promise that outlasts conversations is late: the step of the plan that its lateness has come to is taken.
    pub(super) fn escalate(&mut self, now: Timestamp, id: PromiseId) {
        let Some(known) = self.promises.get(&id) else { return };
        let steps = self.steps_of(known);
        let taken = steps_taken(steps, known, now);
        let next = steps.get(taken).map(|step| known.due.plus_ms(step.late_ms));
        let step = taken.checked_sub(1).map(|last| steps[last].clone());
        let again = step.as_ref().and_then(|step| step.again_ms).map(|again_ms| now.plus_ms(again_ms));
        if let Some(step) = step {
            let escalation = self.escalation_of(known, now);
            let owner = match step.to {
                EscalateTo::Operator => None,
                EscalateTo::Group => self.plan.group_of(known.region.as_ref()).map(Owner::Unit),
                EscalateTo::Supervisors => Some(self.unit_of(known.region.as_ref())),
            };
            // Told again, what presses stays with whoever has taken it meanwhile, as long as they are there.
            let is_taken = known.pressing && known.due < now && known.owner.operator().is_some_and(|operator| self.is_at_work(operator));
            if let Some(owner) = owner.filter(|_| !is_taken) {
                self.pass_promise(id, owner);
            }
            let operator = self.promises.get(&id).and_then(|known| known.owner.operator());
            self.alarm(Alarm::PromiseLate { promise: id, step: escalation, operator }, None);
        }
        if let Some(at) = next.into_iter().chain(again).min() {
            self.timers.set(Timer::Promise(id), at);
        }
    }

    /// The step of a row of the plan that a late promise has come to; none while it is in time, or where no row has any.
    pub(super) fn escalation_of(&self, promise: &Promise, now: Timestamp) -> Option<Escalation> {
        let steps = self.steps_of_rows(promise)?;
        let number = steps_taken(steps, promise, now);
        let step = &steps[number.checked_sub(1)?];
        Some(Escalation { step: u8::try_from(number).ok()?, to: step.to })
    }

    fn steps_of(&self, promise: &Promise) -> &[LateStep] {
        let without_rows = if promise.pressing { PRESSING.as_slice() } else { OTHERS.as_slice() };
        self.steps_of_rows(promise).unwrap_or(without_rows)
    }

    /// None of what is time-critical: no plan sets how soon that is told.
    fn steps_of_rows(&self, promise: &Promise) -> Option<&[LateStep]> {
        let About { class, channel } = &promise.about;
        let steps = self.plan.late_steps(promise.kind, class.as_ref(), *channel);
        (lasts(promise.kind) && !promise.pressing && !steps.is_empty()).then_some(steps)
    }

    /// The steps of another plan hold for what is late already, from the next one on. Its due time stays.
    pub(super) fn await_steps(&mut self, now: Timestamp) {
        let late = self.promises.iter().filter(|(_, promise)| lasts(promise.kind) && promise.paused.is_none() && promise.due <= now);
        let next = |promise: &Promise| {
            let steps = self.steps_of(promise);
            steps.get(steps_taken(steps, promise, now)).map(|step| promise.due.plus_ms(step.late_ms))
        };
        let next: Vec<(PromiseId, Timestamp)> = late.filter_map(|(id, promise)| Some((id, next(promise)?))).collect();
        for (id, at) in next {
            if self.timers.at(Timer::Promise(id)).is_none_or(|set| at < set) {
                self.timers.set(Timer::Promise(id), at);
            }
        }
    }
}

/// Whether it is owed beyond a conversation.
fn lasts(kind: PromiseKind) -> bool {
    match kind {
        PromiseKind::CallBack
        | PromiseKind::FollowUp
        | PromiseKind::Feedback
        | PromiseKind::Booked
        | PromiseKind::Addition
        | PromiseKind::Report => true,
        PromiseKind::Answer | PromiseKind::Conclude => false,
    }
}

fn steps_taken(steps: &[LateStep], promise: &Promise, now: Timestamp) -> usize {
    if now < promise.due || promise.paused.is_some() {
        return 0;
    }
    steps.partition_point(|step| step.late_ms <= now.since_ms(promise.due))
}
