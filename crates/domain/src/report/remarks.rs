//! What is conspicuous in a report and kept all the same: a number with a slip of the pen, a crime code that was not in use on
//! that day. Countries give numbers that fit no rule, so a remark asks a person to look; it refuses nothing.

use super::{
    Crimes, Moment, ReportDraft,
    numbers::{Country, NumberRule, imei},
};
use crate::intent::words;
use jiff::civil::Date;
use serde::Serialize;

/// Digits of a telephone's own number.
const IMEI_DIGITS: usize = 15;

/// What a report is looked at by.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub country: Country,
    pub crimes: &'a Crimes,
    pub today: Date,
}

/// A field to look at, by its path ("parties.0.identity_number").
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Remark {
    pub field: String,
    pub rule: RemarkRule,
}

words! {
    RemarkRule {
        NumberLength = "number_length",
        NumberCheckDigit = "number_check_digit",
        NumberFuture = "number_future",
        NumberSigns = "number_signs",
        /// Not as the country numbers reports.
        ReportNumber = "report_number",
        /// No such crime is in the deployment's table.
        UnknownCode = "unknown_code",
        /// The crime has its code for another time than that of the report.
        CodeOfAnotherTime = "code_of_another_time",
        /// It is reported as something that is still to happen.
        NotYet = "not_yet",
    }
}

impl From<NumberRule> for RemarkRule {
    fn from(rule: NumberRule) -> Self {
        match rule {
            NumberRule::Length => Self::NumberLength,
            NumberRule::CheckDigit => Self::NumberCheckDigit,
            NumberRule::Future => Self::NumberFuture,
            NumberRule::Signs => Self::NumberSigns,
        }
    }
}

impl ReportDraft {
    /// What a person should look at once more, in the order of the fields.
    #[must_use]
    pub fn remarks(&self, known: &Known<'_>) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut add = |field: String, rule: Option<RemarkRule>| remarks.extend(rule.map(|rule| Remark { field, rule }));
        add("number".to_owned(), self.number_remark(known.country));
        for (row, crime) in self.crimes.iter().enumerate() {
            add(format!("crimes.{row}.code"), self.crime_remark(&crime.code, known));
        }
        for name in ["from", "to"] {
            let day = if name == "from" { day(&self.from) } else { day(&self.to) };
            add(name.to_owned(), day.filter(|day| *day > known.today).map(|_| RemarkRule::NotYet));
        }
        for (row, party) in self.parties.iter().enumerate() {
            add(format!("parties.{row}.identity_number"), person_remark(&party.identity_number, known));
        }
        for (row, thing) in self.property.iter().enumerate() {
            add(format!("property.{row}.identity_number"), thing_remark(&thing.identity_number));
        }
        remarks
    }

    /// The day that crime codes are of: when it happened, as far as that is known, else today.
    #[must_use]
    pub fn day(&self, today: Date) -> Date {
        day(&self.from).or_else(|| day(&self.to)).unwrap_or(today)
    }

    fn number_remark(&self, country: Country) -> Option<RemarkRule> {
        (!self.number.trim().is_empty() && country.report(&self.number).is_none()).then_some(RemarkRule::ReportNumber)
    }

    fn crime_remark(&self, code: &str, known: &Known<'_>) -> Option<RemarkRule> {
        let code = code.trim();
        if code.is_empty() || known.crimes.on(code, self.day(known.today)).is_some() {
            return None;
        }
        Some(if known.crimes.has(code) { RemarkRule::CodeOfAnotherTime } else { RemarkRule::UnknownCode })
    }
}

fn day(written: &str) -> Option<Date> {
    Moment::read(written.trim()).and_then(|moment| moment.date)
}

/// A number may be a person's or a firm's; what is wrong with it is said as of a person's.
fn person_remark(written: &str, known: &Known<'_>) -> Option<RemarkRule> {
    let written = written.trim();
    if written.is_empty() || known.country.organisation(written).is_ok() {
        return None;
    }
    known.country.person(written, known.today).err().map(RemarkRule::from)
}

