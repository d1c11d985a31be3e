//! The shapes of what was understood: of one caller, and of all over four weeks.

use domain::{
    destination::Led,
    intent,
    service_level::{self, Compared, LanguageDays},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// One reading of what was said.
#[derive(Serialize, ToSchema)]
pub struct Reading {
    #[schema(example = "report_theft")]
    pub intent: String,
    pub confidence_permille: u16,
}

impl From<&intent::Reading> for Reading {
    fn from(reading: &intent::Reading) -> Self {
        Self { intent: reading.intent.word().to_owned(), confidence_permille: reading.confidence_permille }
    }
}

/// Something that may help whoever answers, with the caller's words that it was taken from.
#[derive(Serialize, ToSchema)]
pub struct Suggestion {
    /// `place`, `when`, `object`, `weapon`, `injury` or `children`.
    #[schema(example = "object")]
    pub kind: String,
    pub words: String,
}

impl From<intent::Suggestion> for Suggestion {
    fn from(suggestion: intent::Suggestion) -> Self {
        Self { kind: suggestion.kind.word().to_owned(), words: suggestion.words }
    }
}

/// Where a matter is led, and why.
#[derive(Serialize, ToSchema)]
pub struct Destination {
    /// By the plan.
    #[schema(example = "e-service")]
    pub id: String,
    /// `danger`, `document`, `form`, `blocked`, `going_on`, `patrol`, `matter` or `person`.
    #[schema(example = "blocked")]
    pub rule: String,
    /// What was said that made the difference.
    #[schema(example = "known_offender")]
    pub because: Option<String>,
}

impl From<&Led<'_>> for Destination {
    fn from(led: &Led<'_>) -> Self {
        Self { id: led.to.id.clone(), rule: led.rule.word().to_owned(), because: led.because.map(|because| because.word().to_owned()) }
    }
}

/// How callers have been understood, counted from the journal.
#[derive(Serialize, ToSchema)]
pub struct UnderstoodWeeks {
    /// False for a while after a start, while the weeks are still being counted.
    pub counted: bool,
    /// Those in which anybody has said what it is about.
    pub languages: Vec<UnderstoodLanguage>,
}

impl UnderstoodWeeks {
    #[must_use]
    pub fn of(languages: Option<&[LanguageDays]>) -> Self {
        Self { counted: languages.is_some(), languages: languages.unwrap_or_default().iter().map(UnderstoodLanguage::from).collect() }
    }
}

/// How callers of one language have been understood: today, and the four weeks before.
#[derive(Serialize, ToSchema)]
pub struct UnderstoodLanguage {
    #[schema(example = "sv")]
    pub language: String,
    /// Each share, today against the days before.
    pub shares: Vec<UnderstoodShare>,
    /// The oldest first, today last; a day without a caller has noughts.
    pub days: Vec<UnderstoodDay>,
}

/// So many of so many.
#[derive(Serialize, ToSchema)]
pub struct Part {
    pub count: u64,
    pub of: u64,
    /// None of none has no share.
    pub permille: Option<u16>,
}

#[derive(Serialize, ToSchema)]
pub struct UnderstoodShare {
    /// `corrected`: of those understood by their words who spoke with an operator, corrected by the operator.
    /// `no_idea`: of those who said what it is about, nothing was taken from it. `asked`: of the same, asked the
    /// emergency question. `said_no`: of the asked, the last answer was no.
    #[schema(example = "corrected")]
    pub share: String,
    pub today: Part,
    pub before: Part,
    /// Today is otherwise by more than chance explains: Pearson's chi-squared test, one in a thousand.
    pub drifted: bool,
}

/// Calls that arrived on this local day and have ended, in which the caller said what it is about and was led on.
#[derive(Serialize, ToSchema)]
pub struct UnderstoodDay {
    #[schema(value_type = String, format = Date, example = "2026-11-28")]
    pub date: Date,
    pub told: u64,
    pub no_idea: u64,
    /// Understood by their words, and spoke with an operator.
    pub answered: u64,
    pub corrected: u64,
    pub asked: u64,
    pub said_no: u64,
}

impl From<service_level::Part> for Part {
    fn from(part: service_level::Part) -> Self {
        Self { count: part.count, of: part.of, permille: part.permille() }
    }
}

impl From<&LanguageDays> for UnderstoodLanguage {
    fn from(days: &LanguageDays) -> Self {
        let share = |compared: &Compared| UnderstoodShare {
            share: compared.share.word().to_owned(),
            today: compared.today.into(),
            before: compared.before.into(),
            drifted: compared.drifted,
        };
        let day = |(date, day): &(Date, service_level::Understood)| UnderstoodDay {
            date: *date,
            told: day.told,
            no_idea: day.no_idea,
            answered: day.answered,
            corrected: day.corrected,
            asked: day.asked,
            said_no: day.said_no,
        };
        Self {
            language: days.language.word().to_owned(),
            shares: days.compared.iter().map(share).collect(),
            days: days.days.iter().map(day).collect(),
        }
    }
}
