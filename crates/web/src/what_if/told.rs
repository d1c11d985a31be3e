//! Figures and sentences of a report in the words of a language. What may be said, and in which order, is the
//! simulator's; here it is only put into words.

use crate::words::Words;
use simulator::{
    figures::Measure,
    scenario::{
        CaseReport, Delta, DeltaOf, Report,
        answer::{self, Sentence},
    },
    statistics::Verdict,
};

/// A report and the language that it is told in.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub words: Words,
    pub report: &'a Report,
}

impl Told<'_> {
    pub fn t(&self, key: &str) -> String {
        self.words.t(key)
    }

    /// Digits with the language's decimal mark.
    pub fn decimal(&self, value: f64, digits: usize) -> String {
        format!("{value:.digits$}").replace('.', &self.words.t("decimal-mark"))
    }

    /// "84.7 %"; a dash where there is nothing.
    pub fn percent(&self, share: Option<f64>) -> String {
        let Some(share) = share else { return "–".to_owned() };
        self.words.with("what-if-percent", [("number", self.decimal(share * 100.0, 1).into())])
    }

    /// "3 min 24 s", "1 h 05 min"; tenths of a second below ten.
    pub fn time(&self, seconds: Option<f64>) -> String {
        let Some(seconds) = seconds else { return "–".to_owned() };
        let whole = seconds.abs().round() as u64;
        let two = |number: u64| format!("{number:02}");
        match whole {
            _ if seconds.abs() < 9.95 => self.words.with("what-if-seconds", [("seconds", self.decimal(seconds.abs(), 1).into())]),
            0..60 => self.words.with("what-if-seconds", [("seconds", whole.to_string().into())]),
            60..3_600 => {
                let blanks = [("minutes", (whole / 60).to_string().into()), ("seconds", two(whole % 60).into())];
                self.words.with("what-if-minutes", blanks)
            }
            _ => {
                let blanks = [("hours", (whole / 3_600).to_string().into()), ("minutes", two(whole % 3_600 / 60).into())];
                self.words.with("what-if-hours", blanks)
            }
        }
    }

    pub fn value(&self, measure: Measure, value: Option<f64>) -> String {
        if measure.is_time() { self.time(value) } else { self.percent(value) }
    }

    /// A difference with its sign: "+1.3" percentage points, "−12 s".
    pub fn signed(&self, measure: Measure, difference: f64) -> String {
        let sign = if difference < 0.0 { "−" } else { "+" };
        let amount = if measure.is_time() { self.time(Some(difference)) } else { self.decimal(difference.abs() * 100.0, 1) };
        format!("{sign}{amount}")
    }

    /// Between these two.
    pub fn interval(&self, delta: &Delta) -> String {
        let found = &delta.difference;
        let (from, to) = (self.signed(delta.measure, found.mean - found.within), self.signed(delta.measure, found.mean + found.within));
        self.words.with("what-if-from-to", [("from", from.into()), ("to", to.into())])
    }

    /// "higher", or "not enough runs (about 120 days would tell)".
    pub fn verdict(&self, delta: &Delta) -> String {
        let verdict = self.words.named("verdict", delta.difference.verdict.word());
        match delta.difference.days_needed {
            Some(days) => self.words.with("what-if-would-tell", [("verdict", verdict.into()), ("days", days.to_string().into())]),
            None => verdict,
        }
    }

    pub fn measure(&self, measure: Measure) -> String {
        capital(&self.words.named("measure", measure.word()))
    }

    /// What a group is called: those of the plan by its words.
    pub fn name(&self, of: DeltaOf, name: &str) -> String {
        match of {
            DeltaOf::Whole => self.t("what-if-all-regions"),
            DeltaOf::Outside => self.t("what-if-outside"),
            DeltaOf::RungBack => self.t("what-if-rung-back"),
            DeltaOf::Region | DeltaOf::Class | DeltaOf::HalfHour => name.to_owned(),
        }
    }

    /// The answer; the first sentence is the headline.
    pub fn sentences(&self) -> Vec<String> {
        answer::findings(self.report).iter().map(|sentence| capital(&self.sentence(sentence))).collect()
    }

    fn sentence(&self, sentence: &Sentence<'_>) -> String {
        match sentence {
            Sentence::NothingRun => self.t("say-nothing-run"),
            Sentence::NoWholeDay => self.t("say-no-whole-day"),
            Sentence::Only(only) => self.only(only),
            Sentence::Whole(delta) => self.difference(delta),
            Sentence::Outside(delta) => self.words.with("say-outside", [("sentence", self.difference(delta).into())]),
            Sentence::Spread { of, higher, lower, open } => self.spread(*of, higher, lower, *open),
            Sentence::OneDayAlone => self.t("say-one-day-alone"),
        }
    }

    fn only(&self, only: &CaseReport) -> String {
        let Report { window, within_s, goal, .. } = self.report;
        let blanks = [
            ("window", window.clone().into()),
            ("level", self.percent(only.whole.service_level).into()),
            ("within", self.time(Some(*within_s as f64)).into()),
            ("goal", self.percent(Some(*goal)).into()),
            ("wait", self.time(only.whole.mean_wait_s).into()),
            ("left", self.percent(only.whole.share_abandoned).into()),
        ];
        self.words.with("say-only", blanks)
    }

    fn case(&self, place: usize) -> String {
        self.report.cases.get(place).map_or_else(String::new, |case| case.name.clone())
    }

    /// A share's difference is one of percentage points.
    fn amount(&self, measure: Measure, amount: String) -> String {
        if measure.is_time() { amount } else { self.words.with("say-points", [("number", amount.into())]) }
    }

    fn difference(&self, delta: &Delta) -> String {
        let (measure, found) = (delta.measure, &delta.difference);
        let what = self.t(match measure {
            Measure::MeanWait => "say-mean-wait",
            Measure::Abandoned => "say-share-who-give-up",
            _ => "say-level",
        });
        let (from, to) = (self.value(measure, delta.first), self.value(measure, delta.second));
        let interval = self.amount(measure, self.interval(delta));
        let (first, second) = (self.case(0), self.case(1));
        match found.verdict {
            Verdict::Higher | Verdict::Lower => {
                let by = self.amount(measure, self.signed(measure, found.mean).trim_start_matches(['+', '−']).to_owned());
                let way = self.t(match (found.verdict == Verdict::Higher, measure.is_time()) {
                    (true, false) => "say-higher",
                    (false, false) => "say-lower",
                    (true, true) => "say-longer",
                    (false, true) => "say-shorter",
                });
                let blanks = [
                    ("what", what.into()),
                    ("by", by.into()),
                    ("way", way.into()),
                    ("first", first.into()),
                    ("second", second.into()),
                    ("from", from.into()),
                    ("to", to.into()),
                    ("interval", interval.into()),
                ];
                self.words.with("say-differs", blanks)
            }
            Verdict::NotEnoughRuns => {
                let key = if found.days_needed.is_some() { "say-open-needed" } else { "say-open" };
                let blanks = [
                    ("what", what.into()),
                    ("from", from.into()),
                    ("to", to.into()),
                    ("first", first.into()),
                    ("second", second.into()),
                    ("days", found.days.to_string().into()),
                    ("needed", found.days_needed.unwrap_or_default().to_string().into()),
                    ("interval", interval.into()),
                ];
                self.words.with(key, blanks)
            }
            Verdict::Same => self.words.with("say-same", [("what", what.into()), ("from", from.into())]),
        }
    }

    /// Where the service level rises and where it falls.
    fn spread(&self, of: DeltaOf, higher: &[&Delta], lower: &[&Delta], open: usize) -> String {
        let names = |deltas: &[&Delta]| {
            let named = deltas.iter().map(|delta| format!("{} ({})", delta.name, self.signed(Measure::Level, delta.difference.mean)));
            named.collect::<Vec<_>>().join(", ")
        };
        let part = |deltas: &[&Delta], some: &str, none: &str| match deltas {
            [] => self.t(none),
            deltas => self.words.with(some, [("names", names(deltas).into())]),
        };
        let key = if of == DeltaOf::Region { "say-spread-regions" } else { "say-spread-classes" };
        let blanks = [
            ("all", (higher.len() + lower.len() + open).to_string().into()),
            ("second", self.case(1).into()),
            ("higher", part(higher, "say-spread-higher", "say-spread-higher-none").into()),
            ("lower", part(lower, "say-spread-lower", "say-spread-lower-none").into()),
            ("open", open.to_string().into()),
        ];
        self.words.with(key, blanks)
    }
}

pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
