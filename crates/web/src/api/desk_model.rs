//! The shapes of the desk in the API: state, acts, sound and the report. Apart from the domain's
//! types for the same reason as [`super::model`].

use super::{
    model::{Contact, Explanation, Operator},
    understood_model::{Destination, Reading, Suggestion},
    word_shapes::NextBody,
};
use crate::desk;
use domain::{
    BookingId, ContactId, DecisionId, DeskId, MatterId, OfferId, OperatorId, PartyId, PromiseId, Timestamp,
    contact::{PauseReason, Reference, StatedOutcome, StatedSettlement},
    intent::{Intent, Language},
    place::{Circle, Locality},
    plan::Plan,
    routing::{Consulted, ContactView, NextIntent},
};
use serde::{Deserialize, Serialize};
use switchboard::{Answered, CallerDetails, DeskBooking, OperatorAct, Question};
use utoipa::ToSchema;

/// My desk: who I am to the router and what I have.
#[derive(Serialize, ToSchema)]
pub struct DeskState {
    /// None before the first time on duty.
    pub operator: Option<Operator>,
    pub contact: Option<Contact>,
    /// Known of the citizen. The read is logged.
    pub caller: Option<Caller>,
    /// Why the contact came to me, as data.
    pub why: Option<Explanation>,
}

/// Personal data.
#[derive(Serialize, ToSchema)]
pub struct Caller {
    pub number: Option<String>,
    /// Where they want to be rung instead.
    pub call_back_number: Option<String>,
    pub display_name: Option<String>,
    pub place: Option<Place>,
    pub place_text: Option<String>,
    #[schema(example = "handset")]
    pub place_source: Option<String>,
    /// When the position was taken.
    pub place_time: Option<i64>,
    /// What number, digits or words tell of the place, beside a position or in its stead.
    pub locality: Option<KnownLocality>,
    /// As recognised, oldest first.
    pub words: Vec<String>,
    /// What the model takes it to be about, by all that was said; the likeliest first. Empty where only keys were pressed.
    pub readings: Vec<Reading>,
    /// What the words tell beside the matter: to be asked about, no facts.
    pub suggestions: Vec<Suggestion>,
    /// Where the plan leads the matter; none where only keys were pressed. No call is routed by it.
    pub destination: Option<Destination>,
    /// Ids of earlier contacts from the same number, newest first.
    pub earlier: Vec<u64>,
}

/// WGS84; an absent radius is unknown, not nought.
#[derive(Serialize, ToSchema)]
pub struct Place {
    pub latitude_e6: i32,
    pub longitude_e6: i32,
    pub radius_m: Option<u32>,
    pub confidence_permille: Option<u16>,
}

impl From<Circle> for Place {
    fn from(circle: Circle) -> Self {
        Self {
            latitude_e6: circle.centre.latitude_e6,
            longitude_e6: circle.centre.longitude_e6,
            radius_m: circle.radius_m,
            confidence_permille: circle.confidence_permille,
        }
    }
}

/// A place known by an area code, a postal code or a municipality, and what it covers.
#[derive(Serialize, ToSchema)]
pub struct KnownLocality {
    /// `area_code`, `postal_code` or `municipality`.
    #[schema(example = "area_code")]
    pub by: String,
    /// The code or digits.
    #[schema(example = "031")]
    pub word: String,
    #[schema(example = "area_code")]
    pub source: String,
    /// When it became known.
    pub at: i64,
    pub name: Option<String>,
    /// Official code of the municipality, or of the main one.
    pub municipality: Option<String>,
    /// Around the municipality's seat; the radius is an estimate.
    pub extent: Option<Place>,
}

impl From<switchboard::KnownLocality> for KnownLocality {
    fn from(known: switchboard::KnownLocality) -> Self {
        let (by, word) = match known.locality {
            Locality::AreaCode(word) => ("area_code", word),
            Locality::PostalCode(word) => ("postal_code", word),
            Locality::Municipality(word) => ("municipality", word),
        };
        Self {
            by: by.to_owned(),
            word,
            source: known.source.word().to_owned(),
            at: known.at.0,
            name: known.name,
            municipality: known.municipality.map(|municipality| municipality.code),
            extent: known.circle.map(Place::from),
        }
    }
}

