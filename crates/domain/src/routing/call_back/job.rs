//! The call that is owed, from the key that takes it until somebody is reached: in line, resting, or a person's to
//! decide. Everything that matters is in its record, so that a restart brings it back.

use super::super::{
    Alarm, Command,
    router::Router,
    state::{Contact, Entry, FormOffer, Phase, Promise, Taking},
    timers::Timer,
};
use crate::{
    ClassId, ContactId, MessageNumber, PromiseId, QueueId, Timestamp,
    contact::{
        CallKind, CallRecord, Channel, ContactState, NotReached, Outcome, Owner, PromiseKind, Reference, Settlement, SystemCause,
        VisitOutcome,
    },
    dialogue::{Line, Prompt},
};

impl Router {
    /// The caller hangs up and is rung instead: their contact closes, and one of the same matter takes the place.
    pub(in super::super) fn become_call(&mut self, now: Timestamp, id: ContactId, kind: CallKind, within_ms: Option<u64>) {
        let Some(contact) = self.contacts.get(&id).cloned() else { return };
        let Phase::Queued(entry) = contact.phase.clone() else { return };
        let rush = within_ms.map(|within_ms| self.after_the_rush(now, &entry, within_ms)).filter(|at| *at > now);
        let until = self.resting_until(now, &contact, &entry.class).max(rush);
        let due = within_ms.map_or_else(|| self.kept_place_due(now, &entry, until), |within_ms| now.plus_ms(within_ms));
        let expected = self.words_of_expectation(&entry.queue);
        let call = self.open_call(now, &contact, &entry, kind, due);
        self.end_visit(now, id, VisitOutcome::CallbackAccepted);
        let mut lines = match until {
            _ if kind == CallKind::Later => vec![Line::Say(Prompt::SurgeLaterCallTaken)],
            None => [Line::Say(Prompt::CallBackTaken)].into_iter().chain(expected).collect(),
            Some(_) => vec![Line::Say(Prompt::CallBackQuiet)],
        };
        lines.extend([Line::Say(Prompt::YourReference), Line::Digits(Reference::of(contact.matter).digits())]);
        self.out.push(Command::SayGoodbye { contact: id, playback: contact.playback + 1, language: contact.language, lines });
        self.close(now, id, Outcome::CallbackAccepted, Settlement::Replaced);
        match until {
            None => {
                self.stand_in_line(now, call, Entry { awaits: None, ..entry });
                self.ring_nobody_when_quiet(now, call);
            }
            Some(until) => {
                self.rest(now, call, until, None, kind == CallKind::KeepPlace);
            }
        }
    }

    /// As a row of the plan promises; else when the class answers, and never sooner than somebody could be tried again.
    fn kept_place_due(&self, now: Timestamp, entry: &Entry, until: Option<Timestamp>) -> Timestamp {
        if let Some(target) = self.plan.promised_within(PromiseKind::CallBack, Some(&entry.class), Channel::CallBack) {
            return target.due(until.unwrap_or(now), self.plan.calendar.as_ref());
        }
        let answer_ms = self.plan.class(&entry.class).map_or(0, |class| class.answer_within_ms);
        until.unwrap_or(entry.since).plus_ms(answer_ms).max(now.plus_ms(self.manner().gap_ms))
    }

    /// A later call waits until the rush is over, but no longer than half of what was promised.
    fn after_the_rush(&self, now: Timestamp, entry: &Entry, within_ms: u64) -> Timestamp {
        let over = self.surge_until(&entry.class).unwrap_or(now);
        self.callable_from(over.min(now.plus_ms(within_ms / 2)), entry)
    }

    /// The rush is over: whoever took a later call may be rung from now on.
    pub(in super::super) fn wake_later_calls(&mut self, class: &ClassId) {
        let waits = |id: &ContactId| {
            self.contacts.get(id).filter(|contact| matches!(contact.phase, Phase::Resting)).and_then(|contact| contact.call.as_ref())
        };
        let is_later = |id: &ContactId| {
            waits(id).is_some_and(|call| call.kind == CallKind::Later && call.attempts_all == 0 && call.class == *class && !call.in_front)
        };
        let woken: Vec<ContactId> = self.calls.values().copied().filter(is_later).collect();
        let now = self.timers.now();
        woken.into_iter().for_each(|id| self.timers.set(Timer::Call(id), now));
    }

