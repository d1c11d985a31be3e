//! The report an operator writes during a call, or completes from what a citizen wrote: what, which crimes, where, when, who,
//! things, traces, damage, measures.
//!
//! A draft may be incomplete and is saved at every pause of typing; limits are checked here so that
//! no text is refused silently. Personal data throughout: hidden in Debug, never in the journal.

mod crimes;
pub mod numbers;
mod remarks;

pub use crimes::{Crime, Crimes};
pub use remarks::{Known, Remark, RemarkRule};

use crate::intent::words;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest free text, in characters.
pub const NARRATIVE_CHARS_MAX: usize = 50_000;
/// Longest single-line field, in characters.
pub const FIELD_CHARS_MAX: usize = 500;
/// Longest note of a person.
pub const NOTE_CHARS_MAX: usize = 5_000;
/// Most crimes, parties or things in one report.
pub const ROWS_MAX: usize = 100;

words! {
    /// What the report is about, in the order shown.
    ReportKind {
        Theft = "theft",
        BicycleTheft = "bicycle_theft",
        Burglary = "burglary",
        Fraud = "fraud",
        Damage = "damage",
        Violence = "violence",
        DomesticViolence = "domestic_violence",
        Threat = "threat",
        Loss = "loss",
        Tip = "tip",
        Other = "other",
    }
}

words! {
    PartyRole { Victim = "victim", Reporter = "reporter", Witness = "witness", Suspect = "suspect", Other = "other" }
}

words! {
    CrimeDegree { Completed = "completed", Attempted = "attempted" }
}

/// An incomplete report. Times and identity numbers are kept as written until the report is finished.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportDraft {
    pub kind: Option<ReportKind>,
    /// The number that the authority gives it in its own register, once it has one.
    pub number: String,
    pub crimes: Vec<ReportCrime>,
    pub what_happened: String,
    pub place: String,
    pub municipality: Option<String>,
    /// Local date and time as far as it is known: `YYYY-MM-DDTHH:MM`, a date or a clock (`THH:MM`)
    /// alone, empty when neither is.
    pub from: String,
    pub to: String,
    pub parties: Vec<ReportParty>,
    pub property: Vec<Property>,
    pub traces: String,
    /// What was damaged and what mending it costs.
    pub damage: String,
    pub measures: String,
}

/// A crime that the report is of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCrime {
    /// Of the deployment's table; one that is not in it is kept, and remarked on.
    pub code: String,
    pub degree: CrimeDegree,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportParty {
    pub role: PartyRole,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub identity_number: String,
    #[serde(default)]
    pub telephone: String,
    #[serde(default)]
    pub mail: String,
    #[serde(default)]
    pub note: String,
}

impl ReportParty {
    /// Somebody of whom nothing but the part in it is known.
    #[must_use]
    pub fn of(role: PartyRole) -> Self {
        let nothing = String::new;
        Self { role, name: nothing(), identity_number: nothing(), telephone: nothing(), mail: nothing(), note: nothing() }
    }
}

#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Property {
    pub what: String,
    pub mark: String,
    /// Serial, frame, IMEI or registration number.
    pub identity_number: String,
    /// Whole units of the deployment's currency, empty when unknown.
    pub value: String,
}

/// A field that cannot be taken as it stands, by its path ("parties.0.name").
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FieldFault {
    pub field: String,
    pub rule: FieldRule,
}

words! {
    FieldRule { TooLong = "too_long", TooManyRows = "too_many_rows", NotATime = "not_a_time", EndsBeforeItStarts = "ends_before_it_starts" }
}

impl ReportDraft {
    /// Every field that breaks a rule; an empty list means the draft can be kept.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("what_happened", &self.what_happened, NARRATIVE_CHARS_MAX);
        faults.text("traces", &self.traces, NARRATIVE_CHARS_MAX);
        faults.text("damage", &self.damage, NARRATIVE_CHARS_MAX);
        faults.text("measures", &self.measures, NARRATIVE_CHARS_MAX);
        faults.text("number", &self.number, FIELD_CHARS_MAX);
        faults.text("place", &self.place, FIELD_CHARS_MAX);
        faults.rows("crimes", self.crimes.len());
        faults.rows("parties", self.parties.len());
        faults.rows("property", self.property.len());
        for (row, crime) in self.crimes.iter().enumerate() {
            faults.text(&format!("crimes.{row}.code"), &crime.code, FIELD_CHARS_MAX);
        }
        for (row, party) in self.parties.iter().enumerate() {
            for (field, text) in
                [("name", &party.name), ("identity_number", &party.identity_number), ("telephone", &party.telephone), ("mail", &party.mail)]
            {
                faults.text(&format!("parties.{row}.{field}"), text, FIELD_CHARS_MAX);
            }
            faults.text(&format!("parties.{row}.note"), &party.note, NOTE_CHARS_MAX);
        }
        for (row, thing) in self.property.iter().enumerate() {
            for (field, text) in
                [("what", &thing.what), ("mark", &thing.mark), ("identity_number", &thing.identity_number), ("value", &thing.value)]
            {
                faults.text(&format!("property.{row}.{field}"), text, FIELD_CHARS_MAX);
            }
        }
        faults.times(&self.from, &self.to);
        faults.0
    }
}

