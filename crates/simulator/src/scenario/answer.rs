//! The answer to a question in plain sentences. It claims no more than the intervals hold.

use super::{CaseReport, Delta, DeltaOf, Report};
use crate::{figures::Measure, statistics::Verdict};

/// "84.7 %"; a dash where there is nothing.
#[must_use]
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// "3 min 24 s", "1 h 5 min"; tenths of a second below ten.
#[must_use]
pub fn time(seconds: Option<f64>) -> String {
    let Some(seconds) = seconds else { return "–".to_owned() };
    let whole = seconds.abs().round() as u64;
    match whole {
        _ if seconds.abs() < 9.95 => format!("{:.1} s", seconds.abs()),
        0..60 => format!("{whole} s"),
        60..3_600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3_600, whole % 3_600 / 60),
    }
}

/// A value of a measure.
#[must_use]
pub fn value(measure: Measure, value: Option<f64>) -> String {
    if measure.is_time() { time(value) } else { percent(value) }
}

/// A difference with its sign: "+1.3" percentage points, "−12 s".
#[must_use]
pub fn signed(measure: Measure, difference: f64) -> String {
    let sign = if difference < 0.0 { "−" } else { "+" };
    if measure.is_time() { format!("{sign}{}", time(Some(difference))) } else { format!("{sign}{:.1}", difference.abs() * 100.0) }
}

/// "higher", or "not enough runs (about 120 days would tell)".
#[must_use]
pub fn verdict(delta: &Delta) -> String {
    let verdict = delta.difference.verdict;
    match delta.difference.days_needed {
        Some(days) => format!("{} (about {days} days would tell)", verdict.words()),
        None => verdict.words().to_owned(),
    }
}

/// What may be said of a report, before it is put into the words of a language.
#[derive(Clone, Debug)]
pub enum Sentence<'a> {
    NothingRun,
    /// Not one day was run to its end.
    NoWholeDay,
    /// What the only case came to.
    Only(&'a CaseReport),
    /// A difference of all calls within the window.
    Whole(&'a Delta),
    /// One of the calls outside of it.
    Outside(&'a Delta),
    /// In which of all regions, or classes, the service level rises and falls, and of how many nothing can be said.
    Spread {
        of: DeltaOf,
        higher: Vec<&'a Delta>,
        lower: Vec<&'a Delta>,
        open: usize,
    },
    /// There are two cases, and nothing that could be compared.
    OneDayAlone,
}

/// In the order in which it is said; the first is the headline.
#[must_use]
pub fn findings(report: &Report) -> Vec<Sentence<'_>> {
    match report.cases.as_slice() {
        [] => vec![Sentence::NothingRun],
        _ if report.days == 0 => vec![Sentence::NoWholeDay],
        [only] => vec![Sentence::Only(only)],
        [_, _, ..] => compared(report),
    }
}

fn compared(report: &Report) -> Vec<Sentence<'_>> {
    let mut found: Vec<Sentence<'_>> = Vec::new();
    for measure in [Measure::Level, Measure::MeanWait, Measure::Abandoned] {
        found.extend(report.deltas_of(DeltaOf::Whole, measure).map(Sentence::Whole));
    }
    let outside = report.deltas_of(DeltaOf::Outside, Measure::Level);
    found.extend(outside.filter(|delta| matches!(delta.difference.verdict, Verdict::Higher | Verdict::Lower)).map(Sentence::Outside));
    found.extend([DeltaOf::Region, DeltaOf::Class].into_iter().filter_map(|of| spread(report, of)));
    if found.is_empty() {
        found.push(Sentence::OneDayAlone);
    }
    found
}

/// None where there is no such group.
fn spread(report: &Report, of: DeltaOf) -> Option<Sentence<'_>> {
    let that = |verdict: Verdict| report.deltas_of(of, Measure::Level).filter(move |delta| delta.difference.verdict == verdict).collect();
    let (higher, lower): (Vec<_>, Vec<_>) = (that(Verdict::Higher), that(Verdict::Lower));
    let all = report.deltas_of(of, Measure::Level).count();
    let open = all - higher.len() - lower.len();
    (all > 0).then_some(Sentence::Spread { of, higher, lower, open })
}