    /// A contact that owes a call about what this one is about; it does not stand anywhere yet.
    pub(super) fn open_call(&mut self, now: Timestamp, of: &Contact, entry: &Entry, kind: CallKind, due: Timestamp) -> ContactId {
        let (id, owner) = (self.ids.contact(), Owner::Queue(entry.queue.clone()));
        let region = Some(entry.region.clone());
        let promise = self.make(Promise { region, ..Promise::new(of.matter, PromiseKind::CallBack, owner.clone(), due) });
        self.open_contact_of_call(now, of, entry, id, owner, (kind, promise));
        self.hold(id, promise);
        id
    }

    /// The contact itself, for a promise that is there.
    pub(super) fn open_contact_of_call(
        &mut self,
        now: Timestamp,
        of: &Contact,
        entry: &Entry,
        id: ContactId,
        owner: Owner,
        (kind, promise): (CallKind, PromiseId),
    ) {
        let call = CallRecord::owed(now, kind, of.id, entry.since, entry.class.clone(), promise, of.textable);
        self.out.push(Command::OpenContact { contact: id, matter: of.matter, channel: Channel::CallBack, owner: owner.clone() });
        self.out.push(Command::OweCall {
            contact: id,
            call_kind: kind,
            from: call.from,
            since: call.since,
            class: call.class.clone(),
            promise,
            textable: of.textable,
        });
        let contact = Contact {
            id,
            channel: Channel::CallBack,
            arrived: now,
            recogniser: false,
            phase: Phase::Resting,
            since: now,
            owner,
            promise,
            queued_since: Some(entry.since),
            returned_at: None,
            waited_ms: None,
            visiting: None,
            playback: 0,
            why: None,
            on_line: false,
            owed_soon: false,
            question: None,
            spoke_with: None,
            corrected_from: None,
            turned_from: None,
            next_message: MessageNumber::default(),
            told_not_reached: None,
            form: FormOffer::None,
            taking: Taking::Nothing,
            times: None,
            call: Some(Box::new(call)),
            owed: None,
            joined: false,
            addition: None,
            ..of.clone()
        };
        self.keep_matter(of.matter);
        self.calls.insert(of.matter, id);
        self.contacts.insert(Box::new(contact));
        self.describe(id);
    }

    // Its time

    /// Rests until then, in no line and with all that it has. True where it is promised anew for then.
    pub(in super::super) fn rest(
        &mut self,
        now: Timestamp,
        id: ContactId,
        until: Timestamp,
        fault: Option<NotReached>,
        in_front: bool,
    ) -> bool {
        let Some(class) = self.class_of_call(id) else { return false };
        let Some((region, _)) = self.contacts.get(&id).and_then(|contact| self.region_for(contact, &class)) else { return false };
        let replaced = if in_front { self.promise_for_next_opening(now, id, &class, until) } else { None };
        let promise = replaced.and_then(|_| self.contacts.get(&id)).map(|contact| contact.promise);
        if let Some(call) = self.contacts.get_mut(&id).and_then(|contact| contact.call.as_mut()) {
            call.rest(until, fault, in_front);
            call.promise = promise.unwrap_or(call.promise);
        }
        self.out.push(Command::RestCall { contact: id, not_before: until, fault, in_front, promise });
        if let Some(before) = replaced {
            // Only now: the record of the call names an open promise at all times.
            self.settle(before, Settlement::Replaced);
        }
        self.enter(now, id, ContactState::Resting, Owner::Queue(QueueId::of(&region, &class)), Phase::Resting);
        self.timers.set(Timer::Call(id), until);
        promise.is_some()
    }

    /// Nobody may be rung before then, and what was promised falls due before: it is promised anew for then, with its
    /// age and in front, and nobody is told all night that it is late. The promise that this takes the place of.
    fn promise_for_next_opening(&mut self, now: Timestamp, id: ContactId, class: &ClassId, until: Timestamp) -> Option<PromiseId> {
        let contact = self.contacts.get(&id)?;
        let before = contact.promise;
        let known = self.promises.get(&before).filter(|known| known.kind == PromiseKind::CallBack && known.due < until)?.clone();
        let entry = self.entry_of(contact, class, contact.queued_since.unwrap_or(now))?;
        let due = self.kept_place_due(now, &entry, Some(until));
        let owner = Owner::Queue(entry.queue);
        let anew = self.make(Promise { region: known.region, ..Promise::new(known.matter, known.kind, owner, due) });
        self.hold(id, anew);
        Some(before)
    }

