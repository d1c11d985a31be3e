//! What somebody wrote on a page, looked at: either an answer as it is kept, or what is wrong with it. Whatever a page can
//! send is answered here; nothing of it is run, and nothing that was not asked is read.

use super::{
    answers::{Answers, Given, Row, Shown, UNKNOWN, YES_NO},
    identified::Identified,
    model::{Condition, Fill, Form, Kind, Need, Page, Question},
};
use crate::{
    intent::words,
    report::numbers::{NumberRule, imei, registration},
};
use jiff::civil::{Date, DateTime, Time};
use std::collections::{BTreeMap, BTreeSet};

/// What one field of a page may hold at most, before anything looks at it, in characters.
pub const ENTERED_CHARS_MAX: usize = 60_000;
/// Nothing that is reported happened before this year.
const YEAR_MIN: i16 = 1900;
/// An amount has no more digits.
const AMOUNT_DIGITS_MAX: usize = 12;
/// Of a card, so many digits and never more.
const CARD_DIGITS: usize = 4;
/// Digits of a telephone number, with or without its country (ITU-T E.164).
const TELEPHONE_DIGITS: std::ops::RangeInclusive<usize> = 5..=15;
/// Longest address for mail (RFC 5321, 4.5.3.1).
const MAIL_CHARS_MAX: usize = 254;

words! {
    /// Part of an answer that has several fields.
    Part {
        Day = "day",
        Month = "month",
        Year = "year",
        Clock = "clock",
        Street = "street",
        Municipality = "municipality",
        More = "more",
        /// The tick of "I do not know".
        Unknown = "unknown",
    }
}

words! {
    /// What is wrong with an answer.
    Rule {
        /// Nothing was answered, and "I do not know" not chosen.
        Missing = "missing",
        /// Nothing was answered to what we must know.
        MissingKnown = "missing_known",
        TooLong = "too_long",
        NotADay = "not_a_day",
        NotAClock = "not_a_clock",
        InTheFuture = "in_the_future",
        TooLongAgo = "too_long_ago",
        /// It ends before it starts.
        EndsBefore = "ends_before",
        NotAMunicipality = "not_a_municipality",
        NotAnAmount = "not_an_amount",
        NotFourDigits = "not_four_digits",
        NotATelephone = "not_a_telephone",
        NotAMail = "not_a_mail",
        NotAnOption = "not_an_option",
        NumberLength = "number_length",
        NumberCheck = "number_check",
        NumberFuture = "number_future",
        NumberSigns = "number_signs",
        TooMany = "too_many",
    }
}

impl From<NumberRule> for Rule {
    fn from(rule: NumberRule) -> Self {
        match rule {
            NumberRule::Length => Self::NumberLength,
            NumberRule::CheckDigit => Self::NumberCheck,
            NumberRule::Future => Self::NumberFuture,
            NumberRule::Signs => Self::NumberSigns,
        }
    }
}

/// Something that is to be put right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    pub question: String,
    /// The field, where the answer has several.
    pub part: Option<Part>,
    pub rule: Rule,
}

/// The fields of a page as they came, by their names: a question's id, or its id, a dot and a [`Part`].
#[derive(Default)]
pub struct Entered(BTreeMap<String, Vec<String>>);

impl Entered {
    #[must_use]
    pub fn new(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut entered = Self::default();
        for (name, value) in fields {
            entered.0.entry(name).or_default().push(value);
        }
        entered
    }

    /// As it was written, for showing it again beside what is wrong with it.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    fn words(&self, name: &str) -> String {
        clean(self.raw(name))
    }

    fn part(&self, question: &Question, part: Part) -> String {
        self.words(&format!("{}.{part}", question.id))
    }
}

/// Without what is no text: signs of control, and those that write backwards, which hide what a line says.
pub(super) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_hidden =
        |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !is_hidden(*c)).collect::<String>().trim().to_owned()
}

/// What is known where a page is looked at.
pub struct Asking<'a> {
    pub today: Date,
    /// The code of a municipality by its name or code.
    pub municipality: &'a dyn Fn(&str) -> Option<String>,
    /// Who it is, where that is proved: what is known of them is not asked, whatever was sent.
    pub identified: Option<&'a Identified>,
}

type Looked = Result<Given, (Option<Part>, Rule)>;

impl Form {
    /// The answers of a page, or all that is wrong with it.
    ///
    /// # Errors
    /// What is to be put right, in the order of the page.
    pub fn look(
        &self,
        page: &Page,
        row: Row,
        answers: &Answers,
        entered: &Entered,
        asking: &Asking<'_>,
    ) -> Result<Vec<(String, Given)>, Vec<Wrong>> {
        let (mut read, mut wrong) = (Vec::new(), Vec::new());
        let mut so_far = answers.clone();
        if page.repeats.as_ref().is_some_and(|repeats| row >= repeats.rows_max) {
            let first = page.questions.first().map(|question| question.id.clone()).unwrap_or_default();
            return Err(vec![Wrong { question: first, part: None, rule: Rule::TooMany }]);
        }
        for question in self.asked(page, row, answers) {
            if asking.identified.is_some_and(|known| known.answer(page, question).is_some()) {
                continue;
            }
            // Depends on an answer of this page, which is known by now.
            let holds = |condition: &Condition| within(page, condition, row, &so_far);
            if !question.show_if.iter().all(holds) {
                continue;
            }
            match question.look(entered, asking) {
                Ok(given) => {
                    so_far.take(page, row, vec![(question.id.clone(), given.clone())]);
                    read.push((question.id.clone(), given));
                }
                Err((part, rule)) => wrong.push(Wrong { question: question.id.clone(), part, rule }),
            }
        }
        wrong.extend(self.ends_before(page, row, &so_far));
        if wrong.is_empty() { Ok(read) } else { Err(wrong) }
    }

