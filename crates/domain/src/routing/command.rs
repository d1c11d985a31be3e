//! What is to be done, as imperatives: everything the router decides. Each command names the
//! contact, offer, attempt or playback that makes doing it twice the same as doing it once.
//!
//! Two families in one list: *acts* (ring, play, connect) that the switchboard carries out after the
//! event is saved, and *records* (open, move, promise, close) that the ledger folds into contacts,
//! matters and promises. The order of the list is the order of doing.

use super::{Consulted, explain::Explanation};
use crate::{
    AttemptId, BookingId, ClassId, ContactId, DecisionId, MatterId, MessageNumber, OfferId, OperatorId, PartyId, PromiseId, QueueId,
    RegionId, Timestamp,
    booking::{BookingState, CancelledBy, TimeWanted},
    contact::{
        CallKind, Channel, ContactState, Medium, MessageFault, MessageState, NotReached, Outcome, Owner, PromiseKind, Settlement, Template,
        VisitOutcome,
    },
    dialogue::Line,
    intent::{Intent, Language},
    plan::Escalation,
    survey::{Opinion, SurveyRecord},
};
use serde::{Deserialize, Serialize};
use std::{iter, sync::Arc};

#[derive(Clone, PartialEq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    // Acts on the caller's line
    /// Pick up the call, so that the dialogue can be heard.
    Answer {
        contact: ContactId,
    },
    /// Play these lines in order; when `repeat`, again and again (music). Ends what played before.
    Play {
        contact: ContactId,
        playback: u64,
        language: Language,
        lines: Vec<Line>,
        repeat: bool,
    },
    /// Play these lines to their end and hang up.
    SayGoodbye {
        contact: ContactId,
        playback: u64,
        language: Language,
        lines: Vec<Line>,
    },
    StopPlaying {
        contact: ContactId,
    },
    /// Hear one utterance. `Hear` stays on through a playback (barge-in).
    Hear {
        contact: ContactId,
        language: Language,
    },
    StopHearing {
        contact: ContactId,
    },
    HangUp {
        contact: ContactId,
    },

    // Acts towards operators
    Ring {
        offer: OfferId,
        contact: ContactId,
        operator: OperatorId,
        until: Timestamp,
        /// Shared with the contact, which keeps it to be shown.
        why: Arc<Explanation>,
    },
    /// Ask a colleague into a conversation; answering makes the attempt answered.
    RingColleague {
        offer: OfferId,
        contact: ContactId,
        operator: OperatorId,
        attempt: AttemptId,
        until: Timestamp,
    },
    /// The offer is over for this operator (answered elsewhere, expired, caller gone).
    StopRinging {
        offer: OfferId,
        operator: OperatorId,
    },
    /// Bridge citizen and operator; answered by `OperatorConnected` or `OperatorUnreachable`.
    Connect {
        contact: ContactId,
        operator: OperatorId,
    },
    Hold {
        contact: ContactId,
    },
    Resume {
        contact: ContactId,
    },
    /// Take the operator's sound away from the contact.
    Release {
        contact: ContactId,
        operator: OperatorId,
    },

    // Acts towards third parties
    Dial {
        contact: ContactId,
        attempt: AttemptId,
        party: PartyId,
        until: Timestamp,
    },
    CancelDial {
        contact: ContactId,
        attempt: AttemptId,
    },
    /// Bridge operator and party, the citizen hears music.
    ConnectConsult {
        contact: ContactId,
        attempt: AttemptId,
        with: Consulted,
        operator: OperatorId,
    },
    /// Bridge citizen, operator and party.
    ConnectConference {
        contact: ContactId,
        attempt: AttemptId,
        with: Consulted,
        operator: OperatorId,
    },
    /// Bridge citizen and party.
    ConnectParty {
        contact: ContactId,
        attempt: AttemptId,
    },
    DropParty {
        contact: ContactId,
        attempt: AttemptId,
    },

    // Acts of a call that we owe
    /// Ring the citizen of a call-back until then; answered by `CitizenAnswered` or `CitizenNotReached`. The operator
    /// hears it ring meanwhile. Folded as well: one attempt more.
    DialCitizen {
        contact: ContactId,
        attempt: AttemptId,
        operator: OperatorId,
        /// Whose number it is, where none is kept beside the contact itself.
        from: ContactId,
        until: Timestamp,
    },
    /// The citizen is rung no more, or hung up on; said again it does nothing.
    CancelCitizen {
        contact: ContactId,
        attempt: AttemptId,
        /// The operator was lost while it rang. Folded as well: it was none of the citizen's attempts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lost: bool,
    },
    /// Collect the keys of this caller from here on, until #, a time, or hang-up; answered by `NumberGiven`.
    AskNumber {
        contact: ContactId,
    },

    /// Find out whether whoever was helped may be asked now how it was, and what reaches them; answered by
    /// `OpinionWeighed`.
    WeighOpinion {
        contact: ContactId,
    },

    /// A person must look: written to the log, the lead page and the metrics.
    RaiseAlarm {
        alarm: Alarm,
        contact: Option<ContactId>,
    },

    // Records
    OpenContact {
        contact: ContactId,
        matter: MatterId,
        channel: Channel,
        owner: Owner,
    },
    MoveContact {
        contact: ContactId,
        state: ContactState,
        owner: Owner,
    },
    /// What is known of the contact now.
    Describe {
        contact: ContactId,
        region: Option<RegionId>,
        uncertain: bool,
        intent: Option<Intent>,
        language: Language,
        /// A sign of danger that nobody has taken back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        urged: bool,
    },
    EnterQueue {
        contact: ContactId,
        queue: QueueId,
        strict: bool,
    },
    /// A human voice was heard; the wait is over.
    EndVisit {
        contact: ContactId,
        queue: QueueId,
        outcome: VisitOutcome,
        waited_ms: u64,
    },
    MakePromise {
        promise: PromiseId,
        matter: MatterId,
        promise_kind: PromiseKind,
        owner: Owner,
        due: Timestamp,
    },
    PassPromise {
        promise: PromiseId,
        matter: MatterId,
        owner: Owner,
    },
    SettlePromise {
        promise: PromiseId,
        matter: MatterId,
        settlement: Settlement,
    },
    /// The time of a promise stands: it waits for the citizen.
    PausePromise {
        promise: PromiseId,
        matter: MatterId,
    },
    /// It runs again, and is due later by what it stood.
    ResumePromise {
        promise: PromiseId,
        matter: MatterId,
        due: Timestamp,
    },
    /// The citizen of this contact was asked to ring us again: once they have been spoken with, the promise is kept.
    AwaitRingBack {
        contact: ContactId,
        promise: PromiseId,
        matter: MatterId,
    },
    CloseContact {
        contact: ContactId,
        outcome: Outcome,
    },
    CloseMatter {
        matter: MatterId,
    },
    /// A matter that was closed is open again, as it was; before anything of it is opened or promised.
    ReopenMatter {
        matter: MatterId,
        opened: Timestamp,
        decided_by: Option<Owner>,
    },
    /// The unit that took the report of a matter, for what is added to it later.
    DecideMatter {
        matter: MatterId,
        unit: Owner,
    },
    /// A report was decided; said again, it is decided otherwise.
    DecideReport {
        contact: ContactId,
        matter: MatterId,
        decision: DecisionId,
    },
    /// A contact adds to its matter; said again, as it stands now.
    OweAddition {
        contact: ContactId,
        promise: PromiseId,
        verified: bool,
        to_link: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposed: Option<MatterId>,
    },
    /// A contact is of this matter from now on; what is owed for it there was promised before.
    LinkContact {
        contact: ContactId,
        matter: MatterId,
    },
    /// The citizen is told this in writing. Its words and where it goes are kept beside the journal.
    #[serde(alias = "owe_text")]
    OweMessage {
        contact: ContactId,
        #[serde(default)]
        message: MessageNumber,
        #[serde(default = "Template::of_older")]
        template: Template,
        #[serde(default = "Medium::of_older")]
        medium: Medium,
        /// The destination of the plan that it is of, where it is of a form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form: Option<String>,
        language: Language,
        /// The time that it tells of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<Timestamp>,
    },
    #[serde(alias = "settle_text")]
    SettleMessage {
        contact: ContactId,
        #[serde(default)]
        message: MessageNumber,
        state: MessageState,
    },
    /// What a contact of channel `call_back` is for; right after it was opened.
    OweCall {
        contact: ContactId,
        call_kind: CallKind,
        /// Whose number it is.
        from: ContactId,
        /// The wait counts from here.
        since: Timestamp,
        class: ClassId,
        /// What it keeps when the citizen is reached.
        promise: PromiseId,
        /// The number that is rung takes text messages.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        textable: bool,
    },
    /// The call waits for its time; with the move to `resting`.
    RestCall {
        contact: ContactId,
        not_before: Timestamp,
        fault: Option<NotReached>,
        /// Goes before others then; its attempts begin anew.
        in_front: bool,
        /// The promise that it keeps from now on, where another takes the place of the one that it named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promise: Option<PromiseId>,
    },

    // Records of surveys
    /// Whoever was helped is perhaps asked then how it was; right after the contact was closed.
    AwaitOpinion {
        contact: ContactId,
        due: Timestamp,
    },
    /// They are asked, or not.
    SettleSurvey {
        contact: ContactId,
        asked: bool,
    },
    /// What they think of it; said again, it takes the place of what they said before.
    KeepOpinion {
        survey: Box<SurveyRecord>,
        opinion: Opinion,
    },

    // Records of booked times
    /// A time is kept while the form is filled.
    HoldTime {
        booking: BookingId,
        wanted: TimeWanted,
        /// When its slot ends.
        ends: Timestamp,
        until: Timestamp,
        /// By which the link to it is known; none where there is no link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// The time is free again: given back, or kept for too long.
    ReleaseTime {
        booking: BookingId,
        state: BookingState,
    },
    /// It is booked: the contact is there at its time.
    BookTime {
        booking: BookingId,
        matter: MatterId,
        contact: ContactId,
        promise: PromiseId,
        /// Whoever answers calls in an interpreter.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        interpreter: bool,
        /// Text messages reach them; journals of before do not tell.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        textable: bool,
        /// Mails do.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        mailable: bool,
    },
    MoveBooking {
        booking: BookingId,
        contact: ContactId,
        wanted: TimeWanted,
        ends: Timestamp,
        /// What is owed from now on.
        promise: PromiseId,
    },
    /// The citizen is to be reminded; once for each time.
    RemindCitizen {
        booking: BookingId,
        contact: ContactId,
    },
    CancelBooking {
        booking: BookingId,
        by: CancelledBy,
    },
    /// It is over: kept, missed, or ended otherwise.
    EndBooking {
        booking: BookingId,
        state: BookingState,
    },
    /// Until when callers of a class are told that too many ring about it; none: not any more.
    SetSurge {
        class: ClassId,
        until: Option<Timestamp>,
    },
}

