//! The answer to a what-if question as one page that stands by itself: no script, nothing fetched, to be
//! sent, printed and kept. It shows what the simulator's report holds and reckons nothing.
//!
//! It is in English, whoever asks: its words are the simulator's, which has no other.

mod forest;
mod line_chart;
mod tables;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use simulator::{
    figures::Measure,
    scenario::{DeltaOf, Report, answer},
};

const TOKENS: &str = include_str!("../../browser/tokens.css");
const STYLE: &str = include_str!("page.css");

/// The whole page.
#[must_use]
pub fn page(report: &Report) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (report.title) " · Svar" }
                style { (PreEscaped(TOKENS)) (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (opening(report))
                    (tables::summary(report))
                    (pictures(report))
                    (tables::groups(report))
                    (account(report))
                }
            }
        }
    };
    markup.into_string()
}

fn opening(report: &Report) -> Markup {
    html! {
        header {
            p .kind { "What if?" }
            h1 { (report.title) }
            p .question { (report.question) }
        }
        section .answer aria-labelledby="answer" {
            h2 #answer { "Answer" }
            @if report.is_partial() {
                p .partial { strong { "The run was stopped: " } (report.days) " of " (report.days_asked) " days were run." }
            }
            @for (place, sentence) in report.answer.iter().enumerate() {
                p .headline[place == 0] { (sentence) }
            }
        }
    }
}

fn pictures(report: &Report) -> Markup {
    html! {
        section aria-labelledby="day" {
            h2 #day { "Through the day" }
            div .pair {
                (line_chart::draw(report, Measure::Level))
                (line_chart::draw(report, Measure::MeanWait))
            }
        }
        @if !report.deltas.is_empty() {
            section aria-labelledby="differences" {
                h2 #differences { "What differs" }
                p { "Each line is the mean difference over " (report.days) " days with its 95 % interval. An interval that holds 0 is drawn hollow: nothing can be said yet." }
                div .pair {
                    (forest::draw(report, Measure::Level, &[DeltaOf::Whole, DeltaOf::Region, DeltaOf::Class]))
                    (forest::draw(report, Measure::MeanWait, &[DeltaOf::Whole, DeltaOf::Region, DeltaOf::Class]))
                }
            }
        }
    }
}

/// How it was reckoned, so that anybody can do it again.
fn account(report: &Report) -> Markup {
    html! {
        section aria-labelledby="account" {
            h2 #account { "How this was found" }
            p {
                "The router that runs live decided about invented callers and operators, on " (report.days) " days"
                @if report.is_partial() { " of the " (report.days_asked) " asked for" }
                " (seed " (report.seed) "). "
                @if report.cases.len() > 1 { "The same callers, with the same patience, came in both variants on each day. " }
                "What the file of the question calls assumed is assumed here as well."
            }
            dl {
                dt { "Service level" }
                dd {
                    "Answered within " (answer::time(Some(report.within_s as f64))) ", of all but those who gave up within the plan's time for short abandons; of calls that arrive "
                    (report.window) ". The goal is " (answer::percent(Some(report.goal))) "."
                }
                dt { "Wait" }
                dd { "From coming into line to a human voice or to giving up, over every region. Overflow does not restart it." }
                dt { "Difference" }
                dd { "The mean over days of what the second variant has more than the first on the same day. Intervals are Student's t over days. There are many of them: one in twenty misses by chance alone." }
                dt { "Decisions" }
                @for case in &report.cases {
                    dd { (case.name) ": " code { (case.decisions_sha256) } }
                }
            }
        }
    }
}

/// The two variants are told apart by the shape of their lines and marks, not by colour alone.
const SHAPES: [&str; 2] = ["first", "second"];

