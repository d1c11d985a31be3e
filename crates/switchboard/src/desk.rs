//! What passes between an operator's page and the switchboard.

use crate::{additions::Written, desk_bookings::DeskBooking, reports::Question};
use domain::{
    BookingId, ContactId, DecisionId, MatterId, OfferId, OperatorId, PromiseId, QueueId, Timestamp,
    contact::{MessageRecord, Outcome, PauseReason, Reference, StatedOutcome, StatedSettlement},
    intent::{Circumstance, Gate, Intent, Language, Reading, Suggestion},
    place::{Circle, Locality, Municipality, PlaceSource},
    report::{FieldFault, ReportDraft},
    routing::{Consulted, Explanation, NextIntent},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// One open page of an operator; several may be open (a reload overlaps).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PageId(pub u64);

/// What an operator asks for. The contact is the one the operator has, unless another is named.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum OperatorAct {
    /// Go on duty, or end a pause.
    Ready,
    Pause {
        reason: PauseReason,
    },
    /// Go off duty; refused while a conversation is under way (choose it as `Next` instead).
    SignOut,
    Next {
        next: NextIntent,
    },
    /// The languages to take now, among those of the account.
    Languages {
        languages: Vec<Language>,
    },
    Accept {
        offer: OfferId,
    },
    Decline {
        offer: OfferId,
    },
    Mute {
        on: bool,
    },
    Hold,
    Resume,
    Keys {
        keys: String,
    },
    Consult {
        with: Consulted,
    },
    EndConsult,
    Conference,
    Transfer,
    /// Ends the call while the citizen is still there.
    EndCall,
    /// How it ended; ends wrap-up. A conversation whose wrap-up has run out is named.
    Outcome {
        #[serde(default)]
        contact: Option<ContactId>,
        outcome: StatedOutcome,
    },
    ExtendWrapUp,
    CorrectIntent {
        intent: Intent,
    },
    /// What became of a follow-up or call-back promise.
    SettlePromise {
        matter: MatterId,
        promise: PromiseId,
        outcome: StatedSettlement,
    },
    /// Rings the citizen of a follow-up or call-back promise now.
    RingCitizen {
        matter: MatterId,
        promise: PromiseId,
    },
    /// The call at hand, or an addition that is named, is of the matter with this reference; its own says that it is of no other.
    Link {
        #[serde(default)]
        contact: Option<ContactId>,
        reference: Reference,
    },
    /// A time for the citizen at hand.
    Book(DeskBooking),
    /// The citizen at hand wants one of their booked times at another, of the same kind.
    MoveBooking {
        booking: BookingId,
        slot: Timestamp,
    },
    /// They want it no more.
    CancelBooking {
        booking: BookingId,
    },
    /// Whoever answered a call-back is not the citizen; ends the call, and it is tried again.
    NotThem {
        who: Answered,
    },
    /// The citizen has been asked to ring again, by an app or otherwise.
    AskedToRingBack,
    /// This operator answers for what a unit owes.
    TakePromise {
        matter: MatterId,
        promise: PromiseId,
    },
    /// What was reported in writing is decided, for one of the plan's reasons; whoever reported is told.
    DecideReport {
        matter: MatterId,
        promise: PromiseId,
        decision: DecisionId,
    },
    /// Whoever reported in writing is asked for more, and it waits for them.
    AskCitizen {
        matter: MatterId,
        promise: PromiseId,
        question: Question,
    },
    /// The citizen at hand is told where to send files, by a link that works once.
    SendFilesLink,
    /// The report in writing that is due first of those that this operator can complete is theirs from here on.
    NextReport,
    /// The promise waits for the citizen.
    PausePromise {
        matter: MatterId,
        promise: PromiseId,
    },
    ResumePromise {
        matter: MatterId,
        promise: PromiseId,
    },
}

/// Who answers a call-back in the citizen's stead.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    Machine,
    WrongPerson,
}

/// What a leader asks for: a hand in who is next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeadAct {
    /// To an operator who is free, whatever the plan says of them.
    Give { to: OperatorId },
    /// Before all that is not time-critical, or back in its turn.
    PutFirst { first: bool },
}

