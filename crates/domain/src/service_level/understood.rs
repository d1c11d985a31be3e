//! How well callers are understood, by day and language, and whether today is otherwise than the four weeks
//! before it. A contact belongs to the local day of its arrival and is counted when it is closed.

use super::{
    counts::permille,
    courses::{Course, Courses, Question},
};
use crate::{
    Timestamp,
    intent::{Language, words},
    routing::{Command, Event},
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::Serialize;
use std::collections::BTreeMap;

/// Days that today is compared with.
pub const DAYS_BEFORE: usize = 28;
/// Nothing is said of fewer callers than this, today or before.
const CALLERS_MIN: u64 = 50;
/// The chi-squared distribution with one degree of freedom is beyond this once in a thousand times: thousandths.
const CHANCE_PERMILLE: u128 = 10_828;
/// The test holds only where chance alone would put so many into each of its four cells.
const EXPECTED_MIN: u128 = 5;

words! {
    /// A share of callers that tells how well they are understood.
    Share {
        /// Of those understood by their words who spoke with an operator: corrected by the operator.
        Corrected = "corrected",
        /// Of those who said what it is about: nothing was taken from it.
        NoIdea = "no_idea",
        /// Of those who said what it is about: asked whether it is happening now.
        Asked = "asked",
        /// Of those who were asked: answered no.
        SaidNo = "said_no",
    }
}

/// So many of so many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Part {
    pub count: u64,
    pub of: u64,
}

impl Part {
    /// None of none has no share.
    #[must_use]
    pub fn permille(self) -> Option<u16> {
        permille(self.count, self.of)
    }

    fn add(self, other: Self) -> Self {
        Self { count: self.count + other.count, of: self.of + other.of }
    }

    /// Whether two shares differ by more than chance explains: Pearson's chi-squared test on the table of four,
    /// at one in a thousand. Silent where there are too few to tell.
    #[must_use]
    pub fn differs(self, other: Self) -> bool {
        if self.of.min(other.of) < CALLERS_MIN {
            return false;
        }
        let [mine, theirs] = [self, other].map(|part| (u128::from(part.count), u128::from(part.of.saturating_sub(part.count))));
        let (mine_of, theirs_of) = (mine.0 + mine.1, theirs.0 + theirs.1);
        let (counted, others) = (mine.0 + theirs.0, mine.1 + theirs.1);
        let all = mine_of + theirs_of;
        if mine_of.min(theirs_of) * counted.min(others) < EXPECTED_MIN * all {
            return false;
        }
        let apart = (mine.0 * theirs.1).abs_diff(mine.1 * theirs.0);
        // Callers of a nation over weeks are some millions, whose products stay within 128 bits.
        apart.saturating_mul(apart).saturating_mul(all).saturating_mul(1_000)
            > CHANCE_PERMILLE.saturating_mul(mine_of * theirs_of).saturating_mul(counted * others)
    }
}

/// Callers of one day and language.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Understood {
    /// Said what it is about, and were led on.
    pub told: u64,
    /// Of those: nothing was taken from it.
    pub no_idea: u64,
    /// Of those: understood by their words, and spoke with an operator.
    pub answered: u64,
    /// Of the answered: the operator said that it is about something else.
    pub corrected: u64,
    /// Of those who told: the emergency question was put to them.
    pub asked: u64,
    /// Of the asked: the last answer was no.
    pub said_no: u64,
}

impl Understood {
    #[must_use]
    pub fn share(&self, share: Share) -> Part {
        let (count, of) = match share {
            Share::Corrected => (self.corrected, self.answered),
            Share::NoIdea => (self.no_idea, self.told),
            Share::Asked => (self.asked, self.told),
            Share::SaidNo => (self.said_no, self.asked),
        };
        Part { count, of }
    }

    fn count(&mut self, course: &Course) {
        if course.utterances.is_empty() || !(course.led || course.answered) {
            return;
        }
        let by_words = course.is_by_words();
        let answered = by_words && course.answered;
        self.told += 1;
        self.no_idea += u64::from(!by_words);
        self.answered += u64::from(answered);
        self.corrected += u64::from(answered && course.corrected().is_some());
        self.asked += u64::from(course.question != Question::NotPut);
        self.said_no += u64::from(course.question == Question::No);
    }
}

/// One share today, and over the days before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Compared {
    pub share: Share,
    pub today: Part,
    pub before: Part,
    /// By more than chance explains.
    pub drifted: bool,
}

/// The days of one language, the oldest first and today last; a day without a caller has noughts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LanguageDays {
    pub language: Language,
    pub days: Vec<(Date, Understood)>,
    /// In the order of [`Share::ALL`].
    pub compared: Vec<Compared>,
}

impl LanguageDays {
    /// Compares the last of these days with all before it.
    #[must_use]
    pub fn of(language: Language, days: Vec<(Date, Understood)>) -> Self {
        let (last, earlier) = days.split_last().map_or((Understood::default(), &[][..]), |((_, last), earlier)| (*last, earlier));
        let compared = Share::ALL.iter().map(|share| {
            let today = last.share(*share);
            let before = earlier.iter().map(|(_, day)| day.share(*share)).fold(Part::default(), Part::add);
            Compared { share: *share, today, before, drifted: today.differs(before) }
        });
        Self { language, compared: compared.collect(), days }
    }
}

/// The days since the journal's first entry given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnderstoodBook {
    zone: TimeZone,
    courses: Courses,
    days: BTreeMap<(Language, Date), Understood>,
}

impl UnderstoodBook {
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        Self { zone, courses: Courses::default(), days: BTreeMap::new() }
    }

    /// By which days are told apart.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first moment that counts on a day, so that all that it is compared with is there.
    #[must_use]
    pub fn first_moment(&self, now: Timestamp) -> Timestamp {
        let first = before(now.local(&self.zone).date(), DAYS_BEFORE);
        first.to_zoned(self.zone.clone()).map_or(now, |zoned| Timestamp(zoned.timestamp().as_millisecond()))
    }

    /// Takes in one journal entry.
    pub fn apply(&mut self, entry: u64, at: Timestamp, event: &Event, commands: &[Command]) {
        for (_, course) in self.courses.apply(entry, at, event, commands) {
            let date = course.arrived.local(&self.zone).date();
            self.days.entry((course.language, date)).or_default().count(&course);
        }
    }

    /// Languages in which anybody has told anything, each with all its days.
    #[must_use]
    pub fn languages(&self, now: Timestamp) -> Vec<LanguageDays> {
        let today = now.local(&self.zone).date();
        Language::ALL.iter().filter_map(|language| self.language(*language, today)).collect()
    }

    fn language(&self, language: Language, today: Date) -> Option<LanguageDays> {
        let day = |date: Date| self.days.get(&(language, date)).copied().unwrap_or_default();
        let days: Vec<_> = (0..=DAYS_BEFORE).rev().map(|back| before(today, back)).map(|date| (date, day(date))).collect();
        days.iter().any(|(_, day)| day.told > 0).then(|| LanguageDays::of(language, days))
    }

    /// Forgets the days that nothing is compared with any more.
    pub fn forget(&mut self, now: Timestamp) {
        let first = before(now.local(&self.zone).date(), DAYS_BEFORE);
        self.days.retain(|(_, date), _| *date >= first);
    }
}

fn before(date: Date, days: usize) -> Date {
    date.saturating_sub(i64::try_from(days).unwrap_or(0).days())
}