/// Puts down a command that is made where it will stand. Pushed, it would be made elsewhere first, to be dropped should
/// there be no room, and copied; the copying costs several times what the making does. For those of every call.
#[inline(always)]
pub(super) fn put(out: &mut Vec<Command>, make: impl FnOnce() -> Command) {
    out.extend(iter::once_with(make));
}

/// What a person is called to look at.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Alarm {
    /// An eligible pair of operator and contact has stood for more than a second.
    PairStanding {
        operator: OperatorId,
    },
    EmergencyUnanswered {
        party: PartyId,
    },
    OperatorUnresponsive {
        operator: OperatorId,
    },
    OperatorGone {
        operator: OperatorId,
    },
    /// A conversation lasts longer than the plan foresees.
    LongTalk {
        operator: OperatorId,
    },
    /// A caller has been with a party for longer than the plan foresees.
    LongWithParty {
        party: PartyId,
    },
    NobodyServes {
        queue: QueueId,
    },
    PromiseLate {
        promise: PromiseId,
        /// The step of the plan's row that says so; none where it has no row.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<Escalation>,
        /// Who answers for it; none while it is a unit's and nobody has taken it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<OperatorId>,
    },
    /// A citizen whom we owe a call was not reached on any of the plan's days: a person decides.
    CallGivenUp {
        promise: PromiseId,
    },
    /// A citizen was promised a message and does not get it.
    #[serde(alias = "text_given_up")]
    MessageGivenUp {
        why: MessageFault,
        #[serde(default = "Medium::of_older")]
        medium: Medium,
    },
}