    /// A time until which that is before the time from which; also where they stand on two pages.
    fn ends_before(&self, page: &Page, row: Row, answers: &Answers) -> Option<Wrong> {
        let shown = Shown::of(self, answers);
        let said = |fill: Fill| {
            let mut all = shown.pages.iter().flat_map(|page| shown.questions(page, row));
            let question = all.find(|question| question.fills == Some(fill))?;
            match answers.given(&question.id, row)? {
                Given::Words(words) => Some((question, words.as_str())),
                _ => None,
            }
        };
        let ((_, from), (until, to)) = (said(Fill::From)?, said(Fill::To)?);
        // As far as both are known: "2026-11-29" is no contradiction to "2026-11-29T10:00".
        let known = from.len().min(to.len());
        let is_here = page.questions.iter().any(|question| matches!(question.fills, Some(Fill::From | Fill::To)));
        let contradicts = is_here && to.get(..known) < from.get(..known);
        let question = page.questions.iter().find(|question| question.id == until.id).or_else(|| page.questions.first())?;
        contradicts.then(|| Wrong { question: question.id.clone(), part: Some(Part::Day), rule: Rule::EndsBefore })
    }
}

fn within(page: &Page, condition: &Condition, row: Row, answers: &Answers) -> bool {
    let is_here = page.questions.iter().any(|question| question.id == condition.question);
    let is = |given: &Given| match given {
        Given::Unknown => condition.is.iter().any(|is| is == UNKNOWN),
        Given::Chosen(chosen) => chosen.iter().any(|chosen| condition.is.contains(chosen)),
        _ => false,
    };
    !is_here || answers.given(&condition.question, row).is_some_and(is)
}

impl Question {
    /// The answer, or what is wrong with it.
    fn look(&self, entered: &Entered, asking: &Asking<'_>) -> Looked {
        if self.is_empty(entered) {
            let says_unknown = self.answer == Need::Needed && self.says_unknown(entered);
            return match self.answer {
                _ if says_unknown => Ok(Given::Unknown),
                Need::Needed => Err((None, Rule::Missing)),
                Need::Optional => Ok(Given::Nothing),
                Need::Known => Err((None, Rule::MissingKnown)),
            };
        }
        match self.kind {
            Kind::YesNo | Kind::Choice | Kind::Choices => self.chosen(entered),
            Kind::Day => self.day(entered, asking).map(|day| Given::Words(day.to_string())),
            Kind::Moment => self.moment(entered, asking),
            Kind::Place => self.place(entered, asking),
            _ => self.written(&entered.words(&self.id), asking).map(Given::Words).map_err(|rule| (None, rule)),
        }
    }

    fn says_unknown(&self, entered: &Entered) -> bool {
        !entered.part(self, Part::Unknown).is_empty() || entered.all(&self.id).iter().any(|value| value == UNKNOWN)
    }

    fn is_empty(&self, entered: &Entered) -> bool {
        let parts: &[Part] = match self.kind {
            Kind::Day => &[Part::Day, Part::Month, Part::Year],
            Kind::Moment => &[Part::Day, Part::Month, Part::Year, Part::Clock],
            Kind::Place => &[Part::Street, Part::Municipality, Part::More],
            Kind::YesNo | Kind::Choice | Kind::Choices => {
                return entered.all(&self.id).iter().all(|value| value.is_empty() || (value == UNKNOWN && self.answer == Need::Needed));
            }
            _ => return entered.words(&self.id).is_empty(),
        };
        parts.iter().all(|part| entered.part(self, *part).is_empty())
    }

    /// "I do not know" beside another answer is that other answer.
    fn chosen(&self, entered: &Entered) -> Looked {
        let beside = |id: &&str| *id == UNKNOWN && self.answer == Need::Needed;
        let given: BTreeSet<&str> = entered.all(&self.id).iter().map(String::as_str).filter(|id| !id.is_empty() && !beside(id)).collect();
        let known: Vec<&str> = match self.kind {
            Kind::YesNo => YES_NO.to_vec(),
            _ => self.options.iter().map(|option| option.id.as_str()).collect(),
        };
        let several = self.kind == Kind::Choices;
        if (!several && given.len() > 1) || !given.iter().all(|id| known.contains(id)) {
            return Err((None, Rule::NotAnOption));
        }
        Ok(Given::Chosen(known.into_iter().filter(|id| given.contains(id)).map(str::to_owned).collect()))
    }

