//! The shapes of the API. They are written out here, apart from the domain's types, so that the
//! document and what is sent cannot change unseen with a type of the rules.

pub use super::promise_model::Promise;

use super::{call_model::OwedCall, centre_model::IdleOperator};
use crate::words::Words;
use domain::{
    Timestamp,
    contact::{Outcome, ledger::PromiseRecord},
    plan::Plan,
    routing::{self, ContactView, NextIntent, OperatorView, PromiseView, QueueView, Reason},
    service_level::{Counts, Level},
};
use serde::{Deserialize, Serialize};
use switchboard::Live;
use utoipa::ToSchema;

/// One approach by a citizen.
#[derive(Clone, Serialize, ToSchema)]
pub struct Contact {
    pub id: u64,
    /// Eight digits, the last a check digit.
    #[schema(example = "29146313")]
    pub reference: String,
    #[schema(example = "telephone")]
    pub channel: String,
    #[schema(example = "queued")]
    pub state: String,
    #[schema(example = "vast.report")]
    pub queue: Option<String>,
    #[schema(example = "vast")]
    pub region: Option<String>,
    /// The region is a guess: nothing tells the place, or it lies at a border.
    pub region_uncertain: bool,
    #[schema(example = "report_theft")]
    pub intent: Option<String>,
    #[schema(example = "sv")]
    pub language: String,
    /// From the first queue entry to a human voice, to the end, or until now.
    pub waited_ms: u64,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub arrived: i64,
    /// `kind:name`: `queue:vast.report`, `operator:7`, `unit:...`, `dialogue`.
    #[schema(example = "queue:vast.report")]
    pub owner: String,
    pub next_promise: Option<NextPromise>,
    /// The call that we owe, of channel `call_back`.
    pub call: Option<OwedCall>,
    /// How it ended; none while it is open.
    #[schema(example = "helped")]
    pub outcome: Option<String>,
}

/// What the citizen is owed next.
#[derive(Clone, Serialize, ToSchema)]
pub struct NextPromise {
    #[schema(example = "answer")]
    pub kind: String,
    pub due: i64,
    pub owner: String,
}

impl NextPromise {
    pub fn of_view(view: &PromiseView) -> Self {
        Self { kind: view.kind.word().to_owned(), due: view.due.0, owner: view.owner.word() }
    }

    pub fn of_record(record: &PromiseRecord) -> Self {
        Self { kind: record.kind.word().to_owned(), due: record.due.0, owner: record.owner.word() }
    }
}

impl Contact {
    pub fn of_view(view: &ContactView, promises: &[PromiseView]) -> Self {
        let next = promises.iter().filter(|promise| promise.matter == view.matter).min_by_key(|promise| (promise.due, promise.promise));
        Self {
            id: view.contact.0,
            reference: view.reference.digits(),
            channel: view.channel.word().to_owned(),
            state: view.state.word().to_owned(),
            queue: view.queue.as_ref().map(ToString::to_string),
            region: view.region.as_ref().map(ToString::to_string),
            region_uncertain: view.uncertain,
            intent: view.intent.map(|intent| intent.word().to_owned()),
            language: view.language.word().to_owned(),
            waited_ms: view.waited_ms,
            arrived: view.arrived.0,
            owner: view.owner.word(),
            next_promise: next.map(NextPromise::of_view),
            call: view.call.as_ref().map(OwedCall::of),
            outcome: None,
        }
    }

    pub fn of_row(row: &storage::ContactRow, now: Timestamp) -> Self {
        let record = &row.record;
        Self {
            id: record.contact.0,
            reference: row.reference.digits(),
            channel: record.channel.word().to_owned(),
            state: record.state.word().to_owned(),
            queue: record.queue().map(ToString::to_string),
            region: record.region.as_ref().map(ToString::to_string),
            region_uncertain: record.uncertain,
            intent: record.intent.map(|intent| intent.word().to_owned()),
            language: record.language.word().to_owned(),
            waited_ms: record.waited_ms(now),
            arrived: record.arrived.0,
            owner: record.owner.word(),
            next_promise: row.next_promise.as_ref().map(NextPromise::of_record),
            call: record.call.as_ref().map(OwedCall::of),
            outcome: record.outcome.as_ref().map(Outcome::word),
        }
    }
}

/// Name and password of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[schema(example = "operator1")]
    pub name: String,
    #[schema(format = Password)]
    pub password: String,
}

/// A session that was opened.
#[derive(Serialize, ToSchema)]
pub struct SessionOpened {
    /// For `Authorization: Bearer`; a secret.
    pub token: String,
    /// When it ends however much it is used.
    pub expires: i64,
    /// The account's number.
    pub operator: u64,
    pub name: String,
    #[schema(example = "operator")]
    pub role: String,
}

