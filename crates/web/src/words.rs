//! The words of the screens: Fluent catalogues in `locales/<language>/*.ftl`, embedded.
//!
//! Every key stands in every language (a test proves it), so a missing one shows its own name rather
//! than fall back to another language unseen.

use crate::accesses;
use domain::{
    booking::{BookingState, StaffReason},
    contact::{
        CallKind, Channel, ContactState, LeadReason, Medium, MessageFault, NotReached, Outcome, PauseReason, PromiseKind, Settlement,
        Standing, SurgeReason, SystemCause, Template,
    },
    destination::Rule,
    form::{Part, Rule as FormRule},
    intent::{Circumstance, Intent, Language, Suggested},
    place::PlaceSource,
    plan::EscalateTo,
    report::{CrimeDegree, FieldRule, PartyRole, RemarkRule, ReportKind},
    routing::OperatorState,
    service_level::Share,
    survey::{Aspect, Rating},
};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use simulator::{figures::Measure, statistics::Verdict};
use std::sync::LazyLock;
use storage::{CustodyAct, EvidenceState};
use switchboard::{Concern, EvidenceGroup};

type Catalogue = FluentBundle<FluentResource>;

macro_rules! sources {
    ($language:literal) => {
        [
            include_str!(concat!("../../../locales/", $language, "/common.ftl")),
            include_str!(concat!("../../../locales/", $language, "/words.ftl")),
            include_str!(concat!("../../../locales/", $language, "/desk.ftl")),
            include_str!(concat!("../../../locales/", $language, "/board.ftl")),
            include_str!(concat!("../../../locales/", $language, "/lead.ftl")),
            include_str!(concat!("../../../locales/", $language, "/surges.ftl")),
            include_str!(concat!("../../../locales/", $language, "/plan.ftl")),
            include_str!(concat!("../../../locales/", $language, "/prompts.ftl")),
            include_str!(concat!("../../../locales/", $language, "/faults.ftl")),
            include_str!(concat!("../../../locales/", $language, "/what_if.ftl")),
            include_str!(concat!("../../../locales/", $language, "/public.ftl")),
            include_str!(concat!("../../../locales/", $language, "/forms.ftl")),
            include_str!(concat!("../../../locales/", $language, "/evidence.ftl")),
            include_str!(concat!("../../../locales/", $language, "/survey.ftl")),
            include_str!(concat!("../../../locales/", $language, "/retention.ftl")),
        ]
    };
}
/// Source of each language, file by file.
pub const SOURCES: [(Language, &[&str]); 3] =
    [(Language::Swedish, &sources!("sv")), (Language::English, &sources!("en")), (Language::Danish, &sources!("da"))];

static CATALOGUES: LazyLock<[Catalogue; 3]> = LazyLock::new(|| SOURCES.map(|(language, files)| catalogue(language, files)));

fn catalogue(language: Language, files: &[&str]) -> Catalogue {
    let mut bundle = FluentBundle::new_concurrent(language.word().parse().into_iter().collect());
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(readable, _)| readable);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The words of one language. Copied freely.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    pub language: Language,
}

impl Words {
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// The text under `key`.
    #[must_use]
    pub fn t(self, key: &str) -> String {
        self.text(key, None)
    }

    /// The text under `key` with its blanks filled in.
    #[must_use]
    pub fn with<const N: usize>(self, key: &str, blanks: [(&str, Blank); N]) -> String {
        let mut args = FluentArgs::with_capacity(N);
        for (name, value) in blanks {
            match value {
                Blank::Text(text) => args.set(name.to_owned(), FluentValue::from(text)),
                Blank::Count(count) => args.set(name.to_owned(), FluentValue::from(count)),
            }
        }
        self.text(key, Some(&args))
    }

    fn text(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let catalogue = &CATALOGUES[match self.language {
            Language::Swedish => 0,
            Language::English => 1,
            Language::Danish => 2,
        }];
        let Some(pattern) = catalogue.get_message(key).and_then(|message| message.value()) else { return key.to_owned() };
        catalogue.format_pattern(pattern, args, &mut Vec::new()).into_owned()
    }

    /// The name of one of the system's words: `named("intent", "report_theft")`.
    #[must_use]
    pub fn named(self, family: &str, word: &str) -> String {
        self.t(&key_of(family, word))
    }

    #[must_use]
    pub fn intent(self, intent: Intent) -> String {
        self.named("intent", intent.word())
    }
}

/// What stands in a blank of a text.
pub enum Blank {
    Text(String),
    Count(u64),
}

