//! What has happened, in past tense: everything the router is told. Events are kept in the journal,
//! so they hold no personal data: numbers, words and positions stand in payloads beside them.

use super::Intake;
use crate::{
    AttemptId, BookingId, ClassId, ContactId, DecisionId, MatterId, MessageNumber, OfferId, OperatorId, PartyId, PromiseId, RegionId,
    Timestamp,
    booking::{AtDesk, ByStaff, CancelledBy, TimeWanted},
    contact::{Channel, LeadReason, MessageFault, NamedMatter, NotReached, Outcome, PauseReason, ReachedBy, SurgeReason, SystemCause},
    intent::{Intent, Language, Understanding},
    place::PlaceEstimate,
    plan::OperatorProfile,
    survey::{Opinion, SurveyRecord},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The router of this deployment begins, or begins again. `interrupted` tells the journal's
    /// readers what was under way when the last one ended; each restored contact that was becomes a
    /// follow-up.
    Started {
        plan: String,
        interrupted: Vec<ContactId>,
    },
    /// The prepared plan with this digest is adopted; waiting contacts keep place and age.
    PlanChanged {
        plan: String,
    },
    CallArrived {
        contact: ContactId,
        matter: MatterId,
        channel: Channel,
        place: Option<PlaceEstimate>,
        intake: Intake,
    },

    // The dialogue
    PlaybackEnded {
        contact: ContactId,
        playback: u64,
    },
    KeyPressed {
        contact: ContactId,
        key: char,
    },
    WordsUnderstood {
        contact: ContactId,
        understanding: Understanding,
        /// What was being played, or had been, when they were said; older journals do not tell.
        #[serde(default)]
        after: Option<u64>,
    },
    /// Something was said that no recogniser could read.
    WordsMissed {
        contact: ContactId,
        #[serde(default)]
        after: Option<u64>,
    },
    /// Nobody spoke within the time given.
    SilenceHeard {
        contact: ContactId,
        #[serde(default)]
        after: Option<u64>,
    },

    // The line
    CallerHungUp {
        contact: ContactId,
    },
    /// The call ended and the citizen did not end it.
    CallBroken {
        contact: ContactId,
        cause: SystemCause,
    },

    // Operators: intent
    OperatorSignedIn {
        operator: OperatorId,
        profile: OperatorProfile,
    },
    OperatorSignedOut {
        operator: OperatorId,
    },
    OperatorReady {
        operator: OperatorId,
    },
    OperatorPaused {
        operator: OperatorId,
        reason: PauseReason,
    },
    /// What the operator wants after the present conversation and its wrap-up; at once when there is
    /// none.
    NextIntentChosen {
        operator: OperatorId,
        next: NextIntent,
    },
    /// The languages that the operator takes now, among those of the account; at least one.
    LanguagesChosen {
        operator: OperatorId,
        languages: Vec<Language>,
    },
    // Operators: presence
    OperatorLost {
        operator: OperatorId,
    },
    OperatorReturned {
        operator: OperatorId,
    },

    // Offers
    OfferAccepted {
        offer: OfferId,
        operator: OperatorId,
    },
    OfferDeclined {
        offer: OfferId,
        operator: OperatorId,
    },
    /// Sound flows between citizen and operator.
    OperatorConnected {
        contact: ContactId,
        operator: OperatorId,
    },
    /// The operator's sound could not be connected, at first, after a transfer or after a lost page.
    OperatorUnreachable {
        contact: ContactId,
        operator: OperatorId,
    },

    // The conversation
    CallHeld {
        contact: ContactId,
        operator: OperatorId,
    },
    CallResumed {
        contact: ContactId,
        operator: OperatorId,
    },
    ConsultAsked {
        contact: ContactId,
        operator: OperatorId,
        with: Consulted,
    },
    /// By the operator who asked, or by the colleague who was asked in and leaves.
    ConsultEnded {
        contact: ContactId,
        operator: OperatorId,
    },
    /// Citizen, operator and consulted party speak together.
    ConferenceAsked {
        contact: ContactId,
        operator: OperatorId,
    },
    /// The operator leaves; citizen and party go on.
    TransferAsked {
        contact: ContactId,
        operator: OperatorId,
    },
    /// The operator ends the call while the citizen is still there.
    CallEndedByOperator {
        contact: ContactId,
        operator: OperatorId,
    },
    /// The operator states how the contact ended; ends wrap-up.
    OutcomeStated {
        contact: ContactId,
        operator: OperatorId,
        outcome: Outcome,
    },
    WrapUpExtended {
        contact: ContactId,
        operator: OperatorId,
    },
    /// The operator corrected what the caller was understood to want.
    IntentCorrected {
        contact: ContactId,
        operator: OperatorId,
        intent: Intent,
    },

    // Third parties (a colleague answers by `OfferAccepted` and leaves by `ConsultEnded`)
    PartyRinging {
        contact: ContactId,
        attempt: AttemptId,
    },
    PartyAnswered {
        contact: ContactId,
        attempt: AttemptId,
    },
    PartyFailed {
        contact: ContactId,
        attempt: AttemptId,
    },
    PartyHungUp {
        contact: ContactId,
        attempt: AttemptId,
    },

    // Calls that we owe
    /// The caller keyed a number, kept beside this; `usable` when it may be rung. Not usable as well when none came.
    NumberGiven {
        contact: ContactId,
        usable: bool,
        /// It takes text messages, and there is a gateway.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        textable: bool,
        /// As many times are booked for it as the plan lets one citizen have.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        booked_enough: bool,
    },
    CitizenAnswered {
        contact: ContactId,
        attempt: AttemptId,
    },
    CitizenNotReached {
        contact: ContactId,
        attempt: AttemptId,
        why: NotReached,
    },
    /// The operator hears a machine or somebody else.
    CallBackUnheard {
        contact: ContactId,
        operator: OperatorId,
        why: NotReached,
    },
    /// An operator rings the citizen of a follow-up or call-back now.
    CallTaken {
        promise: PromiseId,
        matter: MatterId,
        operator: OperatorId,
    },

    /// The operator has asked the citizen to ring us again, by an app or otherwise.
    RingBackAsked {
        contact: ContactId,
        operator: OperatorId,
    },
    /// The operator has the citizen on the line send files: they are told where.
    FilesAsked {
        contact: ContactId,
        operator: OperatorId,
    },
    /// An operator has time for the report in writing that is due first of those that they can complete.
    NextReportAsked {
        operator: OperatorId,
    },
    /// An operator answers for a promise of a unit from now on.
    PromiseTaken {
        promise: PromiseId,
        matter: MatterId,
        operator: OperatorId,
    },
    /// It waits for the citizen.
    PromisePaused {
        promise: PromiseId,
        matter: MatterId,
        operator: OperatorId,
    },
    PromiseResumed {
        promise: PromiseId,
        matter: MatterId,
        operator: OperatorId,
    },

    // Leaders
    /// A leader gives a waiting contact to an operator who is free: themselves, or another.
    ContactAssigned {
        contact: ContactId,
        operator: OperatorId,
        by: OperatorId,
        reason: LeadReason,
    },
    /// A leader puts a waiting contact before others, or back in its turn.
    ContactPutFirst {
        contact: ContactId,
        first: bool,
        by: OperatorId,
        reason: LeadReason,
    },

    /// Too many turn to us about one class of matters: until then its callers are told so, and offered what
    /// the plan has for it. Said again, it takes the place of what was said before.
    SurgeDeclared {
        class: ClassId,
        until: Timestamp,
        by: OperatorId,
        reason: SurgeReason,
    },
    SurgeEnded {
        class: ClassId,
        by: OperatorId,
    },

    /// A follow-up or call-back was settled by a person with an outcome.
    PromiseSettled {
        matter: MatterId,
        promise: PromiseId,
        operator: OperatorId,
        outcome: Outcome,
    },
    /// A report in writing was decided by whoever answers for it, for one of the plan's reasons.
    ReportDecided {
        matter: MatterId,
        promise: PromiseId,
        operator: OperatorId,
        decision: DecisionId,
        /// How whoever reported is told.
        #[serde(flatten)]
        reached: ReachedBy,
    },
    /// Whoever reported in writing is asked for more, and the report waits for them. The question stands beside this.
    CitizenAsked {
        matter: MatterId,
        promise: PromiseId,
        operator: OperatorId,
        #[serde(flatten)]
        reached: ReachedBy,
    },
    /// Something was written to us beside any call: a mail, a form, a note at a desk. Its words stand beside this.
    AdditionReceived {
        contact: ContactId,
        /// The matter that it is of its own until a person links it.
        matter: MatterId,
        channel: Channel,
        language: Language,
        /// The matter that it names, or that its sender has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named: Option<NamedMatter>,
        /// Who sent it is known, and to the matter named: it joins that at once.
        verified: bool,
        /// Whose it is while nobody has linked it; else that of the matter named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<RegionId>,
        /// How they may be told that it has come.
        #[serde(flatten)]
        reached: ReachedBy,
    },
    /// Something was reported in writing, by a form on the web. What was answered stands beside this.
    ReportReceived {
        contact: ContactId,
        matter: MatterId,
        /// What it is about, as the form says.
        intent: Intent,
        language: Language,
        /// Where it happened, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<RegionId>,
        /// How they may be told that it has come.
        #[serde(flatten)]
        reached: ReachedBy,
    },
    /// A person says which matter a contact is of: their own call, or an addition. Its own matter says that it is of no other.
    ContactLinked {
        contact: ContactId,
        named: NamedMatter,
        operator: OperatorId,
    },
    /// Whoever carries it has taken the message that was owed to a contact.
    #[serde(alias = "text_sent")]
    MessageSent {
        contact: ContactId,
        #[serde(default)]
        message: MessageNumber,
    },
    /// It is tried no more.
    #[serde(alias = "text_given_up")]
    MessageGivenUp {
        contact: ContactId,
        #[serde(default)]
        message: MessageNumber,
        why: MessageFault,
    },

    // Surveys
    /// Whether somebody may be asked how it was, and by which way: by none where they were asked not long ago.
    OpinionWeighed {
        contact: ContactId,
        #[serde(flatten)]
        reached: ReachedBy,
    },
    /// Somebody said how it was. The survey as its record tells it: it may have been forgotten long since. Their own words
    /// stand beside this.
    OpinionGiven {
        survey: SurveyRecord,
        opinion: Opinion,
    },

    // Booked times
    /// Somebody chose a time, and fills the form.
    TimeHeld {
        booking: BookingId,
        wanted: TimeWanted,
        /// By which the link to it is known, and which tells nothing of the link; none where there is no link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// The form was left.
    HoldLeft {
        booking: BookingId,
    },
    /// The form is whole: the time that was held is booked, and a matter begins with it, or goes on where an operator books.
    TimeBooked {
        booking: BookingId,
        matter: MatterId,
        contact: ContactId,
        language: Language,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intent: Option<Intent>,
        /// Whoever answers is to call in an interpreter.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        interpreter: bool,
        #[serde(flatten)]
        reached: ReachedBy,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_desk: Option<AtDesk>,
    },
    BookingMoved {
        booking: BookingId,
        wanted: TimeWanted,
        /// None where the citizen did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        staff: Option<ByStaff>,
    },
    BookingCancelled {
        booking: BookingId,
        by: CancelledBy,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        staff: Option<ByStaff>,
    },
    /// Who came to a desk at their time was met.
    VisitorMet {
        booking: BookingId,
        operator: OperatorId,
    },
    VisitorMissed {
        booking: BookingId,
        operator: OperatorId,
    },
    /// Nothing can be saved from here on, so nothing is done and nothing falls due until [`Event::SavingResumed`]. Kept so
    /// that replay stands still as well; journals of before do not tell it.
    SavingStopped,
    /// Nothing could be saved for so long, so nothing was done and nobody was rung: whoever was given
    /// a time to answer has it from now.
    SavingResumed {
        stood_ms: u64,
    },
    /// A deadline passed; the router does what is due. Kept so that replay jumps the same way.
    TimePassed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextIntent {
    Ready,
    Pause(PauseReason),
    SignOut,
}

/// Whom an operator asks in or hands over to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consulted {
    Party(PartyId),
    Operator(OperatorId),
}

impl Event {
    /// The name under `kind`, for logs and metrics.
    #[must_use]
    pub fn kind(&self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.get("kind").and_then(|kind| kind.as_str().map(str::to_owned)))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_called_as_it_is_written_in_the_journal() {
        assert_eq!(Event::TimePassed.kind(), "time_passed");
        assert_eq!(Event::CallerHungUp { contact: ContactId(1) }.kind(), "caller_hung_up");
    }
}
