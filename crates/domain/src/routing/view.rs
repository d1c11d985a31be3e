//! The router's state as others may see it: one snapshot of queues, contacts and operators, made
//! after each batch of events. It holds no personal data and nothing to act on.

use super::{
    Able, Consulted, Explanation, Idle, NextIntent,
    able::AtWork,
    additions::AdditionView,
    eligibility::Wants,
    order::contact_rank,
    router::Router,
    shares::Shares,
    state::{Contact, Doing, Entry, Intention, Operator, Phase, Reach},
    timers::Timer,
};
use crate::{
    AttemptId, ClassId, ContactId, MatterId, MessageNumber, OfferId, OperatorId, PromiseId, QueueId, RegionId, SiteId, Timestamp,
    booking::Diary,
    contact::{CallRecord, Channel, ContactState, Owner, PauseReason, PromiseKind, Reference, Template},
    intent::{Intent, Language, words},
    place::PlaceEstimate,
    plan::Escalation,
    promise::{Clock, State},
    service_level::{ExpectedWait, HitRate},
    time::MINUTE_MS,
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct View {
    pub at: Timestamp,
    pub plan: String,
    /// In the order of the plan.
    pub queues: Vec<QueueView>,
    /// Open contacts; waiting ones in the order in which they will be taken.
    pub contacts: Vec<ContactView>,
    pub operators: Vec<OperatorView>,
    /// Open promises, earliest due first.
    pub promises: Vec<PromiseView>,
    /// Classes whose callers are told that too many ring, and until when.
    pub surges: Vec<SurgeView>,
    /// What was written to us and is still owed, oldest first.
    pub additions: Vec<AdditionView>,
    /// Contacts that are owed a text message, open or not.
    pub messages: Vec<(ContactId, MessageNumber)>,
    /// Closed contacts whose citizens are perhaps asked how it was.
    #[serde(skip)]
    pub surveys: Vec<ContactId>,
    /// Times that are held or booked.
    #[serde(skip)]
    pub diary: Arc<Diary>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SurgeView {
    pub class: ClassId,
    pub until: Timestamp,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct QueueView {
    pub queue: QueueId,
    pub region: RegionId,
    pub waiting: usize,
    /// When the contact that has waited longest entered.
    pub oldest_since: Option<Timestamp>,
    /// Shortest and longest expected wait; none while it is not calibrated.
    pub expected_ms: Option<(u64, u64)>,
    /// How often that held lately; none before the first prediction was put to the test.
    pub hit_rate: Option<HitRate>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ContactView {
    pub contact: ContactId,
    pub matter: MatterId,
    pub reference: Reference,
    pub channel: Channel,
    pub state: ContactState,
    pub since: Timestamp,
    pub arrived: Timestamp,
    pub queue: Option<QueueId>,
    /// First queue entry; the wait runs from here until a human voice.
    pub queued_since: Option<Timestamp>,
    /// Time waited until the human voice, or until now.
    pub waited_ms: u64,
    pub region: Option<RegionId>,
    pub uncertain: bool,
    pub intent: Option<Intent>,
    /// What it was understood to be about, where an operator has said that it is something else.
    pub corrected_from: Option<Intent>,
    pub language: Language,
    pub strict: bool,
    /// A leader has put it before all that is not time-critical.
    pub put_first: bool,
    /// How it stands in line; none when it does not.
    pub line: Option<LineView>,
    pub owner: Owner,
    pub operator: Option<OperatorId>,
    pub consult: Option<ConsultView>,
    /// Why it was offered to its operator.
    pub why: Option<Explanation>,
    /// The call that we owe, of channel `call_back`.
    pub call: Option<CallRecord>,
    /// A message about where to send files reaches them.
    pub files: bool,
}

/// Who may take a contact that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct LineView {
    pub reach: Reach,
    /// Any operator of any class will do.
    pub any_class: bool,
    /// In front because an operator was lost.
    pub returned: bool,
    /// Whom they had spoken with, and nobody else is offered them until then.
    pub awaits: Option<(OperatorId, Timestamp)>,
    /// Operators who could answer it.
    pub able: Able,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ConsultView {
    pub with: Consulted,
    pub attempt: AttemptId,
    pub answered: bool,
    pub conference: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PromiseView {
    pub promise: PromiseId,
    pub matter: MatterId,
    pub reference: Reference,
    pub kind: PromiseKind,
    pub owner: Owner,
    pub due: Timestamp,
    /// How long before its time it is due soon, where the plan says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soon_ms: Option<u64>,
    /// The step of the plan that it has come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Escalation>,
    /// Due within minutes, and told again and again while it is late.
    pub pressing: bool,
    /// It waits for the citizen since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<Timestamp>,
    /// The citizen was asked to ring us again.
    pub ring_back: bool,
}

/// So long before its time a promise is due soon, where the plan does not say.
const SOON_MS: u64 = 10 * MINUTE_MS;

impl PromiseView {
    /// What waits for the citizen is not late.
    #[must_use]
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.paused.is_none() && self.due < now
    }

    /// How it stands, as every screen and the API tell it.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        if self.paused.is_some() {
            return State::Paused;
        }
        Clock::new(now.min(self.due), self.due, false).state(now, self.soon_ms.unwrap_or(SOON_MS))
    }
}

words! {
    /// What an operator is doing; set by the system alone.
    OperatorState {
        SignedOut = "signed_out",
        Paused = "paused",
        Idle = "idle",
        Offered = "offered",
        Connecting = "connecting",
        Engaged = "engaged",
        Consulting = "consulting",
        WrapUp = "wrap_up",
        Unresponsive = "unresponsive",
        Lost = "lost",
    }
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OperatorView {
    pub operator: OperatorId,
    pub site: SiteId,
    pub region: RegionId,
    pub state: OperatorState,
    pub since: Timestamp,
    /// At work, busy or not; false for whoever goes when this contact is done with.
    pub on_duty: bool,
    pub pause: Option<PauseReason>,
    pub next: Option<NextIntent>,
    pub contact: Option<ContactId>,
    pub offer: Option<OfferId>,
    /// When wrap-up or offer ends by itself.
    pub until: Option<Timestamp>,
    /// Of the account.
    pub languages: Vec<Language>,
    /// Those taken now.
    pub taking: Vec<Language>,
    /// Queues this operator serves at step 0.
    pub queues: Vec<QueueId>,
    /// Why nobody is offered, while free.
    pub idle: Option<Idle>,
}

impl Router {
    /// Everything as it stands now.
    #[must_use]
    pub fn view(&self, now: Timestamp) -> View {
        View {
            at: now,
            plan: self.plan.digest.clone(),
            queues: self.queue_views(),
            contacts: self.contact_views(now),
            operators: self.operator_views(now),
            promises: self.promise_views(now),
            surges: self.surges.iter().map(|(class, until)| SurgeView { class: class.clone(), until: *until }).collect(),
            additions: self.addition_views(),
            messages: self.messages.keys().copied().collect(),
            surveys: self.surveys.keys().copied().collect(),
            diary: self.bookings.diary.clone(),
        }
    }

    /// One operator as the whole view shows them.
    #[must_use]
    pub fn view_of_operator(&self, now: Timestamp, operator: OperatorId) -> Option<OperatorView> {
        let shares = self.operators.shares(&self.plan, now);
        self.operators.get(&operator).map(|operator| self.operator_view(operator, &shares, now))
    }

    /// One open contact as the whole view shows it.
    #[must_use]
    pub fn view_of_contact(&self, now: Timestamp, contact: ContactId) -> Option<ContactView> {
        self.contacts.get(&contact).map(|contact| self.contact_view(now, contact, &self.at_work(now)))
    }

    /// Where an open contact is taken to be.
    #[must_use]
    pub fn place_of(&self, contact: ContactId) -> Option<&PlaceEstimate> {
        self.contacts.get(&contact)?.place.as_ref()
    }

    /// The contact an operator is busy with, or else the oldest whose record they still owe.
    #[must_use]
    pub fn contact_of(&self, operator: OperatorId) -> Option<ContactId> {
        let busy_with = self.operators.get(&operator).and_then(|operator| engaged(&operator.doing));
        let owed = |contact: &&Contact| matches!(contact.phase, Phase::WrapUp { operator: owner } if owner == operator);
        busy_with.or_else(|| self.contacts.values().find(owed).map(|contact| contact.id))
    }

    fn queue_views(&self) -> Vec<QueueView> {
        let mut lines: BTreeMap<&QueueId, (usize, Option<Timestamp>)> = BTreeMap::new();
        for contact in self.contacts.values() {
            if let Phase::Queued(entry) | Phase::Offered { entry, .. } = &contact.phase {
                // Whoever is to be rung waits with nobody on the line, some of them over a night.
                let since = (!contact.is_off_line_call()).then(|| contact.queued_since.unwrap_or(contact.arrived));
                let line = lines.entry(&entry.queue).or_insert((0, None));
                *line = (line.0 + 1, line.1.into_iter().chain(since).min());
            }
        }
        let view = |(queue, region): (QueueId, RegionId)| {
            let line = lines.get(&queue);
            let (waiting, oldest_since) = (line.map_or(0, |line| line.0), line.and_then(|line| line.1));
            let expected_ms = self.expectations.interval_ms(&queue);
            let hit_rate = self.expectations.queue(&queue).and_then(ExpectedWait::hit_rate);
            QueueView { region, waiting, oldest_since, expected_ms, hit_rate, queue }
        };
        self.plan.queues().map(|(queue, region, _)| view((queue, region.id.clone()))).collect()
    }

    fn contact_views(&self, now: Timestamp) -> Vec<ContactView> {
        let rank = |contact: &Contact, entry: &Entry| contact_rank(&Wants::of(&self.plan, contact, entry), entry.since, contact.id, now);
        let mut ranked: Vec<_> = self.queued().map(|(contact, entry)| (rank(contact, entry), contact)).collect();
        ranked.sort_unstable_by_key(|(rank, _)| *rank);
        let waiting = ranked.into_iter().map(|(_, contact)| contact);
        let others = self.contacts.values().filter(|contact| !matches!(contact.phase, Phase::Queued(_)));
        let at_work = self.at_work(now);
        waiting.chain(others).map(|contact| self.contact_view(now, contact, &at_work)).collect()
    }

    fn contact_view(&self, now: Timestamp, contact: &Contact, at_work: &AtWork<'_>) -> ContactView {
        let strict = match &contact.phase {
            Phase::Emergency { .. } => true,
            phase => phase.entry().is_some_and(Entry::goes_first),
        };
        let line = match &contact.phase {
            Phase::Queued(entry) => Some(LineView {
                reach: entry.reach,
                any_class: entry.is_for_any_class(),
                returned: entry.returned,
                awaits: entry.awaits.zip(self.timers.at(Timer::Awaiting(contact.id))),
                able: at_work.able(&Wants::of(&self.plan, contact, entry), now),
            }),
            _ => None,
        };
        let operator = match contact.owner {
            Owner::Operator(operator) => Some(operator),
            _ => None,
        };
        ContactView {
            contact: contact.id,
            matter: contact.matter,
            reference: Reference::of(contact.matter),
            channel: contact.channel,
            state: state_of(&contact.phase),
            since: contact.since,
            arrived: contact.arrived,
            queue: self.queue_of(contact.id),
            queued_since: contact.queued_since,
            waited_ms: contact.waited_ms.unwrap_or_else(|| contact.queued_since.map_or(0, |since| now.since_ms(since))),
            region: contact.region.clone(),
            uncertain: contact.place.as_ref().is_none_or(|place| place.uncertain),
            intent: contact.intent,
            corrected_from: contact.corrected_from.filter(|before| contact.intent != Some(*before)),
            language: contact.language,
            strict,
            put_first: contact.phase.entry().is_some_and(|entry| entry.put_first),
            line,
            owner: contact.owner.clone(),
            operator,
            consult: consult_of(&contact.phase),
            why: contact.why.as_deref().cloned(),
            call: contact.call.as_deref().cloned(),
            files: !self.ways_to_tell(contact, Template::Files).is_empty(),
        }
    }

    fn operator_views(&self, now: Timestamp) -> Vec<OperatorView> {
        let shares = self.operators.shares(&self.plan, now);
        self.operators.values().map(|operator| self.operator_view(operator, &shares, now)).collect()
    }

    fn operator_view(&self, operator: &Operator, shares: &Shares<'_>, now: Timestamp) -> OperatorView {
        let (state, contact, offer) = match &operator.doing {
            _ if !operator.present => (OperatorState::Lost, engaged(&operator.doing), None),
            Doing::Offered(offer) => (OperatorState::Offered, self.offers.get(offer).map(|leased| leased.contact), Some(*offer)),
            Doing::Connecting(contact) => (OperatorState::Connecting, Some(*contact), None),
            Doing::Engaged(contact) => {
                let consulting = self.contacts.get(contact).is_some_and(|contact| consult_of(&contact.phase).is_some());
                (if consulting { OperatorState::Consulting } else { OperatorState::Engaged }, Some(*contact), None)
            }
            Doing::Assisting { contact, .. } => (OperatorState::Consulting, Some(*contact), None),
            Doing::WrapUp { contact, .. } => (OperatorState::WrapUp, Some(*contact), None),
            Doing::Unresponsive => (OperatorState::Unresponsive, None, None),
            Doing::Nothing => match operator.intent {
                Intention::Off => (OperatorState::SignedOut, None, None),
                Intention::Paused(_) => (OperatorState::Paused, None, None),
                Intention::OnDuty => (OperatorState::Idle, None, None),
            },
        };
        let until = offer.and_then(|offer| self.timers.at(Timer::Offer(offer))).or_else(|| self.timers.at(Timer::WrapUp(operator.id)));
        let serves = |class: &&crate::plan::Class| class.party.is_none() && operator.post.profile.skills.contains_key(&class.skill);
        OperatorView {
            operator: operator.id,
            site: operator.post.profile.site.clone(),
            region: operator.post.region.clone(),
            state,
            since: operator.since,
            on_duty: operator.on_duty(),
            pause: match operator.intent {
                Intention::Paused(reason) => Some(reason),
                Intention::Off | Intention::OnDuty => None,
            },
            next: operator.next,
            contact,
            offer,
            until,
            languages: operator.post.profile.languages.clone(),
            taking: operator.post.languages().to_vec(),
            queues: operator
                .post
                .regions()
                .flat_map(|region| self.plan.classes.iter().filter(serves).map(move |class| QueueId::of(region, &class.id)))
                .collect(),
            idle: operator.is_idle().then(|| self.why_idle(operator, &self.plan, shares, now)),
        }
    }

    fn promise_views(&self, now: Timestamp) -> Vec<PromiseView> {
        let mut promises: Vec<_> = self
            .promises
            .iter()
            .map(|(id, promise)| PromiseView {
                promise: id,
                matter: promise.matter,
                reference: Reference::of(promise.matter),
                kind: promise.kind,
                owner: promise.owner.clone(),
                due: promise.due,
                soon_ms: self.plan.promised_soon_ms(promise.kind, promise.about.class.as_ref(), promise.about.channel),
                step: self.escalation_of(promise, now),
                pressing: promise.pressing,
                paused: promise.paused,
                ring_back: promise.ring_back.is_some(),
            })
            .collect();
        promises.sort_by_key(|promise| (promise.due, promise.promise));
        promises
    }
}

fn engaged(doing: &Doing) -> Option<ContactId> {
    match doing {
        Doing::Engaged(contact) | Doing::Connecting(contact) | Doing::WrapUp { contact, .. } | Doing::Assisting { contact, .. } => {
            Some(*contact)
        }
        Doing::Nothing | Doing::Offered(_) | Doing::Unresponsive => None,
    }
}

fn consult_of(phase: &Phase) -> Option<ConsultView> {
    let Phase::Talking(talk) = phase else { return None };
    let consult = talk.consult.as_ref()?;
    Some(ConsultView { with: consult.with.clone(), attempt: consult.attempt, answered: consult.answered, conference: consult.conference })
}

fn state_of(phase: &Phase) -> ContactState {
    match phase {
        Phase::Dialogue(_) => ContactState::Dialogue,
        Phase::Queued(_) => ContactState::Queued,
        Phase::Offered { .. } => ContactState::Offered,
        Phase::Connecting { .. } | Phase::Handing { .. } => ContactState::Connecting,
        Phase::Talking(talk) if talk.consult.is_some() => ContactState::Consulting,
        Phase::Talking(talk) if talk.held => ContactState::OnHold,
        Phase::Talking(_) => ContactState::Talking,
        Phase::Emergency { .. } => ContactState::EmergencyTransfer,
        Phase::WithParty { .. } => ContactState::WithParty,
        Phase::OperatorLost { .. } => ContactState::OperatorLost,
        Phase::WrapUp { .. } => ContactState::WrapUp,
        Phase::Resting => ContactState::Resting,
        Phase::Dialling { .. } => ContactState::Dialling,
    }
}
