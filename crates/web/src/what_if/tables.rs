//! The figures behind the pictures.

use maud::{Markup, html};
use simulator::{
    figures::Measure,
    scenario::{CaseReport, Delta, DeltaOf, Report, Row, answer},
};

/// One line of the summary for each measure, with its difference.
pub fn summary(report: &Report) -> Markup {
    let cell = |measure: Measure, case: &CaseReport| answer::value(measure, of_row(measure, &case.whole));
    html! {
        section aria-labelledby="summary" {
            h2 #summary { "In one view" }
            (wide("The calls that arrive within the window, all regions", html! {
                table {
                    caption { "Calls that arrive " (report.window) ", all regions" }
                    thead { tr {
                        th scope="col" { "Measure" }
                        @for case in &report.cases { th scope="col" { (case.name) } }
                        @if !report.deltas.is_empty() { th scope="col" { "Difference" } th scope="col" { "95 % interval" } th .verdict scope="col" { "Verdict" } }
                    } }
                    tbody {
                        @for measure in Measure::ALL {
                            tr {
                                th scope="row" { (capital(measure.words())) }
                                @for case in &report.cases { td { (cell(measure, case)) } }
                                @if !report.deltas.is_empty() { (difference(report.deltas_of(DeltaOf::Whole, measure).next())) }
                            }
                        }
                        (counts(report))
                    }
                }
            }))
        }
    }
}

type Line = (&'static str, fn(&CaseReport) -> String);

/// What has no difference of its own.
fn counts(report: &Report) -> Markup {
    let lines: [Line; 7] = [
        ("Operators", |case| case.operators.to_string()),
        ("Occupancy", |case| answer::percent(case.occupancy)),
        ("Calls offered", |case| grouped(case.whole.offered)),
        ("Gave up within the time for short abandons", |case| grouped(case.whole.abandoned_short)),
        ("Half wait no longer than", |case| answer::time(case.whole.wait_p50_s.map(f64::from))),
        ("Nine of ten wait no longer than", |case| answer::time(case.whole.wait_p90_s.map(f64::from))),
        ("Handed over to another service", |case| grouped(case.handed_over)),
    ];
    html! {
        @for (name, shown) in lines {
            tr {
                th scope="row" { (name) }
                @for case in &report.cases { td { (shown(case)) } }
                @if !report.deltas.is_empty() { td colspan="3" {} }
            }
        }
    }
}

pub fn groups(report: &Report) -> Markup {
    html! {
        section aria-labelledby="tables" {
            h2 #tables { "Tables" }
            (list(report, "By region of the caller", DeltaOf::Region, |case| &case.regions, Some(|case| &case.whole)))
            (list(report, "By matter class", DeltaOf::Class, |case| &case.classes, None))
            (list(report, "By half hour of arrival", DeltaOf::HalfHour, |case| &case.half_hours, None))
            @if report.cases.iter().any(|case| case.rung_back.offered > 0) {
                (list(report, "Rung back instead of waiting on the line", DeltaOf::RungBack, |case| std::slice::from_ref(&case.rung_back), None))
            }
            (list(report, "Outside the window", DeltaOf::Outside, |case| std::slice::from_ref(&case.outside), None))
        }
    }
}

type RowsOf = fn(&CaseReport) -> &[Row];
type RowOf = fn(&CaseReport) -> &Row;

fn list(report: &Report, caption: &str, of: DeltaOf, rows: RowsOf, sum: Option<RowOf>) -> Markup {
    let Some(first) = report.cases.first() else { return html! {} };
    let columns = if report.deltas.is_empty() { 4 } else { 5 };
    html! {
        (wide(caption, html! {
            table .groups {
                caption { (caption) }
                thead {
                    tr {
                        th rowspan="2" scope="col" { "Group" }
                        th rowspan="2" scope="col" { "Offered" }
                        @for name in ["Service level", "Mean wait of all"] { th colspan=(columns - 2) scope="colgroup" { (name) } }
                        th colspan=(report.cases.len()) scope="colgroup" { "Gave up" }
                        th colspan=(report.cases.len()) scope="colgroup" { "9 of 10 wait at most" }
                    }
                    tr {
                        @for compared in [true, true, false, false] {
                            @for case in &report.cases { th scope="col" { (case.name) } }
                            @if compared && !report.deltas.is_empty() { th scope="col" { "Difference" } }
                        }
                    }
                }
                tbody {
                    @if let Some(sum) = sum { (line(report, report.cases.iter().map(sum).collect(), DeltaOf::Whole)) }
                    @for place in 0..rows(first).len() {
                        (line(report, report.cases.iter().filter_map(|case| rows(case).get(place)).collect(), of))
                    }
                }
            }
        }))
    }
}

fn line(report: &Report, rows: Vec<&Row>, of: DeltaOf) -> Markup {
    let Some(first) = rows.iter().max_by_key(|row| row.offered).filter(|row| row.offered > 0) else { return html! {} };
    html! {
        tr {
            th scope="row" { (first.name) }
            td { (grouped(first.offered)) }
            @for measure in [Measure::Level, Measure::MeanWait] {
                @for row in &rows { td { (answer::value(measure, of_row(measure, row))) } }
                @if !report.deltas.is_empty() { td { (short(report.delta(of, &first.name, measure))) } }
            }
            @for row in &rows { td { (answer::percent(row.share_abandoned)) } }
            @for row in &rows { td { (answer::time(row.wait_p90_s.map(f64::from))) } }
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

fn difference(delta: Option<&Delta>) -> Markup {
    let Some(delta) = delta else { return html! { td colspan="3" { "–" } } };
    let found = delta.difference;
    let signed = |value: f64| answer::signed(delta.measure, value);
    html! {
        td { strong { (signed(found.mean)) } }
        td { (signed(found.mean - found.within)) " to " (signed(found.mean + found.within)) }
        td .verdict { (answer::verdict(delta)) }
    }
}

/// A difference with half of its interval; a question mark where it holds 0.
fn short(delta: Option<&Delta>) -> Markup {
    let Some(delta) = delta else { return html! { "–" } };
    let within = answer::signed(delta.measure, delta.difference.within);
    html! {
        (answer::signed(delta.measure, delta.difference.mean)) " ± " (within.trim_start_matches('+'))
        @if delta.difference.days_needed.is_some() { span title="cannot be told from 0 yet" { " ?" } }
    }
}

/// A table that scrolls by itself where the page is narrow, with the keyboard as well.
fn wide(label: &str, table: Markup) -> Markup {
    html! { div .wide tabindex="0" role="region" aria-label=(label) { (table) } }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
