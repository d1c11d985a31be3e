//! Promises that wait for the citizen: their time stands, by the rule of the clock of one promise.

use super::{Command, router::Router, state::Promise, timers::Timer};
use crate::{
    MatterId, OperatorId, PromiseId, Timestamp,
    contact::PromiseKind,
    promise::{Clock, Happened},
};

impl Router {
    pub(super) fn promise_paused(&mut self, now: Timestamp, id: PromiseId, matter: MatterId, operator: OperatorId) -> bool {
        let Some(known) = self.promises.get(&id).filter(|known| known.matter == matter && may_wait(known)).cloned() else { return false };
        let is_being_made = self.calls.contains_key(&matter) || self.holder(id).is_some();
        if is_being_made || !self.answers_for(id, operator) || !self.clock(&known).apply(now, Happened::Paused, None) {
            return false;
        }
        if let Some(known) = self.promises.get_mut(&id) {
            known.paused = Some(now);
            self.waiting.insert((matter, id));
        }
        self.out.push(Command::PausePromise { promise: id, matter });
        self.timers.set(Timer::Promise(id), now.plus_ms(self.plan.follow_up.pause_ms_max()));
        true
    }

    pub(super) fn promise_resumed(&mut self, now: Timestamp, id: PromiseId, matter: MatterId, operator: OperatorId) -> bool {
        let is_it = self.promises.get(&id).is_some_and(|known| known.matter == matter);
        is_it && self.answers_for(id, operator) && self.resume(now, id)
    }

    /// The citizen has turned to us about this matter: nothing of it waits for them any more.
    pub(super) fn waits_no_more(&mut self, now: Timestamp, matter: MatterId) {
        let of_matter = (matter, PromiseId(0))..=(matter, PromiseId(u64::MAX));
        let waiting: Vec<PromiseId> = self.waiting.range(of_matter).map(|(_, id)| *id).collect();
        for id in waiting {
            self.resume(now, id);
        }
    }

    /// False when it does not stand.
    pub(super) fn resume(&mut self, now: Timestamp, id: PromiseId) -> bool {
        let Some(known) = self.promises.get(&id).filter(|known| known.paused.is_some()) else { return false };
        let mut clock = self.clock(known);
        if !clock.apply(now, Happened::Resumed, self.plan.calendar.as_ref()) {
            return false;
        }
        let (matter, due) = (known.matter, clock.due());
        self.waiting.remove(&(matter, id));
        if let Some(known) = self.promises.get_mut(&id) {
            (known.paused, known.due) = (None, due);
        }
        self.out.push(Command::ResumePromise { promise: id, matter, due });
        self.timers.set(Timer::Promise(id), due);
        true
    }

    /// The clock of a promise as it stands. Whether work alone counts is what the plan says of it now.
    fn clock(&self, known: &Promise) -> Clock {
        let target = self.plan.promised_within(known.kind, known.about.class.as_ref(), known.about.channel);
        let mut clock =
            Clock::new(known.paused.unwrap_or_default().min(known.due), known.due, target.is_some_and(|target| target.is_working()));
        if let Some(since) = known.paused {
            clock.apply(since, Happened::Paused, None);
        }
        clock
    }
}

/// What presses waits for nobody, nor does what somebody has on the line or was promised to be rung about.
fn may_wait(promise: &Promise) -> bool {
    match promise.kind {
        PromiseKind::FollowUp => !promise.pressing,
        // Of a report more may be asked of the citizen.
        PromiseKind::Feedback | PromiseKind::Report => true,
        // What was written waits for us.
        PromiseKind::Addition => false,
        PromiseKind::Answer | PromiseKind::Conclude | PromiseKind::CallBack | PromiseKind::Booked => false,
    }
}