impl Caller {
    /// What is known of the citizen in this contact.
    #[must_use]
    pub fn of(plan: &Plan, contact: &ContactView, details: CallerDetails) -> Self {
        let destination = desk::led(plan, contact, &details).map(|led| Destination::from(&led));
        Self {
            number: details.number,
            call_back_number: details.call_back_number,
            display_name: details.display_name,
            place: details.circle.map(Place::from),
            place_text: details.place_text,
            place_source: details.place_source.map(|source| source.word().to_owned()),
            place_time: details.place_time.map(|at| at.0),
            locality: details.locality.map(KnownLocality::from),
            words: details.words,
            readings: details.readings.iter().map(Reading::from).collect(),
            suggestions: details.suggestions.into_iter().map(Suggestion::from).collect(),
            destination,
            earlier: details.earlier.iter().map(|earlier| earlier.contact.0).collect(),
        }
    }
}

/// What an operator asks for; the contact is the one the operator has.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Go on duty, or end a pause.
    Ready,
    Pause {
        #[schema(value_type = String, example = "meal")]
        reason: PauseReason,
    },
    /// Go off duty; refused during a conversation.
    SignOut,
    /// What comes after the present conversation: `"ready"`, `{"pause":"meal"}`, `"sign_out"`.
    Next {
        #[schema(value_type = NextBody)]
        next: NextIntent,
    },
    /// The languages to take calls in now, among those of the account; at least one.
    Languages {
        #[schema(value_type = Vec<String>, example = json!(["sv", "en"]))]
        languages: Vec<Language>,
    },
    Accept {
        offer: u64,
    },
    Decline {
        offer: u64,
    },
    Mute {
        on: bool,
    },
    Hold,
    Resume,
    /// Digits, `*` and `#` to the other side, at most 32.
    Keys {
        #[schema(value_type = String, pattern = "^[0-9*#]{1,32}$")]
        keys: PressedKeys,
    },
    /// `{"party":"112"}` or `{"operator":7}`.
    Consult {
        with: With,
    },
    EndConsult,
    Conference,
    Transfer,
    EndCall,
    /// How it ended, as far as a person decides it. Without a contact it is said of the one the operator
    /// has.
    Outcome {
        #[serde(default)]
        contact: Option<u64>,
        #[schema(value_type = OutcomeWord)]
        outcome: StatedOutcome,
    },
    ExtendWrapUp,
    CorrectIntent {
        #[schema(value_type = String, example = "report_theft")]
        intent: Intent,
    },
    /// What became of a follow-up or call-back.
    SettlePromise {
        matter: u64,
        promise: u64,
        #[schema(value_type = SettlementWord)]
        outcome: StatedSettlement,
    },
    /// The call at hand, or an addition that is named, is of the matter with this reference.
    Link {
        #[serde(default)]
        contact: Option<u64>,
        #[schema(value_type = String, example = "02834186")]
        reference: Reference,
    },
    /// A time for the citizen at hand: `slot` is when it begins; without a desk it is a call.
    Book {
        slot: i64,
        #[serde(default)]
        desk: Option<String>,
        #[serde(default)]
        #[schema(example = "0701740605")]
        number: Option<String>,
        #[serde(default)]
        mail: Option<String>,
    },
    /// The citizen at hand wants one of their booked times at another, of the same kind.
    MoveBooking {
        booking: u64,
        slot: i64,
    },
    /// They want it no more.
    CancelBooking {
        booking: u64,
    },
    /// Rings the citizen of a follow-up or call-back now.
    RingCitizen {
        matter: u64,
        promise: u64,
    },
    /// Whoever answered a call-back is not the citizen; ends the call, and it is tried again.
    NotThem {
        #[schema(value_type = AnsweredWord)]
        who: Answered,
    },
    /// The citizen has been asked to ring again, by an app or otherwise; owed as a follow-up within minutes until they do.
    AskedToRingBack,
    /// The citizen at hand is told where to send files, by a link that works once within a day.
    SendFilesLink,
    /// The report in writing that is due first of those that I can complete is mine from here on.
    NextReport,
    /// I answer for what a unit owes.
    TakePromise {
        matter: u64,
        promise: u64,
    },
    /// What was reported in writing is decided, for one of the plan's `decisions`; whoever reported is told.
    DecideReport {
        matter: u64,
        promise: u64,
        #[schema(example = "no_traces")]
        decision: String,
    },
    /// Whoever reported in writing is asked for more (at most 2,000 characters), and it waits for them.
    AskCitizen {
        matter: u64,
        promise: u64,
        #[schema(value_type = String)]
        question: Question,
    },
    /// The promise waits for the citizen: its time stands.
    PausePromise {
        matter: u64,
        promise: u64,
    },
    ResumePromise {
        matter: u64,
        promise: u64,
    },
}

/// The document's words for who answers in the citizen's stead; what is read is the switchboard's own type.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredWord {
    Machine,
    WrongPerson,
}

/// The document's words for how a contact ended; what is read is the domain's own type.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeWord {
    ReportReceived,
    Helped,
    CallbackAccepted,
    Deflected,
    JoinedOther,
}

