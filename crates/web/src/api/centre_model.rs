//! The shapes of what leaders see: why somebody waits, alarms, readings of personal data.

use super::model::Explanation;
use crate::{
    alarms,
    desk::why,
    fault::Fault,
    idle,
    waiting::{self, Rule},
    words::Words,
};
use domain::{
    OperatorId, Timestamp,
    contact::LeadReason,
    plan::Plan,
    routing::{Able, Alarm, ContactView, Idle, LineView, OperatorView, Reach},
};
use serde::{Deserialize, Serialize};
use storage::Access;
use switchboard::{AlarmNotice, LeadAct, Live, Raised, Trouble};
use utoipa::ToSchema;

/// Why a contact waits where it waits, or came to whom it came.
#[derive(Serialize, ToSchema)]
pub struct WhyContact {
    pub contact: u64,
    #[schema(example = "29146313")]
    pub reference: String,
    #[schema(example = "queued")]
    pub state: String,
    pub waited_ms: u64,
    /// The reason in the language asked for; none before the contact stood in line.
    pub sentence: Option<String>,
    /// None when it does not wait.
    pub waiting: Option<Standing>,
    /// The decision that gave it to an operator; none before one was made.
    pub decision: Option<Explanation>,
}

/// How a contact stands in line.
#[derive(Serialize, ToSchema)]
pub struct Standing {
    #[schema(example = "vast.report")]
    pub queue: Option<String>,
    /// In the order in which all are taken, from 1.
    pub place: usize,
    /// Before it in its own queue.
    pub ahead: usize,
    /// `returned` and `strict` go before all others, then `put_first`; `waited` by time waited.
    #[schema(example = "waited")]
    pub rule: String,
    /// Added to the time waited.
    pub head_start_ms: u64,
    /// What the time waited is multiplied by.
    pub acceleration_permille: u32,
    /// Whose operators may take it: `region`, `neighbours`, `nation`.
    #[schema(example = "region")]
    pub reach: String,
    /// The operator they spoke with, for whom they wait a short while; none when anybody will do.
    pub awaits: Option<Awaited>,
    pub able: AbleOperators,
}

/// An operator for whom somebody waits.
#[derive(Serialize, ToSchema)]
pub struct Awaited {
    pub operator: u64,
    /// Anybody else will do from then on.
    pub until: i64,
}

/// Operators on duty who can answer it.
#[derive(Serialize, ToSchema)]
pub struct AbleOperators {
    pub ready: usize,
    pub talking: usize,
    pub wrap_up: usize,
    pub paused: usize,
    /// Free, but kept for other matters.
    pub kept: usize,
}

impl WhyContact {
    pub fn of(words: Words, plan: &Plan, live: &Live, contact: &ContactView) -> Self {
        let waits = waiting::why(plan, &live.view, contact);
        let in_line = || waits.map(|why| waiting::in_words(words, &why));
        let taken = || contact.why.as_ref().map(|decision| why::sentence(words, plan, decision));
        Self {
            contact: contact.contact.0,
            reference: contact.reference.digits(),
            state: contact.state.word().to_owned(),
            waited_ms: contact.waited_ms,
            sentence: in_line().or_else(taken),
            waiting: waits.map(|why| Standing::of(contact, &why)),
            decision: contact.why.as_ref().map(Explanation::from),
        }
    }
}

impl Standing {
    fn of(contact: &ContactView, why: &waiting::Why) -> Self {
        let waiting::Why { place, ahead, rule, line: LineView { reach, able, awaits, .. } } = *why;
        let Able { ready, talking, wrap_up, paused, kept } = able;
        let (word, head_start_ms, acceleration_permille) = match rule {
            Rule::Returned => ("returned", 0, 1_000),
            Rule::Strict => ("strict", 0, 1_000),
            Rule::PutFirst => ("put_first", 0, 1_000),
            Rule::Waited { head_start_ms, acceleration_permille } => ("waited", head_start_ms, acceleration_permille),
        };
        let reach = match reach {
            Reach::Region => "region",
            Reach::Neighbours => "neighbours",
            Reach::Nation => "nation",
        };
        Self {
            queue: contact.queue.as_ref().map(ToString::to_string),
            place,
            ahead,
            rule: word.to_owned(),
            head_start_ms,
            acceleration_permille,
            reach: reach.to_owned(),
            awaits: awaits.map(|(operator, until)| Awaited { operator: operator.0, until: until.0 }),
            able: AbleOperators { ready, talking, wrap_up, paused, kept },
        }
    }
}

/// Why an operator who is free is offered nobody: those who wait, each under the first thing that stands between.
#[derive(Serialize, ToSchema)]
pub struct IdleOperator {
    /// In the language asked for.
    pub sentence: String,
    /// When the operator's site takes its first calls, while that is still to come.
    pub opens: Option<i64>,
    /// In other regions, and no step has led them here yet.
    pub elsewhere: usize,
    pub language: usize,
    /// Another skill or category of staff is asked for.
    pub matter: usize,
    /// What is left of the operators is kept for other matters.
    pub kept: usize,
    /// What is left of the operators is kept for booked calls whose time has come.
    pub booked: usize,
    /// They wait for the operator they spoke with.
    pub awaited: usize,
    /// Nothing else keeps them than that the site takes no calls yet.
    pub unopened: usize,
}