    /// It has rested long enough, or it stands in line when nobody is rung any more.
    pub(in super::super) fn call_falls_due(&mut self, now: Timestamp, id: ContactId) {
        match self.contacts.get(&id).map(|contact| &contact.phase) {
            Some(Phase::Resting) => self.line_up(now, id),
            // Another plan may have other quiet hours by now.
            Some(Phase::Queued(_)) if self.plan.quiet_until(now).is_none() => self.ring_nobody_when_quiet(now, id),
            Some(Phase::Queued(_)) => {
                self.end_visit(now, id, VisitOutcome::TimedOut);
                self.line_up(now, id);
            }
            _ => {}
        }
    }

    /// Into line, with its age, or to rest while nobody may be rung.
    pub(super) fn line_up(&mut self, now: Timestamp, id: ContactId) {
        let Some(class) = self.class_of_call(id) else { return };
        let Some(contact) = self.contacts.get(&id) else { return };
        match self.resting_until(now, contact, &class) {
            Some(until) => self.put_off(now, id, until),
            None => {
                self.enter_queue(now, id, &class, false);
                self.ring_nobody_when_quiet(now, id);
            }
        }
    }

    fn put_off(&mut self, now: Timestamp, id: ContactId, until: Timestamp) {
        if self.rest(now, id, until, None, true) {
            self.tell_put_off(id, until);
        }
    }

    /// In line while its matter has closed and the last who could answer is gone: it rests until the next opening.
    pub(in super::super) fn rest_when_closed(&mut self, now: Timestamp, id: ContactId) {
        let in_line = |contact: &&Contact| contact.is_off_line_call() && matches!(contact.phase, Phase::Queued(_));
        let Some(contact) = self.contacts.get(&id).filter(in_line) else { return };
        let Some(class) = self.class_of_call(id) else { return };
        if self.resting_until(now, contact, &class).is_some() {
            self.end_visit(now, id, VisitOutcome::TimedOut);
            self.line_up(now, id);
        }
    }

    fn ring_nobody_when_quiet(&mut self, now: Timestamp, id: ContactId) {
        if let Some(quiet) = self.plan.quiet_from(now) {
            self.timers.set(Timer::Call(id), quiet);
        }
    }

    /// Nobody was reached: again after a gap, on the next day, or never more by itself.
    pub(super) fn try_later(&mut self, now: Timestamp, id: ContactId, why: NotReached) {
        let manner = self.manner();
        let Some(class) = self.class_of_call(id) else { return };
        let Some(contact) = self.contacts.get(&id) else { return };
        let (Some(call), Some(entry)) = (&contact.call, self.entry_of(contact, &class, now)) else { return };
        let again = now.plus_ms(self.booked_gap_ms(now, id, manner.attempts_max, manner.gap_ms));
        let no_sooner = if call.attempts >= manner.attempts_max { self.plan.next_day(now).max(again) } else { again };
        let until = self.callable_from(no_sooner, &entry);
        let in_front = until > again;
        // A day on which none was an attempt of theirs counts as none.
        if in_front && call.attempts > 0 && call.days + 1 >= manner.days_max {
            return self.give_up(now, id);
        }
        self.rest(now, id, until, Some(why), in_front);
        if in_front {
            self.tell_not_reached(now, id, Some(until));
        }
    }

    /// From here on a person decides: the call is the supervisors'.
    fn give_up(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let (matter, region) = (contact.matter, contact.region.clone());
        let unit = self.unit_of(region.as_ref());
        let about = self.about(id);
        let within_ms = self.ordinary_ms(now, PromiseKind::FollowUp, &about);
        let promise = self.promise(now, matter, PromiseKind::FollowUp, unit, within_ms, region);
        self.tell_about(promise, about);
        self.alarm(Alarm::CallGivenUp { promise }, Some(id));
        self.tell_not_reached(now, id, None);
        self.close(now, id, Outcome::NotReached, Settlement::Replaced);
    }

    /// A person says what became of the call; while somebody is being rung for it nobody does.
    pub(in super::super) fn call_settled(&mut self, now: Timestamp, id: ContactId, outcome: &Outcome) -> bool {
        let offer = match self.contacts.get(&id).filter(|contact| contact.is_off_line_call()).map(|contact| &contact.phase) {
            Some(Phase::Resting | Phase::Queued(_)) => None,
            Some(Phase::Offered { offer, .. }) => Some(*offer),
            _ => return false,
        };
        // Not reached by other means: it is tried on.
        if *outcome == Outcome::SystemTerminated(SystemCause::Deadline) {
            return false;
        }
        self.end_visit(now, id, VisitOutcome::Deflected);
        self.close(now, id, outcome.clone(), Settlement::Kept);
        if let Some(offer) = offer {
            self.withdraw_offer(now, offer);
        }
        true
    }