/// What happens at the desk, pushed to each of its pages.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DeskEvent {
    /// A call rings. `why` is the explanation to show in words.
    Ring {
        offer: OfferId,
        contact: ContactId,
        reference: Reference,
        until: Timestamp,
        why: Box<Explanation>,
    },
    StopRing {
        offer: OfferId,
    },
    /// Sound flows.
    Connected {
        contact: ContactId,
    },
    /// The citizen is gone; wrap-up begins.
    Ended {
        contact: ContactId,
    },
    /// The page's own sound needs connecting anew (leg ended).
    SoundLost,
    /// Another page of the operator has the sound now; this one leaves it alone until asked.
    SoundElsewhere,
    /// The operator, their contact or what they owe changed; fetch the desk anew from [`crate::Live`]. What changes for
    /// others is seen by [`crate::Switchboard::changes`] alone.
    Changed,
}

/// What is known of the citizen on the line: personal data, hidden in Debug.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CallerDetails {
    pub number: Option<String>,
    /// Where they want to be rung instead.
    pub call_back_number: Option<String>,
    /// What they wrote, oldest first.
    pub written: Vec<Written>,
    /// What we asked them, oldest first.
    pub asked: Vec<String>,
    pub display_name: Option<String>,
    /// The address, the language of an interpreter and what else they need, of whoever booked a time.
    pub mail: Option<String>,
    pub interpreter: Option<String>,
    pub needs: Option<String>,
    pub circle: Option<Circle>,
    pub place_source: Option<PlaceSource>,
    /// When the position was taken, as the sender said.
    pub place_time: Option<Timestamp>,
    /// Street address or other words for the place.
    pub place_text: Option<String>,
    /// What number, digits or words tell of the place, beside a position or in its stead.
    pub locality: Option<KnownLocality>,
    /// What was said, as recognised, oldest first.
    pub words: Vec<String>,
    /// What the model takes it to be about, by all that was said; the likeliest first, each once.
    pub readings: Vec<Reading>,
    /// What the words tell beside the matter, each once, oldest first: no fact until it was asked about.
    pub suggestions: Vec<Suggestion>,
    /// What was said that decides where the matter is led, in the order of circumstances.
    pub circumstances: BTreeSet<Circumstance>,
    /// How urgent the most urgent words sounded.
    pub gate: Option<Gate>,
    /// What they were promised in writing, and what became of it.
    pub messages: Vec<MessageRecord>,
    /// Contacts from the same number before, newest first.
    pub earlier: Vec<EarlierContact>,
}

/// A place known by a word or a few digits, and what it covers by the deployment's files.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownLocality {
    pub locality: Locality,
    pub source: PlaceSource,
    /// When it became known.
    pub at: Timestamp,
    /// Name, municipality and estimated extent; none for a postal code.
    pub name: Option<String>,
    pub municipality: Option<Municipality>,
    pub circle: Option<Circle>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EarlierContact {
    pub contact: ContactId,
    pub reference: Reference,
    pub arrived: Timestamp,
    pub intent: Option<Intent>,
    /// The queue it was last in.
    pub queue: Option<QueueId>,
    pub language: Language,
    pub outcome: Option<Outcome>,
}

impl fmt::Debug for KnownLocality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownLocality(hidden)")
    }
}

impl fmt::Debug for CallerDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallerDetails(hidden)")
    }
}

/// Why something asked for was not done. Nothing has changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("this account has no profile to answer calls with")]
    NotAnOperator,
    /// Somebody else was quicker, the offer ran out or the caller hung up.
    #[error("the offer is over")]
    OfferOver,
    #[error("no conversation is under way")]
    NoContact,
    #[error("this is not possible now")]
    NotNow,
    #[error("no such party or operator to consult")]
    UnknownParty,
    #[error("no matter has this reference")]
    UnknownMatter,
    /// Its check digit does not fit.
    #[error("a digit of the reference is wrong, or two are swapped")]
    MisreadReference,
    /// Or it cannot be booked any more.
    #[error("the time is taken")]
    TimeTaken,
    #[error("this number may not be rung")]
    NumberNotRung,
    /// As many as the plan lets one have.
    #[error("the citizen has enough open bookings")]
    TooManyBookings,
    /// No report in writing waits that this operator can complete.
    #[error("no report waits that you can complete")]
    NoReport,
    #[error("the page has no sound connected")]
    Sound,
    #[error("a newer version of the report exists")]
    Conflict { version: u64, draft: Box<ReportDraft> },
    #[error("some fields cannot be kept")]
    Fields(Vec<FieldFault>),
    /// Also when a reading cannot be written to the access log, or what is kept cannot be read.
    #[error("saving is not possible right now; it is being tried again")]
    NotSaved,
    #[error("the service is starting or stopping")]
    Unavailable,
}
