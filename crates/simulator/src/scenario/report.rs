//! What came of a question, in the form in which it is shown: the same for a table, for JSON and for a page.
//! Nothing is reckoned anew where it is shown.

use super::{CaseFindings, Findings, Study};
use crate::{
    callers::Hours,
    figures::{Calls, Groups, HALF_HOURS, Measure},
    statistics::{Difference, difference},
};
use domain::{intent::Language, plan::Class};
use serde::Serialize;

/// One group of callers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub name: String,
    pub offered: u64,
    pub answered: u64,
    pub abandoned: u64,
    pub abandoned_short: u64,
    pub diverted: u64,
    pub answered_elsewhere: u64,
    pub interrupted: u64,
    /// The headline.
    pub service_level: Option<f64>,
    pub answered_only: Option<f64>,
    pub all_abandons: Option<f64>,
    pub symmetric: Option<f64>,
    pub share_abandoned: Option<f64>,
    pub share_over_t: Option<f64>,
    pub mean_wait_s: Option<f64>,
    pub mean_answer_s: Option<f64>,
    pub wait_p50_s: Option<u32>,
    pub wait_p90_s: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseReport {
    pub name: String,
    pub operators: usize,
    pub occupancy: Option<f64>,
    /// Led to another service instead of a queue.
    pub handed_over: u64,
    pub decisions_sha256: String,
    pub whole: Row,
    pub outside: Row,
    pub rung_back: Row,
    pub regions: Vec<Row>,
    pub classes: Vec<Row>,
    pub half_hours: Vec<Row>,
}

/// What a difference is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeltaOf {
    Whole,
    Outside,
    RungBack,
    Region,
    Class,
    HalfHour,
}

/// The second case less the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delta {
    pub of: DeltaOf,
    pub name: String,
    pub measure: Measure,
    pub first: Option<f64>,
    pub second: Option<f64>,
    #[serde(flatten)]
    pub difference: Difference,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub title: String,
    pub question: String,
    /// In English sentences; the first is the headline.
    pub answer: Vec<String>,
    pub days: u64,
    pub days_asked: u64,
    pub seed: u64,
    pub window: String,
    /// The same in hours since midnight.
    pub window_h: (f64, f64),
    /// T of the published level, and its goal.
    pub within_s: u64,
    pub goal: f64,
    pub cases: Vec<CaseReport>,
    /// Empty where there is one case only.
    pub deltas: Vec<Delta>,
}

type GroupOf = fn(&Groups) -> &Calls;

const SINGLES: [(DeltaOf, GroupOf, &[Measure]); 3] = [
    (DeltaOf::Whole, |groups| &groups.whole, &Measure::ALL),
    (DeltaOf::Outside, |groups| &groups.outside, &[Measure::Level, Measure::MeanWait]),
    (DeltaOf::RungBack, |groups| &groups.rung_back, &[Measure::MeanAnswer]),
];

type GroupsOf = fn(&Groups) -> &[Calls];

const LISTS: [(DeltaOf, GroupsOf, &[Measure]); 3] = [
    (DeltaOf::Region, |groups| &groups.regions, &[Measure::Level, Measure::MeanWait, Measure::Abandoned]),
    (DeltaOf::Class, |groups| &groups.classes, &[Measure::Level, Measure::MeanWait, Measure::Abandoned]),
    (DeltaOf::HalfHour, |groups| &groups.half_hours, &[Measure::Level, Measure::MeanWait]),
];

impl Report {
    /// With the matter classes called by their English names.
    #[must_use]
    pub fn of(study: &Study, findings: &Findings) -> Self {
        Self::naming(study, findings, Language::English)
    }

    /// With the matter classes called by their names in this language, where the plan has them.
    #[must_use]
    pub fn naming(study: &Study, findings: &Findings, language: Language) -> Self {
        let names = Names::of(study, language);
        let cases: Vec<CaseReport> = study.cases.iter().zip(&findings.cases).map(|(case, found)| names.case(&case.name, found)).collect();
        let rules = study.cases.first().map(|case| &case.rules);
        let goal = study.cases.first().map_or(0.0, |case| f64::from(case.centre.plan.service_level.goal_permille) / 1_000.0);
        let mut report = Self {
            title: study.title.clone(),
            question: study.question.clone(),
            answer: Vec::new(),
            days: findings.days,
            days_asked: study.days,
            seed: study.seed,
            window: rules.map_or_else(String::new, |rules| hours_words(rules.window)),
            window_h: rules.map_or((0.0, 24.0), |rules| (hours(rules.window.from_ms), hours(rules.window.to_ms))),
            within_s: rules.map_or(0, |rules| rules.within_ms / 1_000),
            goal,
            cases,
            deltas: match findings.cases.as_slice() {
                [first, second] => names.deltas(first, second),
                _ => Vec::new(),
            },
        };
        report.answer = super::answer::in_words(&report);
        report
    }