/// A coordinate, to a tenth of a unit.
fn at(place: f64) -> String {
    format!("{place:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::{
        scenario::{CaseReport, Delta, Row},
        statistics::{Difference, Verdict},
    };

    fn row(name: &str, level: f64) -> Row {
        Row {
            name: name.to_owned(),
            offered: 12_345,
            answered: 11_000,
            abandoned: 1_345,
            abandoned_short: 45,
            diverted: 0,
            answered_elsewhere: 100,
            interrupted: 0,
            service_level: Some(level),
            answered_only: Some(level),
            all_abandons: Some(level),
            symmetric: Some(level),
            share_abandoned: Some(0.1),
            share_over_t: Some(0.05),
            mean_wait_s: Some(120.0),
            mean_answer_s: Some(110.0),
            wait_p50_s: Some(60),
            wait_p90_s: Some(300),
        }
    }

    fn case(name: &str, level: f64) -> CaseReport {
        let none = Row { offered: 0, ..row("none", level) };
        CaseReport {
            name: name.to_owned(),
            operators: 10,
            occupancy: Some(0.8),
            handed_over: 0,
            decisions_sha256: "00ff".to_owned(),
            whole: row("All regions", level),
            outside: row("Outside the window", level),
            rung_back: none,
            regions: vec![row("Region A & B", level)],
            classes: vec![row("Class", level)],
            half_hours: (0..48).map(|half| row(&format!("{:02}:{:02}", half / 2, half % 2 * 30), level)).collect(),
        }
    }

    fn report(cases: Vec<CaseReport>) -> Report {
        let deltas = [(DeltaOf::Whole, "All regions"), (DeltaOf::Region, "Region A & B")].into_iter().flat_map(|(of, name)| {
            [Measure::Level, Measure::MeanWait].map(|measure| Delta {
                of,
                name: name.to_owned(),
                measure,
                first: Some(0.8),
                second: Some(0.82),
                difference: Difference { mean: 0.02, within: 0.03, days: 4, verdict: Verdict::NotEnoughRuns, days_needed: Some(9) },
            })
        });
        Report {
            title: "<b>Is it so?</b>".to_owned(),
            question: "What if?".to_owned(),
            answer: vec!["Nobody knows.".to_owned()],
            days: 4,
            days_asked: 4,
            seed: 1,
            window: "07:00-20:00".to_owned(),
            window_h: (7.0, 20.0),
            within_s: 600,
            goal: 0.85,
            deltas: if cases.len() == 2 { deltas.collect() } else { Vec::new() },
            cases,
        }
    }

    #[test]
    fn the_page_stands_by_itself_and_can_be_read_without_seeing_it() {
        for cases in [vec![case("A", 0.8)], vec![case("A", 0.8), case("B", 0.82)]] {
            let pictures = if cases.len() == 2 { 4 } else { 2 };
            let page = page(&report(cases));
            for foreign in ["<script", "<b>Is", "src=", "href=", "url(", "@import"] {
                assert!(!page.contains(foreign), "{foreign}");
            }
            let count = |words: &str| page.matches(words).count();
            assert_eq!(count("role=\"img\""), pictures);
            assert_eq!((count("<title id="), count("<desc id=")), (pictures, pictures));
            assert_eq!(count("<table"), count("<caption>"));
            assert!(!page.contains("NaN") && !page.contains("inf "), "a coordinate is no number");
        }
    }

    #[test]
    fn a_run_that_was_stopped_is_told_at_the_top() {
        let stopped = Report { days_asked: 40, ..report(vec![case("A", 0.8)]) };
        assert!(page(&stopped).contains("4 of 40 days were run"));
        assert!(!page(&report(vec![case("A", 0.8)])).contains("were run."));
    }

    #[test]
    fn what_cannot_be_told_yet_is_marked() {
        let page = page(&report(vec![case("A", 0.8), case("B", 0.82)]));
        assert!(page.contains("not enough runs (about 9 days would tell)"));
        assert!(page.contains("difference hollow"));
        assert!(page.contains("+2.0 ± 3.0"));
    }

    /// Nobody came at all: nothing is drawn, and nothing breaks.
    #[test]
    fn an_empty_report_is_a_page_too() {
        let nobody = |row: &Row| Row { offered: 0, service_level: None, mean_wait_s: None, ..row.clone() };
        let mut empty = case("A", 0.8);
        empty.whole = nobody(&empty.whole);
        empty.half_hours = empty.half_hours.iter().map(nobody).collect();
        let page = page(&report(vec![empty]));
        assert!(page.contains("A: nobody came."), "{page}");
    }
}
