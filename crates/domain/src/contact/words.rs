//! The words for channels, states, owners, outcomes and promises, each with one meaning
//! (`docs/glossary.md`).

use crate::{OperatorId, QueueId, UnitId, intent::words};
use serde::{Deserialize, Serialize};

words! {
    /// The way a citizen turned to the police.
    Channel {
        Telephone = "telephone",
        Web = "web",
        Mail = "mail",
        Desk = "desk",
        HandOver = "hand_over",
        /// A call that we owe: we ring the citizen.
        CallBack = "call_back",
    }
}

words! {
    /// Where an open contact stands. `Closed` is final.
    ContactState {
        Dialogue = "dialogue",
        Queued = "queued",
        Offered = "offered",
        Connecting = "connecting",
        Talking = "talking",
        OnHold = "on_hold",
        Consulting = "consulting",
        /// The caller is being connected to 112 or its fall-backs.
        EmergencyTransfer = "emergency_transfer",
        /// Talking with a party outside (112, command centre, switchboard); nobody of ours on line.
        WithParty = "with_party",
        /// The operator's page is gone; the caller waits for it or for somebody else.
        OperatorLost = "operator_lost",
        WrapUp = "wrap_up",
        /// A call that we owe waits for its time.
        Resting = "resting",
        /// The citizen whom we owe a call is being rung.
        Dialling = "dialling",
        /// Written to us and not yet read by whoever owes it.
        Unread = "unread",
        Closed = "closed",
    }
}

words! {
    /// Why a leader took a hand in who is next. A word and no text: the journal holds nothing of persons.
    LeadReason {
        /// Somebody hard pressed who does not count as urgent: a child, somebody who hides.
        InNeed = "in_need",
        /// The operator knows the matter or the caller.
        KnowsTheMatter = "knows_the_matter",
        /// Language, dialect or sign.
        Language = "language",
        WaitedTooLong = "waited_too_long",
        /// Understood wrongly, and put where it does not belong.
        Misplaced = "misplaced",
        Other = "other",
    }
}

words! {
    /// Why a leader told callers of a class that too many ring about it.
    SurgeReason {
        ManyCalls = "many_calls",
        /// A service on the web or a system elsewhere is down.
        ServiceDown = "service_down",
        /// Something that was on the news.
        Event = "event",
        FewOperators = "few_operators",
        Other = "other",
    }
}

words! {
    /// How a citizen is told something in writing.
    Medium { Text = "text", Mail = "mail" }
}

words! {
    /// What a message tells; its words are the plan's.
    Template {
        /// The web address of a form.
        Form = "form",
        /// We rang and reached nobody; when we ring again.
        NotReached = "not_reached",
        /// We rang for the last time by ourselves; what happens next.
        NotReachedLast = "not_reached_last",
        /// Nobody could ring before closing time as it was promised; from when on we ring.
        PutOff = "put_off",
        /// A time was booked.
        Booked = "booked",
        Moved = "moved",
        Cancelled = "cancelled",
        /// The booked time is near.
        Reminder = "reminder",
        /// The booked time went by.
        Missed = "missed",
        /// What was sent in reached us.
        Received = "received",
        /// What was sent in belongs to a matter that is there.
        Linked = "linked",
        /// Whoever reported is asked for more.
        Asked = "asked",
        /// What they reported was decided.
        Decided = "decided",
        /// How it was to turn to us.
        Survey = "survey",
        /// Where pictures and other files can be sent, while an operator talks with them.
        Files = "files",
    }
}

words! {
    /// What became of a message.
    MessageState { Owed = "owed", Sent = "sent", GivenUp = "given_up" }
}

words! {
    /// Why a message was given up.
    MessageFault {
        /// Whoever carries it does not take it, and would not later.
        Refused = "refused",
        /// Whoever carries it could not be reached, or took nothing, for as long as it was tried.
        Unreachable = "unreachable",
        /// Nobody to carry it is configured any more.
        NoGateway = "no_gateway",
        /// What was to be sent was erased, as the law may ask.
        Erased = "erased",
        /// No number or address is known that it could go to.
        NoAddress = "no_address",
    }
}

words! {
    /// Why we owe a call.
    CallKind {
        /// The caller keeps the place in line and hangs up.
        KeepPlace = "keep_place",
        /// Instead of waiting while too many ring, or while it is closed.
        Later = "later",
        /// Owed after a call that broke, or promised by an operator.
        FollowUp = "follow_up",
        /// At a time that the citizen has booked.
        Booked = "booked",
    }
}

words! {
    /// Why a citizen whom we rang was not reached.
    NotReached {
        NoAnswer = "no_answer",
        Busy = "busy",
        /// They declined the call, or hung up before anybody spoke.
        Refused = "refused",
        /// The number does not exist, or may not be rung.
        Unobtainable = "unobtainable",
        Machine = "machine",
        WrongPerson = "wrong_person",
        /// The fault is ours or the network's.
        Fault = "fault",
    }
}

/// Who is answerable for an open contact or promise.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The voice dialogue, before a queue is known. Its deadline is the dialogue's own.
    Dialogue,
    Queue(QueueId),
    Operator(OperatorId),
    /// A unit of the authority, by the plan's name (the supervisors of a region, a command centre).
    Unit(UnitId),
}

impl Owner {
    /// The person who answers for it, where it is one.
    #[must_use]
    pub fn operator(&self) -> Option<OperatorId> {
        match self {
            Self::Operator(operator) => Some(*operator),
            Self::Dialogue | Self::Queue(_) | Self::Unit(_) => None,
        }
    }
}