    /// Stopped before all days were run.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.days < self.days_asked
    }

    pub fn deltas_of(&self, of: DeltaOf, measure: Measure) -> impl Iterator<Item = &Delta> {
        self.deltas.iter().filter(move |delta| delta.of == of && delta.measure == measure)
    }

    /// The two of one row.
    #[must_use]
    pub fn delta(&self, of: DeltaOf, name: &str, measure: Measure) -> Option<&Delta> {
        self.deltas_of(of, measure).find(|delta| delta.name == name)
    }
}

fn hours(ms: i64) -> f64 {
    ms as f64 / 3_600_000.0
}

fn hours_words(hours: Hours) -> String {
    let clock = |ms: i64| format!("{:02}:{:02}", ms / 3_600_000, ms / 60_000 % 60);
    format!("{}-{}", clock(hours.from_ms), clock(hours.to_ms))
}

/// What groups are called.
struct Names {
    regions: Vec<String>,
    classes: Vec<String>,
    half_hours: Vec<String>,
}

impl Names {
    fn of(study: &Study, language: Language) -> Self {
        let plan = study.cases.first().map(|case| &case.centre.plan);
        let class_name = |class: &Class| class.name.get(&language).cloned().unwrap_or_else(|| class.id.to_string());
        Self {
            regions: plan.into_iter().flat_map(|plan| &plan.regions).map(|region| region.name.clone()).collect(),
            classes: plan.into_iter().flat_map(|plan| &plan.classes).map(class_name).collect(),
            half_hours: (0..HALF_HOURS).map(|half| format!("{:02}:{:02}", half / 2, half % 2 * 30)).collect(),
        }
    }

    fn list(&self, of: DeltaOf) -> &[String] {
        match of {
            DeltaOf::Region => &self.regions,
            DeltaOf::Class => &self.classes,
            DeltaOf::HalfHour => &self.half_hours,
            DeltaOf::Whole | DeltaOf::Outside | DeltaOf::RungBack => &[],
        }
    }

    fn case(&self, name: &str, found: &CaseFindings) -> CaseReport {
        let sum = &found.sum;
        let rows = |names: &[String], all: &[Calls]| names.iter().zip(all).map(|(name, calls)| row(name, calls)).collect();
        CaseReport {
            name: name.to_owned(),
            operators: found.operators,
            occupancy: sum.occupancy(),
            handed_over: sum.handed_over,
            decisions_sha256: found.decisions_sha256.clone(),
            whole: row("All regions", &sum.whole),
            outside: row("Outside the window", &sum.outside),
            rung_back: row("Rung back", &sum.rung_back),
            regions: rows(&self.regions, &sum.regions),
            classes: rows(&self.classes, &sum.classes),
            half_hours: rows(&self.half_hours, &sum.half_hours),
        }
    }

    fn deltas(&self, first: &CaseFindings, second: &CaseFindings) -> Vec<Delta> {
        let mut deltas = Vec::new();
        for (of, group, measures) in SINGLES {
            let name = match of {
                DeltaOf::Outside => "Outside the window",
                DeltaOf::RungBack => "Rung back",
                _ => "All regions",
            };
            deltas.extend(measures.iter().filter_map(|measure| delta((of, name), *measure, first, second, &|groups| Some(group(groups)))));
        }
        for (of, list, measures) in LISTS {
            for measure in measures {
                let of_place =
                    |(place, name): (usize, &String)| delta((of, name), *measure, first, second, &|groups| list(groups).get(place));
                deltas.extend(self.list(of).iter().enumerate().filter_map(of_place));
            }
        }
        deltas
    }
}

/// None where fewer than two days have both.
fn delta<'a>(
    (of, name): (DeltaOf, &str),
    measure: Measure,
    first: &'a CaseFindings,
    second: &'a CaseFindings,
    group: &dyn Fn(&'a Groups) -> Option<&'a Calls>,
) -> Option<Delta> {
    let of_group = |groups: &'a Groups| group(groups).and_then(|calls| measure.of(calls));
    let days = first.days.iter().zip(&second.days);
    let of_days: Vec<f64> = days.filter_map(|(one, other)| Some(of_group(other)? - of_group(one)?)).collect();
    let difference = difference(&of_days)?;
    Some(Delta { of, name: name.to_owned(), measure, first: of_group(&first.sum), second: of_group(&second.sum), difference })
}

fn row(name: &str, calls: &Calls) -> Row {
    Row {
        name: name.to_owned(),
        offered: calls.offered,
        answered: calls.answered,
        abandoned: calls.abandoned,
        abandoned_short: calls.short,
        diverted: calls.diverted,
        answered_elsewhere: calls.elsewhere,
        interrupted: calls.interrupted,
        service_level: Measure::Level.of(calls),
        answered_only: Measure::AnsweredOnly.of(calls),
        all_abandons: Measure::AllAbandons.of(calls),
        symmetric: Measure::Symmetric.of(calls),
        share_abandoned: Measure::Abandoned.of(calls),
        share_over_t: Measure::OverT.of(calls),
        mean_wait_s: Measure::MeanWait.of(calls),
        mean_answer_s: Measure::MeanAnswer.of(calls),
        wait_p50_s: calls.wait_quantile_s(0.5),
        wait_p90_s: calls.wait_quantile_s(0.9),
    }
}