/// The answer in English; pages have it in other languages too.
#[must_use]
pub fn in_words(report: &Report) -> Vec<String> {
    findings(report).iter().map(|sentence| in_english(report, sentence)).collect()
}

fn in_english(report: &Report, sentence: &Sentence<'_>) -> String {
    match sentence {
        Sentence::NothingRun => "Nothing was run.".to_owned(),
        Sentence::NoWholeDay => "Not one day was run to its end, so nothing can be said.".to_owned(),
        Sentence::Only(only) => {
            let level = percent(only.whole.service_level);
            let within = time(Some(report.within_s as f64));
            let wait = time(only.whole.mean_wait_s);
            format!(
                "Of the calls that arrive {}, {level} are answered within {within}; the goal is {}. The mean wait of all is {wait}, and {} give up.",
                report.window,
                percent(Some(report.goal)),
                percent(only.whole.share_abandoned)
            )
        }
        Sentence::Whole(delta) => difference(report, delta),
        Sentence::Outside(delta) => format!("Outside the window: {}", difference(report, delta)),
        Sentence::Spread { of, higher, lower, open } => {
            let many = if *of == DeltaOf::Region { "regions" } else { "matter classes" };
            let part = |word: &str, deltas: &[&Delta]| match deltas {
                [] => format!("{word} in none"),
                deltas => format!("{word} in {}", deltas.iter().map(|delta| named(delta)).collect::<Vec<_>>().join(", ")),
            };
            format!(
                "Of {} {many}, the service level with “{}” is {}, {}; {open} cannot be told apart.",
                higher.len() + lower.len() + open,
                second(report),
                part("higher", higher),
                part("lower", lower)
            )
        }
        Sentence::OneDayAlone => "A single day shows no difference that could be told from chance: run more.".to_owned(),
    }
}

fn named(delta: &Delta) -> String {
    format!("{} ({})", delta.name, signed(Measure::Level, delta.difference.mean))
}

fn first(report: &Report) -> &str {
    report.cases.first().map_or("", |case| &case.name)
}

fn second(report: &Report) -> &str {
    report.cases.get(1).map_or("", |case| &case.name)
}

fn difference(report: &Report, delta: &Delta) -> String {
    let (first, second) = (first(report), second(report));
    let what = match delta.measure {
        Measure::Abandoned => "share who give up",
        measure => measure.words(),
    };
    let (from, to) = (value(delta.measure, delta.first), value(delta.measure, delta.second));
    let found = &delta.difference;
    let unit = if delta.measure.is_time() { "" } else { " percentage points" };
    let interval = format!("{} to {}", signed(delta.measure, found.mean - found.within), signed(delta.measure, found.mean + found.within));
    match found.verdict {
        Verdict::Higher | Verdict::Lower => {
            let by = signed(delta.measure, found.mean);
            let by = by.trim_start_matches(['+', '−']);
            format!(
                "With “{second}” the {what} is {by}{unit} {} than with “{first}”: {to} against {from} (95 % interval of the difference {interval}{unit}).",
                found.verdict.words()
            )
        }
        Verdict::NotEnoughRuns => {
            let needed = found
                .days_needed
                .map_or_else(String::new, |days| format!("; about {days} days would tell a difference such as the one seen"));
            format!(
                "The {what} ({from} with “{first}”, {to} with “{second}”) cannot be told apart in {} days{needed} (95 % interval {interval}{unit}).",
                found.days
            )
        }
        Verdict::Same => format!("The {what} is the same on every day: {from}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_shares_read_like_words() {
        let check = |found: String, expected: &str| assert_eq!(found, expected);
        check(time(None), "–");
        check(time(Some(0.0)), "0.0 s");
        check(time(Some(9.94)), "9.9 s");
        check(time(Some(59.6)), "1 min 00 s");
        check(time(Some(204.4)), "3 min 24 s");
        check(time(Some(3_900.0)), "1 h 05 min");
        check(percent(Some(0.8465)), "84.7 %");
        check(percent(None), "–");
        check(signed(Measure::Level, -0.013), "−1.3");
        check(signed(Measure::MeanWait, 12.2), "+12 s");
    }
}