/// Only of a telephone is it known how its number is made.
fn thing_remark(written: &str) -> Option<RemarkRule> {
    let digits = written.chars().filter(char::is_ascii_digit).count();
    let is_telephone = digits == IMEI_DIGITS && !written.chars().any(char::is_alphabetic);
    imei(written).err().filter(|_| is_telephone).map(RemarkRule::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plan::Source,
        report::{CrimeDegree, PartyRole, Property, ReportCrime, ReportParty},
    };

    const CRIMES: &str =
        "code;valid_from;valid_to;group;name\n0845;;2024-12-31;theft;Stöld av cykel\n9830;2025-01-01;;theft;Stöld av cykel\n";

    fn remarks(country: Country, draft: &ReportDraft) -> Vec<(String, RemarkRule)> {
        let crimes = Crimes::read(&Source { file: "crimes.csv", text: CRIMES }).expect("it is whole");
        let known = Known { country, crimes: &crimes, today: Date::constant(2026, 11, 29) };
        draft.remarks(&known).into_iter().map(|remark| (remark.field, remark.rule)).collect()
    }

    fn of_crime(code: &str, from: &str) -> ReportDraft {
        let crime = ReportCrime { code: code.into(), degree: CrimeDegree::Completed };
        ReportDraft { crimes: vec![crime], from: from.into(), ..ReportDraft::default() }
    }

    #[test]
    fn a_code_is_looked_at_by_the_day_on_which_it_happened() {
        let check = |code: &str, from: &str, expected: Option<RemarkRule>| {
            let found = remarks(Country::Sweden, &of_crime(code, from));
            assert_eq!(found, expected.map(|rule| ("crimes.0.code".to_owned(), rule)).into_iter().collect::<Vec<_>>(), "{code} {from}");
        };
        check("9830", "", None);
        check(" 9830 ", "2026-11-02T10:00", None);
        check("9830", "2024-12-31", Some(RemarkRule::CodeOfAnotherTime));
        check("0845", "2024-12-31T23:00", None);
        check("0845", "T23:00", Some(RemarkRule::CodeOfAnotherTime));
        check("1234", "", Some(RemarkRule::UnknownCode));
        check("", "", None);
    }

    #[test]
    fn numbers_are_looked_at_as_the_country_gives_them() {
        let party = |number: &str| ReportDraft {
            parties: vec![ReportParty { identity_number: number.into(), ..ReportParty::of(PartyRole::Victim) }],
            ..ReportDraft::default()
        };
        let rule = |country, number: &str| remarks(country, &party(number)).pop().map(|(_, rule)| rule);
        assert_eq!(rule(Country::Sweden, "640823-3234"), None);
        assert_eq!(rule(Country::Sweden, "640823-3235"), Some(RemarkRule::NumberCheckDigit));
        assert_eq!(rule(Country::Sweden, "202100-0076"), None);
        assert_eq!(rule(Country::Sweden, "unknown"), Some(RemarkRule::NumberSigns));
        assert_eq!(rule(Country::Denmark, "310240-0000"), None, "without modulus 11 and without a date it is a number all the same");
        assert_eq!(rule(Country::Denmark, ""), None);
    }

    #[test]
    fn a_telephone_is_known_by_its_digits_and_a_frame_number_by_nothing() {
        let thing = |number: &str| ReportDraft {
            property: vec![Property { identity_number: number.into(), ..Property::default() }],
            ..ReportDraft::default()
        };
        let rules = |number: &str| remarks(Country::Sweden, &thing(number)).pop().map(|(_, rule)| rule);
        assert_eq!(rules("490154203237518"), None);
        assert_eq!(rules("49-015420-323751-9"), Some(RemarkRule::NumberCheckDigit));
        assert_eq!(rules("WTU 0293 B"), None);
    }

    #[test]
    fn reports_are_numbered_as_the_country_does_and_of_what_has_happened() {
        let draft = ReportDraft { number: "5000-K12345-26".into(), from: "2026-11-30".into(), ..ReportDraft::default() };
        assert_eq!(remarks(Country::Sweden, &draft), [("from".to_owned(), RemarkRule::NotYet)]);
        let expected = [("number".to_owned(), RemarkRule::ReportNumber), ("from".to_owned(), RemarkRule::NotYet)];
        assert_eq!(remarks(Country::Denmark, &draft), expected);
    }
}
