//! What a caller may mean: the nineteen intents, the emergency gate's three verdicts and the
//! languages spoken. Definitions and borders are in `docs/glossary.md`; which of them have a web
//! form, and where each is led, is the plan's.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$about])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in plans, training sentences, the journal and the API.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// The matter in one of nineteen classes.
    Intent {
        ReportTheft = "report_theft",
        ReportBicycleTheft = "report_bicycle_theft",
        ReportFraud = "report_fraud",
        ReportDamage = "report_damage",
        ReportViolence = "report_violence",
        ReportDomesticViolence = "report_domestic_violence",
        ReportLostItem = "report_lost_item",
        Tip = "tip",
        OngoingEmergency = "ongoing_emergency",
        MissingPerson = "missing_person",
        NoiseDisturbance = "noise_disturbance",
        Traffic = "traffic",
        PassportId = "passport_id",
        PermitsWeapons = "permits_weapons",
        ExistingCaseStatus = "existing_case_status",
        LostAndFound = "lost_and_found",
        Complaint = "complaint",
        Operator = "operator",
        Other = "other",
    }
}

impl Intent {
    /// Matters that are not urgent by their nature.
    pub const NOT_URGENT: [Self; 6] =
        [Self::PassportId, Self::PermitsWeapons, Self::ExistingCaseStatus, Self::LostAndFound, Self::Complaint, Self::ReportLostItem];
}

words! {
    /// The safety gate: connect to 112 at once, ask the emergency question, or neither.
    Gate { Direct = "direct", Ask = "ask", None = "none" }
}

words! {
    /// A language the dialogue speaks and operators are matched by (BCP 47).
    Language { Swedish = "sv", English = "en", Danish = "da" }
}

words! {
    /// A yes or no to the question just asked.
    Answer { Yes = "yes", No = "no" }
}

words! {
    /// What a caller may ask for at every question instead of answering it.
    Request {
        /// To begin the dialogue anew.
        StartOver = "start_over",
        /// To leave a tip.
        Tip = "tip",
        /// A person, as with key 0.
        Person = "person",
    }
}

words! {
    /// What was said about the matter that decides where it is led, beside what it is about. Which phrases
    /// speak of it stands in a deployment's `circumstances.toml`.
    Circumstance {
        /// Violence, a threat or a weapon was part of it.
        Violence = "violence",
        /// The caller knows who did it.
        KnownOffender = "known_offender",
        /// Somebody, a camera or a registration plate shows who did it.
        SeenOffender = "seen_offender",
        ProtectedIdentity = "protected_identity",
        /// No national identity number, so no way to sign in to a form: a visitor, a newcomer.
        NoNationalId = "no_national_id",
        /// Codes or card details were given to a fraudster on the telephone.
        CardDetailsGiven = "card_details_given",
        /// What was stolen has turned up: for sale, or in somebody's hands.
        FoundForSale = "found_for_sale",
        /// A motor vehicle, a boat, a trailer, or a part of one.
        Vehicle = "vehicle",
        /// A business, an association or an authority is the victim.
        Business = "business",
        /// Somebody broke in where people live.
        DwellingBreakIn = "dwelling_break_in",
        /// A passport or a national identity card, which must be blocked.
        IdentityDocument = "identity_document",
        /// Fire was set on purpose.
        Arson = "arson",
        /// A weapon, ammunition or explosives are gone.
        Weapon = "weapon",
        /// Somebody was meant for what they are: hate.
        Hate = "hate",
        /// A question about rules, prices or ways, not a matter of the caller's own.
        Question = "question",
        /// Something more for a report that was made, or a change of it.
        Addition = "addition",
        /// A card was used by somebody else.
        CardMisused = "card_misused",
        /// Something was bought or sold on the internet.
        BoughtOnline = "bought_online",
        /// An extract of the criminal record.
        CriminalRecord = "criminal_record",
        /// How staff who are no officers, or the authority itself, handled something.
        Handling = "handling",
        /// Whether a lost thing was handed in.
        HandedIn = "handed_in",
        /// A stray or found animal.
        Animal = "animal",
        /// It has been so for a day or longer, or is over: nobody is sent out for it at once.
        ForDays = "for_days",
        /// The police themselves, so not for another authority.
        AboutPolice = "about_police",
        /// It is told as something that is over, by the cues of the past: no phrases of its own.
        Past = "past",
    }
}

impl Circumstance {
    /// What keeps a report that has a form from being made in it, the weightiest first.
    pub const BLOCKING: [Self; 15] = [
        Self::Violence,
        Self::ProtectedIdentity,
        Self::IdentityDocument,
        Self::Hate,
        Self::Arson,
        Self::Weapon,
        Self::DwellingBreakIn,
        Self::KnownOffender,
        Self::SeenOffender,
        Self::FoundForSale,
        Self::CardDetailsGiven,
        Self::NoNationalId,
        Self::Business,
        Self::Vehicle,
        Self::Question,
    ];
}

words! {
    /// What the words tell beside the matter, to be shown to the operator as a suggestion.
    Suggested {
        Place = "place",
        When = "when",
        Object = "object",
        Weapon = "weapon",
        Injury = "injury",
        Children = "children",
    }
}

/// What may help whoever answers, with the caller's words that it was taken from: personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub kind: Suggested,
    pub words: String,
}

impl std::fmt::Debug for Suggestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Suggestion({})", self.kind)
    }
}

/// One reading of what was said, with its calibrated confidence in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reading {
    pub intent: Intent,
    pub confidence_permille: u16,
}

/// What the understanding room made of one utterance. Holds no words of the caller.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Understanding {
    /// Best reading first, at most three.
    pub readings: Vec<Reading>,
    pub gate: Gate,
    /// The language spoken, when it was recognised.
    pub language: Option<Language>,
    /// A plain yes or no, when that is what was said.
    #[serde(default)]
    pub answer: Option<Answer>,
    /// Code of a municipality that was named, as a suggestion for the place.
    pub municipality: Option<String>,
    /// Code of a county or police district that was named, where no municipality was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// What is asked for instead of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// What was said that decides where the matter is led, in their order and each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub circumstances: Vec<Circumstance>,
    /// Digest of the model that decided, so that a decision can be traced to it.
    pub model: String,
}
