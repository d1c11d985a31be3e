//! The figures behind the pictures.

use super::told::Told;
use maud::{Markup, html};
use simulator::{
    figures::Measure,
    scenario::{CaseReport, Delta, DeltaOf, Row},
};

/// One line of the summary for each measure, with its difference.
pub fn summary(told: &Told<'_>) -> Markup {
    let report = told.report;
    let caption = told.words.with("what-if-calls-within", [("window", report.window.clone().into())]);
    let cell = |measure: Measure, case: &CaseReport| told.value(measure, of_row(measure, &case.whole));
    html! {
        section aria-labelledby="summary" {
            h2 #summary { (told.t("what-if-summary")) }
            (wide(&caption, html! {
                table {
                    caption { (caption) }
                    thead { tr {
                        th scope="col" { (told.t("what-if-measure")) }
                        @for case in &report.cases { th scope="col" { (case.name) } }
                        @if !report.deltas.is_empty() {
                            th scope="col" { (told.t("what-if-difference")) }
                            th scope="col" { (told.t("what-if-interval")) }
                            th .verdict scope="col" { (told.t("what-if-verdict")) }
                        }
                    } }
                    tbody {
                        @for measure in Measure::ALL {
                            tr {
                                th scope="row" { (told.measure(measure)) }
                                @for case in &report.cases { td { (cell(measure, case)) } }
                                @if !report.deltas.is_empty() { (difference(told, report.deltas_of(DeltaOf::Whole, measure).next())) }
                            }
                        }
                        (counts(told))
                    }
                }
            }))
        }
    }
}

type Line = (&'static str, fn(&Told<'_>, &CaseReport) -> String);

/// What has no difference of its own.
const COUNTS: [Line; 7] = [
    ("what-if-operators", |_, case| case.operators.to_string()),
    ("what-if-occupancy", |told, case| told.percent(case.occupancy)),
    ("what-if-calls-offered", |_, case| grouped(case.whole.offered)),
    ("what-if-short", |_, case| grouped(case.whole.abandoned_short)),
    ("what-if-half-wait", |told, case| told.time(case.whole.wait_p50_s.map(f64::from))),
    ("what-if-nine-of-ten-wait", |told, case| told.time(case.whole.wait_p90_s.map(f64::from))),
    ("what-if-handed-over", |_, case| grouped(case.handed_over)),
];

fn counts(told: &Told<'_>) -> Markup {
    html! {
        @for (name, shown) in COUNTS {
            tr {
                th scope="row" { (told.t(name)) }
                @for case in &told.report.cases { td { (shown(told, case)) } }
                @if !told.report.deltas.is_empty() { td colspan="3" {} }
            }
        }
    }
}

pub fn groups(told: &Told<'_>) -> Markup {
    html! {
        section aria-labelledby="tables" {
            h2 #tables { (told.t("what-if-tables")) }
            (list(told, "what-if-by-region", DeltaOf::Region, |case| &case.regions, Some(|case| &case.whole)))
            (list(told, "what-if-by-class", DeltaOf::Class, |case| &case.classes, None))
            (list(told, "what-if-by-half-hour", DeltaOf::HalfHour, |case| &case.half_hours, None))
            @if told.report.cases.iter().any(|case| case.rung_back.offered > 0) {
                (list(told, "what-if-rung-back-instead", DeltaOf::RungBack, |case| std::slice::from_ref(&case.rung_back), None))
            }
            (list(told, "what-if-outside", DeltaOf::Outside, |case| std::slice::from_ref(&case.outside), None))
        }
    }
}

type RowsOf = fn(&CaseReport) -> &[Row];
type RowOf = fn(&CaseReport) -> &Row;

