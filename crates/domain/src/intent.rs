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
    /// Digest of the model that decided, so that a decision can be traced to it.
    pub model: String,
}