/// The same for a promise; `not_reached` leaves it owed, by whoever tried, with a new time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettlementWord {
    Helped,
    ReportReceived,
    NotReached,
    /// Of an addition.
    Read,
    /// Of an addition.
    PassedOn,
}

/// Whom to ask in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum With {
    Party(String),
    Operator(u64),
}

/// Keys that a telephone has.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct PressedKeys(String);

/// More than anybody presses for an extension behind an extension.
const KEYS_MAX: usize = 32;

impl TryFrom<String> for PressedKeys {
    type Error = &'static str;

    fn try_from(keys: String) -> Result<Self, Self::Error> {
        let on_a_telephone = |key: char| matches!(key, '0'..='9' | '*' | '#');
        let fits = !keys.is_empty() && keys.len() <= KEYS_MAX && keys.chars().all(on_a_telephone);
        fits.then_some(Self(keys)).ok_or("1 to 32 keys of a telephone")
    }
}

impl From<Act> for OperatorAct {
    fn from(act: Act) -> Self {
        match act {
            Act::Ready => Self::Ready,
            Act::Pause { reason } => Self::Pause { reason },
            Act::SignOut => Self::SignOut,
            Act::Next { next } => Self::Next { next },
            Act::Languages { languages } => Self::Languages { languages },
            Act::Accept { offer } => Self::Accept { offer: OfferId(offer) },
            Act::Decline { offer } => Self::Decline { offer: OfferId(offer) },
            Act::Mute { on } => Self::Mute { on },
            Act::Hold => Self::Hold,
            Act::Resume => Self::Resume,
            Act::Keys { keys: PressedKeys(keys) } => Self::Keys { keys },
            Act::Consult { with: With::Party(party) } => Self::Consult { with: Consulted::Party(PartyId::new(&party)) },
            Act::Consult { with: With::Operator(operator) } => Self::Consult { with: Consulted::Operator(OperatorId(operator)) },
            Act::EndConsult => Self::EndConsult,
            Act::Conference => Self::Conference,
            Act::Transfer => Self::Transfer,
            Act::EndCall => Self::EndCall,
            Act::Outcome { contact, outcome } => Self::Outcome { contact: contact.map(ContactId), outcome },
            Act::ExtendWrapUp => Self::ExtendWrapUp,
            Act::CorrectIntent { intent } => Self::CorrectIntent { intent },
            Act::Link { contact, reference } => Self::Link { contact: contact.map(ContactId), reference },
            Act::Book { slot, desk, number, mail } => {
                Self::Book(DeskBooking { slot: Timestamp(slot), desk: desk.as_deref().map(DeskId::new), number, mail })
            }
            Act::MoveBooking { booking, slot } => Self::MoveBooking { booking: BookingId(booking), slot: Timestamp(slot) },
            Act::CancelBooking { booking } => Self::CancelBooking { booking: BookingId(booking) },
            Act::RingCitizen { matter, promise } => Self::RingCitizen { matter: MatterId(matter), promise: PromiseId(promise) },
            Act::NotThem { who } => Self::NotThem { who },
            Act::AskedToRingBack => Self::AskedToRingBack,
            Act::SendFilesLink => Self::SendFilesLink,
            Act::NextReport => Self::NextReport,
            Act::TakePromise { matter, promise } => Self::TakePromise { matter: MatterId(matter), promise: PromiseId(promise) },
            Act::DecideReport { matter, promise, decision } => {
                Self::DecideReport { matter: MatterId(matter), promise: PromiseId(promise), decision: DecisionId::new(&decision) }
            }
            Act::AskCitizen { matter, promise, question } => {
                Self::AskCitizen { matter: MatterId(matter), promise: PromiseId(promise), question }
            }
            Act::PausePromise { matter, promise } => Self::PausePromise { matter: MatterId(matter), promise: PromiseId(promise) },
            Act::ResumePromise { matter, promise } => Self::ResumePromise { matter: MatterId(matter), promise: PromiseId(promise) },
            Act::SettlePromise { matter, promise, outcome } => {
                Self::SettlePromise { matter: MatterId(matter), promise: PromiseId(promise), outcome }
            }
        }
    }
}

/// The browser's sound: an SDP offer from the page that the stream named.
#[derive(Deserialize, ToSchema)]
pub struct SoundOffer {
    /// From the stream's first event.
    pub page: u64,
    /// The number under which this page had the sound before, when it only connects anew: then it takes it from no other
    /// page. Without it the sound is to be here, wherever it was.
    #[serde(default)]
    pub had: Option<u64>,
    pub sdp: String,
}

#[derive(Serialize, ToSchema)]
pub struct SoundAnswer {
    pub sdp: String,
}
