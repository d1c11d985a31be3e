//! The line: entry, steps that widen it, what is said while waiting, and leaving it.

use super::{
    Alarm, Command,
    command::put,
    eligibility::Wants,
    matching::Waiting,
    router::Router,
    state::{Contact, Entry, Phase, Reach, Taking},
    timers::Timer,
};
use crate::{
    ClassId, ContactId, QueueId, RegionId, Timestamp,
    contact::{ContactState, Owner, Reference, VisitOutcome},
    dialogue::{Line, Prompt},
    plan::{Guards, OverflowStep},
};

/// So many lines a welcome has when it tells everything.
const WELCOME_LINES: usize = 9;

impl Router {
    /// A place in line for a class of matters, in the contact's region or, when that is not known,
    /// where the fewest wait and with the whole nation as candidates.
    pub(super) fn enter_queue(&mut self, now: Timestamp, id: ContactId, class: &ClassId, strict: bool) {
        let Some((region, known)) = self.region_to_wait_in(id, class) else { return };
        let owed_since = self.join_call(now, id, class);
        let Some(contact) = self.contacts.get(&id) else { return };
        let since = owed_since.or(contact.queued_since).unwrap_or(now);
        let reach = if known { Reach::Region } else { Reach::Nation };
        let is_first = contact.queued_since.is_none();
        let mut entry = Entry {
            queue: QueueId::of(&region, class),
            region,
            class: class.clone(),
            strict: strict || self.plan.class(class).is_some_and(|class| class.strict),
            any_class: false,
            urged: false,
            put_first: contact.phase.entry().is_some_and(|entry| entry.put_first)
                || contact.call.as_ref().is_some_and(|call| call.in_front),
            booked: contact.is_booked_call(),
            awaits: None,
            since,
            step: 0,
            reach: reach.max(contact.reach),
            eased: contact.eased.clone(),
            returned: false,
            alarmed: false,
        };
        self.operators.settle();
        if known
            && is_first
            && let Some(other) = self.region_to_divert_to(now, id, class, &entry)
        {
            entry = self.divert(now, id, entry, other, class);
        }
        if is_first && let Some(operator) = self.operator_to_await(now, id, &entry) {
            entry.awaits = Some(operator);
            self.begin_awaiting(now, id);
        }
        self.stand_in_line(now, id, entry);
    }

    /// In front of everybody, for whoever is free: when 112 and command centre fail, or an operator is lost.
    pub(super) fn enter_in_front(&mut self, now: Timestamp, id: ContactId, returned: bool) {
        let Some(class) = self.plan.strict_class().or(self.plan.classes.first()).map(|class| class.id.clone()) else { return };
        let Some((region, _)) = self.region_to_wait_in(id, &class) else { return };
        let Some(contact) = self.contacts.get(&id) else { return };
        let since = contact.queued_since.unwrap_or(now);
        let entry = Entry {
            queue: QueueId::of(&region, &class),
            region,
            class,
            strict: true,
            any_class: true,
            urged: false,
            put_first: contact.phase.entry().is_some_and(|entry| entry.put_first),
            booked: contact.is_booked_call(),
            awaits: None,
            since,
            step: 0,
            reach: Reach::Nation,
            eased: contact.eased.clone(),
            returned,
            alarmed: false,
        };
        self.stand_in_line(now, id, entry);
    }

    fn region_to_wait_in(&self, id: ContactId, class: &ClassId) -> Option<(RegionId, bool)> {
        self.region_for(self.contacts.get(&id)?, class)
    }

    /// The contact's own region, and true, when the plan knows it.
    pub(super) fn region_for(&self, contact: &Contact, class: &ClassId) -> Option<(RegionId, bool)> {
        let known = contact.region.clone().filter(|region| self.plan.region(region).is_some());
        known.map(|region| (region, true)).or_else(|| self.quietest_region(class).map(|region| (region, false)))
    }

