//! The line: entry, steps that widen it, what is said while waiting, and leaving it.

use super::{
    Alarm, Command,
    eligibility::{class_of, could_meet},
    router::Router,
    state::{Contact, Entry, Phase},
    timers::Timer,
};
use crate::{
    ClassId, ContactId, QueueId, RegionId, Timestamp,
    contact::{ContactState, Owner, Reference, VisitOutcome},
    dialogue::{Line, Prompt},
    plan::{Guards, Widening},
};

const QUESTION_MS_MAX: u64 = 60_000;

impl Router {
    /// A place in line for a class of matters, in the contact's region or, when that is not known,
    /// where the fewest wait and with the whole nation as candidates.
    pub(super) fn enter_queue(&mut self, now: Timestamp, id: ContactId, class: &ClassId, strict: bool) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let known = contact.region.clone();
        let since = contact.queued_since.unwrap_or(now);
        let Some(region) = known.clone().or_else(|| self.quietest_region(class)) else { return };
        let strict = strict || self.plan.class(class).is_some_and(|class| class.strict);
        let entry = Entry {
            queue: QueueId::of(&region, class),
            region,
            strict,
            any_class: false,
            since,
            step: if known.is_some() { 0 } else { self.step_reaching_nation() },
            returned: false,
            alarmed: false,
        };
        self.stand_in_line(now, id, entry);
    }

    /// In front of everybody, for whoever is free: when 112 and command centre fail, or an operator is lost.
    pub(super) fn enter_in_front(&mut self, now: Timestamp, id: ContactId, returned: bool) {
        let Some(class) = self.plan.strict_class().or(self.plan.classes.first()).map(|class| class.id.clone()) else { return };
        let Some(contact) = self.contacts.get(&id) else { return };
        let since = contact.queued_since.unwrap_or(now);
        let Some(region) = contact.region.clone().or_else(|| self.quietest_region(&class)) else { return };
        let step = self.step_reaching_nation();
        let queue = QueueId::of(&region, &class);
        self.stand_in_line(now, id, Entry { queue, region, strict: true, any_class: true, since, step, returned, alarmed: false });
    }

    pub(super) fn stand_in_line(&mut self, now: Timestamp, id: ContactId, entry: Entry) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        contact.queued_since.get_or_insert(now);
        contact.visiting = Some(entry.queue.clone());
        let told = contact.region.as_ref() == Some(&entry.region);
        contact.region = Some(entry.region.clone());
        if !told {
            self.describe(id);
        }
        let (queue, strict) = (entry.queue.clone(), entry.strict);
        self.out.push(Command::EnterQueue { contact: id, queue: queue.clone(), strict });
        self.timers.set(Timer::Announcement(id), now.plus_ms(self.plan.dialogue.announce_every_ms));
        self.wait(now, id, entry);
        self.widen_neighbours_in_line(now, &queue);
        if matches!(self.contacts.get(&id).map(|contact| &contact.phase), Some(Phase::Queued(_))) {
            let lines = self.words_of_welcome(id, &queue);
            self.play(id, lines, false);
        } else {
            self.play(id, vec![Line::Say(Prompt::Connecting)], false);
        }
    }

    /// (Back) into line with this entry: same place, same age.
    pub(super) fn wait(&mut self, now: Timestamp, id: ContactId, entry: Entry) {
        let owner = Owner::Queue(entry.queue.clone());
        self.enter(now, id, ContactState::Queued, owner, Phase::Queued(entry));
        self.widen(now, id);
        self.find_operator(now, id);
    }

    /// Passes every step whose guards hold, then sets the clock for the next.
    pub(super) fn widen(&mut self, now: Timestamp, id: ContactId) {
        loop {
            let Some(contact) = self.contacts.get(&id) else { return };
            let Phase::Queued(entry) = &contact.phase else { return };
            let Some(step) = self.plan.overflow.get(entry.step) else { break };
            let empty = !self.anybody_on_duty(contact, entry, now);
            if !empty && !self.guards_hold(&step.guards, entry, now) {
                if let Some(waited_ms) = step.guards.waited_ms.filter(|ms| now.since_ms(entry.since) < *ms) {
                    let at = entry.since.plus_ms(waited_ms);
                    self.timers.set(Timer::NextStep(id), at);
                }
                return;
            }
            self.with_entry(id, |entry| entry.step += 1);
            self.find_operator(now, id);
        }
        self.tell_when_nobody_serves(now, id);
    }

    fn tell_when_nobody_serves(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let Phase::Queued(entry) = &contact.phase else { return };
        if entry.alarmed || self.anybody_on_duty(contact, entry, now) {
            return;
        }
        let queue = entry.queue.clone();
        self.with_entry(id, |entry| entry.alarmed = true);
        self.alarm(Alarm::NobodyServes { queue }, Some(id));
    }

    /// Others in the same queue whose guard counts heads.
    fn widen_neighbours_in_line(&mut self, now: Timestamp, queue: &QueueId) {
        let others: Vec<ContactId> = self.in_line(queue).map(|contact| contact.id).collect();
        for other in others {
            self.widen(now, other);
        }
    }

    pub(super) fn in_line<'a>(&'a self, queue: &'a QueueId) -> impl Iterator<Item = &'a Contact> {
        self.contacts.values().filter(move |contact| match &contact.phase {
            Phase::Queued(entry) | Phase::Offered { entry, .. } => &entry.queue == queue,
            _ => false,
        })
    }

    fn guards_hold(&self, guards: &Guards, entry: &Entry, now: Timestamp) -> bool {
        guards.waited_ms.is_none_or(|ms| now.since_ms(entry.since) >= ms)
            && guards.more_than_waiting.is_none_or(|most| self.in_line(&entry.queue).count() > most)
            && guards.fewer_on_duty.is_none_or(|fewest| self.on_duty_for(entry) < fewest)
    }

    fn on_duty_for(&self, entry: &Entry) -> usize {
        let Some(class) = class_of(&self.plan, entry) else { return 0 };
        let serves = |operator: &&super::state::Operator| {
            operator.on_duty() && operator.region == entry.region && operator.profile.skills.contains_key(&class.skill)
        };
        self.operators.values().filter(serves).count()
    }

    fn anybody_on_duty(&self, contact: &Contact, entry: &Entry, now: Timestamp) -> bool {
        self.operators.values().any(|operator| operator.on_duty() && could_meet(&self.plan, contact, entry, operator, now))
    }

    fn with_entry(&mut self, id: ContactId, change: impl FnOnce(&mut Entry)) {
        if let Some(Phase::Queued(entry)) = self.contacts.get_mut(&id).map(|contact| &mut contact.phase) {
            change(entry);
        }
    }

    fn step_reaching_nation(&self) -> usize {
        self.plan.overflow.iter().position(|step| step.widen_to == Widening::Nation).map_or(self.plan.overflow.len(), |step| step + 1)
    }

    /// Fewest waiting; the plan's order decides between equals.
    fn quietest_region(&self, class: &ClassId) -> Option<RegionId> {
        self.plan.regions.iter().min_by_key(|region| self.in_line(&QueueId::of(&region.id, class)).count()).map(|region| region.id.clone())
    }

    // What is said while waiting

    fn words_of_welcome(&self, id: ContactId, queue: &QueueId) -> Vec<Line> {
        let mut lines = vec![Line::Say(Prompt::Queued)];
        lines.extend(self.words_of_expectation(queue));
        if let Some(contact) = self.contacts.get(&id) {
            lines.extend([Line::Say(Prompt::YourReference), Line::Digits(Reference::of(contact.matter).digits())]);
        }
        lines
    }

    /// An interval in minutes, or silence while it is not calibrated; never a rank.
    fn words_of_expectation(&self, queue: &QueueId) -> Vec<Line> {
        let Some((from_ms, to_ms)) = self.expectations.interval_ms(queue) else { return Vec::new() };
        let minutes = |ms: u64| u8::try_from(ms.div_ceil(60_000).min(60)).unwrap_or(60);
        vec![
            Line::Say(Prompt::ExpectedFrom),
            Line::Number(minutes(from_ms)),
            Line::Say(Prompt::ExpectedTo),
            Line::Number(minutes(to_ms).max(minutes(from_ms).saturating_add(1))),
            Line::Say(Prompt::ExpectedMinutes),
        ]
    }

    pub(super) fn announce(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let Phase::Queued(entry) = &contact.phase else { return };
        let queue = entry.queue.clone();
        self.timers.set(Timer::Announcement(id), now.plus_ms(self.plan.dialogue.announce_every_ms));
        if self.timers.at(Timer::QueueQuestion(id)).is_none() {
            let mut lines = vec![Line::Say(Prompt::StillWaiting)];
            lines.extend(self.words_of_expectation(&queue));
            self.play(id, lines, false);
        }
    }

    /// In line 9 asks the emergency question; 1 and 2 answer it. Nobody loses the place by asking.
    pub(super) fn key_in_line(&mut self, now: Timestamp, id: ContactId, key: char) -> bool {
        let asked = self.timers.at(Timer::QueueQuestion(id)).is_some();
        match key {
            '9' => {
                self.timers.set(Timer::QueueQuestion(id), now.plus_ms(QUESTION_MS_MAX));
                self.play(id, vec![Line::Say(Prompt::EmergencyQuestion)], false);
                true
            }
            '1' if asked => {
                self.timers.clear(Timer::QueueQuestion(id));
                self.ring_emergency(now, id);
                true
            }
            '2' if asked => {
                self.timers.clear(Timer::QueueQuestion(id));
                self.play_music(id);
                true
            }
            _ => false,
        }
    }

    /// Ends the visit that is open, if one is.
    pub(super) fn end_visit(&mut self, now: Timestamp, id: ContactId, outcome: VisitOutcome) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        let Some(queue) = contact.visiting.take() else { return };
        let waited_ms = contact.queued_since.map_or(0, |since| now.since_ms(since));
        if outcome == VisitOutcome::Answered {
            contact.waited_ms.get_or_insert(waited_ms);
            self.expectations.answered(&queue, waited_ms);
        }
        self.out.push(Command::EndVisit { contact: id, queue, outcome, waited_ms });
        for timer in [Timer::NextStep(id), Timer::Announcement(id), Timer::QueueQuestion(id)] {
            self.timers.clear(timer);
        }
    }
}
