//! How understanding grows: intents found, against the sentences learnt from, by cross-validation and on the part kept
//! apart. The two are not the same figure and stand beside one another, under the same scale.

use super::{SERIES, legend, line, mark, picture, table::Table, table::figure, text};
use anyhow::{Context, Result};
use std::fmt::Write;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 440.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 380.0;
/// Per cent at the foot and at the head of the scale.
const LOWEST: f64 = 45.0;
const HIGHEST: f64 = 95.0;
const STEP: usize = 10;
/// What is to be reached, under the first head of the page's first table.
const GOAL_ROW: &str = "intent right";

struct Panel {
    /// The first head of its table.
    table: &'static str,
    title: &'static str,
    left: f64,
    right: f64,
    /// Sentences at the right end, and how many of them lie between two lines.
    most: usize,
    every: usize,
}

const PANELS: [Panel; 2] = [
    Panel {
        table: "learnt from",
        title: "by cross-validation, the first 9,283 sentences",
        left: 64.0,
        right: 460.0,
        most: 8_000,
        every: 2_000,
    },
    Panel { table: "sentences", title: "the part kept apart, round by round", left: 532.0, right: 928.0, most: 60_000, every: 20_000 },
];

pub fn draw(page: &str) -> Result<String> {
    let mut drawn = text("head", 24.0, 30.0, "Intents that are right, in per cent, by the sentences learnt from");
    drawn += &legend(&[0, 1, 2, 3], 564.0, 30.0);
    let goals = Table::find(page, "per cent")?;
    let row = goals.rows.iter().find(|row| row[0] == GOAL_ROW).with_context(|| format!("no row says {GOAL_ROW:?}"))?;
    let goal = figure(row[goals.column("to reach")?].trim_end_matches(" or more"))?;
    for panel in &PANELS {
        drawn += &scale(panel, goal);
        let table = Table::find(page, panel.table)?;
        for series in 0..SERIES.len() {
            drawn += &curve(panel, &table, series)?;
        }
    }
    let about = "Two line charts. Left, by cross-validation; right, on the part that nothing trains on. Each line rises with the \
                 number of sentences and bends. The figures stand in the tables beside.";
    Ok(picture(WIDTH, HEIGHT, "How understanding grows with the sentences learnt from", about, &drawn))
}

#[allow(clippy::cast_precision_loss)] // sentences
fn x_of(panel: &Panel, sentences: f64) -> f64 {
    panel.left + (panel.right - panel.left) * sentences / panel.most as f64
}

fn y_of(percent: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * (percent - LOWEST) / (HIGHEST - LOWEST)
}

#[allow(clippy::cast_precision_loss)] // sentences and per cent
fn scale(panel: &Panel, goal: f64) -> String {
    let mut drawn = text("", panel.left, TOP - 20.0, panel.title);
    for percent in (50..=90).step_by(STEP) {
        let y = y_of(percent as f64);
        drawn += &line("grid", (panel.left, y), (panel.right, y));
        drawn += &text("quiet end", panel.left - 8.0, y + 5.0, &percent.to_string());
    }
    for sentences in (0..=panel.most).step_by(panel.every) {
        let x = x_of(panel, sentences as f64);
        drawn += &line("grid", (x, BOTTOM), (x, BOTTOM + 6.0));
        drawn += &text("quiet middle", x, BOTTOM + 24.0, &grouped(sentences));
    }
    drawn += &line("grid", (panel.left, BOTTOM), (panel.right, BOTTOM));
    drawn += &line("goal", (panel.left, y_of(goal)), (panel.right, y_of(goal)));
    drawn += &text("quiet", panel.left + 6.0, y_of(goal) - 6.0, &format!("to reach: {goal}"));
    drawn += &text("quiet middle", f64::midpoint(panel.left, panel.right), BOTTOM + 46.0, "sentences");
    drawn
}

fn curve(panel: &Panel, table: &Table, series: usize) -> Result<String> {
    let column = table.column(SERIES[series])?;
    let (mut path, mut marks) = (String::new(), String::new());
    for row in &table.rows {
        let (x, y) = (x_of(panel, figure(&row[0])?), y_of(figure(&row[column])?));
        write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { "M" } else { "L" })?;
        marks += &mark(series, x, y);
    }
    Ok(format!("<path class=\"line {}\" d=\"{path}\"/>\n{marks}", SERIES[series]))
}

/// With a comma between thousands.
fn grouped(number: usize) -> String {
    match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}