#[derive(Default)]
struct Faults(Vec<FieldFault>);

impl Faults {
    fn add(&mut self, field: &str, rule: FieldRule) {
        self.0.push(FieldFault { field: field.to_owned(), rule });
    }

    fn text(&mut self, field: &str, text: &str, chars_max: usize) {
        if text.chars().count() > chars_max {
            self.add(field, FieldRule::TooLong);
        }
    }

    fn rows(&mut self, field: &str, rows: usize) {
        if rows > ROWS_MAX {
            self.add(field, FieldRule::TooManyRows);
        }
    }

    fn times(&mut self, from: &str, to: &str) {
        let mut read = |field: &str, text: &str| {
            let moment = Moment::read(text.trim());
            if moment.is_none() && !text.trim().is_empty() {
                self.add(field, FieldRule::NotATime);
            }
            moment
        };
        if let (Some(from), Some(to)) = (read("from", from), read("to", to))
            && to.is_before(&from)
        {
            self.add("to", FieldRule::EndsBeforeItStarts);
        }
    }
}

/// A time as a citizen remembers it: often the day and not the hour.
struct Moment {
    date: Option<Date>,
    clock: Option<Time>,
}

impl Moment {
    fn read(text: &str) -> Option<Self> {
        if let Some(clock) = text.strip_prefix('T') {
            return clock.parse().ok().map(|clock| Self { date: None, clock: Some(clock) });
        }
        // A date and time also reads as a date: the finer comes first.
        let both = text.contains(['T', 't', ' ']).then(|| text.parse::<DateTime>().ok());
        match both {
            Some(both) => both.map(|both| Self { date: Some(both.date()), clock: Some(both.time()) }),
            None => text.parse().ok().map(|date| Self { date: Some(date), clock: None }),
        }
    }

    /// Known to be before: what is not known is no contradiction.
    fn is_before(&self, other: &Self) -> bool {
        let (Some(date), Some(others)) = (self.date, other.date) else { return false };
        match (self.clock, other.clock) {
            (Some(clock), Some(theirs)) => (date, clock) < (others, theirs),
            _ => date < others,
        }
    }
}

macro_rules! hidden {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    )+};
}
hidden!(ReportDraft, ReportCrime, ReportParty, Property);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_name_field_and_rule() {
        let draft = ReportDraft {
            what_happened: "x".repeat(NARRATIVE_CHARS_MAX + 1),
            from: "2026-11-02T10:00".into(),
            to: "2026-11-01T10:00".into(),
            parties: vec![ReportParty { name: "y".repeat(FIELD_CHARS_MAX + 1), ..ReportParty::of(PartyRole::Witness) }],
            ..ReportDraft::default()
        };
        let found: Vec<_> = draft.faults().into_iter().map(|fault| (fault.field, fault.rule)).collect();
        assert_eq!(
            found,
            [
                ("what_happened".to_owned(), FieldRule::TooLong),
                ("parties.0.name".to_owned(), FieldRule::TooLong),
                ("to".to_owned(), FieldRule::EndsBeforeItStarts)
            ]
        );
        let faulty = |from: &str, to: &str| {
            let draft = ReportDraft { from: from.into(), to: to.into(), ..ReportDraft::default() };
            draft.faults().into_iter().map(|fault| (fault.field, fault.rule)).collect::<Vec<_>>()
        };
        for (from, to) in [
            ("2026-11-02T10:00", ""),
            ("2026-11-02", "2026-11-02T10:00"),
            ("2026-11-02T10:00", "2026-11-02"),
            ("2026-11-02", ""),
            ("T10:00", "T09:00"),
            ("2026-11-02 10:00", "2026-11-02T10:00:30"),
        ] {
            assert_eq!(faulty(from, to), [], "{from} to {to}");
        }
        for (from, to) in [("2026-11-02", "2026-11-01"), ("2026-11-02", "2026-11-01T10:00"), ("2026-11-02T10:00", "2026-11-02T09:59")] {
            assert_eq!(faulty(from, to), [("to".to_owned(), FieldRule::EndsBeforeItStarts)], "{from} to {to}");
        }
        for from in ["yesterday", "2026-13-01", "T25:00", "2026-11-02T", "T"] {
            assert_eq!(faulty(from, ""), [("from".to_owned(), FieldRule::NotATime)], "{from}");
        }
        assert!(ReportDraft { from: "yesterday".into(), ..ReportDraft::default() }.faults().len() == 1);
        assert!(ReportDraft::default().faults().is_empty());
    }
}
