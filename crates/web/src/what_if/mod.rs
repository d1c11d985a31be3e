//! The answer to a what-if question as one page that stands by itself: no script, nothing fetched, to be
//! sent, printed and kept. It shows what the simulator's report holds and reckons nothing.
//!
//! Its own words are of the language that is asked for; title, question and names of variants are as the
//! scenario's author wrote them.

mod forest;
mod line_chart;
mod tables;
mod told;

use crate::words::Words;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use simulator::{
    figures::Measure,
    scenario::{DeltaOf, Report},
};
use told::Told;

const TOKENS: &str = include_str!("../../browser/tokens.css");
const STYLE: &str = include_str!("page.css");

/// The whole page.
#[must_use]
pub fn page(report: &Report, words: Words) -> String {
    let told = &Told { words, report };
    let markup = html! {
        (DOCTYPE)
        html lang=(words.language.word()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (report.title) " · Svar" }
                style { (PreEscaped(TOKENS)) (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (opening(told))
                    (tables::summary(told))
                    (pictures(told))
                    (tables::groups(told))
                    (account(told))
                }
            }
        }
    };
    markup.into_string()
}

fn opening(told: &Told<'_>) -> Markup {
    let Told { words, report } = *told;
    html! {
        header {
            p .kind { (told.t("what-if-kind")) }
            h1 { (report.title) }
            p .question { (report.question) }
        }
        section .answer aria-labelledby="answer" {
            h2 #answer { (told.t("what-if-answer")) }
            @if report.is_partial() {
                p .partial { strong { (told.t("what-if-stopped")) } " " (words.with("what-if-days-run", days(report))) }
            }
            @for (place, sentence) in told.sentences().iter().enumerate() {
                p .headline[place == 0] { (sentence) }
            }
        }
    }
}

fn days(report: &Report) -> [(&'static str, crate::words::Blank); 3] {
    [("days", report.days.to_string().into()), ("asked", report.days_asked.to_string().into()), ("seed", report.seed.to_string().into())]
}

fn pictures(told: &Told<'_>) -> Markup {
    let Told { words, report } = *told;
    const OF: [DeltaOf; 3] = [DeltaOf::Whole, DeltaOf::Region, DeltaOf::Class];
    html! {
        section aria-labelledby="day" {
            h2 #day { (told.t("what-if-through-the-day")) }
            div .pair {
                (line_chart::draw(told, Measure::Level))
                (line_chart::draw(told, Measure::MeanWait))
            }
        }
        @if !report.deltas.is_empty() {
            section aria-labelledby="differences" {
                h2 #differences { (told.t("what-if-differs")) }
                p { (words.with("what-if-differs-about", days(report))) }
                div .pair {
                    (forest::draw(told, Measure::Level, &OF))
                    (forest::draw(told, Measure::MeanWait, &OF))
                }
            }
        }
    }
}

/// How it was reckoned, so that anybody can do it again.
fn account(told: &Told<'_>) -> Markup {
    let Told { words, report } = *told;
    let level = [
        ("within", told.time(Some(report.within_s as f64)).into()),
        ("window", report.window.clone().into()),
        ("goal", told.percent(Some(report.goal)).into()),
    ];
    html! {
        section aria-labelledby="account" {
            h2 #account { (told.t("what-if-account")) }
            p {
                (words.with(if report.is_partial() { "what-if-account-partial" } else { "what-if-account-days" }, days(report))) " "
                @if report.cases.len() > 1 { (told.t("what-if-account-both")) " " }
                (told.t("what-if-account-assumed"))
            }
            dl {
                dt { (told.measure(Measure::Level)) }
                dd { (words.with("what-if-level-about", level)) }
                dt { (told.t("what-if-wait")) }
                dd { (told.t("what-if-wait-about")) }
                dt { (told.t("what-if-difference")) }
                dd { (told.t("what-if-difference-about")) }
                dt { (told.t("what-if-decisions")) }
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
    use domain::intent::Language;
    use simulator::{
        scenario::{CaseReport, Delta, Row, answer},
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

    fn page(report: &Report) -> String {
        super::page(report, Words::new(Language::English))
    }

    /// What the table says and what the English page says is the same.
    #[test]
    fn sentences_are_those_of_the_simulator() {
        let words = Words::new(Language::English);
        let mut both = report(vec![case("A", 0.8), case("B", 0.82)]);
        for (place, (verdict, days_needed)) in
            [(Verdict::Higher, None), (Verdict::Lower, None), (Verdict::NotEnoughRuns, None), (Verdict::Same, None)].into_iter().enumerate()
        {
            let told = both.deltas[place % 2].clone();
            both.deltas.push(Delta { difference: Difference { verdict, days_needed, ..told.difference }, ..told });
        }
        both.deltas.push(Delta { of: DeltaOf::Outside, difference: both.deltas[4].difference, ..both.deltas[0].clone() });
        let ended = Report { days: 0, ..both.clone() };
        let alone = Report { deltas: Vec::new(), ..both.clone() };
        for report in [both, ended, alone, report(vec![case("A", 0.8)]), report(Vec::new())] {
            assert_eq!(Told { words, report: &report }.sentences(), answer::in_words(&report));
        }
    }

    #[test]
    fn every_language_has_its_own_words_and_marks() {
        let report = report(vec![case("A", 0.8), case("B", 0.82)]);
        for (language, shown) in [
            (Language::Swedish, ["lang=\"sv\"", "80,0 %", "Så räknades det fram", "+2,0 ± 3,0", "Servicenivån (80,0 %"]),
            (Language::Danish, ["lang=\"da\"", "80,0 %", "Sådan er det regnet ud", "+2,0 ± 3,0", "Serviceniveauet (80,0 %"]),
        ] {
            let page = super::page(&report, Words::new(language));
            for text in shown {
                assert!(page.contains(text), "{language}: no {text:?}");
            }
            for english in ["All regions", "Mean wait", "Answer<", "Outside", "percentage", " to "] {
                assert!(!page.contains(english), "{language}: {english:?}");
            }
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