/// Why a contact was offered to its operator.
#[derive(Serialize, ToSchema)]
pub struct Explanation {
    #[schema(example = "vast.report")]
    pub queue: String,
    pub waited_ms: u64,
    /// How far the line had been widened; 0 is its own region.
    pub step: usize,
    /// `strict`, `longest_wait`, `overflow`, `interpreter`, `eased`, `diverted`, `spoke_before`, `put_first`, `assigned`, `returned`, `asked_for`.
    #[schema(example = "longest_wait")]
    pub reason: String,
    #[schema(example = "sv")]
    pub language: String,
    /// How many waited that this operator may take, this one included.
    pub eligible_contacts: usize,
    /// The next in line after this contact, at most three.
    pub contacts_behind: Vec<u64>,
    /// The operators who came next for this contact, at most three.
    pub operators_behind: Vec<u64>,
    /// How long the operator had been idle.
    pub idle_ms: u64,
}

impl From<&routing::Explanation> for Explanation {
    fn from(why: &routing::Explanation) -> Self {
        let reason = match why.reason {
            Reason::Strict => "strict",
            Reason::LongestWait => "longest_wait",
            Reason::Overflow => "overflow",
            Reason::Interpreter => "interpreter",
            Reason::Eased => "eased",
            Reason::Diverted => "diverted",
            Reason::SpokeBefore => "spoke_before",
            Reason::Booked => "booked",
            Reason::PutFirst => "put_first",
            Reason::Assigned => "assigned",
            Reason::Returned => "returned",
            Reason::AskedFor => "asked_for",
        };
        Self {
            queue: why.queue.to_string(),
            waited_ms: why.waited_ms,
            step: why.step,
            reason: reason.to_owned(),
            language: why.language.word().to_owned(),
            eligible_contacts: why.eligible_contacts,
            contacts_behind: why.contacts_behind.iter().map(|contact| contact.0).collect(),
            operators_behind: why.operators_behind.iter().map(|operator| operator.0).collect(),
            idle_ms: why.idle_ms,
        }
    }
}

/// A demand with its own order.
#[derive(Serialize, ToSchema)]
pub struct Queue {
    #[schema(example = "vast.report")]
    pub id: String,
    pub region: String,
    pub waiting: usize,
    /// When the contact that has waited longest entered.
    pub oldest_since: Option<i64>,
    /// None while it is not calibrated.
    pub expected: Option<Interval>,
    /// How often expected waits have held; none before the first could be judged.
    pub hit_rate: Option<HitRate>,
}