    fn day(&self, entered: &Entered, asking: &Asking<'_>) -> Result<Date, (Option<Part>, Rule)> {
        let of = |part| entered.part(self, part);
        let (day, month, year) = (of(Part::Day), of(Part::Month), of(Part::Year));
        let missing = [(Part::Day, &day), (Part::Month, &month), (Part::Year, &year)].into_iter().find(|(_, text)| text.is_empty());
        let faulty = missing.map_or(Part::Day, |(part, _)| part);
        let read = || -> Option<Date> { Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok() };
        let date = read().ok_or((Some(faulty), Rule::NotADay))?;
        match date {
            _ if date > asking.today => Err((Some(Part::Day), Rule::InTheFuture)),
            _ if date.year() < YEAR_MIN => Err((Some(Part::Year), Rule::TooLongAgo)),
            _ => Ok(date),
        }
    }

    fn moment(&self, entered: &Entered, asking: &Asking<'_>) -> Looked {
        let date = self.day(entered, asking)?;
        let clock = entered.part(self, Part::Clock);
        if clock.is_empty() {
            return Ok(Given::Words(date.to_string()));
        }
        let clock = clock_of(&clock).ok_or((Some(Part::Clock), Rule::NotAClock))?;
        Ok(Given::Words(DateTime::from_parts(date, clock).strftime("%Y-%m-%dT%H:%M").to_string()))
    }

    fn place(&self, entered: &Entered, asking: &Asking<'_>) -> Looked {
        let (street, more, name) =
            (entered.part(self, Part::Street), entered.part(self, Part::More), entered.part(self, Part::Municipality));
        for (part, text, most) in [
            (Part::Street, &street, super::LINE_CHARS),
            (Part::More, &more, self.chars_max),
            (Part::Municipality, &name, super::LINE_CHARS),
        ] {
            if text.chars().count() > most {
                return Err((Some(part), Rule::TooLong));
            }
        }
        let municipality = match name.as_str() {
            "" => None,
            name => Some((asking.municipality)(name).ok_or((Some(Part::Municipality), Rule::NotAMunicipality))?),
        };
        Ok(Given::Place { street, municipality, more })
    }

    fn written(&self, text: &str, asking: &Asking<'_>) -> Result<String, Rule> {
        if text.chars().count() > self.chars_max {
            return Err(Rule::TooLong);
        }
        let country = self.country;
        match self.kind {
            Kind::Amount => amount(text).ok_or(Rule::NotAnAmount),
            Kind::Telephone => telephone(text).ok_or(Rule::NotATelephone),
            Kind::Mail => mail(text).ok_or(Rule::NotAMail),
            Kind::Identity => Ok(country.person(text, asking.today)?.digits),
            Kind::Organisation => Ok(country.organisation(text)?),
            Kind::Imei => Ok(imei(text)?),
            Kind::Registration => Ok(registration(text)?),
            Kind::Digits => Some(text.to_owned())
                .filter(|text| text.len() == CARD_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()))
                .ok_or(Rule::NotFourDigits),
            Kind::Line | Kind::Name => Ok(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            Kind::Text | Kind::YesNo | Kind::Choice | Kind::Choices | Kind::Day | Kind::Moment | Kind::Place => Ok(text.to_owned()),
        }
    }
}

/// "14:30", "14.30", "1430", "9".
fn clock_of(text: &str) -> Option<Time> {
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | '.' | ' ')).collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hour, minute) = if digits.len() <= 2 { (digits.as_str(), "0") } else { digits.split_at(digits.len() - 2) };
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// "1 200", "1.200 kr", "1200:-": whole units.
fn amount(text: &str) -> Option<String> {
    let bare = text.to_lowercase();
    let bare = bare.trim_end_matches([':', '-']).trim_end();
    let bare = ["kronor", "kroner", "kr", "sek", "dkk"].iter().find_map(|unit| bare.strip_suffix(unit)).unwrap_or(bare);
    let bare = bare.trim_end();
    // What stands behind a comma, or two digits behind a dot, is less than a unit.
    let whole = bare.split_once(',').map_or(bare, |(whole, _)| whole);
    let whole = whole.rsplit_once('.').filter(|(_, part)| part.len() == 2).map_or(whole, |(whole, _)| whole);
    let digits: String = whole.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let is_number = !digits.is_empty() && digits.len() <= AMOUNT_DIGITS_MAX && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.trim_start_matches('0').to_owned()).map(|digits| if digits.is_empty() { "0".to_owned() } else { digits })
}

fn telephone(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.' | '/')).collect();
    let digits = bare.strip_prefix('+').unwrap_or(&bare);
    (TELEPHONE_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(bare)
}

/// What can be an address; whether somebody has it is seen when a mail is sent.
fn mail(text: &str) -> Option<String> {
    let (name, host) = text.rsplit_once('@')?;
    let is_host = host.contains('.') && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let allowed = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '"' | ',' | ';' | '(' | ')' | '@');
    (is_host && !name.is_empty() && text.chars().count() <= MAIL_CHARS_MAX && name.chars().chain(host.chars()).all(allowed))
        .then(|| text.to_owned())
}