    /// Whoever rings in again about what we owe them a call for takes its age; nobody is rung any more. While somebody
    /// is being rung for it, it stays as it is.
    pub(in super::super) fn join_call(&mut self, now: Timestamp, id: ContactId, class: &ClassId) -> Option<Timestamp> {
        let call = self.contacts.get_mut(&id)?.owed.take()?;
        let contact = self.contacts.get(&call).filter(|contact| contact.is_off_line_call())?;
        // A time that is still to come is kept, whatever is told meanwhile.
        if contact.is_booked_call() && contact.queued_since.is_some_and(|slot| slot > now) {
            return None;
        }
        let (since, same) = (contact.queued_since?, contact.call.as_ref().is_some_and(|owed| owed.class == *class));
        let offer = match &contact.phase {
            Phase::Resting | Phase::Queued(_) if same => None,
            Phase::Offered { offer, .. } if same => Some(*offer),
            _ => return None,
        };
        self.end_visit(now, call, VisitOutcome::Diverted);
        self.close(now, call, Outcome::JoinedOther, Settlement::Replaced);
        if let Some(offer) = offer {
            self.withdraw_offer(now, offer);
        }
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.joined = true;
        }
        // Most of this wait was not theirs: it tells nothing about others.
        self.expectations.pass_over(id);
        Some(since)
    }

    // After a restart

    /// Calls that the records tell of go on: what was being made counts as an attempt, and is followed by the gap.
    pub(in super::super) fn take_over_calls(&mut self, now: Timestamp) {
        let stands = |contact: &&Contact| {
            contact.call.is_some() && matches!(contact.phase, Phase::Resting) && self.timers.at(Timer::Call(contact.id)).is_none()
        };
        let restored: Vec<ContactId> = self.contacts.values().filter(stands).map(|contact| contact.id).collect();
        for id in restored {
            let Some(contact) = self.contacts.get(&id) else { continue };
            let not_before = contact.call.as_ref().map_or(now, |call| call.not_before);
            let owner = contact.owner.clone();
            let (was_in_line, was_being_made) = (contact.visiting.is_some(), contact.owed_soon);
            if was_being_made {
                self.end_visit(now, id, VisitOutcome::SystemTerminated(SystemCause::Restart));
                match owner {
                    Owner::Operator(operator) => self.not_reached(now, id, operator, NotReached::Fault),
                    _ => self.try_later(now, id, NotReached::Fault),
                }
            } else if was_in_line {
                self.line_up_again(now, id);
            } else if not_before > now {
                self.timers.set(Timer::Call(id), not_before);
            } else {
                self.line_up(now, id);
            }
        }
    }

    /// Its place, where that is still there. Of whom nobody knows the region stands where they stood: the quietest line is
    /// another by now, as nobody is on duty yet.
    fn entry_where_it_stood(&self, contact: &Contact, class: &ClassId, since: Timestamp) -> Option<Entry> {
        let entry = self.entry_of(contact, class, since)?;
        let stood = contact.visiting.as_ref()?;
        let is_known = contact.region.as_ref().is_some_and(|region| self.plan.region(region).is_some());
        if is_known {
            return (entry.queue == *stood).then_some(entry);
        }
        let (queue, region, _) = self.plan.queues().find(|(queue, _, of)| queue == stood && of.id == *class)?;
        Some(Entry { queue, region: region.id.clone(), ..entry })
    }

    /// In the same visit, where its place is still there and somebody may be rung. That nobody is on duty yet, just after
    /// the start, puts nobody off to the next opening.
    fn line_up_again(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let Some(class) = self.class_of_call(id) else { return };
        let since = contact.queued_since.unwrap_or(now);
        let entry = self.entry_where_it_stood(contact, &class, since);
        match (entry, self.plan.quiet_until(now)) {
            (Some(entry), None) => {
                let put_first = contact.call.as_ref().is_some_and(|call| call.in_front);
                self.wait(now, id, Entry { put_first, ..entry });
                self.ring_nobody_when_quiet(now, id);
            }
            // Until somebody may be rung where it stood.
            (Some(entry), Some(_)) => {
                let until = self.callable_from(now, &entry);
                self.end_visit(now, id, VisitOutcome::SystemTerminated(SystemCause::Restart));
                self.put_off(now, id, until);
            }
            (None, _) => {
                self.end_visit(now, id, VisitOutcome::SystemTerminated(SystemCause::Restart));
                self.line_up(now, id);
            }
        }
    }
}