/// How the latest waits compare with what was expected when each caller joined the line, announced or not.
#[derive(Serialize, ToSchema)]
pub struct HitRate {
    /// Waits that were judged, the latest ones.
    pub predictions: usize,
    /// Ended before the interval's beginning; about half of them should.
    pub within_low_permille: u16,
    /// Ended before the interval's end; about four in five should.
    pub within_high_permille: u16,
    /// Held as it should, so that the interval is announced.
    pub calibrated: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Interval {
    pub from_ms: u64,
    pub to_ms: u64,
}

impl From<&QueueView> for Queue {
    fn from(view: &QueueView) -> Self {
        Self {
            id: view.queue.to_string(),
            region: view.region.to_string(),
            waiting: view.waiting,
            oldest_since: view.oldest_since.map(|since| since.0),
            expected: view.expected_ms.map(|(from_ms, to_ms)| Interval { from_ms, to_ms }),
            hit_rate: view.hit_rate.map(|rate| HitRate {
                predictions: rate.predictions,
                within_low_permille: rate.within_low_permille,
                within_high_permille: rate.within_high_permille,
                calibrated: rate.is_calibrated(),
            }),
        }
    }
}

/// Somebody who answers.
#[derive(Serialize, ToSchema)]
pub struct Operator {
    pub id: u64,
    pub name: Option<String>,
    pub site: String,
    pub region: String,
    #[schema(example = "idle")]
    pub state: String,
    pub since: i64,
    /// Reason of a pause.
    pub pause: Option<String>,
    /// What comes after the present conversation: `ready`, `pause:meal`, `sign_out`.
    pub next: Option<String>,
    pub contact: Option<u64>,
    pub offer: Option<u64>,
    /// When an offer or wrap-up ends by itself.
    pub until: Option<i64>,
    pub languages: Vec<String>,
    /// The languages taken now, among those.
    pub taking: Vec<String>,
    pub queues: Vec<String>,
    /// Why nobody is offered; none while the operator is not free.
    pub idle: Option<IdleOperator>,
}

impl Operator {
    pub fn of(words: Words, plan: &Plan, live: &Live, view: &OperatorView) -> Self {
        Self {
            id: view.operator.0,
            name: live.names.get(&view.operator).cloned(),
            site: view.site.to_string(),
            region: view.region.to_string(),
            state: view.state.word().to_owned(),
            since: view.since.0,
            pause: view.pause.map(|reason| reason.word().to_owned()),
            next: view.next.map(|next| match next {
                NextIntent::Ready => "ready".to_owned(),
                NextIntent::Pause(reason) => format!("pause:{reason}"),
                NextIntent::SignOut => "sign_out".to_owned(),
            }),
            contact: view.contact.map(|contact| contact.0),
            offer: view.offer.map(|offer| offer.0),
            until: view.until.map(|until| until.0),
            languages: view.languages.iter().map(|language| language.word().to_owned()).collect(),
            taking: view.taking.iter().map(|language| language.word().to_owned()).collect(),
            queues: view.queues.iter().map(ToString::to_string).collect(),
            idle: IdleOperator::of(words, plan, view, live.view.at),
        }
    }
}

/// Topology, hours and level of the plan in force.
#[derive(Serialize, ToSchema)]
pub struct PlanSummary {
    pub name: String,
    /// Names the version.
    pub digest: String,
    /// Time zone of all local times.
    pub zone: String,
    pub languages: Vec<String>,
    pub numbers: Vec<String>,
    pub service_level: Goal,
    pub regions: Vec<Region>,
    pub classes: Vec<Class>,
    pub sites: Vec<Site>,
    /// Services that calls may be handed to.
    pub parties: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Goal {
    pub within_ms: u64,
    pub goal_permille: u16,
    /// The day's window in local time.
    #[schema(example = "07:00")]
    pub from: String,
    #[schema(example = "20:00")]
    pub to: String,
    pub short_ms: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Region {
    pub id: String,
    pub name: String,
    pub neighbours: Vec<String>,
    pub command_centre: String,
}

#[derive(Serialize, ToSchema)]
pub struct Class {
    pub id: String,
    pub intents: Vec<String>,
    pub strict: bool,
    pub answer_within_ms: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Site {
    pub id: String,
    pub name: String,
    pub region: String,
}

impl From<&Plan> for PlanSummary {
    fn from(plan: &Plan) -> Self {
        let level = &plan.service_level;
        Self {
            name: plan.name.clone(),
            digest: plan.digest.clone(),
            zone: plan.zone.iana_name().unwrap_or("UTC").to_owned(),
            languages: plan.languages.iter().map(|language| language.word().to_owned()).collect(),
            numbers: plan.numbers.clone(),
            service_level: Goal {
                within_ms: level.within_ms,
                goal_permille: level.goal_permille,
                from: level.from.strftime("%H:%M").to_string(),
                to: level.to.strftime("%H:%M").to_string(),
                short_ms: level.short_ms,
            },
            regions: plan
                .regions
                .iter()
                .map(|region| Region {
                    id: region.id.to_string(),
                    name: region.name.clone(),
                    neighbours: region.neighbours.iter().map(ToString::to_string).collect(),
                    command_centre: region.command_centre.to_string(),
                })
                .collect(),
            classes: plan
                .classes
                .iter()
                .map(|class| Class {
                    id: class.id.to_string(),
                    intents: class.intents.iter().map(|intent| intent.word().to_owned()).collect(),
                    strict: class.strict,
                    answer_within_ms: class.answer_within_ms,
                })
                .collect(),
            sites: plan
                .sites
                .iter()
                .map(|site| Site { id: site.id.to_string(), name: site.name.clone(), region: site.region.to_string() })
                .collect(),
            parties: plan.parties.keys().map(ToString::to_string).collect(),
        }
    }
}

/// The day so far, of one queue, a region or all.
#[derive(Serialize, ToSchema)]
pub struct Figures {
    /// `nation`, a region's id or a queue's id.
    pub of: String,
    /// By arrival within the day's window.
    pub inside: Counted,
    /// Arrived outside it; no part of the published level.
    pub outside: Counted,
    /// Calls that we owed and gave up today because nobody was reached; of the nation alone.
    pub calls_not_reached: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct Counted {
    pub offered: u64,
    pub still_waiting: u64,
    pub answered: u64,
    pub answered_in_time: u64,
    pub abandoned: u64,
    pub abandoned_in_time: u64,
    pub abandoned_short: u64,
    pub callbacks: u64,
    pub flowed_out: u64,
    /// Calls that the system ended: a public count of its own.
    pub system_terminated: u64,
    /// Mean over the answered only; `over_permille` stands beside it.
    pub answered_wait_ms_mean: Option<u64>,
    pub over_permille: Option<u16>,
    pub level: Levels,
}

/// The service level by each formula, in thousandths; `no_short` is the headline.
#[derive(Serialize, ToSchema)]
pub struct Levels {
    pub no_short: Option<u16>,
    pub answered_only: Option<u16>,
    pub all_abandons: Option<u16>,
    pub symmetric: Option<u16>,
    pub with_flow_out: Option<u16>,
    pub removed: Option<u16>,
}

impl From<&Counts> for Counted {
    fn from(counts: &Counts) -> Self {
        let Level { no_short, answered_only, all_abandons, symmetric, with_flow_out, removed } = counts.level();
        Self {
            offered: counts.offered,
            still_waiting: counts.still_waiting(),
            answered: counts.answered,
            answered_in_time: counts.answered_in_time,
            abandoned: counts.abandoned,
            abandoned_in_time: counts.abandoned_in_time,
            abandoned_short: counts.abandoned_short,
            callbacks: counts.callbacks,
            flowed_out: counts.flowed_out(),
            system_terminated: counts.system_terminated,
            answered_wait_ms_mean: counts.answered_wait_ms_mean(),
            over_permille: counts.over_permille(),
            level: Levels { no_short, answered_only, all_abandons, symmetric, with_flow_out, removed },
        }
    }
}