impl From<&str> for Blank {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Blank {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Blank {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Blank {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

fn key_of(family: &str, word: &str) -> String {
    format!("{family}-{}", word.replace('_', "-"))
}

/// Keys that are made from the system's own words; each must stand in every catalogue.
#[must_use]
pub fn families() -> Vec<String> {
    fn keys<T: Copy>(family: &str, all: &[T], word: fn(T) -> &'static str) -> Vec<String> {
        all.iter().map(|one| key_of(family, word(*one))).collect()
    }
    let outcomes = [
        Outcome::Helped,
        Outcome::ReportReceived,
        Outcome::LeftInDialogue,
        Outcome::Abandoned,
        Outcome::CallbackAccepted,
        Outcome::Deflected,
        Outcome::Emergency,
        Outcome::JoinedOther,
        Outcome::NotReached,
        Outcome::Read,
        Outcome::PassedOn,
        Outcome::Cancelled,
        Outcome::Missed,
    ];
    [
        keys("intent", Intent::ALL, Intent::word),
        keys("circumstance", Circumstance::ALL, Circumstance::word),
        keys("suggested", Suggested::ALL, Suggested::word),
        keys("rule", Rule::ALL, Rule::word),
        keys("language", Language::ALL, Language::word),
        keys("language-own", Language::ALL, Language::word),
        keys("channel", Channel::ALL, Channel::word),
        keys("contact-state", ContactState::ALL, ContactState::word),
        keys("operator-state", OperatorState::ALL, OperatorState::word),
        keys("pause", PauseReason::ALL, PauseReason::word),
        keys("lead-reason", LeadReason::ALL, LeadReason::word),
        keys("surge-reason", SurgeReason::ALL, SurgeReason::word),
        keys("staff-reason", StaffReason::ALL, StaffReason::word),
        keys("promise", PromiseKind::ALL, PromiseKind::word),
        keys("escalate-to", EscalateTo::ALL, EscalateTo::word),
        keys("settlement", Settlement::ALL, Settlement::word),
        keys("message-fault", MessageFault::ALL, MessageFault::word),
        keys("medium", Medium::ALL, Medium::word),
        keys("template", Template::ALL, Template::word),
        keys("standing", Standing::ALL, Standing::word),
        keys("follow-course-told", Medium::ALL, Medium::word),
        keys("booking-state", BookingState::ALL, BookingState::word),
        keys("call-kind", CallKind::ALL, CallKind::word),
        keys("not-reached", NotReached::ALL, NotReached::word),
        keys("cause", SystemCause::ALL, SystemCause::word),
        keys("place-source", PlaceSource::ALL, PlaceSource::word),
        keys("report-kind", ReportKind::ALL, ReportKind::word),
        keys("party-role", PartyRole::ALL, PartyRole::word),
        keys("field-rule", FieldRule::ALL, FieldRule::word),
        keys("crime-degree", CrimeDegree::ALL, CrimeDegree::word),
        keys("remark", RemarkRule::ALL, RemarkRule::word),
        keys("measure", &Measure::ALL, Measure::word),
        keys("understood-share", Share::ALL, Share::word),
        keys("verdict", &Verdict::ALL, Verdict::word),
        keys("form-part", Part::ALL, Part::word),
        keys("form-wrong", FormRule::ALL, FormRule::word),
        keys("booked-state", BookingState::ALL, BookingState::word),
        keys("evidence-kind", EvidenceGroup::ALL, EvidenceGroup::word),
        keys("evidence-concern", Concern::ALL, Concern::word),
        keys("evidence-state", &EvidenceState::ALL, EvidenceState::word),
        keys("custody-act", &CustodyAct::ALL, CustodyAct::word),
        keys("access-what", &accesses::WHATS, |what| what),
        keys("access-why", &accesses::WHYS, |why| why),
        keys("survey-aspect", Aspect::ALL, Aspect::word),
        keys("survey-question", Aspect::ALL, Aspect::word),
        keys("survey-rating", Rating::ALL, Rating::word),
        outcomes.iter().map(|outcome| key_of("outcome", &outcome.word())).collect(),
    ]
    .concat()
}

/// The best of our languages for an `Accept-Language` header, if it names any.
#[must_use]
pub fn preferred(accept_language: &str) -> Option<Language> {
    let mut best: Option<(u32, Language)> = None;
    for part in accept_language.split(',').take(20) {
        let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let Some(language) = tag.trim().split('-').next().and_then(|primary| Language::from_word(&primary.to_ascii_lowercase())) else {
            continue;
        };
        let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(0.0).clamp(0.0, 1.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within 0 and 1000
        let permille = (weight * 1000.0) as u32;
        if permille > 0 && best.is_none_or(|(so_far, _)| permille > so_far) {
            best = Some((permille, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_is_the_heaviest_that_we_have() {
        for (header, expected) in [
            ("sv-SE,sv;q=0.9,en;q=0.8", Some(Language::Swedish)),
            ("de,en;q=0.5,da;q=0.7", Some(Language::Danish)),
            ("fr", None),
            ("", None),
            ("en;q=0", None),
            ("en;q=abc, da", Some(Language::Danish)),
            ("EN-gb", Some(Language::English)),
        ] {
            assert_eq!(preferred(header), expected, "{header}");
        }
    }
}