    pub(super) fn stand_in_line(&mut self, now: Timestamp, id: ContactId, entry: Entry) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        contact.queued_since.get_or_insert(now);
        if contact.waited_ms.is_some() {
            contact.returned_at.get_or_insert(now);
        }
        contact.visiting = Some(entry.queue.clone());
        contact.reach = contact.reach.max(entry.reach);
        // Where a caller from nowhere waits is not where they are.
        if contact.region.take_if(|region| self.plan.region(region).is_none()).is_some() {
            self.describe(id);
        }
        let (queue, strict) = (entry.queue.clone(), entry.strict);
        put(&mut self.out, || Command::EnterQueue { contact: id, queue: queue.clone(), strict });
        self.promise_class_answer(id, Owner::Queue(queue.clone()), &entry);
        if entry.returned {
            // An operator has just become one less for all who wait.
            self.match_everybody_anew();
        }
        self.wait(now, id, entry);
        self.tell_when_matched(id, Waiting::Welcome);
    }

    /// (Back) into line with this entry: same place, same age.
    pub(super) fn wait(&mut self, now: Timestamp, id: ContactId, entry: Entry) {
        let (queue, region) = (entry.queue.clone(), entry.region.clone());
        if !self.take_place(now, id, entry) {
            return self.lead_to_a_queue(now, id);
        }
        self.seek_operator(id);
        if self.heads_reach_a_guard(&queue) {
            let touched: Vec<ContactId> = self.lines.of_queue(&queue, &region).collect();
            touched.into_iter().for_each(|other| self.ask_steps_anew(other));
        }
    }

    /// True when the plan still serves the place.
    fn take_place(&mut self, now: Timestamp, id: ContactId, entry: Entry) -> bool {
        let (queue, served) = (entry.queue.clone(), self.serves(&entry));
        if self.timers.at(Timer::Announcement(id)).is_none() {
            self.timers.set(Timer::Announcement(id), now.plus_ms(self.plan.dialogue.announce_every_ms));
        }
        self.enter(now, id, ContactState::Queued, Owner::Queue(queue), Phase::Queued(entry));
        served
    }

    /// One more in line: a guard that counts heads may begin to hold for those before as well.
    fn heads_reach_a_guard(&self, queue: &QueueId) -> bool {
        let waiting = self.lines.count(queue);
        self.plan.overflow.iter().filter_map(|step| step.guards.more_than_waiting).any(|most| waiting == most + 1)
    }

    // Steps

    /// Passes every step whose guards hold, and each while nobody on duty could answer; then sets the
    /// clock for the next. Steps do not wait for one another. True when somebody more may answer.
    pub(super) fn pass_steps(&mut self, now: Timestamp, id: ContactId) -> bool {
        let mut widened = self.give_up_awaiting(now, id);
        while let Some(number) = self.step_to_pass(now, id) {
            widened = true;
            let plan = self.plan.clone();
            self.with_entry(id, |entry| entry.pass(number, &plan.overflow[number - 1]));
        }
        self.set_next_step(now, id);
        self.tell_when_nobody_serves(now, id);
        widened
    }

    /// The first in the plan's order, which is from narrow to wide, by its number from 1.
    fn step_to_pass(&self, now: Timestamp, id: ContactId) -> Option<usize> {
        let contact = self.contacts.get(&id)?;
        let Phase::Queued(entry) = &contact.phase else { return None };
        let mut steps = (1..).zip(&self.plan.overflow).filter(|(_, step)| entry.is_furthered_by(step)).peekable();
        steps.peek()?;
        let empty = !self.anybody_on_duty(contact, entry, now);
        steps.find(|(_, step)| empty || self.guards_hold(&step.guards, entry, now)).map(|(number, _)| number)
    }

    /// Guards of waiting time and of hours wake by the clock; the others are asked when what they count
    /// changes.
    fn set_next_step(&mut self, now: Timestamp, id: ContactId) {
        let Some(Phase::Queued(entry)) = self.contacts.get(&id).map(|contact| &contact.phase) else { return };
        let closes_at = || self.plan.region(&entry.region).and_then(|region| self.plan.closes_at(region, now));
        let wider = self.plan.overflow.iter().filter(|step| entry.is_furthered_by(step));
        let times = wider.flat_map(|OverflowStep { guards, .. }| {
            let waited = guards.waited_ms.map(|waited_ms| entry.since.plus_ms(waited_ms));
            [waited, if guards.outside_hours { closes_at() } else { None }]
        });
        match times.flatten().filter(|at| *at > now).min() {
            Some(at) => self.timers.set(Timer::NextStep(id), at),
            None => self.timers.clear(Timer::NextStep(id)),
        }
    }

    /// One alarm for a queue, however many wait in it.
    fn tell_when_nobody_serves(&mut self, now: Timestamp, id: ContactId) {
        let Some(contact) = self.contacts.get(&id) else { return };
        let Phase::Queued(entry) = &contact.phase else { return };
        if entry.alarmed || self.anybody_on_duty(contact, entry, now) {
            return;
        }
        let queue = entry.queue.clone();
        let told = {
            let others = self.lines.of_queue(&queue, &entry.region).filter_map(|other| self.contacts.get(&other));
            others.map(|other| &other.phase).any(|phase| matches!(phase, Phase::Queued(entry) if entry.alarmed))
        };
        self.with_entry(id, |entry| entry.alarmed = true);
        if !told {
            self.alarm(Alarm::NobodyServes { queue }, Some(id));
        }
    }

    fn guards_hold(&self, guards: &Guards, entry: &Entry, now: Timestamp) -> bool {
        guards.waited_ms.is_none_or(|ms| now.since_ms(entry.since) >= ms)
            && guards.more_than_waiting.is_none_or(|most| self.lines.count(&entry.queue) > most)
            && guards.fewer_on_duty.is_none_or(|fewest| self.on_duty_for(entry) < fewest)
            && guards.expected_over_ms.is_none_or(|most| self.expectations.interval_ms(&entry.queue).is_some_and(|(half, _)| half > most))
            && (!guards.outside_hours || self.plan.region(&entry.region).is_some_and(|region| !self.plan.is_open(region, now)))
    }

    pub(super) fn on_duty_for(&self, entry: &Entry) -> usize {
        let Some(class) = self.plan.class(&entry.class) else { return 0 };
        let serving = self.operators.teams().filter(|team| team.post.is_of(&entry.region) && team.post.serves(class));
        serving.map(|team| team.on_duty).sum()
    }

    pub(super) fn anybody_on_duty(&self, contact: &Contact, entry: &Entry, now: Timestamp) -> bool {
        self.operators.is_served(&Wants::of(&self.plan, contact, entry), now)
    }

    /// Changes the place that somebody has, or had while they are rung or connected: who wants something else
    /// stands in another group.
    pub(super) fn with_entry(&mut self, id: ContactId, change: impl FnOnce(&mut Entry)) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        self.lines.left(id, &contact.phase, contact.language);
        if let Some(entry) = contact.phase.entry_mut() {
            change(entry);
            contact.reach = contact.reach.max(entry.reach);
            contact.eased.clone_from(&entry.eased);
        }
        self.lines.entered(id, &contact.phase, contact.language);
    }

    /// Fewest waiting; the plan's order decides between equals.
    fn quietest_region(&self, class: &ClassId) -> Option<RegionId> {
        self.plan.regions.iter().min_by_key(|region| self.lines.count(&QueueId::of(&region.id, class))).map(|region| region.id.clone())
    }

    // What is said while waiting

    pub(super) fn words_of_welcome(&mut self, now: Timestamp, id: ContactId, queue: &QueueId) -> Vec<Line> {
        let mut lines = Vec::with_capacity(WELCOME_LINES);
        lines.extend(self.words_of_closed_party(now, id));
        self.look_for_times(now, id);
        if let Some(closure) = self.words_of_closure(now, id) {
            lines.extend(closure);
        } else {
            lines.push(Line::Say(Prompt::Queued));
            lines.extend(self.words_of_waiting(now, id, queue));
        }
        lines.extend(self.words_of_form(now, id));
        // Whoever may be in danger has nothing to write down.
        if let Some(contact) = self.contacts.get(&id).filter(|contact| !contact.phase.entry().is_some_and(Entry::goes_first)) {
            lines.extend([Line::Say(Prompt::YourReference), Line::Digits(Reference::of(contact.matter).digits())]);
        }
        lines
    }

    /// How long it is expected to take, and what can be had in its place.
    fn words_of_waiting(&self, now: Timestamp, id: ContactId, queue: &QueueId) -> Vec<Line> {
        let mut lines = self.words_of_expectation(queue);
        lines.extend(self.words_of_surge(now, id));
        lines.extend(self.words_of_call_back(now, id));
        lines.extend(self.words_of_other_time(now, id));
        lines.extend(self.contacts.get(&id).map(|contact| self.words_of_times(now, contact)).unwrap_or_default());
        lines
    }

    /// An interval in minutes, or silence while it is not calibrated; never a rank.
    pub(super) fn words_of_expectation(&self, queue: &QueueId) -> Vec<Line> {
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
        if self.plan.overflow.iter().any(|step| step.guards.expected_over_ms.is_some()) {
            self.ask_steps_anew(id);
        }
        self.rest_when_closed(now, id);
        let Some(contact) = self.contacts.get(&id) else { return };
        let Some(queue) = contact.visiting.clone() else { return };
        self.timers.set(Timer::Announcement(id), now.plus_ms(self.plan.dialogue.announce_every_ms));
        // While a desk rings nothing more is promised; the question in line is not talked over.
        let is_free = contact.on_line && contact.taking == Taking::Nothing;
        if is_free && matches!(contact.phase, Phase::Queued(_)) && !self.is_asked(id) {
            let mut lines = vec![Line::Say(Prompt::StillWaiting)];
            self.look_for_times(now, id);
            match self.words_of_closure(now, id) {
                Some(closure) => lines.extend(closure),
                None => lines.extend(self.words_of_waiting(now, id, &queue)),
            }
            lines.extend(self.words_of_form(now, id));
            self.play(id, lines, false);
        }
    }

    /// Ends the visit that is open, if one is.
    pub(super) fn end_visit(&mut self, now: Timestamp, id: ContactId, outcome: VisitOutcome) {
        for timer in [Timer::NextStep(id), Timer::Announcement(id), Timer::Awaiting(id)] {
            self.timers.clear(timer);
        }
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        let Some(queue) = contact.visiting.take() else { return };
        let waited_ms = contact.returned_at.or(contact.queued_since).map_or(0, |since| now.since_ms(since));
        put(&mut self.out, || Command::EndVisit { contact: id, queue, outcome, waited_ms });
    }
}