/// How one visit to a queue ended; exactly one per visit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    Answered,
    AbandonedShort,
    Abandoned,
    CallbackAccepted,
    Deflected,
    Diverted,
    Emergency,
    Full,
    Closed,
    TimedOut,
    SystemTerminated(SystemCause),
}

/// How a contact ended; exactly one per contact.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Helped,
    ReportReceived,
    LeftInDialogue,
    Abandoned,
    CallbackAccepted,
    Deflected,
    Transferred(String),
    Emergency,
    SystemTerminated(SystemCause),
    JoinedOther,
    /// We rang as often as the plan says, and nobody was there.
    NotReached,
    /// What was added to a matter was read by whoever owed that, and nothing more was to be done.
    Read,
    /// It was read and passed on to whoever works on the matter.
    PassedOn,
    /// A booked time was taken back.
    Cancelled,
    /// Nobody came at the time that was booked.
    Missed,
}

words! {
    /// How a contact ended as far as a person may state it, in the order of the desk. What a person
    /// does not decide (that a caller gave up, was handed on, was cut off) is the router's to say.
    StatedOutcome {
        ReportReceived = "report_received",
        Helped = "helped",
        CallbackAccepted = "callback_accepted",
        Deflected = "deflected",
        JoinedOther = "joined_other",
    }
}

words! {
    /// What a person may say became of a promise that they settle.
    StatedSettlement {
        Helped = "helped",
        ReportReceived = "report_received",
        /// It stays owed, by whoever tried, with a new time.
        NotReached = "not_reached",
        /// Of an addition: read, and nothing more is to be done.
        Read = "read",
        /// Of an addition: read, and with whoever works on the matter.
        PassedOn = "passed_on",
    }
}

words! {
    /// Why the system, not a person, ended a call. Every one is counted publicly.
    SystemCause {
        Restart = "restart",
        MediaLost = "media_lost",
        OperatorGone = "operator_gone",
        PartyGone = "party_gone",
        Deadline = "deadline",
        Fault = "fault",
        /// The operator ended the call before the citizen did.
        EndedByOperator = "ended_by_operator",
    }
}

words! {
    /// What is owed next.
    PromiseKind {
        /// A human voice, for a caller on the line.
        Answer = "answer",
        /// The operator finishes the record of a conversation.
        Conclude = "conclude",
        CallBack = "call_back",
        /// Somebody rings after a broken call.
        FollowUp = "follow_up",
        Feedback = "feedback",
        /// What was added to a matter is read, and answered where it asks for it.
        Addition = "addition",
        /// What was reported in writing is read, completed and decided.
        Report = "report",
        /// The citizen is rung, or met, at the time that they booked.
        Booked = "booked",
    }
}

words! {
    /// How a promise was settled.
    Settlement {
        Kept = "kept",
        /// The citizen went away or took it back.
        Withdrawn = "withdrawn",
        /// Another promise took its place.
        Replaced = "replaced",
    }
}

words! {
    /// Why an operator is on pause, chosen by the operator alone.
    PauseReason { Meal = "meal", Rest = "rest", Meeting = "meeting", Casework = "casework", Technical = "technical" }
}

impl PromiseKind {
    /// Kept by a conversation with the citizen whom we ring.
    #[must_use]
    pub fn is_call(self) -> bool {
        matches!(self, Self::CallBack | Self::FollowUp | Self::Booked)
    }
}

impl From<StatedOutcome> for Outcome {
    fn from(stated: StatedOutcome) -> Self {
        match stated {
            StatedOutcome::ReportReceived => Self::ReportReceived,
            StatedOutcome::Helped => Self::Helped,
            StatedOutcome::CallbackAccepted => Self::CallbackAccepted,
            StatedOutcome::Deflected => Self::Deflected,
            StatedOutcome::JoinedOther => Self::JoinedOther,
        }
    }
}

/// As the journal has it: whoever was not reached is a promise at its deadline.
impl From<StatedSettlement> for Outcome {
    fn from(stated: StatedSettlement) -> Self {
        match stated {
            StatedSettlement::Helped => Self::Helped,
            StatedSettlement::ReportReceived => Self::ReportReceived,
            StatedSettlement::NotReached => Self::SystemTerminated(SystemCause::Deadline),
            StatedSettlement::Read => Self::Read,
            StatedSettlement::PassedOn => Self::PassedOn,
        }
    }
}

impl Outcome {
    /// The word shown and exported, with its detail after a colon.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Helped => "helped".into(),
            Self::ReportReceived => "report_received".into(),
            Self::LeftInDialogue => "left_in_dialogue".into(),
            Self::Abandoned => "abandoned".into(),
            Self::CallbackAccepted => "callback_accepted".into(),
            Self::Deflected => "deflected".into(),
            Self::Transferred(to) => format!("transferred:{to}"),
            Self::Emergency => "emergency".into(),
            Self::SystemTerminated(cause) => format!("system_terminated:{cause}"),
            Self::JoinedOther => "joined_other".into(),
            Self::NotReached => "not_reached".into(),
            Self::Read => "read".into(),
            Self::PassedOn => "passed_on".into(),
            Self::Cancelled => "cancelled".into(),
            Self::Missed => "missed".into(),
        }
    }
}

impl Owner {
    /// The owner as `kind:name`, for records, exports and the API.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Dialogue => "dialogue".into(),
            Self::Queue(queue) => format!("queue:{queue}"),
            Self::Operator(operator) => format!("operator:{operator}"),
            Self::Unit(unit) => format!("unit:{unit}"),
        }
    }
}