fn list(told: &Told<'_>, caption: &str, of: DeltaOf, rows: RowsOf, sum: Option<RowOf>) -> Markup {
    let report = told.report;
    let Some(first) = report.cases.first() else { return html! {} };
    let columns = if report.deltas.is_empty() { 4 } else { 5 };
    let caption = told.t(caption);
    html! {
        (wide(&caption, html! {
            table .groups {
                caption { (caption) }
                thead {
                    tr {
                        th rowspan="2" scope="col" { (told.t("what-if-group")) }
                        th rowspan="2" scope="col" { (told.t("what-if-offered")) }
                        @for measure in [Measure::Level, Measure::MeanWait] { th colspan=(columns - 2) scope="colgroup" { (told.measure(measure)) } }
                        th colspan=(report.cases.len()) scope="colgroup" { (told.measure(Measure::Abandoned)) }
                        th colspan=(report.cases.len()) scope="colgroup" { (told.t("what-if-nine-of-ten")) }
                    }
                    tr {
                        @for compared in [true, true, false, false] {
                            @for case in &report.cases { th scope="col" { (case.name) } }
                            @if compared && !report.deltas.is_empty() { th scope="col" { (told.t("what-if-difference")) } }
                        }
                    }
                }
                tbody {
                    @if let Some(sum) = sum { (line(told, report.cases.iter().map(sum).collect(), DeltaOf::Whole)) }
                    @for place in 0..rows(first).len() {
                        (line(told, report.cases.iter().filter_map(|case| rows(case).get(place)).collect(), of))
                    }
                }
            }
        }))
    }
}

fn line(told: &Told<'_>, rows: Vec<&Row>, of: DeltaOf) -> Markup {
    let Some(first) = rows.iter().max_by_key(|row| row.offered).filter(|row| row.offered > 0) else { return html! {} };
    let report = told.report;
    html! {
        tr {
            th scope="row" { (told.name(of, &first.name)) }
            td { (grouped(first.offered)) }
            @for measure in [Measure::Level, Measure::MeanWait] {
                @for row in &rows { td { (told.value(measure, of_row(measure, row))) } }
                @if !report.deltas.is_empty() { td { (short(told, report.delta(of, &first.name, measure))) } }
            }
            @for row in &rows { td { (told.percent(row.share_abandoned)) } }
            @for row in &rows { td { (told.time(row.wait_p90_s.map(f64::from))) } }
        }
    }
}

fn of_row(measure: Measure, row: &Row) -> Option<f64> {
    match measure {
        Measure::Level => row.service_level,
        Measure::AnsweredOnly => row.answered_only,
        Measure::AllAbandons => row.all_abandons,
        Measure::Symmetric => row.symmetric,
        Measure::Abandoned => row.share_abandoned,
        Measure::OverT => row.share_over_t,
        Measure::Elsewhere => (row.answered > 0).then(|| row.answered_elsewhere as f64 / row.answered as f64),
        Measure::MeanWait => row.mean_wait_s,
        Measure::MeanAnswer => row.mean_answer_s,
    }
}

fn difference(told: &Told<'_>, delta: Option<&Delta>) -> Markup {
    let Some(delta) = delta else { return html! { td colspan="3" { "–" } } };
    html! {
        td { strong { (told.signed(delta.measure, delta.difference.mean)) } }
        td { (told.interval(delta)) }
        td .verdict { (told.verdict(delta)) }
    }
}

/// A difference with half of its interval; a question mark where it holds 0.
fn short(told: &Told<'_>, delta: Option<&Delta>) -> Markup {
    let Some(delta) = delta else { return html! { "–" } };
    let within = told.signed(delta.measure, delta.difference.within);
    html! {
        (told.signed(delta.measure, delta.difference.mean)) " ± " (within.trim_start_matches('+'))
        @if delta.difference.days_needed.is_some() { span title=(told.t("what-if-open")) { " ?" } }
    }
}

/// A table that scrolls by itself where the page is narrow, with the keyboard as well.
fn wide(label: &str, table: Markup) -> Markup {
    html! { div .wide tabindex="0" role="region" aria-label=(label) { (table) } }
}

/// 158 886, with a narrow space that does not break.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push('\u{202f}');
        }
        shown.push(digit);
    }
    shown
}
