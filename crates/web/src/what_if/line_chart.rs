//! A measure of each half hour of arrival, one line for each variant.

use super::{SHAPES, at, told::Told};
use maud::{Markup, html};
use simulator::{
    figures::Measure,
    scenario::{CaseReport, Row},
};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 468.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 264.0;
/// Hours that the axis names.
const HOURS_NAMED: [u32; 9] = [0, 3, 6, 9, 12, 15, 18, 21, 24];

/// What is drawn of a row.
fn value(measure: Measure, row: &Row) -> Option<f64> {
    if measure == Measure::Level { row.service_level } else { row.mean_wait_s }
}

/// The axis up from below: its ends and its steps.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn of(measure: Measure, cases: &[CaseReport], goal: f64) -> Self {
        let values = || cases.iter().flat_map(|case| &case.half_hours).filter_map(|row| value(measure, row));
        if measure == Measure::Level {
            let low = (values().fold(goal, f64::min) * 10.0).floor() / 10.0;
            return Self { low, high: 1.0, step: if low < 0.5 { 0.2 } else { 0.1 } };
        }
        let most = values().fold(60.0, f64::max);
        let step = [30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0].into_iter().find(|step| most / step <= 6.0).unwrap_or(7_200.0);
        Self { low: 0.0, high: (most / step).ceil() * step, step }
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP)
    }

    fn lines(&self) -> impl Iterator<Item = f64> {
        let count = ((self.high - self.low) / self.step + 1e-9) as u32;
        (0..=count).map(|nth| self.high - f64::from(nth) * self.step)
    }
}

fn x(hour: f64) -> f64 {
    LEFT + hour / 24.0 * (RIGHT - LEFT)
}

pub fn draw(told: &Told<'_>, measure: Measure) -> Markup {
    let report = told.report;
    let scale = Scale::of(measure, &report.cases, report.goal);
    let id = if measure == Measure::Level { "level" } else { "wait" };
    let title = told.t(if measure == Measure::Level { "what-if-level-of-day" } else { "what-if-wait-of-day" });
    let (from, to) = report.window_h;
    html! {
        figure {
            svg .chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby={ (id) "-title " (id) "-desc" } {
                title id={ (id) "-title" } { (title) }
                desc id={ (id) "-desc" } { (description(told, measure)) }
                rect .window x=(at(x(from))) y=(at(TOP)) width=(at(x(to) - x(from))) height=(at(BOTTOM - TOP)) {}
                @for line in scale.lines() {
                    path .grid d={ "M" (at(LEFT)) " " (at(scale.y(line))) " H" (at(RIGHT)) } {}
                    text .axis x=(at(LEFT - 6.0)) y=(at(scale.y(line) + 4.5)) text-anchor="end" { (named(told, measure, line)) }
                }
                path .base d={ "M" (at(LEFT)) " " (at(BOTTOM)) " H" (at(RIGHT)) } {}
                @for hour in HOURS_NAMED {
                    text .axis x=(at(x(f64::from(hour)))) y=(at(BOTTOM + 20.0)) text-anchor="middle" { (format!("{hour:02}")) }
                }
                @if measure == Measure::Level {
                    path .goal d={ "M" (at(x(from))) " " (at(scale.y(report.goal))) " H" (at(x(to))) } {}
                }
                @for (case, shape) in report.cases.iter().zip(SHAPES) {
                    path .{ "line " (shape) } d=(course(measure, case, &scale)) {}
                    @for (half, found) in points(measure, case) {
                        (mark(shape, x(middle(half)), scale.y(found)))
                    }
                }
            }
            figcaption {
                strong { (title) }
                span .keys {
                    @for (case, shape) in report.cases.iter().zip(SHAPES) { (key(shape, &case.name)) }
                    @if measure == Measure::Level {
                        span .key { svg viewBox="0 0 34 14" aria-hidden="true" { path .goal d="M1 7 H33" {} } (told.t("what-if-goal")) " " (told.percent(Some(report.goal))) }
                    }
                    span .key { svg viewBox="0 0 34 14" aria-hidden="true" { rect .window x="1" y="1" width="32" height="12" {} } (told.t("what-if-window")) " " (report.window) }
                }
            }
        }
    }
}

fn key(shape: &str, name: &str) -> Markup {
    html! {
        span .key {
            svg viewBox="0 0 34 14" aria-hidden="true" {
                path .{ "line " (shape) } d="M1 7 H33" {}
                (mark(shape, 17.0, 7.0))
            }
            (name)
        }
    }
}

pub fn mark(shape: &str, x: f64, y: f64) -> Markup {
    html! {
        @if shape == SHAPES[0] {
            circle .{ "mark " (shape) } cx=(at(x)) cy=(at(y)) r="2.6" {}
        } @else {
            rect .{ "mark " (shape) } x=(at(x - 2.4)) y=(at(y - 2.4)) width="4.8" height="4.8" {}
        }
    }
}

fn middle(half: usize) -> f64 {
    (half as f64 + 0.5) / 2.0
}

fn points(measure: Measure, case: &CaseReport) -> impl Iterator<Item = (usize, f64)> {
    case.half_hours.iter().enumerate().filter_map(move |(half, row)| Some((half, value(measure, row)?)))
}

/// A line with gaps where nobody came.
fn course(measure: Measure, case: &CaseReport, scale: &Scale) -> String {
    let mut path = String::new();
    let mut before = None;
    for (half, found) in points(measure, case) {
        let word = if before.is_some_and(|before| before + 1 == half) { 'L' } else { 'M' };
        path.push_str(&format!("{word}{} {}", at(x(middle(half))), at(scale.y(found))));
        before = Some(half);
    }
    path
}

fn named(told: &Told<'_>, measure: Measure, value: f64) -> String {
    if measure == Measure::Level {
        told.words.with("what-if-percent", [("number", told.decimal(value * 100.0, 0).into())])
    } else {
        let minutes = (value / 6.0).round() / 10.0;
        format!("{} min", minutes.to_string().replace('.', &told.t("decimal-mark")))
    }
}

/// The same in words, for whoever does not see it.
fn description(told: &Told<'_>, measure: Measure) -> String {
    let (from, to) = told.report.window_h;
    let of_case = |case: &CaseReport| {
        let within = points(measure, case).filter(|(half, _)| (from..to).contains(&middle(*half)));
        let far = |one: &(usize, f64), other: &(usize, f64)| one.1.total_cmp(&other.1);
        let all: Vec<(usize, f64)> = within.collect();
        let (Some(lowest), Some(highest)) = (all.iter().min_by(|a, b| far(a, b)), all.iter().max_by(|a, b| far(a, b))) else {
            return told.words.with("what-if-nobody-came", [("case", case.name.clone().into())]);
        };
        let start = |(half, _): &(usize, f64)| case.half_hours.get(*half).map_or_else(String::new, |row| row.name.clone());
        let blanks = [
            ("case", case.name.clone().into()),
            ("lowest", told.value(measure, Some(lowest.1)).into()),
            ("at", start(lowest).into()),
            ("highest", told.value(measure, Some(highest.1)).into()),
            ("then", start(highest).into()),
        ];
        told.words.with("what-if-course", blanks)
    };
    let mut sentences: Vec<String> = told.report.cases.iter().map(of_case).collect();
    sentences.push(told.t("what-if-all-values"));
    sentences.join(" ")
}