impl IdleOperator {
    /// None of an operator who is not free.
    pub fn of(words: Words, plan: &Plan, operator: &OperatorView, now: Timestamp) -> Option<Self> {
        let sentence = idle::in_words(words, plan, operator, now)?;
        let Idle { opens, elsewhere, language, matter, kept, booked, awaited, unopened } = operator.idle?;
        Some(Self { sentence, opens: opens.map(|at| at.0), elsewhere, language, matter, kept, booked, awaited, unopened })
    }
}

/// What a person is called to look at.
#[derive(Serialize, ToSchema)]
pub struct AlarmRow {
    pub at: i64,
    #[schema(example = "nobody_serves")]
    pub alarm: String,
    /// In the language asked for.
    pub what: String,
    pub contact: Option<u64>,
    pub operator: Option<u64>,
    pub queue: Option<String>,
    pub party: Option<String>,
    pub promise: Option<u64>,
}

impl AlarmRow {
    pub fn of(words: Words, plan: &Plan, live: &Live, notice: &AlarmNotice) -> Self {
        let mut row = Self {
            at: notice.at.0,
            alarm: word_of(&notice.alarm).to_owned(),
            what: alarms::in_words(words, plan, live, notice),
            contact: notice.contact.map(|contact| contact.0),
            operator: None,
            queue: None,
            party: None,
            promise: None,
        };
        match &notice.alarm {
            Raised::Routing(
                Alarm::PairStanding { operator }
                | Alarm::OperatorUnresponsive { operator }
                | Alarm::OperatorGone { operator }
                | Alarm::LongTalk { operator },
            ) => row.operator = Some(operator.0),
            Raised::Routing(Alarm::EmergencyUnanswered { party } | Alarm::LongWithParty { party }) => row.party = Some(party.to_string()),
            Raised::Routing(Alarm::NobodyServes { queue }) => row.queue = Some(queue.to_string()),
            Raised::Routing(Alarm::PromiseLate { promise, .. } | Alarm::CallGivenUp { promise }) => row.promise = Some(promise.0),
            Raised::Routing(Alarm::MessageGivenUp { .. }) | Raised::Program(_) => {}
        }
        row
    }
}

fn word_of(raised: &Raised) -> &'static str {
    match raised {
        Raised::Routing(Alarm::PairStanding { .. }) => "pair_standing",
        Raised::Routing(Alarm::EmergencyUnanswered { .. }) => "emergency_unanswered",
        Raised::Routing(Alarm::OperatorUnresponsive { .. }) => "operator_unresponsive",
        Raised::Routing(Alarm::OperatorGone { .. }) => "operator_gone",
        Raised::Routing(Alarm::LongTalk { .. }) => "long_talk",
        Raised::Routing(Alarm::LongWithParty { .. }) => "long_with_party",
        Raised::Routing(Alarm::NobodyServes { .. }) => "nobody_serves",
        Raised::Routing(Alarm::PromiseLate { .. }) => "promise_late",
        Raised::Routing(Alarm::CallGivenUp { .. }) => "call_given_up",
        Raised::Routing(Alarm::MessageGivenUp { .. }) => "message_given_up",
        Raised::Program(Trouble::NothingSaved) => "nothing_saved",
        Raised::Program(Trouble::SavedAgain) => "saved_again",
        Raised::Program(Trouble::TelephonyEnded) => "telephony_ended",
        Raised::Program(Trouble::LeaseLost) => "lease_lost",
        Raised::Program(Trouble::PlanRefused) => "plan_refused",
        Raised::Program(Trouble::NothingLearnt) => "nothing_learnt",
        Raised::Program(Trouble::MailWaits) => "mail_waits",
        Raised::Program(Trouble::MailUnreadable) => "mail_unreadable",
    }
}

/// One reading of personal data, or a refusal of one.
#[derive(Serialize, ToSchema)]
pub struct AccessRow {
    pub at: i64,
    /// `account:7`, `token:board`, or `system` for what is erased after its time.
    #[schema(example = "account:7")]
    pub reader: String,
    pub contact: Option<u64>,
    pub matter: Option<u64>,
    /// What was read, or done.
    #[schema(example = "report")]
    pub what: String,
    /// The purpose, or `refused`.
    #[schema(example = "talk")]
    pub why: String,
}

impl AccessRow {
    pub fn of(access: &Access) -> Self {
        Self {
            at: access.at.0,
            reader: access.reader.word(),
            contact: access.contact.map(|contact| contact.0),
            matter: access.matter.map(|matter| matter.0),
            what: access.what.clone(),
            why: access.why.clone(),
        }
    }
}

/// What a leader wants with a waiting contact.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum LeadBody {
    /// To an operator who is free.
    Give { to: u64, reason: String },
    /// Before all that is not time-critical, or back in its turn.
    PutFirst { first: bool, reason: String },
}

impl LeadBody {
    /// # Errors
    /// [`Fault::WrongShape`] when the reason is none of the known words.
    pub fn read(self) -> Result<(LeadAct, LeadReason), Fault> {
        let (act, reason) = match self {
            Self::Give { to, reason } => (LeadAct::Give { to: OperatorId(to) }, reason),
            Self::PutFirst { first, reason } => (LeadAct::PutFirst { first }, reason),
        };
        Ok((act, LeadReason::from_word(&reason).ok_or(Fault::WrongShape)?))
    }
}
