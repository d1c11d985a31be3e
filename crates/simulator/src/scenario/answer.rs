//! The answer to a question in plain sentences. It claims no more than the intervals hold.

use super::{Delta, DeltaOf, Report};
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

pub(super) fn sentences(report: &Report) -> Vec<String> {
    match report.cases.as_slice() {
        [] => vec!["Nothing was run.".to_owned()],
        _ if report.days == 0 => vec!["Not one day was run to its end, so nothing can be said.".to_owned()],
        [only] => {
            let level = percent(only.whole.service_level);
            let within = time(Some(report.within_s as f64));
            let wait = time(only.whole.mean_wait_s);
            vec![format!(
                "Of the calls that arrive {}, {level} are answered within {within}; the goal is {}. The mean wait of all is {wait}, and {} give up.",
                report.window,
                percent(Some(report.goal)),
                percent(only.whole.share_abandoned)
            )]
        }
        [first, second, ..] => compared(report, &first.name, &second.name),
    }
}

fn compared(report: &Report, first: &str, second: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    for measure in [Measure::Level, Measure::MeanWait, Measure::Abandoned] {
        sentences.extend(report.deltas_of(DeltaOf::Whole, measure).map(|delta| difference(delta, first, second)));
    }
    let outside = report.deltas_of(DeltaOf::Outside, Measure::Level);
    let told = outside.filter(|delta| matches!(delta.difference.verdict, Verdict::Higher | Verdict::Lower));
    sentences.extend(told.map(|delta| format!("Outside the window: {}", difference(delta, first, second))));
    for (of, many) in [(DeltaOf::Region, "regions"), (DeltaOf::Class, "matter classes")] {
        sentences.extend(spread(report, of, many, second));
    }
    if sentences.is_empty() {
        sentences.push("A single day shows no difference that could be told from chance: run more.".to_owned());
    }
    sentences
}

fn difference(delta: &Delta, first: &str, second: &str) -> String {
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

/// Where the service level rises and where it falls.
fn spread(report: &Report, of: DeltaOf, many: &str, second: &str) -> Option<String> {
    let named = |verdict: Verdict| {
        let found = report.deltas_of(of, Measure::Level).filter(|delta| delta.difference.verdict == verdict);
        let named = found.map(|delta| format!("{} ({})", delta.name, signed(Measure::Level, delta.difference.mean)));
        named.collect::<Vec<_>>()
    };
    let (higher, lower) = (named(Verdict::Higher), named(Verdict::Lower));
    let all = report.deltas_of(of, Measure::Level).count();
    if all == 0 {
        return None;
    }
    let part = |word: &str, names: &[String]| match names {
        [] => format!("{word} in none"),
        names => format!("{word} in {}", names.join(", ")),
    };
    let open = all - higher.len() - lower.len();
    Some(format!(
        "Of {all} {many}, the service level with “{second}” is {}, {}; {open} cannot be told apart.",
        part("higher", &higher),
        part("lower", &lower)
    ))
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
